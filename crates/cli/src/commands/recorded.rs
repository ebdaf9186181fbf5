//! Recorded: a session as it stands in a store.

use clew_graph::{Graph, Session, SessionKind, Source, is_kept_by_shell};
use clew_session::{Pointer, RecordedValue, Refusal, Sliced, Slicer, Taught, Variables, Verdict};
use clew_store::{Certificate, Store, Variable};

use crate::CommandError;

/// A session as it stands in a store.
pub(super) struct Recorded {
    pub(super) session: Session,
    pub(super) graph: Graph,
    pub(super) sources: Vec<Source>,
    pub(super) variables: Vec<Variable>,
    certificates: Vec<Certificate>,
}

impl Recorded {
    pub(super) fn load(store: &Store, session: Option<&str>) -> Result<Self, CommandError> {
        let session = match session {
            Some(id) => store.session(id)?.session,
            None => {
                store
                    .latest_recorded_session()?
                    .ok_or_else(|| CommandError::NoSession {
                        store: store.folder().display().to_string(),
                    })?
                    .session
            }
        };
        Ok(Self {
            graph: store.graph(session.id)?,
            sources: store.sources(session.id)?,
            variables: store.variables(session.id)?,
            certificates: store.certificates(session.id)?,
            session,
        })
    }

    pub(super) fn slicer(&self) -> Result<Slicer<'_>, CommandError> {
        Ok(Slicer::new(&self.graph, &self.sources)?)
    }

    /// The variables that are bound at the end.
    pub(super) fn bound(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter().filter(|variable| variable.node.is_some())
    }

    /// Those of them that are the user's own, and no shell's.
    pub(super) fn own(&self) -> impl Iterator<Item = &Variable> {
        let in_cells = self.session.kind == SessionKind::Notebook;
        self.bound().filter(move |variable| !in_cells || !is_kept_by_shell(&variable.name))
    }

    /// The session and its texts.
    pub(super) fn texts(&self) -> (&Session, &[Source]) {
        (&self.session, &self.sources)
    }

    /// Which node each variable's value is.
    pub(super) fn nodes(&self) -> Variables {
        self.bound().filter_map(|variable| Some((variable.name.clone(), variable.node?))).collect()
    }

    /// A variable, as it was recorded.
    pub(super) fn value_of<'v>(&self, variable: &'v Variable) -> Option<RecordedValue<'v>> {
        let (node, fingerprint) = (variable.node?, variable.fingerprint.clone());
        Some(RecordedValue { name: &variable.name, node, artifact: None, fingerprint })
    }

    /// What proofs have taught that its slices may lack.
    pub(super) fn taught(&self, store: &Store) -> Result<Taught, CommandError> {
        Ok(Taught::of(store, self.session.id)?)
    }

    /// The slice of a variable, if it has a value.
    pub(super) fn slice_of(
        &self,
        (store, taught): (&Store, &Taught),
        slicer: &Slicer<'_>,
        variable: &Variable,
    ) -> Result<Option<Sliced>, CommandError> {
        let Some(value) = self.value_of(variable) else { return Ok(None) };
        Ok(Some(value.slice(store, taught, slicer, &Variables::new())?))
    }

    /// The latest replay of a slice that made its value, if one did.
    pub(super) fn proof_of(&self, sliced: &Sliced) -> Option<&Certificate> {
        let digest = sliced.digest();
        let of_it = |certificate: &&Certificate| certificate.slice_digest == digest;
        let latest = self.certificates.iter().rev().find(of_it)?;
        (latest.verdict == Verdict::Equal.word()).then_some(latest)
    }

    /// The variables that the program may have bound after its recording had ended, and why nothing is known
    /// of them.
    pub(super) fn unrecorded(&self) -> impl Iterator<Item = (&str, Refusal)> {
        self.variables.iter().filter(|variable| variable.node.is_none()).filter_map(|variable| {
            let reason = variable.refused.clone()?;
            Some((variable.name.as_str(), Refusal::Lost { reason }))
        })
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Variable> {
        self.bound().find(|variable| variable.name == name)
    }

    /// The statement that a refusal is about, if it is one.
    pub(super) fn place_of(&self, reason: &Refusal) -> Option<Pointer> {
        let Refusal::Unknown { position } = reason else { return None };
        let source = self.sources.iter().find(|source| source.id == position.source)?;
        Pointer::at_line(&source.text, position.line)
    }

    /// Why a slice is refused, if it is; of a variable, or of an artifact.
    pub(super) fn refusal(&self, variable: Option<&Variable>, sliced: &Sliced) -> Option<Refusal> {
        match variable.and_then(|variable| variable.refused.clone()) {
            Some(reason) => Some(Refusal::Lost { reason }),
            None => Refusal::of(sliced, &self.certificates),
        }
    }
}
