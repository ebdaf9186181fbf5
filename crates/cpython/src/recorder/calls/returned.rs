//! Returned: what is done about a call when it has ended.

use std::rc::Rc;

use clew_effects::{Change, Confidence, ExternalState, StateKey};
use clew_heap::arguments::CallArguments;
use clew_heap::callable_name::{name_of, package_of, top_level};
use clew_heap::callee::Callee;
use clew_heap::code::{generator_code, globals_of};
use clew_heap::exception::Pending;
use clew_heap::identity::{is_number_or_text, takes_only_values};
use clew_heap::library::standard::streams_below;
use clew_heap::parts::parts_of;
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, AddressSet, Lent, Quiet, kind, numpy};
use clew_probe::{ProgramPoint, forget_reports};

use super::explain::kept_by_class;
use super::hidden::{HiddenBinding, HiddenWrite};
use super::pass::PendingCall;
use crate::children::Children;
use crate::findings::Findings;
use crate::observe::{Before, Seen};
use crate::recorder::call_profile::Given;
use crate::recorder::entry::with;
use crate::recorder::note::hidden_key;
use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;
use crate::rules::{Namespace, Plan};

/// The call returned; there is no result where it raised.
pub(crate) fn passed(
    mut pending: PendingCall,
    (callable, base_name): (Lent<'_>, Option<Lent<'_>>),
    call: &CallArguments,
    result: Option<Lent<'_>>,
) {
    // What the call raised is not ours to touch.
    let _raised = result.is_none().then(|| Pending::aside(callable.quiet()));
    // What the library has let go of meanwhile is freed when all is done.
    let hidden = std::mem::take(&mut pending.hidden);
    let bindings = std::mem::take(&mut pending.bindings);
    if !hidden.is_empty() || !bindings.is_empty() {
        let quiet = callable.quiet();
        with(|recorder| recorder.compare_hidden(quiet, (&hidden, &bindings), (&pending, result)));
    }
    if let Some(before) = pending.before.take() {
        pending.explained |= with(|recorder| {
            recorder.compare(*before, &pending, (callable, base_name), call, result)
        })
        .unwrap_or(true);
    }
    with(|recorder| {
        recorder.returned(&mut pending, (callable, base_name), call, result);
        if let Some(result) = result {
            recorder.keep_result(pending, callable, result);
        }
    });
}

impl Recorder {
    /// Notes what a call did that is known when it has ended.
    fn returned(
        &mut self,
        pending: &mut PendingCall,
        (callable, base_name): (Lent<'_>, Option<Lent<'_>>),
        call: &CallArguments,
        result: Option<Lent<'_>>,
    ) {
        let callee = Callee::of(callable);
        // A generator's body has not begun to run.
        let began = result.is_none_or(|result| generator_code(result).is_none());
        if let Some(unruled) = pending.unruled.as_ref().filter(|_| began) {
            self.note_given_paths(&unruled.paths);
            self.note_use(callable.quiet(), result);
            if pending.children.is_some() {
                self.keep_open_files(pending, &callee, call, result);
            }
        }
        if !pending.explained && self.outside.states_changed == pending.states_changed {
            self.leave_unexplained(&callee, call, result);
        }
        if let Some(manager) = entered_manager(&callee, call) {
            self.follow_manager(manager);
            if pending.handle.is_none() {
                pending.handle = self.objects.handles.get(&manager.address()).cloned();
            }
        }
        let audited = self.at_hand.files_audited;
        if pending.unruled.as_ref().is_some_and(|unruled| audited > unruled.files_audited) {
            let mut values: Vec<Lent<'_>> =
                result.into_iter().chain(callee.receiver).chain(call.lent()).collect();
            values.extend(globals_of(callee.function));
            self.adopt_files(callable.quiet(), &values);
        }
        if pending.children.is_some_and(Children::were_at_work) {
            self.hand_on(callable.quiet(), [callable].into_iter().chain(call.lent()).chain(result));
        }
        if pending.plan.namespace == Namespace::Changed {
            self.at_hand.namespace_open = true;
        }
        if let Some(receiver) = callee.receiver.filter(|_| pending.plan.draws) {
            self.draw_from(receiver, &pending.plan, base_name);
        }
        if let Some(used) = pending.figure {
            let current = self.use_figure(callable.quiet(), used);
            if let Some(handle) =
                pending.handle.as_mut().filter(|key| key.state == ExternalState::Pyplot)
            {
                handle.part = current.and_then(|current| current.part);
            }
        }
    }

    /// Notes whether somebody took what a call gave.
    fn note_use(&mut self, quiet: Quiet<'_>, result: Option<Lent<'_>>) {
        /// How often it is asked in one statement.
        const MOST: usize = 8;
        let called = &mut self.at_hand.called;
        let Some(result) = result.filter(|_| !called.for_effect) else { return };
        called.for_effect = result.is_none();
        if !called.for_effect && called.results_asked < MOST {
            called.results_asked += 1;
            called.for_effect = clew_probe::is_result_dropped(quiet);
        }
    }

