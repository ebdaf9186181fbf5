//! Joined rules: the functions and classes that rules speak of, found among the live objects.

use clew_effects::{CallFacts, Catalog, Class as NamedClass, Effects, RuleTarget, RuleTargetKind};
use clew_heap::callable_name::{module_of, name_in_class, package_of, top_level};
use clew_heap::callee::{Callee, Shape};
use clew_heap::{AddressMap, Class, Lent, Quiet, kind};
use pyo3::ffi::PyStaticMethod_Type;
use rustc_hash::FxHashSet;

use crate::package::find;

/// The rules, joined to the live objects that they speak of.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) catalog: Catalog,
    /// The packages whose rules were read.
    pub(super) loaded: FxHashSet<String>,
    /// What rules speak of and is not imported yet.
    waiting: Vec<RuleTarget>,
    /// How many modules there were when it was last looked for.
    modules_seen: usize,
    /// The names that rules know each function by, as module and name.
    pub(super) functions: AddressMap<Vec<(String, String)>>,
    classes: AddressMap<Vec<(String, String)>>,
}

impl Joined {
    pub(super) fn new(catalog: Catalog) -> Self {
        Self { catalog, ..Self::default() }
    }

    /// What the rule about this very function or class says.
    pub(super) fn by_identity(
        &self,
        callee: &Callee<'_>,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        if let Some(class) = callee.function.as_class().filter(|_| callee.shape == Shape::Class) {
            let own = makes_its_own_way(class);
            let names = self.class_names(class, None);
            let names: Vec<(&str, &str)> = names
                .iter()
                // How a built-in base makes its instances says nothing of what is written in Python.
                .filter(|(module, ..)| !own || module != "builtins")
                .map(|(module, name, _)| (module.as_str(), name.as_str()))
                .collect();
            return self.catalog.constructor(&names, facts);
        }
        let inner = callee.receiver.is_none().then_some(callee.function);
        let names = [Some(callee.callable), inner]
            .into_iter()
            .flatten()
            .find_map(|function| self.functions.get(&function.address()))?;
        let names: Vec<(&str, &str)> =
            names.iter().map(|(module, name)| (module.as_str(), name.as_str())).collect();
        self.catalog.function(&names, facts)
    }

    /// What the rule about a method of a class says.
    pub(super) fn by_class(
        &self,
        class: Class<'_>,
        method: &str,
        unbound: bool,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        let names = self.class_names(class, Some(method));
        let classes: Vec<NamedClass<'_>> = names
            .iter()
            .map(|(module, name, has_method)| NamedClass { module, name, has_method: *has_method })
            .collect();
        if unbound {
            self.catalog.unbound_method(&classes, method, facts)
        } else {
            self.catalog.method(&classes, method, facts)
        }
    }

    /// The names by which rules may know a class and its bases, most specific first, and whether
    /// each of them has a method of that name.
    fn class_names(&self, class: Class<'_>, method: Option<&str>) -> Vec<(String, String, bool)> {
        let mut names: Vec<(String, String, bool)> = Vec::new();
        for base in class.resolution_order() {
            let has = method
                .is_none_or(|method| base.dictionary().is_none() || base.lookup(method).is_some());
            for (module, name) in self.classes.get(&base.address()).into_iter().flatten() {
                names.push((module.clone(), name.clone(), has));
            }
            let (module, name) = base.name();
            if !names.iter().any(|known| known.0 == module && known.1 == name) {
                names.push((module, name, has));
            }
        }
        names
    }

    /// What a rule says of the name that a function has in its module. One that is written in a
    /// class, which a call through the class finds bare, has the class's name before its own: else
    /// a rule about all functions of the module would take a method for one.
    pub(super) fn by_module_name(
        &self,
        function: Lent<'_>,
        name: &str,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        let (module, in_class) = (module_of(function)?, name_in_class(function));
        let name = in_class.as_deref().unwrap_or(name);
        self.catalog.function(&[(module.as_str(), name)], facts)
    }

    /// Reads the rules of the packages that a callee belongs to and finds what they speak of.
    pub(super) fn load(&mut self, function: Lent<'_>, receiver: Option<Lent<'_>>) {
        // `open` says that it is from `_io`.
        let mut packages = vec![Some("builtins".to_owned()), package_of(function)];
        if let Some(receiver) = receiver {
            packages.extend(packages_of_class(receiver.class()));
            packages.extend(receiver.as_class().map(|class| Some(top_level(&class.name().0))));
        }
        self.read_rules(function.quiet(), packages);
    }

    /// Reads the rules of packages, as far as they were not read.
    pub(super) fn read_rules(&mut self, quiet: Quiet<'_>, packages: Vec<Option<String>>) {
        let mut fresh = false;
        for package in packages.into_iter().flatten() {
            // What is written in C often says it is from `_bisect` and not from `bisect`.
            let spoken = package.trim_start_matches('_').to_owned();
            for package in [package, spoken] {
                if !self.loaded.contains(&package) {
                    self.waiting.extend(self.catalog.targets(&package));
                    self.loaded.insert(package);
                    fresh = true;
                }
            }
        }
        let count = quiet.modules().map_or(0, Lent::pairs_count);
        if (fresh || count != self.modules_seen) && !self.waiting.is_empty() {
            self.modules_seen = count;
            let waiting = std::mem::take(&mut self.waiting);
            for target in waiting {
                if !self.resolve(quiet, &target) {
                    self.waiting.push(target);
                }
            }
        }
    }

    /// Joins a target to its live object; whether that is there.
    fn resolve(&mut self, quiet: Quiet<'_>, target: &RuleTarget) -> bool {
        if target.kind == RuleTargetKind::FunctionPattern {
            let Some(variables) = quiet.namespace_of(&target.module) else { return false };
            for (name, value) in variables.pairs() {
                if !value.is_callable() || value.is_class() {
                    continue;
                }
                if let Some(name) = name.text().filter(|name| target.matches(name)) {
                    self.add_function(value, &target.module, name);
                }
            }
            return true;
        }
        let Some(object) = find(quiet, &target.module, &target.name) else { return false };
        if target.kind == RuleTargetKind::Class {
            // Tuples and their like never change, but what they hold may.
            let holds = matches!(top_level(&target.module).as_str(), "builtins" | "types");
            if let Some(class) = object.as_class()
                && !holds
                && self.catalog.is_immutable(&target.module, &target.name)
            {
                kind::add_immutable(class);
            }
            let entry = (target.module.clone(), target.name.clone());
            let names = self.classes.entry(object.address()).or_default();
            if !names.contains(&entry) {
                names.push(entry);
            }
        } else {
            self.add_function(object, &target.module, target.name.clone());
        }
        true
    }

    fn add_function(&mut self, object: Lent<'_>, module: &str, name: String) {
        let names = self.functions.entry(object.address()).or_default();
        let entry = (module.to_owned(), name);
        if !names.contains(&entry) {
            names.push(entry);
        }
    }
}

/// The packages that a class and its bases are from.
pub(super) fn packages_of_class(class: Class<'_>) -> impl Iterator<Item = Option<String>> {
    class.resolution_order().map(|base| Some(top_level(&base.name().0)))
}

/// Whether Python code runs when a class makes an instance.
fn makes_its_own_way(class: Class<'_>) -> bool {
    let meta = class.object().class();
    let call =
        Some(meta).filter(|meta| meta.is_heap_type()).and_then(|meta| meta.lookup("__call__"));
    let own = ["__init__", "__new__"].into_iter().filter_map(|name| class.lookup(name));
    own.chain(call).any(|made| made.is_function() || made.is_exactly(&raw mut PyStaticMethod_Type))
}
