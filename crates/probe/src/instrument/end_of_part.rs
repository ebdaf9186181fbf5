//! End of part: what marks where the code of some statements of a module ends, and how code is moved to the
//! lines on which its text stands.
//!
//! CPython lets branches at the end of a module return each for itself, and puts what handles exceptions
//! behind that. With statements that follow, it lets the branches meet there.
#![allow(unsafe_code, reason = "writes the first line of a code object that nobody else has seen")]

use std::ffi::c_int;

use clew_heap::Class;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyList, PyString, PyTuple};

use super::syntax_tree::Tree;

/// Statements at the end of a part, which are cut off again.
pub(super) struct EndOfPart;

impl EndOfPart {
    /// How many: CPython copies what ends a module into a branch unless there are more than four
    /// instructions (`MAX_COPY_SIZE` in its `compile.c`).
    pub(super) const COUNT: usize = 6;
    /// How many instructions each of them has.
    pub(super) const INSTRUCTIONS: usize = 2;

    /// The variable that they read, which no program can name.
    pub(super) fn name(py: Python<'_>) -> &Bound<'_, PyString> {
        intern!(py, "<end of part>")
    }

    /// Adds them to a module's statements, on the line that follows.
    pub(super) fn add(tree: Tree<'_>, body: &Bound<'_, PyList>, line: u32) -> PyResult<()> {
        let py = tree.py;
        for _ in 0..Self::COUNT {
            let read = tree.kinds.Name.bind(py).call1((Self::name(py), &tree.kinds.load))?;
            let alone = tree.kinds.Expr.bind(py).call1((&read,))?;
            for node in [&read, &alone] {
                for (name, value) in [
                    ("lineno", line),
                    ("col_offset", 0),
                    ("end_lineno", line),
                    ("end_col_offset", 1),
                ] {
                    node.setattr(name, value)?;
                }
            }
            body.append(alone)?;
        }
        Ok(())
    }
}

/// Moves the code objects that are nested in one down by some lines. `false` where that cannot be done.
pub(super) fn move_lines(code: &Bound<'_, PyAny>, by: u32) -> PyResult<bool> {
    let by = i32::try_from(by)?;
    if by == 0 {
        return Ok(true);
    }
    let Some(offset) = offset_of_first_line() else { return Ok(false) };
    let mut open = vec![code.getattr("co_consts")?.cast_into::<PyTuple>()?];
    while let Some(constants) = open.pop() {
        for constant in constants.iter().filter(|constant| constant.is_instance_of::<PyCode>()) {
            // SAFETY: its class says that it is a code object; it has been compiled just now, no function has
            // been made of it, and its tables of places count from its first line.
            unsafe { *constant.as_ptr().cast::<u8>().add(offset).cast::<c_int>() += by };
            open.push(constant.getattr("co_consts")?.cast_into::<PyTuple>()?);
        }
    }
    Ok(true)
}

/// Where in a code object its first line is.
fn offset_of_first_line() -> Option<usize> {
    // SAFETY: a built-in type lives as long as the interpreter.
    let class = unsafe { Class::new(&raw mut ffi::PyCode_Type)? };
    let member = class.dictionary()?.item("co_firstlineno")?;
    if !member.is_exactly(&raw mut ffi::PyMemberDescr_Type) {
        return None;
    }
    // SAFETY: the descriptor's class says which struct it is, and its table is the built-in type's own.
    unsafe {
        let entry = (*member.as_ptr().cast::<ffi::PyMemberDescrObject>()).d_member;
        usize::try_from((*entry).offset).ok().filter(|_| (*entry).type_code == ffi::Py_T_INT)
    }
}
