//! Value difference: what stands where in two values.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How two values differ, place by place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueDifference {
    /// The first places at which they do.
    pub parts: Vec<DifferentPart>,
    /// How many more there are.
    pub more: usize,
    /// Why they cannot be looked at.
    pub fault: Option<String>,
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
        Self { parts: Vec::new(), more: 0, fault: Some(fault.into()) }
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
                writeln!(f, "value:")?;
                parts.iter().try_for_each(|part| writeln!(f, "  {part}"))?;
                match self.more {
                    0 => Ok(()),
                    1 => writeln!(f, "  and one more"),
                    more => writeln!(f, "  and {more} more"),
                }
            }
        }
    }
}

impl fmt::Display for DifferentPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

    #[test]
    fn a_whole_value_takes_one_line() {
        let parts = vec![part("", Some("6"), Some("10"))];
        let difference = ValueDifference { parts, more: 0, fault: None };
        assert_eq!(difference.to_string(), "value: 6 became 10\n");
    }

    #[test]
    fn parts_are_listed_and_the_rest_is_counted() {
        let parts = vec![
            part("[1]", Some("6"), Some("10")),
            part("['a']", Some("1"), None),
            part("", None, Some("3")),
        ];
        let difference = ValueDifference { parts, more: 12, fault: None };
        assert_eq!(
            difference.to_string(),
            "value:\n  [1]: 6 became 10\n  ['a']: 1 is no more\n  3 is new\n  and 12 more\n"
        );
    }

    #[test]
    fn what_cannot_be_looked_at_says_why() {
        let difference = ValueDifference::unknown("no value is kept for `a`");
        assert_eq!(difference.to_string(), "value: no value is kept for `a`\n");
    }
}
