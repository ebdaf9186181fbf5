//! Explain: what a call may change of which no rule speaks: by inference, observation and call profiles.
#![allow(unsafe_code, reason = "looks at live callables and arguments, under the GIL")]

use std::ptr;
use std::rc::Rc;

use clew_effects::{Confidence, Depth, StateKey};
use clew_heap::arguments::CallArguments;
use clew_heap::callable_name::package_of;
use clew_heap::callee::{Callee, Shape};
use clew_heap::collector::AtRest;
use clew_heap::library::matplotlib::is_of_matplotlib;
use clew_heap::library::pandas::pandas_parts;
use clew_heap::session_code::session_code;
use clew_heap::{Address, Lent, Owned, kind};
use clew_probe::{ProgramPoint, forget_reports};
use pyo3::ffi;

use super::hidden::{HiddenBinding, HiddenWrite};
use super::plan::Planned;
use crate::findings::Findings;
use crate::inference::{AccessPath, Inferred, Means, find};
use crate::observe::Watch;
use crate::recorder::call_profile::Given;
use crate::recorder::note::{hidden_key, variable_key};
use crate::recorder::operators::held_by_class;
use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;
use crate::rules::Namespace;

// Part of CPython's C API, and not declared by pyo3.
unsafe extern "C" {
    /// A method bound to a value; a new reference.
    fn PyMethod_New(function: *mut ffi::PyObject, value: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

/// What is known of a call beside what rules say.
pub(super) struct Explanation {
    /// Whether no rule speaks of it, so that it was asked about at all.
    pub(super) asked: bool,
    /// What was inferred from its source.
    inferred: Option<Rc<Inferred>>,
    /// Whether it is watched.
    pub(super) watch: Watch,
    /// In which of its values calls like it changed something, where it cannot be watched.
    profile: Option<u64>,
    /// Whether it is given something that can change.
    given_mutable: bool,
    /// Whether its callee is of a module of the program's own.
    pub(super) own: bool,
    /// What modules hold that it is inferred to change, as it was before.
    pub(super) hidden: Vec<HiddenWrite>,
    /// The variables of modules that it is inferred to bind.
    pub(super) bindings: Vec<HiddenBinding>,
}

impl Explanation {
    /// Of a call that rules speak of.
    fn by_rules() -> Self {
        let watch = Watch::Assumed;
        Self {
            asked: false,
            inferred: None,
            watch,
            profile: None,
            given_mutable: false,
            own: false,
            hidden: Vec::new(),
            bindings: Vec::new(),
        }
    }

    /// Whether inference leaves nothing in doubt.
    pub(super) fn is_settled(&self) -> bool {
        self.inferred.as_ref().is_some_and(|inferred| inferred.is_settled())
    }

    /// Whether inference says which objects it may change.
    pub(super) fn is_bounded(&self) -> bool {
        self.inferred.as_ref().is_some_and(|inferred| !inferred.everything)
    }

    /// Whether it is taken to change whatever it is given.
    pub(super) fn is_assumed(&self) -> bool {
        !self.asked
            || (!matches!(self.watch, Watch::Watched(_))
                && self.profile.is_none()
                && !self.is_bounded())
    }

    /// Whether what it does is known, or taken to be done to what it is given.
    pub(super) fn explains(&self) -> bool {
        // Who reads what a library keeps to itself is not always seen.
        let hidden = self.inferred.as_ref().is_some_and(|inferred| inferred.changes_hidden());
        let watched = matches!(self.watch, Watch::Watched(_));
        !self.asked
            || (self.is_settled() && !hidden)
            || self.profile.is_some_and(|changed| changed != 0)
            || (!watched && self.profile.is_none() && self.given_mutable)
    }
}

/// What a class of the program keeps that a call makes an instance of: a library's metaclass may change it.
pub(super) fn kept_by_class<'a>(callee: &Callee<'a>) -> Vec<Lent<'a>> {
    let class = callee.function.as_class().filter(|class| {
        callee.shape == Shape::Class
            && class.is_of_program()
            && class.object().class().is_made_by_statement()
    });
    class.map(held_by_class).unwrap_or_default()
}

