//! Unfinished: what is saved while a statement runs, of which it is not known yet what all of it does.
//!
//! A program may be killed before the statement ends, and may ask for the slice before. So a save brings
//! what the statement needed, bound and changed so far, as far as that can be said quickly: more is taken
//! to be changed rather than less. Nothing that is asked for the statement's end is used up by it.

use clew_effects::{Confidence, ExternalState};
use clew_heap::library::standard::is_defaultdict;
use clew_heap::walk::{End, Walk};
use clew_heap::{AddressSet, Lent, Quiet, kind};
use clew_session::{Bound as Binding, Changed, Outcome, Unfinished};
use rustc_hash::FxHashSet;

use super::outcome::Ended;
use super::passes::augmented;
use super::state::Recorder;
use super::statement::{Cause, Current};
use crate::unknown_call;

impl Recorder {
    /// A value is about to be saved, which a variable is bound to.
    pub(super) fn unfinished(&mut self, value: Lent<'_>, variable: Option<String>) -> Unfinished {
        let quiet = value.quiet();
        let reads = self.variables_behind(quiet, [value]);
        let mut so_far = Unfinished { statement: None, untouched: false, variable, reads };
        let Some((current, unit)) =
            self.current.and_then(|current| Some((current, self.recording.unit(current.source)?)))
        else {
            return so_far;
        };
        let ended = self.ended(&current, &unit, false);
        let name = so_far.variable.as_deref();
        so_far.untouched = name.is_some_and(|name| self.is_untouched(quiet, value, name, &ended));
        // Nearly all saves are statements of their own.
        if !so_far.untouched || ended.compound || !self.at_hand.changed.is_empty() {
            so_far.statement = Some(self.so_far(quiet, &current, &ended));
        }
        so_far
    }

    /// What the statement at hand needed, bound and changed so far.
    fn so_far(&mut self, quiet: Quiet<'_>, current: &Current, ended: &Ended<'_>) -> Outcome {
        self.note_states_so_far(quiet, ended);
        let (bound, changed) = (self.bound_so_far(quiet, ended), self.changed_so_far(quiet, ended));
        let at_hand = &self.at_hand;
        let mut so_far =
            Outcome::new(current.source, current.statement, current.start, current.start);
        so_far.leaving = current.leaving;
        so_far.entered.clone_from(&at_hand.entered);
        so_far.states_read.clone_from(&at_hand.states_read);
        so_far.calls.clone_from(&at_hand.calls);
        so_far.read.clone_from(&at_hand.read);
        if at_hand.reads_everything || at_hand.given_without_names || at_hand.namespace_given > 0 {
            so_far.read.extend(self.mirror.names());
            so_far.read.sort_unstable();
            so_far.read.dedup();
        }
        (so_far.bound, so_far.changed) = (bound, changed);
        so_far
    }

    /// The variables that it may have bound so far: those that its suites and the functions that were
    /// entered bind and that are bound.
    fn bound_so_far(&self, quiet: Quiet<'_>, ended: &Ended<'_>) -> Vec<Binding> {
        let mut names: Vec<String> = Vec::new();
        if ended.compound {
            names.extend(ended.access.binds.iter().map(|bind| bind.name.clone()));
        }
        for entered in &self.at_hand.entered {
            let unit = self.recording.unit(entered.source);
            let scope = unit.as_ref().and_then(|unit| entered.scope_in(unit));
            let binds = scope.into_iter().flat_map(|scope| &scope.binds);
            names.extend(binds.cloned());
        }
        names.sort_unstable();
        names.dedup();
        names.retain(|name| self.variables(quiet).item(name).is_some());
        names.into_iter().map(|name| Binding { name, certain: false, deleted: false }).collect()
    }

    /// The variables that lead to what it changed so far. Where that takes too long, or where something
    /// under way may have changed what it is given, those that it reads are.
    ///
    /// A loop that saves in each turn mostly changes the same objects. While no other is changed, the
    /// variables are the same, for one that comes to lead to them is bound, or what it holds is changed.
    fn changed_so_far(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) -> Vec<Changed> {
        let at_hand = &self.at_hand;
        let assumed = at_hand.everything_changed.is_some() || unknown_call::is_under_way();
        let state = (at_hand.changed.len(), assumed);
        if state == (0, false) {
            return Vec::new();
        }
        match &at_hand.changed_so_far {
            Some((known, changed)) if *known == state => changed.clone(),
            _ => {
                let changed = self.find_changed_so_far(quiet, ended, assumed);
                self.at_hand.changed_so_far = Some((state, changed.clone()));
                changed
            }
        }
    }

