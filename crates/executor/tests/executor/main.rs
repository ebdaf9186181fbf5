//! What the executor does, read from its event log.

mod contract;
mod graphs;
mod states;
mod steps;
mod support;