impl Recorder {
    /// Finds out what a call may change of which no rule speaks, and notes what is not to be seen when
    /// it has ended.
    pub(super) fn explain(&mut self, planned: &Planned<'_>) -> Explanation {
        let plan = &planned.plan;
        let assumed = plan.effects.confidence == Confidence::Assumed;
        if !assumed || plan.namespace != Namespace::Untouched {
            let watch = self.watch_receiver(planned);
            return Explanation { watch, ..Explanation::by_rules() };
        }
        let values = planned.values();
        let inferred = self.ask_source(planned, &values);
        let mutable = |value: &Lent<'_>| kind::is_mutable(*value);
        let mut explanation = Explanation {
            asked: true,
            inferred,
            watch: Watch::Assumed,
            profile: None,
            given_mutable: values.iter().flatten().any(mutable),
            own: self.is_of_own_module(planned.callee.function),
            hidden: Vec::new(),
            bindings: Vec::new(),
        };
        let settled = explanation.is_settled();
        let changes = |inferred: &Rc<Inferred>| !inferred.changes.is_empty();
        let pure = settled
            && self.objects.handles.is_empty()
            && !explanation.inferred.as_ref().is_some_and(changes);
        // What may change by the text is seen to change or not where that can be afforded; arguments
        // that are not seen cannot be watched.
        let mut places: Vec<Lent<'_>> = values.iter().copied().flatten().collect();
        places.extend(kept_by_class(&planned.callee));
        let any = explanation.given_mutable || places.len() > values.iter().flatten().count();
        if !pure && any && planned.is_seen() {
            let (quiet, epoch) = (planned.callable.quiet(), clew_probe::epoch());
            explanation.watch =
                self.watching.observer.before(quiet, &places, &self.boundary, epoch);
        }
        // What is inferred of this very call is known better than what others like it did.
        if matches!(explanation.watch, Watch::NoTime) && !settled {
            explanation.profile = self.follow_profile(planned, &values);
        }
        self.note_inferred(planned, &mut explanation, &values);
        explanation
    }

    /// Watches the receiver where a rule says that all that it holds may change: most methods leave much
    /// of that alone.
    fn watch_receiver(&mut self, planned: &Planned<'_>) -> Watch {
        let Planned { callee, plan, .. } = planned;
        let deep = plan.effects.receiver_change() == Some(Depth::Deep);
        let of_python = callee.shape == Shape::Function && planned.is_seen();
        match callee.receiver.filter(|_| deep && of_python) {
            Some(receiver) if !is_of_matplotlib(receiver) && pandas_parts(receiver).is_none() => {
                let (quiet, epoch) = (planned.callable.quiet(), clew_probe::epoch());
                self.watching.observer.before(quiet, &[receiver], &self.boundary, epoch)
            }
            _ => Watch::Assumed,
        }
    }

