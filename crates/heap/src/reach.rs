//! Reach: what can be got at from an object, by the interpreter's own account.
//!
//! CPython's cycle collector asks every container for what it holds (`tp_traverse`, see the
//! developer guide's page on garbage collection). The same question, asked without changing
//! anything, finds an object again wherever it is bound: in containers, attributes, closures,
//! bound methods, iterators and generators. NumPy's arrays do not take part in collection; their
//! base and, for object arrays, their items are read from the array itself.
#![allow(unsafe_code, reason = "walks live objects through CPython's type slots")]

use std::cell::RefCell;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};

/// An object's address: its identity for as long as it lives, and nothing that keeps it alive.
pub type Address = usize;

/// How a walk treats objects of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    /// Never changes and holds nothing that does.
    Atom,
    /// Ask the type for what the object holds.
    Container,
    /// A function: closure, defaults and attributes, but not the globals that it shares.
    Function,
    /// A class: looked into where the session made it.
    Type,
    /// A NumPy array.
    Array,
    /// Another object of NumPy's by which an array's memory is written; see `arrays_behind`.
    ArrayWindow,
    /// Not looked into, but can change: modules, objects of types without `tp_traverse`.
    Opaque,
}

thread_local! {
    static CLASSES: RefCell<FxHashMap<usize, Class>> = RefCell::new(FxHashMap::default());
    static OWN_MODULES: RefCell<FxHashSet<String>> = RefCell::new(FxHashSet::default());
    static IMMUTABLE: RefCell<FxHashSet<usize>> = RefCell::new(FxHashSet::default());
}

/// Types whose instances never change, by the annotations.
pub fn add_immutable(kind: *mut ffi::PyTypeObject) {
    IMMUTABLE.with_borrow_mut(|known| known.insert(kind as usize));
    CLASSES.with_borrow_mut(|known| known.remove(&(kind as usize)));
}

/// Classes of these modules are looked into as the program's own are.
pub fn enter_classes_of(modules: &FxHashSet<String>) {
    OWN_MODULES.with_borrow_mut(|known| known.clone_from(modules));
}

unsafe fn class_of(object: *mut ffi::PyObject) -> Class {
    // SAFETY: the caller lends a live object; type objects are read only.
    unsafe {
        let kind = ffi::Py_TYPE(object);
        if let Some(class) = CLASSES.with_borrow(|known| known.get(&(kind as usize)).copied()) {
            return class;
        }
        let class = classify(kind);
        // A type that the program made may die and its address be used again.
        if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 {
            CLASSES.with_borrow_mut(|known| known.insert(kind as usize, class));
        }
        class
    }
}

unsafe fn classify(kind: *mut ffi::PyTypeObject) -> Class {
    // SAFETY: as for `class_of`; the addresses of the built-in types are constants of CPython.
    unsafe {
        let is = |other: *mut ffi::PyTypeObject| kind == other;
        if is(&raw mut ffi::PyLong_Type)
            || is(&raw mut ffi::PyBool_Type)
            || is(&raw mut ffi::PyFloat_Type)
            || is(&raw mut ffi::PyComplex_Type)
            || is(&raw mut ffi::PyUnicode_Type)
            || is(&raw mut ffi::PyBytes_Type)
            || is(&raw mut ffi::PyRange_Type)
            || is(&raw mut ffi::PySlice_Type)
            || is(&raw mut ffi::PyCode_Type)
            || is(ffi::Py_TYPE(ffi::Py_None()))
            || is(ffi::Py_TYPE(ffi::Py_Ellipsis()))
            || is(ffi::Py_TYPE(ffi::Py_NotImplemented()))
            || IMMUTABLE.with_borrow(|known| known.contains(&(kind as usize)))
        {
            return Class::Atom;
        }
        if is(&raw mut ffi::PyModule_Type)
            || ffi::PyType_IsSubtype(kind, &raw mut ffi::PyModule_Type) != 0
        {
            return Class::Opaque;
        }
        if is(&raw mut ffi::PyFunction_Type) {
            return Class::Function;
        }
        if ffi::PyType_IsSubtype(kind, &raw mut ffi::PyType_Type) != 0 {
            return Class::Type;
        }
        if is_array_type(kind) {
            return Class::Array;
        }
        if window_type(kind).is_some() {
            return Class::ArrayWindow;
        }
        if (*kind).tp_flags & ffi::Py_TPFLAGS_HAVE_GC != 0 && (*kind).tp_traverse.is_some() {
            return Class::Container;
        }
        // Numbers of libraries (numpy scalars, decimals) hold nothing and never change.
        if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0
            && !(*kind).tp_as_number.is_null()
            && (*(*kind).tp_as_number).nb_float.is_some()
        {
            return Class::Atom;
        }
        Class::Opaque
    }
}

