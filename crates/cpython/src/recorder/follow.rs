//! Follow: functions whose statements are reported one by one, as those of the module are.
//!
//! A function that a statement of the module calls, or one of a function that is followed itself, is given code
//! that announces its statements for that call. What the statement did so far is reported, then what those of
//! the function do; the variables are the module's and the functions' together. Where anything is in doubt the
//! function is taken as a whole.
#![allow(unsafe_code, reason = "borrows functions and frames that are live while a probe reports")]

use std::sync::atomic::{AtomicBool, Ordering};

use clew_graph::SourceId;
use clew_heap::callee::{Callee, Shape};
use clew_heap::exception::Pending;
use clew_heap::frame::{self, FunctionFrame};
use clew_heap::session_code::is_stateful;
use clew_heap::{Address, Lent, Quiet};
use clew_probe::{LentCode, Listener, ProgramText, announced_code, is_traced, scope_of};
use clew_session::{Calling, Entered, LeftFunction, MOST_CALLS, closes_over, why_not_followed};
use clew_syntax::{Scope, ScopeKind, StatementId, Unit};
use pyo3::ffi;
use pyo3::prelude::*;

use super::entry::with;
use super::following::{Carried, FollowedCall, Function, LentFunction, MOST_FUNCTIONS};
use super::outcome::{now, thread};
use super::state::Recorder;
use super::statement::Current;
use crate::unknown_call;

/// Whether the program has hooks of its own that hear of audit events.
static HOOKS_ADDED: AtomicBool = AtomicBool::new(false);

/// The program adds such a hook.
pub(crate) fn hook_added() {
    HOOKS_ADDED.store(true, Ordering::Relaxed);
}

/// A call of a function is about to be made: the function, where it is followed. It then has code that announces
/// its statements.
pub(super) fn begin<L: Listener>(callable: Lent<'_>) -> Option<Function> {
    let callee = Callee::of(callable);
    let wanted = with(|recorder| {
        let function = recorder.may_follow(&callee)?;
        let unit = recorder.recording.unit(function.0)?;
        Some((function, unit, called_function(&callee)?))
    });
    let (function, unit, called) = wanted.flatten()?;
    let py = callable.quiet().python();
    if is_looked_at(py) {
        return None;
    }
    // SAFETY: the caller of the trampoline keeps the function.
    let object = unsafe { Bound::from_borrowed_ptr(py, called.as_ptr()) };
    // What is being handled or was raised is the program's.
    let pending = Pending::aside(callable.quiet());
    let code = announced::<L>(&object, called, function, &unit);
    drop(pending);
    let code = code.unwrap_or(None);
    if code.is_some() && callee.shape == Shape::Function {
        // SAFETY: the trampoline of the call is a C function that the frame calls.
        unsafe { frame::step_past_call() };
    }
    with(|recorder| match code {
        Some(code) => {
            let lent = LentCode::lend(&object, &code);
            let code = code.unbind();
            let makes = callee.shape == Shape::Class;
            let thread = thread();
            recorder.following.lent = Some(LentFunction { function, lent, code, thread, makes });
            Some(function)
        }
        None => {
            recorder.following.known.insert(function, MOST_CALLS);
            None
        }
    })
    .flatten()
}

/// Whether the program looks at what runs so closely that it would see other code: it traces, counts memory, or has
/// audit hooks.
fn is_looked_at(py: Python<'_>) -> bool {
    is_traced() || HOOKS_ADDED.load(Ordering::Relaxed) || is_counted(py).unwrap_or(true)
}

