//! Call: whom a call in a followed function reaches, and what comes of it.

use std::rc::Rc;

use clew_effects::{CallFacts, Change, Depth, Effects, Key, Place, Scalar};
use clew_syntax::summary::{Argument, By, Callee as Called, Constant, Parameters};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyCode;

use super::access::{class_attribute, is_partial, own_attribute};
use super::engine::{Engine, closure_place, constant_of, is_definition};
use super::value::{Field, Id, Set, Site, Thing};
use super::{Fate, Holder};
use crate::callee::{self, Callee, Shape};
use crate::object;
use crate::reach::{self, Address};

/// How many calls may be under way within each other.
const MOST_NESTED: usize = 120;

/// What a call passes.
#[derive(Clone, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Set>,
    pub(super) keyword: Vec<Keyword>,
    /// What may be passed by position besides.
    pub(super) more: Set,
    /// What may be passed by keyword besides.
    pub(super) more_keyword: Set,
}

#[derive(Clone)]
pub(super) struct Keyword {
    pub(super) name: Rc<str>,
    pub(super) value: Set,
    /// Whether it is passed for certain.
    pub(super) certain: bool,
}

impl Arguments {
    pub(super) fn positional(values: impl IntoIterator<Item = Set>) -> Self {
        Self { positional: values.into_iter().collect(), ..Self::default() }
    }

    fn with_first(&self, first: Set) -> Self {
        let mut all = self.clone();
        all.positional.insert(0, first);
        all
    }

    fn get(&self, name: &str) -> Option<&Keyword> {
        self.keyword.iter().find(|keyword| &*keyword.name == name)
    }

