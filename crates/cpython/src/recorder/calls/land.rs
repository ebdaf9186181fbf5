//! Land: marks what the rules say that a call changes, and notes the states that it touches.

use std::rc::Rc;

use clew_effects::{Depth, ExternalState, Landing, Place, Resource, StateKey};
use clew_heap::Lent;
use clew_heap::arguments::CallArguments;
use clew_heap::callable_name::module_of;
use clew_heap::library::standard::{file_of, is_environ, path_text};
use clew_heap::library::threading::is_of_waiting;
use clew_probe::{ProgramPoint, forget_reports};

use super::hidden::HiddenWrite;
use super::plan::Planned;
use crate::environment_use;
use crate::observe::has_threads;
use crate::paths::normal_path;
use crate::recorder::figures::{FigureUse, is_pyplot};
use crate::recorder::note::hidden_key;
use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;

/// What is to be done about a call's result and pyplot's figures when it has ended.
#[derive(Default)]
pub(super) struct Landed {
    /// What the result stands for.
    pub(super) handle: Option<StateKey>,
    /// What the call does with pyplot's current figure.
    pub(super) figure: Option<FigureUse>,
}

impl Recorder {
    /// Marks and notes what the rules say that a call does; changes of what it is given only where
    /// they are not known better (`assumed`), and of what its receiver holds where that is not `watched`.
    pub(super) fn land(
        &mut self,
        planned: &Planned<'_>,
        (assumed, watched): (bool, bool),
    ) -> Landed {
        let plan = &planned.plan;
        // States whose parts depend on no argument are the same each time.
        let noted = plan.has_fixed_states
            && !self.at_hand.noted.insert((Rc::as_ptr(&plan.effects), ProgramPoint::current()));
        let by = planned.cause();
        let landed = Landed::default();
        let mut live = Live { recorder: self, planned, by, assumed, watched, noted, landed };
        plan.effects.land(&mut live);
        live.landed
    }

    /// What is written out, read of modules, gone through and called by a call, whatever it changes.
    pub(super) fn note_reached(
        &mut self,
        planned: &Planned<'_>,
        (asked, bounded, own): (bool, bool, bool),
    ) -> Vec<HiddenWrite> {
        let mut hidden = Vec::new();
        let Planned { callable, callee, call, plan, .. } = planned;
        let by = planned.cause();
        // Of a call whose arguments are not seen nobody hears when it returns.
        let at_once = own || !planned.is_seen();
        self.change_by_address(callee.function, call, &by);
        if asked || plan.effects.touches(&ExternalState::StandardStreams) {
            let logs = plan.effects.touches(&ExternalState::Logging);
            self.write_out(callable.quiet(), &by, logs.then_some(callee.receiver));
        }
        let quiet = callable.quiet();
        for object in plan.footprint.iter().filter_map(|variable| variable.mutable_value(quiet)) {
            if !bounded {
                hidden.extend(self.note_footprint(object, &by, (own, at_once)));
            }
            if let Some(key) = self.objects.handles.get(&object.address()).cloned() {
                self.reads_state(key.clone());
                self.writes_state((key, false));
            }
        }
        if plan.iterates {
            for value in call.lent() {
                self.consume(value);
            }
        }
        // What a class is given to make an instance of is not called yet.
        if !callable.is_class() {
            for value in call.lent().filter(|value| value.is_callable()) {
                self.call_back(value);
                // What it is handed with it is given, as to `reduce`, `sorted` and pools.
                if let Some(by) = self.changes_as_ruled(value) {
                    for given in planned.values().into_iter().flatten().filter(|&it| it != value) {
                        self.mutate(given, Depth::Deep, &by, None);
                    }
                }
            }
        }
        hidden
    }

    /// Notes a mutable object of a module that a library's function refers to; what is to be looked at again when
    /// the call has returned, where it is seen then whether it changed.
    fn note_footprint(
        &mut self,
        object: Lent<'_>,
        by: &Cause,
        (own, at_once): (bool, bool),
    ) -> Option<HiddenWrite> {
        let address = object.address();
        self.reads_state(hidden_key(address));
        if !at_once
            && let Some(watched) =
                HiddenWrite::begin_deep(object, &mut self.watching.observer, &self.boundary)
        {
            return Some(watched);
        }
        self.writes_state((hidden_key(address), false));
        if self.objects.hidden.insert(address) {
            forget_reports();
        }
        if own {
            self.change_held(address, by);
        }
        None
    }

