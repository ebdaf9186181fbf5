//! Array layout: the heads of NumPy's arrays, and which classes have such.

use std::ffi::{c_char, c_int};

use pyo3::ffi;

use crate::lent::Class;

/// The head of a NumPy array, the same in NumPy 1 and 2 (`PyArrayObject_fields`, part of NumPy's
/// stable C interface).
#[repr(C)]
pub(crate) struct ArrayFields {
    ob_base: ffi::PyObject,
    pub(crate) data: *mut c_char,
    pub(crate) nd: c_int,
    pub(crate) dimensions: *mut ffi::Py_ssize_t,
    pub(crate) strides: *mut ffi::Py_ssize_t,
    pub(crate) base: *mut ffi::PyObject,
    pub(crate) descr: *mut ffi::PyObject,
    pub(crate) flags: c_int,
}

/// The head of a NumPy dtype (`PyArray_Descr`): the scalar type, then three characters.
#[repr(C)]
pub(crate) struct DtypeFields {
    ob_base: ffi::PyObject,
    typeobj: *mut ffi::PyTypeObject,
    pub(crate) kind: c_char,
}

/// The flags of an array whose memory lies in one piece.
pub(crate) const CONTIGUOUS: c_int = 0x1 | 0x2;
/// The flag of an array that owns its memory.
pub(crate) const OWNS: c_int = 0x4;

/// Whether a class is `numpy.ndarray` or derived from it, by the name in its lineage: NumPy may not
/// be there at all.
pub fn is_array_class(class: Class<'_>) -> bool {
    class.lineage().any(|base| {
        !base.is_heap_type()
            && base.c_name() == c"numpy.ndarray"
            && base.fields().tp_basicsize as usize >= size_of::<ArrayFields>()
    })
}

/// The class of NumPy's that a class is or is derived from, where it is one by which the memory of arrays
/// is read and written, and the attribute of it that gives those.
pub(crate) fn window_class(class: Class<'_>) -> Option<(Class<'_>, &'static str)> {
    class.lineage().filter(|base| !base.is_heap_type()).find_map(|base| {
        match base.c_name().to_bytes() {
            b"numpy.flatiter" | b"numpy.void" => Some((base, "base")),
            b"numpy.nditer" => Some((base, "operands")),
            _ => None,
        }
    })
}
