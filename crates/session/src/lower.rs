//! Lowering: a statement's template as nodes of the graph.

use clew_graph::{
    Argument, Call, CallTarget, GlobalRead, Graph, GraphError, ImplicitDependency, KeywordArgument,
    Literal, Lookup, NewNode, NodeId, NodeKind, Operator, SourceId, Span,
};
use clew_syntax::{Expr, ExprKind, Operand, Range, Target};
use rustc_hash::{FxHashMap, FxHashSet};

/// How much stack must be left for one more level of an expression, and how much is added.
const RED_ZONE: usize = 64 * 1024;
const STACK: usize = 2 * 1024 * 1024;

/// What a statement depends on that its expressions do not show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extras {
    pub(crate) reads: Vec<GlobalRead>,
    pub(crate) implicit: Vec<ImplicitDependency>,
    /// The values of which an item was set last and that are read otherwise than by the statement's expressions,
    /// so that more of them may be read than the items that these name.
    pub(crate) read_whole: FxHashSet<NodeId>,
}

impl Extras {
    /// What is left where its expressions stand on some variables already.
    pub(crate) fn beside(&self, used: &FxHashSet<NodeId>) -> Self {
        let mut extras = self.clone();
        extras
            .reads
            .retain(|read| !used.contains(&read.node) || self.read_whole.contains(&read.node));
        extras
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.reads.is_empty() && self.implicit.is_empty()
    }
}

/// Makes nodes from templates, in one text, under one control dependency.
pub(crate) struct Lowering<'a> {
    pub(crate) graph: &'a mut Graph,
    pub(crate) variables: &'a FxHashMap<String, NodeId>,
    /// The nodes that stand for others while a function is followed.
    pub(crate) instead: &'a FxHashMap<NodeId, NodeId>,
    /// The steps that stand for others of which the statement sees less.
    pub(crate) past: &'a FxHashMap<NodeId, NodeId>,
    pub(crate) lookups: &'a mut FxHashMap<String, NodeId>,
    pub(crate) source: SourceId,
    pub(crate) control: Option<NodeId>,
    /// The variables that nodes made so far stand on.
    pub(crate) used: FxHashSet<NodeId>,
}

impl Lowering<'_> {
    fn span(&self, range: Range) -> Span {
        Span { source: self.source, start: range.start, end: range.end }
    }

    fn insert(&mut self, range: Range, kind: NodeKind) -> Result<NodeId, GraphError> {
        self.graph.insert(NewNode { span: Some(self.span(range)), control: None, kind })
    }

    /// Inserts the node that the rest of the graph refers to a statement by. It carries the
    /// control dependency, and everything else that the statement made is among its ancestors.
    pub(crate) fn root(&mut self, range: Range, kind: NodeKind) -> Result<NodeId, GraphError> {
        let span = Some(self.span(range));
        self.graph.insert(NewNode { span, control: self.control, kind })
    }

    /// The node that a variable's value is, or a look-up outside the program.
    pub(crate) fn name(&mut self, name: &str) -> Result<NodeId, GraphError> {
        if let Some(node) = self.variables.get(name) {
            let node = *self.past.get(node).or_else(|| self.instead.get(node)).unwrap_or(node);
            self.used.insert(node);
            return Ok(node);
        }
        if let Some(&node) = self.lookups.get(name) {
            return Ok(node);
        }
        let lookup = NodeKind::Lookup(Lookup { name: name.to_owned() });
        let node = self.graph.insert(NewNode::from(lookup))?;
        self.lookups.insert(name.to_owned(), node);
        Ok(node)
    }

    /// An expression that is part of another.
    pub(crate) fn expression(&mut self, expression: &Expr) -> Result<NodeId, GraphError> {
        match &expression.kind {
            ExprKind::Name(name) => self.name(name),
            ExprKind::Literal(literal) => {
                self.insert(expression.range, NodeKind::Literal(literal.clone()))
            }
            ExprKind::Call { .. } | ExprKind::Operator { .. } => {
                let call = stacker::maybe_grow(RED_ZONE, STACK, || self.call(expression))?;
                self.insert(expression.range, NodeKind::Call(call))
            }
        }
    }

    /// An expression that is all of a statement's value. Names become an alias, so that the
    /// statement has a node of its own.
    pub(crate) fn whole(
        &mut self,
        expression: &Expr,
        range: Range,
        extras: impl FnOnce(&Self) -> Extras,
    ) -> Result<NodeId, GraphError> {
        let mut call = match &expression.kind {
            ExprKind::Literal(literal) => {
                let extras = extras(self);
                if extras.is_empty() {
                    return self.root(range, NodeKind::Literal(literal.clone()));
                }
                let value = self.insert(expression.range, NodeKind::Literal(literal.clone()))?;
                let mut call = Call::operator(Operator::Alias, [value]);
                add(&mut call, extras);
                return self.root(range, NodeKind::Call(call));
            }
            ExprKind::Name(name) => {
                let value = self.name(name)?;
                Call::operator(Operator::Alias, [value])
            }
            ExprKind::Call { .. } | ExprKind::Operator { .. } => self.call(expression)?,
        };
        let extras = extras(self);
        add(&mut call, extras);
        self.root(range, NodeKind::Call(call))
    }

    /// An operator that is all of a statement.
    pub(crate) fn operator(
        &mut self,
        operator: Operator,
        operands: Vec<NodeId>,
        range: Range,
        extras: Extras,
    ) -> Result<NodeId, GraphError> {
        let mut call = Call::operator(operator, operands);
        add(&mut call, extras);
        self.root(range, NodeKind::Call(call))
    }

    fn call(&mut self, expression: &Expr) -> Result<Call, GraphError> {
        match &expression.kind {
            ExprKind::Call { function, positional, keyword } => {
                let mut call = Call::new(CallTarget::Node(self.expression(function)?));
                call.positional = self.passed(positional)?;
                for (name, value) in keyword {
                    let node = self.expression(value)?;
                    call.keyword.push(KeywordArgument { name: name.clone(), node });
                }
                Ok(call)
            }
            ExprKind::Operator { operator, operands } => {
                let mut call = Call::new(CallTarget::Operator(*operator));
                call.positional = self.passed(operands)?;
                Ok(call)
            }
            ExprKind::Name(_) | ExprKind::Literal(_) => {
                let node = self.expression(expression)?;
                Ok(Call::operator(Operator::Alias, [node]))
            }
        }
    }

    fn passed(&mut self, passed: &[Operand]) -> Result<Vec<Argument>, GraphError> {
        passed
            .iter()
            .map(|passed| {
                let node = self.expression(&passed.value)?;
                Ok(Argument { node, starred: passed.starred })
            })
            .collect()
    }

    /// What a store to an attribute or item stands on: the object, then the attribute or item.
    pub(crate) fn target(&mut self, target: &Target) -> Result<Option<[NodeId; 2]>, GraphError> {
        match target {
            Target::Attribute { object, name, range } => {
                let object = self.expression(object)?;
                let name = self.insert(*range, NodeKind::Literal(Literal::Str(name.clone())))?;
                Ok(Some([object, name]))
            }
            Target::Item { object, index, .. } => {
                let object = self.expression(object)?;
                Ok(Some([object, self.expression(index)?]))
            }
            Target::Name { .. } | Target::Sequence { .. } | Target::Starred(_) => Ok(None),
        }
    }
}

fn add(call: &mut Call, extras: Extras) {
    call.global_reads.extend(extras.reads);
    call.implicit_dependencies.extend(extras.implicit);
}
