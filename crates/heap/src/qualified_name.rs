//! Qualified name: where modules and classes hold an object, so that another process finds it there.
//!
//! What is asked of an object is held in dictionaries or in C structures, so no code of anybody's runs.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::callee::{module_of, text, type_name};
use crate::class::{member, own_attribute};
use crate::object::{dictionary_of, item, module_name};
use crate::reach::Address;

/// What a class or module holds under a name is often something around the function that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
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

pub(crate) const PARTS: [Part; 6] =
    [Part::Itself, Part::Function, Part::Getter, Part::Setter, Part::Deleter, Part::Wrapped];

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
    /// What is there now; borrowed, null where there is nothing.
    pub unsafe fn find(&self) -> *mut ffi::PyObject {
        // SAFETY: the GIL is held; modules and classes lend what they hold.
        unsafe {
            let mut object = item(ffi::PyImport_GetModuleDict(), &self.module);
            for name in self.path.split('.').filter(|name| !name.is_empty()) {
                object = held_by(object, name);
            }
            object
        }
    }

    /// Where a module, class or function is, and as which part of what is there; `None` for what is of the
    /// program itself and for what is not where it says that it is.
    pub unsafe fn of(object: *mut ffi::PyObject) -> Option<(Self, Part)> {
        // SAFETY: handed on from the caller.
        unsafe {
            let place = Self::told_by(object)?;
            let there = place.find();
            PARTS.into_iter().find(|part| part.of(there) == object).map(|part| (place, part))
        }
    }

    /// Where an object says that it is.
    unsafe fn told_by(object: *mut ffi::PyObject) -> Option<Self> {
        // SAFETY: the caller lends a live object; each cast follows a check.
        unsafe {
            let kind = ffi::Py_TYPE(object);
            let method = |class: *mut ffi::PyTypeObject, name: &str| {
                let Self { module, path } = Self::of_class(class);
                Self { module, path: format!("{path}.{name}") }
            };
            let place = if ffi::PyModule_Check(object) != 0 {
                Self { module: module_name(object), path: String::new() }
            } else if ffi::PyType_Check(object) != 0 {
                Self::of_class(object.cast())
            } else if kind == &raw mut ffi::PyFunction_Type {
                let function = object.cast::<ffi::PyFunctionObject>();
                Self {
                    module: text((*function).func_module)?,
                    path: text((*function).func_qualname)?,
                }
            } else if kind == &raw mut ffi::PyMethodDescr_Type
                || kind == &raw mut ffi::PyWrapperDescr_Type
                || kind == &raw mut ffi::PyGetSetDescr_Type
                || kind == &raw mut ffi::PyMemberDescr_Type
            {
                let descriptor = object.cast::<ffi::PyDescrObject>();
                method((*descriptor).d_type, &text((*descriptor).d_name)?)
            } else if kind == &raw mut ffi::PyCFunction_Type {
                let function = object.cast::<ffi::PyCFunctionObject>();
                let name = std::ffi::CStr::from_ptr((*(*function).m_ml).ml_name);
                let (name, bound) = (name.to_string_lossy(), (*function).m_self);
                match !bound.is_null() && ffi::PyType_Check(bound) != 0 {
                    true => method(bound.cast(), &name),
                    false => Self { module: module_of(object)?, path: name.into_owned() },
                }
            } else if OTHER_FUNCTIONS.contains(&type_name(kind).1.as_str()) {
                let module = text(member(object, c"__module__"));
                Self {
                    module: module.unwrap_or_else(|| "numpy".to_owned()),
                    path: text(member(object, c"__name__"))?,
                }
            } else {
                return None;
            };
            (place.module != "__main__" && !place.path.contains('<')).then_some(place)
        }
    }

    /// Where a class says that it is, or where `types` has one that no module of its own has, such as
    /// that of functions.
    unsafe fn of_class(class: *mut ffi::PyTypeObject) -> Self {
        // SAFETY: the caller lends a live class; a module lends what it holds.
        unsafe {
            let (module, path) = type_name(class);
            let told = Self { module, path };
            if told.find() == class.cast() {
                return told;
            }
            let types = namespace_of("types");
            let (mut at, mut name, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
            while !types.is_null()
                && ffi::PyDict_Next(types, &raw mut at, &raw mut name, &raw mut value) != 0
            {
                if value == class.cast()
                    && let Some(path) = text(name)
                {
                    return Self { module: "types".to_owned(), path };
                }
            }
            told
        }
    }
}

