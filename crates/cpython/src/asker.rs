//! Asker: whose code it is that runs.
#![allow(unsafe_code, reason = "looks at the frame that runs, under the GIL")]

use clew_heap::session_code::session_code;
use clew_heap::{Lent, Owned, Quiet};
use pyo3::ffi;

/// The Python code that runs.
pub(crate) struct Asker {
    code: Owned,
    /// The top level of its module's name.
    package: String,
}

impl Asker {
    /// The code of the frame that runs, if there is one.
    pub(crate) fn now(_quiet: Quiet<'_>) -> Option<Self> {
        // SAFETY: the GIL is held; the frame and its globals are borrowed and its code object a new
        // reference.
        unsafe {
            let frame = ffi::PyEval_GetFrame();
            if frame.is_null() {
                return None;
            }
            let code = Owned::new(ffi::PyFrame_GetCode(frame).cast())?;
            let name = Lent::new(ffi::PyEval_GetGlobals())?.item("__name__");
            let name = name.and_then(Lent::text).unwrap_or_default();
            let package = name.split('.').next().unwrap_or_default().to_owned();
            Some(Self { code, package })
        }
    }

    /// Whether it is the program's own.
    pub(crate) fn is_of_program(&self) -> bool {
        session_code().contains(&self.code.lend().address())
    }

    /// Whether it is of a module that comes with Python.
    pub(crate) fn is_of_standard_library(&self, quiet: Quiet<'_>) -> bool {
        quiet.sys(c"stdlib_module_names").and_then(|own| own.set_contains(&self.package))
            == Some(true)
    }

    /// Whether it is of a function of this name.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let own = self.code.lend().get(c"co_name");
        own.as_ref().and_then(|own| own.lend().as_str()) == Some(name)
    }
}
