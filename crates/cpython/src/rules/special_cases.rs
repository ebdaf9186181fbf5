//! Special cases: what can be said of callables without any rule, by what they are and are called.
#![allow(unsafe_code, reason = "looks at live callables through CPython's C API")]

use std::rc::Rc;

use clew_effects::{Change, Effects, ExternalState};
use clew_heap::raw::callee::{
    Callee, Shape, is_builtins, name_of, package_of, top_level, type_name,
};
use clew_syntax::Spelling;
use pyo3::ffi;

use super::plan::{Namespace, Plan};
use crate::reach;

/// Functions whose globals are the program's but that no text of the session holds: what
/// dataclasses generate only touches the instance; what `exec` made may do anything.
pub(super) unsafe fn made_of_text(callee: &Callee) -> Plan {
    // SAFETY: the callee's parts live as long as the callable that the caller lends.
    let name = unsafe { name_of(callee.function) };
    let generated = matches!(
        name.as_str(),
        "__init__"
            | "__repr__"
            | "__eq__"
            | "__lt__"
            | "__le__"
            | "__gt__"
            | "__ge__"
            | "__hash__"
            | "__setattr__"
            | "__delattr__"
            | "__replace__"
            | "__getstate__"
            | "__setstate__"
            | "__new__"
            | "__create_fn__"
    );
    if generated {
        return Plan::session();
    }
    Plan {
        name: name.into(),
        has_fixed_states: false,
        effects: Rc::new(Effects::assumed()),
        session: false,
        namespace: Namespace::Changed,
        footprint: Rc::default(),
        iterates: true,
        draws: false,
        spelling: None,
    }
}

/// How a function of a library finds variables of its caller's in a text that it is given: pandas and
/// numexpr in what they evaluate, statistical packages in formulas.
pub(super) unsafe fn spelling_of(
    function: *mut ffi::PyObject,
    name: &str,
    has_receiver: bool,
) -> Option<Spelling> {
    // SAFETY: handed on from the caller.
    match (unsafe { package_of(function) }?.as_str(), name) {
        ("pandas", "query" | "eval") if has_receiver => Some(Spelling::Marked),
        ("pandas", "eval") | ("numexpr", "evaluate") => Some(Spelling::Plain),
        ("formulaic" | "linearmodels" | "patsy" | "statsmodels", _) => Some(Spelling::Formula),
        _ => None,
    }
}

/// What can be said of a few things without any rule, by what they are: the constructors of
/// built-in types, and methods of atoms.
pub(super) unsafe fn built_in(callee: &Callee, function: *mut ffi::PyObject) -> Option<Effects> {
    // SAFETY: the caller lends live objects.
    unsafe {
        match callee.shape {
            Shape::Class => {
                let class = function.cast::<ffi::PyTypeObject>();
                let builtin = (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0;
                let exception = ffi::PyType_IsSubtype(class, ffi::PyExc_BaseException.cast()) != 0;
                (builtin || exception).then(Effects::pure)
            }
            _ if callee.shape != Shape::Other
                && !callee.receiver.is_null()
                && !reach::is_mutable(callee.receiver) =>
            {
                let kind = ffi::Py_TYPE(callee.receiver);
                ((*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0).then(Effects::pure)
            }
            _ => None,
        }
    }
}

/// What a rule about methods says of one that is called on the class: what happens to the receiver
/// happens to instances.
pub(super) fn of_class_method(effects: Effects) -> Effects {
    effects.without_receiver()
}

/// Whether a class makes iterators that take nothing from what they are given until they are
/// iterated over themselves, as `map` does.
pub(super) unsafe fn makes_lazily(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the caller checked for a type.
    unsafe {
        if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 || (*class).tp_iternext.is_none() {
            return false;
        }
        let (module, name) = type_name(class);
        // These read all that there is when they are made.
        let reads = matches!(
            name.as_str(),
            "product" | "permutations" | "combinations" | "combinations_with_replacement"
        );
        matches!(module.as_str(), "builtins" | "itertools") && !reads
    }
}

/// What a built-in function does with the namespace of whoever calls it.
pub(super) unsafe fn namespace_use(callee: &Callee, name: &str) -> Namespace {
    // SAFETY: the caller lends a live callable.
    if callee.shape != Shape::Builtin || !unsafe { is_builtins(callee.function) } {
        return Namespace::Untouched;
    }
    match name {
        "globals" | "locals" | "vars" | "dir" => Namespace::Given,
        "exec" | "eval" => Namespace::Evaluated,
        _ => Namespace::Untouched,
    }
}

/// Whether a call may draw from NumPy's hidden generator and is of another package: then it may as well
/// draw from a generator that it is given.
pub(super) unsafe fn draws_for_another(
    function: *mut ffi::PyObject,
    receiver: Option<*mut ffi::PyObject>,
    effects: &Effects,
) -> bool {
    let draws = |change: &Change| matches!(change, Change::Writes(resource) if resource.state == ExternalState::NumpyRandom);
    // SAFETY: the caller lends live objects.
    unsafe {
        effects.changes.iter().any(draws)
            && package_of(function).as_deref() != Some("numpy")
            && receiver
                .is_none_or(|receiver| top_level(&type_name(ffi::Py_TYPE(receiver)).0) != "numpy")
    }
}
