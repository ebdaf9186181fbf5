//! Outcome: from one statement to the next, what the one that ended did, and which variables lead to what it
//! changed.
#![allow(unsafe_code, reason = "asks which thread runs")]

use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use clew_effects::{Confidence, Depth, ExternalState, StateKey};
use clew_graph::{BlockKind, Timestamp, is_of_function};
use clew_heap::callable_name::{package_of, top_level};
use clew_heap::callee::Callee;
use clew_heap::enclosure::enclosed;
use clew_heap::frame::is_of_followed;
use clew_heap::holders::{Holders, Ways};
use clew_heap::namespace::Change;
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, AddressMap, AddressSet, Lent, Quiet, kind};
use clew_session::{ANNOTATIONS, Bound as Binding, Changed, Outcome};
use clew_syntax::{Access, Read, Statement, StatementId, Template, Unit};
use pyo3::ffi;
use rustc_hash::FxHashSet;

use super::missed::has_missed;
use super::note::{hidden_key, module_key};
use super::state::{GLOBBING, Recorder};
use super::statement::{Cause, Current, Deep, StatementRecord};

/// How many objects are looked at before the rest is assumed to be changed.
const MOST_SEARCHED: usize = 5_000_000;
/// From how many objects on it pays to keep where they were found.
const LARGE: usize = 20_000;
/// How many changed objects are looked for one by one.
const MOST_CHANGED: usize = 1_000;
/// How many objects the values of a statement are gone through for, beside large ones.
const MOST_OF_STATEMENT: usize = 5_000;

/// A statement that has ended, and what is known of it so far.
pub(super) struct Ended<'u> {
    pub(super) unit: &'u Unit,
    pub(super) statement: &'u Statement,
    /// What its text does: of a statement that is followed by its parts, its header's.
    pub(super) access: &'u Access,
    /// Whether it is followed by its parts, so that only its header is at hand.
    pub(super) header_only: bool,
    /// Whether it is taken as a whole with its suites.
    pub(super) compound: bool,
    pub(super) leaving: bool,
    pub(super) calling: bool,
    pub(super) raised: bool,
    /// What it reads, and then what functions read that were entered.
    pub(super) reads: Vec<Read>,
    /// Whether a finalizer of the program's was entered.
    pub(super) finalized: bool,
    /// The modules that it imports.
    pub(super) modules: Vec<String>,
    pub(super) bound: Vec<Binding>,
    pub(super) changed: Vec<Changed>,
}

impl Recorder {
    /// Ends the statement at hand and goes on to another.
    pub(super) fn go_to(&mut self, quiet: Quiet<'_>, next: Current) {
        let returned = self.current.is_some_and(|current| current.returning);
        if self.has_returned_idly() {
            self.current = None;
        }
        let left = self.left_early(&next);
        self.unwind(quiet, &left);
        let raised = !left.is_empty() && !returned;
        self.end_statement(quiet, raised);
        self.watching.observer.statement_began();
        self.watching.inference.statement_began();
        if next.leaving {
            // What a context manager does when it is left is seen as its own.
            self.may_change_modules(quiet);
        }
        let unit = (!next.leaving).then(|| self.recording.unit(next.source)).flatten();
        if let Some(unit) = unit {
            let variables = self.variables(quiet);
            let at = (next.source, next.statement);
            self.loop_trace.begin(&unit, at, variables, &self.boundary);
            let statement = unit.statement(next.statement);
            self.watch_operands(quiet, &unit, statement);
            if !statement.imports().is_empty() {
                self.outside.libraries.state.catch_up(quiet);
            }
        }
        self.current = Some(next);
    }

    pub(super) fn end_statement(&mut self, quiet: Quiet<'_>, raised: bool) {
        let Some(current) = self.current.take() else {
            self.forget_statement();
            return;
        };
        let shown = self.while_shown(quiet);
        if let Some(mut outcome) = self.outcome(quiet, &current, raised) {
            self.note_values(quiet, &mut outcome);
            if let Err(message) = self.recording.record(&outcome) {
                self.recording.lost(&message);
            }
        }
        self.record_closed(quiet);
        if let Some(shown) = shown {
            self.record_shown(quiet, shown);
        }
        self.forget_statement();
    }

