//! Instrumenting: CPython's own syntax tree, with a probe at every place where a value may be
//! called, changed, consumed or entered.
//!
//! A probe is a constant of the code object, never a name, so no namespace shows it. Expressions
//! `f` become `probe[f]`, which evaluates to `f`; statements are announced by `-probe`. Both are
//! one instruction on a constant, leave no Python frame, and keep the locations of what they
//! stand beside, so that tracebacks and their carets are CPython's own.

use clew_graph::SourceId;
use clew_syntax::Unit;
use pyo3::prelude::*;

use crate::listener::Listener;
use crate::thread_state::DeeperRecursion;
use crate::{disguise, probe};

mod announcements;
mod statements;
mod expressions;
mod settled_names;
mod rewriter;
mod syntax_tree;
mod compile;

pub use compile::{CompileMode, WarningAction, compile, with_warnings};
use rewriter::Rewriter;

/// One program text in the forms that instrumenting takes it in.
pub struct ProgramText<'py, 'a> {
    /// CPython's syntax tree of it; changed in place.
    pub tree: &'a Bound<'py, PyAny>,
    /// The code object that CPython makes of it.
    pub original: &'a Bound<'py, PyAny>,
    /// The name that it is compiled under.
    pub file: &'a Bound<'py, PyAny>,
    /// Its statements and scopes, as `clew-syntax` reads them.
    pub unit: &'a Unit,
    /// What the reports call it.
    pub id: SourceId,
}

/// Compiles a text with probes in it that report to a listener. The code object is ready to run, and
/// the program sees the original in its place.
///
/// # Errors
/// When a tree has a shape that is not known, or CPython will not compile the outcome. The caller
/// runs the text as it is then.
pub fn instrument<'py, L: Listener>(text: &ProgramText<'py, '_>) -> PyResult<Bound<'py, PyAny>> {
    let py = text.tree.py();
    let _deeper = DeeperRecursion::allow(py);
    let mut rewriter = Rewriter::new(py, text.unit, text.id)?;
    rewriter.module(text.tree)?;
    finished::<L>(text, &rewriter, CompileMode::EXEC)
}

/// Compiles some statements of a text, or an expression of it, as an interactive shell does one by one:
/// `text.tree` is of these alone, and their places are those in the text.
///
/// # Errors
/// As those of [`instrument`].
pub fn instrument_part<'py, L: Listener>(
    text: &ProgramText<'py, '_>,
    mode: CompileMode<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = text.tree.py();
    let _deeper = DeeperRecursion::allow(py);
    let rewriter = Rewriter::new(py, text.unit, text.id)?;
    let mut rewriter = rewriter.displaying(mode.mode == "single");
    rewriter.part(text.tree)?;
    finished::<L>(text, &rewriter, mode)
}

/// The code object of a tree that has its probes.
fn finished<'py, L: Listener>(
    text: &ProgramText<'py, '_>,
    rewriter: &Rewriter<'py, '_>,
    mode: CompileMode<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let code = compile::compile_quietly(text.tree.py(), text.tree, text.file, mode)?;
    #[cfg(all(Py_3_13, not(Py_3_14)))]
    let code = disguise::restored(&code, text.original)?.unwrap_or(code);
    probe::install::<L>(&code, &rewriter.probes)?;
    disguise::put_on(&code, text.original)?;
    Ok(code)
}
