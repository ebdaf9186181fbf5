//! `clew annotate`: checks annotations, and keeps the user's own.

use std::convert::Infallible;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use clew_effects::{AnnotationError, Catalog};
use clew_graph::os_text;
use clew_session::{AnnotationFile, AnnotationFileError, AnnotationFolder, lessons};
use serde_json::{Value, json};

use super::StorePlace;
use crate::CommandError;
use crate::error::place_of;
use crate::report::{say_code, say_json, say_snippet};

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
        /// Prints JSON
        #[arg(long)]
        json: bool,
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
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        store: StorePlace,
    },
    /// Lists the annotations that are kept, and how many are built in
    List {
        /// Lists the built-in ones by package
        #[arg(long)]
        builtin: bool,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        store: StorePlace,
    },
    /// Proposes annotations for what `clew slice --prove` has found to matter
    Suggest {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        store: StorePlace,
    },
    /// Takes annotations away
    Remove {
        /// The name that `list` shows
        #[arg(value_name = "NAME")]
        name: String,
        /// Prints JSON
        #[arg(long)]
        json: bool,
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
            Action::Check { files, json } => Ok(check(files, *json)),
            Action::Add { files, name, replace, json, store } => {
                add(files, (name.as_deref(), *replace), *json, store)
            }
            Action::List { builtin, json, store } => {
                list(*builtin, *json, store);
                Ok(0)
            }
            Action::Suggest { json, store } => suggest(*json, store),
            Action::Remove { name, json, store } => {
                let path = folder(store)?.remove(name)?;
                if *json {
                    say_json(&json!({ "name": name, "file": path.to_string_lossy() }));
                    return Ok(0);
                }
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

fn check(files: &[PathBuf], as_json: bool) -> u8 {
    let mut worst = 0;
    let mut rows = Vec::new();
    for file in files {
        match AnnotationFile::read(file) {
            Ok(good) if as_json => rows.push(row(&file.to_string_lossy(), &good)),
            Err(AnnotationFileError::Problems(problems)) if as_json => {
                let problems = problems.iter().map(|problem| {
                    let AnnotationError { line, column, .. } = problem;
                    json!({ "line": line, "column": column, "text": problem.problem.to_string() })
                });
                let problems: Vec<Value> = problems.collect();
                let file = file.to_string_lossy();
                rows.push(json!({ "file": file, "rules": null, "problems": problems }));
                worst = worst.max(1);
            }
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
    if as_json {
        say_json(&json!(rows));
    }
    worst
}

/// What JSON says of a file in which nothing is wrong.
fn row(name: &str, file: &AnnotationFile) -> Value {
    json!({ "file": name, "rules": file.summary.rules, "problems": [] })
}

fn add(
    files: &[PathBuf],
    (name, replace): (Option<&str>, bool),
    as_json: bool,
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
    let mut rows = Vec::new();
    for file in files {
        let name = folder.add(&file, name, replace)?;
        if as_json {
            rows.push(row(&name, &file));
        } else {
            say_line!("added {name} ({})", file.summary);
        }
    }
    if as_json {
        say_json(&json!(rows));
    }
    Ok(0)
}

fn suggest(as_json: bool, store: &StorePlace) -> Result<u8, CommandError> {
    let lessons = lessons(&store.open_existing()?)?;
    if lessons.is_empty() {
        complain!("no proof has put anything back yet; see `clew slice NAME --prove`");
    }
    if as_json {
        let rows = lessons.iter().map(|lesson| {
            let (statement, matters_to) = (&lesson.statement, &lesson.matters_to);
            let annotation = lesson.annotation();
            json!({ "statement": statement, "matters_to": matters_to, "annotation": annotation })
        });
        say_json(&Value::Array(rows.collect()));
        return Ok(0);
    }
    for lesson in lessons {
        say_code(&lesson.annotation());
    }
    Ok(0)
}

fn list(builtin: bool, as_json: bool, store: &StorePlace) {
    let kept = folder(store).map(|folder| folder.kept()).unwrap_or_default();
    if as_json {
        let kept = kept.into_iter().map(|(name, path)| {
            let rules = AnnotationFile::read_kept(&path).ok().map(|file| file.summary.rules);
            json!({ "name": name, "file": path.to_string_lossy(), "rules": rules })
        });
        let builtin = Catalog::builtin_summaries().into_iter().map(
            |(package, summary)| json!({ "name": package, "file": null, "rules": summary.rules }),
        );
        return say_json(&Value::Array(kept.chain(builtin).collect()));
    }
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