    /// What the source of the callee says.
    fn ask_source(
        &mut self,
        planned: &Planned<'_>,
        values: &[Option<Lent<'_>>],
    ) -> Option<Rc<Inferred>> {
        let means = Means {
            rules: &mut self.rules,
            findings: self.recording.as_mut(),
            digests: &mut self.watching.digests,
        };
        let Planned { callee, call, .. } = planned;
        self.watching.inference.infer(means, callee, (call, values), session_code())
    }

    /// Notes what a library's function does that sets an attribute or item of a value, enters or leaves it; whether
    /// that is known. It is called with so many values of which nothing is known.
    pub(in crate::recorder) fn follow_setter(
        &mut self,
        value: Lent<'_>,
        function: Lent<'_>,
        given: usize,
        by: &Cause,
    ) -> bool {
        // SAFETY: the constant is always alive.
        let something = [unsafe { ffi::Py_None() }; 3];
        let given = given.min(something.len());
        let call = CallArguments {
            arguments: something.as_ptr(),
            count: given,
            keywords: ptr::null_mut(),
        };
        let bound = {
            let _at_rest = AtRest::begin(value.quiet());
            // SAFETY: both are alive; the reference is new, and the collector, which might run the
            // program's code, is at rest.
            unsafe { Owned::new(PyMethod_New(function.as_ptr(), value.as_ptr())) }
        };
        let Some(bound) = bound else { return false };
        let planned = self.plan(bound.lend(), &call, None);
        let effects = &planned.plan.effects;
        if effects.confidence == Confidence::Annotated {
            return effects.receiver_change() != Some(Depth::Deep);
        }
        let mut roots = vec![Some(value)];
        roots.resize(1 + given, None);
        let Some(inferred) = self.ask_source(&planned, &roots) else { return false };
        if inferred.everything {
            return false;
        }
        let by = Cause { by: Rc::clone(&by.by), confidence: Confidence::Inferred };
        self.change_targets(&inferred.changes, &roots, &by);
        self.change_targets(&inferred.unknown_changes, &roots, &by);
        let own = self.is_of_own_module(function);
        self.note_inferred_reads(&inferred);
        for &address in &inferred.writes {
            self.note_hidden_write(address, &planned, own);
        }
        for bound in &inferred.variables_bound {
            self.note_binding(variable_key(bound.0, &bound.1));
        }
        true
    }

    /// Notes what a call that there is no time to watch is taken to change, and says in which of its
    /// values; `None` where too little is known.
    fn follow_profile(
        &mut self,
        planned: &Planned<'_>,
        values: &[Option<Lent<'_>>],
    ) -> Option<u64> {
        let Planned { callee, call, .. } = planned;
        // A package whose settings were changed does not do as it did.
        let package = package_of(callee.function);
        if package.is_none_or(|package| self.outside.settings.any_of(&package)) {
            return None;
        }
        let means = (self.recording.as_ref() as &dyn Findings, &mut self.watching.digests);
        let changed = self.watching.profiles.changed_by(means, Given { callee, call, values })?;
        let by = planned.cause_of(Confidence::Observed);
        for (at, &value) in values.iter().enumerate() {
            if let Some(value) = value.filter(|_| changed & (1 << at) != 0) {
                let found = Some(value) == callee.receiver;
                let base_name = planned.base_name.filter(|_| found);
                self.mutate(value, Depth::Deep, &by, base_name);
            }
        }
        Some(changed)
    }

    /// Notes what a call is inferred to do; to what it is given only where that is not seen.
    fn note_inferred(
        &mut self,
        planned: &Planned<'_>,
        explanation: &mut Explanation,
        roots: &[Option<Lent<'_>>],
    ) {
        let Some(inferred) = explanation.inferred.clone() else { return };
        if !matches!(explanation.watch, Watch::Watched(_)) {
            let by = planned.cause_of(Confidence::Inferred);
            self.change_targets(&inferred.changes, roots, &by);
            if explanation.profile.is_none() {
                let by = planned.cause_of(Confidence::Assumed);
                self.change_targets(&inferred.unknown_changes, roots, &by);
            }
        }
        self.note_inferred_reads(&inferred);
        // Of a call whose arguments are not seen nobody hears when it returns.
        let at_once = explanation.own || !planned.is_seen();
        let point = ProgramPoint::current();
        for &address in &inferred.writes {
            // SAFETY: a module holds the object, and none of the program's code runs meanwhile.
            let object = unsafe { Lent::new(address as *mut ffi::PyObject) };
            let observer = &mut self.watching.observer;
            let within = inferred.writes_within.contains(&address);
            // What was seen to change there changes there again.
            let again = self.at_hand.hidden_written.contains(&(address, point));
            let watched = object.filter(|_| !at_once && !again).and_then(|object| {
                if let Some(kept) = HiddenWrite::begin_kept(object, observer, &self.boundary) {
                    return Some(kept);
                }
                let mut deep = || HiddenWrite::begin_deep(object, observer, &self.boundary);
                let seen = if within { deep() } else { None };
                if let Some(seen) = seen {
                    return Some(seen);
                }
                if within || !object.is_builtin_container() {
                    explanation.hidden.extend(HiddenWrite::begin_held(object));
                }
                HiddenWrite::begin(object).or_else(deep)
            });
            match watched {
                Some(hidden) => explanation.hidden.push(hidden),
                None => self.note_hidden_write(address, planned, explanation.own),
            }
        }
        for bound in &inferred.variables_bound {
            // SAFETY: a module holds its namespace.
            let variables = unsafe { Lent::new(bound.0 as *mut ffi::PyObject) };
            match variables.filter(|_| !at_once) {
                Some(variables) => {
                    explanation.bindings.push(HiddenBinding::begin(variables, &bound.1));
                    self.reads_state(variable_key(bound.0, &bound.1));
                }
                None => self.note_binding(variable_key(bound.0, &bound.1)),
            }
        }
        for (key, written) in &inferred.states {
            let key = key.clone();
            match written {
                true => {
                    self.note_seeded(&key.state);
                    self.writes_state((key, false));
                }
                false => self.reads_state(key),
            }
        }
    }

    /// Marks what a call is inferred to change of what it is given.
    fn change_targets(&mut self, targets: &[AccessPath], roots: &[Option<Lent<'_>>], by: &Cause) {
        for target in targets {
            let value = find(target, roots);
            let depth = if target.deep { Depth::Deep } else { Depth::Shallow };
            if let Some(value) = value {
                self.mutate(value, depth, by, None);
            } else if let Some(root) = roots[target.root] {
                // It was replaced meanwhile.
                self.mutate(root, Depth::Deep, by, None);
            }
        }
    }

    /// Notes the objects and variables of modules that a call is inferred to read.
    fn note_inferred_reads(&mut self, inferred: &Inferred) {
        let noted = (ptr::from_ref(inferred), ProgramPoint::current());
        let seen = self.outside.libraries.kept.len() + self.outside.states_changed;
        if self.at_hand.inferred_noted.insert(noted, seen) == Some(seen) {
            return;
        }
        for &address in inferred.reads.iter().chain(&inferred.writes) {
            // SAFETY: a module, class or closure holds the object, and none of the program's code runs meanwhile.
            let object = unsafe { Lent::new(address as *mut ffi::PyObject) };
            match object.and_then(Lent::as_class) {
                Some(class) => self.read_class(class),
                None => self.reads_state(hidden_key(address)),
            }
        }
        for read in &inferred.variables_read {
            self.reads_state(variable_key(read.0, &read.1));
            if self.outside.settings.is_empty() {
                continue;
            }
            // SAFETY: a module holds its namespace.
            let variables = unsafe { Lent::new(read.0 as *mut ffi::PyObject) };
            let module = variables.and_then(|variables| variables.item("__name__")?.text());
            if let Some(module) = module {
                self.reads_state(StateKey::module(module));
            }
        }
    }

    /// Notes that a call is inferred to change what a module holds.
    fn note_hidden_write(&mut self, address: Address, planned: &Planned<'_>, own: bool) {
        let by = planned.cause_of(Confidence::Inferred);
        self.write_hidden(address, &by);
        if own {
            self.change_held(address, &by);
        }
    }

    /// Notes that what a module holds was changed.
    pub(super) fn write_hidden(&mut self, address: Address, by: &Cause) {
        self.mark(address, by);
        self.writes_state((hidden_key(address), false));
        if self.objects.hidden.insert(address) {
            forget_reports();
        }
    }

    /// Notes that a call binds a variable of a module.
    pub(super) fn note_binding(&mut self, key: StateKey) {
        self.reads_state(key.clone());
        self.writes_state((key, false));
        self.objects.binds_variables_of_modules = true;
    }
}
