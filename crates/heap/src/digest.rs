//! Digest: what classes and code are made of, as a number that another process works out alike.
//!
//! What is asked of an object is held in dictionaries or in C structures, so no code of anybody's runs.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::hash::{Hash, Hasher};

use pyo3::ffi;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::callee::{text, type_name};
use crate::class::version;
use crate::constant::constant_of;
use crate::object::{dictionary_of, owned_attribute};
use crate::qualified_name::PARTS;
use crate::reach::Address;

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

/// What an object is: what its class, or the class that it is, is called and made of, and its code where
/// it is a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    module: String,
    name: String,
    class: u64,
    code: u64,
}

/// Digests of code and classes, each worked out once.
#[derive(Default)]
pub struct Digests {
    classes: FxHashMap<(Address, u32), u64>,
}

impl Digests {
    /// How an object looks; `None` for something that can be called and is not made in Python, for two
    /// of these look alike.
    pub unsafe fn look(&mut self, object: *mut ffi::PyObject) -> Option<Look> {
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
    pub unsafe fn class(&mut self, class: *mut ffi::PyTypeObject) -> u64 {
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
            constant.hash(hasher);
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
pub unsafe fn code(code: *mut ffi::PyObject) -> u64 {
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
pub fn concealed(text: &str) -> u64 {
    let digest = blake3::hash(text.as_bytes());
    let (head, _) = digest.as_bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*head)
}
