//! Raw: the same questions to pointers, for callers that do not hold [`Lent`] yet.
#![allow(
    unsafe_code,
    clippy::missing_safety_doc,
    clippy::not_unsafe_ptr_arg_deref,
    missing_docs,
    reason = "goes as soon as the last caller is converted"
)]

use pyo3::ffi;

use crate::{Class, Lent, Quiet};

type Pointer = *mut ffi::PyObject;
type ClassPointer = *mut ffi::PyTypeObject;

pub unsafe fn lend<'a>(pointer: Pointer) -> Lent<'a> {
    unsafe { Lent::new(pointer) }.expect("the caller lends an object")
}
unsafe fn lend_class<'a>(pointer: ClassPointer) -> Class<'a> {
    unsafe { Class::new(pointer) }.expect("the caller lends a class")
}
unsafe fn quiet<'a>() -> Quiet<'a> {
    unsafe { Quiet::new() }
}
fn pointer(object: Option<Lent<'_>>) -> Pointer {
    object.map_or(std::ptr::null_mut(), Lent::as_ptr)
}
fn pointers(objects: Vec<Lent<'_>>) -> Vec<Pointer> {
    objects.into_iter().map(Lent::as_ptr).collect()
}

pub mod object {
    use super::*;
    pub struct Pending(#[expect(dead_code, reason = "dropped")] crate::exception::Pending);
    impl Pending {
        pub unsafe fn aside() -> Self {
            Self(crate::exception::Pending::aside(unsafe { quiet() }))
        }
    }
    pub unsafe fn item(dictionary: Pointer, name: &str) -> Pointer {
        pointer(unsafe { Lent::new(dictionary) }.and_then(|d| d.item(name)))
    }
    pub unsafe fn dictionary_of(class: ClassPointer) -> Pointer {
        pointer(unsafe { lend_class(class) }.dictionary())
    }
    pub unsafe fn code_names(code: Pointer) -> Vec<String> {
        crate::code::code_names(unsafe { lend(code) })
    }
    pub unsafe fn attribute(value: Pointer, name: &str) -> Pointer {
        pointer(unsafe { lend(value) }.attribute(name))
    }
    pub unsafe fn is_environ(value: Pointer) -> bool {
        crate::library::standard::is_environ(unsafe { lend(value) })
    }
}

pub mod reach {
    use super::*;
    pub use crate::lent::Address;
    pub use crate::walk::{End, enter_classes_of};
    use rustc_hash::{FxHashMap, FxHashSet};

    pub unsafe fn is_mutable(object: Pointer) -> bool {
        crate::kind::is_mutable(unsafe { lend(object) })
    }
    pub unsafe fn changes_in_place(object: Pointer) -> bool {
        crate::kind::changes_in_place(unsafe { lend(object) })
    }

    pub struct Walk<'a> {
        pub boundary: &'a FxHashSet<Address>,
        pub budget: usize,
        pub definitions: bool,
    }

    impl Walk<'_> {
        pub unsafe fn run(
            &mut self,
            root: Pointer,
            seen: &mut FxHashSet<Address>,
            visit: &mut dyn FnMut(Pointer) -> bool,
        ) -> End {
            unsafe { self.run_noting(root, seen, None, visit) }
        }
        pub unsafe fn held(&self, object: Pointer) -> Vec<Pointer> {
            pointers(self.walk().held(unsafe { lend(object) }))
        }
        fn walk(&self) -> crate::walk::Walk<'_> {
            crate::walk::Walk {
                boundary: self.boundary,
                budget: self.budget,
                definitions: self.definitions,
            }
        }
        pub unsafe fn run_noting(
            &mut self,
            root: Pointer,
            seen: &mut FxHashSet<Address>,
            holders: Option<&mut FxHashMap<Address, Address>>,
            visit: &mut dyn FnMut(Pointer) -> bool,
        ) -> End {
            let mut walk = self.walk();
            let end = walk.run_noting(unsafe { lend(root) }, seen, holders, &mut |object| {
                visit(object.as_ptr())
            });
            self.budget = walk.budget;
            end
        }
    }
}

pub mod callee {
    use super::*;
    pub use crate::callable_name::top_level;
    pub use crate::callee::{Key, Shape, never_iterates};
    pub use crate::native::{PyMethod_Function, PyMethod_Self, PyMethod_Type};

