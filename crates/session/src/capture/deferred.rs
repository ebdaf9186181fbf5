//! Deferred: what values need that hold functions of the program.

use clew_graph::{
    Call, Cause, Confidence, ImplicitDependency, Mutate, NewNode, NodeId, NodeKind, Operator,
};
use rustc_hash::FxHashSet;

use super::{Capture, CaptureError};
use crate::Deferred;

impl Capture {
    /// The node of a value whose functions will read variables: that of the value alone where they are
    /// none of the program's.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn defer(&mut self, node: NodeId, reads: &[String]) -> Result<NodeId, CaptureError> {
        let (mut global_reads, mut seen) = (Vec::new(), FxHashSet::default());
        for name in reads {
            self.add_read(name, &mut global_reads, &mut seen);
        }
        global_reads.retain(|read| read.node != node);
        if global_reads.is_empty() {
            return Ok(node);
        }
        let mut call = Call::operator(Operator::Alias, [node]);
        // The functions themselves are needed as they are, whoever called them.
        let functions =
            global_reads.iter().filter_map(|read| self.graph.function_behind(read.node));
        call.implicit_dependencies = functions.map(ImplicitDependency::from).collect();
        call.global_reads = global_reads;
        let call = self.graph.insert(NewNode::from(NodeKind::Call(call)))?;
        let by = "functions within it".to_owned();
        let cause = Some(Cause { by, confidence: Confidence::Annotated });
        let mutate = NodeKind::Mutate(Mutate { source: node, call, cause });
        Ok(self.graph.insert(NewNode::from(mutate))?)
    }

    /// The same for variables, all as they are now; the variables that are other nodes from now on.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn defer_all(
        &mut self,
        deferred: &[Deferred],
    ) -> Result<Vec<(String, NodeId)>, CaptureError> {
        let mut changed = Vec::new();
        for Deferred { variable, reads } in deferred {
            let Some(node) = self.variable(variable) else { continue };
            let with_reads = self.defer(node, reads)?;
            if with_reads != node {
                changed.push((variable.clone(), with_reads));
            }
        }
        for (name, node) in &changed {
            self.variables.insert(name.clone(), *node);
        }
        Ok(changed)
    }
}
