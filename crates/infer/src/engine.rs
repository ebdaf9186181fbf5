//! Engine: functions followed step by step, until nothing new is found.
//!
//! Each function is a frame whose slots gather the things that they may stand for; frames are gone
//! through again and again until no set grows (the points-to analysis of Andersen's thesis of 1994,
//! with guards). What is asked of live values on the way is kept as facts: the answer holds for
//! every call for which they do.

use std::cell::Cell;
use std::rc::Rc;

use clew_effects::StateKey;
use clew_graph::Literal;
use clew_syntax::summary::{GuardId, Slot, StepKind, Summary};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::arguments::Arguments;
use crate::fact::{Fact, Holder};
use crate::value::{AbstractObject, Field, Heap, Id, PointsToSet, Site};
use crate::world::{Address, WellKnown, World};

/// How many steps are gone through before the call is given up.
const MOST_STEPS: usize = 20_000;
/// How many functions are followed; what the others do is left in doubt.
const MOST_FRAMES: usize = 60;
/// How deep calls are followed at once; the rest waits.
const DEEPEST: usize = 40;
/// Stands for the call itself where functions are numbered.
pub(crate) const OUTSIDE: u32 = u32::MAX;
/// In how many ways a function is followed by itself before its calls are taken together.
const MOST_WAYS: usize = 3;

/// A function on the way.
pub(crate) struct Frame {
    pub(crate) summary: Rc<Summary>,
    pub(crate) function: Address,
    pub(crate) slots: Vec<PointsToSet>,
    /// What it returns.
    pub(crate) out: PointsToSet,
    /// What it yields.
    pub(crate) yielded: PointsToSet,
    /// Who calls it.
    callers: Vec<u32>,
    /// The first step that reads a slot.
    first_read: Vec<Cell<u32>>,
    /// Whether it is being gone through, and whether it has to be once more.
    busy: bool,
}

/// Follows one call.
pub(crate) struct Engine<'w, W> {
    pub(crate) world: &'w mut W,
    /// The receiver, or 0, and the arguments.
    pub(crate) roots: &'w [Address],
    pub(crate) heap: Heap,
    pub(crate) frames: Vec<Frame>,
    pub(crate) ways: FxHashMap<(Address, Vec<PointsToSet>), usize>,
    pub(crate) by_function: FxHashMap<Address, Vec<usize>>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) asked: FxHashSet<Fact>,
    /// Whether numbers and texts are not looked at.
    pub(crate) coarse: bool,
    pub(crate) steps: usize,
    /// After how many it is to be given up.
    most_steps: usize,
    depth: usize,
    /// How many calls are under way.
    pub(crate) nesting: usize,
    /// Whether what was passed to a call is being called.
    pub(crate) calling_back: bool,
    /// Whether it was given up.
    pub(crate) over: bool,
    /// Whether that was for want of steps that it may take.
    pub(crate) late: bool,
    /// Shared objects that were looked into.
    pub(crate) reads: FxHashSet<Address>,
    /// Variables of modules that functions bind, by the module's namespace.
    pub(crate) reads_named: FxHashSet<(Address, Rc<str>)>,
    pub(crate) writes_named: FxHashSet<(Address, Rc<str>)>,
    pub(crate) states: FxHashSet<(StateKey, bool)>,
    /// What stands for an external state, so that a change of it is one of that.
    pub(crate) handles: FxHashSet<(Id, StateKey)>,
}

impl<'w, W: World> Engine<'w, W> {
    pub(crate) fn new(
        world: &'w mut W,
        roots: &'w [Address],
        coarse: bool,
        most_steps: usize,
    ) -> Self {
        Self {
            world,
            roots,
            heap: Heap::default(),
            frames: Vec::new(),
            ways: FxHashMap::default(),
            by_function: FxHashMap::default(),
            facts: Vec::new(),
            asked: FxHashSet::default(),
            coarse,
            steps: 0,
            most_steps,
            depth: 0,
            nesting: 0,
            calling_back: false,
            over: false,
            late: false,
            reads: FxHashSet::default(),
            reads_named: FxHashSet::default(),
            writes_named: FxHashSet::default(),
            states: FxHashSet::default(),
            handles: FxHashSet::default(),
        }
    }

