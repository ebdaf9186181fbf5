//! Identity: what tells a call from the one before it, as far as what it changes is concerned.
#![allow(unsafe_code, reason = "reads methods and classes through CPython's C API")]

use pyo3::ffi;

use crate::Address;
use crate::arguments::CallArguments;
use crate::callable_name::name_of;
use crate::callee::Callee;
use crate::instance::made_dictionary;
use crate::kind;
use crate::lent::{Class, Lent};
use crate::library::standard::{is_in_memory, streams_below};
use crate::method::definition_of_method;
use crate::native::{PyMethod_Type, bound_parts, c_function_parts};
use crate::numpy::{is_array, is_generator, memory_holders};

/// The function of a callable, and what it is bound to or 0. `None` where another one may soon be at the same address,
/// and for what goes through its receiver.
#[inline]
pub fn identity_of(callable: Lent<'_>) -> Option<(Address, Address)> {
    let (function, receiver) = if callable.is_c_function() {
        c_function_parts(callable)
    } else if callable.is_exactly(&raw mut PyMethod_Type) {
        let (function, receiver) = bound_parts(callable)?;
        (function.address(), Some(receiver))
    } else if callable.function_code().is_some()
        || callable.is_method_of_c_type()
        || callable.as_class().is_some()
    {
        (callable.address(), None)
    } else {
        return None;
    };
    if receiver.is_some_and(goes_on) {
        return None;
    }
    Some((function, receiver.map_or(0, Lent::address)))
}

/// The same of a method that is not bound yet, and the object that it is found for.
#[inline]
pub fn identity_of_method(function: Lent<'_>, object: Lent<'_>) -> Option<(Address, Address)> {
    (!goes_on(object)).then(|| (definition_of_method(function), object.address()))
}

/// Whether it gives one thing after the other, so that the next is another one each time; files are states of their own.
fn goes_on(value: Lent<'_>) -> bool {
    // SAFETY: the object is alive, and its class alone is looked at.
    (unsafe { ffi::PyIter_Check(value.as_ptr()) }) != 0 && !is_of_io(value)
}

/// Whether it is an open file, or what stands for one, of Python's own.
fn is_of_io(value: Lent<'_>) -> bool {
    value.class().c_name().to_bytes().starts_with(b"_io.")
}

/// Whether it is such a file, and what is written to it goes on to no stream in memory: in the next turn another one may be where
/// it was, above another stream.
fn keeps_what_is_written(value: Lent<'_>) -> bool {
    let goes_on = |below: Lent<'_>| !is_of_io(below) || is_in_memory(below);
    is_of_io(value) && !streams_below(value).into_iter().any(goes_on)
}

/// Whether what is set in instances of a class, which is that of a container, is kept in these.
fn keeps_own_items(class: Class<'_>) -> bool {
    let setter = |class: *const ffi::PyTypeObject| {
        // SAFETY: the class is alive, or a constant of the interpreter, and its slots live as long as it does.
        unsafe { (*class).tp_as_mapping.as_ref() }
            .and_then(|slots| slots.mp_ass_subscript)
            .map(|setter| setter as usize)
    };
    let flags = class.fields().tp_flags;
    let base = if flags & ffi::Py_TPFLAGS_DICT_SUBCLASS != 0 {
        &raw const ffi::PyDict_Type
    } else if flags & ffi::Py_TPFLAGS_LIST_SUBCLASS != 0 {
        &raw const ffi::PyList_Type
    } else {
        let name = class.c_name().to_bytes();
        return matches!(name, b"collections.deque" | b"bytearray" | b"array.array");
    };
    let name = class.c_name().to_bytes();
    setter(class.as_ptr()) == setter(base)
        || name == b"collections.OrderedDict"
        || name == b"Counter" && class.name().0 == "collections"
}

