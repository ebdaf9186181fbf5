//! Access: what attributes, items and iteration lead to.

use std::ffi::CString;
use std::rc::Rc;

use clew_syntax::summary::Constant;
use pyo3::ffi;

use super::bind::Arguments;
use super::engine::{Engine, is_definition};
use super::fact::{Fate, Holder, inside};
use super::value::{Field, Id, Set, Site, Thing};
use crate::{callee, object};

pub(crate) use clew_heap::raw::class::{class_attribute, is_partial, member, own_attribute};

impl Engine<'_, '_> {
    /// `x.name`.
    pub(super) unsafe fn attribute(&mut self, site: Site, of: &Set, name: &str) -> Set {
        let mut found = Set::default();
        for id in of.iter() {
            // SAFETY: handed on from the caller.
            found.join(&unsafe { self.attribute_of(site, id, name) });
        }
        found
    }

    pub(super) unsafe fn attribute_of(&mut self, site: Site, id: Id, name: &str) -> Set {
        // SAFETY: things refer to live objects; only dictionaries are looked into.
        unsafe {
            let mut found = Set::default();
            if let Some(stored) = self.heap.field(id, &Field::Attribute(name.into())) {
                found.join(&stored.clone());
            }
            self.hook(site, id, "__getattribute__", name, &mut found);
            // What was put there by another name, or by way of what may be it.
            if let Thing::Passed { .. } | Thing::Shared(_) | Thing::Made { class: Some(_), .. } =
                self.heap.thing(id)
            {
                let anything = self.heap.id(Thing::Anything);
                let field = Field::Attribute(name.into());
                let elsewhere = self.heap.field(anything, &field).cloned();
                found.join(&elsewhere.unwrap_or_default());
                let somewhere = self.heap.field(id, &Field::Somewhere).cloned();
                if let (Some(somewhere), Some(class)) = (somewhere, self.class(id))
                    && !self.is_filled(class)
                {
                    found.join(&somewhere);
                }
            }
            let stored = !found.is_empty();
            match self.heap.thing(id).clone() {
                Thing::Constant(_) => found.join(&self.constant(Constant::Other)),
                Thing::Mixed { .. } => {
                    self.properties_within(site, id, name, &mut found);
                    found.add(id)
                }
                Thing::Anything | Thing::Within(_) | Thing::WithinShared(_) => {
                    self.properties_within(site, id, name, &mut found);
                    found.join(&self.heap.held(id))
                }
                Thing::Bound { receiver, .. } => match name {
                    "__self__" => found.add(receiver),
                    _ => found.join(&self.constant(Constant::Other)),
                },
                Thing::Passed { root, path, live } => {
                    let live = live as *mut ffi::PyObject;
                    match self.passed_attribute(site, id, root, &path, live, name) {
                        Some(value) => found.join(&value),
                        None if stored => false,
                        None => found.join(&self.heap.held(id)),
                    }
                }
                Thing::Shared(address) => {
                    let value = self.shared_attribute(site, id, address as *mut _, name);
                    found.join(&value)
                }
                Thing::Made { class: None, .. } => {
                    // A view of an array is the array, as far as changes go.
                    found.add(id);
                    found.join(&self.heap.held(id))
                }
                Thing::Made { class: Some(class), .. } => {
                    let class = class as *mut ffi::PyTypeObject;
                    match self.of_class(site, id, class, name) {
                        Some(value) => found.join(&value),
                        None if found.is_empty() => {
                            let held = self.heap.held(id);
                            found.join(&held);
                            found.join(&self.made(None, site))
                        }
                        None => false,
                    }
                }
            };
            found
        }
    }

    /// What a value that was passed had under a name at the call; `None` where nothing is seen.
    unsafe fn passed_attribute(
        &mut self,
        site: Site,
        id: Id,
        root: u32,
        path: &Rc<[Rc<str>]>,
        live: *mut ffi::PyObject,
        name: &str,
    ) -> Option<Set> {
        // SAFETY: handed on from the caller.
        unsafe {
            if ffi::PyModule_Check(live) != 0 || ffi::PyType_Check(live) != 0 {
                self.note(root, path, Fate::Is(live as usize));
                return Some(self.shared_attribute(site, id, live, name));
            }
            let class = ffi::Py_TYPE(live);
            self.note(root, path, Fate::of_class(class));
            match name {
                "__dict__" => return Some(Set::one(id)),
                "__class__" => return Some(self.shared(class.cast())),
                _ => {}
            }
            let longer: Rc<[Rc<str>]> =
                path.iter().cloned().chain([Rc::from(name)]).collect::<Vec<_>>().into();
            let own = own_attribute(live, name);
            let in_class = class_attribute(class, name);
            let overrides = !in_class.is_null() && comes_first(in_class);
            if !own.is_null() && !overrides {
                return Some(Set::one(self.passed(root, &longer, own)));
            }
            if !overrides {
                self.note(root, &longer, Fate::Absent);
            }
            self.of_class(site, id, class, name)
        }
    }

