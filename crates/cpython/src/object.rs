//! Object: small questions to live objects that run no Python code.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::ptr;

use pyo3::ffi;

use crate::callee::{text, type_name};
use crate::reach::Address;

/// What a dictionary holds under a name; borrowed, null where there is nothing.
pub(crate) unsafe fn item(dictionary: *mut ffi::PyObject, name: &str) -> *mut ffi::PyObject {
    // SAFETY: the caller lends a live dictionary; the key is released after the look-up.
    unsafe {
        let key = ffi::PyUnicode_FromStringAndSize(name.as_ptr().cast(), name.len() as isize);
        if key.is_null() {
            ffi::PyErr_Clear();
            return key;
        }
        let found = ffi::PyDict_GetItem(dictionary, key);
        ffi::Py_DECREF(key);
        found
    }
}

/// The dictionary of a class; borrowed, null where it has none yet.
pub(crate) unsafe fn dictionary_of(class: *mut ffi::PyTypeObject) -> *mut ffi::PyObject {
    // SAFETY: the caller lends a live class, which holds its dictionary. From 3.12 on that of a
    // static built-in class is kept by the interpreter, and `PyType_GetDict` finds both kinds.
    unsafe {
        #[cfg(Py_3_12)]
        {
            let dictionary = PyType_GetDict(class);
            ffi::Py_XDECREF(dictionary);
            dictionary
        }
        #[cfg(not(Py_3_12))]
        {
            (*class).tp_dict
        }
    }
}

// Part of CPython's C API from 3.12 on, and not declared by pyo3.
#[cfg(Py_3_12)]
unsafe extern "C" {
    fn PyType_GetDict(class: *mut ffi::PyTypeObject) -> *mut ffi::PyObject;
}

/// The code object that a generator runs.
pub(crate) unsafe fn generator_code(value: *mut ffi::PyObject) -> Option<Address> {
    // SAFETY: the caller lends a live object, and a generator holds its code.
    unsafe {
        if ffi::Py_TYPE(value) != &raw mut ffi::PyGen_Type {
            return None;
        }
        let code = crate::seen::running_code(value);
        if code.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let address = code as Address;
        ffi::Py_DECREF(code);
        Some(address)
    }
}

/// The names that a code object, or one within it, refers to as globals or attributes.
pub(crate) unsafe fn code_names(code: *mut ffi::PyObject) -> Vec<String> {
    // SAFETY: handed on from the caller; a code object keeps what it names.
    unsafe {
        let Some((names, nested)) = crate::callee::names_of(code) else { return Vec::new() };
        let mut found: Vec<String> = names.into_iter().filter_map(|name| text(name)).collect();
        for code in nested {
            found.extend(code_names(code));
        }
        found
    }
}

/// The text of a path object, an open file's name or another thing that stands for a path.
pub(crate) unsafe fn path_text(value: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: only types of the standard library are asked, whose methods touch nothing.
    unsafe {
        let (module, name) = type_name(ffi::Py_TYPE(value));
        let owned = match module.split('.').next() {
            Some("pathlib") if name.contains("Path") => ffi::PyObject_Str(value),
            Some("_io") => ffi::PyObject_GetAttrString(value, c"name".as_ptr()),
            _ => ptr::null_mut(),
        };
        if owned.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let found = text(owned);
        ffi::Py_DECREF(owned);
        found
    }
}

