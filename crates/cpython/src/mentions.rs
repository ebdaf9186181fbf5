//! Mentions: whether the code of a package speaks of environment variables.
//!
//! No event tells that a variable is read, so of a call that no rule speaks of it is asked whether its
//! package reads any at all.
#![allow(unsafe_code, reason = "looks at live modules and functions through CPython's C API")]

use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::callee;
use crate::reach::Address;

/// How many code objects are looked at before a package is taken to mention anything.
const MOST: usize = 20_000;

/// What was found of each package.
#[derive(Default)]
pub(crate) struct Mentions {
    /// By package: how many modules there were when it was looked at.
    packages: FxHashMap<String, (isize, bool)>,
}

impl Mentions {
    /// Whether a function of a package that is imported, or a method of a class of its, names what
    /// gives access to the environment.
    pub(crate) unsafe fn environment(&mut self, package: &str) -> bool {
        // SAFETY: the GIL is held; dictionaries lend what they hold, and no Python code runs.
        unsafe {
            let modules = ffi::PyImport_GetModuleDict();
            if modules.is_null() {
                return true;
            }
            let count = ffi::PyDict_Size(modules);
            if let Some(&(looked_at, found)) = self.packages.get(package)
                && (found || looked_at == count)
            {
                return found;
            }
            let found = mentions(modules, package);
            self.packages.insert(package.to_owned(), (count, found));
            found
        }
    }
}

unsafe fn mentions(modules: *mut ffi::PyObject, package: &str) -> bool {
    // SAFETY: handed on from the caller.
    unsafe {
        let mut seen: FxHashSet<Address> = FxHashSet::default();
        let mut open = Vec::new();
        let (mut at, mut name, mut module) = (0, std::ptr::null_mut(), std::ptr::null_mut());
        while ffi::PyDict_Next(modules, &mut at, &mut name, &mut module) != 0 {
            let own = callee::text(name).is_some_and(|name| {
                name.strip_prefix(package)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            });
            if own && ffi::PyModule_Check(module) != 0 {
                push_codes(ffi::PyModule_GetDict(module), package, &mut open);
            }
        }
        while let Some(code) = open.pop() {
            if !seen.insert(code as Address) {
                continue;
            }
            if seen.len() > MOST {
                return true;
            }
            let Some((names, nested)) = callee::names_of(code) else { continue };
            if names.into_iter().any(|name| is_access(name)) {
                return true;
            }
            open.extend(nested);
        }
        false
    }
}

/// The code of the functions and of the classes' methods in a dictionary; borrowed.
unsafe fn push_codes(
    dictionary: *mut ffi::PyObject,
    package: &str,
    codes: &mut Vec<*mut ffi::PyObject>,
) {
    // SAFETY: as above; a class holds its dictionary, and a function its code.
    unsafe {
        let mut open = vec![(dictionary, true)];
        while let Some((dictionary, module)) = open.pop() {
            let (mut at, mut value) = (0, std::ptr::null_mut());
            while ffi::PyDict_Next(dictionary, &mut at, std::ptr::null_mut(), &mut value) != 0 {
                if ffi::Py_TYPE(value) == &raw mut ffi::PyFunction_Type {
                    codes.push(ffi::PyFunction_GetCode(value));
                } else if module && ffi::PyType_Check(value) != 0 {
                    let own = callee::type_name(value.cast()).0;
                    let held = crate::object::dictionary_of(value.cast());
                    if own.split('.').next() == Some(package) && !held.is_null() {
                        open.push((held, false));
                    }
                }
            }
        }
    }
}

unsafe fn is_access(name: *mut ffi::PyObject) -> bool {
    // SAFETY: names of a code object are strings.
    unsafe { callee::text(name) }.is_some_and(|name| {
        matches!(name.as_str(), "environ" | "environb" | "getenv" | "getenvb" | "expandvars")
    })
}