    /// What an object that modules hold has under a name.
    unsafe fn shared_attribute(
        &mut self,
        site: Site,
        id: Id,
        object: *mut ffi::PyObject,
        name: &str,
    ) -> Set {
        // SAFETY: handed on from the caller.
        unsafe {
            if ffi::PyModule_Check(object) != 0 {
                let dictionary = ffi::PyModule_GetDict(object) as usize;
                return self.held_outside(Holder::Entry(dictionary, name.into()));
            }
            if ffi::PyType_Check(object) != 0 {
                self.pin_class(object.cast());
                let found = class_attribute(object.cast(), name);
                if found.is_null() {
                    let of_kind = self.of_class(site, id, ffi::Py_TYPE(object), name);
                    return of_kind.unwrap_or_else(|| self.constant(Constant::Other));
                }
                let kind = ffi::Py_TYPE(found);
                if kind == &raw mut ffi::PyStaticMethod_Type {
                    let inner = inner_function(found);
                    return self.shared_or_anything(inner);
                }
                if kind == &raw mut ffi::PyClassMethod_Type {
                    let function = inner_function(found) as usize;
                    return Set::one(self.heap.id(Thing::Bound { function, receiver: id }));
                }
                return self.shared(found);
            }
            match name {
                "__class__" => return self.shared(ffi::Py_TYPE(object).cast()),
                "__dict__" => return Set::one(id),
                _ => {}
            }
            let class = ffi::Py_TYPE(object);
            let own = own_attribute(object, name);
            let in_class = class_attribute(class, name);
            self.class(id);
            let overrides = !in_class.is_null() && comes_first(in_class);
            if own.is_null() && !overrides {
                self.pin(Holder::Attribute(object as usize, name.into()));
            }
            if !own.is_null() && !overrides {
                if is_definition(own) {
                    let holder = Holder::Attribute(object as usize, name.into());
                    return self.held_outside(holder);
                }
                // It may be another one at the next call.
                return self.heap.held(id);
            }
            match self.of_class(site, id, class, name) {
                Some(value) => value,
                None => self.heap.held(id),
            }
        }
    }

    /// What instances of a class have under a name by way of the class.
    pub(super) unsafe fn of_class(
        &mut self,
        site: Site,
        id: Id,
        class: *mut ffi::PyTypeObject,
        name: &str,
    ) -> Option<Set> {
        // SAFETY: handed on from the caller.
        unsafe {
            if name == "__class__" {
                return Some(self.shared(class.cast()));
            }
            self.pin_class(class);
            let found = class_attribute(class, name);
            if found.is_null() {
                let getter = class_attribute(class, "__getattr__");
                if getter.is_null() || ffi::Py_TYPE(getter) != &raw mut ffi::PyFunction_Type {
                    return None;
                }
                let name = self.constant(Constant::Str(name.to_owned()));
                let arguments = Arguments::positional([name]);
                return Some(self.call_live(site, getter, Some(id), &arguments));
            }
            let kind = ffi::Py_TYPE(found);
            let bound = |engine: &mut Self, function: *mut ffi::PyObject, receiver| {
                let function = function as usize;
                Some(Set::one(engine.heap.id(Thing::Bound { function, receiver })))
            };
            if kind == &raw mut ffi::PyFunction_Type
                || kind == &raw mut ffi::PyMethodDescr_Type
                || kind == &raw mut ffi::PyWrapperDescr_Type
                || callee::makes_functions(kind)
            {
                return bound(self, found, id);
            }
            if kind == &raw mut ffi::PyStaticMethod_Type {
                let inner = inner_function(found);
                return Some(self.shared_or_anything(inner));
            }
            if kind == &raw mut ffi::PyClassMethod_Type {
                let receiver = self.shared(class.cast()).only()?;
                return bound(self, inner_function(found), receiver);
            }
            if is_property(found) {
                let getter = member(found, c"fget");
                if getter.is_null() || getter == ffi::Py_None() {
                    return Some(self.constant(Constant::Other));
                }
                return Some(self.call_live(site, getter, Some(id), &Arguments::default()));
            }
            if kind == &raw mut ffi::PyGetSetDescr_Type || kind == &raw mut ffi::PyMemberDescr_Type
            {
                let mut value = self.heap.held(id);
                value.add(id);
                return Some(value);
            }
            if (*kind).tp_descr_get.is_some() {
                let getter = class_attribute(kind, "__get__");
                if callee::type_name(kind).1 == "cached_property" {
                    self.heap.change(id);
                } else if !getter.is_null() && ffi::Py_TYPE(getter) == &raw mut ffi::PyFunction_Type
                {
                    let (descriptor, owner) = (self.shared(found), self.shared(class.cast()));
                    let arguments = Arguments::positional([Set::one(id), owner]);
                    return Some(self.call_live(site, getter, descriptor.only(), &arguments));
                }
                // A descriptor of another make: what it wraps is called in the end.
                let wrapped = object::attribute(found, "func");
                if !wrapped.is_null() && is_definition(wrapped) {
                    let mut value = self.call_live(site, wrapped, Some(id), &Arguments::default());
                    value.join(&self.heap.held(id));
                    return Some(value);
                }
                let mut reached = Set::one(id);
                reached.join(&self.heap.held(id));
                return Some(self.unknown(site, &reached));
            }
            Some(self.shared(found))
        }
    }

