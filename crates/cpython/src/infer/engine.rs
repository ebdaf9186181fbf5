//! Engine: functions followed step by step, until nothing new is found.
//!
//! Each function is a frame whose slots gather the things that they may stand for; frames are gone
//! through again and again until no set grows (the points-to analysis of Andersen's thesis of 1994,
//! with guards). What is asked of live values on the way is kept as facts: the answer holds for
//! every call for which they do.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use clew_effects::ExternalState;
use clew_syntax::summary::{
    Comparison, Constant, GuardId, Item, Make, Slot, Step, StepKind, Summary,
};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyCode;
use rustc_hash::{FxHashMap, FxHashSet};

use super::bind::Arguments;
use super::fact::{Fact, Fate, Holder, version};
use super::source::Sources;
use super::truth::constant_of;
use super::value::{Field, Heap, Id, Set, Site, Thing};
use crate::callee::{self, Rules};
use crate::object;
use crate::reach::{self, Address};

pub(super) use clew_heap::raw::class::{cell_at, is_definition};

/// How many steps are gone through before the call is given up.
const MOST_STEPS: usize = 20_000;
/// How many functions are followed; what the others do is left in doubt.
const MOST_FRAMES: usize = 60;
/// How deep calls are followed at once; the rest waits.
const DEEPEST: usize = 40;
/// Stands for the call itself where functions are numbered.
pub(super) const OUTSIDE: u32 = u32::MAX;
/// In how many ways a function is followed by itself before its calls are taken together.
const MOST_WAYS: usize = 3;

/// A function on the way.
pub(super) struct Frame {
    pub(super) summary: Rc<Summary>,
    pub(super) function: Address,
    pub(super) slots: Vec<Set>,
    /// What it returns.
    pub(super) out: Set,
    /// What it yields.
    pub(super) yielded: Set,
    /// Who calls it.
    callers: Vec<u32>,
    /// The first step that reads a slot.
    first_read: Vec<Cell<u32>>,
    /// Whether it is being gone through, and whether it has to be once more.
    busy: bool,
}

/// Follows one call.
pub(super) struct Engine<'a, 'py> {
    pub(super) py: Python<'py>,
    pub(super) rules: &'a mut Rules,
    pub(super) sources: &'a mut Sources,
    pub(super) session_code: &'a FxHashSet<Address>,
    /// The receiver, or null, and the arguments.
    pub(super) roots: &'a [*mut ffi::PyObject],
    pub(super) heap: Heap,
    pub(super) frames: Vec<Frame>,
    pub(super) ways: FxHashMap<(Address, Vec<Set>), usize>,
    pub(super) by_function: FxHashMap<Address, Vec<usize>>,
    pub(super) facts: Vec<Fact>,
    pub(super) asked: FxHashSet<Fact>,
    /// Whether numbers and texts are not looked at.
    pub(super) coarse: bool,
    steps: usize,
    /// When it is to be given up.
    pub(super) until: Instant,
    depth: usize,
    /// How many calls are under way.
    pub(super) nesting: usize,
    /// Whether what was passed to a call is being called.
    pub(super) calling_back: bool,
    /// Whether it was given up.
    pub(super) over: bool,
    /// Whether that was for want of time.
    pub(super) late: bool,
    /// Shared objects that were looked into.
    pub(super) reads: FxHashSet<Address>,
    /// Variables of modules that functions bind, by the module's namespace.
    pub(super) reads_named: FxHashSet<(Address, Rc<str>)>,
    pub(super) writes_named: FxHashSet<(Address, Rc<str>)>,
    pub(super) states: FxHashSet<(ExternalState, bool)>,
}

