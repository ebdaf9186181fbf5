//! Proof: a slice replayed, and widened until its value is equal.
//!
//! Statements that were dropped are put back, the likeliest first, until a replay makes the recorded
//! value; then fewer of them are tried, by halving, until each that is left is needed. That is
//! observation-based slicing (ORBS) the other way round, in the manner of `QuickXplain`.

use std::collections::BTreeSet;

use clew_graph::{NodeId, Span};

use crate::replay::Verdict;
use crate::slicer::Selection;
use crate::{Sliced, Slicer};

mod lesson;
mod likelihood;
mod suggestion;
mod value;

pub use lesson::{Lesson, Taught, keep, lessons};
pub use suggestion::NamedFunction;
pub use value::{ProofError, RecordedValue};

/// Proves slices of one value.
pub struct Prover<'a> {
    slicer: &'a Slicer<'a>,
    sinks: Vec<NodeId>,
    /// Statements that are put back from the start, as earlier proofs have taught.
    known: Vec<Span>,
    most: usize,
}

/// What came of proving a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The slice, as it was replayed last or made the value.
    pub sliced: Sliced,
    /// What its last replay came to.
    pub verdict: Verdict,
    /// The statements that were put back, in the order of the text.
    pub put_back: Vec<Span>,
    /// What the slice as it was first cut came to, where that was not the value.
    pub taught_by: Option<Verdict>,
    /// How often something was replayed.
    pub replays: usize,
}

impl<'a> Prover<'a> {
    /// For a value, with what earlier proofs have taught and a limit to the replays.
    pub fn new(slicer: &'a Slicer<'a>, sinks: Vec<NodeId>, known: Vec<Span>, most: usize) -> Self {
        Self { slicer, sinks, known, most }
    }

    /// Replays the slice and widens it until the replay makes the value.
    ///
    /// # Errors
    /// When something cannot be replayed at all.
    pub fn prove<E>(
        &self,
        replay: &mut dyn FnMut(&Sliced) -> Result<Verdict, E>,
    ) -> Result<Proof, E> {
        let first = self.slicer.select(self.sinks.iter().copied(), &self.known);
        let mut trials = Trials { prover: self, replay, replays: 0, last: None };
        let verdict = trials.run(&first.sliced)?;
        let proof = |sliced, verdict, put_back, taught_by, replays| Proof {
            sliced,
            verdict,
            put_back,
            taught_by,
            replays,
        };
        if matches!(verdict, Verdict::Equal | Verdict::NotComparable { .. }) {
            return Ok(proof(first.sliced, verdict, self.known.clone(), None, trials.replays));
        }
        let candidates = likelihood::ordered(self.slicer, &first, &verdict);
        let needed = trials.widen(&candidates)?;
        let replays = trials.replays;
        let Some(needed) = needed else {
            let last = trials.last.unwrap_or_else(|| verdict.clone());
            return Ok(proof(first.sliced, last, self.known.clone(), Some(verdict), replays));
        };
        let put_back = self.put_back(&needed);
        let sliced = self.selection(&needed).sliced;
        Ok(proof(sliced, Verdict::Equal, put_back, Some(verdict), replays))
    }

    fn put_back(&self, more: &[Span]) -> Vec<Span> {
        let all: BTreeSet<Span> = self.known.iter().chain(more).copied().collect();
        all.into_iter().collect()
    }

    fn selection(&self, more: &[Span]) -> Selection {
        self.slicer.select(self.sinks.iter().copied(), &self.put_back(more))
    }
}

/// Replays of one proof.
struct Trials<'p, 'a, 'r, E> {
    prover: &'p Prover<'a>,
    replay: &'r mut dyn FnMut(&Sliced) -> Result<Verdict, E>,
    replays: usize,
    /// What the latest replay that was not equal came to.
    last: Option<Verdict>,
}

impl<E> Trials<'_, '_, '_, E> {
    fn run(&mut self, sliced: &Sliced) -> Result<Verdict, E> {
        self.replays += 1;
        let verdict = (self.replay)(sliced)?;
        if verdict != Verdict::Equal {
            self.last = Some(verdict.clone());
        }
        Ok(verdict)
    }

    fn is_equal_with(&mut self, put_back: &[Span]) -> Result<bool, E> {
        let sliced = self.prover.selection(put_back).sliced;
        Ok(self.run(&sliced)? == Verdict::Equal)
    }

    fn is_over(&self) -> bool {
        self.replays >= self.prover.most
    }

    /// Of candidates, the likeliest first, a few that make the value together; `None` where not even
    /// all of them do.
    fn widen(&mut self, candidates: &[Span]) -> Result<Option<Vec<Span>>, E> {
        let mut count = 1;
        let mut enough = None;
        while enough.is_none() {
            let some = candidates.get(..count).unwrap_or(candidates);
            // The whole program, the last resort, is tried whatever was spent before.
            let some = if self.is_over() { candidates } else { some };
            let all = some.len() == candidates.len();
            if self.is_equal_with(some)? {
                enough = Some(some.to_vec());
            } else if all {
                return Ok(None);
            }
            count *= 4;
        }
        match enough {
            Some(enough) => self.fewest(enough).map(Some),
            None => Ok(None),
        }
    }

    /// Leaves out of statements that make the value together those that are not needed for it.
    fn fewest(&mut self, mut left: Vec<Span>) -> Result<Vec<Span>, E> {
        let mut needed: Vec<Span> = Vec::new();
        // Each round finds the shortest beginning of `left` that is enough together with `needed`; its
        // last statement is needed then, and nothing behind it is.
        while !left.is_empty() {
            if !needed.is_empty() {
                if self.is_over() {
                    break;
                }
                if self.is_equal_with(&needed)? {
                    return Ok(needed);
                }
            }
            let (mut too_few, mut enough) = (0, left.len());
            while enough - too_few > 1 && !self.is_over() {
                let middle = too_few + (enough - too_few) / 2;
                let some = [&needed[..], &left[..middle]].concat();
                if self.is_equal_with(&some)? {
                    enough = middle;
                } else {
                    too_few = middle;
                }
            }
            left.truncate(enough);
            if self.is_over() {
                break;
            }
            needed.extend(left.pop());
        }
        needed.extend(left);
        Ok(needed)
    }
}

#[cfg(test)]
mod tests;
