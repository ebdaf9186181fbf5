//! Import: the host brings in the module.

use clew_graph::Import;

use super::Run;
use crate::Outcome;
use crate::error::Stop;

pub(super) fn run(run: &mut Run<'_>, import: &Import) -> Result<Outcome, Stop> {
    run.timed(|host| Ok(host.import(import)?))
}
