//! Special cases: what can be said of Python's own callables without any rule, by what they are and are called.

use std::rc::Rc;

use clew_effects::Effects;
use clew_heap::callable_name::{is_builtins, name_of};
use clew_heap::callee::{Callee, Shape};
use clew_heap::session_code::session_code;
use clew_heap::{Class, Lent, kind};

use super::plan::{Namespace, Plan, Repeats};

/// Functions whose globals are the program's but that no text of the session holds: what
/// dataclasses generate only touches the instance; what `exec` made may do anything.
pub(super) fn made_of_text(callee: &Callee<'_>) -> Plan {
    let name = name_of(callee.function);
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
        repeats: Repeats::Never,
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

/// What can be said of a few things without any rule, by what they are: the constructors of
/// built-in types, and methods of atoms.
pub(super) fn built_in(callee: &Callee<'_>) -> Option<Effects> {
    if callee.shape == Shape::Class {
        let class = callee.function.as_class()?;
        return (!class.is_heap_type() || class.is_exception()).then(Effects::pure);
    }
    if callee.is_init_of_object() || makes_manager(callee.function) {
        return Some(Effects::pure());
    }
    let receiver = callee.receiver.filter(|_| callee.shape != Shape::Other)?;
    (!kind::is_mutable(receiver) && !receiver.class().is_heap_type()).then(Effects::pure)
}

/// Whether a function is what `contextlib.contextmanager` makes of a generator of the program's: it makes a context manager, and
/// the generator's own code says what entering that does.
fn makes_manager(function: Lent<'_>) -> bool {
    let is_of_contextlib = function
        .function_globals()
        .and_then(|globals| globals.item("__name__"))
        .is_some_and(|name| name.as_str() == Some("contextlib"));
    let wrapped = is_of_contextlib.then(|| function.own_attribute("__wrapped__")).flatten();
    let code = wrapped.and_then(Lent::function_code);
    code.is_some_and(|code| session_code().contains(&code.address()))
}

/// What a rule about methods says of one that is called on the class: what happens to the receiver
/// happens to instances.
pub(super) fn of_class_method(effects: Effects) -> Effects {
    effects.without_receiver()
}

/// Whether a class makes iterators that take nothing from what they are given until they are
/// iterated over themselves, as `map` does.
pub(super) fn makes_lazily(class: Class<'_>) -> bool {
    if class.is_heap_type() || !class.makes_iterators() {
        return false;
    }
    let (module, name) = class.name();
    // These read all that there is when they are made.
    let reads = matches!(
        name.as_str(),
        "product" | "permutations" | "combinations" | "combinations_with_replacement"
    );
    matches!(module.as_str(), "builtins" | "itertools") && !reads
}

/// What a built-in function does with the namespace of whoever calls it.
pub(super) fn namespace_use(callee: &Callee<'_>, name: &str) -> Namespace {
    if callee.shape != Shape::Builtin || !is_builtins(callee.function) {
        return Namespace::Untouched;
    }
    match name {
        "globals" | "locals" | "vars" | "dir" => Namespace::Given,
        "exec" | "eval" => Namespace::Evaluated,
        _ => Namespace::Untouched,
    }
}