/// Whether the type is `numpy.ndarray` or derived from it, by the name on its method resolution
/// order: NumPy may not be there at all.
unsafe fn is_array_type(kind: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: bases of a ready type are live for as long as it is; `tp_name` ends with a zero.
    unsafe {
        let mut base = kind;
        while !base.is_null() {
            if (*base).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0
                && !(*base).tp_name.is_null()
                && std::ffi::CStr::from_ptr((*base).tp_name) == c"numpy.ndarray"
                && (*base).tp_basicsize as usize >= size_of::<ArrayFields>()
            {
                return true;
            }
            base = (*base).tp_base;
        }
        false
    }
}

/// The type of NumPy's that a type is or is derived from, where it is one by which the memory of arrays
/// is read and written, and the attribute of it that gives those.
pub unsafe fn window_type(
    kind: *mut ffi::PyTypeObject,
) -> Option<(*mut ffi::PyTypeObject, &'static str)> {
    // SAFETY: as for `is_array_type`.
    unsafe {
        let mut base = kind;
        while !base.is_null() {
            if (*base).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 && !(*base).tp_name.is_null() {
                match std::ffi::CStr::from_ptr((*base).tp_name).to_bytes() {
                    b"numpy.flatiter" | b"numpy.void" => return Some((base, "base")),
                    b"numpy.nditer" => return Some((base, "operands")),
                    _ => {}
                }
            }
            base = (*base).tp_base;
        }
        None
    }
}

/// Whether an object is one by which the memory of arrays is read and written.
pub unsafe fn is_window(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe { class_of(object) == Class::ArrayWindow }
}

/// The head of a NumPy array, the same in NumPy 1 and 2 (`PyArrayObject_fields`, part of NumPy's
/// stable C interface).
#[repr(C)]
struct ArrayFields {
    ob_base: ffi::PyObject,
    data: *mut c_char,
    nd: c_int,
    dimensions: *mut ffi::Py_ssize_t,
    strides: *mut ffi::Py_ssize_t,
    base: *mut ffi::PyObject,
    descr: *mut ffi::PyObject,
    flags: c_int,
}

/// The head of a NumPy dtype (`PyArray_Descr`): the scalar type, then three characters.
#[repr(C)]
struct DescrFields {
    ob_base: ffi::PyObject,
    typeobj: *mut ffi::PyTypeObject,
    kind: c_char,
}

const CONTIGUOUS: c_int = 0x1 | 0x2;

/// Whether a change of the object could be seen by anybody.
pub unsafe fn is_mutable(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe { !matches!(class_of(object), Class::Atom) }
}

/// Whether what an object holds cannot be asked for.
pub unsafe fn is_opaque(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe { class_of(object) == Class::Opaque }
}

/// Whether a change in place (`+=`) can happen to the object: neither an atom, nor a tuple or
/// frozen set, nor a function, class or module.
pub unsafe fn changes_in_place(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        match class_of(object) {
            Class::Atom | Class::Function | Class::Type => false,
            Class::Opaque | Class::Array | Class::ArrayWindow => true,
            Class::Container => {
                ffi::Py_TYPE(object) != &raw mut ffi::PyTuple_Type
                    && ffi::Py_TYPE(object) != &raw mut ffi::PyFrozenSet_Type
            }
        }
    }
}

