//! Journal: what a capture makes, on its way into the store.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use clew_graph::{
    Artifact, Execution, ExecutionId, NodeId, NodeValue, Session, SessionId, SourceId,
    SourceLocation, Timestamp,
};
use clew_store::{
    Finding, NewArtifact, PendingSave, Record, SessionFile, Store, StoreError, ValueAddress,
    Variable, Writer,
};
use clew_syntax::Unit;
use rustc_hash::FxHashMap;
use uuid::Uuid;

use crate::capture::{self, SoFar};
use crate::redact;
use crate::{ByOthers, Capture, CaptureError, Deferred, LeftFunction, Outcome, Unfinished};

/// One run of a program as it is written into a store: sources, nodes, their times, and where each
/// variable stands after every statement.
pub struct Journal {
    capture: Capture,
    writer: Option<Writer>,
    session: Session,
    execution: ExecutionId,
    // The nodes that artifacts saved in this session are.
    artifacts: FxHashMap<(String, u32), NodeId>,
    // Those that were saved in calls which are under way.
    saved_in_calls: Vec<SavedInCall>,
    // What was saved last while the statement at hand ran, and its nodes.
    unfinished: Option<(Unfinished, SoFar)>,
    // The variables that were given nodes while it ran.
    given_so_far: BTreeSet<String>,
    // Why nothing is recorded any more while the program goes on.
    lost: Option<String>,
    // Whether what looks like a secret is masked.
    redacts: bool,
    // Texts as they run, where they are kept with masks.
    unmasked: FxHashMap<SourceId, Arc<Unit>>,
}

/// A variable as it was when the program had ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FinalVariable {
    /// The variable.
    pub name: String,
    /// Its value's type, as `module.qualname`.
    pub type_name: Option<String>,
    /// A digest of its value's content.
    pub fingerprint: Option<String>,
}

impl Journal {
    /// Begins to record a session; without a store it is only kept in memory.
    pub fn begin(store: Option<&Store>, session: Session) -> Self {
        Self::of(store, session, false)
    }

    /// Begins to record a session of which nothing is kept that looks like a secret: in texts and arguments
    /// it is masked, and files that hold one are kept without their content.
    pub fn begin_redacted(store: Option<&Store>, mut session: Session) -> Self {
        redact::arguments(&mut session.arguments);
        Self::of(store, session, true)
    }

    fn of(store: Option<&Store>, session: Session, redacts: bool) -> Self {
        let execution = ExecutionId(Uuid::now_v7());
        let writer = store.map(|store| store.writer(session.clone()));
        let journal = Self {
            capture: Capture::new(),
            writer,
            session,
            execution,
            artifacts: FxHashMap::default(),
            saved_in_calls: Vec::new(),
            unfinished: None,
            given_so_far: BTreeSet::new(),
            lost: None,
            redacts,
            unmasked: FxHashMap::default(),
        };
        journal.send(Record::Execution(Execution {
            id: execution,
            session: journal.session.id,
            created: journal.session.created,
        }));
        journal
    }

    /// A session's id that nobody else has, and that sorts after those given before.
    pub fn new_session_id() -> SessionId {
        SessionId(Uuid::now_v7())
    }

    /// The session that is recorded.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Writes what was sent and lets the writer's thread end until more is sent; see [`Writer::rest`].
    pub fn rest(&self) {
        if let Some(writer) = &self.writer {
            writer.rest();
        }
    }

