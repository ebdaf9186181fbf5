//! Loop trace: which statements of a loop did what was reported while it ran.
//!
//! A loop at module level is one statement for the recorder. What is reported in it is kept with the
//! [program point](ProgramPoint), and points become statements when the loop has ended. Which
//! variables lead to what was changed is looked at before the loop and after it.
#![allow(unsafe_code, reason = "reads the module's frame and walks live objects, under the GIL")]

use std::collections::{BTreeSet, HashSet};
use std::hash::BuildHasherDefault;

use clew_effects::{Confidence, StateKey};
use clew_graph::SourceId;
use clew_heap::carrier::gather_carriers;
use clew_heap::code::generator_code;
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, AddressHasher, AddressMap, AddressSet, Lent, Variables, kind};
use clew_probe::{CodePlaces, LineIndex, ProgramPoint, keep_reports};
use clew_session::{Entered, TurnChange, Turns};
use clew_syntax::{Statement, StatementId, StatementKind, Unit};
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

mod givers;

use givers::Givers;

/// How many objects are looked at before a loop and after it.
const BUDGET: usize = 2_000_000;

/// How many reports are kept of a loop before it is taken as a whole.
const MOST_REPORTS: usize = 200_000;

/// The loop that is running, if it may be split into its statements.
#[derive(Default)]
pub(crate) struct LoopTrace {
    at_hand: Option<Loop>,
    lines: Option<(SourceId, LineIndex)>,
    /// Those of the module's code that ran a loop last.
    places: Option<CodePlaces>,
}

struct Loop {
    source: SourceId,
    statement: StatementId,
    /// The module's frame, with a reference: the program may end with the loop.
    frame: *mut ffi::PyObject,
    thread: *mut ffi::PyThreadState,
    /// The variables that its statements may get at, those that it does not bind first.
    names: Vec<String>,
    /// How many of those it does not bind.
    unbound: usize,
    /// What they led to when it began.
    before: AddressMap<Held>,
    went_through: Option<WentThrough>,
    givers: Givers,
    marks: HashSet<(Address, ProgramPoint), BuildHasherDefault<AddressHasher>>,
    /// What led to changed objects when they were changed.
    holders: Holders,
    /// What changed at no known point of the loop.
    unplaced: AddressSet,
    entered: FxHashSet<(Entered, ProgramPoint)>,
    read: FxHashSet<(String, ProgramPoint)>,
    states_read: FxHashSet<(StateKey, Option<ProgramPoint>)>,
    states_written: FxHashSet<(StateKey, bool, ProgramPoint)>,
    seen: FxHashSet<ProgramPoint>,
    /// Where what is reported now belongs, if not to where the module is.
    standing: Option<ProgramPoint>,
    /// Whether the module is past it.
    ended: bool,
    doubted: bool,
}

/// How an object is held by variables.
struct Held {
    /// What led to it, from the first variable that does; 0 for its value itself.
    holder: Address,
    first: u32,
    others: Vec<u32>,
}

/// Which variables led to changed objects when they were changed.
#[derive(Default)]
struct Holders {
    /// What the report at hand says was changed.
    changed: Vec<Address>,
    /// The variables that may have led to each, by their places, and how often it was looked; `None` where nobody knows.
    known: AddressMap<Option<(BTreeSet<u32>, u32)>>,
    /// How many objects were looked at.
    looked: usize,
}

impl Holders {
    /// An object was changed to which only those lead that do in the end.
    fn add(&mut self, address: Address) {
        self.known.entry(address).or_insert_with(|| Some(Default::default()));
    }

    /// An object was changed; it is to be looked what leads to it. That may be another thing each time, so that the
    /// report of it is not to be left out next time.
    fn report(&mut self, address: Address) {
        if !matches!(self.known.get(&address), Some(None)) {
            self.changed.push(address);
            keep_reports(false);
        }
    }

    /// Nobody knows what led to an object when it was changed.
    fn forget(&mut self, address: Address) {
        self.known.insert(address, None);
    }

