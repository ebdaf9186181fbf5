//! Advance: from one statement to the next.

use std::time::{SystemTime, UNIX_EPOCH};

use clew_effects::{Confidence, Depth};
use clew_graph::{BlockKind, Timestamp};
use clew_heap::{Quiet, kind};
use clew_session::Entered;
use clew_syntax::{StatementId, Template};

use super::state::Recorder;
use super::statement::{Cause, Current, StatementRecord};

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
    pub(super) fn go_to(&mut self, quiet: Quiet<'_>, next: Current) {
        let left = self.left_early(&next);
        let raised = !left.is_empty();
        if raised {
            self.unwind(quiet, &left);
        }
        self.end_statement(quiet, raised);
        let unit = (!next.leaving).then(|| self.recording.unit(next.source)).flatten();
        if let Some(unit) = unit {
            let variables = self.variables(quiet);
            let at = (next.source, next.statement);
            self.loop_trace.begin(&unit, at, variables, &self.borders);
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
    pub(super) fn unwind(&mut self, quiet: Quiet<'_>, left: &[StatementId]) {
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
                if let Some(value) = self.variables(quiet).item(name)
                    && kind::changes_in_place(value)
                    && !value.is_module()
                {
                    self.mutate(value, Depth::Deep, &by, None);
                }
            }
        }
    }

    /// Ends the last statement. Where it stands in a `with` or `try` whose end was not told, it raised.
    pub(super) fn end_program(&mut self, quiet: Quiet<'_>, raised: bool) {
        let left = match &self.current {
            Some(current) if !current.leaving => {
                let unit = self.recording.unit(current.source);
                unit.map(|unit| unit.guards_of(current.statement).collect()).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        self.unwind(quiet, &left);
        self.end_statement(quiet, raised || !left.is_empty());
        self.watching.profiles.keep(self.recording.as_mut());
    }

    pub(super) fn end_statement(&mut self, quiet: Quiet<'_>, raised: bool) {
        let Some(current) = self.current.take() else {
            self.forget_statement();
            return;
        };
        if let Some(outcome) = self.outcome(quiet, &current, raised)
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
