//! Layers: which crate may use which, and the table that says which does.
//!
//! Within a crate no files may use each other in a circle, each says what it means, and none is too
//! long. A type's name stands for one thing, so no more than two crates define a type of that name.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Result;
use crate::arguments::Arguments;
use crate::workspace::Workspace;

mod circle;
mod file;
mod room;

use room::House;

/// Every crate and those it stands on, foundation first. It may use them and what they may use. An
/// arrow that is not here needs a reason before it gets a line.
const LAYERS: &[(&str, &[&str])] = &[
    ("clew-graph", &[]),
    ("clew-syntax", &["clew-graph"]),
    ("clew-effects", &["clew-graph"]),
    ("clew-executor", &["clew-effects"]),
    ("clew-store", &["clew-graph"]),
    ("clew-pipeline", &["clew-graph"]),
    ("clew-session", &["clew-syntax", "clew-executor", "clew-store", "clew-pipeline"]),
    ("clew-infer", &["clew-syntax", "clew-effects"]),
    ("clew-heap", &["clew-graph"]),
    ("clew-probe", &["clew-syntax", "clew-heap"]),
    ("clew-cpython", &["clew-session", "clew-infer", "clew-heap", "clew-probe"]),
    ("clew-cli", &["clew-session"]),
    ("clew-python", &["clew-cpython", "clew-cli"]),
];

/// What of the world is known to a few crates only: SQL and Python's C API.
const KNOWN_TO: &[(&str, &[&str])] = &[
    ("diesel", &["clew-store"]),
    ("diesel_migrations", &["clew-store"]),
    ("rusqlite", &["clew-store"]),
    // The interpreter's side guards what SQLite calls of the system, and knows nothing of SQL.
    ("libsqlite3-sys", &["clew-store", "clew-cpython"]),
    ("pyo3", &["clew-heap", "clew-probe", "clew-cpython", "clew-python"]),
    ("pyo3-ffi", &["clew-heap", "clew-probe", "clew-cpython", "clew-python"]),
];

const DOCUMENT: &str = "ARCHITECTURE.md";
const BEGIN: &str = "<!-- The table is written by `cargo xtask layers`. -->\n";
const END: &str = "<!-- End of the table. -->\n";

/// Holds the manifests to the layers, and writes the table or, with `--check`, compares it.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result {
    let only_check = arguments.flag("--check");
    arguments.none_left()?;
    if only_check {
        return check(workspace);
    }
    let (written, wanted) = documents(workspace)?;
    if written != wanted {
        workspace.shell().write_file(DOCUMENT, wanted)?;
    }
    Ok(())
}

/// Fails where a manifest breaks the layers or the table is stale.
pub(crate) fn check(workspace: &Workspace) -> Result {
    let (written, wanted) = documents(workspace)?;
    let faults = faults_within(workspace)?;
    if !faults.is_empty() {
        return Err(format!("files break the layers:\n  {}", faults.join("\n  ")).into());
    }
    if written == wanted {
        return Ok(());
    }
    Err(format!("the table in {DOCUMENT} is stale; `cargo xtask layers` writes it").into())
}

/// The document as it is and as it should be.
fn documents(workspace: &Workspace) -> Result<(String, String)> {
    let crates = read(&workspace.metadata()?)?;
    let faults = faults(&crates);
    if !faults.is_empty() {
        return Err(format!("the manifests break the layers:\n  {}", faults.join("\n  ")).into());
    }
    let written = workspace.shell().read_file(DOCUMENT)?;
    let rooms: Vec<Rooms> = crates.iter().map(rooms).collect::<Result<_>>()?;
    let wanted = with_table(&written, &table(&crates, &rooms))
        .ok_or_else(|| format!("{DOCUMENT} lacks the two comments around the table"))?;
    Ok((written, wanted))
}

/// A line for each rule that files within crates break.
fn faults_within(workspace: &Workspace) -> Result<Vec<String>> {
    let crates = read(&workspace.metadata()?)?;
    let mut faults = Vec::new();
    let mut houses = Vec::new();
    for Crate { name, folder, .. } in &crates {
        let house = house(folder)?;
        let shown = format!("crates/{}", name.trim_start_matches("clew-"));
        faults.extend(file::without_meaning(&shown, &house));
        let circles = house.circles().into_iter();
        faults.extend(circles.map(|circle| format!("{name} has a circle: {circle}")));
        houses.push((name.as_str(), house));
    }
    faults.extend(file::shared_names(houses.iter().map(|(name, house)| (*name, house))));
    for path in rust_files(&["crates", "xtask"].map(|folder| workspace.root().join(folder)))? {
        let shown = path.strip_prefix(workspace.root()).unwrap_or(&path).display().to_string();
        faults.extend(file::too_long(&shown, &fs::read_to_string(&path)?));
    }
    Ok(faults)
}

