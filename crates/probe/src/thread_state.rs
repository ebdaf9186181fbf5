//! Thread state: running a program as if nothing stood below it, and who listens to its events.
//!
//! A script that Python itself runs has no frame below its own: `sys._getframe(1)` raises, a
//! traceback begins with the script, and recursion may go as deep as the limit says. Under clew
//! there are the frames that started it. While the program runs they are taken out of the
//! thread's chain of frames, as in a thread that has just begun, and the depth that they used up is
//! given back.
//!
//! CPython keeps the chain in its thread state, whose head is declared in `cpython/pystate.h`; the
//! layouts below follow that header for 3.11, 3.12 and 3.13. Before anything is written, the
//! pointer found there is compared with the frame that Python's own API gives; where they differ
//! (an unknown build), the frames stay in the chain and only they can be noticed.
#![allow(unsafe_code, reason = "reads and writes the head of CPython's thread state")]

use std::ffi::c_int;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;

/// `Py_tracefunc`. It calls the program, so it may be unwound by `pthread_exit`; see `trampoline`.
pub(crate) type TraceFunction = unsafe extern "C-unwind" fn(
    *mut ffi::PyObject,
    *mut ffi::PyObject,
    c_int,
    *mut ffi::PyObject,
) -> c_int;

/// Holds back the frames below; they stand again when it is dropped.
pub struct BareStack {
    link: *mut *mut std::ffi::c_void,
    frames: *mut std::ffi::c_void,
    remaining: *mut c_int,
    used: c_int,
}

impl BareStack {
    /// Takes the frames that are on the stack now out of the chain.
    pub fn hide_frames(py: Python<'_>) -> Self {
        let nothing = Self {
            link: ptr::null_mut(),
            frames: ptr::null_mut(),
            remaining: ptr::null_mut(),
            used: 0,
        };
        // SAFETY: the GIL is held, so this thread's state is live; `head` checks that the layout
        // is the one it takes it for.
        unsafe {
            let Some(head) = head(py) else { return nothing };
            KNOWN.store(true, Ordering::Relaxed);
            let frames = *head.link;
            *head.link = ptr::null_mut();
            let used = (head.limit - *head.remaining).max(0);
            *head.remaining += used;
            Self { link: head.link, frames, remaining: head.remaining, used }
        }
    }
}

impl Drop for BareStack {
    fn drop(&mut self) {
        if !self.link.is_null() {
            // SAFETY: the thread is the same and every frame that came since is gone again.
            unsafe {
                *self.link = self.frames;
                *self.remaining -= self.used;
            }
        }
    }
}

/// Whether the layouts below were found to be those of this interpreter.
static KNOWN: AtomicBool = AtomicBool::new(false);

/// Whether this thread has a profile function: the interpreter reports a call of a C function to it only
/// where it makes the call itself.
pub(crate) fn is_profiled() -> bool {
    KNOWN.load(Ordering::Relaxed)
        // SAFETY: the GIL is held, so this thread's state is live, and its layout was checked.
        && unsafe { !(*ffi::PyThreadState_Get().cast::<ThreadHead>()).c_profilefunc.is_null() }
}

/// Whether this thread's events go to a trace or profile function.
pub fn is_traced() -> bool {
    // SAFETY: the GIL is held, so this thread's state is live, and its layout was checked.
    KNOWN.load(Ordering::Relaxed)
        && unsafe {
            let head = ffi::PyThreadState_Get().cast::<ThreadHead>();
            !(*head).c_profilefunc.is_null() || (*head).c_tracefunc.is_some()
        }
}

/// Puts a function in the place of the one that this thread's events go to; gives what was
/// there, unless it is the same. `None` where there is none, or no way to it.
pub(crate) fn replace_trace_function(function: TraceFunction) -> Option<TraceFunction> {
    if !KNOWN.load(Ordering::Relaxed) {
        return None;
    }
    // SAFETY: the GIL is held, so this thread's state is live, and its layout was checked.
    unsafe {
        let place = &raw mut (*ffi::PyThreadState_Get().cast::<ThreadHead>()).c_tracefunc;
        let before = (*place)?;
        if before as usize == function as usize {
            return None;
        }
        *place = Some(function);
        Some(before)
    }
}

/// More recursion while a syntax tree is turned into code, until it is dropped: CPython allows its parser
/// more levels than it then allows for taking a tree over from Python. From 3.12 on the depth of its own
/// C code is counted apart.
pub(crate) struct DeeperRecursion {
    limit: c_int,
    remaining: *mut c_int,
}

impl DeeperRecursion {
    const LIMIT: c_int = 20_000;
    /// How many levels more C code may take.
    const MORE: c_int = 5_000;

    pub(crate) fn allow(py: Python<'_>) -> Self {
        // SAFETY: the GIL is held, so this thread's state is live; `head` checks that the layout is the
        // one it takes it for, by the limit among others, which therefore changes after it.
        unsafe {
            let remaining = head(py).map_or(ptr::null_mut(), |head| head.c_remaining);
            if !remaining.is_null() {
                *remaining += Self::MORE;
            }
            let limit = ffi::Py_GetRecursionLimit();
            ffi::Py_SetRecursionLimit(limit.max(Self::LIMIT));
            Self { limit, remaining }
        }
    }
}

