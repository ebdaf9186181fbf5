//! Changed variables: which variables, and which modules of the program's own, lead to what the statement
//! at hand changed.
#![allow(unsafe_code, reason = "looks at the program's live objects, under the GIL")]

use std::ptr;

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_session::Changed;
use pyo3::ffi;
use rustc_hash::FxHashSet;

use super::note::{hidden_key, module_key};
use super::state::Recorder;
use super::statement::{Cause, Deep};
use crate::callee;
use crate::namespace::Mirror;
use crate::reach::{self, Address, End, Walk};

impl Recorder {
    /// Finds the variables from which a changed object can be reached. Objects that were found
    /// through a module and that no variable leads to become hidden states.
    pub(super) unsafe fn find_changed(&mut self, out: &mut Vec<Changed>) {
        /// How many objects are looked at before the rest is assumed to be changed.
        const BUDGET: usize = 5_000_000;
        // SAFETY: the GIL is held; walking runs no Python code, so the namespace stays as it is.
        unsafe {
            let mut found: FxHashSet<Address> = FxHashSet::default();
            self.walk_again();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: true };
            let variables = Mirror::variables(self.namespace);
            for (name, value) in variables {
                if !reach::is_mutable(value) {
                    continue;
                }
                let mut seen = FxHashSet::default();
                let mut hit = None;
                let changed = &self.at_hand.changed;
                let end = walk.run(value, &mut seen, &mut |object| {
                    let address = object as Address;
                    if let Some(by) = changed.get(&address) {
                        hit = Some((address, by.clone()));
                        return false;
                    }
                    true
                });
                match (hit, end) {
                    (Some((address, by)), _) => {
                        found.insert(address);
                        if let Some(name) = callee::text(name) {
                            out.push(Changed {
                                name,
                                by: by.by.to_string(),
                                confidence: by.confidence,
                            });
                        }
                    }
                    (None, End::OverBudget) => {
                        if let Some(name) = callee::text(name) {
                            out.push(Changed {
                                name,
                                by: "a change that was not searched for".to_owned(),
                                confidence: Confidence::Assumed,
                            });
                        }
                    }
                    (None, _) => {}
                }
            }
            self.note_own_modules();
            let imports = [c"meta_path", c"modules", c"path", c"path_hooks"]
                .map(|name| ffi::PySys_GetObject(name.as_ptr()));
            if imports.iter().any(|&object| self.at_hand.changed.contains_key(&(object as Address)))
            {
                self.writes_state((StateKey::whole(ExternalState::ImportSystem), false));
            }
            for address in self.at_hand.hidden_candidates.clone() {
                if !found.contains(&address) {
                    self.writes_state((hidden_key(address), false));
                    self.objects.hidden.insert(address);
                }
            }
        }
    }

    /// Walks once more through what was changed deeply since it was last walked through, as far as a
    /// variable leads there.
    pub(super) unsafe fn walk_again(&mut self) {
        const BUDGET: usize = 1_000_000;
        let again = |deep: &&Deep| deep.times > 1;
        if !self.at_hand.deep.values().flatten().any(|deep| again(&deep)) {
            return;
        }
        // SAFETY: as for `find_changed`.
        unsafe {
            let mut roots = Vec::new();
            let mut seen = FxHashSet::default();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: true };
            for (_, value) in Mirror::variables(self.namespace) {
                let deep = &self.at_hand.deep;
                walk.run(value, &mut seen, &mut |object| {
                    let known = deep.get(&(object as Address)).into_iter().flatten();
                    roots.extend(
                        known.filter(again).map(|deep| (object, deep.by.clone(), deep.point)),
                    );
                    true
                });
            }
            for (object, by, point) in roots {
                self.loop_trace.stand_at(Some(point));
                self.walk_changed(object, &by);
            }
            self.loop_trace.stand_at(None);
        }
    }

    /// Marks all that variables lead to as changed, in one walk; gives the variables that were too
    /// large for that.
    pub(super) unsafe fn change_all_of(
        &mut self,
        names: FxHashSet<String>,
        by: &Cause,
    ) -> Vec<String> {
        const BUDGET: usize = 5_000_000;
        // SAFETY: as for `find_changed`.
        unsafe {
            let mut seen = FxHashSet::default();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: false };
            let changed = &mut self.at_hand.changed;
            let mut left = Vec::new();
            for name in names {
                let value = crate::object::item(self.namespace, &name);
                if value.is_null() {
                    continue;
                }
                let end = walk.run(value, &mut seen, &mut |object| {
                    if reach::changes_in_place(object) && ffi::PyModule_Check(object) == 0 {
                        changed.entry(object as Address).or_insert_with(|| by.clone());
                    }
                    true
                });
                if end == End::OverBudget {
                    left.push(name);
                }
            }
            left
        }
    }

    /// Notes the modules of the program's own that lead to what changed: their functions read that
    /// unseen.
    unsafe fn note_own_modules(&mut self) {
        const BUDGET: usize = 1_000_000;
        // SAFETY: as for `find_changed`.
        unsafe {
            for name in self.objects.own_modules.iter().cloned().collect::<Vec<_>>() {
                let module = crate::object::item(ffi::PyImport_GetModuleDict(), &name);
                if module.is_null() || ffi::PyModule_Check(module) == 0 {
                    continue;
                }
                let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: true };
                let mut seen = FxHashSet::default();
                let changed = &self.at_hand.changed;
                let mut hit = false;
                let names = ffi::PyModule_GetDict(module);
                let (mut at, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
                while !hit && ffi::PyDict_Next(names, &mut at, &mut key, &mut value) != 0 {
                    // `__builtins__` and its like are everybody's.
                    let shared = callee::text(key).is_some_and(|name| name.starts_with("__"));
                    if shared || ffi::PyModule_Check(value) != 0 {
                        continue;
                    }
                    let end = walk.run(value, &mut seen, &mut |object| {
                        // Who is given a function does not change it.
                        hit |= changed.contains_key(&(object as Address))
                            && reach::changes_in_place(object);
                        !hit
                    });
                    hit |= end == End::OverBudget;
                }
                if hit {
                    self.writes_state((module_key(module), false));
                }
            }
        }
    }
}
