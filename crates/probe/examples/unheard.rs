//! A Python module that runs a script with probes in it that report to nobody.
//!
//! `unheard.run(file, True)` does what `unheard.run(file, False)` does without probes. Built by
//! `cargo build -p clew-probe --example unheard`; the library is to be called `unheard.so`.

use pyo3::prelude::*;

/// The module.
#[pymodule]
mod unheard {
    use std::sync::Arc;

    use clew_graph::SourceId;
    use clew_probe::{
        BareStack, CompileMode, NullListener, ProgramText, compile, instrument, instrument_part,
    };
    use pyo3::exceptions::{PyOSError, PySyntaxError};
    use pyo3::prelude::*;
    use pyo3::types::{PyBytes, PyDict, PyString};

    /// Runs a file as `__main__`, with probes or without; gives the exit code.
    #[pyfunction]
    fn run(py: Python<'_>, file: &str, probes: bool) -> PyResult<i32> {
        let bytes = std::fs::read(file).map_err(|error| PyOSError::new_err(error.to_string()))?;
        let outcome = compiled(py, file, &bytes, probes).and_then(|code| {
            let (namespace, builtins) = (py.import("__main__")?.dict(), py.import("builtins")?);
            namespace.clear();
            namespace.set_item("__builtins__", &builtins)?;
            for (name, value) in [("__name__", "__main__"), ("__file__", file)] {
                namespace.set_item(name, value)?;
            }
            execute(&builtins.getattr("exec")?, &code, &namespace)
        });
        match outcome {
            Ok(()) => Ok(0),
            Err(error) => {
                error.print(py);
                Ok(1)
            }
        }
    }

    /// A text with probes, compiled in the quickest way that there is for it and from its syntax tree.
    #[pyfunction]
    fn both_ways<'py>(
        py: Python<'py>,
        text: &str,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        /// `PyCF_ONLY_AST`
        const ONLY_TREE: i32 = 0x400;
        let file = PyString::new(py, "text.py");
        let original = compile(py, &PyBytes::new(py, text.as_bytes()), &file, 0)?;
        let tree = compile(py, PyString::new(py, text).as_any(), &file, ONLY_TREE)?;
        let unit = clew_syntax::parse(text);
        let unit = Arc::new(unit.map_err(|error| PySyntaxError::new_err(error.to_string()))?);
        let original = Some(&original);
        let text = ProgramText { original, file: &file, unit: &unit, id: SourceId::new(0) };
        let mode = CompileMode { mode: "exec", flags: 0 };
        let by_tree = instrument_part::<NullListener>(&text, &tree, mode)?;
        Ok((instrument::<NullListener>(&text)?, by_tree))
    }

    /// A text as CPython compiles it, and then with probes where that is asked for.
    fn compiled<'py>(
        py: Python<'py>,
        file: &str,
        text: &[u8],
        probes: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (bytes, file) = (PyBytes::new(py, text), PyString::new(py, file));
        let original = compile(py, &bytes, &file, 0)?;
        if !probes {
            return Ok(original);
        }
        let Some(text) = in_utf8(text) else { return Ok(original) };
        let unit = clew_syntax::parse(text);
        let unit = Arc::new(unit.map_err(|error| PySyntaxError::new_err(error.to_string()))?);
        let id = SourceId::new(0);
        let text = |original| ProgramText { original, file: &file, unit: &unit, id };
        // As `clew run` does: without the original where that need not be known.
        instrument::<NullListener>(&text(None))
            .or_else(|_| instrument::<NullListener>(&text(Some(&original))))
    }

    /// A text that is UTF-8 and does not say that it is something else (PEP 263). Python is not asked, for it
    /// would import what the program may look for.
    fn in_utf8(bytes: &[u8]) -> Option<&str> {
        let text =
            std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()?;
        let is_utf8 = |line: &str| ["utf-8", "utf8"].iter().any(|name| line.contains(name));
        let mut first = text.lines().take(2);
        let is_other = first.any(|line| line.contains("coding") && !is_utf8(&line.to_lowercase()));
        (!is_other).then_some(text)
    }

    /// Runs code as if nothing stood below it; what it raises is printed there.
    fn execute(
        exec: &Bound<'_, PyAny>,
        code: &Bound<'_, PyAny>,
        namespace: &Bound<'_, PyDict>,
    ) -> PyResult<()> {
        let _bare = BareStack::hide_frames(code.py());
        exec.call1((code, namespace)).map(drop)
    }
}
