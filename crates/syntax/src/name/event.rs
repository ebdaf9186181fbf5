//! Event: one thing that a program does with names.

use ruff_python_ast::name::Name;

use super::resolve::TableId;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The scope whose code does it.
    pub(crate) scope: TableId,
    pub(crate) kind: EventKind,
}

#[derive(Clone, Debug)]
pub(crate) enum EventKind {
    /// A name is read; `offset` is where it stands.
    Read { name: Name, path: Vec<Name>, offset: u32 },
    /// A name is bound in a scope, which is not the running one for `:=` in a comprehension.
    Bind { name: Name, target: TableId },
    /// A name is unbound in the running scope.
    Delete { name: Name },
    /// A scope is made.
    Make(TableId),
    /// Code runs that may be more than an operator.
    Call,
    /// Every name of a module is bound.
    Star,
    /// A variable of the module gets an annotation.
    Annotate,
    /// What follows may not happen, up to the next alternative or the end.
    Fork,
    /// What follows may happen instead of what came since the fork.
    Next,
    /// The end of a fork; whether one of the alternatives certainly happened.
    Join { exhaustive: bool },
}

/// A stretch of the list of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) start: usize,
    pub(crate) end: usize,
}
