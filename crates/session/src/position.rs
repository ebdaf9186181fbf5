//! Position: where a statement stands in the texts of a session.

use std::fmt;

use clew_graph::SourceId;

/// Where a statement stands: in program order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// In which text.
    pub source: SourceId,
    /// The cell that the text is, by its execution count, if it is one.
    pub cell: Option<u32>,
    /// In which line, counted from one.
    pub line: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cell {
            Some(cell) => write!(f, "[{cell}]:{}", self.line),
            None => write!(f, "{}", self.line),
        }
    }
}
