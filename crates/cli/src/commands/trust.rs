//! `clew trust`: whose saved values are loaded.

use clap::Args;
use clew_session::trust::{self, PublicKey};
use serde_json::json;

use crate::CommandError;
use crate::listing::{Column, Listing};
use crate::report::say_json;

#[derive(Args)]
#[command(
    after_help = "Without KEY it lists your own key, which others trust, and those that you trust."
)]
pub(super) struct Trust {
    /// Loads values that the owner of this key saved, which may run any code of theirs
    #[arg(value_name = "KEY")]
    key: Option<PublicKey>,
    /// Whose key it is
    #[arg(
        long,
        value_name = "NAME",
        requires = "key",
        default_value = "",
        hide_default_value = true
    )]
    name: String,
    /// Trusts this key no more
    #[arg(long, value_name = "KEY", conflicts_with = "key")]
    remove: Option<PublicKey>,
    /// Prints JSON
    #[arg(long, conflicts_with_all = ["key", "remove"])]
    json: bool,
}

impl Trust {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        if let Some(key) = self.key {
            trust::trust(key, &self.name)?;
            return Ok(0);
        }
        if let Some(key) = self.remove {
            if !trust::distrust(key)? {
                complain!("key {key} was not trusted");
                return Ok(1);
            }
            return Ok(0);
        }
        let own = trust::own_key().map_err(|reason| CommandError::NoKey(reason.to_owned()))?;
        let trusted = trust::trusted()?;
        if self.json {
            let rows: Vec<_> = trusted
                .iter()
                .map(|listed| json!({"key": listed.key.to_string(), "name": listed.name}))
                .collect();
            say_json(&json!({"own": own.to_string(), "trusted": rows}));
            return Ok(0);
        }
        let mut listing = Listing::new(&["NAME", "KEY"].map(Column::Left));
        listing.add(&["(you)", &own.to_string()]);
        for listed in &trusted {
            listing.add(&[&listed.name, &listed.key.to_string()]);
        }
        listing.print();
        Ok(0)
    }
}
