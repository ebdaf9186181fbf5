//! Live world: the interpreter's objects, as inference asks about them.
#![allow(unsafe_code, reason = "looks at live values and callables through CPython's C API")]

use std::collections::VecDeque;
use std::ffi::CStr;

use clew_effects::{CallFacts, Effects, KnownValue};
use clew_graph::Literal;
use clew_heap::callable_name::{module_of, name_of};
use clew_heap::constant::literal_of;
use clew_heap::library::standard::is_environ;
use clew_heap::lru_cache::is_lru_cache;
use clew_heap::native::{PyMethod_Type, owner_of};
use clew_heap::{Address, AddressSet, Class, Lent, Quiet, callee, code, digest, kind, numpy};
use clew_infer::{
    Callee, DescriptorPart, Holder, ObjectKind, Shape, Source, Trait, Version, WellKnown, World,
};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyCode;
use rustc_hash::FxHashSet;

use super::lender::Lender;
use super::source::{Sources, generated_parameters};
use crate::package::version_of;
use crate::rules::Rules;

/// The interpreter's objects. The program waits for an answer meanwhile, so all that modules, classes,
/// closures and the call hold stays alive for `'a`.
pub(super) struct LiveWorld<'a> {
    pub(super) lender: Lender<'a>,
    pub(super) rules: &'a mut Rules,
    pub(super) sources: &'a mut Sources,
    pub(super) session_code: &'a AddressSet,
}

impl<'a> LiveWorld<'a> {
    /// Whether no library's code makes the instances of a class of the program.
    fn is_made_by_program(&self, class: Class<'_>) -> bool {
        let is_foreign = |method: Lent<'_>| {
            let code = method.function_code().map(Lent::address);
            code.is_some_and(|code| !self.session_code.contains(&code))
        };
        let metaclass = class.object().class();
        let call = metaclass.is_heap_type().then(|| metaclass.lookup("__call__")).flatten();
        let init = class.lookup("__init__");
        class.is_of_program() && !call.into_iter().chain(init).any(is_foreign)
    }

    #[inline]
    fn lent(&self, address: Address) -> Lent<'a> {
        self.lender.find(address).expect("inference asks of objects that are there")
    }

    #[inline]
    fn class(&self, address: Address) -> Class<'a> {
        self.lender.class(address).expect("inference knows classes by their kind")
    }

    /// The code object of a function, as `pyo3` has it.
    fn code(&self, function: Address) -> Option<Bound<'a, PyCode>> {
        let code = self.lent(function).function_code()?;
        // SAFETY: the function holds its code.
        unsafe { Bound::from_borrowed_ptr(self.lender.quiet().python(), code.as_ptr()) }
            .cast_into()
            .ok()
    }
}

/// The addresses of objects.
fn address(object: Option<Lent<'_>>) -> Option<Address> {
    object.map(Lent::address)
}

/// What CPython keeps of a class.
fn fields(class: Class<'_>) -> &ffi::PyTypeObject {
    // SAFETY: the class is lent, and so alive and not changed for as long as its structure is looked at.
    unsafe { &*class.as_ptr() }
}

