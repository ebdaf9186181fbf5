//! Callee: a callable taken apart, and what identifies it from one call to the next.
use pyo3::ffi;

use crate::address::Address;
use crate::arguments::CallArguments;
use crate::callable_name::name_of;
use crate::lent::{Class, Lent};
use crate::lru_cache::{cached_function, is_lru_cache};
use crate::native::{PyMethod_Type, bound_parts, c_function_parts, owner_of, wrapped_descriptor};

/// What identifies a callee from one call to the next without keeping it alive: `(0, 0)` where
/// nothing does. The second half says what the first one is: 0 for code or a C function that is not
/// bound, 1 for a descriptor, 6 for one that is bound, 7 for the code of a function that `lru_cache` wraps, 2 for a static
/// class; else the class that it is bound to or its version.
pub type Key = (usize, usize);

/// A callable taken apart.
#[derive(Clone, Copy)]
pub struct Callee<'a> {
    /// What identifies it.
    pub key: Key,
    /// What it is bound to, if anything.
    pub receiver: Option<Lent<'a>>,
    /// The function inside; the callable itself where it is not bound.
    pub function: Lent<'a>,
    /// The callable itself.
    pub callable: Lent<'a>,
    /// What kind of callable it is.
    pub shape: Shape,
}

/// What kind of callable it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A function written in Python.
    Function,
    /// A function or bound method written in C.
    Builtin,
    /// A method of a C type, not bound.
    Descriptor,
    /// A class.
    Class,
    /// Something else with a `__call__`.
    Other,
}

/// What a key says of functions that `lru_cache` wraps.
const CACHED: usize = 7;

/// The code of the function whose calls a wrapper of `lru_cache` spares.
fn cached_code(callable: Lent<'_>) -> Option<Address> {
    let function = is_lru_cache(callable.class()).then(|| cached_function(callable)).flatten();
    function?.function_code().map(Lent::address)
}

impl<'a> Callee<'a> {
    /// Takes a callable apart.
    pub fn of(callable: Lent<'a>) -> Self {
        let class = callable.class();
        let plain =
            |key, shape| Callee { key, receiver: None, function: callable, callable, shape };
        if let Some(code) = callable.function_code() {
            return plain((code.address(), 0), Shape::Function);
        }
        if class.is(&raw mut PyMethod_Type)
            && let Some((function, receiver)) = bound_parts(callable)
        {
            let inner = Self::of(function);
            let key = match inner.key {
                (0, _) => (0, 0),
                (first, _) => (first, receiver.class().address()),
            };
            let shape = match inner.shape {
                // A method of a class of Cython's is one of C.
                Shape::Other if function.class().is_cython_function() => Shape::Builtin,
                shape => shape,
            };
            return Callee {
                key,
                receiver: Some(receiver),
                function: inner.function,
                callable,
                shape,
            };
        }
        if callable.is_c_function() {
            let (method, bound_to) = c_function_parts(callable);
            let receiver = bound_to.filter(|receiver| !receiver.is_module());
            let bound = receiver.map_or(0, |receiver| receiver.class().address());
            return Callee { receiver, ..plain((method, bound), Shape::Builtin) };
        }
        if callable.is_method_of_c_type() {
            return plain((callable.address(), 1), Shape::Descriptor);
        }
        if let Some(made) = callable.as_class() {
            let key = match made.is_heap_type() {
                true => class_key(made, 4),
                false => (callable.address(), 2),
            };
            return plain(key, Shape::Class);
        }
        if let Some(descriptor) = wrapped_descriptor(callable) {
            let key = (descriptor.address(), 6);
            return Callee { receiver: Some(callable), ..plain(key, Shape::Other) };
        }
        // An instance with a `__call__` is its own receiver; a function of another make is not.
        let function = class.makes_functions();
        let of_python = class.is_heap_type() && !class.c_name().to_bytes().contains(&b'.');
        let key = match of_python && !function {
            true => class_key(class, 5),
            false => cached_code(callable).map_or((0, 0), |code| (code, CACHED)),
        };
        Callee { receiver: (!function).then_some(callable), ..plain(key, Shape::Other) }
    }

    /// The code object of a Python function.
    #[inline]
    pub fn code(&self) -> Option<Address> {
        self.function.function_code().map(Lent::address)
    }

