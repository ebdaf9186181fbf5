//! Joined rules: the functions and classes that rules speak of, found among the live objects.
#![allow(unsafe_code, reason = "looks at live callables through CPython's C API")]

use std::ptr;

use clew_effects::{CallFacts, Catalog, Class, Effects, Target, TargetKind};
use clew_heap::raw::callee::{
    Callee, Shape, lookup, module_of, name_in_class, package_of, text, top_level, type_name,
};
use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::object::item;
use crate::package::find;
use crate::reach::{self, Address};

/// The rules, joined to the live objects that they speak of.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) catalog: Catalog,
    /// The packages whose rules were read.
    pub(super) loaded: FxHashSet<String>,
    /// What rules speak of and is not imported yet.
    waiting: Vec<Target>,
    /// How many modules there were when it was last looked for.
    modules_seen: isize,
    /// The names that rules know each function by, as module and name.
    pub(super) functions: FxHashMap<Address, Vec<(String, String)>>,
    classes: FxHashMap<Address, Vec<(String, String)>>,
}

impl Joined {
    pub(super) fn new(catalog: Catalog) -> Self {
        Self { catalog, ..Self::default() }
    }

    pub(super) unsafe fn by_identity(
        &self,
        callee: &Callee,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        if callee.shape == Shape::Class {
            // SAFETY: the callee is a live class.
            let (names, own) = unsafe {
                let class = callee.function.cast();
                (self.class_names(class, None), makes_its_own_way(class))
            };
            let names: Vec<(&str, &str)> = names
                .iter()
                // How a built-in base makes its instances says nothing of what is written in Python.
                .filter(|(module, ..)| !own || module != "builtins")
                .map(|(module, name, _)| (module.as_str(), name.as_str()))
                .collect();
            return self.catalog.constructor(&names, facts);
        }
        let names = self.functions.get(&(callee.callable as Address)).or_else(|| {
            callee
                .receiver
                .is_null()
                .then(|| self.functions.get(&(callee.function as Address)))
                .flatten()
        })?;
        let names: Vec<(&str, &str)> =
            names.iter().map(|(module, name)| (module.as_str(), name.as_str())).collect();
        self.catalog.function(&names, facts)
    }

    pub(super) unsafe fn by_class(
        &self,
        class: *mut ffi::PyTypeObject,
        method: &str,
        unbound: bool,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        let spelled = std::ffi::CString::new(method).ok()?;
        // SAFETY: the method resolution order of a ready type is a tuple of live types.
        let names = unsafe { self.class_names(class, Some(&spelled)) };
        let classes: Vec<Class<'_>> = names
            .iter()
            .map(|(module, name, has_method)| Class { module, name, has_method: *has_method })
            .collect();
        if unbound {
            self.catalog.unbound_method(&classes, method, facts)
        } else {
            self.catalog.method(&classes, method, facts)
        }
    }

    /// The names by which rules may know a class and its bases, most specific first, and whether
    /// each of them has a method of that name.
    unsafe fn class_names(
        &self,
        class: *mut ffi::PyTypeObject,
        method: Option<&std::ffi::CStr>,
    ) -> Vec<(String, String, bool)> {
        let mut names: Vec<(String, String, bool)> = Vec::new();
        // SAFETY: as for `by_class`.
        unsafe {
            let order = (*class).tp_mro;
            if order.is_null() {
                return names;
            }
            for at in 0..ffi::PyTuple_GET_SIZE(order) {
                let base = ffi::PyTuple_GET_ITEM(order, at);
                if ffi::PyType_Check(base) == 0 {
                    continue;
                }
                let has = method.is_none_or(|method| {
                    crate::object::dictionary_of(base.cast()).is_null()
                        || !lookup(base.cast(), method).is_null()
                });
                if let Some(known) = self.classes.get(&(base as Address)) {
                    for (module, name) in known {
                        names.push((module.clone(), name.clone(), has));
                    }
                }
                let (module, name) = type_name(base.cast());
                if !names.iter().any(|known| known.0 == module && known.1 == name) {
                    names.push((module, name, has));
                }
            }
        }
        names
    }

    /// What a rule says of the name that a function has in its module. One that is written in a
    /// class, which a call through the class finds bare, has the class's name before its own: else
    /// a rule about all functions of the module would take a method for one.
    pub(super) unsafe fn by_module_name(
        &self,
        function: *mut ffi::PyObject,
        name: &str,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        // SAFETY: module and name are references that the function holds.
        let (module, in_class) = unsafe { (module_of(function)?, name_in_class(function)) };
        let name = in_class.as_deref().unwrap_or(name);
        self.catalog.function(&[(module.as_str(), name)], facts)
    }

