//! Tasks: what runs while a coroutine that is followed rests.
//!
//! An event loop goes on with other tasks meanwhile, and what those do is the doing of the statement that waits. Who
//! made them is needed then: a statement that leaves tasks behind changes a state, which one reads that waits while
//! they are there. What a library does while it is awaited is not seen: it may change all that the statement reads.

use clew_effects::{Confidence, StateKey};
use clew_syntax::{Statement, Unit};

use super::event_loop::Tasks;
use super::state::Recorder;
use super::statement::{Cause, Current};

impl Recorder {
    /// A statement has ended, or calls a function that is followed: what ran while it waited was its doing.
    pub(super) fn note_tasks(&mut self, unit: &Unit, current: &Current) {
        if !self.following.is_in_coroutine() {
            return;
        }
        let tasks = self.following.tasks;
        let Some(call) = self.following.under_way.last_mut() else { return };
        let before = call.tasks;
        if !current.calling {
            call.tasks = tasks;
        }
        let key = StateKey::module("asyncio");
        let statement = unit.statement(current.statement);
        let waits = awaits(unit, statement);
        let others = before != Tasks::NONE || tasks != Tasks::NONE;
        if waits > 0 && others {
            self.reads_state(key.clone());
        }
        if tasks != before || tasks == Tasks::UNKNOWN || waits > 0 && others {
            self.writes_state((key, false));
        }
        if waits > self.at_hand.awaits_followed {
            self.change_everything(&Cause::new("await", Confidence::Assumed));
            self.loop_trace.doubt();
        }
    }

    /// A function was left while there were other tasks: what becomes of them is seen to by who called it.
    pub(super) fn note_tasks_left(&mut self) {
        if self.following.tasks != Tasks::NONE {
            let key = StateKey::module("asyncio");
            self.reads_state(key.clone());
            self.writes_state((key, false));
        }
    }
}

/// How often the text of a statement waits.
fn awaits(unit: &Unit, statement: &Statement) -> usize {
    if statement.is_definition() {
        return 0;
    }
    let range = if statement.is_by_parts() { statement.header } else { statement.range };
    unit.awaits_in(range)
}
