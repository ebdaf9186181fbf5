//! Returned: what is done about a call when it has ended.
#![allow(unsafe_code, reason = "looks at live callables and arguments, under the GIL")]

use std::rc::Rc;

use clew_effects::{Change, Confidence, ExternalState, StateKey};
use clew_heap::arguments::CallArguments;
use clew_heap::raw::lend_all;
use clew_heap::{Lent, Quiet};
use clew_probe::ProgramPoint;
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::FxHashSet;

use super::pass::PendingCall;
use super::plan::values_of;
use crate::callee::{self, Callee, Namespace, Plan};
use crate::findings::Findings;
use crate::namespace::Mirror;
use crate::observe::{Before, Seen};
use crate::reach::{self, Address, End, Walk};
use crate::recorder::call_profile::Given;
use crate::recorder::entry::with;
use crate::recorder::note::hidden_key;
use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;

/// The call returned; `result` is null where it raised.
pub(crate) unsafe fn passed(
    pending: PendingCall,
    (callable, base_name): (*mut ffi::PyObject, *mut ffi::PyObject),
    call: &CallArguments,
    result: *mut ffi::PyObject,
) {
    let mut pending = pending;
    // What the call raised is not ours to touch.
    // SAFETY: the GIL is held.
    let _raised = result.is_null().then(|| unsafe { crate::object::Pending::aside() });
    if let Some(before) = pending.before.take() {
        // SAFETY: the trampoline still lends callable and arguments.
        pending.explained |= with(|recorder| unsafe {
            recorder.compare(*before, &pending.plan, (callable, base_name), call, result)
        })
        .unwrap_or(true);
    }
    with(|recorder| {
        // SAFETY: as above.
        unsafe {
            recorder.returned(&mut pending, (callable, base_name), call, result);
            if !result.is_null() {
                recorder.keep_result(pending, result);
            }
        }
    });
}

impl Recorder {
    /// Notes what a call did that is known when it has ended.
    unsafe fn returned(
        &mut self,
        pending: &mut PendingCall,
        (callable, base_name): (*mut ffi::PyObject, *mut ffi::PyObject),
        call: &CallArguments,
        result: *mut ffi::PyObject,
    ) {
        // SAFETY: the trampoline still lends callable and arguments; the result is live, or null.
        unsafe {
            let callee = callee::describe(callable);
            // A generator's body has not begun to run.
            let began = result.is_null() || crate::object::generator_code(result).is_none();
            if let Some(unruled) = pending.unruled.as_ref().filter(|_| began) {
                self.note_given_paths(&unruled.paths);
            }
            if !pending.explained && self.outside.states_changed == pending.states_changed {
                self.leave_unexplained(&callee, call, result);
            }
            let audited = self.at_hand.files_audited;
            if pending.unruled.as_ref().is_some_and(|unruled| audited > unruled.files_audited) {
                let mut values = vec![result, callee.receiver];
                values.extend(call.all());
                values.extend(crate::object::globals_of(callee.function()));
                self.adopt_files(&values);
            }
            if pending.plan.namespace == Namespace::Changed {
                self.at_hand.namespace_open = true;
            }
            if pending.plan.draws {
                self.draw_from(callee.receiver, &pending.plan, base_name);
            }
            if let Some(used) = pending.figure {
                let current = self.use_figure(used);
                if let Some(handle) =
                    pending.handle.as_mut().filter(|key| key.state == ExternalState::Pyplot)
                {
                    handle.part = current.and_then(|current| current.part);
                }
            }
        }
    }

    /// Remembers what the result of a call stands for.
    unsafe fn keep_result(&mut self, pending: PendingCall, result: *mut ffi::PyObject) {
        let PendingCall { plan, handle, makes_new, settled, .. } = pending;
        let address = result as Address;
        if makes_new {
            self.at_hand.deep.remove(&address);
        }
        // SAFETY: the result is live.
        unsafe {
            if crate::object::generator_code(result).is_some() {
                match plan.effects.confidence {
                    Confidence::Assumed if !settled => {
                        self.objects.unknown_generators.insert(address)
                    }
                    _ => self.objects.unknown_generators.remove(&address),
                };
            }
            match handle {
                Some(key) => {
                    for part in crate::object::parts_of(result) {
                        self.objects.handles.insert(part as Address, key.clone());
                    }
                }
                // A new value may be where an open file was.
                None if is_new(&plan, result) => {
                    self.objects.handles.remove(&address);
                }
                None => {}
            }
        }
    }