    fn find_changed_so_far(
        &self,
        quiet: Quiet<'_>,
        ended: &Ended<'_>,
        assumed: bool,
    ) -> Vec<Changed> {
        /// How many objects are looked at.
        const BUDGET: usize = 10_000;
        let at_hand = &self.at_hand;
        let variables = self.variables(quiet);
        let read: FxHashSet<&String> =
            ended.reads.iter().map(|read| &read.name).chain(&at_hand.read).collect();
        let mut pairs: Vec<(bool, String, Lent<'_>)> = variables
            .pairs()
            .filter(|&(_, value)| kind::is_mutable(value) && !value.is_module())
            .filter_map(|(name, value)| {
                let name = name.text()?;
                Some((read.contains(&name), name, value))
            })
            .collect();
        // What it reads is looked at first.
        pairs.sort_by_key(|(is_read, ..)| !is_read);
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: true };
        let by = Cause::new("the statement so far", Confidence::Assumed);
        let mut found = Vec::new();
        for (is_read, name, value) in pairs {
            let mut hit = is_read && assumed && kind::changes_in_place(value);
            let mut end = End::Complete;
            if !hit {
                end = walk.run(value, &mut AddressSet::default(), &mut |object| {
                    hit = at_hand.changed.contains_key(&object.address());
                    !hit
                });
            }
            if hit || is_read && end == End::OverBudget && kind::changes_in_place(value) {
                let (by, confidence) = (by.by.to_string(), by.confidence);
                found.push(Changed { name, by, confidence });
            }
        }
        found
    }

    /// Whether a variable's value certainly is what it was before the statement at hand.
    fn is_untouched(
        &self,
        quiet: Quiet<'_>,
        value: Lent<'_>,
        variable: &str,
        ended: &Ended<'_>,
    ) -> bool {
        /// How many objects of a value are looked at.
        const BUDGET: usize = 100_000;
        let at_hand = &self.at_hand;
        if self.mirror.address(variable) != Some(value.address())
            || at_hand.everything_changed.is_some()
            || at_hand.namespace_given > 0
            || at_hand.namespace_open
            || at_hand.operands.is_some()
            || unknown_call::is_under_way()
            || !self.objects.links.is_empty()
            || !self.objects.running.is_empty()
            || ended.leaving
            || ended.access.binds.iter().any(|bind| bind.name == variable)
        {
            return false;
        }
        // What is found only when a statement has ended.
        let item = |name: &str| self.variables(quiet).item(name);
        let adds_in_place =
            augmented(ended).into_iter().filter_map(item).any(kind::changes_in_place);
        let adds_keys =
            ended.access.reads.iter().filter_map(|read| item(&read.name)).any(is_defaultdict);
        if adds_in_place || adds_keys {
            return false;
        }
        if at_hand.changed.is_empty() {
            return true;
        }
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: true };
        let mut changed = false;
        let end = walk.run(value, &mut AddressSet::default(), &mut |object| {
            changed |= at_hand.changed.contains_key(&object.address());
            !changed
        });
        !changed && end == End::Complete
    }

    /// The external states that it reads so far; what is said of them at its end says no less.
    fn note_states_so_far(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        let figures = self.outside.written.has_any_of(&ExternalState::Pyplot);
        let hidden = !self.objects.hidden.is_empty();
        if hidden || self.objects.binds_variables_of_modules || figures {
            self.read_paths(quiet, &ended.reads);
        }
        self.use_libraries(quiet, ended);
        let own = ended.access.reads.len();
        self.environment(quiet, ended.statement, (&ended.reads, own));
        let imports = !ended.modules.is_empty();
        if self.at_hand.imports_packages && (imports || self.at_hand.called_unknown) {
            self.reads_environment();
        }
        self.note_draws(quiet);
        if !self.outside.settings.is_empty() {
            let entered = !self.at_hand.entered.is_empty();
            let makes_text = entered || ended.unit.may_make_text(ended.statement.id);
            self.obey_settings(quiet, &ended.reads, (makes_text, false));
        }
    }
}
