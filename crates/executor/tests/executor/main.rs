//! What the executor does, read from its event log.

mod blocks;
mod calls;
mod graphs;
mod names;
mod states;
mod steps;
mod support;
