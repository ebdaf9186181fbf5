//! Truth: how tests and comparisons come out, as far as that is known.
#![allow(unsafe_code, reason = "looks at live values and callables through CPython's C API")]

use clew_syntax::summary::Constant;
use pyo3::ffi;

use super::engine::{Engine, OUTSIDE, is_definition};
use super::fact::Fate;
use super::value::{Id, Set, Thing};

impl Engine<'_, '_> {
    /// How a test comes out, if that is known.
    pub(super) unsafe fn truth(&mut self, of: &Set) -> Option<bool> {
        let mut truth = None;
        // SAFETY: handed on from the caller.
        unsafe { self.protocol((OUTSIDE, 1), of, &["__bool__", "__len__"], &[]) };
        for id in of.iter() {
            // SAFETY: handed on from the caller.
            let one = unsafe { self.truth_of(id) }?;
            if truth.is_some_and(|truth| truth != one) {
                return None;
            }
            truth = Some(one);
        }
        truth
    }

    pub(super) unsafe fn truth_of(&mut self, id: Id) -> Option<bool> {
        // SAFETY: things refer to live objects.
        unsafe {
            match self.heap.thing(id).clone() {
                Thing::Constant(value) => truth_of_constant(&value),
                Thing::Bound { .. } => Some(true),
                Thing::Shared(address) => {
                    is_definition(address as *mut ffi::PyObject).then_some(true)
                }
                Thing::Passed { live, .. } => {
                    if let Some(value) = self.scalar(id) {
                        return truth_of_constant(&value);
                    }
                    let class = self.class(id)?;
                    let definition = is_definition(live as *mut ffi::PyObject);
                    (definition || is_always_true(class)).then_some(true)
                }
                Thing::Made { class: Some(class), .. } => {
                    is_always_true(class as *mut ffi::PyTypeObject).then_some(true)
                }
                _ => None,
            }
        }
    }

    /// A number, text, truth value or `None` that is passed or spelled.
    pub(super) unsafe fn scalar(&mut self, id: Id) -> Option<Constant> {
        match self.heap.thing(id).clone() {
            Thing::Constant(Constant::Other) => None,
            Thing::Constant(value) => Some(value),
            Thing::Passed { root, path, live } => {
                // SAFETY: things refer to live objects.
                let value = unsafe { constant_of(live as *mut ffi::PyObject) }?;
                match value {
                    Constant::None | Constant::Bool(_) => {
                        self.note(root, &path, Fate::Is(live));
                    }
                    _ if self.coarse => return None,
                    _ => self.note(root, &path, Fate::Equals(value.clone())),
                }
                Some(value)
            }
            _ => None,
        }
    }

    /// Whether a thing is `None`, if that is known.
    pub(super) unsafe fn is_none(&mut self, id: Id) -> Option<bool> {
        // SAFETY: handed on from the caller.
        unsafe {
            match self.heap.thing(id) {
                Thing::Constant(Constant::None) => Some(true),
                Thing::Constant(Constant::Other)
                | Thing::Made { class: None, .. }
                | Thing::Within(_)
                | Thing::WithinShared(_)
                | Thing::Mixed { .. }
                | Thing::Anything => None,
                Thing::Passed { .. } => Some(self.class(id)? == ffi::Py_TYPE(ffi::Py_None())),
                _ => Some(false),
            }
        }
    }

    pub(super) unsafe fn same(&mut self, left: &Set, right: &Set) -> Option<bool> {
        let mut same = None;
        for one in left.iter() {
            for other in right.iter() {
                // SAFETY: handed on from the caller.
                let outcome = unsafe { self.same_one(one, other) }?;
                if same.is_some_and(|same| same != outcome) {
                    return None;
                }
                same = Some(outcome);
            }
        }
        same
    }

    pub(super) unsafe fn same_one(&mut self, one: Id, other: Id) -> Option<bool> {
        // SAFETY: handed on from the caller.
        unsafe {
            for (this, that) in [(one, other), (other, one)] {
                match self.heap.thing(that).clone() {
                    Thing::Constant(Constant::None) => return self.is_none(this),
                    Thing::Constant(Constant::Bool(value)) => {
                        return match self.scalar(this) {
                            Some(known) => Some(known == Constant::Bool(value)),
                            None => self.is_none(this).filter(|none| *none).map(|_| false),
                        };
                    }
                    _ => {}
                }
            }
            match (self.heap.thing(one).clone(), self.heap.thing(other).clone()) {
                (Thing::Shared(one), Thing::Shared(other)) => Some(one == other),
                (Thing::Passed { root, path, live }, Thing::Shared(shared))
                | (Thing::Shared(shared), Thing::Passed { root, path, live }) => {
                    let fate = if live == shared { Fate::Is(shared) } else { Fate::IsNot(shared) };
                    self.note(root, &path, fate);
                    Some(live == shared)
                }
                (Thing::Made { .. }, Thing::Shared(_)) | (Thing::Shared(_), Thing::Made { .. }) => {
                    None
                }
                _ => None,
            }
        }
    }

    pub(super) unsafe fn equal(&mut self, left: &Set, right: &Set) -> Option<bool> {
        let mut equal = None;
        for one in left.iter() {
            for other in right.iter() {
                // SAFETY: handed on from the caller.
                let (one, other) = unsafe { (self.scalar(one)?, self.scalar(other)?) };
                let outcome = match (&one, &other) {
                    (Constant::Bool(flag), Constant::Int(number))
                    | (Constant::Int(number), Constant::Bool(flag)) => i64::from(*flag) == *number,
                    _ => one == other,
                };
                if equal.is_some_and(|equal| equal != outcome) {
                    return None;
                }
                equal = Some(outcome);
            }
        }
        equal
    }
}

pub(super) fn truth_of_constant(value: &Constant) -> Option<bool> {
    match value {
        Constant::None => Some(false),
        Constant::Bool(value) => Some(*value),
        Constant::Int(number) => Some(*number != 0),
        Constant::Str(text) => Some(!text.is_empty()),
        Constant::Other => None,
    }
}

/// Whether instances of a class are true whatever they hold: it defines neither `__bool__` nor
/// `__len__`.
pub(super) unsafe fn is_always_true(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the caller lends a live class.
    unsafe {
        let number = (*class).tp_as_number;
        let mapping = (*class).tp_as_mapping;
        let sequence = (*class).tp_as_sequence;
        (number.is_null() || (*number).nb_bool.is_none())
            && (mapping.is_null() || (*mapping).mp_length.is_none())
            && (sequence.is_null() || (*sequence).sq_length.is_none())
    }
}

/// A value that the text of a program could spell.
pub(crate) unsafe fn constant_of(object: *mut ffi::PyObject) -> Option<Constant> {
    // SAFETY: handed on from the caller.
    unsafe { clew_heap::raw::constant::constant_of(object) }.map(|constant| match constant {
        clew_heap::raw::constant::Constant::None => Constant::None,
        clew_heap::raw::constant::Constant::Bool(value) => Constant::Bool(value),
        clew_heap::raw::constant::Constant::Int(value) => Constant::Int(value),
        clew_heap::raw::constant::Constant::Str(value) => Constant::Str(value),
    })
}

/// A value of a root as a constant.
pub(super) unsafe fn is_constant(object: *mut ffi::PyObject, value: &Constant) -> bool {
    // SAFETY: handed on from the caller.
    unsafe { constant_of(object) }.as_ref() == Some(value)
}
