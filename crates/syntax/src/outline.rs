//! Outline: the places, kinds and suites of statements.

use std::fmt;

/// A statement's place in source order, a compound statement before those in its suites.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementId(u32);

impl StatementId {
    /// The id at a place.
    pub fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The place.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

impl fmt::Debug for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What kind of statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// An expression for its own sake.
    Expression,
    /// `a = b`
    Assign,
    /// `a: T` or `a: T = b`
    AnnotatedAssign,
    /// `a += b`
    AugmentedAssign,
    /// `del a`
    Delete,
    /// `import a`
    Import,
    /// `from a import b`
    ImportFrom,
    /// `if`
    If,
    /// `elif`: an `if` that is all there is in the `else` of another.
    Elif,
    /// `for` and `async for`
    For,
    /// `while`
    While,
    /// `with` and `async with`
    With,
    /// `try`
    Try,
    /// `match`
    Match,
    /// `def` and `async def`
    Function,
    /// `class`
    Class,
    /// `type a = b`
    TypeAlias,
    /// `assert`
    Assert,
    /// `raise`
    Raise,
    /// `return`, which Python refuses at module level.
    Return,
    /// `pass`
    Pass,
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `global`
    Global,
    /// `nonlocal`, which Python refuses at module level.
    Nonlocal,
}

/// One of the suites of a compound statement, named as in CPython's `ast`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// `body`
    Body,
    /// The body of one of the `handlers`, counted from zero.
    Handler(u32),
    /// `orelse`; that of an `if` holds an `elif` as its only statement.
    Else,
    /// `finalbody`
    Finally,
    /// The body of one of the `cases`, counted from zero.
    Case(u32),
}