    /// Marks what a watched call is seen to have changed, and says whether that is anything.
    pub(super) unsafe fn compare(
        &mut self,
        before: Before,
        plan: &Plan,
        (callable, base_name): (*mut ffi::PyObject, *mut ffi::PyObject),
        call: &CallArguments,
        result: *mut ffi::PyObject,
    ) -> bool {
        // SAFETY: handed on from `passed`.
        unsafe {
            let callee = callee::describe(callable);
            let values = values_of(&callee, call);
            let places = lend_all(&values);
            let seen = self.watching.observer.after(
                Quiet::new(),
                before,
                (&places, Lent::new(result)),
                &self.borders,
                clew_probe::epoch(),
            );
            let changed = match &seen {
                Seen::Changed { marks, gone } => {
                    let mut changed: FxHashSet<Address> =
                        marks.iter().map(|&(address, _)| address).collect();
                    // Who let go of it has changed as well.
                    changed.retain(|address| !gone.contains(address));
                    Some(changed)
                }
                Seen::Unclear(_) => None,
            };
            let began = std::time::Instant::now();
            let means = (self.recording.as_ref() as &dyn Findings, &mut self.watching.digests);
            let given = Given { callee: &callee, call, values: &values };
            let py = Python::assume_attached();
            self.watching.profiles.learn(py, means, given, (changed, &self.borders));
            self.watching.observer.spend(began);
            let marks = match seen {
                Seen::Changed { marks, .. } => marks,
                Seen::Unclear(all) => all.into_iter().map(|address| (address, true)).collect(),
            };
            let any = !marks.is_empty();
            for (address, assumed) in marks {
                let confidence = if assumed { Confidence::Assumed } else { Confidence::Observed };
                let by = Cause { by: Rc::clone(&plan.name), confidence };
                if address == callee.receiver as Address {
                    self.change_found(callee.receiver, &by, base_name);
                    continue;
                }
                self.mark(address, &by);
                if let Some(key) = self.objects.handles.get(&address).cloned() {
                    self.reads_state(key.clone());
                    self.writes_state((key, false));
                }
                if self.objects.hidden.contains(&address) {
                    self.writes_state((hidden_key(address), false));
                }
                if address == self.namespace as Address {
                    self.at_hand.namespace_open = true;
                }
            }
            any
        }
    }

    /// What draws from NumPy's hidden generator and did not move it drew from one that its receiver
    /// has, if any.
    unsafe fn draw_from(
        &mut self,
        receiver: *mut ffi::PyObject,
        plan: &Plan,
        base_name: *mut ffi::PyObject,
    ) {
        const BUDGET: usize = 2_000;
        // SAFETY: handed on from `passed`.
        unsafe {
            if receiver.is_null()
                || !self.outside.draws.sees(&ExternalState::NumpyRandom)
                || self.outside.draws.moved(Quiet::new(), &ExternalState::NumpyRandom)
            {
                return;
            }
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: false };
            let end = walk.run(receiver, &mut FxHashSet::default(), &mut |object| {
                let name = std::ffi::CStr::from_ptr((*ffi::Py_TYPE(object)).tp_name);
                name != c"numpy.random.mtrand.RandomState"
                    && name != c"numpy.random._generator.Generator"
            });
            if end == End::Stopped {
                let by = Cause { by: Rc::clone(&plan.name), confidence: Confidence::Observed };
                self.change(receiver, &by);
                // One that a library holds belongs to all of it.
                let module = match base_name.is_null() {
                    true => base_name,
                    false => ffi::PyDict_GetItem(self.namespace, base_name),
                };
                if !module.is_null() && ffi::PyModule_Check(module) != 0 {
                    self.change_library(receiver, module);
                }
            }
        }
    }

    /// A call that nothing explains: no rule and no code speaks of it, and nothing that it was given or
    /// that is heard of changed. Where it gives nothing either, or nobody takes what it gives, it is
    /// taken to have changed what its package keeps to itself, and the program's instances of its
    /// classes.
    unsafe fn leave_unexplained(
        &mut self,
        callee: &Callee,
        call: &CallArguments,
        result: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from `passed`; the namespace lends what it holds.
        unsafe {
            let for_its_effect = !result.is_null()
                && (result == ffi::Py_None()
                    || clew_probe::is_result_dropped(clew_heap::Quiet::new()));
            if !for_its_effect
                || self.outside.draws.moved(Quiet::new(), &ExternalState::Random)
                || self.outside.draws.moved(Quiet::new(), &ExternalState::NumpyRandom)
            {
                return;
            }
            // What C keeps in an object of its own cannot be looked at.
            if callee.is_bound_builtin() && reach::is_opaque(callee.receiver) {
                let by = Cause::new(&callee::display_name(callee), Confidence::Assumed);
                self.change(callee.receiver, &by);
                return;
            }
            let given = call.all().filter(|&value| ffi::PyModule_Check(value) != 0);
            let mut modules: Vec<String> =
                given.map(|value| crate::object::module_name(value)).collect();
            if let Some(module) = callee::module_of(callee.function()) {
                let package = callee::top_level(&module);
                if !matches!(package.as_str(), "builtins" | "__main__") {
                    // Functions of C are often from a module behind the one that offers them.
                    modules.push(package.trim_start_matches('_').to_owned());
                }
            }
            modules.retain(|module| {
                self.at_hand.unexplained.insert((module.clone(), ProgramPoint::current()))
            });
            if modules.is_empty() {
                return;
            }
            for (_, value) in Mirror::variables(self.namespace) {
                let kind = ffi::Py_TYPE(value);
                let made = (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
                    && ffi::PyType_Check(value) == 0
                    && reach::changes_in_place(value);
                if made && modules.contains(&callee::top_level(&callee::type_name(kind).0)) {
                    let by = Cause::new(&callee::display_name(callee), Confidence::Assumed);
                    self.change(value, &by);
                }
            }
            for module in modules {
                self.writes_state((StateKey::module(module), false));
            }
        }
    }
}

/// Whether what a call gave was made by it.
pub(super) fn is_new(plan: &Plan, result: *mut ffi::PyObject) -> bool {
    let shares = |change: &Change| matches!(change, Change::Views(_));
    // SAFETY: the caller lends a live object, and is the only one to hold it where the count is one.
    let only = cfg!(not(Py_3_14)) && unsafe { ffi::Py_REFCNT(result) } == 1;
    only || !plan.effects.changes.iter().any(shares)
}
