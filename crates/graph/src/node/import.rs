//! Import: a module brought in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::notation::{Cursor, Name, Quoted, Reading};

/// Brings in a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The module's dotted name, with a leading dot for each level of a relative import.
    pub name: String,
    /// The distribution that holds it, where it is known.
    pub package: Option<String>,
    /// That distribution's version, where it is known.
    pub version: Option<String>,
}

impl Import {
    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        Ok(Self {
            name: text.name()?,
            package: text.eat_word("package").then(|| text.name()).transpose()?,
            version: text.eat_word("version").then(|| text.name()).transpose()?,
        })
    }
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "import {}", Name(&self.name))?;
        if let Some(package) = &self.package {
            write!(f, " package {}", Quoted(package))?;
        }
        if let Some(version) = &self.version {
            write!(f, " version {}", Quoted(version))?;
        }
        Ok(())
    }
}