/// What an object of pandas' stands for when it changes: the frame or series itself with its
/// manager, or for an indexer (`.loc` and its like) those of what it indexes. `None` for others.
///
/// Under copy-on-write, which pandas has always on from 3.0, a change is never seen through another
/// object of pandas', so the memory below need not be looked at.
pub(crate) unsafe fn pandas_parts(value: *mut ffi::PyObject) -> Option<Vec<*mut ffi::PyObject>> {
    // SAFETY: the caller lends a live object; instance dictionaries lend what they hold.
    unsafe {
        let (module, name) = type_name(ffi::Py_TYPE(value));
        if !module.starts_with("pandas") {
            return None;
        }
        let mut parts = vec![value];
        if matches!(name.as_str(), "DataFrame" | "Series") {
            let manager = attribute(value, "_mgr");
            if !manager.is_null() {
                parts.push(manager);
            }
            return Some(parts);
        }
        if name.contains("Indexer") {
            // What it indexes is a field of a C struct, so the interpreter is asked for it.
            let borders = rustc_hash::FxHashSet::default();
            let mut walk = crate::reach::Walk { borders: &borders, budget: 64, definitions: false };
            let mut indexed = ptr::null_mut();
            walk.run(value, &mut rustc_hash::FxHashSet::default(), &mut |object| {
                let name = type_name(ffi::Py_TYPE(object));
                if name.0.starts_with("pandas") && matches!(name.1.as_str(), "DataFrame" | "Series")
                {
                    indexed = object;
                }
                indexed.is_null()
            });
            if !indexed.is_null() {
                parts.extend(pandas_parts(indexed).unwrap_or_default());
                return Some(parts);
            }
        }
        None
    }
}

/// The arrays of a frame or series that a change of it writes into, though pandas copies on write:
/// those that no other object of pandas' shares. NumPy's views of them show it. `by` is what changes
/// it; whole columns and indexes are replaced rather than written into.
pub(crate) unsafe fn written_arrays(
    value: *mut ffi::PyObject,
    parts: &[*mut ffi::PyObject],
    by: &str,
) -> Vec<*mut ffi::PyObject> {
    let method = by.rsplit('.').next().unwrap_or(by);
    let mut found = Vec::new();
    // SAFETY: the caller lends live objects; what is asked of pandas' blocks are fields of C structs
    // and a count, and each block is held by its manager.
    unsafe {
        let name = type_name(ffi::Py_TYPE(value)).1;
        let writes = name.contains("Indexer")
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
            );
        let [_, .., manager] = *parts else { return found };
        if !writes {
            return found;
        }
        let blocks = owned_attribute(manager, c"blocks");
        if blocks.is_null() || ffi::PyTuple_Check(blocks) == 0 {
            ffi::Py_XDECREF(blocks);
            return found;
        }
        for at in 0..ffi::PyTuple_GET_SIZE(blocks) {
            let block = ffi::PyTuple_GET_ITEM(blocks, at);
            let references = owned_attribute(block, c"refs");
            let shared = match references.is_null() {
                true => ptr::null_mut(),
                false => {
                    ffi::PyObject_CallMethod(references, c"has_reference".as_ptr(), ptr::null())
                }
            };
            ffi::PyErr_Clear();
            let values = owned_attribute(block, c"values");
            if shared != ffi::Py_True() && !values.is_null() {
                found.push(values);
                if type_name(ffi::Py_TYPE(values)).0.starts_with("pandas.") {
                    let own = ["_data", "_mask"].map(|name| attribute(values, name));
                    found.extend(own.into_iter().filter(|array| !array.is_null()));
                    // A field in C of the arrays of times and texts, which hold it.
                    let inner = owned_attribute(values, c"_ndarray");
                    if !inner.is_null() {
                        found.push(inner);
                        ffi::Py_DECREF(inner);
                    }
                }
            }
            ffi::Py_XDECREF(values);
            ffi::Py_XDECREF(shared);
            ffi::Py_XDECREF(references);
        }
        ffi::Py_DECREF(blocks);
    }
    found
}

/// A new reference to what an attribute gives; null where there is none.
unsafe fn owned_attribute(value: *mut ffi::PyObject, name: &std::ffi::CStr) -> *mut ffi::PyObject {
    // SAFETY: the caller lends a live object.
    unsafe {
        let found = ffi::PyObject_GetAttrString(value, name.as_ptr());
        if found.is_null() {
            ffi::PyErr_Clear();
        }
        found
    }
}

/// What an instance's own dictionary holds under a name; borrowed, null where there is nothing.
pub(crate) unsafe fn attribute(value: *mut ffi::PyObject, name: &str) -> *mut ffi::PyObject {
    // SAFETY: `PyObject_GenericGetDict` gives a new reference to the dictionary, which the instance
    // keeps alive as well.
    unsafe {
        let dictionary = ffi::PyObject_GenericGetDict(value, ptr::null_mut());
        if dictionary.is_null() {
            ffi::PyErr_Clear();
            return dictionary;
        }
        let found = item(dictionary, name);
        ffi::Py_DECREF(dictionary);
        found
    }
}

