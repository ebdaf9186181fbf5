//! Lookup: the script's own path, a global variable or a builtin.

use clew_graph::{Literal, Lookup};

use crate::error::Stop;
use crate::run::Run;
use crate::state::looked_up_state;
use crate::{HostError, NodeOutcome};

pub(super) fn run(run: &mut Run<'_>, lookup: &Lookup) -> Result<NodeOutcome, Stop> {
    if looked_up_state(lookup).is_some() {
        // The outside world has no value that a program could hold.
        let start = run.host.now();
        return Ok(NodeOutcome::new(start, run.host.now()));
    }
    let name = lookup.name.as_str();
    let module_file = run.memory.module_file().filter(|_| name == "__file__");
    run.timed(|host| {
        if let Some(file) = module_file {
            return Ok(host.literal(&Literal::Str(file.to_owned()))?);
        }
        if let Some(value) = host.global(name).or_else(|| host.builtin(name)) {
            return Ok(value);
        }
        let message = format!("name '{name}' is not defined");
        Err(HostError::Raised(host.make_error("NameError", &message)).into())
    })
}
