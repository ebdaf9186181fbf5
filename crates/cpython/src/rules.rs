//! Rules: what annotations say of live callables, and what can be said without any.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use clew_effects::{
    CallFacts, Catalog, Change, Claim, Confidence, Effects, Key as Part, Origin, Place, StateKey,
};
use clew_heap::arguments::CallArguments;
use clew_heap::callable_name::{name_of, package_of};
use clew_heap::callee::{Callee, Key, Shape, makes_of_numbers, never_iterates};
use clew_heap::identity::number_of_value;
use clew_heap::lru_cache::calls_as_named;
use clew_heap::native::owner_of;
use clew_heap::{Address, AddressSet, Class, Lent};
use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

/// What a call does, as far as it can be said before the arguments are seen.
mod plan;
/// What rules ask about a live call.
mod facts;
/// What can be said of Python's own callables without any rule.
mod special_cases;
/// What rules have no words for, of particular libraries.
mod library;
/// What a library's function may change without being given it.
mod footprint;
/// The functions and classes that rules speak of, as live objects.
mod joined;

use facts::Facts;
pub(crate) use facts::known;
use footprint::Footprints;
use joined::{Joined, packages_of_class};
use library::{draws_for_another, spelling_of};
pub(crate) use plan::{Namespace, Plan, Repeats};
use special_cases::{built_in, made_of_text, makes_lazily, namespace_use, of_class_method};

/// What is known of live callables.
#[derive(Default)]
pub(crate) struct Rules {
    joined: Joined,
    enabled: bool,
    /// By callee and by the shape of the call: how many arguments, and which keywords.
    plans: FxHashMap<(Key, usize, usize), Plan>,
    /// Those that hang on the numbers and texts that are passed, by these.
    plans_by_value: FxHashMap<(Key, usize, usize, u64), Plan>,
    footprints: Footprints,
    item_states: FxHashMap<(Address, ItemUse), Vec<(StateKey, bool)>>,
    /// The rules that answered, where someone wants to know.
    asked: Option<Rc<RefCell<Vec<Origin>>>>,
}

/// What is done with an item of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ItemUse {
    /// It is read.
    Load,
    /// It is set; setting an attribute counts as well.
    Store,
}

impl Rules {
    pub(crate) fn new(catalog: Catalog, enabled: bool) -> Self {
        Self { joined: Joined::new(catalog), enabled, ..Self::default() }
    }

    /// Whether a callee is code of the session, which has probes of its own.
    pub(crate) fn is_session(
        &mut self,
        callee: &Callee<'_>,
        session_code: &AddressSet,
        namespace: Address,
    ) -> bool {
        match callee.shape {
            Shape::Function => callee.code().is_some_and(|code| session_code.contains(&code)),
            Shape::Class => callee.function.as_class().is_some_and(|class| {
                class.is_of_program() && self.session_class(class, session_code, namespace).session
            }),
            Shape::Other => {
                let call = callee.function.class().lookup("__call__");
                let is_session = |code: Address| session_code.contains(&code);
                call.and_then(Lent::function_code).map(Lent::address).is_some_and(is_session)
                    || callee.cached().is_some_and(|function| {
                        function.function_code().map(Lent::address).is_some_and(is_session)
                            && calls_as_named(callee.callable, function)
                    })
            }
            Shape::Builtin | Shape::Descriptor => false,
        }
    }

    /// Says what a call does and which rules say so, without keeping either.
    pub(crate) fn ask(
        &mut self,
        callable: Lent<'_>,
        call: &CallArguments,
    ) -> (Rc<Effects>, Vec<Origin>) {
        let asked = Rc::default();
        self.asked = Some(Rc::clone(&asked));
        let plan = self.make(&Callee::of(callable), Some(call), &AddressSet::default(), 0);
        self.asked = None;
        (plan.effects, asked.take())
    }

    /// Whether a rule speaks of a function, a class as it is called, or a method of a class, at least
    /// for some calls.
    pub(crate) fn speaks(&mut self, object: Lent<'_>, method: Option<&str>) -> bool {
        let facts = Facts { call: None, receiver: None, asked: None, quiet: object.quiet() };
        self.joined.load(object, Some(object));
        match method {
            Some(method) => object
                .as_class()
                .is_some_and(|class| self.joined.by_class(class, method, false, &facts).is_some()),
            None => {
                self.joined.by_identity(&Callee::of(object), &facts).is_some()
                    || self.joined.by_module_name(object, &name_of(object), &facts).is_some()
            }
        }
    }

