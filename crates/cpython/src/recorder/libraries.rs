//! Libraries: what statements did to modules and classes that are not the program's, and who uses that.
//!
//! A name or an attribute that is new is used by whoever names it, so it is a state of its own. What takes the
//! place of something else is used by all who use the package.

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_heap::callable_name::{module_of, package_of, top_level};
use clew_heap::callee::Callee;
use clew_heap::traversal::traverse;
use clew_heap::{Address, Lent, Quiet};
use clew_probe::ProgramPoint;
use clew_syntax::{ImportAlias, Read, StatementId, Unit};
use rustc_hash::FxHashSet;

use super::library_record::Libraries;
use super::note::{hidden_key, variable_key};
use super::outcome::Ended;
use super::state::Recorder;
use super::statement::Cause;
use crate::library_state::{
    ClassChange, ContainerChange, LibraryChanges, NameChange, is_of_interest, is_of_no_interest,
};
use crate::rules::Plan;

/// Where a changed module stands to the statement that changed it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// It lies with the program.
    Program,
    /// It was changed by its own package, which does so whenever it is imported or called.
    Itself,
    /// It comes with Python.
    Standard,
    /// It is of another package than what was called or imported.
    Other,
}

impl Recorder {
    /// Notes a call whose rule may not say all that it does to libraries.
    pub(super) fn note_called(&mut self, callee: &Callee<'_>, plan: &Plan) {
        let called = &mut self.at_hand.called;
        let point = ProgramPoint::current();
        if !called.functions.insert((callee.function.address(), point)) {
            return;
        }
        let settings = |state: &ExternalState| {
            matches!(
                state,
                ExternalState::Pyplot
                    | ExternalState::Warnings
                    | ExternalState::Logging
                    | ExternalState::ImportSystem
            ) || state.module().is_some()
        };
        let unknown = plan.effects.confidence != Confidence::Annotated
            || plan.effects.changes.iter().any(|change| match change {
                clew_effects::Change::Writes(resource) => settings(&resource.state),
                _ => false,
            });
        if let Some(package) = package_of(callee.function) {
            called.points.entry(package.clone()).or_default().insert(point);
            called.packages.insert(package);
        }
        if unknown {
            self.may_change_modules(callee.function.quiet());
            self.note_module_called(callee);
        }
    }

    /// What runs next may change what modules hold: they are looked at when the statement at hand has ended.
    pub(super) fn may_change_modules(&mut self, quiet: Quiet<'_>) {
        self.at_hand.called.unknown = true;
        self.outside.libraries.state.catch_up(quiet);
    }

    /// An import goes on: what modules hold of which it has ended is looked at.
    pub(crate) fn import_goes_on(&mut self, quiet: Quiet<'_>) {
        self.at_hand.imported_within = true;
        self.outside.libraries.state.catch_up(quiet);
        self.outside.libraries.state.import_goes_on(quiet);
    }

