//! Native host: plain Rust functions and values, for tests, benchmarks and trying things out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use clew_effects::{ExternalState, KnownValue, StateKey};
use clew_graph::{Block, ExecutionId, Import, Literal, NodeId, Operator, Timestamp};
use rustc_hash::FxHashMap;

use crate::{
    Accessed, CalleeNames, Context, Host, HostError, QualifiedName, Raised, ReceiverClass, ValueId,
};

mod method;
mod operator;
mod value;

pub use value::{NativeError, NativeFunction, Value};

/// A host of plain Rust functions and values.
///
/// It knows literals, lists and dictionaries, the more common operators on them, functions and
/// modules that are given to it, and statements whose text is given to it. Its clock shows how
/// often it was looked at, so that times are the same in every run.
#[derive(Debug, Default)]
pub struct NativeHost {
    values: FxHashMap<ValueId, Value>,
    // The latest id of each list and dictionary, by its address.
    addresses: FxHashMap<u64, ValueId>,
    next: u64,
    builtins: BTreeMap<String, Value>,
    globals: BTreeMap<String, Value>,
    modules: BTreeMap<String, Value>,
    statements: BTreeMap<String, Rc<NativeFunction>>,
    contexts: Vec<Watched>,
    looks: i64,
    working_directory: String,
}

#[derive(Debug, Default)]
struct Watched {
    node: Option<NodeId>,
    execution: Option<ExecutionId>,
    read: Vec<String>,
    written: Vec<String>,
}

/// What a native function is called with.
#[derive(Debug)]
pub struct NativeCall<'a> {
    /// What is passed by position.
    pub positional: &'a [Value],
    /// What is passed by keyword.
    pub keyword: &'a [(String, Value)],
    globals: &'a mut BTreeMap<String, Value>,
    watched: Option<&'a mut Watched>,
}

impl NativeCall<'_> {
    /// What is passed at a position.
    ///
    /// # Errors
    /// When nothing is.
    pub fn argument(&self, position: usize) -> Result<&Value, NativeError> {
        let missing = || NativeError::new("TypeError", "missing a positional argument");
        self.positional.get(position).ok_or_else(missing)
    }

    /// The node that runs.
    pub fn node(&self) -> Option<NodeId> {
        self.watched.as_ref()?.node
    }

    /// The execution that the node runs in.
    pub fn execution(&self) -> Option<ExecutionId> {
        self.watched.as_ref()?.execution
    }

    /// Reads a global variable.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn global(&mut self, name: &str) -> Result<Value, NativeError> {
        if let Some(watched) = &mut self.watched
            && !watched.read.iter().any(|known| known == name)
        {
            watched.read.push(name.to_owned());
        }
        let missing = || NativeError::new("NameError", format!("name '{name}' is not defined"));
        self.globals.get(name).cloned().ok_or_else(missing)
    }

    /// Binds a global variable.
    pub fn set_global(&mut self, name: &str, value: impl Into<Value>) {
        if let Some(watched) = &mut self.watched
            && !watched.written.iter().any(|known| known == name)
        {
            watched.written.push(name.to_owned());
        }
        self.globals.insert(name.to_owned(), value.into());
    }
}

impl NativeHost {
    /// A host without functions, in the directory `/`.
    pub fn new() -> Self {
        Self { working_directory: "/".to_owned(), ..Self::default() }
    }