/// The files of a crate that lies in a folder.
fn house(folder: &Path) -> Result<House> {
    let source = folder.join("src");
    House::read("lib.rs", &|place| fs::read_to_string(source.join(place)).ok())
        .map_err(|error| format!("{}: {error}", folder.display()).into())
}

/// Every file of Rust in folders and those within them.
fn rust_files(folders: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut open = folders.to_vec();
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What a manifest says.
struct Crate {
    name: String,
    folder: PathBuf,
    description: String,
    /// What it uses, whether to run, to build or to be tested.
    uses: Vec<String>,
    /// What of ours it uses to run, foundation first.
    arrows: Vec<&'static str>,
}

/// The crates in the picture, foundation first, and then those that are not in it.
fn read(metadata: &Value) -> Result<Vec<Crate>> {
    let packages = metadata["packages"].as_array().ok_or("Cargo named no packages")?;
    let mut crates: Vec<Crate> = packages.iter().filter_map(read_package).collect();
    crates.sort_by_key(|package| layer(&package.name).unwrap_or(LAYERS.len()));
    Ok(crates)
}

/// The package, where it is one of `crates/`. Chores, tests and benchmarks may use whatever they
/// like: nothing uses them.
fn read_package(package: &Value) -> Option<Crate> {
    let manifest = package["manifest_path"].as_str()?.replace('\\', "/");
    if !manifest.contains("/crates/") {
        return None;
    }
    let dependencies = package["dependencies"].as_array()?;
    let named = |dependency: &Value| dependency["name"].as_str().map(str::to_owned);
    let to_run = |name: &str| {
        dependencies
            .iter()
            .any(|dependency| dependency["name"] == name && dependency["kind"].is_null())
    };
    Some(Crate {
        name: package["name"].as_str()?.to_owned(),
        folder: Path::new(&manifest).parent()?.to_owned(),
        description: package["description"].as_str().unwrap_or_default().to_owned(),
        uses: dependencies.iter().filter_map(named).collect(),
        arrows: LAYERS.iter().map(|&(name, _)| name).filter(|name| to_run(name)).collect(),
    })
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|&(layer, _)| layer == name)
}

fn may_use(name: &str, used: &str) -> bool {
    LAYERS
        .iter()
        .filter(|&&(layer, _)| layer == name)
        .flat_map(|&(_, below)| below)
        .any(|&below| below == used || may_use(below, used))
}

/// A line for each dependency that is not allowed.
fn faults(crates: &[Crate]) -> Vec<String> {
    let mut faults = Vec::new();
    for Crate { name, description, uses, .. } in crates {
        if layer(name).is_none() {
            faults.push(format!("{name} is not in the picture that xtask/src/layers.rs holds"));
            continue;
        }
        if description.is_empty() {
            faults.push(format!("{name} lacks a description"));
        }
        for used in uses {
            if used.starts_with("clew-") && !may_use(name, used) {
                faults.push(format!("{name} must not use {used}"));
            }
            let known_to = KNOWN_TO.iter().find(|&(dependency, _)| dependency == used);
            if known_to.is_some_and(|(_, known_to)| !known_to.contains(&name.as_str())) {
                faults.push(format!("{name} must know nothing of {used}"));
            }
        }
    }
    faults
}

/// What the files of a crate look like from afar.
struct Rooms {
    files: usize,
    /// How many of them stand on each other at most, a folder counted as one.
    floors: usize,
    /// The arrow from one to another over most floors, and how many those are.
    farthest: Option<(String, String, usize)>,
}

fn rooms(of: &Crate) -> Result<Rooms> {
    let house = house(&of.folder)?;
    let (floors, farthest) = house.farthest();
    Ok(Rooms { files: house.files.len(), floors, farthest })
}

fn table(crates: &[Crate], rooms: &[Rooms]) -> String {
    let mut table = "| crate | what it is | uses | files | floors | farthest arrow |\n\
                     |---|---|---|---|---|---|\n"
        .to_owned();
    for (Crate { name, description, arrows, .. }, rooms) in crates.iter().zip(rooms) {
        let short = |name: &str| name.trim_start_matches("clew-").to_owned();
        let folder = short(name);
        let uses = match arrows.as_slice() {
            [] => "–".to_owned(),
            arrows => arrows.iter().map(|arrow| short(arrow)).collect::<Vec<String>>().join(", "),
        };
        let Rooms { files, floors, farthest } = rooms;
        let farthest = match farthest {
            None => "–".to_owned(),
            Some((from, to, over)) => format!("{from} → {to} ({over})"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| [`{folder}`](crates/{folder}) | {description} | {uses} | {files} | {floors} | {farthest} |"
        );
    }
    table
}

/// The document with another table between the two comments; `None` where they are missing.
fn with_table(document: &str, table: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests;
