//! Source: the text that a program was written in, and places in it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::SourceId;

/// A stretch of a source, in bytes of its UTF-8 text; `end` is exclusive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The text it lies in.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// Whether `other` lies wholly within this span.
    pub fn contains(&self, other: &Self) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}:{}-{}", self.source, self.start, self.end)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a source came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceLocation {
    /// A script, by the path that Python was given.
    File(String),
    /// A notebook's cell, by its execution count. Run again, it is a new source.
    Cell(u32),
    /// Text given on the command line or made by a program.
    Text,
}

/// One text of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its place among the session's sources.
    pub id: SourceId,
    /// Where it came from.
    pub location: SourceLocation,
    /// What it says, as UTF-8 without a byte order mark.
    pub text: String,
}
