//! Namespace: which variables a statement bound, by comparing addresses and holding nothing.

use clew_graph::is_of_function;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::address::Address;
use crate::frame::Variables;
use crate::lent::Lent;

/// The variables of the program and where their values were when last looked at.
#[derive(Default)]
pub struct Mirror {
    addresses: FxHashMap<String, Address>,
}

/// A variable that is not what it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// Whether it is bound now.
    pub is_bound: bool,
}

/// What became of a variable since it was last looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// It is not bound now.
    Unbound {
        /// Whether it was before.
        was_bound: bool,
    },
    /// It has another value.
    Rebound,
    /// Its value is where it was; it may have been bound to the same value again.
    Same,
}

impl Mirror {
    /// Takes the variables as they are for known.
    pub fn remember(&mut self, variables: Variables<'_>) {
        for (name, value) in variables.pairs() {
            if let Some(name) = name.text() {
                self.addresses.insert(name, value.address());
            }
        }
    }

    /// The variables of a function are gone: those whose names begin so.
    pub fn forget(&mut self, path: &str) {
        self.addresses.retain(|name, _| !name.starts_with(path));
    }

    /// Where a variable's value was.
    pub fn address(&self, name: &str) -> Option<Address> {
        self.addresses.get(name).copied()
    }

    /// The names of all variables that were bound.
    pub fn names(&self) -> Vec<String> {
        self.addresses.keys().filter(|name| !is_own(name)).cloned().collect()
    }

    /// Looks at one variable again.
    pub fn refresh(&mut self, variables: Variables<'_>, name: &str) -> Change {
        let Some(value) = variables.item(name).map(Lent::address) else {
            return Change::Unbound { was_bound: self.addresses.remove(name).is_some() };
        };
        match self.addresses.get_mut(name) {
            Some(address) if *address == value => Change::Same,
            Some(address) => {
                *address = value;
                Change::Rebound
            }
            None => {
                self.addresses.insert(name.to_owned(), value);
                Change::Rebound
            }
        }
    }

    /// Looks at all variables again: those that differ. Nearly all are as they were, and cost a look at the table.
    pub fn differences(&mut self, variables: Variables<'_>) -> Vec<Difference> {
        let mut changes = Vec::new();
        let mut found = 0;
        for (name, value) in variables.pairs() {
            let Some(name) = name.as_str() else { continue };
            let now = value.address();
            match self.addresses.get_mut(name) {
                Some(address) if *address == now => {
                    found += 1;
                    continue;
                }
                Some(address) => *address = now,
                None => {
                    self.addresses.insert(name.to_owned(), now);
                }
            }
            found += 1;
            if !is_own(name) {
                changes.push(Difference { name: name.to_owned(), is_bound: true });
            }
        }
        if found < self.addresses.len() {
            self.forget_unbound(variables, &mut changes);
        }
        changes
    }

    /// Some of the variables that were bound are not any more.
    fn forget_unbound(&mut self, variables: Variables<'_>, changes: &mut Vec<Difference>) {
        let bound: FxHashSet<&str> =
            variables.pairs().filter_map(|(name, _)| name.as_str()).collect();
        self.addresses.retain(|name, _| {
            let is_bound = bound.contains(name.as_str());
            if !is_bound && !is_own(name) {
                changes.push(Difference { name: name.clone(), is_bound: false });
            }
            is_bound
        });
    }
}

/// A variable of the module that has this very value; of several, one that was not given by Python itself.
pub fn name_of_value(variables: Variables<'_>, value: Lent<'_>) -> Option<String> {
    variables
        .pairs()
        .filter(|&(_, bound)| bound == value)
        .filter_map(|(name, _)| name.text())
        .find(|name| !is_own(name) && !is_of_function(name))
}

/// Names that Python gives to a module itself.
fn is_own(name: &str) -> bool {
    matches!(
        name,
        "__name__"
            | "__doc__"
            | "__package__"
            | "__loader__"
            | "__spec__"
            | "__builtins__"
            | "__file__"
            | "__cached__"
            | "__annotations__"
            | "__conditional_annotations__"
    )
}
