//! Known value: what rules know of a value that a call is given.

use clew_graph::Literal;

/// What is known of a value, as far as rules look at values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownValue {
    /// It is this, exactly.
    Literal(Literal),
    /// It is another object. It may be equal to a number or a string all the same, as numpy's are.
    Object,
    /// Nothing is known of it.
    Unknown,
}

impl KnownValue {
    /// Whether Python's `==` would call it equal to a literal; `None` where that is not known.
    pub fn equals(&self, other: &Literal) -> Option<bool> {
        match (self, other) {
            (Self::Literal(value), other) => value.equals(other),
            (Self::Object, Literal::None) => Some(false),
            (Self::Object | Self::Unknown, _) => None,
        }
    }
}

impl From<Literal> for KnownValue {
    fn from(literal: Literal) -> Self {
        Self::Literal(literal)
    }
}
