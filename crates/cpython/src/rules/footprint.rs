//! Footprint: what a library's function may read and change without being given it.
#![allow(unsafe_code, reason = "looks at live callables through CPython's C API")]

use std::rc::Rc;

use clew_heap::raw::callee::names_of;
use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::reach::{self, Address};

/// The footprints that were worked out, by code object.
#[derive(Default)]
pub(super) struct Footprints {
    known: FxHashMap<Address, Rc<Vec<Address>>>,
}

impl Footprints {
    /// The mutable objects that a library's Python function, and those of its package that it
    /// calls by name, refer to as globals: what it may read and change without being passed it.
    pub(super) unsafe fn of(&mut self, function: *mut ffi::PyObject) -> Rc<Vec<Address>> {
        const MOST_FUNCTIONS: usize = 200;
        // SAFETY: a function holds its code and globals, a code object its names and constants.
        unsafe {
            let code = ffi::PyFunction_GetCode(function) as Address;
            if let Some(known) = self.known.get(&code) {
                return Rc::clone(known);
            }
            let mut seen = FxHashSet::default();
            let mut open = vec![function];
            let mut found = Vec::new();
            while let Some(function) = open.pop() {
                if !seen.insert(ffi::PyFunction_GetCode(function) as Address)
                    || seen.len() > MOST_FUNCTIONS
                {
                    continue;
                }
                let globals = ffi::PyFunction_GetGlobals(function);
                let mut codes = vec![ffi::PyFunction_GetCode(function)];
                while let Some(code) = codes.pop() {
                    let Some((names, nested)) = names_of(code) else { continue };
                    codes.extend(nested);
                    for name in names {
                        let object = ffi::PyDict_GetItem(globals, name);
                        if object.is_null() {
                            continue;
                        }
                        if ffi::Py_TYPE(object) == &raw mut ffi::PyFunction_Type {
                            open.push(object);
                        } else if ffi::PyType_Check(object) == 0
                            && ffi::PyCallable_Check(object) == 0
                            && ffi::PyModule_Check(object) == 0
                            && reach::changes_in_place(object)
                        {
                            found.push(object as Address);
                        }
                    }
                }
            }
            let found = Rc::new(found);
            self.known.insert(code, Rc::clone(&found));
            found
        }
    }
}
