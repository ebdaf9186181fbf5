//! Fact: what an answer hangs on, and whether that still holds.
#![allow(unsafe_code, reason = "looks at live values and callables through CPython's C API")]

use std::rc::Rc;

use clew_syntax::summary::Constant;
use pyo3::ffi;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::truth::{constant_of, is_constant};
use super::{access, engine};
use crate::named::concealed;
use crate::object;
use crate::reach::{self, Address};

pub(crate) use clew_heap::raw::class::{is_version, version};

/// Something that an answer hangs on. Facts are looked at in the order in which they were found:
/// each is about an object that is there if those before it hold.
///
/// Objects are told by their addresses, and classes by the numbers that they have until they change;
/// `kept` tells both in other ways.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Fact<O = Address, C = Version> {
    /// About a value that is passed, or an attribute of it.
    Passed { root: u32, path: Rc<[Rc<str>]>, fate: Fate<O, C> },
    /// About what a module, class, function or closure holds.
    Held(Holder<O>, Fate<O, C>),
    /// These two values that are passed are one.
    Same(u32, u32),
    /// And these are not.
    Distinct(u32, u32),
}

/// Where the program holds what is not passed.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Holder<O = Address> {
    /// A dictionary's entry.
    Entry(O, Rc<str>),
    /// A cell of a function's closure, by its place.
    Cell(O, usize),
    /// The code of a function, its variables of the module, and its defaults.
    Code(O),
    Globals(O),
    Default(O, usize),
    KeywordDefault(O, Rc<str>),
    /// An attribute of an object's own.
    Attribute(O, Rc<str>),
    /// An object itself.
    Object(O),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Fate<O = Address, C = Version> {
    /// It is of a class.
    Kind(O),
    /// It is of a class, which was not changed since.
    Class(C),
    /// It is a class that was not changed since.
    Version(C),
    Is(O),
    IsNot(O),
    /// It is a function of C of this definition, bound to this object: as addresses in this process.
    Bound(Address, Address),
    Equals(Constant),
    /// It is a text of this digest: what is kept tells no texts that may be secret.
    Conceals(u64),
    /// It is of a class that is not written in Python.
    Fixed,
    /// What can be reached from it is of these classes, as far as one looks.
    Inside(Vec<C>),
    /// There is such an attribute, or none.
    Present,
    Absent,
}

/// A class and the number by which it is known until it or a base of it is changed.
pub(super) type Version = (Address, u32);

