//! Calls: what is done about a call, before it and after.

/// What callables do that are handed to calls and iterators.
mod callback;
/// What a call may change of which no rule speaks.
mod explain;
/// What modules hold that a call may change, and whether it did.
mod hidden;
/// Marks what the rules say that a call changes.
mod land;
/// The stages of a call, before it is made.
mod pass;
/// What the rules say of a call, and what it may do with variables by name.
mod plan;
/// What is done about a call when it has ended.
mod returned;

pub(super) use pass::{PendingCall, called_unseen, passing};
pub(super) use returned::passed;
