//! Rules: what annotations say of live callables, and what can be said without any.
#![allow(unsafe_code, reason = "looks at live callables through CPython's C API")]

use std::cell::RefCell;
use std::ptr;
use std::rc::Rc;

use clew_effects::{
    CallFacts, Catalog, Change, Claim, Class, Depth, Effects, ExternalState, Key as Part, Origin,
    Place, Scalar, Target, TargetKind,
};
use clew_session::StateKey;
use clew_syntax::Spelling;
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use clew_heap::callee::never_iterates;

use super::{
    Callee, Key, Shape, describe, display_name, is_builtins, is_session_class, lookup, module_of,
    name_in_class, name_of, names_of, package_of, text, top_level, type_name,
};
use crate::infer::AbstractFacts;
use crate::object::item;
use crate::reach::{self, Address};
use crate::recorder::CallArguments;

/// What a call does, as far as it can be said before the arguments are seen.
#[derive(Clone)]
pub(crate) struct Plan {
    /// Whether the external states that it touches are the same at each call. Only of a plan that is
    /// kept, so that the address of its effects stays its own.
    pub(crate) has_fixed_states: bool,
    /// What the callee is called in messages.
    pub(crate) name: Rc<str>,
    /// What happens.
    pub(crate) effects: Rc<Effects>,
    /// Whether code of the session runs natively, which has probes of its own.
    pub(crate) session: bool,
    /// Whether the program's namespace may change or be read in ways that no text shows.
    pub(crate) namespace: Namespace,
    /// The mutable objects of its module that a library's Python function refers to.
    pub(crate) footprint: Rc<Vec<Address>>,
    /// Whether it may iterate over what it is given.
    pub(crate) iterates: bool,
    /// Whether it may draw from NumPy's hidden generator without being one of its functions.
    pub(crate) draws: bool,
    /// How it finds variables of its caller's in a text that it is given.
    pub(crate) spelling: Option<Spelling>,
}

/// What a call may do with the variables of the program behind the text's back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Namespace {
    /// Nothing.
    Untouched,
    /// It gives the namespace away: `globals()`, `vars()`, `locals()`.
    Given,
    /// It runs text: `exec`, `eval`.
    Evaluated,
    /// It may bind or unbind variables.
    Changed,
}

/// The rules, joined to the live objects that they speak of.
#[derive(Default)]
pub(crate) struct Rules {
    catalog: Catalog,
    enabled: bool,
    loaded: FxHashSet<String>,
    waiting: Vec<clew_effects::Target>,
    modules_seen: isize,
    functions: FxHashMap<Address, Vec<(String, String)>>,
    classes: FxHashMap<Address, Vec<(String, String)>>,
    /// By callee and by the shape of the call: how many arguments, and which keywords.
    plans: FxHashMap<(Key, usize, usize), Plan>,
    footprints: FxHashMap<Address, Rc<Vec<Address>>>,
    item_states: FxHashMap<(Address, ItemUse), Vec<(StateKey, bool)>>,
    /// The rules that answered, where someone wants to know.
    asked: Option<Rc<RefCell<Vec<Origin>>>>,
}

/// What is done with an item of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ItemUse {
    /// It is read.
    Load,
    /// It is set; setting an attribute counts as well.
    Store,
}

/// What rules ask about a live call.
pub(super) struct Facts<'a, 'py> {
    call: Option<&'a CallArguments>,
    receiver: *mut ffi::PyObject,
    asked: Option<Rc<RefCell<Vec<Origin>>>>,
    py: Python<'py>,
}

impl Rules {
    pub(crate) fn new(catalog: Catalog, enabled: bool) -> Self {
        Self { catalog, enabled, ..Self::default() }
    }

    /// Whether a callee is code of the session, which has probes of its own.
    pub(crate) unsafe fn is_session(
        &mut self,
        py: Python<'_>,
        callee: &Callee,
        session_code: &FxHashSet<Address>,
        namespace: *mut ffi::PyObject,
    ) -> bool {
        // SAFETY: the callee's parts live as long as the callable that the caller lends.
        unsafe {
            match callee.shape {
                Shape::Function => {
                    let code = ffi::PyFunction_GetCode(callee.function);
                    session_code.contains(&(code as Address))
                }
                Shape::Class => {
                    is_session_class(callee.function)
                        && self.session_class(py, callee.function, session_code, namespace).session
                }
                Shape::Other => {
                    let call = lookup(ffi::Py_TYPE(callee.function), c"__call__");
                    !call.is_null()
                        && ffi::Py_TYPE(call) == &raw mut ffi::PyFunction_Type
                        && session_code.contains(&(ffi::PyFunction_GetCode(call) as Address))
                }
                Shape::Builtin | Shape::Descriptor => false,
            }
        }
    }

