//! Outside: the external states that the statement at hand read and changed, by who reports them:
//! audit events, digests of the random generators, the text, and settings.

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_heap::library::standard::{is_environ, open_files};
use clew_heap::walk::{End, Walk, enter_classes_of};
use clew_heap::{AddressSet, Class, Lent, Quiet, kind};
use clew_syntax::literal_key::{self, EnvironmentKeys};
use pyo3::ffi;
use rustc_hash::FxHashSet;

use super::note::variable_key;
use super::state::Recorder;
use super::statement::Cause;
use crate::environment_use;
use crate::paths::{GivenPath, normal_path};
use crate::rng_state::RngChange;
use crate::rules::ItemUse;
use crate::touch::{How, Touch};

impl Recorder {
    /// Notes what an audit event says, where rules have not said it already.
    pub(crate) fn touch(&mut self, touches: Vec<Touch>) {
        /// How many files a statement may touch before it is their folders that count.
        const MOST: usize = 4_096;
        let notes = |key: &StateKey, state: &ExternalState| key.state == *state;
        for Touch { mut key, how, always } in self.outside.names.with_others(touches) {
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

    /// A file is about to get a second name.
    pub(crate) fn links(&mut self, from: &str, to: &str) {
        self.outside.names.link(from, to);
    }

    /// A symbolic link is about to be made.
    pub(crate) fn links_symbolically(&mut self) {
        self.outside.names.link_symbolically();
    }

    /// A library of C is loaded by way of `ctypes`.
    pub(crate) fn loads_library(&mut self) {
        self.at_hand.loads_library = true;
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

    /// An environment variable is read, or looked for.
    pub(crate) fn variable_read(&mut self, name: String) {
        let key = StateKey::part(ExternalState::Environment, name);
        if self.outside.written.shows_in(&key) {
            self.reads_state(key);
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
    pub(super) fn note_environment(&mut self, quiet: Quiet<'_>, modules: &[String]) {
        let imports = !modules.is_empty();
        if self.at_hand.imports_packages && (imports || self.at_hand.called_unknown) {
            self.reads_environment();
        }
        let is_own = |module: &String| quiet.module(module).is_some_and(Lent::is_own_module);
        // Whoever imports a library first sets what it sets for itself.
        let for_itself = imports && !modules.iter().any(is_own);
        for (name, _) in std::mem::take(&mut self.at_hand.variables_set) {
            match for_itself {
                true => self.outside.variables.remove(&name),
                false => self.outside.variables.insert(name.clone()),
            };
            self.writes_state((StateKey::part(ExternalState::Environment, name), true));
        }
    }

    /// Notes that any environment variable may have been read that is not a library's own work.
    pub(super) fn reads_environment(&mut self) {
        for name in self.outside.variables.iter().cloned().collect::<Vec<_>>() {
            self.reads_state(StateKey::part(ExternalState::Environment, name));
        }
        // Those that no text spells.
        self.reads_state(StateKey::part(ExternalState::Environment, ""));
    }

    /// A connection is being made to a database.
    pub(crate) fn connects_to(&mut self, database: Option<String>) {
        self.at_hand.connecting = database;
    }

    /// The connection is there.
    pub(crate) fn connected(&mut self, connection: Lent<'_>) {
        if let Some(database) = self.at_hand.connecting.take() {
            self.objects
                .handles
                .insert(connection.address(), StateKey::part(ExternalState::Db, database));
        }
    }

    /// Notes what became of files that a call was given by name and that no event named: C does
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
    pub(super) fn adopt_files(&mut self, quiet: Quiet<'_>, values: &[Lent<'_>]) {
        let files = open_files(quiet, values, &self.boundary);
        for (handle, path) in files {
            let here = std::env::current_dir().unwrap_or_default();
            let key = StateKey::part(ExternalState::FileSystem, normal_path(&here.join(path)));
            let written = |anew| self.at_hand.states_seen.contains(&(key.clone(), Some(anew)));
            if written(true) || written(false) {
                self.objects.handles.entry(handle).or_insert(key);
                clew_probe::forget_reports();
            }
        }
    }

    /// Notes which hidden random generators the statement at hand drew from or seeded, where no rule
    /// said that it did.
    pub(super) fn note_draws(&mut self, quiet: Quiet<'_>) {
        for (state, drawn) in self.outside.draws.look(quiet) {
            let key = StateKey::whole(state);
            let by_rule = self.at_hand.states_written.iter().any(|(written, _)| *written == key);
            if by_rule && self.at_hand.called_unknown {
                self.note_seeded(&key.state);
            }
            // A generator that was just imported is nobody's work, unless an unknown call seeded it.
            if by_rule || (drawn == RngChange::Appeared && !self.at_hand.called_unknown) {
                continue;
            }
            if drawn == RngChange::Moved {
                self.reads_state(key.clone());
            }
            // Who knows what an unknown call did with it.
            self.note_seeded(&key.state);
            self.writes_state((key, false));
        }
    }

    /// Notes what was drawn in this statement from a generator that is about to be seeded.
    pub(super) fn note_draws_before(&mut self, quiet: Quiet<'_>, key: &StateKey) {
        let drawn = self.at_hand.states_written.iter().all(|(written, _)| written != key)
            && self.outside.draws.moved(quiet, &key.state);
        if drawn {
            self.reads_state(key.clone());
            self.writes_state((key.clone(), false));
        }
    }

    /// Environment variables that are read or set through `os.environ`, by name where the text
    /// spells it.
    pub(super) fn environment(
        &mut self,
        quiet: Quiet<'_>,
        statement: &clew_syntax::Statement,
        (paths, own): (&[clew_syntax::Read], usize),
    ) {
        let variables = self.variables(quiet);
        let is_environ = |name: &str, path: &[String]| {
            let object = variables.item(name).and_then(|object| {
                path.iter().try_fold(object, |object, part| object.module_variables()?.item(part))
            });
            object.is_some_and(is_environ)
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
        // What is read is heard, but for how many variables there are.
        let is_heard = environment_use::is_heard() && !self.may_count(statement);
        match spelled {
            Some(EnvironmentKeys { read, stored }) => {
                // Functions, lambdas and comprehensions read what they like of it.
                let whole = within || (mentioned && read.is_empty() && stored.is_empty());
                if whole && !is_heard {
                    self.reads_state(key(None));
                }
                for name in read.into_iter().filter(|name| name.is_some() || !is_heard) {
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
                if !is_heard {
                    self.reads_state(key(None));
                }
                if self.at_hand.environ_stored && !self.at_hand.environment_audited {
                    self.writes_state((key(None), false));
                }
            }
        }
    }

    /// Whether a statement, or a function that was entered, names what asks how many there are of something.
    fn may_count(&self, statement: &clew_syntax::Statement) -> bool {
        let own = self.current.as_ref().map(|current| (current.source, statement.range));
        let entered = self.at_hand.entered.iter().filter_map(|entered| {
            let unit = self.recording.unit(entered.source)?;
            Some((entered.source, entered.scope_in(&unit)?.range))
        });
        let mut found = false;
        for (source, range) in own.into_iter().chain(entered) {
            if let Some(unit) = self.recording.unit(source) {
                let add = &mut |word: &str| found |= matches!(word, "bool" | "len");
                unit.words_in(range, add);
            }
        }
        found
    }

    /// Notes that a value was made of bytes, which name the classes of the program that it is of.
    pub(super) fn read_classes_of(&mut self, value: Lent<'_>) {
        const BUDGET: usize = 2_000;
        let mut classes = FxHashSet::default();
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        walk.run(value, &mut AddressSet::default(), &mut |object| {
            classes.insert(object.address());
            classes.insert(object.class().address());
            true
        });
        for (name, variable) in self.variables(value.quiet()).pairs() {
            let is_own = |class: Class<'_>| {
                class.name().0 == "__main__" && classes.contains(&class.address())
            };
            if variable.as_class().is_some_and(is_own)
                && let Some(name) = name.text()
            {
                self.reads_name(name);
            }
        }
    }

    /// Notes what an import gets from a module of the program's own that was imported before: as it was
    /// changed since, and from its file as the program wrote it.
    pub(super) fn import_again(&mut self, quiet: Quiet<'_>, modules: &[String]) {
        if self.objects.own_modules.is_empty() {
            return;
        }
        for name in modules
            .iter()
            .filter(|name| self.objects.own_modules.contains(*name))
            .cloned()
            .collect::<Vec<_>>()
        {
            let file = quiet.in_module(&name, "__file__").and_then(Lent::text);
            if let Some(file) = file {
                let key = StateKey::part(ExternalState::FileSystem, file);
                if self.outside.written.shows_in(&key) {
                    self.reads_state(key);
                }
            }
            self.reads_state(StateKey::module(name));
        }
    }

    /// Reads of settings by what is done with a library's values. Whether the statement goes on (`calling`), so that it
    /// is not known yet which of its functions a library runs.
    pub(super) fn obey_settings(
        &mut self,
        quiet: Quiet<'_>,
        paths: &[clew_syntax::Read],
        (makes_text, calling): (bool, bool),
    ) {
        let variables = self.variables(quiet);
        let names = paths.iter().map(|read| &read.name).chain(&self.at_hand.read);
        let values: Vec<Option<Lent<'_>>> = names.map(|name| variables.item(name)).collect();
        let bound: Vec<Lent<'_>> = values.iter().copied().flatten().collect();
        let mut obeyed = self.outside.settings.obeyed(&bound, &self.boundary, makes_text);
        if bound.len() < values.len() {
            obeyed.extend(self.outside.settings.builtins());
        }
        for key in obeyed.into_iter().cloned().collect::<Vec<_>>() {
            if !self.is_passed_over(&key, calling) {
                self.reads_state(key);
            }
        }
        self.read_registered();
    }

    /// Notes that values are read that other processes write to.
    pub(super) fn read_shared(&mut self, quiet: Quiet<'_>, reads: &[clew_syntax::Read]) {
        const BUDGET: usize = 200;
        let is_shared = |object: Lent<'_>| {
            let mut lineage = object.class().lineage();
            lineage.any(|base| {
                matches!(
                    base.name().0.as_str(),
                    "multiprocessing.sharedctypes" | "multiprocessing.shared_memory"
                )
            })
        };
        let variables = self.variables(quiet);
        let found = reads.iter().filter_map(|read| variables.item(&read.name)).any(|value| {
            let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
            let end = walk.run(value, &mut AddressSet::default(), &mut |object| !is_shared(object));
            end == End::Stopped
        });
        if found {
            self.reads_state(StateKey::whole(ExternalState::Process));
        }
    }

    /// Remembers which modules of the program's own a statement imported, and those that came with them.
    pub(super) fn note_imported(&mut self, quiet: Quiet<'_>, modules: &[String]) {
        let top = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
        let is_own = |name: &String| quiet.module(&top(name)).is_some_and(Lent::is_own_module);
        if !self.at_hand.imported_within && !modules.iter().any(is_own) {
            return;
        }
        let known = self.objects.own_modules.clone();
        for (name, module) in quiet.modules().into_iter().flat_map(Lent::pairs) {
            // `multiprocessing` knows the program by a second name.
            if module.is_own_module()
                && module.module_name() != "__main__"
                && let Some(name) = name.text().filter(|name| name != "__main__")
            {
                self.objects.own_modules.insert(name);
            }
        }
        if self.objects.own_modules.len() > known.len() {
            self.read_by_imported(quiet, &known);
            enter_classes_of(&self.objects.own_modules);
        }
    }

    /// Modules of the program's own were imported: what their texts do is not followed, and may read what those that were
    /// there before hold, and names that were given to all.
    fn read_by_imported(&mut self, quiet: Quiet<'_>, known: &FxHashSet<String>) {
        // Without its text a module may do anything.
        let text_of = |name: &str| {
            let file = quiet.in_module(name, "__file__").and_then(Lent::text)?;
            std::fs::read_to_string(file).ok()
        };
        let mentions = |text: &Option<String>, name: &str| {
            let last = name.rsplit('.').next().unwrap_or(name);
            let names = [last, "importlib", "__import__", "sys.modules"];
            text.as_deref().is_none_or(|text| names.iter().any(|name| text.contains(name)))
        };
        let new = self.objects.own_modules.difference(known);
        let mut texts: Vec<Option<String>> = new.map(|name| text_of(name)).collect();
        // What they call in another module reads what that names.
        let (mut named, mut next): (Vec<&str>, usize) = (Vec::new(), 0);
        while let Some(text) = texts.get(next) {
            let others = known.iter().map(String::as_str).filter(|name| !named.contains(name));
            let found: Vec<&str> = others.filter(|name| mentions(text, name)).collect();
            texts.extend(found.iter().map(|name| text_of(name)));
            named.extend(found);
            next += 1;
        }
        let namespaces: Vec<Lent<'_>> =
            named.iter().filter_map(|name| quiet.namespace_of(name)).collect();
        let builtins = quiet.namespace_of("builtins");
        for name in named {
            self.reads_state(StateKey::module(name.to_owned()));
        }
        for namespace in namespaces.into_iter().chain(builtins) {
            for (name, value) in namespace.pairs() {
                let Some(name) = name.as_str() else { continue };
                let key = variable_key(namespace.address(), name);
                if self.outside.written.shows_in(&key)
                    && (Some(namespace) != builtins
                        || texts.iter().any(|text| mentions(text, name)))
                {
                    self.reads_state(key);
                }
                self.read_hidden(value);
            }
        }
    }

    /// Warnings that somebody gave while a list of the program's gathers them.
    pub(super) fn note_warnings(&mut self, quiet: Quiet<'_>) {
        let by = Cause::new("a warning", Confidence::Observed);
        for (name, count) in std::mem::take(&mut self.objects.gathering) {
            let list = self.variables(quiet).item(&name).filter(|list| {
                list.is_list() && self.objects.handles.contains_key(&list.address())
            });
            let Some(list) = list else { continue };
            let now = list.items().len() as ffi::Py_ssize_t;
            if now != count {
                self.change(list, &by);
            }
            self.objects.gathering.push((name, now));
        }
    }

    /// Reads of hidden objects by way of modules: `os.environ`, `np.random.mtrand`; and of what stands
    /// for a state that its items are read from: `plt.rcParams`.
    pub(super) fn read_paths(&mut self, quiet: Quiet<'_>, paths: &[clew_syntax::Read]) {
        for read in paths {
            let mut object = self.variables(quiet).item(&read.name);
            for part in &read.path {
                let Some(namespace) = object.and_then(Lent::module_variables) else { break };
                if self.objects.binds_variables_of_modules {
                    self.reads_state(variable_key(namespace.address(), part));
                }
                object = namespace.item(part);
                if let Some(object) = object {
                    self.read_hidden(object);
                }
            }
            let Some(object) = object.filter(|&object| kind::changes_in_place(object)) else {
                continue;
            };
            for (mut key, _) in self.rules.item_states(object, ItemUse::Load) {
                if key.state == ExternalState::FileSystem {
                    key.part = key.part.or_else(|| self.path_of_open(object));
                }
                self.reads_state(key);
            }
        }
    }
}
