//! Listener: what the recorder does about each report of a probe.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::ptr;

use clew_effects::Confidence;
use clew_graph::SourceId;
use clew_probe::{InlineCache, Listener};
use clew_session::StateKey;
use clew_syntax::StatementId;
use pyo3::ffi;

use super::calls::{self, Ticket};
use super::{CallArguments, Current, Entrance, cause, is_active, now, with};
use crate::callee::Callee;
use crate::reach::{self, Address};

/// The recorder as what probes report to.
pub(crate) enum ProbeListener {}

impl Listener for ProbeListener {
    type PendingCall = Ticket;

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
        with(|recorder| recorder.enter(Entrance { source, scope }));
    }

    unsafe fn called(cache: &InlineCache, callee: &Callee, base_name: *mut ffi::PyObject) -> bool {
        // SAFETY: the probe lends a live callee.
        with(|recorder| unsafe { recorder.call(cache, callee, base_name) }).unwrap_or(false)
    }

    unsafe fn called_unseen(callable: *mut ffi::PyObject) {
        // SAFETY: the probe lends a live callable.
        unsafe { calls::called_unseen(callable) };
    }

    unsafe fn iterated(value: *mut ffi::PyObject) {
        // SAFETY: the probe lends a live value.
        with(|recorder| unsafe { recorder.consume(value) });
    }

    unsafe fn goes_through(value: *mut ffi::PyObject) {
        // SAFETY: the probe lends a live value.
        let Some(value) = (unsafe { clew_heap::Lent::new(value) }) else { return };
        with(|recorder| recorder.turns.go_through(value, &recorder.borders));
    }

    unsafe fn stored(value: *mut ffi::PyObject, base_name: *mut ffi::PyObject) {
        // SAFETY: the probe lends a live value.
        with(|recorder| unsafe { recorder.store(value, base_name) });
    }

    unsafe fn stored_plain(value: *mut ffi::PyObject) {
        with(|recorder| recorder.change_plain(value));
    }

    unsafe fn stored_augmented(value: *mut ffi::PyObject) {
        // SAFETY: the probe lends a live value.
        with(|recorder| unsafe {
            recorder.store(value, ptr::null_mut());
            recorder.change_children(value, &cause("in-place operator", Confidence::Annotated));
        });
    }

    unsafe fn augmented(value: *mut ffi::PyObject) {
        // SAFETY: the probe lends a live value.
        with(|recorder| unsafe {
            recorder.change(value, &cause("in-place operator", Confidence::Annotated));
        });
    }

    unsafe fn filled(value: *mut ffi::PyObject) {
        // SAFETY: the probe lends a live value.
        with(|recorder| unsafe {
            recorder.change(value, &cause("a cached property", Confidence::Annotated));
        });
    }

    unsafe fn managed(value: *mut ffi::PyObject) {
        // SAFETY: the probe lends a live value.
        with(|recorder| unsafe {
            if reach::is_mutable(value) {
                recorder.change(value, &cause("with", Confidence::Annotated));
                recorder.entering = match crate::object::catches_warnings(value) {
                    true => Some(StateKey::whole("warnings")),
                    false => recorder.handles.get(&(value as Address)).cloned(),
                };
            }
        });
    }

    unsafe fn passing(
        callable: *mut ffi::PyObject,
        call: &CallArguments,
        base_name: *mut ffi::PyObject,
    ) -> Option<Ticket> {
        // SAFETY: the trampoline lends callable and arguments for the time of the call.
        unsafe { calls::passing(callable, call, base_name) }
    }

    unsafe fn passed(
        pending: Ticket,
        callable: *mut ffi::PyObject,
        base_name: *mut ffi::PyObject,
        call: &CallArguments,
        result: *mut ffi::PyObject,
    ) {
        // SAFETY: the trampoline still lends callable and arguments.
        unsafe { calls::passed(pending, (callable, base_name), call, result) };
    }
}
