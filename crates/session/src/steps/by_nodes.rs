//! By nodes: whether the nodes of a statement say all that its text says.

use clew_graph::{NodeId, NodeKind, StepVariable};
use clew_syntax::{Range, Statement, StatementKind, Target, Template};

use crate::Slicer;

impl Slicer<'_> {
    /// The variables that a statement binds by itself, each with the node that it then is, where the text says which.
    pub(super) fn bound_by_text(
        &self,
        statement: &Statement,
        nodes: &[NodeId],
    ) -> Vec<(String, NodeId)> {
        // What a statement made ends with the node that stands for all of it.
        let last = |range: Range| {
            let mut from_last = nodes.iter().rev().copied();
            from_last.find(|&id| {
                let node = self.graph().get(id);
                // What a function did that was followed stands under the call.
                let own = node.filter(|node| {
                    node.control.is_none() && !matches!(node.kind, NodeKind::Block(_))
                });
                let span = own.and_then(|node| node.span);
                span.is_some_and(|span| (span.start, span.end) == (range.start, range.end))
            })
        };
        let names = |target: &Target| match target {
            Target::Name { name, .. } => Some(name.clone()),
            _ => None,
        };
        let mut bound = Vec::new();
        match &statement.template {
            Template::Assign { targets, .. } => {
                let all: Option<Vec<String>> = targets.iter().map(names).collect();
                let root = last(statement.range);
                bound.extend(all.into_iter().flatten().filter_map(|name| Some((name, root?))));
            }
            Template::Augmented { target, .. } => {
                bound.extend(names(target).and_then(|name| Some((name, last(statement.range)?))));
            }
            Template::Import(aliases) => {
                for alias in aliases {
                    let is_package_of_it =
                        alias.name.is_none() && !alias.asname && alias.module.contains('.');
                    if alias.binding != "*" && !is_package_of_it {
                        bound.extend(last(alias.range).map(|node| (alias.binding.clone(), node)));
                    }
                }
            }
            _ => {}
        }
        bound
    }

    /// Whether the nodes of a statement, which binds these variables, say all that its text says: they can then be
    /// run in its place. What stops early, binds by a pattern or runs suites is more than nodes say; so is what has an
    /// annotation, which is evaluated and kept.
    pub(super) fn is_said_by(
        &self,
        statement: &Statement,
        nodes: &[NodeId],
        variables: &[StepVariable],
    ) -> bool {
        let by_text = self.bound_by_text(statement, nodes);
        let is_bound = |name: &str| {
            let node = by_text.iter().find(|(known, _)| known == name).map(|&(_, node)| node);
            node.is_some()
                && variables.iter().any(|known| known.name == name && known.node.is_some())
        };
        statement.kind != StatementKind::AnnotatedAssign
            && is_plain(&statement.template)
            && statement.whole.binds.iter().all(|bound| !bound.deletes && is_bound(&bound.name))
            && !nodes.is_empty()
            && nodes.iter().all(|&id| {
                self.graph().get(id).is_some_and(|node| {
                    node.control.is_none()
                        && match &node.kind {
                            NodeKind::Literal(_) | NodeKind::Lookup(_) | NodeKind::Mutate(_) => {
                                true
                            }
                            NodeKind::Import(import) => !import.name.starts_with('.'),
                            NodeKind::Call(call) => call.stands_alone(),
                            // A variable that a function binds which was called.
                            NodeKind::Global(global) => {
                                !by_text.iter().any(|(name, _)| *name == global.name)
                            }
                            NodeKind::If(_)
                            | NodeKind::Else(_)
                            | NodeKind::Block(_)
                            | NodeKind::Undo(_) => false,
                        }
                })
            })
    }
}

/// Whether what a statement does with the values of its expressions shows in nodes.
fn is_plain(template: &Template) -> bool {
    let is_part =
        |target: &Target| matches!(target, Target::Attribute { .. } | Target::Item { .. });
    match template {
        Template::Expression(_) | Template::Import(_) => true,
        Template::Assign { targets, .. } => match targets.as_slice() {
            [target] if is_part(target) => true,
            targets => targets.iter().all(|target| matches!(target, Target::Name { .. })),
        },
        Template::Augmented { target, .. } => matches!(target, Target::Name { .. }),
        Template::Delete(targets) => matches!(targets.as_slice(), [target] if is_part(target)),
        Template::If { .. } | Template::Block(_) | Template::Nothing => false,
    }
}
