//! Definition: functions, classes and modules; which are of Python, and which of the program.

use pyo3::ffi;

use crate::lent::{Class, Lent};

impl Lent<'_> {
    /// Whether it is a function, class or module, or another thing that is made to be called.
    pub fn is_definition(self) -> bool {
        self.is_function()
            || self.is_exactly(&raw mut ffi::PyCFunction_Type)
            || self.is_method_of_c_type()
            || self.is_class()
            || self.is_module()
    }

    /// Whether it is a method of a C type that is not bound.
    pub fn is_method_of_c_type(self) -> bool {
        self.is_exactly(&raw mut ffi::PyMethodDescr_Type)
            || self.is_exactly(&raw mut ffi::PyWrapperDescr_Type)
    }

    /// Whether it is an instance of a class of the program that inherits nothing from elsewhere: what is
    /// stored to it stays with it.
    pub fn is_plain_instance(self) -> bool {
        let mut order = self.class().resolution_order().peekable();
        order.peek().is_some()
            && order.all(|base| base.is(&raw mut ffi::PyBaseObject_Type) || base.is_of_program())
    }
}

impl Class<'_> {
    /// Whether it is one of the program's `__main__`.
    pub fn is_of_program(self) -> bool {
        self.is_heap_type() && self.name().0 == "__main__"
    }

    /// Whether code in Python runs when an instance is called or got as an attribute.
    pub fn is_called_in_python(self) -> bool {
        self.lookup("__call__").is_some_and(Lent::is_function)
            || self.is_heap_type() && self.own("__get__").is_some()
    }

    /// Whether a class of Python's inherits no C code but that of built-in types.
    pub fn inherits_only_builtin_code(self) -> bool {
        let mut order = self.resolution_order().peekable();
        order.peek().is_some()
            && order.all(|base| {
                !base.is_heap_type()
                    || base.own("__module__").is_some() && base.own("__pyx_vtable__").is_none()
            })
    }
}
