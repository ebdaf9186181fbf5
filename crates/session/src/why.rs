//! Why: what made each statement of a slice needed.

use std::collections::BTreeMap;
use std::fmt;

use clew_effects::{ExternalState, StateKey};
use clew_graph::{Cause, Confidence, ImplicitDependency, Node, NodeId, NodeKind, Role, Slice};

use crate::slicer::Key;
use crate::{Position, Slicer};

/// A statement of a slice, and why it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptStatement {
    /// Where it stands.
    pub position: Position,
    /// Its first line.
    pub text: String,
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

impl Slicer<'_> {
    /// The statements of the slice of some steps, in program order, and why each is needed.
    pub fn why(&self, sinks: impl IntoIterator<Item = NodeId>) -> Vec<KeptStatement> {
        let sinks: Vec<NodeId> = sinks.into_iter().collect();
        let slice = self.steps(sinks.iter().copied());
        let mut needs: BTreeMap<Key, BTreeMap<Need, Vec<Key>>> = BTreeMap::new();
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
        self.kept_statements(&slice)
            .into_iter()
            .map(|key| KeptStatement {
                position: self.position(key),
                text: self.first_line(key),
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

    fn need(&self, user: &Node, role: Role, input: NodeId) -> Need {
        match role {
            Role::Implicit => {
                let needed: &[ImplicitDependency] = match &user.kind {
                    NodeKind::Call(call) => &call.implicit_dependencies,
                    NodeKind::Block(block) => &block.implicit_dependencies,
                    _ => &[],
                };
                let state = needed
                    .iter()
                    .find(|needed| needed.node == input)
                    .and_then(|needed| needed.state.clone());
                return state.map_or(Need::Run, Need::State);
            }
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

    /// Of a step that reads items: the assignment of one of them.
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

    fn first_line(&self, (at, statement): Key) -> String {
        let (_, unit) = &self.units()[at];
        let text = unit.statement(statement).range.of(unit.text());
        text.lines().next().unwrap_or_default().trim_end().to_owned()
    }
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
            Need::State(state) => write!(f, "leaves {} behind", in_words(state))?,
            Need::Run => f.write_str("ran")?,
            Need::Control => f.write_str("decides what runs")?,
            Need::Unexecuted => f.write_str("holds what would run instead")?,
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
fn in_words(state: &str) -> String {
    match state.parse() {
        Ok(StateKey { state: ExternalState::Object, .. }) => "the state of a library".to_owned(),
        Ok(StateKey { state, part: Some(part) }) => format!("{state} ({part})"),
        Ok(StateKey { part: None, .. }) | Err(()) => state.to_owned(),
    }
}