    /// `x[i]`.
    pub(super) unsafe fn item(&mut self, site: Site, of: &Set, index: &Set) -> Set {
        let mut found = Set::default();
        for id in of.iter() {
            // SAFETY: handed on from the caller.
            unsafe {
                let only = index.only().map(|index| self.heap.thing(index).clone());
                let key = match &only {
                    Some(Thing::Constant(Constant::Str(key))) => Some(key.clone()),
                    _ => None,
                };
                let field = match only {
                    Some(Thing::Constant(Constant::Int(at))) => {
                        u32::try_from(at).ok().map(Field::Position)
                    }
                    Some(Thing::Constant(Constant::Str(key))) => Some(Field::Key(key.into())),
                    _ => None,
                };
                let exact = field.is_some_and(|field| {
                    let value = self.heap.field(id, &field).cloned();
                    let somewhere = self.heap.field(id, &Field::Somewhere).cloned();
                    let made = matches!(self.heap.thing(id), Thing::Made { .. });
                    let known = made && value.is_some();
                    if known {
                        found.join(&value.unwrap_or_default());
                        found.join(&somewhere.unwrap_or_default());
                    }
                    known
                });
                if exact {
                    continue;
                }
                if matches!(self.heap.thing(id), Thing::Mixed { .. }) {
                    found.add(id);
                    continue;
                }
                if let (Thing::Shared(address), Some(key)) = (self.heap.thing(id).clone(), &key)
                    && address == ffi::PyImport_GetModuleDict() as usize
                {
                    // A module that was not imported is an exception.
                    let module = object::item(address as *mut ffi::PyObject, key);
                    if !module.is_null() {
                        found.join(&self.shared(module));
                    }
                    continue;
                }
                let class = self.class(id);
                let getter = class
                    .map_or(std::ptr::null_mut(), |class| class_attribute(class, "__getitem__"));
                if !getter.is_null() && ffi::Py_TYPE(getter) == &raw mut ffi::PyFunction_Type {
                    let arguments = Arguments::positional([index.clone()]);
                    found.join(&self.call_live(site, getter, Some(id), &arguments));
                    continue;
                }
                if class.is_some_and(|class| !class_attribute(class, "__missing__").is_null()) {
                    // It makes what it has not.
                    self.heap.change(id);
                    self.protocol(
                        site,
                        &Set::one(id),
                        &["__missing__"],
                        std::slice::from_ref(index),
                    );
                }
                found.join(&self.heap.held(id));
                match class {
                    // A part of a list is a new list.
                    Some(class) if is_container(class) => {
                        found.join(&self.made(None, site));
                    }
                    Some(class) if class == &raw mut ffi::PyUnicode_Type => {
                        found.join(&self.constant(Constant::Other));
                    }
                    // A part of an array is the array.
                    _ => {
                        found.add(id);
                    }
                }
            }
        }
        found
    }

