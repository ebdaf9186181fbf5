//! Mutate: the value before, at the time of the call that changed it.

use clew_graph::Mutate;

use crate::error::Stop;
use crate::run::Run;
use crate::{NodeChange, Outcome};

pub(super) fn run(run: &mut Run<'_>, mutate: &Mutate) -> Result<Outcome, Stop> {
    // Of the outside world there are versions, and no values.
    run.time_of(mutate.source)?;
    let (start, end) = run.time_of(mutate.call)?;
    let views = NodeChange::Views(vec![run.node.id, mutate.source]);
    let outcome = Outcome::new(start, end).with_change(views);
    Ok(Outcome { value: Ok(run.memory.value(mutate.source)), ..outcome })
}
