//! Carrier: objects that go on giving, one by one, what they hold, and nothing that they make.

use pyo3::ffi;

use crate::address::AddressSet;
use crate::code::generator_code;
use crate::kind::{WalkKind, is_plain_atom};
use crate::lent::Lent;
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
    carriers: &mut AddressSet,
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

/// Whether going through an iterator moves nothing on but that, and nobody holds it but who goes through it: it is one of the
/// interpreter's own, and takes from containers, directly or by others of which the same is true.
pub fn is_private_iterator(iterator: Lent<'_>) -> bool {
    is_private(iterator, 0)
}

fn is_private(iterator: Lent<'_>, depth: usize) -> bool {
    const DEEPEST: usize = 4;
    let class = iterator.class();
    // `zip` and `enumerate` have iterators in a tuple, and one that they use again for what they give.
    let keeps_tuples = class.is(&raw mut ffi::PyZip_Type) || class.is(&raw mut ffi::PyEnum_Type);
    let is_known = keeps_tuples
        || class.is(&raw mut ffi::PyListIter_Type)
        || class.is(&raw mut ffi::PyTupleIter_Type)
        || class.is(&raw mut ffi::PyRangeIter_Type)
        || class.is(&raw mut ffi::PyUnicodeIter_Type)
        || class.is(&raw mut ffi::PySetIter_Type)
        || class.is(&raw mut ffi::PyDictIterKey_Type)
        || class.is(&raw mut ffi::PyDictIterValue_Type)
        || class.is(&raw mut ffi::PyDictIterItem_Type)
        || class.is(&raw mut ffi::PyReversed_Type);
    if !is_known || depth > DEEPEST || !iterator.is_held_once() {
        return false;
    }
    let mut all = true;
    traverse(iterator, |held| {
        all = match keeps_tuples && held.is_exact_tuple() {
            true => held.items().all(|held| is_gone_through(held, depth)),
            false => is_gone_through(held, depth),
        };
        all
    });
    all
}

/// Whether an object that an iterator holds does not move on, or is one of that iterator's own that moves on with it.
fn is_gone_through(held: Lent<'_>, depth: usize) -> bool {
    is_plain_atom(held)
        || held.is_none()
        || held.is_builtin_container()
        || held.is_exact_tuple()
        || is_private(held, depth + 1)
}

/// Whether a generator of Python's has not begun to run, and moves on nothing that was made before it.
pub fn begins_anew(generator: Lent<'_>) -> bool {
    /// `FRAME_CREATED`
    const CREATED: i8 = if cfg!(Py_3_13) { -3 } else { -2 };
    if cfg!(Py_3_14) || !generator.is_exactly(&raw mut ffi::PyGen_Type) {
        return false;
    }
    #[allow(unsafe_code, reason = "reads a generator by CPython's layout")]
    // SAFETY: the type was checked, and the layout is that of 3.11 to 3.13.
    let state = unsafe { (*generator.as_ptr().cast::<ffi::PyGenObject>()).gi_frame_state };
    let mut all = state == CREATED;
    if all {
        // The outermost `in` of an expression is evaluated before the generator is made.
        traverse(generator, |held| {
            all = !held.is_iterator() || is_private_iterator(held);
            all
        });
    }
    all
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
