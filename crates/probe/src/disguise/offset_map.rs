//! Offset map: from offsets in a code object with probes to those in the original, and back.
//!
//! Both come from the same text by the same compiler, so an instruction is found again by what it does
//! and the place of the text that it belongs to: the second subscript of a place is the second
//! subscript of that place. Instructions of probes are recognized by the probes themselves; they stand
//! for the instruction that follows, or, where they look at a value, for the one that made it.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rustc_hash::FxHashMap;

use crate::opcode;
use crate::probe;

/// The way from offsets in a code object with probes to those in the one without, and back. Counted
/// in code units of two bytes, as everywhere within; the methods take and give bytes.
pub(crate) struct OffsetMap {
    original: Vec<u32>,
    /// Whether a unit is part of an instruction that both have.
    shared: Vec<bool>,
    running: Vec<u32>,
}

impl OffsetMap {
    pub(crate) fn between(
        running: &Bound<'_, PyAny>,
        original: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let ours = instructions(running)?;
        let theirs = instructions(original)?;
        let matches = matched(running, &ours, &theirs)?;
        Ok(Self::of(&ours, &theirs, &matches))
    }

    fn of(ours: &[Instruction], theirs: &[Instruction], matches: &[Option<usize>]) -> Self {
        let units = |all: &[Instruction]| all.last().map_or(0, |last| last.at + last.caches + 1);
        let mut original = vec![0; units(ours)];
        let mut shared = vec![false; units(ours)];
        let mut running = vec![u32::MAX; units(theirs)];
        let mut next = vec![None; ours.len()];
        let mut following = None;
        for at in (0..ours.len()).rev() {
            following = matches[at].or(following);
            next[at] = following;
        }
        let mut before = None;
        for (at, instruction) in ours.iter().enumerate() {
            let stands_for = match matches[at] {
                Some(found) => Some(found),
                None if instruction.opcode == opcode::BINARY_SUBSCR => before.or(next[at]),
                None => next[at].or(before),
            };
            before = stands_for;
            let Some(found) = stands_for.map(|found| &theirs[found]) else { continue };
            for unit in instruction.start..=instruction.at + instruction.caches {
                let there = match (matches[at].is_some(), unit.checked_sub(instruction.at)) {
                    (false, _) | (true, Some(0)) => found.at,
                    (true, None) => (found.start + unit - instruction.start).min(found.at),
                    (true, Some(cache)) if cache == instruction.caches => found.at + found.caches,
                    (true, Some(cache)) => found.at + cache.min(found.caches),
                };
                original[unit] = there as u32;
                shared[unit] = matches[at].is_some();
                if shared[unit] && running[there] == u32::MAX {
                    running[there] = unit as u32;
                }
            }
        }
        let mut following = ours.last().map_or(0, |last| last.at as u32);
        for unit in running.iter_mut().rev() {
            if *unit == u32::MAX {
                *unit = following;
            }
            following = *unit;
        }
        Self { original, shared, running }
    }

    /// The offset in the original that an offset in the running code stands for. What is no
    /// offset (-1, before the first instruction) stays as it is.
    pub(crate) fn original(&self, offset: i64) -> i64 {
        moved(&self.original, offset)
    }

    /// The offset in the running code of an offset in the original.
    pub(crate) fn running(&self, offset: i64) -> i64 {
        moved(&self.running, offset)
    }

    /// Whether the instruction at an offset in the running code is one that the original has.
    pub(crate) fn is_shared(&self, offset: i64) -> bool {
        let unit = usize::try_from(offset / 2).unwrap_or(usize::MAX);
        self.shared.get(unit).is_none_or(|&shared| shared)
    }
}

fn moved(units: &[u32], offset: i64) -> i64 {
    if offset < 0 {
        return offset;
    }
    let unit = usize::try_from(offset / 2).unwrap_or(usize::MAX);
    units.get(unit).map_or(offset, |&unit| i64::from(unit) * 2)
}

/// First line, last line, first column, last column; what is not known is -1.
type Place = [i32; 4];

struct Instruction {
    /// The unit of its first prefix, or its own.
    start: usize,
    at: usize,
    opcode: u8,
    argument: usize,
    /// How many units behind it belong to it.
    caches: usize,
    place: Place,
}