    /// Notes what the statement at hand did to modules.
    pub(super) fn note_libraries(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        let imports = !ended.modules.is_empty();
        // There are hundreds of modules: after calls of which rules say all there is to say nobody looks,
        // unless they changed what a module holds, which must not count as a later statement's work.
        let state = &self.outside.libraries.state;
        let may_differ = imports
            || self.at_hand.called.unknown
            || self.at_hand.imported_within
            || self.at_hand.changed.keys().any(|&address| state.holds(address));
        if !may_differ {
            if !self.at_hand.called.packages.is_empty() {
                self.outside.libraries.state.fall_behind();
            }
            return;
        }
        let program = self.namespace as Address;
        let changes = self.outside.libraries.state.look(quiet, program);
        let reads: FxHashSet<StateKey> = self.path_keys(quiet, &ended.reads).into_iter().collect();
        let used = self.packages_used(quiet, &ended.reads);
        // A library that is imported adds to Python's own registries; a module of the program's is imported
        // for what it does.
        let is_own = |module: &String| quiet.module(module).is_some_and(Lent::is_own_module);
        let of_program = changes.new_modules.iter().any(is_own);
        let plain_import = imports && !of_program;
        // Whatever function imports it, a module of the program's is imported for what it does.
        let imports = imports || of_program;
        // A shell sets these while it runs statements.
        let by_shell = |change: &&NameChange| {
            let hooks = matches!(change.name.as_str(), "displayhook" | "excepthook");
            self.in_cells && change.module == "sys" && hooks
        };
        let names: Vec<&NameChange> =
            changes.names.iter().filter(|change| !by_shell(change)).collect();
        for change in names {
            let owner =
                self.owner(quiet, &change.module, (&changes, ended.leaving.then_some(&used)));
            let key = variable_key(change.namespace, &change.name);
            // Who asks for such a name makes it.
            let asked_for = change.on_demand && !imports && reads.contains(&key);
            let own = matches!(owner, Owner::Itself | Owner::Program);
            let other = change.replaced
                && !change.defines
                && !change.is_module
                && !is_of_no_interest(&change.module);
            if own && !imports && other && is_of_interest(&change.name) {
                self.note_kept_name(&top_level(&change.module), key);
            } else if !asked_for && is_worth_noting(change, owner, imports) {
                self.note_name(change, key, (owner, plain_import));
            }
        }
        for change in &changes.containers {
            let owner = self.owner(quiet, &change.module, (&changes, Some(&used)));
            if self.in_cells && is_of_shell(&change.module) {
                continue;
            }
            // Its own modules that came only now may have added to it.
            let extended =
                changes.new_modules.iter().any(|new| top_level(new) == top_level(&change.module));
            let by_others = change.replaced || change.grown && !extended;
            // What is only added to is used by name, and a loop that adds to it is not taken as a whole for that.
            let added = !imports && !by_others && (extended || ended.compound);
            if !added {
                self.note_container(change, owner, (imports, plain_import, by_others));
            }
        }
        if imports {
            self.note_explicit(quiet, &changes, ended.statement.imports());
        }
        if imports && self.at_hand.loads_library {
            self.note_loaded_library(quiet, &changes);
        }
    }

    /// An import loaded a library of C by way of `ctypes`: that may have made itself known to libraries of C
    /// behind the packages that the new modules deal with.
    fn note_loaded_library(&mut self, quiet: Quiet<'_>, changes: &LibraryChanges) {
        for name in &changes.new_modules {
            let own = top_level(name);
            let variables = quiet.namespace_of(name).into_iter().flat_map(Lent::pairs);
            for (_, value) in variables.filter(|(_, value)| value.is_module()) {
                let other = top_level(&value.module_name());
                let known = other == own || other == "numpy" || other == "clew";
                if !known && !is_standard(quiet, &other) {
                    self.outside.libraries.any = true;
                    self.writes_state((StateKey::module(other), false));
                }
            }
        }
    }

    /// Where a module stands to what was called and imported.
    fn owner(
        &self,
        quiet: Quiet<'_>,
        module: &str,
        (changes, used): (&LibraryChanges, Option<&FxHashSet<String>>),
    ) -> Owner {
        let top = top_level(module);
        if quiet.module(module).is_some_and(Lent::is_own_module) {
            return Owner::Program;
        }
        if changes.new_modules.contains(&top)
            || self.at_hand.called.packages.contains(&top)
            || used.is_some_and(|used| used.contains(&top))
        {
            return Owner::Itself;
        }
        match is_standard(quiet, &top) {
            true => Owner::Standard,
            false => Owner::Other,
        }
    }

