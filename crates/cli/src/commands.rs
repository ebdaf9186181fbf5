//! Commands: a file each.

use std::sync::OnceLock;

use clap::builder::NonEmptyStringValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand};
use clew_graph::os_text;
use clew_session::configuration::{Configuration, SetBy};
use clew_session::store_place;

use crate::{CommandError, Interpreter, pager, report, shown, snippet};

mod annotate;
mod artifacts;
mod config;
mod diff;
mod doctor;
mod export;
mod form;
mod front;
mod graph;
mod manual;
mod named_value;
mod recorded;
mod replaying;
mod rerun;
mod run;
mod sessions;
mod slice;
mod trust;
mod unexecuted;
mod version_word;
mod verify;

/// Runs Python and gives back the exact code behind any result.
#[derive(Parser)]
#[command(
    name = "clew",
    version,
    about = "Runs Python and gives back the exact code behind any result",
    disable_help_subcommand = true,
    color = snippet::choice_of_colours()
)]
struct CommandLine {
    /// Says nothing on standard error but errors
    // What every command has comes behind what only this one does.
    #[arg(long, short, global = true, display_order = 900)]
    quiet: bool,
    /// Shows what is longer than the screen without $CLEW_PAGER or $PAGER
    #[arg(long, global = true, display_order = 901)]
    no_pager: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a script as plain python would, and records it
    Run(run::Run),
    /// Prints the code behind a variable or artifact, without running anything
    Slice(slice::Slice),
    /// Lists, shows and deletes what was run
    Sessions(sessions::Sessions),
    /// Lists what was run, as `clew sessions list`
    Log(sessions::List),
    /// Shows what is known of a run, as `clew sessions show`
    Show(sessions::Show),
    /// Lists, shows and changes what was saved
    Artifacts(artifacts::Artifacts),
    /// Says how two artifacts differ, the likeliest cause first
    Diff(diff::Diff),
    /// Writes a slice with all that it needs to a folder of its own
    Export(export::Export),
    /// Runs a slice in a fresh plain python and compares the value
    Verify(verify::Verify),
    /// Runs a session again, or the steps that a value needs, one by one
    Rerun(rerun::Rerun),
    /// Lists whose saved values are loaded, and adds to them
    Trust(trust::Trust),
    /// Checks annotations, and keeps your own
    Annotate(annotate::Annotate),
    /// Prints what was recorded, and draws what a value needs
    Graph(graph::Graph),
    /// Starts IPython, and records what is run in it
    Ipython(front::Ipython),
    /// Starts a Jupyter application, and records the cells of its notebooks
    Jupyter(front::Jupyter),
    /// Says whether clew can work here, and what is in its way
    Doctor(doctor::Doctor),
    /// Says what is set, and where
    Config(config::Config),
    /// Prints what completes commands in a shell
    Completions(manual::Completions),
    /// Prints a page for `man`
    Man(manual::Man),
}

impl Command {
    /// Whether what it prints is there to be read, and it asks nothing.
    fn is_for_reading(&self) -> bool {
        match self {
            Self::Slice(_)
            | Self::Sessions(_)
            | Self::Log(_)
            | Self::Show(_)
            | Self::Artifacts(_)
            | Self::Diff(_)
            | Self::Graph(_)
            | Self::Doctor(_)
            | Self::Config(_)
            | Self::Trust(_)
            | Self::Annotate(_) => true,
            Self::Run(_)
            | Self::Export(_)
            | Self::Verify(_)
            | Self::Rerun(_)
            | Self::Ipython(_)
            | Self::Jupyter(_)
            | Self::Completions(_)
            | Self::Man(_) => false,
        }
    }

    fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        match self {
            Self::Run(command) => command.run(interpreter),
            Self::Slice(command) => command.run(interpreter),
            Self::Sessions(command) => command.run(),
            Self::Log(command) => command.run(),
            Self::Show(command) => command.run(),
            Self::Artifacts(command) => command.run(interpreter),
            Self::Diff(command) => command.run(interpreter),
            Self::Export(command) => command.run(interpreter),
            Self::Verify(command) => command.run(interpreter),
            Self::Rerun(command) => command.run(interpreter),
            Self::Trust(command) => command.run(),
            Self::Annotate(command) => command.run(),
            Self::Graph(command) => command.run(),
            Self::Ipython(command) => command.run(interpreter),
            Self::Jupyter(command) => command.run(interpreter),
            Self::Doctor(command) => command.run(interpreter),
            Self::Config(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}

/// Where the store is.
#[derive(Args, Clone, Debug)]
struct StorePlace {
    /// The store: a folder, created on first use [default: what `clew config store` says]
    #[arg(long, value_name = "PLACE", value_parser = NonEmptyStringValueParser::new())]
    store: Option<String>,
}

impl StorePlace {
    fn place(&self) -> String {
        self.place_with_origin().0
    }

    /// Where the store is, and where that is said.
    fn place_with_origin(&self) -> (String, SetBy) {
        let current = std::env::current_dir().unwrap_or_default();
        store_place(self.store.as_deref(), settings(), &current)
    }

    fn is_named(&self) -> bool {
        !matches!(self.place_with_origin().1, SetBy::Found | SetBy::Default)
    }

    /// The store, for reading: one that is not there is not made.
    fn open_existing(&self) -> Result<clew_store::Store, CommandError> {
        let place = self.place();
        if !place.contains("://") && !os_text::path(&place).exists() {
            return Err(CommandError::NoSession { store: place });
        }
        Ok(clew_store::Store::open_to_read(&place)?)
    }

    /// The store, for reading and for keeping what comes of a replay, where that can be kept.
    fn open_for_replay(&self) -> Result<clew_store::Store, CommandError> {
        let store = self.open_existing()?;
        if store.is_read_only() {
            complain!("this store may only be read; what comes of the replay is not kept");
        }
        Ok(store)
    }
}

/// What is set for this command; what is wrong with that is said once.
fn settings() -> &'static Configuration {
    static SETTINGS: OnceLock<Configuration> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        let settings = Configuration::read(&std::env::current_dir().unwrap_or_default());
        for problem in &settings.problems {
            report::complain_at(&problem.what, problem.at.as_ref());
        }
        settings
    })
}

/// Reads a command line, the program's name left out, and does what it says. Gives the exit code.
///
/// Arguments are [OS texts](os_text), so that those that are no UTF-8 reach the program as they were.
pub fn main_with(arguments: &[String], interpreter: &dyn Interpreter) -> u8 {
    let (options, mut arguments, program) = program_apart(arguments);
    if !options.is_empty() {
        let error = restart(interpreter, &options, &arguments);
        report::fail(&error);
        return error.exit_code();
    }
    if let Some(at) = program {
        arguments.insert(at, "--".to_owned());
    }
    let words = std::iter::once("clew").chain(arguments.iter().map(String::as_str));
    let code = match CommandLine::try_parse_from(words) {
        Ok(line) => {
            report::be_quiet(line.quiet);
            if line.command.is_for_reading() && !line.no_pager && pager::is_of_use() {
                report::gather();
            }
            line.command.run(interpreter).unwrap_or_else(|error| {
                report::fail(&error);
                error.exit_code()
            })
        }
        Err(answer) => print_answer(answer, &arguments),
    };
    match report::finish(interpreter) {
        Err(error) => {
            report::fail_to_write(&error);
            code.max(1)
        }
        Ok(()) => code,
    }
}

/// Prints help or a version, or what is wrong with a command line. Gives the exit code.
fn print_answer(answer: clap::Error, arguments: &[String]) -> u8 {
    if matches!(answer.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        report::keep_failure(answer.print());
    } else {
        // What is wrong is told with the words in it, in colours where there are any.
        let words = arguments.iter().map(|word| shown::name(word).into_owned());
        let words = std::iter::once("clew".to_owned()).chain(words);
        let _ = match CommandLine::try_parse_from(words) {
            Err(shown) => with_near_command(shown).print(),
            Ok(_) => answer.print(),
        };
    }
    u8::try_from(answer.exit_code()).unwrap_or(2)
}

/// Adds the command that was probably meant, where signs of it are turned round; clap knows the rest.
fn with_near_command(mut error: clap::Error) -> clap::Error {
    let has_tip = error.get(ContextKind::SuggestedSubcommand).is_some();
    if let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidSubcommand)
        && !has_tip
    {
        let known = CommandLine::command();
        let names = known.get_subcommands().map(clap::Command::get_name);
        let near: Vec<String> = names
            .filter(|name| strsim::osa_distance(name, given) == 1)
            .map(str::to_owned)
            .collect();
        if !near.is_empty() {
            error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(near));
        }
    }
    error
}

