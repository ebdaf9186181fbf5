//! Joined text: a text whose flat statements are compiled as text, and the others from their syntax tree.

use std::ops::Range;

use clew_syntax::{ScopeKind, Unit};
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::ProgramText;
use super::compile::{CompileMode, compile_as};
use super::end_of_part::EndOfPart;
use super::flat_text::FlatText;
use super::joined_code::JoinedCode;
use super::parts::{LEAST, ONLY_TREE, may_begin, text_of};
use super::rewriter::Rewriter;
use super::syntax_tree::{Node, Tree};
use crate::line_index::LineIndex;
use crate::listener::Listener;
use crate::opcode::FUTURE;
use crate::probe::ProbeKind;

/// How many flat statements a text has at least, where it has others too: below that one tree is as good.
const LEAST_FLAT: usize = 256;
/// How many flat statements are compiled on their own at least.
const LEAST_STRETCH: usize = 8;

/// The code object of a text. The probes that look at values are placeholders still.
pub(super) struct JoinedText<'py> {
    pub(super) code: Node<'py>,
    /// What the probes are for, by the numbers of their placeholders.
    pub(super) probes: Vec<ProbeKind>,
    /// Whether CPython would warn of something where a probe stands.
    pub(super) warned: bool,
}

/// Statements that are compiled together.
struct Stretch {
    statements: Range<usize>,
    is_flat: bool,
}

/// Compiles a text in stretches; `None` where one tree is to be made of it.
pub(super) fn compile<'py, L: Listener>(
    text: &ProgramText<'py, '_>,
) -> PyResult<Option<JoinedText<'py>>> {
    let (unit, file, py) = (&**text.unit, text.file, text.file.py());
    let Some(mut flat) = FlatText::of(py, unit, text.id, LEAST_FLAT) else { return Ok(None) };
    let stretches = stretches(unit, &flat.lines, &flat.is_flat);
    let count = |is_flat: bool| -> usize {
        let of_kind = stretches.iter().filter(|stretch| stretch.is_flat == is_flat);
        of_kind.map(|stretch| stretch.statements.len()).sum()
    };
    let has_blocks = count(false) > 0;
    if has_blocks && (count(true) < LEAST_FLAT || holds_lines(unit)) {
        return Ok(None);
    }
    let probes = std::mem::take(&mut flat.probes);
    let mut rewriter = Rewriter::new(py, unit, &flat.lines, text.id)?;
    rewriter.probes = probes;
    let mut whole = JoinedCode::new();
    let mut mode = CompileMode::EXEC;
    for (at, stretch) in stretches.iter().enumerate() {
        let statements = stretch.statements.clone();
        let joined = if stretch.is_flat {
            flat.add_to::<L>(&mut whole, statements, file, mode)?
        } else {
            let is_last = at + 1 == stretches.len();
            add_blocks(&mut rewriter, &flat.lines, &mut whole, statements, is_last, (file, mode))?
        };
        if !joined {
            return Ok(None);
        }
        if at == 0 {
            mode.flags |= whole.flags()? & FUTURE;
        }
    }
    let (probes, warned) = (std::mem::take(&mut rewriter.probes), rewriter.warned);
    let code = whole.finished()?;
    Ok(code.map(|code| JoinedText { code, probes, warned }))
}

/// Compiles a stretch of statements from their syntax tree and adds it to the code of those before. `false`
/// where it cannot be joined with them.
fn add_blocks<'py>(
    rewriter: &mut Rewriter<'py, '_>,
    lines: &LineIndex,
    whole: &mut JoinedCode<'py>,
    stretch: Range<usize>,
    is_last: bool,
    (file, mode): (&Node<'py>, CompileMode<'_>),
) -> PyResult<bool> {
    let (py, unit) = (file.py(), rewriter.unit);
    let range = text_of(unit, &stretch);
    let lines_before = lines.line_of(range.start) as u32;
    let text = PyString::new(py, range.of(unit.text()));
    let as_tree = CompileMode { flags: mode.flags | ONLY_TREE, ..mode };
    let tree = compile_as(py, text.as_any(), file, as_tree)?;
    let body = Tree::new(py)?.list(&tree, "body")?;
    rewriter.lines_before = lines_before;
    let statements = &unit.top()[stretch.clone()];
    match stretch.start {
        0 => rewriter.module(&body, statements)?,
        _ => rewriter.later_part(&body, statements)?,
    }
    if rewriter.declares_global {
        // What it declares may be assigned to in another part.
        return Ok(false);
    }
    if !is_last {
        let line = lines.line_of(range.end) as u32 + 1 - lines_before;
        EndOfPart::add(rewriter.tree, &body, line)?;
    }
    let code = compile_as(py, &tree, file, mode)?;
    whole.add_blocks(&code, lines_before, is_last)
}

/// Whether CPython keeps the numbers of lines as values of the program: from 3.13 on, those of classes.
fn holds_lines(unit: &Unit) -> bool {
    cfg!(Py_3_13) && unit.scopes().iter().any(|scope| scope.kind == ScopeKind::Class)
}

/// The stretches of a text, each of which begins on a line of its own.
fn stretches(unit: &Unit, lines: &LineIndex, is_flat: &[bool]) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for (at, &is_flat) in is_flat.iter().enumerate() {
        match found.last_mut() {
            Some(last) if !may_begin(unit, lines, at) => {
                last.statements.end = at + 1;
                last.is_flat &= is_flat;
            }
            Some(last) if last.is_flat == is_flat && last.statements.len() < LEAST => {
                last.statements.end = at + 1;
            }
            _ => found.push(Stretch { statements: at..at + 1, is_flat }),
        }
    }
    if found.iter().all(|stretch| stretch.is_flat) {
        return found;
    }
    let mut merged: Vec<Stretch> = Vec::new();
    for mut next in found {
        next.is_flat &= next.statements.len() >= LEAST_STRETCH;
        match merged.last_mut() {
            Some(last) if !last.is_flat && !next.is_flat && last.statements.len() < LEAST => {
                last.statements.end = next.statements.end;
            }
            _ => merged.push(next),
        }
    }
    merged
}
