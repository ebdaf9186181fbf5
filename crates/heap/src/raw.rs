//! Raw: the same questions to pointers, for callers that do not hold [`Lent`](crate::Lent) yet.
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

pub unsafe fn lend_all<'a>(objects: &[Pointer]) -> Vec<Lent<'a>> {
    objects.iter().filter_map(|&object| unsafe { Lent::new(object) }).collect()
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
    pub unsafe fn generator_code(value: Pointer) -> Option<crate::Address> {
        crate::code::generator_code(unsafe { lend(value) })
    }
    pub unsafe fn code_names(code: Pointer) -> Vec<String> {
        crate::code::code_names(unsafe { lend(code) })
    }
    pub unsafe fn path_text(value: Pointer) -> Option<String> {
        crate::library::standard::path_text(unsafe { lend(value) })
    }
    pub unsafe fn owned_attribute(value: Pointer, name: &std::ffi::CStr) -> Pointer {
        unsafe { lend(value) }
            .get(name)
            .map_or(std::ptr::null_mut(), |owned| unsafe { ffi::Py_NewRef(owned.as_ptr()) })
    }
    pub unsafe fn attribute(value: Pointer, name: &str) -> Pointer {
        pointer(unsafe { lend(value) }.attribute(name))
    }
    pub unsafe fn runs_behind(value: Pointer) -> bool {
        crate::library::threading::runs_behind(unsafe { lend(value) })
    }
    pub unsafe fn is_runner(class: ClassPointer) -> bool {
        crate::library::threading::is_runner(unsafe { lend_class(class) })
    }
    pub unsafe fn changes_with_artist(object: Pointer) -> bool {
        crate::library::matplotlib::changes_with_artist(unsafe { lend(object) })
    }
    pub unsafe fn is_of_matplotlib(value: Pointer) -> bool {
        crate::library::matplotlib::is_of_matplotlib(unsafe { lend(value) })
    }
    pub unsafe fn calls_with_elements(iterator: Pointer) -> bool {
        crate::library::standard::calls_with_elements(unsafe { lend(iterator) })
    }
    pub unsafe fn is_builtin_container(value: Pointer) -> bool {
        unsafe { lend(value) }.is_builtin_container()
    }
    pub unsafe fn stores_by_itself(value: Pointer) -> bool {
        unsafe { lend(value) }.stores_by_itself()
    }
    pub unsafe fn containers_within(value: Pointer) -> Vec<Pointer> {
        pointers(unsafe { lend(value) }.containers_within())
    }
    pub unsafe fn factory_of(value: Pointer) -> Pointer {
        pointer(crate::library::standard::factory_of(unsafe { lend(value) }))
    }
    pub unsafe fn is_defaultdict(value: Pointer) -> bool {
        crate::library::standard::is_defaultdict(unsafe { lend(value) })
    }
    pub unsafe fn each_held(value: Pointer, mut visit: impl FnMut(Pointer)) {
        unsafe { lend(value) }.each_held(|held| visit(held.as_ptr()));
    }
    pub unsafe fn catches_warnings(value: Pointer) -> bool {
        crate::library::standard::catches_warnings(unsafe { lend(value) })
    }
    pub unsafe fn is_environ(value: Pointer) -> bool {
        crate::library::standard::is_environ(unsafe { lend(value) })
    }
    pub unsafe fn globals_of(function: Pointer) -> Vec<Pointer> {
        pointers(crate::code::globals_of(unsafe { lend(function) }))
    }
    pub unsafe fn arrays_behind(value: Pointer) -> Vec<Pointer> {
        pointers(crate::array::arrays_behind(unsafe { lend(value) }))
    }
    pub unsafe fn module_holding(module: Pointer, object: Pointer) -> Pointer {
        unsafe { pointer(lend(module).module_holding(lend(object))) }
    }
    pub unsafe fn in_module(module: &str, name: &str) -> Option<Pointer> {
        unsafe { quiet() }.in_module(module, name).map(Lent::as_ptr)
    }
    pub unsafe fn is_own_module(module: Pointer) -> bool {
        unsafe { lend(module) }.is_own_module()
    }
    pub unsafe fn module_name(module: Pointer) -> String {
        unsafe { lend(module) }.module_name()
    }
    pub unsafe fn parts_of(result: Pointer) -> Vec<Pointer> {
        pointers(crate::parts::parts_of(unsafe { lend(result) }))
    }
}

pub mod reach {
    use super::*;
    pub use crate::lent::Address;
    pub use crate::walk::{End, enter_classes_of};
    use rustc_hash::{FxHashMap, FxHashSet};