impl World for LiveWorld<'_> {
    #[inline]
    fn well_known(&self, which: WellKnown) -> Address {
        let class: *mut ffi::PyTypeObject = match which {
            WellKnown::Modules => return address(self.lender.quiet().modules()).unwrap_or(0),
            // SAFETY: the interpreter is held, and keeps what it gives.
            WellKnown::Builtins => return unsafe { ffi::PyEval_GetBuiltins() } as Address,
            WellKnown::Object => &raw mut ffi::PyBaseObject_Type,
            WellKnown::Type => &raw mut ffi::PyType_Type,
            // SAFETY: `None` is always alive, and so is its class.
            WellKnown::NoneType => unsafe { ffi::Py_TYPE(ffi::Py_None()) },
            WellKnown::Bool => &raw mut ffi::PyBool_Type,
            WellKnown::Int => &raw mut ffi::PyLong_Type,
            WellKnown::Str => &raw mut ffi::PyUnicode_Type,
            WellKnown::Tuple => &raw mut ffi::PyTuple_Type,
            WellKnown::List => &raw mut ffi::PyList_Type,
            WellKnown::Set => &raw mut ffi::PySet_Type,
            WellKnown::Dict => &raw mut ffi::PyDict_Type,
            WellKnown::Generator => &raw mut ffi::PyGen_Type,
            WellKnown::Function => &raw mut ffi::PyFunction_Type,
            WellKnown::Method => &raw mut PyMethod_Type,
            // SAFETY: CPython sets this pointer before any module is imported, and keeps the class.
            WellKnown::BaseException => unsafe { ffi::PyExc_BaseException.cast() },
            // SAFETY: CPython sets this pointer too before any module is imported, and keeps the class.
            WellKnown::Exception => unsafe { ffi::PyExc_Exception.cast() },
        };
        class as Address
    }

    #[inline]
    fn class_of(&self, object: Address) -> Address {
        self.lent(object).class().address()
    }

    fn kind(&self, object: Address) -> ObjectKind {
        let object = self.lent(object);
        let class = object.class();
        if class.is(&raw mut ffi::PyFunction_Type) {
            ObjectKind::Function
        } else if class.is(&raw mut ffi::PyCFunction_Type) {
            ObjectKind::NativeFunction
        } else if object.is_method_of_c_type() {
            ObjectKind::NativeMethod
        } else if object.is_class() {
            ObjectKind::Class
        } else if object.is_module() {
            ObjectKind::Module
        } else if class.is(&raw mut ffi::PyStaticMethod_Type) {
            ObjectKind::StaticMethod
        } else if class.is(&raw mut ffi::PyClassMethod_Type) {
            ObjectKind::ClassMethod
        } else if class.is(&raw mut ffi::PyMemberDescr_Type) {
            ObjectKind::Member
        } else if class.is(&raw mut ffi::PyGetSetDescr_Type) {
            ObjectKind::NativeAttribute
        } else if class.is_subclass_of(&raw mut ffi::PyProperty_Type) {
            ObjectKind::Property
        } else {
            ObjectKind::Value
        }
    }

    #[inline]
    fn constant(&self, object: Address) -> Option<Literal> {
        literal_of(self.lent(object))
    }

    #[inline]
    fn is_mutable(&self, object: Address) -> bool {
        kind::is_mutable(self.lent(object))
    }

    fn changes_in_place(&self, object: Address) -> bool {
        kind::changes_in_place(self.lent(object))
    }

    fn is_reported(&self, object: Address) -> bool {
        is_environ(self.lent(object))
    }

    fn is_iterator(&self, object: Address) -> bool {
        self.lent(object).is_iterator()
    }

    #[inline]
    fn own(&self, object: Address, name: &str) -> Option<Address> {
        address(self.lent(object).own_attribute(name))
    }

    fn part(&self, descriptor: Address, part: DescriptorPart) -> Option<Address> {
        let name: &CStr = match part {
            DescriptorPart::Getter => c"fget",
            DescriptorPart::Setter => c"fset",
            DescriptorPart::Deleter => c"fdel",
            DescriptorPart::Function => c"__func__",
        };
        address(self.lent(descriptor).member(name).filter(|part| !part.is_none()))
    }

    fn tuple_items(&self, object: Address) -> Option<Vec<Address>> {
        let object = self.lent(object);
        object.is_exact_tuple().then(|| object.items().map(Lent::address).collect())
    }

    fn inside(&self, object: Address) -> Vec<Version> {
        const MOST_OBJECTS: usize = 64;
        let mut found = Vec::new();
        let mut seen = FxHashSet::default();
        let mut open: VecDeque<Lent<'_>> = self.lender.find(object).into_iter().collect();
        while let Some(object) = open.pop_front() {
            if seen.len() >= MOST_OBJECTS || !kind::is_mutable(object) {
                continue;
            }
            if object.is_definition() || !seen.insert(object.address()) {
                continue;
            }
            let room = MOST_OBJECTS - open.len().min(MOST_OBJECTS);
            let class = object.class();
            open.extend(object.items().take(room));
            let dictionary = object.is_dict().then_some(object);
            if class.is_heap_type() {
                let entry = (class.address(), class.version());
                if !found.contains(&entry) {
                    found.push(entry);
                }
                if dictionary.is_none() && !object.is_list() && !object.is_tuple() {
                    let from = open.len();
                    object.each_held(|held| {
                        if open.len() < from + room {
                            open.push_back(held);
                        }
                    });
                }
            }
            let pairs = dictionary.into_iter().flat_map(Lent::pairs);
            open.extend(pairs.take(room).map(|(_, value)| value));
        }
        found.sort_unstable();
        found
    }

    fn binding(&self, function: Address) -> Option<(Address, Address)> {
        let function = self.lent(function);
        // SAFETY: the type is checked first.
        function.is_exactly(&raw mut ffi::PyCFunction_Type).then(|| unsafe {
            let function = function.as_ptr().cast::<ffi::PyCFunctionObject>();
            ((*function).m_ml as Address, (*function).m_self as Address)
        })
    }

    fn digest_of_text(&self, text: &str) -> u64 {
        digest::concealed(text)
    }

    fn class_is(&self, class: Address, which: Trait) -> bool {
        let class = self.class(class);
        match which {
            Trait::Dynamic => class.is_heap_type(),
            Trait::Followed => {
                class.is_heap_type() && {
                    let module = class.name().0;
                    let package = module.split('.').next().unwrap_or_default();
                    !self.rules.has_package(package) && !self.lender.quiet().is_of_language(package)
                }
            }
            Trait::Container => is_container(class),
            Trait::Filled => !class.is_heap_type() || is_container(class) || has_items(class),
            Trait::AlwaysTrue => is_always_true(class),
            Trait::CalledInPython => class.is_called_in_python(),
            Trait::InheritsBuiltinCode => class.inherits_only_builtin_code(),
            Trait::Descriptor => fields(class).tp_descr_get.is_some(),
            Trait::MakesFunctions => class.makes_functions(),
            Trait::Partial => class.is_partial(),
            Trait::LruCache => is_lru_cache(class),
            Trait::CachedProperty => class.name().1 == "cached_property",
            Trait::OfNumpy => numpy::is_of_numpy(class),
        }
    }

    #[inline]
    fn version(&self, class: Address) -> u32 {
        self.class(class).version()
    }

    #[inline]
    fn is_version(&self, class: Address, known: u32) -> bool {
        self.lender.class(class).is_some_and(|class| class.is_version(known))
    }

    #[inline]
    fn lookup(&self, class: Address, name: &str) -> Option<Address> {
        address(self.class(class).lookup(name))
    }

    fn lookup_after(&self, class: Address, base: Address, name: &str) -> Option<Address> {
        let mut order = self.class(class).resolution_order();
        order.find(|class| class.address() == base)?;
        address(order.find_map(|class| class.own(name)))
    }

    fn is_subclass(&self, class: Address, base: Address) -> bool {
        self.class(class).is_subclass_of(base as *mut ffi::PyTypeObject)
    }

    #[inline]
    fn held(&self, holder: &Holder) -> Option<Address> {
        address(self.lender.held(holder))
    }

    fn variables(&self, module: Address) -> Address {
        address(self.lent(module).module_variables()).unwrap_or(0)
    }

    fn package(&self, function: Address) -> Option<String> {
        self.lent(function).function_globals()?.item("__package__")?.text()
    }

    fn free_variable(&self, function: Address, name: &str) -> Option<usize> {
        let names: Vec<String> =
            self.code(function)?.getattr("co_freevars").ok()?.extract().ok()?;
        names.iter().position(|known| known == name)
    }

    fn cell(&self, function: Address, at: usize) -> Option<Address> {
        address(self.lent(function).closure_cell(at))
    }

    fn closure_size(&self, function: Address) -> usize {
        self.lent(function).closure().map_or(0, |closure| closure.items().len())
    }

    fn names_used(&self, function: Address) -> Vec<String> {
        let function = self.lent(function);
        let mut names = function.function_code().map(code::code_names).unwrap_or_default();
        // Who has a text evaluated names what that one names.
        if names.iter().any(|name| matches!(name.as_str(), "eval" | "exec" | "globals")) {
            let all = function.function_globals().into_iter().flat_map(Lent::pairs);
            let named = all.filter_map(|(name, _)| name.text());
            names.extend(named.filter(|name| !name.starts_with("__")));
        }
        names
    }

    fn callee(&self, callable: Address) -> Callee {
        let found = callee::Callee::of(self.lent(callable));
        let of_program = found.code().is_some_and(|code| self.session_code.contains(&code));
        let class = found.function.as_class().filter(|_| found.shape == callee::Shape::Class);
        Callee {
            callable,
            function: found.function.address(),
            receiver: address(found.receiver),
            shape: match found.shape {
                callee::Shape::Function => Shape::Function,
                callee::Shape::Builtin => Shape::Builtin,
                callee::Shape::Descriptor => Shape::Descriptor,
                callee::Shape::Class => Shape::Class,
                callee::Shape::Other => Shape::Other,
            },
            is_of_program: of_program || class.is_some_and(|class| self.is_made_by_program(class)),
        }
    }

    fn name(&self, callable: Address) -> String {
        name_of(self.lent(callable))
    }

    fn module(&self, callable: Address) -> Option<String> {
        module_of(self.lent(callable))
    }

    fn owner(&self, method: Address) -> Option<Address> {
        owner_of(self.lent(method)).map(Class::address)
    }

    fn source(&mut self, function: Address) -> Source {
        let Some(code) = self.code(function) else { return Source::Unknown };
        let summary = self.sources.summary(&code).filter(|summary| summary.unknown.is_none());
        match summary {
            Some(summary) => Source::Known(summary),
            None => generated_parameters(&code).map_or(Source::Unknown, Source::Generated),
        }
    }

    fn is_rebound(&mut self, function: Address, name: &str) -> bool {
        let code = self.code(function);
        let file = code.and_then(|code| self.sources.file(&code));
        file.is_some_and(|file| file.rebound.contains(name))
    }

    fn rule(
        &mut self,
        callable: Address,
        class: Option<Address>,
        unbound: Option<Address>,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        let callee = clew_heap::callee::Callee::of(self.lent(callable));
        let class = class.and_then(|class| self.lent(class).as_class());
        let unbound = unbound.and_then(|class| self.lent(class).as_class());
        self.rules.abstract_call(&callee, class, unbound, &Versioned(facts, self.lender.quiet()))
    }

    fn method_anywhere(&mut self, name: &str, facts: &dyn CallFacts) -> Option<Effects> {
        self.rules.method_anywhere(name, &Versioned(facts, self.lender.quiet()))
    }
}

