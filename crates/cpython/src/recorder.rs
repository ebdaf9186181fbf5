//! Recorder: what probes report, gathered over one statement and then handed to the recording.
//!
//! The recorder runs inside the user's program: it never raises, runs no code of the user's, holds no
//! reference to a value of theirs, and when it fails it says so once and lets go.

/// What watched calls of a callable did, for those that there is no time to watch.
mod call_profile;
/// What is done about a call, before it and after.
mod calls;
/// Which objects were changed.
mod changes;
/// Whether one item was set and nothing else changed.
mod items;
/// Iterators that moved on.
mod consume;
/// Functions whose statements are followed one by one.
mod follow;
/// Functions that are called by what the program calls.
mod offer;
/// How many tasks an event loop has.
mod event_loop;
/// What runs while a coroutine rests.
mod tasks;
/// Which functions are followed, and which calls of them are under way.
mod following;
/// The one recorder of this process.
mod entry;
/// What was done to files, and what stands for those that are open.
mod files_used;
/// What is done with pyplot's figures.
mod figures;
/// Which parts of figures a statement changes and looks at.
mod figure_facets;
/// Files that are looked for by patterns.
mod globbed;
/// Statements that would remove files where some were there.
mod room_made;
/// What functions of C write to by its address.
mod foreign;
/// What the interpreter lets programs do, and who comes near it.
mod limits;
/// What other threads have changed.
mod beside;
/// Who waits for other threads.
mod waiting;
/// What others do while no cell runs.
mod between;
/// What is changed when a result is displayed.
mod shown;
/// Variables that code finds by name, in frames or in the module.
mod by_name;
/// Functions that are handed on, and what they read out of sight.
mod handed;
/// What operators change of instances of libraries' classes.
mod operators;
/// Managers: what entering and leaving context managers does.
mod managers;
/// What packages keep themselves and change, and who reads it.
mod kept;
/// What was done to modules and classes of libraries, and who uses it.
mod libraries;
/// Functions of the program that packages were given to keep, and who runs them.
mod registered;
/// Values that take long to walk through.
mod large_values;
/// What is kept of the program's dealings with libraries.
mod library_record;
/// What is done about each report of a probe.
mod listener;
/// States and variables that are read, and states that are changed.
mod note;
/// What is saved while a statement runs.
mod unfinished;
/// What the variables hold that a statement bound or changed, by a digest.
mod bound_values;
/// From one statement to the next, what the one that ended did, and which variables lead to what it changed.
mod outcome;
pub(crate) use outcome::now;
/// What a statement that has ended did beside binding and calling.
mod passes;
/// What audit events, generators, the text and settings say of external states.
mod outside;
/// Reports of threads that came while another one was taken in.
mod missed;
/// What is kept over the life of a program.
mod state;
/// What the statement at hand did so far.
mod statement;
/// Variables whose values stand for others.
mod link;
/// Memory that objects of C share with arrays.
mod shared_memory;
/// Stores that reach further than the object that they name.
mod write_through;

pub(crate) use between::{by_others, code_replaced, rest, runs_between};
pub(crate) use by_name::variables_asked;
pub use entry::{
    after_fork_in_child, is_active, note_saved, panic_in_recorder, rest_in_recorder, unfinished,
};
pub(crate) use entry::{
    end_statement, enter_cell, in_cells, is_at_statement, is_free, leave_cell, note_changed,
    note_changed_before, note_read, note_stored, on_event, start, stop, variables_behind,
    with_recording,
};
pub(crate) use follow::hook_added;
pub(crate) use listener::ProbeListener;
pub(crate) use state::{Knowledge, Recorder, environment_written, files_written, is_globbing};
