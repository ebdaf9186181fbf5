//! Block: the host runs the statement's text in a context, and what it may have changed is assumed.

use clew_effects::Confidence;
use clew_graph::{Block, BlockKind, GlobalRead};

use crate::arguments::ArgumentValues;
use crate::error::Stop;
use crate::inspect::Inspected;
use crate::run::Run;
use crate::{Context, ExecuteError, HostError, NodeOutcome};

pub(super) fn run<'r>(run: &mut Run<'r>, block: &'r Block) -> Result<NodeOutcome, Stop> {
    if block.kind == BlockKind::Unexecuted {
        let now = run.host.now();
        return Ok(NodeOutcome::new(now, now));
    }
    let text = run.memory.text(run.node).ok_or(ExecuteError::NoText { node: run.node.id })?;
    run_text(run, block, text, &block.global_reads)
}

/// Runs a text; `block` says what is known of it.
pub(super) fn run_text<'r>(
    run: &mut Run<'r>,
    block: &Block,
    text: &str,
    global_reads: &'r [GlobalRead],
) -> Result<NodeOutcome, Stop> {
    let globals = run.globals(global_reads)?;

    run.host.open_context(&Context {
        node: run.node.id,
        execution: run.memory.execution(),
        globals: &globals,
    });
    let start = run.host.now();
    let result = run.host.block(block, text);
    let end = run.host.now();
    let accessed = run.host.close_context();
    let value = match result {
        Ok(()) => Ok(None),
        Err(HostError::Raised(raised)) => Err(raised),
        Err(failed) => return Err(failed.into()),
    };

    let inspected = Inspected {
        host: run.host,
        memory: run.memory,
        node: run.node.id,
        arguments: &ArgumentValues::default(),
        receiver: None,
        reads: run.reads(&accessed, global_reads),
        result: None,
    };
    // A definition that calls nothing, neither a decorator nor for a default, changes nothing.
    let defines = matches!(block.kind, BlockKind::Function | BlockKind::Class);
    let (changes, confidence) = match defines && block.calls.is_empty() {
        true => (Vec::new(), Confidence::Annotated),
        false => inspected.statement(),
    };
    let shared = if accessed.written.is_empty() { Vec::new() } else { inspected.reach() };
    Ok(NodeOutcome { start, end, value, state: None, accessed, shared, changes, confidence })
}
