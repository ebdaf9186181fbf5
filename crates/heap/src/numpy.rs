//! NumPy: its arrays, what else writes their memory, its functions and its generators.
//!
//! It stands beside `library` and not in it: walks look into arrays, and libraries are looked into by walks.

mod array;
mod layout;

pub use array::{ArrayView, arrays_behind, is_array, memory_holders, memory_owner};
pub(crate) use array::{base_of, head, kind_of_items, objects_of};
pub use layout::is_array_class;
pub(crate) use layout::{CONTIGUOUS, window_class};

use crate::lent::{Class, Lent};

/// Whether a class is one of NumPy's.
pub fn is_of_numpy(class: Class<'_>) -> bool {
    class.name().0.starts_with("numpy")
}

/// Whether a class is that of a NumPy dtype.
pub fn is_dtype_class(class: Class<'_>) -> bool {
    let (module, name) = class.name();
    module.starts_with("numpy") && name.ends_with("DType")
}

/// Whether instances of a class of NumPy's are called like functions: its static ones, as `ufunc` is, and
/// those that it writes in Python.
pub(crate) fn makes_functions(class: Class<'_>) -> bool {
    let name = class.c_name().to_bytes();
    if let Some(point) = name.iter().position(|&byte| byte == b'.') {
        return &name[..point] == b"numpy";
    }
    class.is_heap_type()
        && class
            .own("__module__")
            .and_then(Lent::as_str)
            .is_some_and(|module| module == "numpy" || module.starts_with("numpy."))
}

/// Whether an object draws random numbers for NumPy.
pub fn is_generator(object: Lent<'_>) -> bool {
    let name = object.class().c_name();
    name == c"numpy.random.mtrand.RandomState" || name == c"numpy.random._generator.Generator"
}
