//! Artifact: a value as bytes and back, and what its type is called.
#![allow(unsafe_code, reason = "lends a value to be asked for its class")]

use clew_heap::Lent;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Pickles a value, functions and classes of the program included.
///
/// # Errors
/// What the pickler raises, where a value cannot be pickled.
pub fn pickle(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let py = value.py();
    // cloudpickle takes functions and classes of `__main__` along; plain pickle only names them.
    let module = py.import("cloudpickle").or_else(|_| py.import("pickle"))?;
    let bytes = module.call_method1("dumps", (value, 5))?;
    Ok(bytes.cast::<PyBytes>()?.as_bytes().to_vec())
}

/// A value's type, as `module.qualname`. No metaclass of the program's is asked.
pub fn type_name(value: &Bound<'_, PyAny>) -> String {
    // SAFETY: the reference keeps the value alive, and reading names from its class runs no code.
    let (module, name) = unsafe { Lent::of(value) }.class_name();
    format!("{module}.{name}")
}

/// The value behind pickled bytes.
///
/// # Errors
/// What unpickling raises: a missing module, a class that has changed.
pub fn unpickle<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    py.import("pickle")?.call_method1("loads", (PyBytes::new(py, bytes),))
}
