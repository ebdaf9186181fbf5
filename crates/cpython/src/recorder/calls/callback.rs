//! Callback: what callables do that are handed to calls and iterators.
#![allow(unsafe_code, reason = "looks at live callables and arguments, under the GIL")]

use std::ptr;
use std::rc::Rc;

use clew_effects::Confidence;
use clew_heap::arguments::CallArguments;
use clew_heap::session_code::{is_stateful, session_code};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::callee;
use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;

impl Recorder {
    /// A callable that is handed to a call, or that an iterator calls, is taken to be called:
    /// `a.append` in `map(a.append, xs)`. Functions of the session tell of themselves when they
    /// are entered, except that they keep state.
    pub(in crate::recorder) unsafe fn call_back(
        &mut self,
        py: Python<'_>,
        value: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from the caller.
        unsafe {
            let callee = callee::describe(value);
            if let Some(code) = callee.code()
                && is_stateful(code)
            {
                let by = Cause::new(&callee::display_name(&callee), Confidence::Assumed);
                self.change_function(callee.function(), &by);
            }
            if !callee.is_bound_builtin() {
                return;
            }
            let plan = self.rules.plan(py, &callee, None, session_code(), self.namespace);
            let by = Cause::new(&callee::display_name(&callee), Confidence::Assumed);
            if let Some(depth) = plan.effects.receiver_change() {
                self.mutate(callee.receiver, depth, &by, ptr::null_mut());
            }
        }
    }

    /// Whether a callable may change what somebody gives it. Functions of the session tell of
    /// themselves.
    pub(in crate::recorder) unsafe fn changes_what_it_is_given(
        &mut self,
        py: Python<'_>,
        callable: *mut ffi::PyObject,
    ) -> Option<Cause> {
        // SAFETY: handed on from the caller.
        unsafe {
            let callee = callee::describe(callable);
            if self.rules.is_session(py, &callee, session_code(), self.namespace) {
                return None;
            }
            // Whatever it is given. What a method of a class's does hangs on its first argument, so
            // that it counts as unknown.
            let something = [ffi::Py_None(); 2];
            let call = CallArguments {
                arguments: something.as_ptr(),
                count: something.len(),
                keywords: ptr::null_mut(),
            };
            let call = (!callee.is_descriptor()).then_some(&call);
            let plan = self.rules.plan(py, &callee, call, session_code(), self.namespace);
            plan.effects
                .changes_what_it_is_given()
                .then(|| Cause { by: Rc::clone(&plan.name), confidence: Confidence::Assumed })
        }
    }
}