    /// What the rules about a package claim.
    pub(crate) fn claims(&self, package: &str) -> Vec<Claim> {
        self.joined.catalog.claims(package)
    }

    /// Says what a call does.
    pub(crate) fn plan(
        &mut self,
        callee: &Callee<'_>,
        call: Option<&CallArguments>,
        session_code: &AddressSet,
        namespace: Address,
    ) -> Plan {
        let (count, keywords) = call.map_or((usize::MAX, 0), CallArguments::shape);
        let key = |rules: &Self| match rules
            .joined
            .functions
            .contains_key(&(callee.callable.address()))
        {
            // A bound method that a module offers, as `random.seed`: its receiver is part of it.
            true => ((callee.callable.address(), 3), count, keywords),
            false => (callee.key, count, keywords),
        };
        let known = key(self);
        if known.0.0 != 0
            && let Some(plan) = self.plans.get(&known)
        {
            return plan.clone();
        }
        let values = call.filter(|_| known.0.0 != 0 && self.asked.is_none()).and_then(digest_of);
        let by_value = |(key, count, keywords): (Key, usize, usize)| {
            values.map(|values| (key, count, keywords, values))
        };
        if let Some(plan) = by_value(known).and_then(|known| self.plans_by_value.get(&known)) {
            return plan.clone();
        }
        /// How many are kept; who has noted the states of one knows it by the place of its effects.
        const MOST: usize = 1_000;
        let mut plan = self.make(callee, call, session_code, namespace);
        // Rules may have been read meanwhile.
        let known = key(self);
        if known.0.0 != 0 && !plan.effects.varies {
            self.plans.insert(known, plan.clone());
        } else if let Some(known) = by_value(known)
            && !plan.effects.by_receiver
            && self.plans_by_value.len() < MOST
        {
            self.plans_by_value.insert(known, plan.clone());
        } else {
            plan.has_fixed_states = false;
        }
        plan
    }

    fn make(
        &mut self,
        callee: &Callee<'_>,
        call: Option<&CallArguments>,
        session_code: &AddressSet,
        namespace: Address,
    ) -> Plan {
        let function = callee.function;
        if callee.shape == Shape::Function {
            if callee.code().is_some_and(|code| session_code.contains(&code)) {
                return Plan::session();
            }
            if function.function_globals().map_or(0, Lent::address) == namespace {
                return made_of_text(callee);
            }
        }
        let class = function.as_class().filter(|_| callee.shape == Shape::Class);
        if let Some(class) = class.filter(|class| class.is_of_program()) {
            return self.session_class(class, session_code, namespace);
        }
        let quiet = function.quiet();
        let facts = Facts { call, receiver: callee.receiver, asked: self.asked.clone(), quiet };
        let name = name_of(function);
        let receiver = match callee.shape {
            Shape::Descriptor => call.and_then(|call| call.lent_positional(0)),
            Shape::Other => None,
            _ => callee.receiver,
        };
        let mut effects = None;
        if self.enabled {
            self.joined.load(function, receiver);
            effects = self.by_rule(callee, &name, receiver, &facts);
        }
        let known = effects.or_else(|| built_in(callee));
        let footprint = match (&known, callee.shape) {
            (None, Shape::Function) => self.footprints.of(function),
            _ => Rc::default(),
        };
        let effects = known.unwrap_or_else(Effects::assumed);
        let namespace = namespace_use(callee, &name);
        let spelling = spelling_of(function, &name, receiver.is_some());
        Plan {
            has_fixed_states: has_fixed_states(&name, &effects),
            repeats: match footprint.is_empty()
                && namespace == Namespace::Untouched
                && spelling.is_none()
            {
                true => repeats(&name, &effects, receiver),
                false => Repeats::Never,
            },
            name: callee.display_name().into(),
            draws: draws_for_another(function, receiver, &effects),
            spelling,
            effects: Rc::new(effects),
            session: false,
            namespace,
            footprint,
            iterates: match callee.shape {
                Shape::Builtin => !never_iterates(&name),
                Shape::Class => !class.is_some_and(|it| makes_lazily(it) || makes_of_numbers(it)),
                Shape::Other => !callee.is_init_of_object(),
                _ => true,
            },
        }
    }

