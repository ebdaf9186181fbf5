//! `clew diff`: how two artifacts differ, the likeliest cause first.

use clap::Args;
use clew_session::{Comparison, ValueDifference};
use serde_json::json;

use super::StorePlace;
use super::form::ask;
use super::version_word::{artifact_of, versions_of};
use crate::report::{say_code, say_json};
use crate::{CommandError, Interpreter, shown};

/// Starts what looks at two values.
const START: &str = "from clew._side_by_side import main; main()";

#[derive(Args)]
#[command(after_help = "With one NAME it is compared with the version before it.")]
pub(super) struct Diff {
    /// The artifact to compare with, or the only one: NAME, NAME@VERSION
    #[arg(value_name = "NAME")]
    left: String,
    /// The other
    #[arg(value_name = "OTHER")]
    right: Option<String>,
    /// Exits with 1 where they differ
    #[arg(long)]
    exit_code: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StorePlace,
}

impl Diff {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        let store = self.store.open_existing()?;
        let left = artifact_of(&store, &self.left)?;
        let (left, right) = match &self.right {
            Some(right) => (left, artifact_of(&store, right)?),
            None => {
                let mut before = versions_of(&store, &left.name)?;
                before.retain(|known| known.version < left.version);
                let Some(before) = before.pop() else {
                    return Err(CommandError::WrongUse(format!(
                        "`{}` has no version before {}; name another to compare with",
                        shown::name(&left.name),
                        left.version
                    )));
                };
                (before, left)
            }
        };
        let mut compared = Comparison::of(&store, &left, &right)?;
        if compared.equal != Some(true) {
            let task = json!({
                "store": self.store.place(),
                "left": (&left.name, left.version),
                "right": (&right.name, right.version),
            });
            let found = ask(&interpreter.python(), START, &task);
            let unknown = |error: CommandError| ValueDifference::unknown(error.to_string());
            compared.value = Some(found.unwrap_or_else(unknown));
        }
        if self.json {
            say_json(&json!({
                "left": compared.left,
                "right": compared.right,
                "equal": compared.equal,
                "types": compared.types,
                "aspects": compared.aspects,
                "value": compared.value,
            }));
        } else {
            say_code(&compared.to_string());
        }
        Ok(u8::from(self.exit_code && compared.differs()))
    }
}
