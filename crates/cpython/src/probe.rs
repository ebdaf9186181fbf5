//! Probe: the constant that stands in an instrumented code object and reports to the recorder.
//!
//! `-probe` announces (a statement begins, a function was entered) and gives `None`; `probe[value]`
//! gives back the value after looking at it. A callee whose effects depend on what it is given is
//! not given back itself but inside a [`Passage`], which is called in its place, tells the
//! recorder, and calls through by vectorcall. Neither leaves a Python frame.
#![allow(unsafe_code, reason = "types whose slots CPython calls, made through its C API")]

use std::cell::{Cell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::ptr;

use clew_graph::SourceId;
use clew_syntax::StatementId;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyFrozenSet, PyString, PyTuple};

use crate::recorder::{self, Entrance};
use crate::{callee, stack, turns};

/// What a probe is for.
pub(crate) enum ProbeKind {
    /// A traced statement begins, and with it the one before it has ended.
    Begin { source: SourceId, statement: StatementId },
    /// The body of a traced `with` or `try` has come to its end.
    End { source: SourceId, statement: StatementId },
    /// A function of the session was entered.
    Enter {
        source: SourceId,
        scope: Option<usize>,
        /// Whether it binds variables of a function around it, so that calling it changes it.
        nonlocal: bool,
    },
    /// A value is about to be called.
    Call { root: Option<Py<PyString>> },
    /// A value is about to be iterated over, which uses an iterator up.
    Iterate,
    /// The same, for a `for` whose statements are told apart.
    GoThrough,
    /// An attribute or item of a value is about to be set or deleted.
    Store { root: Option<Py<PyString>> },
    /// An attribute or item of a value is about to be set by `+=` or its like.
    StoreAugmented,
    /// A variable is about to be set by `+=` or its like, which may change its value in place.
    Augment,
    /// A cached property is about to be computed, which its instance keeps from then on.
    Fill,
    /// A value is about to be used as a context manager.
    Manage,
}

/// The part of a probe that hits are told by: who was called last, and that nothing came of it.
#[derive(Default)]
pub(crate) struct Memory {
    /// The key of the callee, or of the class of the value, that was seen last.
    pub(crate) callee: Cell<(usize, usize)>,
    /// The statement in which it was told to the recorder.
    pub(crate) epoch: Cell<u64>,
    /// The statement in which the recorder was last asked.
    pub(crate) asked: Cell<u64>,
    /// What to do when it comes again.
    pub(crate) action: Cell<Action>,
    /// The values that were told of in that statement: address, and at which spot of a loop.
    told: [Cell<(usize, i32)>; SPOTS],
    /// Of a value that is stored to by an in-place operator: what it held when last looked at, how
    /// often it came again, and how much was looked at.
    held: Cell<usize>,
    visits: Cell<u64>,
    looked: Cell<u64>,
}

/// How many spots of a loop a probe tells apart without asking the recorder.
const SPOTS: usize = 4;

impl Memory {
    /// Whether a value was told of already, in this statement and for this part of it.
    pub(crate) fn told(&self, value: *mut ffi::PyObject) -> bool {
        let spot = turns::spot();
        self.epoch.get() == recorder::epoch()
            && self.told[slot_of(spot, SPOTS)].get() == (value as usize, spot)
    }

    /// Whether a value that was told of holds other things than when it was last looked at: `look`
    /// goes through their addresses. After much of that in one statement only now and then.
    pub(crate) fn holds_other(&self, look: impl FnOnce(&mut dyn FnMut(usize))) -> bool {
        const MOST: u64 = 2_000_000;
        self.visits.set(self.visits.get() + 1);
        if self.looked.get() > MOST && !self.visits.get().is_power_of_two() {
            return false;
        }
        let (mut sum, mut count) = (0_usize, 1);
        look(&mut |address| {
            sum = sum.rotate_left(7) ^ address;
            count += 1;
        });
        self.looked.set(self.looked.get() + count);
        self.held.replace(sum) != sum
    }

