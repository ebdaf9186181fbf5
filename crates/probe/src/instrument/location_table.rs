//! Location table: where CPython says that each instruction stands.
//!
//! The format is that of CPython's `Objects/locations.md`, which is the same from 3.11 on.

use clew_syntax::Range;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::line_index::LineIndex;

/// Lines, from 1, and columns, in bytes, of the beginning and the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct CodePlace {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

impl CodePlace {
    /// The place of a stretch of text.
    pub(super) fn of(range: Range, lines: &LineIndex) -> Self {
        let (line, column) = lines.line_and_column(range.start);
        let (end_line, end_column) = lines.line_and_column(range.end);
        Self { line, column, end_line, end_column }
    }
}

/// What a table says of some instructions.
#[derive(Clone, Copy)]
pub(super) enum Entry {
    Nowhere,
    /// A line, from 1, and no columns.
    Line(i64),
    Place(CodePlace),
}

/// `PyCodeLocationInfoKind`
const NO_LOCATION: u8 = 15;
const LONG: u8 = 14;
const NO_COLUMNS: u8 = 13;
const ONE_LINE: u8 = 10;

/// Goes through a table.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    line: i64,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], first_line: u32) -> Self {
        Self { bytes, line: i64::from(first_line) }
    }

    /// How many code units the next entry is about, and what it says of them.
    pub(super) fn next(&mut self) -> Option<(u8, Entry)> {
        let first = self.byte()?;
        let (kind, units) = (first >> 3 & 15, (first & 7) + 1);
        let entry = match kind {
            NO_LOCATION => Entry::Nowhere,
            NO_COLUMNS => {
                self.line += self.signed()?;
                Entry::Line(self.line)
            }
            LONG => {
                self.line += self.signed()?;
                let end_line = self.line + i64::from(self.unsigned()?);
                let (column, end_column) = (self.unsigned()?, self.unsigned()?);
                match (column.checked_sub(1), end_column.checked_sub(1)) {
                    (Some(column), Some(end_column)) => Entry::Place(CodePlace {
                        line: self.line as u32,
                        column,
                        end_line: end_line as u32,
                        end_column,
                    }),
                    _ => Entry::Line(self.line),
                }
            }
            kind => {
                let (column, end_column) = match kind.checked_sub(ONE_LINE) {
                    Some(lines) => {
                        self.line += i64::from(lines);
                        (self.byte()?, self.byte()?)
                    }
                    None => {
                        let second = self.byte()?;
                        let column = (kind << 3) + (second >> 4 & 7);
                        (column, column + (second & 15))
                    }
                };
                let line = self.line as u32;
                let (column, end_column) = (u32::from(column), u32::from(end_column));
                Entry::Place(CodePlace { line, column, end_line: line, end_column })
            }
        };
        Some((units, entry))
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(first)
    }

    fn unsigned(&mut self) -> Option<u32> {
        let mut value = 0;
        for shift in (0..32).step_by(6) {
            let byte = self.byte()?;
            value |= u32::from(byte & 63) << shift;
            if byte & 64 == 0 {
                break;
            }
        }
        Some(value)
    }

    fn signed(&mut self) -> Option<i64> {
        let value = i64::from(self.unsigned()?);
        Some(if value & 1 == 1 { -(value >> 1) } else { value >> 1 })
    }
}

/// How many entries of a table are gone through at most to find one.
const STEP: usize = 128;

/// A code object's table, in which entries are found without going through all before them, as CPython does.
pub struct CodePlaces {
    code: Py<PyAny>,
    table: Py<PyBytes>,
    /// Of each [`STEP`]th entry the first code unit, where it begins in the table, and the line before it.
    steps: Vec<(u32, usize, i64)>,
    first_line: u32,
}

