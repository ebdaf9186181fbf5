//! Program point: the instruction that running code is at.
//!
//! A loop at module level is one statement for who listens, and nothing is announced in its body. But
//! whenever something is reported, the module's frame knows which instruction it is at, in whatever
//! function the program is then. So reports can be kept apart by the statement of the loop that they
//! belong to, at no cost while nothing is reported.
#![allow(unsafe_code, reason = "reads frames through CPython's C API, under the GIL")]

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use clew_heap::Quiet;
use clew_heap::frame::place_of_instruction;
use pyo3::ffi;

use crate::opcode;

/// An instruction of the module, while one of its loops runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ProgramPoint(i32);

/// Where the module's frame keeps at which instruction it is, while such a loop runs; who named the frame keeps it alive.
static INSTRUCTION: AtomicPtr<usize> = AtomicPtr::new(ptr::null_mut());
/// The address of the first instruction of its code.
static FIRST: AtomicUsize = AtomicUsize::new(0);

impl ProgramPoint {
    /// The point of what stands in no such loop.
    pub const NOWHERE: Self = Self(-1);

    /// The instruction that the module is at.
    #[inline]
    pub fn current() -> Self {
        let place = INSTRUCTION.load(Ordering::Relaxed);
        if place.is_null() {
            return Self::NOWHERE;
        }
        // SAFETY: `follow` was promised a frame that lives until `unfollow`, and the GIL is held.
        let at = unsafe { *place };
        Self(at.wrapping_sub(FIRST.load(Ordering::Relaxed)) as i32)
    }

    /// From now on points are instructions of this frame.
    ///
    /// # Safety
    /// The frame is kept alive, and runs or waits, until [`ProgramPoint::unfollow`] is called.
    pub unsafe fn follow(frame: *mut ffi::PyObject) {
        // SAFETY: as promised, and the GIL is held.
        unsafe {
            let place = place_of_instruction(frame);
            let offset = ffi::PyFrame_GetLasti(frame.cast());
            FIRST.store((*place).wrapping_sub(offset as usize), Ordering::Relaxed);
            INSTRUCTION.store(place.cast_mut(), Ordering::Relaxed);
        }
    }

    /// From now on everything is [nowhere](ProgramPoint::NOWHERE).
    pub fn unfollow() {
        INSTRUCTION.store(ptr::null_mut(), Ordering::Relaxed);
    }

    /// The offset of the instruction in its code object, in bytes.
    #[inline]
    pub fn offset(self) -> i32 {
        self.0
    }
}

/// Whether nobody takes what the call gives that the running frame is making: the instruction after it
/// drops it.
pub fn is_result_dropped(_: Quiet<'_>) -> bool {
    const UNIT: usize = 2;
    const CACHE: u8 = 0;
    // SAFETY: the interpreter is held; the frame that runs is live, and its code is released after
    // its bytes were read, which are those of its instructions as they were compiled.
    unsafe {
        let frame = ffi::PyEval_GetFrame();
        if frame.is_null() {
            return false;
        }
        let at = ffi::PyFrame_GetLasti(frame);
        let code = ffi::PyFrame_GetCode(frame).cast::<ffi::PyObject>();
        let bytes = ffi::PyObject_GetAttrString(code, c"co_code".as_ptr());
        ffi::Py_DECREF(code);
        if bytes.is_null() {
            ffi::PyErr_Clear();
            return false;
        }
        let mut dropped = false;
        if let (Ok(at), true) = (usize::try_from(at), ffi::PyBytes_Check(bytes) != 0) {
            let length = ffi::PyBytes_Size(bytes) as usize;
            let text =
                std::slice::from_raw_parts(ffi::PyBytes_AsString(bytes).cast::<u8>(), length);
            let mut after = text.iter().skip(at + UNIT).step_by(UNIT);
            dropped = after.find(|&&opcode| opcode != CACHE) == Some(&opcode::POP_TOP);
        }
        ffi::Py_DECREF(bytes);
        dropped
    }
}
