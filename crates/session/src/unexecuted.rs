//! Unexecuted: slices of texts that never ran, by what their statements may do.
//!
//! Each statement at module level is a node. What it reads and binds stands in its text; what it may change is
//! told by the rules about what it calls, and where there are none it may change all that it is given, with all
//! that may share state with that. Nothing is run and no library's source is read, so such a slice holds more
//! than one of a program that ran, and it knows of no change that neither text nor rules show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clew_effects::{Catalog, ExternalState, LastWriters, StateKey};
use clew_graph::{
    Call, GlobalRead, Graph, ImplicitDependency, Literal, NewNode, NodeId, NodeKind, Operator,
    Source, SourceId, SourceLocation, Span,
};
use clew_syntax::{Expr, ExprKind, Range, Statement, Template};

use self::scene::{Gathered, Scene};
use self::value::{Nature, TextValue};
use crate::{CaptureError, SliceError, Sliced, Slicer};

mod value;
mod scene;
mod outside;
mod made;
mod call;
mod expression;
mod statement;

#[cfg(test)]
mod tests;

/// Texts that never ran, one after the other, as nodes.
pub struct Unexecuted {
    graph: Graph,
    sources: Vec<Source>,
    /// The nodes that each variable's value is at the end, with what its functions read.
    variables: BTreeMap<String, Vec<NodeId>>,
}

impl Unexecuted {
    /// Reads texts: a script, or the cells of a notebook in the order in which they stand.
    ///
    /// # Errors
    /// When one of them is no Python, with its place among them.
    pub fn read(
        texts: &[(SourceLocation, String)],
        catalog: &Catalog,
    ) -> Result<Self, (usize, CaptureError)> {
        let mut reading = Reading::new(catalog);
        let mut sources = Vec::new();
        for (at, (location, text)) in texts.iter().cloned().enumerate() {
            let unit = clew_syntax::parse(&text).map_err(|error| (at, error.into()))?;
            reading.scene.units.push(Arc::new(unit));
            sources.push(Source { id: SourceId::new(at as u32), location, text });
        }
        for at in 0..sources.len() {
            reading.text(at).map_err(|error| (at, error))?;
        }
        let variables = reading.at_the_end();
        Ok(Self { graph: reading.graph, sources, variables })
    }

    /// The texts.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The names of the variables that are bound at the end.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// What may make a variable's value; `None` where there is no such variable.
    ///
    /// # Errors
    /// When a text cannot be read again.
    pub fn slice(&self, name: &str) -> Result<Option<Sliced>, SliceError> {
        let Some(sinks) = self.variables.get(name) else { return Ok(None) };
        let slicer = Slicer::new(&self.graph, &self.sources)?;
        Ok(Some(slicer.slice(sinks.iter().copied())))
    }
}

fn is_docstring(statement: &Statement) -> bool {
    matches!(
        &statement.template,
        Template::Expression(Expr { kind: ExprKind::Literal(Literal::Str(_)), .. })
    )
}

/// Texts that are gone through.
struct Reading<'c> {
    scene: Scene<'c>,
    graph: Graph,
    /// The nodes that variables' values are.
    nodes: BTreeMap<String, NodeId>,
    states: LastWriters,
    /// The nodes that wrote any state but that of figures.
    writers: Vec<NodeId>,
    /// The nodes that may have bound any name.
    unknown: Vec<NodeId>,
    /// The imports that may be there for what they do.
    effects: Vec<NodeId>,
}

