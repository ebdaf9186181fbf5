//! Batch: records that are written together.

use std::collections::HashMap;

use clew_graph::{Execution, Node, NodeValue, Source};

use crate::{Record, Variable};

/// Records that are written together, by table.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) sources: Vec<Source>,
    pub(super) nodes: Vec<Node>,
    pub(super) executions: Vec<Execution>,
    pub(super) node_values: Vec<NodeValue>,
    pub(super) notes: Vec<String>,
    variables: Vec<Variable>,
    /// Where in `variables` each name is. Most are seen many times, and only the last counts.
    places: HashMap<String, usize>,
}

impl Batch {
    pub(super) fn add(&mut self, record: Record) {
        match record {
            Record::Source(source) => self.sources.push(source),
            Record::Node(node) => self.nodes.push(node),
            Record::Nodes(nodes) => self.nodes.extend(nodes),
            Record::Execution(execution) => self.executions.push(execution),
            Record::NodeValue(value) => self.node_values.push(value),
            Record::Note(text) => self.notes.push(text),
            Record::Variables(variables) => {
                for variable in variables {
                    self.add_variable(variable);
                }
            }
        }
    }

    pub(super) fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// How many rows it makes.
    pub(super) fn rows(&self) -> usize {
        self.sources.len()
            + self.nodes.len()
            + self.executions.len()
            + self.node_values.len()
            + self.notes.len()
            + self.variables.len()
    }

    fn add_variable(&mut self, variable: Variable) {
        match self.places.get(&variable.name) {
            Some(&place) => self.variables[place] = variable,
            None => {
                self.places.insert(variable.name.clone(), self.variables.len());
                self.variables.push(variable);
            }
        }
    }
}
