//! Handlers: how each kind of node runs.

use clew_graph::NodeKind;

use crate::NodeOutcome;
use crate::error::Stop;
use crate::run::Run;

mod block;
mod call;
mod control;
mod global;
mod import;
mod literal;
mod lookup;
mod mutate;
mod undo;

/// Hands a node to the handler for its kind. Without a handler, a new kind does not compile.
pub(crate) fn dispatch(run: &mut Run<'_>) -> Result<NodeOutcome, Stop> {
    match &run.node.kind {
        NodeKind::Import(import) => import::run(run, import),
        NodeKind::Lookup(lookup) => lookup::run(run, lookup),
        NodeKind::Literal(literal) => literal::run(run, literal),
        NodeKind::Call(call) => call::run(run, call),
        NodeKind::Mutate(mutate) => mutate::run(run, mutate),
        NodeKind::Global(global) => global::run(run, global),
        NodeKind::If(branch) => control::run_if(run, branch),
        NodeKind::Else(branch) => control::run_else(run, branch),
        NodeKind::Block(block) => block::run(run, block),
        NodeKind::Undo(undo) => undo::run(run, undo),
    }
}
