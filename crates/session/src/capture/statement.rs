//! Statement: the nodes of one that has no suites, or is taken as a whole.

use clew_graph::{
    Block, BlockKind, Call, Cause, Confidence, GraphError, ImplicitDependency, Import, Literal,
    Mutate, NewNode, NodeId, NodeKind, Operator,
};
use clew_syntax::{Expr, ExprKind, ImportAlias, Range, Statement, Target, Template};
use rustc_hash::FxHashSet;

use super::{Capture, CaptureError};
use crate::Outcome;
use crate::lower::{Extras, Lowering};

impl Capture {
    pub(super) fn simple(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        control: Option<NodeId>,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let all = self.extras(statement, outcome, &FxHashSet::default());
        let rest = |used: &FxHashSet<NodeId>| all.beside(used);
        let mut lowering = self.lowering(at, control);
        let range = statement.range;
        let root = match &statement.template {
            Template::Expression(value) => lowering.whole(value, range, |done| rest(&done.used))?,
            Template::Assign { value, targets } => {
                let plain = targets.iter().all(|target| matches!(target, Target::Name { .. }));
                if plain {
                    lowering.whole(value, range, |done| rest(&done.used))?
                } else {
                    let value = lowering.expression(value)?;
                    if let [target] = targets.as_slice()
                        && let Some([object, part]) = lowering.target(target)?
                    {
                        let operator = match target {
                            Target::Attribute { .. } => Operator::SetAttribute,
                            _ => Operator::SetItem,
                        };
                        let extras = rest(&lowering.used);
                        lowering.operator(operator, vec![object, part, value], range, extras)?
                    } else {
                        let mut operands = vec![value];
                        for target in targets {
                            target_operands(&mut lowering, target, &mut operands)?;
                        }
                        let extras = rest(&lowering.used);
                        lowering.operator(Operator::Unpack, operands, range, extras)?
                    }
                }
            }
            Template::Augmented { operator, target, value } => {
                let mut operands = match target {
                    Target::Name { name, .. } => vec![lowering.name(name)?],
                    _ => lowering.target(target)?.map(Vec::from).unwrap_or_default(),
                };
                operands.push(lowering.expression(value)?);
                let extras = rest(&lowering.used);
                lowering.operator(*operator, operands, range, extras)?
            }
            Template::Delete(targets) => {
                let mut operands = Vec::new();
                let mut operator = Operator::DeleteName;
                for target in targets {
                    operator = match target {
                        Target::Attribute { .. } => Operator::DeleteAttribute,
                        Target::Item { .. } => Operator::DeleteItem,
                        _ => Operator::DeleteName,
                    };
                    if let Target::Name { name, .. } = target {
                        operands.push(lowering.name(name)?);
                    } else {
                        target_operands(&mut lowering, target, &mut operands)?;
                    }
                }
                let extras = rest(&lowering.used);
                lowering.operator(operator, operands, range, extras)?
            }
            Template::Nothing => {
                let none = Expr { range, kind: ExprKind::Literal(Literal::None) };
                lowering.whole(&none, range, |done| rest(&done.used))?
            }
            Template::Import(_) | Template::If { .. } | Template::Block(_) => {
                let extras = rest(&lowering.used);
                let mut block = Block::new(BlockKind::Unknown);
                block.global_reads = extras.reads;
                block.implicit_dependencies = extras.implicit;
                lowering.root(range, NodeKind::Block(block))?
            }
        };
        Ok(root)
    }

    pub(super) fn block(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        kind: BlockKind,
        range: Range,
        control: Option<NodeId>,
    ) -> Result<NodeId, CaptureError> {
        self.block_after(outcome, statement, (kind, range), control, Vec::new())
    }

    /// A block that comes after some nodes, beside what its text and its outcome say.
    pub(super) fn block_after(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        (kind, range): (BlockKind, Range),
        control: Option<NodeId>,
        after: Vec<ImplicitDependency>,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let extras = self.extras(statement, outcome, &FxHashSet::default());
        let mut block = Block::new(kind);
        block.global_reads = extras.reads;
        block.implicit_dependencies = extras.implicit;
        block.implicit_dependencies.extend(after);
        block.calls = outcome.calls.clone();
        Ok(self.graph.insert(NewNode {
            span: Some(self.span(at, range)),
            control,
            kind: NodeKind::Block(block),
        })?)
    }

