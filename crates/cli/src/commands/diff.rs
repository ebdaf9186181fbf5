//! `clew diff`: how two artifacts differ, the likeliest cause first.

use clap::Args;
use clap::builder::styling::{AnsiColor, Style};
use clew_graph::SessionId;
use clew_session::{Comparison, ValueDifference};
use clew_store::{FileRole, Store};
use serde_json::json;

use super::StorePlace;
use super::form::ask;
use super::version_word::{artifact_of, versions_of};
use crate::report::{say_code, say_json, say_styled};
use crate::snippet::has_colours;
use crate::{CommandError, Interpreter, shown};

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
                "modules": own_modules(&store, &[left.session, right.session]),
            });
            let found = ask(&interpreter.python(), "clew._difference", &task);
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
            say_compared(&compared.to_string());
        }
        Ok(u8::from(self.exit_code && compared.differs()))
    }
}

/// Prints a comparison, on a screen with colours: headings, what is there no more, and what is new.
fn say_compared(text: &str) {
    if !has_colours(&std::io::stdout()) {
        return say_code(text);
    }
    for line in text.lines() {
        let is_heading = line.ends_with(':') && !line.starts_with([' ', '-', '+']);
        let style = match line.as_bytes() {
            _ if is_heading => Style::new().bold(),
            [b'-', ..] => AnsiColor::Red.on_default(),
            [b'+', ..] => AnsiColor::Green.on_default(),
            _ => Style::new(),
        };
        say_styled(line, style);
    }
}

/// The files of the modules that sessions imported: a value may be of a class in one of the program's own.
fn own_modules(store: &Store, sessions: &[SessionId]) -> Vec<String> {
    let files = sessions.iter().filter_map(|&session| store.files(session).ok()).flatten();
    let imported = files.filter(|file| file.role == FileRole::Imported);
    imported.map(|file| file.path).collect()
}
