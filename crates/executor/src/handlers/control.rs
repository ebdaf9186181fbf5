//! Control: branches have no value, and the time of what they stand on.

use clew_graph::{Else, If};

use crate::NodeOutcome;
use crate::error::Stop;
use crate::run::Run;

pub(super) fn run_if(run: &mut Run<'_>, branch: &If) -> Result<NodeOutcome, Stop> {
    let (start, end) = run.time_of(branch.test)?;
    Ok(NodeOutcome::new(start, end))
}

pub(super) fn run_else(run: &mut Run<'_>, branch: &Else) -> Result<NodeOutcome, Stop> {
    let (start, end) = run.time_of(branch.companion)?;
    Ok(NodeOutcome::new(start, end))
}
