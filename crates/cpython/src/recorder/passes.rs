//! Passes: what a statement that has ended did beside what its text binds and its calls change.

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_graph::{is_kept_by_shell, is_of_function};
use clew_heap::frame::is_of_followed;
use clew_heap::library::logging::loggers;
use clew_heap::library::standard::{factory_of, is_defaultdict};
use clew_heap::{Quiet, kind};
use clew_session::{Bound as Binding, Changed, SavedValue};
use clew_syntax::{Read, Scope, ScopeKind, Statement, Target, Template, literal_key};
use pyo3::ffi;

use super::note::hidden_key;
use super::outcome::Ended;
use super::state::Recorder;
use super::statement::{Cause, IN_PLACE};
use crate::package::version_of;

/// A module, and its package and version where it has one.
type Imported = (String, Option<String>, Option<String>);

impl Recorder {
    /// `x += y` left the same object in place: it was changed, if it can be.
    pub(super) fn note_augmented(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        let by = Cause::new(IN_PLACE, Confidence::Annotated);
        for name in augmented(ended) {
            if let Some(value) = self.variables(quiet).item(name)
                && self.mirror.address(name) == Some(value.address())
                && kind::changes_in_place(value)
            {
                self.change(value, &by);
            }
        }
    }

    /// The variables that functions bind which were entered, where that may have been several times: the value that
    /// one has in the end may lie where that lay which it had before.
    fn bound_several_times(&self, ended: &Ended<'_>) -> Vec<String> {
        let repeats = |scope: &Scope| {
            ended.statement.range.contains(scope.range)
                && !matches!(scope.kind, ScopeKind::Function | ScopeKind::Class)
        };
        if !self.at_hand.namespace_open
            || !(ended.compound || ended.unit.scopes().iter().any(repeats))
        {
            return Vec::new();
        }
        let mut names = Vec::new();
        for entered in &self.at_hand.entered {
            let Some(unit) = self.recording.unit(entered.source) else { continue };
            let Some(scope) = entered.scope_in(&unit) else { continue };
            let is_there = |name: &&String| !is_of_function(name) || is_of_followed(name);
            names.extend(scope.binds.iter().filter(is_there).cloned());
        }
        names
    }

    /// Variables that were bound or read by way of the namespace itself.
    pub(super) fn note_namespace(&mut self, quiet: Quiet<'_>, ended: &mut Ended<'_>) {
        if self.at_hand.given_without_names {
            self.note_given_without_names(quiet, ended.unit.names_in_texts(ended.statement.id));
        }
        let given = self.at_hand.namespace_given;
        let replaced = self.at_hand.names_replaced;
        let open = ended.access.star_import || self.at_hand.namespace_open || self.in_cells;
        if open || given > 0 || replaced {
            let variables = self.variables(quiet);
            for change in self.mirror.differences(variables) {
                if ended.bound.iter().any(|known| known.name == change.name) {
                    continue;
                }
                // It had to be there.
                if !change.is_bound || replaced || self.at_hand.namespace_augmented {
                    self.at_hand.read.push(change.name.clone());
                }
                let deleted = !change.is_bound;
                ended.bound.push(Binding { name: change.name, certain: true, deleted });
            }
        }
        for name in std::mem::take(&mut self.at_hand.bound_beside) {
            if ended.bound.iter().all(|known| known.name != name) {
                self.mirror.refresh(self.variables(quiet), &name);
                ended.bound.push(Binding { name, certain: false, deleted: false });
                self.loop_trace.doubt();
            }
        }
        for name in self.bound_several_times(ended) {
            if ended.bound.iter().all(|known| known.name != name) {
                ended.bound.push(Binding { name, certain: false, deleted: false });
                self.loop_trace.doubt();
            }
        }
        let keys = literal_key::globals_read(ended.statement);
        if given > self.at_hand.namespace_stored + keys.times {
            self.at_hand.reads_everything = true;
        }
        if keys.times > 0 || self.at_hand.reads_everything {
            self.loop_trace.doubt();
        }
        self.at_hand.read.extend(keys.names);
        if self.at_hand.reads_everything {
            let names = self.mirror.names().into_iter();
            let in_cells = self.in_cells;
            self.at_hand.read.extend(names.filter(|name| !in_cells || !is_kept_by_shell(name)));
        }
    }

