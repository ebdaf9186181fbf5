//! Draws: whether a statement drew from a hidden random generator, or seeded it, by digests of the
//! generators' memory.
//!
//! `random` and NumPy each keep one generator that functions draw from without being given it. What
//! no rule speaks of may draw as well, from C too; the generator tells.
#![allow(unsafe_code, reason = "reads the memory of live generators")]

use pyo3::ffi;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::object::{attribute, in_module};

/// The generators, by the external states that rules know them by.
const STATES: [&str; 2] = ["random", "numpy_random"];

/// What the hidden generators were like when they were last looked at.
#[derive(Default)]
pub(crate) struct Draws {
    digests: [Option<u64>; STATES.len()],
}

/// What became of a generator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// It is in another state than before.
    Moved,
    /// It is there, and was not before.
    Appeared,
}

impl Draws {
    /// Looks at the generators as they are now, and tells which are no longer as they were.
    pub(crate) unsafe fn look(&mut self) -> Vec<(&'static str, Drawn)> {
        let mut found = Vec::new();
        for (state, before) in STATES.into_iter().zip(&mut self.digests) {
            // SAFETY: handed on from the caller, which holds the GIL.
            let now = unsafe { digest(state) };
            match (&before, now) {
                (Some(before), Some(now)) if *before != now => found.push((state, Drawn::Moved)),
                (None, Some(_)) => found.push((state, Drawn::Appeared)),
                _ => {}
            }
            *before = now;
        }
        found
    }

    /// Whether a generator is no longer as it was at the last look.
    pub(crate) unsafe fn moved(&self, state: &str) -> bool {
        STATES.iter().zip(&self.digests).any(|(known, before)| {
            // SAFETY: handed on from the caller, which holds the GIL.
            *known == state && before.is_some() && unsafe { digest(state) } != *before
        })
    }

    /// Whether it is known what a generator is like.
    pub(crate) fn sees(&self, state: &str) -> bool {
        STATES.iter().zip(&self.digests).any(|(known, digest)| *known == state && digest.is_some())
    }
}

unsafe fn digest(state: &str) -> Option<u64> {
    // SAFETY: handed on from the caller, which holds the GIL.
    unsafe { if state == "random" { of_random() } else { of_numpy() } }
}

/// The generator behind the functions of `random`, a Mersenne twister: its words and index, and the
/// normal number that it has ready.
unsafe fn of_random() -> Option<u64> {
    // SAFETY: the modules lend what they hold, and the generator holds its attributes.
    unsafe {
        let generator = in_module("random", "_inst")?;
        let mut hasher = Xxh3Default::new();
        hasher.update(own_memory(generator, c"_random.Random")?);
        let ready = attribute(generator, "gauss_next");
        if !ready.is_null() && ffi::Py_TYPE(ready) == &raw mut ffi::PyFloat_Type {
            hasher.update(&ffi::PyFloat_AS_DOUBLE(ready).to_ne_bytes());
        }
        Some(hasher.digest())
    }
}

/// The generator behind the functions of `numpy.random`: a `RandomState`, which may have a normal
/// number ready, over a bit generator. Cython keeps the state of either inside its object.
unsafe fn of_numpy() -> Option<u64> {
    // SAFETY: as above; the attribute is a plain member, which holds what it gives.
    unsafe {
        let generator = in_module("numpy.random.mtrand", "_rand")?;
        let bits = ffi::PyObject_GetAttrString(generator, c"_bit_generator".as_ptr());
        if bits.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        ffi::Py_DECREF(bits);
        let name = std::ffi::CStr::from_ptr((*ffi::Py_TYPE(bits)).tp_name).to_bytes();
        if !name.starts_with(b"numpy.random.") {
            return None;
        }
        let own = xxh3_64(own_memory(generator, c"numpy.random.mtrand.RandomState")?);
        Some(own ^ xxh3_64(memory(bits, (*ffi::Py_TYPE(bits)).tp_basicsize as usize)))
    }
}

/// The part of an instance that the type of this name, its own or a base of it, gives it.
unsafe fn own_memory<'a>(object: *mut ffi::PyObject, name: &std::ffi::CStr) -> Option<&'a [u8]> {
    // SAFETY: bases of a live type live as long; `tp_name` ends with a zero.
    unsafe {
        let mut kind = ffi::Py_TYPE(object);
        while !kind.is_null() {
            if std::ffi::CStr::from_ptr((*kind).tp_name) == name {
                return Some(memory(object, (*kind).tp_basicsize as usize));
            }
            kind = (*kind).tp_base;
        }
        None
    }
}

/// What follows the head of an object; it is not to outlive the next call of Python's.
unsafe fn memory<'a>(object: *mut ffi::PyObject, size: usize) -> &'a [u8] {
    let head = size_of::<ffi::PyObject>();
    // SAFETY: an instance is at least as large as its type says, and was made of zeroes.
    unsafe { std::slice::from_raw_parts(object.cast::<u8>().add(head), size.saturating_sub(head)) }
}
