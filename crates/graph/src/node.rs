//! Node: one thing that a program did.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::notation::{Cursor, Reading};
use crate::{NodeId, Span};

mod block;
mod call;
mod control;
mod global;
mod import;
mod literal;
mod lookup;
mod mutate;
mod operator;
mod undo;

pub use block::{Block, BlockKind};
pub use call::{Argument, Call, CallTarget, GlobalRead, ImplicitDependency, KeywordArgument};
pub use control::{Else, If};
pub use global::Global;
pub use import::Import;
pub use literal::Literal;
pub use lookup::Lookup;
pub use mutate::{Cause, Mutate};
pub use operator::Operator;
pub use undo::Undo;

/// One thing that a program did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its place in program order.
    pub id: NodeId,
    /// The text that it stands for; nodes that no text spells out have none.
    pub span: Option<Span>,
    /// The `if` or `else` under which it ran.
    pub control: Option<NodeId>,
    /// What it does.
    pub kind: NodeKind,
}

/// A node that is to join a graph, which will give it its id.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNode {
    /// The text that it stands for.
    pub span: Option<Span>,
    /// The `if` or `else` under which it ran.
    pub control: Option<NodeId>,
    /// What it does.
    pub kind: NodeKind,
}

impl From<NodeKind> for NewNode {
    fn from(kind: NodeKind) -> Self {
        Self { span: None, control: None, kind }
    }
}

/// What a node does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NodeKind {
    /// Brings in a module.
    Import(Import),
    /// Finds a name that the program did not bind itself.
    Lookup(Lookup),
    /// Is a constant of the text.
    Literal(Literal),
    /// Calls a function or applies an operator.
    Call(Call),
    /// Is an earlier value after a call changed it.
    Mutate(Mutate),
    /// Is a variable that a call or block bound.
    Global(Global),
    /// Tests a condition and takes the branch.
    If(If),
    /// Takes the other branch.
    Else(Else),
    /// Runs a compound statement or a definition as a whole.
    Block(Block),
    /// Is others letting go of what nodes had made.
    Undo(Undo),
}

impl NodeKind {
    /// The kind's word, as texts and stores write it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Import(_) => "import",
            Self::Lookup(_) => "lookup",
            Self::Literal(_) => "literal",
            Self::Call(_) => "call",
            Self::Mutate(_) => "mutate",
            Self::Global(_) => "global",
            Self::If(_) => "if",
            Self::Else(_) => "else",
            Self::Block(_) => "block",
            Self::Undo(_) => "undo",
        }
    }

    /// Calls `visit` with every node that this one needs, in the order in which it names them.
    /// The control dependency is not among them: it belongs to the [`Node`].
    pub fn visit_inputs(&self, visit: &mut dyn FnMut(Role, NodeId)) {
        match self {
            Self::Import(_) | Self::Lookup(_) | Self::Literal(_) => {}
            Self::Call(call) => call.visit_inputs(visit),
            Self::Mutate(mutate) => mutate.visit_inputs(visit),
            Self::Global(global) => global.visit_inputs(visit),
            Self::If(node) => node.visit_inputs(visit),
            Self::Else(node) => node.visit_inputs(visit),
            Self::Block(block) => block.visit_inputs(visit),
            Self::Undo(undo) => undo.visit_inputs(visit),
        }
    }

    /// The nodes that this one depends on without being passed their values.
    pub fn implicit_dependencies(&self) -> &[ImplicitDependency] {
        match self {
            Self::Call(call) => &call.implicit_dependencies,
            Self::Block(block) => &block.implicit_dependencies,
            Self::Undo(undo) => &undo.implicit_dependencies,
            Self::Import(_) | Self::Lookup(_) | Self::Literal(_) | Self::Mutate(_) => &[],
            Self::Global(_) | Self::If(_) | Self::Else(_) => &[],
        }
    }
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Import(import) => import.fmt(f),
            Self::Lookup(lookup) => lookup.fmt(f),
            Self::Literal(literal) => literal.fmt(f),
            Self::Call(call) => call.fmt(f),
            Self::Mutate(mutate) => mutate.fmt(f),
            Self::Global(global) => global.fmt(f),
            Self::If(node) => node.fmt(f),
            Self::Else(node) => node.fmt(f),
            Self::Block(block) => block.fmt(f),
            Self::Undo(undo) => undo.fmt(f),
        }
    }
}

/// Reads what [`NodeKind`]'s `Display` writes.
pub(crate) fn read_kind(text: &mut Cursor<'_>) -> Reading<NodeKind> {
    let bookmark = *text;
    let word = text.peek_word();
    text.eat(word);
    match word {
        "import" => Import::read(text).map(NodeKind::Import),
        "lookup" => Lookup::read(text).map(NodeKind::Lookup),
        "literal" => Literal::read(text).map(NodeKind::Literal),
        "call" => Call::read(text).map(NodeKind::Call),
        "mutate" => Mutate::read(text).map(NodeKind::Mutate),
        "global" => Global::read(text).map(NodeKind::Global),
        "if" => If::read(text).map(NodeKind::If),
        "else" => Else::read(text).map(NodeKind::Else),
        "block" => Block::read(text).map(NodeKind::Block),
        "undo" => Undo::read(text).map(NodeKind::Undo),
        _ => Err(bookmark.unexpected("a node's kind")),
    }
}

/// Why a node needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// It calls it.
    Function,
    /// It passes it by position.
    Positional,
    /// It passes it by keyword.
    Keyword,
    /// What it ran read it as a global variable.
    GlobalRead,
    /// It used a state of the outside world or of a library that the other left behind.
    Implicit,
    /// It is the same value, before the change.
    Source,
    /// It was changed or bound by it.
    Call,
    /// It branches on it.
    Test,
    /// It is the other half of the same `if`.
    Companion,
    /// It is the branch that was not taken.
    Unexecuted,
    /// It ran only because of it.
    Control,
}
