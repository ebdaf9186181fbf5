//! Object: small questions to live objects that run none of the program's code.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::ptr;

use pyo3::ffi;

use crate::callee::{lookup, text, type_name};
use crate::class::member;
use crate::reach::Address;

/// What a dictionary holds under a name; borrowed, null where there is nothing.
pub unsafe fn item(dictionary: *mut ffi::PyObject, name: &str) -> *mut ffi::PyObject {
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
pub unsafe fn dictionary_of(class: *mut ffi::PyTypeObject) -> *mut ffi::PyObject {
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
    fn PyGen_GetCode(generator: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

/// The code object that a generator runs.
pub unsafe fn generator_code(value: *mut ffi::PyObject) -> Option<Address> {
    // SAFETY: the caller lends a live object, and a generator holds its code.
    unsafe {
        if ffi::Py_TYPE(value) != &raw mut ffi::PyGen_Type {
            return None;
        }
        // Not by its attribute, which may be disguised.
        #[cfg(Py_3_12)]
        let code = PyGen_GetCode(value);
        #[cfg(not(Py_3_12))]
        let code = ffi::Py_NewRef((*value.cast::<ffi::PyGenObject>()).gi_code);
        let address = code as Address;
        ffi::Py_DECREF(code);
        Some(address)
    }
}

/// The names that a code object, or one within it, refers to as globals or attributes.
pub unsafe fn code_names(code: *mut ffi::PyObject) -> Vec<String> {
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
pub unsafe fn path_text(value: *mut ffi::PyObject) -> Option<String> {
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

/// A new reference to what an attribute gives; null where there is none.
pub unsafe fn owned_attribute(
    value: *mut ffi::PyObject,
    name: &std::ffi::CStr,
) -> *mut ffi::PyObject {
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
pub unsafe fn attribute(value: *mut ffi::PyObject, name: &str) -> *mut ffi::PyObject {
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
pub unsafe fn runs_behind(value: *mut ffi::PyObject) -> bool {
    // SAFETY: handed on from the caller.
    unsafe { is_runner(ffi::Py_TYPE(value)) }
}

/// Whether a thread or process runs behind the instances of a class.
pub unsafe fn is_runner(class: *mut ffi::PyTypeObject) -> bool {
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
pub unsafe fn changes_with_artist(object: *mut ffi::PyObject) -> bool {
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
pub unsafe fn is_of_matplotlib(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    is_matplotlib(&unsafe { type_name(ffi::Py_TYPE(value)) }.0)
}

fn is_matplotlib(module: &str) -> bool {
    module.starts_with("matplotlib.") || module.starts_with("mpl_toolkits.")
}

/// Whether an iterator is one of Python's own that calls what it holds with the elements of what it goes
/// through: `map`, `filter` and those of `itertools`.
pub unsafe fn calls_with_elements(iterator: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    let (module, name) = unsafe { type_name(ffi::Py_TYPE(iterator)) };
    module == "itertools" || (module == "builtins" && matches!(name.as_str(), "filter" | "map"))
}

/// Whether a value is a container of a type that Python has built in.
pub unsafe fn is_builtin_container(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        ffi::PyDict_CheckExact(value) != 0
            || ffi::PyList_CheckExact(value) != 0
            || ffi::Py_TYPE(value) == &raw mut ffi::PySet_Type
    }
}

/// Whether a library's code written in Python sets the items or attributes of a value.
pub unsafe fn stores_by_itself(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object, and its class holds its methods.
    unsafe {
        let class = ffi::Py_TYPE(value);
        if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 {
            return false;
        }
        [c"__setitem__", c"__setattr__"].iter().any(|name| {
            let method = lookup(class, name);
            !method.is_null()
                && ffi::Py_TYPE(method) == &raw mut ffi::PyFunction_Type
                && !crate::session_code::is_session_function(method)
        })
    }
}

/// The lists and dictionaries that an instance holds, also those within these.
pub unsafe fn containers_within(value: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
    const MOST: usize = 64;
    // Longer ones are data.
    const LONGEST: isize = 1_000;
    let mut found: Vec<*mut ffi::PyObject> = Vec::new();
    let (mut next, mut looked_into) = (Some(value), 0);
    // SAFETY: the caller lends a live object, and each holds the next; built-in containers know their
    // lengths.
    unsafe {
        while let Some(holder) = next {
            if !is_builtin_container(holder) || ffi::PyObject_Size(holder) <= LONGEST {
                each_held(holder, |held| {
                    if found.len() < MOST && is_builtin_container(held) && !found.contains(&held) {
                        found.push(held);
                    }
                });
            }
            next = found.get(looked_into).copied();
            looked_into += 1;
        }
    }
    found
}

/// What the method that makes a `defaultdict`'s values is bound to; borrowed, null where it is none.
pub unsafe fn factory_of(value: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the caller checked for a `defaultdict`, which holds its factory, and that what it is bound
    // to; both are members of C structures.
    unsafe {
        let factory = member(value, c"default_factory");
        if factory.is_null() || ffi::Py_TYPE(factory) == &raw mut ffi::PyFunction_Type {
            return ptr::null_mut();
        }
        let receiver = crate::callee::describe(factory).receiver;
        match type_name(ffi::Py_TYPE(factory)).1 == "method-wrapper" {
            true => member(factory, c"__self__"),
            false => receiver,
        }
    }
}

/// Whether a value is a `collections.defaultdict`.
pub unsafe fn is_defaultdict(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe {
        let kind = ffi::Py_TYPE(value);
        kind != &raw mut ffi::PyDict_Type
            && ffi::PyDict_Check(value) != 0
            && type_name(kind) == ("collections".to_owned(), "defaultdict".to_owned())
    }
}

/// Visits what a value holds itself: the items of a list or dictionary, the attributes of an instance.
pub unsafe fn each_held(value: *mut ffi::PyObject, mut visit: impl FnMut(*mut ffi::PyObject)) {
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
pub unsafe fn catches_warnings(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    let (module, name) = unsafe { type_name(ffi::Py_TYPE(value)) };
    name == "catch_warnings" && matches!(module.as_str(), "warnings" | "_py_warnings")
}

/// Whether a value is `os.environ`.
pub unsafe fn is_environ(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe { type_name(ffi::Py_TYPE(value)) == ("os".to_owned(), "_Environ".to_owned()) }
}

/// The values of the global variables of a function's module; borrowed from it.
pub unsafe fn globals_of(function: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
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

/// A pending exception that is put aside until this is dropped.
pub struct Pending([*mut ffi::PyObject; 3]);

impl Pending {
    /// Puts a pending exception aside, if there is one.
    pub unsafe fn aside() -> Self {
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

/// The arrays whose memory is read and written by way of an object of NumPy's that is none itself:
/// `array.flat`, a `numpy.nditer`, an item of a structured array; borrowed from it.
pub unsafe fn arrays_behind(value: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
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

/// The module in whose namespace an object stands under a public name: this one or one of its own
/// submodules; borrowed, null where there is none.
pub unsafe fn module_holding(
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
pub unsafe fn in_module(module: &str, name: &str) -> Option<*mut ffi::PyObject> {
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
pub unsafe fn is_own_module(module: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller checked for a module, which lends what it holds.
    let file = unsafe { text(item(ffi::PyModule_GetDict(module), "__file__")) };
    file.is_some_and(|file| {
        !file.contains("site-packages")
            && !file.contains("dist-packages")
            && !file.contains("/lib/python3")
    })
}

/// A module's name.
pub unsafe fn module_name(module: *mut ffi::PyObject) -> String {
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
pub unsafe fn parts_of(result: *mut ffi::PyObject) -> Vec<*mut ffi::PyObject> {
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
