//! Rules: what annotations say of live callables, and what can be said without any.
#![allow(unsafe_code, reason = "looks at live callables through CPython's C API")]

use std::cell::RefCell;
use std::ptr;
use std::rc::Rc;

use clew_effects::{CallFacts, Catalog, Change, Claim, Effects, Key as Part, Origin, StateKey};
use clew_heap::arguments::CallArguments;
use clew_heap::raw::callee::{
    Callee, Key, Shape, describe, display_name, is_session_class, lookup, name_of, never_iterates,
    package_of, type_name,
};
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::reach::Address;

/// What a call does, as far as it can be said before the arguments are seen.
mod plan;
/// What rules ask about a live call.
mod facts;
/// What can be said without any rule.
mod special_cases;
/// What a library's function may change without being given it.
mod footprint;
/// The functions and classes that rules speak of, as live objects.
mod joined;

use facts::Facts;
use footprint::Footprints;
use joined::{Joined, packages_of_class};
pub(crate) use plan::{Namespace, Plan};
use special_cases::{
    built_in, draws_for_another, made_of_text, makes_lazily, namespace_use, of_class_method,
    spelling_of,
};

/// What is known of live callables.
#[derive(Default)]
pub(crate) struct Rules {
    joined: Joined,
    enabled: bool,
    /// By callee and by the shape of the call: how many arguments, and which keywords.
    plans: FxHashMap<(Key, usize, usize), Plan>,
    footprints: Footprints,
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

impl Rules {
    pub(crate) fn new(catalog: Catalog, enabled: bool) -> Self {
        Self { joined: Joined::new(catalog), enabled, ..Self::default() }
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
            self.joined.load(object, Some(object));
            match method {
                Some(method) => {
                    self.joined.by_class(object.cast(), method, false, &facts).is_some()
                }
                None => {
                    let callee = describe(object);
                    self.joined.by_identity(&callee, &facts).is_some()
                        || self.joined.by_module_name(object, &name_of(object), &facts).is_some()
                }
            }
        }
    }

    /// What the rules about a package claim.
    pub(crate) fn claims(&self, package: &str) -> Vec<Claim> {
        self.joined.catalog.claims(package)
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
        let key =
            |rules: &Self| match rules.joined.functions.contains_key(&(callee.callable as Address))
            {
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
            let facts = Facts { call, receiver: callee.receiver, asked: self.asked.clone(), py };
            let name = name_of(function);
            let first = call.and_then(|call| call.positional(0));
            let receiver = match callee.shape {
                Shape::Descriptor => first,
                Shape::Other => None,
                _ => (!callee.receiver.is_null()).then_some(callee.receiver),
            };
            let mut effects = None;
            if self.enabled {
                self.joined.load(function, receiver);
                effects = self.by_rule(callee, &name, receiver, &facts);
            }
            let known = effects.or_else(|| built_in(callee, function));
            let footprint = match (&known, callee.shape) {
                (None, Shape::Function) => self.footprints.of(function),
                _ => Rc::default(),
            };
            let effects = known.unwrap_or_else(Effects::assumed);
            Plan {
                has_fixed_states: has_fixed_states(&name, &effects),
                name: display_name(callee).into(),
                draws: draws_for_another(function, receiver, &effects),
                spelling: spelling_of(function, &name, receiver.is_some()),
                effects: Rc::new(effects),
                session: false,
                namespace: namespace_use(callee, &name),
                footprint,
                iterates: match callee.shape {
                    Shape::Builtin => !never_iterates(&name),
                    Shape::Class => !makes_lazily(function.cast()),
                    _ => true,
                },
            }
        }
    }

