//! Holder: what is held in the places that facts are about.
#![allow(unsafe_code, reason = "looks at live objects by their addresses")]

use clew_heap::Lent;
use clew_infer::Holder;
use pyo3::ffi;

use crate::reach::Address;

/// What is held in a place; `None` where there is nothing, or no such holder.
///
/// # Safety
///
/// The holder is 0 or alive for `'a`, and so is what it holds.
#[inline]
pub(super) unsafe fn held<'a>(holder: &Holder) -> Option<Lent<'a>> {
    // SAFETY: the caller promises that the holder is alive.
    let find = |address: Address| unsafe { Lent::new(address as *mut ffi::PyObject) };
    match holder {
        Holder::Entry(dictionary, name) => find(*dictionary)?.item(name),
        Holder::Cell(function, at) => {
            let cell = find(*function)?.closure_cell(*at)?;
            // SAFETY: a closure is made of cells, and the cell keeps what it holds.
            unsafe {
                let content = ffi::PyCell_Get(cell.as_ptr());
                ffi::Py_XDECREF(content);
                Lent::new(content)
            }
        }
        Holder::Code(function) => find(*function)?.function_code(),
        Holder::Globals(function) => find(*function)?.function_globals(),
        // They are counted from the last one.
        Holder::Default(function, at) => {
            let [_, defaults, _, _] = find(*function)?.function_parts();
            defaults?.items().rev().nth(*at)
        }
        Holder::KeywordDefault(function, name) => {
            let [_, _, defaults, _] = find(*function)?.function_parts();
            defaults?.item(name)
        }
        Holder::Attribute(object, name) => find(*object)?.own_attribute(name),
        Holder::Object(object) => find(*object),
    }
}

/// Whether what holds is of the kind that [`held`] takes it for.
///
/// # Safety
///
/// The holder is 0 or alive.
pub(super) unsafe fn is_sound(holder: &Holder) -> bool {
    let (Holder::Entry(address, _)
    | Holder::Attribute(address, _)
    | Holder::Object(address)
    | Holder::Cell(address, _)
    | Holder::Code(address)
    | Holder::Globals(address)
    | Holder::Default(address, _)
    | Holder::KeywordDefault(address, _)) = holder;
    // SAFETY: the caller promises that the holder is alive.
    let found = unsafe { Lent::new(*address as *mut ffi::PyObject) };
    found.is_some_and(|found| match holder {
        Holder::Entry(..) => found.is_dict(),
        Holder::Attribute(..) | Holder::Object(_) => true,
        _ => found.is_function(),
    })
}
