//! Settings: what a call changed in a library, and which values obey it afterwards.
//!
//! `np.set_printoptions` changes no value, and `str(array)` obeys it without naming it. A statement
//! is taken to obey the settings of a library when a variable that it reads is a module, a function
//! or an instance of the library's, or holds one. Settings of how values are displayed steer text
//! only, so only statements that may make text obey those.

use clew_effects::StateKey;
use clew_heap::callable_name::{module_of, top_level};
use clew_heap::walk::{End, Walk};
use clew_heap::{AddressSet, Lent};
use rustc_hash::FxHashSet;

/// The settings that were changed so far.
#[derive(Default)]
pub(crate) struct Settings {
    changed: FxHashSet<StateKey>,
}

impl Settings {
    /// Notes that a state was changed; only what modules keep to themselves counts.
    pub(crate) fn change(&mut self, key: &StateKey) {
        if key.state.module().is_some() && !self.changed.contains(key) {
            self.changed.insert(key.clone());
        }
    }

    /// Whether none was changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// Whether any of a package was changed.
    pub(crate) fn any_of(&self, package: &str) -> bool {
        self.changed
            .iter()
            .any(|key| key.state.module().is_some_and(|module| top_level(module) == package))
    }

    /// What was changed of the names that every module sees.
    pub(crate) fn builtins(&self) -> Option<&StateKey> {
        self.changed.iter().find(|key| key.state.module() == Some("builtins"))
    }

    /// The settings that a statement obeys which reads these values.
    pub(crate) fn obeyed(
        &self,
        values: &[Lent<'_>],
        boundary: &AddressSet,
        makes_text: bool,
    ) -> Vec<&StateKey> {
        /// How much of a value is looked into before it is taken to hold anything.
        const BUDGET: usize = 2_000;
        /// How many items of a container are asked themselves: numbers of a library's, such as decimals,
        /// hold nothing, so no walk comes to them.
        const MOST_ITEMS: usize = 16;
        let mut open: Vec<&StateKey> =
            self.changed.iter().filter(|key| makes_text || !is_display(key)).collect();
        let mut found = Vec::new();
        for &value in values {
            if open.is_empty() {
                break;
            }
            let mut obeys = |object: Lent<'_>| {
                let module = home_of(object);
                open.retain(|key| {
                    let obeyed = belongs(&module, key);
                    if obeyed {
                        found.push(*key);
                    }
                    !obeyed
                });
                !open.is_empty()
            };
            obeys(value);
            let mut left = MOST_ITEMS;
            if value.is_builtin_container() || value.is_tuple() {
                value.each_held(|held| {
                    if left > 0 {
                        left -= 1;
                        obeys(held);
                    }
                });
            }
            let mut walk = Walk { boundary, budget: BUDGET, definitions: true };
            let end = walk.run(value, &mut AddressSet::default(), &mut obeys);
            if end == End::OverBudget {
                found.append(&mut open);
            }
        }
        found
    }
}

fn is_display(key: &StateKey) -> bool {
    key.part.as_deref().is_some_and(|part| part == "display" || part.starts_with("display."))
}

fn belongs(module: &str, key: &StateKey) -> bool {
    key.state
        .module()
        .and_then(|name| module.strip_prefix(name))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The module that an object is, or that it or its class is from.
fn home_of(object: Lent<'_>) -> String {
    match object.is_module() {
        true => object.module_name(),
        false => module_of(object).unwrap_or_default(),
    }
}
