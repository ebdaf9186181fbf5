//! Question: what a call does, asked of a world.

use clew_effects::ExternalState;
use rustc_hash::FxHashSet;
use std::rc::Rc;

use crate::answer::{AccessPath, Inferred};
use crate::arguments::{Arguments, Keyword};
use crate::engine::Engine;
use crate::fact::Fact;
use crate::value::{AbstractObject, Id, PointsToSet};
use crate::world::{Address, WellKnown, World};

/// A call that is about to be made.
pub struct Question<'a> {
    /// What is called; the function inside where it is bound.
    pub callable: Address,
    /// What it is bound to, or 0, then the positional arguments and then those by keyword; 0 for one
    /// of which nothing is known.
    pub roots: &'a [Address],
    /// The names of those by keyword.
    pub keywords: &'a [Rc<str>],
    /// Whether numbers and texts are not to be looked at, so that the answer holds for others too.
    pub coarse: bool,
    /// After how many steps it is to be given up.
    pub most_steps: usize,
}

/// What was found out about a call.
pub struct Finding {
    /// What it does; `None` where that cannot be said.
    pub inferred: Option<Inferred>,
    /// What that hangs on: it is what every call does for which these hold, one after the other.
    pub facts: Vec<Fact>,
    /// Functions that were followed.
    pub followed: Vec<Address>,
    /// How many steps were gone through.
    pub steps: usize,
    /// Whether it was given up because these were all that it may take.
    pub late: bool,
}

impl Question<'_> {
    /// Follows the call. It is done on the stack at hand, which functions within functions may need 16
    /// MiB of.
    pub fn ask<W: World>(&self, world: &mut W) -> Finding {
        let mut engine = Engine::new(world, self.roots, self.coarse, self.most_steps);
        engine.compare_roots();
        let inferred = self.follow(&mut engine);
        Finding {
            inferred,
            facts: std::mem::take(&mut engine.facts),
            followed: engine.frames.iter().map(|frame| frame.function).collect(),
            steps: engine.steps,
            late: engine.late,
        }
    }

    fn follow<W: World>(&self, engine: &mut Engine<'_, W>) -> Option<Inferred> {
        let mut arguments = Arguments::default();
        let count = self.roots.len().checked_sub(1 + self.keywords.len())?;
        for (root, &value) in self.roots.iter().enumerate().skip(1) {
            let passed = match value {
                0 => engine.anything(),
                _ => PointsToSet::one(engine.passed(root as u32, &[], value)),
            };
            match self.keywords.get((root - 1).wrapping_sub(count)) {
                Some(name) => {
                    let (name, value) = (Rc::clone(name), passed);
                    arguments.keyword.push(Keyword { name, value, certain: true });
                }
                None => arguments.positional.push(passed),
            }
        }
        let receiver = self.roots.first().copied().filter(|&receiver| receiver != 0);
        let receiver = receiver.map(|receiver| engine.passed(0, &[], receiver));
        let result = engine.follow(self.callable, receiver, &arguments);
        if engine.over {
            return None;
        }
        let inferred = gather(engine);
        // What a generator does, it does later.
        let generator = engine.world.well_known(WellKnown::Generator);
        let later = result.iter().any(
            |id| matches!(engine.heap.thing(id), AbstractObject::Allocation { class: Some(class), .. } if *class == generator),
        );
        (!later || inferred.is_pure()).then_some(inferred)
    }
}

/// What was found out, in terms of the call.
fn gather<W: World>(engine: &mut Engine<'_, W>) -> Inferred {
    let mut inferred = Inferred::default();
    let (mut written, mut within) = (FxHashSet::default(), FxHashSet::default());
    let (changed, unknown_changes) = engine.heap.outcome();
    let is_changed = |id: Id| changed.iter().chain(unknown_changes.iter()).any(|known| known == id);
    let handled = engine.handles.iter().filter(|(id, _)| is_changed(*id));
    engine.states.extend(handled.map(|(_, key)| (key.clone(), true)));
    for (ids, certain) in [(changed, true), (unknown_changes, false)] {
        for id in ids.iter() {
            let target = match engine.heap.thing(id) {
                AbstractObject::Parameter { root, path, live } => {
                    if !engine.world.is_mutable(*live) {
                        continue;
                    }
                    AccessPath { root: *root as usize, path: Rc::clone(path), deep: false }
                }
                AbstractObject::ReachableFrom(root) => {
                    let value = engine.roots[*root as usize];
                    if value == 0 || !engine.world.is_mutable(value) {
                        continue;
                    }
                    AccessPath { root: *root as usize, path: Rc::from([]), deep: true }
                }
                thing @ (AbstractObject::Global(address)
                | AbstractObject::ReachableFromGlobal(address)) => {
                    let definition = engine.world.kind(*address).is_definition();
                    if (certain || !definition) && !engine.world.is_reported(*address) {
                        written.insert(*address);
                        if matches!(thing, AbstractObject::ReachableFromGlobal(_)) {
                            within.insert(*address);
                        }
                    }
                    continue;
                }
                AbstractObject::Anything => {
                    inferred.everything = true;
                    continue;
                }
                AbstractObject::Allocation { .. }
                | AbstractObject::Merged { .. }
                | AbstractObject::Constant(_)
                | AbstractObject::Bound { .. } => continue,
            };
            let targets =
                if certain { &mut inferred.changes } else { &mut inferred.unknown_changes };
            targets.push(target);
        }
    }
    let changes = &inferred.changes;
    inferred.unknown_changes.retain(|path| !changes.contains(path));
    inferred.reads = engine.reads.iter().copied().collect();
    inferred.reads.retain(|&read| !engine.world.is_reported(read));
    inferred.writes = written.into_iter().collect();
    inferred.writes_within = within.into_iter().collect();
    inferred.variables_read = engine.reads_named.iter().cloned().collect();
    inferred.variables_bound = engine.writes_named.iter().cloned().collect();
    inferred.states =
        engine.states.iter().filter(|(key, _)| is_reported(&key.state)).cloned().collect();
    inferred
}

/// Whether a state is for inference to report. Of files, databases, environment and other processes
/// the interpreter itself reports, and digests of who drew random numbers; warnings, log records and imports
/// are beside the point of what calls them.
pub(crate) fn is_reported(state: &ExternalState) -> bool {
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
}