impl Drop for DeeperRecursion {
    fn drop(&mut self) {
        // SAFETY: the GIL is held and the thread is the same.
        unsafe {
            ffi::Py_SetRecursionLimit(self.limit);
            if !self.remaining.is_null() {
                *self.remaining -= Self::MORE;
            }
        }
    }
}

struct Head {
    link: *mut *mut std::ffi::c_void,
    remaining: *mut c_int,
    limit: c_int,
    /// How much deeper C code may go, where that is counted apart; null elsewhere.
    c_remaining: *mut c_int,
}

/// `struct _ts` up to what is needed, as in `Include/cpython/pystate.h` of 3.11.
#[cfg(not(Py_3_12))]
#[repr(C)]
struct ThreadHead {
    prev: *mut std::ffi::c_void,
    next: *mut std::ffi::c_void,
    interp: *mut std::ffi::c_void,
    initialized: c_int,
    is_static: c_int,
    recursion_remaining: c_int,
    recursion_limit: c_int,
    recursion_headroom: c_int,
    tracing: c_int,
    tracing_what: c_int,
    cframe: *mut CFrame,
    c_profilefunc: *mut std::ffi::c_void,
    c_tracefunc: Option<TraceFunction>,
}

#[cfg(not(Py_3_12))]
#[repr(C)]
struct CFrame {
    use_tracing: u8,
    current_frame: *mut std::ffi::c_void,
    previous: *mut CFrame,
}

/// The same of 3.12.
#[cfg(all(Py_3_12, not(Py_3_13)))]
#[repr(C)]
struct ThreadHead {
    prev: *mut std::ffi::c_void,
    next: *mut std::ffi::c_void,
    interp: *mut std::ffi::c_void,
    status: std::ffi::c_uint,
    py_recursion_remaining: c_int,
    py_recursion_limit: c_int,
    c_recursion_remaining: c_int,
    recursion_headroom: c_int,
    tracing: c_int,
    what_event: c_int,
    cframe: *mut CFrame,
    c_profilefunc: *mut std::ffi::c_void,
    c_tracefunc: Option<TraceFunction>,
}

#[cfg(all(Py_3_12, not(Py_3_13)))]
#[repr(C)]
struct CFrame {
    current_frame: *mut std::ffi::c_void,
    previous: *mut CFrame,
}

/// The same of 3.13.
#[cfg(Py_3_13)]
#[repr(C)]
struct ThreadHead {
    prev: *mut std::ffi::c_void,
    next: *mut std::ffi::c_void,
    interp: *mut std::ffi::c_void,
    eval_breaker: usize,
    status: std::ffi::c_uint,
    whence: c_int,
    state: c_int,
    py_recursion_remaining: c_int,
    py_recursion_limit: c_int,
    c_recursion_remaining: c_int,
    recursion_headroom: c_int,
    tracing: c_int,
    what_event: c_int,
    current_frame: *mut std::ffi::c_void,
    c_profilefunc: *mut std::ffi::c_void,
    c_tracefunc: Option<TraceFunction>,
}

/// `PyFrameObject`, whose third field leads to the interpreter's own frame, in 3.11 to 3.13.
#[repr(C)]
struct FrameObject {
    ob_base: ffi::PyObject,
    f_back: *mut ffi::PyObject,
    f_frame: *mut std::ffi::c_void,
}

fn head(_py: Python<'_>) -> Option<Head> {
    if cfg!(Py_3_14) || cfg!(Py_GIL_DISABLED) {
        return None;
    }
    // SAFETY: `PyThreadState_GetFrame` gives a new reference to the frame object that stands for
    // the topmost frame, or null where there is none.
    unsafe {
        let thread = ffi::PyThreadState_Get();
        let frame = ffi::PyThreadState_GetFrame(thread).cast::<ffi::PyObject>();
        if frame.is_null() {
            return None;
        }
        let expected = (*frame.cast::<FrameObject>()).f_frame;
        ffi::Py_DECREF(frame);
        let head = thread.cast::<ThreadHead>();
        #[cfg(not(Py_3_12))]
        let (link, remaining, limit, c_remaining) = (
            &raw mut (*(*head).cframe).current_frame,
            &raw mut (*head).recursion_remaining,
            (*head).recursion_limit,
            ptr::null_mut(),
        );
        #[cfg(all(Py_3_12, not(Py_3_13)))]
        let (link, remaining, limit, c_remaining) = (
            &raw mut (*(*head).cframe).current_frame,
            &raw mut (*head).py_recursion_remaining,
            (*head).py_recursion_limit,
            &raw mut (*head).c_recursion_remaining,
        );
        #[cfg(Py_3_13)]
        let (link, remaining, limit, c_remaining) = (
            &raw mut (*head).current_frame,
            &raw mut (*head).py_recursion_remaining,
            (*head).py_recursion_limit,
            &raw mut (*head).c_recursion_remaining,
        );
        if *link != expected || limit != ffi::Py_GetRecursionLimit() {
            return None;
        }
        Some(Head { link, remaining, limit, c_remaining })
    }
}