/// Takes Python's own options out of a `clew run`, and finds where the program's arguments begin: before
/// the script, or behind `-c CODE` or `-m MODULE`, as for `python`. What follows there is not ours.
fn program_apart(arguments: &[String]) -> (Vec<String>, Vec<String>, Option<usize>) {
    let (mut words, mut options) = (arguments.to_vec(), Vec::new());
    let ours = ["-q", "--quiet", "--no-pager"];
    let count = words.iter().take_while(|word| ours.contains(&word.as_str())).count();
    if words.get(count).is_some_and(|word| word == "run") {
        // Behind the command they stand among the options that are ours.
        let mut given: Vec<String> = words.drain(..count).collect();
        given.iter_mut().filter(|word| *word == "-q").for_each(|word| *word = "--quiet".to_owned());
        given.sort_unstable();
        given.dedup();
        words.splice(1..1, given);
    }
    if words.first().map(String::as_str) != Some("run") {
        return (options, words, None);
    }
    let mut at = 1;
    while let Some(word) = words.get(at) {
        match word.as_str() {
            "--" => break,
            word if takes_a_value(word) => at += 2,
            "-c" | "-m" => {
                let program = Some(at + 2).filter(|&at| at <= words.len());
                return (options, words, program);
            }
            "-W" | "-X" if at + 1 < words.len() => options.extend(words.drain(at..at + 2)),
            option if is_of_python(option) => options.push(words.remove(at)),
            option if option.starts_with('-') && option.len() > 1 => at += 1,
            file if run::is_notebook(file) => {
                let end = behind_options(&mut words, at);
                return (options, words, Some(end));
            }
            _ => return (options, words, Some(at)),
        }
    }
    (options, words, None)
}

/// Whether an option of `clew run` is followed by its value.
fn takes_a_value(word: &str) -> bool {
    let long = [
        "--slice",
        "--store",
        "--annotations",
        "--observe",
        "--kernel",
        "--output",
        "--parameters",
    ];
    long.contains(&word) || ["-o", "-p"].contains(&word)
}

/// The help of a command.
fn help_of(name: &str) -> String {
    let mut line = CommandLine::command();
    // So that it is called by its whole name.
    line.build();
    let help = line.find_subcommand_mut(name).map(|command| command.render_help());
    help.map(|help| help.to_string()).unwrap_or_default()
}

/// Moves a word behind the options that follow it, as far as there are only such, and says where it is then.
fn behind_options(words: &mut [String], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-') && *word != "--") {
        at += if takes_a_value(word) { 2 } else { 1 };
    }
    let end = at.min(words.len());
    words[from..end].rotate_left(1);
    end - 1
}

/// Begins anew in a Python with these options; comes back only where that fails.
fn restart(interpreter: &dyn Interpreter, options: &[String], words: &[String]) -> CommandError {
    let python = interpreter.python();
    let mut command = std::process::Command::new(&python);
    command
        .args(options.iter().map(|word| os_text::from_text(word)))
        .args(["-m", "clew"])
        .args(words.iter().map(|word| os_text::from_text(word)));
    CommandError::NoPython {
        python: python.display().to_string(),
        source: std::os::unix::process::CommandExt::exec(&mut command),
    }
}

/// Whether a word is an option of Python's that `clew run` hands on. Without `site` (`-S`) there would be
/// no clew to run.
fn is_of_python(word: &str) -> bool {
    let Some(letters) = word.strip_prefix('-') else { return false };
    let with_value = letters.len() > 1 && letters.starts_with(['W', 'X']);
    with_value
        || (!letters.is_empty() && letters.chars().all(|letter| "uOBEsPIqvbdi".contains(letter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let (options, mut words, program) = program_apart(&words);
        if let Some(at) = program {
            words.insert(at, "--".to_owned());
        }
        assert_eq!([options, words].concat().join(" "), expected);
    }

    #[test]
    fn options_of_python_are_handed_on() {
        check(
            "run -u -OO -W error -Xdev --store s a.py -u",
            "-u -OO -W error -Xdev run --store s -- a.py -u",
        );
        check("run -S a.py", "run -S -- a.py");
    }

    #[test]
    fn what_follows_the_script_is_the_programs() {
        check("run --store s a.py --help -c", "run --store s -- a.py --help -c");
        check("run --slice x a.py", "run --slice x -- a.py");
        check("run - a", "run -- - a");
    }

    #[test]
    fn quiet_may_stand_before_the_command() {
        check("-q run a.py -q", "run --quiet -- a.py -q");
        check("--quiet -q run -u a.py", "-u run --quiet -- a.py");
        check("-q --no-pager run a.py --no-pager", "run --no-pager --quiet -- a.py --no-pager");
        check("-q slice x", "-q slice x");
    }

    #[test]
    fn what_follows_a_text_or_module_is_the_programs() {
        check("run -c pass --help", "run -c pass -- --help");
        check("run -m json.tool x", "run -m json.tool -- x");
    }

    #[test]
    fn options_of_a_notebook_may_follow_it() {
        check(
            "run --store s a.ipynb --output b.ipynb --inplace -p x=1",
            "run --store s --output b.ipynb --inplace -p x=1 -- a.ipynb",
        );
        check("run a.ipynb --kernel k b", "run --kernel k -- a.ipynb b");
        check("run a.ipynb", "run -- a.ipynb");
        check("run a.py a.ipynb --output b", "run -- a.py a.ipynb --output b");
    }

    #[test]
    fn other_commands_are_left_alone() {
        check("slice x --json", "slice x --json");
        check("run -- a.py", "run -- a.py");
    }
}
