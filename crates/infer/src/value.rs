//! Value: what a name may stand for while a function is followed.

use std::rc::Rc;

use clew_graph::Literal;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::world::Address;

/// A thing in the [`Heap`].
pub(crate) type Id = u32;

/// Where in a followed function something was made.
pub(crate) type Site = (u32, u32);

/// What a name may stand for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum AbstractObject {
    /// What was passed, or an attribute of it, as it was at the call. The path is one of attributes.
    Parameter { root: u32, path: Rc<[Rc<str>]>, live: Address },
    /// Anything that can be reached from what was passed.
    ReachableFrom(u32),
    /// An object that modules, classes or closures hold.
    Global(Address),
    /// Anything that can be reached from it.
    ReachableFromGlobal(Address),
    /// What the call makes; its class, where that is known.
    Allocation { class: Option<Address>, at: Site },
    /// One of the things that it holds, or anything that can be reached from them, or new.
    Merged { at: Site },
    /// A value that never changes and holds nothing: this one, where that is known and looked at.
    Constant(Option<Literal>),
    /// A method, bound to its receiver.
    Bound { function: Address, receiver: Id },
    /// Nothing is known of it.
    Anything,
}

/// Where one thing holds another.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Attribute(Rc<str>),
    Key(Rc<str>),
    Position(u32),
    Somewhere,
    /// An attribute that was deleted; what it holds says no more.
    Removed(Rc<str>),
}

/// Things that a name may stand for, in order.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct PointsToSet(Vec<Id>);

impl PointsToSet {
    pub(crate) fn one(id: Id) -> Self {
        Self(vec![id])
    }

    /// Things in any order, some of them maybe several times.
    pub(crate) fn of(mut ids: Vec<Id>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        Self(ids)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Id> + '_ {
        self.0.iter().copied()
    }

    pub(crate) fn only(&self) -> Option<Id> {
        match self.0[..] {
            [id] => Some(id),
            _ => None,
        }
    }

    pub(crate) fn contains(&self, id: Id) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    /// Adds a thing; whether it is new.
    pub(crate) fn add(&mut self, id: Id) -> bool {
        match self.0.binary_search(&id) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, id);
                true
            }
        }
    }

    fn remove(&mut self, id: Id) {
        if let Ok(at) = self.0.binary_search(&id) {
            self.0.remove(at);
        }
    }

    /// Adds all of another set; whether one is new.
    pub(crate) fn join(&mut self, other: &Self) -> bool {
        let before = self.0.len();
        if before == 0 {
            self.0.clone_from(&other.0);
        } else if !self.contains_all(other) {
            self.0 = merged(&self.0, &other.0);
        }
        self.0.len() > before
    }

    fn contains_all(&self, other: &Self) -> bool {
        /// By how much a set has to be larger than another for a search of each thing to pay.
        const MUCH_LARGER: usize = 8;
        if other.0.len() > self.0.len() {
            return false;
        }
        if other.0.len() * MUCH_LARGER < self.0.len() {
            return other.0.iter().all(|&id| self.contains(id));
        }
        let mut own = self.0.iter();
        other.0.iter().all(|id| own.find(|&own| own >= id) == Some(id))
    }
}

/// Two lists that are in order as one, without what stands in both twice.
fn merged(one: &[Id], other: &[Id]) -> Vec<Id> {
    let mut all = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one.iter().copied().peekable(), other.iter().copied().peekable());
    loop {
        let next = match (one.peek(), other.peek()) {
            (Some(a), Some(b)) if a == b => {
                one.next();
                other.next()
            }
            (Some(a), Some(b)) if a < b => one.next(),
            (Some(_), None) => one.next(),
            _ => other.next(),
        };
        match next {
            Some(id) => all.push(id),
            None => return all,
        }
    }
}

/// All things, what they hold, and what happened to them.
#[derive(Default)]
pub(crate) struct Heap {
    things: Vec<AbstractObject>,
    ids: FxHashMap<AbstractObject, Id>,
    held: FxHashMap<Id, Vec<(Field, PointsToSet)>>,
    /// How long tuples are.
    lengths: FxHashMap<Id, usize>,
    /// What the functions change.
    changed: PointsToSet,
    /// What they change with everything that can be reached from it.
    changed_deeply: PointsToSet,
    /// What calls were given that cannot be followed.
    unknown_changes: PointsToSet,
    /// Which functions looked at what a thing holds.
    readers: std::cell::RefCell<FxHashMap<Id, Vec<u32>>>,
    /// The function that is being gone through.
    pub(crate) reader: u32,
    /// Functions that are to be gone through once more.
    pub(crate) woken: Vec<u32>,
}

impl Heap {
    pub(crate) fn id(&mut self, thing: AbstractObject) -> Id {
        if let Some(&id) = self.ids.get(&thing) {
            return id;
        }
        let id = self.things.len() as Id;
        self.things.push(thing.clone());
        self.ids.insert(thing, id);
        id
    }

