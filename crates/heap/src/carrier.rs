//! Carrier: objects that go on giving, one by one, what they hold, and nothing that they make.

use pyo3::ffi;
use rustc_hash::FxHashSet;

use crate::kind::{WalkKind, is_plain_atom};
use crate::lent::{Address, Lent};
use crate::numpy::{ArrayView, head, is_array};
use crate::traversal::traverse;

/// The interpreter's own iterators that make nothing themselves.
const ITERATORS: &[&str] = &[
    "enumerate",
    "zip",
    "reversed",
    "list_iterator",
    "list_reverseiterator",
    "tuple_iterator",
    "range_iterator",
    "set_iterator",
    "dict_keys",
    "dict_values",
    "dict_items",
    "dict_keyiterator",
    "dict_valueiterator",
    "dict_itemiterator",
    "str_iterator",
    "str_ascii_iterator",
];

/// Whether an object goes on giving, one by one, what it holds, and nothing that it makes: sequences,
/// sets, dictionaries and the interpreter's own iterators over those. They are gathered with what
/// they go through themselves.
pub fn gives_what_it_holds(object: Lent<'_>, carriers: &mut FxHashSet<Address>) -> bool {
    const MOST: usize = 64;
    let class = object.class();
    if carriers.len() > MOST || class.is_heap_type() {
        return false;
    }
    carriers.insert(object.address());
    let plain = [
        &raw mut ffi::PyList_Type,
        &raw mut ffi::PyTuple_Type,
        &raw mut ffi::PySet_Type,
        &raw mut ffi::PyFrozenSet_Type,
        &raw mut ffi::PyDict_Type,
    ];
    if plain.contains(&class.as_ptr()) || WalkKind::of(object) == WalkKind::Atom {
        return true;
    }
    if is_array(object) {
        return head(object).nd == 1
            && ArrayView::of(object).is_some_and(|view| view.is_numeric() || view.holds_objects());
    }
    let name = class.c_name().to_str().unwrap_or_default();
    if matches!(name, "collections.deque" | "collections.defaultdict") {
        return true;
    }
    if !ITERATORS.contains(&name) {
        return false;
    }
    let mut held = Vec::new();
    traverse(object, |child| {
        if !is_plain_atom(child) && !held.contains(&child) {
            held.push(child);
        }
        held.len() < MOST
    });
    held.into_iter()
        .all(|child| carriers.contains(&child.address()) || gives_what_it_holds(child, carriers))
}
