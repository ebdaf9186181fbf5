//! Settings: what a call changed in a library, and which values obey it afterwards.
//!
//! `np.set_printoptions` changes no value, and `str(array)` obeys it without naming it. A statement
//! is taken to obey the settings of a library when a variable that it reads is a module, a function
//! or an instance of the library's, or holds one. Settings of how values are displayed steer text
//! only, so only statements that may make text obey those.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use clew_session::StateKey;
use pyo3::ffi;
use rustc_hash::FxHashSet;

use crate::callee;
use crate::reach::{Address, End, Walk};

/// The settings that were changed so far.
#[derive(Default)]
pub(crate) struct Settings {
    changed: FxHashSet<StateKey>,
}

impl Settings {
    /// Notes that a state was changed; only what modules keep to themselves counts.
    pub(crate) fn change(&mut self, key: &StateKey) {
        if key.state.starts_with("module:") && !self.changed.contains(key) {
            self.changed.insert(key.clone());
        }
    }

    /// Whether none was changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// Whether any of a package was changed.
    pub(crate) fn any_of(&self, package: &str) -> bool {
        self.changed.iter().any(|key| {
            key.state
                .strip_prefix("module:")
                .is_some_and(|module| callee::top_level(module) == package)
        })
    }

    /// What was changed of the names that every module sees.
    pub(crate) fn builtins(&self) -> Option<&StateKey> {
        self.changed.iter().find(|key| key.state == "module:builtins")
    }

    /// The settings that a statement obeys which reads these values.
    pub(crate) unsafe fn obeyed(
        &self,
        values: &[*mut ffi::PyObject],
        borders: &FxHashSet<Address>,
        makes_text: bool,
    ) -> Vec<&StateKey> {
        let mut open: Vec<&StateKey> =
            self.changed.iter().filter(|key| makes_text || !is_display(key)).collect();
        let mut found = Vec::new();
        for &value in values {
            if open.is_empty() {
                break;
            }
            /// How much of a value is looked into before it is taken to hold anything.
            const BUDGET: usize = 2_000;
            let mut obeys = |object: *mut ffi::PyObject| {
                // SAFETY: the caller lends live values, which hold the others.
                let module = unsafe { home_of(object) };
                open.retain(|key| {
                    let obeyed = belongs(&module, key);
                    if obeyed {
                        found.push(*key);
                    }
                    !obeyed
                });
                !open.is_empty()
            };
            // Numbers of a library's, such as decimals, hold nothing, so no walk comes to them.
            obeys(value);
            let mut left = 16;
            // SAFETY: as above.
            unsafe {
                if crate::object::is_builtin_container(value) || ffi::PyTuple_Check(value) != 0 {
                    crate::object::each_held(value, |held| {
                        if left > 0 {
                            left -= 1;
                            obeys(held);
                        }
                    });
                }
            }
            let mut walk = Walk { borders, budget: BUDGET, definitions: true };
            // SAFETY: the caller lends live values, and nothing here runs Python code.
            let end = unsafe { walk.run(value, &mut FxHashSet::default(), &mut obeys) };
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
        .strip_prefix("module:")
        .and_then(|name| module.strip_prefix(name))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The module that an object is, or that it or its class is from.
unsafe fn home_of(object: *mut ffi::PyObject) -> String {
    // SAFETY: the caller lends a live object; each look follows a check of the type.
    unsafe {
        if ffi::PyModule_Check(object) != 0 {
            crate::object::module_name(object)
        } else {
            callee::module_of(object).unwrap_or_default()
        }
    }
}
