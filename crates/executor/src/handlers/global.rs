//! Global: a variable's value as a call or block left it, at the time of that.

use clew_graph::Global;

use crate::error::Stop;
use crate::run::Run;
use crate::{ExecuteError, NodeChange, NodeOutcome};

pub(super) fn run(run: &mut Run<'_>, global: &Global) -> Result<NodeOutcome, Stop> {
    let (start, end) = run.time_of(global.call)?;
    let Some((value, shared)) = run.memory.bound(global.call, &global.name) else {
        if run.memory.has_variables {
            // The variable is the module's own, and a thread that binds it may not have come to it yet.
            let outcome = NodeOutcome::new(start, end);
            let value = run.host.global(&global.name);
            return Ok(value.map_or(outcome.clone(), |value| outcome.with_value(value)));
        }
        let name = global.name.clone();
        return Err(ExecuteError::NotBound { node: run.node.id, name, call: global.call }.into());
    };
    let mut outcome = NodeOutcome::new(start, end).with_value(value);
    outcome.state = run.host.external_state(value);
    if !shared.is_empty() && run.host.is_mutable(value) {
        let mut nodes = vec![run.node.id];
        nodes.extend_from_slice(shared);
        outcome.changes.push(NodeChange::Views(nodes));
    }
    Ok(outcome)
}
