//! Kind: how an object of a class can change and be looked into.

use std::cell::RefCell;

use pyo3::ffi;

use crate::address::{AddressMap, AddressSet};
use crate::lent::{Class, Lent};
use crate::numpy::{is_array_class, window_class};

/// How a walk treats objects of a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WalkKind {
    /// Never changes and holds nothing that does.
    Atom,
    /// Ask the class for what the object holds.
    Container,
    /// The same of what never changes itself: functions written in C, and methods that are bound to an object.
    Fixed,
    /// A function: closure, defaults and attributes, but not the globals that it shares.
    Function,
    /// A class: looked into where the session made it.
    Class,
    /// A NumPy array.
    Array,
    /// Another object of NumPy's by which an array's memory is written; see `arrays_behind`.
    ArrayWindow,
    /// A weak reference or proxy.
    Weak,
    /// Not looked into, but can change: modules, objects of classes without `tp_traverse`.
    Opaque,
}

thread_local! {
    static KINDS: RefCell<AddressMap<WalkKind>> = RefCell::new(AddressMap::default());
    static IMMUTABLE: RefCell<AddressSet> = RefCell::new(AddressSet::default());
}

/// Takes instances of a class for something that never changes, as the annotations say.
pub fn add_immutable(class: Class<'_>) {
    IMMUTABLE.with_borrow_mut(|known| known.insert(class.address()));
    KINDS.with_borrow_mut(|known| known.remove(&class.address()));
}

impl WalkKind {
    /// The kind of an object.
    pub(crate) fn of(object: Lent<'_>) -> Self {
        let class = object.class();
        if let Some(kind) = KINDS.with_borrow(|known| known.get(&class.address()).copied()) {
            return kind;
        }
        let kind = Self::of_instances(class);
        // A class that the program made may die and its address be used again.
        if !class.is_heap_type() {
            KINDS.with_borrow_mut(|known| known.insert(class.address(), kind));
        }
        kind
    }

    fn of_instances(class: Class<'_>) -> Self {
        if is_constant_class(class)
            || IMMUTABLE.with_borrow(|known| known.contains(&class.address()))
        {
            Self::Atom
        } else if class.is_subclass_of(&raw mut ffi::PyModule_Type) {
            Self::Opaque
        } else if class.is(&raw mut ffi::PyFunction_Type) {
            Self::Function
        } else if class.is_subclass_of(&raw mut ffi::PyType_Type) {
            Self::Class
        } else if is_array_class(class) {
            Self::Array
        } else if window_class(class).is_some() {
            Self::ArrayWindow
        } else if class.is_weak_proxy() || class.is_weak_reference() {
            Self::Weak
        } else if class.fields().tp_flags & ffi::Py_TPFLAGS_HAVE_GC != 0
            && class.fields().tp_traverse.is_some()
        {
            if is_function_of_c(class) { Self::Fixed } else { Self::Container }
        } else if !class.is_heap_type() && (class.is_numeric() || is_function_of_c(class)) {
            // Numbers of libraries (NumPy's scalars, decimals) hold nothing and never change, and functions of C
            // hold no more.
            Self::Atom
        } else {
            Self::Opaque
        }
    }
}

/// Whether instances of a class are functions that are written in C, or methods bound to an object: many share them,
/// and a call of one changes what it is given.
fn is_function_of_c(class: Class<'_>) -> bool {
    if class.is_heap_type() {
        return false;
    }
    let name = class.c_name().to_bytes();
    matches!(
        name,
        b"builtin_function_or_method"
            | b"cython_function_or_method"
            | b"method"
            | b"method-wrapper"
            | b"method_descriptor"
            | b"numpy._ArrayFunctionDispatcher"
            | b"numpy.ufunc"
            | b"wrapper_descriptor"
    ) || name.ends_with(b".cython_function_or_method")
}

/// Whether instances of one of CPython's own classes never change.
fn is_constant_class(class: Class<'_>) -> bool {
    [
        &raw mut ffi::PyLong_Type,
        &raw mut ffi::PyBool_Type,
        &raw mut ffi::PyFloat_Type,
        &raw mut ffi::PyComplex_Type,
        &raw mut ffi::PyUnicode_Type,
        &raw mut ffi::PyBytes_Type,
        &raw mut ffi::PyRange_Type,
        &raw mut ffi::PySlice_Type,
        &raw mut ffi::PyCode_Type,
    ]
    .contains(&class.as_ptr())
        || class.is_of_singleton()
        || is_of_time(class)
}

/// Whether a class is one of `datetime`'s, as it is written in C.
fn is_of_time(class: Class<'_>) -> bool {
    const NAMES: [&str; 5] = ["date", "time", "datetime", "timedelta", "timezone"];
    if class.is_heap_type() {
        return false;
    }
    let (module, name) = class.name();
    module == "datetime" && NAMES.contains(&name.as_str())
}

/// Whether what instances of a class written in C are made of never changes; those of classes derived from it
/// may have attributes beside that.
pub fn has_constant_instances(class: Class<'_>) -> bool {
    is_constant_class(class)
        || class.is_named("decimal", "Decimal")
        || IMMUTABLE.with_borrow(|known| known.contains(&class.address()))
}

/// Whether a change of the object could be seen by anybody.
#[inline]
pub fn is_mutable(object: Lent<'_>) -> bool {
    WalkKind::of(object) != WalkKind::Atom
}

/// Whether what an object holds cannot be asked for.
#[inline]
pub fn is_opaque(object: Lent<'_>) -> bool {
    WalkKind::of(object) == WalkKind::Opaque
}

/// Whether an object is one by which the memory of arrays is read and written.
#[inline]
pub fn is_window(object: Lent<'_>) -> bool {
    WalkKind::of(object) == WalkKind::ArrayWindow
}

/// Whether a change in place (`+=`) can happen to the object: neither an atom, nor a tuple or
/// frozen set, nor a function, class or module.
pub fn changes_in_place(object: Lent<'_>) -> bool {
    match WalkKind::of(object) {
        WalkKind::Atom | WalkKind::Fixed | WalkKind::Function | WalkKind::Class => false,
        WalkKind::Opaque | WalkKind::Array | WalkKind::ArrayWindow | WalkKind::Weak => true,
        WalkKind::Container => {
            !object.is_exactly(&raw mut ffi::PyTuple_Type)
                && !object.is_exactly(&raw mut ffi::PyFrozenSet_Type)
        }
    }
}

/// The commonest leaves, recognised without a look-up.
#[inline]
pub(crate) fn is_plain_atom(object: Lent<'_>) -> bool {
    let class = object.class();
    class.is(&raw mut ffi::PyUnicode_Type)
        || class.is(&raw mut ffi::PyLong_Type)
        || class.is(&raw mut ffi::PyFloat_Type)
        || class.is(&raw mut ffi::PyBool_Type)
}
