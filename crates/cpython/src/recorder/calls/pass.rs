//! Pass: the stages of a call whose arguments are seen, before it is made.

use std::ptr;

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_heap::Lent;
use clew_heap::arguments::CallArguments;
use clew_heap::callable_name::{module_of, name_of, top_level};
use clew_heap::callee::{Callee, Shape};
use clew_heap::identity::{takes_only_values, tells_all};
use clew_probe::{CallReport, Reports, keeps_reports};

use super::explain::Explanation;
use super::hidden::{HiddenBinding, HiddenWrite};
use super::land::Landed;
use super::plan::Planned;
use crate::children::Children;
use crate::observe::{Before, Watch};
use crate::paths::GivenPath;
use crate::recorder::entry::with;
use crate::recorder::figures::FigureUse;
use crate::recorder::state::{Recorder, environment_written};
use crate::recorder::statement::Cause;
use crate::rules::{Namespace, Plan};
use crate::unknown_call::UnknownCall;

/// What a call that is under way will want to know when it returns.
pub(crate) struct PendingCall {
    pub(super) plan: Plan,
    /// The report of it, where all calls like it say the same.
    pub(super) report: Option<CallReport>,
    /// What the result stands for.
    pub(super) handle: Option<StateKey>,
    /// What it does with pyplot's current figure.
    pub(super) figure: Option<FigureUse>,
    /// Whether the result is a new object, which may stand where another one was.
    pub(super) makes_new: bool,
    /// What the call could reach, where it is watched.
    pub(super) before: Option<Box<Before>>,
    /// Whether that is what its receiver could reach, and no argument.
    pub(super) watches_receiver: bool,
    /// Whether nothing about it is in doubt though no rule speaks of it.
    pub(super) settled: bool,
    /// Where no rule speaks of it.
    pub(super) unruled: Option<UnruledCall>,
    /// Whether what it does is known, or taken to be done to what it is given.
    pub(super) explained: bool,
    /// How often states had been changed before it.
    pub(super) states_changed: usize,
    /// What modules hold that it may change.
    pub(super) hidden: Vec<HiddenWrite>,
    /// The variables of modules that it may bind.
    pub(super) bindings: Vec<HiddenBinding>,
    /// How things stood with child processes before it, which may be handed what it is given.
    pub(super) children: Option<Children>,
}

/// A call that no rule speaks of.
pub(super) struct UnruledCall {
    _call: UnknownCall,
    /// How many files the statement had touched before.
    pub(super) files_audited: usize,
    /// The files that it was given by name.
    pub(super) paths: Vec<GivenPath>,
}

impl Recorder {
    /// A call is about to be made: what the rules say of it (plan), what is known where they say
    /// nothing (explain), what of that is noted at once (land) and what waits for its end.
    fn pass(
        &mut self,
        callable: Lent<'_>,
        (call, reports): (&CallArguments, Option<Reports>),
        base_name: Option<Lent<'_>>,
    ) -> Option<PendingCall> {
        self.watching.observer.call_was_seen();
        let planned = self.plan(callable, call, base_name);
        if ends_process(&planned) {
            self.keep_all();
        }
        self.note_waiting(&planned.callee);
        self.note_called(&planned.callee, &planned.plan);
        self.note_names(&planned);
        let mut explanation = self.explain(&planned);
        let watched = matches!(explanation.watch, Watch::Watched(_));
        let landed = self.land(&planned, (explanation.is_assumed(), watched));
        let Explanation { asked, own, .. } = explanation;
        if asked && !explanation.is_settled() {
            self.read_kept_by(&planned.callee);
        }
        let hidden = self.note_reached(&planned, (asked, explanation.is_bounded(), own));
        explanation.hidden.extend(hidden);
        self.pending((planned, reports), explanation, landed)
    }

