//! Listener: who is told what probes come across.
//!
//! A listener is a type, not a value: its functions are called from slots of CPython types, which hold
//! no state, and so the compiler can put each of them right into its slot.
#![allow(unsafe_code, reason = "its functions are lent live objects, under the GIL")]

use clew_graph::SourceId;
use clew_heap::arguments::CallArguments;
use clew_heap::raw::callee::{self, Callee};
use clew_heap::session_code;
use clew_syntax::StatementId;
use pyo3::ffi;

use crate::inline_cache::InlineCache;

/// What probes report. All functions are called under the GIL, in the thread that runs the program,
/// with objects that live as long as the call. They must neither raise nor leave an error set.
///
/// What a probe was told to [settle](InlineCache::settle) in its inline cache, it no longer asks.
pub trait Listener: 'static {
    /// What is kept of a call while it runs.
    type PendingCall;

    /// Whether anybody listens now.
    fn is_listening() -> bool;

    /// A statement at module level begins, and with it the one before has ended.
    fn begin(source: SourceId, statement: StatementId);

    /// The body of a `with` or `try` at module level has come to its end.
    fn body_ended(source: SourceId, statement: StatementId);

    /// A function was entered: the text that it is in, and its place among the text's scopes, where
    /// that is known. Reported once for each statement and program point.
    fn entered(source: SourceId, scope: Option<usize>);

    /// A value is about to be called, which `cache` says nothing of; whether the call is to be seen
    /// with its arguments. The base name is that of a chain of attributes (`np` in
    /// `np.random.seed()`), or null.
    ///
    /// Calls of the program's own functions and objects are not to be seen: those that the interpreter makes within
    /// its own loop use up less of the stack, and leave the caller at another offset.
    ///
    /// # Safety
    /// The callee's parts are live, and the name is a string or null.
    unsafe fn called(cache: &InlineCache, callee: &Callee, base_name: *mut ffi::PyObject) -> bool;

    /// A value is about to be called in such a way that its arguments cannot be seen.
    ///
    /// # Safety
    /// The callable is live.
    unsafe fn called_unseen(callable: *mut ffi::PyObject);

    /// A value that is no sequence of CPython's is about to be iterated over.
    ///
    /// # Safety
    /// The value is live.
    unsafe fn iterated(value: *mut ffi::PyObject);

    /// A `for` at module level is about to ask a value for its elements.
    ///
    /// # Safety
    /// The value is live.
    unsafe fn goes_through(value: *mut ffi::PyObject);

    /// An attribute or item of a value is about to be set or deleted.
    ///
    /// # Safety
    /// The value is live, and the base name is a string or null.
    unsafe fn stored(value: *mut ffi::PyObject, base_name: *mut ffi::PyObject);

    /// The same, of an instance of a class of the program's that inherits nothing from elsewhere and
    /// has no base name.
    ///
    /// # Safety
    /// The value is live.
    unsafe fn stored_plain(value: *mut ffi::PyObject);

    /// An attribute or item of a value is about to be set by `+=` or its like.
    ///
    /// # Safety
    /// The value is live.
    unsafe fn stored_augmented(value: *mut ffi::PyObject);

    /// A variable is about to be set by `+=` or its like, which changes its value in place.
    ///
    /// # Safety
    /// The value is live.
    unsafe fn augmented(value: *mut ffi::PyObject);

    /// A cached property of a value is about to be computed.
    ///
    /// # Safety
    /// The value is live.
    unsafe fn filled(value: *mut ffi::PyObject);

    /// A value is about to be used as a context manager.
    ///
    /// # Safety
    /// The value is live.
    unsafe fn managed(value: *mut ffi::PyObject);

    /// A call is about to be made with these arguments; what to keep until it
    /// [returns](Listener::passed), if that is to be reported.
    ///
    /// # Safety
    /// Callable and arguments are live, and the base name is a string or null.
    unsafe fn passing(
        callable: *mut ffi::PyObject,
        call: &CallArguments,
        base_name: *mut ffi::PyObject,
    ) -> Option<Self::PendingCall>;

    /// The call returned; the result is null where it raised, and what it raised stays set.
    ///
    /// # Safety
    /// As for [`Listener::passing`]; the result is live or null.
    unsafe fn passed(
        pending: Self::PendingCall,
        callable: *mut ffi::PyObject,
        base_name: *mut ffi::PyObject,
        call: &CallArguments,
        result: *mut ffi::PyObject,
    );
}

/// Hears everything and does nothing about it. It asks to see every call that a listener may ask to see.
pub enum NullListener {}

#[rustfmt::skip]
impl Listener for NullListener {
    type PendingCall = ();

    fn is_listening() -> bool { true }
    fn begin(_: SourceId, _: StatementId) {}
    fn body_ended(_: SourceId, _: StatementId) {}
    fn entered(_: SourceId, _: Option<usize>) {}
    unsafe fn called(_: &InlineCache, callee: &Callee, _: *mut ffi::PyObject) -> bool {
        // SAFETY: the probe lends a live callee; what it is bound to is live, or null.
        !unsafe {
            let own = callee.code().is_some_and(|code| session_code::session_code().contains(&code));
            own || !callee.receiver.is_null() && callee::is_plain_instance(callee.receiver)
        }
    }
    unsafe fn called_unseen(_: *mut ffi::PyObject) {}
    unsafe fn iterated(_: *mut ffi::PyObject) {}
    unsafe fn goes_through(_: *mut ffi::PyObject) {}
    unsafe fn stored(_: *mut ffi::PyObject, _: *mut ffi::PyObject) {}
    unsafe fn stored_plain(_: *mut ffi::PyObject) {}
    unsafe fn stored_augmented(_: *mut ffi::PyObject) {}
    unsafe fn augmented(_: *mut ffi::PyObject) {}
    unsafe fn filled(_: *mut ffi::PyObject) {}
    unsafe fn managed(_: *mut ffi::PyObject) {}
    unsafe fn passing(
        _: *mut ffi::PyObject,
        _: &CallArguments,
        _: *mut ffi::PyObject,
    ) -> Option<()> { Some(()) }
    unsafe fn passed(
        (): (),
        _: *mut ffi::PyObject,
        _: *mut ffi::PyObject,
        _: &CallArguments,
        _: *mut ffi::PyObject,
    ) {}
}
