//! Lowering: statements as the templates from which a graph's nodes are made.

use clew_graph::{BlockKind, Literal, Operator};

use crate::Range;

mod expression;

pub(crate) use expression::{Lowerer, Whole};

#[cfg(test)]
mod tests;

/// What a statement is made of. Suites are found at [`Statement::suites`](crate::Statement::suites).
#[derive(Clone, Debug, PartialEq)]
pub enum Template {
    /// An expression for its own sake; `assert` and `raise` too, as operators.
    Expression(Expr),
    /// A value for one or several targets, from left to right; annotated or not.
    Assign {
        /// The value.
        value: Expr,
        /// Where it goes.
        targets: Vec<Target>,
    },
    /// `target operator= value`
    Augmented {
        /// The in-place operator.
        operator: Operator,
        /// What is changed.
        target: Target,
        /// The right-hand side.
        value: Expr,
    },
    /// `del`
    Delete(Vec<Target>),
    /// `import` and `from … import`
    Import(Vec<ImportAlias>),
    /// `if` and `elif`
    If {
        /// The condition.
        test: Expr,
    },
    /// Another compound statement, or a definition.
    Block(BlockKind),
    /// A statement that makes no value: `pass`, `break`, `global`.
    Nothing,
}

/// Where a value goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A variable.
    Name {
        /// Its name.
        name: String,
        /// Where it stands.
        range: Range,
    },
    /// `object.name`
    Attribute {
        /// Whose attribute.
        object: Expr,
        /// Which.
        name: String,
        /// Where it stands.
        range: Range,
    },
    /// `object[index]`
    Item {
        /// Whose item.
        object: Expr,
        /// Which.
        index: Expr,
        /// Where it stands.
        range: Range,
    },
    /// `a, b` or `[a, b]`
    Sequence {
        /// One for each element.
        targets: Vec<Target>,
        /// Where it stands.
        range: Range,
    },
    /// `*a`
    Starred(Box<Target>),
}

/// One of the modules or names of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportAlias {
    /// Where it stands, `as` included.
    pub range: Range,
    /// The module, with a leading dot for each level of a relative import.
    pub module: String,
    /// What is taken from it: nothing in `import a`, `*` for every name.
    pub name: Option<String>,
    /// The variable that is bound: `a` for `import a.b`, `*` for every name.
    pub binding: String,
    /// Whether the variable is spelt out by `as`.
    pub asname: bool,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Where it stands, as CPython's `ast` says: without parentheses around it.
    pub range: Range,
    /// What it is.
    pub kind: ExprKind,
}

impl Expr {
    /// Goes through the expression and all that is in it, each before its parts; into the parts of
    /// those for which `enter` says so.
    pub fn walk(&self, enter: &mut dyn FnMut(&Self) -> bool) {
        if enter(self) {
            for part in self.parts() {
                part.walk(enter);
            }
        }
    }

    /// The expressions that it is made of: those of a call are the callee and then the arguments.
    pub fn parts(&self) -> impl Iterator<Item = &Self> {
        let (function, passed, keyword): (Option<&Self>, &[Operand], &[_]) = match &self.kind {
            ExprKind::Literal(_) | ExprKind::Name(_) => (None, &[], &[]),
            ExprKind::Call { function, positional, keyword } => {
                (Some(&**function), positional, keyword)
            }
            ExprKind::Operator { operands, .. } => (None, operands, &[]),
        };
        let keyword = keyword.iter().map(|(_, value): &(Option<String>, Self)| value);
        function.into_iter().chain(passed.iter().map(|passed| &passed.value)).chain(keyword)
    }
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Literal),
    /// A variable of the module, or a builtin.
    Name(String),
    /// A call.
    Call {
        /// What is called.
        function: Box<Expr>,
        /// What is passed by position.
        positional: Vec<Operand>,
        /// What is passed by keyword; `None` for `**value`.
        keyword: Vec<(Option<String>, Expr)>,
    },
    /// Something that Python's syntax spells out.
    Operator {
        /// Which.
        operator: Operator,
        /// Its operands, in the order in which the operator's documentation names them.
        operands: Vec<Operand>,
    },
}

/// A value that is passed by position or is an operand.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// The value.
    pub value: Expr,
    /// Whether it is spread out, as in `*value` (in a dict: `**value`).
    pub starred: bool,
}
