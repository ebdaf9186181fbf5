//! Context state: what context variables hold for libraries of C, which shows whether a statement changed it.
//!
//! A library of C keeps by a context variable how it computes at the time, such as how exact decimals are. No
//! module leads to the variable, but the context does that the thread is in.
#![allow(unsafe_code, reason = "asks the interpreter")]

use std::ptr;

use clew_heap::exception::Pending;
use clew_heap::{Address, AddressMap, Lent, Owned, Quiet, kind};
use pyo3::ffi;

/// What the variables held when they were last looked at.
#[derive(Default)]
pub(crate) struct ContextState {
    /// By the address of the variable, the address of its value.
    known: AddressMap<Address>,
}

impl ContextState {
    /// Looks at them, and gives the modules whose variables hold something else than before, or what `changed`
    /// says was changed. Whether that counts which was not there before says `called`: a library also makes it
    /// for itself, when it first computes.
    pub(crate) fn look(
        &mut self,
        quiet: Quiet<'_>,
        called: bool,
        changed: &dyn Fn(Address) -> bool,
    ) -> Vec<String> {
        let mut modules = Vec::new();
        let mut known = AddressMap::default();
        let _pending = Pending::aside(quiet);
        // SAFETY: C code of CPython's is asked, which runs none of the program's; the copy keeps the variables and
        // their values alive, and the references are new.
        unsafe {
            let Some(context) = Owned::new(ffi::PyContext_CopyCurrent()) else { return modules };
            let variables = Owned::new(ffi::PyObject_GetIter(context.as_ptr()));
            let Some(variables) = variables else { return modules };
            while let Some(variable) = Owned::new(ffi::PyIter_Next(variables.as_ptr())) {
                let mut value = ptr::null_mut();
                if ffi::PyContextVar_Get(variable.as_ptr(), ptr::null_mut(), &mut value) != 0 {
                    continue;
                }
                let Some(value) = Owned::new(value) else { continue };
                let (variable, value) = (variable.lend().address(), value.lend());
                let Some(module) = module_of_library(value) else { continue };
                known.insert(variable, value.address());
                let before = self.known.get(&variable);
                let other = before.map_or(called, |&before| before != value.address());
                if other || changed(value.address()) {
                    modules.push(module);
                }
            }
        }
        self.known = known;
        modules
    }
}

/// The module whose class a value is of, if it can be changed and its class is a library's that is written in C.
fn module_of_library(value: Lent<'_>) -> Option<String> {
    let class = value.class();
    if !kind::changes_in_place(value) || class.is_made_by_statement() {
        return None;
    }
    Some(class.name().0).filter(|module| module != "builtins")
}
