//! Call: whom a call in a followed function reaches, and what comes of it.

use std::rc::Rc;

use clew_syntax::summary::{Argument, Callee as Called, Constant};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyCode;

use super::access::{class_attribute, is_partial, own_attribute};
use super::bind::Arguments;
use super::engine::{Engine, closure_place, is_definition};
use super::fact::{Fate, Holder};
use super::intrinsic::copies;
use super::value::{Field, Id, Set, Site, Thing};
use crate::callee::{self, Callee, Shape};
use crate::object;
use crate::reach::{self, Address};

pub(super) use clew_heap::raw::class::class_is_python;
use clew_heap::raw::class::inherits_fixed;

/// How many calls may be under way within each other.
const MOST_NESTED: usize = 120;

impl Engine<'_, '_> {
    /// A call in the text of a function.
    pub(super) unsafe fn call(
        &mut self,
        site: Site,
        callee: &Called,
        arguments: &[Argument],
    ) -> Set {
        // SAFETY: handed on from the caller.
        unsafe {
            let arguments = self.spread(site, arguments);
            match callee {
                Called::Value(slot) => {
                    let callee = self.slot(site, *slot);
                    self.call_values(site, &callee, &arguments)
                }
                Called::Method(slot, name) => {
                    let receiver = self.slot(site, *slot);
                    let mut found = Set::default();
                    for id in receiver.iter() {
                        found.join(&self.method(site, id, name, &arguments));
                    }
                    found
                }
                Called::Super(name) => self.call_super(site, name, &arguments),
            }
        }
    }

    pub(super) unsafe fn call_values(
        &mut self,
        site: Site,
        callees: &Set,
        arguments: &Arguments,
    ) -> Set {
        let mut found = Set::default();
        for id in callees.iter() {
            // SAFETY: handed on from the caller.
            found.join(&unsafe { self.call_value(site, id, arguments) });
        }
        found
    }

    pub(super) unsafe fn call_value(&mut self, site: Site, id: Id, arguments: &Arguments) -> Set {
        // SAFETY: things refer to live objects.
        unsafe {
            match self.heap.thing(id).clone() {
                Thing::Shared(address) => {
                    self.call_live(site, address as *mut ffi::PyObject, None, arguments)
                }
                Thing::Passed { root, path, live } => {
                    let object = live as *mut ffi::PyObject;
                    if is_definition(object) {
                        self.note_callee(root, &path, object);
                        return self.call_live(site, object, None, arguments);
                    }
                    self.call_instance(site, id, arguments)
                }
                Thing::Bound { function, receiver } => {
                    self.call_live(site, function as *mut ffi::PyObject, Some(receiver), arguments)
                }
                Thing::Made { class: Some(class), .. } => {
                    if class == &raw mut ffi::PyFunction_Type as Address {
                        // What it does when it is called was counted where it is made. What it
                        // returns is of the function around it, or was given to it.
                        return self.anything();
                    }
                    self.call_instance(site, id, arguments)
                }
                // A constant cannot be called, so this is never come to.
                Thing::Constant(_) => self.constant(Constant::Other),
                Thing::Within(_)
                | Thing::WithinShared(_)
                | Thing::Made { class: None, .. }
                | Thing::Mixed { .. }
                | Thing::Anything => {
                    let mut reached = arguments.all();
                    reached.add(id);
                    self.unknown(site, &reached)
                }
            }
        }
    }

    /// Calls an instance.
    unsafe fn call_instance(&mut self, site: Site, id: Id, arguments: &Arguments) -> Set {
        // SAFETY: handed on from the caller.
        unsafe {
            let mut reached = arguments.all();
            reached.add(id);
            let Some(class) = self.class(id) else { return self.unknown(site, &reached) };
            if class == (&raw mut callee::PyMethod_Type).cast() {
                let function = self.attribute_of(site, id, "__func__");
                let receiver = self.attribute_of(site, id, "__self__");
                let (Some(function), Some(receiver)) = (function.only(), receiver.only()) else {
                    return self.unknown(site, &reached);
                };
                let Some(live) = self.live(function) else {
                    return self.unknown(site, &reached);
                };
                if let Thing::Passed { root, path, live } = self.heap.thing(function).clone() {
                    self.note(root, &path, Fate::Is(live));
                }
                return self.call_live(site, live, Some(receiver), arguments);
            }
            if is_partial(class) && self.live(id).is_some() {
                return self.call_partial(site, id, arguments);
            }
            if let Some(live) = self.live(id) {
                let wrapped = own_attribute(live, "__wrapped__");
                if callee::type_name(class).1 == "_lru_cache_wrapper" && !wrapped.is_null() {
                    match self.heap.thing(id).clone() {
                        Thing::Passed { root, path, .. } => {
                            let name = [Rc::from("__wrapped__")];
                            let path: Vec<_> = path.iter().cloned().chain(name).collect();
                            self.note(root, &path.into(), Fate::Is(wrapped as Address));
                        }
                        _ => {
                            let name = Rc::from("__wrapped__");
                            self.pin(Holder::Attribute(live as Address, name));
                        }
                    }
                    let mut found = self.call_live(site, wrapped, None, arguments);
                    // It may have been returned before.
                    found.join(&self.heap.held(id));
                    return found;
                }
            }
            let callees = self.attribute_of(site, id, "__call__");
            let mut found = Set::default();
            for callee in callees.iter() {
                // What is called to call an instance is a function in the end.
                found.join(&match self.heap.thing(callee) {
                    Thing::Bound { function, receiver } => {
                        let (function, receiver) = (*function, *receiver);
                        self.call_live(
                            site,
                            function as *mut ffi::PyObject,
                            Some(receiver),
                            arguments,
                        )
                    }
                    _ => self.unknown(site, &reached),
                });
            }
            found
        }
    }

