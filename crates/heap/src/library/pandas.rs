//! pandas: what stands for what when a frame changes, and which of its options an object sets.
#![allow(unsafe_code, reason = "asks live blocks who shares them")]

use crate::address::AddressSet;
use std::ffi::CStr;
use std::ptr;

use pyo3::ffi;

use crate::lent::{Lent, Owned};
use crate::numpy::{ArrayView, is_array};
use crate::walk::Walk;

/// What an object of pandas' stands for when it changes: the frame or series itself with its
/// manager, or for an indexer (`.loc` and its like) those of what it indexes. `None` for others.
///
/// Under copy-on-write, which pandas has always on from 3.0, a change is never seen through another
/// object of pandas', so the memory below need not be looked at.
pub fn pandas_parts(value: Lent<'_>) -> Option<Vec<Lent<'_>>> {
    const BUDGET: usize = 64;
    if is_frame(value) {
        return Some([value].into_iter().chain(value.attribute("_mgr")).collect());
    }
    let (module, name) = value.class_name();
    if !module.starts_with("pandas") || !name.contains("Indexer") {
        return None;
    }
    // What it indexes is a field of a C struct, so the interpreter is asked for it.
    let boundary = AddressSet::default();
    let mut walk = Walk { boundary: &boundary, budget: BUDGET, definitions: false };
    let mut indexed = None;
    walk.run(value, &mut AddressSet::default(), &mut |object| {
        if is_frame(object) {
            indexed = Some(object);
        }
        indexed.is_none()
    });
    let mut parts = vec![value];
    parts.extend(pandas_parts(indexed?).unwrap_or_default());
    Some(parts)
}

/// Whether a value is a frame or series, also of a class derived from pandas'.
fn is_frame(value: Lent<'_>) -> bool {
    has_base(value, &[c"DataFrame", c"Series"])
}

/// Whether a value is a frame of pandas' own class that has rows already, by columns that NumPy keeps.
pub fn is_plain_frame_with_rows(value: Lent<'_>) -> bool {
    let (module, name) = value.class_name();
    if name != "DataFrame" || module.split('.').next() != Some("pandas") {
        return false;
    }
    let manager = value.attribute("_mgr");
    let blocks = manager.and_then(|manager| manager.member(c"blocks"));
    blocks.filter(|blocks| blocks.is_tuple()).into_iter().flat_map(Lent::items).any(|block| {
        let values = block.member(c"values").and_then(ArrayView::of);
        values.is_some_and(|values| values.memory().is_some_and(|memory| !memory.is_empty()))
    })
}

/// Whether a value is an index of pandas'. What it holds never changes.
pub fn is_index(value: Lent<'_>) -> bool {
    has_base(value, &[c"Index"])
}

/// Whether its class or a base of it is one of pandas' with one of these names.
fn has_base(value: Lent<'_>, names: &[&CStr]) -> bool {
    let class = value.class();
    class.is_heap_type()
        && class
            .resolution_order()
            .filter(|base| names.contains(&base.c_name()))
            .any(|base| base.name().0.split('.').next() == Some("pandas"))
}

/// The arrays of a frame or series that a change of it writes into, though pandas copies on write:
/// those that no other object of pandas' shares. NumPy's views of them show it. `by` is what changes
/// it; whole columns and indexes are replaced rather than written into.
pub fn written_arrays<'a>(value: Lent<'a>, parts: &[Lent<'a>], by: &str) -> Vec<Lent<'a>> {
    let [_, .., manager] = *parts else { return Vec::new() };
    if !writes_into_columns(value, by) {
        return Vec::new();
    }
    // A member of a C structure, as are those of the blocks.
    let Some(blocks) = manager.member(c"blocks").filter(|blocks| blocks.is_tuple()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for block in blocks.items().filter(|&block| !is_shared(block)) {
        let Some(values) = block.member(c"values") else { continue };
        found.push(values);
        found.extend(arrays_of_extension(values));
    }
    found
}

/// The arrays in which an array of pandas' own kinds keeps its items: others of those may share them. None
/// for everything else.
pub fn arrays_of_extension(value: Lent<'_>) -> Vec<Lent<'_>> {
    let mut found = Vec::new();
    if is_extension_array(value) {
        value.each_held(|held| {
            if is_array(held) {
                found.push(held);
            } else if held != value && is_extension_array(held) {
                // The ends of intervals are such arrays themselves.
                held.each_held(|held| found.extend(is_array(held).then_some(held)));
                found.extend(held.member(c"_ndarray"));
            }
        });
        // A field in C of the arrays of times, texts and categories.
        found.extend(value.member(c"_ndarray"));
    }
    found
}

fn is_extension_array(value: Lent<'_>) -> bool {
    has_base(value, &[c"ExtensionArray"])
}

/// Whether a change of a frame or series writes into its columns.
fn writes_into_columns(value: Lent<'_>, by: &str) -> bool {
    let method = by.rsplit('.').next().unwrap_or(by);
    let name = value.class_name().1;
    name.contains("Indexer")
        || (name == "Series" && method == "assignment")
        || matches!(
            method,
            "bfill"
                | "clip"
                | "ffill"
                | "fillna"
                | "interpolate"
                | "mask"
                | "replace"
                | "update"
                | "where"
        )
}

/// Whether other objects of pandas' have the memory of a block, by pandas' own count.
fn is_shared(block: Lent<'_>) -> bool {
    let Some(references) = block.get(c"refs") else { return false };
    // SAFETY: a method of C code that counts; the reference that it gives is new.
    let shared = unsafe {
        let method = c"has_reference".as_ptr();
        Owned::new(ffi::PyObject_CallMethod(references.as_ptr(), method, ptr::null()))
    };
    shared.is_some_and(|shared| shared.lend().is_true())
}

/// Which of pandas' options an object of `pd.options` stands for: `display` for `pd.options.display`.
/// `None` for everything else.
pub fn options_named(value: Lent<'_>) -> Option<String> {
    let (module, name) = value.class_name();
    if !module.starts_with("pandas.") || name != "DictWrapper" {
        return None;
    }
    value.attribute("prefix")?.text().filter(|prefix| !prefix.is_empty())
}
