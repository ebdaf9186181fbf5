//! Contents: what an object holds itself, as items, values or attributes.
#![allow(unsafe_code, reason = "reads live containers through CPython's C API")]

use std::ptr;

use pyo3::ffi;

use crate::instance::{Attributes, attributes, inline_attribute};
use crate::lent::{Lent, Owned};
use crate::native::{PyMethod_Function, PyMethod_Self, PyMethod_Type};
use crate::traversal::traverse;

impl<'a> Lent<'a> {
    /// What a dictionary holds under a name.
    pub fn item(self, name: &str) -> Option<Self> {
        // SAFETY: the key is released after the look-up, and the dictionary keeps what it holds; for
        // everything else nothing is found.
        unsafe {
            let key = ffi::PyUnicode_FromStringAndSize(name.as_ptr().cast(), name.len() as isize);
            if key.is_null() {
                ffi::PyErr_Clear();
                return None;
            }
            let found = ffi::PyDict_GetItem(self.as_ptr(), key);
            ffi::Py_DECREF(key);
            self.lend(found)
        }
    }

    /// What a dictionary holds under a key.
    pub fn item_by(self, key: Lent<'_>) -> Option<Self> {
        // SAFETY: both are alive, and the dictionary keeps what it holds; for everything else nothing is
        // found.
        unsafe { self.lend(ffi::PyDict_GetItem(self.as_ptr(), key.as_ptr())) }
    }

