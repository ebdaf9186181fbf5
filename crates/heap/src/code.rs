//! Code: what functions, generators and code objects run and refer to.
#![allow(unsafe_code, reason = "reads live functions through CPython's C API")]

use std::ffi::CStr;

use pyo3::ffi;

use crate::address::Address;
use crate::lent::Lent;

// Part of CPython's C API, and not declared by pyo3.
#[cfg(Py_3_12)]
unsafe extern "C" {
    fn PyGen_GetCode(generator: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

impl<'a> Lent<'a> {
    /// The code object of a function written in Python.
    #[inline]
    pub fn function_code(self) -> Option<Self> {
        // SAFETY: the type is checked first, and a function holds its code.
        self.is_function()
            .then(|| unsafe { self.lend(ffi::PyFunction_GetCode(self.as_ptr())) })
            .flatten()
    }

    /// The global variables that a function written in Python sees.
    pub fn function_globals(self) -> Option<Self> {
        // SAFETY: the type is checked first, and a function holds its globals.
        self.is_function()
            .then(|| unsafe { self.lend(ffi::PyFunction_GetGlobals(self.as_ptr())) })
            .flatten()
    }

    /// The cells that a function written in Python closes over.
    pub fn closure(self) -> Option<Self> {
        // SAFETY: the type is checked first, and a function holds its closure.
        self.is_function()
            .then(|| unsafe { self.lend(ffi::PyFunction_GetClosure(self.as_ptr())) })
            .flatten()
    }

    /// What a function written in Python keeps beside its code: its closure, its defaults, those of
    /// keywords, and its attributes. All `None` for everything else.
    pub fn function_parts(self) -> [Option<Self>; 4] {
        if !self.is_function() {
            return [None; 4];
        }
        let pointer = self.as_ptr();
        // SAFETY: the type was checked, and a function holds its parts.
        unsafe {
            [
                self.lend(ffi::PyFunction_GetClosure(pointer)),
                self.lend(ffi::PyFunction_GetDefaults(pointer)),
                self.lend(ffi::PyFunction_GetKwDefaults(pointer)),
                self.lend((*pointer.cast::<ffi::PyFunctionObject>()).func_dict),
            ]
        }
    }

    /// Whether it is a code object.
    pub fn is_code(self) -> bool {
        self.is_exactly(&raw mut ffi::PyCode_Type)
    }

    /// How many arguments a function written in Python has to be given by position, its receiver among them; 0
    /// for everything else.
    pub fn required_arguments(self) -> usize {
        let count = self.function_code().and_then(|code| code.get(c"co_argcount"));
        let count = count.and_then(|count| count.lend().integer()).unwrap_or(0);
        let defaults = self.function_parts()[1].map_or(0, |defaults| defaults.items().count());
        usize::try_from(count).unwrap_or(0).saturating_sub(defaults)
    }

    /// One of these cells.
    pub fn closure_cell(self, at: usize) -> Option<Self> {
        self.closure()?.items().nth(at)
    }

    /// Whether it is a cell, which holds a variable that functions share.
    pub fn is_cell(self) -> bool {
        self.is_exactly(&raw mut ffi::PyCell_Type)
    }

    /// What a cell holds; `None` for an empty one and for everything else.
    #[inline]
    pub fn cell_content(self) -> Option<Self> {
        if !self.is_cell() {
            return None;
        }
        // SAFETY: the type was checked, and the cell keeps what a new reference is given to.
        unsafe {
            let content = ffi::PyCell_Get(self.as_ptr());
            ffi::Py_XDECREF(content);
            self.lend(content)
        }
    }
}

/// The values of the global variables of a function's module.
pub fn globals_of(function: Lent<'_>) -> Vec<Lent<'_>> {
    let globals = function.function_globals();
    globals.into_iter().flat_map(Lent::pairs).map(|(_, value)| value).collect()
}

/// The code object that a generator runs.
pub fn generator_code(value: Lent<'_>) -> Option<Address> {
    if !value.is_exactly(&raw mut ffi::PyGen_Type) {
        return None;
    }
    // SAFETY: the type was checked, and the generator holds its code. It is not got by its attribute,
    // which may be disguised.
    unsafe {
        #[cfg(Py_3_12)]
        let code = PyGen_GetCode(value.as_ptr());
        #[cfg(not(Py_3_12))]
        let code = ffi::Py_NewRef((*value.as_ptr().cast::<ffi::PyGenObject>()).gi_code);
        let address = code as Address;
        ffi::Py_DECREF(code);
        Some(address)
    }
}

/// The names that a code object may look up as globals, and the code objects nested in it.
pub fn names_of(code: Lent<'_>) -> Option<(Vec<Lent<'_>>, Vec<Lent<'_>>)> {
    let held = |attribute: &CStr| -> Option<Vec<Lent<'_>>> {
        let tuple = code.get(attribute)?;
        // SAFETY: the code object keeps what the tuple holds.
        let items = tuple.lend().items().filter_map(|item| unsafe { code.lend(item.as_ptr()) });
        Some(items.collect())
    };
    let names = held(c"co_names")?;
    let mut nested = held(c"co_consts")?;
    nested.retain(|constant| constant.is_code());
    Some((names, nested))
}

/// The names that a code object, or one within it, refers to as globals or attributes.
pub fn code_names(code: Lent<'_>) -> Vec<String> {
    let Some((names, nested)) = names_of(code) else { return Vec::new() };
    let mut found: Vec<String> = names.into_iter().filter_map(Lent::text).collect();
    for code in nested {
        found.extend(code_names(code));
    }
    found
}
