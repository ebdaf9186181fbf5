//! Announced body: a function's code once more, with its statements announced.
//!
//! Functions run without announcements, so that those which are called often cost nothing. One that is to be
//! followed is given, for one call, the code of a text in which they stand.

use std::sync::{Arc, Mutex, PoisonError};

use clew_graph::SourceId;
use clew_heap::session_code::add_session_code;
use clew_syntax::{ScopeKind, StatementId, Unit};
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyString, PyTuple};

use super::compile::{CompileMode, WarningAction, compile_as, with_warnings};
use super::parts::{ONLY_TREE, may_begin, text_of};
use super::rewriter::Rewriter;
use super::{ProgramText, disguise, probe};
use crate::line_index::LineIndex;
use crate::listener::Listener;
use crate::opcode::FUTURE;
use crate::shared_constants::share_constants;
use crate::thread_state::DeeperRecursion;

/// A statement of a module, compiled with the statements of some of its functions announced.
struct Announced {
    unit: Arc<Unit>,
    source: SourceId,
    top: StatementId,
    /// Within how many others these functions stand.
    depth: usize,
    /// Whether they say when they end.
    says_end: bool,
    /// `None` where it cannot be compiled so.
    code: Option<Py<PyAny>>,
}

/// What was compiled so far.
static ANNOUNCED: Mutex<Vec<Announced>> = Mutex::new(Vec::new());
/// The lines of the text of which something was compiled last.
static LINES: Mutex<Option<(Arc<Unit>, Arc<LineIndex>)>> = Mutex::new(None);

fn lines_of(unit: &Arc<Unit>) -> Arc<LineIndex> {
    let mut last = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, lines)) = last.as_ref().filter(|(known, _)| Arc::ptr_eq(known, unit)) {
        return Arc::clone(lines);
    }
    let lines = Arc::new(LineIndex::new(unit.text()));
    *last = Some((Arc::clone(unit), Arc::clone(&lines)));
    lines
}

/// The code of a function whose scope is given by its place in the text: as the code that is given, with the
/// statements announced. `None` where the text does not allow it. `says_end` is for one that others call than the
/// code that is followed: it reports when it is about to be left.
///
/// # Errors
/// When a tree has a shape that is not known, or CPython will not compile the outcome.
pub fn announced_code<'py, L: Listener>(
    text: &ProgramText<'py, '_>,
    (scope, says_end): (usize, bool),
    plain: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let unit = text.unit;
    let Some(start) = unit.scope(scope).map(|scope| scope.start) else { return Ok(None) };
    let around = std::iter::successors(unit.scope(scope), |scope| unit.scope(scope.parent?));
    let mut depth = 0;
    for scope in around.skip(1) {
        match scope.kind {
            ScopeKind::Function => depth += 1,
            ScopeKind::Class => {}
            _ => return Ok(None),
        }
    }
    let at = unit.top().partition_point(|&id| unit.statement(id).range.start <= start);
    let Some(at) = at.checked_sub(1) else { return Ok(None) };
    let Some(compiled) = compiled::<L>(text, (at, depth, says_end), plain)? else {
        return Ok(None);
    };
    let Some(code) = find(&compiled, &Identity::of(plain)?)? else { return Ok(None) };
    for attribute in ["co_argcount", "co_flags", "co_varnames", "co_cellvars", "co_freevars"] {
        if !code.getattr(attribute)?.eq(plain.getattr(attribute)?)? {
            return Ok(None);
        }
    }
    share_constants(&code, plain)?;
    disguise::announces(&code, plain)?;
    Ok(Some(code))
}

/// The statement at a place of the module, compiled so, once.
fn compiled<'py, L: Listener>(
    text: &ProgramText<'py, '_>,
    (at, depth, says_end): (usize, usize, bool),
    plain: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = plain.py();
    let top = text.unit.top()[at];
    let known = |known: &&Announced| {
        Arc::ptr_eq(&known.unit, text.unit)
            && (known.source, known.top) == (text.id, top)
            && (known.depth, known.says_end) == (depth, says_end)
    };
    {
        let all = ANNOUNCED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.iter().find(known) {
            return Ok(known.code.as_ref().map(|code| code.bind(py).clone()));
        }
    }
    let lines = lines_of(text.unit);
    let code = match may_begin(text.unit, &lines, at) || at == 0 {
        true => Some(compile::<L>(text, &lines, (at, depth, says_end), plain)?),
        false => None,
    };
    let unit = Arc::clone(text.unit);
    let kept = code.as_ref().map(|code| code.clone().unbind());
    let announced = Announced { unit, source: text.id, top, depth, says_end, code: kept };
    ANNOUNCED.lock().unwrap_or_else(PoisonError::into_inner).push(announced);
    Ok(code)
}

fn compile<'py, L: Listener>(
    text: &ProgramText<'py, '_>,
    lines: &LineIndex,
    (at, depth, says_end): (usize, usize, bool),
    plain: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = plain.py();
    let _deeper = DeeperRecursion::allow(py);
    let part = at..at + 1;
    let range = text_of(text.unit, &part);
    let own = format!("{}{}", "\n".repeat(lines.line_of(range.start)), range.of(text.unit.text()));
    let future = plain.getattr("co_flags")?.extract::<i32>()? & FUTURE;
    let mode = |flags| CompileMode { flags: flags | future, ..CompileMode::EXEC };
    with_warnings(py, WarningAction::Ignore, || {
        let tree = compile_as(py, PyString::new(py, &own).as_any(), text.file, mode(ONLY_TREE))?;
        let rewriter = Rewriter::new(py, text.unit, lines, text.id)?;
        let mut rewriter = rewriter.within_unknown().announcing(depth, says_end);
        rewriter.part(&tree)?;
        let code = compile_as(py, &tree, text.file, mode(0))?;
        add_session_code(&code);
        probe::install::<L>(&code, &rewriter.probes)?;
        Ok(code)
    })
}

/// What tells a function's code object from the others of its text.
#[derive(PartialEq)]
struct Identity {
    qualified_name: String,
    line: u32,
}

impl Identity {
    fn of(code: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self {
            qualified_name: code.getattr("co_qualname")?.extract()?,
            line: code.getattr("co_firstlineno")?.extract()?,
        })
    }
}

/// The one code object like another in a compiled text; `None` where there are several.
fn find<'py>(
    compiled: &Bound<'py, PyAny>,
    wanted: &Identity,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let mut found = None;
    let mut open = vec![compiled.clone()];
    while let Some(code) = open.pop() {
        for constant in code.getattr("co_consts")?.cast_into::<PyTuple>()?.iter() {
            if !constant.is_instance_of::<PyCode>() {
                continue;
            }
            if Identity::of(&constant)? == *wanted && found.replace(constant.clone()).is_some() {
                return Ok(None);
            }
            open.push(constant);
        }
    }
    Ok(found)
}
