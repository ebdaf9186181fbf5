//! Callable name: what callables are called, and which module and package they are from.
#![allow(unsafe_code, reason = "reads live callables through CPython's C API")]

use pyo3::ffi;

use crate::lent::Lent;
use crate::native::{c_function_name, descriptor_name, owner_of};

/// The last part of a callable's name, where it has one.
pub fn name_of(function: Lent<'_>) -> String {
    let pointer = function.as_ptr();
    let text = |name: Option<Lent<'_>>| name.and_then(Lent::text).unwrap_or_default();
    if function.is_function() {
        // SAFETY: the type was checked, and a function holds its name.
        return text(unsafe {
            function.lend((*pointer.cast::<ffi::PyFunctionObject>()).func_name)
        });
    }
    if function.is_c_function()
        && let Some(name) = c_function_name(function)
    {
        return name;
    }
    if function.is_method_of_c_type() {
        return text(descriptor_name(function));
    }
    if let Some(class) = function.as_class() {
        return class.name().1;
    }
    if function.class().is_cython_function() {
        // A plain getter of Cython's.
        return function.get(c"__name__").and_then(|name| name.lend().text()).unwrap_or_default();
    }
    String::new()
}

/// The dotted name of a Python function, as its `__qualname__`.
pub(crate) fn qualified(function: Lent<'_>) -> Option<String> {
    if !function.is_function() {
        return None;
    }
    // SAFETY: the type was checked, and a function holds its names.
    unsafe { function.lend((*function.as_ptr().cast::<ffi::PyFunctionObject>()).func_qualname) }
        .and_then(Lent::text)
}

/// The dotted name of a Python function that is written in the body of a class.
pub fn name_in_class(function: Lent<'_>) -> Option<String> {
    let name = qualified(function)?;
    // What is written in a function has that one's `<locals>` before its name.
    let (around, _) = name.rsplit_once('.')?;
    (!around.ends_with('>')).then_some(name)
}

/// Whether a function of C is one of `builtins`.
pub fn is_builtins(function: Lent<'_>) -> bool {
    function.is_c_function() && module_of(function).as_deref() == Some("builtins")
}

/// The top-level package that a callable says it is from.
pub fn package_of(function: Lent<'_>) -> Option<String> {
    Some(top_level(&module_of(function)?))
}

/// The module that a callable says it is from.
pub fn module_of(function: Lent<'_>) -> Option<String> {
    let pointer = function.as_ptr();
    if function.is_function() {
        // SAFETY: the type was checked, and a function holds its module's name.
        unsafe { function.lend(ffi::PyFunction_GetModule(pointer)) }.and_then(Lent::text)
    } else if function.is_c_function() {
        // SAFETY: the type was checked, and such a function holds its module's name.
        unsafe { function.lend((*pointer.cast::<ffi::PyCFunctionObject>()).m_module) }
            .and_then(Lent::text)
    } else if let Some(class) = function.as_class() {
        Some(class.name().0)
    } else if function.is_method_of_c_type() {
        owner_of(function).map(|class| class.name().0)
    } else {
        let (module, name) = function.class_name();
        if name.contains("cython_function") {
            // A plain getter of Cython's.
            return function.get(c"__module__").and_then(|module| module.lend().text());
        }
        Some(module)
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

/// Whether a value is a class or function of the program's, or an instance of such a class.
pub fn is_of_program(value: Lent<'_>) -> bool {
    let defined = value.is_class() || value.is_function();
    let definition = if defined { value } else { value.class().object() };
    module_of(definition).is_some_and(|module| {
        module == "__main__" || value.quiet().module(&module).is_some_and(Lent::is_own_module)
    })
}
