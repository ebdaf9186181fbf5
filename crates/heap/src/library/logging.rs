//! logging: where a logger's messages go.

use crate::lent::{Lent, Quiet};

/// Where a logger's messages are kept or written by its handlers and those of the loggers above it:
/// streams, buffers, queues. Those of the root logger where it is none that is asked.
pub fn log_streams<'a>(quiet: Quiet<'a>, logger: Option<Lent<'a>>) -> Vec<Lent<'a>> {
    /// How many loggers may stand above each other.
    const MOST: usize = 64;
    let asked = logger.filter(|logger| logger.attribute("handlers").is_some());
    let adapted = || logger?.attribute("logger");
    let first = asked.or_else(adapted).or_else(|| quiet.in_module("logging", "root"));
    let mut found = Vec::new();
    let mut next = first.filter(|logger| !logger.is_none());
    for _ in 0..MOST {
        let Some(logger) = next else { break };
        let handlers = logger.attribute("handlers").filter(|handlers| handlers.is_list());
        for handler in handlers.into_iter().flat_map(Lent::items) {
            let places = ["stream", "buffer", "queue"];
            found.extend(places.into_iter().filter_map(|name| handler.attribute(name)));
        }
        if logger.attribute("propagate").is_some_and(Lent::is_false) {
            break;
        }
        next = logger.attribute("parent").filter(|logger| !logger.is_none());
    }
    found.retain(|place| !place.is_none());
    found
}

/// What all loggers are kept in by their names, where `logging` was imported.
pub fn loggers(quiet: Quiet<'_>) -> Option<Lent<'_>> {
    let manager = quiet.in_module("logging", "root")?.class().lookup("manager")?;
    manager.attribute("loggerDict").filter(|loggers| loggers.is_dict())
}
