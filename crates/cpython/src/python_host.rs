//! Python host: the executor's `Host` over the interpreter that we live in.
#![allow(unsafe_code, reason = "looks at objects through CPython's C API")]

use clew_effects::{ExternalState, KnownValue, StateKey};
use clew_executor::{
    Accessed, CalleeNames, Context, Host, HostError, QualifiedName, Raised, ReceiverClass, ValueId,
};
use clew_graph::{Block, Import, Literal, Operator, SourceId, Step, Timestamp};
use clew_heap::callable_name::{module_of, name_in_class, name_of};
use clew_heap::callee::{Callee, Shape};
use clew_heap::{Address, Class, Lent};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyComplex, PyDict, PyModule, PyString, PyTuple};
use rustc_hash::FxHashMap;

use crate::package::version_of;
use crate::paths::normal_path;
use crate::recorder::now;
use crate::rules::known;

/// How operators are applied.
mod operators;
/// How the text of a step becomes code whose lines are the source's.
mod texts;

use texts::Texts;

/// Runs nodes and steps in a module of this interpreter.
///
/// A step runs as its text says, in the module's own namespace, with the lines of its source. Variables are
/// not held: the id of one stands for whatever the module binds it to, so that a value has as many references
/// as the program gave it. Nodes run through the C API; where operands do not say all of it, as of a
/// comparison, only a step can.
pub struct PythonHost<'py> {
    namespace: Bound<'py, PyDict>,
    texts: Texts<'py>,
    values: FxHashMap<ValueId, Slot<'py>>,
    variables: FxHashMap<String, ValueId>,
    /// The variables as they were when last looked at, by the addresses of their names and values.
    bound: Vec<(Address, Address)>,
    next: u64,
}

