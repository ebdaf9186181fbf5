//! Operators: what Python's syntax spells out, applied to objects.

use clew_graph::Operator;
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PySlice, PyString, PyTuple};

/// Applies an operator; `None` where its operands do not say all of it.
pub(super) fn apply<'py>(
    py: Python<'py>,
    operator: Operator,
    operands: &[Bound<'py, PyAny>],
) -> Option<PyResult<Bound<'py, PyAny>>> {
    let none = || py.None().into_bound(py);
    let name = |value: &Bound<'py, PyAny>| value.cast::<PyString>().cloned().map_err(PyErr::from);
    Some(match (operator, operands) {
        (Operator::Alias, [value]) => Ok(value.clone()),
        (Operator::GetAttribute, [object, part]) => {
            name(part).and_then(|part| object.getattr(part))
        }
        (Operator::ImportFrom, [module, part]) => {
            name(part).and_then(|part| imported_from(module, &part))
        }
        (Operator::SetAttribute, [object, part, value]) => {
            name(part).and_then(|part| object.setattr(part, value)).map(|()| none())
        }
        (Operator::DeleteAttribute, [object, part]) => {
            name(part).and_then(|part| object.delattr(part)).map(|()| none())
        }
        (Operator::GetItem, [object, index]) => object.get_item(index),
        (Operator::SetItem, [object, index, value]) => {
            object.set_item(index, value).map(|()| none())
        }
        (Operator::DeleteItem, [object, index]) => object.del_item(index).map(|()| none()),
        (Operator::List, parts) => PyList::new(py, parts).map(Bound::into_any),
        (Operator::Tuple, parts) => PyTuple::new(py, parts).map(Bound::into_any),
        (Operator::Set, parts) => PySet::new(py, parts).map(Bound::into_any),
        (Operator::Dict, parts) if parts.len() % 2 == 0 => {
            let made = PyDict::new(py);
            let set = parts.chunks(2).try_for_each(|pair| made.set_item(&pair[0], &pair[1]));
            set.map(|()| made.into_any())
        }
        (Operator::Slice, [start, stop, step]) => {
            py.get_type::<PySlice>().call1((start, stop, step))
        }
        (operator, operands) if is_function(operator) => {
            let function = py.import("operator").and_then(|module| module.getattr(operator.word()));
            let operands = PyTuple::new(py, operands);
            function.and_then(|function| function.call1(operands?))
        }
        _ => return None,
    })
}

/// Whether the `operator` module has a function that does all of it.
fn is_function(operator: Operator) -> bool {
    use Operator::{
        Add, BitAnd, BitOr, BitXor, Divide, FloorDivide, Invert, LeftShift, MatrixMultiply, Modulo,
        Multiply, Negative, Not, Positive, Power, RightShift, Subtract,
    };
    let without_place = matches!(
        operator,
        Add | Subtract
            | Multiply
            | MatrixMultiply
            | Divide
            | FloorDivide
            | Modulo
            | Power
            | LeftShift
            | RightShift
            | BitAnd
            | BitOr
            | BitXor
            | Negative
            | Positive
            | Invert
            | Not
    );
    without_place || operator.is_in_place()
}

/// What `from module import name` gives: an attribute, or else a module within.
fn imported_from<'py>(
    module: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = module.py();
    let Err(error) = module.getattr(name) else { return module.getattr(name) };
    let around: String = module.getattr("__name__")?.extract()?;
    let inner = format!("{around}.{}", name.to_str()?);
    let found = py.import("importlib")?.call_method1("import_module", (inner,));
    found.map_err(|_| {
        let text = format!("cannot import name '{name}' from '{around}'");
        let said = PyImportError::new_err(text);
        said.set_cause(py, Some(error));
        said
    })
}
