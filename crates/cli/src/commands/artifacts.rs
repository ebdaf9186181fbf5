//! `clew artifacts`: lists what was saved.

use clap::Args;
use serde_json::json;

use super::StorePlace;
use crate::CommandError;
use crate::report::moment;

#[derive(Args)]
pub(super) struct Artifacts {
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Artifacts {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let artifacts = match self.store.open_existing() {
            Ok(store) => store.artifacts()?,
            // Nothing was saved in a place that is not there.
            Err(CommandError::NoSession { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        if self.json {
            let rows: Vec<_> = artifacts
                .iter()
                .map(|artifact| {
                    json!({
                        "name": artifact.name,
                        "version": artifact.version,
                        "created": moment(artifact.created),
                        "session": artifact.session.to_string(),
                        "type": artifact.type_name,
                    })
                })
                .collect();
            say_line!("{}", json!(rows));
            return Ok(0);
        }
        let width = |header: &str, cells: &mut dyn Iterator<Item = usize>| {
            cells.chain([header.len()]).max().unwrap_or(0)
        };
        let names = width("NAME", &mut artifacts.iter().map(|a| a.name.chars().count()));
        let types = width("TYPE", &mut artifacts.iter().map(|a| a.type_name.chars().count()));
        say_line!("{:names$}  VERSION  SAVED (UTC)          {:types$}  SESSION", "NAME", "TYPE");
        for artifact in &artifacts {
            say_line!(
                "{:names$}  {:7}  {}  {:types$}  {}",
                artifact.name,
                artifact.version,
                moment(artifact.created),
                artifact.type_name,
                artifact.session,
            );
        }
        Ok(0)
    }
}
