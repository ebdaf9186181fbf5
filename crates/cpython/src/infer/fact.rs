//! Fact: what an answer hangs on, and whether that still holds.
#![allow(unsafe_code, reason = "looks at live values and callables through CPython's C API")]

use std::rc::Rc;

use clew_syntax::summary::Constant;
use pyo3::ffi;
use rustc_hash::FxHashSet;

use super::truth::{constant_of, is_constant};
use super::{access, engine};
use crate::object;
use crate::reach::{self, Address};

/// Something that an answer hangs on. Facts are looked at in the order in which they were found:
/// each is about an object that is there if those before it hold.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Fact {
    /// About a value that is passed, or an attribute of it.
    Passed { root: u32, path: Rc<[Rc<str>]>, fate: Fate },
    /// About what a module, class, function or closure holds.
    Held(Holder, Fate),
    /// These two values that are passed are one.
    Same(u32, u32),
    /// And these are not.
    Distinct(u32, u32),
}

/// Where the program holds what is not passed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    /// A dictionary's entry.
    Entry(Address, Rc<str>),
    /// A cell of a function's closure, by its place.
    Cell(Address, usize),
    /// The code of a function, its variables of the module, and its defaults.
    Code(Address),
    Globals(Address),
    Default(Address, usize),
    KeywordDefault(Address, Rc<str>),
    /// An attribute of an object's own.
    Attribute(Address, Rc<str>),
    /// An object itself.
    Object(Address),
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Fate {
    /// It is of a class.
    Kind(Address),
    /// It is of a class, which was not changed since.
    Class(Address, u32),
    /// It is a class that was not changed since.
    Version(u32),
    Is(Address),
    IsNot(Address),
    Equals(Constant),
    /// It is of a class that is not written in Python.
    Fixed,
    /// What can be reached from it is of these classes, as far as one looks.
    Inside(Rc<[(Address, u32)]>),
    /// There is such an attribute, or none.
    Present,
    Absent,
}

pub(super) unsafe fn find(
    roots: &[*mut ffi::PyObject],
    root: usize,
    path: &[Rc<str>],
) -> *mut ffi::PyObject {
    let mut value = roots.get(root).copied().unwrap_or(std::ptr::null_mut());
    for name in path {
        if value.is_null() {
            break;
        }
        // SAFETY: each holds the next.
        value = unsafe { access::own_attribute(value, name) };
    }
    value
}

impl Fate {
    pub(super) unsafe fn of_class(class: *mut ffi::PyTypeObject) -> Self {
        // SAFETY: the caller lends a live class.
        Self::Class(class as Address, unsafe { version(class) })
    }

    /// What an answer hangs on that looked at an object.
    pub(super) unsafe fn of(object: *mut ffi::PyObject, coarse: bool) -> Self {
        // SAFETY: the caller lends a live object, or null.
        unsafe {
            if object.is_null() {
                return Self::Is(0);
            }
            match constant_of(object) {
                Some(Constant::None | Constant::Bool(_)) => Self::Is(object as Address),
                Some(value) if !coarse => Self::Equals(value),
                Some(_) => Self::Kind(ffi::Py_TYPE(object) as Address),
                None if !reach::is_mutable(object) && !engine::is_definition(object) => {
                    Self::Kind(ffi::Py_TYPE(object) as Address)
                }
                None => Self::Is(object as Address),
            }
        }
    }