    /// What iterating over a value gives.
    pub(super) unsafe fn iterate(&mut self, site: Site, of: &Set) -> Set {
        let mut found = Set::default();
        for id in of.iter() {
            // SAFETY: handed on from the caller.
            unsafe {
                let Some(class) = self.class(id) else {
                    found.add(id);
                    if !matches!(self.heap.thing(id), Thing::Mixed { .. }) {
                        found.join(&self.heap.held(id));
                    }
                    continue;
                };
                if let Some(live) = self.live(id)
                    && ffi::PyIter_Check(live) != 0
                {
                    self.heap.change(id);
                }
                for (name, then) in
                    [("__iter__", "__next__"), ("__next__", ""), ("__getitem__", "")]
                {
                    let method = class_attribute(class, name);
                    if method.is_null() || ffi::Py_TYPE(method) != &raw mut ffi::PyFunction_Type {
                        continue;
                    }
                    let arguments = match name {
                        "__getitem__" => Arguments::positional([self.constant(Constant::Other)]),
                        _ => Arguments::default(),
                    };
                    let value = self.call_live(site, method, Some(id), &arguments);
                    if then.is_empty() {
                        found.join(&value);
                        break;
                    }
                    for iterator in value.iter().filter(|&other| other != id).collect::<Vec<_>>() {
                        if !matches!(self.heap.thing(iterator), Thing::Made { .. }) {
                            self.heap.change(iterator);
                        }
                        found.join(&self.heap.held(iterator));
                    }
                    if !value.contains(id) {
                        break;
                    }
                }
                found.join(&self.heap.held(id));
                if !is_container(class) && !self.heap.held(id).is_empty() {
                    found.add(id);
                }
                if found.is_empty() {
                    found.join(&self.made(None, site));
                }
            }
        }
        found
    }

    /// What stands at a position when a value is unpacked.
    pub(super) unsafe fn unpack(&mut self, site: Site, of: &Set, position: Option<usize>) -> Set {
        let mut found = Set::default();
        for id in of.iter() {
            if let Some(position) = position
                && matches!(self.heap.thing(id), Thing::Made { .. })
            {
                let exact = self.heap.field(id, &Field::Position(position as u32)).cloned();
                if let Some(values) = exact {
                    found.join(&values);
                    let rest = self.heap.field(id, &Field::Somewhere).cloned();
                    found.join(&rest.unwrap_or_default());
                    continue;
                }
            }
            // SAFETY: handed on from the caller.
            found.join(&unsafe { self.iterate(site, &Set::one(id)) });
        }
        found
    }

    /// What `with` gives; its manager is entered and left.
    pub(super) unsafe fn manage(&mut self, site: Site, of: &Set) -> Set {
        let mut found = Set::default();
        for id in of.iter() {
            // SAFETY: handed on from the caller.
            unsafe {
                let class = self.class(id);
                let mut followed = false;
                if let Some(class) = class {
                    for name in ["__enter__", "__exit__"] {
                        let method = class_attribute(class, name);
                        if method.is_null() || ffi::Py_TYPE(method) != &raw mut ffi::PyFunction_Type
                        {
                            continue;
                        }
                        let arguments = match name {
                            "__exit__" => {
                                let none = self.constant(Constant::Other);
                                Arguments::positional([none.clone(), none.clone(), none])
                            }
                            _ => Arguments::default(),
                        };
                        let value = self.call_live(site, method, Some(id), &arguments);
                        if name == "__enter__" {
                            followed = true;
                            found.join(&value);
                        }
                    }
                }
                if !followed {
                    self.heap.change(id);
                    found.add(id);
                    if !matches!(self.heap.thing(id), Thing::Mixed { .. }) {
                        found.join(&self.heap.held(id));
                    }
                }
            }
        }
        found
    }

