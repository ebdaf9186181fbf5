//! Method: what lists and dictionaries can do.

use super::{NativeError, Value};

pub(super) fn call(
    receiver: &Value,
    name: &str,
    arguments: &[Value],
) -> Result<Value, NativeError> {
    match (receiver, name, arguments) {
        (Value::List(items), "append", [item]) => {
            items.borrow_mut().push(item.clone());
            Ok(().into())
        }
        (Value::List(items), "extend", [more]) => {
            // A list may be extended by itself, so it is read before it is changed.
            let more = more.elements()?;
            items.borrow_mut().extend(more);
            Ok(().into())
        }
        (Value::List(items), "pop", []) => {
            let last = items.borrow_mut().pop();
            last.ok_or_else(|| NativeError::new("IndexError", "pop from empty list"))
        }
        (Value::List(items), "copy", []) => Ok(Value::list(items.borrow().iter().cloned())),
        (Value::Dict(items), "values", []) => {
            Ok(Value::list(items.borrow().iter().map(|(_, value)| value.clone())))
        }
        _ => {
            let message = format!("{}.{name}() takes other arguments", receiver.type_name());
            Err(NativeError::new("TypeError", message))
        }
    }
}

/// Whether [`call`] knows a method.
pub(super) fn exists(receiver: &Value, name: &str) -> bool {
    match receiver {
        Value::List(_) => matches!(name, "append" | "extend" | "pop" | "copy"),
        Value::Dict(_) => name == "values",
        _ => false,
    }
}