    pub unsafe fn add_immutable(kind: ClassPointer) {
        crate::kind::add_immutable(unsafe { lend_class(kind) });
    }
    pub unsafe fn is_window(object: Pointer) -> bool {
        crate::kind::is_window(unsafe { lend(object) })
    }
    pub unsafe fn is_mutable(object: Pointer) -> bool {
        crate::kind::is_mutable(unsafe { lend(object) })
    }
    pub unsafe fn is_opaque(object: Pointer) -> bool {
        crate::kind::is_opaque(unsafe { lend(object) })
    }
    pub unsafe fn changes_in_place(object: Pointer) -> bool {
        crate::kind::changes_in_place(unsafe { lend(object) })
    }
    pub unsafe fn memory_owner(object: Pointer) -> Pointer {
        crate::array::memory_owner(unsafe { lend(object) }).as_ptr()
    }
    pub unsafe fn gives_what_it_holds(object: Pointer, carriers: &mut FxHashSet<Address>) -> bool {
        crate::carrier::gives_what_it_holds(unsafe { lend(object) }, carriers)
    }
    pub unsafe fn is_array(object: Pointer) -> bool {
        crate::kind::is_array(unsafe { lend(object) })
    }
    pub unsafe fn is_numpy_array(kind: ClassPointer) -> bool {
        crate::is_array_class(unsafe { lend_class(kind) })
    }

    pub struct Walk<'a> {
        pub borders: &'a FxHashSet<Address>,
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
                boundary: self.borders,
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
    pub unsafe fn is_of_c(callable: Pointer) -> bool {
        crate::callee::is_of_c(unsafe { lend(callable) })
    }
    pub unsafe fn class_key(class: ClassPointer, use_as: usize) -> Key {
        crate::callee::class_key(unsafe { lend_class(class) }, use_as)
    }
    pub unsafe fn is_plain_instance(value: Pointer) -> bool {
        unsafe { lend(value) }.is_plain_instance()
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
    pub unsafe fn lookup(class: ClassPointer, name: &std::ffi::CStr) -> Pointer {
        pointer(unsafe { lend_class(class) }.lookup(&name.to_string_lossy()))
    }
    pub unsafe fn name_of(function: Pointer) -> String {
        crate::callable_name::name_of(unsafe { lend(function) })
    }
    pub unsafe fn name_in_class(function: Pointer) -> Option<String> {
        crate::callable_name::name_in_class(unsafe { lend(function) })
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
    pub unsafe fn package_of(function: Pointer) -> Option<String> {
        crate::callable_name::package_of(unsafe { lend(function) })
    }
    pub unsafe fn module_of(function: Pointer) -> Option<String> {
        crate::callable_name::module_of(unsafe { lend(function) })
    }
    pub unsafe fn names_of(code: Pointer) -> Option<(Vec<Pointer>, Vec<Pointer>)> {
        let (names, nested) = crate::code::names_of(unsafe { lend(code) })?;
        Some((pointers(names), pointers(nested)))
    }
    pub unsafe fn display_name(callee: &Callee) -> String {
        unsafe { callee.lend() }.display_name()
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

pub mod pandas {
    use super::*;
    pub unsafe fn pandas_parts(value: Pointer) -> Option<Vec<Pointer>> {
        crate::library::pandas::pandas_parts(unsafe { lend(value) }).map(pointers)
    }
    pub unsafe fn written_arrays(value: Pointer, parts: &[Pointer], by: &str) -> Vec<Pointer> {
        let parts = unsafe { lend_all(parts) };
        pointers(crate::library::pandas::written_arrays(unsafe { lend(value) }, &parts, by))
    }
    pub unsafe fn options_named(value: Pointer) -> Option<String> {
        crate::library::pandas::options_named(unsafe { lend(value) })
    }
}

pub mod streams {
    use super::*;
    use rustc_hash::FxHashSet;
    pub unsafe fn open_files(
        roots: &[Pointer],
        borders: &FxHashSet<crate::Address>,
    ) -> Vec<(crate::Address, String)> {
        crate::library::standard::open_files(
            unsafe { quiet() },
            &unsafe { lend_all(roots) },
            borders,
        )
    }
    pub unsafe fn log_streams(logger: Pointer) -> Vec<Pointer> {
        pointers(unsafe { crate::library::logging::log_streams(quiet(), Lent::new(logger)) })
    }
}

pub mod namespace {
    use super::*;
    pub use crate::namespace::{Change, Difference, Mirror};
    impl Mirror {
        pub unsafe fn fill(&mut self, namespace: Pointer) {
            self.remember(unsafe { lend(namespace) });
        }
        pub unsafe fn update(&mut self, namespace: Pointer, name: &str) -> Change {
            self.refresh(unsafe { lend(namespace) }, name)
        }
        pub unsafe fn diff(&mut self, namespace: Pointer) -> Vec<Difference> {
            self.differences(unsafe { lend(namespace) })
        }
        pub fn name_of(&self, namespace: Pointer, value: Pointer) -> Option<String> {
            unsafe { crate::namespace::name_of_value(lend(namespace), lend(value)) }
        }
        pub unsafe fn variables(namespace: Pointer) -> Vec<(Pointer, Pointer)> {
            let namespace = unsafe { lend(namespace) };
            namespace.pairs().map(|(key, value)| (key.as_ptr(), value.as_ptr())).collect()
        }
    }
}

pub mod named {
    use super::*;
    pub use crate::digest::{Digests, Look, concealed};
    pub use crate::qualified_name::{Part, Place};
    use rustc_hash::{FxHashMap, FxHashSet};
    impl Place {
        pub unsafe fn find(&self) -> Pointer {
            pointer(self.resolve(unsafe { quiet() }))
        }
        pub unsafe fn of(object: Pointer) -> Option<(Self, Part)> {
            Self::locate(unsafe { lend(object) })
        }
    }
    impl Part {
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