    fn look(&mut self, names: &[String], namespace: Variables<'_>, boundary: &AddressSet) {
        /// How many objects are looked at in one loop.
        const MOST: usize = 300_000;
        /// How many a variable may lead to, so that it is known what it does not lead to.
        const MOST_OF_ONE: usize = 200;
        /// How often it is looked what leads to the same object.
        const MOST_LOOKS: u32 = 1_000;
        let changed = std::mem::take(&mut self.changed);
        if self.looked > MOST {
            changed.into_iter().for_each(|address| self.forget(address));
            return;
        }
        let mut found: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); changed.len()];
        for (at, name) in (0..).zip(names) {
            let Some(value) = namespace.item(name).filter(|&value| kind::is_mutable(value)) else {
                continue;
            };
            let mut seen = AddressSet::default();
            let mut walk = Walk { boundary, budget: MOST_OF_ONE, definitions: true };
            // Of what some objects of C hold nobody can tell.
            let is_clear = |object: Lent<'_>| !kind::is_opaque(object) || object.is_module();
            let end = walk.run(value, &mut seen, &mut |object| is_clear(object));
            self.looked += 1 + MOST_OF_ONE - walk.budget;
            for (address, found) in changed.iter().zip(&mut found) {
                if end != End::Complete || seen.contains(address) {
                    found.insert(at);
                }
            }
        }
        self.looked += changed.len();
        for (address, found) in changed.into_iter().zip(found) {
            let known = self.known.entry(address).or_insert_with(|| Some(Default::default()));
            if let Some((variables, looks)) = known {
                variables.extend(found);
                *looks += 1;
                if *looks > MOST_LOOKS {
                    *known = None;
                }
            }
        }
    }

    fn of(&self, address: Address, names: &[String]) -> Option<Vec<String>> {
        let (known, _) = self.known.get(&address)?.as_ref()?;
        Some(known.iter().map(|&at| names[at as usize].clone()).collect())
    }
}

/// What a `for` went through.
struct WentThrough {
    /// The container, with iterators over it.
    carriers: AddressSet,
    /// All else that is reachable from there; `None` where that is too much to look at, or where it makes
    /// what it gives.
    rest: Option<AddressSet>,
    /// Whether it makes what it gives; the carriers are all that hangs on then.
    makes: bool,
}

impl LoopTrace {
    /// A statement begins; called in the module's own frame.
    pub(crate) fn begin(
        &mut self,
        unit: &Unit,
        (source, statement): (SourceId, StatementId),
        namespace: Variables<'_>,
        boundary: &AddressSet,
    ) {
        let text = unit.statement(statement);
        if !matches!(text.kind, StatementKind::For | StatementKind::While) {
            return;
        }
        let (names, unbound) = names_of(unit, text);
        let Some(before) = look(&names, namespace, boundary) else { return };
        // SAFETY: the GIL is held while the namespace is lent; the frame is a new reference.
        let (frame, thread) = unsafe {
            let thread = ffi::PyThreadState_Get();
            let frame = ffi::PyThreadState_GetFrame(thread).cast::<ffi::PyObject>();
            if frame.is_null() {
                return;
            }
            (frame, thread)
        };
        if self.lines.as_ref().is_none_or(|(known, _)| *known != source) {
            self.lines = Some((source, LineIndex::new(unit.text())));
        }
        self.at_hand = Some(Loop {
            source,
            statement,
            frame,
            thread,
            names,
            unbound,
            before,
            went_through: None,
            givers: Givers::default(),
            marks: HashSet::default(),
            holders: Holders::default(),
            unplaced: AddressSet::default(),
            entered: FxHashSet::default(),
            read: FxHashSet::default(),
            states_read: FxHashSet::default(),
            states_written: FxHashSet::default(),
            seen: FxHashSet::default(),
            standing: None,
            ended: false,
            doubted: false,
        });
        // SAFETY: the loop at hand holds the frame until `end` unfollows it.
        unsafe { ProgramPoint::follow(frame) };
    }

    /// The statement is over; what is reported from now on is about it as a whole.
    pub(crate) fn ends(&mut self) {
        if let Some(at_hand) = &mut self.at_hand {
            at_hand.ended = true;
        }
    }