    /// The next statement begins with nothing done.
    pub(super) fn forget_statement(&mut self) {
        clew_probe::begin_epoch();
        GLOBBING.store(false, Ordering::Relaxed);
        self.loop_trace.end();
        self.at_hand = StatementRecord::default();
    }

    /// The `with` and `try` statements out of which the statement at hand raised: the next one is
    /// outside, and their bodies' ends were not come to.
    pub(super) fn left_early(&self, next: &Current) -> Vec<StatementId> {
        let Some(current) = self.current.as_ref().filter(|current| current.source == next.source)
        else {
            return Vec::new();
        };
        let Some(unit) = self.recording.unit(current.source) else { return Vec::new() };
        let mut left = unit.guards_of(current.statement).peekable();
        // Nearly all statements stand in none.
        if left.peek().is_none() {
            return Vec::new();
        }
        let own = next.leaving.then_some(next.statement);
        let kept: Vec<StatementId> =
            own.into_iter().chain(unit.guards_of(next.statement)).collect();
        left.filter(|guard| !kept.contains(guard)).collect()
    }

    /// What was raised left these statements: the `__exit__` of context managers among them ran, and may have
    /// done something about it to whatever they were made of.
    pub(super) fn unwind(&mut self, quiet: Quiet<'_>, left: &[StatementId]) {
        let Some(unit) =
            self.current.as_ref().and_then(|current| self.recording.unit(current.source))
        else {
            return;
        };
        let by = Cause::new("with", Confidence::Assumed);
        for &guard in left {
            for value in self.managers_of(quiet, &unit, guard) {
                self.mutate(value, Depth::Deep, &by, None);
            }
        }
    }

