//! Listener: what the recorder does about each report of a probe.
#![allow(unsafe_code, reason = "probes report under the GIL")]

use std::rc::Rc;

use clew_effects::Confidence;
use clew_graph::{SourceId, is_of_function};
use clew_heap::arguments::CallArguments;
use clew_heap::callee::{Callee, Key, Shape};
use clew_heap::frame::is_of_followed;
use clew_heap::identity::{is_self_contained, place_of_calls, place_of_change};
use clew_heap::session_code::{is_stateful, session_code};
use clew_heap::{Lent, Quiet, kind};
use clew_probe::{CacheState, InlineCache, Listener, Reports, StorePlace};
use clew_session::Entered;
use clew_syntax::StatementId;

use super::calls::{self, PendingCall};
use super::entry::{is_active, with};
use super::following::Function;
use super::offer::{self, Offers};
use super::outcome::{now, thread};
use super::state::Recorder;
use super::statement::{CACHED, Cause, Current, IN_PLACE};
use super::{event_loop, follow};
use crate::forked;
use crate::rules::Plan;

/// What is kept of a call while it runs.
pub(crate) enum KeptCall {
    /// Of one that is taken as a whole.
    Call(Box<PendingCall>),
    /// Of a function that is followed.
    Followed(Function),
    /// Of what may call functions that are to be followed then.
    Offered(Offers, Option<Box<PendingCall>>),
}

/// The recorder as what probes report to.
pub(crate) enum ProbeListener {}

impl Listener for ProbeListener {
    type PendingCall = KeptCall;

    fn is_listening() -> bool {
        is_active()
    }

    fn begin(source: SourceId, statement: StatementId) {
        if !is_active() {
            forked::tell_if_left();
            return;
        }
        let tasks = event_loop::now();
        with(|recorder| {
            // SAFETY: a probe reports under the GIL, and none of the program's code runs meanwhile.
            let quiet = unsafe { Quiet::new() };
            if !recorder.is_announced(quiet, source, statement) {
                return;
            }
            recorder.following.tasks = tasks;
            recorder.go_to(
                quiet,
                Current {
                    source,
                    statement,
                    start: now(),
                    leaving: false,
                    calling: false,
                    returning: false,
                    thread: thread(),
                },
            );
        });
    }

    fn body_ended(source: SourceId, statement: StatementId) {
        let tasks = event_loop::now();
        with(|recorder| {
            // SAFETY: a probe reports under the GIL, and none of the program's code runs meanwhile.
            let quiet = unsafe { Quiet::new() };
            if recorder.is_end_of_function(source, statement)
                || !recorder.is_announced(quiet, source, statement)
            {
                return;
            }
            recorder.following.tasks = tasks;
            recorder.go_to(
                quiet,
                Current {
                    source,
                    statement,
                    start: now(),
                    leaving: true,
                    calling: false,
                    returning: false,
                    thread: thread(),
                },
            );
        });
    }

    fn entered(source: SourceId, scope: Option<usize>) {
        with(|recorder| recorder.enter(Entered { source, scope }));
    }

    fn entered_announced(source: SourceId, scope: usize) {
        let tasks = event_loop::now();
        with(|recorder| {
            recorder.following.tasks = tasks;
            recorder.enter_followed(source, scope);
        });
    }

    fn left_announced(source: SourceId, scope: usize, raised: bool) {
        let tasks = event_loop::now();
        with(|recorder| {
            recorder.following.tasks = tasks;
            recorder.left_announced((source, scope), raised);
        });
    }

    fn called(cache: &InlineCache, callee: &Callee<'_>, base_name: Option<Lent<'_>>) -> bool {
        with(|recorder| recorder.call(cache, callee, base_name)).unwrap_or(false)
    }

    fn called_unseen(callable: Lent<'_>) {
        calls::called_unseen(callable);
    }

    fn iterated(value: Lent<'_>) {
        with(|recorder| {
            recorder.loop_trace.give(value);
            recorder.consume(value);
        });
    }

