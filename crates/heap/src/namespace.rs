//! Namespace: which variables a statement bound, by comparing addresses and holding nothing.
#![allow(unsafe_code, reason = "reads the program's own dictionary through CPython's C API")]

use std::ptr;

use pyo3::ffi;
use rustc_hash::FxHashMap;

use crate::callee::text;
use crate::object::item;
use crate::reach::Address;

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
    pub unsafe fn fill(&mut self, namespace: *mut ffi::PyObject) {
        // SAFETY: the caller lends a live dictionary.
        for (name, value) in unsafe { Self::variables(namespace) } {
            // SAFETY: keys live as long as the dictionary holds them.
            if let Some(name) = unsafe { text(name) } {
                self.addresses.insert(name, value as Address);
            }
        }
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
    pub unsafe fn update(&mut self, namespace: *mut ffi::PyObject, name: &str) -> Change {
        // SAFETY: the caller lends a live dictionary.
        let value = unsafe { item(namespace, name) } as Address;
        if value == 0 {
            return Change::Unbound { was_bound: self.addresses.remove(name).is_some() };
        }
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

    /// Looks at all variables again: those that differ.
    pub unsafe fn diff(&mut self, namespace: *mut ffi::PyObject) -> Vec<Difference> {
        let mut changes = Vec::new();
        let mut now: FxHashMap<String, Address> = FxHashMap::default();
        // SAFETY: the caller lends a live dictionary.
        for (name, value) in unsafe { Self::variables(namespace) } {
            // SAFETY: keys live as long as the dictionary holds them.
            let Some(name) = (unsafe { text(name) }) else { continue };
            if self.addresses.get(&name) != Some(&(value as Address)) && !is_own(&name) {
                changes.push(Difference { name: name.clone(), is_bound: true });
            }
            now.insert(name, value as Address);
        }
        for name in self.addresses.keys() {
            if !now.contains_key(name) && !is_own(name) {
                changes.push(Difference { name: name.clone(), is_bound: false });
            }
        }
        self.addresses = now;
        changes
    }

    /// A variable that has this very value; of several, one that was not given by Python itself.
    pub fn name_of(
        &self,
        namespace: *mut ffi::PyObject,
        value: *mut ffi::PyObject,
    ) -> Option<String> {
        // SAFETY: the namespace is the user's, and lives; see `fill`.
        unsafe {
            Self::variables(namespace)
                .into_iter()
                .filter(|&(_, bound)| bound == value)
                .filter_map(|(name, _)| text(name))
                .find(|name| !is_own(name))
        }
    }

    /// Every variable and its value, borrowed.
    pub unsafe fn variables(
        namespace: *mut ffi::PyObject,
    ) -> Vec<(*mut ffi::PyObject, *mut ffi::PyObject)> {
        let mut variables = Vec::new();
        let (mut position, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
        // SAFETY: nothing changes the dictionary while it is gone through.
        while unsafe { ffi::PyDict_Next(namespace, &mut position, &mut key, &mut value) } != 0 {
            variables.push((key, value));
        }
        variables
    }
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