    /// The statement has been reported, or cannot be split.
    pub(crate) fn end(&mut self) {
        if let Some(at_hand) = self.at_hand.take() {
            ProgramPoint::unfollow();
            // SAFETY: the reference is the one that `begin` took, and the GIL is held. Where the frame has
            // ended, what it still holds is the program's namespace, which the caller holds too.
            unsafe { ffi::Py_DECREF(at_hand.frame) };
        }
    }

    /// Whether it is to be looked which variables lead to what was just changed.
    pub(crate) fn is_to_look(&self) -> bool {
        self.at_hand.as_ref().is_some_and(|at_hand| !at_hand.holders.changed.is_empty())
    }

    /// Looks which variables lead to what was just changed.
    pub(crate) fn look_for_holders(&mut self, namespace: Variables<'_>, boundary: &AddressSet) {
        if let Some(Loop { holders, names, givers, .. }) = &mut self.at_hand {
            let changed = (&*holders.changed, ProgramPoint::current());
            givers.look(changed, namespace.quiet(), boundary);
            holders.look(names, namespace, boundary);
        }
    }

    /// The loop has to be taken as a whole.
    pub(crate) fn doubt(&mut self) {
        self.end();
    }

    /// What is reported next happened at this point; with `None`, where the module is.
    pub(crate) fn stand_at(&mut self, point: Option<ProgramPoint>) {
        if let Some(at_hand) = &mut self.at_hand {
            at_hand.standing = point;
        }
    }

    /// What is at an address was changed.
    pub(crate) fn mark(&mut self, address: Address) {
        self.keep(|at_hand, point| match point {
            Some(point) => {
                at_hand.marks.insert((address, point));
                match at_hand.standing {
                    Some(_) => at_hand.holders.add(address),
                    None => at_hand.holders.report(address),
                }
            }
            None => {
                at_hand.unplaced.insert(address);
            }
        });
    }

    /// What is at an address was changed wherever a state was.
    pub(crate) fn mark_where_written(&mut self, address: Address, state: &StateKey) {
        let Some(at_hand) = &mut self.at_hand else { return };
        at_hand.holders.add(address);
        let written = at_hand.states_written.iter().filter(|(key, ..)| key.overlaps(state));
        at_hand.marks.extend(written.map(|&(.., point)| (address, point)));
    }

    /// What is at an address was changed wherever another object was.
    pub(crate) fn mark_where_marked(&mut self, address: Address, other: Address) {
        let Some(at_hand) = &mut self.at_hand else { return };
        let marked = at_hand.marks.iter().filter(|&&(marked, _)| marked == other);
        let points: Vec<ProgramPoint> = marked.map(|&(_, point)| point).collect();
        at_hand.holders.add(address);
        if points.is_empty() {
            at_hand.unplaced.insert(address);
        }
        at_hand.marks.extend(points.into_iter().map(|point| (address, point)));
    }

    /// A state was read, or written and maybe made anew.
    pub(crate) fn state(&mut self, key: &StateKey, written: Option<bool>) {
        self.keep(|at_hand, point| match (point, written) {
            (point, None) => {
                at_hand.states_read.insert((key.clone(), point));
            }
            (Some(point), Some(anew)) => {
                at_hand.states_written.insert((key.clone(), anew, point));
            }
            (None, Some(_)) => at_hand.doubted = true,
        });
    }

    /// A function of the session was entered.
    pub(crate) fn enter(&mut self, entered: Entered) {
        self.keep(|at_hand, point| at_hand.entered.extend(point.map(|point| (entered, point))));
    }

    /// A variable was read in a way that no text shows.
    pub(crate) fn read(&mut self, name: &str) {
        self.keep(|at_hand, point| {
            at_hand.read.extend(point.map(|point| (name.to_owned(), point)));
        });
    }

    /// A call was seen.
    pub(crate) fn see(&mut self) {
        self.keep(|at_hand, point| at_hand.seen.extend(point));
    }

