//! Lesson: what a widening taught, kept for later slices of the same value and for other programs.

use std::collections::{BTreeMap, BTreeSet};

use clew_graph::{SessionId, Span};
use clew_store::{Finding, Store, StoreError};
use serde::{Deserialize, Serialize};

use super::likelihood::{is_import_or_call, words};
use super::suggestion::{NamedFunction, annotation, called};
use super::{Proof, Prover};
use crate::replay::Verdict;
use crate::{Adjustment, Slicer};

/// That a statement which seemed needless matters to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// The statement's text.
    pub statement: String,
    /// Names in the slices that need it.
    pub matters_to: BTreeSet<String>,
    /// What the slice came to without it.
    pub without_it: String,
    /// The function that it calls, where that is one of a module.
    #[serde(default)]
    calls: Option<NamedFunction>,
    /// The functions that need it.
    #[serde(default)]
    readers: BTreeSet<NamedFunction>,
}

impl Lesson {
    /// The lesson as an annotation.
    pub fn annotation(&self) -> String {
        annotation(&self.statement, &self.without_it, self.calls.as_ref(), &self.readers)
    }
}

const LESSONS: &str = "lessons";

fn about_value(session: SessionId, name: &str, version: Option<u32>) -> String {
    let version = version.map(|version| format!("@{version}")).unwrap_or_default();
    format!("{}{name}{version}", about_session(session))
}

/// With what begins what is known about each of a session's values.
fn about_session(session: SessionId) -> String {
    format!("widening {session} ")
}

fn about_statement(text: &str) -> String {
    format!("lesson {}", text.trim())
}

/// What proofs have taught that slices of one session may lack.
#[derive(Debug)]
pub struct Taught {
    session: SessionId,
    /// What the slices of its values were found to need and not to need.
    adjustments: BTreeMap<String, Adjustment>,
    /// The statements that there are lessons of.
    statements: BTreeSet<String>,
}

impl Taught {
    /// Reads it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of(store: &Store, session: SessionId) -> Result<Self, StoreError> {
        let found = store.findings_beginning(&about_session(session))?;
        // The latest comes last.
        let adjustments = found
            .into_iter()
            .map(|(about, content)| (about, serde_json::from_slice(&content).unwrap_or_default()));
        Ok(Self { session, adjustments: adjustments.collect(), statements: statements(store)? })
    }

    /// How a proof adjusted the slice of a value.
    pub(super) fn adjustment(&self, name: &str, version: Option<u32>) -> Adjustment {
        let about = about_value(self.session, name, version);
        self.adjustments.get(&about).cloned().unwrap_or_default()
    }
}

fn statements(store: &Store) -> Result<BTreeSet<String>, StoreError> {
    let known = store.findings(LESSONS)?;
    Ok(known.iter().map(|statement| String::from_utf8_lossy(statement).into_owned()).collect())
}

/// What proofs have taught of statements, the latest last.
///
/// # Errors
/// When the store cannot be read.
pub fn lessons(store: &Store) -> Result<Vec<Lesson>, StoreError> {
    let mut all = Vec::new();
    for statement in statements(store)? {
        all.extend(of_statement(store, &statement)?);
    }
    Ok(all)
}

fn of_statement(store: &Store, text: &str) -> Result<Vec<Lesson>, StoreError> {
    let found = store.findings(&about_statement(text))?;
    Ok(found.iter().filter_map(|content| serde_json::from_slice(content).ok()).collect())
}

impl Prover<'_> {
    /// The statements of which other proofs have taught that the slice may need them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn lessons_for(&self, store: &Store, taught: &Taught) -> Result<Vec<Span>, StoreError> {
        if taught.statements.is_empty() {
            return Ok(Vec::new());
        }
        let first = self.selection(&self.known);
        missing(store, taught, self.slicer, &first)
    }
}

/// Statements that a selection leaves out, though a proof has taught that names in it need them.
fn missing(
    store: &Store,
    taught: &Taught,
    slicer: &Slicer<'_>,
    selection: &crate::slicer::Selection,
) -> Result<Vec<Span>, StoreError> {
    let names = words(&selection.sliced.code);
    let mut put_back = Vec::new();
    for span in slicer.dropped(selection) {
        let text = slicer.text_of(span).trim();
        if taught.statements.contains(text) {
            let matters = |lesson: &Lesson| {
                lesson.matters_to.iter().any(|name| names.contains(name.as_str()))
            };
            if of_statement(store, text)?.iter().any(matters) {
                put_back.push(span);
            }
        }
    }
    Ok(put_back)
}

/// Keeps what a proof has taught.
///
/// # Errors
/// When the store cannot be written.
pub fn keep(
    store: &Store,
    slicer: &Slicer<'_>,
    proof: &Proof,
    (session, name, version): (SessionId, &str, Option<u32>),
) -> Result<(), StoreError> {
    if proof.verdict != Verdict::Equal {
        return Ok(());
    }
    let is_adjusted = proof.taught_by.is_some() || !proof.adjustment.left_out.is_empty();
    if is_adjusted && let Ok(content) = serde_json::to_vec(&proof.adjustment) {
        store.save_finding(&Finding { about: about_value(session, name, version), content })?;
    }
    let Some(without) = proof.taught_by.as_ref() else { return Ok(()) };
    for &span in &proof.adjustment.put_back {
        let text = slicer.text_of(span).trim();
        // Of one program alone speaks what binds its variables.
        if !is_import_or_call(text) {
            continue;
        }
        let matters_to = users(&proof.sliced.code, text, without);
        let called = called(&proof.sliced.code);
        let is_reader = |function: &&NamedFunction| matters_to.contains(&function.name);
        let lesson = Lesson {
            statement: text.to_owned(),
            calls: text.split('(').next().and_then(|spelled| called.get(spelled)).cloned(),
            readers: called.values().filter(is_reader).cloned().collect(),
            matters_to,
            without_it: match without {
                Verdict::Failed { reason } => reason.clone(),
                _ => "another value".to_owned(),
            },
        };
        if let Ok(content) = serde_json::to_vec(&lesson) {
            store.save_finding(&Finding { about: about_statement(text), content })?;
            let content = text.as_bytes().to_vec();
            store.save_finding(&Finding { about: LESSONS.to_owned(), content })?;
        }
    }
    Ok(())
}

/// The names in a slice that need a statement: those of which the error speaks, or else those that its
/// last statement calls.
fn users(code: &str, statement: &str, without: &Verdict) -> BTreeSet<String> {
    let own = words(statement);
    let all = words(code);
    let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect();
    if let Verdict::Failed { reason } = without {
        let named: BTreeSet<&str> = words(reason)
            .into_iter()
            .filter(|name| all.contains(name) && !own.contains(name))
            .collect();
        if !named.is_empty() {
            return owned(named);
        }
    }
    let last = code.trim_end().lines().last().unwrap_or_default();
    let called = last.match_indices('(').filter_map(|(at, _)| {
        let before = last.get(..at)?;
        let begin = before.rfind(|letter: char| !letter.is_alphanumeric() && letter != '_');
        before.get(begin.map_or(0, |at| at + 1)..)
    });
    owned(called.filter(|name| !name.is_empty() && !own.contains(name)).collect())
}
