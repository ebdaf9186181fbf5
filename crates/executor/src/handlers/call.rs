//! Call: arguments are spread out, the context is opened, the call timed and run, the context
//! closed, and the annotations asked what it did.

use clew_graph::{self as graph, Call, Operator};

use crate::arguments::ArgumentValues;
use crate::error::Stop;
use crate::inspect::Inspected;
use crate::run::{PassedValue, Run};
use crate::{CalleeNames, Context, HostError, NodeOutcome};

/// What is called, with the value that it has if it is one of the program's.
#[derive(Clone, Copy)]
enum Function {
    Value(PassedValue),
    Operator(Operator),
}

pub(super) fn run<'r>(run: &mut Run<'r>, call: &'r Call) -> Result<NodeOutcome, Stop> {
    let function = match call.function {
        graph::CallTarget::Node(node) => {
            Function::Value(PassedValue { node, value: run.value(node)? })
        }
        graph::CallTarget::Operator(operator) => Function::Operator(operator),
    };
    let arguments = ArgumentValues::gather(run, call)?;
    let positional = arguments.positional_values();
    let keyword = arguments.keyword_values();
    let globals = run.globals(&call.global_reads)?;

    run.host.open_context(&Context {
        node: run.node.id,
        execution: run.memory.execution(),
        globals: &globals,
    });
    let start = run.host.now();
    let result = match function {
        Function::Value(function) => run.host.call(function.value, &positional, &keyword),
        Function::Operator(operator) => {
            run.host.operator(operator, &positional, run.memory.text(run.node))
        }
    };
    let end = run.host.now();
    let accessed = run.host.close_context();
    let value = match result {
        Ok(value) => Ok(value),
        Err(HostError::Raised(raised)) => Err(raised),
        Err(failed) => return Err(failed.into()),
    };

    let callee = match function {
        Function::Value(function) => run.host.callee(function.value),
        Function::Operator(_) => CalleeNames::Unknown,
    };
    let inspected = Inspected {
        host: run.host,
        memory: run.memory,
        node: run.node.id,
        arguments: &arguments,
        receiver: match function {
            Function::Value(function) => receiver(run, function, &callee),
            Function::Operator(_) => None,
        },
        reads: run.reads(&accessed, &call.global_reads),
        result: value.as_ref().ok().copied(),
    };
    let (changes, confidence) = match function {
        Function::Value(_) => inspected.call(&callee),
        Function::Operator(operator) => inspected.operator(operator),
    };
    let shared = if accessed.written.is_empty() { Vec::new() } else { inspected.reach() };
    Ok(NodeOutcome {
        start,
        end,
        state: value.as_ref().ok().and_then(|&value| run.host.external_state(value)),
        value: value.map(Some),
        accessed,
        shared,
        changes,
        confidence,
    })
}

/// What the function was taken from: by the attribute access that took it, else by what the host
/// knows of the function. Where neither leads to a node, the function itself stands for it.
fn receiver(run: &Run<'_>, function: PassedValue, callee: &CalleeNames) -> Option<PassedValue> {
    let by_access = run
        .memory
        .bound_self(function.node)
        .and_then(|node| Some(PassedValue { node, value: run.memory.value(node)? }));
    if by_access.is_some() {
        return by_access;
    }
    let CalleeNames::Method { receiver, .. } = callee else { return None };
    let node = run.memory.node_of(run.host.identity(*receiver));
    Some(PassedValue { node: node.unwrap_or(function.node), value: *receiver })
}