    /// `x.name = value` or `x[…] = value`.
    pub(super) unsafe fn set(&mut self, site: Site, of: &Set, name: Option<&str>, value: &Set) {
        for id in of.iter() {
            // SAFETY: handed on from the caller.
            unsafe {
                let class = self.class(id);
                if let Some(name) = name {
                    let text = self.constant(Constant::Str(name.to_owned()));
                    let one = Set::one(id);
                    self.protocol(site, &one, &["__setattr__"], &[text, value.clone()]);
                    let found = class.map(|class| class_attribute(class, name));
                    if let Some(found) = found.filter(|found| !found.is_null()) {
                        let setter = class_attribute(ffi::Py_TYPE(found), "__set__");
                        if !setter.is_null()
                            && ffi::Py_TYPE(setter) == &raw mut ffi::PyFunction_Type
                        {
                            let descriptor = self.shared(found).only();
                            let arguments = Arguments::positional([one, value.clone()]);
                            self.call_live(site, setter, descriptor, &arguments);
                        }
                    }
                    if let Thing::Within(_)
                    | Thing::WithinShared(_)
                    | Thing::Mixed { .. }
                    | Thing::Made { class: None, .. } = self.heap.thing(id)
                    {
                        // It may be any of those of which more is known.
                        let anything = self.heap.id(Thing::Anything);
                        self.heap.hold(anything, Field::Attribute(name.into()), value);
                    }
                }
                let setter = class.map_or(std::ptr::null_mut(), |class| match name {
                    Some(name) => {
                        let found = class_attribute(class, name);
                        match !found.is_null() && is_property(found) {
                            true => member(found, c"fset"),
                            false => std::ptr::null_mut(),
                        }
                    }
                    None => class_attribute(class, "__setitem__"),
                });
                if !setter.is_null() && ffi::Py_TYPE(setter) == &raw mut ffi::PyFunction_Type {
                    let arguments = match name {
                        Some(_) => Arguments::positional([value.clone()]),
                        None => {
                            let key = self.constant(Constant::Other);
                            Arguments::positional([key, value.clone()])
                        }
                    };
                    self.call_live(site, setter, Some(id), &arguments);
                }
                let field = match name {
                    Some(name) => Field::Attribute(name.into()),
                    None => Field::Somewhere,
                };
                self.heap.hold(id, field, value);
                self.heap.change(id);
            }
        }
    }
}

impl Engine<'_, '_> {
    /// `del x.name` or `del x[…]`.
    pub(super) unsafe fn delete(&mut self, site: Site, of: &Set, name: Option<&str>) {
        // SAFETY: things refer to live objects.
        unsafe {
            let key = match name {
                Some(name) => self.constant(Constant::Str(name.to_owned())),
                None => self.constant(Constant::Other),
            };
            let method = if name.is_some() { "__delattr__" } else { "__delitem__" };
            self.protocol(site, of, &[method], &[key]);
            for id in of.iter() {
                if let (Some(name), Some(class)) = (name, self.class(id)) {
                    let found = class_attribute(class, name);
                    if !found.is_null() && is_property(found) {
                        let deleter = member(found, c"fdel");
                        if !deleter.is_null() && deleter != ffi::Py_None() {
                            self.call_live(site, deleter, Some(id), &Arguments::default());
                        }
                    }
                    let mark = self.constant(Constant::None);
                    self.heap.hold(id, Field::Removed(name.into()), &mark);
                }
                self.heap.change(id);
            }
        }
    }

    /// Runs the methods of these names that classes write out in Python.
    pub(super) unsafe fn protocol(
        &mut self,
        site: Site,
        of: &Set,
        names: &[&str],
        given: &[Set],
    ) -> Set {
        let mut found = Set::default();
        for id in of.iter() {
            // SAFETY: things refer to live objects.
            unsafe {
                let Some(class) = self.written_class(id) else { continue };
                for name in names {
                    let method = class_attribute(class, name);
                    if method.is_null() || ffi::Py_TYPE(method) != &raw mut ffi::PyFunction_Type {
                        continue;
                    }
                    let arguments = Arguments::positional(given.iter().cloned());
                    found.join(&self.call_live(site, method, Some(id), &arguments));
                }
            }
        }
        found
    }

    /// The class of a thing, if it is one that a program or library without rules wrote in Python.
    unsafe fn written_class(&mut self, id: Id) -> Option<*mut ffi::PyTypeObject> {
        // SAFETY: things refer to live objects.
        unsafe {
            let class = match self.heap.thing(id).clone() {
                Thing::Passed { root, path, live } => {
                    let class = ffi::Py_TYPE(live as *mut ffi::PyObject);
                    if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 {
                        self.note(root, &path, Fate::Fixed);
                        return None;
                    }
                    self.class(id)?
                }
                Thing::Shared(_) | Thing::Made { class: Some(_), .. } => self.class(id)?,
                _ => return None,
            };
            self.is_written(class).then_some(class)
        }
    }

    unsafe fn is_written(&mut self, class: *mut ffi::PyTypeObject) -> bool {
        // SAFETY: the class is live.
        unsafe {
            if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 {
                return false;
            }
            let module = callee::type_name(class).0;
            let package = module.split('.').next().unwrap_or_default();
            !self.rules.has_package(package) && !is_of_language(package)
        }
    }

