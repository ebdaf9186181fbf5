//! References: how many of those to some objects are found on walks.

use crate::address::{Address, AddressMap};
use crate::lent::Lent;

/// How many references to some objects are found, beside how many there are.
#[derive(Debug, Default)]
pub struct References {
    objects: AddressMap<Tally>,
    /// Of how many objects not all references are found.
    open: usize,
}

#[derive(Debug)]
struct Tally {
    /// How many more there are.
    left: usize,
    /// Who was found to hold the object last: a holder counts once, though it may be said to hold the object twice.
    holder: Address,
}

impl References {
    /// Those to some objects, of which none is found so far.
    pub fn to<'a>(objects: impl IntoIterator<Item = Lent<'a>>) -> Self {
        let found = |object: Lent<'_>| Tally { left: object.references(), holder: 0 };
        let objects: AddressMap<Tally> =
            objects.into_iter().map(|object| (object.address(), found(object))).collect();
        Self { open: objects.len(), objects }
    }

    /// A variable has an object.
    pub fn bound(&mut self, object: Lent<'_>) {
        if let Some(found) = self.objects.get_mut(&object.address())
            && found.left > 0
        {
            found.left -= 1;
            self.open -= usize::from(found.left == 0);
        }
    }

    /// An object is held by another.
    pub fn held(&mut self, object: Lent<'_>, holder: Lent<'_>) {
        if let Some(found) = self.objects.get_mut(&object.address())
            && found.left > 0
            && found.holder != holder.address()
        {
            found.holder = holder.address();
            found.left -= 1;
            self.open -= usize::from(found.left == 0);
        }
    }

    /// Whether nothing is left to find.
    pub fn all_found(&self) -> bool {
        self.open == 0
    }

    /// Whether there are more references to one of the objects than were found.
    pub fn has_more(&self, object: Lent<'_>) -> bool {
        self.objects.get(&object.address()).is_some_and(|found| found.left > 0)
    }
}