    pub(super) fn imports(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        aliases: &[ImportAlias],
        control: Option<NodeId>,
        extras: Extras,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let (mut root, mut nodes) = (None, Vec::new());
        let mut bound_here = FxHashSet::default();
        for alias in aliases {
            let (package, version) = outcome
                .imported
                .iter()
                .find(|(module, ..)| *module == alias.module)
                .map_or((None, None), |(_, package, version)| (package.clone(), version.clone()));
            let import = NodeKind::Import(Import { name: alias.module.clone(), package, version });
            let span = Some(self.span(at, alias.range));
            let needs_call = alias.name.is_some() || !extras.is_empty();
            let module = self.graph.insert(NewNode {
                span,
                control: if needs_call { None } else { control },
                kind: import,
            })?;
            let mut node = module;
            if needs_call {
                let mut call = match &alias.name {
                    Some(name) => {
                        let name = NodeKind::Literal(Literal::Str(name.clone()));
                        let name =
                            self.graph.insert(NewNode { span, control: None, kind: name })?;
                        Call::operator(Operator::ImportFrom, [module, name])
                    }
                    None => Call::operator(Operator::Alias, [module]),
                };
                call.global_reads.extend(extras.reads.iter().cloned());
                call.implicit_dependencies.extend(extras.implicit.iter().cloned());
                node = self.graph.insert(NewNode { span, control, kind: NodeKind::Call(call) })?;
            }
            if alias.binding == "*" {
                for bound in outcome.bound.iter().filter(|bound| !bound.deleted) {
                    self.variables.insert(bound.name.clone(), node);
                }
            } else if outcome.bound.iter().any(|bound| bound.name == alias.binding) {
                let plain = alias.name.is_none() && !alias.asname;
                let submodule = plain && alias.module.contains('.');
                let before = self.variables.get(&alias.binding).copied();
                // `import a.b` binds `a` and adds `b` to it: what `a` was before is still needed.
                let node = match before {
                    Some(before)
                        if submodule
                            && self.modules.contains_key(&alias.binding)
                            && outcome.links.contains(&alias.module) =>
                    {
                        before
                    }
                    Some(before) if submodule && self.modules.contains_key(&alias.binding) => {
                        let cause =
                            Cause { by: "import".to_owned(), confidence: Confidence::Annotated };
                        self.graph.insert(NewNode::from(NodeKind::Mutate(Mutate {
                            source: before,
                            call: node,
                            cause: Some(cause),
                        })))?
                    }
                    // It is bound to the same already, with a submodule.
                    Some(before) if plain && bound_here.contains(&alias.binding) => before,
                    _ => node,
                };
                bound_here.insert(alias.binding.clone());
                self.modules.insert(alias.binding.clone(), node);
                self.variables.insert(alias.binding.clone(), node);
            }
            root = Some(node);
            nodes.push(ImplicitDependency::from(node));
        }
        let does_more = !outcome.links.is_empty();
        let root = match root {
            // Which of the names did it is not known.
            Some(_) if nodes.len() > 1 && does_more => {
                let mut block = Block::new(BlockKind::Inner);
                block.implicit_dependencies = nodes;
                self.graph.insert(NewNode::from(NodeKind::Block(block)))?
            }
            Some(root) => root,
            None => self.simple(outcome, statement, control)?,
        };
        self.changed_and_external(outcome, root, &FxHashSet::default())?;
        Ok(root)
    }
}

fn target_operands(
    lowering: &mut Lowering<'_>,
    target: &Target,
    operands: &mut Vec<NodeId>,
) -> Result<(), GraphError> {
    match target {
        Target::Name { .. } => {}
        Target::Attribute { .. } | Target::Item { .. } => {
            if let Some(parts) = lowering.target(target)? {
                operands.extend(parts);
            }
        }
        Target::Sequence { targets, .. } => {
            for target in targets {
                target_operands(lowering, target, operands)?;
            }
        }
        Target::Starred(target) => target_operands(lowering, target, operands)?,
    }
    Ok(())
}