    /// What the rule says that fits best: one about this very callable, about a method of its
    /// receiver's class, or about the name that it has in its module.
    fn by_rule(
        &self,
        callee: &Callee<'_>,
        name: &str,
        receiver: Option<Lent<'_>>,
        facts: &Facts<'_>,
    ) -> Option<Effects> {
        let function = callee.function;
        let mut effects = self.joined.by_identity(callee, facts);
        if effects.is_none()
            && let Some(receiver) = receiver
        {
            let unbound = callee.shape == Shape::Descriptor;
            effects = self.joined.by_class(receiver.class(), name, unbound, facts);
            // A class method: the receiver is the class itself.
            if effects.is_none()
                && let Some(class) = receiver.as_class()
            {
                effects = self.joined.by_class(class, name, unbound, facts);
                effects = effects.map(of_class_method);
            }
        }
        if effects.is_none() && callee.shape == Shape::Other {
            // Calling an instance.
            effects = self.joined.by_class(function.class(), "__call__", false, facts);
        }
        if effects.is_none()
            && matches!(callee.shape, Shape::Function | Shape::Builtin)
            && receiver.is_none()
        {
            effects = self.joined.by_module_name(function, name, facts);
        }
        effects
    }

    /// A class of the session runs the session's own `__init__` natively; one that inherits a
    /// library's does what that does.
    fn session_class(
        &mut self,
        class: Class<'_>,
        session_code: &AddressSet,
        namespace: Address,
    ) -> Plan {
        let init = class.lookup("__init__").filter(|init| {
            let code = init.function_code().map(Lent::address);
            code.is_some_and(|code| !session_code.contains(&code))
                && init.function_globals().map_or(0, Lent::address) != namespace
        });
        let Some(init) = init else {
            return match self.call_of_metaclass(class, session_code) {
                Some(call) => self.make(&Callee::of(call), None, session_code, namespace),
                None => Plan::session(),
            };
        };
        let mut plan = self.make(&Callee::of(init), None, session_code, namespace);
        // The receiver is new, so what happens to it is nobody's business.
        plan.effects = Rc::new((*plan.effects).clone().without_receiver());
        plan
    }

    /// How a library's metaclass makes instances of a class of the program, where no rule speaks of that library.
    fn call_of_metaclass<'a>(
        &self,
        class: Class<'a>,
        session_code: &AddressSet,
    ) -> Option<Lent<'a>> {
        let metaclass = class.object().class();
        let call = metaclass.is_heap_type().then(|| metaclass.lookup("__call__")).flatten()?;
        let code = call.function_code()?.address();
        let package = package_of(call).unwrap_or_default();
        let followed = package != "enum" && !self.knows(&package);
        (followed && !session_code.contains(&code)).then_some(call)
    }

    /// What a rule says of a call that is followed and not made: of a method with the class of its
    /// receiver, of a method of C that is called through its class with that of the first argument.
    pub(crate) fn abstract_call(
        &mut self,
        callee: &Callee<'_>,
        class: Option<Class<'_>>,
        unbound: Option<Class<'_>>,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        if !self.enabled {
            return None;
        }
        let function = callee.function;
        let mut packages = vec![Some("builtins".to_owned()), package_of(function)];
        for class in class.into_iter().chain(unbound) {
            packages.extend(packages_of_class(class));
        }
        self.joined.read_rules(function.quiet(), packages);
        let name = name_of(function);
        // What `object.__init__` does says nothing of one that is written out.
        let special = name.starts_with("__") && name.ends_with("__");
        let written_out = callee.shape == Shape::Function
            && (matches!(name.as_str(), "__init__" | "__new__")
                // Nor what others of its names do, or methods of the built-in containers.
                || (special || class.is_some_and(is_container))
                    && !package_of(function).is_some_and(|name| self.has_package(&name)));
        let class = class.filter(|_| !written_out);
        let by_class = |class| self.joined.by_class(class, &name, false, facts);
        self.joined
            .by_identity(callee, facts)
            .or_else(|| class.and_then(by_class))
            .or_else(|| unbound.and_then(|class| self.joined.by_class(class, &name, true, facts)))
            .or_else(|| {
                let plain = matches!(callee.shape, Shape::Function | Shape::Builtin);
                if !plain || class.is_some() || written_out {
                    return None;
                }
                self.joined.by_module_name(function, &name, facts)
            })
    }

    /// What the rules say of a method of a class of C that can change, as its class holds it.
    pub(crate) fn effects_of_method(&mut self, descriptor: Lent<'_>) -> Option<Rc<Effects>> {
        let owner = owner_of(descriptor).filter(|_| self.enabled)?;
        let facts = Facts { call: None, receiver: None, asked: None, quiet: descriptor.quiet() };
        self.joined.load(descriptor, Some(owner.object()));
        self.joined.by_class(owner, &name_of(descriptor), false, &facts).map(Rc::new)
    }

    /// What all classes that rules speak of do in a method of that name; `None` where there is none.
    pub(crate) fn method_anywhere(&mut self, name: &str, facts: &dyn CallFacts) -> Option<Effects> {
        if !self.enabled {
            return None;
        }
        const COMMON: [&str; 4] = ["builtins", "collections", "numpy", "pandas"];
        let others = self.joined.loaded.iter().map(String::as_str);
        let packages: FxHashSet<&str> = COMMON.into_iter().chain(others).collect();
        self.joined.catalog.method_anywhere(packages, name, facts)
    }

    /// Whether there are rules about a package.
    pub(crate) fn has_package(&self, package: &str) -> bool {
        self.joined.catalog.has_package(package)
    }

    /// Whether rules are asked, and there are some about a package.
    pub(crate) fn knows(&self, package: &str) -> bool {
        self.enabled && self.has_package(package)
    }

    /// The external states that using an item of a value reads (`false`) or changes (`true`).
    pub(crate) fn item_states(&mut self, value: Lent<'_>, used: ItemUse) -> Vec<(StateKey, bool)> {
        let class = value.class();
        if let Some(states) = self.item_states.get(&(class.address(), used)) {
            return states.clone();
        }
        let module = class.name().0;
        if !self.enabled || matches!(module.as_str(), "builtins" | "__main__" | "numpy") {
            return Vec::new();
        }
        self.joined.load(class.object(), Some(value));
        let facts = Facts { call: None, receiver: Some(value), asked: None, quiet: value.quiet() };
        let mut states = Vec::new();
        let methods: &[&str] = match used {
            ItemUse::Load => &["__getitem__"],
            ItemUse::Store => &["__setitem__", "__setattr__"],
        };
        for method in methods {
            let effects = self.joined.by_class(class, method, false, &facts);
            for change in effects.iter().flat_map(|effects| &effects.changes) {
                let (resource, written) = match change {
                    Change::Reads(resource) => (resource, false),
                    Change::Writes(resource) => (resource, true),
                    _ => continue,
                };
                states.push((resource.resolve(|_| None), written));
            }
        }
        self.item_states.insert((class.address(), used), states.clone());
        states
    }
}