    /// The keys and values of a dictionary; nothing for everything else.
    pub fn pairs(self) -> Pairs<'a> {
        Pairs { dictionary: self, position: 0 }
    }

    /// The keys and values from a [position](Pairs::position) on at which others were come to an end.
    pub fn pairs_from(self, position: isize) -> Pairs<'a> {
        Pairs { dictionary: self, position }
    }

    /// Whether a set itself, no class derived from it, holds a string; `None` for everything else.
    pub fn set_contains(self, text: &str) -> Option<bool> {
        // SAFETY: the type is checked; looking for a string in a set of C code's runs none of the
        // program's, and the key is released after the look-up.
        unsafe {
            if ffi::PyAnySet_CheckExact(self.as_ptr()) == 0 {
                return None;
            }
            let size = text.len() as ffi::Py_ssize_t;
            let key = Owned::new(ffi::PyUnicode_FromStringAndSize(text.as_ptr().cast(), size))?;
            let found = ffi::PySet_Contains(self.as_ptr(), key.as_ptr());
            if found < 0 {
                ffi::PyErr_Clear();
            }
            (found >= 0).then_some(found > 0)
        }
    }

    /// How much a dictionary or a set holds; 0 for everything else.
    pub fn size_of_dict_or_set(self) -> usize {
        if self.is_dict() {
            return self.pairs_count();
        }
        // SAFETY: the type is checked first.
        let size = if self.is_set() { unsafe { ffi::PySet_Size(self.as_ptr()) } } else { 0 };
        usize::try_from(size).unwrap_or(0)
    }

    /// How many pairs a dictionary has; 0 for everything else.
    pub fn pairs_count(self) -> usize {
        // SAFETY: the type is checked first.
        let size = if self.is_dict() { unsafe { ffi::PyDict_Size(self.as_ptr()) } } else { 0 };
        usize::try_from(size).unwrap_or(0)
    }

    /// The items of a list or tuple; nothing for everything else.
    pub fn items(self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        // SAFETY: each size is asked of what was checked.
        let size = unsafe {
            if self.is_list() {
                ffi::PyList_GET_SIZE(self.as_ptr())
            } else if self.is_tuple() {
                ffi::PyTuple_GET_SIZE(self.as_ptr())
            } else {
                0
            }
        };
        (0..usize::try_from(size).unwrap_or(0)).map(move |at| {
            // SAFETY: the place is within what was checked, which keeps its items, none of them null
            // once the program can see it.
            let item = unsafe {
                let at = at as ffi::Py_ssize_t;
                self.lend(match self.is_list() {
                    true => ffi::PyList_GET_ITEM(self.as_ptr(), at),
                    false => ffi::PyTuple_GET_ITEM(self.as_ptr(), at),
                })
            };
            item.unwrap_or(self)
        })
    }

    /// The item of a list or tuple at a place; nothing for everything else.
    pub fn item_at(self, place: usize) -> Option<Self> {
        let at = ffi::Py_ssize_t::try_from(place).ok()?;
        // SAFETY: the type and the size are checked, and it keeps its items.
        unsafe {
            if self.is_list() && at < ffi::PyList_GET_SIZE(self.as_ptr()) {
                self.lend(ffi::PyList_GET_ITEM(self.as_ptr(), at))
            } else if self.is_tuple() && at < ffi::PyTuple_GET_SIZE(self.as_ptr()) {
                self.lend(ffi::PyTuple_GET_ITEM(self.as_ptr(), at))
            } else {
                None
            }
        }
    }

    /// An instance's own dictionary, which is made where it was not yet; `None` where it has none.
    pub fn own_dictionary(self) -> Option<Self> {
        // SAFETY: the new reference is released, for the instance keeps its dictionary.
        unsafe {
            let dictionary = ffi::PyObject_GenericGetDict(self.as_ptr(), ptr::null_mut());
            if dictionary.is_null() {
                ffi::PyErr_Clear();
                return None;
            }
            ffi::Py_DECREF(dictionary);
            self.lend(dictionary)
        }
    }

    /// What an instance itself holds under a name.
    pub fn attribute(self, name: &str) -> Option<Self> {
        match attributes(self) {
            Attributes::Dictionary(own) => own.item(name),
            Attributes::Inline => inline_attribute(self, name),
            Attributes::None => None,
            Attributes::Elsewhere => self.own_dictionary()?.item(name),
        }
    }

    /// What an instance itself holds under a name, also where C code keeps it; slots do not count.
    pub fn own_attribute(self, name: &str) -> Option<Self> {
        if self.is_exactly(&raw mut PyMethod_Type) {
            // SAFETY: the type was checked, and a bound method holds both.
            return unsafe {
                match name {
                    "__self__" => self.lend(PyMethod_Self(self.as_ptr())),
                    "__func__" => self.lend(PyMethod_Function(self.as_ptr())),
                    _ => None,
                }
            };
        }
        if self.class().is_partial() {
            return match name {
                "func" => self.member(c"func"),
                "args" => self.member(c"args"),
                "keywords" => self.member(c"keywords"),
                _ => None,
            };
        }
        self.attribute(name)
    }

    /// What it holds: the items of a list or tuple, the values of a dictionary, the attributes of an
    /// instance.
    pub fn each_held(self, mut visit: impl FnMut(Self)) {
        self.items().for_each(&mut visit);
        let own = match attributes(self) {
            _ if self.is_dict() => Some(self),
            Attributes::Dictionary(own) => Some(own),
            Attributes::Inline => {
                let class = self.class().object();
                traverse(self, |held| {
                    if held != class {
                        visit(held);
                    }
                    true
                });
                None
            }
            Attributes::None => None,
            Attributes::Elsewhere => self.own_dictionary(),
        };
        for (_, value) in own.into_iter().flat_map(Self::pairs) {
            visit(value);
        }
    }

    /// Whether it is a container of a type that Python has built in.
    pub fn is_builtin_container(self) -> bool {
        self.is_exact_dict() || self.is_exact_list() || self.is_exactly(&raw mut ffi::PySet_Type)
    }
}

/// The keys and values of a dictionary, in order.
#[derive(Clone, Debug)]
pub struct Pairs<'a> {
    dictionary: Lent<'a>,
    position: ffi::Py_ssize_t,
}

impl Pairs<'_> {
    /// How far they were gone through; it holds until something is taken from the dictionary.
    pub fn position(&self) -> isize {
        self.position
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (Lent<'a>, Lent<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (mut key, mut value) = (ptr::null_mut(), ptr::null_mut());
        let dictionary = self.dictionary;
        // SAFETY: nothing changes the dictionary while it is lent, and it keeps what it holds; for
        // everything else there is no first one.
        unsafe {
            let found = ffi::PyDict_Next(
                dictionary.as_ptr(),
                &raw mut self.position,
                &raw mut key,
                &raw mut value,
            );
            if found == 0 {
                return None;
            }
            Some((dictionary.lend(key)?, dictionary.lend(value)?))
        }
    }
}
