//! File names: by which names the program knows a file beside the one at hand.
//!
//! A link gives a file a second name, and what is written by way of one of them is read by way of the other.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clew_effects::ExternalState;
use rustc_hash::FxHashMap;

use crate::touch::Touch;

/// The names that the program gave to files.
#[derive(Default)]
pub(crate) struct FileNames {
    /// Those that are hard links, by device and number.
    by_number: FxHashMap<(u64, u64), Vec<String>>,
    /// Whether it made any symbolic links, which may stand for folders.
    symbolic: bool,
}

impl FileNames {
    /// A file is about to get a second name.
    pub(crate) fn link(&mut self, from: &str, to: &str) {
        if let Some(number) = number_of(from) {
            let names = self.by_number.entry(number).or_default();
            for name in [from, to] {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
    }

    /// The program makes a symbolic link.
    pub(crate) fn link_symbolically(&mut self) {
        self.symbolic = true;
    }

    /// What is done to a file is done to it under its other names as well.
    pub(crate) fn with_others(&self, touches: Vec<Touch>) -> Vec<Touch> {
        let mut all = Vec::with_capacity(touches.len());
        for touch in touches {
            let part = touch.key.part.as_deref();
            let path = part.filter(|_| touch.key.state == ExternalState::FileSystem);
            for other in path.map(|path| self.others(path)).unwrap_or_default() {
                all.push(Touch::always(ExternalState::FileSystem, Some(other), touch.how));
            }
            all.push(touch);
        }
        all
    }

    fn others(&self, path: &str) -> Vec<String> {
        let mut others = Vec::new();
        let is_link = || Path::new(path).symlink_metadata().is_ok_and(|it| it.is_symlink());
        if (self.symbolic || is_link())
            && let Some(target) = target_of(Path::new(path))
        {
            others.push(target.to_string_lossy().into_owned());
        }
        if !self.by_number.is_empty()
            && let Some(names) = number_of(path).and_then(|number| self.by_number.get(&number))
        {
            others.extend(names.iter().cloned());
        }
        others.retain(|other| other != path);
        others
    }
}

/// The device of a file, and its number there.
fn number_of(path: &str) -> Option<(u64, u64)> {
    Path::new(path).metadata().ok().map(|found| (found.dev(), found.ino()))
}

/// Where a path leads; the file itself may not be there yet.
fn target_of(path: &Path) -> Option<PathBuf> {
    let in_folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(in_folder)
}
