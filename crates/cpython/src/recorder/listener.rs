//! Listener: what the recorder does about each report of a probe.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::ptr;

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_graph::SourceId;
use clew_heap::arguments::CallArguments;
use clew_heap::callee::Callee;
use clew_heap::library::standard::catches_warnings;
use clew_heap::{Lent, kind, raw};
use clew_probe::{InlineCache, Listener};
use clew_session::Entered;
use clew_syntax::StatementId;
use pyo3::ffi;

use super::advance::now;
use super::calls::{self, PendingCall};
use super::entry::{is_active, with};
use super::statement::{Cause, Current};

/// The recorder as what probes report to.
pub(crate) enum ProbeListener {}

impl Listener for ProbeListener {
    type PendingCall = PendingCall;

    fn is_listening() -> bool {
        is_active()
    }

    fn begin(source: SourceId, statement: StatementId) {
        with(|recorder| {
            recorder.go_to(Current { source, statement, start: now(), leaving: false });
        });
    }

    fn body_ended(source: SourceId, statement: StatementId) {
        with(|recorder| {
            recorder.go_to(Current { source, statement, start: now(), leaving: true });
        });
    }

    fn entered(source: SourceId, scope: Option<usize>) {
        with(|recorder| recorder.enter(Entered { source, scope }));
    }

    fn called(cache: &InlineCache, callee: &Callee<'_>, base_name: Option<Lent<'_>>) -> bool {
        let (callee, base_name) = (raw::callee::Callee::from(*callee), pointer(base_name));
        // SAFETY: both are lent.
        with(|recorder| unsafe { recorder.call(cache, &callee, base_name) }).unwrap_or(false)
    }

    fn called_unseen(callable: Lent<'_>) {
        // SAFETY: the callable is lent.
        unsafe { calls::called_unseen(callable.as_ptr()) };
    }

    fn iterated(value: Lent<'_>) {
        // SAFETY: the value is lent.
        with(|recorder| unsafe { recorder.consume(value.as_ptr()) });
    }

    fn goes_through(value: Lent<'_>) {
        with(|recorder| recorder.loop_trace.go_through(value, &recorder.borders));
    }

    fn stored(value: Lent<'_>, base_name: Option<Lent<'_>>) {
        // SAFETY: both are lent.
        with(|recorder| unsafe { recorder.store(value.as_ptr(), pointer(base_name)) });
    }

    fn stored_plain(value: Lent<'_>) {
        with(|recorder| recorder.change_plain(value.as_ptr()));
    }

    fn stored_augmented(value: Lent<'_>) {
        let by = Cause::new("in-place operator", Confidence::Annotated);
        // SAFETY: the value is lent.
        with(|recorder| unsafe {
            recorder.store(value.as_ptr(), ptr::null_mut());
            recorder.change_children(value.as_ptr(), &by);
        });
    }

    fn augmented(value: Lent<'_>) {
        let by = Cause::new("in-place operator", Confidence::Annotated);
        // SAFETY: the value is lent.
        with(|recorder| unsafe { recorder.change(value.as_ptr(), &by) });
    }

    fn filled(value: Lent<'_>) {
        let by = Cause::new("a cached property", Confidence::Annotated);
        // SAFETY: the value is lent.
        with(|recorder| unsafe { recorder.change(value.as_ptr(), &by) });
    }

    fn managed(value: Lent<'_>) {
        if !kind::is_mutable(value) {
            return;
        }
        with(|recorder| {
            // SAFETY: the value is lent.
            unsafe { recorder.change(value.as_ptr(), &Cause::new("with", Confidence::Annotated)) };
            recorder.at_hand.entering = match catches_warnings(value) {
                true => Some(StateKey::whole(ExternalState::Warnings)),
                false => recorder.objects.handles.get(&value.address()).cloned(),
            };
        });
    }

    fn passing(
        callable: Lent<'_>,
        call: &CallArguments,
        base_name: Option<Lent<'_>>,
    ) -> Option<PendingCall> {
        // SAFETY: all are lent.
        unsafe { calls::passing(callable.as_ptr(), call, pointer(base_name)) }
    }

    fn passed(
        pending: PendingCall,
        (callable, base_name): (Lent<'_>, Option<Lent<'_>>),
        call: &CallArguments,
        result: Option<Lent<'_>>,
    ) {
        let parts = (callable.as_ptr(), pointer(base_name));
        // SAFETY: all are lent.
        unsafe { calls::passed(pending, parts, call, pointer(result)) };
    }
}

fn pointer(object: Option<Lent<'_>>) -> *mut ffi::PyObject {
    object.map_or(ptr::null_mut(), Lent::as_ptr)
}
