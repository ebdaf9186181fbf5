//! By name: variables of the program that code finds by name, in its frames or in its module.

use clew_heap::{Lent, Quiet};
use clew_probe::Asked;
use clew_syntax::{Spelling, names_in};

use super::entry::{is_free, with};
use super::state::Recorder;
use crate::asker::{Asker, Given};

/// Somebody asks for the program's variables.
pub(crate) fn variables_asked(asked: Asked<'_>) {
    if !is_free() {
        return;
    }
    with(|recorder| match asked {
        Asked::All(quiet) => recorder.variables_given(quiet, true),
        Asked::Attribute(name) => recorder.attribute_read(name),
    });
}

impl Recorder {
    /// An attribute of the program's module is read.
    fn attribute_read(&mut self, name: Lent<'_>) {
        match name.as_str() {
            Some("__dict__") => self.variables_given(name.quiet(), false),
            Some(special) if special.starts_with("__") => {}
            Some(text) if self.variables(name.quiet()).item_by(name).is_some() => {
                self.reads_name(text.to_owned());
            }
            _ => {}
        }
    }

    /// The dictionary of the program's variables is given to whoever runs. What is looked up in it is
    /// not seen: the variables that are named in the texts of the call count as read, and where there
    /// is no text that names anything, all of them, if they are asked for by way of a frame.
    fn variables_given(&mut self, quiet: Quiet<'_>, by_frame: bool) {
        let Some(asker) = Asker::now(quiet) else { return };
        let known = self.at_hand.spelled && !asker.is_of_program();
        if known || asker.is_of_standard_library(quiet) || asker.wants_special_names() {
            return;
        }
        self.at_hand.namespace_open = true;
        let given = Given::to_call(quiet);
        let mut names = Vec::new();
        for text in &given.texts {
            names.extend(names_in(text, Spelling::Plain));
        }
        let is_named = !names.is_empty();
        for name in names {
            if self.is_named(quiet, &name) {
                self.looks_up(quiet, name);
            }
        }
        if !is_named && (by_frame || asker.is_of_program()) {
            self.at_hand.given_without_names = true;
        }
    }

    /// The variables were given to somebody who was handed no text: those that texts of the statement
    /// name are read, and where it has none, all.
    pub(super) fn note_given_without_names(&mut self, quiet: Quiet<'_>, spelled: Vec<String>) {
        if !std::mem::take(&mut self.at_hand.given_without_names) {
            return;
        }
        self.loop_trace.doubt();
        if spelled.is_empty() {
            self.at_hand.reads_everything = true;
        }
        for name in spelled {
            self.looks_up(quiet, name);
        }
    }
}
