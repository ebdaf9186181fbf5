//! What needs more than one crate: one binary, a file for each topic.

mod links;
