//! Links: what a crate brings along, down to the last dependency.

use std::collections::BTreeSet;
use std::process::Command;

/// Everything that ends up in a program that uses a crate, for the machine at hand.
fn linked_by(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--quiet", "--package", package, "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .output()
        .expect("Cargo runs, since it runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("names of packages are text");
    names.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[track_caller]
fn check_free_of(packages: &[&str], unwanted: &[&str]) {
    for package in packages {
        let linked = linked_by(package);
        assert!(linked.contains("clew-graph"), "{package}: {linked:?}");
        for unwanted in unwanted {
            assert!(!linked.contains(*unwanted), "{package} brings {unwanted} along");
        }
    }
}

#[test]
fn the_terminal_needs_no_python() {
    check_free_of(&["clew-cli", "clew-session"], &["pyo3", "pyo3-ffi"]);
}

#[test]
fn the_rooms_without_io_bring_no_database_along() {
    check_free_of(
        &["clew-graph", "clew-syntax", "clew-effects", "clew-executor"],
        &["diesel", "rusqlite", "libsqlite3-sys", "clew-store"],
    );
}
