//! Global: a variable bound by a node that does more than bind it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::notation::{Cursor, Name, Reading};
use crate::{NodeId, Role};

/// A variable that a call or block bound: by `global`, by unpacking, by `exec`, in a loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Global {
    /// The variable's name.
    pub name: String,
    /// What bound it.
    pub call: NodeId,
}

impl Global {
    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        let name = text.name()?;
        text.expect_word("of", "`of`")?;
        Ok(Self { name, call: text.node()? })
    }

    pub(crate) fn visit_inputs(&self, visit: &mut dyn FnMut(Role, NodeId)) {
        visit(Role::Call, self.call);
    }
}

impl fmt::Display for Global {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "global {} of {}", Name(&self.name), self.call)
    }
}
