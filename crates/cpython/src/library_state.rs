//! Library state: what imported modules hold, compared from one look to the next.
//!
//! A call may set a name in somebody else's module, or add to a registry there, and no rule and no text
//! tells. So the names of all modules, and the containers that they hold, are looked at after statements
//! that may have done so. Only what changed by its version is looked into, nothing is kept alive, and none of
//! the program's code runs.

use clew_heap::{Address, AddressMap, Class, Lent, Quiet};
use rustc_hash::FxHashSet;

/// The containers that modules hold, and what changed in them.
mod container;
/// The names of one module, and what changed of them.
mod module;

use container::Owned;
pub(crate) use container::is_of_interest;
use module::ModuleState;
pub(crate) use module::is_of_no_interest;

/// An attribute of a class has been set or deleted.
pub(crate) struct ClassChange<'a> {
    pub(crate) class: Class<'a>,
    pub(crate) name: &'a str,
    /// What it is from now on; `None` where it is gone.
    pub(crate) value: Option<Lent<'a>>,
    /// Whether the class or a base of it had one of this name.
    pub(crate) replaced: bool,
    /// The global variables of the code that did it.
    pub(crate) actor: Option<Lent<'a>>,
}

/// What modules held when they were last looked at.
#[derive(Default)]
pub(crate) struct LibraryState {
    modules: AddressMap<ModuleState>,
    /// The containers that a module holds already.
    owned: Owned,
    /// The modules whose import has begun, by name; the innermost last.
    importing: Vec<String>,
    /// How many modules there were when their imports were last looked at, and where the dictionary of
    /// modules ended.
    known: (usize, isize),
    /// How often all were looked at.
    looks: u32,
    /// Whether others than the program may have changed them since.
    is_behind: bool,
}

/// What changed in modules since they were last looked at.
#[derive(Default)]
pub(crate) struct LibraryChanges {
    pub(crate) names: Vec<NameChange>,
    pub(crate) containers: Vec<ContainerChange>,
    /// The modules that were not there before.
    pub(crate) new_modules: FxHashSet<String>,
}

/// A name that a module binds, and did not bind so before.
pub(crate) struct NameChange {
    pub(crate) module: String,
    pub(crate) namespace: Address,
    pub(crate) name: String,
    /// Whether it was bound to something else than `None`.
    pub(crate) replaced: bool,
    /// Whether it was not bound at all.
    pub(crate) appeared: bool,
    /// Whether it is bound to a function or class now.
    pub(crate) defines: bool,
    /// Whether it is bound to a module.
    pub(crate) is_module: bool,
    /// Whether it is bound to the submodule of this name.
    pub(crate) submodule: bool,
    /// Whether the module makes names when they are asked for.
    pub(crate) on_demand: bool,
}

/// A container that a module holds, and that changed.
#[derive(Default)]
pub(crate) struct ContainerChange {
    pub(crate) module: String,
    pub(crate) container: Address,
    /// The containers of the module's that it is in, from the inside.
    pub(crate) holders: Vec<Address>,
    /// The outermost of them, or itself.
    pub(crate) root: Address,
    /// The texts that it has become a dictionary of.
    pub(crate) keys: Vec<String>,
    /// Whether it holds something else under a key, or nothing any more.
    pub(crate) replaced: bool,
    /// Whether anything else about it changed.
    pub(crate) grown: bool,
    /// Whether nothing but entries of a dictionary came to it: so do memos change.
    pub(crate) filled: bool,
    /// Whether it is a class.
    pub(crate) class: bool,
    /// Whether something of the program's was put under one of the keys.
    pub(crate) of_program: bool,
}

impl ContainerChange {
    fn of(container: Address) -> Self {
        Self { container, root: container, ..Self::default() }
    }
}

impl LibraryState {
    /// Looks at the modules of which the import ended since the last time: whatever is set in them from
    /// now on is somebody else's work.
    pub(crate) fn import_goes_on(&mut self, quiet: Quiet<'_>) {
        let Some(modules) = quiet.modules() else { return };
        // The innermost ends first.
        while let Some(name) = self.importing.pop() {
            if !self.has_ended(quiet, &name) {
                self.importing.push(name);
                break;
            }
        }
        let count = modules.pairs_count();
        if count == self.known.0 {
            return;
        }
        // Where some were taken away, a look at all finds what is missed here.
        let mut pairs = modules.pairs_from(if count < self.known.0 { 0 } else { self.known.1 });
        let mut begun = Vec::new();
        for (name, module) in pairs.by_ref() {
            if module.is_module() && !self.modules.contains_key(&module.address()) {
                begun.extend(name.text());
            }
        }
        self.known = (count, pairs.position());
        for name in begun {
            if !self.has_ended(quiet, &name) {
                self.importing.push(name);
            }
        }
    }

