//! Joined code: the instructions of a text, joined from those of its parts, at the places of the program's
//! text and with a probe before each statement.
//!
//! Nothing is on the stack between two statements of a module. In a flat part no jump leads out of a statement
//! either, so that announcements can be put there.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use super::end_of_part::{EndOfPart, move_lines};
use super::instructions::{Assembled, Instruction, Instructions};
use super::location_table::{CodePlace, Entry};
use crate::opcode::{
    LOAD_CONST, LOAD_NAME, Numbered, POP_TOP, RESUME, RETURN_VALUE, SETUP_ANNOTATIONS,
    UNARY_NEGATIVE, numbered,
};

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
pub(super) struct JoinedCode<'py> {
    assembled: Assembled,
    names: Numbers<'py>,
    /// The variables of comprehensions, from 3.12 on.
    locals: Numbers<'py>,
    constants: Vec<Bound<'py, PyAny>>,
    stack: usize,
    /// What ends the code of the part that came last.
    end: Vec<Instruction>,
    /// The code of the first part.
    first: Option<Bound<'py, PyAny>>,
}

/// Names by their numbers.
#[derive(Default)]
struct Numbers<'py> {
    names: Vec<Bound<'py, PyAny>>,
    /// By the address of the name, which CPython interns.
    number_of: HashMap<usize, u32>,
}

impl<'py> Numbers<'py> {
    fn of(&mut self, name: &Bound<'py, PyAny>) -> u32 {
        *self.number_of.entry(name.as_ptr() as usize).or_insert_with(|| {
            self.names.push(name.clone());
            self.names.len() as u32 - 1
        })
    }
}

impl<'py> JoinedCode<'py> {
    pub(super) fn new() -> Self {
        Self {
            assembled: Assembled::new(),
            names: Numbers::default(),
            locals: Numbers::default(),
            constants: Vec::new(),
            stack: 1,
            end: Vec::new(),
            first: None,
        }
    }

    /// Adds the code of the next part of a text, which is flat and whose first line comes behind `lines_before`
    /// others. `insertions` are those of this part, and `announcements` its statements. `false` where such
    /// code cannot be joined.
    pub(super) fn add_flat(
        &mut self,
        code: &Bound<'py, PyAny>,
        lines_before: u32,
        insertions: &[Insertion],
        announcements: impl Iterator<Item = Announcement<'py>>,
    ) -> PyResult<bool> {
        let mut lines = InsertionsOfLine { all: insertions, line: 0, found: &[] };
        let place = |place| original(place, &mut lines);
        let Some(mut part) = self.part(code, lines_before, place)? else { return Ok(false) };
        // What returns from the module, and what loads the `None` for it where that is apart.
        let returning = match part.all.last() {
            Some(last) if last.opcode == RETURN_VALUE => 2,
            _ => 1,
        };
        self.end = part.all.split_off(part.all.len().saturating_sub(returning));
        let mut left = announcements.peekable();
        let mut announced = Instructions { all: Vec::with_capacity(part.all.len()), ..part };
        // Where each instruction stands now, if one jumps.
        let jumps = part.all.iter().any(|one| one.target.is_some());
        let mut now = Vec::new();
        for instruction in part.all {
            if let Entry::Place(CodePlace { line, column, .. }) = instruction.entry
                && instruction.opcode != RESUME
            {
                while let Some(next) = left.next_if(|next| next.start <= (line, column)) {
                    self.announce(next, &mut announced.all);
                }
            }
            if jumps {
                now.push(announced.all.len());
            }
            announced.all.push(instruction);
        }
        left.for_each(|next| self.announce(next, &mut announced.all));
        if jumps {
            for instruction in &mut announced.all {
                instruction.target = instruction.target.and_then(|target| now.get(target).copied());
            }
        }
        announced.write(&mut self.assembled);
        Ok(true)
    }

    /// Adds the code of the next part of a text, which has its announcements. `false` where such code cannot be
    /// joined. One that is not the last of the text ends as [`EndOfPart`] says.
    pub(super) fn add_blocks(
        &mut self,
        code: &Bound<'py, PyAny>,
        lines_before: u32,
        is_last: bool,
    ) -> PyResult<bool> {
        let Some(mut part) = self.part(code, lines_before, |place| place)? else {
            return Ok(false);
        };
        if !move_lines(code, lines_before)? {
            return Ok(false);
        }
        if !is_last {
            let mark = self.names.of(EndOfPart::name(code.py()).as_any());
            let mut marks = part
                .all
                .iter()
                .enumerate()
                .filter(|(_, one)| one.opcode == LOAD_NAME && one.argument == mark);
            // They are not there where nothing leads to them.
            let Some((first, _)) = marks.next() else { return Ok(false) };
            let past = first + EndOfPart::COUNT * EndOfPart::INSTRUCTIONS;
            if marks.count() != EndOfPart::COUNT - 1 || !part.cut(first, past) {
                return Ok(false);
            }
        }
        part.write(&mut self.assembled);
        self.end.clear();
        Ok(true)
    }

