//! Method: what `object.name(…)` calls, found as CPython finds it, without making a bound method and without running
//! any of the program's code (`_PyObject_GetMethod` in CPython's `object.c`).
#![allow(unsafe_code, reason = "looks methods up by CPython's C API")]

use std::cell::Cell;

use pyo3::ffi;

use crate::address::Address;
use crate::callee::{Key, class_key};
use crate::instance::{Attributes, SharedNames, attributes};
use crate::lent::{Class, Lent};
use crate::native::c_definition;

unsafe extern "C" {
    // Part of CPython's C API, and borrowed from the class.
    fn _PyType_Lookup(
        class: *mut ffi::PyTypeObject,
        name: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject;
}

/// What a method call finds under its name.
pub enum LookedUp<'a> {
    /// A function, or a method of C, of the object's class.
    Method(Lent<'a>),
    /// A variable of the object, which is a module.
    Variable(Lent<'a>),
    /// What the object, which is a class, gives for a function of its own; nobody's code runs when it is asked for it.
    OfClass,
    /// Only asking for it tells, and that may run any code.
    Unknown,
}

/// What was found last for a class of object, and how long that holds: versions of classes are never given twice, and
/// the names that instances share are only ever added to.
#[derive(Default)]
pub struct MethodCache {
    class: Cell<Key>,
    function: Cell<Address>,
    names: Cell<SharedNames>,
}

impl MethodCache {
    /// What a call of an object's method finds.
    #[inline]
    pub fn find<'a>(&self, object: Lent<'a>, name: Lent<'a>) -> LookedUp<'a> {
        let class = object.class();
        let key = class_key(class, 9);
        if key.0 == 0 || self.class.get() != key {
            return self.look_up(object, name);
        }
        let is_own = match attributes(object) {
            Attributes::None => false,
            Attributes::Inline => {
                let names = SharedNames::of(class);
                if names != self.names.get() && names.contain(name) {
                    true
                } else {
                    self.names.set(names);
                    false
                }
            }
            Attributes::Dictionary(dictionary) => holds(dictionary, name),
            Attributes::Elsewhere => true,
        };
        if is_own {
            return LookedUp::Unknown;
        }
        // SAFETY: the class is the one in which it was found, as it was then, and holds it.
        unsafe { object.lend(self.function.get() as *mut _) }
            .map_or(LookedUp::Unknown, LookedUp::Method)
    }

    #[inline(never)]
    fn look_up<'a>(&self, object: Lent<'a>, name: Lent<'a>) -> LookedUp<'a> {
        let class = object.class();
        if object.is_exactly(&raw mut ffi::PyModule_Type) {
            return variable(object, name).map_or(LookedUp::Unknown, LookedUp::Variable);
        }
        if let Some(class) = object.as_class() {
            return if is_given_plainly(class, name) {
                LookedUp::OfClass
            } else {
                LookedUp::Unknown
            };
        }
        let ordinary = ffi::PyObject_GenericGetAttr as *const () as usize;
        if class.fields().tp_getattro.is_none_or(|get| get as *const () as usize != ordinary) {
            return LookedUp::Unknown;
        }
        let Some(function) = of_class(class, name) else { return LookedUp::Unknown };
        let is_method = function.is_function()
            || is_method_of_c(function)
            || function.class().is_cython_function();
        if !is_method {
            return LookedUp::Unknown;
        }
        // Looking it up may have given the class its version.
        let (key, names) = (class_key(class, 9), SharedNames::of(class));
        if names.contain(name) {
            return LookedUp::Unknown;
        }
        let is_own = match attributes(object) {
            Attributes::None | Attributes::Inline => false,
            Attributes::Dictionary(dictionary) => holds(dictionary, name),
            Attributes::Elsewhere => true,
        };
        if is_own {
            return LookedUp::Unknown;
        }
        self.class.set(key);
        self.function.set(function.address());
        self.names.set(names);
        LookedUp::Method(function)
    }
}

/// What identifies a method, bound to an object, as a [callee](crate::callee::Callee).
#[inline]
pub fn key_of_method(function: Lent<'_>, object: Lent<'_>) -> Key {
    let definition = match function.function_code() {
        Some(code) => code.address(),
        None if is_method_of_c(function) => c_definition(function),
        None => return (0, 0),
    };
    (definition, object.class().address())
}

/// The function of a method, or where the definition of one of C stands.
#[inline]
pub(crate) fn definition_of_method(function: Lent<'_>) -> Address {
    if is_method_of_c(function) { c_definition(function) } else { function.address() }
}

#[inline]
fn is_method_of_c(function: Lent<'_>) -> bool {
    function.is_exactly(&raw mut ffi::PyMethodDescr_Type)
}

fn holds(dictionary: Lent<'_>, name: Lent<'_>) -> bool {
    // SAFETY: both are alive. Attributes have texts for names, so that none of the program's code compares them.
    unsafe { !ffi::PyDict_GetItemWithError(dictionary.as_ptr(), name.as_ptr()).is_null() }
}

/// A variable of a module under a name that modules have no attribute of their own for.
fn variable<'a>(module: Lent<'a>, name: Lent<'a>) -> Option<Lent<'a>> {
    if of_class(module.class(), name).is_some() {
        return None;
    }
    // SAFETY: the module is alive and holds its variables.
    unsafe {
        let variables = ffi::PyModule_GetDict(module.as_ptr());
        module.lend(ffi::PyDict_GetItemWithError(variables, name.as_ptr()))
    }
}

/// Whether what a class gives under a name is made of a function of its own by code of CPython's alone.
fn is_given_plainly(class: Class<'_>, name: Lent<'_>) -> bool {
    let kind = class.object().class();
    let classes = &raw const ffi::PyType_Type;
    // SAFETY: the class of classes is a constant of the interpreter.
    let ordinary = unsafe { (*classes).tp_getattro };
    let address = |get: Option<ffi::getattrofunc>| get.map(|get| get as *const ());
    if address(kind.fields().tp_getattro) != address(ordinary) || of_class(kind, name).is_some() {
        return false;
    }
    of_class(class, name).is_some_and(|found| {
        found.is_function()
            || found.is_exactly(&raw mut ffi::PyStaticMethod_Type)
            || is_method_of_c(found)
            || found.is_exactly(&raw mut ffi::PyClassMethodDescr_Type)
            || found.is_exactly(&raw mut ffi::PyCFunction_Type)
    })
}

fn of_class<'a>(class: Class<'a>, name: Lent<'a>) -> Option<Lent<'a>> {
    // SAFETY: the class is alive, and it or a base holds what is found.
    unsafe { class.object().lend(_PyType_Lookup(class.as_ptr(), name.as_ptr())) }
}
