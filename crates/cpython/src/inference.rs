//! Infer: what a call of a function written in Python changes, read off its source and that of the
//! functions that it calls.
//!
//! A function's [`Summary`](clew_syntax::Summary) says what its body does to what it is given. Here
//! that is followed for one call: classes, flags and attributes of the values that are passed decide
//! which methods are meant and which branches are taken, and rules speak for what has one. What the
//! answer hangs on is kept as facts; as long as they hold, the next call has the same answer, in this
//! run and, by other names (`persisted`), in those to come. Where a function cannot be followed, what it can
//! reach is left in doubt. No code of the user's runs, and no value is kept.
#![allow(unsafe_code, reason = "lends objects by the addresses that facts know them by")]

use std::rc::Rc;

use clew_heap::arguments::CallArguments;
use clew_heap::callee::{Callee, Key, Shape};
use clew_heap::digest::Digests;
use clew_heap::qualified_name::Place;
use clew_heap::{Address, AddressSet, Lent, Quiet, exception};
use rustc_hash::FxHashMap;

use crate::findings::Findings;
use crate::rules::Rules;

mod lender;
mod live_world;
mod persisted;
mod source;

pub(crate) use clew_infer::{AccessPath, Inferred};
use clew_infer::{Fact, Finding, Question};
use lender::Lender;
use live_world::LiveWorld;
use source::Sources;

/// How many steps may be gone through before the program has done much.
const ALLOWANCE: f64 = 60_000.0;
/// The share for which that is.
const USUAL_SHARE: f64 = 0.05;
/// How many more for each statement that begins.
const PER_STATEMENT: f64 = 300.0;
/// How many steps it counts for to read a function.
const PER_FUNCTION: usize = 20;
/// How many answers there may be about one callee before numbers and texts are not looked at.
const MOST_EXACT: usize = 4;
/// How many before it is given up.
const MOST: usize = 10;
/// How many of those that earlier runs found are read.
const MOST_EARLIER: usize = 10;
/// Goes up with each change of what is inferred, so that no answer of before is believed.
const ENGINE: u32 = 3;

/// What was inferred so far.
#[derive(Default)]
pub(crate) struct Inference {
    sources: Sources,
    answers: FxHashMap<Called, Vec<Answer>>,
    /// How many more steps may be gone through.
    left: f64,
    /// How much of the usual is done.
    share: f64,
    edition: String,
}

/// What an inference needs beside the call.
pub(crate) struct Means<'a> {
    pub(crate) rules: &'a mut Rules,
    pub(crate) findings: &'a mut dyn Findings,
    pub(crate) digests: &'a mut Digests,
}

/// A callee, how many arguments it is passed, and by which keywords.
type Called = (Key, usize, usize);

struct Answer {
    /// Whether an earlier run has found it.
    earlier: bool,
    facts: Vec<Fact>,
    inferred: Option<Rc<Inferred>>,
}

/// The live value that may change, if it is there still.
pub(crate) fn find<'a>(target: &AccessPath, roots: &[Option<Lent<'a>>]) -> Option<Lent<'a>> {
    let root = roots.get(target.root).copied().flatten();
    target.path.iter().fold(root, |value, name| value?.own_attribute(name))
}

impl Inference {
    /// For a run, beside which it may do this share of work. What earlier runs inferred holds if their
    /// edition was the same.
    pub(crate) fn within(share: f64, edition: String) -> Self {
        let share = share / USUAL_SHARE;
        Self { left: ALLOWANCE, share, edition, ..Self::default() }
    }

    /// That follows whatever it is asked about.
    pub(crate) fn unlimited() -> Self {
        Self { left: f64::INFINITY, ..Self::default() }
    }

    /// A statement at module level began.
    pub(crate) fn statement_began(&mut self) {
        self.left += PER_STATEMENT * self.share;
    }