impl<'a, 'py> Engine<'a, 'py> {
    pub(super) fn new(
        py: Python<'py>,
        rules: &'a mut Rules,
        sources: &'a mut Sources,
        session_code: &'a FxHashSet<Address>,
        roots: &'a [*mut ffi::PyObject],
        coarse: bool,
    ) -> Self {
        Self {
            py,
            rules,
            sources,
            session_code,
            roots,
            heap: Heap::default(),
            frames: Vec::new(),
            ways: FxHashMap::default(),
            by_function: FxHashMap::default(),
            facts: Vec::new(),
            asked: FxHashSet::default(),
            coarse,
            steps: 0,
            until: Instant::now(),
            depth: 0,
            nesting: 0,
            calling_back: false,
            over: false,
            late: false,
            reads: FxHashSet::default(),
            reads_named: FxHashSet::default(),
            writes_named: FxHashSet::default(),
            states: FxHashSet::default(),
        }
    }

    /// Follows a call of a live callable with these arguments.
    pub(super) unsafe fn follow(
        &mut self,
        callable: *mut ffi::PyObject,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> Set {
        // SAFETY: handed on from the caller, which lends live objects under the GIL.
        unsafe {
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
    }

    /// Opens a frame for a function, or finds the one for such a call, and says what it returns.
    pub(super) unsafe fn enter(
        &mut self,
        site: Site,
        function: *mut ffi::PyObject,
        summary: &Rc<Summary>,
        arguments: &Arguments,
    ) -> Set {
        let address = function as Address;
        // SAFETY: the function is live.
        let (values, key) = unsafe { self.bind(function, &summary.parameters, arguments) };
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
                    // SAFETY: the function is live.
                    unsafe {
                        self.pin_code(address);
                        self.pin(Holder::Globals(address));
                    }
                    self.frames.push(Frame {
                        summary: Rc::clone(summary),
                        function: address,
                        slots: vec![Set::default(); summary.slots as usize],
                        out: Set::default(),
                        yielded: Set::default(),
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
                // SAFETY: as above.
                unsafe { self.frame(at) };
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
            let kind = &raw mut ffi::PyGen_Type as Address;
            let made = self.heap.id(Thing::Made { class: Some(kind), at: (at as u32, u32::MAX) });
            let yielded = self.frames[at].yielded.clone();
            self.heap.hold(made, Field::Somewhere, &yielded);
            return Set::one(made);
        }
        self.frames[at].out.clone()
    }

    /// Goes through a function once.
    unsafe fn frame(&mut self, at: usize) {
        let summary = Rc::clone(&self.frames[at].summary);
        let outer = std::mem::replace(&mut self.heap.reader, at as u32);
        let calling_back = std::mem::take(&mut self.calling_back);
        self.frames[at].busy = true;
        // SAFETY: handed on from the caller.
        unsafe { self.steps(at, &summary) };
        self.frames[at].busy = false;
        self.calling_back = calling_back;
        self.heap.reader = outer;
    }

    /// Counts a step or a call; after too many the call is given up.
    pub(super) fn step_on(&mut self) {
        self.steps += 1;
        self.late |= self.steps.is_multiple_of(64) && Instant::now() > self.until;
        self.over |= self.late || self.steps > MOST_STEPS;
    }

    unsafe fn steps(&mut self, at: usize, summary: &Summary) {
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
            // SAFETY: handed on from the caller.
            let value = unsafe { self.step((at as u32, number as u32), step) };
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
    fn add(&mut self, at: usize, slot: usize, value: &Set) -> bool {
        const MOST_THINGS: usize = 24;
        let Some(known) = self.frames[at].slots.get_mut(slot) else { return false };
        if known.len() + value.len() <= MOST_THINGS {
            return known.join(value);
        }
        let mut all = known.clone();
        if !all.join(value) {
            return false;
        }
        let mixed = self.heap.id(Thing::Mixed { at: (at as u32, 1 << 31 | slot as u32) });
        if all.len() > MOST_THINGS {
            self.heap.hold(mixed, Field::Somewhere, &all);
            all = Set::one(mixed);
        }
        let grew = self.frames[at].slots[slot] != all;
        self.frames[at].slots[slot] = all;
        grew
    }

    /// One of some things, or what can be reached from them, or a new one.
    pub(super) fn mixed(&mut self, at: Site, of: &Set) -> Set {
        let mixed = self.heap.id(Thing::Mixed { at });
        self.heap.hold(mixed, Field::Somewhere, of);
        Set::one(mixed)
    }

    fn may_reach(&mut self, site: Site, summary: &Summary, mut guard: Option<GuardId>) -> bool {
        while let Some(id) = guard {
            let Some(known) = summary.guards.get(id.0 as usize) else { return true };
            let test = self.slot(site, known.test);
            // What was not come to yet leads nowhere yet.
            if test.is_empty() {
                return false;
            }
            // SAFETY: the things refer to live objects for as long as the call lasts.
            if unsafe { self.truth(&test) } == Some(!known.truth) {
                return false;
            }
            guard = known.parent;
        }
        true
    }

    fn wake_callers(&mut self, at: usize) {
        self.heap.woken.extend(&self.frames[at].callers);
    }

    pub(super) fn slot(&self, site: Site, slot: Slot) -> Set {
        let frame = &self.frames[site.0 as usize];
        if let Some(read) = frame.first_read.get(slot.index()) {
            read.set(read.get().min(site.1));
        }
        frame.slots.get(slot.index()).cloned().unwrap_or_default()
    }

    unsafe fn step(&mut self, site: Site, step: &Step) -> Set {
        let at = site.0 as usize;
        // SAFETY: handed on from the caller.
        unsafe {
            match &step.kind {
                StepKind::Copy(slot) => self.slot(site, *slot),
                StepKind::Constant(value) => self.constant(value.clone()),
                StepKind::Make(make, items) => self.make(site, *make, items),
                StepKind::Global(name) => self.global(at, name),
                StepKind::Free(name) => match self.free(at, name) {
                    Some(value) => value,
                    None => self.anything(),
                },
                StepKind::Import(name) => {
                    let modules = ffi::PyImport_GetModuleDict() as Address;
                    self.held_outside(Holder::Entry(modules, name.as_str().into()))
                }
                StepKind::ImportFrom(module, level, name) => {
                    self.import_from(at, module.as_deref(), *level, name)
                }
                StepKind::Attribute(of, name) => {
                    let of = self.slot(site, *of);
                    self.attribute(site, &of, name)
                }
                StepKind::Item(of, index) => {
                    let (of, index) = (self.slot(site, *of), self.slot(site, *index));
                    self.item(site, &of, &index)
                }
                StepKind::Iterate(of) => {
                    let of = self.slot(site, *of);
                    self.iterate(site, &of)
                }
                StepKind::Unpack(of, position) => {
                    let of = self.slot(site, *of);
                    self.unpack(site, &of, *position)
                }
                StepKind::Enter(of) => {
                    let of = self.slot(site, *of);
                    self.manage(site, &of)
                }
                StepKind::Set(of, name, value) => {
                    let (of, value) = (self.slot(site, *of), self.slot(site, *value));
                    self.set(site, &of, name.as_deref(), &value);
                    value
                }
                StepKind::Delete(of, name) => {
                    let of = self.slot(site, *of);
                    self.delete(site, &of, name.as_deref());
                    Set::default()
                }
                StepKind::Augment(of, value) => {
                    let (of, value) = (self.slot(site, *of), self.slot(site, *value));
                    self.augment(site, &of, &value)
                }
                StepKind::Operator(operands, shares, name) => {
                    let value = self.operator(site, operands, *shares);
                    self.operate(site, operands, name, value)
                }
                StepKind::Compare(comparison, left, right) => {
                    let (left, right) = (self.slot(site, *left), self.slot(site, *right));
                    if left.is_empty() || right.is_empty() {
                        return Set::default();
                    }
                    if let Comparison::Equal | Comparison::NotEqual = comparison {
                        let names = ["__eq__", "__ne__"];
                        self.protocol(site, &left, &names, std::slice::from_ref(&right));
                        self.protocol(site, &right, &names, std::slice::from_ref(&left));
                    }
                    let outcome = match comparison {
                        Comparison::Is => self.same(&left, &right),
                        Comparison::IsNot => self.same(&left, &right).map(|same| !same),
                        Comparison::Equal => self.equal(&left, &right),
                        Comparison::NotEqual => self.equal(&left, &right).map(|equal| !equal),
                    };
                    self.outcome(outcome)
                }
                StepKind::Not(slot) => {
                    let of = self.slot(site, *slot);
                    if of.is_empty() {
                        return of;
                    }
                    let truth = self.truth(&of).map(|truth| !truth);
                    self.outcome(truth)
                }
                StepKind::Call(callee, arguments) => self.call(site, callee, arguments),
                StepKind::Nested => {
                    let kind = &raw mut ffi::PyFunction_Type as Address;
                    self.made(Some(kind), site)
                }
                StepKind::Return(slot) => {
                    let value = self.slot(site, *slot);
                    if self.frames[at].out.join(&value) {
                        self.wake_callers(at);
                    }
                    value
                }
                StepKind::Yield(slot) => {
                    let value = self.slot(site, *slot);
                    if self.frames[at].yielded.join(&value) {
                        self.wake_callers(at);
                    }
                    value
                }
                StepKind::BindGlobal(name, value) => {
                    let function = self.frames[at].function as *mut ffi::PyObject;
                    let globals = ffi::PyFunction_GetGlobals(function) as Address;
                    let kept = self.heap.id(Thing::WithinShared(globals));
                    let value = self.slot(site, *value);
                    self.heap.hold(kept, Field::Attribute(name.as_str().into()), &value);
                    self.writes_named.insert((globals, name.as_str().into()));
                    Set::default()
                }
                StepKind::BindFree(name, value) => {
                    let function = self.frames[at].function as *mut ffi::PyObject;
                    let code = self.code(at);
                    if let Some(place) = code.and_then(|code| closure_place(&code, name)) {
                        let cell = cell_at(function, place);
                        let kept = self.heap.id(Thing::WithinShared(cell as Address));
                        let value = self.slot(site, *value);
                        self.heap.hold(kept, Field::Somewhere, &value);
                    }
                    let function = self.heap.id(Thing::Shared(self.frames[at].function));
                    self.heap.change(function);
                    Set::default()
                }
                StepKind::Caught => {
                    let caught = self.made(Some(ffi::PyExc_Exception as Address), site);
                    let anything = self.anything();
                    for id in caught.iter() {
                        self.heap.hold(id, Field::Somewhere, &anything);
                    }
                    caught
                }
                StepKind::Anything => self.anything(),
            }
        }
    }

    pub(super) fn anything(&mut self) -> Set {
        Set::one(self.heap.id(Thing::Anything))
    }

    pub(super) fn constant(&mut self, value: Constant) -> Set {
        Set::one(self.heap.id(Thing::Constant(value)))
    }

    /// A value that is new at a step.
    pub(super) fn made(&mut self, class: Option<Address>, at: Site) -> Set {
        Set::one(self.heap.id(Thing::Made { class, at }))
    }

    pub(super) fn outcome(&mut self, truth: Option<bool>) -> Set {
        self.constant(truth.map_or(Constant::Other, Constant::Bool))
    }

    fn make(&mut self, site: Site, make: Make, items: &[Item]) -> Set {
        let class = match make {
            Make::Tuple => &raw mut ffi::PyTuple_Type,
            Make::List => &raw mut ffi::PyList_Type,
            Make::Set => &raw mut ffi::PySet_Type,
            Make::Dict => &raw mut ffi::PyDict_Type,
            Make::Generator => &raw mut ffi::PyGen_Type,
            Make::Text => {
                for item in items {
                    let value = self.slot(site, item.value);
                    // SAFETY: things refer to live objects.
                    unsafe { self.protocol(site, &value, &["__format__", "__str__"], &[]) };
                }
                return self.constant(Constant::Other);
            }
            Make::Slice => return self.constant(Constant::Other),
        };
        let made = self.heap.id(Thing::Made { class: Some(class as Address), at: site });
        let mut spread = false;
        for (position, item) in items.iter().enumerate() {
            let value = self.slot(site, item.value);
            spread |= item.star;
            match (make, &item.key) {
                (Make::Tuple, _) if !spread => {
                    self.heap.hold(made, Field::Position(position as u32), &value);
                }
                (_, Some(key)) if !item.star => {
                    self.heap.hold(made, Field::Key(key.as_str().into()), &value);
                }
                (Make::Dict, None) if item.star => {
                    let mut held = Set::default();
                    for id in value.iter() {
                        held.join(&self.heap.held(id));
                    }
                    self.heap.hold(made, Field::Somewhere, &held);
                }
                _ => self.heap.hold(made, Field::Somewhere, &value),
            }
        }
        if make == Make::Tuple && !spread {
            self.heap.set_length(made, items.len());
        }
        Set::one(made)
    }

    fn code(&self, at: usize) -> Option<Bound<'py, PyCode>> {
        // SAFETY: functions on the way are held by modules, classes, closures or the caller.
        unsafe {
            let code = ffi::PyFunction_GetCode(self.frames[at].function as *mut ffi::PyObject);
            Bound::from_borrowed_ptr(self.py, code).cast_into().ok()
        }
    }

    /// What a function's closure holds under a name; `None` where it has no such variable.
    unsafe fn free(&mut self, at: usize, name: &str) -> Option<Set> {
        // SAFETY: as for `code`; the closure is a tuple of cells, one for each name.
        unsafe {
            let function = self.frames[at].function as *mut ffi::PyObject;
            let place = closure_place(&self.code(at)?, name)?;
            let cell = cell_at(function, place);
            if cell.is_null() {
                return None;
            }
            let mut value = self.held_outside(Holder::Cell(function as Address, place));
            let kept = self.heap.id(Thing::WithinShared(cell as Address));
            if let Some(bound) = self.heap.field(kept, &Field::Somewhere).cloned() {
                value.join(&bound);
            }
            Some(value)
        }
    }

    unsafe fn global(&mut self, at: usize, name: &str) -> Set {
        // SAFETY: as for `code`; dictionaries lend what they hold.
        unsafe {
            // Of a function within another only its own text was read.
            if let Some(value) = self.free(at, name) {
                return value;
            }
            let function = self.frames[at].function as *mut ffi::PyObject;
            let globals = ffi::PyFunction_GetGlobals(function);
            let kept = self.heap.id(Thing::WithinShared(globals as Address));
            let bound = self.heap.field(kept, &Field::Attribute(name.into())).cloned();
            let bound = bound.unwrap_or_default();
            let found = object::item(globals, name);
            let holder = Holder::Entry(globals as Address, name.into());
            if found.is_null() {
                self.pin(holder);
                let builtins = ffi::PyEval_GetBuiltins();
                let mut value = self.held_outside(Holder::Entry(builtins as Address, name.into()));
                value.join(&bound);
                return value;
            }
            let rebound = self
                .code(at)
                .and_then(|code| self.sources.file(&code))
                .is_some_and(|file| file.rebound.contains(name));
            if rebound {
                self.reads_named.insert((globals as Address, name.into()));
                if !reach::is_mutable(found) {
                    let kind = Fate::Kind(ffi::Py_TYPE(found) as Address);
                    self.remember(Fact::Held(holder, kind));
                    let mut value = self.constant(Constant::Other);
                    value.join(&bound);
                    return value;
                }
            }
            let mut value = self.held_outside(holder);
            value.join(&bound);
            value
        }
    }

    unsafe fn import_from(
        &mut self,
        at: usize,
        module: Option<&str>,
        level: u32,
        name: &str,
    ) -> Set {
        // SAFETY: as for `global`.
        unsafe {
            let mut full = module.unwrap_or_default().to_owned();
            if level > 0 {
                let function = self.frames[at].function as *mut ffi::PyObject;
                let globals = ffi::PyFunction_GetGlobals(function);
                let package = object::item(globals, "__package__");
                let Some(mut package) = callee::text(package) else { return self.anything() };
                for _ in 1..level {
                    package.truncate(package.rfind('.').unwrap_or(0));
                }
                full = if full.is_empty() { package } else { format!("{package}.{full}") };
            }
            let modules = ffi::PyImport_GetModuleDict();
            let module = self.pin(Holder::Entry(modules as Address, full.as_str().into()));
            if module.is_null() || ffi::PyModule_Check(module) == 0 {
                return self.anything();
            }
            let holder = Holder::Entry(ffi::PyModule_GetDict(module) as Address, name.into());
            if self.pin(holder.clone()).is_null() {
                let below = format!("{full}.{name}").into();
                return self.held_outside(Holder::Entry(modules as Address, below));
            }
            self.held_outside(holder)
        }
    }

    /// An object that a module, class or closure holds.
    pub(super) unsafe fn shared(&mut self, object: *mut ffi::PyObject) -> Set {
        // SAFETY: the holder keeps it alive.
        unsafe {
            if let Some(value) = constant_of(object) {
                return self.constant(value);
            }
            if !reach::is_mutable(object) && !is_definition(object) {
                return self.constant(Constant::Other);
            }
            // One of the values that were passed is that.
            if let Some(root) = self.roots.iter().position(|&root| root == object) {
                self.note(root as u32, &Rc::from([]), Fate::Is(object as Address));
                return Set::one(self.passed(root as u32, &[], object));
            }
            if reach::changes_in_place(object) && ffi::PyModule_Check(object) == 0 {
                self.reads.insert(object as Address);
            }
            Set::one(self.heap.id(Thing::Shared(object as Address)))
        }
    }

    pub(super) unsafe fn shared_or_anything(&mut self, object: *mut ffi::PyObject) -> Set {
        // SAFETY: handed on from the caller.
        if object.is_null() { self.anything() } else { unsafe { self.shared(object) } }
    }

    pub(super) fn passed(&mut self, root: u32, path: &[Rc<str>], live: *mut ffi::PyObject) -> Id {
        // A value that is passed twice is one.
        let first = match path {
            [] => self.roots.iter().position(|&other| other == live),
            _ => None,
        };
        let root = first.map_or(root, |first| first as u32);
        self.heap.id(Thing::Passed { root, path: path.into(), live: live as Address })
    }

    /// Notes what the answer hangs on.
    pub(super) fn note(&mut self, root: u32, path: &Rc<[Rc<str>]>, fate: Fate) {
        self.remember(Fact::Passed { root, path: Rc::clone(path), fate });
    }

    /// Notes that the answer hangs on a function, class or module being what is passed. When that is gone,
    /// another one may be where it was.
    pub(super) unsafe fn note_callee(
        &mut self,
        root: u32,
        path: &Rc<[Rc<str>]>,
        callee: *mut ffi::PyObject,
    ) {
        // SAFETY: the caller lends a live object.
        unsafe {
            let kind = ffi::Py_TYPE(callee);
            self.note(root, path, Fate::Kind(kind as Address));
            self.note(root, path, Fate::Is(callee as Address));
            if kind == &raw mut ffi::PyFunction_Type {
                self.pin_code(callee as Address);
            }
            let bound = crate::named::bound_to(callee);
            if !bound.is_null() && ffi::PyModule_Check(bound) == 0 {
                self.note(root, path, Fate::bound(callee));
            }
        }
    }

    /// Notes that the answer hangs on the code of a function.
    unsafe fn pin_code(&mut self, function: Address) {
        let holder = Holder::Code(function);
        // SAFETY: the caller lends a live function.
        let code = unsafe { holder.find() };
        self.remember(Fact::Held(holder, Fate::Is(code as Address)));
    }

    fn remember(&mut self, fact: Fact) {
        if self.asked.insert(fact.clone()) {
            self.facts.push(fact);
        }
    }

    /// Notes which of the values that are passed are one and the same.
    pub(super) unsafe fn compare_roots(&mut self) {
        for at in 0..self.roots.len() {
            for before in 0..at {
                let (one, other) = (self.roots[before], self.roots[at]);
                // SAFETY: the caller lends live values.
                if one.is_null() || other.is_null() || !unsafe { reach::is_mutable(other) } {
                    continue;
                }
                let (before, at) = (before as u32, at as u32);
                self.remember(match one == other {
                    true => Fact::Same(before, at),
                    false => Fact::Distinct(before, at),
                });
            }
        }
    }

    /// Notes that the answer hangs on what is held somewhere, and gives it.
    pub(super) unsafe fn pin(&mut self, holder: Holder) -> *mut ffi::PyObject {
        // SAFETY: the holder is live.
        unsafe {
            let found = holder.find();
            let fate = Fate::of(found, self.coarse);
            self.remember(Fact::Held(holder, fate));
            found
        }
    }

    pub(super) fn hold_fact(&mut self, holder: Holder, fate: Fate) {
        self.remember(Fact::Held(holder, fate));
    }

    /// Notes that the answer hangs on a class as it is.
    pub(super) unsafe fn pin_class(&mut self, class: *mut ffi::PyTypeObject) {
        // SAFETY: the class is live.
        unsafe {
            if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
                let fate = Fate::Version((class as Address, version(class)));
                self.remember(Fact::Held(Holder::Object(class as Address), fate));
            }
        }
    }

    /// What is held somewhere outside of the call.
    pub(super) unsafe fn held_outside(&mut self, holder: Holder) -> Set {
        // SAFETY: the holder is live, and holds what it gives.
        unsafe {
            let found = self.pin(holder);
            if found.is_null() {
                return self.anything();
            }
            let number = matches!(constant_of(found), Some(Constant::Int(_) | Constant::Str(_)));
            if number && self.coarse {
                return self.constant(Constant::Other);
            }
            self.shared(found)
        }
    }

    /// The class of a thing, if it is known.
    pub(super) unsafe fn class(&mut self, id: Id) -> Option<*mut ffi::PyTypeObject> {
        // SAFETY: things refer to live objects.
        unsafe {
            match self.heap.thing(id).clone() {
                Thing::Passed { root, path, live } => {
                    let class = ffi::Py_TYPE(live as *mut ffi::PyObject);
                    self.note(root, &path, Fate::of_class(class));
                    Some(class)
                }
                Thing::Shared(address) => {
                    let class = ffi::Py_TYPE(address as *mut ffi::PyObject);
                    if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
                        let fate = Fate::of_class(class);
                        self.remember(Fact::Held(Holder::Object(address), fate));
                    }
                    Some(class)
                }
                Thing::Made { class, .. } => class.map(|class| class as *mut ffi::PyTypeObject),
                Thing::Constant(Constant::Str(_)) => Some(&raw mut ffi::PyUnicode_Type),
                Thing::Constant(Constant::Int(_)) => Some(&raw mut ffi::PyLong_Type),
                Thing::Constant(Constant::Bool(_)) => Some(&raw mut ffi::PyBool_Type),
                Thing::Constant(Constant::None) => Some(ffi::Py_TYPE(ffi::Py_None())),
                Thing::Bound { .. } => Some((&raw mut callee::PyMethod_Type).cast()),
                Thing::Constant(Constant::Other)
                | Thing::Within(_)
                | Thing::WithinShared(_)
                | Thing::Mixed { .. }
                | Thing::Anything => None,
            }
        }
    }

    /// The live object that a thing is for certain.
    pub(super) fn live(&self, id: Id) -> Option<*mut ffi::PyObject> {
        match self.heap.thing(id) {
            Thing::Passed { live, .. } => Some(*live as *mut ffi::PyObject),
            Thing::Shared(address) => Some(*address as *mut ffi::PyObject),
            _ => None,
        }
    }

    unsafe fn augment(&mut self, site: Site, of: &Set, value: &Set) -> Set {
        let mut after = Set::default();
        let mut held = Set::default();
        // SAFETY: things refer to live objects.
        let own = unsafe { self.protocol(site, of, &IN_PLACE, std::slice::from_ref(value)) };
        after.join(&own);
        for id in value.iter() {
            held.join(&self.heap.held(id));
        }
        for id in of.iter() {
            let fixed = match *self.heap.thing(id) {
                Thing::Constant(_) => true,
                Thing::Passed { live, .. } => {
                    // SAFETY: things refer to live objects.
                    let mutable = unsafe { reach::changes_in_place(live as *mut ffi::PyObject) };
                    // SAFETY: as above.
                    unsafe { self.class(id) };
                    !mutable && self.heap.held(id).is_empty()
                }
                _ => false,
            };
            if fixed {
                let made = self.made(None, site);
                let mut all = self.heap.held(id);
                all.join(&held);
                for id in made.iter() {
                    self.heap.hold(id, Field::Somewhere, &all);
                }
                after.join(&made);
            } else {
                self.heap.change(id);
                self.heap.hold(id, Field::Somewhere, &held);
                self.heap.forget_length(id);
                after.add(id);
            }
        }
        after
    }

    /// Runs what classes written in Python do for an operator.
    unsafe fn operate(&mut self, site: Site, operands: &[Slot], name: &str, made: Set) -> Set {
        let mut made = made;
        let names = [format!("__{name}__"), format!("__r{name}__")];
        let operands: Vec<Set> = operands.iter().map(|&slot| self.slot(site, slot)).collect();
        // SAFETY: handed on from the caller.
        unsafe {
            match &operands[..] {
                [left, right] => {
                    for (of, other) in [(left, right), (right, left)] {
                        let given = std::slice::from_ref(other);
                        let [name, reflected] = &names;
                        made.join(&self.protocol(site, of, &[name, reflected], given));
                    }
                }
                [of] => {
                    made.join(&self.protocol(site, of, &[&names[0]], &[]));
                }
                _ => {}
            }
        }
        made
    }

    fn operator(&mut self, site: Site, operands: &[Slot], shares: bool) -> Set {
        let operands: Vec<Set> = operands.iter().map(|&slot| self.slot(site, slot)).collect();
        let plain = operands
            .iter()
            .flat_map(Set::iter)
            .all(|id| matches!(self.heap.thing(id), Thing::Constant(_)));
        if plain {
            return self.constant(Constant::Other);
        }
        let made = self.made(None, site);
        if shares {
            let mut held = Set::default();
            for id in operands.iter().flat_map(Set::iter) {
                held.join(&self.heap.held(id));
            }
            for id in made.iter() {
                self.heap.hold(id, Field::Somewhere, &held);
            }
        }
        made
    }
}

/// What an operator that assigns may run.
const IN_PLACE: [&str; 26] = [
    "__iadd__",
    "__isub__",
    "__imul__",
    "__imatmul__",
    "__itruediv__",
    "__ifloordiv__",
    "__imod__",
    "__ipow__",
    "__ilshift__",
    "__irshift__",
    "__iand__",
    "__ior__",
    "__ixor__",
    "__add__",
    "__sub__",
    "__mul__",
    "__matmul__",
    "__truediv__",
    "__floordiv__",
    "__mod__",
    "__pow__",
    "__lshift__",
    "__rshift__",
    "__and__",
    "__or__",
    "__xor__",
];

/// The place in a function's closure of a free variable's cell.
pub(super) fn closure_place(code: &Bound<'_, PyCode>, name: &str) -> Option<usize> {
    let names: Vec<String> = code.getattr("co_freevars").ok()?.extract().ok()?;
    names.iter().position(|known| known == name)
}
