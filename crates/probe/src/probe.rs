//! Probe: the constant that stands in an instrumented code object and reports to the listener.
//!
//! `-probe` announces (a statement begins, a function was entered) and gives `None`; `probe[value]`
//! gives back the value after looking at it. A callee whose effects depend on what it is given is
//! not given back itself but behind a [trampoline], which is called in its place. Where a method is called, it is the object
//! that is looked at, so that CPython finds the method as it would without a probe and makes no bound one. Neither leaves a
//! Python frame.
#![allow(unsafe_code, reason = "types whose slots CPython calls, made through its C API")]

use std::any::TypeId;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use clew_graph::SourceId;
use clew_heap::callee::class_key;
use clew_heap::carrier::is_private_iterator;
use clew_heap::identity::{is_self_contained, place_of_change, place_of_instance};
use clew_heap::kind::changes_in_place;
use clew_heap::method::MethodCache;
use clew_heap::{Address, Lent, session_code};
use clew_syntax::StatementId;
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyFrozenSet, PyString, PyTuple};

use crate::inline_cache::{CacheState, Entrances, InlineCache};
use crate::listener::{Listener, StorePlace};
use crate::said::Report;
use crate::{asking, call, code_scope, trampoline};

/// What a probe is for.
pub(crate) enum ProbeKind {
    /// A statement at module level begins, and with it the one before it has ended.
    Begin { source: SourceId, statement: StatementId },
    /// The body of a `with` or `try` at module level, or of a function that is followed, has come to its end.
    End { source: SourceId, statement: StatementId },
    /// A function was entered.
    Enter {
        source: SourceId,
        scope: Option<usize>,
        /// Whether it binds variables of a function around it, so that calling it changes it.
        nonlocal: bool,
        /// Whether its statements are announced.
        announced: bool,
    },
    /// The body of a function whose statements are announced has ended, or raised: its frame goes at once.
    Leave { source: SourceId, scope: usize, raised: bool },
    /// A value is about to be called.
    Call { base_name: Option<Py<PyString>> },
    /// A method of a value is about to be looked up and called.
    CallMethod { base_name: Option<Py<PyString>>, name: Py<PyString> },
    /// A value is about to be iterated over, which uses an iterator up.
    Iterate,
    /// The same, for a `for` at module level.
    GoThrough,
    /// An attribute or item of a value is about to be set or deleted.
    Store {
        base_name: Option<Py<PyString>>,
        attribute: Option<Py<PyString>>,
        /// Whether it is the instance that the function at hand, an `__init__`, is called for.
        initializes: bool,
    },
    /// An attribute or item of a value is about to be set by `+=` or its like.
    StoreAugmented { attribute: Option<Py<PyString>> },
    /// A variable is about to be set by `+=` or its like, which may change its value in place.
    Augment,
    /// A cached property is about to be computed, which its instance keeps from then on.
    Fill,
    /// A value is about to be used as a context manager.
    Manage,
    /// A value is about to be displayed by an interactive shell.
    Show,
    /// A value is about to be returned by a function whose statements are announced.
    Return,
}

#[repr(C)]
struct Probe {
    ob_base: ffi::PyObject,
    kind: ProbeKind,
    cache: InlineCache,
    /// For `CallMethod`.
    methods: MethodCache,
    /// For `Enter`.
    entrances: Entrances,
}

/// The type of probes, and which listener its slots report to.
struct ProbeType {
    class: Py<PyAny>,
    listener: TypeId,
}

static TYPE: pyo3::sync::PyOnceLock<ProbeType> = pyo3::sync::PyOnceLock::new();

/// The type of probes; those of what may stand in the place of a callee are there as well from then on.
fn probe_type<L: Listener>(py: Python<'_>) -> PyResult<&ProbeType> {
    let known = TYPE.get_or_try_init(py, || {
        trampoline::prepare::<L>(py)?;
        asking::prepare(py)?;
        PyResult::Ok(ProbeType { class: make_type::<L>(py)?, listener: TypeId::of::<L>() })
    })?;
    if known.listener != TypeId::of::<L>() {
        return Err(PyRuntimeError::new_err("the probes of this process have another listener"));
    }
    Ok(known)
}