    /// Remembers that a value was told of.
    pub(crate) fn tell(&self, value: *mut ffi::PyObject) {
        let (spot, epoch) = (turns::spot(), recorder::epoch());
        if self.epoch.replace(epoch) != epoch {
            self.told.iter().for_each(|told| told.set((0, turns::NOWHERE)));
            self.visits.set(0);
            self.looked.set(0);
        }
        self.told[slot_of(spot, SPOTS)].set((value as usize, spot));
    }
}

/// Where what is known of a spot is kept. Instructions are two bytes long, and calls are some apart.
fn slot_of(spot: i32, slots: usize) -> usize {
    (spot as usize >> 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32 & (slots - 1)
}

/// What a probe does with a callee, or with a kind of value that is stored to, that it knows.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Action {
    /// Ask the recorder.
    #[default]
    Ask,
    /// Give it back: the call has no effects that are not seen elsewhere.
    Pass,
    /// Give it back; its receiver changes.
    ChangeReceiver,
    /// Give it back; it keeps state between calls.
    ChangeCallee,
    /// Its call has to be seen with its arguments.
    See,
}

// A daemon thread that wants the GIL while the interpreter ends is unwound by `pthread_exit`, right
// through the call that it was in; hence `C-unwind` here and in the slots below.
unsafe extern "C-unwind" {
    pub(crate) fn PyObject_Vectorcall(
        callable: *mut ffi::PyObject,
        arguments: *const *mut ffi::PyObject,
        flagged_count: usize,
        keywords: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
    fn PyObject_Call(
        callable: *mut ffi::PyObject,
        arguments: *mut ffi::PyObject,
        keywords: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
}

#[repr(C)]
struct Probe {
    ob_base: ffi::PyObject,
    kind: ProbeKind,
    memory: Memory,
    /// For `Enter`: the last statement in which it was told, and at which spots of a loop.
    entrance: Cell<u64>,
    spots: [Cell<i32>; ENTRANCES],
    entered: Option<Entrance>,
}

/// For how many spots of a loop a function knows that it was entered from there.
const ENTRANCES: usize = 16;

type Vectorcall = unsafe extern "C-unwind" fn(
    *mut ffi::PyObject,
    *const *mut ffi::PyObject,
    usize,
    *mut ffi::PyObject,
) -> *mut ffi::PyObject;

/// A callee on its way through a probe.
#[repr(C)]
struct Passage {
    ob_base: ffi::PyObject,
    vectorcall: Vectorcall,
    callee: *mut ffi::PyObject,
    root: *mut ffi::PyObject,
}

struct Types {
    probe: Py<PyAny>,
    /// For callees with a vectorcall of their own, and for those with none: these are given the
    /// very tuple of `f(*arguments)`, as CPython gives it to them.
    passages: [Py<PyAny>; 2],
}

static TYPES: pyo3::sync::PyOnceLock<Types> = pyo3::sync::PyOnceLock::new();

/// The type of probes; those of passages are there as well from then on.
fn probe_type(py: Python<'_>) -> PyResult<*mut ffi::PyTypeObject> {
    let types = TYPES.get_or_try_init(py, || {
        // SAFETY: the specs below are complete, their slots have the signatures that CPython asks
        // for, and `basicsize` covers the structs, whose first field is the object header.
        unsafe {
            let probe = Bound::from_owned_ptr_or_err(py, make_probe_type())?.unbind();
            let passage =
                |fast| Bound::from_owned_ptr_or_err(py, make_passage_type(fast)).map(Bound::unbind);
            PyResult::Ok(Types { probe, passages: [passage(true)?, passage(false)?] })
        }
    })?;
    Ok(types.probe.as_ptr().cast())
}

unsafe fn make_probe_type() -> *mut ffi::PyObject {
    let mut slots = [
        slot(ffi::Py_tp_dealloc, probe_dealloc as *mut c_void),
        slot(ffi::Py_mp_subscript, probe_subscript as *mut c_void),
        slot(ffi::Py_nb_negative, probe_negative as *mut c_void),
        slot(0, ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"clew._clew.probe".as_ptr(),
        basicsize: size_of::<Probe>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION) as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the spec and its slots live until the call returns, and CPython copies them.
    unsafe { ffi::PyType_FromSpec(&mut spec) }
}

unsafe fn make_passage_type(vectorcall: bool) -> *mut ffi::PyObject {
    let mut members = [
        ffi::PyMemberDef {
            name: c"__vectorcalloffset__".as_ptr(),
            type_code: ffi::Py_T_PYSSIZET,
            offset: std::mem::offset_of!(Passage, vectorcall) as ffi::Py_ssize_t,
            flags: ffi::Py_READONLY,
            doc: ptr::null(),
        },
        // SAFETY: all zeroes is the end mark of a member table.
        unsafe { std::mem::zeroed() },
    ];
    let mut slots = [
        slot(ffi::Py_tp_dealloc, passage_dealloc as *mut c_void),
        slot(ffi::Py_tp_call, passage_call_spread as *mut c_void),
        slot(ffi::Py_tp_getattro, passage_getattr as *mut c_void),
        slot(ffi::Py_tp_str, passage_str as *mut c_void),
        slot(ffi::Py_tp_repr, passage_repr as *mut c_void),
        if vectorcall {
            slot(ffi::Py_tp_members, members.as_mut_ptr().cast())
        } else {
            slot(0, ptr::null_mut())
        },
        slot(0, ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"clew._clew.passage".as_ptr(),
        basicsize: size_of::<Passage>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT
            | ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION
            | if vectorcall { ffi::Py_TPFLAGS_HAVE_VECTORCALL } else { 0 }) as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: as above; `PyType_FromSpec` copies the member table too.
    unsafe { ffi::PyType_FromSpec(&mut spec) }
}

fn slot(id: c_int, function: *mut c_void) -> ffi::PyType_Slot {
    ffi::PyType_Slot { slot: id, pfunc: function }
}

/// What stands for a probe until the code object is made: a frozen set, for the compiler computes
/// nothing from it ahead of time, as it would from `"text"[1]` or `-1`.
pub(crate) fn placeholder<'py>(py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyFrozenSet::new(py, [format!("\u{0}clew probe {index}\u{0}")])?.into_any())
}

/// Whether the value that a probe looks at is read for it alone; `None` for a constant that is none.
pub(crate) fn reads_again(constant: &Bound<'_, PyAny>) -> Option<bool> {
    let types = TYPES.get(constant.py())?;
    if !constant.get_type().is(&types.probe) {
        return None;
    }
    // SAFETY: the type says which struct it is, and its kind never changes.
    let kind = unsafe { &(*constant.as_ptr().cast::<Probe>()).kind };
    Some(matches!(kind, ProbeKind::Augment))
}

/// The callee in a passage, borrowed; null where it is none.
#[cfg(Py_3_12)]
pub(crate) unsafe fn callee_of(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the caller holds the GIL and lends a live object; the type says which struct it is.
    unsafe {
        let Some(types) = TYPES.get(Python::assume_attached()) else { return ptr::null_mut() };
        let class = ffi::Py_TYPE(object).cast::<ffi::PyObject>();
        if types.passages.iter().all(|passage| passage.as_ptr() != class) {
            return ptr::null_mut();
        }
        (*object.cast::<Passage>()).callee
    }
}

fn placeholder_index(constant: &Bound<'_, PyAny>) -> Option<usize> {
    let set = constant.cast_exact::<PyFrozenSet>().ok().filter(|set| set.len() == 1)?;
    let text: String = set.iter().next()?.extract().ok()?;
    text.strip_prefix("\u{0}clew probe ")?.strip_suffix('\u{0}')?.parse().ok()
}

/// Puts probes in the place of their placeholders, in a code object and all that are nested in it,
/// and tells the recorder whose code these are.
pub(crate) fn install(code: &Bound<'_, PyAny>, kinds: &[ProbeKind]) -> PyResult<()> {
    let py = code.py();
    let probe_type = probe_type(py)?;
    recorder::add_session_code(code);
    let constants = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
    for at in 0..constants.len() {
        let constant = constants.get_item(at)?;
        if constant.is_instance_of::<PyCode>() {
            install(&constant, kinds)?;
        } else if let Some(kind) = placeholder_index(&constant).and_then(|index| kinds.get(index)) {
            if matches!(kind, ProbeKind::Enter { nonlocal: true, .. }) {
                recorder::add_stateful_code(code);
            }
            // SAFETY: the tuple is this code object's own (each placeholder stands in one text and
            // so no two code objects can share the tuple that holds it), the code has not run yet,
            // and the slot's old reference is released after the new one is in place.
            unsafe {
                let new = make_probe(py, probe_type, kind)?;
                let slot =
                    (*constants.as_ptr().cast::<ffi::PyTupleObject>()).ob_item.as_mut_ptr().add(at);
                let old = std::mem::replace(&mut *slot, new);
                ffi::Py_DECREF(old);
            }
        }
    }
    Ok(())
}

unsafe fn make_probe(
    py: Python<'_>,
    probe_type: *mut ffi::PyTypeObject,
    kind: &ProbeKind,
) -> PyResult<*mut ffi::PyObject> {
    let kind = match kind {
        ProbeKind::Begin { source, statement } => {
            ProbeKind::Begin { source: *source, statement: *statement }
        }
        ProbeKind::End { source, statement } => {
            ProbeKind::End { source: *source, statement: *statement }
        }
        ProbeKind::Enter { source, scope, nonlocal } => {
            ProbeKind::Enter { source: *source, scope: *scope, nonlocal: *nonlocal }
        }
        ProbeKind::Call { root } => {
            ProbeKind::Call { root: root.as_ref().map(|root| root.clone_ref(py)) }
        }
        ProbeKind::Store { root } => {
            ProbeKind::Store { root: root.as_ref().map(|root| root.clone_ref(py)) }
        }
        ProbeKind::Iterate => ProbeKind::Iterate,
        ProbeKind::GoThrough => ProbeKind::GoThrough,
        ProbeKind::StoreAugmented => ProbeKind::StoreAugmented,
        ProbeKind::Augment => ProbeKind::Augment,
        ProbeKind::Fill => ProbeKind::Fill,
        ProbeKind::Manage => ProbeKind::Manage,
    };
    let entered = match &kind {
        ProbeKind::Enter { source, scope, .. } => Some(Entrance { source: *source, scope: *scope }),
        _ => None,
    };
    // SAFETY: generic allocation gives zeroed memory of `basicsize` with the header filled in; the
    // fields behind the header are then written without reading what was there.
    unsafe {
        let object = ffi::PyType_GenericAlloc(probe_type, 0);
        if object.is_null() {
            return Err(PyErr::fetch(py));
        }
        let probe = object.cast::<Probe>();
        ptr::addr_of_mut!((*probe).kind).write(kind);
        ptr::addr_of_mut!((*probe).memory).write(Memory::default());
        ptr::addr_of_mut!((*probe).entrance).write(Cell::new(0));
        ptr::addr_of_mut!((*probe).spots).write(std::array::from_fn(|_| Cell::new(turns::NOWHERE)));
        ptr::addr_of_mut!((*probe).entered).write(entered);
        Ok(object)
    }
}

unsafe extern "C-unwind" fn probe_dealloc(object: *mut ffi::PyObject) {
    // SAFETY: CPython calls this once, for an object that `make_probe` filled in; instances of a
    // heap type hold a reference to it.
    unsafe {
        let probe = object.cast::<Probe>();
        ptr::drop_in_place(ptr::addr_of_mut!((*probe).kind));
        free(object);
    }
}

/// Passages to be used again. A call needs one for its own time only, and whoever counts the
/// program's memory (`tracemalloc`) is not to count those.
struct Spare(UnsafeCell<[Vec<*mut ffi::PyObject>; 2]>);

// SAFETY: only touched under the GIL, by code that calls nothing while it does.
unsafe impl Sync for Spare {}

static SPARE: Spare = Spare(UnsafeCell::new([Vec::new(), Vec::new()]));

/// How many of each type are kept.
const SPARES: usize = 64;

unsafe extern "C-unwind" fn passage_dealloc(object: *mut ffi::PyObject) {
    // SAFETY: as for `probe_dealloc`; `make_passage` filled the fields in. A spare passage keeps
    // its memory and its reference to the type, and holds nothing.
    unsafe {
        let passage = object.cast::<Passage>();
        let callee = std::mem::replace(&mut (*passage).callee, ptr::null_mut());
        let root = std::mem::replace(&mut (*passage).root, ptr::null_mut());
        let fast = (*ffi::Py_TYPE(object)).tp_flags & ffi::Py_TPFLAGS_HAVE_VECTORCALL != 0;
        let spare = &mut (*SPARE.0.get())[usize::from(!fast)];
        if spare.len() < SPARES {
            spare.push(object);
        } else {
            free(object);
        }
        ffi::Py_XDECREF(callee);
        ffi::Py_XDECREF(root);
    }
}

unsafe fn free(object: *mut ffi::PyObject) {
    // SAFETY: the object came from the type's own allocator.
    unsafe {
        let kind = ffi::Py_TYPE(object);
        ffi::PyObject_Free(object.cast());
        ffi::Py_DECREF(kind.cast());
    }
}

/// `-probe`
unsafe extern "C-unwind" fn probe_negative(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the slot belongs to `Probe`, and the interpreter holds the GIL.
    unsafe {
        let probe = &*object.cast::<Probe>();
        match &probe.kind {
            ProbeKind::Begin { source, statement } => recorder::begin(*source, *statement),
            ProbeKind::End { source, statement } => recorder::body_ended(*source, *statement),
            ProbeKind::Enter { .. } => {
                let (epoch, spot) = (recorder::epoch(), turns::spot());
                let slot = &probe.spots[slot_of(spot, ENTRANCES)];
                let anew = probe.entrance.replace(epoch) != epoch;
                if anew {
                    probe.spots.iter().for_each(|slot| slot.set(turns::NOWHERE));
                }
                if anew || slot.get() != spot {
                    slot.set(spot);
                    if let Some(entered) = probe.entered {
                        recorder::entered(entered);
                    }
                }
            }
            _ => {}
        }
        ffi::Py_NewRef(ffi::Py_None())
    }
}

/// `probe[value]`
unsafe extern "C-unwind" fn probe_subscript(
    object: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the slot belongs to `Probe`, the interpreter holds the GIL and lends `value`.
    unsafe {
        let probe = &*object.cast::<Probe>();
        match &probe.kind {
            ProbeKind::Call { root } => {
                let root = root.as_ref().map_or(ptr::null_mut(), |root| root.as_ptr());
                let seen = recorder::called(&probe.memory, value, root);
                if seen && stack::is_profiled() && callee::is_of_c(value) {
                    recorder::called_unseen(value);
                } else if seen {
                    let passage = make_passage(value, root);
                    if !passage.is_null() {
                        return passage;
                    }
                    ffi::PyErr_Clear();
                }
                // As in `Passage::through`.
                if ffi::PyErr_CheckSignals() != 0 {
                    return ptr::null_mut();
                }
            }
            ProbeKind::Iterate => recorder::iterated(&probe.memory, value),
            ProbeKind::GoThrough => {
                recorder::goes_through(value);
                recorder::iterated(&probe.memory, value);
            }
            ProbeKind::Store { root } => {
                let root = root.as_ref().map_or(ptr::null_mut(), |root| root.as_ptr());
                recorder::stored(&probe.memory, value, root);
            }
            ProbeKind::StoreAugmented => recorder::stored_augmented(&probe.memory, value),
            ProbeKind::Augment => recorder::augmented(&probe.memory, value),
            ProbeKind::Fill => recorder::filled(value),
            ProbeKind::Manage => recorder::managed(value),
            ProbeKind::Begin { .. } | ProbeKind::End { .. } | ProbeKind::Enter { .. } => {}
        }
        ffi::Py_NewRef(value)
    }
}

unsafe fn make_passage(callee: *mut ffi::PyObject, root: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: `install` made the types before any probe could be hit; see `make_probe`.
    unsafe {
        let py = Python::assume_attached();
        let Some(types) = TYPES.get(py) else { return ptr::null_mut() };
        let slow = usize::from(ffi::PyVectorcall_Function(callee).is_none());
        let object = match (&mut (*SPARE.0.get()))[slow].pop() {
            Some(spare) => {
                // Its count went to 0 when it was let go.
                ffi::Py_INCREF(spare);
                spare
            }
            None => ffi::PyType_GenericAlloc(types.passages[slow].as_ptr().cast(), 0),
        };
        if !object.is_null() {
            let passage = object.cast::<Passage>();
            ptr::addr_of_mut!((*passage).vectorcall).write(passage_call);
            ptr::addr_of_mut!((*passage).callee).write(ffi::Py_NewRef(callee));
            ptr::addr_of_mut!((*passage).root).write(ffi::Py_XNewRef(root));
        }
        object
    }
}

// Python words an error about a call's arguments by asking the callee who it is.

unsafe extern "C-unwind" fn passage_getattr(
    object: *mut ffi::PyObject,
    name: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the slot belongs to `Passage`, which holds its callee.
    unsafe { ffi::PyObject_GetAttr((*object.cast::<Passage>()).callee, name) }
}

unsafe extern "C-unwind" fn passage_str(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: as above.
    unsafe { ffi::PyObject_Str((*object.cast::<Passage>()).callee) }
}

unsafe extern "C-unwind" fn passage_repr(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: as above.
    unsafe { ffi::PyObject_Repr((*object.cast::<Passage>()).callee) }
}

unsafe extern "C-unwind" fn passage_call(
    object: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    flagged_count: usize,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this by the vectorcall protocol, which lends callee and arguments for
    // the time of the call. The offset flag is not handed on: the slot before the arguments is
    // not ours to give.
    unsafe {
        let passage = &*object.cast::<Passage>();
        let count = ffi::PyVectorcall_NARGS(flagged_count) as usize;
        let call = recorder::CallArguments { arguments, count, keywords };
        passage.through(&call, |callee| PyObject_Vectorcall(callee, arguments, count, keywords))
    }
}

/// A call as `f(*arguments, **keywords)`: the callee gets the very tuple and dictionary.
unsafe extern "C-unwind" fn passage_call_spread(
    object: *mut ffi::PyObject,
    arguments: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython calls this with a tuple and with a dictionary or null, and lends both for the
    // time of the call. What the recorder is shown is borrowed from them.
    unsafe {
        let passage = &*object.cast::<Passage>();
        let count = ffi::PyTuple_GET_SIZE(arguments) as usize;
        let mut all: Vec<*mut ffi::PyObject> =
            (0..count).map(|at| ffi::PyTuple_GET_ITEM(arguments, at as ffi::Py_ssize_t)).collect();
        let mut names = Vec::new();
        let (mut at, mut name, mut value) = (0, ptr::null_mut(), ptr::null_mut());
        while !keywords.is_null() && ffi::PyDict_Next(keywords, &mut at, &mut name, &mut value) != 0
        {
            names.push(name);
            all.push(value);
        }
        let tuple = if names.is_empty() {
            ptr::null_mut()
        } else {
            ffi::PyTuple_New(names.len() as ffi::Py_ssize_t)
        };
        if !tuple.is_null() {
            for (at, &name) in names.iter().enumerate() {
                ffi::PyTuple_SET_ITEM(tuple, at as ffi::Py_ssize_t, ffi::Py_NewRef(name));
            }
        } else if !names.is_empty() {
            ffi::PyErr_Clear();
        }
        let call = recorder::CallArguments { arguments: all.as_ptr(), count, keywords: tuple };
        let result = passage.through(&call, |callee| PyObject_Call(callee, arguments, keywords));
        ffi::Py_XDECREF(tuple);
        result
    }
}

impl Passage {
    /// Calls the callee between telling the recorder of the call and of its end.
    unsafe fn through(
        &self,
        call: &recorder::CallArguments,
        body: impl FnOnce(*mut ffi::PyObject) -> *mut ffi::PyObject,
    ) -> *mut ffi::PyObject {
        // SAFETY: the passage holds its callee; the arguments live as long as the call.
        unsafe {
            let ticket = recorder::passing(self.callee, call, self.root);
            // A signal that came while rules were read must not wait for the call to end: `sleep`
            // would not know of it.
            if ffi::PyErr_CheckSignals() != 0 {
                return ptr::null_mut();
            }
            let result = body(self.callee);
            if let Some(ticket) = ticket {
                recorder::passed(ticket, (self.callee, self.root), call, result);
            }
            result
        }
    }
}