fn instructions(code: &Bound<'_, PyAny>) -> PyResult<Vec<Instruction>> {
    const CACHE: u8 = 0;
    let bytes: Vec<u8> = code.getattr("co_code")?.extract()?;
    let mut places: Vec<Place> = Vec::with_capacity(bytes.len() / 2);
    for place in code.call_method0("co_positions")?.try_iter()? {
        let place: [Option<i32>; 4] = place?.extract::<(_, _, _, _)>().map(<[_; 4]>::from)?;
        places.push(place.map(|number| number.unwrap_or(-1)));
    }
    let mut found = Vec::new();
    let (mut start, mut argument) = (None, 0);
    for (at, unit) in bytes.chunks_exact(2).enumerate() {
        if unit[0] == CACHE {
            if let Some(last) = found.last_mut() {
                let last: &mut Instruction = last;
                last.caches += 1;
            }
            continue;
        }
        argument = (argument << 8) | usize::from(unit[1]);
        if unit[0] == opcode::EXTENDED_ARG {
            start = start.or(Some(at));
            continue;
        }
        found.push(Instruction {
            start: start.take().unwrap_or(at),
            at,
            opcode: unit[0],
            argument: std::mem::take(&mut argument),
            caches: 0,
            place: places.get(at).copied().unwrap_or([-1; 4]),
        });
    }
    // Those stand at the method or at the call, by how the method was looked up.
    for at in 1..found.len() {
        if opcode::names_arguments(found[at - 1].opcode, found[at].opcode) {
            found[at - 1].place = found[at].place;
        }
    }
    Ok(found)
}

/// For each instruction of ours the same of theirs, if there is one.
fn matched(
    code: &Bound<'_, PyAny>,
    ours: &[Instruction],
    theirs: &[Instruction],
) -> PyResult<Vec<Option<usize>>> {
    let constants = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
    let mut places: FxHashMap<(u8, Place), Vec<usize>> = FxHashMap::default();
    for (at, instruction) in theirs.iter().enumerate() {
        places.entry((opcode::class(instruction.opcode), instruction.place)).or_default().push(at);
    }
    let mut seen: FxHashMap<(u8, Place), usize> = FxHashMap::default();
    let mut find = |class: u8, place: Place| {
        let candidates = places.get(&(class, place))?;
        let turn = seen.entry((class, place)).or_insert(0);
        let found = candidates.get(*turn).or(candidates.last()).copied();
        *turn += 1;
        found
    };
    let mut matches = Vec::with_capacity(ours.len());
    let mut within = Within::Nothing;
    for (at, instruction) in ours.iter().enumerate() {
        let mut probe = None;
        if instruction.opcode == opcode::LOAD_CONST
            && let Ok(constant) = constants.get_item(instruction.argument)
        {
            probe = probe::reads_again(&constant);
        }
        let announces = probe.is_some()
            && ours.get(at + 1).is_some_and(|next| next.opcode == opcode::UNARY_NEGATIVE);
        within = match (within, instruction.opcode, probe) {
            (_, _, Some(true)) => Within::Augment(0),
            (_, _, Some(false)) => Within::Probe,
            (Within::Probe, opcode::UNARY_NEGATIVE, None) => Within::Announcement,
            (Within::Announcement, opcode::POP_TOP, None) => Within::End,
            (Within::Augment(steps), _, None) if steps < 3 => Within::Augment(steps + 1),
            // A subscript of the program's is followed by the probe's that looks at its value.
            (Within::Nothing, opcode::BINARY_SUBSCR, None)
                if ours[at - 1].opcode == opcode::BINARY_SUBSCR
                    && ours[at - 1].place == instruction.place =>
            {
                Within::End
            }
            _ => Within::Nothing,
        };
        matches.push(match within {
            Within::Nothing => find(opcode::class(instruction.opcode), instruction.place),
            // Where nothing else stands for a line, the compiler leaves an empty instruction there;
            // an announcement takes its place.
            Within::Probe if announces => find(opcode::NOP, instruction.place),
            _ => None,
        });
    }
    Ok(matches)
}

/// Which part of a probe's instructions one is.
#[derive(Clone, Copy)]
enum Within {
    /// None.
    Nothing,
    /// The probe's constant.
    Probe,
    /// The negation that announces.
    Announcement,
    /// The last.
    End,
    /// That, or one of the three that follow: a variable is read once more, looked at, and dropped.
    Augment(u8),
}