    /// Says what a call does and which rules say so, without keeping either.
    pub(crate) unsafe fn ask(
        &mut self,
        py: Python<'_>,
        callable: *mut ffi::PyObject,
        call: &CallArguments,
    ) -> (Rc<Effects>, Vec<Origin>) {
        let asked = Rc::default();
        self.asked = Some(Rc::clone(&asked));
        // SAFETY: handed on from the caller, which lends live objects.
        let plan = unsafe {
            let callee = describe(callable);
            self.make(py, &callee, Some(call), &FxHashSet::default(), ptr::null_mut())
        };
        self.asked = None;
        (plan.effects, asked.take())
    }

    /// Whether a rule speaks of a function, a class as it is called, or a method of a class, at least
    /// for some calls.
    pub(crate) unsafe fn speaks(
        &mut self,
        py: Python<'_>,
        object: *mut ffi::PyObject,
        method: Option<&str>,
    ) -> bool {
        let facts = Facts { call: None, receiver: ptr::null_mut(), asked: None, py };
        // SAFETY: handed on from the caller, which lends a live object, and a class with a method.
        unsafe {
            self.load(py, object, Some(object));
            match method {
                Some(method) => self.by_class(object.cast(), method, false, &facts).is_some(),
                None => {
                    let callee = describe(object);
                    self.by_identity(&callee, &facts).is_some()
                        || self.by_module_name(object, &name_of(object), &facts).is_some()
                }
            }
        }
    }

    /// What the rules about a package claim.
    pub(crate) fn claims(&self, package: &str) -> Vec<Claim> {
        self.catalog.claims(package)
    }

    /// Says what a call does.
    pub(crate) unsafe fn plan(
        &mut self,
        py: Python<'_>,
        callee: &Callee,
        call: Option<&CallArguments>,
        session_code: &FxHashSet<Address>,
        namespace: *mut ffi::PyObject,
    ) -> Plan {
        let (count, keywords) = call.map_or((usize::MAX, 0), CallArguments::shape);
        let key = |rules: &Self| match rules.functions.contains_key(&(callee.callable as Address)) {
            // A bound method that a module offers, as `random.seed`: its receiver is part of it.
            true => ((callee.callable as usize, 3), count, keywords),
            false => (callee.key, count, keywords),
        };
        let known = key(self);
        if known.0.0 != 0
            && let Some(plan) = self.plans.get(&known)
        {
            return plan.clone();
        }
        // SAFETY: handed on from the caller, which lends live objects.
        let mut plan = unsafe { self.make(py, callee, call, session_code, namespace) };
        // Rules may have been read meanwhile.
        let known = key(self);
        if known.0.0 != 0 && !plan.effects.varies {
            self.plans.insert(known, plan.clone());
        } else {
            plan.has_fixed_states = false;
        }
        plan
    }

