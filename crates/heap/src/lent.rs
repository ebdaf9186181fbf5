//! Lent: a live object of the interpreter, for a stretch of time in which none of the program's code runs.
#![allow(unsafe_code, reason = "reads live objects through CPython's C API")]

use std::ffi::CStr;
use std::marker::PhantomData;
use std::ptr::NonNull;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::address::Address;

/// An object that is alive for `'a`.
///
/// `'a` is a stretch of time in which the interpreter is held and none of the program's code runs. So
/// what the object holds, and what that holds, is alive as long and stays where it is: every answer of
/// this crate may be lent for the same `'a`. Who calls [`Lent::new`] promises that, once, and nobody has to
/// repeat it.
///
/// Two are equal when they are the same object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Lent<'a> {
    pointer: NonNull<ffi::PyObject>,
    quiet: Quiet<'a>,
}

/// A stretch of time in which the interpreter is held and none of the program's code runs.
///
/// It gives access to what nobody has to lend: the modules that are imported.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Quiet<'a>(PhantomData<&'a *mut ffi::PyObject>);

impl Quiet<'_> {
    /// Begins such a stretch.
    ///
    /// # Safety
    ///
    /// For as long as the lifetime lasts, the interpreter is held and none of the program's code runs.
    #[inline]
    pub unsafe fn new() -> Self {
        Self(PhantomData)
    }

    /// Where `None` is.
    #[inline]
    pub fn none_address(self) -> Address {
        // SAFETY: asks for the address of a constant.
        unsafe { ffi::Py_None() as Address }
    }
}

impl<'a> Quiet<'a> {
    /// The same as `pyo3` says it: that the interpreter is held.
    #[inline]
    pub fn python(self) -> Python<'a> {
        // SAFETY: for as long as the lifetime lasts, the interpreter is held.
        unsafe { Python::assume_attached() }
    }

    /// `None`
    pub fn none(self) -> Lent<'a> {
        // SAFETY: the constant is never null and always alive.
        let pointer = unsafe { NonNull::new_unchecked(ffi::Py_None()) };
        Lent { pointer, quiet: self }
    }

    /// `True` or `False`
    pub fn bool(self, value: bool) -> Lent<'a> {
        // SAFETY: both constants are never null and always alive.
        let pointer =
            unsafe { NonNull::new_unchecked(if value { ffi::Py_True() } else { ffi::Py_False() }) };
        Lent { pointer, quiet: self }
    }
}

impl<'a> Lent<'a> {
    /// Borrows an object; `None` for null.
    ///
    /// # Safety
    ///
    /// The pointer is null or points to an object that is alive for `'a`. Meanwhile the interpreter is
    /// held and none of the program's code runs.
    #[inline]
    pub unsafe fn new(pointer: *mut ffi::PyObject) -> Option<Self> {
        NonNull::new(pointer).map(|pointer| Self { pointer, quiet: Quiet(PhantomData) })
    }

    /// Borrows an object that a bound reference keeps alive.
    ///
    /// # Safety
    ///
    /// While it or anything that is got from it is used, none of the program's code runs.
    pub unsafe fn of(object: &'a Bound<'_, PyAny>) -> Self {
        // SAFETY: a bound reference is never null.
        let pointer = unsafe { NonNull::new_unchecked(object.as_ptr()) };
        Self { pointer, quiet: Quiet(PhantomData) }
    }

