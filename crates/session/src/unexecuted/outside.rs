//! Outside: which external states a stretch of text may have to do with, by the names in it.

use clew_effects::{CallShape, Change, Effects, ExternalState, StateKey};
use clew_syntax::{Range, Read, Unit};

use super::scene::Scene;

/// What may read and bind any variable.
pub(super) const OPAQUE: [&str; 8] = [
    "builtins.eval",
    "builtins.exec",
    "builtins.globals",
    "builtins.locals",
    "builtins.vars",
    "inspect.currentframe",
    "inspect.stack",
    "sys._getframe",
];

impl Scene<'_> {
    /// Takes a stretch of text to read and write, as a whole, each state that rules speak of for the
    /// functions that it names and for methods of the names that follow a dot in it.
    pub(super) fn touch_states_of(&mut self, unit: &Unit, reads: &[Read], range: Range) {
        let shape = CallShape::positional(1).unknown_receiver();
        for read in reads {
            let path = match self.variables.get(&read.name) {
                Some(value) => value.path().map(str::to_owned),
                None => Some(format!("builtins.{}", read.name)),
            };
            let Some(mut path) = path else { continue };
            for part in &read.path {
                path = format!("{path}.{part}");
            }
            if OPAQUE.contains(&path.as_str()) {
                self.anything();
            }
            match self.of_path(&path, &shape) {
                Some(effects) => self.touch_whole(&effects),
                None => self.run_unknown(&path),
            }
        }
        let packages: Vec<String> = self.packages.iter().cloned().collect();
        for name in names_behind_dots(range.of(unit.text())) {
            let packages = packages.iter().map(String::as_str);
            if let Some(effects) = self.catalog.method_anywhere(packages, name, &shape) {
                self.touch_whole(&effects);
            }
        }
    }

    fn touch_whole(&mut self, effects: &Effects) {
        for change in &effects.changes {
            let resource = match change {
                Change::Reads(resource)
                | Change::Writes(resource)
                | Change::Handle { resource, .. } => resource,
                _ => continue,
            };
            if !matters(&resource.state) {
                continue;
            }
            let key = StateKey::whole(resource.state.clone());
            self.step.states_read.insert(key.clone());
            if !matches!(change, Change::Reads(_)) {
                self.step.states_written.insert(key);
            }
        }
    }
}

/// Whether what a program makes can hang on a state: not on what it shows, nor on when that is.
pub(super) fn matters(state: &ExternalState) -> bool {
    !matches!(state, ExternalState::StandardStreams | ExternalState::Time)
}

fn names_behind_dots(text: &str) -> impl Iterator<Item = &str> {
    text.split('.').skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let end = rest.find(|sign: char| !(sign.is_alphanumeric() || sign == '_'));
        let name = &rest[..end.unwrap_or(rest.len())];
        (!name.is_empty()).then_some(name)
    })
}
