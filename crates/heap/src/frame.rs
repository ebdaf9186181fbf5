//! Frame: the variables of functions that are followed statement by statement.
//!
//! A function's variables are in its frame, and CPython gives them out as a dictionary that holds what they held.
//! They are read where they are instead, so that nothing is kept alive.
#![allow(
    unsafe_code,
    reason = "reads frames of the interpreter, whose layout is that of 3.11 to 3.13"
)]

use std::cell::UnsafeCell;
use std::ffi::c_void;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::address::Address;
use crate::lent::{Lent, Quiet};

/// `PyFrameObject`, whose third field leads to the interpreter's own frame.
#[repr(C)]
struct FrameObject {
    ob_base: ffi::PyObject,
    f_back: *mut ffi::PyObject,
    f_frame: *mut c_void,
}

/// `_PyInterpreterFrame` up to the variables, as in `Include/internal/pycore_frame.h` of 3.11 to 3.13: eight
/// pointers, an `int` and less than four bytes more.
#[repr(C)]
struct InterpreterFrame {
    pointers: [*mut c_void; 8],
    numbers: [i32; 2],
    variables: [*mut ffi::PyObject; 0],
}

/// Which of the frame's pointers is at the instruction that runs: `prev_instr`, or `instr_ptr` from 3.13 on.
const INSTRUCTION: usize = 7;

/// `INLINE_CACHE_ENTRIES_CALL`
const CALL_CACHES: usize = if cfg!(Py_3_12) { 3 } else { 4 };

/// Whether frames are laid out as this file takes them to be.
const IS_KNOWN_LAYOUT: bool = cfg!(not(Py_3_14)) && cfg!(not(Py_GIL_DISABLED));

/// A function's variable: what it is called outside the function, and where in the frame it is.
#[derive(Debug)]
struct FrameVariable {
    name: String,
    place: usize,
    is_cell: bool,
}

/// The frame of a function that is followed.
#[derive(Debug)]
pub struct FunctionFrame {
    frame: *mut c_void,
    /// What the names of its variables begin with.
    path: String,
    variables: Vec<FrameVariable>,
}

impl FunctionFrame {
    /// The frame that runs now, of a function with this code, whose variables are called `path` and their
    /// names; those of functions around it as `outer` says. `None` where the frame is another one, or is not
    /// laid out as is known.
    ///
    /// # Errors
    /// Where the code object does not say what its variables are.
    pub fn running(
        quiet: Quiet<'_>,
        code: Lent<'_>,
        path: &str,
        outer: impl Fn(&str) -> Option<String>,
    ) -> PyResult<Option<Self>> {
        let Some(frame) = running_frame().filter(|_| IS_KNOWN_LAYOUT) else { return Ok(None) };
        let py = quiet.python();
        // SAFETY: the code object is lent, and the GIL is held.
        let code = unsafe { Bound::from_borrowed_ptr(py, code.as_ptr()) };
        let names = |attribute: &str| -> PyResult<Vec<String>> {
            code.getattr(attribute)?.cast_into::<PyTuple>()?.extract()
        };
        let (local, cells) = (names("co_varnames")?, names("co_cellvars")?);
        let alone: Vec<&String> = cells.iter().filter(|name| !local.contains(name)).collect();
        let mut variables = Vec::new();
        for (place, name) in local.iter().chain(alone).enumerate() {
            let is_cell = cells.contains(name);
            variables.push(FrameVariable { name: format!("{path}{name}"), place, is_cell });
        }
        let own = variables.len();
        for (at, name) in names("co_freevars")?.iter().enumerate() {
            if let Some(name) = outer(name) {
                variables.push(FrameVariable { name, place: own + at, is_cell: true });
            }
        }
        Ok(Some(Self { frame, path: path.to_owned(), variables }))
    }

    /// What the names of its variables begin with.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether it is the frame that runs now.
    pub fn is_running(&self) -> bool {
        running_frame() == Some(self.frame)
    }

    /// The names of its own variables that are bound.
    pub fn bound<'a>(&'a self, quiet: Quiet<'a>) -> impl Iterator<Item = &'a str> {
        let names = self.pairs(quiet).map(|(name, _)| name);
        names.filter(|name| name.strip_prefix(&*self.path).is_some_and(|name| !name.contains('.')))
    }

