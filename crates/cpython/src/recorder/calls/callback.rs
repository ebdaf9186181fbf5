//! Callback: what callables do that are handed to calls and iterators.
#![allow(unsafe_code, reason = "asks rules with `None` for arguments")]

use std::ptr;
use std::rc::Rc;

use clew_effects::Confidence;
use clew_heap::arguments::CallArguments;
use clew_heap::callee::Callee;
use clew_heap::session_code::{is_stateful, session_code};
use clew_heap::{Address, Lent};
use pyo3::ffi;

use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;

impl Recorder {
    /// A callable that is handed to a call, or that an iterator calls, is taken to be called:
    /// `a.append` in `map(a.append, xs)`. Functions of the session report when they
    /// are entered, except that they keep state.
    pub(in crate::recorder) fn call_back(&mut self, value: Lent<'_>) {
        let callee = Callee::of(value);
        if callee.code().is_some_and(is_stateful) {
            let by = Cause::new(&callee.display_name(), Confidence::Assumed);
            self.change_function(callee.function, &by);
        }
        let Some(receiver) = callee.receiver.filter(|_| callee.is_bound_builtin()) else { return };
        let plan = self.rules.plan(&callee, None, session_code(), self.namespace as Address);
        let by = Cause::new(&callee.display_name(), Confidence::Assumed);
        if let Some(depth) = plan.effects.receiver_change() {
            self.mutate(receiver, depth, &by, None);
        }
    }

    /// Whether a callable may change what somebody gives it. Functions of the session
    /// report their own changes.
    pub(in crate::recorder) fn changes_what_it_is_given(
        &mut self,
        callable: Lent<'_>,
    ) -> Option<Cause> {
        let callee = Callee::of(callable);
        if self.rules.is_session(&callee, session_code(), self.namespace as Address) {
            return None;
        }
        // Whatever it is given. What a method of a class's does hangs on its first argument, so
        // that it counts as unknown.
        // SAFETY: the constant is always alive.
        let something = [unsafe { ffi::Py_None() }; 2];
        let call = CallArguments {
            arguments: something.as_ptr(),
            count: something.len(),
            keywords: ptr::null_mut(),
        };
        let call = (!callee.is_descriptor()).then_some(&call);
        let plan = self.rules.plan(&callee, call, session_code(), self.namespace as Address);
        plan.effects
            .changes_what_it_is_given()
            .then(|| Cause { by: Rc::clone(&plan.name), confidence: Confidence::Assumed })
    }
}