/// What a value's id stands for.
enum Slot<'py> {
    Object(Bound<'py, PyAny>),
    Variable(Bound<'py, PyString>),
}

impl<'py> PythonHost<'py> {
    /// A host that runs in a module. Tracebacks name the sources' files as these are named here, and other texts
    /// as Python names those that have none.
    pub fn new(module: &Bound<'py, PyModule>, files: &[(SourceId, String)]) -> Self {
        let mut host = Self {
            namespace: module.dict(),
            texts: Texts::new(module.py(), files),
            values: FxHashMap::default(),
            variables: FxHashMap::default(),
            bound: Vec::new(),
            next: 0,
        };
        host.bound_since();
        host
    }

    /// The object that an id stands for, until it is forgotten.
    pub fn object(&self, value: ValueId) -> Option<Bound<'py, PyAny>> {
        match self.values.get(&value)? {
            Slot::Object(object) => Some(object.clone()),
            Slot::Variable(name) => self.namespace.get_item(name).ok().flatten(),
        }
    }

    /// An id for an object, which is held until the id is forgotten.
    pub fn insert(&mut self, object: Bound<'py, PyAny>) -> ValueId {
        self.add(Slot::Object(object))
    }

    fn py(&self) -> Python<'py> {
        self.namespace.py()
    }

    fn add(&mut self, slot: Slot<'py>) -> ValueId {
        let id = ValueId(self.next);
        self.next += 1;
        self.values.insert(id, slot);
        id
    }

    fn required(&self, value: ValueId) -> PyResult<Bound<'py, PyAny>> {
        let gone = || PyException::new_err(format!("{value} is no value of this host"));
        self.object(value).ok_or_else(gone)
    }

    fn finish(&mut self, result: PyResult<Bound<'py, PyAny>>) -> Result<ValueId, HostError> {
        match result {
            Ok(object) => Ok(self.insert(object)),
            Err(error) => Err(self.raised(error).into()),
        }
    }

    /// An error of the program's, with the frames that it came through.
    fn raised(&mut self, error: PyErr) -> Raised {
        let value = error.value(self.py()).clone();
        if let Some(trace) = error.traceback(self.py()) {
            // The attribute takes any traceback.
            let _ = value.setattr("__traceback__", trace);
        }
        let type_name = value.get_type().name().map_or_else(
            |_| "BaseException".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        let message = value
            .str()
            .map_or_else(|_| String::new(), |message| message.to_string_lossy().into_owned());
        Raised { value: self.insert(value.into_any()), type_name, message }
    }

    /// Asks something of an object. None of the program's code runs meanwhile.
    fn ask<T>(&self, value: ValueId, question: impl FnOnce(Lent<'_>) -> T) -> Option<T> {
        let object = self.object(value)?;
        // SAFETY: the object is held for the length of the question, which runs nothing of the program.
        Some(question(unsafe { Lent::of(&object) }))
    }

    /// The variables that have another value than when last looked at. What Python itself keeps in a module is
    /// none of the program's.
    fn bound_since(&mut self) -> Vec<String> {
        // SAFETY: the namespace is held, and comparing addresses runs nothing of the program.
        let namespace = unsafe { Lent::of(self.namespace.as_any()) };
        let mut now = Vec::with_capacity(self.bound.len() + 1);
        let mut found = Vec::new();
        // Variables keep their places unless one is deleted.
        let mut by_name: Option<FxHashMap<Address, Address>> = None;
        for (place, (name, value)) in namespace.pairs().enumerate() {
            let is_bound_anew = match self.bound.get(place) {
                Some(&(known, before)) if known == name.address() => before != value.address(),
                None if by_name.is_none() => true,
                _ => {
                    let known = by_name.get_or_insert_with(|| self.bound.iter().copied().collect());
                    known.get(&name.address()) != Some(&value.address())
                }
            };
            now.push((name.address(), value.address()));
            if is_bound_anew && let Some(name) = name.text() {
                found.push(name);
            }
        }
        self.bound = now;
        found.retain(|name| !(name.starts_with("__") && name.ends_with("__")));
        found
    }

    fn variable(&mut self, name: &str) -> ValueId {
        if let Some(&known) = self.variables.get(name) {
            return known;
        }
        let id = self.add(Slot::Variable(PyString::new(self.namespace.py(), name)));
        self.variables.insert(name.to_owned(), id);
        id
    }
}

impl Host for PythonHost<'_> {
    fn literal(&mut self, literal: &Literal) -> Result<ValueId, HostError> {
        let made = object_of(self.py(), literal);
        self.finish(made)
    }

    fn builtin(&mut self, name: &str) -> Option<ValueId> {
        let builtins = self.py().import("builtins").ok()?;
        let found = builtins.dict().get_item(name).ok().flatten()?;
        Some(self.insert(found))
    }

    fn global(&mut self, name: &str) -> Option<ValueId> {
        let is_bound = self.namespace.contains(name).is_ok_and(|bound| bound);
        is_bound.then(|| self.variable(name))
    }

    fn import(&mut self, import: &Import) -> Result<ValueId, HostError> {
        let module = self.py().import("importlib").and_then(|importlib| {
            let package = self.namespace.get_item("__package__")?;
            importlib.call_method1("import_module", (import.name.as_str(), package))
        });
        self.finish(module)
    }

    fn call(
        &mut self,
        callee: ValueId,
        positional: &[ValueId],
        keyword: &[(String, ValueId)],
    ) -> Result<ValueId, HostError> {
        let result = self.called(callee, positional, keyword);
        self.finish(result)
    }

    fn operator(
        &mut self,
        operator: Operator,
        operands: &[ValueId],
        _text: Option<&str>,
    ) -> Result<ValueId, HostError> {
        let operands = operands.iter().map(|&operand| self.required(operand));
        let operands = operands.collect::<PyResult<Vec<_>>>();
        match operands.map(|operands| operators::apply(self.py(), operator, &operands)) {
            Ok(Some(result)) => self.finish(result),
            Ok(None) => Err(HostError::Failed(
                format!("`{}` does not stand alone: its statement can be run", operator.word())
                    .into(),
            )),
            Err(error) => Err(HostError::Failed(error.to_string().into())),
        }
    }

    fn block(&mut self, _block: &Block, text: &str) -> Result<(), HostError> {
        let result = self.texts.run(&self.namespace, text, None);
        result.map_err(|error| self.raised(error).into())
    }

    fn step(&mut self, step: &Step) -> Result<(), HostError> {
        let result = self.texts.run(&self.namespace, &step.text, Some(step));
        result.map_err(|error| self.raised(error).into())
    }

    fn iterate(&mut self, value: ValueId) -> Result<Vec<ValueId>, HostError> {
        let spread = self.required(value).and_then(|object| object.try_iter()?.collect());
        match spread {
            Ok(values) => {
                let values: Vec<Bound<'_, PyAny>> = values;
                Ok(values.into_iter().map(|value| self.insert(value)).collect())
            }
            Err(error) => Err(self.raised(error).into()),
        }
    }

    fn items(&mut self, mapping: ValueId) -> Result<Vec<(ValueId, ValueId)>, HostError> {
        let items = self.required(mapping).and_then(|mapping| {
            let keys = mapping.call_method0("keys").map_err(|_| not_a_mapping(&mapping))?;
            let keys = keys.try_iter()?.collect::<PyResult<Vec<_>>>()?;
            let items = keys.into_iter().map(|key| Ok((key.clone(), mapping.get_item(key)?)));
            items.collect::<PyResult<Vec<_>>>()
        });
        match items {
            Ok(items) => {
                let items = items.into_iter();
                Ok(items.map(|(key, value)| (self.insert(key), self.insert(value))).collect())
            }
            Err(error) => Err(self.raised(error).into()),
        }
    }

    fn keyword(&mut self, key: ValueId) -> Result<String, HostError> {
        let text = self.required(key).and_then(|key| match key.cast::<PyString>() {
            Ok(text) => Ok(text.to_str()?.to_owned()),
            Err(_) => Err(PyTypeError::new_err("keywords must be strings")),
        });
        text.map_err(|error| self.raised(error).into())
    }

    fn make_error(&mut self, type_name: &str, message: &str) -> Raised {
        let made = self
            .py()
            .import("builtins")
            .and_then(|builtins| builtins.getattr(type_name)?.call1((message,)));
        match made {
            Ok(error) => Raised {
                value: self.insert(error),
                type_name: type_name.to_owned(),
                message: message.to_owned(),
            },
            Err(error) => self.raised(error),
        }
    }

    fn open_context(&mut self, context: &Context<'_>) {
        if context.globals.is_empty() {
            // The variables are as they were when the context before was closed.
            return;
        }
        for &(name, value) in context.globals {
            if self.variables.get(name) == Some(&value) {
                continue;
            }
            if let Some(object) = self.object(value) {
                // A namespace takes any text for a key.
                let _ = self.namespace.set_item(name, object);
            }
        }
        self.bound_since();
    }

    fn close_context(&mut self) -> Accessed {
        let written = self.bound_since();
        let written = written.into_iter().map(|name| (name.clone(), self.variable(&name)));
        Accessed { read: Vec::new(), written: written.collect() }
    }

    fn identity(&self, value: ValueId) -> u64 {
        self.object(value).map_or(value.0 * 2 + 1, |object| object.as_ptr() as u64)
    }

    fn is_mutable(&self, value: ValueId) -> bool {
        self.ask(value, clew_heap::kind::is_mutable).unwrap_or(true)
    }

    fn is_iterator(&self, value: ValueId) -> bool {
        let class = |object: Lent<'_>| object.class().lookup("__next__").is_some();
        self.ask(value, class).unwrap_or(true)
    }

    fn callee(&self, value: ValueId) -> CalleeNames {
        let Some(object) = self.object(value) else { return CalleeNames::Unknown };
        // SAFETY: the object is held, and to take it apart runs nothing of the program.
        let callee = Callee::of(unsafe { Lent::of(&object) });
        // The receiver is another object than the one that has an id.
        match (callee.shape, callee.receiver) {
            (Shape::Class, _) => CalleeNames::Class {
                classes: callee.function.as_class().map(lineage).unwrap_or_default(),
            },
            (Shape::Other, _) | (_, Some(_)) => CalleeNames::Unknown,
            (Shape::Descriptor, None) => {
                let name = name_of(callee.function);
                let owner = clew_heap::native::owner_of(callee.function);
                let classes = owner.map(|class| receiver_classes(class, &name));
                CalleeNames::UnboundMethod { classes: classes.unwrap_or_default(), name }
            }
            (Shape::Function | Shape::Builtin, None) => {
                let module = module_of(callee.function).unwrap_or_default();
                let name =
                    name_in_class(callee.function).unwrap_or_else(|| name_of(callee.function));
                CalleeNames::Function { names: vec![QualifiedName { module, name }] }
            }
        }
    }

    fn classes(&self, value: ValueId, method: &str) -> Vec<ReceiverClass> {
        self.ask(value, |object| receiver_classes(object.class(), method)).unwrap_or_default()
    }

    fn known_value(&self, value: ValueId) -> KnownValue {
        self.ask(value, known).unwrap_or(KnownValue::Unknown)
    }

    fn version(&self, package: &str) -> Option<String> {
        // SAFETY: the namespace is held; only dictionaries are read.
        let quiet = unsafe { Lent::of(self.namespace.as_any()) }.quiet();
        version_of(quiet, package)
    }

    fn external_state(&self, _value: ValueId) -> Option<StateKey> {
        None
    }

    fn resource_key(&self, state: &ExternalState, value: ValueId) -> Option<String> {
        let text = self.ask(value, |object| object.text()).flatten()?;
        match state {
            ExternalState::FileSystem => Some(normal_path(text.as_ref())),
            _ => Some(text),
        }
    }

    fn now(&mut self) -> Timestamp {
        now()
    }

    fn working_directory(&mut self) -> Result<String, HostError> {
        let folder = std::env::current_dir().map_err(failed)?;
        Ok(clew_graph::os_text::to_text(folder.as_os_str()))
    }

    fn set_working_directory(&mut self, path: &str) -> Result<(), HostError> {
        std::env::set_current_dir(clew_graph::os_text::path(path)).map_err(failed)
    }

    fn forget(&mut self, value: ValueId) {
        // The id of a variable is its name's, which costs nothing.
        if matches!(self.values.get(&value), Some(Slot::Object(_))) {
            self.values.remove(&value);
        }
    }
}

