//! Callee: what is about to be called, taken apart and named.
#![allow(unsafe_code, reason = "looks at live callables through CPython's C API")]

use std::ptr;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::reach::Address;

// Exported by CPython, and not declared by pyo3.
unsafe extern "C" {
    /// The class of bound methods.
    pub static mut PyMethod_Type: ffi::PyTypeObject;
    /// The function of a bound method; borrowed.
    pub fn PyMethod_Function(method: *mut ffi::PyObject) -> *mut ffi::PyObject;
    /// What a method is bound to; borrowed.
    pub fn PyMethod_Self(method: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

/// What identifies a callee from one call to the next without keeping it alive: `(0, 0)` where
/// nothing does.
pub type Key = (usize, usize);

/// A callable taken apart.
#[derive(Clone, Copy)]
pub struct Callee {
    /// What identifies it.
    pub key: Key,
    /// What it is bound to, if anything; borrowed from the callable.
    pub receiver: *mut ffi::PyObject,
    /// The function inside; the callable itself where it is not bound.
    pub function: *mut ffi::PyObject,
    /// The callable itself.
    pub callable: *mut ffi::PyObject,
    /// What kind of callable it is.
    pub shape: Shape,
}

/// What kind of callable it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A function written in Python.
    Function,
    /// A function or bound method written in C.
    Builtin,
    /// A method of a C type, not bound.
    Descriptor,
    /// A class.
    Class,
    /// Something else with a `__call__`.
    Other,
}

impl Callee {
    /// The code object of a Python function.
    pub unsafe fn code(&self) -> Option<Address> {
        // SAFETY: the callee's parts live as long as the callable that the caller lends.
        (self.shape == Shape::Function)
            .then(|| unsafe { ffi::PyFunction_GetCode(self.function) as Address })
    }

    /// The function object inside.
    pub fn function(&self) -> *mut ffi::PyObject {
        self.function
    }

    /// Whether it is a method of C that is bound to a value.
    pub fn is_bound_builtin(&self) -> bool {
        self.shape == Shape::Builtin && !self.receiver.is_null()
    }

    /// Whether it is a method of a C type that is not bound.
    pub fn is_descriptor(&self) -> bool {
        self.shape == Shape::Descriptor
    }

    /// Whether what it does hangs neither on its arguments nor on how many there are: methods and
    /// functions of C that never iterate.
    pub unsafe fn is_plain(&self) -> bool {
        // SAFETY: the callee's parts live as long as the callable that the caller lends.
        self.shape == Shape::Builtin && unsafe { never_iterates(&name_of(self.function)) }
    }
}

/// Takes a callable apart.
pub unsafe fn describe(callable: *mut ffi::PyObject) -> Callee {
    // SAFETY: the caller lends a live object; each cast follows a check of the exact type.
    unsafe {
        let kind = ffi::Py_TYPE(callable);
        let none = ptr::null_mut();
        if kind == &raw mut ffi::PyFunction_Type {
            let code = ffi::PyFunction_GetCode(callable);
            return Callee {
                key: (code as usize, 0),
                receiver: none,
                function: callable,
                callable,
                shape: Shape::Function,
            };
        }
        if kind == &raw mut PyMethod_Type {
            let function = PyMethod_Function(callable);
            let receiver = PyMethod_Self(callable);
            let inner = describe(function);
            let key = match inner.key {
                (0, _) => (0, 0),
                (first, _) => (first, ffi::Py_TYPE(receiver) as usize),
            };
            let shape = match inner.shape {
                // A method of a class of Cython's is one of C.
                Shape::Other if is_cython_function(ffi::Py_TYPE(function)) => Shape::Builtin,
                shape => shape,
            };
            return Callee { key, receiver, function: inner.function, callable, shape };
        }
        if ffi::PyCFunction_Check(callable) != 0 {
            let receiver = ffi::PyCFunction_GetSelf(callable);
            let bound = !receiver.is_null() && ffi::PyModule_Check(receiver) == 0;
            let method = (*callable.cast::<ffi::PyCFunctionObject>()).m_ml as usize;
            return Callee {
                key: (method, if bound { ffi::Py_TYPE(receiver) as usize } else { 0 }),
                receiver: if bound { receiver } else { none },
                function: callable,
                callable,
                shape: Shape::Builtin,
            };
        }
        if kind == &raw mut ffi::PyMethodDescr_Type || kind == &raw mut ffi::PyWrapperDescr_Type {
            return Callee {
                key: (callable as usize, 1),
                receiver: none,
                function: callable,
                callable,
                shape: Shape::Descriptor,
            };
        }
        if ffi::PyType_Check(callable) != 0 {
            let fixed =
                (*callable.cast::<ffi::PyTypeObject>()).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0;
            return Callee {
                key: if fixed { (callable as usize, 2) } else { class_key(callable.cast(), 4) },
                receiver: none,
                function: callable,
                callable,
                shape: Shape::Class,
            };
        }
        // An instance with a `__call__` is its own receiver; a function of another make is not.
        let function = makes_functions(kind);
        let of_python = (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
            && !std::ffi::CStr::from_ptr((*kind).tp_name).to_bytes().contains(&b'.');
        Callee {
            key: if of_python && !function { class_key(kind, 5) } else { (0, 0) },
            receiver: if function { none } else { callable },
            function: callable,
            callable,
            shape: Shape::Other,
        }
    }
}

/// Whether a profile function is told of calls of this: functions and methods of C.
pub unsafe fn is_of_c(callable: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object; a bound method holds its function.
    unsafe {
        let bound = ffi::Py_TYPE(callable) == &raw mut PyMethod_Type;
        let function = if bound { PyMethod_Function(callable) } else { callable };
        ffi::PyCFunction_Check(function) != 0
            || ffi::Py_TYPE(function) == &raw mut ffi::PyMethodDescr_Type
    }
}

/// What identifies a class as long as it is as it is: its version (`tp_version_tag`) is never given to
/// another one, and changes with it.
pub unsafe fn class_key(class: *mut ffi::PyTypeObject, use_as: usize) -> Key {
    // SAFETY: the caller lends a live class.
    match unsafe { (*class).tp_version_tag } {
        0 => (0, 0),
        // Addresses, which stand here for other callees, are multiples of 16.
        version => (class as usize, (version as usize) << 4 | use_as),
    }
}

/// Whether a value is an instance of a class of the program that inherits nothing from elsewhere: what
/// is stored to it stays with it.
pub unsafe fn is_plain_instance(value: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live value; the method resolution order is a tuple of live types.
    unsafe {
        let order = (*ffi::Py_TYPE(value)).tp_mro;
        !order.is_null()
            && (0..ffi::PyTuple_GET_SIZE(order)).all(|at| {
                let base = ffi::PyTuple_GET_ITEM(order, at);
                base == (&raw mut ffi::PyBaseObject_Type).cast()
                    || ffi::PyType_Check(base) != 0 && is_session_class(base)
            })
    }
}

unsafe fn is_cython_function(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: `tp_name` ends with a zero.
    let name = unsafe { std::ffi::CStr::from_ptr((*class).tp_name) }.to_bytes();
    name.ends_with(b"cython_function_or_method") || name.ends_with(b"fused_cython_function")
}

/// Whether instances of a class are functions of another make: NumPy's and Cython's.
pub unsafe fn makes_functions(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: `tp_name` ends with a zero; a class holds its dictionary.
    unsafe {
        let name = std::ffi::CStr::from_ptr((*class).tp_name).to_bytes();
        if let Some(point) = name.iter().position(|&byte| byte == b'.') {
            return &name[..point] == b"numpy" || name.ends_with(b"cython_function_or_method");
        }
        if name == b"cython_function_or_method" || name == b"fused_cython_function" {
            return true;
        }
        if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 || (*class).tp_dict.is_null() {
            return false;
        }
        let py = Python::assume_attached();
        let key = pyo3::intern!(py, "__module__");
        let module = ffi::PyDict_GetItem((*class).tp_dict, key.as_ptr());
        text_is(module, |module| module == "numpy" || module.starts_with("numpy."))
    }
}

/// The class that a method of C belongs to.
pub unsafe fn owner_of(descriptor: *mut ffi::PyObject) -> *mut ffi::PyTypeObject {
    // SAFETY: the caller checked for a descriptor.
    unsafe { (*descriptor.cast::<ffi::PyDescrObject>()).d_type }
}

/// The text of a string; `None` for everything else and for lone surrogates.
pub unsafe fn text(object: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: handed on from the caller; the text is copied at once.
    unsafe { borrowed_text(object) }.map(str::to_owned)
}

/// Whether an object is a string of which that holds.
unsafe fn text_is(object: *mut ffi::PyObject, holds: impl FnOnce(&str) -> bool) -> bool {
    // SAFETY: handed on from the caller; `holds` runs no Python code.
    unsafe { borrowed_text(object) }.is_some_and(holds)
}

unsafe fn borrowed_text<'a>(object: *mut ffi::PyObject) -> Option<&'a str> {
    // SAFETY: the caller lends a live object or null; the bytes belong to the string.
    unsafe {
        if object.is_null() || ffi::PyUnicode_Check(object) == 0 {
            return None;
        }
        let mut length = 0;
        let bytes = ffi::PyUnicode_AsUTF8AndSize(object, &mut length);
        if bytes.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        std::str::from_utf8(std::slice::from_raw_parts(bytes.cast::<u8>(), length as usize)).ok()
    }
}

/// What a class or a base of it holds under a name, without binding it.
pub unsafe fn lookup(class: *mut ffi::PyTypeObject, name: &std::ffi::CStr) -> *mut ffi::PyObject {
    // SAFETY: the method resolution order is a tuple of live types; `vars` of each is looked into.
    unsafe {
        let order = (*class).tp_mro;
        if order.is_null() {
            return ptr::null_mut();
        }
        for at in 0..ffi::PyTuple_GET_SIZE(order) {
            let base = ffi::PyTuple_GET_ITEM(order, at).cast::<ffi::PyTypeObject>();
            let dictionary = crate::object::dictionary_of(base);
            if !dictionary.is_null() {
                let found = ffi::PyDict_GetItemString(dictionary, name.as_ptr());
                if !found.is_null() {
                    return found;
                }
            }
        }
        ptr::null_mut()
    }
}

/// The last part of a callable's name, where it has one.
pub unsafe fn name_of(function: *mut ffi::PyObject) -> String {
    // SAFETY: each cast follows a check of the exact type; names of C functions end with a zero.
    unsafe {
        let kind = ffi::Py_TYPE(function);
        if kind == &raw mut ffi::PyFunction_Type {
            return text((*function.cast::<ffi::PyFunctionObject>()).func_name).unwrap_or_default();
        }
        if ffi::PyCFunction_Check(function) != 0 {
            let method = (*function.cast::<ffi::PyCFunctionObject>()).m_ml;
            if !method.is_null() && !(*method).ml_name.is_null() {
                return std::ffi::CStr::from_ptr((*method).ml_name).to_string_lossy().into_owned();
            }
        }
        if kind == &raw mut ffi::PyMethodDescr_Type || kind == &raw mut ffi::PyWrapperDescr_Type {
            return text((*function.cast::<ffi::PyDescrObject>()).d_name).unwrap_or_default();
        }
        if ffi::PyType_Check(function) != 0 {
            return type_name(function.cast()).1;
        }
        if is_cython_function(kind) {
            // A plain getter of Cython's.
            let name = ffi::PyObject_GetAttrString(function, c"__name__".as_ptr());
            let found = text(name);
            if name.is_null() {
                ffi::PyErr_Clear();
            } else {
                ffi::Py_DECREF(name);
            }
            return found.unwrap_or_default();
        }
        String::new()
    }
}

/// The dotted name of a Python function that is written in the body of a class.
pub unsafe fn name_in_class(function: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: the cast follows a check of the exact type; a function always has a qualified name.
    unsafe {
        if ffi::Py_TYPE(function) != &raw mut ffi::PyFunction_Type {
            return None;
        }
        let name = text((*function.cast::<ffi::PyFunctionObject>()).func_qualname)?;
        // What is written in a function has that one's `<locals>` before its name.
        let (around, _) = name.rsplit_once('.')?;
        (!around.ends_with('>')).then_some(name)
    }
}

/// Whether a function of C is one of `builtins`.
pub unsafe fn is_builtins(function: *mut ffi::PyObject) -> bool {
    // SAFETY: the callers checked for a C function.
    unsafe {
        text((*function.cast::<ffi::PyCFunctionObject>()).m_module).as_deref() == Some("builtins")
    }
}

/// A type's module and qualified name.
pub unsafe fn type_name(class: *mut ffi::PyTypeObject) -> (String, String) {
    // SAFETY: `tp_name` ends with a zero; heap types keep their module in their dictionary.
    unsafe {
        let full = if (*class).tp_name.is_null() {
            String::new()
        } else {
            std::ffi::CStr::from_ptr((*class).tp_name).to_string_lossy().into_owned()
        };
        if (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 {
            return match full.rsplit_once('.') {
                Some((module, name)) => (module.to_owned(), name.to_owned()),
                None => ("builtins".to_owned(), full),
            };
        }
        let module = if (*class).tp_dict.is_null() {
            None
        } else {
            text(ffi::PyDict_GetItemString((*class).tp_dict, c"__module__".as_ptr()))
        };
        let name = text((*class.cast::<ffi::PyHeapTypeObject>()).ht_qualname);
        (
            module.unwrap_or_else(|| {
                full.rsplit_once('.').map_or("builtins", |(module, _)| module).to_owned()
            }),
            name.unwrap_or(full),
        )
    }
}

/// Whether a class is one of the program's `__main__`.
pub unsafe fn is_session_class(class: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller checked for a type.
    unsafe {
        let class = class.cast::<ffi::PyTypeObject>();
        (*class).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 && type_name(class).0 == "__main__"
    }
}

/// The top-level package that a callable says it is from.
pub unsafe fn package_of(function: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: handed on from the caller.
    Some(top_level(&unsafe { module_of(function) }?))
}

/// The module that a callable says it is from.
pub unsafe fn module_of(function: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: each cast follows a check of the exact type.
    unsafe {
        let kind = ffi::Py_TYPE(function);
        if kind == &raw mut ffi::PyFunction_Type {
            text(ffi::PyFunction_GetModule(function))
        } else if ffi::PyCFunction_Check(function) != 0 {
            text((*function.cast::<ffi::PyCFunctionObject>()).m_module)
        } else if ffi::PyType_Check(function) != 0 {
            Some(type_name(function.cast()).0)
        } else if kind == &raw mut ffi::PyMethodDescr_Type
            || kind == &raw mut ffi::PyWrapperDescr_Type
        {
            Some(type_name((*function.cast::<ffi::PyDescrObject>()).d_type).0)
        } else if type_name(kind).1.contains("cython_function") {
            // A plain getter of Cython's.
            let module = ffi::PyObject_GetAttrString(function, c"__module__".as_ptr());
            let found = text(module);
            if module.is_null() {
                ffi::PyErr_Clear();
            } else {
                ffi::Py_DECREF(module);
            }
            found
        } else {
            Some(type_name(kind).0)
        }
    }
}

/// The top-level package of a module.
pub fn top_level(module: &str) -> String {
    match module.split('.').next().unwrap_or(module) {
        // Where CPython keeps the functions of `os`.
        "posix" | "nt" | "posixpath" | "ntpath" | "genericpath" => "os".to_owned(),
        top => top.to_owned(),
    }
}

/// The names that a code object may look up as globals, and the code objects nested in it.
pub unsafe fn names_of(
    code: *mut ffi::PyObject,
) -> Option<(Vec<*mut ffi::PyObject>, Vec<*mut ffi::PyObject>)> {
    // SAFETY: `co_names` and `co_consts` are plain attributes that hold tuples; the code object
    // keeps what they hold alive.
    unsafe {
        let items = |attribute: &std::ffi::CStr| {
            let tuple = ffi::PyObject_GetAttrString(code, attribute.as_ptr());
            if tuple.is_null() {
                ffi::PyErr_Clear();
                return None;
            }
            let items: Vec<*mut ffi::PyObject> = (0..ffi::PyTuple_GET_SIZE(tuple))
                .map(|at| ffi::PyTuple_GET_ITEM(tuple, at))
                .collect();
            ffi::Py_DECREF(tuple);
            Some(items)
        };
        let names = items(c"co_names")?;
        let mut nested = items(c"co_consts")?;
        nested.retain(|&constant| ffi::Py_TYPE(constant) == &raw mut ffi::PyCode_Type);
        Some((names, nested))
    }
}

/// What a callable is called in messages: `module.name` as far as it is known.
pub unsafe fn display_name(callee: &Callee) -> String {
    // SAFETY: the callee's parts live as long as the callable that the caller lends.
    unsafe {
        let name = name_of(callee.function);
        if callee.shape != Shape::Other
            && !callee.receiver.is_null()
            && ffi::PyType_Check(callee.receiver) == 0
        {
            let class = type_name(ffi::Py_TYPE(callee.receiver)).1;
            return format!("{class}.{name}");
        }
        if name.is_empty() {
            return type_name(ffi::Py_TYPE(callee.function)).1;
        }
        name
    }
}

/// Built-in functions and methods that never iterate over what they are given, so that it need
/// not be looked at.
pub fn never_iterates(name: &str) -> bool {
    matches!(
        name,
        "len"
            | "isinstance"
            | "issubclass"
            | "abs"
            | "print"
            | "repr"
            | "hash"
            | "callable"
            | "ord"
            | "chr"
            | "hex"
            | "oct"
            | "bin"
            | "round"
            | "divmod"
            | "pow"
            | "id"
            | "format"
            | "getattr"
            | "hasattr"
            | "input"
            | "range"
            | "int"
            | "float"
            | "bool"
            | "complex"
            | "object"
            | "type"
            | "slice"
            | "append"
            | "add"
            | "insert"
            | "pop"
            | "remove"
            | "discard"
            | "clear"
            | "index"
            | "count"
            | "get"
            | "keys"
            | "values"
            | "items"
            | "setdefault"
            | "popitem"
            | "reverse"
            | "copy"
            | "appendleft"
            | "popleft"
            | "rotate"
            | "upper"
            | "lower"
            | "strip"
            | "lstrip"
            | "rstrip"
            | "split"
            | "rsplit"
            | "replace"
            | "startswith"
            | "endswith"
            | "find"
            | "rfind"
            | "encode"
            | "decode"
            | "splitlines"
            | "title"
            | "capitalize"
            | "zfill"
            | "isdigit"
            | "isalpha"
            | "sqrt"
            | "sin"
            | "cos"
            | "tan"
            | "exp"
            | "log"
            | "log2"
            | "log10"
            | "floor"
            | "ceil"
            | "fabs"
            | "hypot"
            | "atan2"
            | "perf_counter"
            | "time"
            | "monotonic"
            | "sleep"
            | "is_integer"
            | "bit_length"
            | "ValueError"
            | "TypeError"
            | "KeyError"
            | "RuntimeError"
    )
}
