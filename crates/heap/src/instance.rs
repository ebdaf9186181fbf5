//! Instance: where CPython keeps what instances hold, which differs from version to version.
//!
//! The one place for such layouts; each is that of CPython's `pycore_object.h` and `pycore_dict.h`.
#![allow(unsafe_code, reason = "reads instances by CPython's layout")]

use std::ffi::{c_int, c_ulong};

use pyo3::ffi;

use crate::lent::{Class, Lent, Owned};

/// `Py_TPFLAGS_MANAGED_DICT`
const MANAGED: c_ulong = 1 << 4;
/// `Py_TPFLAGS_INLINE_VALUES`
#[cfg(Py_3_13)]
const INLINE_VALUES: c_ulong = 1 << 2;
/// Where before its head an instance has the pointer to a managed dictionary (`MANAGED_DICT_OFFSET`), in
/// pointers.
const DICTIONARY_BEFORE: usize = 3;
/// Where it has the pointer to its values, in pointers.
#[cfg(not(Py_3_12))]
const VALUES_BEFORE: usize = 4;

/// The dictionary of an instance's attributes, where it was made already. Asking for it in the usual way
/// would make it.
pub fn made_dictionary(object: Lent<'_>) -> Option<Lent<'_>> {
    let fields = object.class().fields();
    let pointer = object.as_ptr();
    // SAFETY: the flag and the offset say where the instance has the pointer, which may be null; 3.12
    // marks one to something else by the lowest bit.
    unsafe {
        if fields.tp_flags & MANAGED != 0 {
            let word = *pointer.cast::<usize>().sub(DICTIONARY_BEFORE);
            return if word & 1 == 0 { object.lend(word as *mut ffi::PyObject) } else { None };
        }
        match fields.tp_dictoffset {
            offset if offset > 0 => {
                object.lend(*pointer.cast::<u8>().offset(offset).cast::<*mut ffi::PyObject>())
            }
            _ => None,
        }
    }
}

/// Where an instance has its attributes.
pub(crate) enum Attributes<'a> {
    /// In a dictionary.
    Dictionary(Lent<'a>),
    /// In itself: a dictionary would be made for who asks for it, and make the instance slower.
    Inline,
    /// It has none.
    None,
    /// Where only CPython finds them.
    Elsewhere,
}

/// Where an instance has its attributes.
pub(crate) fn attributes(object: Lent<'_>) -> Attributes<'_> {
    let fields = object.class().fields();
    match made_dictionary(object) {
        Some(dictionary) => Attributes::Dictionary(dictionary),
        None if fields.tp_flags & MANAGED != 0 => Attributes::Inline,
        None if fields.tp_dictoffset < 0 => Attributes::Elsewhere,
        None => Attributes::None,
    }
}

/// The names of attributes that the instances of a class share which have them in themselves, as `ht_cached_keys` has
/// them (`pycore_dict.h`). Names are only ever added, at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SharedNames {
    keys: *const Keys,
    count: isize,
}

#[repr(C)]
struct Keys {
    references: isize,
    log2_size: u8,
    log2_index_bytes: u8,
    kind: u8,
    version: u32,
    usable: isize,
    count: isize,
}

impl Default for SharedNames {
    fn default() -> Self {
        Self { keys: std::ptr::null(), count: 0 }
    }
}

impl SharedNames {
    /// Those of a class; none where its instances have dictionaries.
    #[inline]
    pub(crate) fn of(class: Class<'_>) -> Self {
        if class.fields().tp_flags & MANAGED == 0 {
            return Self::default();
        }
        // SAFETY: classes with this flag are heap types, and hold the keys if there are any.
        unsafe {
            let keys: *const Keys =
                (*class.as_ptr().cast::<ffi::PyHeapTypeObject>()).ht_cached_keys.cast();
            Self { keys, count: keys.as_ref().map_or(0, |keys| keys.count) }
        }
    }

    /// Whether a name is among them.
    pub(crate) fn contain(self, name: Lent<'_>) -> bool {
        /// A name and a value: `PyDictUnicodeEntry`.
        type Entry = [*mut ffi::PyObject; 2];
        const SPLIT: u8 = 2;
        // SAFETY: the class holds the keys; behind their head stand the indices and then the entries. What is compared
        // are texts.
        unsafe {
            let Some(keys) = self.keys.as_ref() else { return false };
            if keys.kind != SPLIT {
                return true;
            }
            let indices = self.keys.add(1).cast::<u8>();
            let entries = indices.add(1 << keys.log2_index_bytes).cast::<Entry>();
            (0..self.count as usize).any(|at| {
                let [known, _] = *entries.add(at);
                known == name.as_ptr()
                    || !known.is_null() && ffi::PyUnicode_Compare(known, name.as_ptr()) == 0
            })
        }
    }
}

/// What an instance that has its attributes in itself holds under a name, unless something of its class is found
/// first.
pub(crate) fn inline_attribute<'a>(object: Lent<'a>, name: &str) -> Option<Lent<'a>> {
    unsafe extern "C" {
        // Parts of CPython's C API. The first is borrowed from the class; the second raises nothing if told so.
        fn _PyType_Lookup(
            class: *mut ffi::PyTypeObject,
            name: *mut ffi::PyObject,
        ) -> *mut ffi::PyObject;
        fn _PyObject_GenericGetAttrWithDict(
            object: *mut ffi::PyObject,
            name: *mut ffi::PyObject,
            dictionary: *mut ffi::PyObject,
            suppress: c_int,
        ) -> *mut ffi::PyObject;
    }
    // SAFETY: with nothing of this name in its class, the usual look-up runs no code and gives what the instance holds;
    // the new reference is given back.
    unsafe {
        let size = name.len() as ffi::Py_ssize_t;
        let mut name = ffi::PyUnicode_FromStringAndSize(name.as_ptr().cast(), size);
        if !name.is_null() {
            // Classes remember where names lead to by the names' addresses.
            ffi::PyUnicode_InternInPlace(&raw mut name);
        }
        let name = Owned::new(name)?;
        if !_PyType_Lookup(object.class().as_ptr(), name.as_ptr()).is_null() {
            return None;
        }
        let none = std::ptr::null_mut();
        let held = _PyObject_GenericGetAttrWithDict(object.as_ptr(), name.as_ptr(), none, 1);
        let held = Owned::new(held)?;
        object.lend(held.as_ptr())
    }
}

