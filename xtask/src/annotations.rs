//! Annotations: do the rules about real libraries say what calls really do?

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};

use crate::Result;
use crate::arguments::Arguments;
use crate::pool;
use crate::python::{Python, install_libraries};
use crate::workspace::Workspace;

/// The libraries whose examples are checked, a file each in `tests/claims/libraries`. Those of NumPy and
/// pandas can be run by hand, `python -I tests/claims numpy`, and take too long yet.
const LIBRARIES: [&str; 1] = ["builtins"];

/// How many rules of each library are known to have no example, and how many calls are known to do
/// what no rule says.
const BASELINE: &str = "tests/claims/baseline.json";

/// Calls the real functions, reports, and writes the baseline or, with `--check`, fails where
/// things are worse than it says.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result {
    let named = arguments.value::<PathBuf>("--python")?;
    let only_check = arguments.flag("--check");
    arguments.none_left()?;
    let own = named.is_none();
    let python = Python::with_clew(workspace, named, false)?;
    if own {
        install_libraries(workspace, &python)?;
    }
    let root = workspace.root();
    let reports = pool::map(pool::jobs(), &LIBRARIES, |library| examine(root, &python, library));
    let reports: Vec<Value> = reports.into_iter().collect::<Result<_>>()?;
    let mut known = Map::new();
    for report in &reports {
        print(report);
        let name = report["library"].as_str().unwrap_or_default();
        let figures = FIGURES.map(|figure| (figure.to_owned(), count(report, figure).into()));
        known.insert(name.to_owned(), Value::Object(figures.into_iter().collect()));
    }
    if !only_check {
        let text = serde_json::to_string_pretty(&Value::Object(known))?;
        workspace.shell().write_file(BASELINE, text + "\n")?;
        return Ok(());
    }
    let baseline: Value = serde_json::from_str(&workspace.shell().read_file(BASELINE)?)?;
    let worse: Vec<String> = known
        .iter()
        .flat_map(|(library, figures)| {
            let allowed = &baseline[library];
            FIGURES.into_iter().filter_map(move |figure| {
                let (now, most) =
                    (figures[figure].as_u64()?, allowed[figure].as_u64().unwrap_or(0));
                (now > most).then(|| format!("{library}: {now} {figure} where {most} are known"))
            })
        })
        .collect();
    match worse.is_empty() {
        true => Ok(()),
        false => Err(worse.join("\n").into()),
    }
}

/// What must not grow.
const FIGURES: [&str; 3] = ["contradicted", "not_backed", "broken"];

fn examine(root: &Path, python: &Python, library: &str) -> Result<Value> {
    let output = Command::new(&python.path)
        .args(["-I", "tests/claims", "--json", library])
        .current_dir(root)
        .output()?;
    serde_json::from_slice(&output.stdout).map_err(|error| {
        format!("{library}: {error}\n{}", String::from_utf8_lossy(&output.stderr)).into()
    })
}

fn count(report: &Value, figure: &str) -> usize {
    report[figure].as_array().map_or(0, Vec::len)
}

fn print(report: &Value) {
    let list = |figure: &str| report[figure].as_array().cloned().unwrap_or_default();
    for row in list("contradicted") {
        println!("{} contradicts {}: {}", row["call"], row["rules"], row["what"]);
    }
    for row in list("broken") {
        println!("broken: {row}");
    }
    println!(
        "{}: {} of {} rules backed by {} calls of {} callables; {} contradicted, {} not seen",
        report["library"].as_str().unwrap_or_default(),
        report["backed"],
        report["rules"],
        report["calls"],
        report["callables"],
        count(report, "contradicted"),
        count(report, "not_seen"),
    );
}
