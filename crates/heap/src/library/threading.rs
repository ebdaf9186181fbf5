//! threading and multiprocessing: what runs beside the program's own thread.
#![allow(unsafe_code, reason = "asks the interpreter which thread it runs")]

use pyo3::ffi;

use crate::address::Address;
use crate::callable_name::{module_of, name_of};
use crate::callee::Callee;
use crate::lent::{Class, Lent, Owned, Quiet};

/// Whether a callee is a method of what threads wait for each other by.
pub fn is_of_waiting(callee: &Callee<'_>) -> bool {
    callee.receiver.is_some_and(|receiver| {
        !runs_behind(receiver)
            && matches!(receiver.class_name().0.as_str(), "_queue" | "queue" | "threading")
    })
}

/// Whom a call may wait for: one thread, or with `None` whoever is at work.
pub fn waits_for<'a>(callee: &Callee<'a>) -> Option<Option<Lent<'a>>> {
    const WAITING: [&str; 12] = [
        "__enter__",
        "__exit__",
        "acquire",
        "as_completed",
        "exception",
        "get",
        "join",
        "map",
        "result",
        "shutdown",
        "wait",
        "wait_for",
    ];
    if !WAITING.contains(&&*name_of(callee.function)) {
        return None;
    }
    match callee.receiver {
        Some(receiver) if runs_behind(receiver) => Some(Some(receiver)),
        Some(receiver) => {
            let of_futures = |base: Class<'_>| base.name().0.starts_with("concurrent.futures");
            let waits = is_of_waiting(callee) || receiver.class().lineage().any(of_futures);
            waits.then_some(None)
        }
        None => {
            let module = module_of(callee.function)?;
            module.starts_with("concurrent.futures").then_some(None)
        }
    }
}

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
