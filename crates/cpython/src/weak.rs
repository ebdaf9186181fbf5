//! Weak: references that keep nothing alive change when what they refer to is gone, and finalizers then do
//! what they were told; no call tells of either.
//!
//! Looked at after each statement, once the program has imported `weakref`.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::ptr;

use clew_session::StateKey;
use clew_syntax::Statement;
use pyo3::ffi;
use rustc_hash::FxHashMap;

use crate::callee::type_name;
use crate::namespace::Mirror;
use crate::object::{attribute, dictionary_of, in_module, item, owned_attribute};
use crate::reach::{self, Address};

/// What was seen at the last look.
#[derive(Default)]
pub(crate) struct Weak {
    is_imported: bool,
    /// Weak references and containers, and what is left in them.
    left: FxHashMap<Address, isize>,
    /// Finalizers that wait.
    finalizers: FxHashMap<Address, Finalizer>,
    made: usize,
}

struct Finalizer {
    /// Its place in the order in which they were made.
    number: usize,
    /// What it may change.
    touched: Vec<Address>,
}

/// What is otherwise than at the last look.
#[derive(Default)]
pub(crate) struct Gone {
    /// Objects that changed because something is gone.
    pub(crate) changed: Vec<Address>,
    /// Finalizers that are new.
    pub(crate) made: Vec<StateKey>,
    /// Those that have run.
    pub(crate) ran: Vec<StateKey>,
}

impl Weak {
    /// A statement of the program's ran.
    pub(crate) fn ran(&mut self, statement: &Statement) {
        let of_weak = |name: &str| name.contains("weakref");
        self.is_imported |= statement
            .imports()
            .iter()
            .any(|alias| of_weak(&alias.module) || alias.name.as_deref().is_some_and(of_weak));
    }

    /// What is otherwise because something is gone.
    pub(crate) unsafe fn look(&mut self, namespace: *mut ffi::PyObject) -> Gone {
        let mut gone = Gone::default();
        if !self.is_imported {
            return gone;
        }
        // SAFETY: the GIL is held; the namespace lends its variables, and these what they hold.
        unsafe {
            let mut left = FxHashMap::default();
            for (_, value) in Mirror::variables(namespace) {
                add(value, &mut left);
                if is_of_program(value) {
                    crate::object::each_held(value, |held| add(held, &mut left));
                }
            }
            let fewer = |(address, left): &(&Address, &isize)| {
                self.left.get(address).is_some_and(|was| was > left)
            };
            gone.changed.extend(left.iter().filter(fewer).map(|(&address, _)| address));
            self.left = left;
            let waiting = finalizers();
            self.finalizers.retain(|address, finalizer| {
                let waits = waiting.contains_key(address);
                if !waits {
                    gone.changed.append(&mut finalizer.touched);
                    gone.ran.push(finalizer.key());
                }
                waits
            });
            for (address, touched) in waiting {
                self.finalizers.entry(address).or_insert_with(|| {
                    self.made += 1;
                    let finalizer = Finalizer { number: self.made, touched };
                    gone.made.push(finalizer.key());
                    finalizer
                });
            }
            gone
        }
    }
}

impl Finalizer {
    fn key(&self) -> StateKey {
        StateKey::part("finalizers", self.number.to_string())
    }
}

/// Notes how much is left in a weak reference or container.
unsafe fn add(value: *mut ffi::PyObject, left: &mut FxHashMap<Address, isize>) {
    // SAFETY: the caller lends a live object.
    unsafe {
        let count = if ffi::PyWeakref_Check(value) != 0 {
            #[allow(deprecated, reason = "its successor is new in 3.13")]
            let referred = ffi::PyWeakref_GetObject(value);
            isize::from(referred != ffi::Py_None())
        } else {
            let (module, name) = type_name(ffi::Py_TYPE(value));
            let is_weak = matches!(module.as_str(), "weakref" | "_weakrefset")
                && name.starts_with("Weak")
                && name != "WeakMethod";
            let data = if is_weak { attribute(value, "data") } else { ptr::null_mut() };
            if data.is_null() {
                return;
            }
            match ffi::PyDict_Check(data) != 0 {
                true => ffi::PyDict_Size(data),
                false => ffi::PySet_Size(data),
            }
        };
        left.insert(value as Address, count);
    }
}

/// Whether a value is an instance of a class of the program's own.
unsafe fn is_of_program(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        let kind = ffi::Py_TYPE(value);
        (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 && type_name(kind).0 == "__main__"
    }
}

/// The finalizers that wait, and what they may change: what their functions are bound to and given.
unsafe fn finalizers() -> FxHashMap<Address, Vec<Address>> {
    let mut waiting = FxHashMap::default();
    // SAFETY: the GIL is held; the registry lends what it holds, and a finalizer's record has slots, which
    // are read without running code.
    unsafe {
        let Some(class) = in_module("weakref", "finalize") else { return waiting };
        if ffi::PyType_Check(class) == 0 {
            return waiting;
        }
        let registry = item(dictionary_of(class.cast()), "_registry");
        if registry.is_null() || ffi::PyDict_Check(registry) == 0 {
            return waiting;
        }
        let (mut at, mut finalizer, mut record) = (0, ptr::null_mut(), ptr::null_mut());
        while ffi::PyDict_Next(registry, &mut at, &mut finalizer, &mut record) != 0 {
            let mut touched = Vec::new();
            let mut touch = |object: *mut ffi::PyObject| {
                if !object.is_null() && reach::changes_in_place(object) {
                    touched.push(object as Address);
                }
            };
            let function = owned_attribute(record, c"func");
            if !function.is_null() {
                touch(crate::callee::describe(function).receiver);
            }
            ffi::Py_XDECREF(function);
            for name in [c"args", c"kwargs"] {
                let given = owned_attribute(record, name);
                if !given.is_null() {
                    crate::object::each_held(given, &mut touch);
                    ffi::Py_DECREF(given);
                }
            }
            waiting.insert(finalizer as Address, touched);
        }
        waiting
    }
}
