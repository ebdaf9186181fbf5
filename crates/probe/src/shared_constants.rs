//! Shared constants: one text compiled twice, with the very same constants.
#![allow(unsafe_code, reason = "fills tuples of code objects in place, before the code runs")]

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyTuple};

use crate::probe::reads_again;

/// Gives a code object, and those nested in it, the very constants of another of the same text: programs may ask
/// whether two values are one.
///
/// # Errors
/// When something is no code object.
pub(crate) fn share_constants(code: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<()> {
    let (ours, theirs) = (constants(code)?, constants(other)?);
    let (own_nested, other_nested) = (nested(&ours), nested(&theirs));
    if own_nested.len() == other_nested.len() {
        for (code, other) in own_nested.iter().zip(&other_nested) {
            share_constants(code, other)?;
        }
    }
    for at in 0..ours.len() {
        let constant = ours.get_item(at)?;
        if is_value(&constant)
            && let Some(known) = equal_among(&theirs, &constant)?
        {
            // SAFETY: the tuple is a code object's that has not run yet, and whoever else has it is given an equal
            // constant; the slot's old reference is released after the new one is in it.
            unsafe {
                let tuple = ours.as_ptr().cast::<ffi::PyTupleObject>();
                let slot = (*tuple).ob_item.as_mut_ptr().add(at);
                let old = std::mem::replace(&mut *slot, known.into_ptr());
                ffi::Py_DECREF(old);
            }
        }
    }
    Ok(())
}

fn constants<'py>(code: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    Ok(code.getattr("co_consts")?.cast_into()?)
}

fn nested<'py>(constants: &Bound<'py, PyTuple>) -> Vec<Bound<'py, PyAny>> {
    constants.iter().filter(|constant| constant.is_instance_of::<PyCode>()).collect()
}

/// Whether a constant is one of the text: no code and no probe.
fn is_value(constant: &Bound<'_, PyAny>) -> bool {
    !constant.is_instance_of::<PyCode>() && reads_again(constant).is_none()
}

/// A constant of the same type that is written in the same way.
fn equal_among<'py>(
    constants: &Bound<'py, PyTuple>,
    constant: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let text = constant.repr()?.to_string();
    for known in constants.iter().filter(is_value) {
        if known.get_type().is(constant.get_type()) && known.repr()?.to_string() == text {
            return Ok((!known.is(constant)).then_some(known));
        }
    }
    Ok(None)
}