    /// The packages of the values that a statement reads: their methods may be called by C code.
    fn packages_used(&self, quiet: Quiet<'_>, reads: &[Read]) -> FxHashSet<String> {
        let variables = self.variables(quiet);
        let values = reads.iter().filter_map(|read| variables.item(&read.name));
        let package = |value: Lent<'_>| match value.is_module() {
            true => Some(top_level(&value.module_name())),
            false => package_of(value),
        };
        values.filter_map(package).collect()
    }

    fn note_name(
        &mut self,
        change: &NameChange,
        key: StateKey,
        (owner, plain_import): (Owner, bool),
    ) {
        self.outside.libraries.any = true;
        self.objects.binds_variables_of_modules = true;
        self.outside.libraries.explicit.remove(&key);
        self.writes_state((key, true));
        let top = top_level(&change.module);
        let foreign = match owner {
            Owner::Other => true,
            Owner::Standard => !plain_import || change.defines,
            Owner::Program => !self.at_hand.called.packages.contains(&top),
            Owner::Itself => false,
        };
        if change.replaced && !change.submodule && foreign {
            self.writes_state((StateKey::module(top), false));
            // Whoever replaces names in many modules may do so in the program.
            self.at_hand.names_replaced |= self.at_hand.called.unknown;
        }
    }

    fn note_container(
        &mut self,
        change: &ContainerChange,
        owner: Owner,
        (imports, plain_import, by_others): (bool, bool, bool),
    ) {
        let top = top_level(&change.module).trim_start_matches('_').to_owned();
        match owner {
            // What is the program's its own functions use from now on.
            Owner::Itself if change.of_program => {
                self.writes_state((StateKey::module(top.clone()), false));
            }
            // An import only makes a package what it is.
            Owner::Itself | Owner::Program if !imports => return self.note_kept(change, &top),
            Owner::Itself => return,
            // Libraries that are imported add to Python's own registries.
            Owner::Standard if plain_import => return,
            _ if !by_others && change.keys.is_empty() => return,
            _ => {}
        }
        self.outside.libraries.any = true;
        let by = Cause::new("a library", Confidence::Observed);
        if by_others || owner == Owner::Program {
            for address in [change.container, change.root] {
                self.mark(address, &by);
                self.objects.hidden.insert(address);
                clew_probe::forget_reports();
                self.writes_state((hidden_key(address), false));
            }
        }
        for name in &change.keys {
            self.note_named(name, format!("{:x}[{name}]", change.container));
        }
        if by_others || owner == Owner::Program || owner == Owner::Standard {
            let state = match top.as_str() {
                "warnings" => {
                    self.writes_state((StateKey::whole(ExternalState::Warnings), false));
                    StateKey::module(top)
                }
                "logging" => {
                    self.writes_state((StateKey::whole(ExternalState::Logging), false));
                    StateKey::module(top)
                }
                "sys" => StateKey::whole(ExternalState::ImportSystem),
                // How values are pickled.
                "copyreg" => StateKey::module("pickle"),
                _ => StateKey::module(top),
            };
            self.writes_state((state, false));
        }
    }

    /// Notes something new that is used by whoever names it.
    pub(super) fn note_named(&mut self, name: &str, part: String) {
        let key = StateKey::part(ExternalState::Object, part);
        let known = self.outside.libraries.named.entry(name.to_owned()).or_default();
        if !known.contains(&key) {
            known.push(key.clone());
        }
        self.writes_state((key, true));
    }

    /// An attribute of a class has been set.
    pub(crate) fn class_changed(&mut self, change: &ClassChange<'_>) {
        let Some(current) = &self.current else { return };
        let (module, qualified) = change.class.name();
        let quiet = change.class.object().quiet();
        let actor = change.actor.and_then(|globals| globals.item("__name__")?.text());
        let actor = actor.unwrap_or_default();
        let defines = change.value.is_some_and(Lent::is_definition)
            || change.value.is_some_and(|value| value.class().own("__get__").is_some());
        let special = change.name.starts_with("__") || change.name.starts_with("_abc_");
        if special && !defines {
            return;
        }
        let imports = self
            .recording
            .unit(current.source)
            .is_some_and(|unit| !unit.statement(current.statement).imports().is_empty());
        let by = Cause::new("a class attribute", Confidence::Observed);
        if module == "__main__" || quiet.module(&module).is_some_and(Lent::is_own_module) {
            let address = change.class.object().address();
            // What its own code sets by an assignment was reported before.
            let unseen = actor == "__main__" && !self.at_hand.changed.contains_key(&address);
            if actor != module || unseen {
                self.mark(address, &by);
            } else if actor != "__main__" && !imports && is_kept(change, defines) {
                self.note_kept_by_class(change.class, &top_level(&module));
            }
            return;
        }
        // Of a class that is being made nobody knows yet.
        if qualified.contains("<locals>") || !self.outside.libraries.state.knows(quiet, &module) {
            return;
        }
        let top = top_level(&module);
        let itself = top_level(&actor) == top;
        if itself && !change.value.is_some_and(|value| leads_elsewhere(value, &top)) {
            if !imports && is_kept(change, defines) {
                self.note_kept_by_class(change.class, &top);
            }
            return;
        }
        self.outside.libraries.any = true;
        let address = change.class.object().address();
        self.note_named(change.name, format!("{address:x}.{}", change.name));
        let own_actor =
            actor == "__main__" || quiet.module(&actor).is_some_and(Lent::is_own_module);
        let library_at_import = imports && !own_actor && is_standard(quiet, &top);
        if (change.replaced || special) && !itself && !library_at_import {
            self.writes_state((StateKey::module(top), false));
        }
    }

    /// Import statements that bind submodules by their text stand for those who did so by chance.
    fn note_explicit(
        &mut self,
        quiet: Quiet<'_>,
        changes: &LibraryChanges,
        aliases: &[ImportAlias],
    ) {
        for alias in aliases {
            let mut keys = submodule_keys(quiet, &alias.module);
            if let Some(name) = &alias.name
                && let Some(namespace) = quiet.namespace_of(&alias.module)
                && namespace.item(name).is_some_and(Lent::is_module)
            {
                keys.push(variable_key(namespace.address(), name));
            }
            let bound = &self.outside.libraries.bound_with;
            let again = alias.name.is_none() && !alias.asname && bound.contains_key(&alias.binding);
            for key in &keys {
                // What came with the package when that was imported this import does not bring.
                let comes =
                    |change: &NameChange| variable_key(change.namespace, &change.name) == *key;
                let was_there = again && !changes.names.iter().any(comes);
                self.outside.libraries.any |= was_there;
                if (was_there || self.outside.written.shows_in(key))
                    && self.outside.libraries.explicit.insert(key.clone())
                {
                    self.writes_state((key.clone(), true));
                }
            }
            let Libraries { bound_with, explicit, .. } = &mut self.outside.libraries;
            let plain = alias.name.is_none() && !alias.asname;
            let is_linked =
                plain && !keys.is_empty() && keys.iter().all(|key| explicit.contains(key));
            if is_linked && bound_with.contains_key(&alias.binding) {
                // The name stands for what it did; who goes to the submodule needs this import.
                self.at_hand.links.push(alias.module.clone());
            } else if plain {
                bound_with.entry(alias.binding.clone()).or_default().extend(keys);
            } else {
                bound_with.remove(&alias.binding);
            }
        }
    }

    /// Notes which of what was done to libraries the statement at hand uses.
    pub(super) fn use_libraries(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        if !self.outside.libraries.any {
            return;
        }
        for key in self.path_keys(quiet, &ended.reads) {
            self.reads_state(key);
        }
        self.read_of_classes(quiet, &ended.reads);
        for alias in ended.statement.imports() {
            self.use_imported(quiet, alias);
        }
        if self.outside.libraries.named.is_empty() {
            return;
        }
        for name in self.names_used(quiet, ended) {
            for key in self.outside.libraries.named.get(&name).cloned().unwrap_or_default() {
                self.reads_state(key);
            }
        }
    }

    fn use_imported(&mut self, quiet: Quiet<'_>, alias: &ImportAlias) {
        let Some(namespace) = quiet.namespace_of(&alias.module) else { return };
        let mut used = Vec::new();
        match alias.name.as_deref() {
            None => return,
            Some("*") => used.extend(namespace.pairs().filter_map(|(name, _)| name.text())),
            Some(name) => used.push(name.to_owned()),
        }
        for name in used {
            let key = variable_key(namespace.address(), &name);
            let value = namespace.item(&name);
            // Who imports a submodule by its name brings it.
            if value.is_some_and(Lent::is_module) {
                continue;
            }
            if self.outside.written.shows_in(&key) {
                self.reads_state(key);
            }
            if let Some(value) = value {
                self.read_hidden(value);
            }
        }
    }

    /// The names of modules that were changed and that are read by way of a module: `a.b.c`, and those of
    /// `builtins` that stand for themselves.
    fn path_keys(&self, quiet: Quiet<'_>, reads: &[Read]) -> Vec<StateKey> {
        let mut keys = Vec::new();
        let variables = self.variables(quiet);
        let libraries = &self.outside.libraries;
        let builtins = quiet.namespace_of("builtins");
        for read in reads {
            let mut object = variables.item(&read.name);
            if object.is_none()
                && let Some(builtins) = builtins
            {
                let key = variable_key(builtins.address(), &read.name);
                keys.extend(Some(key).filter(|key| self.outside.written.shows_in(key)));
            }
            let mut path = read.path.iter().peekable();
            for part in path.by_ref() {
                let Some(namespace) = object.and_then(Lent::module_variables) else { break };
                let key = variable_key(namespace.address(), part);
                let own = libraries.bound_with.get(&read.name);
                if self.outside.written.shows_in(&key) && !own.is_some_and(|own| own.contains(&key))
                {
                    keys.push(key);
                }
                object = namespace.item(part);
            }
            // Who is given a module goes where nobody sees it.
            if path.peek().is_none() && object.is_some_and(Lent::is_module) {
                keys.extend(libraries.explicit.iter().cloned());
            }
        }
        for name in &self.at_hand.read {
            if variables.item(name).is_some_and(Lent::is_module) {
                keys.extend(libraries.explicit.iter().cloned());
            }
        }
        keys
    }

    /// The words of a statement, and of the functions that were entered, and the texts that its variables
    /// hold.
    fn names_used(&self, quiet: Quiet<'_>, ended: &Ended<'_>) -> FxHashSet<String> {
        const MOST_ITEMS: usize = 16;
        let mut names = FxHashSet::default();
        let named = &self.outside.libraries.named;
        let mut add = |word: &str| {
            if named.contains_key(word) {
                names.insert(word.to_owned());
            }
        };
        words_of(ended.unit, ended.statement.id, &mut add);
        for entered in &self.at_hand.entered {
            let Some(unit) = self.recording.unit(entered.source) else { continue };
            if let Some(scope) = entered.scope_in(&unit) {
                unit.words_in(scope.range, &mut add);
            }
        }
        let variables = self.variables(quiet);
        for read in &ended.reads {
            let Some(value) = variables.item(&read.name) else { continue };
            value.as_str().into_iter().for_each(&mut add);
            if value.is_exact_list() || value.is_exact_tuple() {
                value.items().take(MOST_ITEMS).filter_map(Lent::as_str).for_each(&mut add);
            }
            for (key, value) in value.pairs().take(MOST_ITEMS) {
                [key, value].into_iter().filter_map(Lent::as_str).for_each(&mut add);
            }
        }
        names
    }
}

