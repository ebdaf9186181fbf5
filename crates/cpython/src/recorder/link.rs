//! Link: which variables' values stand for objects that others lead to.

use clew_heap::Address;

/// A variable whose value holds C objects that stand for what they were taken from: a change of the one is
/// a change of the other. It holds for as long as the variable is bound to that value.
pub(super) struct Link {
    pub(super) name: String,
    pub(super) value: Address,
    /// The C objects.
    pub(super) proxies: Vec<Address>,
    /// The objects that they may have been taken from, each with the variable that led to it and
    /// that one's value.
    pub(super) sources: Vec<LinkSource>,
}

/// An object that C objects may have been taken from.
pub(super) struct LinkSource {
    pub(super) name: String,
    pub(super) value: Address,
    pub(super) object: Address,
    /// Whether the C objects keep it alive, whatever becomes of that variable.
    pub(super) kept: bool,
}
