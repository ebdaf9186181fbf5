//! Callback: what callables do that are handed to calls and iterators.
#![allow(unsafe_code, reason = "asks rules with `None` for arguments")]

use std::ptr;
use std::rc::Rc;

use clew_effects::{Change, Confidence};
use clew_heap::arguments::CallArguments;
use clew_heap::callable_name::name_of;
use clew_heap::callee::{Callee, Shape};
use clew_heap::native::wrapped_descriptor;
use clew_heap::session_code::{is_stateful, session_code};
use clew_heap::{Address, Lent};
use pyo3::ffi;

use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;
use crate::rules::Plan;

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
        if let Some(bound_to) = changed_by_special_method(value) {
            let by = Cause::new(&name_of(value), Confidence::Assumed);
            return self.change(bound_to, &by);
        }
        let Some(receiver) = callee.receiver else { return };
        let of_library = callee.shape == Shape::Function
            && !self.rules.is_session(&callee, session_code(), self.namespace as Address);
        if !callee.is_bound_builtin() && !of_library {
            return;
        }
        let plan = self.plan_for_anything(&callee);
        let by = Cause::new(&callee.display_name(), Confidence::Assumed);
        let ruled = plan.effects.confidence == Confidence::Annotated;
        // What the source of a method says holds whatever it is given.
        let given = callee.function.required_arguments().saturating_sub(1);
        if of_library && !ruled && self.follow_setter(receiver, callee.function, given, &by) {
            return;
        }
        if let Some(depth) = plan.effects.receiver_change() {
            self.mutate(receiver, depth, &by, None);
        }
        // `con.execute` changes what the connection stands for.
        let writes = plan.effects.changes.iter().any(|change| matches!(change, Change::Writes(_)));
        if let Some(key) = self.objects.handles.get(&receiver.address()).cloned().filter(|_| writes)
        {
            self.reads_state(key.clone());
            self.writes_state((key, false));
        }
    }

    /// Whether it is known of a function of C, or of a method of a built-in class, that it changes what it is given:
    /// `operator.iadd`, `list.sort`.
    pub(in crate::recorder) fn changes_as_ruled(&mut self, callable: Lent<'_>) -> Option<Cause> {
        let callee = Callee::of(callable);
        let effects = match callee.shape {
            Shape::Descriptor => self.rules.effects_of_method(callable)?,
            Shape::Builtin if callee.receiver.is_none() => {
                let plan = self.plan_for_anything(&callee);
                if plan.effects.confidence != Confidence::Annotated {
                    return None;
                }
                plan.effects
            }
            _ => return None,
        };
        let changes = effects.receiver_change().is_some() || effects.changes_what_it_is_given();
        changes.then(|| Cause::new(&callee.display_name(), Confidence::Assumed))
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
        let plan = self.plan_for_anything(&callee);
        plan.effects
            .changes_what_it_is_given()
            .then(|| Cause { by: Rc::clone(&plan.name), confidence: Confidence::Assumed })
    }

    /// What a callable does whatever it is given. What a method of a class's does hangs on its first argument, so
    /// that it counts as unknown.
    fn plan_for_anything(&mut self, callee: &Callee<'_>) -> Plan {
        // SAFETY: the constant is always alive.
        let something = [unsafe { ffi::Py_None() }; 2];
        let call = CallArguments {
            arguments: something.as_ptr(),
            count: something.len(),
            keywords: ptr::null_mut(),
        };
        let call = (!callee.is_descriptor()).then_some(&call);
        self.rules.plan(callee, call, session_code(), self.namespace as Address)
    }
}

/// What a special method of a C type is bound to, where it changes that: `a.__setitem__`.
fn changed_by_special_method(callable: Lent<'_>) -> Option<Lent<'_>> {
    let name = name_of(wrapped_descriptor(callable)?);
    let changes = matches!(
        name.as_str(),
        "__setitem__"
            | "__delitem__"
            | "__setattr__"
            | "__delattr__"
            | "__init__"
            | "__next__"
            | "__iadd__"
            | "__iand__"
            | "__imul__"
            | "__ior__"
            | "__isub__"
            | "__ixor__"
    );
    changes.then(|| callable.member(c"__self__")).flatten()
}
