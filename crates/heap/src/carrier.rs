//! Carrier: objects that go on giving, one by one, what they hold, and nothing that they make.

use pyo3::ffi;
use rustc_hash::FxHashSet;

use crate::code::generator_code;
use crate::kind::{WalkKind, is_plain_atom};
use crate::lent::{Address, Lent};
use crate::numpy::{ArrayView, arrays_behind, head, is_array, memory_owner};
use crate::traversal::traverse;

/// The interpreter's own iterators that make nothing themselves.
const ITERATORS: &[&str] = &[
    "enumerate",
    "zip",
    "iterator",
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

/// Gathers the objects that go on giving, one by one, what they hold, and nothing that they make, of those
/// that are gone through: sequences, sets, dictionaries and the interpreter's own iterators over those. Other
/// iterators that these take from make what they give, and are gathered apart. `false` for too many.
pub fn gather_carriers<'a>(
    object: Lent<'a>,
    carriers: &mut FxHashSet<Address>,
    makers: &mut Vec<Lent<'a>>,
) -> bool {
    const MOST: usize = 64;
    if carriers.len() > MOST || makers.len() > MOST {
        return false;
    }
    carriers.insert(object.address());
    if gives_what_it_holds(object) {
        if is_array(object) {
            carriers.insert(memory_owner(object).address());
        }
        return true;
    }
    let name = object.class().c_name().to_str().unwrap_or_default();
    if object.class().is_heap_type() || !ITERATORS.contains(&name) {
        if name == "numpy.flatiter" {
            let arrays = arrays_behind(object);
            return arrays.into_iter().all(|array| gather_carriers(array, carriers, makers));
        }
        makers.push(object);
        return true;
    }
    let mut held = Vec::new();
    traverse(object, |child| {
        if !is_plain_atom(child) && !held.contains(&child) {
            held.push(child);
        }
        held.len() < MOST
    });
    held.into_iter().all(|child| {
        carriers.contains(&child.address()) || gather_carriers(child, carriers, makers)
    })
}

/// The generators that an iterator takes from, itself included.
pub fn generators_behind(iterator: Lent<'_>) -> Vec<Lent<'_>> {
    const MOST: usize = 16;
    let mut found: Vec<Lent<'_>> = Vec::new();
    let (mut open, mut seen) = (vec![iterator], 0);
    while let Some(iterator) = open.pop() {
        seen += 1;
        // SAFETY: the object is alive, and its class alone is looked at.
        #[allow(unsafe_code, reason = "asks CPython whether an object is an iterator")]
        let goes_on = (unsafe { ffi::PyIter_Check(iterator.as_ptr()) }) != 0;
        // `zip` and `map` have their iterators in a tuple.
        let goes_on = goes_on || seen > 1 && iterator.is_exactly(&raw mut ffi::PyTuple_Type);
        if !goes_on || seen > MOST {
            continue;
        }
        if generator_code(iterator).is_some() {
            found.push(iterator);
        } else if !iterator.class().is_heap_type() {
            traverse(iterator, |held| {
                open.push(held);
                open.len() < MOST
            });
        }
    }
    found
}

/// Whether an object is a container that gives what it holds.
fn gives_what_it_holds(object: Lent<'_>) -> bool {
    let class = object.class();
    if class.is_heap_type() {
        return false;
    }
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
    matches!(name, "collections.deque" | "collections.defaultdict")
}
