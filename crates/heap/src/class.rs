//! Class: what a class is called, what it and its bases hold, and which version of itself it is.
#![allow(unsafe_code, reason = "reads live classes through CPython's C API")]

use std::ffi::CStr;

use pyo3::ffi;

use crate::lent::{Class, Lent};
use crate::numpy;

// Part of CPython's C API, and not declared by pyo3.
unsafe extern "C" {
    #[cfg(Py_3_12)]
    fn PyType_GetDict(class: *mut ffi::PyTypeObject) -> *mut ffi::PyObject;
    static mut _PyWeakref_CallableProxyType: ffi::PyTypeObject;
    static mut _PyWeakref_ProxyType: ffi::PyTypeObject;
    static mut _PyWeakref_RefType: ffi::PyTypeObject;
    fn _PyType_Lookup(
        class: *mut ffi::PyTypeObject,
        name: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
}

impl<'a> Class<'a> {
    /// Whether it was made while the interpreter ran, as classes written in Python are, and is no static
    /// structure of C code.
    #[inline]
    pub fn is_heap_type(self) -> bool {
        self.fields().tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
    }

    /// Whether attributes of its instances are looked up as `object` does it.
    #[inline]
    pub fn looks_up_plainly(self) -> bool {
        let own = self.fields().tp_getattro.map(|ask| ask as usize);
        own == Some(ffi::PyObject_GenericGetAttr as *const () as usize)
    }

    /// Whether none of its attributes can be set, as with those that are written in C.
    #[inline]
    pub fn is_immutable(self) -> bool {
        self.fields().tp_flags & ffi::Py_TPFLAGS_IMMUTABLETYPE != 0
    }

    /// Its name as C code has it: with its module for a static class.
    pub fn c_name(self) -> &'a CStr {
        let name = self.fields().tp_name;
        if name.is_null() {
            return c"";
        }
        // SAFETY: the name ends with a zero, and the class keeps it.
        unsafe { CStr::from_ptr(name) }
    }

    /// Its module and qualified name.
    pub fn name(self) -> (String, String) {
        let full = self.c_name().to_string_lossy();
        if !self.is_heap_type() {
            return match full.rsplit_once('.') {
                Some((module, name)) => (module.to_owned(), name.to_owned()),
                None => ("builtins".to_owned(), full.into_owned()),
            };
        }
        let module = self.own("__module__").and_then(Lent::text).unwrap_or_else(|| {
            full.rsplit_once('.').map_or("builtins", |(module, _)| module).to_owned()
        });
        (module, self.qualified_name().map_or_else(|| full.into_owned(), str::to_owned))
    }

    /// Whether it has this name in this module.
    pub fn is_named(self, module: &str, name: &str) -> bool {
        // Nearly all have another name, which is told from memory.
        if self.qualified_name().is_some_and(|own| own != name) {
            return false;
        }
        let (own_module, own_name) = self.name();
        own_module == module && own_name == name
    }

    /// The qualified name of a class that was made while the interpreter ran.
    fn qualified_name(self) -> Option<&'a str> {
        if !self.is_heap_type() {
            return None;
        }
        // SAFETY: a heap type has such a head, which holds its name.
        let name = unsafe { (*self.as_ptr().cast::<ffi::PyHeapTypeObject>()).ht_qualname };
        // SAFETY: the class keeps its name alive.
        unsafe { self.object().lend(name) }.and_then(Lent::as_str)
    }

    /// Its dictionary; `None` where it has none yet.
    pub fn dictionary(self) -> Option<Lent<'a>> {
        // From 3.12 on that of a static built-in class is kept by the interpreter.
        #[cfg(Py_3_12)]
        if !self.is_heap_type() {
            // SAFETY: the class is alive, and the interpreter keeps what a new reference is given to.
            unsafe {
                let dictionary = PyType_GetDict(self.as_ptr());
                ffi::Py_XDECREF(dictionary);
                return self.object().lend(dictionary);
            }
        }
        // SAFETY: a class holds its dictionary.
        unsafe { self.object().lend(self.fields().tp_dict) }
    }

    /// What it itself holds under a name, not bound.
    pub fn own(self, name: &str) -> Option<Lent<'a>> {
        self.dictionary()?.item(name)
    }

    /// It and its bases, in the order in which they are searched.
    pub fn resolution_order(self) -> impl Iterator<Item = Self> {
        // SAFETY: a class holds its order, a tuple.
        let order = unsafe { self.object().lend(self.fields().tp_mro) };
        order.into_iter().flat_map(Lent::items).filter_map(Lent::as_class)
    }

    /// It, its first base, that one's first base and so on.
    pub fn lineage(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |class| {
            // SAFETY: a class keeps its base alive.
            unsafe { Self::new(class.fields().tp_base) }
        })
    }

    /// Whether it is this one of CPython's or derived from it.
    pub fn is_subclass_of(self, class: *mut ffi::PyTypeObject) -> bool {
        self.is(class) || self.resolution_order().any(|base| base.is(class))
    }

    /// What it or a base of it holds under a name, not bound.
    pub fn lookup(self, name: &str) -> Option<Lent<'a>> {
        self.resolution_order().find_map(|base| base.own(name))
    }

    /// The number by which it is known until it or a base of it is changed; 0 where it has none. It is
    /// never given to another class.
    pub fn version(self) -> u32 {
        if self.fields().tp_version_tag == 0 {
            // A class has none before it is asked. SAFETY: the class is alive and the name is released
            // after the look-up, which runs no code.
            unsafe {
                let name = ffi::PyUnicode_InternFromString(c"__class__".as_ptr());
                _PyType_Lookup(self.as_ptr(), name);
                ffi::Py_XDECREF(name);
                return (&raw const (*self.as_ptr()).tp_version_tag).read();
            }
        }
        self.fields().tp_version_tag
    }

    /// The same number where it has been asked for, else 0.
    #[inline]
    pub fn version_so_far(self) -> u32 {
        self.fields().tp_version_tag
    }

    /// Whether it is still the one that it was when it had this number.
    pub fn is_version(self, known: u32) -> bool {
        known != 0 && self.fields().tp_version_tag == known
    }

    /// Whether its instances are distinguished by what they are and not by where they lie, by its own
    /// account of equality and hashes: such values never change.
    pub fn is_value(self) -> bool {
        // SAFETY: the class of all objects is always alive.
        let plain = unsafe { ffi::PyBaseObject_Type.tp_hash };
        let own = self.fields().tp_hash;
        own.map(|hash| hash as usize) != plain.map(|hash| hash as usize) && !self.has_item_setter()
    }

    /// Whether items of its instances can be set.
    pub fn has_item_setter(self) -> bool {
        let mapping = self.fields().tp_as_mapping;
        // SAFETY: a class keeps its table of methods.
        !mapping.is_null() && unsafe { (*mapping).mp_ass_subscript.is_some() }
    }

    /// Whether its instances lend others their memory.
    pub fn lends_memory(self) -> bool {
        let buffer = self.fields().tp_as_buffer;
        // SAFETY: a class keeps its table of methods.
        !buffer.is_null() && unsafe { (*buffer).bf_getbuffer.is_some() }
    }

    /// Whether its instances can be made a `float` of, by a method of their own.
    pub(crate) fn is_numeric(self) -> bool {
        let number = self.fields().tp_as_number;
        // SAFETY: a class keeps its table of methods.
        !number.is_null() && unsafe { (*number).nb_float.is_some() }
    }

    /// How many classes were derived from it directly and are there still; 0 for static classes of C.
    pub fn subclasses_count(self) -> usize {
        if !self.is_heap_type() {
            return 0;
        }
        // SAFETY: a heap type has a dictionary of weak references to them, or null.
        let subclasses = unsafe { self.object().lend(self.fields().tp_subclasses.cast()) };
        subclasses.map_or(0, Lent::pairs_count)
    }

    /// Whether its instances are iterators, by its own account.
    pub fn makes_iterators(self) -> bool {
        self.fields().tp_iternext.is_some()
    }

    /// Whether it is one of exceptions.
    pub fn is_exception(self) -> bool {
        // SAFETY: the class of all exceptions is always alive.
        self.is_subclass_of(unsafe { ffi::PyExc_BaseException }.cast())
    }

    /// Whether it is the class of `None`, `...` or `NotImplemented`.
    pub(crate) fn is_of_singleton(self) -> bool {
        // SAFETY: the three are always alive.
        unsafe {
            [ffi::Py_None(), ffi::Py_Ellipsis(), ffi::Py_NotImplemented()]
                .into_iter()
                .any(|singleton| self.is(ffi::Py_TYPE(singleton)))
        }
    }

    /// Whether it is `functools.partial` itself.
    pub fn is_partial(self) -> bool {
        self.c_name() == c"functools.partial"
    }

    /// Whether its instances are weak proxies.
    pub(crate) fn is_weak_proxy(self) -> bool {
        self.is(&raw mut _PyWeakref_ProxyType) || self.is(&raw mut _PyWeakref_CallableProxyType)
    }

    /// Whether its instances are weak references, and no proxies.
    pub(crate) fn is_weak_reference(self) -> bool {
        self.is_subclass_of(&raw mut _PyWeakref_RefType)
    }

    /// Whether its instances are functions of Cython's.
    pub fn is_cython_function(self) -> bool {
        let name = self.c_name().to_bytes();
        name.ends_with(b"cython_function_or_method") || name.ends_with(b"fused_cython_function")
    }

    /// Whether its instances are functions of another make: NumPy's and Cython's.
    pub fn makes_functions(self) -> bool {
        let name = self.c_name().to_bytes();
        name.ends_with(b"cython_function_or_method")
            || name == b"fused_cython_function"
            || numpy::makes_functions(self)
    }
}

impl Lent<'_> {
    /// The module and qualified name of its class.
    pub fn class_name(self) -> (String, String) {
        self.class().name()
    }

    /// Whether its class has this name in this module.
    pub fn is_a(self, module: &str, name: &str) -> bool {
        self.class().is_named(module, name)
    }
}
