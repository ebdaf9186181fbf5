//! Instructions: those of a code object one by one, with what they jump to, and the way back to bytes.
//!
//! The format of the table of handlers is that of CPython's `Objects/exception_handling_notes.txt`, which is the
//! same from 3.11 on.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::location_table::{CodePlace, Entry, Reader, Writer};
use crate::opcode::{
    EXTENDED_ARG, JUMP_FORWARD, Jump, LOAD_CONST, RETURN_CONST, RETURN_VALUE, jump,
};

/// How many bytes an instruction has, or a part of its argument.
const UNIT: usize = 2;
/// How many units one entry of a location table is about at most.
const MOST_UNITS: u8 = 8;

/// An instruction.
#[derive(Clone, Copy)]
pub(super) struct Instruction {
    pub(super) opcode: u8,
    pub(super) argument: u32,
    /// How many units behind it CPython keeps for itself.
    pub(super) cache: usize,
    pub(super) entry: Entry,
    /// Where it jumps to: a place among the instructions.
    pub(super) target: Option<usize>,
}

impl Instruction {
    /// One that does not jump.
    pub(super) fn new(opcode: u8, argument: u32, entry: Entry) -> Self {
        Self { opcode, argument, cache: 0, entry, target: None }
    }
}

/// What an exception leads to within a stretch of instructions.
#[derive(Clone, Copy)]
pub(super) struct Handler {
    /// Places among the instructions: the first, the one behind the last, and the first of the handler.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) target: usize,
    /// How deep the stack is there, and whether the place of what raised is put on it.
    pub(super) depth: u32,
}

/// A stretch of code.
#[derive(Default)]
pub(super) struct Instructions {
    pub(super) all: Vec<Instruction>,
    pub(super) handlers: Vec<Handler>,
}

impl Instructions {
    /// Those of a code object whose first line comes behind `lines_before` others, with its places as
    /// `place` changes them; `None` where it does not say at which columns they stand.
    pub(super) fn of(
        code: &Bound<'_, PyAny>,
        lines_before: u32,
        mut place: impl FnMut(CodePlace) -> CodePlace,
    ) -> PyResult<Option<Self>> {
        let table = code.getattr("co_linetable")?.cast_into::<PyBytes>()?;
        let first_line: u32 = code.getattr("co_firstlineno")?.extract()?;
        let mut reader = Reader::new(table.as_bytes(), first_line + lines_before);
        let (mut entry, mut covered) = (Entry::Nowhere, 0);
        Self::read(code, || {
            if covered == 0 {
                let next = reader.next()?;
                covered = next.0;
                entry = match next.1 {
                    Entry::Place(found) => Entry::Place(place(found)),
                    // Python was told to keep no columns.
                    Entry::Line(_) => return None,
                    Entry::Nowhere => Entry::Nowhere,
                };
            }
            covered -= 1;
            Some(entry)
        })
    }

    /// Those of a code object, wherever they stand.
    pub(super) fn without_places(code: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        Self::read(code, || Some(Entry::Nowhere))
    }

