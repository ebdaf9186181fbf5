//! Artifact: a value as bytes and back.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A value as bytes.
pub struct Pickled {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The value's type, as `module.qualname`.
    pub type_name: String,
}

/// Pickles a value, functions and classes of the program included.
///
/// # Errors
/// What the pickler raises, where a value cannot be pickled.
pub fn pickle(value: &Bound<'_, PyAny>) -> PyResult<Pickled> {
    let py = value.py();
    // cloudpickle takes functions and classes of `__main__` along; plain pickle only names them.
    let module = py.import("cloudpickle").or_else(|_| py.import("pickle"))?;
    let bytes = module.call_method1("dumps", (value, 5))?;
    let class = value.get_type();
    let type_name = format!("{}.{}", class.module()?, class.qualname()?);
    Ok(Pickled { bytes: bytes.cast::<PyBytes>()?.as_bytes().to_vec(), type_name })
}

/// The value behind pickled bytes.
///
/// # Errors
/// What unpickling raises: a missing module, a class that has changed.
pub fn unpickle<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    py.import("pickle")?.call_method1("loads", (PyBytes::new(py, bytes),))
}
