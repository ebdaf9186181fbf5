//! Holders: by which object each one was found, so that it is found again without a walk.
//!
//! What is kept is where things were, by address, and may be out of date. So it is no more than a hint: an
//! only way is checked on the live objects, from a variable down, and by their reference counts.

use rustc_hash::FxHashSet;

use crate::address::{Address, AddressMap, AddressSet};
use crate::frame::Variables;
use crate::kind::{WalkKind, is_plain_atom};
use crate::lent::Lent;
use crate::traversal::traverse;

/// How far an object is from the variable that leads to it, at most.
const LONGEST: usize = 64;
/// How many objects a holder has at most that is gone through where one is not at its place.
const MOST_HELD: usize = 1_000;

/// Which object holds each of those that a value leads to.
#[derive(Debug)]
pub struct Holders {
    /// By address.
    found: Vec<HeldObject>,
    holders: Vec<Address>,
}

/// An object that was found, in which holder, and at which place there.
#[derive(Debug)]
struct HeldObject {
    object: Address,
    holder: u32,
    place: u32,
}

impl Holders {
    /// Those of all that values lead to by the account of their classes, through `most` objects at most;
    /// `None` where there are more.
    pub fn of<'a>(
        values: impl IntoIterator<Item = Lent<'a>>,
        boundary: &AddressSet,
        most: usize,
    ) -> Option<Self> {
        let mut this = Self { found: Vec::new(), holders: Vec::new() };
        let mut seen = FxHashSet::default();
        let mut open: Vec<Lent<'a>> = values.into_iter().collect();
        seen.extend(open.iter().map(|value| value.address()));
        while let Some(holder) = open.pop() {
            let is_looked_into =
                matches!(WalkKind::of(holder), WalkKind::Container | WalkKind::Fixed);
            if boundary.contains(&holder.address()) || !is_looked_into {
                continue;
            }
            let number = u32::try_from(this.holders.len()).ok()?;
            let before = this.found.len();
            each_place(holder, |place, held| {
                // What nothing else refers to is come to once.
                let follows = !is_plain_atom(held)
                    && WalkKind::of(held) != WalkKind::Atom
                    && (held.references() == 1 || seen.insert(held.address()));
                if follows {
                    let object = held.address();
                    this.found.push(HeldObject { object, holder: number, place });
                    open.push(held);
                }
                this.found.len() <= most
            });
            if this.found.len() > most {
                return None;
            }
            if this.found.len() > before {
                this.holders.push(holder.address());
            }
        }
        this.found.sort_unstable_by_key(|found| found.object);
        this.found.shrink_to_fit();
        Some(this)
    }

    /// Which object held another, and at which place.
    fn holder(&self, object: Address) -> Option<(Address, u32)> {
        let at = self.found.binary_search_by_key(&object, |found| found.object).ok()?;
        let found = &self.found[at];
        Some((*self.holders.get(found.holder as usize)?, found.place))
    }
}

/// How objects may be come to from variables: holders that are known, and how many variables have each value
/// that matters.
#[derive(Debug)]
pub struct Ways<'h, 'a> {
    known: Vec<&'h Holders>,
    /// Values that matter and that variables have; each with how many do.
    bound: AddressMap<Option<(Lent<'a>, usize)>>,
}

impl<'h, 'a> Ways<'h, 'a> {
    /// Those to some objects.
    pub fn to(
        objects: impl IntoIterator<Item = Address>,
        known: Vec<&'h Holders>,
        variables: Variables<'a>,
    ) -> Self {
        let mut this = Self { known, bound: AddressMap::default() };
        for object in objects {
            let mut next = Some(object);
            for _ in 0..LONGEST {
                let Some(object) = next.filter(|object| !this.bound.contains_key(object)) else {
                    break;
                };
                this.bound.insert(object, None);
                next = this.holder(object).map(|(holder, _)| holder);
            }
        }
        for value in variables.own_values() {
            if let Some(bound) = this.bound.get_mut(&value.address()) {
                bound.get_or_insert((value, 0)).1 += 1;
            }
        }
        this
    }

    /// An object and those by which variables lead to it, if nothing else can: each reference to each of
    /// them is one of a variable's or of the next one's.
    pub fn only_way(&self, object: Address) -> Option<Vec<Lent<'a>>> {
        let mut places = Vec::new();
        let mut next = object;
        // Up to a value that none but variables hold.
        let top = loop {
            if let Some((value, count)) = self.bound(next)
                && value.references() == count
            {
                break value;
            }
            let (holder, place) = self.holder(next).filter(|_| places.len() < LONGEST)?;
            places.push((next, place));
            next = holder;
        };
        let mut way = vec![top];
        let mut holder = top;
        // And down again: what a live object holds is alive.
        for (object, place) in places.into_iter().rev() {
            let held = held_at(holder, place, object)?;
            let count = self.bound(object).map_or(0, |(_, count)| count);
            if held.references() != count + 1 {
                return None;
            }
            way.push(held);
            holder = held;
        }
        Some(way)
    }

    fn bound(&self, object: Address) -> Option<(Lent<'a>, usize)> {
        self.bound.get(&object).copied().flatten()
    }

    fn holder(&self, object: Address) -> Option<(Address, u32)> {
        self.known.iter().find_map(|known| known.holder(object))
    }
}

/// Visits what an object holds, each with its place, until `visit` returns `false`.
fn each_place<'a>(holder: Lent<'a>, mut visit: impl FnMut(u32, Lent<'a>) -> bool) {
    if holder.is_exact_list() || holder.is_exact_tuple() {
        for (place, held) in (0..).zip(holder.items()) {
            if !visit(place, held) {
                return;
            }
        }
    } else if holder.is_exact_dict() {
        let mut pairs = holder.pairs();
        loop {
            let place = u32::try_from(pairs.position()).unwrap_or(u32::MAX);
            let Some((key, value)) = pairs.next() else { return };
            if !visit(place, key) || !visit(place, value) {
                return;
            }
        }
    } else {
        traverse(holder, |held| visit(0, held));
    }
}

/// The object of this address that another holds, at this place if it is a list or dictionary.
fn held_at<'a>(holder: Lent<'a>, place: u32, object: Address) -> Option<Lent<'a>> {
    let is_it = |held: &Lent<'a>| held.address() == object;
    let (at_place, size) = if holder.is_exact_list() || holder.is_exact_tuple() {
        (holder.item_at(place as usize).filter(is_it), holder.items().len())
    } else if holder.is_exact_dict() {
        let pair = holder.pairs_from(place as isize).next();
        let of_pair = pair.and_then(|(key, value)| [value, key].into_iter().find(is_it));
        (of_pair, holder.pairs_count())
    } else {
        (None, holder.size_of_dict_or_set())
    };
    if at_place.is_some() || size > MOST_HELD {
        return at_place;
    }
    let mut found = None;
    let mut left = MOST_HELD;
    traverse(holder, |held| {
        found = Some(held).filter(is_it);
        left -= 1;
        found.is_none() && left > 0
    });
    found
}
