//! Figures: what the statement at hand does with pyplot's, and that what was got from pyplot changes with
//! them.

use clew_effects::{Confidence, ExternalState, Key, Resource, StateKey};

use clew_heap::arguments::CallArguments;
use clew_heap::{Address, Lent, Quiet};
use clew_session::{ByOthers, Undone};

use super::state::{Recorder, note_written};
use super::statement::Cause;
use crate::figures::{self, Look};

/// What a call does with pyplot's current figure.
#[derive(Clone, Copy)]
pub(super) struct FigureUse {
    /// Whether it changes it.
    pub(super) writes: bool,
    /// Whether it is about figures by number.
    pub(super) numbers: bool,
    /// Whether it makes one, whichever there are.
    pub(super) makes: bool,
    /// Whether it shows all, after which a shell may close them.
    pub(super) shows: bool,
}

impl FigureUse {
    /// What a call of a function of pyplot's does with figures, as far as its name and what it is given say.
    pub(super) fn of(callee: &str, call: &CallArguments) -> Self {
        let name = callee.rsplit('.').next().unwrap_or(callee);
        let constructs = matches!(name, "figure" | "subplots" | "subplot_mosaic");
        let numbers = match name {
            "fignum_exists" | "get_figlabels" | "get_fignums" => true,
            "close" => call.all().next().is_some(),
            _ if constructs => {
                call.keyword("num").is_some() || (name == "figure" && call.positional(0).is_some())
            }
            _ => false,
        };
        Self { writes: false, numbers, makes: constructs && !numbers, shows: name == "show" }
    }
}

impl Recorder {
    /// Notes which figures of pyplot's were made or became current in ways that no rule names, and that
    /// what was got from pyplot or a module of the program's own changes with its state.
    pub(super) fn note_handles(&mut self, quiet: Quiet<'_>, compound: bool) {
        // Libraries make figures out of sight.
        let may_have_made = !self.at_hand.calls.is_empty() || !self.at_hand.entered.is_empty();
        if may_have_made || self.outside.written.has_any_of(&ExternalState::Pyplot) {
            let look = self.outside.figures.look(quiet);
            let changed = look.switched || !look.new.is_empty();
            self.note_look(&look);
            let drawn = !look.filled.is_empty() || !look.drawn.is_empty();
            if !look.new.is_empty() || (drawn && self.at_hand.called_unknown) {
                self.reads_closed();
            }
            if changed && compound {
                self.loop_trace.doubt();
            }
        }
        let shared =
            |key: &StateKey| key.state == ExternalState::Pyplot || key.state.module().is_some();
        if self.objects.handles.is_empty()
            || !self.at_hand.states_written.iter().any(|(key, _)| shared(key))
        {
            return;
        }
        let written = |key: &StateKey| {
            self.at_hand.states_written.iter().any(|(written, _)| written.overlaps(key))
        };
        let handles: Vec<(Address, StateKey)> = self
            .objects
            .handles
            .iter()
            .filter(|(_, key)| shared(key) && written(key))
            .map(|(&address, key)| (address, key.clone()))
            .collect();
        for (address, key) in handles {
            let by = match key.state.module() {
                Some(module) => Cause::new(module, Confidence::Annotated),
                None => Cause::new(&key.state.to_string(), Confidence::Annotated),
            };
            self.at_hand.changed.entry(address).or_insert_with(|| by.clone());
            self.loop_trace.mark_where_written(address, &key);
        }
        let gone = self.outside.figures.take_gone();
        if !gone.is_empty() {
            self.objects.handles.retain(|_, key| !gone.contains(key));
            clew_probe::forget_reports();
        }
    }

    /// Notes what a look at pyplot's figures showed.
    fn note_look(&mut self, look: &Look) {
        let unknown = self.at_hand.called_unknown;
        // What is drawn into axes that are there is seen where it is known what was called.
        let drawn = look.drawn.iter().filter(|_| unknown);
        for filled in look.filled.iter().chain(drawn) {
            // Who drew out of sight may have asked pyplot where to.
            if unknown {
                self.reads_unless_made(figures::current());
                self.reads_unless_made(filled.clone());
            }
            self.writes_state((filled.clone(), false));
        }
        for (new, figure) in &look.new {
            self.objects.handles.insert(*figure, new.clone());
            clew_probe::forget_reports();
            self.writes_state((new.clone(), true));
            self.writes_state((figures::numbers(), false));
        }
        if look.switched {
            // Of what was current before nothing is left when another one was made.
            self.writes_state((figures::current(), !look.new.is_empty() || look.current.is_none()));
        }
    }