    fn pairs<'a>(&'a self, quiet: Quiet<'a>) -> impl Iterator<Item = (&'a str, Lent<'a>)> {
        let pairs = self.variables.iter();
        pairs.filter_map(move |variable| Some((&*variable.name, self.value(quiet, variable)?)))
    }

    /// The values of those that no function within it has too.
    fn own_values<'a>(&'a self, quiet: Quiet<'a>) -> impl Iterator<Item = Lent<'a>> {
        let is_own = move |variable: &&FrameVariable| {
            let held = self.held(quiet, variable);
            held.is_some_and(|held| !held.is_cell() || held.is_held_once())
        };
        let own = self.variables.iter().filter(is_own);
        own.filter_map(move |variable| self.value(quiet, variable))
    }

    fn value<'a>(&self, quiet: Quiet<'a>, variable: &FrameVariable) -> Option<Lent<'a>> {
        let held = self.held(quiet, variable)?;
        // From 3.12 on the variable of a comprehension is a cell only while that runs.
        if variable.is_cell && held.is_cell() { held.cell_content() } else { Some(held) }
    }

    /// What the frame has in a variable's place: its value, or a cell.
    fn held<'a>(&self, quiet: Quiet<'a>, variable: &FrameVariable) -> Option<Lent<'a>> {
        // SAFETY: whoever put the frame among those that are followed takes it away when the function has
        // ended, so it is live, and CPython made room for each of the code object's variables. An unbound one
        // is null.
        unsafe {
            let frame = self.frame.cast::<InterpreterFrame>();
            let first = (&raw mut (*frame).variables).cast::<*mut ffi::PyObject>();
            quiet.none().lend(*first.add(variable.place))
        }
    }
}

/// A generator that has given something and waits to go on.
pub struct Suspended<'a> {
    /// What it runs.
    pub code: Lent<'a>,
    /// The instruction that it waits at: an offset in bytes.
    pub offset: u32,
    /// Its local variables, by their places in the frame; `None` for those that are not bound.
    pub variables: Vec<Option<Lent<'a>>>,
}

