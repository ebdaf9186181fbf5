//! Proof: a slice replayed, and widened until its value is equal.
//!
//! Statements that were dropped are put back, the likeliest first, until a replay makes the recorded
//! value; then fewer of them are tried, by halving, until each that is left is needed. That is
//! observation-based slicing (ORBS) the other way round, in the manner of `QuickXplain`. In the same way
//! statements go of which it was only feared that they matter.

use std::collections::BTreeSet;

use clew_graph::{NodeId, Span};

use crate::replay::Verdict;
use crate::slicer::Selection;
use crate::{Adjustment, Sliced, Slicer};

mod doubted;
mod lesson;
mod likelihood;
mod suggestion;
mod value;

pub use lesson::{Lesson, Taught, keep, lessons};
pub use suggestion::NamedFunction;
pub use value::{ProofError, RecordedValue, final_variables};

/// Proves slices of one value.
pub struct Prover<'a> {
    slicer: &'a Slicer<'a>,
    sinks: Vec<NodeId>,
    /// What earlier proofs have taught.
    known: Adjustment,
    most: usize,
}

/// What came of proving a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The slice, as it was replayed last or made the value.
    pub sliced: Sliced,
    /// What its last replay came to.
    pub verdict: Verdict,
    /// The statements that were put back, and those that were left out.
    pub adjustment: Adjustment,
    /// What the slice as it was first cut came to, where that was not the value.
    pub taught_by: Option<Verdict>,
    /// How often something was replayed.
    pub replays: usize,
}

impl<'a> Prover<'a> {
    /// For a value, with what earlier proofs have taught and a limit to the replays.
    pub fn new(slicer: &'a Slicer<'a>, sinks: Vec<NodeId>, known: Adjustment, most: usize) -> Self {
        Self { slicer, sinks, known, most }
    }

    /// Replays the slice and widens it until the replay makes the value, or leaves out of it what that does not
    /// need.
    ///
    /// # Errors
    /// When something cannot be replayed at all.
    pub fn prove<E>(
        &self,
        replay: &mut dyn FnMut(&Sliced) -> Result<Verdict, E>,
    ) -> Result<Proof, E> {
        /// How often something is replayed to leave statements out.
        const MOST_TO_SHRINK: usize = 8;
        let first = self.selection(&self.known);
        let mut trials = Trials { prover: self, replay, replays: 0, most: self.most, last: None };
        let verdict = trials.run(&first.sliced)?;
        let proof = |adjustment, verdict, taught_by, replays| {
            let sliced = self.selection(&adjustment).sliced;
            Proof { sliced, verdict, adjustment, taught_by, replays }
        };
        let (mut adjustment, taught_by) = match verdict {
            Verdict::Equal => (self.known.clone(), None),
            Verdict::NotComparable { .. } => {
                return Ok(proof(self.known.clone(), verdict, None, 1));
            }
            _ => {
                let candidates = likelihood::ordered(self.slicer, &first, &verdict);
                let Some(needed) = trials.widen(&candidates)? else {
                    let last = trials.last.unwrap_or_else(|| verdict.clone());
                    return Ok(proof(self.known.clone(), last, Some(verdict), trials.replays));
                };
                (self.putting_back(&needed), Some(verdict))
            }
        };
        let doubted = doubted::doubted(self.slicer, &self.sinks, &adjustment.put_back);
        if self.most > 0 && doubted.iter().any(|span| !adjustment.left_out.contains(span)) {
            trials.most = trials.replays + MOST_TO_SHRINK;
            adjustment.left_out = trials.shrink(&adjustment.put_back, doubted)?;
        }
        Ok(proof(adjustment, Verdict::Equal, taught_by, trials.replays))
    }

    fn putting_back(&self, more: &[Span]) -> Adjustment {
        let all: BTreeSet<Span> = self.known.put_back.iter().chain(more).copied().collect();
        let left_out = self.known.left_out.iter().filter(|span| !more.contains(span));
        Adjustment {
            put_back: all.iter().copied().collect(),
            left_out: left_out.copied().collect(),
        }
    }

    fn selection(&self, adjustment: &Adjustment) -> Selection {
        self.slicer.select(self.sinks.iter().copied(), adjustment)
    }
}

/// Replays of one proof.
struct Trials<'p, 'a, 'r, E> {
    prover: &'p Prover<'a>,
    replay: &'r mut dyn FnMut(&Sliced) -> Result<Verdict, E>,
    replays: usize,
    /// How many there are at most.
    most: usize,
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

    fn is_equal(&mut self, adjustment: &Adjustment) -> Result<bool, E> {
        let sliced = self.prover.selection(adjustment).sliced;
        Ok(self.run(&sliced)? == Verdict::Equal)
    }

    fn is_over(&self) -> bool {
        self.replays >= self.most
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
            if self.is_equal(&self.prover.putting_back(some))? {
                enough = Some(some.to_vec());
            } else if all {
                return Ok(None);
            }
            count *= 4;
        }
        let prover = self.prover;
        match enough {
            Some(enough) => self.fewest(enough, &|some| prover.putting_back(some)).map(Some),
            None => Ok(None),
        }
    }

    /// Of statements that are there only in doubt, those without which the value is the same.
    fn shrink(&mut self, put_back: &[Span], doubted: Vec<Span>) -> Result<Vec<Span>, E> {
        let without = |needed: &[Span]| Adjustment {
            put_back: put_back.to_vec(),
            left_out: doubted.iter().copied().filter(|span| !needed.contains(span)).collect(),
        };
        if self.is_equal(&without(&[]))? {
            return Ok(doubted);
        }
        let needed = self.fewest(doubted.clone(), &without)?;
        Ok(without(&needed).left_out)
    }

    /// Leaves out of statements that make the value together, as a slice is `adjusted` for some of them, those that
    /// are not needed for it.
    fn fewest(
        &mut self,
        mut left: Vec<Span>,
        adjusted: &dyn Fn(&[Span]) -> Adjustment,
    ) -> Result<Vec<Span>, E> {
        let mut needed: Vec<Span> = Vec::new();
        // Each round finds the shortest beginning of `left` that is enough together with `needed`; its
        // last statement is needed then, and nothing behind it is.
        while !left.is_empty() {
            if !needed.is_empty() {
                if self.is_over() {
                    break;
                }
                if self.is_equal(&adjusted(&needed))? {
                    return Ok(needed);
                }
            }
            let (mut too_few, mut enough) = (0, left.len());
            while enough - too_few > 1 && !self.is_over() {
                let middle = too_few + (enough - too_few) / 2;
                let some = [&needed[..], &left[..middle]].concat();
                if self.is_equal(&adjusted(&some))? {
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
