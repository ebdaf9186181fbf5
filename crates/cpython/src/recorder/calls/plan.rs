//! Plan: what the rules say of a call, and what it may do with the program's variables by name.
#![allow(unsafe_code, reason = "looks at live callables and arguments, under the GIL")]

use std::ptr;
use std::rc::Rc;

use clew_effects::{Confidence, Depth};
use clew_heap::arguments::CallArguments;
use clew_heap::session_code::session_code;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::callee::{self, Callee, Namespace, Plan};
use crate::reach;
use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;

/// A call that is about to be made, and what the rules say of it.
pub(super) struct Planned<'c> {
    pub(super) callable: *mut ffi::PyObject,
    pub(super) callee: Callee,
    pub(super) call: &'c CallArguments,
    /// The name that the text reaches the callee by; null where there is none.
    pub(super) base_name: *mut ffi::PyObject,
    pub(super) plan: Plan,
    /// How often states had been changed before it.
    pub(super) states_changed: usize,
}

impl Planned<'_> {
    /// What the rules' changes are put down to.
    pub(super) fn cause(&self) -> Cause {
        self.cause_of(self.plan.effects.confidence)
    }

    /// What changes are put down to that are known in another way.
    pub(super) fn cause_of(&self, confidence: Confidence) -> Cause {
        Cause { by: Rc::clone(&self.plan.name), confidence }
    }

    /// The receiver, or null, and the arguments.
    pub(super) fn values(&self) -> Vec<*mut ffi::PyObject> {
        values_of(&self.callee, self.call)
    }

    /// Whether its arguments are known.
    pub(super) fn is_seen(&self) -> bool {
        !self.call.arguments.is_null()
    }
}

/// The receiver of a call, or null, and its arguments.
pub(super) fn values_of(callee: &Callee, call: &CallArguments) -> Vec<*mut ffi::PyObject> {
    std::iter::once(callee.receiver).chain(call.all()).collect()
}

impl Recorder {
    /// Asks the rules about a call.
    pub(super) unsafe fn plan<'c>(
        &mut self,
        callable: *mut ffi::PyObject,
        call: &'c CallArguments,
        base_name: *mut ffi::PyObject,
    ) -> Planned<'c> {
        // SAFETY: the trampoline lends callable and arguments for the time of the call.
        let (callee, plan) = unsafe {
            let py = Python::assume_attached();
            let callee = callee::describe(callable);
            let plan = self.rules.plan(py, &callee, Some(call), session_code(), self.namespace);
            (callee, plan)
        };
        let states_changed = self.outside.states_changed;
        Planned { callable, callee, call, base_name, plan, states_changed }
    }

    /// Notes the variables that a call reads and may change by way of the namespace or of a text, and
    /// the hidden objects that it is given.
    pub(super) unsafe fn note_names(&mut self, planned: &Planned<'_>) {
        let Planned { callee, call, plan, .. } = planned;
        // SAFETY: the call lends its receiver and arguments.
        unsafe {
            match plan.namespace {
                Namespace::Untouched => {}
                // `vars(x)` is about x.
                Namespace::Given
                    if call.positional(0).is_some_and(|value| !self.is_program(value)) => {}
                Namespace::Given => {
                    self.at_hand.namespace_given += 1;
                    self.at_hand.namespace_open = true;
                }
                Namespace::Evaluated => {
                    self.at_hand.namespace_open = true;
                    self.evaluate(call);
                }
                Namespace::Changed => {
                    self.at_hand.namespace_open = true;
                    self.at_hand.reads_everything = true;
                    // Nothing in it tells which of the variables' values it changes.
                    self.change_everything(&planned.cause());
                }
            }
            if let Some(spelling) = plan.spelling {
                for text in call.all().filter_map(|value| callee::text(value)) {
                    for name in clew_syntax::names_in(&text, spelling) {
                        self.reads_name(name);
                    }
                }
            }
            if !self.objects.hidden.is_empty() {
                self.read_hidden(callee.receiver);
                for value in call.all() {
                    self.read_hidden(value);
                }
            }
        }
    }

    /// `exec` or `eval`: what the text names is read, and may be changed.
    unsafe fn evaluate(&mut self, call: &CallArguments) {
        // SAFETY: the call lends its arguments.
        let text = unsafe { call.positional(0).and_then(|value| callee::text(value)) };
        let unit = text.as_deref().map(str::trim).map(clew_syntax::parse);
        let Some(Ok(unit)) = unit else {
            // Bytes or a code object: the names are not at hand.
            self.at_hand.reads_everything = true;
            self.change_everything(&Cause::new("exec", Confidence::Assumed));
            return;
        };
        let mut names: Vec<String> = Vec::new();
        for &id in unit.top() {
            names.extend(unit.statement(id).whole.reads.iter().map(|read| read.name.clone()));
        }
        for scope in unit.scopes() {
            names.extend(scope.reads.iter().map(|read| read.name.clone()));
        }
        let by = Cause::new("exec", Confidence::Assumed);
        for name in names {
            // SAFETY: the namespace lends what it holds.
            unsafe {
                let value = crate::object::item(self.namespace, &name);
                if !value.is_null() && reach::is_mutable(value) {
                    self.mutate(value, Depth::Deep, &by, ptr::null_mut());
                }
            }
            self.at_hand.read.push(name);
        }
    }
}
