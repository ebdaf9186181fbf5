//! Module: what imported modules hold, and whose they are.
#![allow(unsafe_code, reason = "reads live modules through CPython's C API")]

use std::ffi::CStr;

use pyo3::ffi;

use crate::lent::{Lent, Owned, Quiet};

impl<'a> Lent<'a> {
    /// The variables of a module.
    pub fn module_variables(self) -> Option<Self> {
        // SAFETY: the type is checked first, and a module holds its dictionary.
        self.is_module()
            .then(|| unsafe { self.lend(ffi::PyModule_GetDict(self.as_ptr())) })
            .flatten()
    }

    /// A module's name; empty where it has none.
    pub fn module_name(self) -> String {
        if !self.is_module() {
            return String::new();
        }
        // SAFETY: the type was checked; the reference is new.
        let name = unsafe { Owned::new(ffi::PyModule_GetNameObject(self.as_ptr())) };
        name.and_then(|name| name.lend().text()).unwrap_or_default()
    }

    /// Whether a module is of neither an installed library nor Python: it lies with the program.
    pub fn is_own_module(self) -> bool {
        let file = self.module_variables().and_then(|variables| variables.item("__file__"));
        file.and_then(Lent::as_str).is_some_and(|file| {
            !file.contains("site-packages")
                && !file.contains("dist-packages")
                && !file.contains("/lib/python3")
        })
    }

    /// The module in whose namespace an object stands under a public name: this one or one of its own
    /// submodules.
    pub fn module_holding(self, object: Lent<'_>) -> Option<Self> {
        let is_public = |name: Self| name.as_str().is_some_and(|name| !name.starts_with('_'));
        let mut submodules = Vec::new();
        for (name, value) in self.module_variables().into_iter().flat_map(Self::pairs) {
            if value == object && is_public(name) {
                return Some(self);
            }
            if value.is_module() {
                submodules.push(value);
            }
        }
        let own = format!("{}.", self.module_name());
        submodules.into_iter().find(|submodule| {
            submodule.module_variables().into_iter().flat_map(Self::pairs).any(|(name, value)| {
                value == object && is_public(name) && submodule.module_name().starts_with(&own)
            })
        })
    }
}

impl<'a> Quiet<'a> {
    /// What `sys` holds under a name.
    pub fn sys(self, name: &CStr) -> Option<Lent<'a>> {
        // SAFETY: `sys` keeps what it holds, and the interpreter is held.
        unsafe { Lent::new(ffi::PySys_GetObject(name.as_ptr())) }
    }

    /// All modules that were imported, by name.
    pub fn modules(self) -> Option<Lent<'a>> {
        // SAFETY: the interpreter keeps the dictionary of modules, and is held.
        unsafe { Lent::new(ffi::PyImport_GetModuleDict()) }
    }

    /// A module that was imported.
    pub fn module(self, name: &str) -> Option<Lent<'a>> {
        self.modules()?.item(name).filter(|module| module.is_module())
    }

    /// Whether a top-level module or package is part of Python.
    pub fn is_of_language(self, top: &str) -> bool {
        let names = self.sys(c"stdlib_module_names");
        names.and_then(|names| names.set_contains(top)).unwrap_or(false)
    }

    /// The variables of an imported module.
    pub fn namespace_of(self, module: &str) -> Option<Lent<'a>> {
        self.module(module)?.module_variables()
    }

    /// What an imported module holds under a name.
    pub fn in_module(self, module: &str, name: &str) -> Option<Lent<'a>> {
        self.namespace_of(module)?.item(name)
    }
}
