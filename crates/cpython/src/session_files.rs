//! Session files: which files the program reads, imports and writes, and what was in them before.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clew_graph::Timestamp;
use clew_session::{FileRole, SessionFile};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};
use rustc_hash::FxHashMap;

/// How many files are noted.
const MOST: usize = 2_000;
/// Up to how many bytes of a file, and of all, are kept.
const MOST_KEPT: u64 = 1 << 20;
const MOST_KEPT_OF_ALL: u64 = 4 << 20;
/// Up to how many bytes of a file, and of all, are digested.
const MOST_DIGESTED: u64 = 8 << 20;
const MOST_DIGESTED_OF_ALL: u64 = 16 << 20;

/// The files of the program that runs, by path.
static FILES: Mutex<Option<Files>> = Mutex::new(None);

#[derive(Default)]
struct Files {
    known: FxHashMap<String, SessionFile>,
    kept: u64,
    digested: u64,
    /// How many modules there were when those that are imported were last looked at.
    modules: usize,
}

fn lock() -> MutexGuard<'static, Option<Files>> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on files are noted.
pub(crate) fn begin() {
    *lock() = Some(Files::default());
}

/// A file is about to be read.
pub(crate) fn read(path: &str) {
    let mut files = lock();
    let Some(files) = files.as_mut() else { return };
    if files.known.contains_key(path) || files.known.len() >= MOST || is_installed(path) {
        return;
    }
    // What is no file, or not there, is no data.
    if let Some(found) = Path::new(path).metadata().ok().filter(Metadata::is_file) {
        files.known.insert(path.to_owned(), described(path, FileRole::Read, Some(&found)));
    }
}

/// A file or folder is about to be written, moved or removed.
pub(crate) fn write(path: &str) {
    let mut files = lock();
    let Some(files) = files.as_mut() else { return };
    let known = files.known.get(path);
    if known.is_some_and(|known| known.role != FileRole::Read) || files.known.len() >= MOST {
        return;
    }
    let found = Path::new(path).symlink_metadata().ok();
    let role = if found.is_some() { FileRole::Changed } else { FileRole::Written };
    let mut file = described(path, role, found.as_ref());
    if found.is_some_and(|found| found.is_file()) {
        files.fill(&mut file);
    }
    files.known.insert(path.to_owned(), file);
}

/// Notes what is in the modules that lie with the program, as they are when they have been imported: a notebook's
/// are edited while it is open.
pub(crate) fn note_imported(py: Python<'_>) {
    let mut files = lock();
    let Some(files) = files.as_mut() else { return };
    let Some(modules) = modules(py).filter(|modules| modules.len() != files.modules) else {
        return;
    };
    files.modules = modules.len();
    for path in imported(&modules) {
        let found = Path::new(&path).metadata().ok();
        // To be imported it was read.
        if found.is_some() && files.known.get(&path).is_none_or(|file| file.role == FileRole::Read)
        {
            let mut file = described(&path, FileRole::Imported, found.as_ref());
            files.fill(&mut file);
            files.known.insert(path, file);
        }
    }
}

/// The files of modules that lie with the program and are no longer as they were when they were imported.
pub(crate) fn edited() -> Vec<String> {
    let files = lock();
    let known = files.iter().flat_map(|files| files.known.values());
    let imported = known.filter(|file| file.role == FileRole::Imported);
    let is_edited = |file: &&SessionFile| {
        let now = Path::new(&file.path).metadata().ok();
        now.map(|now| (now.len(), modified(&now))) != file.size.zip(file.modified)
            && file.digest != std::fs::read(&file.path).ok().map(|content| digest(&content))
    };
    imported.filter(is_edited).map(|file| file.path.clone()).collect()
}

/// What is known of the program's files when it has ended.
pub(crate) fn end(py: Python<'_>) -> Vec<SessionFile> {
    let Some(mut files) = lock().take() else { return Vec::new() };
    for path in modules(py).iter().flat_map(imported) {
        let found = Path::new(&path).metadata().ok();
        let known = files.known.get(&path).is_some_and(|known| known.role != FileRole::Read);
        if found.is_some() && !known {
            files.known.insert(path.clone(), described(&path, FileRole::Imported, found.as_ref()));
        }
    }
    let mut all: Vec<SessionFile> = std::mem::take(&mut files.known).into_values().collect();
    // Small ones first, so that one large file does not stand in the way of the rest.
    all.sort_by(|left, right| (left.size, &left.path).cmp(&(right.size, &right.path)));
    for file in &mut all {
        let is_as_before = || {
            let now = Path::new(&file.path).metadata().ok();
            now.as_ref().map(|now| (now.len(), modified(now))) == file.size.zip(file.modified)
        };
        let is_input = matches!(file.role, FileRole::Read | FileRole::Imported);
        if is_input && file.digest.is_none() && is_as_before() {
            files.fill(file);
        }
    }
    all
}

impl Files {
    /// Digests and keeps what is in a file, as far as that is cheap.
    fn fill(&mut self, file: &mut SessionFile) {
        let Some(size) = file.size else { return };
        if size > MOST_DIGESTED || self.digested + size > MOST_DIGESTED_OF_ALL {
            return;
        }
        let Ok(content) = std::fs::read(&file.path) else { return };
        self.digested += size;
        file.digest = Some(digest(&content));
        if size <= MOST_KEPT && self.kept + size <= MOST_KEPT_OF_ALL {
            self.kept += size;
            file.content = Some(content);
        }
    }
}

fn described(path: &str, role: FileRole, found: Option<&Metadata>) -> SessionFile {
    SessionFile {
        path: path.to_owned(),
        role,
        size: found.map(Metadata::len),
        modified: found.map(modified),
        digest: None,
        content: None,
    }
}

fn digest(content: &[u8]) -> String {
    blake3::hash(content).to_hex().to_string()
}

fn modified(found: &Metadata) -> Timestamp {
    Timestamp(found.mtime() * 1_000_000 + found.mtime_nsec() / 1_000)
}

/// Whether a file comes with Python or a library.
fn is_installed(path: &str) -> bool {
    ["site-packages", "dist-packages", "/lib/python3", "/usr/", "/etc/"]
        .iter()
        .any(|part| path.contains(part))
        || [".pyc", ".so"].iter().any(|end| path.ends_with(end))
}

/// All modules.
fn modules(py: Python<'_>) -> Option<Bound<'_, PyDict>> {
    let modules = py.import("sys").and_then(|sys| sys.getattr("modules"));
    modules.ok()?.cast_into::<PyDict>().ok()
}

/// The files of those that lie with the program.
fn imported(modules: &Bound<'_, PyDict>) -> Vec<String> {
    let mut paths = Vec::new();
    for (name, module) in modules.iter() {
        let Ok(module) = module.cast_into_exact::<PyModule>() else { continue };
        let is_main = name.extract::<&str>().is_ok_and(|name| name == "__main__");
        if !is_main
            && let Ok(Some(file)) = module.dict().get_item("__file__")
            && let Ok(path) = file.extract::<String>()
            && path.ends_with(".py")
            && !is_installed(&path)
        {
            paths.push(path);
        }
    }
    paths
}
