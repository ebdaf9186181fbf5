//! Site: what is done about a callee before its arguments are known.
#![allow(unsafe_code, reason = "looks at live callables and arguments, under the GIL")]

use std::rc::Rc;

use clew_effects::Confidence;
use clew_heap::session_code::{is_stateful, session_code};
use clew_probe::{CacheState, InlineCache};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::callee::{self, Callee};
use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;

impl Recorder {
    /// A callee is about to be called; whether the call has to be seen with its arguments.
    pub(in crate::recorder) unsafe fn call(
        &mut self,
        cache: &InlineCache,
        callee: &Callee,
        base_name: *mut ffi::PyObject,
    ) -> bool {
        self.loop_trace.see();
        // SAFETY: handed on from the probe, under the GIL.
        unsafe {
            let py = Python::assume_attached();
            let asked_before = cache.ask(callee.key);
            if !asked_before && self.at_hand.calls.len() < 64 {
                let name = callee::display_name(callee);
                if !self.at_hand.calls.contains(&name) {
                    self.at_hand.calls.push(name);
                }
            }
            // Nothing is settled before the arguments are seen where a rule asks about them.
            if self.rules.is_session(py, callee, session_code(), self.namespace) {
                let stateful = callee.code().is_some_and(is_stateful);
                if callee.key.0 != 0 {
                    let action = if stateful { CacheState::ChangeCallee } else { CacheState::Pass };
                    cache.settle(action);
                }
                if stateful {
                    cache.report(callee.function() as usize);
                    let by = Cause::new(&callee::display_name(callee), Confidence::Annotated);
                    self.change_function(callee.function(), &by);
                }
                return false;
            }
            // What a rule says may hang on how the callee is called; only a few are plain enough.
            if !callee.is_plain() {
                cache.settle(CacheState::See);
                return true;
            }
            let plan = self.rules.plan(py, callee, None, session_code(), self.namespace);
            if plan.is_idle() && !plan.iterates {
                if callee.key.0 != 0 && self.objects.hidden.is_empty() {
                    cache.settle(CacheState::Pass);
                }
                if !self.objects.hidden.is_empty() {
                    self.read_hidden(callee.receiver);
                }
                return false;
            }
            if plan.changes_receiver_only() && !plan.iterates && !callee.receiver.is_null() {
                cache.settle(CacheState::ChangeReceiver);
                cache.report(callee.receiver as usize);
                let by = Cause { by: Rc::clone(&plan.name), confidence: plan.effects.confidence };
                self.change_found(callee.receiver, &by, base_name);
                return false;
            }
            true
        }
    }
}