    unsafe fn make(
        &mut self,
        py: Python<'_>,
        callee: &Callee,
        call: Option<&CallArguments>,
        session_code: &FxHashSet<Address>,
        namespace: *mut ffi::PyObject,
    ) -> Plan {
        // SAFETY: the callee's parts live as long as the callable that the caller lends.
        unsafe {
            let function = callee.function;
            if callee.shape == Shape::Function {
                let code = ffi::PyFunction_GetCode(function);
                if session_code.contains(&(code as Address)) {
                    return Plan::session();
                }
                if ffi::PyFunction_GetGlobals(function) == namespace {
                    return made_of_text(callee);
                }
            }
            if callee.shape == Shape::Class && is_session_class(function) {
                return self.session_class(py, function, session_code, namespace);
            }
            let asked = self.asked.clone();
            let facts = Facts { call, receiver: callee.receiver, asked, py };
            let name = name_of(function);
            let namespace_use = match (callee.shape, name.as_str()) {
                (Shape::Builtin, "globals" | "locals" | "vars" | "dir")
                    if is_builtins(function) =>
                {
                    Namespace::Given
                }
                (Shape::Builtin, "exec" | "eval") if is_builtins(function) => Namespace::Evaluated,
                _ => Namespace::Untouched,
            };
            let first = call.and_then(|call| call.positional(0));
            let receiver = match callee.shape {
                Shape::Descriptor => first,
                Shape::Other => None,
                _ => (!callee.receiver.is_null()).then_some(callee.receiver),
            };
            let mut effects = None;
            if self.enabled {
                self.load(py, function, receiver);
                effects = self.by_identity(callee, &facts);
                if effects.is_none()
                    && let Some(receiver) = receiver
                {
                    let unbound = callee.shape == Shape::Descriptor;
                    let class = ffi::Py_TYPE(receiver);
                    effects = self.by_class(class, &name, unbound, &facts);
                    // A class method: the receiver is the class itself.
                    if effects.is_none() && ffi::PyType_Check(receiver) != 0 {
                        effects = self.by_class(receiver.cast(), &name, unbound, &facts);
                        effects = effects.map(of_class_method);
                    }
                }
                if effects.is_none() && callee.shape == Shape::Other {
                    // Calling an instance.
                    let class = ffi::Py_TYPE(function);
                    effects = self.by_class(class, "__call__", false, &facts);
                }
                if effects.is_none()
                    && matches!(callee.shape, Shape::Function | Shape::Builtin)
                    && receiver.is_none()
                {
                    effects = self.by_module_name(function, &name, &facts);
                }
            }
            if effects.is_none() {
                effects = built_in(callee, function, &name);
            }
            let known = effects.is_some();
            let effects = effects.unwrap_or_else(Effects::assumed);
            let footprint = match (known, callee.shape) {
                (false, Shape::Function) => self.footprint(py, function),
                _ => Rc::default(),
            };
            let iterates = match callee.shape {
                Shape::Builtin => !never_iterates(&name),
                Shape::Class => !makes_lazily(function.cast()),
                _ => true,
            };
            let draws = effects.changes.iter().any(|change| {
                matches!(change, Change::Writes(resource)
                    if resource.state == ExternalState::NumpyRandom)
            }) && package_of(function).as_deref() != Some("numpy")
                && receiver.is_none_or(|receiver| {
                    top_level(&type_name(ffi::Py_TYPE(receiver)).0) != "numpy"
                });
            let mut resources = effects.changes.iter().filter_map(|change| match change {
                Change::Reads(resource) | Change::Writes(resource) => Some(resource),
                _ => None,
            });
            // How `open` makes a file hangs on its mode.
            let has_fixed_states = name != "open"
                && resources.all(|resource| !matches!(resource.key, Some(Part::Place(_))));
            Plan {
                has_fixed_states,
                name: display_name(callee).into(),
                draws,
                spelling: spelling_of(function, &name, receiver.is_some()),
                effects: Rc::new(effects),
                session: false,
                namespace: namespace_use,
                footprint,
                iterates,
            }
        }
    }

    /// A class of the session runs the session's own `__init__` natively; one that inherits a
    /// library's does what that does.
    unsafe fn session_class(
        &mut self,
        py: Python<'_>,
        class: *mut ffi::PyObject,
        session_code: &FxHashSet<Address>,
        namespace: *mut ffi::PyObject,
    ) -> Plan {
        // SAFETY: `_PyType_Lookup` returns what the class or a base of it holds.
        unsafe {
            let init = lookup(class.cast(), c"__init__");
            if !init.is_null() && ffi::Py_TYPE(init) == &raw mut ffi::PyFunction_Type {
                let code = ffi::PyFunction_GetCode(init) as Address;
                if !session_code.contains(&code) && ffi::PyFunction_GetGlobals(init) != namespace {
                    let callee = describe(init);
                    let mut plan = self.make(py, &callee, None, session_code, namespace);
                    // The receiver is new, so what happens to it is nobody's business.
                    let mut effects = (*plan.effects).clone();
                    effects.changes.retain(|change| {
                        !matches!(change, Change::Mutates { place: Place::Receiver, .. })
                    });
                    plan.effects = Rc::new(effects);
                    return plan;
                }
            }
            Plan::session()
        }
    }

