//! Advance: from one statement to the next.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::ptr;
use std::time::{SystemTime, UNIX_EPOCH};

use clew_effects::{Confidence, Depth};
use clew_graph::{BlockKind, Timestamp};
use clew_heap::Lent;
use clew_session::Entered;
use clew_syntax::{StatementId, Template};
use pyo3::ffi;

use super::state::Recorder;
use super::statement::{Cause, Current, StatementRecord};
use crate::reach;

impl Recorder {
    pub(super) fn enter(&mut self, entrance: Entered) {
        self.loop_trace.enter(entrance);
        if self.at_hand.entered_seen.insert((entrance.source, entrance.scope)) {
            self.at_hand.entered.push(entrance);
            let binds = self
                .recording
                .unit(entrance.source)
                .and_then(|unit| {
                    unit.scopes().get(entrance.scope?).map(|scope| !scope.binds.is_empty())
                })
                .unwrap_or(true);
            if binds {
                self.at_hand.namespace_open = true;
            }
        }
    }

    /// Ends the statement at hand and goes on to another.
    pub(super) fn go_to(&mut self, next: Current) {
        let left = self.left_early(&next);
        let raised = !left.is_empty();
        if raised {
            self.unwind(&left);
        }
        self.end_statement(raised);
        let unit = (!next.leaving).then(|| self.recording.unit(next.source)).flatten();
        if let Some(unit) = unit {
            // SAFETY: the probe that announces the statement runs in the module's own frame, under the GIL.
            if let Some(namespace) = unsafe { Lent::new(self.namespace) } {
                let at = (next.source, next.statement);
                self.loop_trace.begin(&unit, at, namespace, &self.borders);
            }
        }
        self.current = Some(next);
    }

    /// The `with` and `try` statements out of which the statement at hand raised: the next one is
    /// outside, and their bodies' ends were not come to.
    pub(super) fn left_early(&self, next: &Current) -> Vec<StatementId> {
        let Some(current) = self.current.as_ref().filter(|current| current.source == next.source)
        else {
            return Vec::new();
        };
        let Some(unit) = self.recording.unit(current.source) else { return Vec::new() };
        let mut left = unit.guards_of(current.statement).peekable();
        // Nearly all statements stand in none.
        if left.peek().is_none() {
            return Vec::new();
        }
        let own = next.leaving.then_some(next.statement);
        let kept: Vec<StatementId> =
            own.into_iter().chain(unit.guards_of(next.statement)).collect();
        left.filter(|guard| !kept.contains(guard)).collect()
    }

    /// What was raised left these statements: the context managers among them were told, and may have
    /// done something about it to whatever they were made of.
    pub(super) fn unwind(&mut self, left: &[StatementId]) {
        let Some(unit) =
            self.current.as_ref().and_then(|current| self.recording.unit(current.source))
        else {
            return;
        };
        let by = Cause::new("with", Confidence::Assumed);
        for &guard in left {
            let statement = unit.statement(guard);
            if !matches!(statement.template, Template::Block(BlockKind::With)) {
                continue;
            }
            let own = &statement.own;
            let names = own.reads.iter().map(|read| &read.name);
            for name in names.chain(own.binds.iter().map(|bind| &bind.name)) {
                // SAFETY: the namespace lends what it holds.
                unsafe {
                    let value = crate::object::item(self.namespace, name);
                    if !value.is_null()
                        && reach::changes_in_place(value)
                        && ffi::PyModule_Check(value) == 0
                    {
                        self.mutate(value, Depth::Deep, &by, ptr::null_mut());
                    }
                }
            }
        }
    }

    /// Ends the last statement. Where it stands in a `with` or `try` whose end was not told, it raised.
    pub(super) fn end_program(&mut self, raised: bool) {
        let left = match &self.current {
            Some(current) if !current.leaving => {
                let unit = self.recording.unit(current.source);
                unit.map(|unit| unit.guards_of(current.statement).collect()).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        self.unwind(&left);
        self.end_statement(raised || !left.is_empty());
        self.watching.profiles.keep(self.recording.as_mut());
    }

    pub(super) fn end_statement(&mut self, raised: bool) {
        let Some(current) = self.current.take() else {
            self.forget_statement();
            return;
        };
        // SAFETY: the GIL is held; nothing below runs Python code.
        if let Some(outcome) = unsafe { self.outcome(&current, raised) }
            && let Err(message) = self.recording.record(&outcome)
        {
            self.recording.lost(&message);
        }
        self.forget_statement();
    }

    /// The next statement begins with nothing done.
    fn forget_statement(&mut self) {
        clew_probe::begin_epoch();
        self.loop_trace.end();
        self.at_hand = StatementRecord::default();
    }
}

pub(super) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(since.as_micros() as i64)
}
