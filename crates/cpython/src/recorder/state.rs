//! Recorder state: what is kept over the life of a program, and what of a statement.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::sync::atomic::{AtomicBool, Ordering};

use clew_effects::{Catalog, Confidence, ExternalState, StateKey, StateSet};
use clew_heap::callable_name::top_level;
use clew_heap::callee::Key;
use clew_heap::digest::Digests;
use clew_heap::namespace::Mirror;
use clew_heap::{Address, AddressMap, AddressSet, Lent, Quiet, Variables};
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::beside::Beside;
use super::call_profile::CallProfiles;
use super::following::Following;
use super::large_values::LargeValues;
use super::library_record::{Libraries, Operators};
use super::link::Link;
use super::statement::{Cause, Current, StatementRecord};
use crate::context_state::ContextState;
use crate::environment_use::EnvironmentUse;
use crate::figures::Figures;
use crate::file_names::FileNames;
use crate::file_watch::FileWatch;
use crate::finalizer::Finalizers;
use crate::inference::Inference;
use crate::limit_state::LimitState;
use crate::locale_state::LocaleState;
use crate::loop_trace::LoopTrace;
use crate::observe::{Observer, Rested};
use crate::recording::Recording;
use crate::rng_state::RngStates;
use crate::rules::Rules;
use crate::settings::Settings;

/// Whether the program changed any file so far, and any environment variable: audit events ask before
/// they ask for the recorder.
static FILES_WRITTEN: AtomicBool = AtomicBool::new(false);
static ENVIRONMENT_WRITTEN: AtomicBool = AtomicBool::new(false);
/// Whether the statement at hand looks for files by a pattern.
pub(super) static GLOBBING: AtomicBool = AtomicBool::new(false);

/// Gathers what happens while a statement runs.
pub(crate) struct Recorder {
    pub(super) recording: Box<dyn Recording>,
    /// How many steps the digest of what a variable holds may take.
    pub(super) digest_steps: usize,
    pub(super) namespace: *mut ffi::PyObject,
    /// Whether the program comes in cells, so that the shell may bind variables at any statement.
    pub(super) in_cells: bool,
    /// The statements that run the cells around the one at hand.
    pub(super) outer: Vec<Option<Current>>,
    /// Where walks through the heap stop.
    pub(super) boundary: AddressSet,
    pub(super) rules: Rules,
    pub(super) mirror: Mirror,
    pub(super) current: Option<Current>,
    pub(super) at_hand: StatementRecord,
    pub(super) loop_trace: LoopTrace,
    pub(super) following: Following,
    pub(super) objects: Objects,
    pub(super) large_values: LargeValues,
    /// What others can get at while no cell runs.
    pub(super) between: Between,
    pub(super) outside: Outside,
    pub(super) watching: Watching,
    /// What is said of changes by an assignment.
    pub(super) assignment: Cause,
}

/// Objects that mean more than what they hold.
#[derive(Default)]
pub(super) struct Objects {
    /// Changed objects that no variable leads to, such as the generator inside `random`.
    pub(super) hidden: AddressSet,
    /// Generators that came of calls of which nothing is known: what they do when they go on, to what
    /// they were given, is not known either.
    pub(super) unknown_generators: AddressSet,
    /// Values whose change is a change of a resource: open files.
    pub(super) handles: AddressMap<StateKey>,
    /// What the threads and processes that were started can get at.
    pub(super) running: AddressMap<Running>,
    /// What threads have changed, for who waits for them.
    pub(super) beside: Beside,
    /// How long each `defaultdict` was when last looked at.
    pub(super) lengths: AddressMap<isize>,
    /// The modules that lie with the program and that it imported.
    pub(super) own_modules: FxHashSet<String>,
    /// Whether functions of libraries bound variables of their modules anew.
    pub(super) binds_variables_of_modules: bool,
    /// The variables whose lists gather warnings, and how many there were.
    pub(super) gathering: Vec<(String, ffi::Py_ssize_t)>,
    /// Standard output and standard error as the program found them.
    pub(super) streams: [Address; 2],
    /// Variables whose values stand for others.
    pub(super) links: Vec<Link>,
    /// Whether pandas copies what is shared before it changes it.
    pub(super) copies_on_write: bool,
}

/// What a thread or process that was started can get at.
#[derive(Default)]
pub(super) struct Running {
    pub(super) reached: AddressSet,
    /// The session's functions that it may run.
    pub(super) code: AddressSet,
}

/// What others can get at, as it was when the last cell ended.
#[derive(Default)]
pub(super) struct Between {
    /// The variables that lead there, and where their values are.
    pub(super) variables: FxHashMap<String, Address>,
    pub(super) rested: Rested,
    /// The modules of the program's own of which functions were given other code.
    pub(super) loaded: FxHashSet<String>,
}

/// What lies outside the program's values.
#[derive(Default)]
pub(super) struct Outside {
    /// The external states that the program changed so far.
    pub(super) written: StateSet,
    /// How often states were changed, other than hidden objects.
    pub(super) states_changed: usize,
    /// What was changed in libraries that later calls obey.
    pub(super) settings: Settings,
    pub(super) draws: RngStates,
    pub(super) locale: LocaleState,
    pub(super) limits: LimitState,
    pub(super) contexts: ContextState,
    /// The hidden random generators that may have been seeded, rather than only drawn from.
    pub(super) seeded: Vec<ExternalState>,
    pub(super) figures: Figures,
    pub(super) weak: Finalizers,
    pub(super) mentions: EnvironmentUse,
    /// The folders whose files the system tells of.
    pub(super) files: FileWatch,
    pub(super) libraries: Libraries,
    /// The files that were mapped into memory so that they can be written.
    pub(super) mapped_files: Vec<StateKey>,
    /// The names of files that have several.
    pub(super) names: FileNames,
    /// The environment variables that were set otherwise than by libraries for themselves.
    pub(super) variables: FxHashSet<String>,
}