fn words_of(unit: &Unit, statement: StatementId, add: &mut dyn FnMut(&str)) {
    unit.words_in(unit.statement(statement).range, add);
}

/// Whether an attribute that a package sets on a class of its own may be more than what was worked out late.
fn is_kept(change: &ClassChange<'_>, defines: bool) -> bool {
    let module = change.class.name().0;
    !defines && is_of_interest(change.name) && !is_of_no_interest(&module)
}

/// Whether it matters to anybody but a package itself that a name of it was bound.
fn is_worth_noting(change: &NameChange, owner: Owner, imports: bool) -> bool {
    if imports || owner == Owner::Program {
        return !change.submodule || !change.module.split('.').any(|part| part.starts_with('_'));
    }
    // What packages import and work out when they are called first.
    let hidden = change.name.starts_with('_');
    let kept = change.defines
        || !hidden && !change.name.contains("cache") && (change.replaced || change.appeared);
    let by_itself = owner == Owner::Itself && (!change.replaced || hidden);
    kept && !change.submodule && !by_itself
}

/// Whether a value that a package keeps, or something that it holds, is defined in the program or in another
/// package: that one registered it.
fn leads_elsewhere(value: Lent<'_>, package: &str) -> bool {
    let is_from_elsewhere = |value: Lent<'_>| {
        (value.is_class() || value.is_function())
            && module_of(value).is_some_and(|module| {
                let top = top_level(&module);
                top != package && (top == "__main__" || !is_standard(value.quiet(), &top))
            })
    };
    let mut found = is_from_elsewhere(value);
    if !value.is_class() && !value.is_function() {
        traverse(value, |held| {
            found |= is_from_elsewhere(held);
            !found
        });
    }
    found
}

/// Whether a package comes with Python.
fn is_standard(quiet: Quiet<'_>, package: &str) -> bool {
    quiet.sys(c"stdlib_module_names").and_then(|names| names.set_contains(package)) != Some(false)
}

/// Whether a module keeps what the shell that runs the cells is made of, and its tasks.
fn is_of_shell(module: &str) -> bool {
    matches!(top_level(module).as_str(), "IPython" | "_asyncio" | "asyncio" | "ipykernel")
}

/// The names by which the modules on the way to a submodule hold each other.
fn submodule_keys(quiet: Quiet<'_>, module: &str) -> Vec<StateKey> {
    let ends = module.match_indices('.').map(|(at, _)| at);
    ends.filter_map(|at| {
        let namespace = quiet.namespace_of(&module[..at])?;
        let name = module[at + 1..].split('.').next()?;
        Some(variable_key(namespace.address(), name))
    })
    .collect()
}
