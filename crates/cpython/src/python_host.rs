//! Python host: the executor's `Host` over the interpreter that we live in.
#![allow(unsafe_code, reason = "looks at objects through CPython's C API")]

use clew_effects::{ExternalState, KnownValue, StateKey};
use clew_executor::{
    Accessed, CalleeNames, Context, Host, HostError, QualifiedName, Raised, ReceiverClass, ValueId,
};
use clew_graph::{Block, Import, Literal, Node, Operator, SourceId, Step, Timestamp};
use clew_heap::callable_name::{module_of, name_in_class, name_of};
use clew_heap::callee::{Callee, Shape};
use clew_heap::library::standard::path_text;
use clew_heap::{Address, AddressMap, Class, Lent};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyComplex, PyDict, PyList, PyModule, PyString};
use rustc_hash::FxHashMap;

use crate::package::version_of;
use crate::paths::normal_path;
use crate::recorder::now;
use crate::rules::known;

/// Calls as code of the program makes them.
mod frames;
/// How operators are applied.
mod operators;
/// Which variables code reads.
mod reads;
/// How the text of a step becomes code whose lines are the source's.
mod texts;

use frames::Frames;
use reads::Reads;
use texts::Texts;

/// A text that steps and nodes stand in.
#[derive(Clone, Debug)]
pub struct SourceText {
    /// Which source it is.
    pub id: SourceId,
    /// The file that tracebacks name.
    pub file: String,
    /// What stands in it.
    pub text: String,
}

/// What the last callee that was asked about was taken from. It is held until something else runs.
const RECEIVER: ValueId = ValueId(u64::MAX);