fn make_type<L: Listener>(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let slot = |id: c_int, function: *mut c_void| ffi::PyType_Slot { slot: id, pfunc: function };
    let mut slots = [
        slot(ffi::Py_tp_dealloc, deallocate as *mut c_void),
        slot(ffi::Py_mp_subscript, subscript::<L> as *mut c_void),
        slot(ffi::Py_nb_negative, negative::<L> as *mut c_void),
        slot(0, ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"clew._clew.probe".as_ptr(),
        basicsize: size_of::<Probe>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION) as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the spec is complete, its slots have the signatures that CPython asks for, and `basicsize`
    // covers the struct, whose first field is the object header. Spec and slots live until the call
    // returns, and CPython copies them.
    unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&mut spec)) }.map(Bound::unbind)
}

/// What stands for a probe until the code object is made: a frozen set, for the compiler computes
/// nothing from it ahead of time, as it would from `"text"[1]` or `-1`.
pub(crate) fn placeholder(py: Python<'_>, index: usize) -> PyResult<Bound<'_, PyAny>> {
    Ok(PyFrozenSet::new(py, [placeholder_text(index)])?.into_any())
}

/// What stands for a probe that is only ever negated, which no text can be: the compiler is quicker
/// about texts.
pub(crate) fn negated_placeholder(py: Python<'_>, index: usize) -> PyResult<Bound<'_, PyAny>> {
    Ok(PyString::new(py, &placeholder_text(index)).into_any())
}

/// What a placeholder says: no quotes, and nothing that ends a line.
pub(crate) fn placeholder_text(index: usize) -> String {
    format!("\u{1}clew probe {index}\u{1}")
}

fn placeholder_index(constant: &Bound<'_, PyAny>) -> Option<usize> {
    let index =
        |text: &str| text.strip_prefix("\u{1}clew probe ")?.strip_suffix('\u{1}')?.parse().ok();
    if let Ok(text) = constant.cast_exact::<PyString>() {
        return index(text.to_str().ok()?);
    }
    let set = constant.cast_exact::<PyFrozenSet>().ok().filter(|set| set.len() == 1)?;
    index(&set.iter().next()?.extract::<String>().ok()?)
}

/// Whether the value that a probe looks at is read for it alone; `None` for a constant that is none.
pub(crate) fn reads_again(constant: &Bound<'_, PyAny>) -> Option<bool> {
    let known = TYPE.get(constant.py())?;
    if !constant.get_type().is(&known.class) {
        return None;
    }
    // SAFETY: the type says which struct it is, and its kind never changes.
    let kind = unsafe { &(*constant.as_ptr().cast::<Probe>()).kind };
    Some(matches!(kind, ProbeKind::Augment))
}

/// Puts probes in the place of their placeholders, in a code object and all that are nested in it,
/// and notes that these are the session's.
pub(crate) fn install<L: Listener>(code: &Bound<'_, PyAny>, kinds: &[ProbeKind]) -> PyResult<()> {
    let py = code.py();
    let probe_type = probe_type::<L>(py)?;
    session_code::add_session_code(code);
    let constants = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
    for at in 0..constants.len() {
        let constant = constants.get_item(at)?;
        if constant.is_instance_of::<PyCode>() {
            install::<L>(&constant, kinds)?;
        } else if let Some(kind) = placeholder_index(&constant).and_then(|index| kinds.get(index)) {
            if matches!(kind, ProbeKind::Enter { nonlocal: true, .. }) {
                session_code::add_stateful_code(code);
            }
            if let &ProbeKind::Enter { source, scope: Some(scope), .. } = kind {
                code_scope::remember(code.as_ptr() as usize, source, scope);
            }
            // SAFETY: the tuple is this code object's own (each placeholder stands in one text and
            // so no two code objects can share the tuple that holds it), the code has not run yet,
            // and the slot's old reference is released after the new one is in place.
            unsafe {
                let new = make(py, probe_type, kind)?;
                let slot =
                    (*constants.as_ptr().cast::<ffi::PyTupleObject>()).ob_item.as_mut_ptr().add(at);
                let old = std::mem::replace(&mut *slot, new);
                ffi::Py_DECREF(old);
            }
        }
    }
    Ok(())
}

impl ProbeKind {
    fn clone_ref(&self, py: Python<'_>) -> Self {
        let name = |name: &Option<Py<PyString>>| name.as_ref().map(|name| name.clone_ref(py));
        match self {
            &Self::Begin { source, statement } => Self::Begin { source, statement },
            &Self::End { source, statement } => Self::End { source, statement },
            &Self::Enter { source, scope, nonlocal, announced } => {
                Self::Enter { source, scope, nonlocal, announced }
            }
            &Self::Leave { source, scope, raised } => Self::Leave { source, scope, raised },
            Self::Call { base_name } => Self::Call { base_name: name(base_name) },
            Self::CallMethod { base_name, name: method } => {
                Self::CallMethod { base_name: name(base_name), name: method.clone_ref(py) }
            }
            Self::Store { base_name, attribute, initializes } => Self::Store {
                base_name: name(base_name),
                attribute: name(attribute),
                initializes: *initializes,
            },
            Self::Iterate => Self::Iterate,
            Self::GoThrough => Self::GoThrough,
            Self::StoreAugmented { attribute } => {
                Self::StoreAugmented { attribute: name(attribute) }
            }
            Self::Augment => Self::Augment,
            Self::Fill => Self::Fill,
            Self::Manage => Self::Manage,
            Self::Show => Self::Show,
            Self::Return => Self::Return,
        }
    }
}

/// A probe.
pub(crate) fn new<'py, L: Listener>(
    py: Python<'py>,
    kind: &ProbeKind,
) -> PyResult<Bound<'py, PyAny>> {
    let probe = make(py, probe_type::<L>(py)?, kind)?;
    // SAFETY: it is a new reference, which nobody else has.
    Ok(unsafe { Bound::from_owned_ptr(py, probe) })
}