    /// The function whose calls it spares, where `lru_cache` made it.
    pub fn cached(&self) -> Option<Lent<'a>> {
        (self.key.1 == CACHED).then(|| cached_function(self.callable)).flatten()
    }

    /// What a call of it is given: the receiver, or nothing, and the arguments.
    pub fn values(&self, call: &'a CallArguments) -> Vec<Option<Lent<'a>>> {
        std::iter::once(self.receiver).chain(call.lent().map(Some)).collect()
    }

    /// What a callable is called in messages: `module.name` as far as it is known.
    pub fn display_name(&self) -> String {
        let name = name_of(self.function);
        if self.shape != Shape::Other
            && let Some(receiver) = self.receiver.filter(|receiver| !receiver.is_class())
        {
            let class = receiver.class_name().1;
            return format!("{class}.{name}");
        }
        if name.is_empty() {
            return self.function.class_name().1;
        }
        name
    }

    /// Whether it is a method of C that is bound to a value.
    pub fn is_bound_builtin(&self) -> bool {
        self.shape == Shape::Builtin && self.receiver.is_some()
    }

    /// Whether it is `object.__init__`, bound to a value: it does nothing.
    pub fn is_init_of_object(&self) -> bool {
        wrapped_descriptor(self.callable).is_some_and(|descriptor| {
            owner_of(descriptor).is_some_and(|owner| owner.is(&raw mut ffi::PyBaseObject_Type))
                && name_of(descriptor) == "__init__"
        })
    }

    /// Whether it is a method of a C type that is not bound.
    pub fn is_descriptor(&self) -> bool {
        self.shape == Shape::Descriptor
    }

    /// Whether what it does hangs neither on its arguments nor on how many there are: methods, functions and classes of C that
    /// never iterate, and the `__init__` of all objects.
    pub fn is_plain(&self) -> bool {
        match self.shape {
            Shape::Builtin => never_iterates(&name_of(self.function)),
            Shape::Other => self.is_init_of_object(),
            Shape::Class => self.callable.as_class().is_some_and(makes_of_numbers),
            _ => false,
        }
    }
}

/// Whether calls of this are reported to a profile function: functions and methods of C.
pub fn is_of_c(callable: Lent<'_>) -> bool {
    let bound = callable.is_exactly(&raw mut PyMethod_Type).then(|| bound_parts(callable));
    let function = bound.flatten().map_or(callable, |(function, _)| function);
    function.is_c_function() || function.is_exactly(&raw mut ffi::PyMethodDescr_Type)
}

/// What identifies a class as long as it is as it is: its version (`tp_version_tag`) is never given to
/// another one, and changes with it.
pub fn class_key(class: Class<'_>, use_as: usize) -> Key {
    match class.version_so_far() {
        0 => (0, 0),
        // Addresses, which stand here for other callees, are multiples of 16.
        version => (class.address(), (version as usize) << 4 | use_as),
    }
}

/// Whether a class makes its instances of numbers and the like, and asks what it is given for nothing else.
pub fn makes_of_numbers(class: Class<'_>) -> bool {
    class.is(&raw mut ffi::PyRange_Type)
        || class.is(&raw mut ffi::PyLong_Type)
        || class.is(&raw mut ffi::PyFloat_Type)
        || class.is(&raw mut ffi::PyBool_Type)
        || class.is(&raw mut ffi::PyComplex_Type)
        || class.is(&raw mut ffi::PySlice_Type)
        || class.is(&raw mut ffi::PyBaseObject_Type)
        || matches!(
            class.c_name().to_bytes(),
            b"datetime.date"
                | b"datetime.datetime"
                | b"datetime.time"
                | b"datetime.timedelta"
                | b"decimal.Decimal"
        )
}

/// Whether a built-in function or method of this name never iterates over what it is given, so that it need not be looked at.
pub fn never_iterates(name: &str) -> bool {
    NEVER_ITERATE.contains(&name)
}

const NEVER_ITERATE: &[&str] = &[
    "len",
    "isinstance",
    "issubclass",
    "abs",
    "print",
    "repr",
    "hash",
    "callable",
    "ord",
    "chr",
    "hex",
    "oct",
    "bin",
    "round",
    "divmod",
    "pow",
    "id",
    "format",
    "getattr",
    "hasattr",
    "input",
    "range",
    "int",
    "float",
    "bool",
    "complex",
    "object",
    "type",
    "slice",
    "append",
    "add",
    "insert",
    "pop",
    "remove",
    "discard",
    "clear",
    "index",
    "count",
    "get",
    "keys",
    "values",
    "items",
    "setdefault",
    "popitem",
    "reverse",
    "copy",
    "appendleft",
    "popleft",
    "rotate",
    "upper",
    "lower",
    "strip",
    "lstrip",
    "rstrip",
    "split",
    "rsplit",
    "replace",
    "startswith",
    "endswith",
    "find",
    "rfind",
    "encode",
    "decode",
    "splitlines",
    "title",
    "capitalize",
    "zfill",
    "isdigit",
    "isalpha",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "exp",
    "log",
    "log2",
    "log10",
    "floor",
    "ceil",
    "fabs",
    "hypot",
    "atan2",
    "perf_counter",
    "time",
    "monotonic",
    "sleep",
    "is_integer",
    "search",
    "match",
    "fullmatch",
    "group",
    "strftime",
    "isoformat",
    "total_seconds",
    "timestamp",
    "toordinal",
    "weekday",
    "isoweekday",
    "to_bytes",
    "casefold",
    "swapcase",
    "partition",
    "rpartition",
    "removeprefix",
    "removesuffix",
    "ljust",
    "rjust",
    "center",
    "isalnum",
    "isspace",
    "isupper",
    "islower",
    "isnumeric",
    "bit_length",
    "ValueError",
    "TypeError",
    "KeyError",
    "RuntimeError",
];