/// What rules may ask about the values that a call passes, in one number; `None` for a call that is not seen.
fn digest_of(call: &CallArguments) -> Option<u64> {
    if call.arguments.is_null() {
        return None;
    }
    let mut hasher = FxHasher::default();
    for value in call.lent() {
        let number = number_of_value(value)
            .or_else(|| value.integer().map(|number| number as u64))
            .or_else(|| value.float().map(f64::to_bits));
        match number {
            Some(number) => (value.class().address(), number).hash(&mut hasher),
            // Rules see no more of an object than its text, if it has one.
            None => value.text().hash(&mut hasher),
        }
    }
    Some(hasher.finish())
}

/// Whether a class is a list, dictionary or set, or inherits from one.
fn is_container(class: Class<'_>) -> bool {
    class.is_subclass_of(&raw mut ffi::PyList_Type)
        || class.is_subclass_of(&raw mut ffi::PyDict_Type)
        || class.is_subclass_of(&raw mut ffi::PySet_Type)
}

/// Whether the external states that a call touches hang on nothing that it is given. How `open` makes a
/// file hangs on its mode.
fn has_fixed_states(name: &str, effects: &Effects) -> bool {
    let mut resources = effects.changes.iter().filter_map(|change| match change {
        Change::Reads(resource) | Change::Writes(resource) => Some(resource),
        _ => None,
    });
    name != "open" && resources.all(|resource| !matches!(resource.key, Some(Part::Place(_))))
}

/// Which calls do the same. What an attribute of the receiver decides is not told by the call.
fn repeats(name: &str, effects: &Effects, receiver: Option<Lent<'_>>) -> Repeats {
    let by_argument = effects.changes.iter().any(|change| match change {
        Change::Reads(resource) | Change::Writes(resource) => {
            matches!(&resource.key, Some(Part::Place(place)) if *place != Place::Receiver)
        }
        _ => false,
    });
    let gives = effects.changes.iter().any(|change| matches!(change, Change::Handle { .. }));
    if name == "open" || gives || effects.confidence != Confidence::Annotated {
        return Repeats::Never;
    }
    match (effects.varies || by_argument, receiver) {
        (false, _) => Repeats::ByClass,
        (true, None) => Repeats::ByValue,
        (true, Some(_)) if effects.by_receiver => Repeats::Never,
        (true, Some(_)) => Repeats::ByValue,
    }
}
