//! Globbed: which of the files that the program wrote are found by a pattern, or may be.

use std::path::{Component, Path, PathBuf};
use std::sync::atomic::Ordering;

use clew_effects::{ExternalState, StateKey};
use glob::Pattern;

use super::state::{GLOBBING, Recorder};
use crate::paths::normal_path;

/// What stands for any part of a name in a pattern.
const WILD: [char; 3] = ['*', '?', '['];

impl Recorder {
    /// Notes that files are looked for by a pattern: those that were written and have such a name, and the folders
    /// on the way.
    pub(crate) fn globs(&mut self, pattern: &Path) {
        GLOBBING.store(true, Ordering::Relaxed);
        let is_wild = |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(WILD);
        let plain: PathBuf = pattern.components().take_while(|part| !is_wild(part)).collect();
        let root = if plain == pattern { pattern.parent().unwrap_or(pattern) } else { &plain };
        let root = normal_path(root);
        let name = pattern.file_name().map(|name| name.to_string_lossy().into_owned());
        // What is no pattern to `glob` may stand for any name.
        let name = Pattern::new(&name.unwrap_or_default()).ok();
        let mut keys = vec![made(&root)];
        for part in self.outside.written.parts_within(&ExternalState::FileSystem, &root) {
            let path = Path::new(part);
            let own = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
            // What is there of a folder is of no interest, but whether it is there.
            if path.is_dir() {
                keys.push(made(part));
            } else if name.as_ref().is_none_or(|name| name.matches(&own))
                || path.symlink_metadata().is_err()
            {
                keys.push(StateKey::part(ExternalState::FileSystem, part));
            }
        }
        for key in keys {
            let own = self.at_hand.states_seen.contains(&(key.clone(), Some(true)));
            if !own && self.outside.written.shows_in(&key) {
                self.reads_state(key);
            }
        }
    }
}

/// That a folder was made, whatever became of what is in it.
fn made(folder: &str) -> StateKey {
    StateKey::part(ExternalState::FileSystem, format!("{folder}/*"))
}