/// A probe; a new reference.
fn make(py: Python<'_>, probe_type: &ProbeType, kind: &ProbeKind) -> PyResult<*mut ffi::PyObject> {
    // SAFETY: generic allocation gives zeroed memory of `basicsize` with the header filled in; the
    // fields behind the header are then written without reading what was there.
    unsafe {
        let object = ffi::PyType_GenericAlloc(probe_type.class.as_ptr().cast(), 0);
        if object.is_null() {
            return Err(PyErr::fetch(py));
        }
        let probe = object.cast::<Probe>();
        ptr::addr_of_mut!((*probe).kind).write(kind.clone_ref(py));
        ptr::addr_of_mut!((*probe).cache).write(InlineCache::default());
        ptr::addr_of_mut!((*probe).methods).write(MethodCache::default());
        ptr::addr_of_mut!((*probe).entrances).write(Entrances::default());
        Ok(object)
    }
}

unsafe extern "C-unwind" fn deallocate(object: *mut ffi::PyObject) {
    // SAFETY: CPython calls this once, for an object that `make` filled in; instances of a heap type
    // hold a reference to it, and the object came from the type's own allocator.
    unsafe {
        let probe = object.cast::<Probe>();
        ptr::drop_in_place(ptr::addr_of_mut!((*probe).kind));
        let kind = ffi::Py_TYPE(object);
        ffi::PyObject_Free(object.cast());
        ffi::Py_DECREF(kind.cast());
    }
}

/// `-probe`
unsafe extern "C-unwind" fn negative<L: Listener>(
    object: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the slot belongs to `Probe`, and the interpreter holds the GIL.
    unsafe {
        let probe = &*object.cast::<Probe>();
        match probe.kind {
            ProbeKind::Begin { source, statement } => L::begin(source, statement),
            ProbeKind::End { source, statement } => L::body_ended(source, statement),
            ProbeKind::Enter { source, scope: Some(scope), announced: true, .. } => {
                L::entered_announced(source, scope);
            }
            ProbeKind::Enter { source, scope, .. } if probe.entrances.is_first() => {
                L::entered(source, scope);
            }
            ProbeKind::Leave { source, scope, raised } => L::left_announced(source, scope, raised),
            _ => {}
        }
        ffi::Py_NewRef(ffi::Py_None())
    }
}

