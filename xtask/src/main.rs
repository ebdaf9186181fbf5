//! Chores of this repository, a file each.
//!
//! Each arm of [`run`] is a chore; `cargo xtask` alone lists them.

mod annotations;
mod bench;
mod ci;
mod demo;
mod layers;
mod newcomer;
mod scripts;
mod wheel;

// What the chores are made of.
mod arguments;
mod clew;
mod pool;
mod python;
mod workspace;

use std::process::ExitCode;

use arguments::Arguments;
use workspace::Workspace;

/// A chore's end: an error is text for the person who ran it.
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const CHORES: &str = "\
cargo xtask CHORE

  ci                               what a change must pass, cheapest first
  demo                             everything from a fresh clone to the slice of a model
  newcomer                         the README followed from its top in an empty environment
  wheel [--release] [--python PATH]
                                   builds the Python package and prints its path
  layers [--check]                 holds the crates to their layers; writes ARCHITECTURE.md's table
  bench [--python PATH] [--against PATH] [--repeats N] [--cpu] [--json] [--notebook | [--patterns] PROGRAM…]
                                   whole programs under clew against plain Python
  annotations [--check] [--quick] [--missing] [--python PATH] [LIBRARY…]
                                   do the rules about real libraries say what calls really do?
  conform [--python PATH] [--jobs N] [--timeout SECONDS] [--json] PATH…
                                   do scripts do the same under clew?
  soundness [--python PATH] [--jobs N] [--timeout SECONDS] [--json] [--no-annotations] PATH…
                                   do the slices of scripts rebuild their values?
  notebooks [--python PATH] [--jobs N] [--timeout SECONDS] [--json] PATH…
                                   do notebooks show the same with clew, and do their slices rebuild their values?
  faults [--python PATH] [--seconds N] [--seed N] [--json] [KIND…]
                                   is anything lost, wrong or ended, whatever happens to a program and its store?

  --python names an interpreter with clew installed; without it, it is that of .venv.
";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let chore = words.next().unwrap_or_default();
    match run(&chore, Arguments::new(words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &str, arguments: Arguments) -> Result {
    let workspace = Workspace::find()?;
    match chore {
        "ci" => ci::run(&workspace, arguments),
        "demo" => demo::run(&workspace, arguments),
        "newcomer" => newcomer::run(&workspace, arguments),
        "wheel" => wheel::run(&workspace, arguments),
        "layers" => layers::run(&workspace, arguments),
        "bench" => bench::run(&workspace, arguments),
        "annotations" => annotations::run(&workspace, arguments),
        "conform" => scripts::ask(&workspace, "conform", arguments),
        "soundness" => scripts::ask(&workspace, "soundness", arguments),
        "notebooks" => scripts::ask(&workspace, "real_notebooks", arguments),
        "faults" => scripts::ask(&workspace, "faults", arguments),
        "" | "help" | "--help" => {
            print!("{CHORES}");
            Ok(())
        }
        unknown => Err(format!("there is no chore `{unknown}`\n\n{CHORES}").into()),
    }
}
