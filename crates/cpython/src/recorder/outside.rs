//! Outside: the external states that the statement at hand read and changed, by whoever tells of them:
//! audit events, digests of the random generators, the text, and settings.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::ptr;

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_heap::Quiet;
use clew_heap::raw::lend_all;
use clew_syntax::literal_key::{self, EnvironmentKeys};
use pyo3::ffi;
use rustc_hash::FxHashSet;

use super::note::variable_key;
use super::state::Recorder;
use super::statement::Cause;
use crate::callee::{self, ItemUse};
use crate::namespace::Mirror;
use crate::paths::{GivenPath, normal_path};
use crate::reach::{self, Address, Walk};
use crate::rng_state::RngChange;
use crate::touch::{How, Touch};

impl Recorder {
    /// Notes what an audit event tells, where rules have not said it already.
    pub(crate) fn touch(&mut self, touches: Vec<Touch>) {
        /// How many files a statement may touch before it is their folders that count.
        const MOST: usize = 4_096;
        let notes = |key: &StateKey, state: &ExternalState| key.state == *state;
        for Touch { mut key, how, always } in touches {
            if !always {
                let known = self.at_hand.states_read.iter().any(|known| notes(known, &key.state))
                    || self
                        .at_hand
                        .states_written
                        .iter()
                        .any(|(known, _)| notes(known, &key.state));
                if known && !self.at_hand.audited.contains(&key.state) {
                    continue;
                }
                self.at_hand.audited.insert(key.state.clone());
            }
            if key.state == ExternalState::FileSystem && key.part.is_some() {
                if self.at_hand.files_audited > MOST {
                    let folder = |part: String| {
                        std::path::Path::new(&part)
                            .parent()
                            .map_or(part.clone(), |folder| folder.to_string_lossy().into_owned())
                    };
                    key.part = key.part.map(folder);
                }
                if matches!(how, How::Writes { .. }) {
                    self.at_hand.files_audited += 1;
                }
            }
            match how {
                How::Reads => {
                    // What the statement itself made anew hangs on nothing before it.
                    let own = self.at_hand.states_seen.contains(&(key.clone(), Some(true)));
                    if !own && self.outside.written.shows_in(&key) {
                        self.reads_state(key);
                    }
                }
                How::Writes { anew } => self.writes_state((key, anew)),
            }
        }
    }

    /// A whole package is imported for the first time that does not come with Python.
    pub(crate) fn imports(&mut self) {
        self.at_hand.imports_packages = true;
    }

    /// An environment variable is set: one that is not there yet, or to what it is already.
    pub(crate) fn variable_set(&mut self, name: String, anew: bool, same: bool) {
        self.at_hand.environment_audited = true;
        if !same {
            self.at_hand.variables_set.entry(name).or_insert(anew);
        }
    }

    /// An environment variable is taken away.
    pub(crate) fn variable_taken_away(&mut self, name: String) {
        self.at_hand.environment_audited = true;
        // What was there for a part of the statement only is no change.
        if self.at_hand.variables_set.remove(&name) != Some(true) {
            self.reads_state(StateKey::part(ExternalState::Environment, name.clone()));
            self.at_hand.variables_set.insert(name, false);
        }
    }

    /// Notes which environment variables the statement at hand set, and whether what it imported may
    /// have read any.
    pub(super) fn note_environment(&mut self, imports: bool) {
        if self.at_hand.imports_packages && (imports || self.at_hand.called_unknown) {
            self.reads_state(StateKey::whole(ExternalState::Environment));
        }
        for (name, _) in std::mem::take(&mut self.at_hand.variables_set) {
            self.writes_state((StateKey::part(ExternalState::Environment, name), true));
        }
    }

    /// A connection is being made to a database.
    pub(crate) fn connects_to(&mut self, database: Option<String>) {
        self.at_hand.connecting = database;
    }

    /// The connection is there.
    pub(crate) fn connected(&mut self, connection: *mut ffi::PyObject) {
        if let Some(database) = self.at_hand.connecting.take() {
            self.objects
                .handles
                .insert(connection as Address, StateKey::part(ExternalState::Db, database));
        }
    }

    /// Notes what became of files that a call was given by name and that no event told of: C does
    /// with them what it likes.
    pub(super) fn note_given_paths(&mut self, paths: &[GivenPath]) {
        for given in paths {
            let key = StateKey::part(ExternalState::FileSystem, given.path.clone());
            let seen = |how| self.at_hand.states_seen.contains(&(key.clone(), how));
            let written = seen(Some(true)) || seen(Some(false));
            if written {
                continue;
            }
            if given.was_there() && !seen(None) && self.outside.written.shows_in(&key) {
                self.reads_state(key.clone());
            }
            if given.changed() {
                self.writes_state((key, false));
            }
        }
    }