    fn goes_through(value: Lent<'_>) {
        with(|recorder| recorder.loop_trace.go_through(value, &recorder.boundary));
    }

    fn stored(value: Lent<'_>, place: StorePlace<'_>) {
        with(|recorder| recorder.store(value, place));
    }

    fn stored_plain(value: Lent<'_>, attribute: Option<Lent<'_>>) {
        with(|recorder| recorder.change_plain(value, attribute));
    }

    fn stored_augmented(value: Lent<'_>, place: StorePlace<'_>) {
        let by = Cause::new(IN_PLACE, Confidence::Annotated);
        with(|recorder| {
            let attribute = place.attribute;
            recorder.at_hand.namespace_augmented |= value.as_ptr() == recorder.namespace;
            recorder.store(value, place);
            recorder.change_child(value, attribute, &by);
        });
    }

    fn stored_unseen(value: Lent<'_>) {
        with(|recorder| {
            recorder.change_at_end(value, &Cause::new(IN_PLACE, Confidence::Annotated))
        });
    }

    fn augmented(value: Lent<'_>) {
        let by = Cause::new(IN_PLACE, Confidence::Annotated);
        with(|recorder| recorder.change(value, &by));
    }

    fn filled(value: Lent<'_>) {
        let by = Cause::new(CACHED, Confidence::Annotated);
        with(|recorder| recorder.change(value, &by));
    }

    fn managed(value: Lent<'_>) {
        if !kind::is_mutable(value) {
            return;
        }
        with(|recorder| recorder.manage(value));
    }

    fn shown(value: Lent<'_>) {
        with(|recorder| recorder.shows(value));
    }

    fn returned(value: Lent<'_>) {
        let tasks = event_loop::now();
        with(|recorder| {
            recorder.following.tasks = tasks;
            recorder.returns(value.quiet());
        });
    }

    fn passing(
        callable: Lent<'_>,
        call: (&CallArguments, Option<Reports>),
        base_name: Option<Lent<'_>>,
    ) -> Option<KeptCall> {
        if let Some(function) = follow::begin::<Self>(callable) {
            return Some(KeptCall::Followed(function));
        }
        let found = offer::find(callable, call.0);
        let is_own = with(|recorder| recorder.calls_own(callable)).unwrap_or(false);
        let pending = match is_own {
            true => None,
            false => calls::passing(callable, call, base_name).map(Box::new),
        };
        match found.and_then(|found| offer::begin::<Self>(callable, found)) {
            Some(offers) => Some(KeptCall::Offered(offers, pending)),
            None => pending.map(KeptCall::Call),
        }
    }

    fn passed(
        pending: KeptCall,
        parts: (Lent<'_>, Option<Lent<'_>>),
        call: &CallArguments,
        result: Option<Lent<'_>>,
    ) {
        match pending {
            KeptCall::Call(pending) => calls::passed(*pending, parts, call, result),
            KeptCall::Followed(function) => {
                let quiet = parts.0.quiet();
                let tasks = event_loop::now();
                with(|recorder| {
                    recorder.following.tasks = tasks;
                    recorder.leave_followed(quiet, function, result);
                });
            }
            KeptCall::Offered(offers, pending) => {
                let quiet = parts.0.quiet();
                with(|recorder| recorder.withdraw(quiet, offers));
                if let Some(pending) = pending {
                    calls::passed(*pending, parts, call, result);
                }
            }
        }
    }
}

impl Recorder {
    pub(super) fn enter(&mut self, entrance: Entered) {
        self.note_thread();
        self.loop_trace.enter(entrance);
        self.enter_not_followed(entrance.source, entrance.scope);
        if self.at_hand.entered_seen.insert((entrance.source, entrance.scope)) {
            self.at_hand.entered.push(entrance);
            let binds = self
                .recording
                .unit(entrance.source)
                .and_then(|unit| {
                    let binds = &entrance.scope_in(&unit)?.binds;
                    let is_there = |name: &String| !is_of_function(name) || is_of_followed(name);
                    Some(binds.iter().any(is_there))
                })
                .unwrap_or(true);
            if binds {
                self.at_hand.namespace_open = true;
            }
        }
    }

