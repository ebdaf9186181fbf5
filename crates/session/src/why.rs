//! Why: what made each statement of a slice needed.

use std::collections::BTreeMap;
use std::fmt;

use clew_effects::{ExternalState, StateKey};
use clew_graph::{Block, BlockKind, Cause, Confidence, Node, NodeId, NodeKind, Role, Slice};
use clew_syntax::Range;

use crate::followable::{repeats_calls, runs_later};
use crate::joined_calls::Shared;
use crate::slicer::{Key, span_of};
use crate::{KeptWhole, MOST_CALLS, Position, Slicer, closes_over, why_not_followed};

/// A statement of a slice, and why it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptStatement {
    /// Where it stands.
    pub position: Position,
    /// Its first line.
    pub text: String,
    /// How many signs its first line is indented by: it stands within what stands above it.
    pub indent: usize,
    /// Why it is needed, the first user first. A statement without any is there for those in it.
    pub reasons: Vec<Reason>,
}

/// What of a statement is needed, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What of it.
    pub need: Need,
    /// The statements that need it, in program order; none where the user asked for it.
    pub users: Vec<Position>,
}

/// What of a statement another one needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// It makes what the slice is of.
    Wanted,
    /// The value that it makes, and the variable that this is bound to.
    Value(Option<String>),
    /// A change that it makes to a value, of this variable.
    Change {
        /// The variable.
        name: Option<String>,
        /// What of it makes the change, and how that is known.
        cause: Option<Box<CauseText>>,
    },
    /// An external state that it leaves behind.
    State(String),
    /// That it ran: a definition that is used, or what an exception came from.
    Run,
    /// It decides whether the others run.
    Control,
    /// It holds what would run instead.
    Unexecuted,
    /// It runs in a call of its function that is kept, since the function's text holds it for the sake of others.
    Shared,
    /// Others let go of it, in these words, which the slice says again.
    Undone(String),
    /// All of a function, for it is not followed statement by statement.
    Whole(KeptWhole),
}

/// A [`Cause`] in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CauseText {
    /// In words.
    pub by: String,
    /// How it is known, in a word.
    pub known: &'static str,
}

impl From<&Cause> for CauseText {
    fn from(cause: &Cause) -> Self {
        Self { by: cause.by.clone(), known: cause.confidence.word() }
    }
}

/// What of each statement is needed, and by which others.
type Needs = BTreeMap<Key, BTreeMap<Need, Vec<Key>>>;