    unsafe fn hook(&mut self, site: Site, id: Id, hook: &str, name: &str, found: &mut Set) {
        // SAFETY: things refer to live objects.
        unsafe {
            let name = self.constant(Constant::Str(name.to_owned()));
            found.join(&self.protocol(site, &Set::one(id), &[hook], &[name]));
        }
    }

    /// The classes, written in Python, of what can be reached from a thing of which no more is known.
    pub(super) unsafe fn classes_within(&mut self, id: Id) -> Vec<*mut ffi::PyTypeObject> {
        let mut found = Vec::new();
        for id in self.heap.reach(&Set::one(id)).iter() {
            // SAFETY: things refer to live objects.
            unsafe {
                let (inside, fact) = match self.heap.thing(id).clone() {
                    Thing::Passed { root, .. } | Thing::Within(root) => {
                        let inside = inside(self.roots[root as usize]);
                        self.note(root, &Rc::from([]), Fate::Inside(inside.clone()));
                        (inside, None)
                    }
                    Thing::Shared(address) | Thing::WithinShared(address) => {
                        let inside = inside(address as *mut ffi::PyObject);
                        (inside, Some(Holder::Object(address)))
                    }
                    _ => continue,
                };
                if let Some(holder) = fact {
                    self.hold_fact(holder, Fate::Inside(inside.clone()));
                }
                for (class, _) in inside {
                    let class = class as *mut ffi::PyTypeObject;
                    if !found.contains(&class) && self.is_written(class) {
                        found.push(class);
                    }
                }
            }
        }
        found
    }

    unsafe fn properties_within(&mut self, site: Site, id: Id, name: &str, found: &mut Set) {
        // SAFETY: things refer to live objects.
        unsafe {
            for class in self.classes_within(id) {
                let property = class_attribute(class, name);
                if !property.is_null() && is_property(property) {
                    let getter = member(property, c"fget");
                    if !getter.is_null() && getter != ffi::Py_None() {
                        let none = Arguments::default();
                        found.join(&self.call_live(site, getter, Some(id), &none));
                    }
                }
            }
        }
    }

    /// Whether instances of a class hold items apart from their attributes.
    pub(super) unsafe fn is_filled(&self, class: *mut ffi::PyTypeObject) -> bool {
        // SAFETY: the class is live.
        unsafe {
            let mapping = (*class).tp_as_mapping;
            (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0
                || is_container(class)
                || !mapping.is_null()
                    && ((*mapping).mp_subscript.is_some() || (*mapping).mp_ass_subscript.is_some())
        }
    }
}

/// Whether a package is part of Python.
fn is_of_language(package: &str) -> bool {
    // SAFETY: calls are followed under the GIL; `sys` holds the set of names.
    unsafe {
        let names = ffi::PySys_GetObject(c"stdlib_module_names".as_ptr());
        let Ok(package) = CString::new(package) else { return false };
        let package = ffi::PyUnicode_FromString(package.as_ptr());
        let known = !names.is_null() && ffi::PySequence_Contains(names, package) == 1;
        ffi::Py_XDECREF(package);
        ffi::PyErr_Clear();
        known
    }
}

/// Whether what a class holds under a name comes before what its instances hold.
unsafe fn comes_first(object: *mut ffi::PyObject) -> bool {
    // SAFETY: handed on from the caller.
    unsafe {
        let kind = ffi::Py_TYPE(object);
        is_property(object)
            || (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
                && !class_attribute(kind, "__set__").is_null()
    }
}

unsafe fn is_property(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe { ffi::PyType_IsSubtype(ffi::Py_TYPE(object), &raw mut ffi::PyProperty_Type) != 0 }
}

/// The function in a static or class method.
unsafe fn inner_function(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: handed on from the caller.
    unsafe { member(object, c"__func__") }
}

/// Whether what a class's instances hold is apart from them: built-in containers.
unsafe fn is_container(class: *mut ffi::PyTypeObject) -> bool {
    [
        &raw mut ffi::PyList_Type,
        &raw mut ffi::PyTuple_Type,
        &raw mut ffi::PyDict_Type,
        &raw mut ffi::PySet_Type,
        &raw mut ffi::PyFrozenSet_Type,
        &raw mut ffi::PyGen_Type,
        &raw mut ffi::PyRange_Type,
        &raw mut ffi::PyUnicode_Type,
    ]
    // SAFETY: the caller lends a live class.
    .iter()
    .any(|&known| unsafe { ffi::PyType_IsSubtype(class, known) } != 0)
}