    /// Notes which of what modules hold a call changed, or will when what it gave goes on.
    fn compare_hidden(
        &mut self,
        quiet: Quiet<'_>,
        (hidden, bindings): (&[HiddenWrite], &[HiddenBinding]),
        (pending, result): (&PendingCall, Option<Lent<'_>>),
    ) {
        let by = Cause { by: Rc::clone(&pending.plan.name), confidence: Confidence::Inferred };
        let goes_on = result.is_some_and(|result| generator_code(result).is_some());
        for write in hidden {
            let means = (&mut self.watching.observer, &self.boundary);
            if goes_on || write.is_changed(quiet, means) {
                let point = ProgramPoint::current();
                self.at_hand.hidden_written.insert((write.address(), point));
                self.write_hidden(write.address(), &by);
            }
        }
        for binding in bindings {
            if goes_on || binding.is_changed(quiet) {
                self.note_binding(binding.key());
            }
        }
    }

    /// Remembers which file a call opened and left open, for what came of it or for its receiver.
    fn keep_open_files(
        &mut self,
        pending: &mut PendingCall,
        callee: &Callee<'_>,
        call: &CallArguments,
        result: Option<Lent<'_>>,
    ) {
        let opened = self.note_files_used(false);
        let held = self.at_hand.mapped.take().or_else(|| self.held_open(&opened));
        let gives = result.filter(|&result| kind::changes_in_place(result));
        match (held, gives, callee.receiver) {
            (held @ Some(_), Some(_), _) => pending.handle = pending.handle.take().or(held),
            (Some(held), None, Some(receiver)) => {
                self.objects.handles.entry(receiver.address()).or_insert(held);
                forget_reports();
            }
            (None, Some(result), receiver) if pending.handle.is_none() => {
                pending.handle = receiver
                    .and_then(|receiver| self.inherited_handle(receiver, result))
                    .or_else(|| self.wrapped_handle(call, result));
            }
            _ => {}
        }
    }

    /// Remembers what the result of a call stands for.
    fn keep_result(&mut self, pending: PendingCall, callable: Lent<'_>, result: Lent<'_>) {
        let PendingCall { plan, handle, makes_new, settled, report, .. } = pending;
        if let Some(report) = report.filter(|_| is_number_or_text(result)) {
            report.keep(takes_only_values(callable));
            return;
        }
        let address = result.address();
        if makes_new {
            self.at_hand.deep.remove(&address);
        }
        if generator_code(result).is_some() {
            match plan.effects.confidence {
                Confidence::Assumed if !settled => self.objects.unknown_generators.insert(address),
                _ => self.objects.unknown_generators.remove(&address),
            };
        }
        match handle {
            Some(key) => {
                for part in parts_of(result) {
                    self.objects.handles.insert(part.address(), key.clone());
                }
                forget_reports();
            }
            // A new value may be where an open file was.
            None if is_new(&plan, result) => {
                let mut known = self.objects.handles.remove(&address).is_some();
                // The same of what it is made of.
                if *plan.name == *"open" && result.class().name().0 == "_io" {
                    for part in parts_of(result) {
                        known |= self.objects.handles.remove(&part.address()).is_some();
                    }
                }
                if known {
                    forget_reports();
                }
            }
            None => {}
        }
    }

    /// Marks what a watched call is seen to have changed, and says whether that is anything.
    pub(super) fn compare(
        &mut self,
        before: Before,
        pending: &PendingCall,
        (callable, base_name): (Lent<'_>, Option<Lent<'_>>),
        call: &CallArguments,
        result: Option<Lent<'_>>,
    ) -> bool {
        let PendingCall { plan, watches_receiver, .. } = pending;
        let callee = Callee::of(callable);
        let values = match watches_receiver {
            true => vec![callee.receiver],
            false => callee.values(call),
        };
        let mut places: Vec<Lent<'_>> = values.iter().copied().flatten().collect();
        if !watches_receiver {
            places.extend(kept_by_class(&callee));
        }
        let seen = self.watching.observer.after(
            callable.quiet(),
            before,
            (&places, result),
            &self.boundary,
            clew_probe::epoch(),
        );
        let changed = match &seen {
            Seen::Changed { marks, gone } => {
                let mut changed: AddressSet = marks.iter().map(|&(address, _)| address).collect();
                // Who let go of it has changed as well.
                changed.retain(|address| !gone.contains(address));
                Some(changed)
            }
            Seen::Unclear(_) => None,
        };
        let means = (self.recording.as_ref() as &dyn Findings, &mut self.watching.digests);
        let given = Given { callee: &callee, call, values: &values };
        if !watches_receiver {
            self.watching.profiles.learn(means, given, (changed, &self.boundary));
        }
        self.watching.observer.spend(100 * values.len());
        let marks = match seen {
            Seen::Changed { marks, .. } => marks,
            Seen::Unclear(all) => all.into_iter().map(|address| (address, true)).collect(),
        };
        let any = !marks.is_empty();
        // What a stream in memory holds is not seen.
        for stream in places.iter().filter(|_| any).flat_map(|&place| streams_below(place)) {
            let by = Cause { by: Rc::clone(&plan.name), confidence: Confidence::Observed };
            self.mark(stream.address(), &by);
        }
        for (address, assumed) in marks {
            let confidence = if assumed { Confidence::Assumed } else { Confidence::Observed };
            let by = Cause { by: Rc::clone(&plan.name), confidence };
            if let Some(receiver) = callee.receiver.filter(|it| it.address() == address) {
                self.change_found(receiver, &by, base_name);
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

    /// What draws from NumPy's hidden generator and did not move it drew from one that its receiver
    /// has, if any.
    fn draw_from(&mut self, receiver: Lent<'_>, plan: &Plan, base_name: Option<Lent<'_>>) {
        const BUDGET: usize = 2_000;
        if !self.outside.draws.sees(&ExternalState::NumpyRandom)
            || self.outside.draws.moved(receiver.quiet(), &ExternalState::NumpyRandom)
        {
            return;
        }
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let end = walk
            .run(receiver, &mut AddressSet::default(), &mut |object| !numpy::is_generator(object));
        if end == End::Stopped {
            let by = Cause { by: Rc::clone(&plan.name), confidence: Confidence::Observed };
            self.change(receiver, &by);
            // One that a library holds belongs to all of it.
            if let Some(module) = self.module_named(base_name) {
                self.change_library(receiver, module);
            }
        }
    }

    /// A call that nothing explains: no rule and no code speaks of it, and nothing that it was given or
    /// that is heard of changed. Where it gives nothing either, or nobody takes what it gives, it is
    /// taken to have changed what its package keeps to itself, and the program's instances of its
    /// classes.
    fn leave_unexplained(
        &mut self,
        callee: &Callee<'_>,
        call: &CallArguments,
        result: Option<Lent<'_>>,
    ) {
        let quiet = callee.callable.quiet();
        let for_its_effect =
            result.is_some_and(|result| result.is_none() || clew_probe::is_result_dropped(quiet));
        if callee.receiver.is_none() {
            self.change_managers_of(quiet, callee);
        }
        let drawn = |state: &ExternalState| self.outside.draws.moved(quiet, state);
        if !for_its_effect || drawn(&ExternalState::Random) || drawn(&ExternalState::NumpyRandom) {
            return;
        }
        let by = Cause::new(&callee.display_name(), Confidence::Assumed);
        // What C keeps in an object of its own cannot be looked at.
        if let Some(receiver) = callee
            .receiver
            .filter(|&receiver| callee.is_bound_builtin() && kind::is_opaque(receiver))
        {
            self.change(receiver, &by);
            return;
        }
        let given = call.lent().filter(|value| value.is_module());
        let mut modules: Vec<String> = given.map(Lent::module_name).collect();
        if let Some(package) = package_of(callee.function)
            && !matches!(package.as_str(), "builtins" | "__main__")
        {
            // Functions of C are often from a module behind the one that offers them.
            modules.push(package.trim_start_matches('_').to_owned());
        }
        modules.retain(|module| {
            self.at_hand.unexplained.insert((module.clone(), ProgramPoint::current()))
        });
        if modules.is_empty() {
            return;
        }
        for (_, value) in self.variables(quiet).pairs() {
            let class = value.class();
            if class.is_heap_type()
                && !value.is_class()
                && kind::changes_in_place(value)
                && modules.contains(&top_level(&class.name().0))
            {
                self.change(value, &by);
            }
        }
        for module in modules {
            if !self.note_registered(&module, (callee, call)) {
                self.writes_state((StateKey::module(module), false));
            }
        }
    }
}

/// The context manager that a call enters on behalf of an exit stack: what it gives stands for the same.
fn entered_manager<'c>(callee: &Callee<'_>, call: &'c CallArguments) -> Option<Lent<'c>> {
    let stack = callee.receiver?;
    let is_stack = stack.class().lineage().any(|base| base.is_named("contextlib", "ExitStack"));
    (is_stack && name_of(callee.function) == "enter_context")
        .then(|| call.lent_positional(0))
        .flatten()
}

/// Whether what a call gave was made by it.
pub(super) fn is_new(plan: &Plan, result: Lent<'_>) -> bool {
    let shares = |change: &Change| matches!(change, Change::Views(_));
    // Who made it is the only one to hold it.
    let only = cfg!(not(Py_3_14)) && result.is_held_once();
    only || !plan.effects.changes.iter().any(shares)
}
