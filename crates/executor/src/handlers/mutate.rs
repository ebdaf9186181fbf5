//! Mutate: the value before, at the time of the call that changed it.

use clew_graph::Mutate;

use crate::error::Stop;
use crate::run::Run;
use crate::{NodeChange, NodeOutcome};

pub(super) fn run(run: &mut Run<'_>, mutate: &Mutate) -> Result<NodeOutcome, Stop> {
    // Of the outside world there are versions, and no values.
    run.time_of(mutate.source)?;
    let (start, end) = run.time_of(mutate.call)?;
    let views = NodeChange::Views(vec![run.node.id, mutate.source]);
    let outcome = NodeOutcome::new(start, end).with_change(views);
    Ok(NodeOutcome { value: Ok(run.memory.value(mutate.source)), ..outcome })
}
