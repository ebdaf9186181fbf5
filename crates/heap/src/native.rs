//! Native: what bound methods, and functions and descriptors of C code, hold in their structures.
#![allow(unsafe_code, reason = "reads live callables through CPython's C API")]

use std::ffi::CStr;

use pyo3::ffi;

use crate::address::Address;
use crate::lent::{Class, Lent};

// Exported by CPython, and not declared by pyo3.
unsafe extern "C" {
    /// The class of bound methods.
    pub static mut PyMethod_Type: ffi::PyTypeObject;
    /// The function of a bound method; borrowed.
    pub fn PyMethod_Function(method: *mut ffi::PyObject) -> *mut ffi::PyObject;
    /// What a bound method is bound to; borrowed.
    pub fn PyMethod_Self(method: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

/// Where the definition of a function of C stands, and what that is bound to.
pub(crate) fn c_function_parts(function: Lent<'_>) -> (Address, Option<Lent<'_>>) {
    // SAFETY: the caller checked the type, and such a function holds what it is bound to.
    unsafe {
        let definition = (*function.as_ptr().cast::<ffi::PyCFunctionObject>()).m_ml as Address;
        (definition, function.lend(ffi::PyCFunction_GetSelf(function.as_ptr())))
    }
}

/// Where the definition of a method of C stands, as its class has it. The caller checked for one.
#[inline]
pub(crate) fn c_definition(method: Lent<'_>) -> Address {
    // SAFETY: the caller checked the type.
    unsafe { (*method.as_ptr().cast::<ffi::PyMethodDescrObject>()).d_method as Address }
}

/// The function and the receiver of a bound method.
pub(crate) fn bound_parts(method: Lent<'_>) -> Option<(Lent<'_>, Lent<'_>)> {
    // SAFETY: the caller checked the type, and a bound method holds both.
    unsafe {
        Some((
            method.lend(PyMethod_Function(method.as_ptr()))?,
            method.lend(PyMethod_Self(method.as_ptr()))?,
        ))
    }
}

/// A special method of a C type that is bound, as CPython lays it out (`wrapperobject` in `descrobject.c`).
#[repr(C)]
struct MethodWrapper {
    ob_base: ffi::PyObject,
    descriptor: *mut ffi::PyDescrObject,
    bound_to: *mut ffi::PyObject,
}

/// The descriptor of a special method of a C type that is bound, as `super().__init__`; `None` for anything else.
pub fn wrapped_descriptor(method: Lent<'_>) -> Option<Lent<'_>> {
    // From 3.13 on CPython keeps the class to itself.
    let class = method.class();
    if class.is_heap_type() || class.c_name().to_bytes() != b"method-wrapper" {
        return None;
    }
    // SAFETY: the type is checked first, and such a method holds its descriptor.
    unsafe { method.lend((*method.as_ptr().cast::<MethodWrapper>()).descriptor.cast()) }
}

/// What a function of C is bound to; `None` for anything else.
pub fn bound_to(object: Lent<'_>) -> Option<Lent<'_>> {
    // SAFETY: the type is checked first, and such a function holds what it is bound to.
    object
        .is_exactly(&raw mut ffi::PyCFunction_Type)
        .then(|| unsafe { object.lend((*object.as_ptr().cast::<ffi::PyCFunctionObject>()).m_self) })
        .flatten()
}

/// The class that a method of a C type, a member or an attribute of one belongs to.
pub fn owner_of(descriptor: Lent<'_>) -> Option<Class<'_>> {
    let is_descriptor = descriptor.is_method_of_c_type()
        || descriptor.is_exactly(&raw mut ffi::PyClassMethodDescr_Type)
        || descriptor.is_exactly(&raw mut ffi::PyGetSetDescr_Type)
        || descriptor.is_exactly(&raw mut ffi::PyMemberDescr_Type);
    // SAFETY: the type is checked first, and a descriptor holds its class.
    is_descriptor
        .then(|| unsafe {
            let class = (*descriptor.as_ptr().cast::<ffi::PyDescrObject>()).d_type;
            descriptor.lend(class.cast())
        })
        .flatten()
        .and_then(Lent::as_class)
}

/// The name that C code gave to a function.
pub(crate) fn c_function_name(function: Lent<'_>) -> Option<String> {
    if !function.is_c_function() {
        return None;
    }
    // SAFETY: the type was checked; names of C functions end with a zero.
    unsafe {
        let method = (*function.as_ptr().cast::<ffi::PyCFunctionObject>()).m_ml;
        (!method.is_null() && !(*method).ml_name.is_null())
            .then(|| CStr::from_ptr((*method).ml_name).to_string_lossy().into_owned())
    }
}

/// The name of a method, member or attribute of a C type. The caller checked for one.
pub(crate) fn descriptor_name(descriptor: Lent<'_>) -> Option<Lent<'_>> {
    // SAFETY: the caller checked for a descriptor, which holds its name.
    unsafe { descriptor.lend((*descriptor.as_ptr().cast::<ffi::PyDescrObject>()).d_name) }
}
