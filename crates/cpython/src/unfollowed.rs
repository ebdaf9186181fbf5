//! Unfollowed: the program's own files that ran though it was started by a library, of which only the main
//! module is followed.
#![allow(unsafe_code, reason = "looks at the frames that run, under the GIL")]

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use clew_graph::os_text;
use clew_heap::session_code::session_code;
use clew_heap::{Lent, Owned};
use pyo3::ffi;
use pyo3::prelude::*;

/// How many files are noted.
const MOST: usize = 1_000;
/// How many of them are named.
const MOST_NAMED: usize = 3;

/// The run that a library's main module has begun, if one has.
static RUN: Mutex<Option<LibraryRun>> = Mutex::new(None);

struct LibraryRun {
    /// What the user ran.
    name: String,
    /// The working folder when it began.
    folder: PathBuf,
    /// The own files that ran, in the order in which they did, as seen from the folder.
    files: Vec<String>,
}

fn lock() -> MutexGuard<'static, Option<LibraryRun>> {
    RUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The main module of a run, by its file, is recorded from now on.
pub(crate) fn begin(py: Python<'_>, name: &str, file: &str) {
    let is_library = is_of_library(file) || is_console_script(py, Path::new(file));
    *lock() = is_library.then(|| LibraryRun {
        name: Path::new(name).file_name().map_or(name.into(), |name| name.to_string_lossy()).into(),
        folder: std::env::current_dir().unwrap_or_default(),
        files: Vec::new(),
    });
}

/// A code object that is not recorded is run by `exec`, as the import of a module does.
pub(crate) fn ran(code: Lent<'_>) {
    let mut run = lock();
    let Some(run) = run.as_mut().filter(|run| run.files.len() < MOST) else { return };
    let name: Option<Owned> = code.get(c"co_filename");
    if let Some(file) = name.as_ref().and_then(|name| name.lend().as_str())
        && let Some(file) = run.own_file(file)
        && !run.files.contains(&file)
    {
        run.files.push(file);
    }
}

/// The run has ended; what is to be said of it.
pub(crate) fn end() -> Option<String> {
    let run = lock().take().filter(|run| !run.files.is_empty())?;
    let named = run.files.iter().take(MOST_NAMED).map(|file| format!("`{file}`"));
    let mut files = named.collect::<Vec<_>>().join(", ");
    if let Some(more @ 1..) = run.files.len().checked_sub(MOST_NAMED) {
        files.push_str(&format!(" and {more} more"));
    }
    Some(format!(
        "what `{}` ran was not followed: {files}; `clew run SCRIPT` follows a script of your own",
        run.name
    ))
}

/// Why nothing is known of the values of the code that runs, where it is code that is not followed.
pub fn unfollowed_caller(py: Python<'_>) -> Option<String> {
    let run = lock();
    let run = run.as_ref()?;
    let file = caller(py)?;
    let file = run.own_file(&file).unwrap_or(file);
    Some(format!(
        "it was saved by `{file}`, and of a run of the library `{}` only its own main module is followed",
        run.name
    ))
}

/// The file of the code that calls clew, unless that is recorded.
fn caller(_py: Python<'_>) -> Option<String> {
    // SAFETY: the GIL is held; the frame that runs is borrowed, and those behind it new references.
    unsafe {
        let mut frame = Owned::new(ffi::Py_XNewRef(ffi::PyEval_GetFrame().cast()));
        while let Some(now) = frame {
            let pointer = now.as_ptr().cast::<ffi::PyFrameObject>();
            let code = Owned::new(ffi::PyFrame_GetCode(pointer).cast())?;
            if session_code().contains(&code.lend().address()) {
                return None;
            }
            let globals = now.lend().get(c"f_globals");
            let module = globals.as_ref().and_then(|globals| globals.lend().item("__name__"));
            let module = module.and_then(Lent::text).unwrap_or_default();
            if module != "clew" && !module.starts_with("clew.") {
                let file = code.lend().get(c"co_filename");
                return file.as_ref().and_then(|file| file.lend().text());
            }
            frame = Owned::new(ffi::PyFrame_GetBack(pointer).cast());
        }
    }
    None
}

impl LibraryRun {
    /// A file of the program's own as it is seen from the working folder.
    fn own_file(&self, file: &str) -> Option<String> {
        let path = self.folder.join(os_text::from_text(file));
        let below = path.strip_prefix(&self.folder).ok();
        let elsewhere = || !path.starts_with(std::env::temp_dir()) && !path.starts_with("/usr/");
        let is_own = !is_of_library(&path.to_string_lossy())
            && (below.is_some() || elsewhere())
            && path.is_file();
        is_own.then(|| os_text::to_text(below.unwrap_or(&path).as_os_str()))
    }
}

/// Whether a file comes with Python or an installed library.
fn is_of_library(file: &str) -> bool {
    ["site-packages", "dist-packages", "/lib/python3"].iter().any(|part| file.contains(part))
}

/// Whether a script lies where installed libraries put theirs: beside the interpreter.
fn is_console_script(py: Python<'_>, file: &Path) -> bool {
    let Some(folder) = file.parent() else { return false };
    let python = py.import("sys").and_then(|sys| sys.getattr("executable"));
    let python = python.and_then(|python| python.extract::<PathBuf>()).unwrap_or_default();
    let same = |place: &Path| match (folder.canonicalize(), place.canonicalize()) {
        (Ok(folder), Ok(place)) => folder == place,
        _ => false,
    };
    python.parent().is_some_and(same)
}