    pub(crate) fn thing(&self, id: Id) -> &AbstractObject {
        &self.things[id as usize]
    }

    pub(crate) fn set_length(&mut self, id: Id, length: usize) {
        self.lengths.insert(id, length);
    }

    pub(crate) fn forget_length(&mut self, id: Id) {
        if self.lengths.remove(&id).is_some()
            && let Some(readers) = self.readers.get_mut().get(&id)
        {
            self.woken.extend(readers);
        }
    }

    pub(crate) fn length(&self, id: Id) -> Option<usize> {
        self.note_reader(id);
        self.lengths.get(&id).copied()
    }

    /// Notes that a thing may hold others.
    pub(crate) fn hold(&mut self, id: Id, field: Field, values: &PointsToSet) {
        if values.is_empty() {
            return;
        }
        if let AbstractObject::Parameter { root, .. } = *self.thing(id) {
            // It can be got at from the root as well.
            let within = self.id(AbstractObject::ReachableFrom(root));
            self.hold(within, Field::Somewhere, values);
        }
        let known = self.held.get(&id).into_iter().flatten().find(|(known, _)| *known == field);
        if known.is_some_and(|(_, known)| known.contains_all(values)) {
            return;
        }
        let mut values = values.clone();
        values.remove(id);
        if values.is_empty() {
            return;
        }
        let fields = self.held.entry(id).or_default();
        let grew = match fields.iter_mut().find(|(known, _)| *known == field) {
            Some((_, known)) => known.join(&values),
            None => {
                fields.push((field, values));
                true
            }
        };
        if grew && let Some(readers) = self.readers.get_mut().get(&id) {
            self.woken.extend(readers);
        }
    }

    fn note_reader(&self, id: Id) {
        let mut readers = self.readers.borrow_mut();
        let readers = readers.entry(id).or_default();
        if !readers.contains(&self.reader) {
            readers.push(self.reader);
        }
    }

    /// What was put into a field of a thing.
    pub(crate) fn field(&self, id: Id, field: &Field) -> Option<&PointsToSet> {
        self.note_reader(id);
        let fields = self.held.get(&id)?;
        fields.iter().find(|(known, _)| known == field).map(|(_, values)| values)
    }

    pub(crate) fn fields(&self, id: Id) -> &[(Field, PointsToSet)] {
        self.note_reader(id);
        self.held.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Everything that a thing may hold itself.
    pub(crate) fn held(&mut self, id: Id) -> PointsToSet {
        let mut all = match self.fields(id) {
            [] => PointsToSet::default(),
            [(_, values)] => values.clone(),
            fields => {
                let held = fields.iter().flat_map(|(_, values)| values.iter());
                PointsToSet::of(held.collect())
            }
        };
        match *self.thing(id) {
            AbstractObject::Parameter { root, .. } | AbstractObject::ReachableFrom(root) => {
                all.add(self.id(AbstractObject::ReachableFrom(root)));
            }
            AbstractObject::Global(address) | AbstractObject::ReachableFromGlobal(address) => {
                all.add(self.id(AbstractObject::ReachableFromGlobal(address)));
            }
            AbstractObject::Bound { receiver, .. } => {
                all.add(receiver);
            }
            AbstractObject::Anything => {
                all.add(id);
            }
            AbstractObject::Allocation { .. }
            | AbstractObject::Merged { .. }
            | AbstractObject::Constant(_) => {}
        }
        all
    }

    /// Things and everything that can be reached from them.
    pub(crate) fn reach(&mut self, from: &PointsToSet) -> PointsToSet {
        let mut found = PointsToSet::default();
        let mut seen = FxHashSet::default();
        let mut open: Vec<Id> = from.iter().collect();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            found.0.push(id);
            open.extend(self.held(id).iter());
        }
        found.0.sort_unstable();
        found
    }

    pub(crate) fn change(&mut self, id: Id) {
        match self.thing(id) {
            AbstractObject::Constant(_) | AbstractObject::Allocation { .. } => false,
            AbstractObject::Merged { .. } => self.changed_deeply.add(id),
            _ => self.changed.add(id),
        };
    }

    pub(crate) fn change_deeply(&mut self, ids: &PointsToSet) {
        self.changed_deeply.join(ids);
    }

    pub(crate) fn may_change(&mut self, ids: &PointsToSet) {
        self.unknown_changes.join(ids);
    }

    /// All that changes, and all that may change besides.
    pub(crate) fn outcome(&mut self) -> (PointsToSet, PointsToSet) {
        let mut changed = self.reach(&self.changed_deeply.clone());
        changed.join(&self.changed);
        (changed, self.reach(&self.unknown_changes.clone()))
    }
}
