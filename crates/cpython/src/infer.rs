//! Infer: what a call of a function written in Python changes, read off its source and that of the
//! functions that it calls.
//!
//! A function's [`Summary`](clew_syntax::Summary) says what its body does to what it is given. Here
//! that is followed for one call: classes, flags and attributes of the values that are passed decide
//! which methods are meant and which branches are taken, and rules speak for what has one. What the
//! answer hangs on is kept as facts; as long as they hold, the next call has the same answer. Where a
//! function cannot be followed, what it can reach is left in doubt. No code of the user's runs, and
//! no value is kept.
#![allow(unsafe_code, reason = "looks at live values and callables through CPython's C API")]

use std::rc::Rc;
use std::time::{Duration, Instant};

use clew_effects::ExternalState;
use clew_syntax::summary::Constant;
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::callee::{self, Callee, Rules, Shape};
use crate::object;
use crate::reach::{self, Address};
use crate::recorder::CallArguments;

mod access;
mod call;
mod engine;
mod source;
mod value;

pub(crate) use call::AbstractFacts;
use call::{Arguments, Keyword};
use engine::Engine;
use source::Sources;
use value::{Set, Thing};

/// What may be spent before the run has gone on for long.
const ALLOWANCE: Duration = Duration::from_millis(200);
/// How many answers there may be about one callee before numbers and texts are not looked at.
const MOST_EXACT: usize = 4;
/// How many before it is given up.
const MOST: usize = 10;

/// What a call is inferred to do.
#[derive(Default)]
pub(crate) struct Inferred {
    /// What may change.
    pub(crate) changes: Vec<Target>,
    /// What may change in calls that cannot be followed.
    pub(crate) doubts: Vec<Target>,
    /// Whether these may change anything that the call can get at.
    pub(crate) everything: bool,
    /// Objects of modules, classes and closures that it looks into.
    pub(crate) reads: Vec<Address>,
    /// Those of them that it may change.
    pub(crate) writes: Vec<Address>,
    /// Variables of modules, by the module's namespace, that functions bind anew: read, and bound.
    pub(crate) variables_read: Vec<(Address, Rc<str>)>,
    pub(crate) variables_bound: Vec<(Address, Rc<str>)>,
    /// External states that rules say are read (`false`) or changed (`true`).
    pub(crate) states: Vec<(ExternalState, bool)>,
}

/// A value that a call may change: the receiver (root 0) or an argument, or an attribute of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) root: usize,
    path: Rc<[Rc<str>]>,
    /// Whether all that can be reached from it may change as well.
    pub(crate) deep: bool,
}

/// Something that an answer hangs on. Facts are looked at in the order in which they were found:
/// each is about an object that is there if those before it hold.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Fact {
    /// About a value that is passed, or an attribute of it.
    Passed { root: u32, path: Rc<[Rc<str>]>, fate: Fate },
    /// About what a module, class, function or closure holds.
    Held(Holder, Fate),
    /// These two values that are passed are one.
    Same(u32, u32),
    /// And these are not.
    Distinct(u32, u32),
}

/// Where the program holds what is not passed.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Holder {
    /// A dictionary's entry.
    Entry(Address, Rc<str>),
    /// A cell of a function's closure, by its place.
    Cell(Address, usize),
    /// The code of a function, its variables of the module, and its defaults.
    Code(Address),
    Globals(Address),
    Default(Address, usize),
    KeywordDefault(Address, Rc<str>),
    /// An attribute of an object's own.
    Attribute(Address, Rc<str>),
    /// An object itself.
    Object(Address),
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Fate {
    /// It is of a class.
    Kind(Address),
    /// It is of a class, which was not changed since.
    Class(Address, u32),
    /// It is a class that was not changed since.
    Version(u32),
    Is(Address),
    IsNot(Address),
    Equals(Constant),
    /// It is of a class that is not written in Python.
    Fixed,
    /// What can be reached from it is of these classes, as far as one looks.
    Inside(Rc<[(Address, u32)]>),
    /// There is such an attribute, or none.
    Present,
    Absent,
}

/// What was inferred so far.
#[derive(Default)]
pub(crate) struct Inference {
    sources: Sources,
    answers: FxHashMap<(callee::Key, usize, usize), Vec<Answer>>,
    budget: Option<Budget>,
}

struct Answer {
    facts: Vec<Fact>,
    inferred: Option<Rc<Inferred>>,
}

