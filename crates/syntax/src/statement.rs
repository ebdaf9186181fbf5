//! Statement: one statement of the module, with what it reads, binds and consists of.

use std::sync::Arc;

use crate::{Access, ImportAlias, Range, StatementId, StatementKind, Suite, Template};

#[cfg(test)]
mod tests;

/// A statement at module level, in a suite of a compound statement there, or in the body of a function or
/// class.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Its place.
    pub id: StatementId,
    /// All of it, from the first decorator or keyword to the end of its last suite.
    pub range: Range,
    /// From its keyword to the colon (colon included) where it has one; else as `range`.
    pub header: Range,
    /// What kind of statement.
    pub kind: StatementKind,
    /// The compound statement around it, and the suite of that.
    pub parent: Option<(StatementId, Suite)>,
    /// Its suites in source order; those of a definition are its body.
    pub suites: Vec<SuiteBody>,
    /// What it does itself: for a compound statement the header only, for `try` nothing.
    pub own: Arc<Access>,
    /// What it does with everything in its suites; the same where it has none.
    pub whole: Arc<Access>,
    /// What it is made of.
    pub template: Template,
}

impl Statement {
    /// Whether its suites run when it runs. Those of a definition are what it defines.
    pub fn is_compound(&self) -> bool {
        !self.suites.is_empty() && !self.is_definition()
    }

    /// Whether it defines a function or class.
    pub fn is_definition(&self) -> bool {
        matches!(self.kind, StatementKind::Function | StatementKind::Class)
    }

    /// Whether it is followed by its parts: what is recorded of it is what its header does, and the
    /// statements of its suites are recorded by themselves. They run once at most, so that costs nothing.
    pub fn is_by_parts(&self) -> bool {
        use StatementKind::{Elif, If, Try, With};
        matches!(self.kind, If | Elif | With | Try)
    }

    /// What it imports, where it is an import.
    pub fn imports(&self) -> &[ImportAlias] {
        match &self.template {
            Template::Import(aliases) => aliases,
            _ => &[],
        }
    }

    /// One of its suites.
    pub fn suite(&self, suite: Suite) -> Option<&SuiteBody> {
        self.suites.iter().find(|body| body.suite == suite)
    }
}

/// A suite and what stands in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SuiteBody {
    /// Which one.
    pub suite: Suite,
    /// From its keyword (`else`, `finally`, `except`, `case`) to the colon, colon included. For
    /// the body it is the statement's header; for an `else` made by `elif` it is empty.
    pub header: Range,
    /// From the first statement's start to the last one's end.
    pub range: Range,
    /// Its statements, in order.
    pub statements: Vec<StatementId>,
    /// What its header does: the types and the name of an `except`, the pattern and the guard of
    /// a `case`. Nothing for the others: the body's header is the statement's own.
    pub own: Access,
}