    /// What a call that no rule speaks of does; `None` where that cannot be said. `roots` are its
    /// receiver, or nothing, and its arguments.
    pub(crate) fn infer(
        &mut self,
        Means { rules, findings, digests }: Means<'_>,
        callee: &Callee<'_>,
        (call, roots): (&CallArguments, &[Option<Lent<'_>>]),
        session_code: &AddressSet,
    ) -> Option<Rc<Inferred>> {
        if call.arguments.is_null() && call.count > 0 {
            return None;
        }
        let identity = match callee.shape {
            Shape::Function => (callee.function.address(), callee.code()?),
            Shape::Class | Shape::Other if callee.cached().is_none() => callee.key,
            Shape::Class | Shape::Other | Shape::Builtin | Shape::Descriptor => return None,
        };
        if identity.0 == 0 {
            return None;
        }
        let (count, keywords) = call.shape();
        let key = (identity, count, keywords);
        let lender = lender(callee.callable.quiet());
        if !self.answers.contains_key(&key) {
            let about = about(&self.edition, callee, call);
            self.recall(lender, (findings, digests), (key, callee), about);
        }
        let answers = self.answers.entry(key).or_default();
        let mut world = LiveWorld { lender, rules, sources: &mut self.sources, session_code };
        let roots: Vec<Address> = roots.iter().map(|root| root.map_or(0, Lent::address)).collect();
        let holds = |fact: &Fact| fact.holds(&world, &roots);
        if let Some(answer) = answers.iter().find(|answer| answer.facts.iter().all(holds)) {
            return answer.inferred.clone();
        }
        let count = answers.iter().filter(|answer| !answer.earlier).count();
        if count >= MOST {
            return None;
        }
        let coarse = count >= MOST_EXACT;
        if self.left <= 0.0 {
            return None;
        }
        let callable =
            if callee.shape == Shape::Function { callee.function } else { callee.callable };
        let keywords: Vec<Rc<str>> = call.keyword_names().into_iter().map(Rc::from).collect();
        let question = Question {
            callable: callable.address(),
            roots: &roots,
            keywords: &keywords,
            coarse,
            most_steps: self.left as usize,
        };
        let Finding { inferred, facts, followed, steps, late } =
            stacker::grow(16 << 20, || question.ask(&mut world));
        let inferred = inferred.map(Rc::new);
        self.left -= (steps + PER_FUNCTION * followed.len()) as f64;
        let answer = Answer { earlier: false, facts, inferred: inferred.clone() };
        // Another time there may be enough of it.
        if !late
            && let Some(about) = about(&self.edition, callee, call)
            && let Some(content) = persisted::encode(lender, digests, callee, (&answer, &followed))
        {
            findings.found(&about, content);
        }
        exception::forget(lender.quiet());
        self.answers.entry(key).or_default().push(answer);
        inferred
    }

    /// Reads what earlier runs inferred about a callable.
    fn recall(
        &mut self,
        lender: Lender<'_>,
        (findings, digests): (&dyn Findings, &mut Digests),
        (key, callee): (Called, &Callee<'_>),
        about: Option<String>,
    ) {
        let answers = self.answers.entry(key).or_default();
        let Some(about) = about else { return };
        // The latest are about things as they are.
        for content in findings.findings(&about).iter().rev().take(MOST_EARLIER) {
            answers.extend(persisted::recall(lender, digests, callee, content));
        }
        exception::forget(lender.quiet());
    }
}

/// Lends what an inference and the facts of its answers are about.
fn lender(quiet: Quiet<'_>) -> Lender<'_> {
    // SAFETY: addresses come from the call that is asked about and from what modules, classes and
    // closures hold, which the program does not change while it waits for an answer. Facts of earlier
    // answers are looked at in the order in which they were found, so that each is about an object that is
    // held if those before it hold; what is recalled was looked up in this process just now.
    unsafe { Lender::new(quiet) }
}

/// What answers about a call are kept under; `None` for what is of the program itself.
fn about(edition: &str, callee: &Callee<'_>, call: &CallArguments) -> Option<String> {
    let (Place { module, path }, part) = Place::locate(callee.function)?;
    let receiver = callee.receiver.map_or_else(String::new, |receiver| receiver.class_name().1);
    let (count, keywords) = (call.count, call.keyword_names().join(" "));
    Some(format!("{ENGINE} {edition}: {receiver} {module} {path} {part:?} {count} {keywords}"))
}