    /// Remembers the files that the statement at hand opened for writing and that these values hold,
    /// so that a change of the one is seen as a change of the other.
    pub(super) unsafe fn adopt_files(&mut self, values: &[*mut ffi::PyObject]) {
        // SAFETY: handed on from the caller, which lends live values or null.
        let files = unsafe { crate::streams::open_files(values, &self.borders) };
        for (handle, path) in files {
            let here = std::env::current_dir().unwrap_or_default();
            let key = StateKey::part(ExternalState::FileSystem, normal_path(&here.join(path)));
            let written = |anew| self.at_hand.states_seen.contains(&(key.clone(), Some(anew)));
            if written(true) || written(false) {
                self.objects.handles.entry(handle).or_insert(key);
            }
        }
    }

    /// Notes which hidden random generators the statement at hand drew from or seeded, where no rule
    /// said that it did.
    pub(super) unsafe fn note_draws(&mut self) {
        // SAFETY: handed on from the caller, which holds the GIL.
        for (state, drawn) in self.outside.draws.look(unsafe { Quiet::new() }) {
            let key = StateKey::whole(state);
            let told = self.at_hand.states_written.iter().any(|(written, _)| *written == key);
            // A generator that was just imported is nobody's work, unless an unknown call seeded it.
            if told || (drawn == RngChange::Appeared && !self.at_hand.called_unknown) {
                continue;
            }
            if drawn == RngChange::Moved {
                self.reads_state(key.clone());
            }
            self.writes_state((key, false));
        }
    }

    /// Notes what was drawn in this statement from a generator that is about to be seeded.
    pub(super) unsafe fn note_draws_before(&mut self, key: &StateKey) {
        // SAFETY: as above.
        let drawn = self.at_hand.states_written.iter().all(|(written, _)| written != key)
            && self.outside.draws.moved(unsafe { Quiet::new() }, &key.state);
        if drawn {
            self.reads_state(key.clone());
            self.writes_state((key.clone(), false));
        }
    }

    /// Environment variables that are read or set through `os.environ`, by name where the text
    /// spells it.
    pub(super) unsafe fn environment(
        &mut self,
        statement: &clew_syntax::Statement,
        paths: &[clew_syntax::Read],
        own: usize,
    ) {
        // SAFETY: dictionaries lend what they hold; only modules' are looked into.
        let is_environ = |name: &str, path: &[String]| unsafe {
            let mut object = crate::object::item(self.namespace, name);
            for part in path {
                if object.is_null() || ffi::PyModule_Check(object) == 0 {
                    return false;
                }
                object = crate::object::item(ffi::PyModule_GetDict(object), part);
            }
            !object.is_null() && crate::object::is_environ(object)
        };
        let mentions = |reads: &[clew_syntax::Read]| {
            reads.iter().any(|read| is_environ(&read.name, &read.path))
        };
        let (own, entered) = paths.split_at(own.min(paths.len()));
        let (mentioned, within) = (mentions(own), mentions(entered));
        if !self.at_hand.environ_stored && !mentioned && !within {
            return;
        }
        let spelled = literal_key::environment(statement, &is_environ);
        let key = |name: Option<String>| StateKey { state: ExternalState::Environment, part: name };
        match spelled {
            Some(EnvironmentKeys { read, stored }) => {
                // Functions, lambdas and comprehensions read what they like of it.
                if within || (mentioned && read.is_empty() && stored.is_empty()) {
                    self.reads_state(key(None));
                }
                for name in read {
                    self.reads_state(key(name));
                }
                for name in stored {
                    // Which variable it is that no text spells was audited.
                    if name.is_some() || !self.at_hand.environment_audited {
                        let anew = name.is_some();
                        self.writes_state((key(name), anew));
                    }
                }
            }
            None => {
                self.reads_state(key(None));
                if self.at_hand.environ_stored && !self.at_hand.environment_audited {
                    self.writes_state((key(None), false));
                }
            }
        }
    }

