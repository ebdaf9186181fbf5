//! Control: the branches of an `if`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::notation::{Cursor, Reading};
use crate::{NodeId, Role};

/// Tests a condition; the nodes of the branch that was taken stand under it, or under its
/// [`Else`] where the condition was false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct If {
    /// The value that was tested.
    pub test: NodeId,
    /// The `if` whose `else` this one continues, as in `elif`.
    pub companion: Option<NodeId>,
    /// The branch that was not taken, where there is one.
    pub unexecuted: Option<NodeId>,
}

/// Takes the branch of an [`If`] whose condition was false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Else {
    /// The `if` it belongs to.
    pub companion: NodeId,
    /// The branch that was not taken.
    pub unexecuted: Option<NodeId>,
}

impl If {
    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        Ok(Self {
            test: text.node()?,
            companion: text.eat_word("companion").then(|| text.node()).transpose()?,
            unexecuted: read_unexecuted(text)?,
        })
    }

    pub(crate) fn visit_inputs(&self, visit: &mut dyn FnMut(Role, NodeId)) {
        visit(Role::Test, self.test);
        if let Some(companion) = self.companion {
            visit(Role::Companion, companion);
        }
        if let Some(unexecuted) = self.unexecuted {
            visit(Role::Unexecuted, unexecuted);
        }
    }
}

impl Else {
    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        Ok(Self { companion: text.node()?, unexecuted: read_unexecuted(text)? })
    }

    pub(crate) fn visit_inputs(&self, visit: &mut dyn FnMut(Role, NodeId)) {
        visit(Role::Companion, self.companion);
        if let Some(unexecuted) = self.unexecuted {
            visit(Role::Unexecuted, unexecuted);
        }
    }
}

impl fmt::Display for If {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "if {}", self.test)?;
        if let Some(companion) = self.companion {
            write!(f, " companion {companion}")?;
        }
        write_unexecuted(f, self.unexecuted)
    }
}

impl fmt::Display for Else {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "else {}", self.companion)?;
        write_unexecuted(f, self.unexecuted)
    }
}

fn read_unexecuted(text: &mut Cursor<'_>) -> Reading<Option<NodeId>> {
    text.eat_word("unexecuted").then(|| text.node()).transpose()
}

fn write_unexecuted(f: &mut fmt::Formatter<'_>, branch: Option<NodeId>) -> fmt::Result {
    branch.map_or(Ok(()), |branch| write!(f, " unexecuted {branch}"))
}
