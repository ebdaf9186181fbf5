//! `clew graph`: prints the recorded graph.

use clap::Args;
use clew_graph::{BlockKind, NodeKind};
use serde_json::json;

use super::StorePlace;
use super::recorded::Recorded;
use crate::CommandError;
use crate::report::{say_code, say_json};

#[derive(Args)]
pub(super) struct Graph {
    /// The session, by its id or the beginning of it [default: the latest]
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Prints JSON: how many nodes there are and how many are unknown
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Graph {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let recorded = Recorded::load(&self.store.open_existing()?, self.session.as_deref())?;
        if self.json {
            let unknown = recorded.graph.nodes().iter().filter(|node| {
                matches!(&node.kind, NodeKind::Block(block) if block.kind == BlockKind::Unknown)
            });
            say_json(&json!({
                "session": recorded.session.id.to_string(),
                "nodes": recorded.graph.len(),
                "unknown": unknown.count(),
            }));
        } else {
            say_code(&recorded.graph.to_string());
        }
        Ok(0)
    }
}
