//! `clew completions` and `clew man`: what shells and `man` are given.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;

use super::CommandLine;
use crate::CommandError;
use crate::report::say_code;

#[derive(Args)]
#[command(
    after_help = "For bash: clew completions bash > ~/.local/share/bash-completion/completions/clew\n\
                  For zsh, in a folder of $fpath: clew completions zsh > _clew\n\
                  For fish: clew completions fish > ~/.config/fish/completions/clew.fish"
)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Args)]
pub(super) struct Man {
    /// Writes the pages of all commands to this folder
    #[arg(long, short, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Prints the page of this command
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    command: Option<String>,
}

impl Completions {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut CommandLine::command(), "clew", &mut text);
        say_code(&String::from_utf8_lossy(&text));
        Ok(0)
    }
}

impl Man {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        let mut line = CommandLine::command();
        line.build();
        if let Some(folder) = &self.output {
            let unwritten =
                |source| CommandError::Unwritten { path: folder.display().to_string(), source };
            std::fs::create_dir_all(folder).map_err(unwritten)?;
            write_all(&line, folder).map_err(unwritten)?;
            return Ok(0);
        }
        let page = match &self.command {
            None => line,
            Some(name) => match line.find_subcommand(name) {
                Some(found) => found.clone(),
                None => {
                    let known: Vec<&str> = line.get_subcommands().map(Command::get_name).collect();
                    let near = crate::report::near(name, known.into_iter());
                    return Err(CommandError::WrongUse(format!(
                        "there is no command `{name}`{near}"
                    )));
                }
            },
        };
        say_code(
            &page_of(&page).map_err(|source| CommandError::Unwritten {
                path: "the page".to_owned(),
                source,
            })?,
        );
        Ok(0)
    }
}

fn page_of(command: &Command) -> std::io::Result<String> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn write_all(command: &Command, folder: &Path) -> std::io::Result<()> {
    // A command within another is called by both names.
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    std::fs::write(folder.join(format!("{name}.1")), page_of(command)?)?;
    command
        .get_subcommands()
        .filter(|each| !each.is_hide_set())
        .try_for_each(|each| write_all(each, folder))
}
