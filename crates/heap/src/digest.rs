//! Digest: what classes and code are made of, as a number that another process works out alike.
//!
//! What is asked of an object is held in dictionaries or in C structures, so no code of anybody's runs.
#![allow(unsafe_code, reason = "reads live constants through CPython's C API")]

use std::hash::{Hash, Hasher};

use pyo3::ffi;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::address::Address;
use crate::constant::literal_of;
use crate::lent::{Class, Lent, Owned};
use crate::qualified_name::PARTS;

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
    pub fn describe(&mut self, object: Lent<'_>) -> Option<Look> {
        let own_class = object.class();
        let written = own_class.is_heap_type() && own_class.name().0 != "functools";
        if own_class.fields().tp_call.is_some()
            && !object.is_class()
            && !object.is_function()
            && !written
        {
            return None;
        }
        let class = object.as_class().unwrap_or(own_class);
        let (module, name) = class.name();
        let code = object.function_code().map_or(0, code);
        Some(Look { module, name, class: self.of_class(class), code })
    }

    /// What a class written in Python and its bases are made of: names, constants and functions. 0 for
    /// one that is part of C code.
    pub fn of_class(&mut self, class: Class<'_>) -> u64 {
        if !class.is_heap_type() {
            return 0;
        }
        let mut hasher = Xxh3::default();
        for base in class.resolution_order() {
            base.name().hash(&mut hasher);
            if base.is_heap_type() {
                self.own(base).hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// What stands in a class itself.
    fn own(&mut self, class: Class<'_>) -> u64 {
        let version = class.version();
        let known = self.classes.get(&(class.address(), version));
        if let Some(&digest) = known.filter(|_| version != 0) {
            return digest;
        }
        // In no order: what a class is given later stands behind what it began with.
        let mut digest = 0_u64;
        for (name, value) in class.dictionary().into_iter().flat_map(Lent::pairs) {
            let Some(name) = name.text() else { continue };
            if BESIDE_THE_POINT.contains(&name.as_str()) {
                continue;
            }
            let mut hasher = Xxh3::default();
            name.hash(&mut hasher);
            add_attribute(value, &mut hasher);
            digest = digest.wrapping_add(hasher.finish());
        }
        self.classes.insert((class.address(), version), digest);
        digest
    }
}

fn add_attribute(value: Lent<'_>, hasher: &mut Xxh3) {
    value.class_name().hash(hasher);
    if let Some(literal) = literal_of(value) {
        literal.hash(hasher);
        return;
    }
    if let Some(class) = value.as_class() {
        class.name().hash(hasher);
        return;
    }
    for function_code in PARTS.into_iter().filter_map(|part| part.within(value)?.function_code()) {
        code(function_code).hash(hasher);
    }
}

/// A digest of a code object: its signature, its instructions, its names and its constants.
pub fn code(code: Lent<'_>) -> u64 {
    let mut hasher = Xxh3::default();
    add_code(code, &mut hasher);
    hasher.finish()
}

fn add_code(code: Lent<'_>, hasher: &mut Xxh3) {
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
        if let Some(part) = code.get(name) {
            add_constant(part.lend(), hasher);
        }
    }
}

/// Adds a constant of a code object: a number, a text, bytes, a tuple or set of these, or code.
fn add_constant(constant: Lent<'_>, hasher: &mut Xxh3) {
    constant.class_name().1.hash(hasher);
    if constant.is_exactly(&raw mut ffi::PyCode_Type) {
        add_code(constant, hasher);
    } else if constant.is_exact_tuple() {
        (constant.items().len() as ffi::Py_ssize_t).hash(hasher);
        constant.items().for_each(|item| add_constant(item, hasher));
    } else if constant.is_exactly(&raw mut ffi::PyFrozenSet_Type) {
        // Its order differs from one process to the next.
        let mut digest = 0_u64;
        // SAFETY: what iterates over a frozen set is a new reference, and C code alone makes it.
        let all = unsafe { Owned::new(ffi::PyObject_GetIter(constant.as_ptr())) };
        // SAFETY: each item is a new reference, which the set's own C code gives.
        while let Some(item) =
            all.as_ref().and_then(|all| unsafe { Owned::new(ffi::PyIter_Next(all.as_ptr())) })
        {
            let mut hasher = Xxh3::default();
            add_constant(item.lend(), &mut hasher);
            digest = digest.wrapping_add(hasher.finish());
        }
        digest.hash(hasher);
    } else if let Some(bytes) = constant.bytes() {
        bytes.hash(hasher);
    } else if let Some(number) = constant.float() {
        number.to_bits().hash(hasher);
    } else {
        literal_of(constant).hash(hasher);
    }
}

/// A digest of a text, from which it is not to be had again.
pub fn concealed(text: &str) -> u64 {
    let digest = blake3::hash(text.as_bytes());
    let (head, _) = digest.as_bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*head)
}
