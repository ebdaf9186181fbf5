//! Items: whether all that a statement changed is one item of a value whose items do not hang on each other.

use std::rc::Rc;

use clew_graph::{Cause, Confidence};
use clew_heap::library::pandas::is_plain_frame_with_rows;
use clew_heap::walk::{End, Walk};
use clew_heap::{Lent, Quiet};
use clew_session::Changed;
use rustc_hash::FxHashSet;

use super::outcome::Ended;
use super::state::Recorder;
use super::statement::IN_PLACE;

impl Recorder {
    /// An attribute of a value is about to be set or deleted, or an item.
    pub(super) fn note_item_set(&mut self, value: Lent<'_>, is_item: bool) {
        let first = self.at_hand.stores == 0 && self.at_hand.changed.is_empty();
        self.at_hand.stores += 1;
        // The first column of a frame says which rows the next ones have.
        let is_apart = || value.is_exact_dict() || is_plain_frame_with_rows(value);
        self.at_hand.item_set = (is_item && first && is_apart()).then(|| value.address());
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
        // A column that is changed in place is one of what the frame is made of.
        let mut own = FxHashSet::default();
        if !value.is_dict() {
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
            changed.by = Cause::ITEM.to_owned();
            changed.confidence = Confidence::Annotated;
        }
    }

    /// Whether an item of a dictionary may lead back to it, so that who has that item has the others.
    fn leads_to_itself(&self, dictionary: Lent<'_>) -> bool {
        const BUDGET: usize = 1_000;
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: true };
        let mut seen = FxHashSet::default();
        let mut items = dictionary.pairs();
        items.any(|(_, item)| {
            let end = walk.run(item, &mut seen, &mut |object| object != dictionary);
            end != End::Complete
        })
    }
}