impl<'py> PythonHost<'py> {
    fn called(
        &mut self,
        callee: ValueId,
        positional: &[ValueId],
        keyword: &[(String, ValueId)],
    ) -> PyResult<Bound<'py, PyAny>> {
        let callee = self.required(callee)?;
        let positional = positional.iter().map(|&value| self.required(value));
        let positional = PyTuple::new(self.py(), positional.collect::<PyResult<Vec<_>>>()?)?;
        let named = PyDict::new(self.py());
        for (name, value) in keyword {
            if named.contains(name)? {
                let called = callee
                    .getattr("__qualname__")
                    .map_or_else(|_| "call".to_owned(), |name| name.to_string());
                return Err(PyTypeError::new_err(format!(
                    "{called}() got multiple values for keyword argument '{name}'"
                )));
            }
            named.set_item(name, self.required(*value)?)?;
        }
        callee.call(positional, Some(&named))
    }
}

fn failed(error: std::io::Error) -> HostError {
    HostError::Failed(Box::new(error))
}

fn not_a_mapping(value: &Bound<'_, PyAny>) -> PyErr {
    let class = value.get_type();
    let name = class.name().map_or_else(|_| "object".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("argument after ** must be a mapping, not {name}"))
}

fn named(class: Class<'_>) -> QualifiedName {
    let (module, name) = class.name();
    QualifiedName { module, name }
}

fn lineage(class: Class<'_>) -> Vec<QualifiedName> {
    class.resolution_order().map(named).collect()
}

fn receiver_classes(class: Class<'_>, method: &str) -> Vec<ReceiverClass> {
    let classes = class.resolution_order();
    let seen = |class: Class<'_>| ReceiverClass {
        class: named(class),
        has_method: class.lookup(method).is_some(),
    };
    classes.map(seen).collect()
}

/// The object that a constant of a text is.
fn object_of<'py>(py: Python<'py>, literal: &Literal) -> PyResult<Bound<'py, PyAny>> {
    Ok(match literal {
        Literal::None => py.None().into_bound(py),
        Literal::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
        Literal::Int(value) => value.into_pyobject(py)?.into_any(),
        Literal::BigInt(digits) => py.import("builtins")?.getattr("int")?.call1((digits,))?,
        Literal::Float(value) => value.into_pyobject(py)?.into_any(),
        Literal::Complex { real, imaginary } => {
            PyComplex::from_doubles(py, *real, *imaginary).into_any()
        }
        Literal::Str(text) => PyString::new(py, text).into_any(),
        Literal::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
        Literal::Ellipsis => py.Ellipsis().into_bound(py),
    })
}
