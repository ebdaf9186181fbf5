//! Flat code: the instructions of a flat text, joined from those of its parts, at the places of the program's
//! text and with a probe before each statement.
//!
//! In such code nothing is on the stack between two statements and no jump leads out of one, so that
//! instructions can be put there.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use super::location_table::{CodePlace, Entry, Reader, Writer};
use crate::opcode::{
    EXTENDED_ARG, LOAD_CONST, Numbered, POP_TOP, RESUME, RETURN_VALUE, UNARY_NEGATIVE, numbered,
};

/// How many bytes an instruction has, or a part of its argument.
const UNIT: usize = 2;
/// How many units one entry of a location table is about at most.
const MOST_UNITS: u8 = 8;

/// Something that was written into a line.
pub(super) struct Insertion {
    /// The line of the whole text.
    pub(super) line: u32,
    /// Where it begins, what was written in front of it counted in.
    pub(super) column: u32,
    /// In bytes.
    pub(super) length: u32,
    /// How much was written in front of it into its line, in bytes.
    pub(super) before: u32,
    pub(super) kind: InsertionKind,
}

/// What was written.
pub(super) enum InsertionKind {
    /// A probe and what follows it, which is said to stand at another place.
    Probe(CodePlace),
    /// What ends behind the value that a probe looks at.
    End,
}

/// A statement that is to be announced.
pub(super) struct Announcement<'py> {
    /// The line and column where it begins.
    pub(super) start: (u32, u32),
    /// Where its announcement is said to stand.
    pub(super) place: CodePlace,
    pub(super) probe: Bound<'py, PyAny>,
}

/// The code of a text whose parts come one after the other.
pub(super) struct FlatCode<'py> {
    instructions: Vec<u8>,
    locations: Writer,
    names: Vec<Bound<'py, PyAny>>,
    /// By the address of the name, which CPython interns.
    number_of: HashMap<usize, u32>,
    constants: Vec<Bound<'py, PyAny>>,
    stack: usize,
    /// What ends the code of the part that came last.
    end: Vec<Instruction>,
}

/// An instruction.
struct Instruction {
    opcode: u8,
    argument: u32,
    /// How many units behind it CPython keeps for itself.
    cache: usize,
    entry: Entry,
}

impl<'py> FlatCode<'py> {
    pub(super) fn new() -> Self {
        Self {
            instructions: Vec::new(),
            locations: Writer::new(1),
            names: Vec::new(),
            number_of: HashMap::new(),
            constants: Vec::new(),
            stack: 1,
            end: Vec::new(),
        }
    }

    /// Adds the code of the next part of a text, whose first line comes behind `lines_before` others.
    /// `insertions` are those of this part, and `announcements` its statements. `false` where the code
    /// does not say at which columns it stands.
    pub(super) fn add(
        &mut self,
        code: &Bound<'py, PyAny>,
        lines_before: u32,
        insertions: &[Insertion],
        announcements: impl Iterator<Item = Announcement<'py>>,
    ) -> PyResult<bool> {
        let Some(mut instructions) = instructions(code, lines_before, insertions)? else {
            return Ok(false);
        };
        let first_constant = self.constants.len() as u32;
        self.constants.extend(code.getattr("co_consts")?.cast_into::<PyTuple>()?.iter());
        let names = code.getattr("co_names")?.cast_into::<PyTuple>()?;
        let names: Vec<u32> = names.iter().map(|name| self.number(name)).collect();
        for instruction in &mut instructions {
            let argument = &mut instruction.argument;
            match numbered(instruction.opcode) {
                Numbered::Name => *argument = names[*argument as usize],
                Numbered::NameTwice => {
                    *argument = names[(*argument >> 1) as usize] << 1 | *argument & 1;
                }
                Numbered::Constant => *argument += first_constant,
                Numbered::Other => {}
            }
        }
        let stack: usize = code.getattr("co_stacksize")?.extract()?;
        self.stack = self.stack.max(stack);
        // What returns from the module, and what loads the `None` for it where that is apart.
        let returning = match instructions.last() {
            Some(last) if last.opcode == RETURN_VALUE => 2,
            _ => 1,
        };
        let is_later = !self.end.is_empty();
        self.end = instructions.split_off(instructions.len().saturating_sub(returning));
        let mut left = announcements.peekable();
        for instruction in instructions {
            if instruction.opcode == RESUME {
                if !is_later {
                    self.write(&instruction);
                }
                continue;
            }
            if let Entry::Place(CodePlace { line, column, .. }) = instruction.entry {
                while let Some(next) = left.next_if(|next| next.start <= (line, column)) {
                    self.announce(next);
                }
            }
            self.write(&instruction);
        }
        left.for_each(|next| self.announce(next));
        Ok(true)
    }