/// Whether a thread or process runs behind an object.
pub(crate) unsafe fn runs_behind(value: *mut ffi::PyObject) -> bool {
    // SAFETY: handed on from the caller.
    unsafe { is_runner(ffi::Py_TYPE(value)) }
}

/// Whether a thread or process runs behind the instances of a class.
pub(crate) unsafe fn is_runner(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: bases of a ready type are live for as long as it is.
    unsafe {
        let mut class = class;
        while !class.is_null() {
            let (module, name) = type_name(class);
            if (module == "threading" && name == "Thread")
                || (module == "multiprocessing.process" && name == "BaseProcess")
            {
                return true;
            }
            class = (*class).tp_base;
        }
        false
    }
}

/// Whether an object may change with an artist of matplotlib's that leads to it: it is itself one of
/// matplotlib's, and none of those that all figures share, as markers' paths. What it was given to draw
/// stays as it is.
pub(crate) unsafe fn changes_with_artist(object: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    let (module, name) = unsafe { type_name(ffi::Py_TYPE(object)) };
    is_matplotlib(&module)
        && !name.contains("Colormap")
        && !matches!(
            module.as_str(),
            "matplotlib._enums"
                | "matplotlib.font_manager"
                | "matplotlib.markers"
                | "matplotlib.path"
        )
}

/// Whether a value is of a class of matplotlib's.
pub(crate) unsafe fn is_of_matplotlib(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    is_matplotlib(&unsafe { type_name(ffi::Py_TYPE(value)) }.0)
}

fn is_matplotlib(module: &str) -> bool {
    module.starts_with("matplotlib.") || module.starts_with("mpl_toolkits.")
}

/// Whether an iterator is one of Python's own that calls what it holds with the elements of what it goes
/// through: `map`, `filter` and those of `itertools`.
pub(crate) unsafe fn calls_with_elements(iterator: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    let (module, name) = unsafe { type_name(ffi::Py_TYPE(iterator)) };
    module == "itertools" || (module == "builtins" && matches!(name.as_str(), "filter" | "map"))
}

/// Whether a value is a container of a type that Python has built in.
pub(crate) unsafe fn is_builtin_container(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        ffi::PyDict_CheckExact(value) != 0
            || ffi::PyList_CheckExact(value) != 0
            || ffi::Py_TYPE(value) == &raw mut ffi::PySet_Type
    }
}

/// Whether a value is a `collections.defaultdict`.
pub(crate) unsafe fn is_defaultdict(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        let kind = ffi::Py_TYPE(value);
        kind != &raw mut ffi::PyDict_Type
            && ffi::PyDict_Check(value) != 0
            && type_name(kind) == ("collections".to_owned(), "defaultdict".to_owned())
    }
}

/// Visits what a value holds itself: the items of a list or dictionary, the attributes of an instance.
pub(crate) unsafe fn each_held(
    value: *mut ffi::PyObject,
    mut visit: impl FnMut(*mut ffi::PyObject),
) {
    // SAFETY: the caller lends a live object; containers lend what they hold, and `visit` runs no
    // Python code.
    unsafe {
        if ffi::PyList_Check(value) != 0 {
            for at in 0..ffi::PyList_GET_SIZE(value) {
                visit(ffi::PyList_GET_ITEM(value, at));
            }
        }
        // `pair[0] += [1]` is an error only when the list has grown.
        if ffi::PyTuple_Check(value) != 0 {
            for at in 0..ffi::PyTuple_GET_SIZE(value) {
                visit(ffi::PyTuple_GET_ITEM(value, at));
            }
        }
        let own = if ffi::PyDict_Check(value) != 0 {
            ffi::Py_NewRef(value)
        } else {
            ffi::PyObject_GenericGetDict(value, ptr::null_mut())
        };
        if own.is_null() {
            ffi::PyErr_Clear();
            return;
        }
        let (mut position, mut item) = (0, ptr::null_mut());
        while ffi::PyDict_Next(own, &mut position, ptr::null_mut(), &mut item) != 0 {
            visit(item);
        }
        ffi::Py_DECREF(own);
    }
}

