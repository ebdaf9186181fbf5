//! Entry: the one recorder of this process, and how everybody else gets at it.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::cell::{RefCell, UnsafeCell};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use clew_effects::{Confidence, StateKey};
use clew_heap::frame;
use clew_heap::namespace::name_of_value;
use clew_heap::{Address, Lent, Quiet, kind};
use clew_probe::keep_reports;
use clew_session::{SavedValue, Unfinished};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::missed;
use super::outcome::{now, thread};
use super::state::{Knowledge, Recorder};
use super::statement::{Cause, Current};
use crate::forked;
use crate::recording::Recording;

struct Slot(UnsafeCell<Option<Recorder>>);

// SAFETY: every access goes through `with`, under the GIL, and `BUSY` keeps a second one out.
unsafe impl Sync for Slot {}

static RECORDER: Slot = Slot(UnsafeCell::new(None));
static BUSY: AtomicBool = AtomicBool::new(false);
static ACTIVE: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Where the recorder panicked last, and the words.
    static FAULT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Starts to record a program whose variables are in `namespace`.
pub(crate) fn start(
    recording: Box<dyn Recording>,
    namespace: &Bound<'_, pyo3::types::PyDict>,
    knowledge: Knowledge,
) {
    static HOOK: Once = Once::new();
    HOOK.call_once(keep_faults);
    // Those of a recording that failed.
    // SAFETY: the GIL is held, and nobody is lent anything of frames.
    while unsafe { frame::leave() }.is_some() {}
    let recorder = Recorder::new(recording, namespace, knowledge);
    // SAFETY: the GIL is held, and no recorder function is running.
    unsafe { *RECORDER.0.get() = Some(recorder) };
    ACTIVE.store(true, Ordering::Relaxed);
    forked::is_recorded();
}

/// The program comes in cells. `shell` lists objects that lead to everything without being part of any
/// value.
pub(crate) fn in_cells(shell: &Bound<'_, PyList>) {
    with(|recorder| {
        recorder.in_cells = true;
        recorder.boundary.extend(shell.iter().map(|object| object.as_ptr() as Address));
    });
}

/// What the recording answers, if there is one.
pub(crate) fn with_recording<T>(body: impl FnOnce(&mut dyn Recording) -> T) -> Option<T> {
    with(|recorder| body(recorder.recording.as_mut()))
}

/// Ends the statement at hand, and none begins.
pub(crate) fn end_statement(raised: bool) {
    with(|recorder| {
        // SAFETY: the GIL is held, and the cell has ended.
        let quiet = unsafe { Quiet::new() };
        recorder.end_program(quiet, raised);
    });
}

/// The statement at hand runs a cell of its own, whose statements come before it goes on.
pub(crate) fn enter_cell() {
    with(|recorder| {
        recorder.loop_trace.doubt();
        recorder.outer.push(recorder.current);
    });
}

/// The cell that the statement at hand was run by has ended, by an exception where `raised`; what began it
/// goes on. Whether a statement of it was at hand.
pub(crate) fn leave_cell(raised: bool) -> bool {
    with(|recorder| {
        let Some(outer) = recorder.outer.pop() else { return false };
        let place = |current: Current| (current.source, current.statement, current.leaving);
        if recorder.current.map(place) == outer.map(place) {
            return false;
        }
        // SAFETY: the GIL is held, and a cell has ended.
        let quiet = unsafe { Quiet::new() };
        let had = recorder.current.is_some();
        recorder.end_program(quiet, raised);
        recorder.current = outer.map(|outer| Current { start: now(), ..outer });
        had
    })
    .unwrap_or(false)
}

/// The statement at hand changed a value in ways that only its end shows.
pub(crate) fn note_changed(value: &Bound<'_, PyAny>) {
    with(|recorder| {
        // SAFETY: the reference keeps the value alive, and none of the program's code runs here.
        let value = unsafe { Lent::of(value) };
        recorder.change(value, &Cause::new("what it ran", Confidence::Observed));
    });
}

/// The statement at hand reads variables in ways that are not seen.
pub(crate) fn note_read(names: Vec<String>) {
    with(|recorder| names.into_iter().for_each(|name| recorder.reads_name(name)));
}

/// The statement at hand reads or replaces what a library keeps under names of the program's own choice; all of
/// it where there are none.
pub(crate) fn note_stored(library: &str, names: &[String], replaces: bool) {
    with(|recorder| {
        let all = names.is_empty().then(|| StateKey::module(library));
        let part =
            |name: &String| StateKey { part: Some(name.clone()), ..StateKey::module(library) };
        for key in all.into_iter().chain(names.iter().map(part)) {
            if replaces {
                recorder.writes_state((key, true));
            } else {
                recorder.reads_state(key);
            }
        }
    });
}

/// A state is not as it was when the program began, or nobody knows.
pub(crate) fn note_changed_before(state: StateKey) {
    with(|recorder| recorder.writes_state((state, true)));
}

/// Whether a statement is at hand.
pub(crate) fn is_at_statement() -> bool {
    with(|recorder| recorder.current.is_some()).unwrap_or(false)
}

/// The variables that what a value holds will read.
pub(crate) fn variables_behind(value: &Bound<'_, PyAny>) -> Vec<String> {
    with(|recorder| {
        // SAFETY: the reference keeps the value alive, and none of the program's code runs here.
        let value = unsafe { Lent::of(value) };
        recorder.variables_behind(value.quiet(), [value])
    })
    .unwrap_or_default()
}

