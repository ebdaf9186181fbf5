//! Changes: which objects the statement at hand changed, and which variables lead to them.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::ptr;
use std::rc::Rc;

use clew_effects::{Confidence, Depth};
use clew_heap::Lent;
use clew_probe::ProgramPoint;
use clew_session::{Changed, StateKey};
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Cause, Deep, Recorder, cause, hidden_key, module_key, session_code};
use crate::callee::{self, ItemUse};
use crate::namespace::Mirror;
use crate::reach::{self, Address, End, Walk};

impl Recorder {
    /// Marks a value as changed, and all that it reaches where the change goes deep.
    pub(super) unsafe fn mutate(
        &mut self,
        value: *mut ffi::PyObject,
        depth: Depth,
        by: &Cause,
        root: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from the caller.
        unsafe {
            if !reach::is_mutable(value) {
                return;
            }
            if ffi::PyModule_Check(value) != 0 {
                // A module is a state of its own; who is given it for its functions does not change it.
                if by.confidence == Confidence::Annotated {
                    self.change_module(value, by);
                }
                return;
            }
            self.change_found(value, by, root);
            if depth == Depth::Deep
                || (self.copies_on_write && crate::pandas::pandas_parts(value).is_some())
            {
                self.change_reach(value, by);
            }
        }
    }

    pub(super) unsafe fn change_reach(&mut self, value: *mut ffi::PyObject, by: &Cause) {
        // SAFETY: handed on from the caller.
        unsafe {
            if ffi::PyType_Check(value) != 0 || ffi::Py_TYPE(value) == &raw mut ffi::PyFunction_Type
            {
                return;
            }
            // In a loop the same object comes again and again, and grows. It is walked through at
            // the first time, the second, the fourth and so on, and once more at the end.
            let point = ProgramPoint::current();
            let known = self.deep.entry(value as Address).or_default();
            let at = known.iter().position(|deep| deep.point == point).unwrap_or(known.len());
            if at == known.len() {
                known.push(Deep { point, times: 0, next: 1, by: by.clone() });
            }
            let deep = &mut known[at];
            deep.times += 1;
            if deep.times < deep.next {
                return;
            }
            deep.next = deep.times * 2;
            self.walk_changed(value, by);
        }
    }