    /// Adds a function. In the module `builtins` it is a builtin, in `__main__` a global variable,
    /// in any other module an attribute of what importing the module gives.
    pub fn define(
        &mut self,
        module: &str,
        name: &str,
        run: impl Fn(&mut NativeCall<'_>) -> Result<Value, NativeError> + 'static,
    ) {
        let function = Value::Function(Rc::new(NativeFunction::new(module, name, run)));
        self.define_value(module, name, function);
    }

    /// Adds a value, like [`Self::define`].
    pub fn define_value(&mut self, module: &str, name: &str, value: impl Into<Value>) {
        let names = match module {
            "builtins" => &mut self.builtins,
            "__main__" => &mut self.globals,
            module => {
                let module = self.modules.entry(module.to_owned()).or_insert_with(|| {
                    let name = module.to_owned();
                    Value::Module { name, attributes: Rc::new(RefCell::new(BTreeMap::new())) }
                });
                if let Value::Module { attributes, .. } = module {
                    attributes.borrow_mut().insert(name.to_owned(), value.into());
                }
                return;
            }
        };
        names.insert(name.to_owned(), value.into());
    }

    /// Says what a statement, or an expression that is evaluated as a whole, does. It is known by
    /// its text.
    pub fn define_text(
        &mut self,
        text: &str,
        run: impl Fn(&mut NativeCall<'_>) -> Result<Value, NativeError> + 'static,
    ) {
        let function = Rc::new(NativeFunction::new("__main__", text, run));
        self.statements.insert(text.to_owned(), function);
    }

    /// A value, until it is forgotten.
    pub fn get(&self, id: ValueId) -> Option<&Value> {
        self.values.get(&id)
    }

    /// How many values are held.
    pub fn held(&self) -> usize {
        self.values.len()
    }

    /// How many contexts are open.
    pub fn open_contexts(&self) -> usize {
        self.contexts.len()
    }

    fn insert(&mut self, value: Value) -> ValueId {
        let id = ValueId(self.next);
        self.next += 1;
        if let Some(address) = value.address() {
            self.addresses.insert(address, id);
        }
        self.values.insert(id, value);
        id
    }

    fn value(&self, id: ValueId) -> Value {
        self.values.get(&id).cloned().unwrap_or(Value::Literal(Literal::None))
    }

    fn raise(&mut self, error: NativeError) -> Raised {
        let NativeError { type_name, message } = error.clone();
        Raised { value: self.insert(Value::Error(Rc::new(error))), type_name, message }
    }

    fn finish(&mut self, result: Result<Value, NativeError>) -> Result<ValueId, HostError> {
        match result {
            Ok(value) => Ok(self.insert(value)),
            Err(error) => Err(self.raise(error).into()),
        }
    }

    fn run(
        &mut self,
        function: &NativeFunction,
        positional: &[Value],
        keyword: &[(String, Value)],
    ) -> Result<Value, NativeError> {
        function.run(&mut NativeCall {
            positional,
            keyword,
            globals: &mut self.globals,
            watched: self.contexts.last_mut(),
        })
    }

    fn run_text(&mut self, text: &str, operands: &[Value]) -> Result<Value, NativeError> {
        match self.statements.get(text).cloned() {
            Some(statement) => self.run(&statement, operands, &[]),
            None => Err(NativeError::new("NotImplementedError", text)),
        }
    }

    fn values_of(&self, ids: &[ValueId]) -> Vec<Value> {
        ids.iter().map(|&id| self.value(id)).collect()
    }
}

impl Host for NativeHost {
    fn literal(&mut self, literal: &Literal) -> Result<ValueId, HostError> {
        Ok(self.insert(Value::Literal(literal.clone())))
    }

    fn builtin(&mut self, name: &str) -> Option<ValueId> {
        let value = self.builtins.get(name).cloned()?;
        Some(self.insert(value))
    }

    fn global(&mut self, name: &str) -> Option<ValueId> {
        let value = self.globals.get(name).cloned()?;
        Some(self.insert(value))
    }

    fn bind(&mut self, name: &str, value: ValueId) -> Result<ValueId, HostError> {
        let object = self.value(value);
        self.globals.insert(name.to_owned(), object);
        Ok(value)
    }

    fn is_defined(&self, name: &str) -> bool {
        self.globals.contains_key(name) || self.builtins.contains_key(name)
    }

    fn import(&mut self, import: &Import) -> Result<ValueId, HostError> {
        let missing = || {
            let message = format!("No module named '{}'", import.name);
            NativeError::new("ModuleNotFoundError", message)
        };
        let module = self.modules.get(&import.name).cloned().ok_or_else(missing);
        self.finish(module)
    }

    fn call(
        &mut self,
        callee: ValueId,
        positional: &[ValueId],
        keyword: &[(String, ValueId)],
    ) -> Result<ValueId, HostError> {
        let positional = self.values_of(positional);
        let keyword: Vec<(String, Value)> =
            keyword.iter().map(|(name, id)| (name.clone(), self.value(*id))).collect();
        let twice = (1..keyword.len())
            .find(|&at| keyword[..at].iter().any(|(name, _)| *name == keyword[at].0));
        let result = match self.value(callee) {
            Value::Function(function) if let Some(twice) = twice => {
                let (module, name, twice) = (function.module(), function.name(), &keyword[twice].0);
                let message =
                    format!("{module}.{name}() got multiple values for keyword argument '{twice}'");
                Err(NativeError::new("TypeError", message))
            }
            Value::Function(function) => self.run(&function, &positional, &keyword),
            Value::Method { receiver, name } => method::call(&receiver, &name, &positional),
            other => {
                let message = format!("'{}' object is not callable", other.type_name());
                Err(NativeError::new("TypeError", message))
            }
        };
        self.finish(result)
    }

    fn operator(
        &mut self,
        operator: Operator,
        operands: &[ValueId],
        text: Option<&str>,
    ) -> Result<ValueId, HostError> {
        let operands = self.values_of(operands);
        let result = match (operator::apply(operator, &operands), text) {
            (Some(result), _) => result,
            (None, Some(text)) => self.run_text(text, &operands),
            (None, None) => Err(NativeError::new("NotImplementedError", operator.word())),
        };
        self.finish(result)
    }

    fn block(&mut self, _block: &Block, text: &str) -> Result<(), HostError> {
        match self.run_text(text, &[]) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.raise(error).into()),
        }
    }

