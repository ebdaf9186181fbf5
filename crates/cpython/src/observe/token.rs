//! Token: a number for what a place holds, to compare it with what it holds later.
#![allow(unsafe_code, reason = "reads numbers and texts through CPython's C API")]

use clew_heap::instance::memory_of;
use clew_heap::{Lent, kind};
use pyo3::ffi;
use xxhash_rust::xxh3::xxh3_64;

/// A number for what a place holds, and whether there is more to see: numbers and texts by their
/// content, for where one was, another one may be; everything else by its address.
pub(super) fn token(object: Lent<'_>) -> (u64, bool) {
    let class = object.class();
    let salt = (class.address() as u64).rotate_left(32);
    let pointer = object.as_ptr();
    if class.is(&raw mut ffi::PyUnicode_Type) {
        // SAFETY: the type was checked; such a string is hashed by C code.
        return (unsafe { ffi::PyObject_Hash(pointer) } as u64 ^ salt, false);
    }
    if class.is(&raw mut ffi::PyLong_Type) {
        let mut overflow = 0;
        // SAFETY: the type was checked; such a number is hashed by C code.
        let value = unsafe {
            let value = ffi::PyLong_AsLongLongAndOverflow(pointer, &mut overflow);
            if overflow == 0 { value } else { ffi::PyObject_Hash(pointer) as i64 }
        };
        return (value as u64 ^ salt ^ overflow as u64, false);
    }
    if let Some(number) = object.float() {
        return (number.to_bits() ^ salt, false);
    }
    if class.is(&raw mut ffi::PyBytes_Type) {
        return (xxh3_64(object.bytes().unwrap_or_default()) ^ salt, false);
    }
    if kind::is_mutable(object) {
        return (object.address() as u64, true);
    }
    // Other atoms of C: the memory after the head is what they are.
    let is_plain = class.has_plain_instances() && !class.is(&raw mut ffi::PyCode_Type);
    match memory_of(object, class).filter(|memory| is_plain && !memory.is_empty()) {
        Some(memory) => (xxh3_64(memory) ^ salt, false),
        None => (object.address() as u64, false),
    }
}

/// A number for many.
pub(super) fn digest(tokens: &[u64]) -> u64 {
    // SAFETY: any number is eight bytes.
    let (_, bytes, _) = unsafe { tokens.align_to::<u8>() };
    xxh3_64(bytes)
}