    /// Whether the import of a module has ended; then it is known from now on.
    fn has_ended(&mut self, quiet: Quiet<'_>, name: &str) -> bool {
        let Some(module) = quiet.module(name) else { return true };
        if is_initializing(module) {
            return false;
        }
        let since = self.looks;
        self.modules
            .entry(module.address())
            .or_insert_with(|| ModuleState::of(module, since, &mut self.owned));
        true
    }

    /// The program is about to call something of a module: what its classes hold may change.
    pub(crate) fn is_called(&mut self, module: Lent<'_>) {
        if let Some(state) = self.modules.get_mut(&module.address()) {
            state.look_into_classes(module, &mut self.owned);
        }
    }

    /// Whether the import of a module has ended.
    pub(crate) fn knows(&self, quiet: Quiet<'_>, module: &str) -> bool {
        quiet.module(module).is_some_and(|module| self.modules.contains_key(&module.address()))
    }

    /// Whether an object is a module that is known, or a container that one holds.
    pub(crate) fn holds(&self, address: Address) -> bool {
        self.modules.contains_key(&address) || self.owned.inner.contains(&address)
    }

    /// Libraries were called and nobody looks at what they did to themselves: it is not a later statement's work.
    pub(crate) fn fall_behind(&mut self) {
        self.is_behind = true;
    }

    /// Others than the program ran. Gives what they changed in modules of these names; what they changed in
    /// all the rest is looked at before the program may change it.
    pub(crate) fn after_others<'a>(
        &mut self,
        quiet: Quiet<'_>,
        names: impl Iterator<Item = &'a String>,
    ) -> LibraryChanges {
        self.is_behind = true;
        let mut changes = LibraryChanges::default();
        for module in names.filter_map(|name| quiet.module(name)) {
            self.compare(module, &mut changes);
        }
        changes
    }

    /// The program may change what modules hold from now on: what others did to those that are known is taken
    /// as given.
    pub(crate) fn catch_up(&mut self, quiet: Quiet<'_>) {
        if !std::mem::take(&mut self.is_behind) {
            return;
        }
        let mut changes = LibraryChanges::default();
        for (_, module) in quiet.modules().into_iter().flat_map(Lent::pairs) {
            self.compare(module, &mut changes);
        }
    }

    /// Looks at a module that is known.
    fn compare(&mut self, module: Lent<'_>, changes: &mut LibraryChanges) {
        if let Some(variables) = module.module_variables()
            && let Some(state) = self.modules.get_mut(&module.address())
            && state.is_of(variables)
        {
            state.compare(module, variables, &mut self.owned, changes);
        }
    }

    /// Looks at all modules but the program, and gives what changed in those that were known.
    pub(crate) fn look(&mut self, quiet: Quiet<'_>, program: Address) -> LibraryChanges {
        self.import_goes_on(quiet);
        self.is_behind = false;
        let mut changes = LibraryChanges::default();
        let Some(modules) = quiet.modules() else { return changes };
        let mut seen = FxHashSet::default();
        let mut pairs = modules.pairs();
        for (name, module) in pairs.by_ref() {
            let Some(variables) = module.module_variables() else { continue };
            if variables.address() == program || !seen.insert(module.address()) {
                continue;
            }
            let state = self.modules.get_mut(&module.address());
            match state.filter(|state| state.is_of(variables)) {
                Some(state) => {
                    if state.since == self.looks {
                        changes.new_modules.extend(name.text());
                    }
                    state.compare(module, variables, &mut self.owned, &mut changes);
                }
                None => {
                    changes.new_modules.extend(name.text());
                    let state = ModuleState::of(module, self.looks, &mut self.owned);
                    self.modules.insert(module.address(), state);
                }
            }
        }
        if self.modules.len() > seen.len() {
            self.modules.retain(|address, _| seen.contains(address));
        }
        self.importing.clear();
        self.known = (modules.pairs_count(), pairs.position());
        self.looks += 1;
        changes
    }
}

/// Whether a module is still being imported, by the account of the import system.
fn is_initializing(module: Lent<'_>) -> bool {
    let specification = module.module_variables().and_then(|variables| variables.item("__spec__"));
    specification
        .filter(|specification| !specification.is_none())
        .and_then(|specification| specification.get(c"_initializing"))
        .is_some_and(|initializing| initializing.lend().is_true())
}