impl Slicer<'_> {
    /// The statements of the slice of some nodes, in program order, and why each is needed.
    pub fn why(&self, sinks: impl IntoIterator<Item = NodeId>) -> Vec<KeptStatement> {
        let sinks: Vec<NodeId> = sinks.into_iter().collect();
        let slice = self.nodes_of(sinks.iter().copied());
        let mut needs: Needs = BTreeMap::new();
        for &sink in &sinks {
            if let Some(owner) = self.owner(sink) {
                needs.entry(owner).or_default().entry(Need::Wanted).or_default();
            }
        }
        for id in slice.ids() {
            let (Some(node), Some(user)) = (self.graph().get(id), self.owner(id)) else { continue };
            let mut note = |role: Role, input: NodeId| {
                let Some(owner) = self.owner(input).filter(|&owner| owner != user) else { return };
                let need = self.need(node, role, input);
                let users = needs.entry(owner).or_default().entry(need).or_default();
                if users.last() != Some(&user) {
                    users.push(user);
                }
            };
            self.graph().visit_needs(id, &mut note);
        }
        for (_, undo) in self.undos_in(&slice) {
            for owner in undo.global_reads.iter().filter_map(|read| self.owner(read.node)) {
                let need = Need::Undone(undo.text.clone());
                needs.entry(owner).or_default().entry(need).or_default();
            }
        }
        self.note_shared(&slice, &mut needs);
        self.note_whole(&slice, &mut needs);
        self.kept_statements(&slice)
            .into_iter()
            .map(|key| KeptStatement {
                position: self.position(key),
                text: self.first_line(key),
                indent: self.indent(key),
                reasons: needs
                    .remove(&key)
                    .unwrap_or_default()
                    .into_iter()
                    .map(|(need, mut users)| {
                        users.sort_unstable();
                        users.dedup();
                        Reason {
                            need,
                            users: users.into_iter().map(|user| self.position(user)).collect(),
                        }
                    })
                    .collect(),
            })
            .collect()
    }

    /// Notes what is there because calls share their function's text, where nothing else says why.
    fn note_shared(&self, slice: &Slice, needs: &mut Needs) {
        let mut shared: Needs = BTreeMap::new();
        for Shared { step, call } in self.joined().shared(self.graph(), slice) {
            let owners = match self.owner(step) {
                Some(owner) => vec![owner],
                // How a call was left.
                None => self.inputs_of(step).into_iter().filter_map(|id| self.owner(id)).collect(),
            };
            let caller = self.owner(call);
            for owner in owners.into_iter().filter(|owner| !needs.contains_key(owner)) {
                let users = shared.entry(owner).or_default().entry(Need::Shared).or_default();
                users.extend(caller);
            }
        }
        needs.extend(shared);
    }

    /// Notes which functions are kept whole, and why.
    fn note_whole(&self, slice: &Slice, needs: &mut Needs) {
        let mut users: BTreeMap<NodeId, (Key, Vec<Key>)> = BTreeMap::new();
        for id in slice.ids() {
            if let Some(definition) = self.defined_by(id) {
                users.entry(id).or_insert((definition, Vec::new()));
            }
        }
        for (user, id) in slice.ids().filter_map(|id| Some((self.owner(id)?, id))) {
            for input in self.inputs_of(id) {
                if let Some((definition, users)) = users.get_mut(&input)
                    && *definition != user
                {
                    users.push(user);
                }
            }
        }
        for (definition, users) in users.into_values() {
            if let Some(whole) = self.kept_whole(definition, &users) {
                needs.entry(definition).or_default().insert(Need::Whole(whole), users);
            }
        }
    }

    /// The statement that a node is all of, where that defines a function.
    fn defined_by(&self, id: NodeId) -> Option<Key> {
        let node = self.graph().get(id)?;
        let NodeKind::Block(Block { kind: BlockKind::Function, .. }) = &node.kind else {
            return None;
        };
        let (span, (at, definition)) = (node.span?, self.owner(id)?);
        let (_, unit) = &self.units()[at];
        let is_all = unit.statement(definition).range == Range::new(span.start, span.end);
        is_all.then_some((at, definition))
    }

    fn inputs_of(&self, id: NodeId) -> Vec<NodeId> {
        let mut inputs = Vec::new();
        self.graph().visit_needs(id, &mut |_, input| inputs.push(input));
        inputs
    }

    /// Why a function is kept whole that these statements need as it is; `None` where nobody calls it.
    fn kept_whole(&self, (at, definition): Key, users: &[Key]) -> Option<KeptWhole> {
        let (source, unit) = &self.units()[at];
        let header = unit.statement(definition).header;
        let scope = unit.scopes().iter().position(|scope| scope.start == header.start)?;
        if let Some(by_text) = why_not_followed(unit, scope) {
            return Some(by_text);
        }
        let followed = self.joined().calls_of(span_of(*source, header));
        if followed == 0 && runs_later(unit, definition) {
            return Some(KeptWhole::Generator);
        }
        if followed >= MOST_CALLS {
            return Some(KeptWhole::TooOften);
        }
        if followed > 0 && closes_over(unit, scope) {
            return Some(KeptWhole::ClosedOver);
        }
        let repeats = |&(at, id): &Key| repeats_calls(&self.units()[at].1, id);
        if users.iter().any(repeats) {
            return Some(KeptWhole::InLoop);
        }
        (!users.is_empty()).then_some(KeptWhole::Elsewhere)
    }

    fn need(&self, user: &Node, role: Role, input: NodeId) -> Need {
        match role {
            Role::Implicit => return state_needed(user, input).map_or(Need::Run, Need::State),
            Role::Control | Role::Test | Role::Companion => return Need::Control,
            Role::Unexecuted => return Need::Unexecuted,
            // A change and what made it are one statement's.
            Role::Call => return self.item_needed(user),
            _ => {}
        }
        let name = self.variable_of(input);
        match self.graph().get(input).map(|node| &node.kind) {
            Some(NodeKind::Mutate(mutate)) => {
                let cause = mutate.cause.as_ref().map(|cause| Box::new(cause.into()));
                Need::Change { name, cause }
            }
            _ => Need::Value(name),
        }
    }

    /// Of a node that reads items: the assignment of one of them.
    fn item_needed(&self, user: &Node) -> Need {
        let holder = match &user.kind {
            NodeKind::Call(call) => call.positional.first(),
            _ => None,
        };
        let cause = CauseText { by: Cause::ITEM.to_owned(), known: Confidence::Annotated.word() };
        let name = holder.and_then(|holder| self.variable_of(holder.node));
        Need::Change { name, cause: Some(Box::new(cause)) }
    }

    fn kept_statements(&self, slice: &Slice) -> Vec<Key> {
        let ranges = self.ranges(slice);
        let mut kept = Vec::new();
        for (at, (source, unit)) in self.units().iter().enumerate() {
            let ranges = ranges.get(source).cloned().unwrap_or_default();
            kept.extend(unit.keep(ranges).statements().map(|id| (at, id)));
        }
        kept
    }

    fn indent(&self, (at, statement): Key) -> usize {
        let (_, unit) = &self.units()[at];
        let start = unit.statement(statement).range.start as usize;
        let before = unit.text().get(..start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        line.chars().take_while(|sign| sign.is_whitespace()).count()
    }

    fn first_line(&self, (at, statement): Key) -> String {
        let (_, unit) = &self.units()[at];
        let text = unit.statement(statement).range.of(unit.text());
        text.lines().next().unwrap_or_default().trim_end().to_owned()
    }
}