    /// Reads the rules of the packages that a callee belongs to and finds what they speak of.
    pub(super) unsafe fn load(
        &mut self,
        function: *mut ffi::PyObject,
        receiver: Option<*mut ffi::PyObject>,
    ) {
        // SAFETY: the caller lends live objects.
        unsafe {
            // `open` says that it is from `_io`.
            let mut packages = vec![Some("builtins".to_owned()), package_of(function)];
            if let Some(receiver) = receiver {
                packages.extend(packages_of_class(ffi::Py_TYPE(receiver)));
                if ffi::PyType_Check(receiver) != 0 {
                    packages.push(Some(top_level(&type_name(receiver.cast()).0)));
                }
            }
            self.read_rules(packages);
        }
    }

    pub(super) unsafe fn read_rules(&mut self, packages: Vec<Option<String>>) {
        // SAFETY: only dictionaries of modules and types are looked into; no code runs.
        unsafe {
            let mut fresh = false;
            for package in packages.into_iter().flatten() {
                // What is written in C often says it is from `_bisect` and not from `bisect`.
                let spoken = package.trim_start_matches('_').to_owned();
                for package in [package, spoken] {
                    if !self.loaded.contains(&package) {
                        self.waiting.extend(self.catalog.targets(&package));
                        self.loaded.insert(package);
                        fresh = true;
                    }
                }
            }
            let modules = ffi::PyImport_GetModuleDict();
            let count = if modules.is_null() { 0 } else { ffi::PyDict_Size(modules) };
            if (fresh || count != self.modules_seen) && !self.waiting.is_empty() {
                self.modules_seen = count;
                self.resolve_waiting(modules);
            }
        }
    }

    unsafe fn resolve_waiting(&mut self, modules: *mut ffi::PyObject) {
        let waiting = std::mem::take(&mut self.waiting);
        for target in waiting {
            // SAFETY: only dictionaries of modules and types are looked into; no code runs.
            if !unsafe { self.resolve(modules, &target) } {
                self.waiting.push(target);
            }
        }
    }

    /// Joins a target to its live object; whether that is there.
    unsafe fn resolve(&mut self, modules: *mut ffi::PyObject, target: &Target) -> bool {
        // SAFETY: as for `resolve_waiting`.
        unsafe {
            if target.kind == TargetKind::FunctionPattern {
                let module = item(modules, &target.module);
                if module.is_null() || ffi::PyModule_Check(module) == 0 {
                    return false;
                }
                let dictionary = ffi::PyModule_GetDict(module);
                let (mut position, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
                while ffi::PyDict_Next(dictionary, &mut position, &mut key, &mut value) != 0 {
                    if ffi::PyCallable_Check(value) == 0 || ffi::PyType_Check(value) != 0 {
                        continue;
                    }
                    if let Some(name) = text(key).filter(|name| target.matches(name)) {
                        self.add_function(value, &target.module, name);
                    }
                }
                return true;
            }
            let object = find(modules, &target.module, &target.name);
            if object.is_null() {
                return false;
            }
            if target.kind == TargetKind::Class {
                // Tuples and their like never change, but what they hold may.
                let holds = matches!(top_level(&target.module).as_str(), "builtins" | "types");
                if !holds && self.catalog.is_immutable(&target.module, &target.name) {
                    reach::add_immutable(object.cast());
                }
                let entry = (target.module.clone(), target.name.clone());
                let names = self.classes.entry(object as Address).or_default();
                if !names.contains(&entry) {
                    names.push(entry);
                }
            } else {
                self.add_function(object, &target.module, target.name.clone());
            }
            true
        }
    }

    fn add_function(&mut self, object: *mut ffi::PyObject, module: &str, name: String) {
        let names = self.functions.entry(object as Address).or_default();
        let entry = (module.to_owned(), name);
        if !names.contains(&entry) {
            names.push(entry);
        }
    }
}

/// The packages that a class and its bases are from.
pub(super) unsafe fn packages_of_class(class: *mut ffi::PyTypeObject) -> Vec<Option<String>> {
    // SAFETY: the method resolution order of a ready type is a tuple of live types.
    unsafe {
        let order = (*class).tp_mro;
        if order.is_null() {
            return Vec::new();
        }
        (0..ffi::PyTuple_GET_SIZE(order))
            .map(|at| Some(top_level(&type_name(ffi::PyTuple_GET_ITEM(order, at).cast()).0)))
            .collect()
    }
}

/// Whether Python code runs when a class makes an instance.
unsafe fn makes_its_own_way(class: *mut ffi::PyTypeObject) -> bool {
    [c"__init__", c"__new__"].iter().any(|name| {
        // SAFETY: the caller lends a live class, which holds what it or a base of it defines.
        unsafe {
            let made = lookup(class, name);
            if made.is_null() {
                return false;
            }
            let kind = ffi::Py_TYPE(made);
            kind == &raw mut ffi::PyFunction_Type || kind == &raw mut ffi::PyStaticMethod_Type
        }
    })
}