    unsafe fn call_partial(&mut self, site: Site, id: Id, arguments: &Arguments) -> Set {
        // SAFETY: handed on from the caller.
        unsafe {
            let function = self.attribute_of(site, id, "func");
            let given = self.attribute_of(site, id, "args");
            let mut all = Arguments::default();
            for id in given.iter() {
                all.more.join(&self.heap.held(id));
            }
            for value in &arguments.positional {
                all.more.join(value);
            }
            all.more.join(&arguments.more);
            all.keyword.clone_from(&arguments.keyword);
            all.more_keyword.clone_from(&arguments.more_keyword);
            for id in self.attribute_of(site, id, "keywords").iter() {
                all.more_keyword.join(&self.heap.held(id));
            }
            self.call_values(site, &function, &all)
        }
    }

    /// `x.name(…)`.
    unsafe fn method(&mut self, site: Site, id: Id, name: &str, arguments: &Arguments) -> Set {
        // SAFETY: handed on from the caller.
        unsafe {
            let mut reached = arguments.all();
            reached.add(id);
            match self.heap.thing(id) {
                Thing::Constant(_) => return self.of_atom(site, arguments),
                Thing::Anything
                | Thing::Within(_)
                | Thing::WithinShared(_)
                | Thing::Mixed { .. }
                | Thing::Made { class: None, .. } => {
                    let facts = self.facts_of(arguments);
                    return match self.rules.method_anywhere(self.py, name, &facts) {
                        Some(effects) => {
                            let one = Set::one(id);
                            let mut value = self.apply(site, &effects, &one, arguments);
                            // It may be of a class that means something else by it.
                            for class in self.classes_within(id) {
                                let method = class_attribute(class, name);
                                if !method.is_null()
                                    && ffi::Py_TYPE(method) == &raw mut ffi::PyFunction_Type
                                {
                                    let id = Some(id);
                                    value.join(&self.call_live(site, method, id, arguments));
                                }
                            }
                            if name == "copy" {
                                self.keep(&value, &one);
                            }
                            value
                        }
                        None => self.unknown(site, &reached),
                    };
                }
                _ => {}
            }
            let callees = self.attribute_of(site, id, name);
            self.call_values(site, &callees, arguments)
        }
    }

    /// A new container holds what another one holds, or what that is made of.
    pub(super) fn keep(&mut self, made: &Set, of: &Set) {
        let mut held = Set::default();
        for id in of.iter() {
            let one = self.heap.held(id);
            for part in one.iter() {
                held.join(&self.heap.held(part));
            }
            held.join(&one);
        }
        for id in made.iter() {
            self.heap.hold(id, Field::Somewhere, &held);
        }
    }

    /// A method of a number or text: what it is given stays as it is.
    unsafe fn of_atom(&mut self, site: Site, arguments: &Arguments) -> Set {
        let made = self.made(None, site);
        let mut held = Set::default();
        for id in arguments.all().iter() {
            held.join(&self.heap.held(id));
            held.add(id);
        }
        for id in made.iter() {
            self.heap.hold(id, Field::Somewhere, &held);
        }
        made
    }