    /// What the rule says that fits best: one about this very callable, about a method of its
    /// receiver's class, or about the name that it has in its module.
    unsafe fn by_rule(
        &self,
        callee: &Callee,
        name: &str,
        receiver: Option<*mut ffi::PyObject>,
        facts: &Facts<'_, '_>,
    ) -> Option<Effects> {
        // SAFETY: handed on from the caller, which lends live objects.
        unsafe {
            let function = callee.function;
            let mut effects = self.joined.by_identity(callee, facts);
            if effects.is_none()
                && let Some(receiver) = receiver
            {
                let unbound = callee.shape == Shape::Descriptor;
                effects = self.joined.by_class(ffi::Py_TYPE(receiver), name, unbound, facts);
                // A class method: the receiver is the class itself.
                if effects.is_none() && ffi::PyType_Check(receiver) != 0 {
                    effects = self.joined.by_class(receiver.cast(), name, unbound, facts);
                    effects = effects.map(of_class_method);
                }
            }
            if effects.is_none() && callee.shape == Shape::Other {
                // Calling an instance.
                effects = self.joined.by_class(ffi::Py_TYPE(function), "__call__", false, facts);
            }
            if effects.is_none()
                && matches!(callee.shape, Shape::Function | Shape::Builtin)
                && receiver.is_none()
            {
                effects = self.joined.by_module_name(function, name, facts);
            }
            effects
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
                    plan.effects = Rc::new((*plan.effects).clone().without_receiver());
                    return plan;
                }
            }
            Plan::session()
        }
    }

    /// What a rule says of a call that is followed and not made: of a method with the class of its
    /// receiver, of a method of C that is called through its class with that of the first argument.
    pub(crate) unsafe fn abstract_call(
        &mut self,
        _py: Python<'_>,
        callee: &Callee,
        class: Option<*mut ffi::PyTypeObject>,
        unbound: Option<*mut ffi::PyTypeObject>,
        facts: &dyn CallFacts,
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
            self.joined.read_rules(packages);
            let name = name_of(function);
            // What `object.__init__` does says nothing of one that is written out.
            let special = name.starts_with("__") && name.ends_with("__");
            let written_out = callee.shape == Shape::Function
                && (matches!(name.as_str(), "__init__" | "__new__")
                    // Nor what others of its names do, or methods of the built-in containers.
                    || (special || class.is_some_and(|class| is_container(class)))
                        && !package_of(function).is_some_and(|name| self.has_package(&name)));
            let class = class.filter(|_| !written_out);
            let by_class = |class| self.joined.by_class(class, &name, false, facts);
            self.joined
                .by_identity(callee, facts)
                .or_else(|| class.and_then(by_class))
                .or_else(|| {
                    unbound.and_then(|class| self.joined.by_class(class, &name, true, facts))
                })
                .or_else(|| {
                    let plain = matches!(callee.shape, Shape::Function | Shape::Builtin);
                    if !plain || class.is_some() || written_out {
                        return None;
                    }
                    self.joined.by_module_name(function, &name, facts)
                })
        }
    }

    /// What all classes that rules speak of do in a method of that name; `None` where there is none.
    pub(crate) fn method_anywhere(
        &mut self,
        _py: Python<'_>,
        name: &str,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        if !self.enabled {
            return None;
        }
        const COMMON: [&str; 4] = ["builtins", "collections", "numpy", "pandas"];
        let others = self.joined.loaded.iter().map(String::as_str);
        let packages: FxHashSet<&str> = COMMON.into_iter().chain(others).collect();
        self.joined.catalog.method_anywhere(packages, name, facts)
    }

    /// Whether there are rules about a package.
    pub(crate) fn has_package(&self, package: &str) -> bool {
        self.joined.catalog.packages().contains(&package)
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
            self.joined.load(class.cast(), Some(value));
            let facts = Facts { call: None, receiver: value, asked: None, py };
            let mut states = Vec::new();
            let methods: &[&str] = match used {
                ItemUse::Load => &["__getitem__"],
                ItemUse::Store => &["__setitem__", "__setattr__"],
            };
            for method in methods {
                let effects = self.joined.by_class(class, method, false, &facts);
                for change in effects.iter().flat_map(|effects| &effects.changes) {
                    let (resource, written) = match change {
                        Change::Reads(resource) => (resource, false),
                        Change::Writes(resource) => (resource, true),
                        _ => continue,
                    };
                    states.push((resource.resolve(|_| None), written));
                }
            }
            self.item_states.insert((class as Address, used), states.clone());
            states
        }
    }
}

/// Whether a class is a list, dictionary or set, or inherits from one.
unsafe fn is_container(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the caller lends a live class.
    unsafe {
        [&raw mut ffi::PyList_Type, &raw mut ffi::PyDict_Type, &raw mut ffi::PySet_Type]
            .iter()
            .any(|&known| ffi::PyType_IsSubtype(class, known) != 0)
    }
}

/// Whether the external states that a call touches hang on nothing that it is given. How `open` makes a
/// file hangs on its mode.
fn has_fixed_states(name: &str, effects: &Effects) -> bool {
    let mut resources = effects.changes.iter().filter_map(|change| match change {
        Change::Reads(resource) | Change::Writes(resource) => Some(resource),
        _ => None,
    });
    name != "open" && resources.all(|resource| !matches!(resource.key, Some(Part::Place(_))))
}