/// What is known of a call, with the versions of packages.
struct Versioned<'a>(&'a dyn CallFacts, Quiet<'a>);

impl CallFacts for Versioned<'_> {
    fn positional(&self) -> usize {
        self.0.positional()
    }

    fn positional_value(&self, index: usize) -> KnownValue {
        self.0.positional_value(index)
    }

    fn keywords(&self) -> usize {
        self.0.keywords()
    }

    fn keyword(&self, name: &str) -> Option<KnownValue> {
        self.0.keyword(name)
    }

    fn version(&self, package: &str) -> Option<String> {
        version_of(self.1, package)
    }
}

/// Whether what a class's instances hold is apart from them: built-in containers.
fn is_container(class: Class<'_>) -> bool {
    [
        &raw mut ffi::PyList_Type,
        &raw mut ffi::PyTuple_Type,
        &raw mut ffi::PyDict_Type,
        &raw mut ffi::PySet_Type,
        &raw mut ffi::PyFrozenSet_Type,
        &raw mut ffi::PyGen_Type,
        &raw mut ffi::PyRange_Type,
        &raw mut ffi::PyUnicode_Type,
    ]
    .into_iter()
    .any(|known| class.is_subclass_of(known))
}

/// Whether a class says what `x[i]` gives or stores.
fn has_items(class: Class<'_>) -> bool {
    let mapping = fields(class).tp_as_mapping;
    // SAFETY: a class keeps its tables of methods.
    !mapping.is_null()
        && unsafe { (*mapping).mp_subscript.is_some() || (*mapping).mp_ass_subscript.is_some() }
}

/// Whether instances of a class are true whatever they hold: it defines neither `__bool__` nor
/// `__len__`.
fn is_always_true(class: Class<'_>) -> bool {
    let class = fields(class);
    let (number, mapping, sequence) =
        (class.tp_as_number, class.tp_as_mapping, class.tp_as_sequence);
    // SAFETY: a class keeps its tables of methods.
    unsafe {
        (number.is_null() || (*number).nb_bool.is_none())
            && (mapping.is_null() || (*mapping).mp_length.is_none())
            && (sequence.is_null() || (*sequence).sq_length.is_none())
    }
}
