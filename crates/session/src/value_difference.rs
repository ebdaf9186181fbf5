//! Value difference: what stands where in two values.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How two values differ, place by place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueDifference {
    /// How many rows of tables and elements of arrays do.
    pub counts: Vec<DifferentCount>,
    /// The first places at which they do.
    pub parts: Vec<DifferentPart>,
    /// How many more there are.
    pub more: usize,
    /// Whether there may be more than that: not all was looked at.
    pub at_least: bool,
    /// Why they cannot be looked at.
    pub fault: Option<String>,
}

/// How many rows of two tables, or elements of two arrays, differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferentCount {
    /// Where the table or array is; empty for the whole.
    pub place: String,
    /// How many differ.
    pub differ: usize,
    /// Of how many, which both have.
    pub of: usize,
    /// What they are: rows, elements, pixels.
    pub what: String,
    /// Whether it may be more than that: not all were looked at.
    pub at_least: bool,
}

/// A place in two values, and what stands there in each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferentPart {
    /// Where it is, as `['rate'][2]`; empty for the whole.
    pub place: String,
    /// What stood there; `None` where nothing did.
    pub left: Option<String>,
    /// What stands there.
    pub right: Option<String>,
}

impl ValueDifference {
    /// Where the values cannot be looked at.
    pub fn unknown(fault: impl Into<String>) -> Self {
        let (counts, parts, fault) = (Vec::new(), Vec::new(), Some(fault.into()));
        Self { counts, parts, more: 0, at_least: false, fault }
    }
}

impl fmt::Display for ValueDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(fault) = &self.fault {
            return writeln!(f, "value: {fault}");
        }
        match &*self.parts {
            [] => writeln!(f, "value: nothing differs that can be shown"),
            [whole] if whole.place.is_empty() && self.more == 0 => writeln!(f, "value: {whole}"),
            parts => {
                let (whole, within): (Vec<_>, Vec<_>) =
                    self.counts.iter().partition(|count| count.place.is_empty());
                match &*whole {
                    [] => writeln!(f, "value:")?,
                    [count, ..] => writeln!(f, "value: {count}")?,
                }
                within.iter().try_for_each(|count| writeln!(f, "  {count}"))?;
                parts.iter().try_for_each(|part| writeln!(f, "  {part}"))?;
                match (self.more, self.at_least) {
                    (0, false) => Ok(()),
                    (0, true) => writeln!(f, "  and maybe more: not all was looked at"),
                    (1, false) => writeln!(f, "  and one more"),
                    (more, false) => writeln!(f, "  and {} more", grouped(more)),
                    (more, true) => writeln!(f, "  and at least {} more", grouped(more)),
                }
            }
        }
    }
}

impl fmt::Display for DifferentCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        let least = if self.at_least { "at least " } else { "" };
        let verb = if self.differ == 1 && !self.at_least { "differs" } else { "differ" };
        let (differ, of) = (grouped(self.differ), grouped(self.of));
        write!(f, "{least}{differ} of {of} {} {verb}", self.what)
    }
}

/// A number with its digits in groups of three.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl fmt::Display for DifferentPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.left.is_none() && self.right.is_none() {
            return write!(f, "{} is another", self.place);
        }
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        match (&self.left, &self.right) {
            (Some(left), Some(right)) => write!(f, "{left} became {right}"),
            (Some(left), None) => write!(f, "{left} is no more"),
            (None, Some(right)) => write!(f, "{right} is new"),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(place: &str, left: Option<&str>, right: Option<&str>) -> DifferentPart {
        let text = |side: Option<&str>| side.map(str::to_owned);
        DifferentPart { place: place.into(), left: text(left), right: text(right) }
    }

    fn difference(parts: Vec<DifferentPart>, more: usize) -> ValueDifference {
        ValueDifference { counts: Vec::new(), parts, more, at_least: false, fault: None }
    }

    fn rows(place: &str, differ: usize, at_least: bool) -> DifferentCount {
        let (place, what) = (place.to_owned(), "rows".to_owned());
        DifferentCount { place, differ, of: 1_234_567, what, at_least }
    }

    #[test]
    fn a_whole_value_takes_one_line() {
        let whole = difference(vec![part("", Some("6"), Some("10"))], 0);
        assert_eq!(whole.to_string(), "value: 6 became 10\n");
    }

    #[test]
    fn parts_are_listed_and_the_rest_is_counted() {
        let parts = vec![
            part("[1]", Some("6"), Some("10")),
            part("['a']", Some("1"), None),
            part("", None, Some("3")),
        ];
        assert_eq!(
            difference(parts, 1012).to_string(),
            "value:\n  [1]: 6 became 10\n  ['a']: 1 is no more\n  3 is new\n  and 1,012 more\n"
        );
    }

    #[test]
    fn rows_are_counted_and_a_bound_is_named() {
        let mut table = difference(vec![part("column 'a' row 2", Some("6"), Some("7"))], 2);
        table.counts = vec![rows("", 1, false), rows("column 'a'", 3000, true)];
        table.at_least = true;
        assert_eq!(
            table.to_string(),
            "value: 1 of 1,234,567 rows differs\n  column 'a': at least 3,000 of 1,234,567 rows differ\n  \
             column 'a' row 2: 6 became 7\n  and at least 2 more\n"
        );
    }

    #[test]
    fn what_cannot_be_looked_at_says_why() {
        let difference = ValueDifference::unknown("no value is kept for `a`");
        assert_eq!(difference.to_string(), "value: no value is kept for `a`\n");
    }
}
