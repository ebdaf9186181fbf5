//! Reach: which variables lead to what the statement at hand changed.

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_heap::holders::{Holders, Ways};
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, Lent, Quiet, kind};
use clew_session::Changed;
use clew_syntax::Read;
use rustc_hash::{FxHashMap, FxHashSet};

use super::note::hidden_key;
use super::state::Recorder;

/// How many objects are looked at before the rest is assumed to be changed.
const BUDGET: usize = 5_000_000;
/// From how many objects on it pays to keep where they were found.
const LARGE: usize = 20_000;
/// How many changed objects are looked for one by one.
const MOST_CHANGED: usize = 1_000;
/// How many objects the values of a statement are gone through for, beside large ones.
const MOST_OF_STATEMENT: usize = 5_000;

impl Recorder {
    /// Finds the variables from which a changed object can be reached. Objects that were found
    /// through a module and that no variable leads to become hidden states.
    pub(super) fn find_changed(
        &mut self,
        quiet: Quiet<'_>,
        reads: &[Read],
        out: &mut Vec<Changed>,
    ) {
        self.walk_again(quiet);
        let (by_value, mut found) = self.only_ways(quiet, reads);
        let settled = found.clone();
        let all_settled = settled.len() == self.at_hand.changed.len();
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: true };
        let mut large = Vec::new();
        let mut still_bound = FxHashSet::default();
        for (name, value) in self.variables(quiet).pairs() {
            if !kind::is_mutable(value) {
                continue;
            }
            if self.large_values.contains(value) {
                still_bound.insert(value.address());
            }
            let changed = &self.at_hand.changed;
            let (by, confidence) = if let Some(by) =
                by_value.get(&value.address()).and_then(|object| changed.get(object))
            {
                (by.by.to_string(), by.confidence)
            } else if all_settled {
                continue;
            } else {
                let mut hit = None;
                let left = walk.budget;
                let end = walk.run_alone(value, &mut |object| {
                    let address = object.address();
                    hit = changed.get(&address).filter(|_| !settled.contains(&address));
                    found.extend(hit.map(|_| address));
                    hit.is_none()
                });
                if left - walk.budget > LARGE {
                    large.push(value);
                }
                match (hit, end) {
                    (Some(by), _) => (by.by.to_string(), by.confidence),
                    (None, End::OverBudget) => {
                        ("a change that was not searched for".to_owned(), Confidence::Assumed)
                    }
                    (None, _) => continue,
                }
            };
            out.extend(name.text().map(|name| Changed { name, by, confidence }));
        }
        self.large_values.keep_only(&still_bound);
        large.dedup();
        for value in large {
            self.large_values.walked(value, &self.boundary, BUDGET);
        }
        self.note_unfound(quiet, &found);
    }

    /// The changed objects to which all ways are known, and for each value on them one of those.
    fn only_ways(
        &mut self,
        quiet: Quiet<'_>,
        reads: &[Read],
    ) -> (FxHashMap<Address, Address>, FxHashSet<Address>) {
        let (mut by_value, mut settled) = (FxHashMap::default(), FxHashSet::default());
        let changed = &self.at_hand.changed;
        if changed.len() > MOST_CHANGED {
            return (by_value, settled);
        }
        let variables = self.variables(quiet);
        let large = &self.large_values;
        // What is not large is gone through anew; where nothing is large, a walk is as good.
        let of_statement = match large.is_empty() {
            true => None,
            false => {
                let values = reads.iter().filter_map(|read| variables.item(&read.name));
                let small = values.filter(|value| !large.contains(*value));
                Holders::of(small.collect::<FxHashSet<_>>(), &self.boundary, MOST_OF_STATEMENT)
            }
        };
        let of_large = large.holders();
        let known = of_statement.iter().chain(of_large).collect();
        let ways = Ways::to(changed.keys().copied(), known, variables);
        for &object in changed.keys() {
            let Some(way) = ways.only_way(object) else { continue };
            settled.insert(object);
            for on_way in way {
                by_value.entry(on_way.address()).or_insert(object);
            }
        }
        // A value that was changed itself is said to be so.
        by_value.extend(settled.iter().map(|&object| (object, object)));
        (by_value, settled)
    }

    /// What was changed and not found is a state of its own, where it was come to by way of a module.
    fn note_unfound(&mut self, quiet: Quiet<'_>, found: &FxHashSet<Address>) {
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
}