    /// What there is to do when the call has ended; `None` where that is nothing.
    fn pending(
        &mut self,
        (planned, reports): (Planned<'_>, Option<Reports>),
        explanation: Explanation,
        landed: Landed,
    ) -> Option<PendingCall> {
        let (settled, explained) = (explanation.is_settled(), explanation.explains());
        let before = match explanation.watch {
            Watch::Watched(before) => Some(before),
            Watch::NoTime | Watch::Assumed => None,
        };
        let Landed { handle, figure } = landed;
        let unruled = planned.plan.effects.confidence != Confidence::Annotated;
        let processes = planned.plan.effects.touches(&ExternalState::Process);
        self.at_hand.called_unknown |= unruled;
        let makes_new = planned.callable.is_class() && !self.at_hand.deep.is_empty();
        let is_done = handle.is_none()
            && figure.is_none()
            && before.is_none()
            // What is not seen is asked about by the caller.
            && planned.is_seen()
            && !unruled
            && !processes
            && self.objects.unknown_generators.is_empty()
            && !planned.plan.draws
            && planned.plan.namespace == Namespace::Untouched;
        let report = reports
            .filter(|_| is_done && keeps_reports())
            .and_then(|reports| planned.plan.repeats.report_of(reports))
            .filter(|_| {
                planned.plan.changes_nothing_given() || tells_all(planned.callable, planned.call)
            });
        if is_done && !makes_new && self.objects.handles.is_empty() {
            if let Some(report) = report {
                report.keep(takes_only_values(planned.callable));
            }
            return None;
        }
        let asks = (unruled || processes) && self.at_hand.asks_system();
        let children = asks.then(Children::now);
        let unruled = unruled.then(|| self.unruled_call(&planned));
        Some(PendingCall {
            states_changed: planned.states_changed,
            plan: planned.plan,
            report,
            handle,
            figure,
            makes_new,
            watches_receiver: !explanation.asked,
            before,
            settled,
            unruled,
            explained,
            hidden: explanation.hidden,
            bindings: explanation.bindings,
            children,
        })
    }

    /// What is to be known when a call has returned that no rule speaks of.
    fn unruled_call(&mut self, planned: &Planned<'_>) -> UnruledCall {
        /// How many paths are looked at in one statement.
        const MOST: usize = 2_000;
        let mut paths = Vec::new();
        let quiet = planned.callable.quiet();
        if environment_written()
            && let Some(module) = module_of(planned.callee.function)
            && self.outside.mentions.environment(quiet, &top_level(&module))
        {
            self.reads_environment();
        }
        if self.at_hand.paths_looked_at < MOST && planned.is_seen() {
            paths.extend(planned.call.lent().flat_map(GivenPath::within));
            self.at_hand.paths_looked_at += paths.len();
            for given in &paths {
                self.watch_folder_of(&given.path);
            }
        }
        let files_audited = self.at_hand.files_audited;
        UnruledCall { _call: UnknownCall::begin(), files_audited, paths }
    }
}

/// Whether a call may end the process at once.
fn ends_process(planned: &Planned<'_>) -> bool {
    let Planned { callee, plan, .. } = planned;
    let effects = &plan.effects;
    let may =
        effects.confidence != Confidence::Annotated || effects.touches(&ExternalState::Process);
    may && callee.receiver.is_none()
        && callee.shape == Shape::Builtin
        && matches!(name_of(callee.function).as_str(), "_exit" | "abort" | "kill")
}

/// A call is about to be made, with these arguments.
pub(crate) fn passing(
    callable: Lent<'_>,
    call: (&CallArguments, Option<Reports>),
    base_name: Option<Lent<'_>>,
) -> Option<PendingCall> {
    with(|recorder| recorder.pass(callable, call, base_name)).flatten()
}

/// A call is about to be made whose arguments will not be seen: whatever the statement reads may
/// change, unless nothing does.
pub(crate) fn called_unseen(callable: Lent<'_>) {
    let none = CallArguments { arguments: ptr::null(), count: 0, keywords: ptr::null_mut() };
    with(|recorder| {
        let Some(pending) = recorder.pass(callable, (&none, None), None) else { return };
        if !pending.plan.is_idle() || pending.plan.iterates {
            let name = Callee::of(callable).display_name();
            recorder.change_everything(&Cause::new(&name, Confidence::Assumed));
        }
    });
}
