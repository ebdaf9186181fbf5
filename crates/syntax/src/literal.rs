//! Literal: the constants of a syntax tree as the graph has them.

use clew_graph::Literal;
use ruff_python_ast::{Expr, Number};

/// The constant that an expression is; `None` where it is another expression, or a string that has no
/// place in UTF-8.
pub(crate) fn literal(expression: &Expr) -> Option<Literal> {
    Some(match expression {
        Expr::NoneLiteral(_) => Literal::None,
        Expr::BooleanLiteral(node) => Literal::Bool(node.value),
        Expr::NumberLiteral(node) => number(&node.value),
        Expr::StringLiteral(node) => {
            let value = node.value.to_str();
            // The parser puts this mark for a lone surrogate.
            if value.contains(char::REPLACEMENT_CHARACTER) {
                return None;
            }
            Literal::Str(value.to_owned())
        }
        Expr::BytesLiteral(node) => Literal::Bytes(node.value.bytes().collect()),
        Expr::EllipsisLiteral(_) => Literal::Ellipsis,
        _ => return None,
    })
}

fn number(number: &Number) -> Literal {
    match number {
        Number::Int(int) => match int.as_i64() {
            Some(value) => Literal::Int(value),
            None => Literal::BigInt(decimal(&int.to_string())),
        },
        Number::Float(value) => Literal::Float(*value),
        Number::Complex { real, imag } => Literal::Complex { real: *real, imaginary: *imag },
    }
}

/// The decimal digits of an integer that Python's grammar allows, with or without a base.
fn decimal(literal: &str) -> String {
    let literal = literal.replace('_', "").to_ascii_lowercase();
    let (digits, base) = match literal.get(..2) {
        Some("0x") => (&literal[2..], 16),
        Some("0o") => (&literal[2..], 8),
        Some("0b") => (&literal[2..], 2),
        _ => {
            let digits = literal.trim_start_matches('0');
            return if digits.is_empty() { "0".to_owned() } else { digits.to_owned() };
        }
    };
    // Nine decimal digits in each limb, the lowest first.
    const LIMB: u64 = 1_000_000_000;
    let mut limbs: Vec<u64> = vec![0];
    for digit in digits.chars().filter_map(|digit| digit.to_digit(base)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = *limb * u64::from(base) + carry;
            *limb = value % LIMB;
            carry = value / LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut text = limbs.last().map(u64::to_string).unwrap_or_default();
    for limb in limbs.iter().rev().skip(1) {
        text.push_str(&format!("{limb:09}"));
    }
    text
}
