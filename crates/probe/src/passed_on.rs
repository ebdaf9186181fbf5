//! Passed on: arguments that a caller's stack keeps while a trampoline calls a Python function.
//!
//! CPython moves the arguments of a call from the caller's stack into the frame of a Python function.
//! A trampoline is a function of C, so the caller's stack keeps them for the time of the call: a
//! reference more, which pandas takes for a variable of the program's where it looks for chained
//! assignments.
#![allow(unsafe_code, reason = "compares the arguments of calls that have not ended")]

use std::cell::Cell;
use std::ptr;

use clew_heap::Lent;
use clew_heap::arguments::CallArguments;
use clew_heap::callee::Callee;
use pyo3::ffi;

/// A call of a Python function that goes through a trampoline, on the stack of the thread that makes
/// it.
struct PassedOn {
    receiver: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: usize,
    outer: *const PassedOn,
}

thread_local! {
    /// The innermost call of this thread.
    static INNERMOST: Cell<*const PassedOn> = const { Cell::new(ptr::null()) };
}

/// Makes a call during which the caller's stack keeps the arguments of a Python function.
///
#[inline]
pub(crate) fn passing_on<T>(callee: Lent<'_>, call: &CallArguments, body: impl FnOnce() -> T) -> T {
    let Callee { function, receiver, .. } = Callee::of(callee);
    if !function.is_exactly(&raw mut ffi::PyFunction_Type) {
        return body();
    }
    let receiver = receiver.map_or(ptr::null_mut(), Lent::as_ptr);
    let outer = INNERMOST.get();
    let count = call.count + call.keyword_count();
    let passed = PassedOn { receiver, arguments: call.arguments, count, outer };
    // Whoever unwinds through this is a thread that ends, and nobody asks it any more.
    INNERMOST.set(&raw const passed);
    let result = body();
    INNERMOST.set(outer);
    result
}

/// How many references to an object this thread's trampolines hold, where CPython would have moved them.
///
/// Called under the GIL, as all that CPython calls is.
pub(crate) fn held_by_trampolines(object: *mut ffi::PyObject) -> usize {
    let mut held = 0;
    let mut innermost = INNERMOST.get();
    // SAFETY: calls are taken off before they leave the stack, and until they end their arguments live.
    unsafe {
        while let Some(call) = innermost.as_ref() {
            held += usize::from(call.receiver == object);
            held += (0..call.count).filter(|&at| *call.arguments.add(at) == object).count();
            innermost = call.outer;
        }
    }
    held
}
