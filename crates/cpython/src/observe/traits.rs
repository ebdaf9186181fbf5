//! Traits: how objects of a class are looked at.

use clew_heap::Class;
use clew_heap::callable_name::top_level;
use clew_heap::kind::has_constant_instances;
use clew_heap::library::sympy::is_expression;
use clew_heap::library::threading::is_runner;
use clew_heap::numpy::{is_array_class, is_dtype_class};
use pyo3::ffi;

/// How an object of a class is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inspection {
    /// Never changes, or nobody minds when it does.
    Fixed,
    /// The interpreter's traversal gives all that it holds.
    Plain,
    Dict,
    Bytes,
    /// All of it is in the object itself and in the memory that it lends to others.
    Buffer,
    NumPy,
    /// pandas' block manager: its blocks and axes; the rest is worked out from these.
    Manager,
    Function,
    /// All of it is in the object itself and in what it holds.
    Memory,
    Unseen,
}

#[derive(Clone, Copy)]
pub(super) struct Traits {
    pub(super) kind: Inspection,
    /// Whether it is an instance of a class written in Python.
    pub(super) instance: bool,
    /// Whether some of its attributes are caches, so that the others have to be compared by name.
    pub(super) caches: bool,
    /// Whether a thread or process runs behind it, and says by its attributes how far that is.
    pub(super) runs: bool,
    /// Whether it does its work later: generators, threads, iterators. What a context manager does when it is left
    /// is asked when it is entered.
    pub(super) later: bool,
}

impl Traits {
    pub(super) fn of(class: Class<'_>) -> Self {
        let base = class.lineage().find(|base| !base.is_made_by_statement()).unwrap_or(class);
        let instance = base != class;
        let (_, name) = class.name();
        // Not by the slot: that of a class without `__next__` is a function that says so.
        let works_later =
            || ["__next__", "__aexit__"].iter().any(|name| class.lookup(name).is_some());
        let runs = is_runner(class);
        let later =
            runs || matches!(
                name.as_str(),
                "generator" | "coroutine" | "async_generator" | "coroutine_wrapper"
            ) || instance && works_later();
        // Its public classes say that they are of `pandas` itself since its third edition.
        let of_pandas = |base: Class<'_>| top_level(&base.name().0) == "pandas";
        let caches = instance && class.lineage().any(of_pandas);
        let kind = match is_expression(class) {
            true => Inspection::Fixed,
            false => Inspection::of(base),
        };
        // Memory is asked of the class, which may have a `__buffer__` of Python's (PEP 688).
        let kind = if instance && kind == Inspection::Buffer { Inspection::Unseen } else { kind };
        Self { kind, instance, caches, runs, later }
    }
}

impl Inspection {
    /// How the part of an object that is C's is looked at. What is not named here is unseen.
    fn of(base: Class<'_>) -> Self {
        let plain = [
            &raw mut ffi::PyBaseObject_Type,
            &raw mut ffi::PyList_Type,
            &raw mut ffi::PyTuple_Type,
            &raw mut ffi::PySet_Type,
            &raw mut ffi::PyFrozenSet_Type,
            &raw mut ffi::PyCell_Type,
            &raw mut ffi::PyCFunction_Type,
        ];
        if plain.contains(&base.as_ptr()) || has_constant_instances(base) {
            Self::Plain
        } else if base.is(&raw mut ffi::PyDict_Type) {
            Self::Dict
        } else if base.is(&raw mut ffi::PyFunction_Type) {
            Self::Function
        } else if base.is(&raw mut ffi::PyByteArray_Type) {
            Self::Bytes
        } else if base.is_subclass_of(&raw mut ffi::PyModule_Type)
            || base.is_subclass_of(&raw mut ffi::PyType_Type)
        {
            Self::Fixed
        } else if is_array_class(base) {
            Self::NumPy
        } else if base.is_exception() {
            Self::Plain
        } else {
            Self::by_name(base)
        }
    }

    fn by_name(base: Class<'_>) -> Self {
        let (module, name) = base.name();
        match (module.as_str(), name.as_str()) {
            ("collections", "OrderedDict" | "defaultdict") => Self::Dict,
            ("collections", "deque") | ("functools", "partial") => Self::Plain,
            // What each thread has of its own is in a dictionary, to which the traversal leads.
            ("types", "SimpleNamespace") | ("_thread", "_local") => Self::Plain,
            ("itertools", _) | ("operator", _) | ("_random", "Random") => Self::Memory,
            ("builtins", name) if name.ends_with("iterator") => Self::Memory,
            ("builtins", "enumerate" | "zip" | "map" | "filter" | "reversed") => Self::Memory,
            ("builtins", "builtin_method") | ("xml.etree.ElementTree", "Element") => Self::Plain,
            (
                "builtins",
                "method" | "mappingproxy" | "property" | "staticmethod" | "classmethod" | "slice"
                | "method-wrapper",
            ) => Self::Plain,
            ("builtins", "method_descriptor" | "wrapper_descriptor" | "getset_descriptor")
            | ("builtins" | "weakref", "weakref" | "ReferenceType" | "weakproxy")
            | ("_weakref", _)
            | ("re", "Pattern")
            | ("_thread", "lock" | "RLock") => Self::Fixed,
            ("pandas._libs.internals", "BlockManager") => Self::Manager,
            ("pandas._libs.internals", "BlockPlacement" | "BlockValuesRefs") => Self::Fixed,
            ("pandas._libs.internals", _)
            | ("pandas._libs.arrays", _)
            | ("pandas._libs.indexing", _) => Self::Plain,
            // Worked out from the values of an index, which are looked at themselves.
            ("pandas._libs.index" | "pandas._libs.hashtable", _) => Self::Fixed,
            // Every change of these gives another one.
            ("pyarrow.lib", name) if is_immutable_of_arrow(name) => Self::Fixed,
            ("rpds", "HashTrieMap" | "HashTrieSet" | "List" | "Queue" | "Stack") => Self::Fixed,
            ("pvectorc", "PVector") => Self::Plain,
            ("array", "array") | ("bitarray", "bitarray") => Self::Buffer,
            _ if is_dtype_class(base) => Self::Fixed,
            (module, _) if module.starts_with("pandas._libs.tslibs") => Self::Fixed,
            ("pandas", "Interval" | "NaTType" | "Period" | "Timedelta" | "Timestamp") => {
                Self::Fixed
            }
            _ => Self::Unseen,
        }
    }
}

/// Whether instances of a class of `pyarrow.lib` never change.
fn is_immutable_of_arrow(name: &str) -> bool {
    matches!(name, "ChunkedArray" | "Field" | "RecordBatch" | "Schema" | "Table")
        || ["Array", "Scalar", "Type"].iter().any(|end| name.ends_with(end))
}
