#![doc = include_str!("../README.md")]

use clew_heap::fingerprint;

/// A program run as Python itself would run it.
mod script;
/// A program that comes in pieces, as in a notebook's kernel.
mod cells;
/// What to run, and how.
mod run_settings;
/// A module, a folder or an archive run by `runpy`.
mod run_module;
/// What runs as `__main__`.
mod main_module;
/// Modules beside the script that have the names of standard ones.
mod module_shadowing;
/// The program's own files that ran though a library was started.
mod unfollowed;
/// The store, which no listing of the program's shows.
#[cfg(unix)]
mod hidden_folder;
/// Where the reports of a run go.
mod recording;
/// What was found out about callables, for later runs.
mod findings;

/// A process that was forked from the one that is recorded.
mod forked;
/// What probes report, gathered over one statement.
mod recorder;
/// Which statements of a loop did what was reported while it ran.
mod loop_trace;

/// What annotations say of live callables.
mod rules;
/// What a call changes, read from its source.
mod inference;
/// What a call changed, by comparing what it can reach before and after.
mod observe;

/// Which files the program reads, imports and writes.
mod session_files;
/// What CPython's audit events say of files, processes and connections.
mod audit;
/// What one audit event says of an external state.
mod touch;
/// Whether a call is under way that no rule speaks of.
mod unknown_call;
/// Whether other processes were at work for a call.
mod children;
/// Whose code it is that runs.
mod asker;
/// What was changed in a library, and which values obey it.
mod settings;
/// What imported modules hold.
mod library_state;
/// Attributes that are set on classes.
mod class_hook;
/// The names that a statement spells.
mod names_of_text;
/// Whether the hidden random generators moved.
mod rng_state;
/// By which conventions C code writes texts.
mod locale_state;
/// How deep calls may go, and how long numbers may be.
mod limit_state;
/// How libraries of C compute in this context.
mod context_state;
/// What became of weak references and finalizers.
mod finalizer;
/// Whether a package reads environment variables.
mod environment_use;
/// Which environment variables are read.
mod environment_watch;
/// Which figure is pyplot's current one.
mod figures;
/// Files that calls are given the names of.
mod paths;
/// By which names the program knows a file.
mod file_names;
/// What the system says of files, whoever opens them.
mod file_watch;
/// The version of a package, and what a module holds by name.
mod package;

/// The executor's host over this interpreter.
mod python_host;

/// Values as bytes.
mod artifact;
/// This process's own view of some folders.
mod isolation;
/// SQLite's descriptors and mappings among the program's.
#[cfg(target_os = "linux")]
mod store_files;
/// What the rules say of a call, for those who check them.
mod rule_query;

pub use artifact::{
    pickle, read_array, read_frame, read_number, type_name, unpickle, wait_for_pickler,
};
pub use cells::{
    CellSettings, adopt_code, begin_cell, begin_cells, edited_modules, end_cells, end_statement,
    enter, instrument_cell, leave, missed, note_changed, note_changed_before, note_read,
    note_stored, pause, resume, variables_behind,
};
pub use clew_probe::CompileMode;
pub use findings::Findings;
pub use fingerprint::{Fingerprint, cheap_fingerprint, fingerprint};
pub use forked::is_forked;
pub use isolation::{Layer, isolate};
pub use module_shadowing::forget_shadowed;
pub use python_host::{PythonHost, SourceText};
pub use recorder::{
    after_fork_in_child, is_active, note_saved, panic_in_recorder, rest_in_recorder, unfinished,
};
pub use recording::Recording;
pub use rule_query::Annotations;
pub use run_settings::RunSettings;
pub use script::{Ended, run};
#[cfg(target_os = "linux")]
pub use store_files::guard_store_files;
pub use unfollowed::unfollowed_caller;
