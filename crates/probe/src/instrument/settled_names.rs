//! Settled names: those of which `name += 1` cannot change anybody else's value.

use std::collections::{HashMap, HashSet};

use clew_graph::Operator;
use clew_syntax::{Expr, ExprKind, StatementKind, Target, Template, Unit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::syntax_tree::{Kind, Node, Tree};

/// Whether an assignment may hide in any expression of a text.
pub(super) fn hides_assignments(text: &str) -> bool {
    text.contains(":=")
}

/// The variables of a module that it binds only to constants and results of operators.
pub(super) fn settled_variables(unit: &Unit) -> HashSet<String> {
    let mut names: HashMap<&str, bool> = HashMap::new();
    for statement in unit.statements() {
        let settled = match (&statement.kind, &statement.template) {
            (StatementKind::Match, _) => return HashSet::new(),
            (StatementKind::AugmentedAssign | StatementKind::Delete, _) => continue,
            (
                StatementKind::Assign | StatementKind::AnnotatedAssign,
                Template::Assign { value, targets },
            ) => {
                is_settled(value)
                    && targets.iter().all(|target| matches!(target, Target::Name { .. }))
            }
            _ => false,
        };
        let headers = statement.suites.iter().map(|suite| &suite.own);
        for bind in headers.chain([&*statement.own]).flat_map(|access| &access.binds) {
            *names.entry(&bind.name).or_insert(true) &= settled;
        }
    }
    names.into_iter().filter(|&(_, settled)| settled).map(|(name, _)| name.to_owned()).collect()
}

/// Whether a value is a constant or the result of an operator that makes a new value.
fn is_settled(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Operator { operator, .. } => matches!(
            operator,
            Operator::Add
                | Operator::Subtract
                | Operator::Multiply
                | Operator::MatrixMultiply
                | Operator::Divide
                | Operator::FloorDivide
                | Operator::Modulo
                | Operator::Power
                | Operator::LeftShift
                | Operator::RightShift
                | Operator::BitAnd
                | Operator::BitOr
                | Operator::BitXor
                | Operator::Negative
                | Operator::Positive
                | Operator::Invert
                | Operator::Not
                | Operator::Compare
        ),
        ExprKind::Name(_) | ExprKind::Call { .. } => false,
    }
}

impl<'py> Tree<'py> {
    /// The names that a function's body binds only to constants and results of operators, where no
    /// assignments hide in its text.
    pub(super) fn settled_names(self, body: &Bound<'py, PyList>) -> PyResult<HashSet<String>> {
        let mut names = HashMap::new();
        if !self.collect_bindings(body, &mut names)? {
            return Ok(HashSet::new());
        }
        Ok(names.into_iter().filter(|&(_, settled)| settled).map(|(name, _)| name).collect())
    }

    /// Whether a suite does not bind a name.
    pub(super) fn leaves_alone(self, body: &Bound<'py, PyList>, name: &str) -> PyResult<bool> {
        let mut names = HashMap::new();
        Ok(self.collect_bindings(body, &mut names)? && !names.contains_key(name))
    }

    /// Whether each name that a suite binds is settled; `false` when that cannot be known.
    fn collect_bindings(
        self,
        body: &Bound<'py, PyList>,
        names: &mut HashMap<String, bool>,
    ) -> PyResult<bool> {
        let py = self.py;
        for node in body.iter() {
            match self.kind(&node) {
                Kind::Assign | Kind::AnnAssign => {
                    let value = node.getattr(intern!(py, "value"))?;
                    let settled = matches!(
                        self.kind(&value),
                        Kind::Constant
                            | Kind::BinOp
                            | Kind::UnaryOp
                            | Kind::Compare
                            | Kind::JoinedStr
                    );
                    if self.kind(&node) == Kind::Assign {
                        for target in self.list(&node, "targets")?.iter() {
                            self.collect_target(&target, settled, names)?;
                        }
                    } else {
                        self.collect_target(&node.getattr(intern!(py, "target"))?, settled, names)?;
                    }
                }
                Kind::For | Kind::AsyncFor => {
                    self.collect_target(&node.getattr(intern!(py, "target"))?, false, names)?;
                }
                Kind::With | Kind::AsyncWith => {
                    for item in self.list(&node, "items")?.iter() {
                        let target = item.getattr(intern!(py, "optional_vars"))?;
                        self.collect_target(&target, false, names)?;
                    }
                }
                Kind::Import | Kind::ImportFrom => {
                    for alias in self.list(&node, "names")?.iter() {
                        for field in ["name", "asname"] {
                            if let Ok(name) = alias.getattr(field)?.extract::<String>() {
                                names.insert(name, false);
                            }
                        }
                    }
                }
                Kind::Global | Kind::Nonlocal => {
                    for name in self.list(&node, "names")?.iter() {
                        names.insert(name.extract()?, false);
                    }
                }
                Kind::FunctionDef | Kind::AsyncFunctionDef | Kind::ClassDef => {
                    names.insert(node.getattr(intern!(py, "name"))?.extract()?, false);
                    continue;
                }
                Kind::Match => return Ok(false),
                _ => {}
            }
            for field in ["body", "orelse", "finalbody", "handlers"] {
                if !matches!(
                    self.kind(&node),
                    Kind::If
                        | Kind::For
                        | Kind::AsyncFor
                        | Kind::While
                        | Kind::With
                        | Kind::AsyncWith
                        | Kind::Try
                        | Kind::TryStar
                        | Kind::ExceptHandler
                ) {
                    break;
                }
                if let Ok(inner) = node.getattr(field)
                    && let Ok(inner) = inner.cast_into::<PyList>()
                    && !self.collect_bindings(&inner, names)?
                {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn collect_target(
        self,
        target: &Node<'py>,
        settled: bool,
        names: &mut HashMap<String, bool>,
    ) -> PyResult<()> {
        match self.kind(target) {
            Kind::Name => {
                let name: String = target.getattr(intern!(self.py, "id"))?.extract()?;
                let known = names.entry(name).or_insert(true);
                *known &= settled;
            }
            Kind::Tuple | Kind::List => {
                for element in self.list(target, "elts")?.iter() {
                    self.collect_target(&element, false, names)?;
                }
            }
            Kind::Starred => {
                self.collect_target(&target.getattr(intern!(self.py, "value"))?, false, names)?;
            }
            _ => {}
        }
        Ok(())
    }
}