    /// Follows a call of a live callable with these arguments.
    pub(crate) fn follow(
        &mut self,
        callable: Address,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> PointsToSet {
        self.heap.reader = OUTSIDE;
        let mut result = self.call_live((OUTSIDE, 0), callable, receiver, arguments);
        while !self.heap.woken.is_empty() && !self.over {
            let mut woken = std::mem::take(&mut self.heap.woken);
            // Functions come after those that call them.
            woken.sort_unstable_by(|one, other| other.cmp(one));
            woken.dedup();
            let outside = woken.first() == Some(&OUTSIDE);
            for at in woken.into_iter().filter(|&at| at != OUTSIDE) {
                self.frame(at as usize);
            }
            if outside {
                self.heap.reader = OUTSIDE;
                result.join(&self.call_live((OUTSIDE, 0), callable, receiver, arguments));
            }
        }
        result
    }

    /// Opens a frame for a function, or finds the one for such a call, and says what it returns.
    pub(crate) fn enter(
        &mut self,
        site: Site,
        function: Address,
        summary: &Rc<Summary>,
        arguments: &Arguments,
    ) -> PointsToSet {
        let address = function;
        let (values, key) = self.bind(function, &summary.parameters, arguments);
        let known = self.ways.get(&(address, key.clone())).copied();
        let at = match known {
            Some(at) => at,
            None => {
                let ways = self.by_function.entry(address).or_default();
                if ways.len() >= MOST_WAYS {
                    let at = ways[MOST_WAYS - 1];
                    self.ways.insert((address, key), at);
                    at
                } else if self.frames.len() >= MOST_FRAMES {
                    return self.unknown(site, &arguments.all());
                } else {
                    let at = self.frames.len();
                    ways.push(at);
                    self.pin_code(address);
                    self.pin(Holder::Globals(address));
                    self.frames.push(Frame {
                        summary: Rc::clone(summary),
                        function: address,
                        slots: vec![PointsToSet::default(); summary.slots as usize],
                        out: PointsToSet::default(),
                        yielded: PointsToSet::default(),
                        callers: Vec::new(),
                        first_read: vec![Cell::new(u32::MAX); summary.slots as usize],
                        busy: false,
                    });
                    self.ways.insert((address, key), at);
                    at
                }
            }
        };
        let values = self.gather(at, values, &summary.parameters, arguments);
        let mut grew = false;
        for (slot, value) in values.iter().enumerate() {
            grew |= self.add(at, slot, value);
        }
        if known.is_none() || grew {
            if self.depth < DEEPEST && !self.frames[at].busy {
                self.depth += 1;
                self.frame(at);
                self.depth -= 1;
            } else {
                self.heap.woken.push(at as u32);
            }
        }
        // A new one was gone through for this caller already.
        let caller = self.heap.reader;
        if !self.frames[at].callers.contains(&caller) {
            self.frames[at].callers.push(caller);
        }
        if summary.generator {
            let kind = self.world.well_known(WellKnown::Generator);
            let made = self
                .heap
                .id(AbstractObject::Allocation { class: Some(kind), at: (at as u32, u32::MAX) });
            let yielded = self.frames[at].yielded.clone();
            self.heap.hold(made, Field::Somewhere, &yielded);
            return PointsToSet::one(made);
        }
        self.frames[at].out.clone()
    }

    /// Goes through a function once.
    fn frame(&mut self, at: usize) {
        let summary = Rc::clone(&self.frames[at].summary);
        let outer = std::mem::replace(&mut self.heap.reader, at as u32);
        let calling_back = std::mem::take(&mut self.calling_back);
        self.frames[at].busy = true;
        self.steps(at, &summary);
        self.frames[at].busy = false;
        self.calling_back = calling_back;
        self.heap.reader = outer;
    }

    /// Counts a step or a call; after too many the call is given up.
    pub(crate) fn step_on(&mut self) {
        self.steps += 1;
        self.late |= self.steps > self.most_steps;
        self.over |= self.late || self.steps > MOST_STEPS;
    }

    fn steps(&mut self, at: usize, summary: &Summary) {
        for (number, step) in summary.steps.iter().enumerate() {
            self.step_on();
            if self.over {
                return;
            }
            let settled = matches!(
                step.kind,
                StepKind::Constant(_)
                    | StepKind::Global(_)
                    | StepKind::Free(_)
                    | StepKind::Import(_)
                    | StepKind::ImportFrom(..)
                    | StepKind::Nested
                    | StepKind::Caught
                    | StepKind::Anything
            );
            if settled
                && self.frames[at].slots.get(step.to.index()).is_some_and(|to| !to.is_empty())
            {
                continue;
            }
            if !self.may_reach((at as u32, number as u32), summary, step.guard) {
                continue;
            }
            let value = self.step((at as u32, number as u32), step);
            let slot = step.to.index();
            if self.add(at, slot, &value)
                && self.frames[at]
                    .first_read
                    .get(slot)
                    .is_some_and(|read| read.get() <= number as u32)
            {
                self.heap.woken.push(at as u32);
            }
        }
    }

    /// Adds to what a slot may stand for; whether something is new. Of too many things no account is
    /// kept one by one.
    fn add(&mut self, at: usize, slot: usize, value: &PointsToSet) -> bool {
        const MOST_THINGS: usize = 24;
        let Some(known) = self.frames[at].slots.get_mut(slot) else { return false };
        if known.len() + value.len() <= MOST_THINGS {
            return known.join(value);
        }
        let mut all = known.clone();
        if !all.join(value) {
            return false;
        }
        let mixed = self.heap.id(AbstractObject::Merged { at: (at as u32, 1 << 31 | slot as u32) });
        if all.len() > MOST_THINGS {
            self.heap.hold(mixed, Field::Somewhere, &all);
            all = PointsToSet::one(mixed);
        }
        let grew = self.frames[at].slots[slot] != all;
        self.frames[at].slots[slot] = all;
        grew
    }

    /// One of some things, or what can be reached from them, or a new one.
    pub(crate) fn mixed(&mut self, at: Site, of: &PointsToSet) -> PointsToSet {
        let mixed = self.heap.id(AbstractObject::Merged { at });
        self.heap.hold(mixed, Field::Somewhere, of);
        PointsToSet::one(mixed)
    }

    fn may_reach(&mut self, site: Site, summary: &Summary, mut guard: Option<GuardId>) -> bool {
        while let Some(id) = guard {
            let Some(known) = summary.guards.get(id.0 as usize) else { return true };
            let test = self.slot(site, known.test);
            // What was not come to yet leads nowhere yet.
            if test.is_empty() {
                return false;
            }
            if self.truth(&test) == Some(!known.truth) {
                return false;
            }
            guard = known.parent;
        }
        true
    }

    pub(crate) fn wake_callers(&mut self, at: usize) {
        self.heap.woken.extend(&self.frames[at].callers);
    }

    pub(crate) fn slot(&self, site: Site, slot: Slot) -> PointsToSet {
        let frame = &self.frames[site.0 as usize];
        if let Some(read) = frame.first_read.get(slot.index()) {
            read.set(read.get().min(site.1));
        }
        frame.slots.get(slot.index()).cloned().unwrap_or_default()
    }

    pub(crate) fn anything(&mut self) -> PointsToSet {
        PointsToSet::one(self.heap.id(AbstractObject::Anything))
    }

    /// A constant. Of other numbers than integers of 64 bits, and of bytes, nothing is asked.
    pub(crate) fn constant(&mut self, value: Literal) -> PointsToSet {
        let is_known =
            matches!(value, Literal::None | Literal::Bool(_) | Literal::Int(_) | Literal::Str(_));
        PointsToSet::one(self.heap.id(AbstractObject::Constant(is_known.then_some(value))))
    }

    /// A value that never changes and may be any such.
    pub(crate) fn unknown_constant(&mut self) -> PointsToSet {
        PointsToSet::one(self.heap.id(AbstractObject::Constant(None)))
    }

    /// A value that is new at a step.
    pub(crate) fn made(&mut self, class: Option<Address>, at: Site) -> PointsToSet {
        PointsToSet::one(self.heap.id(AbstractObject::Allocation { class, at }))
    }

    pub(crate) fn outcome(&mut self, truth: Option<bool>) -> PointsToSet {
        match truth {
            Some(truth) => self.constant(Literal::Bool(truth)),
            None => self.unknown_constant(),
        }
    }
}
