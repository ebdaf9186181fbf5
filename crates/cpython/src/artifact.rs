//! Artifact: a value as bytes and back, and what its type is called.
#![allow(unsafe_code, reason = "lends a value to be asked for its class")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clew_heap::Lent;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

/// Pickles a value, functions and classes of the program included.
///
/// # Errors
/// What the pickler raises, where a value cannot be pickled.
pub fn pickle(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    pickler(value.py())?;
    let bytes = value.py().import("clew._codec")?.call_method1("dumps", (value,))?;
    Ok(bytes.cast::<PyBytes>()?.as_bytes().to_vec())
}

/// How many threads import what pickles.
static IMPORTING: AtomicUsize = AtomicUsize::new(0);

fn pickler(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    IMPORTING.fetch_add(1, Ordering::Relaxed);
    // cloudpickle takes functions and classes of `__main__` along; plain pickle only names them.
    let module = py.import("cloudpickle").or_else(|_| py.import("pickle"));
    IMPORTING.fetch_sub(1, Ordering::Relaxed);
    module
}

/// Waits until no other thread imports what pickles: a child that is forked meanwhile would wait for ever
/// for that import to end.
pub fn wait_for_pickler(py: Python<'_>) {
    const PATIENCE: Duration = Duration::from_secs(10);
    let started = Instant::now();
    while IMPORTING.load(Ordering::Relaxed) > 0 && started.elapsed() < PATIENCE {
        py.detach(|| std::thread::sleep(Duration::from_micros(200)));
    }
}

/// A value's type, as `module.qualname`. No metaclass of the program's is asked.
pub fn type_name(value: &Bound<'_, PyAny>) -> String {
    // SAFETY: the reference keeps the value alive, and reading names from its class runs no code.
    let (module, name) = unsafe { Lent::of(value) }.class_name();
    format!("{module}.{name}")
}

/// The value behind the pickled bytes of an artifact; of bytes that are not trusted only one that is nothing
/// but data.
///
/// # Errors
/// What unpickling raises: a missing module, a class that has changed, more than data.
pub fn unpickle<'py>(
    py: Python<'py>,
    bytes: &[u8],
    trusted: bool,
    (name, signer): (&str, Option<String>),
) -> PyResult<Bound<'py, PyAny>> {
    let content = PyBytes::new(py, bytes);
    py.import("clew._codec")?.call_method1("loads", (content, trusted, name, signer))
}

/// Reads an array from NumPy's own format, which holds no code.
///
/// # Errors
/// When it is none, or there is no NumPy.
pub fn read_array<'py>(content: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    let py = content.py();
    let file = py.import("io")?.call_method1("BytesIO", (content,))?;
    let settings = PyDict::new(py);
    settings.set_item("allow_pickle", false)?;
    py.import("numpy.lib.format")?.call_method("read_array", (file,), Some(&settings))
}

/// Reads a number of NumPy's from its bytes.
///
/// # Errors
/// When the bytes are none of that type, or there is no NumPy.
pub fn read_number<'py>(kind: &str, content: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    content.py().import("numpy")?.call_method1("frombuffer", (content, kind))?.get_item(0)
}

/// Reads a frame from Arrow's format.
///
/// # Errors
/// When it is none, or Arrow or pandas is not there.
pub fn read_frame<'py>(content: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    let stream = content.py().import("pyarrow.ipc")?.call_method1("open_stream", (content,))?;
    stream.call_method0("read_pandas")
}