/// Whether a change of a value is a change of nothing but that: it is no window to another's memory, and no stand-in for
/// what is elsewhere. Of those a new one may be where another was, in the same statement.
#[inline]
pub fn is_self_contained(value: Lent<'_>) -> bool {
    value.is_builtin_container()
        || keeps_own_items(value.class())
        || keeps_what_is_written(value)
        || is_generator(value)
        || is_of_random(value.class())
}

/// What a change of a value changes: the object, with those whose memory it is a window to. `None` for what may stand for
/// something else: in the next turn another one may be where it was.
#[inline]
pub fn place_of_change(value: Lent<'_>) -> Option<Address> {
    if is_array(value) {
        return Some(memory_holders(value).fold(0, mixed));
    }
    is_self_contained(value).then(|| value.address())
}

/// What a change of an instance of a class of the program changes: the instance, and the dictionary that somebody else has
/// of its attributes.
#[inline]
pub fn place_of_instance(value: Lent<'_>) -> Address {
    shared_attributes(value).into_iter().fold(value.address(), mixed)
}

/// The dictionary of an instance's attributes, where somebody else has it too.
#[inline]
pub fn shared_attributes(value: Lent<'_>) -> Option<Lent<'_>> {
    made_dictionary(value).filter(|attributes| !attributes.is_held_once())
}

/// What calls of a function that binds variables around it change: the function with the cells of those, and of the one that
/// `lru_cache` wraps. In the next turn another one may be where it was, with other cells.
pub fn place_of_calls(callee: &Callee<'_>) -> Address {
    let functions = std::iter::once(callee.function).chain(callee.cached());
    let cells = functions.filter_map(Lent::closure).flat_map(Lent::items);
    cells.fold(callee.function.address(), mixed)
}

#[inline]
fn mixed(place: Address, part: Lent<'_>) -> Address {
    place.rotate_left(17) ^ part.address()
}

/// Whether what a call does to what it is bound to and given is told by which objects these are.
pub fn tells_all(callable: Lent<'_>, call: &CallArguments) -> bool {
    let receiver = if callable.is_c_function() {
        c_function_parts(callable).1
    } else if callable.is_exactly(&raw mut PyMethod_Type) {
        bound_parts(callable).map(|(_, receiver)| receiver)
    } else {
        None
    };
    let is_told = |value: Lent<'_>| {
        is_number_or_text(value)
            || value.is_exactly(&raw mut ffi::PyTuple_Type)
            || value.is_module()
            || is_self_contained(value)
    };
    receiver.into_iter().chain(call.lent()).all(is_told)
}

/// What of a value matters to a call that it is given to: its class, where it can neither change nor be called, else
/// which object it is. `None` for what is called or gone through: what that does is not seen from outside.
pub fn identity_of_value(value: Lent<'_>) -> Option<Address> {
    let class = value.class();
    if is_number_or_text(value) {
        return Some(class.address());
    }
    if goes_on(value) || value.is_callable() {
        return None;
    }
    if value.is_exactly(&raw mut ffi::PyTuple_Type) {
        const MOST: usize = 8;
        let plain = value.items().len() <= MOST && value.items().all(is_number_or_text);
        return plain.then(|| class.address());
    }
    Some(value.address())
}

/// A number that stands for a text, a truth value, `None` or a small number, which rules may ask about; the same for equal
/// ones.
pub fn number_of_value(value: Lent<'_>) -> Option<u64> {
    const SMALL: i64 = 256;
    if value.is_exactly(&raw mut ffi::PyUnicode_Type)
        || value.is_exactly(&raw mut ffi::PyBytes_Type)
    {
        // SAFETY: the hash of a text is computed by C code.
        return Some(unsafe { ffi::PyObject_Hash(value.as_ptr()) } as u64);
    }
    if value.is_none() || value.is_exactly(&raw mut ffi::PyBool_Type) {
        return Some(value.address() as u64);
    }
    value.integer().filter(|number| number.abs() <= SMALL).map(|number| number as u64)
}

