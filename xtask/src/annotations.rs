//! Annotations: do the rules about real libraries say what calls really do?

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

use crate::Result;
use crate::arguments::Arguments;
use crate::pool;
use crate::python::{Python, install_libraries};
use crate::workspace::Workspace;

/// The libraries whose examples are checked, a file each in `tests/claims/libraries`; those that
/// take longest come first, so that they do not end last.
const LIBRARIES: [&str; 7] =
    ["matplotlib", "scipy", "sklearn", "pandas", "standard", "numpy", "builtins"];

/// Those that are done in seconds.
const QUICK: [&str; 2] = ["numpy", "builtins"];

/// How many rules of each library are known to be backed by a call.
const BASELINE: &str = "tests/claims/baseline.json";

/// Calls the real functions, reports, and writes the baseline or, with `--check`, fails where a
/// call contradicts the rules or fewer rules are backed than it says.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result {
    let named = arguments.value::<PathBuf>("--python")?;
    let only_check = arguments.flag("--check");
    let missing = arguments.flag("--missing");
    let quick = arguments.flag("--quick");
    let chosen = arguments.rest()?;
    let own = named.is_none();
    let python = Python::with_clew(workspace, named, false)?;
    if own {
        install_libraries(workspace, &python)?;
    }
    let libraries = libraries(&chosen, quick)?;
    let reports = examine(workspace, &python, &libraries)?;
    for report in &reports {
        print(report, missing);
    }
    let mut baseline = baseline(workspace)?;
    if only_check {
        return compare(&reports, &baseline);
    }
    for report in reports.iter().filter(|report| !is_absent(report)) {
        let name = report["library"].as_str().unwrap_or_default();
        baseline.insert(name.to_owned(), json!({ "backed": report["backed"] }));
    }
    let text = serde_json::to_string_pretty(&Value::Object(baseline))?;
    Ok(workspace.shell().write_file(BASELINE, text + "\n")?)
}

/// Fails as `--check` does, with what takes seconds only.
pub(crate) fn check_quickly(workspace: &Workspace, python: &Python) -> Result {
    let reports = examine(workspace, python, &QUICK)?;
    for report in &reports {
        print(report, false);
    }
    compare(&reports, &baseline(workspace)?)
}

/// The libraries that were asked for, or all.
fn libraries(chosen: &[String], quick: bool) -> Result<Vec<&'static str>> {
    if let Some(unknown) = chosen.iter().find(|name| !LIBRARIES.contains(&name.as_str())) {
        let known = LIBRARIES.join(", ");
        return Err(format!("there are no examples of `{unknown}`, only of {known}").into());
    }
    let wanted = |name: &&str| match chosen {
        [] => !quick || QUICK.contains(name),
        names => names.iter().any(|chosen| chosen == name),
    };
    Ok(LIBRARIES.into_iter().filter(wanted).collect())
}

/// What comes of each library's examples, some at a time.
fn examine(workspace: &Workspace, python: &Python, libraries: &[&str]) -> Result<Vec<Value>> {
    let root = workspace.root();
    let reports = pool::map(pool::jobs(), libraries, |library| report(root, python, library));
    reports.into_iter().collect()
}

fn report(root: &Path, python: &Python, library: &str) -> Result<Value> {
    // Its progress goes to the standard error of the chore.
    let output = Command::new(&python.path)
        .args(["-I", "tests/claims", "--json", library])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{library}: {error}").into())
}

fn baseline(workspace: &Workspace) -> Result<Map<String, Value>> {
    Ok(serde_json::from_str(&workspace.shell().read_file(BASELINE)?)?)
}

fn compare(reports: &[Value], baseline: &Map<String, Value>) -> Result {
    let worse: Vec<String> = reports.iter().flat_map(|report| faults(report, baseline)).collect();
    match worse.is_empty() {
        true => Ok(()),
        false => Err(worse.join("\n").into()),
    }
}

/// What is wrong in a report, in words.
fn faults(report: &Value, baseline: &Map<String, Value>) -> Vec<String> {
    if is_absent(report) {
        return Vec::new();
    }
    let name = report["library"].as_str().unwrap_or_default();
    let mut faults = Vec::new();
    for (figure, words) in
        [("contradicted", "calls do what no rule says"), ("broken", "examples cannot be called")]
    {
        if let count @ 1.. = count(report, figure) {
            faults.push(format!("{name}: {count} {words}"));
        }
    }
    let backed = report["backed"].as_u64().unwrap_or_default();
    let known = baseline.get(name).and_then(|known| known["backed"].as_u64()).unwrap_or_default();
    if backed < known {
        faults.push(format!("{name}: {backed} rules are backed by a call where {known} were"));
    }
    faults
}

/// Whether the library is not installed, which is no fault.
fn is_absent(report: &Value) -> bool {
    report["absent"] == Value::Bool(true)
}

fn count(report: &Value, figure: &str) -> usize {
    report[figure].as_array().map_or(0, Vec::len)
}

fn print(report: &Value, missing: bool) {
    let name = report["library"].as_str().unwrap_or_default();
    if is_absent(report) {
        println!("{name} is not installed");
        return;
    }
    let list = |figure: &str| report[figure].as_array().cloned().unwrap_or_default();
    for row in list("contradicted") {
        println!("{} contradicts {}: {}", row["call"], row["rules"], row["what"]);
    }
    for row in list("broken") {
        println!("broken: {row}");
    }
    if missing {
        for public in list("missing") {
            println!("no rule speaks of {}", public.as_str().unwrap_or_default());
        }
    }
    let public = report["public"].as_u64().unwrap_or_default();
    let spoken = public - count(report, "missing") as u64;
    println!(
        "{name}: {} of {} rules backed by {} calls of {} callables in {} s; {} contradicted, {} not \
         seen; rules speak of {spoken} of {public} public callables",
        report["backed"],
        report["rules"],
        report["calls"],
        report["callables"],
        report["seconds"],
        count(report, "contradicted"),
        count(report, "not_seen"),
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_contradiction_and_a_rule_that_lost_its_call_are_faults() {
        let baseline = json!({ "numpy": { "backed": 10 } });
        let report = json!({
            "library": "numpy", "backed": 9, "contradicted": [{}, {}], "broken": [], "not_seen": ["a"],
        });
        assert_eq!(
            faults(&report, baseline.as_object().unwrap()),
            [
                "numpy: 2 calls do what no rule says",
                "numpy: 9 rules are backed by a call where 10 were"
            ]
        );
    }

    #[test]
    fn more_backed_rules_and_a_library_that_is_not_there_are_none() {
        let baseline = json!({ "numpy": { "backed": 10 } });
        let baseline = baseline.as_object().unwrap();
        let better = json!({ "library": "numpy", "backed": 11, "contradicted": [], "broken": [] });
        assert_eq!(faults(&better, baseline), [] as [String; 0]);
        assert_eq!(
            faults(&json!({ "library": "numpy", "absent": true }), baseline),
            [] as [String; 0]
        );
    }

    #[test]
    fn quick_libraries_are_some_of_all() {
        assert_eq!(libraries(&[], true).unwrap(), QUICK);
        assert_eq!(libraries(&["scipy".to_owned()], false).unwrap(), ["scipy"]);
        assert!(libraries(&["nothing".to_owned()], false).is_err());
    }
}
