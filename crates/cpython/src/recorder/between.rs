//! Between: what others do while no cell runs: a widget's callback, a task, a thread, a front end that asks for
//! the value of an expression, whoever loads an edited module again.
//!
//! What the program's own functions do then their probes report. What others can get at is looked at when a
//! cell has ended, and again when the next one begins.
#![allow(unsafe_code, reason = "called between cells, under the GIL")]

use clew_effects::{Confidence, StateKey};
use clew_heap::callable_name::module_of;
use clew_heap::code::code_names;
use clew_heap::walk::{End, Walk};
use clew_heap::{AddressMap, AddressSet, Lent, Quiet, kind};
use clew_session::{ByOthers, Changed};
use pyo3::prelude::*;
use pyo3::types::PyList;
use rustc_hash::FxHashSet;

use super::entry::with;
use super::state::{Between, Recorder};
use super::statement::Cause;
use crate::rng_state::RngChange;

/// A cell has ended. What is held by `holders` may change before the next one begins.
pub(crate) fn rest(holders: &Bound<'_, PyList>) {
    with(|recorder| {
        // SAFETY: the list keeps the holders alive, and no cell runs.
        let quiet = unsafe { Quiet::new() };
        let loaded = std::mem::take(&mut recorder.between.loaded);
        recorder.between = Between { loaded, ..Between::default() };
        let holders: Vec<Bound<'_, PyAny>> = holders.iter().collect();
        // SAFETY: as above.
        let lent = holders.iter().map(|holder| unsafe { Lent::of(holder) });
        let reached = recorder.reached_by(lent);
        if reached.is_empty() {
            return;
        }
        for name in recorder.leading_to(quiet, &reached) {
            recorder.look_at_rest(quiet, name);
        }
    });
}

/// Code that is no statement's is about to run between cells.
pub(crate) fn runs_between(code: Lent<'_>) {
    with(|recorder| {
        for name in code_names(code) {
            recorder.look_at_rest(code.quiet(), name);
        }
    });
}

/// A function is given other code.
pub(crate) fn code_replaced(function: Lent<'_>) {
    with(|recorder| {
        if recorder.current.is_some() {
            let by = Cause::new("other code", Confidence::Observed);
            recorder.change(function, &by);
        } else if let Some(module) = module_of(function) {
            recorder.between.loaded.insert(module);
        }
    });
}

/// Takes what others did since the last cell ended as given.
pub(crate) fn by_others() -> ByOthers {
    with(|recorder| {
        // SAFETY: the GIL is held, and no cell runs.
        let quiet = unsafe { Quiet::new() };
        let loaded = recorder.note_rested(quiet);
        let mut changed = recorder.called_between(quiet);
        let mut found = ByOthers::default();
        let loaded = recorder.modules_changed(quiet, loaded, &mut found);
        if !recorder.at_hand.changed.is_empty() {
            recorder.find_changed(quiet, &[], &mut changed);
        }
        for (state, drawn) in recorder.outside.draws.look(quiet) {
            if drawn == RngChange::Moved && recorder.outside.seeded.contains(&state) {
                recorder.writes_state((StateKey::whole(state), false));
            }
        }
        found.undone = recorder.figures_by_others(quiet);
        found.states = std::mem::take(&mut recorder.at_hand.states_written);
        recorder.forget_statement();
        for difference in recorder.mirror.differences(recorder.variables(quiet)) {
            let names = if difference.is_bound { &mut found.bound } else { &mut found.unbound };
            names.push(difference.name);
        }
        found.changed = changed.into_iter().map(|changed| changed.name).collect();
        found.changed.extend(recorder.users_of(quiet, &loaded));
        found.changed.sort_unstable();
        found.changed.dedup();
        found.changed.retain(|name| !found.bound.contains(name));
        found
    })
    .unwrap_or_default()
}