/// The object that owns the memory of an array: the end of its chain of bases. The object itself
/// for everything else.
pub unsafe fn memory_owner(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the caller lends a live object; a base is held by the array that names it.
    unsafe {
        let mut owner = object;
        loop {
            let base = if class_of(owner) == Class::Array {
                (*owner.cast::<ArrayFields>()).base
            } else if ffi::PyMemoryView_Check(owner) != 0 {
                viewed(owner)
            } else if std::ffi::CStr::from_ptr((*ffi::Py_TYPE(owner)).tp_name) == c"DummyArray" {
                // What NumPy's `stride_tricks` put between an array and the views that they make.
                crate::object::attribute(owner, "base")
            } else {
                ptr::null_mut()
            };
            if base.is_null() {
                return owner;
            }
            owner = base;
        }
    }
}

/// The object whose memory a memory view shows; borrowed from the view.
unsafe fn viewed(view: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the caller checked the type; the attribute is a plain getter of CPython's, and the
    // view holds what it gives.
    unsafe {
        let object = ffi::PyObject_GetAttrString(view, c"obj".as_ptr());
        if object.is_null() || object == ffi::Py_None() {
            ffi::PyErr_Clear();
            ffi::Py_XDECREF(object);
            return ptr::null_mut();
        }
        ffi::Py_DECREF(object);
        object
    }
}

/// Walks from an object through all that it holds.
pub struct Walk<'a> {
    /// Objects that are not entered: the session's namespace, for one.
    pub borders: &'a FxHashSet<Address>,
    /// How many more objects may be visited; the walk stops when it reaches 0.
    pub budget: usize,
    /// Whether the program's functions and classes are entered: what they hold can be got at through
    /// them, but who is given an instance does not change its class.
    pub definitions: bool,
}

/// How a walk ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Everything was visited.
    Complete,
    /// The visitor asked to stop.
    Stopped,
    /// The budget was used up.
    OverBudget,
}

struct Frame<'a> {
    open: &'a mut Vec<*mut ffi::PyObject>,
    seen: &'a mut FxHashSet<Address>,
    left: usize,
    /// What is being looked into, and where it is noted which object led to which.
    holder: Address,
    holders: Option<&'a mut FxHashMap<Address, Address>>,
}

unsafe extern "C" fn visit_child(child: *mut ffi::PyObject, frame: *mut c_void) -> c_int {
    // SAFETY: `Walk::run` passes a `Frame` and `tp_traverse` lends live children.
    unsafe {
        let frame = &mut *frame.cast::<Frame<'_>>();
        if frame.left == 0 {
            return 1;
        }
        frame.left -= 1;
        if is_plain_atom(child) {
            return 0;
        }
        if frame.seen.insert(child as Address) {
            frame.open.push(child);
            if let Some(holders) = &mut frame.holders {
                holders.insert(child as Address, frame.holder);
            }
        }
        0
    }
}

/// The commonest leaves, told without a look-up.
unsafe fn is_plain_atom(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        let kind = ffi::Py_TYPE(object);
        kind == &raw mut ffi::PyUnicode_Type
            || kind == &raw mut ffi::PyLong_Type
            || kind == &raw mut ffi::PyFloat_Type
            || kind == &raw mut ffi::PyBool_Type
    }
}