impl<'c> Reading<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        Self {
            scene: Scene::new(catalog),
            graph: Graph::default(),
            nodes: BTreeMap::new(),
            states: LastWriters::default(),
            writers: Vec::new(),
            unknown: Vec::new(),
            effects: Vec::new(),
        }
    }

    fn text(&mut self, at: usize) -> Result<(), CaptureError> {
        let unit = Arc::clone(&self.scene.units[at]);
        self.scene.text = at;
        for &id in unit.top() {
            let statement = unit.statement(id);
            self.scene.step = Gathered::default();
            self.scene.statement(&unit, statement);
            if unit.top().first() == Some(&id) && is_docstring(statement) {
                self.scene.bind("__doc__", TextValue::of(Nature::Plain));
            }
            let step = std::mem::take(&mut self.scene.step);
            match &statement.template {
                Template::Import(aliases) => {
                    for alias in aliases {
                        let mut own = Gathered {
                            // What of it runs may read anything; what it keeps is read by its name.
                            reads_any_state: !self.scene.has_rules(&alias.module),
                            ..Gathered::default()
                        };
                        own.bound.insert(alias.binding.clone(), true);
                        own.binds_unknown = alias.binding == "*";
                        // `import a.b` adds to what `import a` bound.
                        if alias.name.is_none() && !alias.asname {
                            own.reads.insert(alias.binding.clone());
                        }
                        let node = self.node(at, alias.range, own)?;
                        if self.is_for_its_effects(&alias.binding, &alias.module) {
                            self.effects.push(node);
                        }
                    }
                }
                _ => {
                    self.statement_node(at, statement, step)?;
                }
            }
        }
        Ok(())
    }

    /// Whether nobody reads what an import binds, and it is none of a package whose rules are known: it may be
    /// there for what it does.
    fn is_for_its_effects(&self, binding: &str, module: &str) -> bool {
        let is_read = self.scene.units.iter().any(|unit| {
            let statements = unit.statements().iter().flat_map(|statement| &statement.whole.reads);
            let scopes = unit.scopes().iter().flat_map(|scope| &scope.reads);
            statements.chain(scopes).any(|read| read.name == binding)
        });
        let is_submodule = module.contains('.') && !module.starts_with('.');
        binding != "*" && !is_read && (is_submodule || !self.scene.has_rules(module))
    }

    fn statement_node(
        &mut self,
        at: usize,
        statement: &Statement,
        mut step: Gathered,
    ) -> Result<NodeId, CaptureError> {
        step.reads.extend(statement.whole.reads.iter().map(|read| read.name.clone()));
        self.node(at, statement.range, step)
    }

    /// The node of a statement, and what it binds and changes.
    fn node(&mut self, at: usize, range: Range, step: Gathered) -> Result<NodeId, CaptureError> {
        let mut names = step.reads;
        names.extend(step.changed.iter().cloned());
        let uncertain = step.bound.iter().filter(|(_, certain)| !**certain);
        names.extend(uncertain.map(|(name, _)| name.clone()));
        let mut call = Call::operator(Operator::Evaluate, []);
        let mut needed: BTreeSet<NodeId> = self.effects.iter().copied().collect();
        for name in names {
            match self.nodes.get(&name) {
                Some(&node) => call.global_reads.push(GlobalRead { name, node }),
                None => needed.extend(&self.unknown),
            }
        }
        needed.extend(step.states_read.iter().flat_map(|state| self.states.read(state)));
        if step.reads_any_state {
            needed.extend(&self.writers);
        }
        call.implicit_dependencies = needed.into_iter().map(ImplicitDependency::from).collect();
        let span = Span { source: SourceId::new(at as u32), start: range.start, end: range.end };
        let kind = NodeKind::Call(call);
        let node = self.graph.insert(NewNode { span: Some(span), control: None, kind })?;
        let shows = |state: &StateKey| state.state == ExternalState::Pyplot;
        if !step.states_written.iter().all(shows) {
            self.writers.push(node);
        }
        for state in step.states_written {
            self.states.write(state, node, false);
        }
        for name in step.changed {
            if let Some(known) = self.nodes.get_mut(&name) {
                *known = node;
            }
        }
        for (name, certain) in step.bound {
            match certain && !self.scene.variables.contains_key(&name) && name != "*" {
                true => self.nodes.remove(&name),
                false => self.nodes.insert(name, node),
            };
        }
        if step.binds_unknown {
            self.unknown.push(node);
        }
        Ok(node)
    }

    /// Each variable's node, with those of what functions in its value read.
    fn at_the_end(&mut self) -> BTreeMap<String, Vec<NodeId>> {
        let mut all = BTreeMap::new();
        for (name, &node) in &self.nodes {
            self.scene.step = Gathered::default();
            let runs = self.scene.variables.get(name).map(|value| value.runs.clone());
            self.scene.run(runs.unwrap_or_default());
            self.scene.named(name);
            let step = std::mem::take(&mut self.scene.step);
            let others = step.reads.iter().filter_map(|name| self.nodes.get(name).copied());
            let writers = step.states_read.iter().flat_map(|state| self.states.read(state));
            all.insert(name.clone(), [node].into_iter().chain(others).chain(writers).collect());
        }
        all.remove("*");
        all
    }
}