    /// A call of pyplot's has ended: it was about the figure that is current now.
    pub(super) fn use_figure(&mut self, quiet: Quiet<'_>, used: FigureUse) -> Option<StateKey> {
        let look = self.outside.figures.look(quiet);
        let by_shell = self.in_cells && used.shows && !look.closed.is_empty();
        if by_shell {
            self.outside.figures.shown.extend(look.closed.iter().cloned());
        }
        self.note_look(&look);
        // Where one was there already, nothing before it matters.
        let found_none = !used.makes && look.current.as_ref().is_none_or(|one| look.is_new(one));
        if found_none || used.numbers || !look.closed.is_empty() {
            self.reads_closed();
        }
        if used.numbers {
            self.reads_state(figures::numbers());
        }
        if !look.closed.is_empty() || (used.numbers && used.writes) {
            self.writes_state((figures::numbers(), false));
        }
        self.reads_state(figures::settings());
        let current = look.current.clone()?;
        // What it made itself hangs on nothing before.
        if !look.is_new(&current) {
            self.reads_unless_made(figures::current());
            self.reads_unless_made(current.clone());
            // Who closes one does nothing to that which comes to light.
            if used.writes && look.closed.is_empty() {
                self.writes_state((current.clone(), false));
            }
        }
        Some(current)
    }

    /// Notes that the statement at hand finds those figures gone that others than the program closed.
    fn reads_closed(&mut self) {
        if self.in_cells {
            self.reads_state(figures::closed());
        }
    }

    /// The shell closed these figures, and none is left.
    fn undone(&mut self, quiet: Quiet<'_>, gone: Vec<StateKey>) -> Undone {
        const MODULE: &str = "matplotlib.pyplot";
        let left = vec![figures::closed(), figures::current(), figures::numbers()];
        for key in &left {
            self.outside.written.insert(key);
        }
        note_written(&self.outside.written);
        let is_pyplot = |value: Lent<'_>| value.is_module() && value.module_name() == MODULE;
        let variables = self.variables(quiet).pairs().filter(|(_, value)| is_pyplot(*value));
        let mut names: Vec<String> = variables.filter_map(|(name, _)| name.text()).collect();
        names.sort_unstable_by_key(|name| (name != "plt", name.starts_with('_'), name.clone()));
        let variable = names.into_iter().next();
        Undone {
            gone,
            left,
            module: MODULE.to_owned(),
            variable,
            call: "close(\"all\")".to_owned(),
        }
    }

    /// What became of pyplot's figures between two cells.
    pub(super) fn figures_by_others(&mut self, quiet: Quiet<'_>) -> Option<Undone> {
        let look = self.outside.figures.look(quiet);
        if !look.closed.is_empty() && self.outside.figures.are_all_closed() {
            return Some(self.undone(quiet, look.closed));
        }
        self.note_look(&look);
        None
    }

    /// The statement at hand has ended: hands on that the shell closed the figures that it showed.
    pub(super) fn record_closed(&mut self, quiet: Quiet<'_>) {
        let gone = std::mem::take(&mut self.outside.figures.shown);
        if !gone.is_empty() && self.outside.figures.are_all_closed() {
            let undone = Some(self.undone(quiet, gone));
            self.recording.by_others(ByOthers { undone, ..ByOthers::default() });
        }
    }

    /// Notes that the statement at hand reads a state, unless it made it anew itself.
    fn reads_unless_made(&mut self, key: StateKey) {
        if !self.at_hand.states_seen.contains(&(key.clone(), Some(true))) {
            self.reads_state(key);
        }
    }
}

/// Whether a rule speaks of all of pyplot's state, or of this part of it.
pub(super) fn is_pyplot(resource: &Resource, part: Option<&str>) -> bool {
    let named = match &resource.key {
        None => None,
        Some(Key::Name(name)) => Some(name.as_str()),
        Some(Key::Place(_)) => return false,
    };
    resource.state == ExternalState::Pyplot && named == part
}
