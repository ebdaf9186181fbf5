//! Encoding: a node's kind and content as the bytes of `node.data`.
//!
//! Postcard writes variants by their position. So a new node kind, operator, block kind or literal
//! is added at the end; the test below fails where an old one moved, and every graph that was ever
//! stored would be read wrong.

use clew_graph::{
    Argument, Block, BlockKind, Call, CallTarget, Else, Global, GlobalRead, If, ImplicitDependency,
    Import, KeywordArgument, Literal, Lookup, Mutate, NodeId, NodeKind, Undo,
};
use serde::{Deserialize, Serialize};

/// What the bytes are: a number for `session.node_encoding`. A change that makes old bytes
/// unreadable takes the next number, and reads the old ones as they were.
///
/// The second knows what changed a value and which state a step depends on.
pub(super) const NODE_ENCODING: i64 = 2;

/// What is written. A node that says no more than the first encoding could say is written as that
/// wrote it, which is also shorter.
#[derive(Serialize, Deserialize)]
enum Stored {
    Import(Import),
    Lookup(Lookup),
    Literal(Literal),
    Call(PlainCall),
    Mutate(PlainMutate),
    Global(Global),
    If(If),
    Else(Else),
    Block(PlainBlock),
    CallOnStates(Call),
    CausedMutate(Mutate),
    BlockOnStates(Block),
    Undo(Undo),
}

#[derive(Serialize, Deserialize)]
struct PlainCall {
    function: CallTarget,
    positional: Vec<Argument>,
    keyword: Vec<KeywordArgument>,
    global_reads: Vec<GlobalRead>,
    implicit_dependencies: Vec<NodeId>,
}

#[derive(Serialize, Deserialize)]
struct PlainMutate {
    source: NodeId,
    call: NodeId,
}

#[derive(Serialize, Deserialize)]
struct PlainBlock {
    kind: BlockKind,
    global_reads: Vec<GlobalRead>,
    implicit_dependencies: Vec<NodeId>,
    calls: Vec<String>,
}

pub(super) fn encode(kind: &NodeKind) -> Result<Vec<u8>, postcard::Error> {
    let stored = match kind.clone() {
        NodeKind::Import(import) => Stored::Import(import),
        NodeKind::Lookup(lookup) => Stored::Lookup(lookup),
        NodeKind::Literal(literal) => Stored::Literal(literal),
        NodeKind::Call(call) => match nodes_alone(&call.implicit_dependencies) {
            Some(implicit_dependencies) => Stored::Call(PlainCall {
                function: call.function,
                positional: call.positional,
                keyword: call.keyword,
                global_reads: call.global_reads,
                implicit_dependencies,
            }),
            None => Stored::CallOnStates(call),
        },
        NodeKind::Mutate(Mutate { source, call, cause: None }) => {
            Stored::Mutate(PlainMutate { source, call })
        }
        NodeKind::Mutate(mutate) => Stored::CausedMutate(mutate),
        NodeKind::Global(global) => Stored::Global(global),
        NodeKind::If(node) => Stored::If(node),
        NodeKind::Else(node) => Stored::Else(node),
        NodeKind::Block(block) => match nodes_alone(&block.implicit_dependencies) {
            Some(implicit_dependencies) => Stored::Block(PlainBlock {
                kind: block.kind,
                global_reads: block.global_reads,
                implicit_dependencies,
                calls: block.calls,
            }),
            None => Stored::BlockOnStates(block),
        },
        NodeKind::Undo(undo) => Stored::Undo(undo),
    };
    postcard::to_stdvec(&stored)
}

/// The steps, where none of them has its state.
fn nodes_alone(dependencies: &[ImplicitDependency]) -> Option<Vec<NodeId>> {
    dependencies.iter().map(|needed| needed.state.is_none().then_some(needed.node)).collect()
}

pub(super) fn decode(data: &[u8]) -> Result<NodeKind, postcard::Error> {
    let needs = |nodes: Vec<NodeId>| nodes.into_iter().map(ImplicitDependency::from).collect();
    Ok(match postcard::from_bytes(data)? {
        Stored::Import(import) => NodeKind::Import(import),
        Stored::Lookup(lookup) => NodeKind::Lookup(lookup),
        Stored::Literal(literal) => NodeKind::Literal(literal),
        Stored::Call(call) => NodeKind::Call(Call {
            function: call.function,
            positional: call.positional,
            keyword: call.keyword,
            global_reads: call.global_reads,
            implicit_dependencies: needs(call.implicit_dependencies),
        }),
        Stored::Mutate(mutate) => NodeKind::Mutate(Mutate::new(mutate.source, mutate.call)),
        Stored::Global(global) => NodeKind::Global(global),
        Stored::If(node) => NodeKind::If(node),
        Stored::Else(node) => NodeKind::Else(node),
        Stored::Block(block) => NodeKind::Block(Block {
            kind: block.kind,
            global_reads: block.global_reads,
            implicit_dependencies: needs(block.implicit_dependencies),
            calls: block.calls,
        }),
        Stored::CallOnStates(call) => NodeKind::Call(call),
        Stored::CausedMutate(mutate) => NodeKind::Mutate(mutate),
        Stored::BlockOnStates(block) => NodeKind::Block(block),
        Stored::Undo(undo) => NodeKind::Undo(undo),
    })
}

#[cfg(test)]
mod tests;
