//! Large values: those that take long to walk through, and where objects were found in them.

use clew_heap::holders::Holders;
use clew_heap::{AddressMap, AddressSet, Lent};

/// Where objects were found in values of variables that are too large to walk through again and again.
#[derive(Default)]
pub(super) struct LargeValues {
    values: AddressMap<LargeValue>,
    /// How many objects were visited when all variables were last gone through.
    visited: usize,
}

#[derive(Default)]
struct LargeValue {
    /// As they were when they were last looked for.
    holders: Option<Holders>,
    /// How many walks had to be made since then, and after how many that is done again.
    walks: u32,
    patience: u32,
}

impl LargeValues {
    /// Whether none is known.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many objects may be looked at so that not all variables need be gone through: it may be in vain.
    pub(super) fn worth_of_search(&self) -> usize {
        self.visited / 2
    }

    /// All variables were gone through, and so many objects visited.
    pub(super) fn searched(&mut self, visited: usize) {
        self.visited = visited;
    }

    /// Whether a value is known to be large.
    pub(super) fn contains(&self, value: Lent<'_>) -> bool {
        self.values.contains_key(&value.address())
    }

    /// Where objects were found in all of them.
    pub(super) fn holders(&self) -> impl Iterator<Item = &Holders> {
        self.values.values().filter_map(|large| large.holders.as_ref())
    }

    /// Forgets all other values.
    pub(super) fn keep_only(&mut self, bound: &AddressSet) {
        self.values.retain(|address, _| bound.contains(address));
    }

    /// A walk through a value had to be made; it is gone through for `most` objects at most.
    pub(super) fn walked(&mut self, value: Lent<'_>, boundary: &AddressSet, most: usize) {
        let large = self.values.entry(value.address()).or_default();
        large.walks += 1;
        // What is no help is made ever more seldom.
        if large.walks > large.patience {
            large.holders = Holders::of([value], boundary, most);
            large.walks = 0;
            large.patience = large.patience * 2 + 1;
        }
    }
}
