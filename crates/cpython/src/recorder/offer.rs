//! Offer: functions of the program that are called by what the program calls.
//!
//! A command-line library calls the function that it was given, a decorator's wrapper the one that it wraps, an event
//! loop goes on with a coroutine. While such a call runs, the functions that the callee leads to have code that
//! announces their statements and says when they end. One that is entered is followed as if the statement had called it
//! itself; what the callee does around it is the statement's.
#![allow(unsafe_code, reason = "borrows functions that are live while a probe reports")]

use std::sync::Arc;

use clew_heap::arguments::CallArguments;
use clew_heap::callable_name::package_of;
use clew_heap::callee::{Callee, Shape};
use clew_heap::exception::Pending;
use clew_heap::session_code::{is_session_function, is_stateful};
use clew_heap::walk::Walk;
use clew_heap::{Address, AddressSet, Lent, Quiet, frame};
use clew_probe::{LentCode, Listener, scope_of};
use clew_syntax::{StatementKind, Unit};
use pyo3::prelude::*;

use super::entry::with;
use super::follow::{announced, is_coroutine, is_generator, is_looked_at};
use super::following::{Function, LentFunction, MOST_FUNCTIONS};
use super::outcome::thread;
use super::state::Recorder;
use crate::unknown_call;

/// How many functions are offered to one call.
const MOST_OFFERED: usize = 24;
/// How many objects are gone through behind one callee, and behind all.
const MOST_BEHIND: usize = 3_000;
const MOST_WALKED: usize = 300_000;

/// What is taken back when the call has ended.
pub(crate) struct Offers {
    /// How many functions were offered before.
    offered: usize,
    /// How many calls of followed functions were under way.
    under_way: usize,
}

/// Functions that a call may come to call, and the texts that they are in.
pub(super) type Behind<'a> = Vec<(Function, Lent<'a>, Arc<Unit>)>;

/// The functions that a call which is about to be made may come to call; `None` where it is of no interest.
pub(super) fn find<'a>(
    callable: Lent<'a>,
    call: &'a CallArguments,
) -> Option<(Behind<'a>, Offers)> {
    with(|recorder| {
        let waits = recorder.following.made.is_some();
        let found = recorder.functions_behind(&Callee::of(callable), Some(call));
        (waits || !found.is_empty()).then(|| (found, recorder.offers()))
    })
    .flatten()
}

