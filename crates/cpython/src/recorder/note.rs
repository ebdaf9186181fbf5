//! Note: the external states and variables that the statement at hand reads, and the states that it
//! changes.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use clew_effects::{ExternalState, StateKey};
use clew_heap::code::code_names;
use clew_heap::{Address, Lent, Quiet, frame};
use pyo3::ffi;

use super::state::{Recorder, note_written};

impl Recorder {
    /// Notes that the statement at hand reads a state.
    pub(super) fn reads_state(&mut self, key: StateKey) {
        if self.is_left_to_chance(&key.state) {
            return;
        }
        self.loop_trace.state(&key, None);
        if self.at_hand.states_seen.insert((key.clone(), None)) {
            self.at_hand.states_read.push(key);
        }
    }

    /// Whether a state is a random generator of which nobody can say what it gives next: the program has
    /// only drawn from it so far.
    fn is_left_to_chance(&self, state: &ExternalState) -> bool {
        is_generator(state) && !self.outside.seeded.contains(state)
    }

    /// Notes that a hidden random generator may have been seeded.
    pub(super) fn note_seeded(&mut self, state: &ExternalState) {
        if is_generator(state) && self.is_left_to_chance(state) {
            self.outside.seeded.push(state.clone());
        }
    }

    /// Notes that the statement at hand changes a state, and whether it makes it anew.
    pub(super) fn writes_state(&mut self, (key, anew): (StateKey, bool)) {
        if key.state == ExternalState::FileSystem {
            self.needs_folder(&key);
        }
        if anew {
            self.note_seeded(&key.state);
        }
        if self.is_beside() {
            self.writes_beside(&key);
        }
        self.loop_trace.state(&key, Some(anew));
        self.outside.states_changed += usize::from(key.state != ExternalState::Object);
        self.outside.settings.change(&key);
        self.outside.written.insert(&key);
        note_written(&self.outside.written);
        if self.at_hand.states_seen.insert((key.clone(), Some(anew))) {
            if key.state == ExternalState::FileSystem
                && let Some(path) = &key.part
            {
                self.watch_folder_of(path);
            }
            self.at_hand.states_written.push((key, anew));
        }
    }

    /// Where a file is written, the folder has to be there, if the program made it.
    pub(super) fn needs_folder(&mut self, file: &StateKey) {
        let folder = file.part.as_deref().and_then(|part| part.rsplit_once('/'));
        if let Some((folder, _)) = folder {
            let place = StateKey::part(ExternalState::FileSystem, format!("{folder}/*"));
            if self.outside.written.shows_in(&place) {
                self.reads_state(place);
            }
        }
    }

    /// Notes that the statement at hand reads a variable, if there is one of this name.
    pub(super) fn reads_name(&mut self, name: String) {
        self.loop_trace.read(&name);
        if !self.at_hand.read.contains(&name) {
            self.at_hand.read.push(name);
        }
    }

    /// The same, where it is looked up in the frames of callers first.
    pub(super) fn looks_up(&mut self, quiet: Quiet<'_>, name: String) {
        frame::named(quiet, &name).into_iter().for_each(|local| self.reads_name(local));
        self.reads_name(name);
    }

    /// Whether a name that code looks up in frames or in the module stands for a variable.
    pub(super) fn is_named(&self, quiet: Quiet<'_>, name: &str) -> bool {
        self.variables(quiet).item(name).is_some() || !frame::named(quiet, name).is_empty()
    }

    /// The names that a code object refers to, as reads.
    pub(super) fn reads_of_code(&mut self, code: Address) {
        // SAFETY: session code is kept alive.
        let code = unsafe { Lent::new(code as *mut ffi::PyObject) };
        for name in code.into_iter().flat_map(code_names) {
            self.reads_name(name);
        }
    }

    /// Notes that an object is read, where no variable leads to it.
    pub(super) fn read_hidden(&mut self, value: Lent<'_>) {
        if self.objects.hidden.contains(&value.address()) || self.is_kept(value.address()) {
            self.reads_state(hidden_key(value.address()));
        }
    }
}

/// Whether a state is that of a hidden random generator.
fn is_generator(state: &ExternalState) -> bool {
    matches!(state, ExternalState::Random | ExternalState::NumpyRandom | ExternalState::TorchRandom)
}

pub(super) fn hidden_key(address: Address) -> StateKey {
    StateKey::part(ExternalState::Object, format!("{address:x}"))
}

/// A variable of a module, by the module's namespace.
pub(super) fn variable_key(namespace: Address, name: &str) -> StateKey {
    StateKey::part(ExternalState::Object, format!("{namespace:x}.{name}"))
}

/// What a module keeps to itself.
pub(super) fn module_key(module: Lent<'_>) -> StateKey {
    StateKey::module(module.module_name())
}