    /// The stretch of time for which it is lent.
    #[inline]
    pub fn quiet(self) -> Quiet<'a> {
        self.quiet
    }

    /// The object as CPython's C API wants it.
    #[inline]
    pub fn as_ptr(self) -> *mut ffi::PyObject {
        self.pointer.as_ptr()
    }

    /// Its identity.
    #[inline]
    pub fn address(self) -> Address {
        self.pointer.as_ptr() as Address
    }

    /// Its class.
    #[inline]
    pub fn class(self) -> Class<'a> {
        // SAFETY: an object that is alive has a class, which it keeps alive.
        let class = unsafe { NonNull::new_unchecked(ffi::Py_TYPE(self.as_ptr()).cast()) };
        Class(Self { pointer: class, quiet: self.quiet })
    }

    /// Whether its class is this very one of CPython's.
    #[inline]
    pub fn is_exactly(self, class: *mut ffi::PyTypeObject) -> bool {
        self.class().is(class)
    }

    /// The object as a class, where it is one.
    #[inline]
    pub fn as_class(self) -> Option<Class<'a>> {
        self.is_class().then_some(Class(self))
    }

    /// Whether it is `None`.
    #[inline]
    pub fn is_none(self) -> bool {
        // SAFETY: the constant is always alive.
        self.as_ptr() == unsafe { ffi::Py_None() }
    }

    /// Whether it is `True`.
    #[inline]
    pub fn is_true(self) -> bool {
        // SAFETY: the constant is always alive.
        self.as_ptr() == unsafe { ffi::Py_True() }
    }

    /// Whether it is `False`.
    #[inline]
    pub fn is_false(self) -> bool {
        // SAFETY: the constant is always alive.
        self.as_ptr() == unsafe { ffi::Py_False() }
    }

    /// The text of a string; `None` for everything else and for lone surrogates.
    pub fn as_str(self) -> Option<&'a str> {
        if !self.is_text() {
            return None;
        }
        let mut length = 0;
        // SAFETY: the type was checked.
        let bytes = unsafe { ffi::PyUnicode_AsUTF8AndSize(self.as_ptr(), &mut length) };
        if bytes.is_null() {
            // SAFETY: the interpreter is held.
            unsafe { ffi::PyErr_Clear() };
            return None;
        }
        // SAFETY: the string keeps its text in UTF-8 for as long as it lives.
        let bytes = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length as usize) };
        std::str::from_utf8(bytes).ok()
    }

    /// The same, copied.
    pub fn text(self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    /// The bytes of a `bytes` object.
    pub fn bytes(self) -> Option<&'a [u8]> {
        if !self.is_bytes() {
            return None;
        }
        // SAFETY: the type was checked, and the object keeps its bytes.
        unsafe {
            let size = usize::try_from(ffi::PyBytes_Size(self.as_ptr())).ok()?;
            let start = ffi::PyBytes_AsString(self.as_ptr()).cast::<u8>();
            Some(std::slice::from_raw_parts(start, size))
        }
    }

    /// The number that an `int` is; `None` for everything else and for what needs more than 64 bits.
    pub fn integer(self) -> Option<i64> {
        if !self.is_int() {
            return None;
        }
        let mut overflow = 0;
        // SAFETY: the type was checked.
        let number = unsafe { ffi::PyLong_AsLongLongAndOverflow(self.as_ptr(), &mut overflow) };
        (overflow == 0).then_some(number)
    }

    /// The number that a `float` is.
    pub fn float(self) -> Option<f64> {
        // SAFETY: the type is checked first.
        self.is_exactly(&raw mut ffi::PyFloat_Type)
            .then(|| unsafe { ffi::PyFloat_AS_DOUBLE(self.as_ptr()) })
    }

    /// Whether what a weak reference refers to is alive; `false` for everything else.
    pub fn is_referent_alive(self) -> bool {
        if !self.is_weak_reference() {
            return false;
        }
        // SAFETY: the type was checked.
        #[allow(deprecated, reason = "its successor is new in 3.13")]
        let referent = unsafe { ffi::PyWeakref_GetObject(self.as_ptr()) };
        // SAFETY: the constant is always alive.
        referent != unsafe { ffi::Py_None() }
    }

    /// What a weak proxy stands for as long as that is alive; `None` for everything else.
    pub fn behind_proxy(self) -> Option<Self> {
        if self.class().is_weak_proxy() { self.referent() } else { None }
    }

    /// What a weak reference or proxy refers to as long as that is alive; `None` for everything else.
    pub(crate) fn referent(self) -> Option<Self> {
        if !self.is_weak_reference() {
            return None;
        }
        // SAFETY: the type was checked; the referent is alive while none of the program's code runs.
        #[allow(deprecated, reason = "its successor is new in 3.13")]
        let referent = unsafe { self.lend(ffi::PyWeakref_GetObject(self.as_ptr())) };
        referent.filter(|referent| !referent.is_none())
    }

    /// Whether only one reference to it is held by anybody.
    pub fn is_held_once(self) -> bool {
        // SAFETY: the object is alive.
        unsafe { ffi::Py_REFCNT(self.as_ptr()) == 1 }
    }

    /// How many references to it are held, by whomever.
    pub fn references(self) -> usize {
        // SAFETY: the object is alive.
        usize::try_from(unsafe { ffi::Py_REFCNT(self.as_ptr()) }).unwrap_or(usize::MAX)
    }

    /// What an attribute gives; for attributes of C code, which run none of the program's.
    pub fn get(self, name: &CStr) -> Option<Owned> {
        // SAFETY: the object is alive and the name ends with a zero; the reference that it gives is new.
        unsafe { Owned::new(ffi::PyObject_GetAttrString(self.as_ptr(), name.as_ptr())) }
    }

    /// What an attribute gives that the object itself holds, such as a member of a C structure.
    pub fn member(self, name: &CStr) -> Option<Self> {
        let value = self.get(name)?;
        // SAFETY: what is held by somebody else as well stays when this reference is released.
        unsafe { (ffi::Py_REFCNT(value.as_ptr()) > 1).then(|| Self::new(value.as_ptr())).flatten() }
    }

    /// As another stretch's, which the caller knows to be the same or shorter: for what C structures
    /// of this object hold.
    ///
    /// # Safety
    ///
    /// The pointer is null, or this object keeps what it points to alive.
    #[inline]
    pub(crate) unsafe fn lend(self, held: *mut ffi::PyObject) -> Option<Self> {
        NonNull::new(held).map(|pointer| Self { pointer, quiet: self.quiet })
    }
}