    /// Keeps a report with the point that the module is at; none where it is past the loop. A loop that
    /// is in doubt is let go of.
    fn keep(&mut self, add: impl FnOnce(&mut Loop, Option<ProgramPoint>)) {
        let Some(at_hand) = &mut self.at_hand else { return };
        let point = at_hand.here();
        add(at_hand, point);
        if at_hand.doubted {
            self.end();
        }
    }

    /// A value is about to be asked for its elements.
    pub(crate) fn give(&mut self, value: Lent<'_>) {
        self.keep(|at_hand, point| {
            if let Some(point) = point {
                at_hand.givers.add(value, point);
            }
        });
    }

    /// What the loop goes through is about to be asked for its elements.
    pub(crate) fn go_through(&mut self, value: Lent<'_>, boundary: &AddressSet) {
        self.give(value);
        let Some(at_hand) = &mut self.at_hand else { return };
        let (mut carriers, mut makers) = (AddressSet::default(), Vec::new());
        if !gather_carriers(value, &mut carriers, &mut makers) {
            return;
        }
        let mut walk = Walk { boundary, budget: BUDGET, definitions: true };
        let makes = !makers.is_empty();
        for maker in makers {
            // What it gives hangs on all that it reaches.
            carriers.remove(&maker.address());
            let end = walk.run(maker, &mut carriers, &mut tells_all);
            if end != End::Complete {
                return;
            }
        }
        let mut rest = AddressSet::default();
        let end = walk.run(value, &mut rest, &mut |_| true);
        rest.retain(|address| !carriers.contains(address));
        let rest = (end == End::Complete && !makes).then_some(rest);
        at_hand.went_through = Some(WentThrough { carriers, rest, makes });
    }

    /// What the loop did in all turns, by its statements; `None` where that is in doubt.
    pub(crate) fn turns(
        &mut self,
        unit: &Unit,
        namespace: Variables<'_>,
        boundary: &AddressSet,
        cause: &dyn Fn(Address) -> Option<(String, Confidence)>,
    ) -> Option<Turns> {
        let at_hand = self.at_hand.as_ref()?;
        let (_, lines) = self.lines.as_ref().filter(|(source, _)| *source == at_hand.source)?;
        let code = at_hand.code();
        if self.places.as_ref().is_none_or(|places| !places.are_of(&code)) {
            self.places = CodePlaces::of(&code).ok();
        }
        let places = self.places.as_ref()?;
        let statement_at = |point: ProgramPoint| {
            let offset = u32::try_from(point.offset()).ok()?;
            let (line, column) = places.begin(code.py(), offset)?;
            innermost(unit, lines.offset(line.into(), column.into())?)
        };
        at_hand.turns(statement_at, namespace, boundary, cause)
    }
}

impl Loop {
    /// Where the module is; `None` when it is past the loop. What other threads report has no place in
    /// the loop, which is then taken as a whole.
    fn here(&mut self) -> Option<ProgramPoint> {
        if self.standing.is_some() || self.ended {
            return self.standing;
        }
        // SAFETY: the GIL is held.
        let own = unsafe { ffi::PyThreadState_Get() } == self.thread;
        let reports = self.marks.len() + self.states_read.len() + self.states_written.len();
        self.doubted |= !own || reports > MOST_REPORTS;
        Some(ProgramPoint::current())
    }

