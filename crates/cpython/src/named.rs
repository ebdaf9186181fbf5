//! Named: objects that modules and classes hold, by names under which another process finds them, and
//! digests of what they are made of.
//!
//! What is asked of an object is held in dictionaries or in C structures, so no code of anybody's runs.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::hash::{Hash, Hasher};

use clew_syntax::summary::Constant;
use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::callee::{module_of, text, type_name};
use crate::infer::{constant_of, member, own_attribute, version};
use crate::object::{dictionary_of, item, module_name, owned_attribute};
use crate::reach::Address;

/// What a class or module holds under a name is often something around the function that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Part {
    /// It is that itself.
    Itself,
    /// The function of a `classmethod` or `staticmethod`.
    Function,
    /// What a property does to get, to set and to delete.
    Getter,
    Setter,
    Deleter,
    /// What `functools.wraps` says that it wraps.
    Wrapped,
}

const PARTS: [Part; 6] =
    [Part::Itself, Part::Function, Part::Getter, Part::Setter, Part::Deleter, Part::Wrapped];

/// Attributes of classes that say nothing of what their methods do, and change as they are used.
const BESIDE_THE_POINT: [&str; 8] = [
    "__dict__",
    "__weakref__",
    "__doc__",
    "__abstractmethods__",
    "_abc_impl",
    "__slotnames__",
    "__firstlineno__",
    "__static_attributes__",
];

/// Classes of functions that are neither Python's nor its C API's.
const OTHER_FUNCTIONS: [&str; 4] =
    ["_ArrayFunctionDispatcher", "cython_function_or_method", "fused_cython_function", "ufunc"];

/// A module and the way to an object through what it and its classes hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) module: String,
    /// Empty for the module itself.
    pub(crate) path: String,
}