/// Whether it is a number or a text of a class of CPython's own, or `None`.
#[inline]
pub fn is_number_or_text(value: Lent<'_>) -> bool {
    kind::is_plain_atom(value)
        || value.is_none()
        || value.is_exactly(&raw mut ffi::PyBytes_Type)
        || value.is_exactly(&raw mut ffi::PyComplex_Type)
}

/// Whether a callable can be given nothing but numbers, texts and buffers, or sequences that are looked at, and changes none
/// of them: functions of C without arguments, what writes to a file, and what draws from a generator.
pub fn takes_only_values(callable: Lent<'_>) -> bool {
    let draws = |function, receiver| is_random(receiver) && draws_from(&name_of(function));
    if callable.is_exactly(&raw mut PyMethod_Type) {
        let parts = bound_parts(callable);
        return parts.is_some_and(|(function, receiver)| draws(function, receiver));
    }
    if !callable.is_c_function() {
        return false;
    }
    // SAFETY: the type was checked, and a function of C keeps its definition.
    unsafe {
        let method = (*callable.as_ptr().cast::<ffi::PyCFunctionObject>()).m_ml;
        if (*method).ml_flags & ffi::METH_NOARGS != 0 {
            return true;
        }
    }
    let (_, receiver) = c_function_parts(callable);
    receiver.is_some_and(|receiver| {
        keeps_what_is_written(receiver) && name_of(callable) == "write" || draws(callable, receiver)
    })
}

/// Whether it is a generator of random numbers, the standard library's or NumPy's, and of no class of the program's.
fn is_random(value: Lent<'_>) -> bool {
    is_generator(value) || value.class().name().0 == "random" && is_of_random(value.class())
}

fn is_of_random(class: Class<'_>) -> bool {
    class.lineage().take(3).any(|base| base.c_name().to_bytes() == b"_random.Random")
}

/// Whether a method of such a generator draws numbers and leaves what it is given as it is: none that shuffles, goes through
/// weights or may write to an array.
fn draws_from(name: &str) -> bool {
    matches!(
        name,
        "beta"
            | "betavariate"
            | "binomial"
            | "choice"
            | "expovariate"
            | "exponential"
            | "gamma"
            | "gammavariate"
            | "gauss"
            | "geometric"
            | "getrandbits"
            | "gumbel"
            | "integers"
            | "laplace"
            | "logistic"
            | "lognormal"
            | "lognormvariate"
            | "normal"
            | "normalvariate"
            | "paretovariate"
            | "poisson"
            | "randint"
            | "randn"
            | "randrange"
            | "triangular"
            | "uniform"
            | "vonmisesvariate"
            | "weibull"
            | "weibullvariate"
    )
}

impl Lent<'_> {
    /// What an instance holds under a name, where that is got from no property or descriptor that could run code of the
    /// program's; no dictionary is made for it.
    pub fn number_or_text_held(self, name: Lent<'_>) -> bool {
        unsafe extern "C" {
            // Part of CPython's C API, and borrowed from the class.
            fn _PyType_Lookup(
                class: *mut ffi::PyTypeObject,
                name: *mut ffi::PyObject,
            ) -> *mut ffi::PyObject;
        }
        let class = self.class();
        let ordinary = ffi::PyObject_GenericGetAttr as *const () as usize;
        if class.fields().tp_getattro.is_none_or(|get| get as *const () as usize != ordinary) {
            return false;
        }
        // SAFETY: the class has the ordinary look-up and, by this name, nothing or a slot of C: none of the program's
        // code runs. The reference is released when the value has been looked at.
        unsafe {
            let of_class = _PyType_Lookup(class.as_ptr(), name.as_ptr());
            if !of_class.is_null() && ffi::Py_TYPE(of_class) != &raw mut ffi::PyMemberDescr_Type {
                return false;
            }
            let held = ffi::PyObject_GenericGetAttr(self.as_ptr(), name.as_ptr());
            if held.is_null() {
                ffi::PyErr_Clear();
                return false;
            }
            let plain = self.lend(held).is_some_and(is_number_or_text);
            // The instance holds it too.
            ffi::Py_DECREF(held);
            plain
        }
    }
}
