//! RNG state: digests of the hidden random generators, which show that a statement drew from one of them
//! or seeded it.
//!
//! `random` and NumPy each keep one generator that functions draw from without being given it. Code that
//! no rule speaks of may draw as well, C included, so the generators themselves are compared.

use std::ffi::CStr;

use clew_effects::ExternalState;
use clew_heap::instance::memory_of;
use clew_heap::{Lent, Quiet};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

/// The generators, by the external states that rules know them by.
const STATES: [ExternalState; 2] = [ExternalState::Random, ExternalState::NumpyRandom];

/// What the hidden generators were like when they were last looked at.
#[derive(Default)]
pub(crate) struct RngStates {
    digests: [Option<u64>; STATES.len()],
}

/// What became of a generator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RngChange {
    /// It is in another state than before.
    Moved,
    /// It is there, and was not before.
    Appeared,
}

impl RngStates {
    /// Looks at the generators as they are now, and gives those that are no longer as they were.
    pub(crate) fn look(&mut self, quiet: Quiet<'_>) -> Vec<(ExternalState, RngChange)> {
        let mut found = Vec::new();
        for (state, before) in STATES.into_iter().zip(&mut self.digests) {
            let now = digest(quiet, &state);
            match (&before, now) {
                (Some(before), Some(now)) if *before != now => {
                    found.push((state, RngChange::Moved))
                }
                (None, Some(_)) => found.push((state, RngChange::Appeared)),
                _ => {}
            }
            *before = now;
        }
        found
    }

    /// Whether a generator is no longer as it was at the last look.
    pub(crate) fn moved(&self, quiet: Quiet<'_>, state: &ExternalState) -> bool {
        STATES.iter().zip(&self.digests).any(|(known, before)| {
            known == state && before.is_some() && digest(quiet, state) != *before
        })
    }

    /// Whether it is known what a generator is like.
    pub(crate) fn sees(&self, state: &ExternalState) -> bool {
        STATES.iter().zip(&self.digests).any(|(known, digest)| known == state && digest.is_some())
    }
}

fn digest(quiet: Quiet<'_>, state: &ExternalState) -> Option<u64> {
    if *state == ExternalState::Random { of_random(quiet) } else { of_numpy(quiet) }
}

/// The generator behind the functions of `random`, a Mersenne twister: its words and index, and the
/// normal number that it has ready.
fn of_random(quiet: Quiet<'_>) -> Option<u64> {
    let generator = quiet.in_module("random", "_inst")?;
    let mut hasher = Xxh3Default::new();
    hasher.update(own_memory(generator, c"_random.Random")?);
    if let Some(ready) = generator.attribute("gauss_next").and_then(Lent::float) {
        hasher.update(&ready.to_ne_bytes());
    }
    Some(hasher.digest())
}

/// The generator behind the functions of `numpy.random`: a `RandomState`, which may have a normal
/// number ready, over a bit generator. Cython keeps the state of either inside its object.
fn of_numpy(quiet: Quiet<'_>) -> Option<u64> {
    let generator = quiet.in_module("numpy.random.mtrand", "_rand")?;
    let bits = generator.member(c"_bit_generator")?;
    if !bits.class().c_name().to_bytes().starts_with(b"numpy.random.") {
        return None;
    }
    let own = xxh3_64(own_memory(generator, c"numpy.random.mtrand.RandomState")?);
    Some(own ^ xxh3_64(memory_of(bits, bits.class())?))
}

/// The part of an instance that the class of this name, its own or a base of it, gives it.
fn own_memory<'a>(object: Lent<'a>, name: &CStr) -> Option<&'a [u8]> {
    let class = object.class().lineage().find(|class| class.c_name() == name)?;
    memory_of(object, class)
}
