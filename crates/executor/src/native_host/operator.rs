//! Operator: what Python's syntax means for native values.

use std::cell::RefCell;
use std::rc::Rc;

use clew_graph::{Literal, Operator};

use super::{NativeError, Value, method};

/// Applies an operator; `None` where it means nothing here, or where only its text says what.
pub(super) fn apply(operator: Operator, operands: &[Value]) -> Option<Result<Value, NativeError>> {
    Some(match (operator, operands) {
        (Operator::InplaceAdd, [list @ Value::List(_), more]) => {
            method::call(list, "extend", std::slice::from_ref(more)).map(|_| list.clone())
        }
        (Operator::Add, [Value::List(left), Value::List(right)]) => {
            Ok(Value::list(left.borrow().iter().chain(right.borrow().iter()).cloned()))
        }
        (
            Operator::Add
            | Operator::InplaceAdd
            | Operator::Subtract
            | Operator::InplaceSubtract
            | Operator::Multiply
            | Operator::InplaceMultiply,
            [left, right],
        ) => arithmetic(operator, left, right),
        (Operator::Negative, [value]) => {
            value.as_int().map(|value| value.wrapping_neg().into()).ok_or_else(|| unfit(operator))
        }
        (Operator::Not, [value]) => Ok(Value::Literal(Literal::Bool(!value.is_true()))),
        (Operator::And, operands) => {
            Ok(operands.iter().find(|value| !value.is_true()).or(operands.last())?.clone())
        }
        (Operator::Or, operands) => {
            Ok(operands.iter().find(|value| value.is_true()).or(operands.last())?.clone())
        }
        (Operator::Conditional, [test, left, right]) => {
            Ok(if test.is_true() { left } else { right }.clone())
        }
        (Operator::List, items) => Ok(Value::list(items.iter().cloned())),
        (Operator::Dict, items) => Ok(dict(items)),
        (Operator::Alias, [value]) => Ok(value.clone()),
        (
            Operator::GetAttribute | Operator::ImportFrom,
            [value, Value::Literal(Literal::Str(name))],
        ) => attribute(value, name),
        (Operator::GetItem, [value, key]) => item(value, key),
        (Operator::SetItem, [value, key, item]) => set_item(value, key, item),
        _ => return None,
    })
}

fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Result<Value, NativeError> {
    let (Some(left), Some(right)) = (left.as_int(), right.as_int()) else {
        return Err(unfit(operator));
    };
    Ok(match operator {
        Operator::Add | Operator::InplaceAdd => left.wrapping_add(right),
        Operator::Subtract | Operator::InplaceSubtract => left.wrapping_sub(right),
        _ => left.wrapping_mul(right),
    }
    .into())
}

fn attribute(value: &Value, name: &str) -> Result<Value, NativeError> {
    if let Value::Module { attributes, .. } = value
        && let Some(attribute) = attributes.borrow().get(name)
    {
        return Ok(attribute.clone());
    }
    if method::exists(value, name) {
        return Ok(Value::Method { receiver: Box::new(value.clone()), name: name.to_owned() });
    }
    let message = format!("'{}' object has no attribute '{name}'", value.type_name());
    Err(NativeError::new("AttributeError", message))
}

fn dict(items: &[Value]) -> Value {
    let mut pairs: Vec<(Value, Value)> = Vec::new();
    for pair in items.chunks_exact(2) {
        if let [key, value] = pair {
            insert(&mut pairs, key, value);
        }
    }
    Value::Dict(Rc::new(RefCell::new(pairs)))
}

fn item(value: &Value, key: &Value) -> Result<Value, NativeError> {
    match value {
        Value::List(items) => {
            let items = items.borrow();
            position(key, items.len()).map(|position| items[position].clone())
        }
        Value::Dict(items) => {
            let items = items.borrow();
            let found = items.iter().find(|(known, _)| equal(known, key));
            let missing = || NativeError::new("KeyError", key.to_string());
            found.map(|(_, value)| value.clone()).ok_or_else(missing)
        }
        _ => Err(unfit(Operator::GetItem)),
    }
}

fn set_item(value: &Value, key: &Value, item: &Value) -> Result<Value, NativeError> {
    match value {
        Value::List(items) => {
            let mut items = items.borrow_mut();
            let position = position(key, items.len())?;
            items[position] = item.clone();
        }
        Value::Dict(items) => insert(&mut items.borrow_mut(), key, item),
        _ => return Err(unfit(Operator::SetItem)),
    }
    Ok(().into())
}

fn insert(pairs: &mut Vec<(Value, Value)>, key: &Value, value: &Value) {
    match pairs.iter_mut().find(|(known, _)| equal(known, key)) {
        Some((_, known)) => *known = value.clone(),
        None => pairs.push((key.clone(), value.clone())),
    }
}

/// Keys are constants.
fn equal(left: &Value, right: &Value) -> bool {
    matches!((left, right), (Value::Literal(left), Value::Literal(right)) if left.equals(right) == Some(true))
}

fn position(key: &Value, length: usize) -> Result<usize, NativeError> {
    key.as_int()
        .and_then(|index| usize::try_from(index).ok())
        .filter(|&index| index < length)
        .ok_or_else(|| NativeError::new("IndexError", "list index out of range"))
}

fn unfit(operator: Operator) -> NativeError {
    let message = format!("unsupported operand type(s) for {}", operator.word());
    NativeError::new("TypeError", message)
}
