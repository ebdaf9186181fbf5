//! Instrumenting: CPython's own syntax tree, with a probe at every place where a value may be
//! called, changed, consumed or entered.
//!
//! A probe is a constant of the code object, never a name, so no namespace shows it. Expressions
//! `f` become `probe[f]`, which evaluates to `f`; statements are announced by `-probe`. Both are
//! one instruction on a constant, leave no Python frame, and keep the locations of what they
//! stand beside, so that tracebacks and their carets are CPython's own.

use std::sync::Arc;

use clew_graph::SourceId;
#[cfg(all(Py_3_13, not(Py_3_14)))]
use clew_syntax::ScopeKind;
use clew_syntax::Unit;
use pyo3::prelude::*;

use crate::line_index::LineIndex;
use crate::listener::Listener;
use crate::probe::ProbeKind;
use crate::thread_state::DeeperRecursion;
use crate::{disguise, probe};

mod announcements;
mod statements;
mod expressions;
mod settled_names;
mod rewriter;
mod syntax_tree;
mod compile;
mod location_table;
mod instructions;
mod joined_code;
mod flat_text;
mod end_of_part;
mod parts;
mod joined_text;
mod announced_body;
mod liveness;

pub use announced_body::announced_code;
use compile::compile_as;
pub use compile::{CompileMode, WarningAction, compile, with_warnings};
pub use liveness::live_variables;
pub use location_table::{CodePlaces, table_of_one_place};
use parts::TreeInParts;
use rewriter::Rewriter;
use syntax_tree::shape;

/// One program text in the forms that instrumenting takes it in.
pub struct ProgramText<'py, 'a> {
    /// The code object that CPython makes of it, where that was made already: then the user was shown
    /// CPython's warnings. Else it is made when the program asks for it.
    pub original: Option<&'a Bound<'py, PyAny>>,
    /// The name that it is compiled under.
    pub file: &'a Bound<'py, PyAny>,
    /// Its statements and scopes, as `clew-syntax` reads them.
    pub unit: &'a Arc<Unit>,
    /// What the reports call it.
    pub id: SourceId,
}

/// Compiles a text with probes in it that report to a listener. The code object is ready to run, and
/// the program sees the original in its place.
///
/// # Errors
/// When a tree has a shape that is not known, or CPython will not compile the outcome. The caller
/// runs the text as it is then. Without an original, also where CPython has a warning.
pub fn instrument<'py, L: Listener>(text: &ProgramText<'py, '_>) -> PyResult<Bound<'py, PyAny>> {
    let py = text.file.py();
    let _deeper = DeeperRecursion::allow(py);
    let action = match text.original {
        Some(_) => WarningAction::Ignore,
        None => WarningAction::RaiseOfOthers,
    };
    with_warnings(py, action, || {
        let (code, probes, warned) = match joined_text::compile::<L>(text)? {
            Some(joined) => (Ok(joined.code), joined.probes, joined.warned),
            None => {
                let whole = TreeInParts::new(py, text.unit, text.id, text.file)?;
                let code = compile_as(py, &whole.tree, text.file, CompileMode::EXEC);
                let (probes, warned) = whole.into_probes()?;
                (code, probes, warned)
            }
        };
        if warned && text.original.is_none() {
            return Err(shape(
                "CPython has a warning that it does not give for a text with probes",
            ));
        }
        finished::<L>(text, code?, &probes)
    })
}

/// Compiles some statements of a text, or an expression of it, as an interactive shell does one by one:
/// `tree` is CPython's of these alone, and their places are those in the text. It is changed in place.
///
/// # Errors
/// As those of [`instrument`].
pub fn instrument_part<'py, L: Listener>(
    text: &ProgramText<'py, '_>,
    tree: &Bound<'py, PyAny>,
    mode: CompileMode<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = tree.py();
    let _deeper = DeeperRecursion::allow(py);
    let lines = LineIndex::new(text.unit.text());
    let rewriter = Rewriter::new(py, text.unit, &lines, text.id)?.within_unknown();
    let mut rewriter = rewriter.displaying(mode.mode == "single");
    rewriter.part(tree)?;
    let code = compile::compile_quietly(py, tree, text.file, mode)?;
    finished::<L>(text, code, &rewriter.probes)
}

/// A compiled tree with its probes in the places that were kept for them.
fn finished<'py, L: Listener>(
    text: &ProgramText<'py, '_>,
    code: Bound<'py, PyAny>,
    probes: &[ProbeKind],
) -> PyResult<Bound<'py, PyAny>> {
    #[cfg(all(Py_3_13, not(Py_3_14)))]
    let code = match text.original {
        Some(original) => disguise::restored(&code, original)?.unwrap_or(code),
        None => {
            let classes = text.unit.scopes().iter().any(|scope| scope.kind == ScopeKind::Class);
            if classes {
                return Err(shape("the original says which attributes a class has"));
            }
            code
        }
    };
    probe::note_initializers(text.unit.text());
    probe::install::<L>(&code, probes)?;
    disguise::put_on(&code, text.original, (text.unit, text.file))?;
    Ok(code)
}