    /// Those of a code object, of which `entry` says where each unit stands; `None` where it does not.
    fn read(
        code: &Bound<'_, PyAny>,
        mut entry: impl FnMut() -> Option<Entry>,
    ) -> PyResult<Option<Self>> {
        let bytes = |name| PyResult::Ok(code.getattr(name)?.cast_into::<PyBytes>()?);
        let units = bytes("co_code")?;
        let mut all: Vec<Instruction> = Vec::new();
        // The unit at which each begins.
        let mut starts: Vec<usize> = Vec::new();
        let mut jumps: Vec<(usize, Jump)> = Vec::new();
        let (mut argument, mut start) = (0, None);
        for (at, unit) in units.as_bytes().chunks_exact(UNIT).enumerate() {
            let Some(entry) = entry() else { return Ok(None) };
            match (unit[0], all.last_mut()) {
                (0, Some(last)) => last.cache += 1,
                (EXTENDED_ARG, _) => {
                    argument = (argument | u32::from(unit[1])) << 8;
                    start.get_or_insert(at);
                }
                (opcode, _) => {
                    argument |= u32::from(unit[1]);
                    if let Some(way) = jump(opcode) {
                        jumps.push((all.len(), way));
                    }
                    all.push(Instruction::new(opcode, argument, entry));
                    starts.push(start.take().unwrap_or(at));
                    argument = 0;
                }
            }
        }
        let end = units.as_bytes().len() / UNIT;
        for (at, way) in jumps {
            let (from, by) =
                (starts.get(at + 1).copied().unwrap_or(end), all[at].argument as usize);
            let to = match way {
                Jump::Forward => Some(from + by),
                Jump::Backward => from.checked_sub(by),
            };
            let Some(Ok(target)) = to.map(|to| starts.binary_search(&to)) else { return Ok(None) };
            all[at].target = Some(target);
        }
        let table = bytes("co_exceptiontable")?;
        Ok(handlers(table.as_bytes(), &starts).map(|handlers| Self { all, handlers }))
    }

    /// Leaves out the first one, to which nothing jumps.
    pub(super) fn remove_first(&mut self) {
        self.all.remove(0);
        self.each_place(|place| Some(place.saturating_sub(1)));
    }

    /// Leaves out those from one place to another and what then ends the module. What follows is what handles
    /// exceptions; where there is such, the code goes on behind it. `false` where something else than the first
    /// of them is referred to.
    pub(super) fn cut(&mut self, from: usize, to: usize) -> bool {
        let Some(last) = self.all.get(to) else { return false };
        // What loads the `None` that is returned may be apart.
        let rest = to + if last.opcode == LOAD_CONST { 2 } else { 1 };
        let Some(returns) = self.all.get(rest - 1) else { return false };
        if returns.opcode != RETURN_VALUE && Some(returns.opcode) != RETURN_CONST {
            return false;
        }
        let handling = self.all.split_off(rest);
        self.all.truncate(from);
        let has_handling = !handling.is_empty();
        let jump = self.all.len();
        self.all.extend(handling);
        let moved = self.each_place(|place| match place {
            _ if place <= from => Some(place),
            _ if place >= rest => Some(place - rest + from + usize::from(has_handling)),
            _ => None,
        });
        if has_handling {
            let target = Some(self.all.len() + 1);
            let over = Instruction::new(JUMP_FORWARD, 0, Entry::Nowhere);
            self.all.insert(jump, Instruction { target, ..over });
        }
        moved
    }

    /// Changes all places that are referred to; `false` where one of them has no place any more.
    fn each_place(&mut self, change: impl Fn(usize) -> Option<usize>) -> bool {
        let targets = self.all.iter_mut().filter_map(|one| one.target.as_mut());
        let handlers = self.handlers.iter_mut();
        let ranges = handlers.flat_map(|one| [&mut one.start, &mut one.end, &mut one.target]);
        let mut all = true;
        for place in targets.chain(ranges) {
            match change(*place) {
                Some(changed) => *place = changed,
                None => all = false,
            }
        }
        all
    }

