//! Call: whom a call in a followed function reaches, and what comes of it.

use std::rc::Rc;

use clew_effects::Effects;
use clew_syntax::summary::{Argument, Dispatch};
use rustc_hash::FxHashSet;

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::fact::{Condition, Holder};
use crate::value::{AbstractObject, Field, Id, PointsToSet, Site};
use crate::world::{
    Address, Callee, DescriptorPart, ObjectKind, Shape, Source, Trait, WellKnown, World,
};

/// How many calls may be under way within each other.
const MOST_NESTED: usize = 120;

impl<W: World> Engine<'_, W> {
    /// A call in the text of a function.
    pub(crate) fn call(
        &mut self,
        site: Site,
        callee: &Dispatch,
        arguments: &[Argument],
    ) -> PointsToSet {
        let arguments = self.spread(site, arguments);
        match callee {
            Dispatch::Value(slot) => {
                let callee = self.slot(site, *slot);
                self.call_values(site, &callee, &arguments)
            }
            Dispatch::Method(slot, name) => {
                let receiver = self.slot(site, *slot);
                let mut found = PointsToSet::default();
                for id in receiver.iter() {
                    found.join(&self.call_method(site, id, name, &arguments));
                }
                found
            }
            Dispatch::Super(name) => self.call_super(site, name, &arguments),
        }
    }

    pub(crate) fn call_values(
        &mut self,
        site: Site,
        callees: &PointsToSet,
        arguments: &Arguments,
    ) -> PointsToSet {
        let mut found = PointsToSet::default();
        for id in callees.iter() {
            found.join(&self.call_value(site, id, arguments));
        }
        found
    }

    pub(crate) fn call_value(&mut self, site: Site, id: Id, arguments: &Arguments) -> PointsToSet {
        match self.heap.thing(id).clone() {
            AbstractObject::Global(address) => self.call_live(site, address, None, arguments),
            AbstractObject::Parameter { root, path, live } => {
                let object = live;
                if self.world.kind(object).is_definition() {
                    self.note_callee(root, &path, object);
                    return self.call_live(site, object, None, arguments);
                }
                self.call_instance(site, id, arguments)
            }
            AbstractObject::Bound { function, receiver } => {
                self.call_live(site, function, Some(receiver), arguments)
            }
            AbstractObject::Allocation { class: Some(class), .. } => {
                if class == self.world.well_known(WellKnown::Function) {
                    // What it does when it is called was counted where it is made. What it
                    // returns is of the function around it, or was given to it.
                    return self.anything();
                }
                self.call_instance(site, id, arguments)
            }
            // A constant cannot be called, so this is never come to.
            AbstractObject::Constant(_) => self.unknown_constant(),
            AbstractObject::ReachableFrom(_)
            | AbstractObject::ReachableFromGlobal(_)
            | AbstractObject::Allocation { class: None, .. }
            | AbstractObject::Merged { .. }
            | AbstractObject::Anything => {
                let mut reached = arguments.all();
                reached.add(id);
                self.unknown(site, &reached)
            }
        }
    }

    /// Calls an instance.
    fn call_instance(&mut self, site: Site, id: Id, arguments: &Arguments) -> PointsToSet {
        let mut reached = arguments.all();
        reached.add(id);
        let Some(class) = self.class(id) else { return self.unknown(site, &reached) };
        if class == self.world.well_known(WellKnown::Method) {
            let function = self.attribute_of(site, id, "__func__");
            let receiver = self.attribute_of(site, id, "__self__");
            let (Some(function), Some(receiver)) = (function.only(), receiver.only()) else {
                return self.unknown(site, &reached);
            };
            let Some(live) = self.live(function) else {
                return self.unknown(site, &reached);
            };
            if let AbstractObject::Parameter { root, path, live } =
                self.heap.thing(function).clone()
            {
                self.note(root, &path, Condition::Is(live));
            }
            return self.call_live(site, live, Some(receiver), arguments);
        }
        if self.world.class_is(class, Trait::Partial) && self.live(id).is_some() {
            return self.call_partial(site, id, arguments);
        }
        if let Some(live) = self.live(id) {
            let wrapped = self.world.own(live, "__wrapped__");
            if let Some(wrapped) = wrapped.filter(|_| self.world.class_is(class, Trait::LruCache)) {
                match self.heap.thing(id).clone() {
                    AbstractObject::Parameter { root, path, .. } => {
                        let name = [Rc::from("__wrapped__")];
                        let path: Vec<_> = path.iter().cloned().chain(name).collect();
                        self.note(root, &path.into(), Condition::Is(wrapped));
                    }
                    _ => {
                        let name = Rc::from("__wrapped__");
                        self.pin(Holder::Attribute(live, name));
                    }
                }
                let mut found = self.call_live(site, wrapped, None, arguments);
                // It may have been returned before.
                found.join(&self.heap.held(id));
                return found;
            }
        }
        let callees = self.attribute_of(site, id, "__call__");
        let mut found = PointsToSet::default();
        for callee in callees.iter() {
            // What is called to call an instance is a function in the end.
            found.join(&match self.heap.thing(callee) {
                AbstractObject::Bound { function, receiver } => {
                    let (function, receiver) = (*function, *receiver);
                    self.call_live(site, function, Some(receiver), arguments)
                }
                _ => self.unknown(site, &reached),
            });
        }
        found
    }

    fn call_partial(&mut self, site: Site, id: Id, arguments: &Arguments) -> PointsToSet {
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

    /// `x.name(…)`.
    fn call_method(
        &mut self,
        site: Site,
        id: Id,
        name: &str,
        arguments: &Arguments,
    ) -> PointsToSet {
        let mut reached = arguments.all();
        reached.add(id);
        match self.heap.thing(id) {
            AbstractObject::Constant(_) => return self.of_atom(site, arguments),
            AbstractObject::Anything
            | AbstractObject::ReachableFrom(_)
            | AbstractObject::ReachableFromGlobal(_)
            | AbstractObject::Merged { .. }
            | AbstractObject::Allocation { class: None, .. } => {
                let facts = self.facts_of(arguments);
                return match self.world.method_anywhere(name, &facts) {
                    Some(effects) => {
                        let one = PointsToSet::one(id);
                        let mut value = self.apply(site, &effects, &one, arguments);
                        // It may be of a class that means something else by it.
                        for class in self.classes_within(id) {
                            if let Some(method) = self.method(class, name) {
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

    /// A new container holds what another one holds, or what that is made of.
    pub(crate) fn keep(&mut self, made: &PointsToSet, of: &PointsToSet) {
        let (mut held, mut looked_into) = (Vec::new(), FxHashSet::default());
        for id in of.iter() {
            let one = self.heap.held(id);
            for part in one.iter().filter(|&part| looked_into.insert(part)) {
                held.extend(self.heap.held(part).iter());
            }
            held.extend(one.iter());
        }
        let held = PointsToSet::of(held);
        for id in made.iter() {
            self.heap.hold(id, Field::Somewhere, &held);
        }
    }

    /// A method of a number or text: what it is given stays as it is.
    pub(crate) fn of_atom(&mut self, site: Site, arguments: &Arguments) -> PointsToSet {
        let made = self.made(None, site);
        let mut held = PointsToSet::default();
        for id in arguments.all().iter() {
            held.join(&self.heap.held(id));
            held.add(id);
        }
        for id in made.iter() {
            self.heap.hold(id, Field::Somewhere, &held);
        }
        made
    }

    fn call_super(&mut self, site: Site, name: &str, arguments: &Arguments) -> PointsToSet {
        let frame = &self.frames[site.0 as usize];
        let function = frame.function;
        let first = frame.slots.first().cloned().unwrap_or_default();
        let mut reached = arguments.all();
        reached.join(&first);
        let place = self.world.free_variable(function, "__class__");
        let here = place.and_then(|place| self.pin(Holder::Cell(function, place)));
        let Some(here) = here.filter(|&here| self.world.kind(here) == ObjectKind::Class) else {
            return self.unknown(site, &reached);
        };
        let mut found = PointsToSet::default();
        for id in first.iter() {
            // In a class method the first parameter is the class.
            let class = match self.live(id) {
                Some(live) if self.world.kind(live) == ObjectKind::Class => Some(live),
                _ => self.class(id),
            };
            let class = class.unwrap_or(here);
            self.pin_class(class);
            let Some(method) = self.world.lookup_after(class, here, name) else {
                found.join(&self.unknown(site, &reached));
                continue;
            };
            let (method, receiver) = match self.world.kind(method) {
                ObjectKind::StaticMethod => {
                    (self.world.part(method, DescriptorPart::Function), None)
                }
                ObjectKind::ClassMethod => {
                    (self.world.part(method, DescriptorPart::Function), Some(id))
                }
                _ => (Some(method), Some(id)),
            };
            if let Some(method) = method {
                found.join(&self.call_live(site, method, receiver, arguments));
            }
        }
        found
    }

    /// A call of a live callable; of a method, with its receiver.
    pub(crate) fn call_live(
        &mut self,
        site: Site,
        callable: Address,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> PointsToSet {
        if self.over {
            return PointsToSet::default();
        }
        self.step_on();
        if self.nesting >= MOST_NESTED {
            let mut given = arguments.all();
            given.join(&receiver.map(PointsToSet::one).unwrap_or_default());
            given.join(&self.anything());
            return self.unknown(site, &given);
        }
        self.nesting += 1;
        let value = self.call_one(site, callable, receiver, arguments);
        self.nesting -= 1;
        value
    }

    fn call_one(
        &mut self,
        site: Site,
        callable: Address,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> PointsToSet {
        let callee = self.world.callee(callable);
        let mut receiver = receiver;
        if let (None, Some(bound_to)) = (receiver, callee.receiver)
            && callee.shape != Shape::Other
        {
            receiver = self.shared(bound_to).only();
        }
        // The program's own code has probes of its own.
        if callee.is_of_program {
            return self.anything();
        }
        if let Some(value) = self.intrinsic(site, &callee, receiver, arguments) {
            return value;
        }
        if let Some(effects) = self.rule(&callee, receiver, arguments) {
            return self.call_ruled(site, &callee, receiver, (&effects, arguments));
        }
        let full = match receiver {
            Some(receiver) => arguments.with_first(PointsToSet::one(receiver)),
            None => arguments.clone(),
        };
        match callee.shape {
            Shape::Function => {
                let function = callee.function;
                match self.world.source(function) {
                    Source::Known(summary) => self.enter(site, function, &summary, &full),
                    Source::Generated(names) => self.generated(site, &names, &full),
                    Source::Unknown => {
                        self.may_change_outside(function);
                        let mut reached = full.all();
                        reached.join(&self.anything());
                        self.unknown(site, &reached)
                    }
                }
            }
            Shape::Class => self.construct(site, callee.function, arguments),
            Shape::Builtin | Shape::Descriptor => self.built_in(site, &callee, receiver, &full),
            Shape::Other => {
                let id = receiver.or_else(|| self.shared(callable).only());
                let class = self.world.class_of(callable);
                let followed = [Trait::CalledInPython, Trait::Partial, Trait::LruCache]
                    .into_iter()
                    .any(|which| self.world.class_is(class, which));
                match id.filter(|_| followed) {
                    Some(id) => self.call_instance(site, id, arguments),
                    None => self.unknown(site, &full.all()),
                }
            }
        }
    }

    /// A call that a rule speaks of.
    fn call_ruled(
        &mut self,
        site: Site,
        callee: &Callee,
        receiver: Option<Id>,
        (effects, arguments): (&Effects, &Arguments),
    ) -> PointsToSet {
        let first = receiver.map(PointsToSet::one).unwrap_or_default();
        let value = self.apply(site, effects, &first, arguments);
        let name = self.world.name(callee.function);
        let given = arguments.all();
        let runs: &[&str] = match name.as_str() {
            "str" | "print" | "format" => &["__str__", "__repr__", "__format__"],
            "bool" => &["__bool__", "__len__"],
            "next" => &["__next__"],
            _ => &[],
        };
        self.protocol(site, &given, runs, &[]);
        if name == "next" {
            self.moves_on(arguments);
        }
        if gathers(&name) {
            let mut kept = given.clone();
            kept.join(&first);
            for id in given.iter() {
                kept.join(&self.protocol(site, &PointsToSet::one(id), &["__iter__"], &[]));
            }
            let arrays = kept.iter().all(|id| {
                self.live(id).is_some_and(|live| {
                    self.world.class_is(self.world.class_of(live), Trait::OfNumpy)
                })
            });
            if !arrays {
                return self.copied(site, callee, receiver, (&kept, arguments), value);
            }
        }
        if callee.shape == Shape::Class && effects.changes.is_empty() {
            return self.made(Some(callee.function), site);
        }
        value
    }

    /// `next(x)`: whatever may be reached from what was passed is an iterator, if it is given to that.
    fn moves_on(&mut self, arguments: &Arguments) {
        for id in arguments.positional.first().into_iter().flat_map(PointsToSet::iter) {
            if let AbstractObject::ReachableFrom(_)
            | AbstractObject::ReachableFromGlobal(_)
            | AbstractObject::Anything = self.heap.thing(id)
            {
                self.heap.may_change(&PointsToSet::one(id));
            }
        }
    }

    /// A call that cannot be followed: what it can reach may change.
    pub(crate) fn unknown(&mut self, site: Site, given: &PointsToSet) -> PointsToSet {
        self.heap.may_change(given);
        self.mixed(site, given)
    }
}

/// Whether what a function of that name makes holds what it is given holds.
fn gathers(name: &str) -> bool {
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