/// What a generator of Python's is about; `None` where it runs, has ended, or has a frame of another layout.
pub fn suspended(generator: Lent<'_>) -> Option<Suspended<'_>> {
    if !IS_KNOWN_LAYOUT {
        return None;
    }
    let frame = generator.get(c"gi_frame").filter(|frame| !frame.lend().is_none())?;
    // SAFETY: a generator's frame is one, and lives as long as the generator does. It has a place for each of its code's
    // variables; those that are unbound are null. The new reference to the code is given back: the frame holds it.
    unsafe {
        let object = frame.as_ptr();
        let offset = u32::try_from(ffi::PyFrame_GetLasti(object.cast())).ok()?;
        let code = ffi::PyFrame_GetCode(object.cast()).cast::<ffi::PyObject>();
        let held = generator.lend(code);
        ffi::Py_DECREF(code);
        let code = held?;
        let count = code.member(c"co_nlocals")?.integer()?;
        let interpreter = (*object.cast::<FrameObject>()).f_frame.cast::<InterpreterFrame>();
        let first = (&raw mut (*interpreter).variables).cast::<*mut ffi::PyObject>();
        let count = usize::try_from(count).ok()?;
        let variables = (0..count).map(|place| generator.lend(*first.add(place))).collect();
        Some(Suspended { code, offset, variables })
    }
}

/// The interpreter's frame that runs now.
pub fn running_frame() -> Option<*mut c_void> {
    // SAFETY: who asks holds the GIL; the new reference is given back after the field was read.
    unsafe {
        let frame = ffi::PyThreadState_GetFrame(ffi::PyThreadState_Get()).cast::<ffi::PyObject>();
        if frame.is_null() {
            return None;
        }
        let running = (*frame.cast::<FrameObject>()).f_frame;
        ffi::Py_DECREF(frame);
        Some(running)
    }
}

/// Where a frame keeps at which instruction it is, as an address.
///
/// # Safety
/// The frame is a live one, and runs or waits for as long as the place is read.
pub unsafe fn place_of_instruction(frame: *mut ffi::PyObject) -> *const usize {
    // SAFETY: a frame object leads to the interpreter's own frame.
    unsafe {
        let frame = (*frame.cast::<FrameObject>()).f_frame.cast::<InterpreterFrame>();
        (&raw const (*frame).pointers[INSTRUCTION]).cast()
    }
}

/// The frame that called the one that runs, C code between them left out; 0 where there is none.
pub fn calling_frame() -> Address {
    // SAFETY: who asks holds the GIL; each new reference is given back after the field was read.
    unsafe {
        let frame = ffi::PyThreadState_GetFrame(ffi::PyThreadState_Get());
        if frame.is_null() {
            return 0;
        }
        let back = ffi::PyFrame_GetBack(frame).cast::<ffi::PyObject>();
        ffi::Py_DECREF(frame.cast::<ffi::PyObject>());
        if back.is_null() {
            return 0;
        }
        let calling = (*back.cast::<FrameObject>()).f_frame;
        ffi::Py_DECREF(back);
        calling as Address
    }
}

/// Whether what the call gives that the running frame is making is awaited at once: the instruction after it asks for
/// what can be.
pub fn is_awaited(_: Quiet<'_>) -> bool {
    /// `CALL_FUNCTION_EX` and `CALL_KW`, which have no inline caches.
    const WITHOUT_CACHES: &[u8] = if cfg!(Py_3_13) { &[54, 57] } else { &[142] };
    const GET_AWAITABLE: u8 = if cfg!(Py_3_13) { 73 } else { 131 };
    let Some(frame) = running_frame().filter(|_| IS_KNOWN_LAYOUT) else { return false };
    // SAFETY: the frame runs, so its pointer is at an instruction of its code, a call, behind which others stand.
    unsafe {
        let frame = frame.cast::<InterpreterFrame>();
        let call = (*frame).pointers[INSTRUCTION].cast::<u16>();
        let caches = if WITHOUT_CACHES.contains(&(*call as u8)) { 0 } else { CALL_CACHES };
        *call.add(1 + caches) as u8 == GET_AWAITABLE
    }
}

/// Whether the frame that runs is part of an object: of a coroutine, that is.
pub fn runs_within(coroutine: Address) -> bool {
    /// More than what stands before the frame in a coroutine.
    const HEAD: usize = 192;
    let frame = running_frame().map_or(0, |frame| frame as Address);
    coroutine != 0 && frame > coroutine && frame - coroutine < HEAD
}

/// Has the frame that runs stand where it does while it calls a function written in Python within the
/// interpreter's own loop: behind the call's inline caches. Offsets in tracebacks tell the one from the other.
///
/// # Safety
/// The GIL is held, and the frame that runs is making such a call by way of a C function.
pub unsafe fn step_past_call() {
    #[cfg(all(not(Py_3_13), not(Py_GIL_DISABLED)))]
    {
        /// `CALL` and what the interpreter may have made of it.
        const CALLS: [u8; 4] = [171, 22, 23, 24];
        let Some(frame) = running_frame() else { return };
        // SAFETY: the frame runs, so its pointer is at an instruction of its code, and behind a call stand its
        // caches. The interpreter sets the pointer anew with its next instruction.
        unsafe {
            let frame = frame.cast::<InterpreterFrame>();
            let place = &raw mut (*frame).pointers[INSTRUCTION];
            let instruction = (*place).cast::<u16>();
            if CALLS.contains(&(*instruction as u8)) {
                *place = instruction.add(CALL_CACHES).cast();
            }
        }
    }
}

/// The frames of the functions that are followed at the moment, the innermost last.
struct Followed(UnsafeCell<Vec<FunctionFrame>>);

// SAFETY: only touched under the GIL, by functions that do not call back.
unsafe impl Sync for Followed {}

static FOLLOWED: Followed = Followed(UnsafeCell::new(Vec::new()));

fn followed() -> &'static [FunctionFrame] {
    // SAFETY: who asks holds the GIL; the list changes only by the functions below, whose callers lend
    // nothing of it meanwhile.
    unsafe { &*FOLLOWED.0.get() }
}

/// Adds the frame of a function that is followed from now on.
///
/// # Safety
/// The GIL is held, and [`leave`] is called before the frame is gone.
pub unsafe fn enter(frame: FunctionFrame) {
    // SAFETY: the GIL is held, and nobody is lent anything of the list.
    unsafe { (*FOLLOWED.0.get()).push(frame) };
}

/// The function that was followed last has ended. Its frame, which must not be read any more.
///
/// # Safety
/// The GIL is held, and nobody is lent anything of the frames.
pub unsafe fn leave() -> Option<FunctionFrame> {
    // SAFETY: as promised.
    unsafe { (*FOLLOWED.0.get()).pop() }
}

/// The variables that the program's statements have at the moment: those of the module, and those of the
/// functions that are followed.
#[derive(Clone, Copy)]
pub struct Variables<'a> {
    module: Lent<'a>,
}

impl<'a> Variables<'a> {
    /// Those of a program with this namespace.
    pub fn new(module: Lent<'a>) -> Self {
        Self { module }
    }

