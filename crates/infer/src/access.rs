//! Access: what attributes, items and iteration lead to.

use std::rc::Rc;

use clew_graph::Literal;

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::fact::{Condition, Holder};
use crate::value::{AbstractObject, Field, Id, PointsToSet, Site};
use crate::world::{Address, DescriptorPart, ObjectKind, Trait, WellKnown, World};

impl<W: World> Engine<'_, W> {
    /// `x.name`.
    pub(crate) fn attribute(&mut self, site: Site, of: &PointsToSet, name: &str) -> PointsToSet {
        let mut found = PointsToSet::default();
        for id in of.iter() {
            found.join(&self.attribute_of(site, id, name));
        }
        found
    }

    pub(crate) fn attribute_of(&mut self, site: Site, id: Id, name: &str) -> PointsToSet {
        let mut found = PointsToSet::default();
        if let Some(stored) = self.heap.field(id, &Field::Attribute(name.into())) {
            found.join(&stored.clone());
        }
        self.hook(site, id, "__getattribute__", name, &mut found);
        // What was put there by another name, or by way of what may be it.
        if let AbstractObject::Parameter { .. }
        | AbstractObject::Global(_)
        | AbstractObject::Allocation { class: Some(_), .. } = self.heap.thing(id)
        {
            let anything = self.heap.id(AbstractObject::Anything);
            let field = Field::Attribute(name.into());
            let elsewhere = self.heap.field(anything, &field).cloned();
            found.join(&elsewhere.unwrap_or_default());
            let somewhere = self.heap.field(id, &Field::Somewhere).cloned();
            if let (Some(somewhere), Some(class)) = (somewhere, self.class(id))
                && !self.world.class_is(class, Trait::Filled)
            {
                found.join(&somewhere);
            }
        }
        let stored = !found.is_empty();
        match self.heap.thing(id).clone() {
            AbstractObject::Constant(_) => found.join(&self.unknown_constant()),
            AbstractObject::Merged { .. } => {
                self.properties_within(site, id, name, &mut found);
                found.add(id)
            }
            AbstractObject::Anything
            | AbstractObject::ReachableFrom(_)
            | AbstractObject::ReachableFromGlobal(_) => {
                self.properties_within(site, id, name, &mut found);
                found.join(&self.heap.held(id))
            }
            AbstractObject::Bound { receiver, .. } => match name {
                "__self__" => found.add(receiver),
                _ => found.join(&self.unknown_constant()),
            },
            AbstractObject::Parameter { root, path, live } => {
                match self.passed_attribute(site, id, root, &path, live, name) {
                    Some(value) => found.join(&value),
                    None if stored => false,
                    None => found.join(&self.heap.held(id)),
                }
            }
            AbstractObject::Global(address) => {
                let value = self.shared_attribute(site, id, address, name);
                found.join(&value)
            }
            AbstractObject::Allocation { class: None, .. } => {
                // A view of an array is the array, as far as changes go.
                found.add(id);
                found.join(&self.heap.held(id))
            }
            AbstractObject::Allocation { class: Some(class), .. } => {
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

    /// What a value that was passed had under a name at the call; `None` where nothing is seen.
    fn passed_attribute(
        &mut self,
        site: Site,
        id: Id,
        root: u32,
        path: &Rc<[Rc<str>]>,
        live: Address,
        name: &str,
    ) -> Option<PointsToSet> {
        if let ObjectKind::Module | ObjectKind::Class = self.world.kind(live) {
            self.note(root, path, Condition::Is(live));
            return Some(self.shared_attribute(site, id, live, name));
        }
        let class = self.world.class_of(live);
        self.note(root, path, Condition::of_class(self.world, class));
        match name {
            "__dict__" => return Some(PointsToSet::one(id)),
            "__class__" => return Some(self.shared(class)),
            _ => {}
        }
        let longer: Rc<[Rc<str>]> =
            path.iter().cloned().chain([Rc::from(name)]).collect::<Vec<_>>().into();
        let own = self.world.own(live, name);
        let in_class = self.world.lookup(class, name);
        let overrides = in_class.is_some_and(|held| self.comes_first(held));
        if let Some(own) = own.filter(|_| !overrides) {
            return Some(PointsToSet::one(self.passed(root, &longer, own)));
        }
        if !overrides {
            self.note(root, &longer, Condition::Absent);
        }
        self.of_class(site, id, class, name)
    }

    /// What an object that modules hold has under a name.
    fn shared_attribute(&mut self, site: Site, id: Id, object: Address, name: &str) -> PointsToSet {
        let kind = self.world.kind(object);
        if kind == ObjectKind::Module {
            let dictionary = self.world.variables(object);
            return self.held_outside(Holder::Entry(dictionary, name.into()));
        }
        if kind == ObjectKind::Class {
            self.pin_class(object);
            return self.class_attribute(site, id, object, name);
        }
        match name {
            "__class__" => return self.shared(self.world.class_of(object)),
            "__dict__" => return PointsToSet::one(id),
            _ => {}
        }
        let class = self.world.class_of(object);
        let own = self.world.own(object, name);
        let in_class = self.world.lookup(class, name);
        self.class(id);
        let overrides = in_class.is_some_and(|held| self.comes_first(held));
        if own.is_none() && !overrides {
            self.pin(Holder::Attribute(object, name.into()));
        }
        if let Some(own) = own.filter(|_| !overrides) {
            if self.world.kind(own).is_definition() {
                let holder = Holder::Attribute(object, name.into());
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

    /// What a class has under a name.
    fn class_attribute(&mut self, site: Site, id: Id, class: Address, name: &str) -> PointsToSet {
        let Some(found) = self.world.lookup(class, name) else {
            let of_kind = self.of_class(site, id, self.world.class_of(class), name);
            return of_kind.unwrap_or_else(|| self.unknown_constant());
        };
        match self.world.kind(found) {
            ObjectKind::StaticMethod => {
                let inner = self.world.part(found, DescriptorPart::Function);
                self.shared_or_anything(inner)
            }
            ObjectKind::ClassMethod => match self.world.part(found, DescriptorPart::Function) {
                Some(function) => {
                    PointsToSet::one(self.heap.id(AbstractObject::Bound { function, receiver: id }))
                }
                None => self.anything(),
            },
            _ => {
                self.reads_class(class);
                self.shared(found)
            }
        }
    }

    /// Notes that what a class keeps itself is looked at.
    fn reads_class(&mut self, class: Address) {
        if self.world.class_is(class, Trait::Dynamic) {
            self.reads.insert(class);
        }
    }

    /// What instances of a class have under a name by way of the class.
    pub(crate) fn of_class(
        &mut self,
        site: Site,
        id: Id,
        class: Address,
        name: &str,
    ) -> Option<PointsToSet> {
        if name == "__class__" {
            return Some(self.shared(class));
        }
        self.pin_class(class);
        let Some(found) = self.world.lookup(class, name) else {
            let getter = self.method(class, "__getattr__")?;
            let name = self.constant(Literal::Str(name.to_owned()));
            let arguments = Arguments::positional([name]);
            return Some(self.call_live(site, getter, Some(id), &arguments));
        };
        let class_of_found = self.world.class_of(found);
        match self.world.kind(found) {
            ObjectKind::Function | ObjectKind::NativeMethod => {
                return Some(PointsToSet::one(
                    self.heap.id(AbstractObject::Bound { function: found, receiver: id }),
                ));
            }
            ObjectKind::StaticMethod => {
                let inner = self.world.part(found, DescriptorPart::Function);
                return Some(self.shared_or_anything(inner));
            }
            ObjectKind::ClassMethod => {
                let receiver = self.shared(class).only()?;
                let function = self.world.part(found, DescriptorPart::Function)?;
                return Some(PointsToSet::one(
                    self.heap.id(AbstractObject::Bound { function, receiver }),
                ));
            }
            ObjectKind::Property => {
                return Some(match self.world.part(found, DescriptorPart::Getter) {
                    Some(getter) => self.call_live(site, getter, Some(id), &Arguments::default()),
                    None => self.unknown_constant(),
                });
            }
            ObjectKind::Member | ObjectKind::NativeAttribute => {
                let mut value = self.heap.held(id);
                value.add(id);
                return Some(value);
            }
            _ => {}
        }
        if self.world.class_is(class_of_found, Trait::MakesFunctions) {
            return Some(PointsToSet::one(
                self.heap.id(AbstractObject::Bound { function: found, receiver: id }),
            ));
        }
        if self.world.class_is(class_of_found, Trait::Descriptor) {
            return Some(self.described(site, id, class, found));
        }
        self.reads_class(class);
        Some(self.shared(found))
    }

    /// What a descriptor that a class holds gives for an instance.
    fn described(
        &mut self,
        site: Site,
        id: Id,
        class: Address,
        descriptor: Address,
    ) -> PointsToSet {
        let kind = self.world.class_of(descriptor);
        if self.world.class_is(kind, Trait::CachedProperty) {
            self.heap.change(id);
        } else if let Some(getter) = self.method(kind, "__get__") {
            let (descriptor, owner) = (self.shared(descriptor), self.shared(class));
            let arguments = Arguments::positional([PointsToSet::one(id), owner]);
            return self.call_live(site, getter, descriptor.only(), &arguments);
        }
        // One of another make: what it wraps is called in the end.
        let wrapped = self.world.own(descriptor, "func");
        if let Some(wrapped) = wrapped.filter(|&it| self.world.kind(it).is_definition()) {
            let mut value = self.call_live(site, wrapped, Some(id), &Arguments::default());
            value.join(&self.heap.held(id));
            return value;
        }
        let mut reached = PointsToSet::one(id);
        reached.join(&self.heap.held(id));
        self.unknown(site, &reached)
    }

    /// `x[i]`.
    pub(crate) fn item(
        &mut self,
        site: Site,
        of: &PointsToSet,
        index: &PointsToSet,
    ) -> PointsToSet {
        let mut found = PointsToSet::default();
        for id in of.iter() {
            if self.item_put_there(id, index, &mut found) {
                continue;
            }
            if matches!(self.heap.thing(id), AbstractObject::Merged { .. }) {
                found.add(id);
                continue;
            }
            let key = index.only().map(|index| self.heap.thing(index).clone());
            if let AbstractObject::Global(address) = *self.heap.thing(id)
                && let Some(AbstractObject::Constant(Some(Literal::Str(key)))) = key
                && address == self.world.well_known(WellKnown::Modules)
            {
                // A module that was not imported is an exception.
                if let Some(module) = self.world.held(&Holder::Entry(address, key.into())) {
                    found.join(&self.shared(module));
                }
                continue;
            }
            let class = self.class(id);
            if let Some(getter) = class.and_then(|class| self.method(class, "__getitem__")) {
                let arguments = Arguments::positional([index.clone()]);
                found.join(&self.call_live(site, getter, Some(id), &arguments));
                continue;
            }
            if class.is_some_and(|class| self.world.lookup(class, "__missing__").is_some()) {
                // It makes what it has not.
                self.heap.change(id);
                self.protocol(
                    site,
                    &PointsToSet::one(id),
                    &["__missing__"],
                    std::slice::from_ref(index),
                );
            }
            found.join(&self.heap.held(id));
            match class {
                // A part of a list is a new list.
                Some(class) if self.world.class_is(class, Trait::Container) => {
                    found.join(&self.made(None, site));
                }
                Some(class) if class == self.world.well_known(WellKnown::Str) => {
                    found.join(&self.unknown_constant());
                }
                // A part of an array is the array.
                _ => {
                    found.add(id);
                }
            }
        }
        found
    }

    /// What was put under just this index into what the call makes; whether anything was.
    fn item_put_there(&mut self, id: Id, index: &PointsToSet, found: &mut PointsToSet) -> bool {
        let field = match index.only().map(|index| self.heap.thing(index)) {
            Some(AbstractObject::Constant(Some(Literal::Int(at)))) => {
                u32::try_from(*at).ok().map(Field::Position)
            }
            Some(AbstractObject::Constant(Some(Literal::Str(key)))) => {
                Some(Field::Key(key.as_str().into()))
            }
            _ => None,
        };
        let Some(field) = field else { return false };
        let value = self.heap.field(id, &field).cloned();
        let somewhere = self.heap.field(id, &Field::Somewhere).cloned();
        let (AbstractObject::Allocation { .. }, Some(value)) = (self.heap.thing(id), value) else {
            return false;
        };
        found.join(&value);
        found.join(&somewhere.unwrap_or_default());
        true
    }

    /// What iterating over a value gives.
    pub(crate) fn iterate(&mut self, site: Site, of: &PointsToSet) -> PointsToSet {
        let mut found = PointsToSet::default();
        for id in of.iter() {
            let Some(class) = self.class(id) else {
                found.add(id);
                if !matches!(self.heap.thing(id), AbstractObject::Merged { .. }) {
                    found.join(&self.heap.held(id));
                }
                continue;
            };
            if let Some(live) = self.live(id)
                && self.world.is_iterator(live)
            {
                self.heap.change(id);
            }
            for (name, then) in [("__iter__", "__next__"), ("__next__", ""), ("__getitem__", "")] {
                let Some(method) = self.method(class, name) else { continue };
                let arguments = match name {
                    "__getitem__" => Arguments::positional([self.unknown_constant()]),
                    _ => Arguments::default(),
                };
                let value = self.call_live(site, method, Some(id), &arguments);
                if then.is_empty() {
                    found.join(&value);
                    break;
                }
                for iterator in value.iter().filter(|&other| other != id).collect::<Vec<_>>() {
                    if !matches!(self.heap.thing(iterator), AbstractObject::Allocation { .. }) {
                        self.heap.change(iterator);
                    }
                    found.join(&self.heap.held(iterator));
                }
                if !value.contains(id) {
                    break;
                }
            }
            found.join(&self.heap.held(id));
            if !self.world.class_is(class, Trait::Container) && !self.heap.held(id).is_empty() {
                found.add(id);
            }
            if found.is_empty() {
                found.join(&self.made(None, site));
            }
        }
        found
    }

    /// What stands at a position when a value is unpacked.
    pub(crate) fn unpack(
        &mut self,
        site: Site,
        of: &PointsToSet,
        position: Option<usize>,
    ) -> PointsToSet {
        let mut found = PointsToSet::default();
        for id in of.iter() {
            if let Some(position) = position
                && matches!(self.heap.thing(id), AbstractObject::Allocation { .. })
            {
                let exact = self.heap.field(id, &Field::Position(position as u32)).cloned();
                if let Some(values) = exact {
                    found.join(&values);
                    let rest = self.heap.field(id, &Field::Somewhere).cloned();
                    found.join(&rest.unwrap_or_default());
                    continue;
                }
            }
            found.join(&self.iterate(site, &PointsToSet::one(id)));
        }
        found
    }

    /// What `with` gives; its manager is entered and left.
    pub(crate) fn manage(&mut self, site: Site, of: &PointsToSet) -> PointsToSet {
        let mut found = PointsToSet::default();
        for id in of.iter() {
            let class = self.class(id);
            let mut followed = false;
            if let Some(class) = class {
                for name in ["__enter__", "__exit__"] {
                    let Some(method) = self.method(class, name) else { continue };
                    let arguments = match name {
                        "__exit__" => {
                            let none = self.unknown_constant();
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
                if !matches!(self.heap.thing(id), AbstractObject::Merged { .. }) {
                    found.join(&self.heap.held(id));
                }
            }
        }
        found
    }

    /// `x.name = value` or `x[…] = value`.
    pub(crate) fn set(
        &mut self,
        site: Site,
        of: &PointsToSet,
        name: Option<&str>,
        value: &PointsToSet,
    ) {
        for id in of.iter() {
            let class = self.class(id);
            if let Some(name) = name {
                let text = self.constant(Literal::Str(name.to_owned()));
                let one = PointsToSet::one(id);
                self.protocol(site, &one, &["__setattr__"], &[text, value.clone()]);
                if let Some(found) = class.and_then(|class| self.world.lookup(class, name))
                    && let Some(setter) = self.method(self.world.class_of(found), "__set__")
                {
                    let descriptor = self.shared(found).only();
                    let arguments = Arguments::positional([one, value.clone()]);
                    self.call_live(site, setter, descriptor, &arguments);
                }
                if let AbstractObject::ReachableFrom(_)
                | AbstractObject::ReachableFromGlobal(_)
                | AbstractObject::Merged { .. }
                | AbstractObject::Allocation { class: None, .. } = self.heap.thing(id)
                {
                    // It may be any of those of which more is known.
                    let anything = self.heap.id(AbstractObject::Anything);
                    self.heap.hold(anything, Field::Attribute(name.into()), value);
                }
            }
            let setter = class.and_then(|class| match name {
                Some(name) => self.property_part(class, name, DescriptorPart::Setter),
                None => self.world.lookup(class, "__setitem__"),
            });
            if let Some(setter) = setter.filter(|&it| self.world.kind(it) == ObjectKind::Function) {
                let arguments = match name {
                    Some(_) => Arguments::positional([value.clone()]),
                    None => {
                        let key = self.unknown_constant();
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

    /// `del x.name` or `del x[…]`.
    pub(crate) fn delete(&mut self, site: Site, of: &PointsToSet, name: Option<&str>) {
        let key = match name {
            Some(name) => self.constant(Literal::Str(name.to_owned())),
            None => self.unknown_constant(),
        };
        let method = if name.is_some() { "__delattr__" } else { "__delitem__" };
        self.protocol(site, of, &[method], &[key]);
        for id in of.iter() {
            if let (Some(name), Some(class)) = (name, self.class(id)) {
                if let Some(deleter) = self.property_part(class, name, DescriptorPart::Deleter) {
                    self.call_live(site, deleter, Some(id), &Arguments::default());
                }
                let mark = self.constant(Literal::None);
                self.heap.hold(id, Field::Removed(name.into()), &mark);
            }
            self.heap.change(id);
        }
    }

    /// Runs the methods of these names that classes write out in Python.
    pub(crate) fn protocol(
        &mut self,
        site: Site,
        of: &PointsToSet,
        names: &[&str],
        given: &[PointsToSet],
    ) -> PointsToSet {
        let mut found = PointsToSet::default();
        for id in of.iter() {
            let Some(class) = self.written_class(id) else { continue };
            for name in names {
                let Some(method) = self.method(class, name) else { continue };
                let arguments = Arguments::positional(given.iter().cloned());
                found.join(&self.call_live(site, method, Some(id), &arguments));
            }
        }
        found
    }

    /// The class of a thing, if it is one that a program or library without rules wrote in Python.
    fn written_class(&mut self, id: Id) -> Option<Address> {
        let class = match self.heap.thing(id).clone() {
            AbstractObject::Parameter { root, path, live } => {
                let class = self.world.class_of(live);
                if !self.world.class_is(class, Trait::Dynamic) {
                    self.note(root, &path, Condition::Fixed);
                    return None;
                }
                self.class(id)?
            }
            AbstractObject::Global(_) | AbstractObject::Allocation { class: Some(_), .. } => {
                self.class(id)?
            }
            _ => return None,
        };
        self.world.class_is(class, Trait::Followed).then_some(class)
    }

    /// A method of a class that is written in Python.
    pub(crate) fn method(&self, class: Address, name: &str) -> Option<Address> {
        self.world.lookup(class, name).filter(|&it| self.world.kind(it) == ObjectKind::Function)
    }

    /// A part of the property that a class has under a name.
    fn property_part(&self, class: Address, name: &str, part: DescriptorPart) -> Option<Address> {
        let property = self.world.lookup(class, name)?;
        (self.world.kind(property) == ObjectKind::Property)
            .then(|| self.world.part(property, part))
            .flatten()
    }

    fn hook(&mut self, site: Site, id: Id, hook: &str, name: &str, found: &mut PointsToSet) {
        let name = self.constant(Literal::Str(name.to_owned()));
        found.join(&self.protocol(site, &PointsToSet::one(id), &[hook], &[name]));
    }

    /// The classes, written in Python, of what can be reached from a thing of which no more is known.
    pub(crate) fn classes_within(&mut self, id: Id) -> Vec<Address> {
        let mut found = Vec::new();
        for id in self.heap.reach(&PointsToSet::one(id)).iter() {
            let (inside, fact) = match self.heap.thing(id).clone() {
                AbstractObject::Parameter { root, .. } | AbstractObject::ReachableFrom(root) => {
                    let inside = self.world.inside(self.roots[root as usize]);
                    self.note(root, &Rc::from([]), Condition::Inside(inside.clone()));
                    (inside, None)
                }
                AbstractObject::Global(address) | AbstractObject::ReachableFromGlobal(address) => {
                    let inside = self.world.inside(address);
                    (inside, Some(Holder::Object(address)))
                }
                _ => continue,
            };
            if let Some(holder) = fact {
                self.hold_fact(holder, Condition::Inside(inside.clone()));
            }
            for (class, _) in inside {
                if !found.contains(&class) && self.world.class_is(class, Trait::Followed) {
                    found.push(class);
                }
            }
        }
        found
    }

    fn properties_within(&mut self, site: Site, id: Id, name: &str, found: &mut PointsToSet) {
        for class in self.classes_within(id) {
            if let Some(getter) = self.property_part(class, name, DescriptorPart::Getter) {
                found.join(&self.call_live(site, getter, Some(id), &Arguments::default()));
            }
        }
    }

    /// Whether what a class holds under a name comes before what its instances hold.
    fn comes_first(&self, held: Address) -> bool {
        let class = self.world.class_of(held);
        self.world.kind(held) == ObjectKind::Property
            || self.world.class_is(class, Trait::Dynamic)
                && self.world.lookup(class, "__set__").is_some()
    }
}
