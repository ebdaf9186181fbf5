//! Written: the external states that the program changed so far.

use std::path::Path;

use clew_session::StateKey;
use rustc_hash::FxHashSet;

/// What the program wrote so far, so that reading anything else is soon forgotten.
#[derive(Default)]
pub(crate) struct Written {
    states: FxHashSet<String>,
    whole: FxHashSet<String>,
    files: FxHashSet<String>,
    /// The folders around those files.
    folders: FxHashSet<String>,
}

const FILES: &str = "file_system";

impl Written {
    pub(crate) fn insert(&mut self, key: &StateKey) {
        if !self.states.contains(&key.state) {
            self.states.insert(key.state.clone());
        }
        match &key.part {
            None if !self.whole.contains(&key.state) => {
                self.whole.insert(key.state.clone());
            }
            Some(part) if key.state == FILES && !self.files.contains(part) => {
                self.files.insert(part.clone());
                for folder in folders(part) {
                    self.folders.insert(folder.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Whether a reader of the state may see something that the program wrote.
    pub(crate) fn shows_in(&self, key: &StateKey) -> bool {
        if !self.states.contains(&key.state) {
            return false;
        }
        match &key.part {
            Some(part) if key.state == FILES && !self.whole.contains(FILES) => {
                self.files.contains(part)
                    || self.folders.contains(part)
                    || folders(part).any(|folder| self.files.contains(folder))
            }
            _ => true,
        }
    }

    /// Whether any part of a state was written.
    pub(crate) fn any_of(&self, state: &str) -> bool {
        self.states.contains(state)
    }
}

/// The folders on the way to a path, the innermost one first.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Path::new(path).parent(), |folder| folder.parent())
        .filter_map(|folder| folder.to_str())
}
