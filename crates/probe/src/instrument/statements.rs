//! Statements: those that run without being announced, in functions and within loops.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::rewriter::Rewriter;
use super::syntax_tree::{Kind, Node};
use crate::probe::ProbeKind;

impl<'py> Rewriter<'py, '_> {
    /// A suite that runs natively; its statements are not announced.
    pub(super) fn suite(&mut self, body: &Bound<'py, PyList>) -> PyResult<()> {
        let nodes: Vec<Node<'py>> = body.iter().collect();
        let mut out: Vec<Node<'py>> = Vec::with_capacity(nodes.len());
        for node in nodes {
            if self.tree.kind(&node) == Kind::AugAssign
                && let Some(probe) = self.augmented_name(&node)?
            {
                out.push(probe);
            }
            self.statement(&node)?;
            out.push(node);
        }
        if out.len() != body.len() {
            body.set_slice(0, body.len(), PyList::new(self.tree.py, out)?.as_any())?;
        }
        Ok(())
    }

    pub(super) fn suites(&mut self, node: &Node<'py>, fields: &[&str]) -> PyResult<()> {
        for field in fields {
            let body = self.tree.list(node, field)?;
            self.suite(&body)?;
        }
        Ok(())
    }

    pub(super) fn statement(&mut self, node: &Node<'py>) -> PyResult<()> {
        match self.tree.kind(node) {
            Kind::FunctionDef | Kind::AsyncFunctionDef => self.function(node),
            Kind::ClassDef => {
                self.decorators(node)?;
                self.replace_list(node, "bases")?;
                for keyword in self.tree.list(node, "keywords")?.iter() {
                    self.replace(&keyword, "value")?;
                }
                let body = self.tree.list(node, "body")?;
                let around = std::mem::replace(&mut self.in_class, true);
                let outcome = self.suite(&body);
                self.in_class = around;
                outcome
            }
            Kind::If | Kind::While => {
                self.replace(node, "test")?;
                self.suites(node, &["body", "orelse"])
            }
            Kind::For | Kind::AsyncFor => self.loop_over(node, ProbeKind::Iterate),
            Kind::With | Kind::AsyncWith => {
                self.managers(node)?;
                self.suites(node, &["body"])
            }
            Kind::Try | Kind::TryStar => {
                self.suites(node, &["body", "orelse", "finalbody"])?;
                for handler in self.tree.list(node, "handlers")?.iter() {
                    self.replace(&handler, "type")?;
                    self.suites(&handler, &["body"])?;
                }
                Ok(())
            }
            Kind::Match => {
                self.replace(node, "subject")?;
                for case in self.tree.list(node, "cases")?.iter() {
                    self.replace(&case, "guard")?;
                    self.suites(&case, &["body"])?;
                }
                Ok(())
            }
            Kind::Assign => self.assignment(node),
            Kind::AugAssign => self.augmented_assignment(node),
            Kind::AnnAssign => {
                self.replace(node, "target")?;
                self.replace(node, "value")
            }
            Kind::Delete => self.replace_list(node, "targets"),
            Kind::Expr if self.is_displayed() => {
                self.replace(node, "value")?;
                let value = node.getattr(intern!(self.tree.py, "value"))?;
                let wrapped = self.wrapped(ProbeKind::Show, &value)?;
                node.setattr(intern!(self.tree.py, "value"), wrapped)
            }
            Kind::Return if self.in_announced.is_some() => {
                self.replace(node, "value")?;
                let value = node.getattr(intern!(self.tree.py, "value"))?;
                if value.is_none() {
                    return Ok(());
                }
                let wrapped = self.wrapped(ProbeKind::Return, &value)?;
                node.setattr(intern!(self.tree.py, "value"), wrapped)
            }
            Kind::Expr | Kind::Return => self.replace(node, "value"),
            Kind::Raise => {
                self.replace(node, "exc")?;
                self.replace(node, "cause")
            }
            Kind::Assert => {
                self.replace(node, "test")?;
                self.replace(node, "msg")
            }
            Kind::Global => {
                self.declares_global |= self.is_outside_functions();
                Ok(())
            }
            // Imports, pass, break, continue, nonlocal and type aliases hold no expression
            // that runs in place; a statement that is not known is left as it is.
            _ => Ok(()),
        }
    }

    /// `probe[name]` as a statement before `name += …`, which may change the value in place.
    fn augmented_name(&mut self, node: &Node<'py>) -> PyResult<Option<Node<'py>>> {
        let target = node.getattr(intern!(self.tree.py, "target"))?;
        if self.tree.kind(&target) != Kind::Name {
            return Ok(None);
        }
        let name: String = target.getattr(intern!(self.tree.py, "id"))?.extract()?;
        if self.is_settled(&name) {
            return Ok(None);
        }
        let read = self.tree.kinds.Name.bind(self.tree.py).call1((name, &self.tree.kinds.load))?;
        self.tree.locate(&read, &target)?;
        let wrapped = self.wrapped(ProbeKind::Augment, &read)?;
        self.alone(&wrapped, &target).map(Some)
    }

    /// The managers of a `with`, each looked at before it is entered.
    pub(super) fn managers(&mut self, node: &Node<'py>) -> PyResult<()> {
        let py = self.tree.py;
        for item in self.tree.list(node, "items")?.iter() {
            self.replace(&item, "context_expr")?;
            let managed = item.getattr(intern!(py, "context_expr"))?;
            let wrapped = self.wrapped(ProbeKind::Manage, &managed)?;
            item.setattr(intern!(py, "context_expr"), wrapped)?;
            self.replace(&item, "optional_vars")?;
        }
        Ok(())
    }

    fn assignment(&mut self, node: &Node<'py>) -> PyResult<()> {
        let py = self.tree.py;
        self.replace(node, "value")?;
        let targets = self.tree.list(node, "targets")?;
        let spread = targets
            .iter()
            .any(|target| matches!(self.tree.kind(&target), Kind::Tuple | Kind::List));
        if spread {
            let value = node.getattr(intern!(py, "value"))?;
            if !matches!(self.tree.kind(&value), Kind::Tuple | Kind::List | Kind::Constant) {
                let wrapped = self.wrapped(ProbeKind::Iterate, &value)?;
                node.setattr(intern!(py, "value"), wrapped)?;
            }
        }
        self.replace_list(node, "targets")
    }

    fn augmented_assignment(&mut self, node: &Node<'py>) -> PyResult<()> {
        let py = self.tree.py;
        let target = node.getattr(intern!(py, "target"))?;
        if matches!(self.tree.kind(&target), Kind::Attribute | Kind::Subscript) {
            self.replace(&target, "value")?;
            if self.tree.kind(&target) == Kind::Subscript {
                self.replace(&target, "slice")?;
            }
            let object = target.getattr(intern!(py, "value"))?;
            let attribute = self.tree.attribute(&target)?;
            let wrapped = self.wrapped(ProbeKind::StoreAugmented { attribute }, &object)?;
            target.setattr(intern!(py, "value"), wrapped)?;
        }
        self.replace(node, "value")
    }

    /// A `for`, with a probe at what it goes through.
    pub(super) fn loop_over(&mut self, node: &Node<'py>, probe: ProbeKind) -> PyResult<()> {
        let py = self.tree.py;
        self.replace(node, "target")?;
        self.replace(node, "iter")?;
        let iterated = node.getattr(intern!(py, "iter"))?;
        node.setattr(intern!(py, "iter"), self.wrapped(probe, &iterated)?)?;
        self.suites(node, &["body", "orelse"])
    }

    fn decorators(&mut self, node: &Node<'py>) -> PyResult<()> {
        let decorators = self.tree.list(node, "decorator_list")?;
        for at in 0..decorators.len() {
            let decorator = decorators.get_item(at)?;
            let inner = self.expression(&decorator)?;
            let base_name = self.tree.base_name(&decorator)?;
            decorators.set_item(at, self.wrapped(ProbeKind::Call { base_name }, &inner)?)?;
        }
        Ok(())
    }

    fn function(&mut self, node: &Node<'py>) -> PyResult<()> {
        self.decorators(node)?;
        let arguments = node.getattr(intern!(self.tree.py, "args"))?;
        self.defaults(&arguments)?;
        let mut enter = self.enter(node)?;
        let body = self.tree.list(node, "body")?;
        let followed = self.announced_function(node)?;
        self.enter_body(&body)?;
        let around = std::mem::replace(&mut self.in_announced, followed);
        let initialized = self.initialized_by(node, &body)?.filter(|_| followed.is_none());
        let instance_around = std::mem::replace(&mut self.initialized, initialized);
        let class_around = std::mem::take(&mut self.in_class);
        let outcome = match followed {
            Some(definition) => {
                if let ProbeKind::Enter { announced, .. } = &mut enter {
                    *announced = true;
                }
                self.body(&body, definition)
            }
            None => self.suite(&body),
        };
        self.leave_body();
        self.in_announced = around;
        self.initialized = instance_around;
        self.in_class = class_around;
        outcome?;
        let first = body.get_item(0)?;
        let at = usize::from(self.tree.is_docstring(&first)?);
        // A body of nothing but a docstring has nothing to report.
        if at < body.len() {
            if followed.is_some()
                && self.says_end
                && let ProbeKind::Enter { source, scope: Some(scope), .. } = enter
            {
                self.say_end(&body, at, (source, scope))?;
            }
            let place = self.tree.first_evaluated(&body.get_item(at)?)?;
            let announced = self.announce(enter, &place)?;
            body.insert(at, announced)?;
            if let Some(filled) = self.filled(node, &place)? {
                body.insert(at + 1, filled)?;
            }
        }
        Ok(())
    }

    /// The first parameter of a class's `__init__`, where that is never bound anew.
    fn initialized_by(
        &self,
        function: &Node<'py>,
        body: &Bound<'py, PyList>,
    ) -> PyResult<Option<String>> {
        let py = self.tree.py;
        let is_init = self.in_class && function.getattr(intern!(py, "name"))?.eq("__init__")?;
        let arguments = function.getattr(intern!(py, "args"))?;
        let Some(first) = self.tree.list(&arguments, "args")?.iter().next().filter(|_| is_init)
        else {
            return Ok(None);
        };
        let name: String = first.getattr(intern!(py, "arg"))?.extract()?;
        let is_left_alone = !self.hides_assignments() && self.tree.leaves_alone(body, &name)?;
        Ok(is_left_alone.then_some(name))
    }

    /// A statement that says which instance keeps what a function computes, where it is a cached
    /// property.
    fn filled(&mut self, node: &Node<'py>, place: &Node<'py>) -> PyResult<Option<Node<'py>>> {
        let py = self.tree.py;
        let mut caches = false;
        for decorator in self.tree.list(node, "decorator_list")?.iter() {
            // The decorators are within probes by now.
            let decorator = decorator.getattr(intern!(py, "slice")).unwrap_or(decorator);
            let name = ["id", "attr"].iter().find_map(|field| decorator.getattr(*field).ok());
            caches |= name.is_some_and(|name| {
                name.extract::<String>().is_ok_and(|name| name == "cached_property")
            });
        }
        let arguments = node.getattr(intern!(py, "args"))?;
        let first = ["posonlyargs", "args"].into_iter().find_map(|field| {
            self.tree.list(&arguments, field).ok().and_then(|list| list.get_item(0).ok())
        });
        let Some(first) = first.filter(|_| caches) else { return Ok(None) };
        let name = first.getattr(intern!(py, "arg"))?;
        let read = self.tree.kinds.Name.bind(py).call1((name, &self.tree.kinds.load))?;
        self.tree.locate(&read, place)?;
        let wrapped = self.wrapped(ProbeKind::Fill, &read)?;
        self.alone(&wrapped, place).map(Some)
    }
}
