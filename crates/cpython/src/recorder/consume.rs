//! Consume: iterators that move on, and what they call and give.
#![allow(unsafe_code, reason = "looks at the program's live objects, under the GIL")]

use clew_effects::Confidence;
use clew_heap::session_code::session_code;
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::state::Recorder;
use super::statement::Cause;
use crate::reach::{self, Address, End, Walk};

impl Recorder {
    /// An iterator, generator or file that is iterated over moves on; so do the iterators that it
    /// takes from.
    pub(super) unsafe fn consume(&mut self, value: *mut ffi::PyObject) {
        // SAFETY: handed on from the caller.
        unsafe {
            if ffi::PyIter_Check(value) == 0 {
                return;
            }
            let by = Cause::new("iteration", Confidence::Annotated);
            // One that nobody holds but the statement itself is gone with it.
            let passing = cfg!(not(Py_3_14))
                && !self.objects.handles.contains_key(&(value as Address))
                && ffi::Py_REFCNT(value) == 1;
            if !passing {
                self.change(value, &by);
            }
            if self.objects.unknown_generators.contains(&(value as Address)) {
                let by = Cause::new("iteration", Confidence::Assumed);
                self.change_reach(value, &by);
            }
            if let Some(code) = crate::object::generator_code(value)
                && session_code().contains(&code)
            {
                // A generator's body tells of itself when it is entered; one that was entered
                // before reads the same names again.
                self.reads_of_code(code);
            }
            let mut seen = FxHashSet::default();
            let mut found = Vec::new();
            let mut walk = Walk { borders: &self.borders, budget: 1_000, definitions: false };
            let mut called = Vec::new();
            let mut holders = FxHashMap::default();
            walk.run_noting(value, &mut seen, Some(&mut holders), &mut |object| {
                if ffi::PyIter_Check(object) != 0 {
                    found.push(object);
                }
                if (*ffi::Py_TYPE(object)).tp_call.is_some() {
                    called.push(object);
                }
                found.len() < 64
            });
            let py = Python::assume_attached();
            let iterators: FxHashSet<Address> = found.iter().map(|&it| it as Address).collect();
            let held_by = |object: &*mut ffi::PyObject| holders.get(&(*object as Address));
            for object in called {
                self.call_back(py, object);
                // `map` gives it what it goes through.
                if let Some(&holder) = held_by(&object)
                    && iterators.contains(&holder)
                    && crate::object::calls_with_elements(holder as *mut ffi::PyObject)
                    && let Some(by) = self.changes_what_it_is_given(py, object)
                {
                    let holder = holder as *mut ffi::PyObject;
                    self.change_elements((holder, object), &iterators, &by);
                }
            }
            for object in found {
                if !passing || !is_held_alone(object, value, &holders) {
                    self.change(object, &by);
                }
            }
        }
    }

    /// Marks what iterators may give as changed, and neither them nor the containers that they go
    /// through.
    unsafe fn change_elements(
        &mut self,
        (iterator, called): (*mut ffi::PyObject, *mut ffi::PyObject),
        iterators: &FxHashSet<Address>,
        by: &Cause,
    ) {
        const BUDGET: usize = 200_000;
        // SAFETY: handed on from `consume`.
        unsafe {
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: false };
            let mut found = Vec::new();
            let mut holders = FxHashMap::default();
            let mut seen = FxHashSet::from_iter([called as Address]);
            let end = walk.run_noting(iterator, &mut seen, Some(&mut holders), &mut |object| {
                if reach::changes_in_place(object) && ffi::PyModule_Check(object) == 0 {
                    found.push(object);
                }
                true
            });
            for object in found {
                let address = object as Address;
                let gone_through = iterators.contains(&address)
                    || (crate::object::is_builtin_container(object)
                        && holders.get(&address).is_some_and(|holder| iterators.contains(holder)));
                if !gone_through {
                    self.change(object, by);
                }
            }
            if end == End::OverBudget {
                self.change_everything(by);
            }
        }
    }
}

/// Whether an object is held only by another one, directly or by way of others of which the same is
/// true.
unsafe fn is_held_alone(
    object: *mut ffi::PyObject,
    by: *mut ffi::PyObject,
    holders: &FxHashMap<Address, Address>,
) -> bool {
    let mut object = object as Address;
    // SAFETY: the caller lends live objects, and each holds the one that it was found by.
    while object != by as Address {
        if unsafe { ffi::Py_REFCNT(object as *mut ffi::PyObject) } != 1 {
            return false;
        }
        match holders.get(&object) {
            Some(&holder) => object = holder,
            None => return false,
        }
    }
    true
}
