//! Syntax tree: the nodes of CPython's `_ast`, and what they are asked.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyType};

/// How deep a syntax tree may be before it is left alone. CPython's own compiler gives up earlier.
pub(super) const MAX_DEPTH: usize = 6_000;

macro_rules! kinds {
    ($($name:ident),* $(,)?) => {
        /// The node classes of `_ast` that instrumenting looks at.
        #[expect(non_snake_case, reason = "the fields are CPython's own class names")]
        pub(super) struct Kinds {
            $(pub(super) $name: Py<PyType>,)*
            /// What stands for `-`, and for reading a value: one of each will do.
            pub(super) minus: Py<PyAny>,
            pub(super) load: Py<PyAny>,
        }

        /// Which of them a node is an instance of.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Kind { $($name,)* Other }

        impl Kinds {
            fn load(py: Python<'_>) -> PyResult<Self> {
                let module = py.import("_ast")?;
                Ok(Self {
                    $($name: module.getattr(stringify!($name))?.cast_into::<PyType>()?.unbind(),)*
                    minus: module.getattr("USub")?.call0()?.unbind(),
                    load: module.getattr("Load")?.call0()?.unbind(),
                })
            }

            fn of(&self, node: &Bound<'_, PyAny>) -> Kind {
                let class = node.get_type();
                $(if class.is(&self.$name) { return Kind::$name; })*
                Kind::Other
            }
        }
    };
}

kinds! {
    Name, Constant, Call, Attribute, Expr, Assign, Subscript, BinOp, Compare, Tuple, List,
    If, For, FunctionDef, AugAssign, Import, ImportFrom, Return, JoinedStr, FormattedValue, Dict,
    UnaryOp, BoolOp, IfExp, Starred, Lambda, ListComp, SetComp, DictComp, GeneratorExp,
    While, With, AsyncFor, AsyncWith, AsyncFunctionDef, ClassDef,
    AnnAssign, Delete, Try, TryStar, ExceptHandler, Match, Global, Nonlocal,
    Slice, NamedExpr, Store, Del, Load, USub, Or, Raise, Assert, Yield, YieldFrom,
    Await, Set, In, NotIn, Is, Pass, Module, Interactive, Expression,
}

impl Kinds {
    fn get(py: Python<'_>) -> PyResult<&Self> {
        static KINDS: PyOnceLock<Kinds> = PyOnceLock::new();
        KINDS.get_or_try_init(py, || Self::load(py))
    }
}

/// A node of the tree.
pub(super) type Node<'py> = Bound<'py, PyAny>;

/// Where a node stands: lines and columns of its beginning and its end.
pub(super) struct NodePlace<'py>([Bound<'py, PyAny>; 4]);

impl<'py> NodePlace<'py> {
    pub(super) fn of(py: Python<'py>, node: &Node<'py>) -> PyResult<Self> {
        let [line, column, end_line, end_column] = place_names(py);
        Ok(Self([
            node.getattr(line)?,
            node.getattr(column)?,
            node.getattr(end_line)?,
            node.getattr(end_column)?,
        ]))
    }

    /// Puts a node there.
    pub(super) fn give(&self, node: &Node<'py>) -> PyResult<()> {
        for (name, value) in place_names(node.py()).into_iter().zip(&self.0) {
            node.setattr(name, value)?;
        }
        Ok(())
    }
}

fn place_names(py: Python<'_>) -> [&Bound<'_, PyString>; 4] {
    [
        intern!(py, "lineno"),
        intern!(py, "col_offset"),
        intern!(py, "end_lineno"),
        intern!(py, "end_col_offset"),
    ]
}

/// Answers questions about nodes.
#[derive(Clone, Copy)]
pub(super) struct Tree<'py> {
    pub(super) py: Python<'py>,
    pub(super) kinds: &'py Kinds,
}

impl<'py> Tree<'py> {
    pub(super) fn new(py: Python<'py>) -> PyResult<Self> {
        Ok(Self { py, kinds: Kinds::get(py)? })
    }

    /// Which class of node one is.
    pub(super) fn kind(self, node: &Node<'py>) -> Kind {
        self.kinds.of(node)
    }