    /// The stretch of time that they are lent for.
    pub fn quiet(self) -> Quiet<'a> {
        self.module.quiet()
    }

    /// The value of a variable of this name.
    pub fn item(self, name: &str) -> Option<Lent<'a>> {
        if !name.contains('.') {
            return self.module.item(name);
        }
        let variables = followed().iter().rev().flat_map(|frame| {
            let variables = frame.variables.iter();
            variables.map(move |variable| (frame, variable))
        });
        let mut named = variables.filter(|(_, variable)| variable.name == name);
        named.find_map(|(frame, variable)| frame.value(self.quiet(), variable))
    }

    /// The value that a name stands for in the text of the innermost function that is followed, or of the module.
    pub fn item_by(self, name: Lent<'_>) -> Option<Lent<'a>> {
        let in_frame = followed().last().and_then(|frame| {
            let name = name.as_str()?;
            let mut pairs = frame.pairs(self.quiet());
            pairs.find(|(known, _)| known.rsplit('.').next() == Some(name)).map(|(_, value)| value)
        });
        in_frame.or_else(|| self.module.item_by(name))
    }

    /// Every variable that is bound and its value: those of functions first, the innermost before the others.
    pub fn pairs(self) -> impl Iterator<Item = (VariableName<'a>, Lent<'a>)> {
        let frames = followed().iter().rev().flat_map(move |frame| frame.pairs(self.quiet()));
        let frames = frames.map(|(name, value)| (VariableName::OfFunction(name), value));
        let module = self.module.pairs();
        frames.chain(module.map(|(name, value)| (VariableName::OfModule(name), value)))
    }

    /// The values of all variables by which nobody else comes to them: a function that closes over a variable has it too,
    /// and is another way to its value.
    pub(crate) fn own_values(self) -> impl Iterator<Item = Lent<'a>> {
        let of_functions = followed().iter().flat_map(move |frame| frame.own_values(self.quiet()));
        of_functions.chain(self.module.pairs().map(|(_, value)| value))
    }

    /// The module's namespace alone.
    pub fn of_module(self) -> Lent<'a> {
        self.module
    }
}

/// What a variable is called.
#[derive(Clone, Copy)]
pub enum VariableName<'a> {
    /// A key of the module's namespace.
    OfModule(Lent<'a>),
    /// `f.x` for the variable `x` of a function `f`.
    OfFunction(&'a str),
}

impl<'a> VariableName<'a> {
    /// The name as it is kept; `None` for a key of the namespace that is no text.
    pub fn as_str(self) -> Option<&'a str> {
        match self {
            Self::OfModule(name) => name.as_str(),
            Self::OfFunction(name) => Some(name),
        }
    }

    /// The name as text; `None` for a key of the namespace that is none.
    pub fn text(self) -> Option<String> {
        match self {
            Self::OfModule(name) => name.text(),
            Self::OfFunction(name) => Some(name.to_owned()),
        }
    }
}

/// The variables of followed functions that a name may stand for, for code that looks into its callers' frames.
pub fn named(quiet: Quiet<'_>, name: &str) -> Vec<String> {
    let all = followed().iter().flat_map(|frame| frame.pairs(quiet).map(|(known, _)| known));
    let is_it = |known: &&str| known.rsplit_once('.').is_some_and(|(_, last)| last == name);
    all.filter(is_it).map(str::to_owned).collect()
}

/// Whether a frame object is that of a function that is followed.
///
/// # Safety
/// The GIL is held, and the object is a frame.
pub unsafe fn is_of_followed_frame(frame: *mut ffi::PyObject) -> bool {
    // SAFETY: as promised.
    let running = unsafe { (*frame.cast::<FrameObject>()).f_frame };
    IS_KNOWN_LAYOUT && followed().iter().any(|known| known.frame == running)
}

/// Where the frame of the innermost function that is followed is; 0 where none is.
pub fn innermost() -> Address {
    followed().last().map_or(0, |frame| frame.frame as Address)
}

/// How many functions are followed at the moment that were called within the one whose frame this is; `None` where
/// it is followed by nobody.
pub fn followed_within(frame: Address) -> Option<usize> {
    followed().iter().rev().position(|known| known.frame as Address == frame)
}

/// The names of the variables of the innermost function that are bound.
pub fn bound_in_innermost(quiet: Quiet<'_>) -> Vec<String> {
    let frame = followed().last();
    frame.into_iter().flat_map(|frame| frame.bound(quiet)).map(str::to_owned).collect()
}

/// Whether a variable is one of a function that is followed at the moment.
pub fn is_of_followed(name: &str) -> bool {
    followed().iter().any(|frame| frame.variables.iter().any(|variable| variable.name == name))
}