/// A call is about to be made: these functions have announcing code from now on.
pub(super) fn begin<L: Listener>(
    callable: Lent<'_>,
    (found, offers): (Behind<'_>, Offers),
) -> Option<Offers> {
    let callee = Callee::of(callable);
    let py = callable.quiet().python();
    if is_looked_at(py) || traces_threads(py).unwrap_or(true) {
        return None;
    }
    if callee.shape == Shape::Function && is_session_function(callee.function) {
        // SAFETY: the trampoline of the call is a C function that the frame calls.
        unsafe { frame::step_past_call() };
    }
    let pending = Pending::aside(callable.quiet());
    let lent: Vec<LentFunction> = found
        .into_iter()
        .filter_map(|(function, called, unit)| lend::<L>(function, called, &unit))
        .collect();
    drop(pending);
    with(|recorder| recorder.following.offered.extend(lent.into_iter().map(Some)));
    Some(offers)
}

/// Whether threads that begin are traced.
fn traces_threads(py: Python<'_>) -> PyResult<bool> {
    let modules = py.import(pyo3::intern!(py, "sys"))?.getattr(pyo3::intern!(py, "modules"))?;
    let Ok(threading) = modules.get_item("threading") else { return Ok(false) };
    let hooks = [threading.getattr("_trace_hook")?, threading.getattr("_profile_hook")?];
    Ok(hooks.iter().any(|hook| !hook.is_none()))
}

/// Gives a function announcing code.
fn lend<L: Listener>(
    function: Function,
    called: Lent<'_>,
    unit: &Arc<Unit>,
) -> Option<LentFunction> {
    let py = called.quiet().python();
    // SAFETY: the callee or its arguments keep the function.
    let object = unsafe { Bound::from_borrowed_ptr(py, called.as_ptr()) };
    let coroutine = called.function_code().is_some_and(is_coroutine).then_some(false);
    let code = announced::<L>(&object, called, (function, true), unit).unwrap_or(None)?;
    let lent = LentCode::lend(&object, &code);
    let code = code.unbind();
    Some(LentFunction { function, lent, code, thread: thread(), makes: false, coroutine })
}

impl Recorder {
    fn offers(&self) -> Offers {
        Offers { offered: self.following.offered.len(), under_way: self.following.under_way.len() }
    }

    /// The call has ended: what was offered to it has its own code again.
    pub(super) fn withdraw(&mut self, quiet: Quiet<'_>, offers: Offers) {
        let _raised = Pending::aside(quiet);
        for mut lent in self.following.offered.drain(offers.offered..).flatten() {
            lent.lent.give_back(quiet.python());
        }
        self.abandon(quiet, offers.under_way);
    }

    /// Whether a call is to be seen because functions may be called by it that can be followed.
    pub(super) fn may_offer(&mut self, callee: &Callee<'_>) -> bool {
        let waits = self.following.made.is_some();
        waits || !self.functions_behind(callee, None).is_empty()
    }

    /// The functions of the program that a callee leads to, and those that a statement gives it which is nothing but
    /// the call; each that can be followed and was not yet.
    fn functions_behind<'a>(
        &mut self,
        callee: &Callee<'a>,
        call: Option<&'a CallArguments>,
    ) -> Behind<'a> {
        let mut found = Vec::new();
        let Some(mut open) = self.roots_of(callee, call) else { return found };
        let mut seen = AddressSet::default();
        let mut walk = Walk { boundary: &self.boundary, budget: MOST_BEHIND, definitions: false };
        let mut functions = Vec::new();
        while let Some(root) = open.pop() {
            let mut own = Vec::new();
            walk.run(root, &mut seen, &mut |object| {
                if is_session_function(object) {
                    own.push(object);
                }
                true
            });
            for function in own {
                open.extend(function.closure());
                functions.push(function);
            }
            if walk.budget == 0 {
                break;
            }
        }
        self.following.walked += MOST_BEHIND - walk.budget;
        functions.retain(|function| function.address() != callee.function.address());
        for called in functions {
            if let Some((function, unit)) = self.may_be_offered(called) {
                found.push((function, called, unit));
            }
            if found.len() == MOST_OFFERED {
                break;
            }
        }
        found
    }

    /// Where functions are looked for that a call may come to call; `None` where it is not followed what it does.
    fn roots_of<'a>(
        &self,
        callee: &Callee<'a>,
        call: Option<&'a CallArguments>,
    ) -> Option<Vec<Lent<'a>>> {
        let following = &self.following;
        if self.in_cells
            || following.walked > MOST_WALKED
            || following.known.len() >= MOST_FUNCTIONS
            || matches!(callee.shape, Shape::Builtin | Shape::Descriptor | Shape::Class)
            || unknown_call::is_under_way()
        {
            return None;
        }
        let current = self.current.filter(|current| !current.leaving)?;
        if current.thread != thread() || !self.calls_once(&current) {
            return None;
        }
        if frame::running_frame().map(|frame| frame as Address) != Some(following.frame) {
            return None;
        }
        // What these are given runs elsewhere.
        const ELSEWHERE: &[&str] = &["threading", "concurrent", "multiprocessing"];
        if package_of(callee.function).is_some_and(|package| ELSEWHERE.contains(&&*package)) {
            return None;
        }
        let mut roots = vec![callee.callable];
        if is_session_function(callee.function) {
            roots.extend(callee.function.closure());
        }
        let unit = self.recording.unit(current.source)?;
        if unit.statement(current.statement).kind == StatementKind::Expression
            && let Some(call) = call
        {
            roots.extend(
                call.lent().filter(|&value| is_session_function(Callee::of(value).function)),
            );
        }
        Some(roots)
    }

    /// A function that can be followed where others call it.
    fn may_be_offered(&self, called: Lent<'_>) -> Option<(Function, Arc<Unit>)> {
        let code = called.function_code()?;
        let function @ (source, scope) = scope_of(code.address())?;
        let following = &self.following;
        if following.known.contains_key(&function)
            || following.not_followed.contains(&(source, Some(scope)))
            || following.has_announcing_code(function)
            || is_stateful(code.address())
            || is_generator(code) && (!is_coroutine(code) || following.is_in_coroutine())
        {
            return None;
        }
        let unit = self.recording.unit(source)?;
        self.is_followable(&unit, function).then_some((function, unit))
    }
}
