//! `clew annotate`: checks annotations, and keeps the user's own.

use std::convert::Infallible;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use clew_effects::Catalog;
use clew_graph::os_text;
use clew_session::{AnnotationFile, AnnotationFileError, AnnotationFolder, lessons};

use super::StorePlace;
use crate::CommandError;
use crate::error::place_of;
use crate::report::{say_code, say_snippet};

#[derive(Args)]
pub(super) struct Annotate {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Says all that is wrong with files of annotations
    Check {
        /// The files
        #[arg(value_name = "FILE", required = true, value_parser = path)]
        files: Vec<PathBuf>,
    },
    /// Keeps files of annotations, which every later `clew run` reads
    Add {
        /// The files
        #[arg(value_name = "FILE", required = true, value_parser = path)]
        files: Vec<PathBuf>,
        /// Keeps the one file under this name [default: its own]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Takes the place of what is kept under the name
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        store: StorePlace,
    },
    /// Lists the annotations that are kept, and how many are built in
    List {
        /// Lists the built-in ones by package
        #[arg(long)]
        builtin: bool,
        #[command(flatten)]
        store: StorePlace,
    },
    /// Proposes annotations for what `clew slice --prove` has found to matter
    Suggest {
        #[command(flatten)]
        store: StorePlace,
    },
    /// Takes annotations away
    Remove {
        /// The name that `list` shows
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        store: StorePlace,
    },
}

fn path(text: &str) -> Result<PathBuf, Infallible> {
    Ok(os_text::path(text))
}

impl Annotate {
    pub(super) fn run(&self) -> Result<u8, CommandError> {
        match &self.action {
            Action::Check { files } => Ok(check(files)),
            Action::Add { files, name, replace, store } => {
                add(files, name.as_deref(), *replace, store)
            }
            Action::List { builtin, store } => {
                list(*builtin, store);
                Ok(0)
            }
            Action::Suggest { store } => suggest(store),
            Action::Remove { name, store } => {
                let path = folder(store)?.remove(name)?;
                say_line!("removed {name} ({})", path.display());
                Ok(0)
            }
        }
    }
}

fn folder(store: &StorePlace) -> Result<AnnotationFolder, CommandError> {
    let place = store.place();
    AnnotationFolder::of_store(&place).ok_or_else(|| {
        CommandError::Annotation(format!(
            "annotations are kept in a folder, and the store `{place}` is none; name one with --store"
        ))
    })
}

fn check(files: &[PathBuf]) -> u8 {
    let mut worst = 0;
    for file in files {
        match AnnotationFile::read(file) {
            Ok(good) => say_line!("{}: {}", file.display(), good.summary),
            Err(AnnotationFileError::Problems(problems)) => {
                for problem in problems {
                    say_line!("{problem}");
                    // A program that reads this wants a line for each.
                    if let Some(place) = place_of(&problem).filter(|_| io::stdout().is_terminal()) {
                        say_snippet(&place);
                    }
                }
                worst = worst.max(1);
            }
            Err(error) => {
                complain!("{error}");
                worst = 2;
            }
        }
    }
    worst
}

fn add(
    files: &[PathBuf],
    name: Option<&str>,
    replace: bool,
    store: &StorePlace,
) -> Result<u8, CommandError> {
    if name.is_some() && files.len() > 1 {
        return Err(CommandError::Annotation(
            "--name is for one file; add the files one by one".to_owned(),
        ));
    }
    let folder = folder(store)?;
    // All are read before any is kept.
    let files =
        files.iter().map(|file| AnnotationFile::read(file)).collect::<Result<Vec<_>, _>>()?;
    for file in files {
        let name = folder.add(&file, name, replace)?;
        say_line!("added {name} ({})", file.summary);
    }
    Ok(0)
}

fn suggest(store: &StorePlace) -> Result<u8, CommandError> {
    let lessons = lessons(&store.open_existing()?)?;
    if lessons.is_empty() {
        complain!("no proof has put anything back yet; see `clew slice NAME --prove`");
    }
    for lesson in lessons {
        say_code(&lesson.annotation());
    }
    Ok(0)
}

fn list(builtin: bool, store: &StorePlace) {
    let kept = folder(store).map(|folder| folder.kept()).unwrap_or_default();
    for (name, path) in kept {
        match AnnotationFile::read_kept(&path) {
            Ok(good) => say_line!("{name}: {} ({})", good.summary, path.display()),
            Err(_) => say_line!("{name}: broken, see `clew annotate check {}`", path.display()),
        }
    }
    let summaries = Catalog::builtin_summaries();
    if builtin {
        for (package, summary) in &summaries {
            say_line!("built in, {package}: {summary}");
        }
    } else {
        let rules: usize = summaries.iter().map(|(_, summary)| summary.rules).sum();
        say_line!(
            "built in: {rules} rules for {} packages (--builtin lists them)",
            summaries.len()
        );
    }
}