impl Walk<'_> {
    /// Visits `root` and everything that it reaches and that is not in `seen`, each once. Modules,
    /// library classes and the globals of functions are not entered; of a library's function its
    /// closure is. `visit` returns whether to go on.
    pub unsafe fn run(
        &mut self,
        root: *mut ffi::PyObject,
        seen: &mut FxHashSet<Address>,
        visit: &mut dyn FnMut(*mut ffi::PyObject) -> bool,
    ) -> End {
        // SAFETY: handed on from the caller.
        unsafe { self.run_noting(root, seen, None, visit) }
    }

    /// What an object holds itself, numbers and texts left out.
    pub unsafe fn held(&self, object: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
        let (mut open, mut seen) = (Vec::new(), FxHashSet::default());
        let mut frame = Frame {
            open: &mut open,
            seen: &mut seen,
            left: self.budget,
            holder: object as Address,
            holders: None,
        };
        // SAFETY: handed on from the caller, which lends a live object.
        unsafe { self.visit(object, &mut frame) };
        open
    }

    unsafe fn visit(&self, object: *mut ffi::PyObject, frame: &mut Frame<'_>) {
        // SAFETY: handed on from the caller; nothing here runs Python code.
        unsafe {
            match class_of(object) {
                Class::Atom | Class::Opaque => {}
                Class::Container => {
                    if let Some(traverse) = (*ffi::Py_TYPE(object)).tp_traverse {
                        traverse(object, visit_child, (&raw mut *frame).cast());
                    }
                    push(attributes_beside_values(object), frame);
                }
                Class::Function if self.definitions => visit_function(object, frame),
                // The program's own tell of themselves when they are entered.
                Class::Function if !crate::session_code::is_session_function(object) => {
                    push(ffi::PyFunction_GetClosure(object), frame);
                }
                Class::Type if self.definitions => visit_class(object, frame),
                Class::Function | Class::Type => {}
                Class::Array => visit_array(object, frame),
                Class::ArrayWindow => {
                    for array in crate::object::arrays_behind(object) {
                        push(array, frame);
                    }
                }
            }
        }
    }

    /// As `run`; notes by which object each one was found.
    pub unsafe fn run_noting(
        &mut self,
        root: *mut ffi::PyObject,
        seen: &mut FxHashSet<Address>,
        mut holders: Option<&mut FxHashMap<Address, Address>>,
        visit: &mut dyn FnMut(*mut ffi::PyObject) -> bool,
    ) -> End {
        // SAFETY: the caller holds the GIL and lends a live root; whatever is reachable from it
        // lives as long, for nothing here runs Python code.
        unsafe {
            if is_plain_atom(root) || !seen.insert(root as Address) {
                return End::Complete;
            }
            let mut open = vec![root];
            while let Some(object) = open.pop() {
                if class_of(object) == Class::Atom {
                    continue;
                }
                if !visit(object) {
                    return End::Stopped;
                }
                if self.borders.contains(&(object as Address)) {
                    continue;
                }
                let mut frame = Frame {
                    open: &mut open,
                    seen,
                    left: self.budget,
                    holder: object as Address,
                    holders: holders.as_deref_mut(),
                };
                self.visit(object, &mut frame);
                self.budget = frame.left;
                if self.budget == 0 {
                    return End::OverBudget;
                }
            }
            End::Complete
        }
    }
}

/// Whether an object goes on giving, one by one, what it holds, and nothing that it makes: sequences,
/// sets, dictionaries and the interpreter's own iterators over those. They are gathered with what
/// they go through themselves.
pub unsafe fn gives_what_it_holds(
    object: *mut ffi::PyObject,
    carriers: &mut FxHashSet<Address>,
) -> bool {
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
    // SAFETY: the caller lends a live object; names of types that are not made at run time stay, and
    // traversing runs no Python code and lends live children.
    unsafe {
        if carriers.len() > 64 {
            return false;
        }
        let kind = ffi::Py_TYPE(object);
        if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
            return false;
        }
        carriers.insert(object as Address);
        let plain = kind == &raw mut ffi::PyList_Type
            || kind == &raw mut ffi::PyTuple_Type
            || kind == &raw mut ffi::PySet_Type
            || kind == &raw mut ffi::PyFrozenSet_Type
            || kind == &raw mut ffi::PyDict_Type;
        if plain || class_of(object) == Class::Atom {
            return true;
        }
        if class_of(object) == Class::Array {
            return (*object.cast::<ArrayFields>()).nd == 1
                && array_view(object)
                    .is_some_and(|view| view.is_numeric() || view.holds_objects());
        }
        let name = std::ffi::CStr::from_ptr((*kind).tp_name).to_str().unwrap_or_default();
        if matches!(name, "collections.deque" | "collections.defaultdict") {
            return true;
        }
        let Some(traverse) = (*kind).tp_traverse.filter(|_| ITERATORS.contains(&name)) else {
            return false;
        };
        let (mut open, mut seen) = (Vec::new(), FxHashSet::default());
        let mut frame = Frame {
            open: &mut open,
            seen: &mut seen,
            left: 64,
            holder: object as Address,
            holders: None,
        };
        traverse(object, visit_child, (&raw mut frame).cast());
        open.into_iter().all(|child| {
            carriers.contains(&(child as Address)) || gives_what_it_holds(child, carriers)
        })
    }
}

