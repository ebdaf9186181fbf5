//! Host: the trait behind which values live.

use std::error::Error;
use std::fmt;

use clew_effects::{ExternalState, KnownValue, StateKey};
use clew_graph::{
    Block, BlockKind, ExecutionId, Import, Literal, Node, NodeId, Operator, Step, Timestamp,
};

/// A value that a host holds. Given out by the host and valid until [`Host::forget`].
///
/// Two ids may stand for the same object; [`Host::identity`] says whether they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(pub u64);

impl fmt::Display for ValueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// Where values live and code runs: an interpreter, or the plain functions of
/// [`NativeHost`](crate::NativeHost).
///
/// The questions (those that take `&self`) run none of the user's code and have answers for every
/// value. Where a host does not know, the default answer is the cautious one.
pub trait Host {
    /// Makes the value of a literal.
    fn literal(&mut self, literal: &Literal) -> Result<ValueId, HostError>;

    /// The builtin of this name.
    fn builtin(&mut self, name: &str) -> Option<ValueId>;

    /// The global variable of this name in the program's main module.
    fn global(&mut self, name: &str) -> Option<ValueId>;

    /// Binds a global variable, and gives the id that stands for the variable from then on.
    fn bind(&mut self, name: &str, value: ValueId) -> Result<ValueId, HostError>;

    /// Whether a name is a global variable or a builtin.
    fn is_defined(&self, name: &str) -> bool;

    /// A node is about to run. A host that knows lines has errors say where it stands.
    fn begin(&mut self, node: &Node) {
        _ = node;
    }

    /// Brings in a module.
    fn import(&mut self, import: &Import) -> Result<ValueId, HostError>;

    /// Calls a value. One keyword given twice is the host's to refuse.
    fn call(
        &mut self,
        callee: ValueId,
        positional: &[ValueId],
        keyword: &[(String, ValueId)],
    ) -> Result<ValueId, HostError>;

    /// Applies an operator. Where its operands do not say all of it, as with a comparison or a
    /// comprehension, the rest is in the text that the node stands for.
    fn operator(
        &mut self,
        operator: Operator,
        operands: &[ValueId],
        text: Option<&str>,
    ) -> Result<ValueId, HostError>;

    /// Runs a compound statement or a definition.
    fn block(&mut self, block: &Block, text: &str) -> Result<(), HostError>;

    /// Steps that are about to run by their texts, in their order: for what a host may do ahead of them.
    fn prepare(&mut self, _steps: &[&Step]) {}

    /// Runs a step as its text says, in the program's main module. A host that knows files has each line stand
    /// where the step says that it stands.
    fn step(&mut self, step: &Step) -> Result<(), HostError> {
        self.block(&Block::new(BlockKind::Unknown), &step.text)
    }

    /// What `*value` spreads out to.
    fn iterate(&mut self, value: ValueId) -> Result<Vec<ValueId>, HostError>;

    /// What `**value` spreads out to.
    fn items(&mut self, mapping: ValueId) -> Result<Vec<(ValueId, ValueId)>, HostError>;

    /// The key of a mapping as a keyword; the host raises if it is no string.
    fn keyword(&mut self, key: ValueId) -> Result<String, HostError>;

    /// Makes an error of a builtin type, for what the executor finds out before the host does.
    fn make_error(&mut self, type_name: &str, message: &str) -> Raised;