impl Place {
    /// What is there now; borrowed, null where there is nothing.
    pub(crate) unsafe fn find(&self) -> *mut ffi::PyObject {
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
    pub(crate) unsafe fn of(object: *mut ffi::PyObject) -> Option<(Self, Part)> {
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
    pub(crate) unsafe fn of(self, object: *mut ffi::PyObject) -> *mut ffi::PyObject {
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
pub(crate) unsafe fn bound_to(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the caller lends a live object or null; the cast follows a check of the exact type.
    unsafe {
        match object.is_null() || ffi::Py_TYPE(object) != &raw mut ffi::PyCFunction_Type {
            true => std::ptr::null_mut(),
            false => (*object.cast::<ffi::PyCFunctionObject>()).m_self,
        }
    }
}

/// Gathers where a class and its bases hold what they hold; `None` for what is held in several places.
pub(crate) unsafe fn each_of_class(
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
pub(crate) unsafe fn namespace_of(module: &str) -> *mut ffi::PyObject {
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

/// What an object is: what its class, or the class that it is, is called and made of, and its code where
/// it is a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    module: String,
    name: String,
    class: u64,
    code: u64,
}

/// Digests of code and classes, each worked out once.
#[derive(Default)]
pub(crate) struct Digests {
    classes: FxHashMap<(Address, u32), u64>,
}

impl Digests {
    /// How an object looks; `None` for something that can be called and is not made in Python, for two
    /// of these look alike.
    pub(crate) unsafe fn look(&mut self, object: *mut ffi::PyObject) -> Option<Look> {
        // SAFETY: the caller lends a live object.
        unsafe {
            let kind = ffi::Py_TYPE(object);
            let is_class = ffi::PyType_Check(object) != 0;
            let is_function = kind == &raw mut ffi::PyFunction_Type;
            let written = (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
                && type_name(kind).0 != "functools";
            if (*kind).tp_call.is_some() && !is_class && !is_function && !written {
                return None;
            }
            let class = if is_class { object.cast() } else { kind };
            let (module, name) = type_name(class);
            let code = match is_function {
                true => code(ffi::PyFunction_GetCode(object)),
                false => 0,
            };
            Some(Look { module, name, class: self.class(class), code })
        }
    }

    /// What a class written in Python and its bases are made of: names, constants and functions. 0 for
    /// one that is part of C code.
    pub(crate) unsafe fn class(&mut self, class: *mut ffi::PyTypeObject) -> u64 {
        // SAFETY: the caller lends a live class, which holds its bases.
        unsafe {
            let mut hasher = Xxh3::default();
            let bases = (*class).tp_mro;
            if bases.is_null() || (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 {
                return 0;
            }
            for at in 0..ffi::PyTuple_GET_SIZE(bases) {
                let base = ffi::PyTuple_GET_ITEM(bases, at).cast::<ffi::PyTypeObject>();
                type_name(base).hash(&mut hasher);
                if (*base).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
                    self.own(base).hash(&mut hasher);
                }
            }
            hasher.finish()
        }
    }

    /// What stands in a class itself.
    unsafe fn own(&mut self, class: *mut ffi::PyTypeObject) -> u64 {
        // SAFETY: handed on from `class`.
        unsafe {
            let version = version(class);
            let known = self.classes.get(&(class as Address, version));
            if let Some(&digest) = known.filter(|_| version != 0) {
                return digest;
            }
            // In no order: what a class is given later stands behind what it began with.
            let mut digest = 0_u64;
            let dictionary = dictionary_of(class);
            let (mut at, mut name, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
            while !dictionary.is_null()
                && ffi::PyDict_Next(dictionary, &raw mut at, &raw mut name, &raw mut value) != 0
            {
                let Some(name) = text(name) else { continue };
                if BESIDE_THE_POINT.contains(&name.as_str()) {
                    continue;
                }
                let mut hasher = Xxh3::default();
                name.hash(&mut hasher);
                add_attribute(value, &mut hasher);
                digest = digest.wrapping_add(hasher.finish());
            }
            self.classes.insert((class as Address, version), digest);
            digest
        }
    }
}

unsafe fn add_attribute(value: *mut ffi::PyObject, hasher: &mut Xxh3) {
    // SAFETY: the caller lends a live object, which holds its parts.
    unsafe {
        type_name(ffi::Py_TYPE(value)).hash(hasher);
        if let Some(constant) = constant_of(value) {
            if !matches!(constant, Constant::Other) {
                constant.hash(hasher);
            }
            return;
        }
        if ffi::PyType_Check(value) != 0 {
            type_name(value.cast()).hash(hasher);
            return;
        }
        for part in PARTS {
            let part = part.of(value);
            if !part.is_null() && ffi::Py_TYPE(part) == &raw mut ffi::PyFunction_Type {
                code(ffi::PyFunction_GetCode(part)).hash(hasher);
            }
        }
    }
}

/// A digest of a code object: its signature, its instructions, its names and its constants.
pub(crate) unsafe fn code(code: *mut ffi::PyObject) -> u64 {
    let mut hasher = Xxh3::default();
    // SAFETY: the caller lends a live code object.
    unsafe { add_code(code, &mut hasher) };
    hasher.finish()
}

unsafe fn add_code(code: *mut ffi::PyObject, hasher: &mut Xxh3) {
    // SAFETY: a code object's attributes are plain.
    unsafe {
        for name in [
            c"co_flags",
            c"co_argcount",
            c"co_posonlyargcount",
            c"co_kwonlyargcount",
            c"co_code",
            c"co_exceptiontable",
            c"co_names",
            c"co_varnames",
            c"co_freevars",
            c"co_consts",
        ] {
            let part = owned_attribute(code, name);
            if !part.is_null() {
                add_constant(part, hasher);
                ffi::Py_DECREF(part);
            }
        }
    }
}

/// Adds a constant of a code object: a number, a text, bytes, a tuple or set of these, or code.
unsafe fn add_constant(constant: *mut ffi::PyObject, hasher: &mut Xxh3) {
    // SAFETY: the caller lends a live object; each cast follows a check of the exact type, and what
    // such sets hold is compared by C code.
    unsafe {
        let kind = ffi::Py_TYPE(constant);
        type_name(kind).1.hash(hasher);
        if kind == &raw mut ffi::PyCode_Type {
            add_code(constant, hasher);
        } else if kind == &raw mut ffi::PyTuple_Type {
            let size = ffi::PyTuple_GET_SIZE(constant);
            size.hash(hasher);
            for at in 0..size {
                add_constant(ffi::PyTuple_GET_ITEM(constant, at), hasher);
            }
        } else if kind == &raw mut ffi::PyFrozenSet_Type {
            // Its order differs from one process to the next.
            let mut digest = 0_u64;
            let all = ffi::PyObject_GetIter(constant);
            while !all.is_null() {
                let one = ffi::PyIter_Next(all);
                if one.is_null() {
                    break;
                }
                let mut hasher = Xxh3::default();
                add_constant(one, &mut hasher);
                digest = digest.wrapping_add(hasher.finish());
                ffi::Py_DECREF(one);
            }
            ffi::Py_XDECREF(all);
            digest.hash(hasher);
        } else if kind == &raw mut ffi::PyBytes_Type {
            let bytes = ffi::PyBytes_AsString(constant).cast::<u8>();
            let size = ffi::PyBytes_Size(constant) as usize;
            std::slice::from_raw_parts(bytes, size).hash(hasher);
        } else if kind == &raw mut ffi::PyFloat_Type {
            ffi::PyFloat_AS_DOUBLE(constant).to_bits().hash(hasher);
        } else {
            constant_of(constant).hash(hasher);
        }
    }
}

/// A digest of a text, from which it is not to be had again.
pub(crate) fn concealed(text: &str) -> u64 {
    let digest = blake3::hash(text.as_bytes());
    let (head, _) = digest.as_bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*head)
}
