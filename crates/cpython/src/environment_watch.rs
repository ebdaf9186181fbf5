//! Environment watch: hears which environment variables are read by way of `os.environ`.
//!
//! No audit event is raised when one is read. But `os.environ` has a function by which it makes bytes of each name that
//! it is asked for, and one for the way back, which whoever goes through all names needs. Functions of ours stand
//! before these two: they tell of the name, and answer what the others answer.

use std::sync::{Mutex, PoisonError};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyString, PyTuple};

use crate::{environment_use, recorder};

/// The functions of ours that are in place; none before anyone has listened. Empty where they could not be put there.
static PLACED: Mutex<Option<Vec<Placed>>> = Mutex::new(None);

/// A function of ours and the one in whose place it stands.
struct Placed {
    variables: Py<PyAny>,
    attribute: &'static str,
    own: Py<PyAny>,
    heard: Py<PyAny>,
}

/// Begins or ceases to listen.
pub(crate) fn listen(py: Python<'_>, on: bool) {
    let had = placed(|placed| placed.as_ref().map(|placed| !placed.is_empty()));
    let is_placed = had.unwrap_or_else(|| {
        let made = if on { install(py) } else { return false };
        let is_placed = !made.is_empty();
        placed(|placed| *placed = Some(made));
        is_placed
    });
    environment_use::set_heard(on && is_placed);
}

/// Nobody will listen any more: the functions that were there before are there again. Where others have put theirs
/// before ours since, these stay, and ours behind them say nothing.
pub(crate) fn remove(py: Python<'_>) {
    environment_use::set_heard(false);
    for Placed { variables, attribute, own, heard } in placed(Option::take).unwrap_or_default() {
        let is_ours = variables.getattr(py, attribute).is_ok_and(|now| now.is(&heard));
        if is_ours {
            // Nobody could do more about it.
            let _ = variables.setattr(py, attribute, own);
        }
    }
}

/// Looks at the functions that are in place. None of Python's code may run meanwhile, since that may wait for others
/// who look at them too.
fn placed<T>(look: impl FnOnce(&mut Option<Vec<Placed>>) -> T) -> T {
    look(&mut PLACED.lock().unwrap_or_else(PoisonError::into_inner))
}

fn install(py: Python<'_>) -> Vec<Placed> {
    let Ok(os) = py.import("os") else { return Vec::new() };
    let mut made = Vec::new();
    for name in ["environ", "environb"] {
        // Where names are texts to the system, there is but one of the two.
        let Ok(variables) = os.getattr(name) else { continue };
        for attribute in ["encodekey", "decodekey"] {
            made.extend(place(&variables, attribute));
        }
    }
    made
}

fn place(variables: &Bound<'_, PyAny>, attribute: &'static str) -> PyResult<Placed> {
    let py = variables.py();
    let own = variables.getattr(attribute)?.unbind();
    let asked = own.clone_ref(py);
    let heard =
        PyCFunction::new_closure(py, None, None, move |arguments: &Bound<'_, PyTuple>, _| {
            let py = arguments.py();
            if environment_use::is_heard()
                && recorder::environment_written()
                && !is_about_to_set(py)
            {
                hear(arguments);
            }
            asked.call1(py, arguments)
        })?;
    variables.setattr(attribute, &heard)?;
    Ok(Placed {
        variables: variables.clone().unbind(),
        attribute,
        own,
        heard: heard.into_any().unbind(),
    })
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
