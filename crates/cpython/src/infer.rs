//! Infer: what a call of a function written in Python changes, read off its source and that of the
//! functions that it calls.
//!
//! A function's [`Summary`](clew_syntax::Summary) says what its body does to what it is given. Here
//! that is followed for one call: classes, flags and attributes of the values that are passed decide
//! which methods are meant and which branches are taken, and rules speak for what has one. What the
//! answer hangs on is kept as facts; as long as they hold, the next call has the same answer, in this
//! run and, by other names (`kept`), in those to come. Where a function cannot be followed, what it can
//! reach is left in doubt. No code of the user's runs, and no value is kept.
#![allow(unsafe_code, reason = "looks at live values and callables through CPython's C API")]

use std::rc::Rc;
use std::time::{Duration, Instant};

use clew_effects::ExternalState;
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::callee::{self, Callee, Rules, Shape};
use crate::findings::Findings;
use crate::named::{self, Digests};
use crate::reach::{self, Address};
use clew_heap::arguments::CallArguments;

mod access;
mod bind;
mod call;
mod engine;
mod fact;
mod intrinsic;
mod kept;
mod rule;
mod source;
mod truth;
mod value;

use bind::{Arguments, Keyword};
use engine::Engine;
pub(crate) use fact::version;
use fact::{Fact, find};
use source::Sources;
pub(crate) use truth::constant_of;
use value::{Set, Thing};

/// What may be spent before the run has gone on for long.
const ALLOWANCE: Duration = Duration::from_millis(200);
/// How many answers there may be about one callee before numbers and texts are not looked at.
const MOST_EXACT: usize = 4;
/// How many before it is given up.
const MOST: usize = 10;
/// How many of those that earlier runs found are read.
const MOST_EARLIER: usize = 10;
/// Goes up with each change of what is inferred, so that no answer of before is believed.
const ENGINE: u32 = 1;

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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) root: usize,
    path: Rc<[Rc<str>]>,
    /// Whether all that can be reached from it may change as well.
    pub(crate) deep: bool,
}

/// What was inferred so far.
#[derive(Default)]
pub(crate) struct Inference {
    sources: Sources,
    answers: FxHashMap<(callee::Key, usize, usize), Vec<Answer>>,
    budget: Option<Budget>,
    edition: String,
}

/// What an inference asks and tells beside the call.
pub(crate) struct Means<'a> {
    pub(crate) rules: &'a mut Rules,
    pub(crate) findings: &'a mut dyn Findings,
    pub(crate) digests: &'a mut Digests,
}

struct Answer {
    /// Whether an earlier run has found it.
    earlier: bool,
    facts: Vec<Fact>,
    inferred: Option<Rc<Inferred>>,
}

impl Inferred {
    /// Whether nothing is in doubt.
    pub(crate) fn is_settled(&self) -> bool {
        self.doubts.is_empty() && !self.everything
    }

    /// Whether it may change what modules keep to themselves.
    pub(crate) fn changes_hidden(&self) -> bool {
        !self.writes.is_empty() || !self.variables_bound.is_empty()
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
    /// For a run, of whose time it may take this share. What earlier runs inferred holds if their
    /// edition was the same.
    pub(crate) fn within(share: f64, edition: String) -> Self {
        let budget = Budget { share, started: Instant::now(), spent: Duration::ZERO };
        Self { budget: Some(budget), edition, ..Self::default() }
    }

    /// What a call that no rule speaks of does; `None` where that cannot be said. `roots` are its
    /// receiver, or null, and its arguments.
    pub(crate) unsafe fn infer(
        &mut self,
        py: Python<'_>,
        Means { rules, findings, digests }: Means<'_>,
        (callable, callee): (*mut ffi::PyObject, &Callee),
        (call, roots): (&CallArguments, &[*mut ffi::PyObject]),
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
            if !self.answers.contains_key(&key) {
                let about = about(&self.edition, callee, call);
                self.recall(py, (findings, digests), (key, callee), about);
            }
            let answers = self.answers.entry(key).or_default();
            if let Some(answer) =
                answers.iter().find(|answer| answer.facts.iter().all(|fact| fact.holds(roots)))
            {
                return answer.inferred.clone();
            }
            let count = answers.iter().filter(|answer| !answer.earlier).count();
            if count >= MOST {
                return None;
            }
            let coarse = count >= MOST_EXACT;
            let began = Instant::now();
            let left = match &self.budget {
                Some(budget) => budget.left(began),
                None => Duration::from_secs(60),
            };
            if left.is_zero() {
                return None;
            }
            let sources = &mut self.sources;
            let mut engine = Engine::new(py, rules, sources, session_code, roots, coarse);
            engine.until = began + left;
            engine.compare_roots();
            let inferred = stacker::grow(16 << 20, || {
                follow(&mut engine, (callable, callee), call).map(Rc::new)
            });
            let facts = std::mem::take(&mut engine.facts);
            let late = engine.late;
            let followed: Vec<_> = engine.frames.iter().map(|frame| frame.function).collect();
            if let Some(budget) = &mut self.budget {
                budget.spent += began.elapsed();
            }
            let answer = Answer { earlier: false, facts, inferred: inferred.clone() };
            // Another time there may be enough of it.
            if !late
                && let Some(about) = about(&self.edition, callee, call)
                && let Some(content) = kept::tell(py, digests, callee, (&answer, &followed))
            {
                findings.found(&about, content);
            }
            // An error of ours is not the program's.
            ffi::PyErr_Clear();
            self.answers.entry(key).or_default().push(answer);
            inferred
        }
    }

    /// Reads what earlier runs inferred about a callable.
    unsafe fn recall(
        &mut self,
        py: Python<'_>,
        (findings, digests): (&dyn Findings, &mut Digests),
        (key, callee): ((callee::Key, usize, usize), &Callee),
        about: Option<String>,
    ) {
        let answers = self.answers.entry(key).or_default();
        let Some(about) = about else { return };
        let began = Instant::now();
        // The latest are about things as they are.
        for content in findings.findings(&about).iter().rev().take(MOST_EARLIER) {
            // SAFETY: the GIL is held, and the caller lends a live callable.
            answers.extend(unsafe { kept::recall(py, digests, callee, content) });
        }
        // SAFETY: the GIL is held. An error of ours is not the program's.
        unsafe { ffi::PyErr_Clear() };
        if let Some(budget) = &mut self.budget {
            budget.spent += began.elapsed();
        }
    }
}

/// What answers about a call are kept under; `None` for what is of the program itself.
unsafe fn about(edition: &str, callee: &Callee, call: &CallArguments) -> Option<String> {
    // SAFETY: the caller lends a live callable and arguments.
    unsafe {
        let (place, part) = named::Place::of(callee.function())?;
        let receiver = match callee.receiver.is_null() {
            true => String::new(),
            false => callee::type_name(ffi::Py_TYPE(callee.receiver)).1,
        };
        let named::Place { module, path } = place;
        let (count, keywords) = (call.count, call.keyword_names().join(" "));
        Some(format!("{ENGINE} {edition}: {receiver} {module} {path} {part:?} {count} {keywords}"))
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