impl CodePlaces {
    /// Those of a code object.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(code: &Bound<'_, PyAny>) -> PyResult<Self> {
        let table = code.getattr("co_linetable")?.cast_into::<PyBytes>()?;
        let first_line = code.getattr("co_firstlineno")?.extract()?;
        let bytes = table.as_bytes();
        let mut reader = Reader::new(bytes, first_line);
        let (mut steps, mut unit) = (Vec::new(), 0);
        for entry in 0.. {
            if entry % STEP == 0 {
                steps.push((unit, bytes.len() - reader.bytes.len(), reader.line));
            }
            let Some((units, _)) = reader.next() else { break };
            unit += u32::from(units);
        }
        let (code, table) = (code.clone().unbind(), table.unbind());
        Ok(Self { code, table, steps, first_line })
    }

    /// Whether they are those of a code object.
    pub fn are_of(&self, code: &Bound<'_, PyAny>) -> bool {
        self.code.is(code)
    }

    /// Where the instruction at an offset, in bytes, begins in the text: a line, from 1, and a column in bytes.
    pub fn begin(&self, py: Python<'_>, offset: u32) -> Option<(u32, u32)> {
        let wanted = offset / 2;
        let step = self.steps.partition_point(|&(first, ..)| first <= wanted).checked_sub(1)?;
        let (mut unit, at, line) = self.steps[step];
        let mut reader = Reader::new(self.table.as_bytes(py).get(at..)?, self.first_line);
        reader.line = line;
        loop {
            let (units, entry) = reader.next()?;
            unit += u32::from(units);
            if wanted < unit {
                let Entry::Place(place) = entry else { return None };
                return Some((place.line, place.column));
            }
        }
    }
}

/// The table of a code object that stands in one place of a text as a whole, however many code units it has, and the
/// line that it begins on.
pub fn table_of_one_place(range: Range, lines: &LineIndex, units: usize) -> (u32, Vec<u8>) {
    let place = CodePlace::of(range, lines);
    let mut table = Writer::new(place.line);
    let mut left = units;
    while let Ok(units @ 1..) = u8::try_from(left.min(8)) {
        table.write(units, &Entry::Place(place));
        left -= usize::from(units);
    }
    (place.line, table.bytes)
}

/// Writes a table.
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    line: i64,
}

impl Writer {
    pub(super) fn new(first_line: u32) -> Self {
        Self { bytes: Vec::new(), line: i64::from(first_line) }
    }

    /// Says of so many code units where they stand, as `write_location_info_entry` of CPython's compiler
    /// does.
    pub(super) fn write(&mut self, units: u8, entry: &Entry) {
        let first = |kind: u8| 0x80 | kind << 3 | (units - 1);
        let out = &mut self.bytes;
        match *entry {
            Entry::Nowhere => out.push(first(NO_LOCATION)),
            Entry::Line(line) => {
                out.push(first(NO_COLUMNS));
                write_signed(line - self.line, out);
                self.line = line;
            }
            Entry::Place(place) => {
                let lines = i64::from(place.line) - self.line;
                self.line = i64::from(place.line);
                let columns = (u8::try_from(place.column), u8::try_from(place.end_column));
                if place.end_line == place.line
                    && let (Ok(column @ ..128), Ok(end @ ..128)) = columns
                {
                    if lines == 0 && column < 80 && (column..column + 16).contains(&end) {
                        out.extend([first(column >> 3), (column & 7) << 4 | (end - column)]);
                        return;
                    }
                    if let Ok(lines @ 0..3) = u8::try_from(lines) {
                        out.extend([first(ONE_LINE + lines), column, end]);
                        return;
                    }
                }
                out.push(first(LONG));
                write_signed(lines, out);
                write_unsigned(place.end_line - place.line, out);
                write_unsigned(place.column + 1, out);
                write_unsigned(place.end_column + 1, out);
            }
        }
    }
}

fn write_unsigned(mut value: u32, out: &mut Vec<u8>) {
    while value >= 64 {
        out.push((value & 63) as u8 | 64);
        value >>= 6;
    }
    out.push(value as u8);
}

fn write_signed(value: i64, out: &mut Vec<u8>) {
    let magnitude = (value.unsigned_abs() as u32) << 1;
    write_unsigned(magnitude | u32::from(value < 0), out);
}