/// The dictionary of an instance that keeps its attributes in itself and has been asked for a
/// dictionary of them: from 3.13 on the one is a view of the other, and only the attributes are told
/// to the collector (`PyObject_VisitManagedDict`). Null where there is none.
#[cfg(Py_3_13)]
unsafe fn attributes_beside_values(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    /// `Py_TPFLAGS_INLINE_VALUES`
    const INLINE_VALUES: std::ffi::c_ulong = 1 << 2;
    /// `MANAGED_DICT_OFFSET`, in pointers.
    const BEFORE: usize = 3;
    // SAFETY: instances of a class with this flag have the pointer to their dictionary, which may be
    // null, at this place before their head (`Include/internal/pycore_object.h`).
    unsafe {
        if (*ffi::Py_TYPE(object)).tp_flags & INLINE_VALUES == 0 {
            return ptr::null_mut();
        }
        object.cast::<*mut ffi::PyObject>().sub(BEFORE).read()
    }
}

#[cfg(not(Py_3_13))]
unsafe fn attributes_beside_values(_object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    ptr::null_mut()
}

unsafe fn push(object: *mut ffi::PyObject, frame: &mut Frame<'_>) {
    if !object.is_null() {
        // SAFETY: the callers pass borrowed references to live objects.
        unsafe { visit_child(object, (frame as *mut Frame<'_>).cast()) };
    }
}

unsafe fn visit_function(function: *mut ffi::PyObject, frame: &mut Frame<'_>) {
    // SAFETY: the accessors return references that the function holds.
    unsafe {
        push(ffi::PyFunction_GetClosure(function), frame);
        push(ffi::PyFunction_GetDefaults(function), frame);
        push(ffi::PyFunction_GetKwDefaults(function), frame);
        let fields = function.cast::<ffi::PyFunctionObject>();
        push((*fields).func_dict, frame);
    }
}

/// A class of the session holds what its dictionary holds; a library's class is not entered.
unsafe fn visit_class(class: *mut ffi::PyObject, frame: &mut Frame<'_>) {
    // SAFETY: `tp_dict` of a ready heap type is a live dictionary (CPython keeps that of static
    // built-in types elsewhere from 3.12 on, hence the flag).
    unsafe {
        let kind = class.cast::<ffi::PyTypeObject>();
        if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 || (*kind).tp_dict.is_null() {
            return;
        }
        let module = ffi::PyDict_GetItemString((*kind).tp_dict, c"__module__".as_ptr());
        let of_program = !module.is_null()
            && ffi::PyUnicode_Check(module) != 0
            && (ffi::PyUnicode_CompareWithASCIIString(module, c"__main__".as_ptr()) == 0
                || OWN_MODULES.with_borrow(|known| {
                    !known.is_empty()
                        && crate::callee::text(module).is_some_and(|name| known.contains(&name))
                }));
        if !of_program {
            return;
        }
        let (mut position, mut value) = (0, ptr::null_mut());
        while ffi::PyDict_Next((*kind).tp_dict, &mut position, ptr::null_mut(), &mut value) != 0 {
            push(value, frame);
        }
        push((*kind).tp_bases, frame);
    }
}

unsafe fn visit_array(array: *mut ffi::PyObject, frame: &mut Frame<'_>) {
    // SAFETY: `class_of` checked the type, so the head has this layout. An array of Python objects
    // (kind `O`) that is contiguous and owns its data holds `product(dimensions)` pointers, which
    // may be null; other arrays of objects reach theirs through their base.
    unsafe {
        let fields = array.cast::<ArrayFields>();
        push((*fields).base, frame);
        let kind = ffi::Py_TYPE(array);
        if kind.is_null() || (*fields).descr.is_null() {
            return;
        }
        // An instance of a class that is written in Python has attributes: a masked array its mask.
        if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
            && let Some(traverse) = (*kind).tp_traverse
        {
            traverse(array, visit_child, (&raw mut *frame).cast());
        }
        let descr = (*fields).descr.cast::<DescrFields>();
        if (*descr).kind as u8 != b'O' || (*fields).flags & CONTIGUOUS == 0 {
            return;
        }
        let mut count: usize = 1;
        for axis in 0..(*fields).nd.max(0) as usize {
            count = count.saturating_mul((*(*fields).dimensions.add(axis)).max(0) as usize);
        }
        let items = (*fields).data.cast::<*mut ffi::PyObject>();
        for at in 0..count {
            if frame.left == 0 {
                return;
            }
            push(ptr::read_unaligned(items.add(at)), frame);
        }
    }
}

/// A NumPy array's head, as it is.
pub struct ArrayView {
    /// What its memory belongs to; null where it is its own. Borrowed.
    pub base: *mut ffi::PyObject,
    data: *const u8,
    bytes: Option<usize>,
    kind: u8,
    layout: Vec<u64>,
}

impl ArrayView {
    /// Where it looks and how: its shape, strides, dtype and flags.
    pub fn layout(&self) -> impl Iterator<Item = u64> + '_ {
        self.layout.iter().copied()
    }

    /// All its memory; `None` where it lies in pieces.
    pub fn memory(&self) -> Option<&[u8]> {
        // SAFETY: an array that is contiguous or owns its memory has that much of it, and the view
        // is used while nothing runs that could free it.
        self.bytes.map(|bytes| match self.data.is_null() || bytes == 0 {
            true => &[][..],
            false => unsafe { std::slice::from_raw_parts(self.data, bytes) },
        })
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

/// Whether an object is a NumPy array.
pub unsafe fn is_array(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe { class_of(object) == Class::Array }
}

/// Whether a type is `numpy.ndarray` or derived from it in C.
pub unsafe fn is_numpy_array(kind: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: handed on from the caller.
    unsafe { is_array_type(kind) }
}

/// Reads the head of a NumPy array.
pub unsafe fn array_view(array: *mut ffi::PyObject) -> Option<ArrayView> {
    const OWNS: c_int = 0x4;
    // SAFETY: the caller checked the type, so the head has this layout; the size of an item is
    // asked of the array by way of NumPy's own plain getter, once for all of its memory.
    unsafe {
        let fields = array.cast::<ArrayFields>();
        if (*fields).descr.is_null() {
            return None;
        }
        let kind = (*(*fields).descr.cast::<DescrFields>()).kind as u8;
        let size = ffi::PyObject_GetAttrString((*fields).descr, c"itemsize".as_ptr());
        if size.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let size_of_item = ffi::PyLong_AsSsize_t(size);
        ffi::Py_DECREF(size);
        let mut bytes = usize::try_from(size_of_item).ok()?;
        let mut layout = vec![
            (*fields).data as u64,
            (*fields).nd as u64,
            (*fields).descr as u64,
            (*fields).flags as u64,
        ];
        for axis in 0..(*fields).nd.max(0) as usize {
            let length = (*(*fields).dimensions.add(axis)).max(0) as usize;
            bytes = bytes.checked_mul(length)?;
            layout.push(length as u64);
            layout.push(*(*fields).strides.add(axis) as u64);
        }
        let whole = (*fields).flags & (CONTIGUOUS | OWNS) != 0;
        Some(ArrayView {
            base: (*fields).base,
            data: (*fields).data.cast(),
            bytes: whole.then_some(bytes),
            kind,
            layout,
        })
    }
}
