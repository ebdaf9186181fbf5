//! Unit: a text and what is known of it.

use crate::token::Token;
use crate::{Range, Scope, ScopeKind, Statement, StatementId, StatementKind, Suite};

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
            .take_while(|&(id, _)| !self.statement(id).is_definition())
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

    /// The statement that defines the function or class whose `def`, `async` or `class` starts at a byte.
    pub fn definition_at(&self, start: u32) -> Option<StatementId> {
        // A decorator comes before it, and may hold a lambda, which has no statements.
        let near = self.statements.partition_point(|known| known.range.start <= start);
        let mut around = self.statements.get(near.checked_sub(1)?);
        while let Some(statement) = around {
            if statement.is_definition() && statement.header.start == start {
                return Some(statement.id);
            }
            around = statement.parent.map(|(parent, _)| self.statement(parent));
        }
        None
    }

    /// What the names of a function's variables begin with, where accesses and templates name them: `f.` for those
    /// of a function `f`.
    pub fn path_of(&self, scope: usize) -> String {
        let around = std::iter::successors(self.scope(scope), |scope| self.scope(scope.parent?));
        let named =
            around.filter(|scope| matches!(scope.kind, ScopeKind::Function | ScopeKind::Class));
        let names: Vec<&str> = named.map(|scope| scope.name.as_str()).collect();
        names.iter().rev().flat_map(|name| [name, "."]).collect()
    }

    /// The innermost statement that a place is in.
    pub fn statement_around(&self, place: Range) -> Option<StatementId> {
        let after = self.statements.partition_point(|known| known.range.start <= place.start);
        let mut around = self.statements.get(after.checked_sub(1)?);
        while let Some(statement) = around.filter(|known| !known.range.contains(place)) {
            around = statement.parent.map(|(parent, _)| self.statement(parent));
        }
        around.map(|statement| statement.id)
    }

    /// The definition in whose body a statement stands.
    pub fn definition_around(&self, id: StatementId) -> Option<StatementId> {
        let around =
            std::iter::successors(self.statement(id).parent, |&(id, _)| self.statement(id).parent);
        around.map(|(id, _)| id).find(|&id| self.statement(id).is_definition())
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