    /// What a node's field lists.
    pub(super) fn list(self, node: &Node<'py>, field: &str) -> PyResult<Bound<'py, PyList>> {
        Ok(node.getattr(field)?.cast_into::<PyList>()?)
    }

    /// Puts a node at the place of another.
    pub(super) fn locate(self, node: &Node<'py>, place: &Node<'py>) -> PyResult<()> {
        NodePlace::of(self.py, place)?.give(node)
    }

    /// What stands nowhere belongs, for CPython, to the place of what is done before it.
    pub(super) fn locate_nowhere(self, node: &Node<'py>) -> PyResult<()> {
        for name in ["lineno", "col_offset", "end_lineno", "end_col_offset"] {
            node.setattr(name, -1)?;
        }
        Ok(())
    }

    /// Whether a node ends on another line than it begins.
    pub(super) fn is_spread(self, node: &Node<'py>) -> PyResult<bool> {
        let line = node.getattr(intern!(self.py, "lineno"))?;
        Ok(!line.eq(node.getattr(intern!(self.py, "end_lineno"))?)?)
    }

    pub(super) fn is_docstring(self, node: &Node<'py>) -> PyResult<bool> {
        if self.kind(node) != Kind::Expr {
            return Ok(false);
        }
        let value = node.getattr(intern!(self.py, "value"))?;
        Ok(self.kind(&value) == Kind::Constant
            && value.getattr(intern!(self.py, "value"))?.is_instance_of::<PyString>())
    }

    pub(super) fn is_future(self, node: &Node<'py>) -> PyResult<bool> {
        if self.kind(node) != Kind::ImportFrom {
            return Ok(false);
        }
        let module = node.getattr(intern!(self.py, "module"))?;
        Ok(!module.is_none() && module.eq("__future__")?)
    }

    /// The part of a statement that is evaluated first: where its first line event comes from.
    pub(super) fn first_evaluated(self, node: &Node<'py>) -> PyResult<Node<'py>> {
        let py = self.py;
        let mut node = node.clone();
        for _ in 0..MAX_DEPTH {
            let first = |field: &str| -> PyResult<Option<Node<'py>>> {
                Ok(self.list(&node, field)?.iter().next())
            };
            let inner = match self.kind(&node) {
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef => {
                    first("decorator_list")?
                }
                Kind::Expr
                | Kind::Assign
                | Kind::AnnAssign
                | Kind::Return
                | Kind::Attribute
                | Kind::Subscript
                | Kind::Starred
                | Kind::NamedExpr
                | Kind::Await
                | Kind::FormattedValue => Some(node.getattr(intern!(py, "value"))?),
                Kind::Call => Some(node.getattr(intern!(py, "func"))?),
                Kind::BinOp | Kind::Compare => Some(node.getattr(intern!(py, "left"))?),
                Kind::UnaryOp => Some(node.getattr(intern!(py, "operand"))?),
                Kind::IfExp | Kind::If | Kind::While | Kind::Assert => {
                    Some(node.getattr(intern!(py, "test"))?)
                }
                Kind::For | Kind::AsyncFor => Some(node.getattr(intern!(py, "iter"))?),
                Kind::BoolOp | Kind::JoinedStr => first("values")?,
                Kind::List | Kind::Tuple | Kind::Set => first("elts")?,
                _ => None,
            };
            match inner {
                Some(inner) if !inner.is_none() => node = inner,
                _ => break,
            }
        }
        Ok(node)
    }

    /// The attribute that a target names; `None` for an item.
    pub(super) fn attribute(self, target: &Node<'py>) -> PyResult<Option<Py<PyString>>> {
        if self.kind(target) != Kind::Attribute {
            return Ok(None);
        }
        let name = target.getattr(intern!(self.py, "attr"))?;
        Ok(Some(name.cast_into::<PyString>()?.unbind()))
    }

    /// The name at the base of a chain of attributes: `np` of `np.random.seed`.
    pub(super) fn base_name(self, node: &Node<'py>) -> PyResult<Option<Py<PyString>>> {
        let mut node = node.clone();
        let mut steps = 0;
        loop {
            match self.kind(&node) {
                Kind::Attribute => node = node.getattr(intern!(self.py, "value"))?,
                Kind::Name if steps > 0 => {
                    let name = node.getattr(intern!(self.py, "id"))?;
                    return Ok(Some(name.cast_into::<PyString>()?.unbind()));
                }
                _ => return Ok(None),
            }
            steps += 1;
        }
    }
}

/// The tree has another shape than is known here.
pub(super) fn shape(message: &'static str) -> PyErr {
    pyo3::exceptions::PyRuntimeError::new_err(message)
}