    /// Reading a missing key of a `defaultdict` adds it.
    pub(super) fn note_missing_keys(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        for read in &ended.access.reads {
            let value = self.variables(quiet).item(&read.name);
            let Some(value) = value.filter(|&value| is_defaultdict(value)) else { continue };
            let length = value.pairs_count() as ffi::Py_ssize_t;
            let before = self.objects.lengths.insert(value.address(), length);
            if before.unwrap_or(0) == length {
                continue;
            }
            let by = Cause::new("a missing key", Confidence::Observed);
            self.change(value, &by);
            // What makes the values may be a method of C.
            if let Some(receiver) = factory_of(value) {
                self.change(receiver, &by);
            }
        }
    }

    /// Loggers that were made: what they are kept in has grown. It is no change of the others, which all lead there.
    pub(super) fn note_loggers(&mut self, quiet: Quiet<'_>, ended: &mut Ended<'_>) {
        let Some(loggers) = loggers(quiet) else { return };
        let key = hidden_key(loggers.address());
        let asks = |read: &Read| read.path.iter().any(|part| part == "loggerDict");
        if ended.reads.iter().any(asks) {
            self.reads_state(key.clone());
        }
        let length = loggers.pairs_count() as ffi::Py_ssize_t;
        let before = self.objects.lengths.insert(loggers.address(), length);
        if before.is_none_or(|before| before == length) {
            return;
        }
        let variables = self.variables(quiet);
        let stand_for = variables.pairs().filter(|(_, value)| *value == loggers);
        for name in stand_for.filter_map(|(name, _)| name.text()) {
            if ended.changed.iter().all(|known| known.name != name) {
                let (by, confidence) = ("a new logger".to_owned(), Confidence::Observed);
                ended.changed.push(Changed { name, by, confidence });
            }
        }
        self.writes_state((key, false));
        if ended.compound {
            self.loop_trace.doubt();
        }
    }

    /// What the values that were bound before or are bound now ask for.
    pub(super) fn note_bound_values(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        // What ends with its last name depends on what the name stood for.
        if ended.finalized {
            self.at_hand.read.extend(ended.bound.iter().map(|bound| bound.name.clone()));
            self.loop_trace.doubt();
        }
        if self.at_hand.calls.iter().any(|name| makes_of_bytes(name)) {
            for bound in &ended.bound {
                if let Some(value) = self.variables(quiet).item(&bound.name) {
                    self.read_classes_of(value);
                }
            }
        }
    }

    /// What a context manager gives stands for the same as the manager.
    pub(super) fn note_entered_manager(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        let (Some(key), true, [bind]) =
            (self.at_hand.entering.take(), ended.header_only, &ended.bound[..])
        else {
            return;
        };
        let value = self.variables(quiet).item(&bind.name);
        let Some(value) = value.filter(|&value| kind::changes_in_place(value)) else { return };
        if key.state == ExternalState::Warnings && value.is_list() {
            let length = value.items().len() as ffi::Py_ssize_t;
            self.objects.gathering.push((bind.name.clone(), length));
        }
        self.objects.handles.insert(value.address(), key);
        clew_probe::forget_reports();
    }