impl Inferred {
    /// Whether nothing is in doubt.
    pub(crate) fn is_settled(&self) -> bool {
        self.doubts.is_empty() && !self.everything
    }

    /// What may change, a line for each; the arguments go by these names.
    pub(crate) fn describe(&self, names: &[String]) -> Vec<String> {
        let place = |target: &Target| {
            let mut text = match target.root {
                0 => "self".to_owned(),
                root => names.get(root - 1).cloned().unwrap_or_default(),
            };
            for name in target.path.iter() {
                text.push('.');
                text.push_str(name);
            }
            if target.deep {
                text.push_str(".**");
            }
            text
        };
        let mut lines: Vec<String> =
            self.changes.iter().map(|target| format!("changes {}", place(target))).collect();
        lines.extend(self.doubts.iter().map(|target| format!("may change {}", place(target))));
        if self.everything {
            lines.push("may change anything".to_owned());
        }
        if !self.writes.is_empty() {
            lines.push(format!("changes shared objects: {}", self.writes.len()));
        }
        for (_, name) in &self.variables_bound {
            lines.push(format!("binds {name}"));
        }
        for (state, written) in &self.states {
            let verb = if *written { "writes" } else { "reads" };
            lines.push(format!("{verb} {state}"));
        }
        lines.sort();
        lines.dedup();
        lines
    }

    /// Whether it changes nothing for certain.
    fn is_pure(&self) -> bool {
        self.is_settled()
            && self.changes.is_empty()
            && self.writes.is_empty()
            && self.variables_bound.is_empty()
    }
}

impl Target {
    /// The live value; null where it is there no longer.
    pub(crate) unsafe fn find(&self, roots: &[*mut ffi::PyObject]) -> *mut ffi::PyObject {
        // SAFETY: handed on from the caller, which lends live values.
        unsafe { find(roots, self.root, &self.path) }
    }
}

unsafe fn find(roots: &[*mut ffi::PyObject], root: usize, path: &[Rc<str>]) -> *mut ffi::PyObject {
    let mut value = roots.get(root).copied().unwrap_or(std::ptr::null_mut());
    for name in path {
        if value.is_null() {
            break;
        }
        // SAFETY: each holds the next.
        value = unsafe { access::own_attribute(value, name) };
    }
    value
}

impl Fate {
    unsafe fn of_class(class: *mut ffi::PyTypeObject) -> Self {
        // SAFETY: the caller lends a live class.
        Self::Class(class as Address, unsafe { version(class) })
    }

    /// What an answer hangs on that looked at an object.
    unsafe fn of(object: *mut ffi::PyObject, coarse: bool) -> Self {
        // SAFETY: the caller lends a live object, or null.
        unsafe {
            if object.is_null() {
                return Self::Is(0);
            }
            match engine::constant_of(object) {
                Some(Constant::None | Constant::Bool(_)) => Self::Is(object as Address),
                Some(value) if !coarse => Self::Equals(value),
                Some(_) => Self::Kind(ffi::Py_TYPE(object) as Address),
                None if !reach::is_mutable(object) && !engine::is_definition(object) => {
                    Self::Kind(ffi::Py_TYPE(object) as Address)
                }
                None => Self::Is(object as Address),
            }
        }
    }

