//! Call: a function called or an operator applied.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::notation::{Braced, Cursor, Name, Reading};
use crate::{NodeId, Operator, Role};

/// Calls a function or applies an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// What is called.
    pub function: CallTarget,
    /// What is passed by position, in order.
    pub positional: Vec<Argument>,
    /// What is passed by keyword, in order.
    pub keyword: Vec<KeywordArgument>,
    /// The global variables that were read while it ran.
    pub global_reads: Vec<GlobalRead>,
    /// The nodes whose effects outside the program's variables it depends on.
    pub implicit_dependencies: Vec<ImplicitDependency>,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallTarget {
    /// A value of the program.
    Node(NodeId),
    /// Something that Python's syntax spells out.
    Operator(Operator),
}

/// A value passed by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    /// The value.
    pub node: NodeId,
    /// Whether it is spread out, as in `*value`.
    pub starred: bool,
}

/// A value passed by keyword.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeywordArgument {
    /// The keyword; `None` for `**value`.
    pub name: Option<String>,
    /// The value.
    pub node: NodeId,
}

/// A global variable that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlobalRead {
    /// The variable's name.
    pub name: String,
    /// The node whose value it had.
    pub node: NodeId,
}

/// A node whose effect outside the program's variables is needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ImplicitDependency {
    /// The node.
    pub node: NodeId,
    /// The external state that it left behind, where there is one: `random`, `file_system data/a.csv`.
    pub state: Option<String>,
}

impl Call {
    /// A call with nothing passed yet.
    pub fn new(function: CallTarget) -> Self {
        Self {
            function,
            positional: Vec::new(),
            keyword: Vec::new(),
            global_reads: Vec::new(),
            implicit_dependencies: Vec::new(),
        }
    }

    /// An operator applied to values.
    pub fn operator(operator: Operator, operands: impl IntoIterator<Item = NodeId>) -> Self {
        let mut call = Self::new(CallTarget::Operator(operator));
        call.positional =
            operands.into_iter().map(|node| Argument { node, starred: false }).collect();
        call
    }

    /// Whether what it calls and passes says all of it, so that it can be run without its text.
    pub fn stands_alone(&self) -> bool {
        let CallTarget::Operator(operator) = self.function else { return true };
        let starred = self.positional.iter().any(|argument| argument.starred);
        let takes_stars = matches!(operator, Operator::List | Operator::Tuple | Operator::Set);
        operator.is_said_by(self.positional.len()) && (takes_stars || !starred)
    }

    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        let function = text.word("a node or an operator", |word| {
            // No operator's word looks like an id.
            let id = word.strip_prefix('n').and_then(|digits| digits.parse().ok());
            id.map(|id| CallTarget::Node(NodeId::new(id)))
                .or_else(|| word.parse().ok().map(CallTarget::Operator))
        })?;
        let mut call = Self::new(function);
        text.list(["(", ")"], |text| call.read_argument(text))?;
        call.global_reads = text.braced("reads", GlobalRead::read)?;
        call.implicit_dependencies = text.braced("after", ImplicitDependency::read)?;
        Ok(call)
    }

    fn read_argument(&mut self, text: &mut Cursor<'_>) -> Reading<()> {
        let bookmark = *text;
        if text.eat("**") {
            self.keyword.push(KeywordArgument { name: None, node: text.node()? });
        } else if text.eat("*") {
            self.positional.push(Argument { node: text.node()?, starred: true });
        } else if let name = text.name()?
            && text.eat("=")
        {
            self.keyword.push(KeywordArgument { name: Some(name), node: text.node()? });
        } else {
            *text = bookmark;
            self.positional.push(Argument { node: text.node()?, starred: false });
        }
        Ok(())
    }

    pub(crate) fn visit_inputs(&self, visit: &mut dyn FnMut(Role, NodeId)) {
        if let CallTarget::Node(function) = self.function {
            visit(Role::Function, function);
        }
        for argument in &self.positional {
            visit(Role::Positional, argument.node);
        }
        for argument in &self.keyword {
            visit(Role::Keyword, argument.node);
        }
        for read in &self.global_reads {
            visit(Role::GlobalRead, read.node);
        }
        for dependency in &self.implicit_dependencies {
            visit(Role::Implicit, dependency.node);
        }
    }
}

impl GlobalRead {
    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        let name = text.name()?;
        text.expect("=", "`=`")?;
        Ok(Self { name, node: text.node()? })
    }
}

impl ImplicitDependency {
    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        let bookmark = *text;
        let state = text.name()?;
        if text.eat("=") {
            return Ok(Self { node: text.node()?, state: Some(state) });
        }
        *text = bookmark;
        Ok(Self { node: text.node()?, state: None })
    }
}

impl From<NodeId> for ImplicitDependency {
    /// A node alone, without the state that it left behind.
    fn from(node: NodeId) -> Self {
        Self { node, state: None }
    }
}

impl fmt::Display for ImplicitDependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            Some(state) => write!(f, "{}={}", Name(state), self.node),
            None => self.node.fmt(f),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {}(", self.function)?;
        let mut comma = "";
        for argument in &self.positional {
            write!(f, "{comma}{argument}")?;
            comma = ", ";
        }
        for argument in &self.keyword {
            write!(f, "{comma}{argument}")?;
            comma = ", ";
        }
        f.write_str(")")?;
        Braced("reads", &self.global_reads).fmt(f)?;
        Braced("after", &self.implicit_dependencies).fmt(f)
    }
}

impl fmt::Display for CallTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => node.fmt(f),
            Self::Operator(operator) => f.write_str(operator.word()),
        }
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.starred { "*" } else { "" }, self.node)
    }
}

impl fmt::Display for KeywordArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}={}", Name(name), self.node),
            None => write!(f, "**{}", self.node),
        }
    }
}

impl fmt::Display for GlobalRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", Name(&self.name), self.node)
    }
}
