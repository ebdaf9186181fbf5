//! Intrinsic: functions of the language whose outcome decides where a function goes.
#![allow(unsafe_code, reason = "looks at live values and callables through CPython's C API")]

use std::rc::Rc;

use clew_syntax::summary::Constant;
use pyo3::ffi;

use super::access::{class_attribute, own_attribute};
use super::bind::Arguments;
use super::call::class_is_python;
use super::engine::Engine;
use super::fact::Fate;
use super::value::{Field, Id, Set, Site, Thing};
use crate::callee::{self, Callee, Shape};
use crate::reach::Address;

impl Engine<'_, '_> {
    /// The few functions of the language whose outcome decides where a function goes.
    pub(super) unsafe fn intrinsic(
        &mut self,
        site: Site,
        callee: &Callee,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> Option<Set> {
        // SAFETY: handed on from the caller.
        unsafe {
            let function = callee.function();
            let first = arguments.positional.first();
            if callee.shape == Shape::Class {
                if function == (&raw mut ffi::PyType_Type).cast() && arguments.positional.len() == 1
                {
                    let mut found = Set::default();
                    for id in first?.iter() {
                        match self.class(id) {
                            Some(class) => found.join(&self.shared(class.cast())),
                            None => found.join(&self.anything()),
                        };
                    }
                    return Some(found);
                }
                return None;
            }
            if callee.shape != Shape::Builtin || receiver.is_some() {
                if callee.shape == Shape::Function && callee::name_of(function) == "deepcopy" {
                    let module = callee::module_of(function);
                    if module.as_deref() == Some("copy") {
                        return Some(self.made(None, site));
                    }
                }
                return None;
            }
            if !callee::is_builtins(function) {
                return None;
            }
            match callee::name_of(function).as_str() {
                "isinstance" => {
                    let classes = arguments.positional.get(1)?.clone();
                    let outcome = self.is_instance(first?, &classes);
                    Some(self.outcome(outcome))
                }
                "hasattr" => {
                    let name = self.text(arguments.positional.get(1)?)?;
                    let outcome = self.has_attribute(first?, &name);
                    Some(self.outcome(outcome))
                }
                "getattr" => {
                    let Some(name) = self.text(arguments.positional.get(1)?) else {
                        let mut found = first?.clone();
                        for id in first?.iter() {
                            found.join(&self.heap.held(id));
                        }
                        found.join(&self.anything());
                        return Some(found);
                    };
                    let mut found = Set::default();
                    if self.has_attribute(first?, &name) != Some(false) {
                        found.join(&self.attribute(site, first?, &name));
                    }
                    if let Some(otherwise) = arguments.positional.get(2)
                        && self.has_attribute(first?, &name) != Some(true)
                    {
                        found.join(otherwise);
                    }
                    Some(found)
                }
                "setattr" => {
                    let value = arguments.positional.get(2)?.clone();
                    let name = self.text(arguments.positional.get(1)?);
                    match name {
                        Some(name) => self.set(site, first?, Some(&name), &value),
                        None => {
                            for id in first?.iter() {
                                self.heap.hold(id, Field::Somewhere, &value);
                                self.heap.change(id);
                            }
                        }
                    }
                    Some(self.constant(Constant::None))
                }
                "callable" | "len" | "id" | "hash" | "ord" | "chr" | "abs" | "repr" => {
                    let runs: &[&str] = match callee::name_of(function).as_str() {
                        "len" => &["__len__"],
                        "hash" => &["__hash__"],
                        "abs" => &["__abs__"],
                        "repr" => &["__repr__"],
                        _ => &[],
                    };
                    self.protocol(site, first?, runs, &[]);
                    Some(self.constant(Constant::Other))
                }
                _ => None,
            }
        }
    }

    /// What a call gives that copies, at least the outermost container.
    pub(super) unsafe fn copied(
        &mut self,
        site: Site,
        callee: &Callee,
        receiver: Option<Id>,
        (of, arguments): (&Set, &Arguments),
        value: Set,
    ) -> Set {
        // SAFETY: things refer to live objects.
        unsafe {
            let class = match callee.shape {
                Shape::Class => Some(callee.function() as Address),
                _ if callee::name_of(callee.function()) == "sorted" => {
                    Some(&raw mut ffi::PyList_Type as Address)
                }
                _ => match receiver.or_else(|| of.only()) {
                    Some(id) => self.class(id).map(|class| class as Address),
                    None => None,
                },
            };
            let made = match class {
                Some(_) => self.made(class, site),
                None => value,
            };
            self.keep(&made, of);
            for keyword in &arguments.keyword {
                for id in made.iter() {
                    self.heap.hold(id, Field::Somewhere, &keyword.value);
                }
            }
            made
        }
    }

    pub(super) unsafe fn text(&mut self, of: &Set) -> Option<String> {
        // SAFETY: handed on from the caller.
        match unsafe { self.scalar(of.only()?) }? {
            Constant::Str(text) => Some(text),
            _ => None,
        }
    }

    pub(super) unsafe fn is_instance(&mut self, of: &Set, classes: &Set) -> Option<bool> {
        // SAFETY: things refer to live objects.
        unsafe {
            let mut wanted = Vec::new();
            let mut open: Vec<Id> = classes.iter().collect();
            while let Some(id) = open.pop() {
                let passed = match self.heap.thing(id).clone() {
                    Thing::Passed { root, path, live } => Some((root, path, live)),
                    _ => None,
                };
                if let Some(live) = self.live(id) {
                    if ffi::PyType_Check(live) != 0 {
                        if let Some((root, path, live)) = passed {
                            self.note(root, &path, Fate::Is(live));
                        }
                        self.pin_class(live.cast());
                        wanted.push(live.cast::<ffi::PyTypeObject>());
                        continue;
                    }
                    // What a tuple that is passed holds may be other classes at the next call.
                    if passed.is_none() && ffi::Py_TYPE(live) == &raw mut ffi::PyTuple_Type {
                        for at in 0..ffi::PyTuple_GET_SIZE(live) {
                            let class = ffi::PyTuple_GET_ITEM(live, at);
                            if ffi::PyType_Check(class) == 0 {
                                return None;
                            }
                            wanted.push(class.cast());
                        }
                        continue;
                    }
                }
                match self.heap.thing(id) {
                    Thing::Made { class: Some(class), .. }
                        if *class == &raw mut ffi::PyTuple_Type as Address =>
                    {
                        open.extend(self.heap.held(id).iter());
                    }
                    _ => return None,
                }
            }
            let mut outcome = None;
            for id in of.iter() {
                let class = self.class(id)?;
                if class == ffi::PyExc_Exception.cast() {
                    // Of what was caught no more is known.
                    return None;
                }
                let mut one = false;
                for &known in &wanted {
                    if ffi::PyType_IsSubtype(class, known) != 0 {
                        one = true;
                    } else if ffi::Py_TYPE(known.cast()) != &raw mut ffi::PyType_Type
                        && !one
                        && has_own_instance_check(known)
                    {
                        return None;
                    }
                }
                if outcome.is_some_and(|outcome| outcome != one) {
                    return None;
                }
                outcome = Some(one);
            }
            outcome
        }
    }

    pub(super) unsafe fn has_attribute(&mut self, of: &Set, name: &str) -> Option<bool> {
        // SAFETY: things refer to live objects.
        unsafe {
            let mut outcome = None;
            for id in of.iter() {
                let class = self.class(id)?;
                let stored = self
                    .heap
                    .field(id, &Field::Attribute(name.into()))
                    .is_some_and(|set| !set.is_empty());
                let removed = self.heap.field(id, &Field::Removed(name.into())).is_some();
                let named = self.heap.field(id, &Field::Somewhere).is_some();
                if removed || named && !self.is_filled(class) {
                    return None;
                }
                let found = class_attribute(class, name);
                let mut one =
                    !found.is_null() && ffi::Py_TYPE(found) != &raw mut ffi::PyProperty_Type;
                if !found.is_null() && !one {
                    // A property may refuse.
                    return None;
                }
                if one
                    && (*ffi::Py_TYPE(found)).tp_descr_get.is_some()
                    && (class_is_python(ffi::Py_TYPE(found))
                        // A slot may be empty.
                        || ffi::Py_TYPE(found) == &raw mut ffi::PyMemberDescr_Type)
                {
                    return None;
                }
                if !one && !class_attribute(class, "__getattr__").is_null() {
                    return None;
                }
                match self.heap.thing(id).clone() {
                    Thing::Passed { root, path, live } => {
                        let live = live as *mut ffi::PyObject;
                        if ffi::PyType_Check(live) != 0 || ffi::PyModule_Check(live) != 0 {
                            return None;
                        }
                        if !one {
                            let own = own_attribute(live, name);
                            let longer: Vec<Rc<str>> =
                                path.iter().cloned().chain([Rc::from(name)]).collect();
                            let longer = longer.into();
                            if own.is_null() {
                                if stored {
                                    return None;
                                }
                                self.note(root, &longer, Fate::Absent);
                            } else {
                                self.note(root, &longer, Fate::Present);
                                one = true;
                            }
                        }
                    }
                    Thing::Made { .. } | Thing::Constant(_) => {
                        if stored || class == ffi::PyExc_Exception.cast() {
                            return None;
                        }
                        let python = (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0;
                        if !one && python {
                            return None;
                        }
                    }
                    _ => return None,
                }
                if outcome.is_some_and(|outcome| outcome != one) {
                    return None;
                }
                outcome = Some(one);
            }
            outcome
        }
    }
}

/// Whether what a function of that name makes holds what it is given holds.
pub(super) fn copies(name: &str) -> bool {
    const NAMES: [&str; 14] = [
        "ChainMap",
        "Counter",
        "OrderedDict",
        "copy",
        "defaultdict",
        "deque",
        "dict",
        "frozenset",
        "list",
        "set",
        "sorted",
        "sum",
        "tuple",
        "union",
    ];
    NAMES.contains(&name)
}

/// Whether a class decides by code of its own what its instances are.
pub(super) unsafe fn has_own_instance_check(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: handed on from the caller.
    unsafe {
        let check = class_attribute(ffi::Py_TYPE(class.cast()), "__instancecheck__");
        !check.is_null() && ffi::Py_TYPE(check) == &raw mut ffi::PyFunction_Type
    }
}
