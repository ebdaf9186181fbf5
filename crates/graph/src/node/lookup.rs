//! Lookup: a name found outside the program's own variables.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::notation::{Cursor, Name, Reading};

/// Finds a name that the program did not bind itself, such as a builtin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// The name, as the text spells it.
    pub name: String,
}

impl Lookup {
    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        Ok(Self { name: text.name()? })
    }
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lookup {}", Name(&self.name))
    }
}