    /// The path of the file that a value has open, made absolute.
    pub(in crate::recorder) fn path_of_open(&self, value: Lent<'_>) -> Option<String> {
        file_of(value, &self.boundary).map(|path| normal_path(&path))
    }

    /// A value as the name of a part of a state: a path made absolute, a string as it is.
    fn part_of(&self, state: &ExternalState, value: Lent<'_>) -> Option<String> {
        if let Some(key) = self.objects.handles.get(&value.address()) {
            return key.part.clone();
        }
        let text = value.text().or_else(|| path_text(value));
        if *state == ExternalState::FileSystem && text.is_none() {
            return self.path_of_open(value);
        }
        let text = text?;
        if *state == ExternalState::FileSystem {
            let here = std::env::current_dir().unwrap_or_default();
            return Some(normal_path(&here.join(text)));
        }
        Some(text)
    }
}

/// The objects at a place of a live call, which lends them.
enum Values<'p> {
    /// One at most; for the receiver with the name that the text reaches it by.
    One {
        value: Option<Lent<'p>>,
        base_name: Option<Lent<'p>>,
    },
    Positional,
    All,
}

impl<'p> Values<'p> {
    #[inline]
    fn argument(value: Option<Lent<'p>>) -> Self {
        Self::One { value, base_name: None }
    }

    /// Hands out each object, with the name of the receiver.
    #[inline]
    fn each(self, call: &'p CallArguments, mut body: impl FnMut(Lent<'p>, Option<Lent<'p>>)) {
        match self {
            Self::One { value, base_name } => {
                if let Some(value) = value {
                    body(value, base_name);
                }
            }
            Self::Positional => {
                (0..call.count)
                    .filter_map(|at| call.lent_positional(at))
                    .for_each(|value| body(value, None));
            }
            Self::All => call.lent().for_each(|value| body(value, None)),
        }
    }
}

/// A live call whose effects land on the objects that it is given.
struct Live<'r, 'p> {
    recorder: &'r mut Recorder,
    planned: &'p Planned<'p>,
    by: Cause,
    /// Whether changes of what it is given are not known better.
    assumed: bool,
    /// Whether it is seen what it does to what its receiver holds.
    watched: bool,
    /// Whether the states that it touches were noted before.
    noted: bool,
    landed: Landed,
}

impl<'p> Landing for Live<'_, 'p> {
    type Values = Values<'p>;

    fn receiver(&self) -> Values<'p> {
        Values::One { value: self.planned.callee.receiver, base_name: self.planned.base_name }
    }

    fn positional(&self, at: usize) -> Values<'p> {
        Values::argument(self.planned.call.lent_positional(at))
    }

    fn keyword(&self, name: &str) -> Values<'p> {
        Values::argument(self.planned.call.lent_keyword(name))
    }

    fn all_positional(&self) -> Values<'p> {
        Values::Positional
    }

    fn all_arguments(&self) -> Values<'p> {
        Values::All
    }

    fn result(&self) -> Values<'p> {
        Values::argument(None)
    }

    fn mutate(&mut self, values: Values<'p>, depth: Depth) {
        if !self.assumed {
            return;
        }
        let Self { recorder, planned, by, watched, .. } = self;
        values.each(planned.call, |value, base_name| {
            let seen = *watched && planned.callee.receiver == Some(value);
            let depth = if seen { Depth::Shallow } else { depth };
            recorder.mutate(value, depth, by, base_name);
        });
    }

    fn consume(&mut self, values: Values<'p>) {
        let Self { recorder, planned, .. } = self;
        values.each(planned.call, |value, _| {
            recorder.consume(value);
        });
    }

    // What objects share is seen by walks.
    fn view(&mut self, _places: &[Place]) {}

    // What a call is given belongs to the program, whatever else looks at it.
    fn handle(&mut self, place: &Place, resource: &Resource) {
        if *place == Place::Result {
            self.landed.handle = Some(self.state_key(resource));
        }
    }

    fn read(&mut self, resource: &Resource) {
        self.touch(resource, false);
    }

    fn write(&mut self, resource: &Resource) {
        self.touch(resource, true);
    }
}

