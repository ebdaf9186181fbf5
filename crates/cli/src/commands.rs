//! Commands: a file each.

use clap::{Args, Parser, Subcommand};
use clew_session::store_place;

use crate::{CommandError, Interpreter};

mod annotate;
mod artifacts;
mod graph;
mod replaying;
mod run;
mod slice;
mod verify;

/// Runs Python and gives back the exact code behind any result.
#[derive(Parser)]
#[command(
    name = "clew",
    version,
    about = "Runs Python and gives back the exact code behind any result",
    disable_help_subcommand = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a script as plain python would, and records it
    Run(run::Run),
    /// Prints the code behind a variable or artifact, without running anything
    Slice(slice::Slice),
    /// Lists what was saved
    Artifacts(artifacts::Artifacts),
    /// Runs a slice in a fresh plain python and compares the value
    Verify(verify::Verify),
    /// Checks annotations, and keeps your own
    Annotate(annotate::Annotate),
    /// Prints the recorded graph
    Graph(graph::Graph),
}

/// Where the store is.
#[derive(Args, Clone, Debug)]
struct StorePlace {
    /// The store: a folder, created on first use [default: $CLEW_STORE, else .clew]
    #[arg(long, value_name = "PLACE")]
    store: Option<String>,
}

impl StorePlace {
    fn place(&self) -> String {
        let environment = std::env::var("CLEW_STORE").ok();
        let current = std::env::current_dir().unwrap_or_default();
        store_place(self.store.as_deref(), environment.as_deref(), &current)
    }

    fn is_named(&self) -> bool {
        self.store.is_some() || std::env::var("CLEW_STORE").is_ok_and(|place| !place.is_empty())
    }

    /// The store, for reading: one that is not there is not made.
    fn open_existing(&self) -> Result<clew_store::Store, CommandError> {
        let place = self.place();
        if !place.contains("://") && !std::path::Path::new(&place).exists() {
            return Err(CommandError::NoSession { store: place });
        }
        Ok(clew_store::Store::open(&place)?)
    }
}

/// Reads a command line, the program's name left out, and does what it says. Gives the exit code.
pub fn main_with(arguments: &[String], interpreter: &dyn Interpreter) -> u8 {
    let arguments = program_apart(arguments);
    let words = std::iter::once("clew").chain(arguments.iter().map(String::as_str));
    let line = match CommandLine::try_parse_from(words) {
        Ok(line) => line,
        Err(error) => {
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let outcome = match &line.command {
        Command::Run(command) => command.run(interpreter),
        Command::Slice(command) => command.run(interpreter),
        Command::Artifacts(command) => command.run(),
        Command::Verify(command) => command.run(interpreter),
        Command::Annotate(command) => command.run(),
        Command::Graph(command) => command.run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("clew: {}", clew_session::describe(&error));
        error.exit_code()
    })
}

/// Marks where the arguments of the program that `clew run` runs begin: behind the script, or behind
/// `-c CODE` or `-m MODULE`, as for `python`. What follows there is the program's, not ours.
fn program_apart(arguments: &[String]) -> Vec<String> {
    let mut words = arguments.to_vec();
    if words.first().map(String::as_str) != Some("run") {
        return words;
    }
    let mut at = 1;
    while let Some(word) = words.get(at) {
        match word.as_str() {
            "--" => return words,
            "--slice" | "--store" | "--annotations" | "--observe" => at += 2,
            "-c" | "-m" => {
                if at + 2 <= words.len() {
                    words.insert(at + 2, "--".to_owned());
                }
                return words;
            }
            option if option.starts_with('-') => at += 1,
            _ => {
                words.insert(at, "--".to_owned());
                return words;
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        assert_eq!(program_apart(&words).join(" "), expected);
    }

    #[test]
    fn what_follows_the_script_is_the_programs() {
        check("run --store s a.py --help -c", "run --store s -- a.py --help -c");
        check("run --slice x a.py", "run --slice x -- a.py");
    }

    #[test]
    fn what_follows_a_text_or_module_is_the_programs() {
        check("run -c pass --help", "run -c pass -- --help");
        check("run -m json.tool x", "run -m json.tool -- x");
    }

    #[test]
    fn other_commands_are_left_alone() {
        check("slice x --json", "slice x --json");
        check("run -- a.py", "run -- a.py");
    }
}
