//! Static attributes: what the compiler says of a class, as it says it of the text without probes.
//!
//! From 3.13 on a class body ends by storing, as `__static_attributes__`, the names that methods
//! set on a bare `self`. Where a probe looks at `self` the compiler does not see one, so the class
//! body's code is given the names that it found in the original.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCode, PyDict, PyTuple};

use crate::opcode::{EXTENDED_ARG, LOAD_CONST, STORE_NAME};

const NAME: &str = "__static_attributes__";

/// The code object with the static attributes of the original, if they differ anywhere in it. It
/// has not run yet.
pub(crate) fn restored<'py>(
    instrumented: &Bound<'py, PyAny>,
    original: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let constants = |code: &Bound<'py, PyAny>| -> PyResult<Vec<Bound<'py, PyAny>>> {
        Ok(code.getattr("co_consts")?.cast_into::<PyTuple>()?.iter().collect())
    };
    let (mut ours, theirs) = (constants(instrumented)?, constants(original)?);
    let nested = |all: &[Bound<'py, PyAny>]| -> Vec<usize> {
        (0..all.len()).filter(|&at| all[at].is_instance_of::<PyCode>()).collect()
    };
    let (our_codes, their_codes) = (nested(&ours), nested(&theirs));
    if our_codes.len() != their_codes.len() {
        return Ok(None);
    }
    let mut changed = false;
    for (&at, &their) in our_codes.iter().zip(&their_codes) {
        if let Some(code) = restored(&ours[at], &theirs[their])? {
            ours[at] = code;
            changed = true;
        }
    }
    let changes = PyDict::new(instrumented.py());
    if let (Some(load), Some(their)) = (Load::find(instrumented)?, Load::find(original)?)
        && let (Some(found), Some(wanted)) =
            (ours.get(load.constant), theirs.get(their.constant).cloned())
        && !found.eq(&wanted)?
        && let Some(code) = load.of_constant(ours.len())
    {
        ours.push(wanted);
        changes.set_item("co_code", PyBytes::new(instrumented.py(), &code))?;
        changed = true;
    }
    if !changed {
        return Ok(None);
    }
    changes.set_item("co_consts", PyTuple::new(instrumented.py(), ours)?)?;
    instrumented.call_method("replace", (), Some(&changes)).map(Some)
}

/// The instruction of a class body that loads its static attributes.
struct Load {
    /// The bytecode, two bytes an instruction: what to do and the low byte of its argument.
    code: Vec<u8>,
    /// Where the instruction is.
    at: usize,
    /// Which constant it loads.
    constant: usize,
}

impl Load {
    fn find(code: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let names: Vec<String> = code.getattr("co_names")?.extract()?;
        let Some(name) = names.iter().position(|name| name == NAME) else { return Ok(None) };
        let bytes: Vec<u8> = code.getattr("co_code")?.extract()?;
        let (mut argument, mut loaded, mut found) = (0, None, None);
        for (at, instruction) in bytes.chunks_exact(2).enumerate() {
            argument = (argument << 8) | usize::from(instruction[1]);
            if instruction[0] == EXTENDED_ARG {
                continue;
            }
            // The last one is the compiler's own.
            if instruction[0] == STORE_NAME && argument == name {
                found = loaded;
            }
            loaded = (instruction[0] == LOAD_CONST).then_some((at * 2, argument));
            argument = 0;
        }
        Ok(found.map(|(at, constant)| Self { code: bytes, at, constant }))
    }

    /// The bytecode with another constant loaded; `None` where that takes more instructions.
    fn of_constant(mut self, constant: usize) -> Option<Vec<u8>> {
        if self.constant > usize::from(u8::MAX) {
            return None;
        }
        self.code[self.at + 1] = u8::try_from(constant).ok()?;
        Some(self.code)
    }
}