    /// The code that the module's frame runs.
    fn code(&self) -> Bound<'_, PyAny> {
        // SAFETY: a loop is looked at under the GIL and holds the frame, which gives a new reference to its code.
        unsafe {
            let code = ffi::PyFrame_GetCode(self.frame.cast()).cast::<ffi::PyObject>();
            Bound::from_owned_ptr(Python::assume_attached(), code)
        }
    }

    fn turns(
        &self,
        statement_at: impl Fn(ProgramPoint) -> Option<StatementId>,
        namespace: Variables<'_>,
        boundary: &AddressSet,
        cause: &dyn Fn(Address) -> Option<(String, Confidence)>,
    ) -> Option<Turns> {
        let mut points: FxHashMap<ProgramPoint, Option<StatementId>> = FxHashMap::default();
        let mut statement_at =
            |point: ProgramPoint| *points.entry(point).or_insert_with(|| statement_at(point));
        let mut by: AddressMap<BTreeSet<StatementId>> = AddressMap::default();
        for &(address, point) in &self.marks {
            by.entry(address).or_default().insert(statement_at(point)?);
        }
        let mut turns = Turns::default();
        for (entered, point) in &self.entered {
            turns.entered.push((statement_at(*point)?, *entered));
        }
        for (name, point) in &self.read {
            turns.read.push((statement_at(*point)?, name.clone()));
        }
        for (key, point) in &self.states_read {
            let statement = match point {
                Some(point) => Some(statement_at(*point)?),
                None => None,
            };
            turns.states_read.push((statement, key.clone()));
        }
        for (key, anew, point) in &self.states_written {
            // What a module holds is found by no variable.
            if key.state.module().is_some() {
                return None;
            }
            turns.states_written.push((statement_at(*point)?, key.clone(), *anew));
        }
        for &point in &self.seen {
            turns.seen.extend(statement_at(point));
        }
        turns.seen.extend(by.values().flatten());
        turns.entered.sort_unstable_by_key(|&(id, entered)| (id, entered.source, entered.scope));
        turns.read.sort_unstable();
        turns.states_read.sort_unstable();
        turns.states_written.sort_unstable();
        let changed =
            |address: &Address| by.contains_key(address) || self.unplaced.contains(address);
        let (names, mut after) = match by.is_empty() && self.unplaced.is_empty() {
            true => SeenBy::default(),
            false => seen_by(namespace, boundary, &changed)?,
        };
        let mut groups: FxHashMap<ChangeGroup, Address> = FxHashMap::default();
        let placed = by.iter().map(|(&address, by)| (address, by.iter().copied().collect()));
        let unplaced = self.unplaced.iter().map(|&address| (address, Vec::new()));
        for (address, by) in placed.chain(unplaced).collect::<Vec<_>>() {
            let held = self.before.get(&address);
            let before = held.into_iter().flat_map(|held| {
                std::iter::once(held.first)
                    .chain(held.others.iter().copied())
                    .map(|at| self.names[at as usize].clone())
            });
            let now = after.entry(address).or_default();
            let after = now.iter().map(|&at| names[at as usize].clone()).collect();
            let lasting = self.is_lasting(address, &changed);
            let held = self.holders.of(address, &self.names);
            groups.entry((by, before.collect(), after, lasting, held)).or_insert(address);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable();
        for ((by, before, after, lasting, held), address) in groups {
            let (cause, confidence) = cause(address)?;
            let change = TurnChange { by, before, after, lasting, held, cause, confidence };
            turns.changes.push(change);
        }
        for &(giver, by) in &self.givers.fed {
            turns.fed.push((statement_at(giver)?, statement_at(by)?));
        }
        turns.fed.sort_unstable();
        if let Some(went_through) = &self.went_through {
            let only_by_header = |address: &Address| {
                !self.unplaced.contains(address)
                    && by
                        .get(address)
                        .is_none_or(|by| by.iter().all(|&statement| statement == self.statement))
            };
            turns.fixed = went_through.carriers.iter().all(only_by_header);
            turns.makes = went_through.makes;
            let rest = went_through.rest.as_ref();
            turns.settled = turns.fixed && rest.is_some_and(|rest| !rest.iter().any(changed));
        }
        Some(turns)
    }

    /// Whether an object certainly was there all the time: a variable that was not bound led to it, by
    /// way of what was not changed.
    fn is_lasting(&self, address: Address, changed: &dyn Fn(&Address) -> bool) -> bool {
        let Some(held) = self.before.get(&address) else { return false };
        if held.first as usize >= self.unbound {
            return false;
        }
        let mut holder = held.holder;
        for _ in 0..self.before.len() {
            if holder == 0 {
                return true;
            }
            match self.before.get(&holder).filter(|_| !changed(&holder)) {
                Some(held) => holder = held.holder,
                None => return false,
            }
        }
        false
    }
}

