//! Name: which variables of the module a stretch of code reads and binds.
//!
//! The rules are those of Python's symbol tables. `collect` lists what happens in a program in the
//! order of evaluation, `resolve` finds out whose a name is, `flow` decides which reads may
//! find a value from before, and `access` puts it in terms of the module's variables.

use crate::Range;

pub(crate) mod access;
pub(crate) mod collect;
pub(crate) mod event;
pub(crate) mod flow;
pub(crate) mod private;
pub(crate) mod resolve;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod function_tests;

/// What a stretch of code does to the variables of the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The module's variables and builtins that running it reads at once, and that may hold a value
    /// from before it: a name that it has certainly bound itself by then (the target of a loop in
    /// the loop's body) is not among them. Bodies of comprehensions, generator expressions and
    /// classes are part of it, those of functions and lambdas are not: see `scopes`.
    pub reads: Vec<Read>,
    /// The module's variables that it binds or unbinds.
    pub binds: Vec<Binding>,
    /// The functions, lambdas and generator expressions that it makes, as places in
    /// [`Unit::scopes`](crate::Unit::scopes): the outermost ones, whose bodies may run later.
    pub scopes: Vec<usize>,
    /// Whether it calls, awaits, yields, iterates, imports, enters a context, raises, or stores to
    /// or deletes an attribute or item: whether code may run that is more than an operator.
    pub calls: bool,
    /// Whether it imports every name of a module.
    pub star_import: bool,
    /// Whether it annotates a variable of the module, which changes `__annotations__`.
    pub annotates: bool,
}

/// A variable of the module, or a builtin, that is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Read {
    /// The variable.
    pub name: String,
    /// The attributes that follow right there: `np.random.rand(3)` reads `np` by `random`, `rand`.
    pub path: Vec<String>,
}

/// A variable of the module that is bound or unbound.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binding {
    /// The variable.
    pub name: String,
    /// Whether it happens whenever the code runs to its end.
    pub certain: bool,
    /// Whether it is unbound. The name of an `except` is first bound and then unbound: two entries.
    pub deletes: bool,
}

/// A stretch of code that has variables of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// What makes it.
    pub kind: ScopeKind,
    /// From `start` to its end.
    pub range: Range,
    /// The byte of `def`, `async`, `lambda` or `class`, or of a comprehension's opening bracket:
    /// where CPython's `ast` says that the node starts.
    pub start: u32,
    /// Its name in tracebacks, such as `f` or `<lambda>`.
    pub name: String,
    /// The scope around it, as a place in [`Unit::scopes`](crate::Unit::scopes).
    pub parent: Option<usize>,
    /// The module's variables and builtins that its body reads, scopes within it included.
    pub reads: Vec<Read>,
    /// The module's variables that it binds or unbinds, scopes within it included.
    pub binds: Vec<String>,
}

impl Scope {
    /// Whether it runs when an object is let go of.
    pub fn is_finalizer(&self) -> bool {
        self.name == "__del__"
    }
}

/// What makes a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    /// `def` and `async def`
    Function,
    /// `lambda`
    Lambda,
    /// A list, set or dict comprehension.
    Comprehension,
    /// A generator expression.
    Generator,
    /// `class`
    Class,
}

impl ScopeKind {
    /// Whether its body may run after the statement that makes it.
    pub fn is_deferred(self) -> bool {
        matches!(self, Self::Function | Self::Lambda | Self::Generator)
    }
}

/// The part of a dotted module name that `import` binds.
pub(crate) fn first_part(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}
