//! Arguments: what a call passes, spread out.

use clew_effects::{CallFacts, KnownValue};
use clew_graph::{Call, CallTarget};

use crate::error::Stop;
use crate::run::{PassedValue, Run};
use crate::{Host, ValueId};

/// What a call passes, spread out.
#[derive(Debug, Default)]
pub(crate) struct ArgumentValues {
    pub(crate) positional: Vec<PassedValue>,
    pub(crate) keyword: Vec<(String, PassedValue)>,
}

impl ArgumentValues {
    /// Finds the values of a call's arguments and spreads out the starred ones, which may run the
    /// user's code.
    pub(crate) fn gather(run: &mut Run<'_>, call: &Call) -> Result<Self, Stop> {
        let mut arguments = Self::default();
        for argument in &call.positional {
            let node = argument.node;
            let value = run.value(node)?;
            if argument.starred {
                let values = run.host.iterate(value)?;
                arguments
                    .positional
                    .extend(values.into_iter().map(|value| PassedValue { node, value }));
            } else {
                arguments.positional.push(PassedValue { node, value });
            }
        }
        for argument in &call.keyword {
            let node = argument.node;
            let value = run.value(node)?;
            if let Some(name) = &argument.name {
                arguments.keyword.push((name.clone(), PassedValue { node, value }));
                continue;
            }
            for (key, value) in run.host.items(value)? {
                if let CallTarget::Operator(_) = call.function {
                    // Only displays spread mappings, and their keys may be anything.
                    let pair = [key, value].map(|value| PassedValue { node, value });
                    arguments.positional.extend(pair);
                } else {
                    let name = run.host.keyword(key)?;
                    arguments.keyword.push((name, PassedValue { node, value }));
                }
            }
        }
        Ok(arguments)
    }

    pub(crate) fn positional_values(&self) -> Vec<ValueId> {
        self.positional.iter().map(|passed| passed.value).collect()
    }

    pub(crate) fn keyword_values(&self) -> Vec<(String, ValueId)> {
        self.keyword.iter().map(|(name, passed)| (name.clone(), passed.value)).collect()
    }

    /// Everything that is passed, by position or by keyword.
    pub(crate) fn all(&self) -> impl Iterator<Item = PassedValue> {
        self.positional.iter().copied().chain(self.keyword.iter().map(|(_, passed)| *passed))
    }
}

/// What rules may ask about a call that runs on a host.
pub(crate) struct Facts<'a> {
    pub(crate) host: &'a dyn Host,
    pub(crate) arguments: &'a ArgumentValues,
}

impl CallFacts for Facts<'_> {
    fn positional(&self) -> usize {
        self.arguments.positional.len()
    }

    fn positional_value(&self, index: usize) -> KnownValue {
        self.arguments
            .positional
            .get(index)
            .map_or(KnownValue::Unknown, |passed| self.host.known_value(passed.value))
    }

    fn keywords(&self) -> usize {
        self.arguments.keyword.len()
    }

    fn keyword(&self, name: &str) -> Option<KnownValue> {
        let (_, passed) = self.arguments.keyword.iter().find(|(known, _)| known == name)?;
        Some(self.host.known_value(passed.value))
    }

    fn version(&self, package: &str) -> Option<String> {
        self.host.version(package)
    }
}
