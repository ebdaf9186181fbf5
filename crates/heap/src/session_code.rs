//! Session code: the code objects of the program that is recorded.
#![allow(unsafe_code, reason = "keeps sets that only the holder of the GIL touches")]

use std::cell::UnsafeCell;

use pyo3::prelude::*;

use crate::address::{Address, AddressSet};
use crate::lent::Lent;

/// The code objects of the session.
struct SessionCode(UnsafeCell<Option<AddressSet>>);

// SAFETY: only touched under the GIL, by functions that do not call back.
unsafe impl Sync for SessionCode {}

static CODE: SessionCode = SessionCode(UnsafeCell::new(None));
static STATEFUL: SessionCode = SessionCode(UnsafeCell::new(None));

/// Remembers a code object of the session; it is kept alive, so that its address stays its own.
pub fn add_session_code(code: &Bound<'_, PyAny>) {
    let address = code.as_ptr() as Address;
    // SAFETY: the GIL is held and nothing here calls back.
    unsafe {
        let codes = (*CODE.0.get()).get_or_insert_with(AddressSet::default);
        if codes.insert(address) {
            std::mem::forget(code.clone().unbind());
        }
    }
}

/// Remembers that a function's code binds variables of a function around it.
pub fn add_stateful_code(code: &Bound<'_, PyAny>) {
    // SAFETY: the reference says that the GIL is held, and putting an address into a set calls nothing.
    unsafe {
        (*STATEFUL.0.get())
            .get_or_insert_with(AddressSet::default)
            .insert(code.as_ptr() as Address);
    }
}

/// Whether a function's code binds variables of a function around it.
pub fn is_stateful(code: Address) -> bool {
    // SAFETY: who asks holds the GIL, and looking an address up in a set calls nothing.
    unsafe { (*STATEFUL.0.get()).as_ref().is_some_and(|codes| codes.contains(&code)) }
}

/// All code objects of the session.
pub fn session_code() -> &'static AddressSet {
    // SAFETY: who asks holds the GIL; the set only grows, and not while a recorder function runs.
    unsafe { (*CODE.0.get()).get_or_insert_with(AddressSet::default) }
}

/// Whether a function written in Python is of the session.
pub fn is_session_function(function: Lent<'_>) -> bool {
    function.function_code().is_some_and(|code| session_code().contains(&code.address()))
}
