//! Setter: whose code runs when an attribute or item of an object is set, and so how far it may write.

use pyo3::ffi;

use crate::lent::{Class, Lent, Quiet};
use crate::library::pandas::is_index;
use crate::native::owner_of;
use crate::numpy::is_array;
use crate::session_code::is_session_function;

/// Whose code sets an attribute or item of an object.
#[derive(Clone, Copy)]
pub enum Setter<'a> {
    /// The interpreter's or a container's, by which what is stored stays with the object.
    Own,
    /// The program's, which tells of itself when it is entered.
    Session,
    /// A library's function: it is called with the object, the key of an item, and what is stored.
    Library(Lent<'a>),
    /// C code, or nobody knows: all that the object holds may be written to.
    Unknown,
}

impl<'a> Lent<'a> {
    /// Whose code sets an attribute of it, or an item where none is named.
    pub fn setter(self, attribute: Option<Lent<'_>>) -> Setter<'a> {
        if self.is_builtin_container() || is_index(self) {
            return Setter::Own;
        }
        let class = self.class();
        let quiet = self.quiet();
        let Some(name) = attribute else {
            if is_array(self) && !class.is_heap_type() {
                return Setter::Own;
            }
            // Where there is none, Python refuses the store.
            return class
                .lookup("__setitem__")
                .map_or(Setter::Own, |found| of_method(quiet, found));
        };
        match class.lookup("__setattr__").map(|found| of_method(quiet, found)) {
            Some(Setter::Own) | None => {}
            Some(other) => return other,
        }
        let found = name.as_str().and_then(|name| class.lookup(name));
        found.map_or(Setter::Own, |found| of_descriptor(quiet, found))
    }
}

/// Of a method that sets attributes or items.
fn of_method<'a>(quiet: Quiet<'_>, method: Lent<'a>) -> Setter<'a> {
    if method.is_function() {
        return of_function(method);
    }
    match owner_of(method).is_some_and(|owner| keeps_to_itself(quiet, owner)) {
        true => Setter::Own,
        false => Setter::Unknown,
    }
}

/// Of what a class holds under the name of an attribute.
fn of_descriptor<'a>(quiet: Quiet<'_>, found: Lent<'a>) -> Setter<'a> {
    let class = found.class();
    if class.fields().tp_descr_set.is_none() || found.is_exactly(&raw mut ffi::PyMemberDescr_Type) {
        return Setter::Own;
    }
    if class.is_subclass_of(&raw mut ffi::PyProperty_Type) {
        return match found.member(c"fset") {
            Some(set) if set.is_function() => of_function(set),
            // Python refuses the store.
            Some(set) if set.is_none() => Setter::Own,
            _ => Setter::Unknown,
        };
    }
    let owner = owner_of(found).unwrap_or(class);
    if keeps_to_itself(quiet, owner) {
        return Setter::Own;
    }
    match class.lookup("__set__") {
        Some(set) if is_session_function(set) => Setter::Session,
        _ => Setter::Unknown,
    }
}

fn of_function(function: Lent<'_>) -> Setter<'_> {
    match is_session_function(function) {
        true => Setter::Session,
        false => Setter::Library(function),
    }
}

/// Whether what C code of a class stores stays with the object: that of Python's own and of NumPy's, but
/// not that of `ctypes`, whose objects share memory.
fn keeps_to_itself(quiet: Quiet<'_>, class: Class<'_>) -> bool {
    if class.is(&raw mut ffi::PyBaseObject_Type) {
        return true;
    }
    let module = class.name().0;
    let top = module.split('.').next().unwrap_or_default();
    top == "numpy" || (top != "_ctypes" && quiet.is_of_language(top))
}
