//! Mutate: a value after a change.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::notation::{Cursor, Name, Reading};
use crate::{Confidence, NodeId, Role};

/// An earlier value after a call changed it. Later readers of the value read this node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutate {
    /// The value before.
    pub source: NodeId,
    /// What changed it.
    pub call: NodeId,
    /// What of that changed it, where that is known.
    pub cause: Option<Cause>,
}

/// What changed a value, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// In words: `list.append`, `item assignment`.
    pub by: String,
    /// How it is known.
    pub confidence: Confidence,
}

impl Cause {
    /// What is said where one item was set of a value whose items do not hang on each other, and nothing else
    /// changed.
    pub const ITEM: &str = "assignment of one item";

    /// What is said where one attribute was set that the value itself keeps, and nothing else changed.
    pub const ATTRIBUTE: &str = "assignment of one attribute";
    /// What is said where a cached property of an instance of the program's was computed, and nothing else changed.
    pub const CACHED: &str = "computation of a cached property";
}

impl Mutate {
    /// A value after a call changed it, without a cause.
    pub fn new(source: NodeId, call: NodeId) -> Self {
        Self { source, call, cause: None }
    }

    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        let source = text.node()?;
        text.expect_word("by", "`by`")?;
        let call = text.node()?;
        let cause = text.eat_word("as").then(|| Cause::read(text)).transpose()?;
        Ok(Self { source, call, cause })
    }

    pub(crate) fn visit_inputs(&self, visit: &mut dyn FnMut(Role, NodeId)) {
        visit(Role::Source, self.source);
        visit(Role::Call, self.call);
    }
}

impl fmt::Display for Mutate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mutate {} by {}", self.source, self.call)?;
        match &self.cause {
            Some(cause) => write!(f, " as {cause}"),
            None => Ok(()),
        }
    }
}

impl Cause {
    fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        let by = text.name()?;
        let confidence = text.word("how that is known", |word| word.parse().ok())?;
        Ok(Self { by, confidence })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Name(&self.by), self.confidence)
    }
}