    /// The instructions of a part with the numbers that they have in the whole.
    fn part(
        &mut self,
        code: &Bound<'py, PyAny>,
        lines_before: u32,
        place: impl FnMut(CodePlace) -> CodePlace,
    ) -> PyResult<Option<Instructions>> {
        let tuple = |name| PyResult::Ok(code.getattr(name)?.cast_into::<PyTuple>()?);
        let free = [tuple("co_cellvars")?, tuple("co_freevars")?];
        let Some(mut part) = Instructions::of(code, lines_before, place)? else { return Ok(None) };
        if free.iter().any(|names| !names.is_empty()) {
            return Ok(None);
        }
        let is_later = self.first.is_some();
        self.first.get_or_insert_with(|| code.clone());
        if is_later {
            // What it does is done, and it jumps nowhere.
            let Some(RESUME) = part.all.first().map(|first| first.opcode) else { return Ok(None) };
            part.remove_first();
        }
        let first_constant = self.constants.len() as u32;
        self.constants.extend(tuple("co_consts")?.iter());
        let (names, locals) = (tuple("co_names")?, tuple("co_varnames")?);
        let names: Vec<u32> = names.iter().map(|name| self.names.of(&name)).collect();
        let locals: Vec<u32> = locals.iter().map(|name| self.locals.of(&name)).collect();
        for Instruction { opcode, argument, .. } in &mut part.all {
            match numbered(*opcode) {
                Numbered::Name => *argument = names[*argument as usize],
                Numbered::NameTwice => {
                    *argument = names[(*argument >> 1) as usize] << 1 | *argument & 1;
                }
                Numbered::Constant => *argument += first_constant,
                Numbered::Local => *argument = locals[*argument as usize],
                Numbered::LocalTwice => {
                    let [one, two] =
                        [*argument >> 4, *argument & 15].map(|number| locals[number as usize]);
                    if one.max(two) > 15 {
                        return Ok(None);
                    }
                    *argument = one << 4 | two;
                }
                Numbered::Unusual => return Ok(None),
                Numbered::Other if *opcode == SETUP_ANNOTATIONS && is_later => return Ok(None),
                Numbered::Other => {}
            }
        }
        let stack: usize = code.getattr("co_stacksize")?.extract()?;
        self.stack = self.stack.max(stack);
        Ok(Some(part))
    }

    /// The flags of the code of the first part.
    pub(super) fn flags(&self) -> PyResult<i32> {
        self.first.as_ref().map_or(Ok(0), |code| code.getattr("co_flags")?.extract())
    }

    /// The code object; `None` where there are no parts.
    pub(super) fn finished(mut self) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(first) = self.first else { return Ok(None) };
        let end = Instructions { all: self.end, handlers: Vec::new() };
        end.write(&mut self.assembled);
        let py = first.py();
        let changed = PyDict::new(py);
        let Assembled { code, locations, handlers } = self.assembled;
        changed.set_item("co_code", PyBytes::new(py, &code))?;
        changed.set_item("co_linetable", PyBytes::new(py, &locations.bytes))?;
        changed.set_item("co_exceptiontable", PyBytes::new(py, &handlers))?;
        changed.set_item("co_consts", PyTuple::new(py, self.constants)?)?;
        changed.set_item("co_names", PyTuple::new(py, self.names.names)?)?;
        changed.set_item("co_nlocals", self.locals.names.len())?;
        changed.set_item("co_varnames", PyTuple::new(py, self.locals.names)?)?;
        changed.set_item("co_stacksize", self.stack)?;
        first.call_method("replace", (), Some(&changed)).map(Some)
    }

    /// `-probe` as a statement.
    fn announce(
        &mut self,
        Announcement { place, probe, .. }: Announcement<'py>,
        out: &mut Vec<Instruction>,
    ) {
        let constant = self.constants.len() as u32;
        self.constants.push(probe);
        for (opcode, argument) in [(LOAD_CONST, constant), (UNARY_NEGATIVE, 0), (POP_TOP, 0)] {
            out.push(Instruction::new(opcode, argument, Entry::Place(place)));
        }
    }
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