    pub(super) unsafe fn holds(&self, value: *mut ffi::PyObject) -> bool {
        // SAFETY: the caller lends a live value, or null.
        unsafe {
            if value.is_null() {
                return matches!(self, Self::Absent | Self::Is(0));
            }
            match self {
                Self::Kind(class) => ffi::Py_TYPE(value) as Address == *class,
                Self::Class(class, known) => {
                    let kind = ffi::Py_TYPE(value);
                    kind as Address == *class && is_version(kind, *known)
                }
                Self::Version(known) => {
                    ffi::PyType_Check(value) != 0 && is_version(value.cast(), *known)
                }
                Self::Is(address) => value as Address == *address,
                Self::IsNot(address) => value as Address != *address,
                Self::Equals(constant) => is_constant(value, constant),
                Self::Fixed => (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0,
                Self::Inside(classes) => inside(value)[..] == classes[..],
                Self::Present => true,
                Self::Absent => false,
            }
        }
    }
}

/// The classes, written in Python, of the first few objects that can be reached from one through
/// containers and attributes, and by which numbers these are known.
pub(super) unsafe fn inside(value: *mut ffi::PyObject) -> Vec<(Address, u32)> {
    const MOST_OBJECTS: usize = 64;
    let mut found = Vec::new();
    let mut seen = FxHashSet::default();
    let mut open = std::collections::VecDeque::from([value]);
    // SAFETY: the caller lends a live value, and each object holds the next; nothing runs between.
    unsafe {
        while let Some(object) = open.pop_front() {
            if object.is_null() || seen.len() >= MOST_OBJECTS || !reach::is_mutable(object) {
                continue;
            }
            if engine::is_definition(object) || !seen.insert(object as Address) {
                continue;
            }
            let room = MOST_OBJECTS - open.len().min(MOST_OBJECTS);
            let kind = ffi::Py_TYPE(object);
            let mut dictionary = std::ptr::null_mut();
            if ffi::PyList_Check(object) != 0 {
                let size = (ffi::PyList_GET_SIZE(object) as usize).min(room);
                open.extend((0..size).map(|at| ffi::PyList_GET_ITEM(object, at as _)));
            } else if ffi::PyTuple_Check(object) != 0 {
                let size = (ffi::PyTuple_GET_SIZE(object) as usize).min(room);
                open.extend((0..size).map(|at| ffi::PyTuple_GET_ITEM(object, at as _)));
            } else if ffi::PyDict_Check(object) != 0 {
                dictionary = object;
            }
            if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
                let entry = (kind as Address, version(kind));
                if !found.contains(&entry) {
                    found.push(entry);
                }
                if dictionary.is_null() && (*kind).tp_dictoffset != 0 {
                    dictionary = ffi::PyObject_GenericGetDict(object, std::ptr::null_mut());
                    // The instance holds it.
                    ffi::Py_XDECREF(dictionary);
                    ffi::PyErr_Clear();
                }
            }
            if !dictionary.is_null() {
                let (mut at, mut item) = (0, std::ptr::null_mut());
                for _ in 0..room {
                    if ffi::PyDict_Next(
                        dictionary,
                        &raw mut at,
                        std::ptr::null_mut(),
                        &raw mut item,
                    ) == 0
                    {
                        break;
                    }
                    open.push_back(item);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

// Part of CPython's C API that pyo3 does not declare.
unsafe extern "C" {
    fn _PyType_Lookup(
        class: *mut ffi::PyTypeObject,
        name: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
}

/// The number by which a class is known until it or a base of it is changed; 0 where it has none.
pub(super) unsafe fn version(class: *mut ffi::PyTypeObject) -> u32 {
    // SAFETY: the caller lends a live class; looking a name up runs no code.
    unsafe {
        if (*class).tp_version_tag == 0 {
            // A class has none before it is asked.
            let name = ffi::PyUnicode_InternFromString(c"__class__".as_ptr());
            _PyType_Lookup(class, name);
            ffi::Py_XDECREF(name);
        }
        (*class).tp_version_tag
    }
}

pub(super) unsafe fn is_version(class: *mut ffi::PyTypeObject, known: u32) -> bool {
    // SAFETY: the caller lends a live class.
    unsafe { known != 0 && (*class).tp_version_tag == known }
}

impl Holder {
    /// What is held there; borrowed, null where there is nothing.
    pub(super) unsafe fn find(&self) -> *mut ffi::PyObject {
        let none = std::ptr::null_mut();
        // SAFETY: facts before this one say that the holder is there, and what it is.
        unsafe {
            match self {
                Self::Entry(dictionary, name) => object::item(*dictionary as *mut _, name),
                Self::Cell(function, at) => {
                    let cell = engine::cell_at(*function as *mut _, *at);
                    if cell.is_null() {
                        return none;
                    }
                    let content = ffi::PyCell_Get(cell);
                    // The cell holds it.
                    ffi::Py_XDECREF(content);
                    content
                }
                Self::Code(function) => ffi::PyFunction_GetCode(*function as *mut _),
                Self::Globals(function) => ffi::PyFunction_GetGlobals(*function as *mut _),
                Self::Default(function, at) => {
                    let all = ffi::PyFunction_GetDefaults(*function as *mut _);
                    let size = if all.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(all) };
                    // They are counted from the last one.
                    match size - 1 - *at as ffi::Py_ssize_t {
                        place if place >= 0 => ffi::PyTuple_GET_ITEM(all, place),
                        _ => none,
                    }
                }
                Self::KeywordDefault(function, name) => {
                    let all = ffi::PyFunction_GetKwDefaults(*function as *mut _);
                    if all.is_null() { none } else { object::item(all, name) }
                }
                Self::Attribute(object, name) => access::own_attribute(*object as *mut _, name),
                Self::Object(object) => *object as *mut _,
            }
        }
    }
}

impl Fact {
    pub(super) unsafe fn holds(&self, roots: &[*mut ffi::PyObject]) -> bool {
        // SAFETY: handed on from the caller, which lends live values.
        unsafe {
            let root = |at: &u32| roots.get(*at as usize).copied();
            match self {
                Self::Passed { root, path, fate } => fate.holds(find(roots, *root as usize, path)),
                Self::Held(holder, fate) => fate.holds(holder.find()),
                Self::Same(one, other) => root(one) == root(other),
                Self::Distinct(one, other) => root(one) != root(other),
            }
        }
    }
}