    /// Writes the instructions behind those that were written already.
    pub(super) fn write(&self, out: &mut Assembled) {
        let mut sizes: Vec<usize> = Vec::new();
        let mut starts = Vec::new();
        if self.all.iter().any(|one| one.target.is_some()) || !self.handlers.is_empty() {
            sizes.extend(self.all.iter().map(|one| match one.target {
                Some(_) => 1,
                None => units_of(one.argument),
            }));
            // A jump's argument takes more room the farther it goes, and what is between may be jumps.
            loop {
                starts = self.starts(&sizes);
                let mut grown = false;
                for (at, one) in self.all.iter().enumerate() {
                    let Some(target) = one.target else { continue };
                    let wanted = units_of(distance(starts[at + 1], starts[target]));
                    grown |= wanted > sizes[at];
                    sizes[at] = sizes[at].max(wanted);
                }
                if !grown {
                    break;
                }
            }
        }
        let base = out.code.len() / UNIT;
        for (at, one) in self.all.iter().enumerate() {
            let argument = match one.target {
                Some(target) => distance(starts[at + 1], starts[target]),
                None => one.argument,
            };
            out.write(one, argument, sizes.get(at).copied().unwrap_or(1));
        }
        for handler in &self.handlers {
            let [start, end, target] =
                [handler.start, handler.end, handler.target].map(|at| starts[at]);
            let first = out.handlers.len();
            for value in [base + start, end - start, base + target] {
                write_number(value as u32, &mut out.handlers);
            }
            write_number(handler.depth, &mut out.handlers);
            out.handlers[first] |= BEGINS;
        }
    }

    /// At which unit each of them begins, and where they end.
    pub(super) fn starts(&self, sizes: &[usize]) -> Vec<usize> {
        let mut next = 0;
        let ends = self.all.iter().zip(sizes).map(|(one, size)| {
            next += size + one.cache;
            next
        });
        std::iter::once(0).chain(ends).collect()
    }
}

/// Bytes of code, and the tables that say something of them.
pub(super) struct Assembled {
    pub(super) code: Vec<u8>,
    pub(super) locations: Writer,
    pub(super) handlers: Vec<u8>,
}

impl Assembled {
    /// No code yet, of a text that begins on its first line.
    pub(super) fn new() -> Self {
        Self { code: Vec::new(), locations: Writer::new(1), handlers: Vec::new() }
    }

    /// An instruction, in so many units at least.
    fn write(&mut self, instruction: &Instruction, argument: u32, size: usize) {
        let [low, rest @ ..] = argument.to_le_bytes();
        let before = self.code.len();
        let size = size.max(units_of(argument));
        for part in rest.into_iter().take(size - 1).rev() {
            self.code.extend([EXTENDED_ARG, part]);
        }
        self.code.extend([instruction.opcode, low]);
        self.code.resize(self.code.len() + instruction.cache * UNIT, 0);
        let mut units = (self.code.len() - before) / UNIT;
        while units > 0 {
            let part = units.min(usize::from(MOST_UNITS));
            self.locations.write(part as u8, &instruction.entry);
            units -= part;
        }
    }
}

/// How many units an instruction with an argument has.
pub(super) fn units_of(argument: u32) -> usize {
    (4 - argument.leading_zeros() as usize / 8).max(1)
}

/// How far a jump goes, whichever way.
fn distance(from: usize, to: usize) -> u32 {
    from.abs_diff(to) as u32
}

/// Marks the first byte of an entry in a table of handlers.
const BEGINS: u8 = 0x80;

/// Reads a table of handlers, whose numbers are units; `None` where one is within an instruction.
fn handlers(table: &[u8], starts: &[usize]) -> Option<Vec<Handler>> {
    let mut bytes = table.iter().copied();
    let mut next = || {
        let mut value = 0;
        loop {
            let byte = bytes.next()?;
            value = value << 6 | u32::from(byte & 63);
            if byte & 64 == 0 {
                return Some(value);
            }
        }
    };
    let mut found = Vec::new();
    while let Some(start) = next() {
        let (start, length, target, depth) =
            (start as usize, next()? as usize, next()? as usize, next()?);
        let place = |unit: usize| starts.binary_search(&unit);
        found.push(Handler {
            start: place(start).ok()?,
            // The last one may end where the code does.
            end: place(start + length).unwrap_or_else(|end| end),
            target: place(target).ok()?,
            depth,
        });
    }
    Some(found)
}

fn write_number(value: u32, out: &mut Vec<u8>) {
    let groups = (32 - value.leading_zeros()).div_ceil(6).max(1);
    for group in (1..groups).rev() {
        out.push((value >> (group * 6) & 63) as u8 | 64);
    }
    out.push((value & 63) as u8);
}