    /// A callee is about to be called; whether the call has to be seen with its arguments.
    fn call(
        &mut self,
        cache: &InlineCache,
        callee: &Callee<'_>,
        base_name: Option<Lent<'_>>,
    ) -> bool {
        self.loop_trace.see();
        if cache.known(callee.key) == Some(CacheState::ChangeReceiver)
            && let Some(receiver) = callee.receiver
        {
            let plan = self.rules.plan(callee, None, session_code(), self.namespace as usize);
            self.change_by_method((cache, callee.key), (receiver, base_name), &plan);
            return false;
        }
        let asked_before = cache.ask(callee.key);
        if !asked_before && self.at_hand.calls.len() < 64 {
            let name = callee.display_name();
            if !self.at_hand.calls.contains(&name) {
                self.at_hand.calls.push(name);
            }
        }
        // Nothing is settled before the arguments are seen where a rule asks about them.
        if self.rules.is_session(callee, session_code(), self.namespace as usize) {
            if self.may_follow(callee).is_some() || self.may_offer(callee) {
                return true;
            }
            let stateful = self.change_stateful(callee);
            if callee.key.0 != 0 {
                let action = if stateful { CacheState::ChangeCallee } else { CacheState::Pass };
                cache.settle(action);
            }
            if stateful {
                cache.say(place_of_calls(callee));
            }
            return false;
        }
        // What a rule says may hang on how the callee is called; only a few are plain enough.
        if !callee.is_plain() || self.may_offer(callee) {
            cache.settle(CacheState::See);
            return true;
        }
        let plan = self.rules.plan(callee, None, session_code(), self.namespace as usize);
        if plan.is_idle() && !plan.iterates {
            if callee.key.0 != 0 && self.objects.hidden.is_empty() {
                cache.settle(CacheState::Pass);
            }
            if let Some(receiver) = callee.receiver {
                self.read_hidden(receiver);
            }
            return false;
        }
        if let Some(receiver) = callee.receiver
            && plan.changes_receiver_only()
            && !plan.iterates
        {
            self.change_by_method((cache, callee.key), (receiver, base_name), &plan);
            return false;
        }
        cache.settle(CacheState::See);
        true
    }

    /// A function of the program is about to be called: where it keeps a state, that changes. Whether it does.
    fn change_stateful(&mut self, callee: &Callee<'_>) -> bool {
        // What `lru_cache` makes keeps the results.
        let cached = callee.cached();
        let stateful = cached.is_some() || callee.code().is_some_and(is_stateful);
        if stateful {
            let by = Cause::new(&callee.display_name(), Confidence::Annotated);
            self.change_function(callee.function, &by);
            if let Some(function) = cached {
                self.change_function(function, &by);
            }
        }
        stateful
    }

    /// Whether a call that is seen is one of the program's own code, which reports what it does itself.
    fn calls_own(&mut self, callable: Lent<'_>) -> bool {
        let callee = Callee::of(callable);
        if matches!(callee.shape, Shape::Builtin | Shape::Descriptor) {
            return false;
        }
        let own = self.rules.is_session(&callee, session_code(), self.namespace as usize);
        if own {
            self.change_stateful(&callee);
        }
        own
    }

    /// A method is about to be called that changes what it is bound to, and nothing else.
    fn change_by_method(
        &mut self,
        (cache, key): (&InlineCache, Key),
        (receiver, base_name): (Lent<'_>, Option<Lent<'_>>),
        plan: &Plan,
    ) {
        cache.remember(key, CacheState::ChangeReceiver);
        let by = Cause { by: Rc::clone(&plan.name), confidence: plan.effects.confidence };
        self.change_found(receiver, &by, base_name);
        match place_of_change(receiver) {
            Some(at) if is_self_contained(receiver) => cache.say(at),
            Some(at) => cache.report(at),
            None => {}
        }
    }
}