/// The external state for which a node needs another, where there is one.
pub(crate) fn state_needed(user: &Node, input: NodeId) -> Option<String> {
    user.kind.implicit_dependencies().iter().find(|needed| needed.node == input)?.state.clone()
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |name: &Option<String>| match name {
            Some(name) => format!("`{name}`"),
            None => "a value".to_owned(),
        };
        match &self.need {
            Need::Wanted => return f.write_str("is what was asked for"),
            Need::Value(name) => write!(f, "gives {}", of(name))?,
            Need::Change { name, cause: Some(cause) } => {
                write!(f, "changes {} by {} ({})", of(name), cause.by, cause.known)?;
            }
            Need::Change { name, cause: None } => write!(f, "changes {}", of(name))?,
            Need::State(state) => write!(f, "leaves {} behind", state_in_words(state))?,
            Need::Run => f.write_str("ran")?,
            Need::Control => f.write_str("decides what runs")?,
            Need::Unexecuted => f.write_str("holds what would run instead")?,
            Need::Shared => f.write_str("runs in another call of its function, too")?,
            Need::Undone(text) => write!(f, "is let go of by `{text}`")?,
            Need::Whole(why) => write!(f, "is kept whole: {why}")?,
        }
        for (index, user) in self.users.iter().enumerate() {
            match index {
                0 => write!(f, ", for {user}")?,
                _ => write!(f, ", {user}")?,
            }
        }
        Ok(())
    }
}

/// An external state in words. An object that no variable leads to is named by its address, which
/// means nothing to anybody.
pub fn state_in_words(state: &str) -> String {
    if let Some(library) = state.strip_prefix("module:") {
        return format!("the state of {library}");
    }
    match state.parse() {
        Ok(StateKey { state: ExternalState::Object, .. }) => "the state of a library".to_owned(),
        Ok(StateKey { state, part: Some(part) }) => format!("{state} ({part})"),
        Ok(StateKey { part: None, .. }) | Err(()) => state.to_owned(),
    }
}