    unsafe fn by_identity(&self, callee: &Callee, facts: &dyn CallFacts) -> Option<Effects> {
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

    /// What a rule says of a call that is followed and not made: of a method with the class of its
    /// receiver, of a method of C that is called through its class with that of the first argument.
    pub(crate) unsafe fn abstract_call(
        &mut self,
        _py: Python<'_>,
        callee: &Callee,
        class: Option<*mut ffi::PyTypeObject>,
        unbound: Option<*mut ffi::PyTypeObject>,
        facts: &AbstractFacts,
    ) -> Option<Effects> {
        if !self.enabled {
            return None;
        }
        // SAFETY: handed on from the caller, which lends live objects.
        unsafe {
            let function = callee.function;
            let mut packages = vec![Some("builtins".to_owned()), package_of(function)];
            for class in class.into_iter().chain(unbound) {
                packages.extend(packages_of_class(class));
            }
            self.read_rules(packages);
            let name = name_of(function);
            // What `object.__init__` does says nothing of one that is written out.
            let special = name.starts_with("__") && name.ends_with("__");
            let written_out = callee.shape == Shape::Function
                && (matches!(name.as_str(), "__init__" | "__new__")
                    // Nor what others of its names do, or methods of the built-in containers.
                    || (special || class.is_some_and(|class| is_container(class)))
                        && !package_of(function).is_some_and(|name| self.has_package(&name)));
            let class = class.filter(|_| !written_out);
            let by_class = |class| self.by_class(class, &name, false, facts);
            self.by_identity(callee, facts)
                .or_else(|| class.and_then(by_class))
                .or_else(|| unbound.and_then(|class| self.by_class(class, &name, true, facts)))
                .or_else(|| {
                    let plain = matches!(callee.shape, Shape::Function | Shape::Builtin);
                    if !plain || class.is_some() || written_out {
                        return None;
                    }
                    self.by_module_name(function, &name, facts)
                })
        }
    }

    /// What all classes that rules speak of do in a method of that name; `None` where there is none.
    pub(crate) fn method_anywhere(
        &mut self,
        _py: Python<'_>,
        name: &str,
        facts: &AbstractFacts,
    ) -> Option<Effects> {
        if !self.enabled {
            return None;
        }
        const COMMON: [&str; 4] = ["builtins", "collections", "numpy", "pandas"];
        let others = self.loaded.iter().map(String::as_str);
        let packages: FxHashSet<&str> = COMMON.into_iter().chain(others).collect();
        self.catalog.method_anywhere(packages, name, facts)
    }

    /// Whether there are rules about a package.
    pub(crate) fn has_package(&self, package: &str) -> bool {
        self.catalog.packages().contains(&package)
    }

    /// The external states that using an item of a value reads (`false`) or changes (`true`).
    pub(crate) unsafe fn item_states(
        &mut self,
        value: *mut ffi::PyObject,
        used: ItemUse,
    ) -> Vec<(StateKey, bool)> {
        // SAFETY: the caller lends a live object; only its type is looked at.
        unsafe {
            let class = ffi::Py_TYPE(value);
            if let Some(states) = self.item_states.get(&(class as Address, used)) {
                return states.clone();
            }
            let module = type_name(class).0;
            if !self.enabled || matches!(module.as_str(), "builtins" | "__main__" | "numpy") {
                return Vec::new();
            }
            let py = Python::assume_attached();
            self.load(py, class.cast(), Some(value));
            let facts = Facts { call: None, receiver: value, asked: None, py };
            let mut states = Vec::new();
            let methods: &[&str] = match used {
                ItemUse::Load => &["__getitem__"],
                ItemUse::Store => &["__setitem__", "__setattr__"],
            };
            for method in methods {
                let effects = self.by_class(class, method, false, &facts);
                for change in effects.iter().flat_map(|effects| &effects.changes) {
                    let (resource, written) = match change {
                        Change::Reads(resource) => (resource, false),
                        Change::Writes(resource) => (resource, true),
                        _ => continue,
                    };
                    let part = match &resource.key {
                        Some(Part::Name(name)) => Some(name.clone()),
                        _ => None,
                    };
                    states.push((StateKey { state: resource.state.to_string(), part }, written));
                }
            }
            self.item_states.insert((class as Address, used), states.clone());
            states
        }
    }

    unsafe fn by_class(
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
    unsafe fn by_module_name(
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
    unsafe fn load(
        &mut self,
        _py: Python<'_>,
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

    unsafe fn read_rules(&mut self, packages: Vec<Option<String>>) {
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

    /// The mutable objects that a library's Python function, and those of its package that it
    /// calls by name, refer to as globals: what it may read and change without being passed it.
    unsafe fn footprint(
        &mut self,
        _py: Python<'_>,
        function: *mut ffi::PyObject,
    ) -> Rc<Vec<Address>> {
        const MOST_FUNCTIONS: usize = 200;
        // SAFETY: a function holds its code and globals, a code object its names and constants.
        unsafe {
            let code = ffi::PyFunction_GetCode(function) as Address;
            if let Some(known) = self.footprints.get(&code) {
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
            self.footprints.insert(code, Rc::clone(&found));
            found
        }
    }
}

impl Plan {
    fn session() -> Self {
        Self {
            name: Rc::default(),
            has_fixed_states: false,
            effects: Rc::new(Effects::pure()),
            session: true,
            namespace: Namespace::Untouched,
            footprint: Rc::default(),
            iterates: false,
            draws: false,
            spelling: None,
        }
    }

    /// Whether it changes nothing but its receiver, and that only on the surface.
    pub(crate) fn changes_receiver_only(&self) -> bool {
        let mut mutations = 0;
        for change in &self.effects.changes {
            match change {
                Change::Mutates { place: Place::Receiver, depth: Depth::Shallow } => mutations += 1,
                Change::Views(_) => {}
                _ => return false,
            }
        }
        mutations == 1 && !self.effects.varies && self.namespace == Namespace::Untouched
    }

    /// Whether it changes, reads and uses up nothing.
    pub(crate) fn is_idle(&self) -> bool {
        !self.effects.varies
            && self.namespace == Namespace::Untouched
            && self.footprint.is_empty()
            && self.spelling.is_none()
            && self.effects.changes.iter().all(|change| matches!(change, Change::Views(_)))
    }
}

/// Functions whose globals are the program's but that no text of the session holds: what
/// dataclasses generate only touches the instance; what `exec` made may do anything.
pub(super) unsafe fn made_of_text(callee: &Callee) -> Plan {
    // SAFETY: the callee's parts live as long as the callable that the caller lends.
    let name = unsafe { name_of(callee.function) };
    let generated = matches!(
        name.as_str(),
        "__init__"
            | "__repr__"
            | "__eq__"
            | "__lt__"
            | "__le__"
            | "__gt__"
            | "__ge__"
            | "__hash__"
            | "__setattr__"
            | "__delattr__"
            | "__replace__"
            | "__getstate__"
            | "__setstate__"
            | "__new__"
            | "__create_fn__"
    );
    if generated {
        return Plan::session();
    }
    Plan {
        name: name.into(),
        has_fixed_states: false,
        effects: Rc::new(Effects::assumed()),
        session: false,
        namespace: Namespace::Changed,
        footprint: Rc::default(),
        iterates: true,
        draws: false,
        spelling: None,
    }
}

/// How a function of a library finds variables of its caller's in a text that it is given: pandas and
/// numexpr in what they evaluate, statistical packages in formulas.
unsafe fn spelling_of(
    function: *mut ffi::PyObject,
    name: &str,
    has_receiver: bool,
) -> Option<Spelling> {
    // SAFETY: handed on from the caller.
    match (unsafe { package_of(function) }?.as_str(), name) {
        ("pandas", "query" | "eval") if has_receiver => Some(Spelling::Marked),
        ("pandas", "eval") | ("numexpr", "evaluate") => Some(Spelling::Plain),
        ("formulaic" | "linearmodels" | "patsy" | "statsmodels", _) => Some(Spelling::Formula),
        _ => None,
    }
}

/// What can be said of a few things without any rule, by what they are: the constructors of
/// built-in types, and methods of atoms.
pub(super) unsafe fn built_in(
    callee: &Callee,
    function: *mut ffi::PyObject,
    _name: &str,
) -> Option<Effects> {
    // SAFETY: the caller lends live objects.
    unsafe {
        match callee.shape {
            Shape::Class => {
                let class = function.cast::<ffi::PyTypeObject>();
                let builtin = (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0;
                let exception = ffi::PyType_IsSubtype(class, ffi::PyExc_BaseException.cast()) != 0;
                (builtin || exception).then(Effects::pure)
            }
            _ if callee.shape != Shape::Other
                && !callee.receiver.is_null()
                && !reach::is_mutable(callee.receiver) =>
            {
                let kind = ffi::Py_TYPE(callee.receiver);
                ((*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0).then(Effects::pure)
            }
            _ => None,
        }
    }
}

/// What a rule about methods says of one that is called on the class: what happens to the receiver
/// happens to instances.
pub(super) fn of_class_method(mut effects: Effects) -> Effects {
    effects.changes.retain(|change| {
        !matches!(
            change,
            Change::Mutates { place: Place::Receiver, .. }
                | Change::Handle { place: Place::Receiver, .. }
        )
    });
    effects
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

/// Whether a class is a list, dictionary or set, or inherits from one.
pub(super) unsafe fn is_container(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the caller lends a live class.
    unsafe {
        [&raw mut ffi::PyList_Type, &raw mut ffi::PyDict_Type, &raw mut ffi::PySet_Type]
            .iter()
            .any(|&known| ffi::PyType_IsSubtype(class, known) != 0)
    }
}

/// Whether Python code runs when a class makes an instance.
pub(super) unsafe fn makes_its_own_way(class: *mut ffi::PyTypeObject) -> bool {
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

/// Whether a class makes iterators that take nothing from what they are given until they are
/// iterated over themselves, as `map` does.
pub(super) unsafe fn makes_lazily(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the caller checked for a type.
    unsafe {
        if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 || (*class).tp_iternext.is_none() {
            return false;
        }
        let (module, name) = type_name(class);
        // These read all that there is when they are made.
        let reads = matches!(
            name.as_str(),
            "product" | "permutations" | "combinations" | "combinations_with_replacement"
        );
        matches!(module.as_str(), "builtins" | "itertools") && !reads
    }
}

impl CallFacts for Facts<'_, '_> {
    fn positional(&self) -> usize {
        self.call.map_or(0, |call| call.count)
    }

    fn positional_value(&self, index: usize) -> Scalar {
        // SAFETY: the call lends its arguments for as long as it lasts.
        self.call
            .and_then(|call| call.positional(index))
            .map_or(Scalar::Unknown, |value| unsafe { scalar(value) })
    }

    fn keywords(&self) -> usize {
        self.call.map_or(0, CallArguments::keyword_count)
    }

    fn keyword(&self, name: &str) -> Option<Scalar> {
        // SAFETY: as above.
        self.call.and_then(|call| call.keyword(name)).map(|value| unsafe { scalar(value) })
    }

    fn attribute(&self, name: &str) -> Option<Scalar> {
        // SAFETY: an instance's own dictionary lends what it holds.
        unsafe {
            if self.receiver.is_null() {
                return Some(Scalar::Unknown);
            }
            let value = crate::object::attribute(self.receiver, name);
            (!value.is_null()).then(|| scalar(value))
        }
    }

    fn version(&self, package: &str) -> Option<String> {
        version_of(self.py, package)
    }

    fn answered_by(&self, rule: &Origin) {
        if let Some(asked) = &self.asked {
            asked.borrow_mut().push(rule.clone());
        }
    }
}

pub(super) unsafe fn scalar(value: *mut ffi::PyObject) -> Scalar {
    // SAFETY: the caller lends a live object; the exact types are checked before each reading.
    unsafe {
        let kind = ffi::Py_TYPE(value);
        if value == ffi::Py_None() {
            Scalar::None
        } else if value == ffi::Py_True() {
            Scalar::Bool(true)
        } else if value == ffi::Py_False() {
            Scalar::Bool(false)
        } else if kind == &raw mut ffi::PyLong_Type {
            let mut overflow = 0;
            let number = ffi::PyLong_AsLongLongAndOverflow(value, &mut overflow);
            if overflow == 0 { Scalar::Int(number) } else { Scalar::Other }
        } else if kind == &raw mut ffi::PyFloat_Type {
            Scalar::Float(ffi::PyFloat_AS_DOUBLE(value))
        } else {
            text(value).map_or(Scalar::Other, Scalar::Str)
        }
    }
}

/// Finds `module.name` by dictionaries alone: no import, no `__getattr__`, no descriptor runs.
pub(super) unsafe fn find(
    modules: *mut ffi::PyObject,
    module: &str,
    name: &str,
) -> *mut ffi::PyObject {
    // SAFETY: dictionaries lend what they hold, and each step checks what it got.
    unsafe {
        if modules.is_null() || ffi::PyDict_Check(modules) == 0 {
            return ptr::null_mut();
        }
        let mut object = item(modules, module);
        for part in name.split('.') {
            if object.is_null() {
                return object;
            }
            object = if ffi::PyModule_Check(object) != 0 {
                item(ffi::PyModule_GetDict(object), part)
            } else if ffi::PyType_Check(object) != 0 {
                let Ok(part) = std::ffi::CString::new(part) else { return ptr::null_mut() };
                lookup(object.cast(), &part)
            } else {
                ptr::null_mut()
            };
        }
        object
    }
}

/// `package.__version__`, if the package is imported and says so with a string.
pub(crate) fn version_of(_py: Python<'_>, package: &str) -> Option<String> {
    // SAFETY: the GIL is held; only dictionaries are looked into.
    unsafe {
        let modules = ffi::PyImport_GetModuleDict();
        text(find(modules, package, "__version__"))
    }
}
