//! Followable: which functions may be followed statement by statement, as far as their text tells.

use std::fmt;

use clew_syntax::{ScopeKind, StatementId, StatementKind, Suite, SuiteBody, Unit};

/// How many calls of one function are followed.
pub const MOST_CALLS: usize = 8;

/// Why a function is kept whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeptWhole {
    /// It is defined in a loop, or in another statement that is taken as a whole.
    DefinedWithin,
    /// It looks at variables or code by itself.
    Looks,
    /// A declaration stands within a statement of it, and holds for the whole function.
    LateDeclaration,
    /// It may return from a loop, and has a `finally`.
    ReturnsInLoop,
    /// It runs when others ask for its next value.
    Generator,
    /// It was called more often than calls are followed.
    TooOften,
    /// A second call of it would have variables of its own that functions within it share.
    ClosedOver,
    /// It is called in a loop, a comprehension or a lambda.
    InLoop,
    /// It is called by what is not followed, or handed on.
    Elsewhere,
}

impl fmt::Display for KeptWhole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DefinedWithin => "it is defined in a statement that is taken as a whole",
            Self::Looks => "it may look at its variables by itself",
            Self::LateDeclaration => "a declaration in it stands within another statement",
            Self::ReturnsInLoop => "it may return from a loop, and has a `finally`",
            Self::Generator => "it is a generator or coroutine",
            Self::TooOften => "it was called more than eight times",
            Self::ClosedOver => "functions within it share its variables, and it was called again",
            Self::InLoop => "it is called in a loop, a comprehension or a lambda",
            Self::Elsewhere => "calls of it are not followed there, or it is handed on",
        })
    }
}

/// What in the text of a function forbids that its statements are followed.
pub fn why_not_followed(unit: &Unit, scope: usize) -> Option<KeptWhole> {
    /// What looks at a function's variables or code by itself.
    const LOOKS: &[&str] = &["exec", "eval", "locals", "vars", "dir"];
    let Some(own) = unit.scope(scope) else { return Some(KeptWhole::Elsewhere) };
    let Some(definition) = unit.definition_at(own.start) else { return Some(KeptWhole::Elsewhere) };
    let statement = unit.statement(definition);
    if statement.kind != StatementKind::Function || !is_reported_alone(unit, definition) {
        return Some(KeptWhole::DefinedWithin);
    }
    let looks = |name: &str| LOOKS.contains(&name) || name.ends_with("_getframe");
    if own.reads.iter().any(|read| looks(&read.name) || read.path.iter().any(|part| looks(part))) {
        return Some(KeptWhole::Looks);
    }
    // Its body is compiled by itself, where nothing shows that the module has a `super` of its own, and from
    // 3.12 on CPython's compiler asks that.
    let binds_super = |&id: &StatementId| {
        unit.statement(id).whole.binds.iter().any(|bound| bound.name == "super")
    };
    if own.reads.iter().any(|read| read.name == "super") && unit.top().iter().any(binds_super) {
        return Some(KeptWhole::Looks);
    }
    let within = unit.statements()[definition.index() + 1..]
        .iter()
        .take_while(|inner| inner.range.start < statement.range.end);
    let (mut returns_in_loop, mut finally) = (false, false);
    for inner in within {
        let is_own = unit.definition_around(inner.id) == Some(definition);
        match inner.kind {
            // It holds for the whole function, wherever it stands.
            StatementKind::Global | StatementKind::Nonlocal
                if is_own && inner.parent.is_some_and(|(parent, _)| parent != definition) =>
            {
                return Some(KeptWhole::LateDeclaration);
            }
            StatementKind::Try if is_own => {
                let is_finally = |body: &SuiteBody| body.suite == Suite::Finally;
                finally |= inner.suites.iter().any(is_finally);
            }
            StatementKind::Return if is_own => {
                returns_in_loop |= is_in_loop(unit, inner.id);
            }
            _ => {}
        }
    }
    (returns_in_loop && finally).then_some(KeptWhole::ReturnsInLoop)
}

/// Whether a statement stands in a loop of its function, or in a `match`, which is taken as a whole as well.
fn is_in_loop(unit: &Unit, statement: StatementId) -> bool {
    let definition = unit.definition_around(statement);
    let parents = std::iter::successors(unit.statement(statement).parent, |&(id, _)| {
        unit.statement(id).parent
    });
    let mut parents = parents.map(|(id, _)| id).take_while(|&id| Some(id) != definition);
    parents.any(|id| {
        matches!(
            unit.statement(id).kind,
            StatementKind::For | StatementKind::While | StatementKind::Match
        )
    })
}

/// Whether functions within one read or bind its variables, which they may do after it has ended.
pub fn closes_over(unit: &Unit, scope: usize) -> bool {
    let path = unit.path_of(scope);
    let Some(own) = unit.scope(scope) else { return true };
    unit.scopes().iter().enumerate().any(|(place, inner)| {
        place != scope
            && own.range.contains(inner.range)
            && inner.kind != ScopeKind::Comprehension
            && (inner.reads.iter().any(|read| read.name.starts_with(&path))
                || inner.binds.iter().any(|name| name.starts_with(&path)))
    })
}

/// Whether a definition is reported by itself, and not with a loop or class that it stands in.
fn is_reported_alone(unit: &Unit, definition: StatementId) -> bool {
    let parents = std::iter::successors(unit.statement(definition).parent, |&(id, _)| {
        unit.statement(id).parent
    });
    parents
        .map(|(id, _)| unit.statement(id))
        .all(|statement| statement.is_by_parts() || statement.is_definition())
}

/// Whether a function is a generator or coroutine.
pub(crate) fn runs_later(unit: &Unit, definition: StatementId) -> bool {
    let statement = unit.statement(definition);
    if statement.header.of(unit.text()).starts_with("async") {
        return true;
    }
    let within = unit.statements()[definition.index() + 1..].iter();
    let within = within.take_while(|inner| inner.range.start < statement.range.end);
    let mut own = within.filter(|inner| unit.definition_around(inner.id) == Some(definition));
    own.any(|inner| {
        let range = if inner.suites.is_empty() { inner.range } else { inner.header };
        unit.yields_in(range)
    })
}

/// Whether a statement calls what it calls more than once: it is or stands in a loop, or has a comprehension or a
/// lambda in it.
pub(crate) fn repeats_calls(unit: &Unit, id: StatementId) -> bool {
    let statement = unit.statement(id);
    let range = if statement.is_by_parts() { statement.header } else { statement.range };
    matches!(statement.kind, StatementKind::For | StatementKind::While)
        || is_in_loop(unit, id)
        || unit.scopes().iter().any(|scope| {
            range.contains(scope.range)
                && !matches!(scope.kind, ScopeKind::Function | ScopeKind::Class)
        })
}
