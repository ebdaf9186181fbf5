//! Import: the host brings in the module.

use clew_graph::Import;

use crate::NodeOutcome;
use crate::error::Stop;
use crate::run::Run;

pub(super) fn run(run: &mut Run<'_>, import: &Import) -> Result<NodeOutcome, Stop> {
    run.timed(|host| Ok(host.import(import)?))
}
