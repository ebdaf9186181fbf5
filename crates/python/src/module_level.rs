//! Module level: what functions of a slice are made from.

use clew_cli::shown_name;
use clew_graph::{Artifact, Graph, NodeId, NodeKind};
use clew_session::{
    Adjustment, ModuleLevel, ModuleStatement, RecordedValue, Refusal, Slicer, Taught, ValueChange,
    final_variables, with_given,
};
use clew_store::{Store, StoreError};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::stored::{find, is_live, no_lineage, open, runtime, with_slicer};

/// The slice of an artifact, and of others of its session, by its statements at the module's level. What made the
/// artifacts of the session that are given is left out.
#[pyfunction]
#[pyo3(signature = (name, version, others, given))]
pub(crate) fn module_level<'py>(
    py: Python<'py>,
    name: &str,
    version: Option<u32>,
    others: Vec<(String, u32)>,
    given: Vec<(String, u32)>,
) -> PyResult<Bound<'py, PyDict>> {
    let store = open()?;
    let artifact = find(&store, name, version)?;
    if is_live(&artifact) {
        if !given.is_empty() || !others.is_empty() {
            return Err(PyRuntimeError::new_err(format!(
                "the code of `{}` can be made with that of others when the program that saved it has ended",
                shown_name(name)
            )));
        }
        let level = with_slicer(&store, &artifact, |slicer, sinks| {
            slicer.module_level(sinks, &Adjustment::default())
        })?;
        let row = row_of(py, &level)?;
        row.set_item("given", Vec::<u32>::new())?;
        return Ok(row);
    }
    let node = artifact.node.ok_or_else(|| no_lineage(&store, &artifact))?;
    let mut wanted = vec![(artifact.clone(), node)];
    for (name, version) in &others {
        let other = find(&store, name, Some(*version))?;
        let node = other.node.ok_or_else(|| no_lineage(&store, &other))?;
        wanted.push((other, node));
    }
    let mut nodes = Vec::new();
    for (name, version) in &given {
        let given = find(&store, name, Some(*version))?;
        nodes.push(given.node.ok_or_else(|| no_lineage(&store, &given))?);
    }
    let graph = store.graph(artifact.session).map_err(runtime)?;
    let sources = store.sources(artifact.session).map_err(runtime)?;
    let whole = Slicer::new(&graph, &sources).map_err(runtime)?;
    let places: Vec<Given> = nodes
        .iter()
        .map(|&node| (whole.variable_of(node), whole.module_statement_of(node)))
        .map(|(variable, place)| (variable, place.map(|(source, at)| (source.index(), at))))
        .collect();
    let cut = match nodes[..] {
        [] => None,
        _ => Some(with_given(&graph, &nodes).map_err(runtime)?),
    };
    let cut = cut.as_ref().unwrap_or(&graph);
    let slicer = Slicer::new(cut, &sources).map_err(runtime)?;
    let level = level_of(&store, &slicer, &wanted).map_err(runtime)?;
    let certificates = store.certificates(artifact.session).map_err(runtime)?;
    if let Some(reason) = Refusal::of(&level.sliced, &certificates) {
        return Err(PyRuntimeError::new_err(format!(
            "the slice of `{}` is refused: {reason}",
            shown_name(name)
        )));
    }
    let row = row_of(py, &level)?;
    row.set_item("given", places)?;
    let is_late = wanted.iter().any(|&(_, node)| {
        let variable = slicer.variable_of(node);
        level.changes.iter().any(|change| is_after(cut, change, node, variable.as_deref()))
    });
    row.set_item("changes_what_is_kept", is_late)?;
    row.set_item("redacted", clew_session::redacted_lines(&store, artifact.session))?;
    Ok(row)
}

/// Whether a change is one of a step's value as it was then.
fn is_after(graph: &Graph, change: &ValueChange, node: NodeId, variable: Option<&str>) -> bool {
    if change.step < node {
        return false;
    }
    // What is saved within a function is known by the call that saves it.
    let mut kept = vec![node];
    if let Some(saving) = graph.get(node) {
        saving.kind.visit_inputs(&mut |_, input| kept.push(input));
    }
    let mut step = change.step;
    while let Some(NodeKind::Mutate(mutate)) = graph.get(step).map(|node| &node.kind) {
        if kept.contains(&mutate.source) {
            return true;
        }
        step = mutate.source;
    }
    // Of what a loop changes only the variable is known.
    change.made_by.is_none() && variable.is_some() && change.variable.as_deref() == variable
}

/// The variable that a given value is bound to, and where: its text and which statement there.
type Given = (Option<String>, Option<(u32, usize)>);

/// The slice of some artifacts of one session.
fn level_of(
    store: &Store,
    slicer: &Slicer<'_>,
    wanted: &[(Artifact, NodeId)],
) -> Result<ModuleLevel, StoreError> {
    let (mut all, mut adjusted) = (Vec::new(), None::<Adjustment>);
    for (artifact, node) in wanted {
        let taught = Taught::of(store, artifact.session)?;
        let variables = final_variables(store, artifact.session)?;
        let value = RecordedValue::of_artifact(artifact, *node);
        let sinks = value.sinks(slicer, &variables);
        let own = value.adjustment(store, &taught, slicer, &sinks)?;
        all.extend(sinks);
        adjusted = Some(match adjusted {
            None => own,
            // What one was seen not to need, another may.
            Some(mut known) => {
                known.put_back.extend(own.put_back);
                known.put_back.sort();
                known.put_back.dedup();
                known.left_out.retain(|span| own.left_out.contains(span));
                known
            }
        });
    }
    Ok(slicer.module_level(all, &adjusted.unwrap_or_default()))
}

/// What Python is told of it.
fn row_of<'py>(py: Python<'py>, level: &ModuleLevel) -> PyResult<Bound<'py, PyDict>> {
    let row = PyDict::new(py);
    row.set_item("code", &level.sliced.code)?;
    let statements = level.statements.iter().map(|statement| {
        let ModuleStatement { position, last_line, ordinal, needs } = statement;
        let row = PyDict::new(py);
        row.set_item("source", position.source.index())?;
        row.set_item("cell", position.cell)?;
        row.set_item("line", position.line)?;
        row.set_item("last_line", last_line)?;
        row.set_item("ordinal", ordinal)?;
        row.set_item("needs", needs)?;
        Ok(row)
    });
    row.set_item("statements", statements.collect::<PyResult<Vec<_>>>()?)?;
    let changes = level.changes.iter().map(|change| {
        let ValueChange { step, variable, made_by, changed_by } = change;
        (step.index(), variable, *made_by, *changed_by)
    });
    row.set_item("changes", changes.collect::<Vec<_>>())?;
    Ok(row)
}