impl Live<'_, '_> {
    fn touch(&mut self, resource: &Resource, writes: bool) {
        if is_about_figures(resource, writes) && self.planned.is_seen() {
            // Which figure it is about, and whether it made one, is known at its end.
            let figure = FigureUse::of(&self.by.by, self.planned.call);
            let used = self.landed.figure.get_or_insert(figure);
            used.writes |= resource.key.is_none() && writes;
        } else if !self.noted && !self.is_seen_otherwise(resource, writes) {
            self.note_state(resource, writes);
        }
    }

    /// Whether what a call does with a state is seen in another way.
    fn is_seen_otherwise(&self, resource: &Resource, writes: bool) -> bool {
        let Self { recorder, planned, .. } = self;
        match resource.state {
            // Whoever is alone waits for nobody.
            ExternalState::Process => {
                is_of_waiting(&planned.callee)
                    && !has_threads(planned.callable.quiet())
                    && recorder.objects.beside.is_empty()
            }
            // Which of the files they find that the program wrote is audited.
            ExternalState::FileSystem => !writes && looks_by_pattern(&planned.plan.name),
            // Who names no locale only asks which one it is.
            ExternalState::Module(ref module) if writes && module == "locale" => {
                let call = planned.call;
                let named = call.lent_positional(1).or_else(|| call.lent_keyword("locale"));
                planned.is_seen() && named.is_none_or(Lent::is_none)
            }
            // Which variables are read is heard, and which are set is audited.
            ExternalState::Environment => {
                let module = module_of(planned.callee.function).unwrap_or_default();
                environment_use::is_heard()
                    && (planned.callee.receiver.is_some_and(is_environ)
                        || matches!(module.as_str(), "ntpath" | "os" | "posixpath"))
            }
            // Many estimators draw for some of their settings only; the generator shows it.
            ExternalState::NumpyRandom => {
                planned.plan.draws && recorder.outside.draws.sees(&ExternalState::NumpyRandom)
            }
            _ => false,
        }
    }

    /// Notes that the call reads or writes a state.
    fn note_state(&mut self, resource: &Resource, writes: bool) {
        let key = self.state_key(resource);
        let Self { recorder, planned, .. } = self;
        let Planned { call, plan, .. } = planned;
        if !writes {
            recorder.reads_state(key);
            return;
        }
        let mode = call.lent_positional(1).or_else(|| call.lent_keyword("mode"));
        let anew = makes_anew(&plan.name, mode.and_then(Lent::as_str));
        // Who draws hangs on what was there; who seeds does not.
        if !plan.effects.reads(&key.state) {
            recorder.note_seeded(&key.state);
        }
        if anew {
            recorder.note_draws_before(planned.callable.quiet(), &key);
        }
        let registers = |package: &str| {
            planned.is_seen() && recorder.note_registered(package, (&planned.callee, call))
        };
        if !key.state.module().filter(|_| key.part.is_none()).is_some_and(registers) {
            recorder.writes_state((key, anew));
        }
    }

    /// Which part of a state the call is about. Of several values none names it.
    fn state_key(&self, resource: &Resource) -> StateKey {
        resource.resolve(|place| {
            let Values::One { value, .. } = self.at(place) else { return None };
            value.and_then(|value| self.recorder.part_of(&resource.state, value))
        })
    }
}

/// Whether a rule about pyplot speaks of the figure that is current.
fn is_about_figures(resource: &Resource, writes: bool) -> bool {
    is_pyplot(resource, None) || (is_pyplot(resource, Some("current")) && writes)
}

/// Whether a callee looks for files by a pattern.
fn looks_by_pattern(name: &str) -> bool {
    matches!(name.rsplit('.').next(), Some("glob" | "iglob" | "rglob"))
}

/// Whether a call leaves nothing of the state that it changes as it was: files that are written
/// from their beginning, generators that are seeded.
pub(super) fn makes_anew(callee: &str, mode: Option<&str>) -> bool {
    let name = callee.rsplit('.').next().unwrap_or(callee);
    match name {
        // With `x` it hangs on there being nothing.
        "open" => mode.is_some_and(|mode| mode.contains('w')),
        "to_csv" | "to_json" | "to_pickle" | "to_parquet" | "to_feather" | "to_excel" => {
            mode.is_none_or(|mode| !mode.contains('a'))
        }
        "seed" | "manual_seed" | "set_state" | "setstate" | "set_rng_state" | "savefig"
        | "imsave" | "imwrite" | "write_text" | "write_bytes" | "savetxt" | "savez"
        | "savez_compressed" | "copyfile" | "copy2" => true,
        _ => false,
    }
}
