//! Calls: what is done about a call, before it and after.

/// What callables do that are handed to calls and iterators.
mod callback;
/// What a call may change of which no rule speaks.
mod explain;
/// Marks what the rules say that a call changes.
mod land;
/// The stages of a call, before it is made.
mod pass;
/// What the rules say of a call, and what it may do with variables by name.
mod plan;
/// What is done about a call when it has ended.
mod returned;
/// What is done about a callee before its arguments are known.
mod site;

<<<<<<< HEAD
pub(super) use pass::{PendingCall, called_unseen, passing};
pub(super) use returned::passed;
=======
use clew_effects::{Change, Confidence, Depth, ExternalState, Key as StatePart, Place, Resource};
use clew_heap::raw::lend_all;
use clew_heap::{Lent, Quiet};
use clew_probe::{CacheState, InlineCache, ProgramPoint};
use clew_session::StateKey;
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::FxHashSet;

use super::figures::{FigureUse, is_about_numbers, is_pyplot};
use super::habits::Given;
use super::{
    CallArguments, Cause, Recorder, cause, environment_written, hidden_key, is_stateful,
    normal_path, session_code, variable_key, with,
};
use crate::audit::UnknownCall;
use crate::callee::{self, Callee, Namespace, Plan};
use crate::findings::Findings;
use crate::infer::{Inferred, Means};
use crate::namespace::Mirror;
use crate::observe::{Before, Seen, Watch};
use crate::paths::GivenPath;
use crate::reach::{self, Address, End, Walk};

/// What a call that is under way will want to know when it returns.
pub(crate) struct Ticket {
    plan: Plan,
    /// What the result stands for.
    handle: Option<StateKey>,
    /// What it does with pyplot's current figure.
    figure: Option<FigureUse>,
    /// Whether the result is a new object, which may stand where another one was.
    makes_new: bool,
    /// What the call could reach, where it is watched.
    before: Option<Box<Before>>,
    /// Whether nothing about it is in doubt though no rule speaks of it.
    settled: bool,
    /// Where no rule speaks of it.
    unknown: Option<Unknown>,
    /// Whether what it does is known, or taken to be done to what it is given.
    explained: bool,
    /// How often states had been changed before it.
    states_changed: usize,
}

/// A call that no rule speaks of.
pub(super) struct Unknown {
    _call: UnknownCall,
    /// How many files the statement had touched before.
    files_heard: usize,
    /// The files that it was given by name.
    paths: Vec<GivenPath>,
}

/// What is told otherwise of what a call may change than by what is inferred of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    /// What is in doubt.
    Doubts,
    All,
}