/// Ends the statement at hand and stops recording. The recording comes back.
pub(crate) fn stop(raised: bool) -> Option<Box<dyn Recording>> {
    with(|recorder| {
        // SAFETY: the GIL is held, and the program has ended.
        let quiet = unsafe { Quiet::new() };
        recorder.end_program(quiet, raised);
        let deferred = recorder.deferred(quiet);
        recorder.recording.deferred(&deferred);
        let followed = recorder.only_followed(quiet);
        recorder.recording.only_followed(&followed);
    });
    ACTIVE.store(false, Ordering::Relaxed);
    // SAFETY: the GIL is held, and `with` has returned, so no recorder function is running.
    unsafe { (*RECORDER.0.get()).take().map(|recorder| recorder.recording) }
}

/// Whether a program is being recorded.
pub fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

/// Runs `body` on the recorder, unless there is none, it is busy already (a probe was hit while
/// another one reports), or it failed before. A panic is a fault of clew's: said once, then the
/// program goes on unrecorded.
pub(super) fn with<T>(body: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    if !ACTIVE.load(Ordering::Relaxed) {
        return None;
    }
    if BUSY.swap(true, Ordering::Acquire) {
        missed::note(thread());
        return None;
    }
    missed::begin(thread());
    keep_reports(true);
    // SAFETY: `BUSY` was free, so nobody else holds the recorder.
    let outcome = catch_unwind(AssertUnwindSafe(|| unsafe {
        (*RECORDER.0.get()).as_mut().map(|recorder| {
            let answer = body(recorder);
            recorder.look_for_holders();
            answer
        })
    }));
    BUSY.store(false, Ordering::Release);
    match outcome {
        Ok(value) => value,
        Err(_) => {
            ACTIVE.store(false, Ordering::Relaxed);
            // SAFETY: the panic has ended `body`, so nobody holds the recorder; it only reports the fault.
            if let Some(recorder) = unsafe { (*RECORDER.0.get()).as_mut() } {
                let place = FAULT.take().unwrap_or_default();
                recorder.recording.lost(&format!("a fault inside the recorder ({place})"));
            }
            None
        }
    }
}

/// From now on, what the recorder panics of is kept for the one line that is said of it, instead of being
/// printed among what the program prints.
fn keep_faults() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |fault| {
        if !BUSY.load(Ordering::Relaxed)
            || std::env::var_os("RUST_BACKTRACE").is_some_and(|on| on != "0")
        {
            others(fault);
        }
        // A thread that ends has no place for it any more.
        let _ = FAULT.try_with(|last| last.replace(Some(fault.to_string().replace('\n', " "))));
    }));
}

/// Has the recorder, where there is one, be at work for some time in which other threads run; for tests of what
/// becomes of their reports.
pub fn rest_in_recorder(py: Python<'_>, time: std::time::Duration) {
    let rest = || py.detach(|| std::thread::sleep(time));
    with(|_| rest()).unwrap_or_else(rest);
}

/// Makes the recorder panic, as a fault in it would; for tests of what becomes of the program then.
pub fn panic_in_recorder() {
    with(|_| panic!("asked for by a test"));
}

/// Whether a program is being recorded, and the recorder is not at work itself.
pub(crate) fn is_free() -> bool {
    ACTIVE.load(Ordering::Relaxed) && !BUSY.load(Ordering::Relaxed)
}

/// Something of the world outside was reported while a statement runs.
pub(crate) fn on_event(body: impl FnOnce(&mut Recorder)) {
    with(body);
}

/// Reports to the recorder that an artifact was saved from a value, of which [`unfinished`] was asked.
pub fn note_saved(name: &str, version: u32, value: &Bound<'_, PyAny>, unfinished: Unfinished) {
    with(|recorder| {
        let Unfinished { variable, reads, .. } = unfinished;
        let saved = SavedValue { name: name.to_owned(), version, variable, reads };
        recorder.at_hand.saved.push((saved, value.as_ptr() as Address));
    });
}

/// What the step of a value is that is about to be saved, while the statement at hand runs.
pub fn unfinished(value: &Bound<'_, PyAny>) -> Option<Unfinished> {
    with(|recorder| {
        let variable = recorder.variable_bound_to(value);
        // SAFETY: the reference keeps the value alive, and none of the program's code runs here.
        let lent = unsafe { Lent::of(value) };
        recorder.unfinished(lent, variable)
    })
}

/// This process was forked from the one that is recorded, whose number is given. It goes on as in plain
/// Python: nothing is reported any more. What its parent recorded stays as it is, for threads that are not
/// here may have been at it.
pub fn after_fork_in_child(recorded: u32) {
    ACTIVE.store(false, Ordering::Relaxed);
    BUSY.store(false, Ordering::Release);
    forked::begin(recorded);
}

impl Recorder {
    /// The process may end at once, without a word.
    pub(crate) fn keep_all(&mut self) {
        self.recording.may_end();
    }

    /// Looks which variables lead to what the report at hand says was changed in a loop.
    #[inline]
    fn look_for_holders(&mut self) {
        if self.loop_trace.is_to_look() {
            // SAFETY: the interpreter is held, and none of the program's code runs meanwhile.
            let variables = self.variables(unsafe { Quiet::new() });
            self.loop_trace.look_for_holders(variables, &self.boundary);
        }
    }

    /// A variable that is bound to a value. Equal numbers and texts may be one object, so that of those
    /// the address says nothing; the text of the statement will.
    fn variable_bound_to(&self, value: &Bound<'_, PyAny>) -> Option<String> {
        // SAFETY: the reference keeps the value alive, and none of the program's code runs here.
        let value = unsafe { Lent::of(value) };
        kind::is_mutable(value)
            .then(|| name_of_value(self.variables(value.quiet()), value))
            .flatten()
    }
}
