//! Items: whether all that a statement changed is one item of a value whose items do not hang on each other, or one
//! attribute that an instance keeps itself.

use std::rc::Rc;

use clew_graph::{Cause, Confidence};
use clew_heap::library::pandas::is_plain_frame_with_rows;
use clew_heap::setter::Setter;
use clew_heap::walk::{End, Walk};
use clew_heap::{AddressSet, Lent, Quiet};
use clew_session::Changed;
use pyo3::ffi;
use rustc_hash::FxHashSet;

use super::outcome::Ended;
use super::state::Recorder;
use super::statement::{CACHED, IN_PLACE};

impl Recorder {
    /// An attribute of a value is about to be set or deleted, or an item.
    pub(super) fn note_item_set(&mut self, value: Lent<'_>, attribute: Option<Lent<'_>>) {
        let first = self.at_hand.stores == 0 && self.at_hand.changed.is_empty();
        self.at_hand.stores += 1;
        let is_apart = || match attribute {
            // The first column of a frame says which rows the next ones have.
            None => value.is_exact_dict() || is_plain_frame_with_rows(value),
            Some(_) => keeps_attribute(value, attribute),
        };
        self.at_hand.item_set = (first && is_apart()).then(|| value.address());
        self.at_hand.attribute_set = attribute.is_some();
    }

    /// Says of the variables that changed that nothing but cached properties of an instance of the program's were
    /// computed, where it is so.
    pub(super) fn tell_cached(&self, quiet: Quiet<'_>, ended: &mut Ended<'_>) {
        let at_hand = &self.at_hand;
        let only = at_hand.changed.len() == 1 && at_hand.everything_changed.is_none();
        if !only || at_hand.changed.values().any(|by| *by.by != *CACHED) {
            return;
        }
        for changed in &mut ended.changed {
            let value = self.variables(quiet).item(&changed.name);
            let is_changed = |value: Lent<'_>| at_hand.changed.contains_key(&value.address());
            let of_program = value.is_some_and(|value| value.class().is_of_program());
            if of_program && value.is_some_and(is_changed) {
                changed.by = Cause::CACHED.to_owned();
            }
        }
    }

    /// Says so of the variables that changed, where one item of what they stand for was set and nothing else
    /// changed.
    pub(super) fn tell_item_set(&self, quiet: Quiet<'_>, ended: &mut Ended<'_>) {
        let Some(holder) = self.at_hand.item_set.filter(|_| !ended.compound && !ended.raised)
        else {
            return;
        };
        let value = |changed: &Changed| {
            let value = self.variables(quiet).item(&changed.name);
            value.filter(|value| value.address() == holder)
        };
        let all = &mut ended.changed;
        let Some(value) =
            all.first().and_then(value).filter(|_| all.iter().all(|it| value(it).is_some()))
        else {
            return;
        };
        let is_attribute = self.at_hand.attribute_set;
        // A column that is changed in place is one of what the frame is made of.
        let mut own = FxHashSet::default();
        if !value.is_dict() && !is_attribute {
            value.each_held(|held| {
                own.insert(held.address());
            });
        }
        let only = self.at_hand.changed.iter().all(|(address, by)| {
            Rc::ptr_eq(&by.by, &self.assignment.by) || *by.by == *IN_PLACE && own.contains(address)
        });
        if self.at_hand.everything_changed.is_some() || !only || self.leads_to_itself(value) {
            return;
        }
        for changed in all {
            changed.by = if is_attribute { Cause::ATTRIBUTE } else { Cause::ITEM }.to_owned();
            changed.confidence = Confidence::Annotated;
        }
    }

    /// Whether an item of a dictionary or an attribute of an instance may lead back to it, so that who has that one has
    /// the others.
    fn leads_to_itself(&self, holder: Lent<'_>) -> bool {
        const BUDGET: usize = 1_000;
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: true };
        let mut seen = AddressSet::default();
        let mut leads = |item: Lent<'_>| {
            item == holder
                || walk.run(item, &mut seen, &mut |object| object != holder) != End::Complete
        };
        if !self.at_hand.attribute_set {
            return holder.pairs().any(|(_, item)| leads(item));
        }
        let class = holder.class().object();
        let mut found = false;
        holder.each_held(|held| found = found || held != class && leads(held));
        found
    }
}

/// Whether an attribute that is about to be set is kept by an instance itself, where all who ask for it find it: none
/// of the program's code and none of a library's comes between.
fn keeps_attribute(value: Lent<'_>, attribute: Option<Lent<'_>>) -> bool {
    let class = value.class();
    // `__dict__` and `__class__` are all of an instance.
    let name = attribute.and_then(Lent::as_str).filter(|name| !name.starts_with("__"));
    let is_apart = |name| {
        let found = class.lookup(name);
        // What C code sets for an attribute may be of others too, unless it is a slot.
        found.is_none_or(|found| {
            found.is_exactly(&raw mut ffi::PyMemberDescr_Type)
                || found.class().lookup("__set__").is_none()
        })
    };
    class.is_heap_type()
        && name.is_some_and(is_apart)
        && !(value.is_class() || value.is_module() || value.is_function())
        && class.looks_up_plainly()
        && matches!(value.setter(attribute), Setter::Own)
}
