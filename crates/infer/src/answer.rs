//! Answer: what a call is inferred to do.

use std::rc::Rc;

use clew_effects::StateKey;
use serde::{Deserialize, Serialize};

use crate::world::Address;

/// What a call is inferred to do.
#[derive(Debug, Default)]
pub struct Inferred {
    /// What may change.
    pub changes: Vec<AccessPath>,
    /// What calls that cannot be followed may change.
    pub unknown_changes: Vec<AccessPath>,
    /// Whether these may change anything that the call can get at.
    pub everything: bool,
    /// Objects of modules, classes and closures that it looks into.
    pub reads: Vec<Address>,
    /// Those of them that it may change.
    pub writes: Vec<Address>,
    /// Those of which it may change what can be reached from them.
    pub writes_within: Vec<Address>,
    /// Variables of modules, by the module's namespace, that functions bind anew and that it reads.
    pub variables_read: Vec<(Address, Rc<str>)>,
    /// Those that it binds.
    pub variables_bound: Vec<(Address, Rc<str>)>,
    /// External states that rules say are read (`false`) or changed (`true`).
    pub states: Vec<(StateKey, bool)>,
}

/// The way to a value that a call may change: from the receiver (root 0) or an argument, through attributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessPath {
    /// The receiver, or an argument, from 1.
    pub root: usize,
    /// The attributes that lead from there to it.
    pub path: Rc<[Rc<str>]>,
    /// Whether all that can be reached from it may change as well.
    pub deep: bool,
}

impl Inferred {
    /// Whether every call in it could be followed.
    pub fn is_settled(&self) -> bool {
        self.unknown_changes.is_empty() && !self.everything
    }

    /// Whether it may change what modules keep to themselves.
    pub fn changes_hidden(&self) -> bool {
        !self.writes.is_empty() || !self.variables_bound.is_empty()
    }

    /// What may change, a line for each; the arguments go by these names.
    pub fn describe(&self, names: &[String]) -> Vec<String> {
        let place = |target: &AccessPath| {
            let mut text = match target.root {
                0 => "self".to_owned(),
                root => names.get(root - 1).cloned().unwrap_or_default(),
            };
            for name in target.path.iter() {
                text.push('.');
                text.push_str(name);
            }
            if target.deep {
                text.push_str(".**");
            }
            text
        };
        let mut lines: Vec<String> =
            self.changes.iter().map(|target| format!("changes {}", place(target))).collect();
        lines.extend(
            self.unknown_changes.iter().map(|target| format!("may change {}", place(target))),
        );
        if self.everything {
            lines.push("may change anything".to_owned());
        }
        if !self.writes.is_empty() {
            lines.push(format!("changes shared objects: {}", self.writes.len()));
        }
        for (_, name) in &self.variables_bound {
            lines.push(format!("binds {name}"));
        }
        for (state, written) in &self.states {
            let verb = if *written { "writes" } else { "reads" };
            lines.push(format!("{verb} {state}"));
        }
        lines.sort();
        lines.dedup();
        lines
    }

    /// Whether it changes nothing for certain.
    pub fn is_pure(&self) -> bool {
        self.is_settled()
            && self.changes.is_empty()
            && self.writes.is_empty()
            && self.variables_bound.is_empty()
    }
}
