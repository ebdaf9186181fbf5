//! Unit: a text and what is known of it.

use crate::token::Token;
use crate::{Scope, Statement, StatementId, StatementKind, Suite};

pub(crate) mod build;

/// A text and what is known of it.
#[derive(Clone, Debug)]
pub struct Unit {
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) top: Vec<StatementId>,
    pub(crate) scopes: Vec<Scope>,
    /// The imports that change the compiler.
    pub(crate) future: Vec<StatementId>,
}

impl Unit {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The statements at module level, in order.
    pub fn top(&self) -> &[StatementId] {
        &self.top
    }

    /// A statement. Panics where the id is of another unit and out of range.
    pub fn statement(&self, id: StatementId) -> &Statement {
        &self.statements[id.index()]
    }

    /// The text as it stands in a suite: indented once more, and with the same strings.
    pub fn indented(&self) -> String {
        crate::token::indented(&self.text, &self.tokens)
    }

    /// The statement at the top that a statement is or stands in.
    pub fn outermost(&self, id: StatementId) -> StatementId {
        std::iter::successors(Some(id), |&id| self.statement(id).parent.map(|(parent, _)| parent))
            .last()
            .unwrap_or(id)
    }

    /// The `with` and `try` statements in whose bodies a statement stands, the innermost first: what
    /// may catch an exception that it raises.
    pub fn guards_of(&self, id: StatementId) -> impl Iterator<Item = StatementId> {
        std::iter::successors(self.statement(id).parent, |&(id, _)| self.statement(id).parent)
            .filter(|&(id, suite)| {
                let kind = self.statement(id).kind;
                suite == Suite::Body && matches!(kind, StatementKind::With | StatementKind::Try)
            })
            .map(|(id, _)| id)
    }

    /// Every statement in source order, each before those in its suites.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Every function, lambda, comprehension, generator expression and class anywhere in the text,
    /// in source order, each before those in it.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// One of [`Self::scopes`], by its place.
    pub fn scope(&self, place: usize) -> Option<&Scope> {
        self.scopes.get(place)
    }

    /// The function, lambda, comprehension or class that starts at a byte, as a place among
    /// [`Self::scopes`]: the outermost, where several do.
    pub fn scope_at(&self, start: u32) -> Option<usize> {
        // In source order, except that a decorator comes before the function that it is listed within.
        let near = self.scopes.partition_point(|scope| scope.start < start);
        let is_found = |scope: &Scope| scope.start == start;
        let near_before = near.checked_sub(1).and_then(|at| self.scopes.get(at));
        match self.scopes.get(near) {
            Some(scope) if is_found(scope) && !near_before.is_some_and(is_found) => Some(near),
            _ => self.scopes.iter().position(is_found),
        }
    }
}