    /// The code object: `like` is that of a part.
    pub(super) fn finished(mut self, like: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = like.py();
        for instruction in std::mem::take(&mut self.end) {
            self.write(&instruction);
        }
        let changed = PyDict::new(py);
        changed.set_item("co_code", PyBytes::new(py, &self.instructions))?;
        changed.set_item("co_linetable", PyBytes::new(py, &self.locations.bytes))?;
        changed.set_item("co_consts", PyTuple::new(py, self.constants)?)?;
        changed.set_item("co_names", PyTuple::new(py, self.names)?)?;
        changed.set_item("co_stacksize", self.stack)?;
        like.call_method("replace", (), Some(&changed))
    }

    /// The number of a name in the whole.
    fn number(&mut self, name: Bound<'py, PyAny>) -> u32 {
        *self.number_of.entry(name.as_ptr() as usize).or_insert_with(|| {
            self.names.push(name);
            self.names.len() as u32 - 1
        })
    }

    /// `-probe` as a statement.
    fn announce(&mut self, Announcement { place, probe, .. }: Announcement<'py>) {
        let constant = self.constants.len() as u32;
        self.constants.push(probe);
        for (opcode, argument) in [(LOAD_CONST, constant), (UNARY_NEGATIVE, 0), (POP_TOP, 0)] {
            self.write(&Instruction { opcode, argument, cache: 0, entry: Entry::Place(place) });
        }
    }

    fn write(&mut self, instruction: &Instruction) {
        let [low, rest @ ..] = instruction.argument.to_le_bytes();
        let before = self.instructions.len();
        for part in rest.into_iter().rev().skip_while(|&part| part == 0) {
            self.instructions.extend([EXTENDED_ARG, part]);
        }
        self.instructions.extend([instruction.opcode, low]);
        self.instructions.resize(self.instructions.len() + instruction.cache * UNIT, 0);
        let mut units = (self.instructions.len() - before) / UNIT;
        while units > 0 {
            let part = units.min(usize::from(MOST_UNITS));
            self.locations.write(part as u8, &instruction.entry);
            units -= part;
        }
    }
}

/// The instructions of a code object, at the places of the program's text.
fn instructions(
    code: &Bound<'_, PyAny>,
    lines_before: u32,
    insertions: &[Insertion],
) -> PyResult<Option<Vec<Instruction>>> {
    let table = code.getattr("co_linetable")?.cast_into::<PyBytes>()?;
    let units = code.getattr("co_code")?.cast_into::<PyBytes>()?;
    let first_line: u32 = code.getattr("co_firstlineno")?.extract()?;
    let mut reader = Reader::new(table.as_bytes(), first_line + lines_before);
    let mut lines = InsertionsOfLine { all: insertions, line: 0, found: &[] };
    let mut out: Vec<Instruction> = Vec::new();
    let (mut entry, mut covered, mut argument) = (Entry::Nowhere, 0, 0);
    for unit in units.as_bytes().chunks_exact(UNIT) {
        if covered == 0 {
            let Some(next) = reader.next() else { return Ok(None) };
            covered = next.0;
            entry = match next.1 {
                Entry::Place(place) => Entry::Place(original(place, &mut lines)),
                // Python was told to keep no columns.
                Entry::Line(_) => return Ok(None),
                Entry::Nowhere => Entry::Nowhere,
            };
        }
        covered -= 1;
        match (unit[0], out.last_mut()) {
            (0, Some(last)) => last.cache += 1,
            (EXTENDED_ARG, _) => argument = (argument | u32::from(unit[1])) << 8,
            (opcode, _) => {
                argument |= u32::from(unit[1]);
                out.push(Instruction { opcode, argument, cache: 0, entry });
                argument = 0;
            }
        }
    }
    Ok(Some(out))
}

/// Where what stands at a place of the text with insertions stands without them.
fn original(place: CodePlace, lines: &mut InsertionsOfLine<'_>) -> CodePlace {
    // Only a probe itself ends within what was written.
    let end = lines.last_begun(place.end_line, place.end_column);
    if let Some(Insertion { column, length, kind: InsertionKind::Probe(stands), .. }) = end
        && (column + 1..column + length).contains(&place.end_column)
    {
        return *stands;
    }
    let mut column = |line, column| match lines.last_begun(line, column) {
        None => column,
        Some(last) if column < last.column + last.length => last.column - last.before,
        Some(last) => column - last.before - last.length,
    };
    CodePlace {
        column: column(place.line, place.column),
        end_column: column(place.end_line, place.end_column),
        ..place
    }
}

/// The insertions into one line after the other, most of which are asked for in order.
struct InsertionsOfLine<'a> {
    all: &'a [Insertion],
    line: u32,
    found: &'a [Insertion],
}

impl<'a> InsertionsOfLine<'a> {
    /// The last insertion of a line that begins at a column or before it.
    fn last_begun(&mut self, line: u32, column: u32) -> Option<&'a Insertion> {
        if self.line != line {
            let from = self.all.partition_point(|insertion| insertion.line < line);
            let count = self.all[from..].iter().take_while(|insertion| insertion.line == line);
            (self.line, self.found) = (line, &self.all[from..from + count.count()]);
        }
        self.found.iter().take_while(|insertion| insertion.column <= column).last()
    }
}