    fn iterate(&mut self, value: ValueId) -> Result<Vec<ValueId>, HostError> {
        match self.value(value).elements() {
            Ok(elements) => Ok(elements.into_iter().map(|element| self.insert(element)).collect()),
            Err(error) => Err(self.raise(error).into()),
        }
    }

    fn items(&mut self, mapping: ValueId) -> Result<Vec<(ValueId, ValueId)>, HostError> {
        let Value::Dict(items) = self.value(mapping) else {
            let type_name = self.value(mapping).type_name();
            let message = format!("argument after ** must be a mapping, not {type_name}");
            return Err(self.raise(NativeError::new("TypeError", message)).into());
        };
        let items = items.borrow().clone();
        Ok(items.into_iter().map(|(key, value)| (self.insert(key), self.insert(value))).collect())
    }

    fn keyword(&mut self, key: ValueId) -> Result<String, HostError> {
        match self.value(key) {
            Value::Literal(Literal::Str(name)) => Ok(name),
            _ => {
                let error = NativeError::new("TypeError", "keywords must be strings");
                Err(self.raise(error).into())
            }
        }
    }

    fn make_error(&mut self, type_name: &str, message: &str) -> Raised {
        self.raise(NativeError::new(type_name, message))
    }

    fn open_context(&mut self, context: &Context<'_>) {
        for (name, id) in context.globals {
            let value = self.value(*id);
            self.globals.insert((*name).to_owned(), value);
        }
        self.contexts.push(Watched {
            node: Some(context.node),
            execution: context.execution,
            ..Watched::default()
        });
    }

    fn close_context(&mut self) -> Accessed {
        let Watched { read, written, .. } = self.contexts.pop().unwrap_or_default();
        let written = written
            .into_iter()
            .filter_map(|name| {
                let value = self.globals.get(&name).cloned()?;
                Some((name, self.insert(value)))
            })
            .collect();
        Accessed { read, written }
    }

    fn identity(&self, value: ValueId) -> u64 {
        let address = self.get(value).and_then(Value::address);
        // What cannot change has no identity to speak of; odd numbers are no addresses.
        address.unwrap_or(value.0 * 2 + 1)
    }

    fn is_mutable(&self, value: ValueId) -> bool {
        self.get(value).and_then(Value::address).is_some()
    }

    fn is_iterator(&self, _value: ValueId) -> bool {
        false
    }

    fn callee(&mut self, value: ValueId) -> CalleeNames {
        match self.get(value) {
            Some(Value::Function(function)) => CalleeNames::Function {
                names: vec![QualifiedName::new(function.module(), function.name())],
            },
            Some(Value::Method { receiver, name }) => CalleeNames::Method {
                receiver: receiver
                    .address()
                    .and_then(|address| self.addresses.get(&address).copied())
                    .unwrap_or(value),
                classes: vec![receiver_class(receiver, name)],
                name: name.clone(),
            },
            _ => CalleeNames::Unknown,
        }
    }

    fn classes(&self, value: ValueId, method: &str) -> Vec<ReceiverClass> {
        vec![receiver_class(&self.value(value), method)]
    }

    fn known_value(&self, value: ValueId) -> KnownValue {
        match self.get(value) {
            Some(Value::Literal(literal)) => KnownValue::Literal(literal.clone()),
            _ => KnownValue::Object,
        }
    }

    fn external_state(&self, value: ValueId) -> Option<StateKey> {
        match self.get(value) {
            Some(Value::State(resource)) => Some(resource.clone()),
            _ => None,
        }
    }

    fn resource_key(&self, _state: &ExternalState, value: ValueId) -> Option<String> {
        match self.get(value) {
            Some(Value::Literal(Literal::Str(text))) => Some(text.clone()),
            _ => None,
        }
    }

    fn now(&mut self) -> Timestamp {
        self.looks += 1;
        Timestamp(self.looks)
    }

    fn working_directory(&mut self) -> Result<String, HostError> {
        Ok(self.working_directory.clone())
    }

    fn set_working_directory(&mut self, path: &str) -> Result<(), HostError> {
        if !path.starts_with('/') {
            return Err(HostError::Failed(format!("{path:?} is no absolute path").into()));
        }
        self.working_directory = path.to_owned();
        Ok(())
    }

    fn forget(&mut self, value: ValueId) {
        let address = self.values.remove(&value).and_then(|value| value.address());
        if let Some(address) = address
            && self.addresses.get(&address) == Some(&value)
        {
            self.addresses.remove(&address);
        }
    }
}

fn receiver_class(value: &Value, method: &str) -> ReceiverClass {
    let class = QualifiedName::new("builtins", value.type_name());
    ReceiverClass { class, has_method: method::exists(value, method) }
}
