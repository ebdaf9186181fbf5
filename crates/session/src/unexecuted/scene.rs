//! Scene: what the variables of a text may stand for at a statement, and what that statement does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clew_effects::{Catalog, StateKey};
use clew_syntax::{Scope, Unit};

use super::value::{Nature, ScopeKey, TextValue};

/// What a statement may do, as it is gathered.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The variables that it reads beside those that its text names.
    pub(super) reads: BTreeSet<String>,
    /// The variables whose values it may change.
    pub(super) changed: BTreeSet<String>,
    /// The variables that it binds, and whether for certain.
    pub(super) bound: BTreeMap<String, bool>,
    pub(super) states_read: BTreeSet<StateKey>,
    pub(super) states_written: BTreeSet<StateKey>,
    /// Whether it runs code of which nothing is known, so that it may read any state.
    pub(super) reads_any_state: bool,
    /// Whether it may bind variables that it does not name.
    pub(super) binds_unknown: bool,
    pub(super) functions: BTreeSet<ScopeKey>,
}

/// What the variables may stand for.
pub(super) struct Scene<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) packages: BTreeSet<String>,
    pub(super) units: Vec<Arc<Unit>>,
    pub(super) variables: BTreeMap<String, TextValue>,
    pub(super) step: Gathered,
    /// The text that is gone through, by its place.
    pub(super) text: usize,
    /// Whether what is bound may not be bound after all.
    pub(super) is_uncertain: bool,
}

/// What the package of an imported name keeps to itself.
pub(super) fn state_of(path: &str) -> Option<StateKey> {
    let package = match path.trim_start_matches('.').split('.').next()? {
        "builtins" | "" => return None,
        package => package,
    };
    Some(StateKey::module(package))
}

impl<'c> Scene<'c> {
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        let packages = catalog.packages().into_iter().map(str::to_owned).collect();
        Self {
            catalog,
            packages,
            units: Vec::new(),
            variables: BTreeMap::new(),
            step: Gathered::default(),
            text: 0,
            is_uncertain: false,
        }
    }

    /// Whether rules speak of a package, by a dotted name in it.
    pub(super) fn has_rules(&self, path: &str) -> bool {
        self.packages.contains(path.split('.').next().unwrap_or(path))
    }

    /// Code of a package runs of which no rule speaks: it may read any state, and change what the package
    /// keeps to itself.
    pub(super) fn run_unknown(&mut self, path: &str) {
        let Some(state) = state_of(path) else { return };
        self.step.states_read.insert(state.clone());
        self.step.states_written.insert(state);
        self.step.reads_any_state |= !self.has_rules(path);
    }

    /// What a name stands for.
    pub(super) fn named(&mut self, name: &str) -> TextValue {
        self.step.reads.insert(name.to_owned());
        match self.variables.get(name) {
            Some(value) => {
                let mut value = value.clone();
                value.shares.insert(name.to_owned());
                self.step.states_read.extend(value.handles.iter().cloned());
                if let Some(state) = value.path().and_then(state_of) {
                    self.step.states_read.insert(state);
                }
                value
            }
            None => TextValue::of(Nature::Path(format!("builtins.{name}"))),
        }
    }

    /// Binds a variable.
    pub(super) fn bind(&mut self, name: &str, mut value: TextValue) {
        let certain = !self.is_uncertain;
        // What only a module and the value know is not seen by way of the module.
        value.shares.retain(|other| {
            let known = self.variables.get(other).map(|other| &other.known);
            other != name && !matches!(known, Some(Nature::Module(_)))
        });
        if value.is_fixed() {
            value.shares.clear();
        }
        if !certain && let Some(before) = self.variables.get(name) {
            value.join(before);
        }
        if certain {
            for other in self.variables.values_mut() {
                other.shares.remove(name);
            }
        }
        let known = self.step.bound.entry(name.to_owned()).or_insert(false);
        *known |= certain;
        let shared = value.shares.clone();
        self.variables.insert(name.to_owned(), value);
        self.link(shared.into_iter().chain([name.to_owned()]).collect());
    }

    /// From now on these variables may share state, with all that they shared it with before.
    pub(super) fn link(&mut self, names: BTreeSet<String>) {
        let mut all = TextValue::default();
        for name in &names {
            if let Some(value) = self.variables.get(name).filter(|value| !value.is_fixed()) {
                all.add(value);
                all.shares.insert(name.clone());
            }
        }
        if all.shares.len() < 2 {
            return;
        }
        // Who holds a file is none.
        all.shown_in.append(&mut all.handles);
        for name in all.shares.clone() {
            if let Some(value) = self.variables.get_mut(&name) {
                value.add(&all);
                value.shares.remove(&name);
            }
        }
    }

    /// A value may change.
    pub(super) fn mutate(&mut self, value: &TextValue) {
        if value.is_fixed() {
            return;
        }
        for name in &value.shares {
            if self.variables.get(name).is_some_and(|value| !value.is_fixed()) {
                self.step.changed.insert(name.clone());
            }
        }
        let states = value.handles.union(&value.shown_in);
        self.step.states_written.extend(states.cloned());
    }

    /// A value is gone through: an iterator moves forward, and nothing else changes.
    pub(super) fn consume(&mut self, value: &TextValue) {
        if value.known == Nature::Nothing {
            self.mutate(value);
        }
    }

    /// Functions of the text may run: they read what they name, and may change it.
    pub(super) fn run(&mut self, scopes: impl IntoIterator<Item = ScopeKey>) {
        let mut left: Vec<ScopeKey> = scopes.into_iter().collect();
        while let Some(key) = left.pop() {
            if !self.step.functions.insert(key) {
                continue;
            }
            let Some((unit, scope)) = self.scope(key) else { continue };
            self.touch_states_of(&unit, &scope.reads, scope.range);
            for read in &scope.reads {
                let value = self.named(&read.name);
                left.extend(value.runs.iter().copied());
                let is_module =
                    matches!(&value.known, Nature::Module(path) if self.has_rules(path));
                if !is_module {
                    self.mutate(&value);
                }
            }
            for name in scope.binds {
                self.step.bound.entry(name.clone()).or_insert(false);
                let value = self.variables.entry(name).or_default();
                value.known = Nature::Nothing;
            }
        }
    }

    pub(super) fn scope(&self, (text, place): ScopeKey) -> Option<(Arc<Unit>, Scope)> {
        let unit = Arc::clone(self.units.get(text)?);
        let scope = unit.scope(place)?.clone();
        Some((unit, scope))
    }

    /// Anything may happen to the variables.
    pub(super) fn anything(&mut self) {
        let names: Vec<String> = self.variables.keys().cloned().collect();
        self.step.binds_unknown = true;
        for name in names {
            self.step.reads.insert(name.clone());
            self.step.bound.entry(name.clone()).or_insert(false);
            if let Some(value) = self.variables.get_mut(&name) {
                value.known = Nature::Nothing;
            }
        }
    }
}
