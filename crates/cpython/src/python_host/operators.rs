//! Operators: what Python's syntax spells out, applied to objects.

use clew_graph::Operator;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};
use rustc_hash::FxHashMap;

use super::frames::Frames;

/// Applies an operator, where its operands say all of it.
pub(super) fn apply<'py>(
    frames: &Frames<'py>,
    functions: &mut FxHashMap<Operator, Bound<'py, PyAny>>,
    operator: Operator,
    mut operands: Vec<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = frames.py();
    match operator {
        Operator::Alias => return Ok(operands.swap_remove(0)),
        Operator::List => return PyList::new(py, operands).map(Bound::into_any),
        Operator::Tuple => return PyTuple::new(py, operands).map(Bound::into_any),
        Operator::ImportFrom => return imported_from(frames, &operands[0], &operands[1]),
        // What is hashed may be the program's own.
        Operator::Set => operands = vec![PyList::new(py, operands)?.into_any()],
        Operator::Dict => {
            let pairs = operands.chunks(2).map(|pair| PyTuple::new(py, pair));
            operands = vec![PyList::new(py, pairs.collect::<PyResult<Vec<_>>>()?)?.into_any()];
        }
        _ => {}
    }
    if let Some(function) = functions.get(&operator) {
        return frames.call(function, operands, None);
    }
    let (module, name) = match operator {
        Operator::Set | Operator::Dict | Operator::Slice => ("builtins", operator.word()),
        Operator::GetAttribute | Operator::SetAttribute | Operator::DeleteAttribute => {
            ("builtins", operator.word())
        }
        operator => ("_operator", operator.word()),
    };
    let function = py.import(module)?.getattr(name)?;
    functions.insert(operator, function.clone());
    frames.call(&function, operands, None)
}

/// What `from module import name` gives: an attribute, or else a module within.
fn imported_from<'py>(
    frames: &Frames<'py>,
    module: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let named = name.cast::<PyString>()?;
    match module.getattr(named) {
        Ok(part) => Ok(part),
        Err(error) if error.is_instance_of::<PyAttributeError>(module.py()) => {
            let around: String = module.getattr("__name__")?.extract()?;
            frames.import_from(&around, named.to_str()?)
        }
        Err(error) => Err(error),
    }
}