    pub(super) unsafe fn walk_changed(&mut self, value: *mut ffi::PyObject, by: &Cause) {
        /// How many objects are looked at before the worst is assumed.
        const BUDGET: usize = 200_000;
        /// The same for all the walks of a statement.
        const MOST: usize = 1_000_000;
        if self.walked > MOST {
            self.change_everything(by);
            return;
        }
        // SAFETY: handed on from the caller.
        unsafe {
            if self.copies_on_write
                && let Some(parts) = crate::pandas::pandas_parts(value)
            {
                for array in crate::pandas::written_arrays(value, &parts, &by.by) {
                    self.change(array, by);
                }
                for part in parts {
                    self.mark(part as Address, by);
                }
                return;
            }
            let mut seen = FxHashSet::default();
            let mut found = Vec::new();
            let mut code = Vec::new();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: false };
            let artist = crate::object::is_of_matplotlib(value);
            let runs = crate::object::runs_behind(value);
            let mut kinds: FxHashMap<Address, bool> = FxHashMap::default();
            let end = walk.run(value, &mut seen, &mut |object| {
                let changes = !artist
                    || *kinds
                        .entry(ffi::Py_TYPE(object) as Address)
                        .or_insert_with(|| crate::object::changes_with_artist(object));
                if changes && reach::changes_in_place(object) && ffi::PyModule_Check(object) == 0 {
                    found.push(object as Address);
                }
                if runs && ffi::Py_TYPE(object) == &raw mut ffi::PyFunction_Type {
                    code.push(ffi::PyFunction_GetCode(object) as Address);
                }
                true
            });
            code.retain(|code| session_code().contains(code));
            self.walked += BUDGET - walk.budget;
            for address in &found {
                if let Some(key) = self.handles.get(address).cloned() {
                    self.reads_state(key.clone());
                    self.writes_state((key, false));
                }
            }
            if runs {
                // What a thread was given is no longer to be seen when it has ended.
                let remembered = self.running.entry(value as Address).or_default();
                remembered.reached.extend(&found);
                remembered.code.extend(&code);
                found = remembered.reached.iter().copied().collect();
                // It may have looked at what its functions name only now.
                for code in remembered.code.clone() {
                    self.reads_of_code(code);
                }
            }
            for address in found {
                self.mark(address, by);
            }
            if end == End::OverBudget {
                self.change_everything(by);
            }
        }
    }

    /// Gives up on finding what a call changed: all that the statement can get at may be.
    pub(super) fn change_everything(&mut self, by: &Cause) {
        self.everything_changed.get_or_insert_with(|| Cause {
            by: Rc::clone(&by.by),
            confidence: Confidence::Assumed,
        });
    }

    /// Remembers that what is at an address changed.
    pub(super) fn mark(&mut self, address: Address, by: &Cause) {
        self.changed.entry(address).or_insert_with(|| by.clone());
        self.turns.mark(address);
    }

    /// Marks what changed because something that was weakly referred to is gone.
    pub(super) unsafe fn note_gone(&mut self, compound: bool) {
        // SAFETY: handed on from the caller; the namespace is the program's.
        let gone = unsafe { Lent::new(self.namespace) }
            .map(|namespace| self.weak.look(namespace))
            .unwrap_or_default();
        if compound && !(gone.changed.is_empty() && gone.made.is_empty()) {
            self.turns.doubt();
        }
        for made in gone.made {
            self.writes_state((made, true));
        }
        for ran in gone.ran {
            self.reads_state(ran);
        }
        let by = cause("what is gone", Confidence::Observed);
        for address in gone.changed {
            self.mark(address, &by);
        }
    }

    /// Marks an object as changed.
    pub(super) unsafe fn change(&mut self, value: *mut ffi::PyObject, by: &Cause) {
        // SAFETY: handed on from the caller.
        let owner = unsafe { reach::memory_owner(value) };
        self.mark(value as Address, by);
        if owner != value {
            self.mark(owner as Address, by);
        }
        // SAFETY: as above; what is found is held by the owner.
        unsafe {
            if reach::is_window(owner) {
                for array in crate::object::arrays_behind(owner) {
                    self.change(array, by);
                }
            }
        }
        if let Some(key) = self.handles.get(&(value as Address)) {
            self.writes_state((key.clone(), false));
        }
        if value == self.namespace {
            self.namespace_open = true;
        }
    }

    /// Marks an object as changed that was found by way of a name: where that name is a module,
    /// no variable may lead to the object.
    pub(super) unsafe fn change_found(
        &mut self,
        value: *mut ffi::PyObject,
        by: &Cause,
        root: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from the caller; the namespace lends what it holds.
        unsafe {
            self.change(value, by);
            if self.hidden.contains(&(value as Address)) {
                self.reads_state(hidden_key(value as Address));
                self.writes_state((hidden_key(value as Address), false));
            } else if !root.is_null() {
                let module = ffi::PyDict_GetItem(self.namespace, root);
                if !module.is_null() && ffi::PyModule_Check(module) != 0 {
                    self.hidden_candidates.insert(value as Address);
                    if crate::object::is_builtin_container(value) {
                        self.change_library(value, module);
                    }
                }
            }
        }
    }

    /// Marks a module as changed; the program's own is its namespace.
    unsafe fn change_module(&mut self, module: *mut ffi::PyObject, by: &Cause) {
        // SAFETY: handed on from the caller, which checked for a module.
        unsafe {
            if self.is_program(module) {
                self.namespace_open = true;
                return;
            }
            self.writes_state((module_key(module), false));
            self.mark(module as Address, by);
        }
    }

    /// Whether a value is the module that the program is itself.
    pub(super) unsafe fn is_program(&self, value: *mut ffi::PyObject) -> bool {
        // SAFETY: handed on from the caller.
        unsafe { ffi::PyModule_Check(value) != 0 && ffi::PyModule_GetDict(value) == self.namespace }
    }

    /// Notes that a library changed, where it keeps the object: its functions read that unseen.
    pub(super) unsafe fn change_library(
        &mut self,
        value: *mut ffi::PyObject,
        module: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from the caller.
        unsafe {
            let holder = crate::object::module_holding(module, value);
            // What `sys` holds is a state each.
            if !holder.is_null() && crate::object::module_name(holder) != "sys" {
                self.writes_state((module_key(holder), false));
            }
        }
    }

    /// Something is written to standard output and standard error, or where a logger sends it: changes
    /// the objects that the program put there.
    pub(super) unsafe fn write_out(&mut self, by: &Cause, logger: Option<*mut ffi::PyObject>) {
        // SAFETY: the GIL is held; the interpreter and the loggers lend what they hold.
        unsafe {
            for stream in super::streams() {
                if !stream.is_null() && !self.streams.contains(&(stream as Address)) {
                    // It was put there by an assignment to `sys.stdout`, if not by a context manager.
                    self.reads_state(StateKey::whole("module:sys"));
                    self.write_to(stream, by);
                }
            }
            for stream in
                logger.map(|logger| crate::streams::log_streams(logger)).unwrap_or_default()
            {
                if !self.streams.contains(&(stream as Address)) {
                    self.write_to(stream, by);
                }
            }
        }
    }

    unsafe fn write_to(&mut self, stream: *mut ffi::PyObject, by: &Cause) {
        // What stands for an open file is told by that.
        match self.handles.get(&(stream as Address)).cloned() {
            Some(key) => self.writes_state((key, false)),
            // SAFETY: handed on from the caller.
            None => unsafe { self.change(stream, by) },
        }
    }

    /// Marks what a value holds itself as changed: one of its attributes or items is about to be,
    /// and it is not known which.
    pub(super) unsafe fn change_children(&mut self, value: *mut ffi::PyObject, by: &Cause) {
        // SAFETY: handed on from the caller.
        unsafe {
            crate::object::each_held(value, |held| {
                if reach::changes_in_place(held) {
                    self.change(held, by);
                }
            });
        }
    }

    /// Whether a function is of a module of the program's own.
    pub(super) unsafe fn is_of_own_module(&self, callee: &callee::Callee) -> bool {
        // SAFETY: handed on from the caller.
        !self.own_modules.is_empty()
            && unsafe { callee::module_of(callee.function()) }
                .is_some_and(|module| self.own_modules.contains(&module))
    }

    /// Marks what a module of the program's own holds as changed, with all that can be got at from it.
    pub(super) unsafe fn change_held(&mut self, address: Address, by: &Cause) {
        const BUDGET: usize = 200_000;
        // SAFETY: the module holds the object, and nothing here runs Python code.
        unsafe {
            let mut found = Vec::new();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: true };
            let object = address as *mut ffi::PyObject;
            let end = walk.run(object, &mut FxHashSet::default(), &mut |object| {
                if reach::changes_in_place(object) && ffi::PyModule_Check(object) == 0 {
                    found.push(object as Address);
                }
                true
            });
            for address in found {
                self.mark(address, by);
            }
            if end == End::OverBudget {
                self.change_everything(by);
            }
        }
    }

    /// Notes the modules of the program's own that lead to what changed: their functions read that
    /// unseen.
    unsafe fn note_own_modules(&mut self) {
        const BUDGET: usize = 1_000_000;
        // SAFETY: as for `find_changed`.
        unsafe {
            for name in self.own_modules.iter().cloned().collect::<Vec<_>>() {
                let module = crate::object::item(ffi::PyImport_GetModuleDict(), &name);
                if module.is_null() || ffi::PyModule_Check(module) == 0 {
                    continue;
                }
                let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: true };
                let mut seen = FxHashSet::default();
                let changed = &self.changed;
                let mut hit = false;
                let names = ffi::PyModule_GetDict(module);
                let (mut at, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
                while !hit && ffi::PyDict_Next(names, &mut at, &mut key, &mut value) != 0 {
                    // `__builtins__` and its like are everybody's.
                    let shared = callee::text(key).is_some_and(|name| name.starts_with("__"));
                    if shared || ffi::PyModule_Check(value) != 0 {
                        continue;
                    }
                    let end = walk.run(value, &mut seen, &mut |object| {
                        // Who is given a function does not change it.
                        hit |= changed.contains_key(&(object as Address))
                            && reach::changes_in_place(object);
                        !hit
                    });
                    hit |= end == End::OverBudget;
                }
                if hit {
                    self.writes_state((module_key(module), false));
                }
            }
        }
    }

    /// Marks a function that binds variables of a function around it: others may share those.
    pub(super) unsafe fn change_function(&mut self, function: *mut ffi::PyObject, by: &Cause) {
        // SAFETY: handed on from the caller; a function holds its cells.
        unsafe {
            self.change(function, by);
            let cells = ffi::PyFunction_GetClosure(function);
            if !cells.is_null() {
                for at in 0..ffi::PyTuple_GET_SIZE(cells) {
                    self.change(ffi::PyTuple_GET_ITEM(cells, at), by);
                }
            }
        }
    }

    /// Marks an instance of a class of the program as changed by an assignment.
    pub(super) fn change_plain(&mut self, value: *mut ffi::PyObject) {
        let by = &self.assignment;
        self.changed.entry(value as Address).or_insert_with(|| by.clone());
        self.turns.mark(value as Address);
        if !self.handles.is_empty()
            && let Some(key) = self.handles.get(&(value as Address))
        {
            self.writes_state((key.clone(), false));
        }
    }

    pub(super) unsafe fn store(&mut self, value: *mut ffi::PyObject, root: *mut ffi::PyObject) {
        // SAFETY: handed on from the probe.
        unsafe {
            if value == self.namespace {
                self.namespace_stored += 1;
                self.namespace_open = true;
                return;
            }
            let by = self.assignment.clone();
            if crate::object::is_environ(value) {
                self.environ_stored = true;
                return;
            }
            if ffi::PyModule_Check(value) != 0 {
                self.change_module(value, &by);
                return;
            }
            self.change_found(value, &by, root);
            if reach::is_array(value)
                && (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
            {
                let mask = crate::object::attribute(value, "_mask");
                if !mask.is_null() {
                    self.change(mask, &by);
                }
            }
            let states = self.rules.item_states(value, ItemUse::Store);
            if states.is_empty() && !root.is_null() && !crate::object::is_builtin_container(value) {
                let module = ffi::PyDict_GetItem(self.namespace, root);
                if !module.is_null() && ffi::PyModule_Check(module) != 0 {
                    self.change_library(value, module);
                }
            }
            for (mut key, written) in states {
                key.part = key.part.or_else(|| crate::pandas::options_named(value));
                if written {
                    self.writes_state((key, false));
                } else {
                    self.reads_state(key);
                }
            }
            // What is written in Python often hands on to containers that it was made with.
            if crate::object::stores_by_itself(value) {
                for container in crate::object::containers_within(value) {
                    self.change(container, &by);
                }
            }
            // pandas' indexers, and other small objects that stand for another one, pass the store
            // on to what they hold.
            if crate::pandas::pandas_parts(value).is_some() {
                self.change_reach(value, &by);
            }
        }
    }

    /// An iterator, generator or file that is iterated over moves on; so do the iterators that it
    /// takes from.
    pub(super) unsafe fn consume(&mut self, value: *mut ffi::PyObject) {
        // SAFETY: handed on from the caller.
        unsafe {
            if ffi::PyIter_Check(value) == 0 {
                return;
            }
            let by = cause("iteration", Confidence::Annotated);
            // One that nobody holds but the statement itself is gone with it.
            let passing = cfg!(not(Py_3_14))
                && !self.handles.contains_key(&(value as Address))
                && ffi::Py_REFCNT(value) == 1;
            if !passing {
                self.change(value, &by);
            }
            if self.unknown_generators.contains(&(value as Address)) {
                let by = cause("iteration", Confidence::Assumed);
                self.change_reach(value, &by);
            }
            if let Some(code) = crate::object::generator_code(value)
                && session_code().contains(&code)
            {
                // A generator's body tells of itself when it is entered; one that was entered
                // before reads the same names again.
                self.reads_of_code(code);
            }
            let mut seen = FxHashSet::default();
            let mut found = Vec::new();
            let mut walk = Walk { borders: &self.borders, budget: 1_000, definitions: false };
            let mut called = Vec::new();
            let mut holders = FxHashMap::default();
            walk.run_noting(value, &mut seen, Some(&mut holders), &mut |object| {
                if ffi::PyIter_Check(object) != 0 {
                    found.push(object);
                }
                if (*ffi::Py_TYPE(object)).tp_call.is_some() {
                    called.push(object);
                }
                found.len() < 64
            });
            let py = Python::assume_attached();
            let iterators: FxHashSet<Address> = found.iter().map(|&it| it as Address).collect();
            let held_by = |object: &*mut ffi::PyObject| holders.get(&(*object as Address));
            for object in called {
                self.call_back(py, object);
                // `map` gives it what it goes through.
                if let Some(&holder) = held_by(&object)
                    && iterators.contains(&holder)
                    && crate::object::calls_with_elements(holder as *mut ffi::PyObject)
                    && let Some(by) = self.changes_what_it_is_given(py, object)
                {
                    let holder = holder as *mut ffi::PyObject;
                    self.change_elements((holder, object), &iterators, &by);
                }
            }
            for object in found {
                if !passing || !is_held_alone(object, value, &holders) {
                    self.change(object, &by);
                }
            }
        }
    }

    /// Marks what iterators may give as changed, and neither them nor the containers that they go
    /// through.
    unsafe fn change_elements(
        &mut self,
        (iterator, called): (*mut ffi::PyObject, *mut ffi::PyObject),
        iterators: &FxHashSet<Address>,
        by: &Cause,
    ) {
        const BUDGET: usize = 200_000;
        // SAFETY: handed on from `consume`.
        unsafe {
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: false };
            let mut found = Vec::new();
            let mut holders = FxHashMap::default();
            let mut seen = FxHashSet::from_iter([called as Address]);
            let end = walk.run_noting(iterator, &mut seen, Some(&mut holders), &mut |object| {
                if reach::changes_in_place(object) && ffi::PyModule_Check(object) == 0 {
                    found.push(object);
                }
                true
            });
            for object in found {
                let address = object as Address;
                let gone_through = iterators.contains(&address)
                    || (crate::object::is_builtin_container(object)
                        && holders.get(&address).is_some_and(|holder| iterators.contains(holder)));
                if !gone_through {
                    self.change(object, by);
                }
            }
            if end == End::OverBudget {
                self.change_everything(by);
            }
        }
    }

    /// Marks all that variables lead to as changed, in one walk; gives the variables that were too
    /// large for that.
    pub(super) unsafe fn change_all_of(
        &mut self,
        names: FxHashSet<String>,
        by: &Cause,
    ) -> Vec<String> {
        const BUDGET: usize = 5_000_000;
        // SAFETY: as for `find_changed`.
        unsafe {
            let mut seen = FxHashSet::default();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: false };
            let changed = &mut self.changed;
            let mut left = Vec::new();
            for name in names {
                let value = crate::object::item(self.namespace, &name);
                if value.is_null() {
                    continue;
                }
                let end = walk.run(value, &mut seen, &mut |object| {
                    if reach::changes_in_place(object) && ffi::PyModule_Check(object) == 0 {
                        changed.entry(object as Address).or_insert_with(|| by.clone());
                    }
                    true
                });
                if end == End::OverBudget {
                    left.push(name);
                }
            }
            left
        }
    }

    /// Walks once more through what was changed deeply since it was last walked through, as far as a
    /// variable leads there.
    pub(super) unsafe fn walk_again(&mut self) {
        const BUDGET: usize = 1_000_000;
        let again = |deep: &&Deep| deep.times > 1;
        if !self.deep.values().flatten().any(|deep| again(&deep)) {
            return;
        }
        // SAFETY: as for `find_changed`.
        unsafe {
            let mut roots = Vec::new();
            let mut seen = FxHashSet::default();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: true };
            for (_, value) in Mirror::variables(self.namespace) {
                let deep = &self.deep;
                walk.run(value, &mut seen, &mut |object| {
                    let known = deep.get(&(object as Address)).into_iter().flatten();
                    roots.extend(
                        known.filter(again).map(|deep| (object, deep.by.clone(), deep.point)),
                    );
                    true
                });
            }
            for (object, by, point) in roots {
                self.turns.stand_at(Some(point));
                self.walk_changed(object, &by);
            }
            self.turns.stand_at(None);
        }
    }

    /// Finds the variables from which a changed object can be reached. Objects that were found
    /// through a module and that no variable leads to become hidden states.
    pub(super) unsafe fn find_changed(&mut self, out: &mut Vec<Changed>) {
        /// How many objects are looked at before the rest is assumed to be changed.
        const BUDGET: usize = 5_000_000;
        // SAFETY: the GIL is held; walking runs no Python code, so the namespace stays as it is.
        unsafe {
            let mut found: FxHashSet<Address> = FxHashSet::default();
            self.walk_again();
            let mut walk = Walk { borders: &self.borders, budget: BUDGET, definitions: true };
            let variables = Mirror::variables(self.namespace);
            for (name, value) in variables {
                if !reach::is_mutable(value) {
                    continue;
                }
                let mut seen = FxHashSet::default();
                let mut hit = None;
                let changed = &self.changed;
                let end = walk.run(value, &mut seen, &mut |object| {
                    let address = object as Address;
                    if let Some(by) = changed.get(&address) {
                        hit = Some((address, by.clone()));
                        return false;
                    }
                    true
                });
                match (hit, end) {
                    (Some((address, by)), _) => {
                        found.insert(address);
                        if let Some(name) = callee::text(name) {
                            out.push(Changed {
                                name,
                                by: by.by.to_string(),
                                confidence: by.confidence,
                            });
                        }
                    }
                    (None, End::OverBudget) => {
                        if let Some(name) = callee::text(name) {
                            out.push(Changed {
                                name,
                                by: "a change that was not searched for".to_owned(),
                                confidence: Confidence::Assumed,
                            });
                        }
                    }
                    (None, _) => {}
                }
            }
            self.note_own_modules();
            let imports = [c"meta_path", c"modules", c"path", c"path_hooks"]
                .map(|name| ffi::PySys_GetObject(name.as_ptr()));
            if imports.iter().any(|&object| self.changed.contains_key(&(object as Address))) {
                self.writes_state((StateKey::whole("import_system"), false));
            }
            for address in self.hidden_candidates.clone() {
                if !found.contains(&address) {
                    self.writes_state((hidden_key(address), false));
                    self.hidden.insert(address);
                }
            }
        }
    }
}

/// Whether an object is held only by another one, directly or by way of others of which the same is
/// true.
pub(super) unsafe fn is_held_alone(
    object: *mut ffi::PyObject,
    by: *mut ffi::PyObject,
    holders: &FxHashMap<Address, Address>,
) -> bool {
    let mut object = object as Address;
    // SAFETY: the caller lends live objects, and each holds the one that it was found by.
    while object != by as Address {
        if unsafe { ffi::Py_REFCNT(object as *mut ffi::PyObject) } != 1 {
            return false;
        }
        match holders.get(&object) {
            Some(&holder) => object = holder,
            None => return false,
        }
    }
    true
}
