//! Resolving: whose variable a name is, by the rules of Python's symbol tables.

use std::borrow::Cow;
use std::collections::HashSet;

use ruff_python_ast::name::Name;

/// The place of a scope's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TableId(u32);

impl TableId {
    /// The module itself.
    pub(crate) const MODULE: Self = Self(0);

    pub(crate) fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is known of the names in one scope.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) kind: TableKind,
    pub(crate) parent: Option<TableId>,
    /// Where its node starts for CPython.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) name: Name,
    /// What the names of its variables begin with outside it: `f.` for a function `f`.
    pub(crate) path: String,
    /// The class whose private names are meant by names such as `__x`, without leading underscores.
    pub(crate) class: Option<Name>,
    /// Whether it is an annotation scope that stands in a class and sees the class's names.
    pub(crate) sees_class: bool,
    pub(crate) symbols: Symbols,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableKind {
    Module,
    Function,
    Lambda,
    Comprehension,
    Generator,
    Class,
    /// Type parameters, and the value of a type alias.
    Annotation,
}

/// The names that a scope's own code binds or declares.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    pub(crate) bound: HashSet<Name>,
    pub(crate) deleted: HashSet<Name>,
    pub(crate) global: HashSet<Name>,
    pub(crate) nonlocal: HashSet<Name>,
}

/// Whose variable a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The module's, or a builtin.
    Module,
    /// A function's, and so a variable of that function's statements.
    Function(TableId),
    /// A lambda's or comprehension's.
    Local,
    /// The class's where the class has bound it by then, else the module's.
    Class(TableId),
}

impl Owner {
    /// The scope whose variable it is: the module's where no function's.
    pub(crate) fn variables(self) -> TableId {
        match self {
            Self::Function(function) => function,
            _ => TableId::MODULE,
        }
    }
}

impl Table {
    pub(crate) fn module() -> Self {
        Self {
            kind: TableKind::Module,
            parent: None,
            start: 0,
            end: 0,
            name: Name::empty(),
            path: String::new(),
            class: None,
            sees_class: false,
            symbols: Symbols::default(),
        }
    }
}

/// Whose variable a name is that code of a scope reads or binds.
pub(crate) fn owner(tables: &[Table], name: &Name, scope: TableId) -> Owner {
    let mut at = scope;
    let mut sees_class = true;
    loop {
        let table = &tables[at.index()];
        let Some(parent) = table.parent else { return Owner::Module };
        let symbols = &table.symbols;
        if table.kind == TableKind::Class {
            if sees_class {
                if symbols.global.contains(name) {
                    return Owner::Module;
                }
                if symbols.bound.contains(name) && !symbols.nonlocal.contains(name) {
                    return Owner::Class(at);
                }
            } else if name.as_str() == "__class__" {
                // The cell that `super()` needs; only functions within the class see it.
                return Owner::Local;
            }
        } else if symbols.global.contains(name) {
            return Owner::Module;
        } else if symbols.bound.contains(name) && !symbols.nonlocal.contains(name) {
            return match table.kind {
                TableKind::Function => Owner::Function(at),
                _ => Owner::Local,
            };
        }
        sees_class = sees_class && table.sees_class;
        at = parent;
    }
}

/// The variable that a name is in the code of a scope, as accesses and templates know it: one of the module or
/// of a function around.
pub(crate) fn variable<'a>(
    tables: &[Table],
    name: &'a Name,
    scope: TableId,
) -> Option<Cow<'a, str>> {
    match owner(tables, name, scope) {
        Owner::Local => None,
        Owner::Module | Owner::Class(_) => Some(Cow::Borrowed(name.as_str())),
        Owner::Function(function) => Some(Cow::Owned(qualified(tables, name, function))),
    }
}

/// A function's variable as it is known outside the function.
pub(crate) fn qualified(tables: &[Table], name: &Name, function: TableId) -> String {
    format!("{}{name}", tables[function.index()].path)
}
