//! Literal: the host makes the value.

use clew_graph::Literal;

use crate::NodeOutcome;
use crate::error::Stop;
use crate::run::Run;

pub(super) fn run(run: &mut Run<'_>, literal: &Literal) -> Result<NodeOutcome, Stop> {
    run.timed(|host| Ok(host.literal(literal)?))
}
