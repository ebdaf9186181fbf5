//! Reads: which variables of the module code reads that the program calls.

use pyo3::prelude::*;
use pyo3::types::{PyCode, PyDict};
use rustc_hash::FxHashMap;

/// What was found out of code objects, by their addresses; each is kept alive.
#[derive(Default)]
pub(super) struct Reads {
    known: FxHashMap<usize, (Py<PyAny>, Vec<String>)>,
}

impl Reads {
    /// The names of a module that a call may read, in order: nothing where the callee is no function of the module.
    pub(super) fn of_callee(
        &mut self,
        callee: &Bound<'_, PyAny>,
        namespace: &Bound<'_, PyDict>,
    ) -> Vec<String> {
        // Attributes of C alone are asked for, so nothing of the program runs.
        let function = match callee.get_type().name() {
            Ok(name) if name == "function" => callee.clone(),
            Ok(name) if name == "method" => match callee.getattr("__func__") {
                Ok(function) => function,
                Err(_) => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let is_own = function.getattr("__globals__").is_ok_and(|globals| globals.is(namespace));
        match function.getattr("__code__") {
            Ok(code) if is_own => self.of_code(&code),
            _ => Vec::new(),
        }
    }

    /// The names that code, and what is nested in it, reads before it binds them.
    pub(super) fn of_code(&mut self, code: &Bound<'_, PyAny>) -> Vec<String> {
        let address = code.as_ptr() as usize;
        if let Some((_, known)) = self.known.get(&address) {
            return known.clone();
        }
        let (mut read, mut bound) = (Vec::new(), Vec::new());
        // What cannot be taken apart reads nothing that is known.
        let _ = names_read(code, &mut read, &mut bound);
        self.known.insert(address, (code.clone().unbind(), read.clone()));
        read
    }
}

fn names_read(
    code: &Bound<'_, PyAny>,
    read: &mut Vec<String>,
    bound: &mut Vec<String>,
) -> PyResult<()> {
    let instructions = code.py().import("dis")?.getattr("get_instructions")?;
    for instruction in instructions.call1((code,))?.try_iter()? {
        let instruction = instruction?;
        let operation: String = instruction.getattr("opname")?.extract()?;
        let loads = matches!(operation.as_str(), "LOAD_NAME" | "LOAD_GLOBAL");
        let stores = matches!(operation.as_str(), "STORE_NAME" | "STORE_GLOBAL");
        if loads || stores {
            let name: String = instruction.getattr("argval")?.extract()?;
            match loads {
                true if !bound.contains(&name) && !read.contains(&name) => read.push(name),
                false if !bound.contains(&name) => bound.push(name),
                _ => {}
            }
        }
    }
    for constant in code.getattr("co_consts")?.try_iter()? {
        let constant = constant?;
        if constant.is_instance_of::<PyCode>() {
            names_read(&constant, read, &mut bound.clone())?;
        }
    }
    Ok(())
}