impl Recorder {
    /// The objects that change in place and that can be got at from others than the program.
    fn reached_by<'a>(&self, holders: impl Iterator<Item = Lent<'a>>) -> AddressSet {
        /// How many objects are looked at; what lies behind more is data.
        const BUDGET: usize = 200_000;
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let (mut reached, mut seen) = (AddressSet::default(), AddressSet::default());
        for holder in holders {
            walk.run(holder, &mut seen, &mut |object| {
                if kind::changes_in_place(object) && !self.boundary.contains(&object.address()) {
                    reached.insert(object.address());
                }
                true
            });
        }
        reached
    }

    /// The variables that lead to one of these objects.
    fn leading_to(&self, quiet: Quiet<'_>, reached: &AddressSet) -> Vec<String> {
        const BUDGET: usize = 5_000_000;
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let mut found = Vec::new();
        for (name, value) in self.variables(quiet).pairs() {
            if !kind::is_mutable(value) || value.is_module() {
                continue;
            }
            let end = walk.run_alone(value, &mut |object| !reached.contains(&object.address()));
            if end != End::Complete {
                found.extend(name.text());
            }
        }
        found
    }

    /// Remembers what a variable's value is like, if there is one of this name.
    fn look_at_rest(&mut self, quiet: Quiet<'_>, name: String) {
        let value = self.variables(quiet).item(&name);
        let Some(value) = value.filter(|&value| kind::is_mutable(value) && !value.is_module())
        else {
            return;
        };
        let Self { between, watching, boundary, .. } = self;
        if between.variables.insert(name, value.address()).is_none() {
            watching.observer.rests(quiet, value, boundary, &mut between.rested);
        }
    }

    /// Marks what is no longer as it was when the last cell ended. The modules of which functions were given
    /// other code.
    fn note_rested(&mut self, quiet: Quiet<'_>) -> FxHashSet<String> {
        let Between { variables, rested, loaded } = std::mem::take(&mut self.between);
        if variables.is_empty() {
            return loaded;
        }
        // Who was given another value by now is found to be bound by others.
        let now = self.variables(quiet);
        let values = variables.into_iter().filter_map(|(name, address)| {
            now.item(&name).filter(|value| value.address() == address)
        });
        let values: Vec<Lent<'_>> = values.collect();
        let by = Cause::new("something beside the statements", Confidence::Observed);
        for address in self.watching.observer.rested(quiet, &values, &self.boundary, &rested) {
            self.mark(address, &by);
        }
        loaded
    }

    /// What functions of the program called between cells of which nothing is known, so that all they name may
    /// have changed: the variables that are too large to look through.
    fn called_between(&mut self, quiet: Quiet<'_>) -> Vec<Changed> {
        let Some(by) = self.at_hand.everything_changed.clone() else { return Vec::new() };
        let mut names: FxHashSet<String> = self.at_hand.read.iter().cloned().collect();
        for entered in &self.at_hand.entered {
            let Some(unit) = self.recording.unit(entered.source) else { continue };
            if let Some(scope) = entered.scope_in(&unit) {
                names.extend(scope.reads.iter().map(|read| read.name.clone()));
            }
        }
        let left = self.change_all_of(quiet, names, &by).into_iter();
        let (by, confidence) = (by.by.to_string(), by.confidence);
        left.map(|name| Changed { name, by: by.clone(), confidence }).collect()
    }

    /// The modules of the program's own that were loaded again or that somebody set variables of, and those that
    /// lead to them.
    fn modules_changed(
        &mut self,
        quiet: Quiet<'_>,
        mut changed: FxHashSet<String>,
        found: &mut ByOthers,
    ) -> FxHashSet<String> {
        let own = self.objects.own_modules.clone();
        let changes = self.outside.libraries.state.after_others(quiet, own.iter());
        changed.extend(changes.names.iter().map(|change| change.module.clone()));
        changed.retain(|module| own.contains(module));
        found.loaded.extend(changed.iter().cloned());
        let by = Cause::new("something beside the statements", Confidence::Observed);
        for change in changes.containers.iter().filter(|change| own.contains(&change.module)) {
            changed.insert(change.module.clone());
            self.mark(change.container, &by);
            self.mark(change.root, &by);
        }
        // Others of them may have imported these.
        while !changed.is_empty() {
            let mut users = Users::new(quiet, &changed);
            let leads = |name: &&String| {
                let variables = quiet.namespace_of(name).into_iter().flat_map(Lent::pairs);
                let mut own = variables.filter(|(key, _)| !is_of_everybody(*key));
                own.any(|(_, value)| users.has(value))
            };
            let further: Vec<String> = own.difference(&changed).filter(leads).cloned().collect();
            if further.is_empty() {
                break;
            }
            changed.extend(further);
        }
        changed
    }

    /// The variables that lead to these modules, to functions of theirs, or to classes and instances of these.
    fn users_of(&self, quiet: Quiet<'_>, modules: &FxHashSet<String>) -> Vec<String> {
        const BUDGET: usize = 1_000_000;
        if modules.is_empty() {
            return Vec::new();
        }
        let mut users = Users::new(quiet, modules);
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let mut found = Vec::new();
        for (name, value) in self.variables(quiet).pairs() {
            let end = match value.is_module() {
                true if users.has(value) => End::Stopped,
                true => End::Complete,
                false => walk.run_alone(value, &mut |object| !users.has(object)),
            };
            // What is too large to be looked through may lead there.
            if end != End::Complete {
                found.extend(name.text());
            }
        }
        found
    }
}

/// What is of some modules.
struct Users<'m> {
    modules: &'m FxHashSet<String>,
    /// The variables of these modules.
    spaces: AddressSet,
    /// The classes that were asked about.
    classes: AddressMap<bool>,
}

impl<'m> Users<'m> {
    fn new(quiet: Quiet<'_>, modules: &'m FxHashSet<String>) -> Self {
        let space = |name: &String| Some(quiet.namespace_of(name)?.address());
        let spaces = modules.iter().filter_map(space).collect();
        Self { modules, spaces, classes: AddressMap::default() }
    }

    /// Whether an object is one of the modules, or a function, a class or an instance of a class of theirs.
    fn has(&mut self, object: Lent<'_>) -> bool {
        let variables = object.module_variables().or_else(|| object.function_globals());
        if variables.is_some_and(|variables| self.spaces.contains(&variables.address())) {
            return true;
        }
        let class = object.as_class().unwrap_or_else(|| object.class());
        *self.classes.entry(class.object().address()).or_insert_with(|| {
            class.is_heap_type()
                && class.lineage().any(|base| self.modules.contains(&base.name().0))
        })
    }
}

/// Whether all modules have a variable of this name.
fn is_of_everybody(name: Lent<'_>) -> bool {
    name.as_str().is_some_and(|name| name.starts_with("__"))
}
