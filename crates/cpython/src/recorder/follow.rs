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
use super::event_loop;
use super::following::{
    CallingStatement, Carried, EnteredFunction, FollowedCall, Function, LentFunction,
    MOST_FUNCTIONS, MadeCoroutine,
};
use super::outcome::{now, thread};
use super::state::Recorder;
use super::statement::Current;
use crate::{forked, unknown_call};

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
    let is_coroutine = called.function_code().is_some_and(is_coroutine);
    // One rests while others run: there is one at a time, and those that its own statements await.
    let is_awaited = is_coroutine && frame::is_awaited(callable.quiet());
    if is_coroutine && !is_awaited && with(|recorder| recorder.following.is_in_coroutine())? {
        return None;
    }
    // SAFETY: the caller of the trampoline keeps the function.
    let object = unsafe { Bound::from_borrowed_ptr(py, called.as_ptr()) };
    // What is being handled or was raised is the program's.
    let pending = Pending::aside(callable.quiet());
    let code = announced::<L>(&object, called, (function, is_coroutine), &unit);
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
            let coroutine = is_coroutine.then_some(is_awaited);
            let lent = LentFunction { function, lent, code, thread, makes, coroutine };
            recorder.following.lent = Some(lent);
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
pub(super) fn is_looked_at(py: Python<'_>) -> bool {
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

/// The code of a function with its statements announced, which says when it ends where that is wanted.
pub(super) fn announced<'py, L: Listener>(
    function: &Bound<'py, PyAny>,
    called: Lent<'_>,
    ((source, scope), says_end): (Function, bool),
    unit: &std::sync::Arc<Unit>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(code) = called.function_code() else { return Ok(None) };
    // SAFETY: the function keeps its code.
    let plain = unsafe { Bound::from_borrowed_ptr(function.py(), code.as_ptr()) };
    let file = plain.getattr("co_filename")?;
    let text = ProgramText { original: None, file: &file, unit, id: source };
    announced_code::<L>(&text, (scope, says_end), &plain)
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
        if known >= MOST_CALLS
            || known == 0 && self.following.known.len() >= MOST_FUNCTIONS
            || is_stateful(code.address())
            || self.following.has_announcing_code(function)
        {
            return None;
        }
        if frame::running_frame().map(|frame| frame as Address) != Some(self.following.frame) {
            return None;
        }
        if !self.calls_once(&current) || is_generator(code) && !is_coroutine(code) {
            return None;
        }
        let unit = self.recording.unit(source)?;
        let is_once = known == 0 || !closes_over(&unit, scope);
        (is_once && self.is_followable(&unit, function)).then_some(function)
    }

    /// Whether what a statement calls is called once, as far as its text tells.
    pub(super) fn calls_once(&self, current: &Current) -> bool {
        self.recording.unit(current.source).is_some_and(|unit| {
            let statement = unit.statement(current.statement);
            let is_whole = statement.is_compound() && !statement.is_by_parts();
            !is_whole && !statement.is_definition()
        })
    }

    /// Whether the text of a function and what was reported of it allow that its statements are.
    pub(super) fn is_followable(&self, unit: &Unit, function @ (source, scope): Function) -> bool {
        self.is_defined(unit, function)
            && why_not_followed(unit, scope).is_none()
            && self.recording.may_follow(source, scope)
    }

    /// The functions of the module that ran in no calls but those that were followed, as far as is heard of calls:
    /// other processes and threads make them unheard.
    pub(super) fn only_followed(&self, quiet: Quiet<'_>) -> Vec<Function> {
        let following = &self.following;
        if following.any_ran_elsewhere
            || forked::has_forked()
            || quiet.module("multiprocessing").is_some()
        {
            return Vec::new();
        }
        let is_only = |&(source, scope): &Function| {
            let function = (source, scope);
            let Some(unit) = self.recording.unit(source) else { return false };
            let Some(own) = unit.scope(scope) else { return false };
            let same = unit.scopes().iter().filter(|other| {
                other.kind == ScopeKind::Function
                    && (&other.name, other.parent) == (&own.name, None)
            });
            own.parent.is_none()
                && same.count() == 1
                && !following.not_followed.contains(&(source, Some(scope)))
                && !following.not_followed.contains(&(source, None))
                && !following.ran_elsewhere.contains(&function)
                // Who called it may keep what it gave, and give that out again without calling it.
                && !following.called_by_others.contains(&function)
        };
        let mut functions: Vec<Function> =
            following.known.keys().copied().filter(is_only).collect();
        functions.sort_unstable();
        functions
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
    pub(super) fn is_announced(
        &mut self,
        quiet: Quiet<'_>,
        source: SourceId,
        statement: StatementId,
    ) -> bool {
        let frame = frame::running_frame().map_or(0, |frame| frame as Address);
        // Nearly all come from the frame that the one before came from.
        if frame == self.following.frame {
            return true;
        }
        let unit = self.recording.unit(source);
        let in_function = unit.is_some_and(|unit| unit.definition_around(statement).is_some());
        if in_function && frame != frame::innermost() {
            let Some(within) = frame::followed_within(frame) else { return false };
            self.abandon(quiet, self.following.under_way.len().saturating_sub(within));
        } else if !in_function {
            self.abandon(quiet, 0);
        }
        self.following.frame = frame;
        true
    }

    /// A function was entered that announces its statements.
    pub(super) fn enter_followed(&mut self, source: SourceId, scope: usize) {
        // SAFETY: a probe reports under the GIL, and none of the program's code runs meanwhile.
        let quiet = unsafe { Quiet::new() };
        let entered = self.take_entered(quiet, (source, scope));
        let Some((entered, caller)) = entered.zip(self.current) else {
            self.enter(Entered { source, scope: Some(scope) });
            return;
        };
        self.current = None;
        let Some(unit) = self.recording.unit(source) else { return };
        let path = unit.path_of(scope);
        let outer = |name: &str| variable_around(&unit, scope, &path, name);
        // SAFETY: the reference keeps the code object alive.
        let code = unsafe { Lent::of(entered.code.bind(quiet.python())) };
        let frame = FunctionFrame::running(quiet, code, &path, outer).unwrap_or(None);
        let changed = Carried {
            objects: self.at_hand.changed.clone(),
            everything: self.at_hand.everything_changed.clone(),
            states: self.at_hand.states_written.clone(),
            awaits_followed: self.at_hand.awaits_followed,
        };
        let outcome = self.outcome(quiet, &Current { calling: true, ..caller }, false);
        self.forget_statement();
        let (Some(frame), Some(mut outcome)) = (frame, outcome) else {
            self.current = Some(caller);
            self.enter(Entered { source, scope: Some(scope) });
            return;
        };
        let calling_frame = self.following.frame;
        self.following.frame = frame::running_frame().map_or(0, |frame| frame as Address);
        // SAFETY: the GIL is held, and `leave` is called before the frame is gone, or when the call has ended.
        unsafe { frame::enter(frame) };
        let variables = frame::bound_in_innermost(quiet);
        let all = self.variables(quiet);
        for name in &variables {
            self.mirror.refresh(all, name);
        }
        let makes = entered.makes.then(|| variables.first().cloned()).flatten();
        let by_others = entered.by_others;
        if by_others {
            self.following.called_by_others.insert((source, scope));
        }
        outcome.calling = Some(Calling { source, scope, variables, makes, by_others });
        self.following.under_way.push(FollowedCall {
            function: (source, scope),
            caller,
            frame: calling_frame,
            says_end: entered.says_end,
            is_coroutine: entered.is_coroutine,
            tasks: self.following.tasks,
            unknown_around: unknown_call::set_aside(),
            changed,
        });
        event_loop::ask(self.following.is_in_coroutine());
        *self.following.known.entry((source, scope)).or_default() += 1;
        if let Err(message) = self.recording.record(&outcome) {
            self.recording.lost(&message);
        }
    }

    /// How a function that was entered is to be followed, if it is.
    fn take_entered(&mut self, quiet: Quiet<'_>, function: Function) -> Option<EnteredFunction> {
        // Its frame goes before the call ends where others call it in between: `__new__`, or the `__call__` of a
        // metaclass. A handler of a signal may call it as well.
        let is_direct = frame::calling_frame() == self.following.frame;
        let (thread, now) = (thread(), self.current.map(calling_statement));
        let is_it = |lent: &mut LentFunction| lent.function == function && lent.thread == thread;
        let lent = self.following.lent.take_if(|lent| is_direct && is_it(lent));
        if let Some(LentFunction { mut lent, code, makes, .. }) = lent {
            lent.give_back(quiet.python());
            let (by_others, says_end, is_coroutine) = (false, false, false);
            return Some(EnteredFunction { code, makes, by_others, says_end, is_coroutine });
        }
        let is_in_coroutine = self.following.is_in_coroutine();
        let made = self.following.made.take_if(|made| {
            made.function == function
                && Some(made.by) == now
                && frame::runs_within(made.coroutine)
                && if made.is_awaited { is_direct } else { !is_in_coroutine }
        });
        if let Some(MadeCoroutine { code, is_awaited, .. }) = made {
            return Some(EnteredFunction {
                code,
                makes: false,
                by_others: !is_awaited,
                says_end: true,
                is_coroutine: true,
            });
        }
        if self.current.is_none_or(|current| current.thread != thread || current.leaving) {
            return None;
        }
        let mut offered = self.following.offered.iter_mut().rev();
        let mut lent = offered.find_map(|lent| {
            lent.take_if(|lent| is_it(lent) && !(lent.coroutine.is_some() && is_in_coroutine))
        })?;
        lent.lent.give_back(quiet.python());
        Some(EnteredFunction {
            code: lent.code,
            makes: false,
            by_others: true,
            says_end: true,
            is_coroutine: lent.coroutine.is_some(),
        })
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
    pub(super) fn leave_followed(
        &mut self,
        quiet: Quiet<'_>,
        function: Function,
        result: Option<Lent<'_>>,
    ) {
        if let Some(mut lent) = self.following.lent.take() {
            // It was not entered, or has not begun.
            lent.lent.give_back(quiet.python());
            if let Some((is_awaited, made)) = lent.coroutine.zip(result) {
                self.following.made = self.current.map(|current| MadeCoroutine {
                    function: lent.function,
                    code: lent.code,
                    coroutine: made.address(),
                    by: calling_statement(current),
                    is_awaited,
                });
            }
            return;
        }
        let is_it = |call: &FollowedCall| call.function == function && !call.says_end;
        let Some(at) = self.following.under_way.iter().rposition(is_it) else { return };
        // What it raised is on its way to the program.
        let _raised = Pending::aside(quiet);
        self.abandon(quiet, at + 1);
        let Some(call) = self.following.under_way.pop() else { return };
        // SAFETY: the GIL is held, and no value of the frame, which is gone, is lent.
        let frame = unsafe { frame::leave() };
        let finalized = self.end_last_statement(quiet, result.is_none());
        self.left_function(frame, call, LeftFunction { raised: result.is_none(), finalized });
    }

    /// A function that is followed is about to be left, whose code says so; its variables are still there.
    pub(super) fn left_announced(&mut self, function: Function, raised: bool) {
        let running = frame::running_frame().map(|frame| frame as Address);
        if running != Some(frame::innermost()) {
            return;
        }
        let is_it = |call: &mut FollowedCall| call.function == function && call.says_end;
        let Some(call) = self.following.under_way.pop_if(is_it) else { return };
        // SAFETY: a probe reports under the GIL, and none of the program's code runs meanwhile.
        let quiet = unsafe { Quiet::new() };
        let _raised = Pending::aside(quiet);
        self.end_last_statement(quiet, raised);
        // SAFETY: the GIL is held, and no value of the frame is lent.
        let frame = unsafe { frame::leave() };
        // What goes with its variables goes when nobody hears of it.
        let unit = self.recording.unit(function.0);
        let finalized = unit.is_none_or(|unit| unit.scopes().iter().any(Scope::is_finalizer));
        self.left_function(frame, call, LeftFunction { raised, finalized });
    }

    /// Ends the statement that a function came to last. Whether a finalizer ran in it.
    fn end_last_statement(&mut self, quiet: Quiet<'_>, raised: bool) -> bool {
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
        finalized
    }

    /// A function was left: the statement that called it goes on.
    fn left_function(
        &mut self,
        frame: Option<FunctionFrame>,
        call: FollowedCall,
        left: LeftFunction,
    ) {
        if let Some(frame) = frame {
            self.mirror.forget(frame.path());
        }
        if let Err(message) = self.recording.left_function(left) {
            self.recording.lost(&message);
        }
        event_loop::ask(self.following.is_in_coroutine());
        unknown_call::set_back(call.unknown_around);
        self.following.frame = call.frame;
        self.current = Some(Current { start: now(), ..call.caller });
        let at_hand = &mut self.at_hand;
        at_hand.changed.extend(call.changed.objects);
        at_hand.everything_changed = at_hand.everything_changed.take().or(call.changed.everything);
        at_hand.states_written.extend(call.changed.states);
        at_hand.awaits_followed = call.changed.awaits_followed + usize::from(call.is_coroutine);
        if call.is_coroutine {
            self.note_tasks_left();
        }
    }

    /// Functions were left in the middle that are followed, all but so many: coroutines that nobody runs to their end.
    pub(super) fn abandon(&mut self, quiet: Quiet<'_>, kept: usize) {
        if self.following.under_way.len() <= kept {
            return;
        }
        while self.following.under_way.len() > kept
            && let Some(call) = self.following.under_way.pop()
        {
            self.end_statement(quiet, true);
            // SAFETY: the GIL is held, and no value of the frame is lent.
            let frame = unsafe { frame::leave() };
            self.left_function(frame, call, LeftFunction { raised: true, finalized: true });
        }
        self.recording.lost("a coroutine was left before it had ended");
    }
}

/// A statement and when it began, or went on after a call.
fn calling_statement(current: Current) -> CallingStatement {
    (current.source, current.statement, current.start)
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
pub(super) fn is_generator(code: Lent<'_>) -> bool {
    let later = ffi::CO_GENERATOR | ffi::CO_COROUTINE | ffi::CO_ASYNC_GENERATOR;
    has_flags(code, later).unwrap_or(true)
}

/// Whether code is that of a coroutine.
pub(super) fn is_coroutine(code: Lent<'_>) -> bool {
    has_flags(code, ffi::CO_COROUTINE).unwrap_or(false)
}

/// Whether code has any of these flags.
fn has_flags(code: Lent<'_>, flags: i32) -> Option<bool> {
    let own = code.get(c"co_flags")?.lend().integer()?;
    Some(own & i64::from(flags) != 0)
}

/// The variable of a function around that a name is which a function closes over.
fn variable_around(unit: &Unit, scope: usize, path: &str, name: &str) -> Option<String> {
    let scope = unit.scope(scope)?;
    let reads = scope.reads.iter().map(|read| &read.name).chain(&scope.binds);
    let mut outer = reads.filter(|read| !read.starts_with(path));
    outer.find(|read| read.rsplit_once('.').is_some_and(|(_, last)| last == name)).cloned()
}
