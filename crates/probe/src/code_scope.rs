//! Code scope: which scope of a text a code object runs.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use clew_graph::SourceId;
use clew_heap::Address;

/// The scopes of code objects that announce when they are entered. Session code is kept alive, so
/// that its addresses stay its own.
static SCOPES: Mutex<BTreeMap<Address, (SourceId, usize)>> = Mutex::new(BTreeMap::new());

/// Remembers which scope a code object runs.
pub(crate) fn remember(code: Address, source: SourceId, scope: usize) {
    SCOPES.lock().unwrap_or_else(PoisonError::into_inner).insert(code, (source, scope));
}

/// The text that a function's code object is of and its place among the text's scopes, where that is
/// known.
pub fn scope_of(code: Address) -> Option<(SourceId, usize)> {
    SCOPES.lock().unwrap_or_else(PoisonError::into_inner).get(&code).copied()
}
