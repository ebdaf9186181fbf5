//! Facts: what rules ask about a live call.
#![allow(unsafe_code, reason = "looks at live callables through CPython's C API")]

use std::cell::RefCell;
use std::rc::Rc;

use clew_effects::{CallFacts, Origin, Scalar};
use clew_heap::arguments::CallArguments;
use clew_heap::raw::callee::text;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::package::version_of;

/// A live call, with the receiver of its method or null.
pub(super) struct Facts<'a, 'py> {
    pub(super) call: Option<&'a CallArguments>,
    pub(super) receiver: *mut ffi::PyObject,
    /// The rules that answered, where someone wants to know.
    pub(super) asked: Option<Rc<RefCell<Vec<Origin>>>>,
    pub(super) py: Python<'py>,
}

impl CallFacts for Facts<'_, '_> {
    fn positional(&self) -> usize {
        self.call.map_or(0, |call| call.count)
    }

    fn positional_value(&self, index: usize) -> Scalar {
        // SAFETY: the call lends its arguments for as long as it lasts.
        self.call
            .and_then(|call| call.positional(index))
            .map_or(Scalar::Unknown, |value| unsafe { scalar(value) })
    }

    fn keywords(&self) -> usize {
        self.call.map_or(0, CallArguments::keyword_count)
    }

    fn keyword(&self, name: &str) -> Option<Scalar> {
        // SAFETY: as above.
        self.call.and_then(|call| call.keyword(name)).map(|value| unsafe { scalar(value) })
    }

    fn attribute(&self, name: &str) -> Option<Scalar> {
        // SAFETY: an instance's own dictionary lends what it holds.
        unsafe {
            if self.receiver.is_null() {
                return Some(Scalar::Unknown);
            }
            let value = crate::object::attribute(self.receiver, name);
            (!value.is_null()).then(|| scalar(value))
        }
    }

    fn version(&self, package: &str) -> Option<String> {
        version_of(self.py, package)
    }

    fn answered_by(&self, rule: &Origin) {
        if let Some(asked) = &self.asked {
            asked.borrow_mut().push(rule.clone());
        }
    }
}

unsafe fn scalar(value: *mut ffi::PyObject) -> Scalar {
    // SAFETY: the caller lends a live object; the exact types are checked before each reading.
    unsafe {
        let kind = ffi::Py_TYPE(value);
        if value == ffi::Py_None() {
            Scalar::None
        } else if value == ffi::Py_True() {
            Scalar::Bool(true)
        } else if value == ffi::Py_False() {
            Scalar::Bool(false)
        } else if kind == &raw mut ffi::PyLong_Type {
            let mut overflow = 0;
            let number = ffi::PyLong_AsLongLongAndOverflow(value, &mut overflow);
            if overflow == 0 { Scalar::Int(number) } else { Scalar::Other }
        } else if kind == &raw mut ffi::PyFloat_Type {
            Scalar::Float(ffi::PyFloat_AS_DOUBLE(value))
        } else {
            text(value).map_or(Scalar::Other, Scalar::Str)
        }
    }
}
