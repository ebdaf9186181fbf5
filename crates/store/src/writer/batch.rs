//! Batch: records that are written together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use clew_graph::{Execution, ExecutionId, Node, NodeId, NodeValue, Source};

use crate::{Finding, Record, SessionFile, Variable};

/// Records that are written together, by table.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) sources: Vec<Source>,
    pub(super) nodes: Vec<Node>,
    pub(super) executions: Vec<Execution>,
    /// Names, versions and steps of artifacts.
    pub(super) artifact_nodes: Vec<(String, u32, NodeId)>,
    pub(super) notes: Vec<String>,
    pub(super) findings: Vec<Finding>,
    pub(super) files: Vec<SessionFile>,
    node_values: Latest<(ExecutionId, NodeId), NodeValue>,
    variables: Latest<String, Variable>,
}

impl Batch {
    pub(super) fn add(&mut self, record: Record) {
        match record {
            Record::Source(source) => self.sources.push(source),
            Record::Node(node) => self.nodes.push(node),
            Record::Nodes(nodes) => self.nodes.extend(nodes),
            Record::Execution(execution) => self.executions.push(execution),
            Record::NodeValue(value) => {
                self.node_values.insert((value.execution, value.node), value);
            }
            Record::Variables(variables) => {
                for variable in variables {
                    self.variables.insert(variable.name.clone(), variable);
                }
            }
            Record::ArtifactNode { name, version, node } => {
                self.artifact_nodes.push((name, version, node));
            }
            Record::Note(text) => self.notes.push(text),
            Record::Finding(finding) => self.findings.push(finding),
            Record::Files(files) => self.files.extend(files),
        }
    }

    pub(super) fn node_values(&self) -> &[NodeValue] {
        &self.node_values.items
    }

    pub(super) fn variables(&self) -> &[Variable] {
        &self.variables.items
    }

    /// How many rows it makes.
    pub(super) fn rows(&self) -> usize {
        self.sources.len()
            + self.nodes.len()
            + self.executions.len()
            + self.artifact_nodes.len()
            + self.notes.len()
            + self.findings.len()
            + self.files.len()
            + self.node_values.items.len()
            + self.variables.items.len()
    }
}

/// The latest item of each key, in the order in which the keys first came.
struct Latest<K, T> {
    items: Vec<T>,
    places: HashMap<K, usize>,
}

impl<K: Eq + Hash, T> Latest<K, T> {
    fn insert(&mut self, key: K, item: T) {
        match self.places.entry(key) {
            Entry::Occupied(place) => self.items[*place.get()] = item,
            Entry::Vacant(place) => {
                place.insert(self.items.len());
                self.items.push(item);
            }
        }
    }
}

impl<K, T> Default for Latest<K, T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: HashMap::new() }
    }
}
