//! Mutate: a value after a change.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{Cursor, Reading};
use crate::{NodeId, Role};

/// An earlier value after a call changed it. Later readers of the value read this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutate {
    /// The value before.
    pub source: NodeId,
    /// What changed it.
    pub call: NodeId,
}

impl Mutate {
    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        let source = text.node()?;
        text.expect_word("by", "`by`")?;
        Ok(Self { source, call: text.node()? })
    }

    pub(crate) fn visit_inputs(&self, visit: &mut dyn FnMut(Role, NodeId)) {
        visit(Role::Source, self.source);
        visit(Role::Call, self.call);
    }
}

impl fmt::Display for Mutate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mutate {} by {}", self.source, self.call)
    }
}