/// `probe[value]`
unsafe extern "C-unwind" fn subscript<L: Listener>(
    object: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the slot belongs to `Probe`, and the interpreter is held.
    let probe = unsafe { &*object.cast::<Probe>() };
    // SAFETY: the interpreter lends the value until this returns, and none of the program's code runs
    // before what lent objects are for has been done.
    let Some(lent) = (unsafe { Lent::new(value) }) else { return ptr::null_mut() };
    let cache = &probe.cache;
    match &probe.kind {
        ProbeKind::Call { base_name } => {
            // SAFETY: the probe keeps the name.
            let base_name = base_name.as_ref().and_then(|name| unsafe { Lent::new(name.as_ptr()) });
            return call::call::<L>(cache, lent, base_name);
        }
        ProbeKind::CallMethod { base_name, name } => {
            // SAFETY: the probe keeps the names.
            let names = unsafe {
                let base_name = base_name.as_ref().and_then(|name| Lent::new(name.as_ptr()));
                Lent::new(name.as_ptr()).map(|name| (name, base_name))
            };
            if let Some(names) = names {
                return call::call_method::<L>((object, cache, &probe.methods), lent, names);
            }
        }
        ProbeKind::Iterate => iterated::<L>(cache, lent),
        ProbeKind::GoThrough => {
            L::goes_through(lent);
            iterated::<L>(cache, lent);
        }
        ProbeKind::Store { base_name, attribute, initializes } => {
            let [base_name, attribute] = [base_name, attribute].map(|name| {
                // SAFETY: the probe keeps the names.
                name.as_ref().and_then(|name| unsafe { Lent::new(name.as_ptr()) })
            });
            stored::<L>(cache, lent, StorePlace { base_name, attribute }, *initializes);
        }
        ProbeKind::StoreAugmented { attribute } => {
            // SAFETY: the probe keeps the name.
            let attribute = attribute.as_ref().and_then(|name| unsafe { Lent::new(name.as_ptr()) });
            stored_augmented::<L>(cache, lent, StorePlace { base_name: None, attribute });
        }
        ProbeKind::Augment => augmented::<L>(cache, lent),
        ProbeKind::Fill => L::filled(lent),
        ProbeKind::Manage => L::managed(lent),
        ProbeKind::Show => L::shown(lent),
        ProbeKind::Return => L::returned(lent),
        ProbeKind::Begin { .. }
        | ProbeKind::End { .. }
        | ProbeKind::Enter { .. }
        | ProbeKind::Leave { .. } => {}
    }
    // SAFETY: the interpreter still lends the value.
    unsafe { ffi::Py_NewRef(value) }
}

#[inline]
fn iterated<L: Listener>(cache: &InlineCache, value: Lent<'_>) {
    let class = value.class();
    if class.is(&raw mut ffi::PyList_Type)
        || class.is(&raw mut ffi::PyRange_Type)
        || class.is(&raw mut ffi::PyTuple_Type)
        || class.is(&raw mut ffi::PyDict_Type)
        || class.is(&raw mut ffi::PyUnicode_Type)
        || is_private_iterator(value)
    {
        return;
    }
    once(cache, place_of_change(value), || L::iterated(value));
}

/// Reports what happens at a place, unless that was the last thing that was reported here.
#[inline]
fn once(cache: &InlineCache, place: Option<Address>, report: impl FnOnce()) {
    if place.is_some_and(|place| cache.is_reported(place)) {
        return;
    }
    report();
    if let Some(place) = place {
        cache.report(place);
    }
}

