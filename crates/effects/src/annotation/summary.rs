//! Summary: how much a file says.

use std::collections::BTreeMap;
use std::fmt;

use super::File;

/// How many rules there are, and about which modules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many rules there are, a list of immutable classes counted as one.
    pub rules: usize,
    /// The modules, each with the number of rules that speak of it.
    pub modules: BTreeMap<String, usize>,
}

impl Summary {
    pub(crate) fn add(&mut self, file: &File) {
        for entry in &file.modules {
            let rules = entry.rules.len() + usize::from(!entry.immutable.is_empty());
            self.rules += rules;
            for module in &entry.modules {
                *self.modules.entry(module.clone()).or_default() += rules;
            }
        }
    }

    /// The names of the modules, the first few where there are many.
    pub fn module_names(&self) -> String {
        const MOST: usize = 4;
        let names = |count| self.modules.keys().take(count).cloned().collect::<Vec<_>>().join(", ");
        match self.modules.len() {
            count if count <= MOST => names(count),
            count => format!("{} and {} more", names(MOST - 1), count - (MOST - 1)),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rules {
            1 => write!(f, "1 rule for {}", self.module_names()),
            count => write!(f, "{count} rules for {}", self.module_names()),
        }
    }
}