impl Recorder {
    pub(super) unsafe fn call(
        &mut self,
        cache: &InlineCache,
        callee: &Callee,
        root: *mut ffi::PyObject,
    ) -> bool {
        self.turns.see();
        // SAFETY: handed on from the probe, under the GIL.
        unsafe {
            let py = Python::assume_attached();
            let asked_before = cache.ask(callee.key);
            if !asked_before && self.calls.len() < 64 {
                let name = callee::display_name(callee);
                if !self.calls.contains(&name) {
                    self.calls.push(name);
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
                    cache.report(callee.function() as Address);
                    let by = cause(&callee::display_name(callee), Confidence::Annotated);
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
                if callee.key.0 != 0 && self.hidden.is_empty() {
                    cache.settle(CacheState::Pass);
                }
                if !self.hidden.is_empty() {
                    self.read_hidden(callee.receiver);
                }
                return false;
            }
            if plan.changes_receiver_only() && !plan.iterates && !callee.receiver.is_null() {
                cache.settle(CacheState::ChangeReceiver);
                cache.report(callee.receiver as Address);
                let by = Cause { by: Rc::clone(&plan.name), confidence: plan.effects.confidence };
                self.change_found(callee.receiver, &by, root);
                return false;
            }
            true
        }
    }

    pub(super) unsafe fn pass(
        &mut self,
        callable: *mut ffi::PyObject,
        call: &CallArguments,
        root: *mut ffi::PyObject,
    ) -> Option<Ticket> {
        // SAFETY: handed on from the passage, under the GIL.
        unsafe {
            let py = Python::assume_attached();
            let callee = callee::describe(callable);
            let plan = self.rules.plan(py, &callee, Some(call), session_code(), self.namespace);
            let by = Cause { by: Rc::clone(&plan.name), confidence: plan.effects.confidence };
            let states_changed = self.states_changed;
            match plan.namespace {
                Namespace::Untouched => {}
                // `vars(x)` is about x.
                Namespace::Given
                    if call.positional(0).is_some_and(|value| !self.is_program(value)) => {}
                Namespace::Given => {
                    self.namespace_given += 1;
                    self.namespace_open = true;
                }
                Namespace::Evaluated => {
                    self.namespace_open = true;
                    self.evaluate(call);
                }
                Namespace::Changed => {
                    self.namespace_open = true;
                    self.reads_everything = true;
                    // Nothing in it tells which of the variables' values it changes.
                    self.change_everything(&by);
                }
            }
            if let Some(spelling) = plan.spelling {
                for text in call.all().filter_map(|value| callee::text(value)) {
                    for name in clew_syntax::names_in(&text, spelling) {
                        self.reads_name(name);
                    }
                }
            }
            if !self.hidden.is_empty() {
                self.read_hidden(callee.receiver);
                for value in call.all() {
                    self.read_hidden(value);
                }
            }
            let receiver = callee.receiver;
            let mut handle = None;
            let mut figure = None;
            // States whose parts hang on no argument are the same each time.
            let noted = plan.has_fixed_states
                && !self.noted.insert((Rc::as_ptr(&plan.effects), ProgramPoint::current()));
            let watched = plan.effects.confidence == Confidence::Assumed
                && plan.namespace == Namespace::Untouched;
            let values = if watched { given(&callee, call) } else { Vec::new() };
            let inferred = if watched {
                let callable = (callable, &callee);
                let asked = (call, &values[..]);
                let means = Means {
                    rules: &mut self.rules,
                    findings: self.sink.as_mut(),
                    digests: &mut self.digests,
                };
                self.inference.infer(py, means, callable, asked, session_code())
            } else {
                None
            };
            // What may change by the text is seen to change or not where that can be afforded.
            let settled = inferred.as_ref().is_some_and(|inferred| inferred.is_settled());
            let pure = settled
                && self.handles.is_empty()
                && inferred.as_ref().is_some_and(|it| it.changes.is_empty());
            let watch = match watched && !pure {
                true => self.watch(&values, call),
                false => Watch::Assumed,
            };
            // What is inferred of this very call is known better.
            let habit = match watch {
                Watch::NoTime if !settled => {
                    let given = Given { callee: &callee, call, values: &values };
                    self.follow_habit(py, given, &plan.name, root)
                }
                _ => None,
            };
            let own = watched && self.is_of_own_module(&callee);
            if let Some(inferred) = &inferred {
                let told = match watch {
                    Watch::Watched(_) => Told::All,
                    _ if habit.is_some() => Told::Doubts,
                    _ => Told::Nothing,
                };
                self.infer(inferred, &values, &plan, (told, own));
            }
            let assumed = !matches!(watch, Watch::Watched(_))
                && habit.is_none()
                && inferred.as_ref().is_none_or(|inferred| inferred.everything);
            for change in &plan.effects.changes {
                match change {
                    Change::Mutates { .. } if !assumed => {}
                    Change::Mutates { place, depth } => {
                        self.each(place, receiver, call, |recorder, value, found| {
                            recorder.mutate(
                                value,
                                *depth,
                                &by,
                                if found { root } else { ptr::null_mut() },
                            );
                        });
                    }
                    Change::Consumes(place) => {
                        self.each(place, receiver, call, |recorder, value, _| {
                            recorder.consume(value);
                        });
                    }
                    Change::Views(_) => {}
                    // Which figure a call of pyplot's is about, and whether it made one, is known when
                    // it has ended.
                    Change::Reads(resource) | Change::Writes(resource)
                        if (is_pyplot(resource, None)
                            || (is_pyplot(resource, Some("current"))
                                && matches!(change, Change::Writes(_))))
                            && !call.arguments.is_null() =>
                    {
                        let used = figure.get_or_insert(FigureUse {
                            writes: false,
                            numbers: is_about_numbers(&by.by, call),
                        });
                        used.writes |=
                            resource.key.is_none() && matches!(change, Change::Writes(_));
                    }
                    // What it is given belongs to the program, whatever else looks at it.
                    Change::Handle { place: Place::Result, resource } => {
                        handle = Some(self.state_key(resource, receiver, call));
                    }
                    Change::Handle { .. } => {}
                    Change::Reads(_) | Change::Writes(_) if noted => {}
                    // Whoever is alone waits for nobody.
                    Change::Reads(resource) | Change::Writes(resource)
                        if resource.state == ExternalState::Process
                            && waits_for_threads(&callee)
                            && !crate::observe::has_threads(Quiet::new()) => {}
                    // Many estimators draw for some of their settings only; the generator tells.
                    Change::Reads(resource) | Change::Writes(resource)
                        if plan.draws
                            && resource.state == ExternalState::NumpyRandom
                            && self.draws.sees("numpy_random") => {}
                    Change::Reads(resource) => {
                        let key = self.state_key(resource, receiver, call);
                        self.reads_state(key);
                    }
                    Change::Writes(resource) => {
                        let key = self.state_key(resource, receiver, call);
                        let mode = call.positional(1).or_else(|| call.keyword("mode"));
                        let mode = mode.and_then(|mode| callee::text(mode));
                        let anew = makes_anew(&by.by, mode.as_deref());
                        if anew {
                            self.note_draws_before(&key);
                        }
                        self.writes_state((key, anew));
                    }
                }
            }
            if watched || plan.effects.touches(&ExternalState::StandardStreams) {
                let logs = plan.effects.touches(&ExternalState::Logging);
                self.write_out(&by, logs.then_some(receiver));
            }
            let known = inferred.as_ref().is_some_and(|inferred| !inferred.everything);
            for &address in plan.footprint.iter() {
                if !known {
                    self.reads_state(hidden_key(address));
                    self.writes_state((hidden_key(address), false));
                    self.hidden.insert(address);
                    if own {
                        self.change_held(address, &by);
                    }
                }
                if let Some(key) = self.handles.get(&address).cloned() {
                    self.reads_state(key.clone());
                    self.writes_state((key, false));
                }
            }
            if plan.iterates {
                for value in call.all() {
                    self.consume(value);
                }
            }
            // What a class is given to make an instance of is not called yet.
            if ffi::PyType_Check(callable) == 0 {
                for value in call.all() {
                    if (*ffi::Py_TYPE(value)).tp_call.is_some() {
                        self.call_back(py, value);
                    }
                }
            }
            let makes_new = ffi::PyType_Check(callable) != 0 && !self.deep.is_empty();
            let before = match watch {
                Watch::Watched(before) => Some(before),
                Watch::NoTime | Watch::Assumed => None,
            };
            let unknown = plan.effects.confidence != Confidence::Annotated;
            self.called_unknown |= unknown;
            if handle.is_none()
                && figure.is_none()
                && before.is_none()
                // What is not seen is asked about by the caller.
                && !call.arguments.is_null()
                && !unknown
                && self.unknown_generators.is_empty()
                && !makes_new
                && !plan.draws
                && plan.namespace == Namespace::Untouched
                && self.handles.is_empty()
            {
                return None;
            }
            let mutable =
                |value: &*mut ffi::PyObject| !value.is_null() && reach::is_mutable(*value);
            // Who reads what a library keeps to itself is not always seen.
            let within = inferred.as_ref().is_some_and(|inferred| inferred.changes_hidden());
            let explained = !watched
                || (settled && !within)
                || habit.is_some_and(|changed| changed != 0)
                || (before.is_none() && habit.is_none() && values.iter().any(mutable));
            let unknown = unknown.then(|| self.unknown_call(&callee, call));
            Some(Ticket {
                plan,
                handle,
                figure,
                makes_new,
                before,
                settled,
                unknown,
                explained,
                states_changed,
            })
        }
    }

    /// Notes what a call is inferred to do; to what it is given only where that is not seen.
    pub(super) unsafe fn infer(
        &mut self,
        inferred: &Inferred,
        roots: &[*mut ffi::PyObject],
        plan: &Plan,
        (told, own): (Told, bool),
    ) {
        // SAFETY: the call lends its receiver and arguments.
        unsafe {
            for (targets, confidence) in
                [(&inferred.changes, Confidence::Inferred), (&inferred.doubts, Confidence::Assumed)]
            {
                if told == Told::All || told == Told::Doubts && confidence == Confidence::Assumed {
                    continue;
                }
                let by = Cause { by: Rc::clone(&plan.name), confidence };
                for target in targets {
                    let value = target.find(roots);
                    let depth = if target.deep { Depth::Deep } else { Depth::Shallow };
                    if !value.is_null() {
                        self.mutate(value, depth, &by, ptr::null_mut());
                    } else if !roots[target.root].is_null() {
                        // It was replaced meanwhile.
                        self.mutate(roots[target.root], Depth::Deep, &by, ptr::null_mut());
                    }
                }
            }
            let variable = |(namespace, name): &(Address, Rc<str>)| variable_key(*namespace, name);
            for &address in inferred.reads.iter().chain(&inferred.writes) {
                self.reads_state(hidden_key(address));
            }
            for &address in &inferred.writes {
                let by = Cause { by: Rc::clone(&plan.name), confidence: Confidence::Inferred };
                self.mark(address, &by);
                if own {
                    self.change_held(address, &by);
                }
                self.writes_state((hidden_key(address), false));
                self.hidden.insert(address);
            }
            for read in &inferred.variables_read {
                self.reads_state(variable(read));
                if self.settings.is_empty() {
                    continue;
                }
                let name = crate::object::item(read.0 as *mut ffi::PyObject, "__name__");
                if let Some(module) = callee::text(name) {
                    self.reads_state(StateKey::whole(format!("module:{module}")));
                }
            }
            for bound in &inferred.variables_bound {
                self.reads_state(variable(bound));
                self.writes_state((variable(bound), false));
                self.binds_variables_of_modules = true;
            }
            for (state, written) in &inferred.states {
                let key = StateKey::whole(state.to_string());
                match written {
                    true => self.writes_state((key, false)),
                    false => self.reads_state(key),
                }
            }
        }
    }

    /// Looks at what a call can reach of which nothing is known.
    pub(super) unsafe fn watch(
        &mut self,
        values: &[*mut ffi::PyObject],
        call: &CallArguments,
    ) -> Watch {
        // SAFETY: handed on from `pass`.
        unsafe {
            let mutable = values.iter().any(|&value| !value.is_null() && reach::is_mutable(value));
            // Arguments that are not seen cannot be watched.
            if !mutable || call.arguments.is_null() {
                return Watch::Assumed;
            }
            let (quiet, places) = (Quiet::new(), lend_all(values));
            self.observer.before(quiet, &places, &self.borders, clew_probe::epoch())
        }
    }

    /// What draws from NumPy's hidden generator and did not move it drew from one that its receiver
    /// has, if any.
    unsafe fn draw_from(
        &mut self,
        receiver: *mut ffi::PyObject,
        plan: &Plan,
        root: *mut ffi::PyObject,
    ) {
        const BUDGET: usize = 2_000;
        // SAFETY: handed on from `passed`.
        unsafe {
            if receiver.is_null()
                || !self.draws.sees("numpy_random")
                || self.draws.moved(Quiet::new(), "numpy_random")
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
                let module = match root.is_null() {
                    true => root,
                    false => ffi::PyDict_GetItem(self.namespace, root),
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
                || self.draws.moved(Quiet::new(), "random")
                || self.draws.moved(Quiet::new(), "numpy_random")
            {
                return;
            }
            // What C keeps in an object of its own cannot be looked at.
            if callee.is_bound_builtin() && reach::is_opaque(callee.receiver) {
                let by = cause(&callee::display_name(callee), Confidence::Assumed);
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
                self.unexplained.insert((module.clone(), ProgramPoint::current()))
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
                    let by = cause(&callee::display_name(callee), Confidence::Assumed);
                    self.change(value, &by);
                }
            }
            for module in modules {
                self.writes_state((StateKey::whole(format!("module:{module}")), false));
            }
        }
    }

    /// Marks what a watched call is seen to have changed, and says whether that is anything.
    pub(super) unsafe fn compare(
        &mut self,
        before: Before,
        plan: &Plan,
        (callable, root): (*mut ffi::PyObject, *mut ffi::PyObject),
        call: &CallArguments,
        result: *mut ffi::PyObject,
    ) -> bool {
        // SAFETY: handed on from `passed`.
        unsafe {
            let callee = callee::describe(callable);
            let values = given(&callee, call);
            let places = lend_all(&values);
            let seen = self.observer.after(
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
            let means = (self.sink.as_ref() as &dyn Findings, &mut self.digests);
            let given = Given { callee: &callee, call, values: &values };
            let py = Python::assume_attached();
            self.habits.learn(py, means, given, (changed, &self.borders));
            self.observer.spend(began);
            let marks = match seen {
                Seen::Changed { marks, .. } => marks,
                Seen::Unclear(all) => all.into_iter().map(|address| (address, true)).collect(),
            };
            let any = !marks.is_empty();
            for (address, assumed) in marks {
                let confidence = if assumed { Confidence::Assumed } else { Confidence::Observed };
                let by = Cause { by: Rc::clone(&plan.name), confidence };
                if address == callee.receiver as Address {
                    self.change_found(callee.receiver, &by, root);
                    continue;
                }
                self.mark(address, &by);
                if let Some(key) = self.handles.get(&address).cloned() {
                    self.reads_state(key.clone());
                    self.writes_state((key, false));
                }
                if self.hidden.contains(&address) {
                    self.writes_state((hidden_key(address), false));
                }
                if address == self.namespace as Address {
                    self.namespace_open = true;
                }
            }
            any
        }
    }

    /// What is to be known when a call has returned that no rule speaks of.
    pub(super) unsafe fn unknown_call(&mut self, callee: &Callee, call: &CallArguments) -> Unknown {
        /// How many paths are looked at in one statement.
        const MOST: usize = 2_000;
        let mut paths = Vec::new();
        // SAFETY: handed on from `pass`.
        unsafe {
            if environment_written()
                && let Some(module) = callee::module_of(callee.function())
                && self.mentions.environment(Quiet::new(), &callee::top_level(&module))
            {
                self.reads_state(StateKey::whole("environment"));
            }
            if self.paths_looked_at < MOST && !call.arguments.is_null() {
                paths.extend(call.lent().filter_map(GivenPath::of));
                self.paths_looked_at += paths.len();
            }
        }
        Unknown { _call: UnknownCall::begin(), files_heard: self.files_heard, paths }
    }

    /// A callable that is handed to a call, or that an iterator calls, is taken to be called:
    /// `a.append` in `map(a.append, xs)`. Functions of the session tell of themselves when they
    /// are entered, except that they keep state.
    pub(super) unsafe fn call_back(&mut self, py: Python<'_>, value: *mut ffi::PyObject) {
        // SAFETY: handed on from the caller.
        unsafe {
            let callee = callee::describe(value);
            if let Some(code) = callee.code()
                && is_stateful(code)
            {
                let by = cause(&callee::display_name(&callee), Confidence::Assumed);
                self.change_function(callee.function(), &by);
            }
            if !callee.is_bound_builtin() {
                return;
            }
            let plan = self.rules.plan(py, &callee, None, session_code(), self.namespace);
            let by = cause(&callee::display_name(&callee), Confidence::Assumed);
            for change in &plan.effects.changes {
                if let Change::Mutates { place: Place::Receiver, depth } = change {
                    self.mutate(callee.receiver, *depth, &by, ptr::null_mut());
                }
            }
        }
    }

    /// Whether a callable may change what somebody gives it. Functions of the session tell of
    /// themselves.
    pub(super) unsafe fn changes_what_it_is_given(
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
            let given = |change: &Change| match change {
                Change::Mutates { place, .. } => *place != Place::Receiver,
                _ => false,
            };
            plan.effects
                .changes
                .iter()
                .any(given)
                .then(|| Cause { by: Rc::clone(&plan.name), confidence: Confidence::Assumed })
        }
    }

    /// The values that a place of a call stands for.
    pub(super) unsafe fn each(
        &mut self,
        place: &Place,
        receiver: *mut ffi::PyObject,
        call: &CallArguments,
        mut body: impl FnMut(&mut Self, *mut ffi::PyObject, bool),
    ) {
        match place {
            Place::Receiver => {
                if !receiver.is_null() {
                    body(self, receiver, true);
                }
            }
            Place::Positional(at) => {
                if let Some(value) = call.positional(*at as usize) {
                    body(self, value, false);
                }
            }
            Place::Keyword(name) => {
                if let Some(value) = call.keyword(name) {
                    body(self, value, false);
                }
            }
            Place::AllPositional => {
                for at in 0..call.count {
                    if let Some(value) = call.positional(at) {
                        body(self, value, false);
                    }
                }
            }
            Place::AllArguments => {
                for value in call.all().collect::<Vec<_>>() {
                    body(self, value, false);
                }
            }
            Place::Result => {}
        }
    }

    pub(super) fn state_key(
        &self,
        resource: &Resource,
        receiver: *mut ffi::PyObject,
        call: &CallArguments,
    ) -> StateKey {
        let state = resource.state.to_string();
        let part = match &resource.key {
            None => None,
            Some(StatePart::Name(name)) => Some(name.clone()),
            Some(StatePart::Place(place)) => {
                let value = match place {
                    Place::Receiver => (!receiver.is_null()).then_some(receiver),
                    Place::Positional(at) => call.positional(*at as usize),
                    Place::Keyword(name) => call.keyword(name),
                    _ => None,
                };
                // SAFETY: the call lends its arguments for as long as it lasts.
                value.and_then(|value| unsafe { self.part_of(&state, value) })
            }
        };
        StateKey { state, part }
    }

    /// A value as the name of a part of a state: a path made absolute, a string as it is.
    pub(super) unsafe fn part_of(&self, state: &str, value: *mut ffi::PyObject) -> Option<String> {
        // SAFETY: handed on from the caller.
        unsafe {
            if let Some(key) = self.handles.get(&(value as Address)) {
                return key.part.clone();
            }
            let text = callee::text(value).or_else(|| crate::object::path_text(value))?;
            if state == "file_system" {
                let here = std::env::current_dir().unwrap_or_default();
                return Some(normal_path(&here.join(text)));
            }
            Some(text)
        }
    }
}

/// A call is about to be made, with these arguments.
pub(crate) unsafe fn passing(
    callable: *mut ffi::PyObject,
    call: &CallArguments,
    root: *mut ffi::PyObject,
) -> Option<Ticket> {
    // SAFETY: the passage lends callable and arguments for the time of the call.
    with(|recorder| unsafe { recorder.pass(callable, call, root) }).flatten()
}

/// A call is about to be made whose arguments will not be seen: whatever the statement reads may
/// change, unless nothing does.
pub(crate) unsafe fn called_unseen(callable: *mut ffi::PyObject) {
    let none = CallArguments { arguments: ptr::null(), count: 0, keywords: ptr::null_mut() };
    // SAFETY: the probe lends a live callable, and no argument of none is looked at.
    with(|recorder| unsafe {
        let Some(ticket) = recorder.pass(callable, &none, ptr::null_mut()) else { return };
        if !ticket.plan.is_idle() || ticket.plan.iterates {
            let name = callee::display_name(&callee::describe(callable));
            recorder.change_everything(&cause(&name, Confidence::Assumed));
        }
    });
}

/// The call returned; `result` is null where it raised.
pub(crate) unsafe fn passed(
    ticket: Ticket,
    (callable, root): (*mut ffi::PyObject, *mut ffi::PyObject),
    call: &CallArguments,
    result: *mut ffi::PyObject,
) {
    let Ticket { plan, mut handle, figure, makes_new, before, settled, unknown, .. } = ticket;
    let mut explained = ticket.explained;
    // What the call raised is not ours to touch.
    // SAFETY: the GIL is held.
    let _pending = result.is_null().then(|| unsafe { crate::object::Pending::aside() });
    if let Some(before) = before {
        // SAFETY: the passage still lends callable and arguments.
        explained |= with(|recorder| unsafe {
            recorder.compare(*before, &plan, (callable, root), call, result)
        })
        .unwrap_or(true);
    }
    with(|recorder| {
        // A generator's body has not begun to run.
        let began = result.is_null()
            // SAFETY: the result is live.
            || unsafe { crate::object::generator_code(result) }.is_none();
        if let Some(unknown) = unknown.as_ref().filter(|_| began) {
            recorder.note_given_paths(&unknown.paths);
        }
        if !explained && recorder.states_changed == ticket.states_changed {
            // SAFETY: as above.
            unsafe { recorder.leave_unexplained(&callee::describe(callable), call, result) };
        }
        if unknown.as_ref().is_some_and(|unknown| recorder.files_heard > unknown.files_heard) {
            // SAFETY: the passage still lends callable and arguments.
            unsafe {
                let callee = callee::describe(callable);
                let mut values = vec![result, callee.receiver];
                values.extend(call.all());
                values.extend(crate::object::globals_of(callee.function()));
                recorder.adopt_files(&values);
            }
        }
        if plan.namespace == Namespace::Changed {
            recorder.namespace_open = true;
        }
        if plan.draws {
            // SAFETY: as above.
            unsafe { recorder.draw_from(callee::describe(callable).receiver, &plan, root) };
        }
        if let Some(used) = figure {
            // SAFETY: the GIL is held.
            let current = unsafe { recorder.use_figure(used) };
            if let Some(handle) = handle.as_mut().filter(|handle| handle.state == "pyplot") {
                handle.part = current.and_then(|current| current.part);
            }
        }
        if result.is_null() {
            return;
        }
        if makes_new {
            recorder.deep.remove(&(result as Address));
        }
        // SAFETY: the result is live.
        if unsafe { crate::object::generator_code(result) }.is_some() {
            match plan.effects.confidence {
                Confidence::Assumed if !settled => {
                    recorder.unknown_generators.insert(result as Address)
                }
                _ => recorder.unknown_generators.remove(&(result as Address)),
            };
        }
        match handle {
            Some(key) => {
                // SAFETY: the result is live.
                for part in unsafe { crate::object::parts_of(result) } {
                    recorder.handles.insert(part as Address, key.clone());
                }
            }
            // A new value may be where an open file was.
            None if is_new(&plan, result) => {
                recorder.handles.remove(&(result as Address));
            }
            None => {}
        }
    });
}

/// The receiver of a call, or null, and its arguments.
fn given(callee: &Callee, call: &CallArguments) -> Vec<*mut ffi::PyObject> {
    std::iter::once(callee.receiver).chain(call.all()).collect()
}

/// Whether a callee is a method of what threads wait for each other by.
unsafe fn waits_for_threads(callee: &Callee) -> bool {
    // SAFETY: the caller lends a live callable.
    unsafe {
        let receiver = callee.receiver;
        !receiver.is_null()
            && !crate::object::runs_behind(receiver)
            && matches!(
                callee::type_name(ffi::Py_TYPE(receiver)).0.as_str(),
                "_queue" | "queue" | "threading"
            )
    }
}

/// Whether a callee makes objects of bytes in which they tell their classes by name.
pub(super) fn makes_of_bytes(callee: &str) -> bool {
    matches!(callee.rsplit('.').next(), Some("load" | "loads" | "read_pickle"))
}

/// Whether what a call gave was made by it.
pub(super) fn is_new(plan: &Plan, result: *mut ffi::PyObject) -> bool {
    let shares = |change: &Change| matches!(change, Change::Views(_));
    // SAFETY: the caller lends a live object, and is the only one to hold it where the count is one.
    let only = cfg!(not(Py_3_14)) && unsafe { ffi::Py_REFCNT(result) } == 1;
    only || !plan.effects.changes.iter().any(shares)
}

/// Whether a call leaves nothing of the state that it changes as it was: files that are written
/// from their beginning, generators that are seeded.
pub(super) fn makes_anew(callee: &str, mode: Option<&str>) -> bool {
    let name = callee.rsplit('.').next().unwrap_or(callee);
    match name {
        "open" => mode.is_some_and(|mode| mode.contains(['w', 'x'])),
        "to_csv" | "to_json" | "to_pickle" | "to_parquet" | "to_feather" | "to_excel" => {
            mode.is_none_or(|mode| !mode.contains('a'))
        }
        "seed" | "manual_seed" | "set_state" | "setstate" | "set_rng_state" | "savefig"
        | "imsave" | "imwrite" | "write_text" | "write_bytes" | "savetxt" | "savez"
        | "savez_compressed" | "copyfile" | "copy2" => true,
        _ => false,
    }
}
>>>>>>> 82406e6 (probe: listeners are lent objects with a lifetime)