    /// Sets global variables and begins to watch which are read and written.
    fn open_context(&mut self, context: &Context<'_>);

    /// Ends what [`Self::open_context`] began. Called once for each, also after an error.
    fn close_context(&mut self) -> Accessed;

    /// What distinguishes one object from all others that live at the same time.
    fn identity(&self, value: ValueId) -> u64;

    /// Whether a value, or anything that can be reached through it, can change. Functions, classes
    /// and modules count as unchanging: what those keep to themselves is an external state.
    fn is_mutable(&self, value: ValueId) -> bool {
        _ = value;
        true
    }

    /// Whether a value moves forward when it is iterated over.
    fn is_iterator(&self, value: ValueId) -> bool {
        _ = value;
        true
    }

    /// What a value is when it is called. The id of a receiver is good until the next one is asked for.
    fn callee(&mut self, value: ValueId) -> CalleeNames {
        _ = value;
        CalleeNames::Unknown
    }

    /// A value's class and its bases in method resolution order, and which of them have a method.
    fn classes(&self, value: ValueId, method: &str) -> Vec<ReceiverClass> {
        _ = (value, method);
        Vec::new()
    }

    /// A value, as far as annotations look at values.
    fn known_value(&self, value: ValueId) -> KnownValue {
        _ = value;
        KnownValue::Unknown
    }

    /// The version of a package, named as it is imported.
    fn version(&self, package: &str) -> Option<String> {
        _ = package;
        None
    }

    /// The external state that a value stands for as a whole.
    fn external_state(&self, value: ValueId) -> Option<StateKey> {
        _ = value;
        None
    }

    /// The part of an external state that a value names, in one spelling for each part: a path is
    /// absolute, without `.` and `..`, and has `/` between its names.
    fn resource_key(&self, state: &ExternalState, value: ValueId) -> Option<String> {
        _ = (state, value);
        None
    }

    /// The time.
    fn now(&mut self) -> Timestamp;

    /// The current directory.
    fn working_directory(&mut self) -> Result<String, HostError>;

    /// Changes the current directory.
    fn set_working_directory(&mut self, path: &str) -> Result<(), HostError>;

    /// Lets go of a value that the executor will not ask for again.
    fn forget(&mut self, value: ValueId) {
        _ = value;
    }
}

/// The name of a class or function, and the module that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QualifiedName {
    /// The module.
    pub module: String,
    /// The name in the module, dotted where it is an attribute of an attribute.
    pub name: String,
}

impl QualifiedName {
    /// A name in a module.
    pub fn new(module: &str, name: &str) -> Self {
        Self { module: module.to_owned(), name: name.to_owned() }
    }
}

/// A class of a receiver, as [`clew_effects::Class`] has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiverClass {
    /// The class.
    pub class: QualifiedName,
    /// Whether it has the method that is called, of its own or from a base.
    pub has_method: bool,
}

/// What a value is when it is called, in the words that annotations use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalleeNames {
    /// A function, by every name that it is known by.
    Function {
        /// The names.
        names: Vec<QualifiedName>,
    },
    /// A method together with what it was taken from.
    Method {
        /// What it was taken from.
        receiver: ValueId,
        /// The receiver's classes in method resolution order.
        classes: Vec<ReceiverClass>,
        /// The method's name; `__call__` for an object that is called itself.
        name: String,
    },
    /// A method taken from its class: the receiver is the first argument.
    UnboundMethod {
        /// The class and its bases in method resolution order.
        classes: Vec<ReceiverClass>,
        /// The method's name.
        name: String,
    },
    /// A class.
    Class {
        /// The class and its bases in method resolution order.
        classes: Vec<QualifiedName>,
    },
    /// Nothing is known of it.
    Unknown,
}

/// What a call or block runs in.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Which step runs.
    pub node: NodeId,
    /// In which execution, so that what is saved meanwhile knows where it comes from.
    pub execution: Option<ExecutionId>,
    /// The global variables that it may read.
    pub globals: &'a [(&'a str, ValueId)],
}

/// What a call or block did with global variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accessed {
    /// The names that it read, each once, in order of the first time.
    pub read: Vec<String>,
    /// The names that it bound, each once, with the values that they had at the end.
    pub written: Vec<(String, ValueId)>,
}

/// Why a host has no value to give.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The user's code raised. That is an outcome, and no fault of ours.
    #[error(transparent)]
    Raised(#[from] Raised),
    /// The host itself failed.
    #[error("the host failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// An error of the user's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The host's own error, with the frames that it keeps.
    pub value: ValueId,
    /// The error's type.
    pub type_name: String,
    /// What it says.
    pub message: String,
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.type_name)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}

impl Error for Raised {}