    unsafe fn holds(&self, value: *mut ffi::PyObject) -> bool {
        // SAFETY: the caller lends a live value, or null.
        unsafe {
            if value.is_null() {
                return matches!(self, Self::Absent | Self::Is(0));
            }
            match self {
                Self::Kind(class) => ffi::Py_TYPE(value) as Address == *class,
                Self::Class(class, known) => {
                    let kind = ffi::Py_TYPE(value);
                    kind as Address == *class && is_version(kind, *known)
                }
                Self::Version(known) => {
                    ffi::PyType_Check(value) != 0 && is_version(value.cast(), *known)
                }
                Self::Is(address) => value as Address == *address,
                Self::IsNot(address) => value as Address != *address,
                Self::Equals(constant) => call::is_constant(value, constant),
                Self::Fixed => (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0,
                Self::Inside(classes) => inside(value)[..] == classes[..],
                Self::Present => true,
                Self::Absent => false,
            }
        }
    }
}

/// The classes, written in Python, of the first few objects that can be reached from one through
/// containers and attributes, and by which numbers these are known.
unsafe fn inside(value: *mut ffi::PyObject) -> Vec<(Address, u32)> {
    const MOST_OBJECTS: usize = 64;
    let mut found = Vec::new();
    let mut seen = FxHashSet::default();
    let mut open = std::collections::VecDeque::from([value]);
    // SAFETY: the caller lends a live value, and each object holds the next; nothing runs between.
    unsafe {
        while let Some(object) = open.pop_front() {
            if object.is_null() || seen.len() >= MOST_OBJECTS || !reach::is_mutable(object) {
                continue;
            }
            if engine::is_definition(object) || !seen.insert(object as Address) {
                continue;
            }
            let room = MOST_OBJECTS - open.len().min(MOST_OBJECTS);
            let kind = ffi::Py_TYPE(object);
            let mut dictionary = std::ptr::null_mut();
            if ffi::PyList_Check(object) != 0 {
                let size = (ffi::PyList_GET_SIZE(object) as usize).min(room);
                open.extend((0..size).map(|at| ffi::PyList_GET_ITEM(object, at as _)));
            } else if ffi::PyTuple_Check(object) != 0 {
                let size = (ffi::PyTuple_GET_SIZE(object) as usize).min(room);
                open.extend((0..size).map(|at| ffi::PyTuple_GET_ITEM(object, at as _)));
            } else if ffi::PyDict_Check(object) != 0 {
                dictionary = object;
            }
            if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
                let entry = (kind as Address, version(kind));
                if !found.contains(&entry) {
                    found.push(entry);
                }
                if dictionary.is_null() && (*kind).tp_dictoffset != 0 {
                    dictionary = ffi::PyObject_GenericGetDict(object, std::ptr::null_mut());
                    // The instance holds it.
                    ffi::Py_XDECREF(dictionary);
                    ffi::PyErr_Clear();
                }
            }
            if !dictionary.is_null() {
                let (mut at, mut item) = (0, std::ptr::null_mut());
                for _ in 0..room {
                    if ffi::PyDict_Next(
                        dictionary,
                        &raw mut at,
                        std::ptr::null_mut(),
                        &raw mut item,
                    ) == 0
                    {
                        break;
                    }
                    open.push_back(item);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// The number by which a class is known until it or a base of it is changed; 0 where it has none.
unsafe fn version(class: *mut ffi::PyTypeObject) -> u32 {
    // SAFETY: the caller lends a live class; looking a name up runs no code.
    unsafe {
        if (*class).tp_version_tag == 0 {
            // A class has none before it is asked.
            let name = ffi::PyUnicode_InternFromString(c"__class__".as_ptr());
            _PyType_Lookup(class, name);
            ffi::Py_XDECREF(name);
        }
        (*class).tp_version_tag
    }
}

// Part of CPython's C API that pyo3 does not declare.
unsafe extern "C" {
    fn _PyType_Lookup(
        class: *mut ffi::PyTypeObject,
        name: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
}

unsafe fn is_version(class: *mut ffi::PyTypeObject, known: u32) -> bool {
    // SAFETY: the caller lends a live class.
    unsafe { known != 0 && (*class).tp_version_tag == known }
}

impl Holder {
    /// What is held there; borrowed, null where there is nothing.
    unsafe fn find(&self) -> *mut ffi::PyObject {
        let none = std::ptr::null_mut();
        // SAFETY: facts before this one say that the holder is there, and what it is.
        unsafe {
            match self {
                Self::Entry(dictionary, name) => object::item(*dictionary as *mut _, name),
                Self::Cell(function, at) => {
                    let cell = engine::cell_at(*function as *mut _, *at);
                    if cell.is_null() {
                        return none;
                    }
                    let content = ffi::PyCell_Get(cell);
                    // The cell holds it.
                    ffi::Py_XDECREF(content);
                    content
                }
                Self::Code(function) => ffi::PyFunction_GetCode(*function as *mut _),
                Self::Globals(function) => ffi::PyFunction_GetGlobals(*function as *mut _),
                Self::Default(function, at) => {
                    let all = ffi::PyFunction_GetDefaults(*function as *mut _);
                    let size = if all.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(all) };
                    // They are counted from the last one.
                    match size - 1 - *at as ffi::Py_ssize_t {
                        place if place >= 0 => ffi::PyTuple_GET_ITEM(all, place),
                        _ => none,
                    }
                }
                Self::KeywordDefault(function, name) => {
                    let all = ffi::PyFunction_GetKwDefaults(*function as *mut _);
                    if all.is_null() { none } else { object::item(all, name) }
                }
                Self::Attribute(object, name) => access::own_attribute(*object as *mut _, name),
                Self::Object(object) => *object as *mut _,
            }
        }
    }
}

impl Fact {
    unsafe fn holds(&self, roots: &[*mut ffi::PyObject]) -> bool {
        // SAFETY: handed on from the caller, which lends live values.
        unsafe {
            let root = |at: &u32| roots.get(*at as usize).copied();
            match self {
                Self::Passed { root, path, fate } => fate.holds(find(roots, *root as usize, path)),
                Self::Held(holder, fate) => fate.holds(holder.find()),
                Self::Same(one, other) => root(one) == root(other),
                Self::Distinct(one, other) => root(one) != root(other),
            }
        }
    }
}

/// The receiver of a call, or null, and its arguments.
pub(crate) fn roots(callee: &Callee, call: &CallArguments) -> Vec<*mut ffi::PyObject> {
    std::iter::once(callee.receiver).chain(call.all()).collect()
}

/// How much time may be spent on it: an allowance, and a share of the run.
struct Budget {
    share: f64,
    started: Instant,
    spent: Duration,
}

impl Budget {
    fn left(&self, now: Instant) -> Duration {
        let elapsed = now.duration_since(self.started).as_secs_f64();
        Duration::try_from_secs_f64(elapsed * self.share)
            .unwrap_or(Duration::MAX)
            .saturating_add(ALLOWANCE)
            .saturating_sub(self.spent)
    }
}

impl Inference {
    /// For a run, of whose time it may take this share.
    pub(crate) fn within(share: f64) -> Self {
        let budget = Budget { share, started: Instant::now(), spent: Duration::ZERO };
        Self { budget: Some(budget), ..Self::default() }
    }

    /// What a call that no rule speaks of does; `None` where that cannot be said.
    pub(crate) unsafe fn infer(
        &mut self,
        rules: &mut Rules,
        py: Python<'_>,
        (callable, callee): (*mut ffi::PyObject, &Callee),
        call: &CallArguments,
        session_code: &FxHashSet<Address>,
    ) -> Option<Rc<Inferred>> {
        // SAFETY: the caller lends callable and arguments for the time of the call.
        unsafe {
            if call.arguments.is_null() && call.count > 0 {
                return None;
            }
            let identity = match callee.shape {
                Shape::Function => (callee.function() as usize, callee.code()?),
                Shape::Class | Shape::Other => callee.key,
                Shape::Builtin | Shape::Descriptor => return None,
            };
            if identity.0 == 0 {
                return None;
            }
            let (count, keywords) = call.shape();
            let key = (identity, count, keywords);
            let roots = roots(callee, call);
            let answers = self.answers.entry(key).or_default();
            if let Some(answer) =
                answers.iter().find(|answer| answer.facts.iter().all(|fact| fact.holds(&roots)))
            {
                return answer.inferred.clone();
            }
            if answers.len() >= MOST {
                return None;
            }
            let coarse = answers.len() >= MOST_EXACT;
            let began = Instant::now();
            let left = match &self.budget {
                Some(budget) => budget.left(began),
                None => Duration::from_secs(60),
            };
            if left.is_zero() {
                return None;
            }
            let sources = &mut self.sources;
            let mut engine = Engine::new(py, rules, sources, session_code, &roots, coarse);
            engine.until = began + left;
            engine.compare_roots();
            let inferred = stacker::grow(16 << 20, || {
                follow(&mut engine, (callable, callee), call).map(Rc::new)
            });
            let facts = std::mem::take(&mut engine.facts);
            if let Some(budget) = &mut self.budget {
                budget.spent += began.elapsed();
            }
            // An error of ours is not the program's.
            if !ffi::PyErr_Occurred().is_null() {
                ffi::PyErr_Clear();
            }
            self.answers.entry(key).or_default().push(Answer { facts, inferred: inferred.clone() });
            inferred
        }
    }
}

unsafe fn follow(
    engine: &mut Engine<'_, '_>,
    (callable, callee): (*mut ffi::PyObject, &Callee),
    call: &CallArguments,
) -> Option<Inferred> {
    // SAFETY: handed on from the caller.
    unsafe {
        let mut arguments = Arguments::default();
        for at in 0..call.count {
            let value = call.positional(at)?;
            let id = engine.passed(at as u32 + 1, &[], value);
            arguments.positional.push(Set::one(id));
        }
        for at in 0..call.keyword_count() {
            let name = ffi::PyTuple_GET_ITEM(call.keywords, at as ffi::Py_ssize_t);
            let name: Rc<str> = callee::text(name)?.into();
            let value = *call.arguments.add(call.count + at);
            let id = engine.passed((call.count + at) as u32 + 1, &[], value);
            arguments.keyword.push(Keyword { name, value: Set::one(id), certain: true });
        }
        let receiver = (!callee.receiver.is_null()).then(|| engine.passed(0, &[], callee.receiver));
        let callable = if callee.shape == Shape::Function { callee.function() } else { callable };
        let result = engine.follow(callable, receiver, &arguments);
        if engine.over {
            return None;
        }
        let inferred = gathered(engine);
        // What a generator does, it does later.
        let later = result.iter().any(|id| {
            let generator = &raw mut ffi::PyGen_Type as Address;
            matches!(engine.heap.thing(id), Thing::Made { class: Some(class), .. } if *class == generator)
        });
        (!later || inferred.is_pure()).then_some(inferred)
    }
}

/// What was found out, in terms of the call.
unsafe fn gathered(engine: &mut Engine<'_, '_>) -> Inferred {
    let mut inferred = Inferred::default();
    let mut written = FxHashSet::default();
    let (changed, doubted) = engine.heap.outcome();
    for (ids, certain) in [(changed, true), (doubted, false)] {
        for id in ids.iter() {
            let target = match engine.heap.thing(id) {
                Thing::Passed { root, path, live } => {
                    // SAFETY: the caller lends live values.
                    if !unsafe { reach::is_mutable(*live as *mut ffi::PyObject) } {
                        continue;
                    }
                    Target { root: *root as usize, path: Rc::clone(path), deep: false }
                }
                Thing::Within(root) => {
                    let value = engine.roots[*root as usize];
                    // SAFETY: as above.
                    if value.is_null() || !unsafe { reach::is_mutable(value) } {
                        continue;
                    }
                    Target { root: *root as usize, path: Rc::from([]), deep: true }
                }
                Thing::Shared(address) | Thing::WithinShared(address) => {
                    let object = *address as *mut ffi::PyObject;
                    // SAFETY: modules, classes and closures hold it.
                    let definition = unsafe { engine::is_definition(object) };
                    // SAFETY: as above.
                    let told = unsafe { crate::object::is_environ(object) };
                    if (certain || !definition) && !told {
                        written.insert(*address);
                    }
                    continue;
                }
                Thing::Anything => {
                    inferred.everything = true;
                    continue;
                }
                Thing::Made { .. }
                | Thing::Mixed { .. }
                | Thing::Constant(_)
                | Thing::Bound { .. } => continue,
            };
            let targets = if certain { &mut inferred.changes } else { &mut inferred.doubts };
            targets.push(target);
        }
    }
    let changes = &inferred.changes;
    inferred.doubts.retain(|doubt| !changes.contains(doubt));
    inferred.reads = engine.reads.iter().copied().collect();
    // SAFETY: modules, classes and closures hold them.
    inferred.reads.retain(|&read| !unsafe { crate::object::is_environ(read as *mut _) });
    inferred.writes = written.into_iter().collect();
    inferred.variables_read = engine.reads_named.iter().cloned().collect();
    inferred.variables_bound = engine.writes_named.iter().cloned().collect();
    // Of files, databases, environment and other processes the interpreter itself tells (`audit`), and digests
    // of who drew random numbers (`draws`); warnings, log records and imports are beside the point
    // of what calls them.
    let told = |state: &ExternalState| {
        !matches!(
            state,
            ExternalState::FileSystem
                | ExternalState::Environment
                | ExternalState::Db
                | ExternalState::Network
                | ExternalState::Process
                | ExternalState::Warnings
                | ExternalState::Logging
                | ExternalState::ImportSystem
                | ExternalState::Time
                | ExternalState::Random
                | ExternalState::NumpyRandom
                | ExternalState::Cwd
        )
    };
    inferred.states = engine.states.iter().filter(|(state, _)| told(state)).cloned().collect();
    inferred
}
