//! Environment watch: hears which environment variables are read by way of `os.environ`.
//!
//! No audit event is raised when one is read. But `os.environ` has a function by which it makes bytes of each name that
//! it is asked for, and one for the way back, which whoever goes through all names needs. Functions of ours stand
//! before these two: they tell of the name, and answer what the others answer.

use std::sync::OnceLock;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyString, PyTuple};

use crate::{environment_use, recorder};

/// Whether the functions are in place; set once.
static INSTALLED: OnceLock<bool> = OnceLock::new();

/// Begins or ceases to listen.
pub(crate) fn listen(py: Python<'_>, on: bool) {
    if on {
        INSTALLED.get_or_init(|| install(py).is_ok());
    }
    environment_use::set_heard(on && INSTALLED.get() == Some(&true));
}

fn install(py: Python<'_>) -> PyResult<()> {
    let os = py.import("os")?;
    for variables in ["environ", "environb"] {
        // Where names are texts to the system, there is but one of the two.
        let Some(variables) = os.getattr_opt(variables)? else { continue };
        for attribute in ["encodekey", "decodekey"] {
            let own = variables.getattr(attribute)?.unbind();
            let heard = PyCFunction::new_closure(
                py,
                None,
                None,
                move |arguments: &Bound<'_, PyTuple>, _| {
                    let py = arguments.py();
                    if environment_use::is_heard()
                        && recorder::environment_written()
                        && !is_about_to_set(py)
                    {
                        hear(arguments);
                    }
                    own.call1(py, arguments)
                },
            )?;
            variables.setattr(attribute, heard)?;
        }
    }
    Ok(())
}

/// Tells of the variable whose name is the first of these.
fn hear(arguments: &Bound<'_, PyTuple>) {
    let Ok(name) = arguments.get_item(0) else { return };
    let name = match name.cast::<PyString>() {
        Ok(text) => text.to_string_lossy().into_owned(),
        Err(_) => match name.cast::<PyBytes>() {
            Ok(bytes) => String::from_utf8_lossy(bytes.as_bytes()).into_owned(),
            Err(_) => return,
        },
    };
    recorder::on_event(|recorder| recorder.variable_read(name));
}

/// Whether who asks sets a variable or takes one away, of which audit events tell.
#[allow(unsafe_code, reason = "asks the interpreter which code runs")]
fn is_about_to_set(py: Python<'_>) -> bool {
    // SAFETY: the GIL is held; the frame is lent by the thread, and the reference to its code is new.
    let code = unsafe {
        let frame = ffi::PyEval_GetFrame();
        if frame.is_null() {
            return false;
        }
        Bound::from_owned_ptr(py, ffi::PyFrame_GetCode(frame).cast())
    };
    let name = code.getattr("co_name").map(|name| name.to_string());
    name.is_ok_and(|name| matches!(name.as_str(), "__setitem__" | "__delitem__"))
}