    unsafe fn call_super(&mut self, site: Site, name: &str, arguments: &Arguments) -> Set {
        // SAFETY: things refer to live objects; the cell `__class__` holds the class that is made.
        unsafe {
            let frame = &self.frames[site.0 as usize];
            let function = frame.function as *mut ffi::PyObject;
            let first = frame.slots.first().cloned().unwrap_or_default();
            let mut reached = arguments.all();
            reached.join(&first);
            let code: Option<Bound<'_, PyCode>> =
                Bound::from_borrowed_ptr(self.py, ffi::PyFunction_GetCode(function))
                    .cast_into()
                    .ok();
            let place = code.and_then(|code| closure_place(&code, "__class__"));
            let Some(place) = place else { return self.unknown(site, &reached) };
            let here = self.pin(Holder::Cell(function as Address, place));
            if here.is_null() || ffi::PyType_Check(here) == 0 {
                return self.unknown(site, &reached);
            }
            let mut found = Set::default();
            for id in first.iter() {
                // In a class method the first parameter is the class.
                let class = match self.live(id) {
                    Some(live) if ffi::PyType_Check(live) != 0 => Some(live.cast()),
                    _ => self.class(id),
                };
                let class = class.unwrap_or(here.cast());
                self.pin_class(class);
                let order = (*class).tp_mro;
                let mut after = false;
                let mut method: *mut ffi::PyObject = std::ptr::null_mut();
                for at in 0..ffi::PyTuple_GET_SIZE(order) {
                    let base = ffi::PyTuple_GET_ITEM(order, at);
                    if after && method.is_null() {
                        let dictionary = object::dictionary_of(base.cast());
                        if !dictionary.is_null() {
                            method = object::item(dictionary, name);
                        }
                    }
                    after |= base == here;
                }
                if method.is_null() {
                    found.join(&self.unknown(site, &reached));
                    continue;
                }
                let kind = ffi::Py_TYPE(method);
                if kind == &raw mut ffi::PyStaticMethod_Type {
                    let inner = super::access::member(method, c"__func__");
                    found.join(&self.call_live(site, inner, None, arguments));
                    continue;
                }
                if kind == &raw mut ffi::PyClassMethod_Type {
                    method = super::access::member(method, c"__func__");
                }
                found.join(&self.call_live(site, method, Some(id), arguments));
            }
            found
        }
    }

