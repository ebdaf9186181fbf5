//! Listener: what probes report to.
//!
//! A listener is a type, not a value: its functions are called from slots of CPython types, which hold
//! no state, and so the compiler can put each of them right into its slot.

use clew_graph::SourceId;
use clew_heap::Lent;
use clew_heap::arguments::CallArguments;
use clew_heap::callee::Callee;
use clew_heap::session_code::session_code;
use clew_syntax::StatementId;

use crate::inline_cache::InlineCache;
use crate::said::Reports;

/// What the text says of an attribute or item that is set or deleted.
#[derive(Clone, Copy)]
pub struct StorePlace<'a> {
    /// The name that the text reaches the object by, where that is a chain of attributes.
    pub base_name: Option<Lent<'a>>,
    /// The attribute; `None` for an item.
    pub attribute: Option<Lent<'a>>,
}

/// What probes report.
///
/// All functions are called with the interpreter held, in the thread that runs the program. What they are
/// lent lives as long as the call, in which they must run none of the program's code. They neither raise
/// nor leave an error set.
pub trait Listener: 'static {
    /// What is kept of a call while it runs.
    type PendingCall;

    /// Whether anybody listens now.
    fn is_listening() -> bool;

    /// A statement at module level begins, and with it the one before has ended.
    fn begin(source: SourceId, statement: StatementId);

    /// The body of a `with` or `try` at module level has come to its end, or that of a function whose statements are
    /// announced.
    fn body_ended(source: SourceId, statement: StatementId);

    /// A function was entered: the text that it is in, and its place among the text's scopes, where
    /// that is known. Reported once for each statement and program point.
    fn entered(source: SourceId, scope: Option<usize>);

    /// A function was entered whose statements are announced, as they are from now on until it ends; given
    /// by the same.
    fn entered_announced(source: SourceId, scope: usize);

    /// A function that was given code which says when it ends is about to: its frame is still there. Where it
    /// raised, what it raised is being handled.
    fn left_announced(source: SourceId, scope: usize, raised: bool);

    /// A value is about to be called, and the cache has no answer; whether the call is to be seen with its
    /// arguments. What is [settled](InlineCache::settle) in the cache is not asked again. The base name is
    /// that of a chain of attributes: `np` in `np.random.seed()`.
    ///
    /// Calls of the program's own functions and objects are not to be seen: those that the interpreter
    /// makes within its own loop use up less of the stack, and leave the caller at another offset.
    fn called(cache: &InlineCache, callee: &Callee<'_>, base_name: Option<Lent<'_>>) -> bool;

    /// A value is about to be called in such a way that its arguments cannot be seen.
    fn called_unseen(callable: Lent<'_>);

    /// A value that is no sequence of CPython's is about to be iterated over.
    fn iterated(value: Lent<'_>);

    /// A `for` at module level is about to ask a value for its elements.
    fn goes_through(value: Lent<'_>);

    /// An attribute or item of a value is about to be set or deleted.
    fn stored(value: Lent<'_>, place: StorePlace<'_>);

    /// The same, of an instance of a class of the program's that inherits nothing from elsewhere and
    /// has no base name.
    fn stored_plain(value: Lent<'_>, attribute: Option<Lent<'_>>);

    /// An attribute or item of a value is about to be set by `+=` or its like.
    fn stored_augmented(value: Lent<'_>, place: StorePlace<'_>);

    /// An item of a value is about to be set by `+=` or its like; which is not looked at.
    fn stored_unseen(value: Lent<'_>);

    /// A variable is about to be set by `+=` or its like, which changes its value in place.
    fn augmented(value: Lent<'_>);

    /// A cached property of a value is about to be computed.
    fn filled(value: Lent<'_>);

    /// A value is about to be used as a context manager.
    fn managed(value: Lent<'_>);

    /// A value is about to be displayed by an interactive shell.
    fn shown(value: Lent<'_>);

    /// A value is about to be returned by a function whose statements are announced.
    fn returned(value: Lent<'_>);

    /// A call is about to be made with these arguments; what to keep until it
    /// [returns](Listener::passed), if that is to be reported. Where what is reported of it is so of all calls that are
    /// like it, the listener [keeps](crate::CallReport::keep) one of these reports.
    fn passing(
        callable: Lent<'_>,
        call: (&CallArguments, Option<Reports>),
        base_name: Option<Lent<'_>>,
    ) -> Option<Self::PendingCall>;

    /// The call of a callable, with its base name, returned; there is no result where it raised, and what
    /// it raised stays set.
    fn passed(
        pending: Self::PendingCall,
        callee: (Lent<'_>, Option<Lent<'_>>),
        call: &CallArguments,
        result: Option<Lent<'_>>,
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
    fn entered_announced(_: SourceId, _: usize) {}
    fn left_announced(_: SourceId, _: usize, _: bool) {}
    fn called(_: &InlineCache, callee: &Callee<'_>, _: Option<Lent<'_>>) -> bool {
        let is_function = callee.code().is_some_and(|code| session_code().contains(&code));
        let is_object = callee.receiver.is_some_and(Lent::is_plain_instance);
        !is_function && !is_object
    }
    fn called_unseen(_: Lent<'_>) {}
    fn iterated(_: Lent<'_>) {}
    fn goes_through(_: Lent<'_>) {}
    fn stored(_: Lent<'_>, _: StorePlace<'_>) {}
    fn stored_plain(_: Lent<'_>, _: Option<Lent<'_>>) {}
    fn stored_augmented(_: Lent<'_>, _: StorePlace<'_>) {}
    fn stored_unseen(_: Lent<'_>) {}
    fn augmented(_: Lent<'_>) {}
    fn filled(_: Lent<'_>) {}
    fn managed(_: Lent<'_>) {}
    fn shown(_: Lent<'_>) {}
    fn returned(_: Lent<'_>) {}
    fn passing(
        _: Lent<'_>, _: (&CallArguments, Option<Reports>), _: Option<Lent<'_>>,
    ) -> Option<()> { Some(()) }
    fn passed(
        (): (), _: (Lent<'_>, Option<Lent<'_>>), _: &CallArguments, _: Option<Lent<'_>>,
    ) {}
}