/// How it is found out what calls do of which no rule speaks.
pub(super) struct Watching {
    pub(super) observer: Observer,
    pub(super) inference: Inference,
    pub(super) profiles: CallProfiles,
    pub(super) digests: Digests,
    pub(super) operators: Operators,
    /// Whether context managers heed exceptions, by their classes.
    pub(super) managers: FxHashMap<Key, bool>,
}

/// From where it is known what calls do.
pub(crate) struct Knowledge {
    pub(crate) catalog: Catalog,
    /// Whether to ask the rules.
    pub(crate) annotations: bool,
    /// Which edition of clew, Python and the rules it is.
    pub(crate) edition: String,
    /// Which share of the run may be spent on finding it out.
    pub(crate) observe: f64,
}

impl Recorder {
    /// A recorder for a program whose variables are in `namespace`.
    pub(super) fn new(
        recording: Box<dyn Recording>,
        namespace: &Bound<'_, pyo3::types::PyDict>,
        knowledge: Knowledge,
    ) -> Self {
        let Knowledge { catalog, annotations, edition, observe } = knowledge;
        let mut mirror = Mirror::default();
        // SAFETY: the reference keeps the namespace alive, and nothing of the program runs yet.
        mirror.remember(Variables::new(unsafe { Lent::of(namespace) }));
        let mut outside = Outside::default();
        // SAFETY: the GIL is held, and nothing of the program runs yet.
        let quiet = unsafe { Quiet::new() };
        outside.draws.look(quiet);
        outside.locale.look();
        outside.limits.look(quiet);
        outside.contexts.look(quiet, false, &|_| false);
        if let Ok(folder) = std::env::current_dir() {
            outside.files.watch(&folder);
        }
        outside.libraries.state.look(quiet, namespace.as_ptr() as Address);
        FILES_WRITTEN.store(false, Ordering::Relaxed);
        ENVIRONMENT_WRITTEN.store(false, Ordering::Relaxed);
        Self {
            digest_steps: recording.digest_steps(),
            recording,
            namespace: namespace.as_ptr(),
            in_cells: false,
            outer: Vec::new(),
            boundary: AddressSet::from_iter([namespace.as_ptr() as Address]),
            rules: Rules::new(catalog, annotations),
            mirror,
            current: None,
            at_hand: StatementRecord::default(),
            loop_trace: LoopTrace::default(),
            following: Following::default(),
            objects: Objects {
                streams: standard_streams(quiet).map(|stream| stream.map_or(0, Lent::address)),
                ..Objects::default()
            },
            large_values: LargeValues::default(),
            between: Between::default(),
            outside,
            watching: Watching {
                observer: Observer::new(observe),
                profiles: CallProfiles::new(edition.clone()),
                digests: Digests::default(),
                operators: Operators::default(),
                managers: FxHashMap::default(),
                inference: Inference::within(observe, edition),
            },
            assignment: Cause::new("assignment", Confidence::Annotated),
        }
    }
}

impl Recorder {
    /// The program's variables: those of the module, and of functions that are followed.
    pub(super) fn variables<'a>(&self, _quiet: Quiet<'a>) -> Variables<'a> {
        // SAFETY: the program's namespace lives as long as the recorder.
        Variables::new(unsafe { Lent::new(self.namespace) }.expect("the program has a namespace"))
    }

    /// The module that the base name of a chain of attributes stands for, if it is one.
    pub(super) fn module_named<'a>(&self, base_name: Option<Lent<'a>>) -> Option<Lent<'a>> {
        let name = base_name?;
        self.variables(name.quiet()).item_by(name).filter(|module| module.is_module())
    }

    /// The package of the library's class that the base name of a chain of attributes stands for.
    pub(super) fn library_class_named(&self, base_name: Option<Lent<'_>>) -> Option<String> {
        let name = base_name?;
        let class = self.variables(name.quiet()).item_by(name)?.as_class()?;
        let (module, _) = class.name();
        (class.is_made_by_statement() && module != "__main__").then(|| top_level(&module))
    }
}

/// Whether the program changed any file so far.
pub(crate) fn files_written() -> bool {
    FILES_WRITTEN.load(Ordering::Relaxed)
}

/// Whether the statement at hand looks for files by a pattern.
pub(crate) fn is_globbing() -> bool {
    GLOBBING.load(Ordering::Relaxed)
}

/// Whether the program changed any environment variable so far.
pub(crate) fn environment_written() -> bool {
    ENVIRONMENT_WRITTEN.load(Ordering::Relaxed)
}

/// Remembers what [`files_written`] and [`environment_written`] answer.
pub(super) fn note_written(written: &StateSet) {
    FILES_WRITTEN.store(written.has_any_of(&ExternalState::FileSystem), Ordering::Relaxed);
    ENVIRONMENT_WRITTEN.store(written.has_any_of(&ExternalState::Environment), Ordering::Relaxed);
}

/// Standard output and standard error as they are now.
pub(super) fn standard_streams(quiet: Quiet<'_>) -> [Option<Lent<'_>>; 2] {
    [c"stdout", c"stderr"].map(|name| quiet.sys(name))
}
