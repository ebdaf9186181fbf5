//! Encoding: a node's kind and content as the bytes of `node.data`.
//!
//! Postcard writes variants by their position. So a new node kind, operator, block kind or literal
//! is added at the end; the test below fails where an old one moved, and every graph that was ever
//! stored would be read wrong.

use clew_graph::NodeKind;

/// What the bytes are: a number for `session.node_encoding`. A change that makes old bytes
/// unreadable takes the next number, and reads the old ones as they were.
pub(super) const NODE_ENCODING: i64 = 1;

pub(super) fn encode(kind: &NodeKind) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_stdvec(kind)
}

pub(super) fn decode(data: &[u8]) -> Result<NodeKind, postcard::Error> {
    postcard::from_bytes(data)
}

#[cfg(test)]
mod tests;