/// Questions about an object's class that CPython answers by a flag or a comparison.
macro_rules! checks {
    ($($(#[$documentation:meta])* $name:ident: $check:ident;)*) => {
        impl Lent<'_> {
            $(
                $(#[$documentation])*
                #[inline]
                pub fn $name(self) -> bool {
                    // SAFETY: the object is alive, and only its class is read.
                    unsafe { ffi::$check(self.as_ptr()) != 0 }
                }
            )*
        }
    };
}

checks! {
    /// Whether it can be called.
    is_callable: PyCallable_Check;
    /// Whether it is an iterator.
    is_iterator: PyIter_Check;
    /// Whether it is a class.
    is_class: PyType_Check;
    /// Whether it is a module.
    is_module: PyModule_Check;
    /// Whether it is a string.
    is_text: PyUnicode_Check;
    /// Whether it is a `bytes` object or derived from one.
    is_bytes: PyBytes_Check;
    /// Whether it is an `int` or derived from one.
    is_int: PyLong_Check;
    /// Whether it is a dictionary or derived from one.
    is_dict: PyDict_Check;
    /// Whether it is a dictionary itself.
    is_exact_dict: PyDict_CheckExact;
    /// Whether it is a list or derived from one.
    is_list: PyList_Check;
    /// Whether it is a list itself.
    is_exact_list: PyList_CheckExact;
    /// Whether it is a tuple or derived from one.
    is_tuple: PyTuple_Check;
    /// Whether it is a tuple itself.
    is_exact_tuple: PyTuple_CheckExact;
    /// Whether it is a function or bound method written in C.
    is_c_function: PyCFunction_Check;
    /// Whether it is a set or frozen set or derived from one.
    is_set: PyAnySet_Check;
    /// Whether it is a memory view.
    is_memory_view: PyMemoryView_Check;
    /// Whether it is a weak reference.
    is_weak_reference: PyWeakref_Check;
}

impl Lent<'_> {
    /// Whether it is a function written in Python.
    #[inline]
    pub fn is_function(self) -> bool {
        self.is_exactly(&raw mut ffi::PyFunction_Type)
    }
}

/// A class that is lent; see [`Lent`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Class<'a>(Lent<'a>);

impl<'a> Class<'a> {
    /// Borrows a class; `None` for null.
    ///
    /// # Safety
    ///
    /// The pointer is null or points to a class that is alive for `'a`. Meanwhile the interpreter is
    /// held and none of the program's code runs.
    #[inline]
    pub unsafe fn new(class: *mut ffi::PyTypeObject) -> Option<Self> {
        // SAFETY: a class is an object, and the caller promises of it what `Lent::new` asks for.
        unsafe { Lent::new(class.cast()) }.map(Self)
    }

    /// The class as an object.
    #[inline]
    pub fn object(self) -> Lent<'a> {
        self.0
    }

    /// The class as CPython's C API wants it.
    #[inline]
    pub fn as_ptr(self) -> *mut ffi::PyTypeObject {
        self.0.as_ptr().cast()
    }

    /// Its identity.
    #[inline]
    pub fn address(self) -> Address {
        self.0.address()
    }

    /// Whether it is this very one of CPython's.
    #[inline]
    pub fn is(self, class: *mut ffi::PyTypeObject) -> bool {
        self.as_ptr() == class
    }

    /// What CPython keeps of it; alive as long as it is.
    #[inline]
    pub(crate) fn fields(self) -> &'a ffi::PyTypeObject {
        // SAFETY: the class is alive for `'a`, in which none of the program's code changes it.
        unsafe { &*self.as_ptr() }
    }
}

/// An object that a reference of ours keeps alive.
#[derive(Debug)]
pub struct Owned(NonNull<ffi::PyObject>);

impl Owned {
    /// Takes over a new reference. For null, which says that an exception was raised, that is cleared.
    ///
    /// # Safety
    ///
    /// The pointer is null or a reference that nobody else releases. For as long as this lives, the
    /// interpreter is held and none of the program's code runs.
    pub unsafe fn new(pointer: *mut ffi::PyObject) -> Option<Self> {
        let owned = NonNull::new(pointer).map(Self);
        if owned.is_none() {
            // SAFETY: the interpreter is held.
            unsafe { ffi::PyErr_Clear() };
        }
        owned
    }

    /// The object as CPython's C API wants it.
    pub fn as_ptr(&self) -> *mut ffi::PyObject {
        self.0.as_ptr()
    }

    /// The object, for as long as it is kept.
    pub fn lend(&self) -> Lent<'_> {
        Lent { pointer: self.0, quiet: Quiet(PhantomData) }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: gives back the reference that `new` took over.
        unsafe { ffi::Py_DECREF(self.0.as_ptr()) };
    }
}