    /// Notes that a value was made of bytes, which name the classes of the program that it is of.
    pub(super) unsafe fn read_classes_of(&mut self, value: *mut ffi::PyObject) {
        const BUDGET: usize = 2_000;
        if value.is_null() {
            return;
        }
        let mut classes = FxHashSet::default();
        let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: false };
        // SAFETY: handed on from the caller; the namespace lends its variables.
        unsafe {
            walk.run(value, &mut FxHashSet::default(), &mut |object| {
                classes.insert(object as Address);
                classes.insert(ffi::Py_TYPE(object) as Address);
                true
            });
            for (name, variable) in Mirror::variables(self.namespace) {
                let is_class = ffi::PyType_Check(variable) != 0
                    && callee::type_name(variable.cast()).0 == "__main__";
                if is_class
                    && classes.contains(&(variable as Address))
                    && let Some(name) = callee::text(name)
                {
                    self.reads_name(name);
                }
            }
        }
    }

    /// Notes what an import gets from a module of the program's own that was imported before: as it was
    /// changed since, and from its file as the program wrote it.
    pub(super) unsafe fn import_again(&mut self, modules: &[String]) {
        if self.objects.own_modules.is_empty() {
            return;
        }
        for name in modules
            .iter()
            .filter(|name| self.objects.own_modules.contains(*name))
            .cloned()
            .collect::<Vec<_>>()
        {
            // SAFETY: the GIL is held; the module lends what it holds.
            let file = unsafe {
                crate::object::in_module(&name, "__file__").and_then(|file| callee::text(file))
            };
            if let Some(file) = file {
                let key = StateKey::part(ExternalState::FileSystem, file);
                if self.outside.written.shows_in(&key) {
                    self.reads_state(key);
                }
            }
            self.reads_state(StateKey::module(name));
        }
    }

    /// Reads of settings by what is done with a library's values.
    pub(super) unsafe fn obey_settings(&mut self, paths: &[clew_syntax::Read], makes_text: bool) {
        // SAFETY: the namespace lends what it holds.
        unsafe {
            let names = paths.iter().map(|read| &read.name).chain(&self.at_hand.read);
            let mut values: Vec<*mut ffi::PyObject> =
                names.map(|name| crate::object::item(self.namespace, name)).collect();
            let named = values.len();
            values.retain(|value| !value.is_null());
            let mut obeyed =
                self.outside.settings.obeyed(&lend_all(&values), &self.borders, makes_text);
            if values.len() < named {
                obeyed.extend(self.outside.settings.builtins());
            }
            for key in obeyed.into_iter().cloned().collect::<Vec<_>>() {
                self.reads_state(key);
            }
        }
    }

    /// Remembers which modules of the program's own a statement imported, and those that came with them.
    pub(super) unsafe fn note_imported(&mut self, modules: &[String]) {
        // SAFETY: handed on from the caller, which holds the GIL; the interpreter lends its modules.
        unsafe {
            let imported = ffi::PyImport_GetModuleDict();
            let named = |name: &str| crate::object::item(imported, name);
            let is_own = |module: *mut ffi::PyObject| {
                !module.is_null()
                    && ffi::PyModule_Check(module) != 0
                    && crate::object::is_own_module(module)
            };
            let top = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
            if !modules.iter().any(|name| is_own(named(&top(name)))) {
                return;
            }
            let (mut at, mut name, mut module) = (0, ptr::null_mut(), ptr::null_mut());
            while ffi::PyDict_Next(imported, &mut at, &mut name, &mut module) != 0 {
                if is_own(module)
                    && let Some(name) = callee::text(name)
                    && name != "__main__"
                {
                    self.objects.own_modules.insert(name);
                }
            }
            reach::enter_classes_of(&self.objects.own_modules);
        }
    }

    /// Warnings that somebody gave while a list of the program's gathers them.
    pub(super) unsafe fn note_warnings(&mut self) {
        let by = Cause::new("a warning", Confidence::Observed);
        for (name, count) in std::mem::take(&mut self.objects.gathering) {
            // SAFETY: the namespace lends what it holds.
            unsafe {
                let value = crate::object::item(self.namespace, &name);
                if value.is_null()
                    || ffi::PyList_Check(value) == 0
                    || !self.objects.handles.contains_key(&(value as Address))
                {
                    continue;
                }
                let now = ffi::PyList_GET_SIZE(value);
                if now != count {
                    self.change(value, &by);
                }
                self.objects.gathering.push((name, now));
            }
        }
    }

    /// Reads of hidden objects by way of modules: `os.environ`, `np.random.mtrand`; and of what stands
    /// for a state that its items are read from: `plt.rcParams`.
    pub(super) unsafe fn read_paths(&mut self, paths: &[clew_syntax::Read]) {
        for read in paths {
            // SAFETY: dictionaries lend what they hold; only modules' are looked into.
            unsafe {
                let mut object = crate::object::item(self.namespace, &read.name);
                for part in &read.path {
                    if object.is_null() || ffi::PyModule_Check(object) == 0 {
                        break;
                    }
                    let namespace = ffi::PyModule_GetDict(object);
                    if self.objects.binds_variables_of_modules {
                        self.reads_state(variable_key(namespace as Address, part));
                    }
                    object = crate::object::item(namespace, part);
                    if !object.is_null() {
                        self.read_hidden(object);
                    }
                }
                if object.is_null() || !reach::changes_in_place(object) {
                    continue;
                }
                for (key, _) in self.rules.item_states(object, ItemUse::Load) {
                    self.reads_state(key);
                }
            }
        }
    }
}
