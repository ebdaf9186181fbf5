//! `clew config`: what is set, and where.

use clap::Args;
use clew_session::configuration::{KEYS, SetBy};
use serde_json::{Map, json};

use super::{StorePlace, settings};
use crate::CommandError;
use crate::interpreter::OBSERVE;
use crate::listing::{Column, Listing};
use crate::report::{near, say_json};

/// After how many seconds a replay is stopped.
pub(super) const TIMEOUT: u64 = 600;

#[derive(Args)]
#[command(
    after_help = "Flags go before the environment, and that before the file: clew.toml, or the table tool.clew of \
                  pyproject.toml, in the current folder or the nearest one above it."
)]
pub(super) struct Config {
    /// Only this setting, its value alone
    #[arg(value_name = "KEY")]
    key: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Config {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let rows = KEYS.iter().map(|key| {
            let (value, origin) = match (key.name, settings().get(key.name)) {
                ("store", _) => self.store.place_with_origin(),
                (_, Some((setting, origin))) => (setting.to_string(), origin.clone()),
                (name, None) => (default_of(name), SetBy::Default),
            };
            (key, value, origin)
        });
        let mut rows: Vec<_> = rows.collect();
        if let Some(asked) = &self.key {
            rows.retain(|(key, ..)| key.name == asked);
            if rows.is_empty() {
                let near = near(asked, KEYS.iter().map(|key| key.name));
                return Err(CommandError::WrongUse(format!("there is no setting `{asked}`{near}")));
            }
        }
        if self.json {
            let known = rows.iter().map(|(key, value, origin)| {
                let row = json!({
                    "value": value,
                    "from": origin.to_string(),
                    "variable": key.variable,
                    "about": key.about,
                });
                (key.name.to_owned(), row)
            });
            say_json(&known.collect::<Map<_, _>>().into());
        } else if self.key.is_some() {
            for (_, value, _) in &rows {
                say_line!("{value}");
            }
        } else {
            let mut listing =
                Listing::new(&["SETTING", "VALUE", "FROM", "VARIABLE"].map(Column::Left));
            for (key, value, origin) in &rows {
                listing.add(&[key.name, value, &origin.to_string(), key.variable]);
            }
            listing.print();
        }
        Ok(0)
    }
}

fn default_of(name: &str) -> String {
    match name {
        "observe" => OBSERVE.to_string(),
        "timeout" => TIMEOUT.to_string(),
        "builtin-annotations" => "true".to_owned(),
        "annotations" => "-".to_owned(),
        _ => "false".to_owned(),
    }
}
