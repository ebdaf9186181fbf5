//! Value: what a native host computes with.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use clew_effects::StateKey;
use clew_graph::Literal;

use super::NativeCall;

/// A value of a native host. Lists and dictionaries are shared: a clone is the same list.
#[derive(Clone, Debug)]
pub enum Value {
    /// A number, string or other constant.
    Literal(Literal),
    /// A list.
    List(Rc<RefCell<Vec<Value>>>),
    /// A dictionary, in the order in which its keys came.
    Dict(Rc<RefCell<Vec<(Value, Value)>>>),
    /// A function.
    Function(Rc<NativeFunction>),
    /// A method together with what it was taken from.
    Method {
        /// What it was taken from.
        receiver: Box<Value>,
        /// The method's name.
        name: String,
    },
    /// A module.
    Module {
        /// Its name.
        name: String,
        /// What it holds.
        attributes: Rc<RefCell<BTreeMap<String, Value>>>,
    },
    /// A part of the outside world, as a value that a program can name.
    State(StateKey),
    /// An error that was raised.
    Error(Rc<NativeError>),
}

impl Value {
    /// A list of these values.
    pub fn list(values: impl IntoIterator<Item = Self>) -> Self {
        Self::List(Rc::new(RefCell::new(values.into_iter().collect())))
    }

    /// The integer, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Literal(Literal::Int(value)) => Some(*value),
            Self::Literal(Literal::Bool(value)) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// What iterating over it gives.
    ///
    /// # Errors
    /// When it cannot be iterated over.
    pub fn elements(&self) -> Result<Vec<Self>, NativeError> {
        match self {
            Self::List(items) => Ok(items.borrow().clone()),
            Self::Dict(items) => Ok(items.borrow().iter().map(|(key, _)| key.clone()).collect()),
            Self::Literal(Literal::Str(text)) => {
                Ok(text.chars().map(|c| Self::from(c.to_string().as_str())).collect())
            }
            other => {
                let message = format!("'{}' object is not iterable", other.type_name());
                Err(NativeError::new("TypeError", message))
            }
        }
    }

    /// The name of its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Literal(literal) => match literal {
                Literal::None => "NoneType",
                Literal::Bool(_) => "bool",
                Literal::Int(_) | Literal::BigInt(_) => "int",
                Literal::Float(_) => "float",
                Literal::Complex { .. } => "complex",
                Literal::Str(_) => "str",
                Literal::Bytes(_) => "bytes",
                Literal::Ellipsis => "ellipsis",
            },
            Self::List(_) => "list",
            Self::Dict(_) => "dict",
            Self::Function(_) => "function",
            Self::Method { .. } => "method",
            Self::Module { .. } => "module",
            Self::State(_) => "state",
            Self::Error(_) => "error",
        }
    }

    /// Whether it counts as true.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Literal(literal) => match literal {
                Literal::None => false,
                Literal::Bool(value) => *value,
                Literal::Int(value) => *value != 0,
                Literal::Float(value) => *value != 0.0,
                Literal::Str(value) => !value.is_empty(),
                _ => true,
            },
            Self::List(items) => !items.borrow().is_empty(),
            Self::Dict(items) => !items.borrow().is_empty(),
            _ => true,
        }
    }

    /// Where a list or dictionary lives; `None` for what cannot change.
    pub(super) fn address(&self) -> Option<u64> {
        match self {
            Self::List(items) => Some(Rc::as_ptr(items) as usize as u64),
            Self::Dict(items) => Some(Rc::as_ptr(items) as usize as u64),
            _ => None,
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Literal(Literal::Int(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Literal(Literal::Str(value.to_owned()))
    }
}

impl From<()> for Value {
    fn from((): ()) -> Self {
        Self::Literal(Literal::None)
    }
}

impl From<StateKey> for Value {
    fn from(resource: StateKey) -> Self {
        Self::State(resource)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The graph's text writes the kind's word before a literal.
            Self::Literal(literal) => {
                f.write_str(literal.to_string().trim_start_matches("literal "))
            }
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.borrow().iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Dict(items) => {
                f.write_str("{")?;
                for (index, (key, value)) in items.borrow().iter().enumerate() {
                    write!(f, "{}{key}: {value}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
            Self::Function(function) => {
                write!(f, "<function {}.{}>", function.module, function.name)
            }
            Self::Method { receiver, name } => {
                write!(f, "<method {}.{name}>", receiver.type_name())
            }
            Self::Module { name, .. } => write!(f, "<module {name}>"),
            Self::State(resource) => write!(f, "<{resource}>"),
            Self::Error(error) => write!(f, "<{} {:?}>", error.type_name, error.message),
        }
    }
}

/// A Rust function that programs can call.
pub struct NativeFunction {
    module: String,
    name: String,
    run: Box<Run>,
}

type Run = dyn Fn(&mut NativeCall<'_>) -> Result<Value, NativeError>;

impl NativeFunction {
    pub(super) fn new(
        module: &str,
        name: &str,
        run: impl Fn(&mut NativeCall<'_>) -> Result<Value, NativeError> + 'static,
    ) -> Self {
        Self { module: module.to_owned(), name: name.to_owned(), run: Box::new(run) }
    }

    /// The module that holds it.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// Its name in the module.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn run(&self, call: &mut NativeCall<'_>) -> Result<Value, NativeError> {
        (self.run)(call)
    }
}

impl fmt::Debug for NativeFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<function {}.{}>", self.module, self.name)
    }
}

/// What a native function raises.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{type_name}: {message}")]
pub struct NativeError {
    /// The error's type.
    pub type_name: String,
    /// What it says.
    pub message: String,
}

impl NativeError {
    /// An error of a type.
    pub fn new(type_name: &str, message: impl Into<String>) -> Self {
        Self { type_name: type_name.to_owned(), message: message.into() }
    }
}
