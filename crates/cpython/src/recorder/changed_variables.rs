//! Changed variables: which variables, and which modules of the program's own, lead to what the statement
//! at hand changed.

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, Lent, Quiet, kind};
use clew_session::Changed;
use rustc_hash::FxHashSet;

use super::note::{hidden_key, module_key};
use super::state::Recorder;
use super::statement::{Cause, Deep};

impl Recorder {
    /// Finds the variables from which a changed object can be reached. Objects that were found
    /// through a module and that no variable leads to become hidden states.
    pub(super) fn find_changed(&mut self, quiet: Quiet<'_>, out: &mut Vec<Changed>) {
        /// How many objects are looked at before the rest is assumed to be changed.
        const BUDGET: usize = 5_000_000;
        let mut found: FxHashSet<Address> = FxHashSet::default();
        self.walk_again(quiet);
        let mut walk = Walk { boundary: &self.borders, budget: BUDGET, definitions: true };
        for (name, value) in self.variables(quiet).pairs() {
            if !kind::is_mutable(value) {
                continue;
            }
            let mut hit = None;
            let changed = &self.at_hand.changed;
            let end = walk.run(value, &mut FxHashSet::default(), &mut |object| {
                hit = changed.get(&object.address()).map(|by| (object.address(), by.clone()));
                hit.is_none()
            });
            let (by, confidence) = match (hit, end) {
                (Some((address, by)), _) => {
                    found.insert(address);
                    (by.by.to_string(), by.confidence)
                }
                (None, End::OverBudget) => {
                    ("a change that was not searched for".to_owned(), Confidence::Assumed)
                }
                (None, _) => continue,
            };
            out.extend(name.text().map(|name| Changed { name, by, confidence }));
        }
        self.note_own_modules(quiet);
        let imports = [c"meta_path", c"modules", c"path", c"path_hooks"];
        let changed = |object: Lent<'_>| self.at_hand.changed.contains_key(&object.address());
        if imports.into_iter().filter_map(|name| quiet.sys(name)).any(changed) {
            self.writes_state((StateKey::whole(ExternalState::ImportSystem), false));
        }
        for address in self.at_hand.hidden_candidates.clone() {
            if !found.contains(&address) {
                self.writes_state((hidden_key(address), false));
                self.objects.hidden.insert(address);
            }
        }
    }

    /// Walks once more through what was changed deeply since it was last walked through, as far as a
    /// variable leads there.
    pub(super) fn walk_again(&mut self, quiet: Quiet<'_>) {
        const BUDGET: usize = 1_000_000;
        let again = |deep: &&Deep| deep.times > 1;
        if !self.at_hand.deep.values().flatten().any(|deep| again(&deep)) {
            return;
        }
        let mut roots = Vec::new();
        let mut seen = FxHashSet::default();
        let mut walk = Walk { boundary: &self.borders, budget: BUDGET, definitions: true };
        let deep = &self.at_hand.deep;
        for (_, value) in self.variables(quiet).pairs() {
            walk.run(value, &mut seen, &mut |object| {
                let known = deep.get(&object.address()).into_iter().flatten();
                roots.extend(known.filter(again).map(|deep| (object, deep.by.clone(), deep.point)));
                true
            });
        }
        for (object, by, point) in roots {
            self.loop_trace.stand_at(Some(point));
            self.walk_changed(object, &by);
        }
        self.loop_trace.stand_at(None);
    }

    /// Marks all that variables lead to as changed, in one walk; gives the variables that were too
    /// large for that.
    pub(super) fn change_all_of(
        &mut self,
        quiet: Quiet<'_>,
        names: FxHashSet<String>,
        by: &Cause,
    ) -> Vec<String> {
        const BUDGET: usize = 5_000_000;
        let mut seen = FxHashSet::default();
        let variables = self.variables(quiet);
        let mut walk = Walk { boundary: &self.borders, budget: BUDGET, definitions: false };
        let changed = &mut self.at_hand.changed;
        let mut left = Vec::new();
        for name in names {
            let Some(value) = variables.item(&name) else { continue };
            let end = walk.run(value, &mut seen, &mut |object| {
                if kind::changes_in_place(object) && !object.is_module() {
                    changed.entry(object.address()).or_insert_with(|| by.clone());
                }
                true
            });
            if end == End::OverBudget {
                left.push(name);
            }
        }
        left
    }

    /// Notes the modules of the program's own that lead to what changed: their functions read that
    /// unseen.
    fn note_own_modules(&mut self, quiet: Quiet<'_>) {
        const BUDGET: usize = 1_000_000;
        for name in self.objects.own_modules.iter().cloned().collect::<Vec<_>>() {
            let Some(module) = quiet.module(&name) else { continue };
            let mut walk = Walk { boundary: &self.borders, budget: BUDGET, definitions: true };
            let mut seen = FxHashSet::default();
            let changed = &self.at_hand.changed;
            let mut hit = false;
            for (key, value) in module.module_variables().into_iter().flat_map(Lent::pairs) {
                // `__builtins__` and its like are everybody's.
                let shared = key.as_str().is_some_and(|name| name.starts_with("__"));
                if shared || value.is_module() {
                    continue;
                }
                let end = walk.run(value, &mut seen, &mut |object| {
                    // Who is given a function does not change it.
                    hit |=
                        changed.contains_key(&object.address()) && kind::changes_in_place(object);
                    !hit
                });
                hit |= end == End::OverBudget;
                if hit {
                    break;
                }
            }
            if hit {
                self.writes_state((module_key(module), false));
            }
        }
    }
}
