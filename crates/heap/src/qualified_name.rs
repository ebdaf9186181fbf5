//! Qualified name: where modules and classes hold an object, so that another process finds it there.
//!
//! What is asked of an object is held in dictionaries or in C structures, so no code of anybody's runs.

use pyo3::ffi;
use serde::{Deserialize, Serialize};

use crate::address::{AddressMap, AddressSet};
use crate::callable_name::{module_of, qualified};
use crate::lent::{Class, Lent, Quiet};
use crate::native::{bound_to, c_function_name, descriptor_name, owner_of};

/// Which part of what a class or module holds under a name is meant: often that is something around a
/// function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldPart {
    /// It is that itself.
    Itself,
    /// The function of a `classmethod` or `staticmethod`.
    Function,
    /// What a property does to get.
    Getter,
    /// What it does to set.
    Setter,
    /// What it does to delete.
    Deleter,
    /// What `functools.wraps` says that it wraps.
    Wrapped,
}

pub(crate) const PARTS: [HeldPart; 6] = [
    HeldPart::Itself,
    HeldPart::Function,
    HeldPart::Getter,
    HeldPart::Setter,
    HeldPart::Deleter,
    HeldPart::Wrapped,
];

/// Classes of functions that are neither Python's nor its C API's.
const OTHER_FUNCTIONS: [&str; 4] =
    ["_ArrayFunctionDispatcher", "cython_function_or_method", "fused_cython_function", "ufunc"];

/// A module and the way to an object through what it and its classes hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The module's name.
    pub module: String,
    /// Empty for the module itself.
    pub path: String,
}

impl Place {
    /// What is there now.
    pub fn resolve<'a>(&self, quiet: Quiet<'a>) -> Option<Lent<'a>> {
        let mut object = quiet.modules()?.item(&self.module)?;
        for name in self.path.split('.').filter(|name| !name.is_empty()) {
            object = held_by(object, name)?;
        }
        Some(object)
    }

    /// Where a module, class or function is, and as which part of what is there; `None` for what is of the
    /// program itself and for what is not where it says that it is.
    pub fn locate(object: Lent<'_>) -> Option<(Self, HeldPart)> {
        let place = Self::said_by(object)?;
        let there = place.resolve(object.quiet())?;
        PARTS.into_iter().find(|part| part.within(there) == Some(object)).map(|part| (place, part))
    }

    /// Where an object says that it is.
    fn said_by(object: Lent<'_>) -> Option<Self> {
        let method = |class: Class<'_>, name: &str| {
            let Self { module, path } = Self::of_class(class);
            Self { module, path: format!("{path}.{name}") }
        };
        let is_attribute_of_c_type = object.is_method_of_c_type()
            || object.is_exactly(&raw mut ffi::PyGetSetDescr_Type)
            || object.is_exactly(&raw mut ffi::PyMemberDescr_Type);
        let place = if object.is_module() {
            Self { module: object.module_name(), path: String::new() }
        } else if let Some(class) = object.as_class() {
            Self::of_class(class)
        } else if object.is_function() {
            Self { module: module_of(object)?, path: qualified(object)? }
        } else if is_attribute_of_c_type {
            method(owner_of(object)?, descriptor_name(object)?.as_str()?)
        } else if object.is_exactly(&raw mut ffi::PyCFunction_Type) {
            let name = c_function_name(object)?;
            match bound_to(object).and_then(Lent::as_class) {
                Some(class) => method(class, &name),
                None => Self { module: module_of(object)?, path: name },
            }
        } else if OTHER_FUNCTIONS.contains(&object.class_name().1.as_str()) {
            let module = object.get(c"__module__").and_then(|module| module.lend().text());
            Self {
                module: module.unwrap_or_else(|| "numpy".to_owned()),
                path: object.get(c"__name__")?.lend().text()?,
            }
        } else {
            return None;
        };
        (place.module != "__main__" && !place.path.contains('<')).then_some(place)
    }

    /// Where a class says that it is, or where `types` has one that no module of its own has, such as
    /// that of functions.
    fn of_class(class: Class<'_>) -> Self {
        let (module, path) = class.name();
        let said = Self { module, path };
        let quiet = class.object().quiet();
        if said.resolve(quiet) == Some(class.object()) {
            return said;
        }
        quiet
            .namespace_of("types")
            .into_iter()
            .flat_map(Lent::pairs)
            .filter(|&(_, value)| value == class.object())
            .find_map(|(name, _)| Some(Self { module: "types".to_owned(), path: name.text()? }))
            .unwrap_or(said)
    }
}

impl HeldPart {
    /// This part of what is there.
    pub fn within(self, object: Lent<'_>) -> Option<Lent<'_>> {
        let holds_function = object.is_exactly(&raw mut ffi::PyClassMethod_Type)
            || object.is_exactly(&raw mut ffi::PyStaticMethod_Type);
        let is_property = object.is_exactly(&raw mut ffi::PyProperty_Type);
        match self {
            Self::Itself => Some(object),
            Self::Function if holds_function => object.member(c"__func__"),
            Self::Getter if is_property => object.member(c"fget"),
            Self::Setter if is_property => object.member(c"fset"),
            Self::Deleter if is_property => object.member(c"fdel"),
            Self::Wrapped => object.own_attribute("__wrapped__"),
            _ => None,
        }
    }
}

/// Gathers where a class and its bases hold what they hold; `None` for what is held in several places.
pub fn each_of_class(
    class: Class<'_>,
    seen: &mut AddressSet,
    held: &mut AddressMap<Option<Place>>,
) {
    for base in class.resolution_order() {
        if !seen.insert(base.address()) {
            continue;
        }
        let Some((Place { module, path }, HeldPart::Itself)) = Place::locate(base.object()) else {
            continue;
        };
        for (name, value) in base.dictionary().into_iter().flat_map(Lent::pairs) {
            let Some(name) = name.as_str() else { continue };
            let place = Place { module: module.clone(), path: format!("{path}.{name}") };
            held.entry(value.address()).and_modify(|held| *held = None).or_insert(Some(place));
        }
    }
}

/// What a module or class holds under a name.
fn held_by<'a>(object: Lent<'a>, name: &str) -> Option<Lent<'a>> {
    match object.as_class() {
        Some(class) => class.own(name),
        None => object.module_variables()?.item(name),
    }
}