    /// The external states that its text, its values and its imports are about.
    pub(super) fn note_outside(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        let (unit, statement) = (ended.unit, ended.statement);
        self.note_files_used(ended.leaving);
        self.note_room_made(quiet, ended);
        let variables = self.variables(quiet);
        self.note_mapped(ended.bound.iter().filter_map(|bound| variables.item(&bound.name)));
        let figures = self.outside.written.has_any_of(&ExternalState::Pyplot);
        if figures && unit.mentions_attribute(statement.id, "number") {
            self.reads_state(crate::figures::numbers());
        }
        let hidden = !self.objects.hidden.is_empty();
        if hidden || self.objects.binds_variables_of_modules || figures {
            self.read_paths(quiet, &ended.reads);
        }
        if self.outside.written.has_any_of(&ExternalState::Process) {
            self.read_shared(quiet, &ended.reads);
        }
        self.use_libraries(quiet, ended);
        self.environment(quiet, statement, (&ended.reads, ended.access.reads.len()));
        self.note_environment(quiet, &ended.modules);
        self.note_draws(quiet);
        self.note_limits(quiet);
        if self.at_hand.files_audited > 0 {
            // `with` and operators make values without a call.
            let bound = ended.bound.iter();
            let variables = self.variables(quiet);
            let values = bound.filter_map(|bound| variables.item(&bound.name));
            self.adopt_files(quiet, &values.collect::<Vec<_>>());
        }
        if !self.outside.settings.is_empty() {
            let makes_text = !self.at_hand.entered.is_empty() || unit.may_make_text(statement.id);
            self.obey_settings(quiet, &ended.reads, (makes_text, ended.calling));
            self.obey_limits(ended, makes_text);
        }
    }

    /// The modules that it imported, with their packages and versions.
    pub(super) fn imported(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) -> Vec<Imported> {
        if ended.modules.is_empty() {
            if self.at_hand.imported_within {
                self.note_imported(quiet, &[]);
            }
            return Vec::new();
        }
        let major = |version: String| version.split('.').next()?.parse().ok();
        let pandas: Option<u32> = version_of(quiet, "pandas").and_then(major);
        self.objects.copies_on_write = pandas.is_some_and(|major| major >= 3);
        self.reads_state(StateKey::whole(ExternalState::ImportSystem));
        self.note_imported(quiet, &ended.modules);
        let imported = |module: &String| {
            let top = module.split('.').next().unwrap_or_default().to_owned();
            let version = version_of(quiet, &top);
            (module.clone(), version.is_some().then_some(top), version)
        };
        ended.modules.iter().map(imported).collect()
    }

    /// What was saved, with the variables whose values it is.
    pub(super) fn saved(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) -> Vec<SavedValue> {
        if self.at_hand.saved.is_empty() {
            return Vec::new();
        }
        let spelled = literal_key::saved(ended.statement);
        let mut saved = std::mem::take(&mut self.at_hand.saved);
        for (value, address) in &mut saved {
            // The name that the statement spells, if the value is still there.
            // One of a function is gone when the function has ended: the statement is what saves it again.
            let named = spelled.iter().filter(|name| !is_of_function(name)).find(|name| {
                let value = self.variables(quiet).item(name);
                value.is_some_and(|value| value.address() == *address)
            });
            if named.is_some() {
                value.variable = named.cloned();
            } else if ended.bound.iter().any(|bound| Some(&bound.name) == value.variable.as_ref()) {
                value.variable = None;
            }
        }
        saved.into_iter().map(|(value, _)| value).collect()
    }

    /// A loop is taken as a whole where not all of what it did has a place in it.
    pub(super) fn doubt_loop(&mut self, ended: &Ended<'_>, saves: bool) {
        if ended.raised
            || ended.access.star_import
            || self.at_hand.namespace_open
            || self.at_hand.namespace_given > 0
            || self.at_hand.everything_changed.is_some()
            || saves
        {
            self.loop_trace.doubt();
        }
    }
}

/// The variables that a statement, or those in its suites, sets by an in-place operator.
pub(super) fn augmented<'u>(ended: &Ended<'u>) -> Vec<&'u str> {
    let set = |statement: &'u Statement| match &statement.template {
        Template::Augmented { target: Target::Name { name, .. }, .. } => Some(name.as_str()),
        _ => None,
    };
    if !ended.compound {
        return set(ended.statement).into_iter().collect();
    }
    ended.unit.statements()[ended.statement.id.index()..]
        .iter()
        .take_while(|inner| inner.range.start < ended.statement.range.end)
        .filter_map(set)
        .collect()
}

/// Whether a callee makes objects of bytes that name their classes.
fn makes_of_bytes(callee: &str) -> bool {
    matches!(callee.rsplit('.').next(), Some("load" | "loads" | "read_pickle"))
}
