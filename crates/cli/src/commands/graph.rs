//! `clew graph`: prints the recorded graph, or draws a slice.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use clew_graph::{BlockKind, NodeId, NodeKind, os_text};
use clew_session::picture::{self, Facts};
use clew_session::{KeptStatement, MadeValue};
use serde_json::{Value, json};

use super::StorePlace;
use super::named_value::NamedValue;
use super::recorded::Recorded;
use super::slice::row_of;
use crate::CommandError;
use crate::report::{say_code, say_json};

#[derive(Args)]
pub(super) struct Graph {
    /// Only what this variable or artifact needs: NAME, NAME@VERSION or SCRIPT:NAME
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// What it is given as; a picture is of what NAME needs [default: text, or what FILE ends in]
    #[arg(long, value_name = "FORMAT", conflicts_with = "json")]
    format: Option<Format>,
    /// Writes it to a file
    #[arg(long, short, value_name = "FILE", conflicts_with = "json")]
    output: Option<String>,
    /// The session, by its id or the beginning of it [default: the latest]
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Prints JSON: how many nodes there are and how many are unknown
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

/// What a graph is given as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The nodes, a line each
    Text,
    /// A picture of the statements
    Svg,
    /// A page with the picture, where a click says why a statement is there, how long it took and what it made
    Html,
    /// What the page tells, as JSON
    Json,
}

impl Graph {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        let Some(name) = &self.name else {
            if self.format() != Format::Text {
                return Err(CommandError::WrongUse(
                    "a picture, or its JSON, is of what a variable or artifact needs; name one"
                        .to_owned(),
                ));
            }
            let recorded = Recorded::load(&store, self.session.as_deref())?;
            let text = recorded.graph.to_string();
            return self.give(&recorded, recorded.graph.nodes().len(), &text);
        };
        let found = NamedValue::find(&store, name, self.session.as_deref())?;
        let recorded = &found.recorded;
        let slicer = recorded.slicer()?;
        let sinks = found.value().sinks(&slicer, &recorded.nodes());
        let slice = recorded.graph.slice(sinks.iter().copied());
        let title = match &found.artifact {
            Some(artifact) => format!("{}@{}", artifact.name, artifact.version),
            None => found.name.clone(),
        };
        let facts = || slicer.facts(&store, recorded.session.id);
        let text = match self.format() {
            Format::Svg => picture::svg(&title, &slicer.why(sinks), &facts()?),
            Format::Html => picture::html(&title, &slicer.why(sinks), &facts()?),
            Format::Json => {
                let rows = statements(&slicer.why(sinks), &facts()?);
                let document = json!({ "name": title, "statements": rows });
                if self.output.is_none() {
                    say_json(&document);
                    return Ok(0);
                }
                os_text::in_json(&document.to_string())
            }
            Format::Text => {
                let needed: BTreeSet<NodeId> = slice.ids().collect();
                let nodes = recorded.graph.nodes().iter().filter(|node| needed.contains(&node.id));
                nodes.map(|node| format!("{node}\n")).collect()
            }
        };
        self.give(recorded, slice.ids().count(), &text)
    }

    fn format(&self) -> Format {
        let ends_in =
            |ending: &str| self.output.as_deref().is_some_and(|file| file.ends_with(ending));
        match self.format {
            Some(format) => format,
            None if ends_in(".svg") => Format::Svg,
            None if ends_in(".html") => Format::Html,
            None if ends_in(".json") => Format::Json,
            None => Format::Text,
        }
    }

    fn give(&self, recorded: &Recorded, nodes: usize, text: &str) -> Result<u8, CommandError> {
        if self.json {
            let unknown = recorded.graph.nodes().iter().filter(|node| {
                matches!(&node.kind, NodeKind::Block(block) if block.kind == BlockKind::Unknown)
            });
            say_json(&json!({
                "session": recorded.session.id.to_string(),
                "nodes": nodes,
                "unknown": unknown.count(),
            }));
        } else if let Some(file) = &self.output {
            std::fs::write(os_text::path(file), text)
                .map_err(|source| CommandError::Unwritten { path: file.clone(), source })?;
        } else {
            say_code(text);
        }
        Ok(0)
    }
}

/// What JSON says of the statements of a slice, and what is known of each.
fn statements(kept: &[KeptStatement], facts: &Facts) -> Vec<Value> {
    let row = |statement: &KeptStatement| {
        let mut row = row_of(statement);
        let facts = facts.get(&statement.position).cloned().unwrap_or_default();
        let made = facts.made.iter().map(|made| {
            let MadeValue { variable, type_name, artifact } = made;
            json!({ "variable": variable, "type": type_name, "artifact": artifact })
        });
        row["indent"] = json!(statement.indent);
        row["seconds"] = json!(facts.seconds);
        row["made"] = made.collect();
        row
    };
    kept.iter().map(row).collect()
}
