//! Control: branches have no value, and the time of what they stand on.

use clew_graph::{Else, If};

use crate::Outcome;
use crate::error::Stop;
use crate::run::Run;

pub(super) fn run_if(run: &mut Run<'_>, branch: &If) -> Result<Outcome, Stop> {
    let (start, end) = run.time_of(branch.test)?;
    Ok(Outcome::new(start, end))
}

pub(super) fn run_else(run: &mut Run<'_>, branch: &Else) -> Result<Outcome, Stop> {
    let (start, end) = run.time_of(branch.companion)?;
    Ok(Outcome::new(start, end))
}