/// Whether memory is counted, or code objects monitored (PEP 669).
fn is_counted(py: Python<'_>) -> PyResult<bool> {
    let sys = py.import(pyo3::intern!(py, "sys"))?;
    if sys.getattr(pyo3::intern!(py, "modules"))?.contains("tracemalloc")? {
        return Ok(true);
    }
    if cfg!(Py_3_12) {
        let monitoring = sys.getattr("monitoring")?;
        for tool in 0..6 {
            if !monitoring.call_method1("get_tool", (tool,))?.is_none() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The code of a function with its statements announced.
fn announced<'py, L: Listener>(
    function: &Bound<'py, PyAny>,
    called: Lent<'_>,
    (source, scope): Function,
    unit: &std::sync::Arc<Unit>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(code) = called.function_code() else { return Ok(None) };
    // SAFETY: the function keeps its code.
    let plain = unsafe { Bound::from_borrowed_ptr(function.py(), code.as_ptr()) };
    let file = plain.getattr("co_filename")?;
    let text = ProgramText { original: None, file: &file, unit, id: source };
    announced_code::<L>(&text, scope, &plain)
}

impl Recorder {
    /// The function that a callee is, where a call of it that is made now is to be followed.
    pub(super) fn may_follow(&self, callee: &Callee<'_>) -> Option<Function> {
        if self.in_cells {
            return None;
        }
        let current = self.current.filter(|current| !current.leaving)?;
        if current.thread != thread() || unknown_call::is_under_way() {
            return None;
        }
        let code = called_function(callee)?.function_code()?;
        let function @ (source, scope) = scope_of(code.address())?;
        let known = self.following.known.get(&function).copied().unwrap_or(0);
        let active = |call: &FollowedCall| call.function == function;
        if known >= MOST_CALLS
            || known == 0 && self.following.known.len() >= MOST_FUNCTIONS
            || is_stateful(code.address())
            || self.following.under_way.iter().any(active)
        {
            return None;
        }
        if frame::running_frame().map(|frame| frame as Address) != Some(self.following.frame) {
            return None;
        }
        let unit = self.recording.unit(current.source)?;
        let statement = unit.statement(current.statement);
        let is_whole = statement.is_compound() && !statement.is_by_parts();
        if is_whole || statement.is_definition() || is_generator(code) {
            return None;
        }
        let unit = self.recording.unit(source)?;
        let is_once = known == 0 || !closes_over(&unit, scope);
        let is_known = self.is_defined(&unit, function) && why_not_followed(&unit, scope).is_none();
        (is_once && is_known && self.recording.may_follow(source, scope)).then_some(function)
    }

    /// A function is entered that is not followed.
    pub(super) fn enter_not_followed(&mut self, source: SourceId, scope: Option<usize>) {
        self.following.not_followed.insert((source, scope));
    }

    /// Whether the definition of a function was reported: that of one within another only where this was
    /// followed, once, and ran not otherwise.
    fn is_defined(&self, unit: &Unit, (source, scope): Function) -> bool {
        let mut around = unit.scope(scope).and_then(|scope| scope.parent);
        while let Some(place) = around {
            let Some(scope) = unit.scope(place) else { return false };
            if scope.kind == ScopeKind::Function {
                let following = &self.following;
                if following.known.get(&(source, place)) != Some(&1)
                    || following.not_followed.contains(&(source, Some(place)))
                {
                    return false;
                }
            }
            around = scope.parent;
        }
        true
    }

    /// Whether an announcement is to be heard: one of a function's statement only in the frame that is followed.
    pub(super) fn is_announced(&mut self, source: SourceId, statement: StatementId) -> bool {
        let frame = frame::running_frame().map_or(0, |frame| frame as Address);
        // Nearly all come from the frame that the one before came from.
        if frame == self.following.frame {
            return true;
        }
        let unit = self.recording.unit(source);
        let in_function = unit.is_some_and(|unit| unit.definition_around(statement).is_some());
        if in_function && frame != frame::innermost() {
            return false;
        }
        self.following.frame = frame;
        true
    }

    /// A function was entered that announces its statements.
    pub(super) fn enter_followed(&mut self, source: SourceId, scope: usize) {
        // Its frame goes before the call ends where others call it in between: `__new__`, or the `__call__` of a
        // metaclass. A handler of a signal may call it as well.
        let is_direct = frame::calling_frame() == self.following.frame;
        let wanted = |lent: &LentFunction| {
            is_direct && lent.function == (source, scope) && lent.thread == thread()
        };
        let taken = self.following.lent.take_if(|lent| wanted(lent));
        let Some((mut lent, caller)) = taken.zip(self.current) else {
            self.enter(Entered { source, scope: Some(scope) });
            return;
        };
        self.current = None;
        // SAFETY: a probe reports under the GIL, and none of the program's code runs meanwhile.
        let quiet = unsafe { Quiet::new() };
        lent.lent.give_back(quiet.python());
        let Some(unit) = self.recording.unit(source) else { return };
        let path = unit.path_of(scope);
        let outer = |name: &str| variable_around(&unit, scope, &path, name);
        // SAFETY: the reference keeps the code object alive.
        let code = unsafe { Lent::of(lent.code.bind(quiet.python())) };
        let frame = FunctionFrame::running(quiet, code, &path, outer).unwrap_or(None);
        let changed = Carried {
            objects: self.at_hand.changed.clone(),
            everything: self.at_hand.everything_changed.clone(),
            states: self.at_hand.states_written.clone(),
        };
        let outcome = self.outcome(quiet, &Current { calling: true, ..caller }, false);
        self.forget_statement();
        let (Some(frame), Some(mut outcome)) = (frame, outcome) else {
            self.current = Some(caller);
            self.enter(Entered { source, scope: Some(scope) });
            return;
        };
        self.following.frame = frame::running_frame().map_or(0, |frame| frame as Address);
        // SAFETY: the GIL is held, and `leave_followed` is called when the call has ended.
        unsafe { frame::enter(frame) };
        let variables = frame::bound_in_innermost(quiet);
        let all = self.variables(quiet);
        for name in &variables {
            self.mirror.refresh(all, name);
        }
        let makes = lent.makes.then(|| variables.first().cloned()).flatten();
        outcome.calling = Some(Calling { source, scope, variables, makes });
        self.following.under_way.push(FollowedCall { function: (source, scope), caller, changed });
        *self.following.known.entry((source, scope)).or_default() += 1;
        if let Err(message) = self.recording.record(&outcome) {
            self.recording.lost(&message);
        }
    }

    /// Whether the body of a function has come to its end, which is followed: its last statement has ended.
    pub(super) fn is_end_of_function(&mut self, source: SourceId, statement: StatementId) -> bool {
        let unit = self.recording.unit(source);
        let is_definition = unit.is_some_and(|unit| unit.statement(statement).is_definition());
        let frame = frame::running_frame().map(|frame| frame as Address);
        if is_definition && frame == Some(frame::innermost()) {
            // SAFETY: a probe reports under the GIL, and none of the program's code runs meanwhile.
            self.end_statement(unsafe { Quiet::new() }, false);
        }
        is_definition
    }

    /// A function that is followed is about to return: the statement has ended but for leaving what it stands in.
    pub(super) fn returns(&mut self, quiet: Quiet<'_>) {
        let frame = frame::running_frame().map(|frame| frame as Address);
        let Some(current) = self.current.filter(|_| frame == Some(frame::innermost())) else {
            return;
        };
        let leaves = !self.guards_at_hand().is_empty();
        self.end_statement(quiet, false);
        self.current = leaves.then_some(Current { start: now(), returning: true, ..current });
    }

    fn is_finalizer(&self, entered: Entered) -> bool {
        let unit = self.recording.unit(entered.source);
        unit.is_some_and(|unit| entered.scope_in(&unit).is_some_and(Scope::is_finalizer))
    }

    /// Whether the statement at hand returned, and leaving what it stood in did nothing.
    pub(super) fn has_returned_idly(&self) -> bool {
        let at_hand = &self.at_hand;
        self.current.is_some_and(|current| current.returning)
            && at_hand.changed.is_empty()
            && at_hand.everything_changed.is_none()
            && at_hand.entered.is_empty()
            && at_hand.states_read.is_empty()
            && at_hand.states_written.is_empty()
            && at_hand.calls.is_empty()
    }

    /// The call of a function that was to be followed has ended.
    pub(super) fn leave_followed(&mut self, quiet: Quiet<'_>, function: Function, raised: bool) {
        if let Some(mut lent) = self.following.lent.take() {
            // It was not entered.
            lent.lent.give_back(quiet.python());
            return;
        }
        let is_it = |call: &mut FollowedCall| call.function == function;
        let Some(FollowedCall { caller, changed, .. }) = self.following.under_way.pop_if(is_it)
        else {
            return;
        };
        // What it raised is on its way to the program.
        let _raised = Pending::aside(quiet);
        // SAFETY: the GIL is held, and no value of the frame, which is gone, is lent.
        let frame = unsafe { frame::leave() };
        if !raised && self.has_returned_idly() {
            self.current = None;
        }
        let finalized = self.at_hand.entered.iter().any(|&entered| self.is_finalizer(entered));
        // What happened since the last statement ended came of the variables' going: it is the caller's.
        if self.current.is_some() {
            let left = self.guards_at_hand();
            self.unwind(quiet, &left);
            self.end_statement(quiet, raised);
        }
        if let Some(frame) = frame {
            self.mirror.forget(frame.path());
        }
        let left = LeftFunction { raised, finalized };
        if let Err(message) = self.recording.left_function(left) {
            self.recording.lost(&message);
        }
        self.following.frame = frame::running_frame().map_or(0, |frame| frame as Address);
        self.current = Some(Current { start: now(), ..caller });
        let at_hand = &mut self.at_hand;
        at_hand.changed.extend(changed.objects);
        at_hand.everything_changed = at_hand.everything_changed.take().or(changed.everything);
        at_hand.states_written.extend(changed.states);
    }
}

/// The function that runs when something is called: for a class, the method that fills the new instance.
fn called_function<'a>(callee: &Callee<'a>) -> Option<Lent<'a>> {
    match callee.shape {
        Shape::Function => Some(callee.function),
        Shape::Class => {
            let class = callee.callable.as_class().filter(|class| class.is_of_program())?;
            class.lookup("__init__").filter(|init| init.is_function())
        }
        _ => None,
    }
}

/// Whether code is that of a generator or coroutine, which runs when others ask for it.
fn is_generator(code: Lent<'_>) -> bool {
    let later = ffi::CO_GENERATOR | ffi::CO_COROUTINE | ffi::CO_ASYNC_GENERATOR;
    let flags = code.get(c"co_flags").and_then(|flags| flags.lend().integer());
    flags.is_none_or(|flags| flags & i64::from(later) != 0)
}

/// The variable of a function around that a name is which a function closes over.
fn variable_around(unit: &Unit, scope: usize, path: &str, name: &str) -> Option<String> {
    let scope = unit.scope(scope)?;
    let reads = scope.reads.iter().map(|read| &read.name).chain(&scope.binds);
    let mut outer = reads.filter(|read| !read.starts_with(path));
    outer.find(|read| read.rsplit_once('.').is_some_and(|(_, last)| last == name)).cloned()
}