#[inline]
fn stored<L: Listener>(
    cache: &InlineCache,
    value: Lent<'_>,
    place: StorePlace<'_>,
    initializes: bool,
) {
    // Most stores in a loop are to one new instance of a class of the program after the other.
    let (known, is_plain) = kind_of_store(cache, value, place);
    // No variable leads to an instance yet that is being made.
    if initializes && is_plain && is_being_made(value) {
        return;
    }
    if !is_plain && !is_self_contained(value) {
        once(cache, place_of_change(value), || L::stored(value, place));
        return;
    }
    let at = if is_plain { place_of_instance(value) } else { value.address() };
    if cache.is_said(at) {
        return;
    }
    if known && is_plain {
        L::stored_plain(value, place.attribute);
    } else {
        L::stored(value, place);
    }
    cache.say(at);
}

/// Whether nobody has an instance but the class that makes it and its `__init__`, which is about to store to it.
#[inline]
fn is_being_made(value: Lent<'_>) -> bool {
    /// The class's, the function's, and that of its stack.
    const HOLDERS: usize = 3;
    cfg!(not(Py_3_14))
        && value.references() <= HOLDERS
        && !INITIALIZES_AGAIN.load(Ordering::Relaxed)
}

/// Whether a text of the program calls `__init__` of an instance that is there already.
static INITIALIZES_AGAIN: AtomicBool = AtomicBool::new(false);

/// Notes what a text says of that.
pub(crate) fn note_initializers(text: &str) {
    const NAME: &str = "__init__";
    let called = text.match_indices(NAME).any(|(at, _)| {
        let before = text[..at].trim_end();
        let of_super = before.strip_suffix(").").is_some_and(|before| {
            before.rsplit_once("super(").is_some_and(|(_, given)| !given.contains(')'))
        });
        !(before.ends_with("def") || of_super)
    });
    if called {
        INITIALIZES_AGAIN.store(true, Ordering::Relaxed);
    }
}

/// Whether the class of a value that is stored to is known here, and is one of the program's own: a store changes the
/// instance and nothing else.
#[inline]
fn kind_of_store(cache: &InlineCache, value: Lent<'_>, place: StorePlace<'_>) -> (bool, bool) {
    let key = class_key(value.class(), 6);
    if let Some(state) = cache.known(key) {
        return (true, state == CacheState::Pass);
    }
    let plain = place.base_name.is_none() && value.is_plain_instance();
    cache.remember(key, if plain { CacheState::Pass } else { CacheState::Ask });
    (false, plain)
}

#[inline]
fn stored_augmented<L: Listener>(cache: &InlineCache, value: Lent<'_>, place: StorePlace<'_>) {
    let (_, is_plain) = kind_of_store(cache, value, place);
    let at = if is_plain { Some(place_of_instance(value)) } else { place_of_change(value) };
    // Where an instance of the program's own classes holds a number, that is replaced.
    if let Some(at) = at.filter(|_| is_plain)
        && place.attribute.is_some_and(|name| value.number_or_text_held(name))
    {
        if !cache.is_said(at) {
            L::stored_plain(value, place.attribute);
            cache.say(at);
        }
        return;
    }
    // What it holds may be another thing by now, though the value is the same.
    if let Some(at) = at.filter(|&at| cache.is_reported(at)) {
        let other = cache.holds_other(|visit| {
            value.each_held(|held| visit(if changes_in_place(held) { held.address() } else { 0 }));
        });
        match other {
            Some(true) => {}
            Some(false) => return,
            None => {
                let unseen = Report::of_value(!cache.serial(), at);
                if !unseen.is_made() {
                    L::stored_unseen(value);
                    unseen.keep();
                }
                return;
            }
        }
    }
    L::stored_augmented(value, place);
    match at {
        Some(at) if is_plain => cache.say(at),
        Some(at) => cache.report(at),
        None => {}
    }
}

#[inline]
fn augmented<L: Listener>(cache: &InlineCache, value: Lent<'_>) {
    let class = value.class();
    if class.is(&raw mut ffi::PyLong_Type)
        || class.is(&raw mut ffi::PyFloat_Type)
        || class.is(&raw mut ffi::PyUnicode_Type)
    {
        return;
    }
    once(cache, place_of_change(value), || {
        if changes_in_place(value) {
            L::augmented(value);
        }
    });
}
