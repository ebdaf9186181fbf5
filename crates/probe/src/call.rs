//! Call: whether a call has to be seen with its arguments, asked of what is about to be called.
#![allow(unsafe_code, reason = "gives objects back to CPython by its C API")]

use std::ptr;

use clew_heap::callee::{Callee, Key, is_of_c};
use clew_heap::identity::{place_of_calls, place_of_change};
use clew_heap::method::{LookedUp, MethodCache, key_of_method};
use clew_heap::{Lent, Owned};
use pyo3::ffi;

use crate::inline_cache::{CacheState, InlineCache};
use crate::listener::Listener;
use crate::program_point::ProgramPoint;
use crate::said::{self, Report};
use crate::{asking, thread_state, trampoline};

/// What is called in the place of a callee, which may be itself; a new reference, or null with an error set.
#[inline]
pub(crate) fn call<L: Listener>(
    cache: &InlineCache,
    callee: Lent<'_>,
    base_name: Option<Lent<'_>>,
) -> *mut ffi::PyObject {
    let as_it_is = callee.as_ptr();
    // SAFETY: the interpreter still lends the callee.
    instead::<L>(cache, (callee, false), base_name)
        .unwrap_or_else(|| unsafe { ffi::Py_NewRef(as_it_is) })
}

/// What stands in the place of an object whose method is called, which may be itself; a new reference, or null with an error
/// set.
#[inline]
pub(crate) fn call_method<L: Listener>(
    (probe, cache, methods): (*mut ffi::PyObject, &InlineCache, &MethodCache),
    object: Lent<'_>,
    (name, base_name): (Lent<'_>, Option<Lent<'_>>),
) -> *mut ffi::PyObject {
    let as_it_is = object.as_ptr();
    let outcome = match methods.find(object, name) {
        LookedUp::Method(function) if is_settled(cache, (function, object), base_name) => None,
        LookedUp::Variable(value) => instead::<L>(cache, (value, true), base_name),
        LookedUp::Method(_) | LookedUp::OfClass => {
            // SAFETY: it was found where none of the program's code runs when CPython is asked for it.
            match unsafe { Owned::new(ffi::PyObject_GetAttr(as_it_is, name.as_ptr())) } {
                Some(bound) => instead::<L>(cache, (bound.lend(), true), base_name),
                None => None,
            }
        }
        LookedUp::Unknown => {
            let asking = asking::make((object, call::<L>), (probe, cache), base_name);
            (!asking.is_null()).then_some(asking)
        }
    };
    // SAFETY: the interpreter still lends the object.
    outcome.unwrap_or_else(|| unsafe { ffi::Py_NewRef(as_it_is) })
}

/// Whether the listener has nothing to hear of a method's call.
#[inline]
fn is_settled(
    cache: &InlineCache,
    method: (Lent<'_>, Lent<'_>),
    base_name: Option<Lent<'_>>,
) -> bool {
    let (function, object) = method;
    let key = key_of_method(function, object);
    match cache.known(key) {
        Some(CacheState::Pass) => true,
        Some(CacheState::ChangeReceiver) => {
            place_of_change(object).is_some_and(|at| cache.is_said(at))
        }
        None if said::is_settled(cache.serial(), key) => true,
        _ => {
            cache.is_seeing()
                && Report::of_any_method_call(method, base_name).is_some_and(Report::is_repeated)
        }
    }
}

/// What is called in the place of a callee, and whether that is to stand where the object does whose method it is. `None`
/// where the callee itself is called; null with an error set where a signal came meanwhile.
#[inline]
fn instead<L: Listener>(
    cache: &InlineCache,
    (callee, is_object): (Lent<'_>, bool),
    base_name: Option<Lent<'_>>,
) -> Option<*mut ffi::PyObject> {
    // Most calls say what was said before.
    if cache.is_seeing()
        && Report::of_any_call(callee, base_name, ProgramPoint::current())
            .is_some_and(Report::is_repeated)
    {
        return None;
    }
    let seen = is_seen::<L>(cache, callee, base_name)?;
    if seen && thread_state::is_profiled() && is_of_c(callee) {
        L::called_unseen(callee);
    } else if seen {
        let trampoline = trampoline::make::<L>(callee, base_name, is_object);
        if !trampoline.is_null() {
            return Some(trampoline);
        }
        // SAFETY: the interpreter is held.
        unsafe { ffi::PyErr_Clear() };
    }
    // A signal that came while the listener was at work must not wait for the call to end: `sleep` would not know of it.
    // SAFETY: the interpreter is held, and nothing that is lent is looked at afterwards.
    (unsafe { ffi::PyErr_CheckSignals() } != 0).then_some(ptr::null_mut())
}

/// Whether a call has to be seen with its arguments; `None` where the listener has nothing to hear of it.
#[inline]
fn is_seen<L: Listener>(
    cache: &InlineCache,
    callable: Lent<'_>,
    base_name: Option<Lent<'_>>,
) -> Option<bool> {
    let callee = Callee::of(callable);
    let report = |key: Key| Report::of_callee(cache.serial(), key);
    match cache.known(callee.key) {
        Some(CacheState::Pass) => return None,
        Some(CacheState::ChangeReceiver)
            if callee.receiver.and_then(place_of_change).is_some_and(|at| cache.is_said(at)) =>
        {
            return None;
        }
        Some(CacheState::ChangeCallee) if cache.is_said(place_of_calls(&callee)) => {
            return None;
        }
        Some(CacheState::See) if cache.is_asked() => {
            return L::is_listening().then_some(true);
        }
        Some(_) => {}
        // Callees may take turns.
        None if said::is_settled(cache.serial(), callee.key) => return None,
        None if callee.key.0 != 0 && report(callee.key).is_made() => {
            return L::is_listening().then_some(true);
        }
        None => {}
    }
    let seen = L::called(cache, &callee, base_name);
    match cache.known(callee.key) {
        Some(CacheState::Pass) => said::settle(cache.serial(), callee.key),
        Some(CacheState::See) => report(callee.key).keep(),
        _ => {}
    }
    Some(seen)
}
