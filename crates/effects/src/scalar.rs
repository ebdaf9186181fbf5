//! Scalar: a value, as far as annotations look at values.

/// A value, as far as rules look at values.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// A string.
    Str(String),
    /// Any other object. It may be equal to a number or a string all the same, as numpy's are.
    Other,
    /// A value that is not known.
    Unknown,
}

impl Scalar {
    /// Whether Python's `==` would call them equal; `None` where that is not known.
    pub fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Other, Self::None) | (Self::None, Self::Other) => return Some(false),
            (Self::Other | Self::Unknown, _) | (_, Self::Other | Self::Unknown) => return None,
            _ => {}
        }
        Some(match (self.number(), other.number()) {
            (Some(left), Some(right)) => left == right,
            (None, None) => self == other,
            _ => false,
        })
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            // Rules compare with small numbers; those are exact.
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::None | Self::Str(_) | Self::Other | Self::Unknown => None,
        }
    }
}
