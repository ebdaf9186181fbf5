//! With probes in it that report to nobody, a program is the same program.
//!
//! Runs the scripts of `tests/conformance` with and without probes, each in a process of its own, and
//! compares what they print, how they end and the files that they leave. The interpreter is the one that
//! the crate was built for: `PYO3_PYTHON`, or `python3`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

/// Runs a script as `__main__`, by the module of `examples/unheard.rs`.
const RUN: &str = "
import os, sys, unheard
probes = sys.argv.pop(1) == 'probes'
del sys.argv[0]
sys.path[0] = os.path.dirname(sys.argv[0])
del os
sys.exit(unheard.run(sys.argv[0], probes))
";

/// Programs that say of themselves that they are for a later Python, or that ask for more than a module
/// in the place of `python` gives them, such as being run again by their name.
const LEFT_OUT: [&str; 1] = ["# python: "];

/// How a script ended, and what it left.
#[derive(PartialEq)]
struct Outcome {
    code: Option<i32>,
    output: String,
    errors: String,
    files: BTreeMap<OsString, Vec<u8>>,
}

/// Where the scripts run: the module `unheard`, and a folder for each run.
struct Workplace {
    folder: tempfile::TempDir,
    python: OsString,
}

impl Workplace {
    fn new() -> Self {
        // Cargo builds the examples of a package before it runs its tests.
        let test = env::current_exe().expect("a test knows where it is");
        let profile = test.ancestors().nth(2).expect("tests are in `deps` of a profile");
        let folder = tempfile::tempdir().expect("a folder for what the programs write");
        let name = |prefix: &str, suffix: &str| format!("{prefix}unheard{suffix}");
        let library = name(env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
        fs::copy(
            profile.join("examples").join(library),
            folder.path().join(name("", if cfg!(windows) { ".pyd" } else { ".so" })),
        )
        .expect("the example `unheard` is built with the tests");
        let python = env::var_os("PYO3_PYTHON").unwrap_or_else(|| "python3".into());
        Self { folder, python }
    }

    fn run(&self, script: &Path, probes: bool) -> Outcome {
        let here = tempfile::tempdir_in(self.folder.path()).expect("a folder for one run");
        let output = Command::new(&self.python)
            .args(["-c", RUN, if probes { "probes" } else { "plain" }])
            .arg(script)
            .current_dir(here.path())
            .env("PYTHONPATH", self.folder.path())
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .output()
            .expect("the interpreter starts");
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.replace(&*here.path().to_string_lossy(), "<here>")
        };
        let files = fs::read_dir(here.path()).expect("the folder is still there").flatten();
        Outcome {
            code: output.status.code(),
            output: text(&output.stdout),
            errors: text(&output.stderr),
            files: files
                .filter_map(|file| Some((file.file_name(), fs::read(file.path()).ok()?)))
                .collect(),
        }
    }
}

impl Outcome {
    /// In which respect another one is different.
    fn difference(&self, other: &Self) -> String {
        let texts = [(&self.output, &other.output), (&self.errors, &other.errors)];
        match texts.into_iter().find(|(one, another)| one != another) {
            Some((one, another)) => {
                let lines = one.lines().zip(another.lines()).find(|(one, another)| one != another);
                match lines {
                    Some((one, another)) => format!("`{one}` became `{another}`"),
                    None => format!("{} bytes became {}", one.len(), another.len()),
                }
            }
            None if self.code != other.code => format!("{:?} became {:?}", self.code, other.code),
            None => "it writes other files".to_owned(),
        }
    }
}

#[test]
fn probes_that_report_to_nobody_change_no_program() {
    let workplace = Workplace::new();
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
    let mut scripts = Vec::new();
    let gallery = gallery.canonicalize().expect("the gallery is part of the repository");
    find(&gallery, &workplace.folder.path().join("cases"), &mut scripts);
    scripts.sort();
    let count = scripts.len();
    let left = Mutex::new(scripts);
    let different = Mutex::new(Vec::new());
    let succeeded = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let next = || left.lock().expect("no thread panics with it").pop();
                while let Some(script) = next() {
                    let plain = workplace.run(&script, false);
                    let is_success = plain.code == Some(0) && !plain.output.is_empty();
                    succeeded.fetch_add(usize::from(is_success), Ordering::Relaxed);
                    // Some programs differ from run to run.
                    if !(0..2).any(|_| workplace.run(&script, true) == plain)
                        && workplace.run(&script, false) == plain
                    {
                        let difference = plain.difference(&workplace.run(&script, true));
                        let line = format!("{}: {difference}", script.display());
                        different.lock().expect("no thread panics with it").push(line);
                    }
                }
            });
        }
    });
    let different = different.into_inner().expect("no thread panicked");
    let succeeded = succeeded.into_inner();
    assert!(succeeded > count / 3, "{succeeded} of {count} ran to their end and printed something");
    assert!(different.is_empty(), "{} of {count}:\n{}", different.len(), different.join("\n"));
}

/// The scripts under a folder, without what is part of another program. Those that stand in fences of
/// a topic are written below `cases`, each into a folder of its own.
fn find(folder: &Path, cases: &Path, scripts: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the gallery can be read").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_part = name.to_string_lossy().starts_with('_') || path.join("__init__.py").exists();
        if is_part {
            continue;
        }
        if path.is_dir() {
            find(&path, cases, scripts);
            continue;
        }
        let text = fs::read(&path).unwrap_or_default();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("py") if !is_left_out(&text) => scripts.push(path),
            Some("md") => {
                let text = String::from_utf8(text).expect("topics are UTF-8");
                for block in text.split("\n```python\n").skip(1) {
                    let program = block.split("\n```\n").next().unwrap_or(block);
                    if !is_left_out(program.as_bytes()) {
                        let folder = cases.join(scripts.len().to_string());
                        fs::create_dir_all(&folder).expect("a folder for the case");
                        let script = folder.join("program.py");
                        fs::write(&script, format!("{program}\n")).expect("the case is written");
                        scripts.push(script);
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_left_out(text: &[u8]) -> bool {
    LEFT_OUT.iter().any(|start| text.starts_with(start.as_bytes()))
}
