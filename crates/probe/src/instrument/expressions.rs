//! Expressions: a probe around every value in them that is called, changed or used up.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use super::rewriter::Rewriter;
use super::syntax_tree::{Kind, MAX_DEPTH, Node, shape};
use crate::probe::ProbeKind;

/// How much stack must be left for one more level of a tree, and how much is added where it is not.
const RED_ZONE: usize = 128 * 1024;
const STACK: usize = 4 * 1024 * 1024;

impl<'py> Rewriter<'py, '_> {
    /// Puts probes into the expression of a field, if it has one.
    pub(super) fn replace(&mut self, node: &Node<'py>, field: &str) -> PyResult<()> {
        let field = PyString::intern(self.tree.py, field);
        let value = node.getattr(&field)?;
        if value.is_none() {
            return Ok(());
        }
        let replaced = self.expression(&value)?;
        if !replaced.is(&value) {
            node.setattr(&field, replaced)?;
        }
        Ok(())
    }

    /// Puts probes into the expressions that a field lists.
    pub(super) fn replace_list(&mut self, node: &Node<'py>, field: &str) -> PyResult<()> {
        let list = self.tree.list(node, field)?;
        for at in 0..list.len() {
            let value = list.get_item(at)?;
            if value.is_none() {
                continue;
            }
            let replaced = self.expression(&value)?;
            if !replaced.is(&value) {
                list.set_item(at, replaced)?;
            }
        }
        Ok(())
    }

    /// An expression with probes in it, and what stands for it from now on.
    pub(super) fn expression(&mut self, node: &Node<'py>) -> PyResult<Node<'py>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(shape("the syntax tree is too deep"));
        }
        let outcome = stacker::maybe_grow(RED_ZONE, STACK, || self.expression_within(node));
        self.depth -= 1;
        outcome
    }

    fn expression_within(&mut self, node: &Node<'py>) -> PyResult<Node<'py>> {
        let py = self.tree.py;
        match self.tree.kind(node) {
            Kind::Name | Kind::Constant => {}
            Kind::Call => self.call(node)?,
            Kind::Attribute | Kind::Subscript => self.attribute_or_item(node)?,
            Kind::BinOp => {
                self.replace(node, "left")?;
                self.replace(node, "right")?;
            }
            Kind::UnaryOp => self.replace(node, "operand")?,
            Kind::BoolOp | Kind::JoinedStr => self.replace_list(node, "values")?,
            Kind::Compare => self.comparison(node)?,
            Kind::Tuple | Kind::List | Kind::Set => self.replace_list(node, "elts")?,
            Kind::Dict => {
                self.replace_list(node, "keys")?;
                self.replace_list(node, "values")?;
            }
            Kind::IfExp => {
                self.replace(node, "test")?;
                self.replace(node, "body")?;
                self.replace(node, "orelse")?;
            }
            Kind::FormattedValue => {
                self.replace(node, "value")?;
                self.replace(node, "format_spec")?;
            }
            Kind::Starred => {
                self.replace(node, "value")?;
                let context = node.getattr(intern!(py, "ctx"))?;
                let value = node.getattr(intern!(py, "value"))?;
                if self.tree.kind(&context) == Kind::Load
                    && !matches!(self.tree.kind(&value), Kind::Tuple | Kind::List | Kind::Constant)
                {
                    let wrapped = self.wrapped(ProbeKind::Iterate, &value)?;
                    node.setattr(intern!(py, "value"), wrapped)?;
                }
            }
            Kind::Slice => {
                self.replace(node, "lower")?;
                self.replace(node, "upper")?;
                self.replace(node, "step")?;
            }
            Kind::NamedExpr | Kind::Await | Kind::Yield => self.replace(node, "value")?,
            Kind::YieldFrom => {
                self.replace(node, "value")?;
                let value = node.getattr(intern!(py, "value"))?;
                let wrapped = self.wrapped(ProbeKind::Iterate, &value)?;
                node.setattr(intern!(py, "value"), wrapped)?;
            }
            Kind::Lambda => self.lambda(node)?,
            Kind::ListComp | Kind::SetComp | Kind::GeneratorExp => {
                self.replace(node, "elt")?;
                self.generators(node)?;
            }
            Kind::DictComp => {
                self.replace(node, "key")?;
                self.replace(node, "value")?;
                self.generators(node)?;
            }
            _ => {}
        }
        Ok(node.clone())
    }

    fn attribute_or_item(&mut self, node: &Node<'py>) -> PyResult<()> {
        let py = self.tree.py;
        self.replace(node, "value")?;
        if self.tree.kind(node) == Kind::Subscript {
            self.replace(node, "slice")?;
        }
        let context = node.getattr(intern!(py, "ctx"))?;
        if matches!(self.tree.kind(&context), Kind::Store | Kind::Del) {
            let object = node.getattr(intern!(py, "value"))?;
            let base_name = self.tree.base_name(&object)?;
            let attribute = self.tree.attribute(node)?;
            let initializes = attribute.is_some() && self.is_initialized(&object)?;
            let probe = ProbeKind::Store { base_name, attribute, initializes };
            let wrapped = self.wrapped(probe, &object)?;
            node.setattr(intern!(py, "value"), wrapped)?;
        }
        Ok(())
    }

    /// Whether an expression is the instance that the function at hand initializes.
    fn is_initialized(&self, object: &Node<'py>) -> PyResult<bool> {
        let Some(instance) = self.initialized.as_ref() else { return Ok(false) };
        Ok(self.tree.kind(object) == Kind::Name
            && object.getattr(intern!(self.tree.py, "id"))?.eq(instance.as_str())?)
    }

    fn comparison(&mut self, node: &Node<'py>) -> PyResult<()> {
        self.replace(node, "left")?;
        self.replace_list(node, "comparators")?;
        // `in` uses an iterator up.
        let operators = self.tree.list(node, "ops")?;
        let operands = self.tree.list(node, "comparators")?;
        for at in 0..operators.len().min(operands.len()) {
            let operand = operands.get_item(at)?;
            if matches!(self.tree.kind(&operators.get_item(at)?), Kind::In | Kind::NotIn)
                && matches!(
                    self.tree.kind(&operand),
                    Kind::Name | Kind::Attribute | Kind::Call | Kind::Subscript
                )
            {
                operands.set_item(at, self.wrapped(ProbeKind::Iterate, &operand)?)?;
            }
        }
        Ok(())
    }

    fn lambda(&mut self, node: &Node<'py>) -> PyResult<()> {
        let py = self.tree.py;
        let arguments = node.getattr(intern!(py, "args"))?;
        self.defaults(&arguments)?;
        self.replace(node, "body")?;
        // `-probe or body`: the probe's negative is `None`.
        let enter = self.enter(node)?;
        let body = node.getattr(intern!(py, "body"))?;
        let negated = self.negated(enter, &body)?;
        let or = self.tree.kinds.Or.bind(py).call0()?;
        let values = PyList::new(py, [negated, body.clone()])?;
        let entered = self.tree.kinds.BoolOp.bind(py).call1((or, values))?;
        self.tree.locate(&entered, &body)?;
        node.setattr(intern!(py, "body"), entered)?;
        Ok(())
    }

    /// The default values of parameters.
    pub(super) fn defaults(&mut self, arguments: &Node<'py>) -> PyResult<()> {
        self.replace_list(arguments, "defaults")?;
        self.replace_list(arguments, "kw_defaults")
    }

    /// The `for` and `if` parts of a comprehension.
    fn generators(&mut self, node: &Node<'py>) -> PyResult<()> {
        for generator in self.tree.list(node, "generators")?.iter() {
            self.replace(&generator, "target")?;
            self.replace(&generator, "iter")?;
            let iterated = generator.getattr(intern!(self.tree.py, "iter"))?;
            let wrapped = self.wrapped(ProbeKind::Iterate, &iterated)?;
            generator.setattr(intern!(self.tree.py, "iter"), wrapped)?;
            self.replace_list(&generator, "ifs")?;
        }
        Ok(())
    }

    fn call(&mut self, node: &Node<'py>) -> PyResult<()> {
        let py = self.tree.py;
        let function = node.getattr(intern!(py, "func"))?;
        let positional = self.tree.list(node, "args")?;
        let keywords = self.tree.list(node, "keywords")?;
        let starred = positional.iter().any(|a| self.tree.kind(&a) == Kind::Starred);
        let mut spread = false;
        for keyword in keywords.iter() {
            spread |= keyword.getattr(intern!(py, "arg"))?.is_none();
        }
        self.replace_list(node, "args")?;
        for keyword in keywords.iter() {
            self.replace(&keyword, "value")?;
        }
        match self.tree.kind(&function) {
            // Calling a constant is an error that Python words itself.
            Kind::Constant => return Ok(()),
            Kind::Name if function.getattr(intern!(py, "id"))?.eq("super")? => return Ok(()),
            Kind::Attribute if !starred && !spread => {
                if !self.is_of_super(&function)? && !self.is_private(&function)? {
                    return self.method_call(&function);
                }
                self.place_method_call(node, &function, positional.len() + keywords.len())?;
            }
            _ => {}
        }
        // `check_caller` in CPython's `compile.c`.
        self.warned |= matches!(
            self.tree.kind(&function),
            Kind::Tuple
                | Kind::List
                | Kind::ListComp
                | Kind::Dict
                | Kind::DictComp
                | Kind::Set
                | Kind::SetComp
                | Kind::GeneratorExp
                | Kind::JoinedStr
                | Kind::FormattedValue
        );
        let base_name = self.tree.base_name(&function)?;
        let inner = self.expression(&function)?;
        node.setattr(intern!(py, "func"), self.wrapped(ProbeKind::Call { base_name }, &inner)?)
    }

    /// Whether a method is looked up by `super()`, which CPython does in one instruction from 3.12 on.
    fn is_of_super(&self, method: &Node<'py>) -> PyResult<bool> {
        let py = self.tree.py;
        let object = method.getattr(intern!(py, "value"))?;
        if self.tree.kind(&object) != Kind::Call {
            return Ok(false);
        }
        let function = object.getattr(intern!(py, "func"))?;
        Ok(self.tree.kind(&function) == Kind::Name
            && function.getattr(intern!(py, "id"))?.eq("super")?)
    }

    /// Whether the compiler gives a method another name within a class.
    fn is_private(&self, method: &Node<'py>) -> PyResult<bool> {
        let name: String = method.getattr(intern!(self.tree.py, "attr"))?.extract()?;
        Ok(name.starts_with("__") && !name.ends_with("__"))
    }

    /// The object whose method is called is looked at, and CPython looks the method up in what that gives.
    fn method_call(&mut self, method: &Node<'py>) -> PyResult<()> {
        let py = self.tree.py;
        let base_name = self.tree.base_name(method)?;
        let name = method.getattr(intern!(py, "attr"))?.cast_into::<PyString>()?.unbind();
        let object = method.getattr(intern!(py, "value"))?;
        let inner = self.expression(&object)?;
        let wrapped = self.looked_at(ProbeKind::CallMethod { base_name, name }, &inner)?;
        method.setattr(intern!(py, "value"), wrapped)
    }

    /// Where a method's name stands on a later line than the call begins, CPython places the call
    /// at the name (`update_start_location_to_match_attr` in its `compile.c`); with a probe around
    /// the method it no longer sees a method call, so the place is set here.
    fn place_method_call(
        &self,
        node: &Node<'py>,
        function: &Node<'py>,
        passed: usize,
    ) -> PyResult<()> {
        let py = self.tree.py;
        // CPython's STACK_USE_GUIDELINE.
        if passed >= 15 {
            return Ok(());
        }
        let line: i64 = node.getattr(intern!(py, "lineno"))?.extract()?;
        let end_line: i64 = function.getattr(intern!(py, "end_lineno"))?.extract()?;
        if line == end_line {
            return Ok(());
        }
        let end: i64 = function.getattr(intern!(py, "end_col_offset"))?.extract()?;
        let name = function.getattr(intern!(py, "attr"))?.len()? as i64;
        node.setattr(intern!(py, "lineno"), end_line)?;
        node.setattr(intern!(py, "col_offset"), (end - name).max(0))
    }
}