    #[derive(Clone, Copy)]
    pub struct Callee {
        pub key: Key,
        pub receiver: Pointer,
        pub function: Pointer,
        pub callable: Pointer,
        pub shape: Shape,
    }
    impl From<crate::callee::Callee<'_>> for Callee {
        fn from(callee: crate::callee::Callee<'_>) -> Self {
            Self {
                key: callee.key,
                receiver: pointer(callee.receiver),
                function: callee.function.as_ptr(),
                callable: callee.callable.as_ptr(),
                shape: callee.shape,
            }
        }
    }
    impl Callee {
        pub unsafe fn lend<'a>(&self) -> crate::callee::Callee<'a> {
            unsafe {
                crate::callee::Callee {
                    key: self.key,
                    receiver: Lent::new(self.receiver),
                    function: lend(self.function),
                    callable: lend(self.callable),
                    shape: self.shape,
                }
            }
        }
        pub unsafe fn code(&self) -> Option<crate::Address> {
            unsafe { self.lend() }.code()
        }
        pub fn function(&self) -> Pointer {
            self.function
        }
        pub fn is_bound_builtin(&self) -> bool {
            self.shape == Shape::Builtin && !self.receiver.is_null()
        }
        pub fn is_descriptor(&self) -> bool {
            self.shape == Shape::Descriptor
        }
        pub unsafe fn is_plain(&self) -> bool {
            unsafe { self.lend() }.is_plain()
        }
    }
    pub unsafe fn describe(callable: Pointer) -> Callee {
        crate::callee::Callee::of(unsafe { lend(callable) }).into()
    }
    pub unsafe fn makes_functions(class: ClassPointer) -> bool {
        unsafe { lend_class(class) }.makes_functions()
    }
    pub unsafe fn owner_of(descriptor: Pointer) -> ClassPointer {
        crate::native::owner_of(unsafe { lend(descriptor) })
            .map_or(std::ptr::null_mut(), Class::as_ptr)
    }
    pub unsafe fn text(object: Pointer) -> Option<String> {
        unsafe { Lent::new(object) }?.text()
    }
    pub unsafe fn name_of(function: Pointer) -> String {
        crate::callable_name::name_of(unsafe { lend(function) })
    }
    pub unsafe fn is_builtins(function: Pointer) -> bool {
        crate::callable_name::is_builtins(unsafe { lend(function) })
    }
    pub unsafe fn type_name(class: ClassPointer) -> (String, String) {
        unsafe { lend_class(class) }.name()
    }
    pub unsafe fn is_session_class(class: Pointer) -> bool {
        unsafe { lend(class) }.as_class().is_some_and(Class::is_of_program)
    }
    pub unsafe fn module_of(function: Pointer) -> Option<String> {
        crate::callable_name::module_of(unsafe { lend(function) })
    }
}

pub mod class {
    use super::*;
    pub unsafe fn own_attribute(object: Pointer, name: &str) -> Pointer {
        pointer(unsafe { Lent::new(object) }.and_then(|object| object.own_attribute(name)))
    }
    pub unsafe fn is_partial(class: ClassPointer) -> bool {
        unsafe { lend_class(class) }.is_partial()
    }
    pub unsafe fn class_attribute(class: ClassPointer, name: &str) -> Pointer {
        pointer(unsafe { lend_class(class) }.lookup(name))
    }
    pub unsafe fn member(object: Pointer, name: &std::ffi::CStr) -> Pointer {
        pointer(unsafe { lend(object) }.member(name))
    }
    pub unsafe fn cell_at(function: Pointer, at: usize) -> Pointer {
        pointer(unsafe { lend(function) }.closure_cell(at))
    }
    pub unsafe fn is_definition(object: Pointer) -> bool {
        unsafe { lend(object) }.is_definition()
    }
    pub unsafe fn version(class: ClassPointer) -> u32 {
        unsafe { lend_class(class) }.version()
    }
    pub unsafe fn is_version(class: ClassPointer, known: u32) -> bool {
        unsafe { lend_class(class) }.is_version(known)
    }
    pub unsafe fn class_is_python(class: ClassPointer) -> bool {
        unsafe { lend_class(class) }.is_called_in_python()
    }
    pub unsafe fn inherits_fixed(class: ClassPointer) -> bool {
        unsafe { lend_class(class) }.inherits_only_builtin_code()
    }
}

pub mod constant {
    use super::*;
    pub use crate::constant::Constant;
    pub unsafe fn constant_of(object: Pointer) -> Option<Constant> {
        Constant::of(unsafe { lend(object) })
    }
}

pub mod named {
    use super::*;
    pub use crate::digest::{Digests, Look, concealed};
    pub use crate::qualified_name::{HeldPart, Place};
    use rustc_hash::{FxHashMap, FxHashSet};
    impl Place {
        pub unsafe fn find(&self) -> Pointer {
            pointer(self.resolve(unsafe { quiet() }))
        }
        pub unsafe fn of(object: Pointer) -> Option<(Self, HeldPart)> {
            Self::locate(unsafe { lend(object) })
        }
    }
    impl HeldPart {
        pub unsafe fn of(self, object: Pointer) -> Pointer {
            pointer(unsafe { Lent::new(object) }.and_then(|object| self.within(object)))
        }
    }
    impl Digests {
        pub unsafe fn look(&mut self, object: Pointer) -> Option<Look> {
            self.describe(unsafe { lend(object) })
        }
        pub unsafe fn class(&mut self, class: ClassPointer) -> u64 {
            self.of_class(unsafe { lend_class(class) })
        }
    }
    pub unsafe fn code(code: Pointer) -> u64 {
        crate::digest::code(unsafe { lend(code) })
    }
    pub unsafe fn bound_to(object: Pointer) -> Pointer {
        pointer(unsafe { Lent::new(object) }.and_then(crate::native::bound_to))
    }
    pub unsafe fn each_of_class(
        class: ClassPointer,
        seen: &mut FxHashSet<crate::Address>,
        held: &mut FxHashMap<crate::Address, Option<Place>>,
    ) {
        crate::qualified_name::each_of_class(unsafe { lend_class(class) }, seen, held);
    }
    pub unsafe fn namespace_of(module: &str) -> Pointer {
        pointer(unsafe { quiet() }.namespace_of(module))
    }
}