/// Whether a value is a `warnings.catch_warnings`.
pub(crate) unsafe fn catches_warnings(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    let (module, name) = unsafe { type_name(ffi::Py_TYPE(value)) };
    name == "catch_warnings" && matches!(module.as_str(), "warnings" | "_py_warnings")
}

/// Whether a value is `os.environ`.
pub(crate) unsafe fn is_environ(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe { type_name(ffi::Py_TYPE(value)) == ("os".to_owned(), "_Environ".to_owned()) }
}

/// The values of the global variables of a function's module; borrowed from it.
pub(crate) unsafe fn globals_of(function: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
    // SAFETY: the caller lends a live callable; a function holds its globals, which hold the rest.
    unsafe {
        let mut values = Vec::new();
        if ffi::Py_TYPE(function) == &raw mut ffi::PyFunction_Type {
            let globals = ffi::PyFunction_GetGlobals(function);
            let (mut at, mut value) = (0, ptr::null_mut());
            while ffi::PyDict_Next(globals, &mut at, ptr::null_mut(), &mut value) != 0 {
                values.push(value);
            }
        }
        values
    }
}

/// The files open for writing that are reached from values, with their paths: as the object that
/// holds the descriptor, as the streams around that, and as the value itself where it is no
/// container. Null values do not count.
pub(crate) unsafe fn open_files(
    roots: &[*mut ffi::PyObject],
    borders: &rustc_hash::FxHashSet<Address>,
) -> Vec<(Address, String)> {
    const BUDGET: usize = 10_000;
    const STREAM_BUDGET: usize = 64;
    let is_file = |kind: *mut ffi::PyTypeObject| {
        // SAFETY: the type is that of a live object.
        let (module, name) = unsafe { type_name(kind) };
        (module == "_io").then_some(name)
    };
    let mut found = Vec::new();
    // SAFETY: the caller lends live values, and nothing here runs Python code: the attributes of a
    // `FileIO` are plain members. The call may have raised, and what it raised is not ours to touch.
    unsafe {
        let _pending = Pending::aside();
        for &root in roots.iter().filter(|root| !root.is_null()) {
            let mut streams = Vec::new();
            let mut walk = crate::reach::Walk { borders, budget: BUDGET, definitions: false };
            walk.run(root, &mut rustc_hash::FxHashSet::default(), &mut |object| {
                if is_file(ffi::Py_TYPE(object)).is_some() {
                    streams.push(object);
                }
                true
            });
            if !streams.is_empty() && held_by_name(root) && !streams.contains(&root) {
                streams.push(root);
            }
            for stream in streams {
                let mut walk =
                    crate::reach::Walk { borders, budget: STREAM_BUDGET, definitions: false };
                walk.run(stream, &mut rustc_hash::FxHashSet::default(), &mut |object| {
                    let file = is_file(ffi::Py_TYPE(object)).as_deref() == Some("FileIO");
                    let path = if file { path_of_open(object) } else { None };
                    if let Some(path) = path {
                        found.push((stream as Address, path));
                        return false;
                    }
                    true
                });
            }
        }
    }
    found
}

/// A pending exception that is put aside until this is dropped.
pub(crate) struct Pending([*mut ffi::PyObject; 3]);

impl Pending {
    /// Puts a pending exception aside, if there is one.
    pub(crate) unsafe fn aside() -> Self {
        let mut pending = [ptr::null_mut(); 3];
        // SAFETY: the GIL is held; what is taken is given back by `drop`.
        unsafe {
            #[allow(deprecated, reason = "the new way normalizes, which runs code")]
            ffi::PyErr_Fetch(&mut pending[0], &mut pending[1], &mut pending[2]);
        }
        Self(pending)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // SAFETY: gives back what `aside` took.
        unsafe {
            #[allow(deprecated, reason = "the new way normalizes, which runs code")]
            ffi::PyErr_Restore(self.0[0], self.0[1], self.0[2]);
        }
    }
}

