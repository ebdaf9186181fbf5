//! Array: where the memory of NumPy's arrays lies, and through what else it is written.
#![allow(unsafe_code, reason = "reads the structures of live arrays")]

use pyo3::ffi;

use super::layout::{ArrayFields, CONTIGUOUS, DtypeFields, OWNS, is_array_class, window_class};
use crate::collector::AtRest;
use crate::lent::{Lent, Owned};
use crate::traversal::traverse;

/// Whether an object is an array.
#[inline]
pub fn is_array(object: Lent<'_>) -> bool {
    is_array_class(object.class())
}

/// The head of an array. The caller checked for one.
pub(crate) fn head(array: Lent<'_>) -> &ArrayFields {
    // SAFETY: the caller checked the type, so the head has this layout; nothing changes it while the
    // array is lent.
    unsafe { &*array.as_ptr().cast::<ArrayFields>() }
}

/// What an array's memory belongs to, where it is not its own. The caller checked for one.
pub(crate) fn base_of(array: Lent<'_>) -> Option<Lent<'_>> {
    // SAFETY: an array holds its base.
    unsafe { array.lend(head(array).base) }
}

/// The letter by which NumPy names kinds of items. The caller checked for an array.
pub(crate) fn kind_of_items(array: Lent<'_>) -> Option<u8> {
    let dtype = head(array).descr;
    // SAFETY: an array holds its dtype, whose head has this layout.
    (!dtype.is_null()).then(|| unsafe { (*dtype.cast::<DtypeFields>()).kind as u8 })
}

/// The objects in the memory of an array, some of which may be missing. The caller checked for an array of
/// objects whose memory lies in one piece.
pub(crate) fn objects_of(array: Lent<'_>) -> impl Iterator<Item = Option<Lent<'_>>> {
    let fields = head(array);
    let mut count: usize = 1;
    for axis in 0..fields.nd.max(0) as usize {
        // SAFETY: an array has so many dimensions.
        count = count.saturating_mul(unsafe { *fields.dimensions.add(axis) }.max(0) as usize);
    }
    let items = fields.data.cast::<*mut ffi::PyObject>();
    // SAFETY: the memory has that many pointers, which may be null, and the array holds the objects.
    (0..count).map(move |at| unsafe { array.lend(items.add(at).read_unaligned()) })
}

/// The object that owns the memory of an array: the end of its chain of bases. The object itself
/// for everything else.
pub fn memory_owner(object: Lent<'_>) -> Lent<'_> {
    memory_holders(object).last().unwrap_or(object)
}

/// An object, what it has its memory from, and so on to the object whose own that memory is.
pub fn memory_holders(object: Lent<'_>) -> impl Iterator<Item = Lent<'_>> {
    std::iter::successors(Some(object), |&holder| {
        if is_array(holder) {
            base_of(holder)
        } else if holder.is_memory_view() {
            holder.member(c"obj").filter(|viewed| !viewed.is_none())
        } else if holder.class().c_name() == c"_io._BytesIOBuffer" {
            // What `io.BytesIO.getbuffer` puts between the stream and the view.
            only_held(holder)
        } else if holder.class().c_name().to_bytes().ends_with(b"flagsobj") {
            // What `flags` gives: to set one of them is to set the array's.
            // SAFETY: such an object is a head, the array that it is about or null, and the flags (`PyArrayFlagsObject`).
            unsafe { holder.lend(*holder.as_ptr().add(1).cast::<*mut ffi::PyObject>()) }
        } else if holder.class().c_name() == c"DummyArray" {
            // What NumPy's `stride_tricks` put between an array and the views that they make.
            holder.attribute("base")
        } else {
            None
        }
    })
}

/// What an object holds beside its class.
fn only_held(object: Lent<'_>) -> Option<Lent<'_>> {
    let mut held = None;
    traverse(object, |child| {
        if child.as_class().is_none() {
            held = Some(child);
        }
        held.is_none()
    });
    held
}

/// The arrays whose memory is read and written by way of an object of NumPy's that is none itself:
/// `array.flat`, a `numpy.nditer`, an item of a structured array.
pub fn arrays_behind(value: Lent<'_>) -> Vec<Lent<'_>> {
    let Some((base, attribute)) = window_class(value.class()) else { return Vec::new() };
    // That of NumPy's own class, whatever a class derived from it says.
    let Some(getter) = base.own(attribute) else { return Vec::new() };
    let Some(get) = getter.class().fields().tp_descr_get else { return Vec::new() };
    // SAFETY: the getter is one of C code for this class, and the object holds the arrays that it gives.
    // The tuple that some give must not set off the collector in the middle of a walk.
    unsafe {
        let at_rest = AtRest::begin(value.quiet());
        let arrays = get(getter.as_ptr(), value.as_ptr(), base.object().as_ptr());
        drop(at_rest);
        let Some(arrays) = Owned::new(arrays) else { return Vec::new() };
        let given = arrays.lend();
        if given.is_none() {
            Vec::new()
        } else if given.is_tuple() {
            given.items().filter_map(|array| value.lend(array.as_ptr())).collect()
        } else {
            value.lend(given.as_ptr()).into_iter().collect()
        }
    }
}

/// A NumPy array's head, as it is.
pub struct ArrayView<'a> {
    /// What its memory belongs to, where it is not its own.
    pub base: Option<Lent<'a>>,
    memory: Option<&'a [u8]>,
    kind: u8,
    layout: Vec<u64>,
    array: Lent<'a>,
}

impl<'a> ArrayView<'a> {
    /// Reads the head of an array; `None` for everything else.
    pub fn of(array: Lent<'a>) -> Option<Self> {
        if !is_array(array) {
            return None;
        }
        let fields = head(array);
        let kind = kind_of_items(array)?;
        // SAFETY: an array holds its dtype.
        let dtype = unsafe { array.lend(fields.descr) }?;
        // A plain getter of NumPy's.
        let size = dtype.get(c"itemsize")?;
        // SAFETY: for anything but a number there is an error, which is negative.
        let size = unsafe { ffi::PyLong_AsSsize_t(size.as_ptr()) };
        let mut bytes = usize::try_from(size).ok()?;
        let mut layout =
            vec![fields.data as u64, fields.nd as u64, fields.descr as u64, fields.flags as u64];
        for axis in 0..fields.nd.max(0) as usize {
            // SAFETY: an array has so many dimensions.
            let (length, stride) =
                unsafe { (*fields.dimensions.add(axis), *fields.strides.add(axis)) };
            let length = length.max(0) as usize;
            bytes = bytes.checked_mul(length)?;
            layout.push(length as u64);
            layout.push(stride as u64);
        }
        let whole = fields.flags & (CONTIGUOUS | OWNS) != 0;
        let memory = whole.then(|| match fields.data.is_null() || bytes == 0 {
            true => &[][..],
            // SAFETY: an array that is contiguous or owns its memory has that much of it, and nothing
            // runs that could free it.
            false => unsafe { std::slice::from_raw_parts(fields.data.cast::<u8>(), bytes) },
        });
        Some(Self { base: base_of(array), memory, kind, layout, array })
    }

    /// Where it looks and how: its shape, strides, dtype and flags.
    pub fn layout(&self) -> impl Iterator<Item = u64> + '_ {
        self.layout.iter().copied()
    }

    /// All its memory; `None` where it lies in pieces.
    pub fn memory(&self) -> Option<&'a [u8]> {
        self.memory
    }

    /// The objects in its memory, some of which may be missing; none where its items are no objects
    /// or lie in pieces.
    pub fn objects(&self) -> impl Iterator<Item = Option<Lent<'a>>> {
        let holds = self.holds_objects() && self.memory.is_some();
        holds.then(|| objects_of(self.array)).into_iter().flatten()
    }

    /// Whether its items are objects.
    pub fn holds_objects(&self) -> bool {
        self.kind == b'O'
    }

    /// Whether its memory is all that there is of its items.
    pub fn is_numeric(&self) -> bool {
        matches!(self.kind, b'b' | b'i' | b'u' | b'f' | b'c' | b'm' | b'M' | b'S' | b'U')
    }
}
