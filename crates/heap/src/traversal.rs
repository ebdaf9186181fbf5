//! Traversal: what an object holds, as its class shows the cycle collector.
#![allow(unsafe_code, reason = "calls CPython's type slots")]

use std::ffi::{c_int, c_void};

use pyo3::ffi;

use crate::lent::Lent;

/// Visits what an object holds by its class's account, in that order, until `visit` returns `false`.
/// Nothing where the class keeps no account.
#[inline]
pub fn traverse<'a, F: FnMut(Lent<'a>) -> bool>(object: Lent<'a>, visit: F) {
    let fields = object.class().fields();
    if fields.tp_flags & ffi::Py_TPFLAGS_HAVE_GC == 0 {
        return;
    }
    if let Some(traverse) = fields.tp_traverse {
        let mut visitor = Visitor { holder: object, visit };
        // SAFETY: the function is that of the object's class; it runs none of the program's code and
        // hands the visitor on to `visit_child`.
        unsafe { traverse(object.as_ptr(), visit_child::<F>, (&raw mut visitor).cast()) };
    }
}

struct Visitor<'a, F> {
    holder: Lent<'a>,
    visit: F,
}

extern "C" fn visit_child<'a, F: FnMut(Lent<'a>) -> bool>(
    child: *mut ffi::PyObject,
    visitor: *mut c_void,
) -> c_int {
    // SAFETY: `traverse` passes a visitor of this type, and what it is asked of holds its children.
    let (visitor, child) = unsafe {
        let visitor = &mut *visitor.cast::<Visitor<'a, F>>();
        let child = visitor.holder.lend(child);
        (visitor, child)
    };
    match child.is_none_or(|child| (visitor.visit)(child)) {
        true => 0,
        false => 1,
    }
}
