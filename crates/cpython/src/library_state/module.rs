//! Module: the names of one module, and what changed of them since the last look.

use std::rc::Rc;

use clew_heap::callable_name::top_level;
use clew_heap::{Address, Lent};
use rustc_hash::{FxHashMap, FxHashSet};

use super::container::{Container, identity, is_looked_into, is_of_interest};
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
    /// How often all modules had been looked at when it was first.
    pub(super) since: u32,
}

impl ModuleState {
    /// That of a module that is looked at for the first time.
    pub(super) fn of(module: Lent<'_>, since: u32, owned: &mut FxHashSet<Address>) -> Self {
        let mut state =
            Self { namespace: 0, version: 0, names: Vec::new(), containers: Vec::new(), since };
        if let Some(variables) = module.module_variables() {
            state.remember(variables, module, owned, &mut Vec::new());
        }
        state
    }

    /// Whether this is still the module's namespace.
    pub(super) fn is_of(&self, variables: Lent<'_>) -> bool {
        self.namespace == variables.address()
    }

    /// Looks again, and adds what changed.
    pub(super) fn compare(
        &mut self,
        module: Lent<'_>,
        variables: Lent<'_>,
        owned: &mut FxHashSet<Address>,
        changes: &mut LibraryChanges,
    ) {
        if self.version == variables.dictionary_version() {
            let mut name = None;
            for container in &mut self.containers {
                // The namespace holds what it held.
                let (before, address) = (changes.containers.len(), container.address());
                container.compare_held(variables, &mut changes.containers);
                for change in &mut changes.containers[before..] {
                    change.module = name.get_or_insert_with(|| module.module_name()).clone();
                    change.root = address;
                }
            }
            return;
        }
        let module_name = module.module_name();
        let before: FxHashMap<Address, Address> =
            std::mem::take(&mut self.names).into_iter().collect();
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
        owned: &mut FxHashSet<Address>,
        changed: &mut Vec<ContainerChange>,
    ) {
        self.namespace = variables.address();
        self.version = variables.dictionary_version();
        self.names =
            variables.pairs().map(|(key, value)| (key.address(), identity(value))).collect();
        let name = module.module_name();
        let top = name.split('.').next().unwrap_or_default().trim_start_matches('_');
        if OF_NO_INTEREST.contains(&top) {
            return;
        }
        let mut known: FxHashMap<Address, Container> = std::mem::take(&mut self.containers)
            .into_iter()
            .map(|container| (container.address(), container))
            .collect();
        let own = module.is_own_module();
        let home: Rc<str> = if own { Rc::from("") } else { Rc::from(top_level(&name)) };
        for (key, value) in variables.pairs() {
            if name == "sys" && !key.as_str().is_some_and(is_of_imports) {
                continue;
            }
            let of_class = own && value.as_class().is_some_and(|class| class.name().0 == name);
            if !(is_looked_into(value) || of_class) || !key.as_str().is_some_and(is_of_interest) {
                continue;
            }
            match known.remove(&value.address()) {
                Some(mut container) => {
                    let before = changed.len();
                    container.compare(value, changed);
                    for change in &mut changed[before..] {
                        change.root = value.address();
                    }
                    self.containers.push(container);
                }
                // Who only imports it from elsewhere comes later.
                None if owned.insert(value.address()) => {
                    self.containers.extend(match of_class {
                        true => Some(Container::of_class(value, &home)),
                        false => Container::of(value, &home),
                    });
                }
                None => {}
            }
        }
    }
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
