//! Text: a graph as lines that people and tests read and write.
//!
//! One node a line, in program order:
//!
//! ```text
//! n0 = import pandas package "pandas" version "2.1"
//! n1 = lookup print @s0:0-5
//! n2 = literal "text"
//! n3 = call n1(n2, *n0, key=n2, **n0) reads {a=n1} after {n0, random=n2}
//! n4 = call add(n2, n2)
//! n5 = mutate n2 by n3 as list.append annotated
//! n6 = global x of n3
//! n7 = if n4 companion n3 unexecuted n2
//! n8 = else n7 unexecuted n2
//! n9 = block for reads {a=n1} after {n3} calls {append, print} under n8 @s0:4-9
//! ```
//!
//! A name that is not made of letters, digits, `_` and `.` stands in quotes. Blank lines and
//! space around a line mean nothing. [`Graph`]'s `Display` and `FromStr` are each other's converse.

use std::fmt;
use std::str::FromStr;

use crate::node::read_kind;
use crate::notation::Cursor;
use crate::{Graph, NewNode, Node, NodeId, TextProblem};

#[cfg(test)]
mod tests;

/// Why a text is not a graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct TextError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: TextProblem,
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.nodes().iter().try_for_each(|node| writeln!(f, "{node}"))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.id, self.kind)?;
        if let Some(control) = self.control {
            write!(f, " under {control}")?;
        }
        if let Some(span) = self.span {
            write!(f, " {span}")?;
        }
        Ok(())
    }
}

impl FromStr for Graph {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let mut graph = Self::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            read_line(&mut graph, line)
                .map_err(|problem| TextError { line: index + 1, problem })?;
        }
        Ok(graph)
    }
}

fn read_line(graph: &mut Graph, line: &str) -> Result<(), TextProblem> {
    let mut text = Cursor::new(line);
    let found = text.node()?;
    let expected = NodeId::new(graph.len() as u32);
    if found != expected {
        return Err(TextProblem::OutOfOrder { expected, found });
    }
    text.expect("=", "`=`")?;
    let kind = read_kind(&mut text)?;
    let control = text.eat_word("under").then(|| text.node()).transpose()?;
    let span = text.span()?;
    text.end()?;
    graph.insert(NewNode { span, control, kind })?;
    Ok(())
}
