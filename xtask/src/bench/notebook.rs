//! Notebook: what do cells cost under clew, against the same kernel without it?

use std::collections::HashMap;
use std::fs;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::Result;
use crate::python::Python;

/// What a notebook's runs took, in the order in which they were made.
#[derive(Deserialize)]
struct Row {
    notebook: String,
    cells: usize,
    plain: Vec<HashMap<String, f64>>,
    clew: Vec<HashMap<String, f64>>,
}

/// Runs notebooks in kernels with clew and without in turn, and prints the fastest of each side by side, as a clock
/// says.
pub(crate) fn run(python: &Python, repeats: usize, clock: &str, json: bool) -> Result {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("notebook.py");
    fs::write(&script, include_str!("notebook.py"))?;
    let done = Command::new(&python.path)
        .arg(&script)
        .arg(repeats.max(1).to_string())
        .stderr(Stdio::inherit())
        .output()?;
    if !done.status.success() {
        return Err("the notebooks could not be run; are ipykernel and pandas installed?".into());
    }
    let text = String::from_utf8(done.stdout)?;
    if json {
        print!("{text}");
        return Ok(());
    }
    let rows: Vec<Row> = serde_json::from_str(&text)?;
    println!(
        "{:<16} {:>6} {:>9} {:>9} {:>6} {:>8}",
        "notebook", "cells", "plain s", "clew s", "ratio", "ms/cell"
    );
    for row in rows {
        let least = |costs: &[HashMap<String, f64>]| {
            costs.iter().map(|cost| cost[clock]).fold(f64::INFINITY, f64::min)
        };
        let (plain, clew) = (least(&row.plain), least(&row.clew));
        println!(
            "{:<16} {:>6} {plain:>9.3} {clew:>9.3} {:>6.3} {:>8.2}",
            row.notebook,
            row.cells,
            clew / plain,
            (clew - plain) * 1e3 / row.cells as f64,
        );
    }
    Ok(())
}