    /// A call of a live callable; of a method, with its receiver.
    pub(super) unsafe fn call_live(
        &mut self,
        site: Site,
        callable: *mut ffi::PyObject,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> Set {
        if self.over {
            return Set::default();
        }
        self.step_on();
        if self.nesting >= MOST_NESTED {
            let mut given = arguments.all();
            given.join(&receiver.map(Set::one).unwrap_or_default());
            return self.unknown(site, &given);
        }
        self.nesting += 1;
        // SAFETY: handed on from the caller.
        let value = unsafe { self.call_one(site, callable, receiver, arguments) };
        self.nesting -= 1;
        value
    }

    unsafe fn call_one(
        &mut self,
        site: Site,
        callable: *mut ffi::PyObject,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> Set {
        // SAFETY: things refer to live objects; only dictionaries are looked into.
        unsafe {
            let callee = callee::describe(callable);
            let mut receiver = receiver;
            if receiver.is_none() && !callee.receiver.is_null() && callee.shape != Shape::Other {
                receiver = self.shared(callee.receiver).only();
            }
            // The program's own code has probes of its own.
            if callee.code().is_some_and(|code| self.session_code.contains(&code))
                || callee.shape == Shape::Class && callee::is_session_class(callee.function())
            {
                return self.anything();
            }
            if let Some(value) = self.intrinsic(site, &callee, receiver, arguments) {
                return value;
            }
            if let Some(effects) = self.rule(&callee, receiver, arguments) {
                let first = receiver.map(Set::one).unwrap_or_default();
                let value = self.apply(site, &effects, &first, arguments);
                let name = callee::name_of(callee.function());
                let given = arguments.all();
                let runs: &[&str] = match name.as_str() {
                    "str" | "print" | "format" => &["__str__", "__repr__", "__format__"],
                    "bool" => &["__bool__", "__len__"],
                    "next" => &["__next__"],
                    _ => &[],
                };
                self.protocol(site, &given, runs, &[]);
                if copies(&name) {
                    let mut kept = given.clone();
                    kept.join(&first);
                    for id in given.iter() {
                        kept.join(&self.protocol(site, &Set::one(id), &["__iter__"], &[]));
                    }
                    let arrays = kept.iter().all(|id| {
                        self.live(id).is_some_and(|live| {
                            callee::type_name(ffi::Py_TYPE(live)).0.starts_with("numpy")
                        })
                    });
                    if !arrays {
                        return self.copied(site, &callee, receiver, (&kept, arguments), value);
                    }
                }
                if callee.shape == Shape::Class && effects.changes.is_empty() {
                    return self.made(Some(callee.function() as Address), site);
                }
                return value;
            }
            let full = match receiver {
                Some(receiver) => arguments.with_first(Set::one(receiver)),
                None => arguments.clone(),
            };
            match callee.shape {
                Shape::Function => {
                    let function = callee.function();
                    let code: Option<Bound<'_, PyCode>> =
                        Bound::from_borrowed_ptr(self.py, ffi::PyFunction_GetCode(function))
                            .cast_into()
                            .ok();
                    let summary = code.as_ref().and_then(|code| self.sources.summary(code));
                    match summary.filter(|summary| summary.unknown.is_none()) {
                        Some(summary) => self.enter(site, function, &summary, &full),
                        None if code.as_ref().is_some_and(is_generated) => {
                            let names = code.as_ref().map(parameters_of).unwrap_or_default();
                            self.generated(site, &names, &full)
                        }
                        None => {
                            self.doubt_outside(function);
                            self.unknown(site, &full.all())
                        }
                    }
                }
                Shape::Class => self.construct(site, callee.function().cast(), arguments),
                Shape::Builtin | Shape::Descriptor => self.built_in(site, &callee, receiver, &full),
                Shape::Other => {
                    let id = receiver.or_else(|| self.shared(callable).only());
                    match id {
                        Some(id) if class_is_python(ffi::Py_TYPE(callable)) => {
                            self.call_instance(site, id, arguments)
                        }
                        Some(id) if is_partial(ffi::Py_TYPE(callable)) => {
                            self.call_instance(site, id, arguments)
                        }
                        Some(id)
                            if callee::type_name(ffi::Py_TYPE(callable)).1
                                == "_lru_cache_wrapper" =>
                        {
                            self.call_instance(site, id, arguments)
                        }
                        _ => self.unknown(site, &full.all()),
                    }
                }
            }
        }
    }

    /// What C does that no rule speaks of.
    unsafe fn built_in(
        &mut self,
        site: Site,
        callee: &Callee,
        receiver: Option<Id>,
        full: &Arguments,
    ) -> Set {
        // SAFETY: handed on from the caller.
        unsafe {
            let name = callee::name_of(callee.function());
            let of_object = callee.shape == Shape::Descriptor
                && callee::owner_of(callee.function()) == &raw mut ffi::PyBaseObject_Type;
            if of_object && matches!(name.as_str(), "__setattr__" | "__delattr__") {
                let of = full.positional.first().cloned().unwrap_or_default();
                for id in of.iter() {
                    let name = full.positional.get(1).and_then(Set::only);
                    let field = match name.and_then(|name| self.scalar(name)) {
                        Some(Constant::Str(name)) => Field::Attribute(name.into()),
                        _ => Field::Somewhere,
                    };
                    let value = full.positional.get(2).cloned().unwrap_or_default();
                    self.heap.hold(id, field, &value);
                    self.heap.change(id);
                }
                return self.constant(Constant::None);
            }
            if callee.shape == Shape::Descriptor
                && ffi::PyType_IsSubtype(
                    callee::owner_of(callee.function()),
                    ffi::PyExc_BaseException.cast(),
                ) != 0
            {
                return self.of_atom(site, full);
            }
            if of_object && name == "__getattribute__" {
                let of = full.positional.first().cloned().unwrap_or_default();
                return self.mixed(site, &of);
            }
            if of_object {
                // `object.__init__`, `__repr__` and the like.
                return self.constant(Constant::Other);
            }
            let fixed = match receiver {
                Some(id) => match self.live(id) {
                    Some(live) => !reach::is_mutable(live) && !is_definition(live),
                    None => matches!(self.heap.thing(id), Thing::Constant(_)),
                },
                None => false,
            };
            if fixed {
                return self.of_atom(site, full);
            }
            self.unknown(site, &full.all())
        }
    }

    /// An instance is made.
    unsafe fn construct(
        &mut self,
        site: Site,
        class: *mut ffi::PyTypeObject,
        arguments: &Arguments,
    ) -> Set {
        // SAFETY: things refer to live objects; classes hold what is looked up.
        unsafe {
            self.pin_class(class);
            let meta = ffi::Py_TYPE(class.cast());
            if meta != &raw mut ffi::PyType_Type {
                let call = class_attribute(meta, "__call__");
                if !call.is_null() && ffi::Py_TYPE(call) == &raw mut ffi::PyFunction_Type {
                    return self.unknown(site, &arguments.all());
                }
            }
            let made = self.made(Some(class as Address), site);
            let Some(id) = made.only() else { return made };
            let mut followed = false;
            let mut found = made.clone();
            for name in ["__new__", "__init__"] {
                let mut method = class_attribute(class, name);
                if method.is_null() {
                    continue;
                }
                if ffi::Py_TYPE(method) == &raw mut ffi::PyStaticMethod_Type {
                    method = super::access::member(method, c"__func__");
                }
                if method.is_null() || ffi::Py_TYPE(method) != &raw mut ffi::PyFunction_Type {
                    continue;
                }
                followed = true;
                if name == "__new__" {
                    let class = self.shared(class.cast());
                    let value = self.call_live(site, method, None, &arguments.with_first(class));
                    found.join(&value);
                } else {
                    self.call_live(site, method, Some(id), arguments);
                }
            }
            if followed {
                return found;
            }
            // Of C: what it is given is kept, or its items are.
            let fixed = (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0;
            let all = arguments.all();
            let mut held = all.clone();
            for id in all.iter() {
                held.join(&self.heap.held(id));
            }
            self.heap.hold(id, Field::Somewhere, &held);
            let exception = ffi::PyType_IsSubtype(class, ffi::PyExc_BaseException.cast()) != 0;
            if !(fixed || exception || inherits_fixed(class)) {
                self.heap.doubt(&all);
            }
            found
        }
    }

    /// Methods that `dataclasses` and `namedtuple` write.
    unsafe fn generated(&mut self, site: Site, names: &[String], full: &Arguments) -> Set {
        let mut rest = full.clone();
        let first = (!rest.positional.is_empty()).then(|| rest.positional.remove(0));
        let held = rest.all();
        for id in first.unwrap_or_default().iter() {
            self.heap.hold(id, Field::Somewhere, &held);
            for (name, value) in names.iter().skip(1).zip(&rest.positional) {
                self.heap.hold(id, Field::Attribute(name.as_str().into()), value);
            }
            for keyword in &rest.keyword {
                let field = Field::Attribute(Rc::clone(&keyword.name));
                self.heap.hold(id, field, &keyword.value);
            }
            self.heap.change(id);
            // SAFETY: things refer to live objects.
            unsafe {
                let after = ["__post_init__", "__attrs_post_init__"];
                self.protocol(site, &Set::one(id), &after, &[]);
            }
        }
        let made = self.made(None, site);
        for id in made.iter() {
            self.heap.hold(id, Field::Somewhere, &held);
        }
        made
    }

    /// What the text of a function that cannot be followed names may change.
    unsafe fn doubt_outside(&mut self, function: *mut ffi::PyObject) {
        // SAFETY: the function is live; dictionaries and cells lend what they hold.
        unsafe {
            let globals = ffi::PyFunction_GetGlobals(function);
            let mut named = Set::default();
            for name in object::code_names(ffi::PyFunction_GetCode(function)) {
                let found = object::item(globals, &name);
                if !found.is_null() && reach::changes_in_place(found) && !is_definition(found) {
                    let holder = Holder::Entry(globals as Address, name.as_str().into());
                    named.join(&self.held_outside(holder));
                }
            }
            let closure = ffi::PyFunction_GetClosure(function);
            let size = if closure.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(closure) };
            for at in 0..size as usize {
                named.join(&self.held_outside(Holder::Cell(function as Address, at)));
            }
            let named: Vec<Id> =
                named.iter().filter(|&id| self.heap.thing(id) != &Thing::Anything).collect();
            for id in named {
                self.heap.doubt(&Set::one(id));
            }
        }
    }

    /// A call that cannot be followed: what it can reach may change.
    pub(super) fn unknown(&mut self, site: Site, given: &Set) -> Set {
        self.heap.doubt(given);
        self.mixed(site, given)
    }
}

/// The names of a function's parameters.
fn parameters_of(code: &Bound<'_, PyCode>) -> Vec<String> {
    let number = |name: &str| -> usize {
        code.getattr(name).ok().and_then(|number| number.extract().ok()).unwrap_or(0)
    };
    let names: Option<Vec<String>> =
        code.getattr("co_varnames").ok().and_then(|names| names.extract().ok());
    let mut names = names.unwrap_or_default();
    names.truncate(number("co_argcount"));
    names
}

/// Whether a code object was made of text by `dataclasses` or `collections.namedtuple`.
fn is_generated(code: &Bound<'_, PyCode>) -> bool {
    let text = |name: &str| -> Option<String> { code.getattr(name).ok()?.extract().ok() };
    let file = text("co_filename").unwrap_or_default();
    let name = text("co_name").unwrap_or_default();
    file.starts_with('<')
        && matches!(
            name.as_str(),
            "__init__" | "__new__" | "<lambda>" | "__eq__" | "__repr__" | "__hash__" | "__lt__"
        )
}
