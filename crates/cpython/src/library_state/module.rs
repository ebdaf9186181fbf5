//! Module: the names of one module, and what changed of them since the last look.

use std::rc::Rc;

use clew_heap::callable_name::top_level;
use clew_heap::{Address, AddressMap, Lent};

use super::container::{Changes, Container, Owned, identity, is_looked_into, is_of_interest};
use super::{ContainerChange, LibraryChanges, NameChange};

/// Modules in which only what is worked out from elsewhere is kept, or what the interpreter keeps for itself.
const OF_NO_INTEREST: &[&str] = &[
    "abc",
    "ast",
    "atexit",
    "clew",
    "copyreg",
    "ctypes",
    "enum",
    "functools",
    "gc",
    "importlib",
    "inspect",
    "linecache",
    "re",
    "site",
    "sre_compile",
    "sre_parse",
    "threading",
    "time",
    "tokenize",
    "traceback",
    "typing",
    "typing_extensions",
    "weakref",
    "zipimport",
];

/// What a module held when it was last looked at.
pub(super) struct ModuleState {
    namespace: Address,
    version: u64,
    /// Its names and what they were bound to, by address.
    names: Vec<(Address, Address)>,
    containers: Vec<Container>,
    /// Whether its classes are looked into for the containers that they hold.
    with_classes: bool,
    /// How often all modules had been looked at when it was first.
    pub(super) since: u32,
}

impl ModuleState {
    /// That of a module that is looked at for the first time.
    pub(super) fn of(module: Lent<'_>, since: u32, owned: &mut Owned) -> Self {
        let mut state = Self {
            namespace: 0,
            version: 0,
            names: Vec::new(),
            containers: Vec::new(),
            with_classes: false,
            since,
        };
        if let Some(variables) = module.module_variables() {
            state.remember(variables, module, owned, &mut Vec::new());
        }
        state
    }

    /// Whether this is still the module's namespace.
    pub(super) fn is_of(&self, variables: Lent<'_>) -> bool {
        self.namespace == variables.address()
    }

    /// From now on its classes are looked into as well: the program called something of it.
    pub(super) fn look_into_classes(&mut self, module: Lent<'_>, owned: &mut Owned) {
        if std::mem::replace(&mut self.with_classes, true) || module.is_own_module() {
            return;
        }
        let name = module.module_name();
        if is_of_no_interest(&name) {
            return;
        }
        let home: Rc<str> = Rc::from(top_level(&name));
        let variables = module.module_variables().into_iter().flat_map(Lent::pairs);
        for (_, class) in variables.filter(|&(_, value)| is_class_of(value, &name)) {
            if !self.containers.iter().any(|known| known.address() == class.address()) {
                self.containers.extend(Container::of_library_class(class, &home, owned));
                owned.named.insert(class.address());
            }
        }
    }

    /// Looks again, and adds what changed.
    pub(super) fn compare(
        &mut self,
        module: Lent<'_>,
        variables: Lent<'_>,
        owned: &mut Owned,
        changes: &mut LibraryChanges,
    ) {
        if self.version == variables.dictionary_version() {
            let mut name = None;
            for container in &mut self.containers {
                // The namespace holds what it held.
                let (before, address) = (changes.containers.len(), container.address());
                let found = &mut changes.containers;
                container.compare_held(variables, &mut Changes { changed: found, owned });
                for change in &mut changes.containers[before..] {
                    change.module = name.get_or_insert_with(|| module.module_name()).clone();
                    change.root = address;
                }
            }
            return;
        }
        let module_name = module.module_name();
        let before: AddressMap<Address> = std::mem::take(&mut self.names).into_iter().collect();
        let builtins = module_name == "builtins";
        for (key, value) in variables.pairs() {
            let known = before.get(&key.address()).copied();
            let Some(name) = key.as_str().filter(|_| known != Some(identity(value))) else {
                continue;
            };
            if name.starts_with("__") && !builtins || name == "_" {
                continue;
            }
            let is_submodule = || {
                let full = value.module_name();
                full.strip_prefix(module_name.as_str())
                    .and_then(|rest| rest.strip_prefix('.'))
                    .is_some_and(|rest| rest == name)
            };
            let submodule = value.is_module() && is_submodule();
            let on_demand = variables.item("__getattr__").is_some();
            // The module imports it itself as soon as it is asked for it.
            if submodule && on_demand && lists(variables, name) {
                continue;
            }
            changes.names.push(NameChange {
                module: module_name.clone(),
                namespace: self.namespace,
                name: name.to_owned(),
                replaced: known.is_some_and(|known| known != value.quiet().none_address()),
                appeared: known.is_none(),
                defines: value.is_definition() || value.is_callable(),
                is_module: value.is_module(),
                submodule,
                on_demand,
            });
        }
        let mut changed = Vec::new();
        self.remember(variables, module, owned, &mut changed);
        for mut change in changed {
            change.module.clone_from(&module_name);
            changes.containers.push(change);
        }
    }

    /// Keeps the names as they are now, and the containers; those that were known already are compared.
    fn remember(
        &mut self,
        variables: Lent<'_>,
        module: Lent<'_>,
        owned: &mut Owned,
        changed: &mut Vec<ContainerChange>,
    ) {
        self.namespace = variables.address();
        self.version = variables.dictionary_version();
        self.names =
            variables.pairs().map(|(key, value)| (key.address(), identity(value))).collect();
        let name = module.module_name();
        if is_of_no_interest(&name) {
            return;
        }
        let mut known: AddressMap<Container> = std::mem::take(&mut self.containers)
            .into_iter()
            .map(|container| (container.address(), container))
            .collect();
        let own = module.is_own_module();
        let home: Rc<str> = if own { Rc::from("") } else { Rc::from(top_level(&name)) };
        for (key, value) in variables.pairs() {
            if name == "sys" && !key.as_str().is_some_and(is_of_imports) {
                continue;
            }
            let of_class = (own || self.with_classes) && is_class_of(value, &name);
            if !(is_looked_into(value) || of_class) || !key.as_str().is_some_and(is_of_interest) {
                continue;
            }
            match known.remove(&value.address()) {
                Some(mut container) => {
                    let before = changed.len();
                    container.compare(value, &mut Changes { changed, owned });
                    for change in &mut changed[before..] {
                        change.root = value.address();
                    }
                    self.containers.push(container);
                }
                // Who only imports it from elsewhere comes later.
                None if owned.named.insert(value.address()) => {
                    self.containers.extend(match of_class {
                        true if own => Some(Container::of_class(value, &home, owned)),
                        true => Container::of_library_class(value, &home, owned),
                        false => Container::of(value, &home, owned),
                    });
                }
                None => {}
            }
        }
    }
}

/// Whether what a module keeps is of no interest.
pub(crate) fn is_of_no_interest(module: &str) -> bool {
    let top = module.split('.').next().unwrap_or_default().trim_start_matches('_');
    OF_NO_INTEREST.contains(&top)
}

/// Whether a value is a class of the module of this name.
fn is_class_of(value: Lent<'_>, module: &str) -> bool {
    value.as_class().is_some_and(|class| class.is_heap_type() && class.name().0 == module)
}

/// Whether `sys` keeps under a name by what modules are found.
fn is_of_imports(name: &str) -> bool {
    matches!(name, "meta_path" | "path" | "path_hooks")
}

/// Whether a module has a name in its `__all__`.
fn lists(variables: Lent<'_>, name: &str) -> bool {
    let listed = variables.item("__all__").into_iter().flat_map(Lent::items);
    listed.filter_map(Lent::as_str).any(|listed| listed == name)
}
