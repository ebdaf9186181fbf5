//! threading and multiprocessing: what runs beside the program's own thread.
#![allow(unsafe_code, reason = "asks the interpreter which thread it runs")]

use pyo3::ffi;

use crate::lent::{Address, Class, Lent, Owned, Quiet};

/// Whether a thread or process runs behind an object.
pub fn runs_behind(value: Lent<'_>) -> bool {
    is_runner(value.class())
}

/// Whether a thread or process runs behind the instances of a class.
pub fn is_runner(class: Class<'_>) -> bool {
    class.lineage().any(|base| {
        let (module, name) = base.name();
        (module == "threading" && name == "Thread")
            || (module == "multiprocessing.process" && name == "BaseProcess")
    })
}

/// The `Thread` of the thread that holds the interpreter, if `threading` knows it.
pub fn current_thread(quiet: Quiet<'_>) -> Option<Address> {
    let known = quiet.in_module("threading", "_active")?;
    // SAFETY: the interpreter is held, and looking a number up in a dictionary of numbers runs nobody's code.
    unsafe {
        let number = Owned::new(ffi::PyLong_FromUnsignedLong(ffi::PyThread_get_thread_ident()))?;
        Lent::new(ffi::PyDict_GetItem(known.as_ptr(), number.as_ptr())).map(Lent::address)
    }
}