impl Part {
    /// This part of what is there; borrowed, null where it has none.
    pub unsafe fn of(self, object: *mut ffi::PyObject) -> *mut ffi::PyObject {
        // SAFETY: the caller lends a live object or null, which holds its parts.
        unsafe {
            if object.is_null() {
                return object;
            }
            let kind = ffi::Py_TYPE(object);
            let holds_function = kind == &raw mut ffi::PyClassMethod_Type
                || kind == &raw mut ffi::PyStaticMethod_Type;
            let is_property = kind == &raw mut ffi::PyProperty_Type;
            match self {
                Self::Itself => object,
                Self::Function if holds_function => member(object, c"__func__"),
                Self::Getter if is_property => member(object, c"fget"),
                Self::Setter if is_property => member(object, c"fset"),
                Self::Deleter if is_property => member(object, c"fdel"),
                Self::Wrapped => own_attribute(object, "__wrapped__"),
                _ => std::ptr::null_mut(),
            }
        }
    }
}

/// What a function of C is bound to; borrowed, null for anything else.
pub unsafe fn bound_to(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the caller lends a live object or null; the cast follows a check of the exact type.
    unsafe {
        match object.is_null() || ffi::Py_TYPE(object) != &raw mut ffi::PyCFunction_Type {
            true => std::ptr::null_mut(),
            false => (*object.cast::<ffi::PyCFunctionObject>()).m_self,
        }
    }
}

/// Gathers where a class and its bases hold what they hold; `None` for what is held in several places.
pub unsafe fn each_of_class(
    class: *mut ffi::PyTypeObject,
    seen: &mut FxHashSet<Address>,
    held: &mut FxHashMap<Address, Option<Place>>,
) {
    // SAFETY: the caller lends a live class, which holds its bases and their dictionaries.
    unsafe {
        let bases = (*class).tp_mro;
        if bases.is_null() {
            return;
        }
        for at in 0..ffi::PyTuple_GET_SIZE(bases) {
            let base = ffi::PyTuple_GET_ITEM(bases, at);
            if !seen.insert(base as Address) {
                continue;
            }
            let Some((Place { module, path }, Part::Itself)) = Place::of(base) else { continue };
            let dictionary = dictionary_of(base.cast());
            let (mut at, mut name, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
            while !dictionary.is_null()
                && ffi::PyDict_Next(dictionary, &raw mut at, &raw mut name, &raw mut value) != 0
            {
                let Some(name) = text(name) else { continue };
                let place = Place { module: module.clone(), path: format!("{path}.{name}") };
                held.entry(value as Address).and_modify(|held| *held = None).or_insert(Some(place));
            }
        }
    }
}

/// The variables of a module; borrowed, null where there is no such module.
pub unsafe fn namespace_of(module: &str) -> *mut ffi::PyObject {
    // SAFETY: the GIL is held; the dictionary of modules lends what it holds.
    unsafe {
        let module = item(ffi::PyImport_GetModuleDict(), module);
        match module.is_null() || ffi::PyModule_Check(module) == 0 {
            true => std::ptr::null_mut(),
            false => ffi::PyModule_GetDict(module),
        }
    }
}

/// What a module or class holds under a name; borrowed.
unsafe fn held_by(object: *mut ffi::PyObject, name: &str) -> *mut ffi::PyObject {
    // SAFETY: the caller lends a live object or null.
    unsafe {
        if object.is_null() {
            object
        } else if ffi::PyModule_Check(object) != 0 {
            item(ffi::PyModule_GetDict(object), name)
        } else if ffi::PyType_Check(object) != 0 {
            item(dictionary_of(object.cast()), name)
        } else {
            std::ptr::null_mut()
        }
    }
}