/// Whether a value is an instance of a class, rather than a container or a module.
unsafe fn held_by_name(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live value.
    unsafe {
        (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
            && ffi::PyType_Check(value) == 0
            && ffi::PyModule_Check(value) == 0
    }
}

/// The path of a `FileIO` that is open for writing.
unsafe fn path_of_open(file: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: the caller checked the exact type.
    unsafe {
        let ask = |name: &std::ffi::CStr| {
            let value = ffi::PyObject_GetAttrString(file, name.as_ptr());
            if value.is_null() {
                ffi::PyErr_Clear();
                return None;
            }
            let answer = (value == ffi::Py_True(), text(value));
            ffi::Py_DECREF(value);
            Some(answer)
        };
        let (closed, _) = ask(c"closed")?;
        let (_, mode) = ask(c"mode")?;
        let (_, name) = ask(c"name")?;
        let writable = mode.is_some_and(|mode| mode.contains(['w', 'a', 'x', '+']));
        name.filter(|_| !closed && writable)
    }
}

/// The arrays whose memory is read and written by way of an object of NumPy's that is none itself:
/// `array.flat`, a `numpy.nditer`, an item of a structured array; borrowed from it.
pub(crate) unsafe fn arrays_behind(value: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
    // SAFETY: the caller lends a live object; the getter is that of NumPy's own type, whatever a class
    // derived from it says, and the object holds the arrays that it gives. The tuple that some give
    // must not set off the collector in the middle of a walk.
    unsafe {
        let Some((base, attribute)) = crate::reach::window_type(ffi::Py_TYPE(value)) else {
            return Vec::new();
        };
        let getter = item(dictionary_of(base), attribute);
        let Some(get) = (!getter.is_null()).then(|| (*ffi::Py_TYPE(getter)).tp_descr_get).flatten()
        else {
            return Vec::new();
        };
        let collects = ffi::PyGC_Disable() != 0;
        let arrays = get(getter, value, base.cast());
        if collects {
            ffi::PyGC_Enable();
        }
        if arrays.is_null() {
            ffi::PyErr_Clear();
            return Vec::new();
        }
        let found = match ffi::PyTuple_Check(arrays) != 0 {
            true => (0..ffi::PyTuple_GET_SIZE(arrays))
                .map(|at| ffi::PyTuple_GET_ITEM(arrays, at))
                .collect(),
            false if arrays == ffi::Py_None() => Vec::new(),
            false => vec![arrays],
        };
        ffi::Py_DECREF(arrays);
        found
    }
}

/// Which of pandas' options an object of `pd.options` stands for: `display` for `pd.options.display`.
/// `None` for everything else.
pub(crate) unsafe fn options_named(value: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: the caller lends a live object.
    unsafe {
        let (module, name) = type_name(ffi::Py_TYPE(value));
        if !module.starts_with("pandas.") || name != "DictWrapper" {
            return None;
        }
        let prefix = attribute(value, "prefix");
        text(prefix).filter(|prefix| !prefix.is_empty())
    }
}

/// Where a logger's messages are kept or written by its handlers and those of the loggers above it:
/// streams, buffers, queues. Those of the root logger where it is none that is asked; borrowed.
pub(crate) unsafe fn log_streams(logger: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
    /// How many loggers may stand above each other.
    const MOST: usize = 64;
    let mut found = Vec::new();
    // SAFETY: the caller lends a live object or null; instances and modules lend what they hold.
    unsafe {
        let mut logger = logger;
        if logger.is_null() || attribute(logger, "handlers").is_null() {
            let adapted = if logger.is_null() { logger } else { attribute(logger, "logger") };
            let root = || in_module("logging", "root").unwrap_or(ptr::null_mut());
            logger = if adapted.is_null() { root() } else { adapted };
        }
        for _ in 0..MOST {
            if logger.is_null() || logger == ffi::Py_None() {
                break;
            }
            let handlers = attribute(logger, "handlers");
            if !handlers.is_null() && ffi::PyList_Check(handlers) != 0 {
                for at in 0..ffi::PyList_GET_SIZE(handlers) {
                    let handler = ffi::PyList_GET_ITEM(handlers, at);
                    found.extend(
                        ["stream", "buffer", "queue"]
                            .map(|name| attribute(handler, name))
                            .into_iter()
                            .filter(|value| !value.is_null() && *value != ffi::Py_None()),
                    );
                }
            }
            if attribute(logger, "propagate") == ffi::Py_False() {
                break;
            }
            logger = attribute(logger, "parent");
        }
    }
    found
}

/// The module in whose namespace an object stands under a public name: this one or one of its own
/// submodules; borrowed, null where there is none.
pub(crate) unsafe fn module_holding(
    module: *mut ffi::PyObject,
    object: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the caller lends live objects; modules lend what they hold.
    unsafe {
        let public =
            |name: *mut ffi::PyObject| text(name).is_some_and(|name| !name.starts_with('_'));
        let mut submodules = Vec::new();
        let (mut at, mut name, mut value) = (0, ptr::null_mut(), ptr::null_mut());
        let names = ffi::PyModule_GetDict(module);
        while ffi::PyDict_Next(names, &mut at, &mut name, &mut value) != 0 {
            if value == object && public(name) {
                return module;
            }
            if ffi::PyModule_Check(value) != 0 {
                submodules.push(value);
            }
        }
        let own = format!("{}.", module_name(module));
        for submodule in submodules {
            let names = ffi::PyModule_GetDict(submodule);
            at = 0;
            while ffi::PyDict_Next(names, &mut at, &mut name, &mut value) != 0 {
                if value == object && public(name) && module_name(submodule).starts_with(&own) {
                    return submodule;
                }
            }
        }
        ptr::null_mut()
    }
}

/// What an imported module holds under a name; borrowed.
pub(crate) unsafe fn in_module(module: &str, name: &str) -> Option<*mut ffi::PyObject> {
    // SAFETY: the dictionary of modules lends what it holds, and so does a module's own.
    unsafe {
        let module = item(ffi::PyImport_GetModuleDict(), module);
        if module.is_null() || ffi::PyModule_Check(module) == 0 {
            return None;
        }
        let object = item(ffi::PyModule_GetDict(module), name);
        (!object.is_null()).then_some(object)
    }
}

/// Whether a module is of neither an installed library nor Python: it lies with the program.
pub(crate) unsafe fn is_own_module(module: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller checked for a module, which lends what it holds.
    let file = unsafe { text(item(ffi::PyModule_GetDict(module), "__file__")) };
    file.is_some_and(|file| {
        !file.contains("site-packages")
            && !file.contains("dist-packages")
            && !file.contains("/lib/python3")
    })
}

/// A module's name.
pub(crate) unsafe fn module_name(module: *mut ffi::PyObject) -> String {
    // SAFETY: the caller checked for a module.
    unsafe {
        let name = ffi::PyModule_GetNameObject(module);
        let found = text(name);
        if name.is_null() {
            ffi::PyErr_Clear();
        }
        ffi::Py_XDECREF(name);
        found.unwrap_or_default()
    }
}

/// A result, or where it is a tuple, list or array, nested or not, the values in it, as `plt.subplots`
/// gives figures and axes; borrowed from it.
pub(crate) unsafe fn parts_of(result: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
    const MOST: usize = 256;
    const BUDGET: usize = 4_096;
    let mut parts = Vec::new();
    // SAFETY: the caller lends a live object, which holds what is found in it.
    unsafe {
        let is_array = |value: *mut ffi::PyObject| {
            crate::reach::is_array(value)
                && (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0
        };
        let borders = rustc_hash::FxHashSet::default();
        let walk = crate::reach::Walk { borders: &borders, budget: BUDGET, definitions: false };
        let mut seen = rustc_hash::FxHashSet::default();
        let mut open = vec![result];
        while let Some(value) = open.pop().filter(|_| parts.len() < MOST && seen.len() < BUDGET) {
            if !seen.insert(value as Address) {
                continue;
            }
            let plain = ffi::PyTuple_CheckExact(value) != 0
                || ffi::PyList_CheckExact(value) != 0
                || is_array(value);
            let gathers = plain || ffi::PyTuple_Check(value) != 0 || ffi::PyList_Check(value) != 0;
            if !plain && crate::reach::is_mutable(value) {
                parts.push(value);
            }
            if gathers {
                open.extend(walk.held(value));
            }
        }
    }
    parts
}