    /// The values that a `with` statement reads and binds, and that can change: its managers are among them, or
    /// are made of them. None of another statement.
    fn managers_of<'a>(&self, quiet: Quiet<'a>, unit: &Unit, guard: StatementId) -> Vec<Lent<'a>> {
        let statement = unit.statement(guard);
        if !matches!(statement.template, Template::Block(BlockKind::With)) {
            return Vec::new();
        }
        let own = &statement.own;
        let names = own.reads.iter().map(|read| &read.name);
        let names = names.chain(own.binds.iter().map(|bind| &bind.name));
        let values = names.filter_map(|name| self.variables(quiet).item(name));
        values.filter(|&value| kind::changes_in_place(value) && !value.is_module()).collect()
    }

    /// A function or class of a package is called that nobody explains, within the `with` of an object of the same
    /// package: what is made there is often added to that, though it is not given.
    pub(super) fn change_managers_of(&mut self, quiet: Quiet<'_>, callee: &Callee<'_>) {
        let Some(current) = self.current else { return };
        let Some(unit) = self.recording.unit(current.source) else { return };
        let guards = unit.guards_of(current.statement);
        let managers: Vec<Lent<'_>> =
            guards.flat_map(|guard| self.managers_of(quiet, &unit, guard)).collect();
        if managers.is_empty() {
            return;
        }
        let package = package_of(callee.function);
        let own = |package: &String| matches!(package.as_str(), "builtins" | "__main__");
        let Some(package) = package.filter(|package| !own(package)) else { return };
        let by = Cause::new(&callee.display_name(), Confidence::Assumed);
        for value in managers {
            if top_level(&value.class().name().0) == package {
                self.change(value, &by);
            }
        }
    }

    /// The `with` and `try` statements in whose bodies the statement at hand stands.
    pub(super) fn guards_at_hand(&self) -> Vec<StatementId> {
        match &self.current {
            Some(current) if !current.leaving => {
                let unit = self.recording.unit(current.source);
                unit.map(|unit| unit.guards_of(current.statement).collect()).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Ends the last statement. Where it stands in a `with` or `try` whose end was not reported, it raised.
    pub(super) fn end_program(&mut self, quiet: Quiet<'_>, raised: bool) {
        let left = self.guards_at_hand();
        self.unwind(quiet, &left);
        self.end_statement(quiet, raised || !left.is_empty());
        self.watching.profiles.keep(self.recording.as_mut());
    }

    /// What the statement did; `None` where its text is not known.
    pub(super) fn outcome(
        &mut self,
        quiet: Quiet<'_>,
        current: &Current,
        raised: bool,
    ) -> Option<Outcome> {
        let end = now();
        self.loop_trace.ends();
        let unit = self.recording.unit(current.source)?;
        self.note_tasks(&unit, current);
        let mut ended = self.ended(current, &unit, raised);
        self.note_augmented(quiet, &ended);
        if has_missed() {
            self.at_hand.missed = true;
            self.following.any_ran_elsewhere = true;
            self.objects.beside.miss();
            self.at_hand.namespace_open = true;
            // Who started the thread is needed.
            self.reads_state(StateKey::whole(ExternalState::Process));
        }
        self.gather_bound(quiet, &mut ended);
        self.note_operands(quiet);
        self.note_libraries(quiet, &ended);
        self.note_namespace(quiet, &mut ended);
        self.note_missing_keys(quiet, &ended);
        self.note_bound_values(quiet, &ended);
        self.note_entered_manager(quiet, &ended);
        self.note_warnings(quiet);
        self.note_handles(quiet, ended.compound);
        self.import_again(quiet, &ended.modules);
        self.outside.weak.ran(ended.statement);
        self.note_gone(quiet, ended.compound);
        self.spread_through(quiet, &ended);
        self.gather_changed(quiet, &mut ended);
        self.note_loggers(quiet, &mut ended);
        self.link_bound(quiet, &ended);
        self.link_memory(quiet, &ended);
        self.note_outside(quiet, &ended);
        let imported = self.imported(quiet, &ended);
        let saved = self.saved(quiet, &ended);
        let facets = self.figure_facets(quiet, &ended);
        self.doubt_loop(&ended, !saved.is_empty());
        let changed = &self.at_hand.changed;
        let causes =
            |address: Address| changed.get(&address).map(|by| (by.by.to_string(), by.confidence));
        let variables = self.variables(quiet);
        let turns = self.loop_trace.turns(&unit, variables, &self.boundary, &causes);
        let at_hand = std::mem::take(&mut self.at_hand);
        Some(Outcome {
            source: current.source,
            statement: current.statement,
            start: current.start,
            end,
            leaving: current.leaving,
            raised,
            bound: ended.bound,
            changed: ended.changed,
            entered: at_hand.entered,
            read: at_hand.read,
            states_read: at_hand.states_read,
            states_written: at_hand.states_written,
            makes_room: at_hand.makes_room,
            heeds_exceptions: at_hand.heeds_exceptions,
            calls: at_hand.calls,
            imported,
            links: at_hand.links,
            saved,
            calling: None,
            facets,
            values: Vec::new(),
            turns,
        })
    }

    /// What the text of the statement, and of functions that were entered, says.
    pub(super) fn ended<'u>(&self, current: &Current, unit: &'u Unit, raised: bool) -> Ended<'u> {
        let statement = unit.statement(current.statement);
        let header_only = statement.is_by_parts();
        let access = if header_only { &statement.own } else { &statement.whole };
        let mut reads = access.reads.clone();
        let mut finalized = false;
        for entered in &self.at_hand.entered {
            let Some(unit) = self.recording.unit(entered.source) else { continue };
            if let Some(scope) = entered.scope_in(&unit) {
                reads.extend(scope.reads.iter().cloned());
                finalized |= scope.is_finalizer();
            }
        }
        Ended {
            unit,
            statement,
            access,
            header_only,
            compound: statement.is_compound() && !header_only,
            leaving: current.leaving,
            calling: current.calling,
            raised,
            reads,
            finalized,
            modules: statement.imports().iter().map(|alias| alias.module.clone()).collect(),
            bound: Vec::new(),
            changed: Vec::new(),
        }
    }

    /// Which of the variables that its text binds are bound anew.
    fn gather_bound(&mut self, quiet: Quiet<'_>, ended: &mut Ended<'_>) {
        // What a `with` binds it bound when it was entered, and a statement that calls binds when it has ended.
        if ended.leaving || ended.calling {
            return;
        }
        for bind in &ended.access.binds {
            let variables = self.variables(quiet);
            if is_of_function(&bind.name) && !is_of_followed(&bind.name) {
                // The function ended with the statement; others may close over its variables.
                let (certain, deleted) = (bind.certain && !ended.raised, bind.deletes);
                ended.bound.push(Binding { name: bind.name.clone(), certain, deleted });
                continue;
            }
            let change = self.mirror.refresh(variables, &bind.name);
            let (certain, deleted) = match change {
                Change::Unbound { was_bound } if !was_bound && !bind.deletes => continue,
                Change::Unbound { .. } => (true, true),
                Change::Rebound => (true, false),
                Change::Same if ended.raised && !ended.compound => continue,
                Change::Same => (bind.certain && !ended.raised && !ended.compound, false),
            };
            if !ended.bound.iter().any(|known| known.name == bind.name) {
                ended.bound.push(Binding { name: bind.name.clone(), certain, deleted });
            }
        }
    }

    /// Which variables lead to what was changed.
    fn gather_changed(&mut self, quiet: Quiet<'_>, ended: &mut Ended<'_>) {
        if self.at_hand.missed {
            // It may have changed whatever it could get at.
            let by = Cause::new("a thread that was not heard", Confidence::Assumed);
            let names: FxHashSet<String> = self.mirror.names().into_iter().collect();
            for name in self.change_all_of(quiet, names, &by) {
                let (by, confidence) = (by.by.to_string(), by.confidence);
                ended.changed.push(Changed { name, by, confidence });
            }
        }
        if let Some(by) = self.at_hand.everything_changed.clone() {
            let named = ended.reads.iter().map(|read| &read.name).chain(&self.at_hand.read);
            let names: FxHashSet<String> = named.cloned().collect();
            for name in self.change_all_of(quiet, names, &by) {
                let (by, confidence) = (by.by.to_string(), by.confidence);
                ended.changed.push(Changed { name, by, confidence });
            }
        }
        if !self.at_hand.changed.is_empty() {
            self.find_changed(quiet, &ended.reads, &mut ended.changed);
        }
        self.tell_item_set(quiet, ended);
        self.tell_cached(quiet, ended);
        if ended.access.annotates && !ended.changed.iter().any(|known| known.name == ANNOTATIONS) {
            ended.changed.push(Changed {
                name: ANNOTATIONS.to_owned(),
                by: "annotation".to_owned(),
                confidence: Confidence::Annotated,
            });
        }
    }

    /// Finds the variables from which a changed object can be reached. Objects that were found
    /// through a module and that no variable leads to become hidden states.
    pub(super) fn find_changed(
        &mut self,
        quiet: Quiet<'_>,
        reads: &[Read],
        out: &mut Vec<Changed>,
    ) {
        self.walk_again(quiet);
        if let Some(found) = self.held_by_what_is_read(quiet, reads) {
            out.extend(found);
            let found = self.at_hand.changed.keys().copied().collect();
            return self.note_unfound(quiet, &found);
        }
        let (by_value, mut found) = self.only_ways(quiet, reads);
        let settled = found.clone();
        let all_settled = settled.len() == self.at_hand.changed.len();
        let within = if all_settled { None } else { self.only_within(quiet, reads) };
        let mut walk = Walk { boundary: &self.boundary, budget: MOST_SEARCHED, definitions: true };
        let mut large = Vec::new();
        let mut still_bound = AddressSet::default();
        for (name, value) in self.variables(quiet).pairs() {
            if !kind::is_mutable(value) {
                continue;
            }
            if self.large_values.contains(value) {
                still_bound.insert(value.address());
            }
            let changed = &self.at_hand.changed;
            let (by, confidence) = if let Some(by) =
                by_value.get(&value.address()).and_then(|object| changed.get(object))
            {
                (by.by.to_string(), by.confidence)
            } else if all_settled {
                continue;
            } else {
                let is_apart = within.as_ref().is_some_and(|all| !all.contains(&value.address()));
                if is_apart && !cfg!(debug_assertions) {
                    continue;
                }
                let mut hit = None;
                let left = walk.budget;
                let end = walk.run_alone(value, &mut |object| {
                    let address = object.address();
                    hit = changed.get(&address).filter(|_| !settled.contains(&address));
                    found.extend(hit.map(|_| address));
                    hit.is_none()
                });
                debug_assert!(!is_apart || hit.is_none(), "nothing else leads to what changed");
                if left - walk.budget > LARGE {
                    large.push(value);
                }
                match (hit, end) {
                    (Some(by), _) => (by.by.to_string(), by.confidence),
                    (None, End::OverBudget) => {
                        ("a change that was not searched for".to_owned(), Confidence::Assumed)
                    }
                    (None, _) => continue,
                }
            };
            out.extend(name.text().map(|name| Changed { name, by, confidence }));
        }
        if !all_settled && within.is_none() {
            self.large_values.searched(MOST_SEARCHED - walk.budget);
        }
        self.large_values.keep_only(&still_bound);
        large.dedup();
        for value in large {
            self.large_values.walked(value, &self.boundary, MOST_SEARCHED);
        }
        self.note_unfound(quiet, &found);
    }

    /// The changed variables, where each changed object is the value of variables that the statement reads
    /// and nothing else refers to it. Then the other variables need not be looked at, of which there may be many.
    fn held_by_what_is_read(&self, quiet: Quiet<'_>, reads: &[Read]) -> Option<Vec<Changed>> {
        let (changed, variables) = (&self.at_hand.changed, self.variables(quiet));
        if changed.len() > reads.len() || self.outside.weak.may_be_weak() {
            return None;
        }
        let mut found = Vec::new();
        let mut left: AddressMap<usize> = AddressMap::default();
        let mut names = FxHashSet::default();
        for name in reads.iter().map(|read| &read.name).filter(|name| names.insert(*name)) {
            let Some(value) = variables.item(name) else { continue };
            let Some(by) = changed.get(&value.address()) else { continue };
            *left.entry(value.address()).or_insert_with(|| value.references()) -= 1;
            if kind::is_mutable(value) {
                let (by, confidence) = (by.by.to_string(), by.confidence);
                found.push(Changed { name: name.clone(), by, confidence });
            }
        }
        let all = left.len() == changed.len() && left.values().all(|&left| left == 0);
        all.then_some(found)
    }

    /// The changed objects to which all ways are known, and for each value on them one of those.
    fn only_ways(&mut self, quiet: Quiet<'_>, reads: &[Read]) -> (AddressMap<Address>, AddressSet) {
        let (mut by_value, mut settled) = (AddressMap::default(), AddressSet::default());
        let changed = &self.at_hand.changed;
        if changed.len() > MOST_CHANGED || self.outside.weak.may_be_weak() {
            return (by_value, settled);
        }
        let variables = self.variables(quiet);
        let large = &self.large_values;
        // What is not large is gone through anew; where nothing is large, a walk is as good.
        let of_statement = match large.is_empty() {
            true => None,
            false => {
                let values = reads.iter().filter_map(|read| variables.item(&read.name));
                let small = values.filter(|value| !large.contains(*value));
                Holders::of(small.collect::<FxHashSet<_>>(), &self.boundary, MOST_OF_STATEMENT)
            }
        };
        let of_large = large.holders();
        let known = of_statement.iter().chain(of_large).collect();
        let ways = Ways::to(changed.keys().copied(), known, variables);
        for &object in changed.keys() {
            let Some(way) = ways.only_way(object) else { continue };
            settled.insert(object);
            for on_way in way {
                by_value.entry(on_way.address()).or_insert(object);
            }
        }
        // A value that was changed itself is said to be so.
        by_value.extend(settled.iter().map(|&object| (object, object)));
        (by_value, settled)
    }

    /// What the values lead to that a statement reads, where no variable with another value leads to what changed:
    /// in a long notebook there are hundreds of results, and going through all of them takes longer.
    fn only_within(&self, quiet: Quiet<'_>, reads: &[Read]) -> Option<AddressSet> {
        const MOST: usize = 5_000;
        const FEW: usize = 200;
        let worth = self.large_values.worth_of_search();
        // Where assertions are checked, so is what comes of this in every program.
        let is_worth_it = worth >= FEW || cfg!(debug_assertions);
        if !is_worth_it || self.outside.weak.may_be_weak() {
            return None;
        }
        let most = if cfg!(debug_assertions) { MOST } else { worth.min(MOST) };
        let variables = self.variables(quiet);
        let values = reads.iter().filter_map(|read| variables.item(&read.name));
        // Modules lead to everything that is theirs.
        let values = values.filter(|value| !value.is_definition() && !value.is_module());
        let changed = self.at_hand.changed.keys().copied();
        enclosed(values, changed, (variables, &self.boundary), most)
    }

    /// What was changed and not found is a state of its own, where it was come to by way of a module.
    fn note_unfound(&mut self, quiet: Quiet<'_>, found: &AddressSet) {
        self.note_own_modules(quiet);
        let imports = [c"meta_path", c"modules", c"path", c"path_hooks"];
        let changed = |object: Lent<'_>| self.at_hand.changed.contains_key(&object.address());
        if imports.into_iter().filter_map(|name| quiet.sys(name)).any(changed) {
            self.writes_state((StateKey::whole(ExternalState::ImportSystem), false));
        }
        for address in self.at_hand.hidden_candidates.clone() {
            if !found.contains(&address) {
                self.writes_state((hidden_key(address), false));
                self.objects.hidden.insert(address);
            }
        }
        for (address, package) in std::mem::take(&mut self.at_hand.kept_candidates) {
            self.keep(&package, address);
        }
    }

    /// Walks once more through what was changed deeply since it was last walked through, as far as a
    /// variable leads there.
    pub(super) fn walk_again(&mut self, quiet: Quiet<'_>) {
        const BUDGET: usize = 1_000_000;
        let again = |deep: &&Deep| deep.times > 1;
        if !self.at_hand.deep.values().flatten().any(|deep| again(&deep)) {
            return;
        }
        let mut roots = Vec::new();
        let mut seen = AddressSet::default();
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: true };
        let deep = &self.at_hand.deep;
        for (_, value) in self.variables(quiet).pairs() {
            walk.run(value, &mut seen, &mut |object| {
                let known = deep.get(&object.address()).into_iter().flatten();
                roots.extend(known.filter(again).map(|deep| (object, deep.by.clone(), deep.point)));
                true
            });
        }
        for (object, by, point) in roots {
            self.loop_trace.stand_at(Some(point));
            self.walk_changed(object, &by);
        }
        self.loop_trace.stand_at(None);
    }

    /// Marks all that variables lead to as changed, in one walk; gives the variables that were too
    /// large for that.
    pub(super) fn change_all_of(
        &mut self,
        quiet: Quiet<'_>,
        names: FxHashSet<String>,
        by: &Cause,
    ) -> Vec<String> {
        const BUDGET: usize = 5_000_000;
        let mut seen = AddressSet::default();
        let variables = self.variables(quiet);
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let changed = &mut self.at_hand.changed;
        let mut left = Vec::new();
        for name in names {
            let Some(value) = variables.item(&name) else { continue };
            let end = walk.run(value, &mut seen, &mut |object| {
                if kind::changes_in_place(object) && !object.is_module() {
                    changed.entry(object.address()).or_insert_with(|| by.clone());
                }
                true
            });
            if end == End::OverBudget {
                left.push(name);
            }
        }
        left
    }

    /// Notes the modules of the program's own that lead to what changed: their functions read that
    /// unseen.
    pub(super) fn note_own_modules(&mut self, quiet: Quiet<'_>) {
        const BUDGET: usize = 1_000_000;
        for name in self.objects.own_modules.iter().cloned().collect::<Vec<_>>() {
            let Some(module) = quiet.module(&name) else { continue };
            let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: true };
            let mut seen = AddressSet::default();
            let changed = &self.at_hand.changed;
            let mut hit = false;
            for (key, value) in module.module_variables().into_iter().flat_map(Lent::pairs) {
                // `__builtins__` and its like are everybody's.
                let shared = key.as_str().is_some_and(|name| name.starts_with("__"));
                if shared || value.is_module() {
                    continue;
                }
                let end = walk.run(value, &mut seen, &mut |object| {
                    // Who is given a function does not change it.
                    hit |=
                        changed.contains_key(&object.address()) && kind::changes_in_place(object);
                    !hit
                });
                hit |= end == End::OverBudget;
                if hit {
                    break;
                }
            }
            if hit {
                self.writes_state((module_key(module), false));
            }
        }
    }
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(since.as_micros() as i64)
}

/// The thread that runs now.
pub(super) fn thread() -> usize {
    // SAFETY: who reports holds the GIL.
    unsafe { ffi::PyThreadState_Get() as usize }
}