/// The variables that a loop may get at: those in its text and in any function of the text. Those that
/// it does not bind come first; how many there are of them.
fn names_of(unit: &Unit, statement: &Statement) -> (Vec<String>, usize) {
    let whole = &statement.whole;
    let bound: BTreeSet<&str> = whole.binds.iter().map(|bind| bind.name.as_str()).collect();
    let scopes = unit.scopes().iter().flat_map(|scope| &scope.reads);
    let read: BTreeSet<&str> =
        whole.reads.iter().chain(scopes).map(|read| read.name.as_str()).collect();
    let unbound: Vec<String> =
        read.iter().filter(|name| !bound.contains(*name)).map(|&name| name.to_owned()).collect();
    let count = unbound.len();
    let bound = bound.into_iter().map(str::to_owned);
    (unbound.into_iter().chain(bound).collect(), count)
}

/// What variables lead to; nothing where that is too much.
fn look(
    names: &[String],
    namespace: Variables<'_>,
    boundary: &AddressSet,
) -> Option<AddressMap<Held>> {
    let mut before: AddressMap<Held> = AddressMap::default();
    let mut walk = Walk { boundary, budget: BUDGET, definitions: true };
    for (at, name) in names.iter().enumerate() {
        let Some(value) = namespace.item(name).filter(|&value| kind::is_mutable(value)) else {
            continue;
        };
        let (mut seen, mut holders) = (AddressSet::default(), AddressMap::default());
        let end = walk.run_noting(value, &mut seen, Some(&mut holders), &mut |_| true);
        if end != End::Complete {
            return None;
        }
        for address in seen {
            let holder = holders.get(&address).copied().unwrap_or(0);
            before
                .entry(address)
                .and_modify(|held| held.others.push(at as u32))
                .or_insert_with(|| Held { holder, first: at as u32, others: Vec::new() });
        }
    }
    Some(before)
}

/// What is known of a changed object: by which statements it was, which variables led to it before the loop
/// and do now, whether it certainly was there all the time, and which variables may have led to it when it was
/// changed.
type ChangeGroup = (Vec<StatementId>, Vec<String>, Vec<String>, bool, Option<Vec<String>>);

/// The names of all variables, and which of them lead to each object that was changed.
type SeenBy = (Vec<String>, AddressMap<Vec<u32>>);

fn seen_by(
    namespace: Variables<'_>,
    boundary: &AddressSet,
    changed: &dyn Fn(&Address) -> bool,
) -> Option<SeenBy> {
    let mut names = Vec::new();
    let mut found: AddressMap<Vec<u32>> = AddressMap::default();
    let mut walk = Walk { boundary, budget: BUDGET, definitions: true };
    for (name, value) in namespace.pairs().filter(|&(_, value)| kind::is_mutable(value)) {
        let Some(name) = name.text() else { continue };
        let at = names.len() as u32;
        names.push(name);
        let mut seen = AddressSet::default();
        let end = walk.run(value, &mut seen, &mut |object| {
            if changed(&object.address()) {
                found.entry(object.address()).or_default().push(at);
            }
            true
        });
        if end != End::Complete {
            return None;
        }
    }
    Some((names, found))
}

/// Whether what an iterator that reaches an object gives hangs on nothing but what it reaches: functions and
/// generators of the program read variables as well, and of what some objects of C hold nobody can tell.
fn tells_all(object: Lent<'_>) -> bool {
    if kind::is_opaque(object) && !object.is_module() {
        return object.class().is_value();
    }
    // SAFETY: the generator holds its code.
    let of_generator =
        generator_code(object).and_then(|code| unsafe { Lent::new(code as *mut ffi::PyObject) });
    let code = object.function_code().or(of_generator);
    let file = code.and_then(|code| code.member(c"co_filename")).and_then(Lent::as_str);
    code.is_none()
        || file.is_some_and(|file| file.contains("site-packages") || file.contains("/lib/python3"))
}

/// The innermost statement at module level around a point of the text.
fn innermost(unit: &Unit, offset: u32) -> Option<StatementId> {
    let after = unit.statements().partition_point(|known| known.range.start <= offset);
    let mut statement = unit.statements().get(after.checked_sub(1)?)?;
    while statement.range.end <= offset {
        statement = unit.statement(statement.parent?.0);
    }
    Some(statement.id)
}