    /// What was captured so far.
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// A text is about to run.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn begin_source(
        &mut self,
        location: SourceLocation,
        text: &str,
    ) -> Result<SourceId, CaptureError> {
        let (kept, masked) = match self.redacts {
            true => redact::text(text),
            false => (Cow::Borrowed(text), Vec::new()),
        };
        let id = self.capture.begin_source(location, &kept)?;
        if !masked.is_empty() {
            self.unmasked.insert(id, Arc::new(capture::read(text)?));
        }
        for line in masked {
            self.note(&redact::note(&line));
        }
        if let Some(source) = self.capture.source(id) {
            self.send(Record::Source(source.clone()));
        }
        let new = self.capture.take_new();
        if !new.is_empty() {
            self.send(Record::Nodes(new));
        }
        Ok(id)
    }

    /// The statements of a text, as it runs.
    pub fn unit(&self, source: SourceId) -> Option<Arc<Unit>> {
        self.unmasked.get(&source).cloned().or_else(|| self.capture.unit(source))
    }

    /// A statement ran.
    ///
    /// # Errors
    /// When the report does not fit; what was recorded before stands.
    pub fn record(&mut self, outcome: &Outcome) -> Result<(), CaptureError> {
        self.unfinished = None;
        let given = std::mem::take(&mut self.given_so_far);
        let calls = self.capture.calls_made();
        let root = self.capture.record(outcome)?;
        let (new, gone) = (self.capture.take_new(), self.capture.take_gone());
        if outcome.leaving && new.is_empty() && given.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let value_of = |node: NodeId| NodeValue {
            execution: self.execution,
            node,
            start: outcome.start,
            end: outcome.end,
            type_name: None,
            fingerprint: None,
        };
        let known = outcome.values.iter().filter_map(|bound| {
            let node = self.capture.variable(&bound.name)?;
            Some(NodeValue {
                type_name: Some(bound.type_name.clone()),
                fingerprint: Some(bound.fingerprint.clone()),
                ..value_of(node)
            })
        });
        let known: Vec<Record> = known.map(Record::NodeValue).collect();
        let given_variables = outcome.calling.iter().flat_map(|calling| &calling.variables);
        let bound = outcome.bound.iter().map(|bound| &bound.name).chain(given_variables);
        let changed = outcome.changed.iter().map(|changed| &changed.name);
        let touched: Vec<Variable> = bound
            .chain(changed)
            .chain(&given)
            .chain(&gone)
            .map(|name| self.variable(name.clone(), self.capture.variable(name)))
            .collect();
        let touched = (!touched.is_empty()).then_some(Record::Variables(touched));
        let done = [Record::Nodes(new), Record::NodeValue(value_of(root))];
        self.send_all(done.into_iter().chain(known).chain(touched));
        self.settle_saved(outcome, calls);
        for saved in &outcome.saved {
            let node = self.capture.saved_node(saved.variable.as_deref(), root);
            let [node, root] = [node, root].map(|node| self.capture.defer(node, &saved.reads));
            let (node, root) = (node?, root?);
            let new = self.capture.take_new();
            self.send(Record::Nodes(new));
            let depth = self.capture.calls_under_way();
            // Until the statements that make the calls have ended, their text may change the variable further.
            self.point_artifact(&saved.name, saved.version, if depth == 0 { node } else { root });
            if let Some(variable) = saved.variable.clone().filter(|_| depth > 0) {
                let so_far = self.variable(variable.clone(), Some(root));
                self.send(Record::Variables(vec![so_far]));
                let now = self.capture.variable(&variable);
                let (name, version) = (saved.name.clone(), saved.version);
                self.saved_in_calls.push(SavedInCall { name, version, variable, now, node, depth });
            }
        }
        Ok(())
    }

    /// A statement has ended that made so many calls of followed functions. What was saved in them is the variable that
    /// it was saved from, unless the rest of the statement did something to that.
    fn settle_saved(&mut self, outcome: &Outcome, calls: usize) {
        let depth = self.capture.calls_under_way();
        let (within, mut others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.saved_in_calls).into_iter().partition(|it| it.depth > depth);
        for saved in within {
            let bound = outcome.bound.iter().map(|bound| &bound.name);
            let mut touched = bound.chain(outcome.changed.iter().map(|changed| &changed.name));
            let goes_on = calls > 1 || touched.any(|name| *name == saved.variable);
            if depth == 0 {
                self.send_variables([&saved.variable]);
            }
            if goes_on && self.capture.variable(&saved.variable) != saved.now {
                continue;
            }
            match depth {
                0 => self.point_artifact(&saved.name, saved.version, saved.node),
                _ => others.push(SavedInCall { depth, ..saved }),
            }
        }
        self.saved_in_calls = others;
    }

    /// Says which node an artifact is.
    fn point_artifact(&mut self, name: &str, version: u32, node: NodeId) {
        self.artifacts.insert((name.to_owned(), version), node);
        self.send(Record::ArtifactNode { name: name.to_owned(), version, node });
    }

    /// Whether the definition of a function was reported by itself, so that a call of it may be reported by its
    /// statements.
    pub fn may_follow(&self, source: SourceId, scope: usize) -> bool {
        self.capture.may_follow(source, scope)
    }

    /// The program has ended, and these functions, given by their places among the texts' scopes, ran in no calls but
    /// those that were followed.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn only_followed(&mut self, functions: &[(SourceId, usize)]) -> Result<(), CaptureError> {
        self.capture.only_followed(functions)?;
        self.send_variables([]);
        Ok(())
    }

    /// A function that was followed has ended.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn left_function(&mut self, left: LeftFunction) -> Result<(), CaptureError> {
        self.capture.left_function(left)?;
        self.send_variables([]);
        Ok(())
    }

    /// Others than the session's statements bound some variables, changed the values of some, unbound some, and
    /// changed some external states.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn others(&mut self, others: &ByOthers) -> Result<(), CaptureError> {
        let ByOthers { bound, changed, unbound, states, undone, .. } = others;
        self.capture.given(bound)?;
        self.capture.changed_by_others(changed)?;
        self.capture.states_changed_by_others(states)?;
        if let Some(undone) = undone {
            self.capture.undone_by_others(undone)?;
        }
        for name in unbound {
            self.capture.forget(name);
        }
        self.send_variables([bound, changed, unbound].into_iter().flatten());
        Ok(())
    }

    /// The statement that was recorded last raised, so that the rest of its cell did not run; what one did that
    /// was `interrupted` it would not do again.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn ended_early(&mut self, interrupted: bool) -> Result<(), CaptureError> {
        self.capture.ended_early()?;
        if interrupted {
            return self.doubt();
        }
        self.send_variables([]);
        Ok(())
    }

    /// What the statement that was recorded last did is not what its text would do again.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn doubt(&mut self) -> Result<(), CaptureError> {
        let names = self.capture.doubt()?;
        self.send_variables(&names);
        Ok(())
    }

    /// What has come about beside statements, and which nodes some variables are.
    fn send_variables<'n>(&mut self, names: impl IntoIterator<Item = &'n String>) {
        let new = self.capture.take_new();
        let names = names.into_iter();
        let now: Vec<Variable> =
            names.map(|name| self.variable(name.clone(), self.capture.variable(name))).collect();
        if !new.is_empty() {
            self.send(Record::Nodes(new));
        }
        if !now.is_empty() {
            self.send(Record::Variables(now));
        }
    }

    /// The node of a value that is saved while a statement runs. It holds until the statement has ended;
    /// until then, the store has the variables as they are so far.
    ///
    /// # Errors
    /// When the report does not fit.
    pub fn unfinished(&mut self, unfinished: &Unfinished) -> Result<Option<NodeId>, CaptureError> {
        // A loop that saves says the same in nearly all turns.
        if let Some((_, so_far)) = self.unfinished.as_ref().filter(|(known, _)| known == unfinished)
        {
            return Ok(so_far.node);
        }
        let so_far = self.capture.unfinished(unfinished)?;
        let new = self.capture.take_new();
        if !new.is_empty() {
            self.send(Record::Nodes(new));
        }
        if !so_far.variables.is_empty() {
            let now = so_far.variables.iter();
            let now = now.map(|(name, node)| self.variable(name.clone(), Some(*node))).collect();
            self.send(Record::Variables(now));
            self.given_so_far.extend(so_far.variables.iter().map(|(name, _)| name.clone()));
        }
        let node = so_far.node;
        self.unfinished = Some((unfinished.clone(), so_far));
        Ok(node)
    }

    fn variable(&self, name: String, node: Option<NodeId>) -> Variable {
        Variable { name, node, refused: self.lost.clone(), type_name: None, fingerprint: None }
    }

    /// Variables lead to functions that will read others.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn defer(&mut self, deferred: &[Deferred]) -> Result<(), CaptureError> {
        self.capture.leave_all_handlers();
        let gone = self.capture.take_gone();
        self.send_variables(&gone);
        let changed = self.capture.defer_all(deferred)?;
        let new = self.capture.take_new();
        self.send(Record::Nodes(new));
        let changed = changed.into_iter().map(|(name, node)| self.variable(name, Some(node)));
        self.send(Record::Variables(changed.collect()));
        Ok(())
    }

    /// The node that an artifact of this session is, once the statement that saved it has ended.
    pub fn artifact_node(&self, name: &str, version: u32) -> Option<NodeId> {
        self.artifacts.get(&(name.to_owned(), version)).copied()
    }

    /// Keeps what is known of variables when the program has ended.
    pub fn keep_final(&mut self, variables: Vec<FinalVariable>) {
        let variables: Vec<Variable> = variables
            .into_iter()
            .filter_map(|last| {
                let node = self.capture.variable(&last.name)?;
                Some(Variable {
                    name: last.name,
                    node: Some(node),
                    refused: self.lost.clone(),
                    type_name: last.type_name,
                    fingerprint: last.fingerprint,
                })
            })
            .collect();
        if !variables.is_empty() {
            self.send(Record::Variables(variables));
        }
    }

    /// Nothing of the program is recorded from here on, though it goes on: what its variables stand for
    /// is not known any more, and slices of them are refused, also of those that it has yet to bind.
    pub fn lose(&mut self, reason: &str) {
        self.lost = Some(reason.to_owned());
        let units = self.capture.sources().filter_map(|source| self.capture.unit(source.id));
        let mut names: BTreeSet<String> = units
            .flat_map(|unit| {
                let binds = unit.top().iter().flat_map(|&id| &unit.statement(id).whole.binds);
                binds.map(|bind| bind.name.clone()).collect::<Vec<String>>()
            })
            .collect();
        names.extend(self.capture.variables().map(|(name, _)| name.to_owned()));
        let lost = |name: String| {
            let node = self.capture.variable(&name);
            self.variable(name, node)
        };
        self.send(Record::Variables(names.into_iter().map(lost).collect()));
    }

    /// Keeps a sentence about what is lost or unknown of the session.
    pub fn note(&self, text: &str) {
        self.send(Record::Note(text.to_owned()));
    }

    /// Keeps what is known of files that the program read, imported and wrote.
    pub fn keep_files(&self, mut files: Vec<SessionFile>) {
        if self.redacts {
            redact::files(&mut files);
        }
        if !files.is_empty() {
            self.send(Record::Files(files));
        }
    }

    /// Keeps something that was found out about a callable, for the sessions to come.
    pub fn keep_finding(&self, about: String, content: Vec<u8>) {
        self.send(Record::Finding(Finding { about, content }));
    }

    /// Keeps an artifact whose bytes were put into the store. It is on the disk when this returns, and so
    /// is what was recorded before it.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn save_artifact(&self, store: &Store, saved: Saved) -> Result<Artifact, StoreError> {
        let new = self.artifact(saved);
        match &self.writer {
            Some(writer) => writer.save_artifact(new),
            // Threads outlive the main program, and functions run at exit.
            None => store.save_artifact(new),
        }
    }

    /// As [`Self::save_artifact`], for somebody who does something else while they wait.
    pub fn begin_save(&self, store: &Store, saved: Saved) -> PendingSave {
        let new = self.artifact(saved);
        match &self.writer {
            Some(writer) => writer.begin_save(new),
            None => PendingSave::over(store.save_artifact(new)),
        }
    }

    fn artifact(&self, saved: Saved) -> NewArtifact {
        NewArtifact {
            name: saved.name,
            session: self.session.id,
            execution: self.execution,
            // What was recorded before says nothing of a value that came after.
            node: saved.node.filter(|_| self.lost.is_none()),
            created: saved.created,
            type_name: saved.type_name,
            fingerprint: saved.fingerprint,
            value: saved.value,
        }
    }

    /// Whether the program has ended.
    pub fn has_ended(&self) -> bool {
        self.writer.is_none()
    }

    /// The error for which recording stopped, the first time that this is asked after it.
    pub fn fault(&self) -> Option<String> {
        let fault = self.writer.as_ref()?.fault()?;
        Some(describe(&*fault))
    }

    /// Writes all that is left and how the program ended.
    ///
    /// # Errors
    /// When not all of it is on the disk.
    pub fn finish(&mut self, exit_status: &str) -> Result<(), StoreError> {
        match self.writer.take() {
            Some(writer) => writer.finish(exit_status),
            None => Ok(()),
        }
    }

    fn send(&self, record: Record) {
        self.send_all([record]);
    }

    fn send_all(&self, records: impl IntoIterator<Item = Record>) {
        if let Some(writer) = &self.writer {
            writer.send_all(records);
        }
    }
}

/// An artifact that was saved from a variable in a call which is under way.
struct SavedInCall {
    name: String,
    version: u32,
    variable: String,
    /// The node of the variable when it was saved.
    now: Option<NodeId>,
    /// The node that the artifact is where nothing changes the variable before the calling statement has ended.
    node: NodeId,
    /// In how many calls it was saved whose statements have not ended.
    depth: usize,
}

/// An artifact that is about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// The node whose value it is, where that is known already.
    pub node: Option<NodeId>,
    /// When it was saved.
    pub created: Timestamp,
    /// The value's type, as `module.qualname`.
    pub type_name: String,
    /// A digest of the value's content.
    pub fingerprint: Option<String>,
    /// Where its bytes were put.
    pub value: Option<ValueAddress>,
}

/// An error with its causes, in one line.
pub fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
