//! Literal: a constant of the text.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem;

use serde::{Deserialize, Serialize};

use crate::notation::{Cursor, Quoted, QuotedBytes, Reading};

/// A constant of the text, or what a text could spell.
///
/// Two are the same where they read back as the same text: floating-point numbers by their bits.
/// What Python calls equal is asked of [`Self::equals`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Literal {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An integer that fits in 64 bits.
    Int(i64),
    /// A larger integer, in decimal digits.
    BigInt(String),
    /// A floating-point number.
    Float(f64),
    /// An imaginary number; a literal's real part is always zero.
    Complex {
        /// The real part.
        real: f64,
        /// The imaginary part.
        imaginary: f64,
    },
    /// A string.
    Str(String),
    /// A byte string.
    Bytes(Vec<u8>),
    /// `...`
    Ellipsis,
}

impl Literal {
    /// Whether Python's `==` calls the values equal; `None` where that takes arithmetic that is not
    /// done here.
    pub fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Float(left), Self::Float(right)) => Some(left == right),
            (Self::Float(float), number) | (number, Self::Float(float)) => match number.integer() {
                Some(integer) => {
                    let exact = i32::try_from(integer).ok()?;
                    Some(f64::from(exact) == *float)
                }
                None if number.is_number() => None,
                None => Some(false),
            },
            (Self::Complex { .. }, number) | (number, Self::Complex { .. })
                if number.is_number() =>
            {
                None
            }
            _ => match (self.integer(), other.integer()) {
                (Some(left), Some(right)) => Some(left == right),
                _ => Some(self == other),
            },
        }
    }

    fn integer(&self) -> Option<i64> {
        match self {
            Self::Bool(value) => Some(i64::from(*value)),
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Bool(_) | Self::Int(_) | Self::BigInt(_) | Self::Float(_) | Self::Complex { .. }
        )
    }

    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        if let Some(value) = text.string()? {
            return Ok(Self::Str(value));
        }
        if let Some(value) = text.bytes()? {
            return Ok(Self::Bytes(value));
        }
        text.token("a literal", |token| match token {
            "None" => Some(Self::None),
            "True" => Some(Self::Bool(true)),
            "False" => Some(Self::Bool(false)),
            "..." => Some(Self::Ellipsis),
            number => read_number(number),
        })
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) | (Self::Ellipsis, Self::Ellipsis) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Int(left), Self::Int(right)) => left == right,
            (Self::BigInt(left), Self::BigInt(right)) | (Self::Str(left), Self::Str(right)) => {
                left == right
            }
            (Self::Bytes(left), Self::Bytes(right)) => left == right,
            (Self::Float(left), Self::Float(right)) => left.to_bits() == right.to_bits(),
            (
                Self::Complex { real, imaginary },
                Self::Complex { real: other_real, imaginary: other_imaginary },
            ) => {
                real.to_bits() == other_real.to_bits()
                    && imaginary.to_bits() == other_imaginary.to_bits()
            }
            _ => false,
        }
    }
}

impl Eq for Literal {}

impl Hash for Literal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        mem::discriminant(self).hash(state);
        match self {
            Self::None | Self::Ellipsis => {}
            Self::Bool(value) => value.hash(state),
            Self::Int(value) => value.hash(state),
            Self::BigInt(text) | Self::Str(text) => text.hash(state),
            Self::Bytes(bytes) => bytes.hash(state),
            Self::Float(value) => value.to_bits().hash(state),
            Self::Complex { real, imaginary } => {
                (real.to_bits(), imaginary.to_bits()).hash(state);
            }
        }
    }
}

fn read_number(token: &str) -> Option<Literal> {
    let digits = token.strip_prefix('-').unwrap_or(token);
    if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Some(match token.parse() {
            Ok(value) => Literal::Int(value),
            Err(_) => Literal::BigInt(token.to_owned()),
        });
    }
    let Some(parts) = token.strip_suffix('j') else {
        return token.parse().ok().map(Literal::Float);
    };
    // The imaginary part begins at the last sign that is not an exponent's.
    let middle = parts
        .rmatch_indices(['+', '-'])
        .map(|(at, _)| at)
        .find(|&at| !parts[..at].ends_with(['e', 'E']))
        .unwrap_or(0);
    let (real, imaginary) = parts.split_at(middle);
    Some(Literal::Complex {
        real: if real.is_empty() { 0.0 } else { real.parse().ok()? },
        imaginary: imaginary.parse().ok()?,
    })
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("literal ")?;
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(value) => value.fmt(f),
            Self::BigInt(digits) => f.write_str(digits),
            // `Debug` writes the fewest digits that read back as the same number, and always a
            // point or an exponent.
            Self::Float(value) => write!(f, "{value:?}"),
            // Negative zero would be lost if its sign were not asked for.
            Self::Complex { real, imaginary } if *real == 0.0 && real.is_sign_positive() => {
                write!(f, "{imaginary:?}j")
            }
            Self::Complex { real, imaginary } => write!(f, "{real:?}{imaginary:+?}j"),
            Self::Str(text) => Quoted(text).fmt(f),
            Self::Bytes(bytes) => QuotedBytes(bytes).fmt(f),
            Self::Ellipsis => f.write_str("..."),
        }
    }
}