    /// Everything that is passed.
    pub(super) fn all(&self) -> Set {
        let mut all = self.more.clone();
        all.join(&self.more_keyword);
        for value in self.positional.iter().chain(self.keyword.iter().map(|keyword| &keyword.value))
        {
            all.join(value);
        }
        all
    }
}

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

    fn spread(&mut self, site: Site, arguments: &[Argument]) -> Arguments {
        let mut all = Arguments::default();
        for argument in arguments {
            let value = self.slot(site, argument.value);
            match &argument.by {
                By::Position if all.more.is_empty() => all.positional.push(value),
                By::Position => {
                    all.more.join(&value);
                }
                By::Keyword(name) => {
                    let name = Rc::from(name.as_str());
                    all.keyword.push(Keyword { name, value, certain: true });
                }
                By::Star => {
                    let exact = value.only().filter(|_| all.more.is_empty()).and_then(|id| {
                        let length = self.heap.length(id)?;
                        Some((0..length as u32).map(move |at| (id, Field::Position(at))))
                    });
                    match exact {
                        Some(fields) => {
                            for (id, field) in fields {
                                let value = self.heap.field(id, &field).cloned();
                                all.positional.push(value.unwrap_or_default());
                            }
                        }
                        None => {
                            for id in value.iter() {
                                if matches!(self.heap.thing(id), Thing::Mixed { .. }) {
                                    all.more.add(id);
                                } else {
                                    all.more.join(&self.heap.held(id));
                                    // SAFETY: things refer to live objects.
                                    let own = unsafe {
                                        self.protocol(site, &Set::one(id), &["__iter__"], &[])
                                    };
                                    for iterator in own.iter() {
                                        all.more.join(&self.heap.held(iterator));
                                    }
                                }
                            }
                        }
                    }
                }
                By::DoubleStar => {
                    for id in value.iter() {
                        if matches!(self.heap.thing(id), Thing::Mixed { .. }) {
                            all.more_keyword.add(id);
                            continue;
                        }
                        if !matches!(self.heap.thing(id), Thing::Made { .. }) {
                            all.more_keyword.join(&self.heap.held(id));
                            continue;
                        }
                        for (field, value) in self.heap.fields(id).to_vec() {
                            match field {
                                Field::Key(name) => {
                                    all.keyword.push(Keyword { name, value, certain: false });
                                }
                                _ => {
                                    all.more_keyword.join(&value);
                                }
                            }
                        }
                    }
                }
            }
        }
        all
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

    unsafe fn call_value(&mut self, site: Site, id: Id, arguments: &Arguments) -> Set {
        // SAFETY: things refer to live objects.
        unsafe {
            match self.heap.thing(id).clone() {
                Thing::Shared(address) => {
                    self.call_live(site, address as *mut ffi::PyObject, None, arguments)
                }
                Thing::Passed { root, path, live } => {
                    let object = live as *mut ffi::PyObject;
                    if is_definition(object) {
                        self.note(root, &path, Fate::Is(live));
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

    /// What a call gives that copies, at least the outermost container.
    unsafe fn copied(
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

    /// A new container holds what another one holds, or what that is made of.
    fn keep(&mut self, made: &Set, of: &Set) {
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
                    let holder = super::Holder::Entry(globals as Address, name.as_str().into());
                    named.join(&self.held_outside(holder));
                }
            }
            let closure = ffi::PyFunction_GetClosure(function);
            let size = if closure.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(closure) };
            for at in 0..size as usize {
                named.join(&self.held_outside(super::Holder::Cell(function as Address, at)));
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

    /// What a rule says of a call.
    unsafe fn rule(
        &mut self,
        callee: &Callee,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> Option<Effects> {
        // SAFETY: handed on from the caller.
        unsafe {
            let class = receiver.and_then(|id| match self.live(id) {
                Some(live) if ffi::PyType_Check(live) != 0 => Some(live.cast()),
                _ => self.class(id),
            });
            let unbound = match (callee.shape, receiver) {
                (Shape::Descriptor, None) => {
                    let first = arguments.positional.first().and_then(Set::only);
                    first.and_then(|id| self.class(id))
                }
                _ => None,
            };
            let facts = self.facts_of(arguments);
            self.rules.abstract_call(self.py, callee, class, unbound, &facts)
        }
    }

    fn facts_of(&mut self, arguments: &Arguments) -> AbstractFacts {
        let mut scalar = |value: &Set| {
            // SAFETY: things refer to live objects.
            let known = value.only().and_then(|id| unsafe { self.scalar(id) });
            match known {
                Some(Constant::None) => Scalar::None,
                Some(Constant::Bool(value)) => Scalar::Bool(value),
                Some(Constant::Int(value)) => Scalar::Int(value),
                Some(Constant::Str(value)) => Scalar::Str(value),
                Some(Constant::Other) | None => Scalar::Unknown,
            }
        };
        let positional = arguments.positional.iter().map(&mut scalar).collect();
        let keyword = arguments
            .keyword
            .iter()
            .map(|keyword| {
                let value = if keyword.certain { scalar(&keyword.value) } else { Scalar::Unknown };
                (Rc::clone(&keyword.name), value)
            })
            .collect();
        AbstractFacts { positional, keyword }
    }

    /// Does what a rule says.
    unsafe fn apply(
        &mut self,
        site: Site,
        effects: &Effects,
        receiver: &Set,
        arguments: &Arguments,
    ) -> Set {
        // SAFETY: handed on from the caller.
        unsafe {
            let mut value = self.made(None, site);
            for change in &effects.changes {
                match change {
                    Change::Mutates { place, depth } => {
                        let of = place_of(place, receiver, arguments);
                        if *depth == Depth::Deep {
                            self.heap.change_deeply(&of);
                            continue;
                        }
                        for id in of.iter() {
                            if self.live(id).is_none_or(|live| reach::is_mutable(live)) {
                                self.heap.change(id);
                            }
                        }
                    }
                    Change::Consumes(place) => {
                        for id in place_of(place, receiver, arguments).iter() {
                            let moves = match self.live(id) {
                                Some(live) => {
                                    self.class(id);
                                    ffi::PyIter_Check(live) != 0
                                }
                                None => false,
                            };
                            if moves {
                                self.heap.change(id);
                            }
                        }
                    }
                    Change::Views(places) => {
                        let mut all = Set::default();
                        for place in places {
                            all.join(&place_of(place, receiver, arguments));
                        }
                        let others = usize::from(places.contains(&Place::Result));
                        if others > 0 {
                            value = self.mixed(site, &all);
                        }
                        if places.len() - others > 1 {
                            for id in all.iter() {
                                self.heap.hold(id, Field::Somewhere, &all);
                            }
                        }
                    }
                    Change::Handle { .. } => {}
                    Change::Reads(resource) | Change::Writes(resource) => {
                        let written = matches!(change, Change::Writes(_));
                        let whole = !matches!(resource.key, Some(Key::Name(_)));
                        if whole {
                            self.states.insert((resource.state.clone(), written));
                        }
                    }
                }
            }
            self.call_back(site, arguments);
            value
        }
    }

    /// Of what the program gave, functions and what stands for one.
    unsafe fn call_passed(&mut self, site: Site, given: &Set) {
        // SAFETY: handed on from the caller.
        unsafe {
            let mut callables = Vec::new();
            for id in given.iter() {
                let stands = match self.heap.thing(id) {
                    Thing::Passed { live, .. } => {
                        let live = *live as *mut ffi::PyObject;
                        let kind = ffi::Py_TYPE(live);
                        ffi::PyModule_Check(live) == 0
                            && (is_definition(live)
                                || is_partial(kind)
                                || kind == (&raw mut callee::PyMethod_Type).cast()
                                || class_is_python(kind))
                    }
                    Thing::Shared(address) => ffi::PyType_Check(*address as *mut _) != 0,
                    _ => false,
                };
                if stands {
                    callables.push(id);
                }
            }
            if callables.is_empty() {
                return;
            }
            if self.calling_back {
                // One that is itself given to one that was given.
                self.unknown(site, given);
                return;
            }
            self.calling_back = true;
            for id in callables {
                let mut reached = Set::default();
                for other in given.iter().filter(|&other| other != id) {
                    reached.add(other);
                    reached.join(&self.heap.held(other));
                }
                let arguments = Arguments { more: reached, ..Arguments::default() };
                self.call_value(site, id, &arguments);
            }
            self.calling_back = false;
        }
    }

    /// Functions that are passed to a call are taken to be called, with anything else that is.
    unsafe fn call_back(&mut self, site: Site, arguments: &Arguments) {
        // SAFETY: handed on from the caller.
        unsafe {
            let mut given = arguments.all();
            self.call_passed(site, &given);
            for id in given.clone().iter() {
                if matches!(self.heap.thing(id), Thing::Made { .. }) {
                    given.join(&self.heap.held(id));
                }
            }
            let callables: Vec<Id> = given
                .iter()
                .filter(|&id| match self.heap.thing(id) {
                    Thing::Bound { .. } => true,
                    Thing::Shared(address) => {
                        let object = *address as *mut ffi::PyObject;
                        is_definition(object)
                            && ffi::PyType_Check(object) == 0
                            && ffi::PyModule_Check(object) == 0
                    }
                    _ => false,
                })
                .collect();
            if callables.is_empty() {
                return;
            }
            if self.calling_back {
                // One that is itself given to one that was given.
                self.unknown(site, &given);
                return;
            }
            let mut reached = Set::default();
            for id in given.iter().filter(|id| !callables.contains(id)) {
                reached.add(id);
                reached.join(&self.heap.held(id));
            }
            let arguments = Arguments { more: reached, ..Arguments::default() };
            self.calling_back = true;
            for id in callables {
                self.call_value(site, id, &arguments);
            }
            self.calling_back = false;
        }
    }

    /// The few functions of the language whose outcome decides where a function goes.
    unsafe fn intrinsic(
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

    unsafe fn text(&mut self, of: &Set) -> Option<String> {
        // SAFETY: handed on from the caller.
        match unsafe { self.scalar(of.only()?) }? {
            Constant::Str(text) => Some(text),
            _ => None,
        }
    }

    unsafe fn is_instance(&mut self, of: &Set, classes: &Set) -> Option<bool> {
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

    unsafe fn has_attribute(&mut self, of: &Set, name: &str) -> Option<bool> {
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

    /// The values of a function's parameters but those that take the rest, and what tells one such
    /// call from another.
    pub(super) unsafe fn bind(
        &mut self,
        function: *mut ffi::PyObject,
        parameters: &Parameters,
        arguments: &Arguments,
    ) -> (Vec<Set>, Vec<Set>) {
        // SAFETY: the function is live.
        unsafe {
            let count = parameters.positional.len();
            let given = arguments.positional.len();
            let mut values = Vec::with_capacity(count + parameters.keyword_only.len());
            for (at, name) in parameters.positional.iter().enumerate() {
                if let Some(value) = arguments.positional.get(at) {
                    values.push(value.clone());
                    continue;
                }
                let default = Holder::Default(function as Address, count - 1 - at);
                let by_keyword = at >= parameters.positional_only;
                values.push(self.parameter(name, by_keyword, true, default, arguments));
            }
            for name in &parameters.keyword_only {
                let default = Holder::KeywordDefault(function as Address, name.as_str().into());
                values.push(self.parameter(name, true, false, default, arguments));
            }
            let mut key = values.clone();
            key.extend(arguments.positional.iter().skip(count.min(given)).cloned());
            key.push(arguments.more.clone());
            key.push(arguments.more_keyword.clone());
            for keyword in &arguments.keyword {
                let name = self.constant(Constant::Str(keyword.name.to_string()));
                key.push(name);
                key.push(keyword.value.clone());
            }
            (values, key)
        }
    }

    /// # Safety
    ///
    /// The function whose default is asked for is live.
    unsafe fn parameter(
        &mut self,
        name: &str,
        by_keyword: bool,
        by_position: bool,
        default: Holder,
        arguments: &Arguments,
    ) -> Set {
        let mut value = Set::default();
        if by_keyword && let Some(keyword) = arguments.get(name) {
            value.join(&keyword.value);
            if keyword.certain {
                return value;
            }
        }
        if by_position {
            value.join(&arguments.more);
        }
        if by_keyword {
            value.join(&arguments.more_keyword);
        }
        // SAFETY: the function is live, and holds it.
        unsafe {
            if !self.pin(default.clone()).is_null() {
                value.join(&self.held_outside(default));
            }
        }
        if value.is_empty() {
            value = self.anything();
        }
        value
    }

    /// Adds what takes the rest of the arguments, which belongs to the frame.
    pub(super) fn gather(
        &mut self,
        at: usize,
        mut values: Vec<Set>,
        parameters: &Parameters,
        arguments: &Arguments,
    ) -> Vec<Set> {
        if parameters.star.is_some() {
            let kind = &raw mut ffi::PyTuple_Type as Address;
            let rest = Thing::Made { class: Some(kind), at: (at as u32, u32::MAX - 1) };
            let rest = self.heap.id(rest);
            let extra = arguments.positional.iter().skip(parameters.positional.len());
            let extra: Vec<&Set> = extra.collect();
            let exact = arguments.more.is_empty()
                && self.heap.length(rest).is_none_or(|length| length == extra.len());
            for (position, value) in extra.iter().enumerate() {
                self.heap.hold(rest, Field::Position(position as u32), value);
            }
            self.heap.hold(rest, Field::Somewhere, &arguments.more);
            if exact && self.heap.field(rest, &Field::Somewhere).is_none() {
                self.heap.set_length(rest, extra.len());
            } else {
                self.heap.forget_length(rest);
            }
            values.push(Set::one(rest));
        }
        if parameters.double_star.is_some() {
            let kind = &raw mut ffi::PyDict_Type as Address;
            let rest = Thing::Made { class: Some(kind), at: (at as u32, u32::MAX - 2) };
            let rest = self.heap.id(rest);
            let taken = |name: &str| {
                parameters.positional.iter().skip(parameters.positional_only).any(|it| it == name)
                    || parameters.keyword_only.iter().any(|it| it == name)
            };
            for keyword in arguments.keyword.iter().filter(|keyword| !taken(&keyword.name)) {
                self.heap.hold(rest, Field::Key(Rc::clone(&keyword.name)), &keyword.value);
            }
            self.heap.hold(rest, Field::Somewhere, &arguments.more_keyword);
            values.push(Set::one(rest));
        }
        values
    }
}

fn place_of(place: &Place, receiver: &Set, arguments: &Arguments) -> Set {
    match place {
        Place::Receiver => receiver.clone(),
        Place::Positional(at) => match arguments.positional.get(*at as usize) {
            Some(value) => value.clone(),
            None => arguments.more.clone(),
        },
        Place::Keyword(name) => {
            let mut value = arguments.more_keyword.clone();
            for keyword in arguments.keyword.iter().filter(|keyword| *keyword.name == **name) {
                value.join(&keyword.value);
            }
            value
        }
        Place::AllPositional => {
            let mut all = arguments.more.clone();
            for value in &arguments.positional {
                all.join(value);
            }
            all
        }
        Place::AllArguments => arguments.all(),
        Place::Result => Set::default(),
    }
}

/// What rules may ask about a call that is not made.
pub(crate) struct AbstractFacts {
    positional: Vec<Scalar>,
    keyword: Vec<(Rc<str>, Scalar)>,
}

impl CallFacts for AbstractFacts {
    fn positional(&self) -> usize {
        self.positional.len()
    }

    fn positional_value(&self, index: usize) -> Scalar {
        self.positional.get(index).cloned().unwrap_or(Scalar::Unknown)
    }

    fn keywords(&self) -> usize {
        self.keyword.len()
    }

    fn keyword(&self, name: &str) -> Option<Scalar> {
        self.keyword.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.clone())
    }

    fn version(&self, package: &str) -> Option<String> {
        // SAFETY: calls are followed under the GIL.
        callee::version_of(unsafe { Python::assume_attached() }, package)
    }
}

/// Whether what a function of that name makes holds what it is given holds.
fn copies(name: &str) -> bool {
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

unsafe fn class_is_python(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the caller lends a live class.
    unsafe {
        let call = class_attribute(class, "__call__");
        !call.is_null() && ffi::Py_TYPE(call) == &raw mut ffi::PyFunction_Type
            || (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
                && !object::dictionary_of(class).is_null()
                && !object::item(object::dictionary_of(class), "__get__").is_null()
    }
}

/// Whether a class of Python's inherits no C code but that of built-in types.
unsafe fn inherits_fixed(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: bases of a ready type are live for as long as it is.
    unsafe {
        let order = (*class).tp_mro;
        !order.is_null()
            && (0..ffi::PyTuple_GET_SIZE(order)).all(|at| {
                let base = ffi::PyTuple_GET_ITEM(order, at).cast::<ffi::PyTypeObject>();
                let fixed = (*base).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0;
                let dictionary = object::dictionary_of(base);
                fixed
                    || !dictionary.is_null()
                        && !object::item(dictionary, "__module__").is_null()
                        && object::item(dictionary, "__pyx_vtable__").is_null()
            })
    }
}

/// Whether a class decides by code of its own what its instances are.
unsafe fn has_own_instance_check(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: handed on from the caller.
    unsafe {
        let check = class_attribute(ffi::Py_TYPE(class.cast()), "__instancecheck__");
        !check.is_null() && ffi::Py_TYPE(check) == &raw mut ffi::PyFunction_Type
    }
}

/// A value of a root as a constant.
pub(super) unsafe fn is_constant(object: *mut ffi::PyObject, value: &Constant) -> bool {
    // SAFETY: handed on from the caller.
    unsafe { constant_of(object) }.as_ref() == Some(value)
}