/// Runs nodes and steps in a module of this interpreter.
///
/// A step runs as its text says, in the module's own namespace, with the lines of its source. Variables are
/// not held: the id of one stands for whatever the module binds it to, so that a value has as many references
/// as the program gave it. Nodes run through the C API, below a frame of the module that stands where they do; where
/// operands do not say all of it, as of a comparison, only a step can.
pub struct PythonHost<'py> {
    namespace: Bound<'py, PyDict>,
    texts: Texts<'py>,
    frames: Frames<'py>,
    functions: FxHashMap<Operator, Bound<'py, PyAny>>,
    reads: Reads,
    /// The names that what runs in the open context reads.
    may_read: Vec<String>,
    values: FxHashMap<ValueId, Slot<'py>>,
    variables: FxHashMap<String, ValueId>,
    /// The variables as they were when last looked at, by the addresses of their names and values.
    bound: Vec<(Address, Address)>,
    /// What CPython counts the changes of variables by, as it was then.
    version: Option<u64>,
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
    ///
    /// # Errors
    /// When this interpreter is none that code can be made for.
    pub fn new(module: &Bound<'py, PyModule>, sources: &[SourceText]) -> PyResult<Self> {
        let namespace = module.dict();
        let mut host = Self {
            texts: Texts::new(module.py(), sources),
            frames: Frames::new(&namespace, sources)?,
            namespace,
            functions: FxHashMap::default(),
            reads: Reads::default(),
            may_read: Vec::new(),
            values: FxHashMap::default(),
            variables: FxHashMap::default(),
            bound: Vec::new(),
            version: None,
            next: 0,
        };
        host.bound_since();
        Ok(host)
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
        let version = version_of_variables(&self.namespace);
        if version == self.version && version.is_some() {
            return Vec::new();
        }
        self.version = version;
        // SAFETY: the namespace is held, and comparing addresses runs nothing of the program.
        let namespace = unsafe { Lent::of(self.namespace.as_any()) };
        let mut now = Vec::with_capacity(self.bound.len() + 1);
        let mut found = Vec::new();
        // Variables keep their places unless one is deleted.
        let mut by_name: Option<AddressMap<Address>> = None;
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

    /// Takes a variable that was bound here as seen.
    fn note_bound(&mut self, name: &Bound<'py, PyString>, value: &Bound<'py, PyAny>) {
        let (name, value) = (name.as_ptr() as Address, value.as_ptr() as Address);
        let known = self.bound.iter().position(|&(known, _)| known == name);
        match known {
            Some(place) => self.bound[place].1 = value,
            None if self.namespace.len() == self.bound.len() + 1 => self.bound.push((name, value)),
            None => {
                self.bound_since();
                return;
            }
        }
        self.version = version_of_variables(&self.namespace);
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
        let found = self.builtins()?.get_item(name).ok().flatten()?;
        Some(self.insert(found))
    }

    fn global(&mut self, name: &str) -> Option<ValueId> {
        let is_bound = self.namespace.contains(name).is_ok_and(|bound| bound);
        is_bound.then(|| self.variable(name))
    }

    fn bind(&mut self, name: &str, value: ValueId) -> Result<ValueId, HostError> {
        let name_object = PyString::intern(self.py(), name);
        let bound = self.required(value).and_then(|object| {
            self.namespace.set_item(&name_object, &object)?;
            Ok(object)
        });
        match bound {
            Ok(object) => {
                self.note_bound(&name_object, &object);
                Ok(self.variable(name))
            }
            Err(error) => Err(self.raised(error).into()),
        }
    }

    fn is_defined(&self, name: &str) -> bool {
        let has = |names: &Bound<'_, PyDict>| names.contains(name).is_ok_and(|has| has);
        has(&self.namespace) || self.builtins().is_some_and(|builtins| has(&builtins))
    }

    fn begin(&mut self, node: &Node) {
        self.values.remove(&RECEIVER);
        self.frames.stand(node.span);
    }

    fn import(&mut self, import: &Import) -> Result<ValueId, HostError> {
        let module = self.frames.import(&import.name);
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
        if !operator.is_said_by(operands.len()) {
            let text = format!("`{}` does not stand alone: its step can be run", operator.word());
            return Err(HostError::Failed(text.into()));
        }
        let operands = operands.iter().map(|&operand| self.required(operand));
        let result = operands.collect::<PyResult<Vec<_>>>().and_then(|operands| {
            operators::apply(&self.frames, &mut self.functions, operator, operands)
        });
        self.finish(result)
    }

    fn block(&mut self, _block: &Block, text: &str) -> Result<(), HostError> {
        if let Ok(code) = self.texts.code(text, None) {
            self.may_read = self.reads.of_code(&code);
        }
        let result = self.texts.run(&self.namespace, text, None);
        result.map_err(|error| self.raised(error).into())
    }

    fn prepare(&mut self, steps: &[&Step]) {
        self.texts.prepare(steps);
    }

    fn step(&mut self, step: &Step) -> Result<(), HostError> {
        self.values.remove(&RECEIVER);
        let result = self.texts.run(&self.namespace, &step.text, Some(step));
        result.map_err(|error| self.raised(error).into())
    }

    fn iterate(&mut self, value: ValueId) -> Result<Vec<ValueId>, HostError> {
        let spread = self.required(value).and_then(|object| {
            let list = self.py().get_type::<PyList>();
            let spread = self.frames.call(list.as_any(), [object.clone()], None);
            let spread = spread.map_err(|error| match object.try_iter() {
                Err(_) if error.is_instance_of::<PyTypeError>(self.py()) => {
                    self.frames.raised(not_iterable(&object))
                }
                _ => error,
            })?;
            spread.try_iter()?.collect()
        });
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
            Ok(error) => {
                let error = self.frames.raised(PyErr::from_value(error));
                self.raised(error)
            }
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
        let mut read = std::mem::take(&mut self.may_read);
        read.retain(|name| self.namespace.contains(name).is_ok_and(|is_bound| is_bound));
        let written = self.bound_since();
        let written = written.into_iter().map(|name| (name.clone(), self.variable(&name)));
        Accessed { read, written: written.collect() }
    }

    fn identity(&self, value: ValueId) -> u64 {
        let none = value.0.wrapping_mul(2).wrapping_add(1);
        self.object(value).map_or(none, |object| object.as_ptr() as u64)
    }

    fn is_mutable(&self, value: ValueId) -> bool {
        // What functions, classes and modules keep to themselves is an external state.
        let is_definition = |object: Lent<'_>| {
            object.is_function()
                || object.as_class().is_some()
                || object.is_exactly(&raw mut ffi::PyCFunction_Type)
                || object.class().is_named("builtins", "method")
                || object.is_exactly(&raw mut ffi::PyModule_Type)
        };
        let question =
            |object: Lent<'_>| clew_heap::kind::is_mutable(object) && !is_definition(object);
        self.ask(value, question).unwrap_or(true)
    }

    fn is_iterator(&self, value: ValueId) -> bool {
        let class = |object: Lent<'_>| object.class().lookup("__next__").is_some();
        self.ask(value, class).unwrap_or(true)
    }

    fn callee(&mut self, value: ValueId) -> CalleeNames {
        let Some(object) = self.object(value) else { return CalleeNames::Unknown };
        // SAFETY: the object is held, and to take it apart runs nothing of the program.
        let callee = Callee::of(unsafe { Lent::of(&object) });
        match (callee.shape, callee.receiver) {
            (Shape::Class, _) => CalleeNames::Class {
                classes: callee.function.as_class().map(lineage).unwrap_or_default(),
            },
            (Shape::Other, _) => CalleeNames::Unknown,
            (_, Some(receiver)) => {
                let name = name_of(callee.function);
                let classes = receiver_classes(receiver.class(), &name);
                // SAFETY: what a method was taken from is held by the method.
                let receiver = unsafe { Bound::from_borrowed_ptr(self.py(), receiver.as_ptr()) };
                self.values.insert(RECEIVER, Slot::Object(receiver));
                CalleeNames::Method { receiver: RECEIVER, classes, name }
            }
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
        let text = |object: Lent<'_>| object.text().or_else(|| path_text(object));
        let text = self.ask(value, text).flatten()?;
        match state {
            // As recordings name it, wherever it is named from.
            ExternalState::FileSystem => {
                let here = std::env::current_dir().unwrap_or_default();
                Some(normal_path(&here.join(text)))
            }
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
        self.may_read = self.reads.of_callee(&callee, &self.namespace);
        let positional = positional.iter().map(|&value| self.required(value));
        let positional = positional.collect::<PyResult<Vec<_>>>()?;
        let named = PyDict::new(self.py());
        for (name, value) in keyword {
            if named.contains(name)? {
                return Err(self.frames.raised(PyTypeError::new_err(format!(
                    "{} got multiple values for keyword argument '{name}'",
                    in_errors(&callee)
                ))));
            }
            named.set_item(name, self.required(*value)?)?;
        }
        self.frames.call(&callee, positional, Some(&named))
    }

    /// What names mean that are no variables of the module.
    fn builtins(&self) -> Option<Bound<'py, PyDict>> {
        let found = self.namespace.get_item("__builtins__").ok().flatten()?;
        match found.cast_into::<PyDict>() {
            Ok(names) => Some(names),
            Err(module) => Some(module.into_inner().cast_into::<PyModule>().ok()?.dict()),
        }
    }
}

