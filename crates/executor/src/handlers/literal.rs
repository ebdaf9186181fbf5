//! Literal: the host makes the value.

use clew_graph::Literal;

use super::Run;
use crate::Outcome;
use crate::error::Stop;

pub(super) fn run(run: &mut Run<'_>, literal: &Literal) -> Result<Outcome, Stop> {
    run.timed(|host| Ok(host.literal(literal)?))
}