/// The dictionary of an instance that keeps its attributes in itself and has been asked for a
/// dictionary of them: from 3.13 on the one is a view of the other, and only the attributes are shown
/// to the collector (`PyObject_VisitManagedDict`).
#[cfg(Py_3_13)]
pub(crate) fn dictionary_beside_values(object: Lent<'_>) -> Option<Lent<'_>> {
    if object.class().fields().tp_flags & INLINE_VALUES == 0 {
        return None;
    }
    // SAFETY: instances of a class with this flag have the pointer there, which may be null.
    unsafe {
        object.lend(object.as_ptr().cast::<*mut ffi::PyObject>().sub(DICTIONARY_BEFORE).read())
    }
}

#[cfg(not(Py_3_13))]
pub(crate) fn dictionary_beside_values(_object: Lent<'_>) -> Option<Lent<'_>> {
    None
}

/// Which attributes an instance without a dictionary has, by the order in which they were set: their
/// indices among those of its class.
pub fn order_of_attributes(object: Lent<'_>) -> Option<&[u8]> {
    let flags = object.class().fields().tp_flags;
    if flags & MANAGED == 0 {
        return None;
    }
    let pointer = object.as_ptr();
    // SAFETY: before 3.13 a prefix of the values holds how many there are and their indices.
    #[cfg(not(Py_3_13))]
    unsafe {
        #[cfg(not(Py_3_12))]
        let values = *pointer.cast::<*const u8>().sub(VALUES_BEFORE);
        #[cfg(Py_3_12)]
        let values = {
            let word = *pointer.cast::<usize>().sub(DICTIONARY_BEFORE);
            if word & 1 == 0 { std::ptr::null() } else { (word + 1) as *const u8 }
        };
        if values.is_null() {
            return None;
        }
        let size = usize::from(*values.sub(2));
        Some(std::slice::from_raw_parts(values.sub(2 + size), size))
    }
    // SAFETY: from 3.13 on a suffix does, of values that lie in the instance.
    #[cfg(Py_3_13)]
    unsafe {
        if flags & INLINE_VALUES == 0 {
            return None;
        }
        let values = pointer.cast::<u8>().add(size_of::<ffi::PyObject>());
        let (capacity, size) = (usize::from(*values), usize::from(*values.add(1)));
        Some(std::slice::from_raw_parts(values.add(8 + 8 * capacity), size))
    }
}

/// The part of an instance that a class, its own or a base of it, gives it: all that follows the head.
/// `None` where it is no instance of that.
pub fn memory_of<'a>(object: Lent<'a>, class: Class<'a>) -> Option<&'a [u8]> {
    let head = size_of::<ffi::PyObject>();
    if !object.class().lineage().any(|base| base == class) {
        return None;
    }
    let size = usize::try_from(class.fields().tp_basicsize).ok()?.saturating_sub(head);
    // SAFETY: an instance is at least as large as its class and that one's bases say, and was made of
    // zeroes.
    Some(unsafe { std::slice::from_raw_parts(object.as_ptr().cast::<u8>().add(head), size) })
}

impl Class<'_> {
    /// Whether its instances have nothing but a fixed number of bytes after their head.
    pub fn has_plain_instances(self) -> bool {
        let fields = self.fields();
        fields.tp_flags & (ffi::Py_TPFLAGS_HEAPTYPE | ffi::Py_TPFLAGS_HAVE_GC) == 0
            && fields.tp_itemsize == 0
    }

    /// Whether it was made by a `class` statement: then its instances add attributes and slots to
    /// those of its base, and nothing else.
    pub fn is_made_by_statement(self) -> bool {
        let Some(base) = self.lineage().nth(1).filter(|_| self.is_heap_type()) else {
            return false;
        };
        // A class that is written in Python and always there.
        let quiet = self.object().quiet();
        let known = quiet.in_module("_frozen_importlib", "ModuleSpec").and_then(Lent::as_class);
        let end = |class: Class<'_>| class.fields().tp_dealloc.map(|end| end as usize);
        if known.is_none_or(|known| end(self) != end(known)) {
            return false;
        }
        let (own, inherited) = (self.fields(), base.fields());
        let added = (own.tp_basicsize - inherited.tp_basicsize) / size_of::<usize>() as isize;
        // SAFETY: a heap type is an object of variable size, which counts its slots.
        let slots = unsafe { ffi::Py_SIZE(self.object().as_ptr()) };
        let pointers = isize::from(own.tp_dictoffset != inherited.tp_dictoffset)
            + isize::from(own.tp_weaklistoffset != inherited.tp_weaklistoffset);
        added <= slots + pointers
    }
}