/// What CPython counts the changes of a dictionary by.
fn version_of_variables(variables: &Bound<'_, PyDict>) -> Option<u64> {
    // SAFETY: it is a dictionary, and the field is read with the GIL held.
    #[cfg(not(Py_3_14))]
    #[cfg_attr(Py_3_12, expect(deprecated, reason = "there is no other way to ask"))]
    unsafe {
        Some((*variables.as_ptr().cast::<ffi::PyDictObject>()).ma_version_tag)
    }
    #[cfg(Py_3_14)]
    {
        _ = variables;
        None
    }
}

/// How CPython names a callee in errors.
fn in_errors(callee: &Bound<'_, PyAny>) -> String {
    let text = |name: &str| callee.getattr(name).ok().and_then(|text| text.extract().ok());
    match (text("__module__"), text("__qualname__")) {
        (_, None) => callee.str().map_or_else(|_| String::new(), |text| text.to_string()),
        (Some::<String>(module), Some::<String>(name)) if module != "builtins" => {
            format!("{module}.{name}()")
        }
        (_, Some(name)) => format!("{name}()"),
    }
}

fn not_iterable(value: &Bound<'_, PyAny>) -> PyErr {
    let class = value.get_type();
    let name = class.name().map_or_else(|_| "object".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("Value after * must be an iterable, not {name}"))
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
        // As the compiler does with texts that could be names.
        Literal::Str(text)
            if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') =>
        {
            PyString::intern(py, text).into_any()
        }
        Literal::Str(text) => PyString::new(py, text).into_any(),
        Literal::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
        Literal::Ellipsis => py.Ellipsis().into_bound(py),
    })
}