/// Tells the objects and classes of facts in another way; `None` where one cannot be told.
pub(super) trait Teller<O, C> {
    type Object;
    type Class;
    fn object(&mut self, object: &O) -> Option<Self::Object>;
    fn class(&mut self, class: &C) -> Option<Self::Class>;
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
        Self::Class((class as Address, unsafe { version(class) }))
    }

    /// That a function of C is this one, bound to what it is bound to.
    pub(super) unsafe fn bound(function: *mut ffi::PyObject) -> Self {
        // SAFETY: the caller checked the exact type.
        unsafe {
            let function = function.cast::<ffi::PyCFunctionObject>();
            Self::Bound((*function).m_ml as Address, (*function).m_self as Address)
        }
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
                Self::Class((class, known)) => {
                    let kind = ffi::Py_TYPE(value);
                    kind as Address == *class && is_version(kind, *known)
                }
                Self::Version((class, known)) => {
                    value as Address == *class && is_version(value.cast(), *known)
                }
                Self::Is(address) => value as Address == *address,
                Self::IsNot(address) => value as Address != *address,
                Self::Bound(..) => {
                    ffi::Py_TYPE(value) == &raw mut ffi::PyCFunction_Type
                        && Self::bound(value) == *self
                }
                Self::Equals(constant) => is_constant(value, constant),
                Self::Conceals(digest) => matches!(
                    constant_of(value),
                    Some(Constant::Str(text)) if concealed(&text) == *digest
                ),
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
pub(super) unsafe fn inside(value: *mut ffi::PyObject) -> Vec<Version> {
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

impl<O, C> Fact<O, C> {
    /// The same fact, told in another way.
    pub(super) fn told<T: Teller<O, C>>(
        &self,
        teller: &mut T,
    ) -> Option<Fact<T::Object, T::Class>> {
        Some(match self {
            Self::Passed { root, path, fate } => {
                Fact::Passed { root: *root, path: Rc::clone(path), fate: fate.told(teller)? }
            }
            Self::Held(holder, fate) => Fact::Held(holder.told(teller)?, fate.told(teller)?),
            Self::Same(one, other) => Fact::Same(*one, *other),
            Self::Distinct(one, other) => Fact::Distinct(*one, *other),
        })
    }
}

impl<O, C> Fate<O, C> {
    fn told<T: Teller<O, C>>(&self, teller: &mut T) -> Option<Fate<T::Object, T::Class>> {
        Some(match self {
            Self::Kind(class) => Fate::Kind(teller.object(class)?),
            Self::Class(class) => Fate::Class(teller.class(class)?),
            Self::Version(class) => Fate::Version(teller.class(class)?),
            Self::Is(object) => Fate::Is(teller.object(object)?),
            Self::IsNot(object) => Fate::IsNot(teller.object(object)?),
            // Such a function lives for a call.
            Self::Bound(..) => return None,
            Self::Equals(Constant::Str(text)) => Fate::Conceals(concealed(text)),
            Self::Equals(constant) => Fate::Equals(constant.clone()),
            Self::Conceals(digest) => Fate::Conceals(*digest),
            Self::Fixed => Fate::Fixed,
            Self::Inside(classes) => {
                let told: Option<Vec<_>> =
                    classes.iter().map(|class| teller.class(class)).collect();
                Fate::Inside(told?)
            }
            Self::Present => Fate::Present,
            Self::Absent => Fate::Absent,
        })
    }
}

impl<O> Holder<O> {
    /// The same place, told in another way.
    pub(super) fn told<C, T: Teller<O, C>>(&self, teller: &mut T) -> Option<Holder<T::Object>> {
        Some(match self {
            Self::Entry(dictionary, name) => {
                Holder::Entry(teller.object(dictionary)?, Rc::clone(name))
            }
            Self::Cell(function, at) => Holder::Cell(teller.object(function)?, *at),
            Self::Code(function) => Holder::Code(teller.object(function)?),
            Self::Globals(function) => Holder::Globals(teller.object(function)?),
            Self::Default(function, at) => Holder::Default(teller.object(function)?, *at),
            Self::KeywordDefault(function, name) => {
                Holder::KeywordDefault(teller.object(function)?, Rc::clone(name))
            }
            Self::Attribute(object, name) => {
                Holder::Attribute(teller.object(object)?, Rc::clone(name))
            }
            Self::Object(object) => Holder::Object(teller.object(object)?),
        })
    }
}

impl Holder {
    /// Whether what holds is of the kind that [`Self::find`] takes it for.
    pub(super) unsafe fn is_sound(&self) -> bool {
        // SAFETY: the caller lends live objects, or null.
        unsafe {
            let (object, function) = match self {
                Self::Entry(dictionary, _) => {
                    let dictionary = *dictionary as *mut ffi::PyObject;
                    return !dictionary.is_null() && ffi::PyDict_Check(dictionary) != 0;
                }
                Self::Attribute(object, _) | Self::Object(object) => (object, false),
                Self::Cell(function, _)
                | Self::Code(function)
                | Self::Globals(function)
                | Self::Default(function, _)
                | Self::KeywordDefault(function, _) => (function, true),
            };
            let object = *object as *mut ffi::PyObject;
            !object.is_null()
                && (!function || ffi::Py_TYPE(object) == &raw mut ffi::PyFunction_Type)
        }
    }

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
