//! Run: a node that runs, with what handlers need for it.

use std::collections::BTreeMap;

use clew_graph::{GlobalRead, Node, NodeId, Timestamp};

use crate::error::Stop;
use crate::memory::Memory;
use crate::{Accessed, Host, NodeOutcome, ValueId};

/// A node that runs.
pub(crate) struct Run<'r> {
    pub(crate) memory: &'r Memory,
    pub(crate) host: &'r mut dyn Host,
    pub(crate) node: &'r Node,
    /// The program's variables; `None` where the node knows itself which ones it read.
    pub(crate) variables: Option<&'r BTreeMap<String, NodeId>>,
}

/// A value that takes part in a call, and the node that it came from. What was spread out of a
/// starred argument came from that argument's node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PassedValue {
    pub(crate) node: NodeId,
    pub(crate) value: ValueId,
}

impl<'r> Run<'r> {
    /// The value of a node that this one uses.
    pub(crate) fn value(&self, input: NodeId) -> Result<ValueId, Stop> {
        Ok(self.memory.required_value(self.node.id, input)?)
    }

    /// The times of the node that this one stands on.
    pub(crate) fn time_of(&self, input: NodeId) -> Result<(Timestamp, Timestamp), Stop> {
        Ok(self.memory.required_time(self.node.id, input)?)
    }

    /// Times what asks the host for a value.
    pub(crate) fn timed(
        &mut self,
        run: impl FnOnce(&mut dyn Host) -> Result<ValueId, Stop>,
    ) -> Result<NodeOutcome, Stop> {
        let start = self.host.now();
        let value = run(self.host)?;
        let end = self.host.now();
        let state = self.host.external_state(value);
        Ok(NodeOutcome { state, ..NodeOutcome::new(start, end).with_value(value) })
    }

    /// The values of the global variables that the node may read: the first time all of the
    /// program's, afterwards those that it was seen to read.
    pub(crate) fn globals(&self, reads: &'r [GlobalRead]) -> Result<Vec<(&'r str, ValueId)>, Stop> {
        if self.memory.has_variables {
            return Ok(Vec::new());
        }
        let Some(variables) = self.variables else {
            return reads
                .iter()
                .map(|read| Ok((read.name.as_str(), self.value(read.node)?)))
                .collect();
        };
        // A variable whose value was let go of, or never known, is the host's own to find.
        let known = variables.iter().filter_map(|(name, &node)| {
            self.memory.value(node).map(|value| (name.as_str(), value))
        });
        Ok(known.collect())
    }

    /// The global variables that were read and are known as nodes.
    pub(crate) fn reads(&self, accessed: &Accessed, reads: &[GlobalRead]) -> Vec<PassedValue> {
        let node_of = |name: &String| match self.variables {
            Some(variables) => variables.get(name).copied(),
            None => reads.iter().find(|read| read.name == *name).map(|read| read.node),
        };
        let known = accessed.read.iter().filter_map(node_of);
        known
            .filter_map(|node| Some(PassedValue { node, value: self.memory.value(node)? }))
            .collect()
    }
}
