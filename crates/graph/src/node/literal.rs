//! Literal: a constant of the text.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::notation::{Cursor, Quoted, QuotedBytes, Reading};

/// A constant of the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
