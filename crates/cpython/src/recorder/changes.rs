//! Changes: which objects the statement at hand changed, and which variables lead to them.
#![allow(unsafe_code, reason = "called by probes with live objects, under the GIL")]

use std::rc::Rc;

use clew_effects::{Confidence, Depth, StateKey};
use clew_heap::Lent;
use clew_probe::ProgramPoint;
use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};

use super::note::{hidden_key, module_key};
use super::state::Recorder;
use super::statement::{Cause, Deep};
use crate::callee::{self, ItemUse};
use crate::reach::{self, Address, End, Walk};
use clew_heap::session_code::session_code;

impl Recorder {
    /// Marks a value as changed, and all that it reaches where the change goes deep.
    pub(super) unsafe fn mutate(
        &mut self,
        value: *mut ffi::PyObject,
        depth: Depth,
        by: &Cause,
        base_name: *mut ffi::PyObject,
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
            self.change_found(value, by, base_name);
            if depth == Depth::Deep
                || (self.objects.copies_on_write && crate::pandas::pandas_parts(value).is_some())
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
            let known = self.at_hand.deep.entry(value as Address).or_default();
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
        if self.at_hand.walked > MOST {
            self.change_everything(by);
            return;
        }
        // SAFETY: handed on from the caller.
        unsafe {
            if self.objects.copies_on_write
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
            self.at_hand.walked += BUDGET - walk.budget;
            for address in &found {
                if let Some(key) = self.objects.handles.get(address).cloned() {
                    self.reads_state(key.clone());
                    self.writes_state((key, false));
                }
            }
            if runs {
                // What a thread was given is no longer to be seen when it has ended.
                let remembered = self.objects.running.entry(value as Address).or_default();
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
        self.at_hand.everything_changed.get_or_insert_with(|| Cause {
            by: Rc::clone(&by.by),
            confidence: Confidence::Assumed,
        });
    }

    /// Remembers that what is at an address changed.
    pub(super) fn mark(&mut self, address: Address, by: &Cause) {
        self.at_hand.changed.entry(address).or_insert_with(|| by.clone());
        self.loop_trace.mark(address);
    }

    /// Marks what changed because something that was weakly referred to is gone.
    pub(super) unsafe fn note_gone(&mut self, compound: bool) {
        // SAFETY: handed on from the caller; the namespace is the program's.
        let gone = unsafe { Lent::new(self.namespace) }
            .map(|namespace| self.outside.weak.look(namespace))
            .unwrap_or_default();
        if compound && !(gone.changed.is_empty() && gone.made.is_empty()) {
            self.loop_trace.doubt();
        }
        for made in gone.made {
            self.writes_state((made, true));
        }
        for ran in gone.ran {
            self.reads_state(ran);
        }
        let by = Cause::new("what is gone", Confidence::Observed);
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
        if let Some(key) = self.objects.handles.get(&(value as Address)) {
            self.writes_state((key.clone(), false));
        }
        if value == self.namespace {
            self.at_hand.namespace_open = true;
        }
    }

    /// Marks an object as changed that was found by way of a name: where that name is a module,
    /// no variable may lead to the object.
    pub(super) unsafe fn change_found(
        &mut self,
        value: *mut ffi::PyObject,
        by: &Cause,
        base_name: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from the caller; the namespace lends what it holds.
        unsafe {
            self.change(value, by);
            if self.objects.hidden.contains(&(value as Address)) {
                self.reads_state(hidden_key(value as Address));
                self.writes_state((hidden_key(value as Address), false));
            } else if !base_name.is_null() {
                let module = ffi::PyDict_GetItem(self.namespace, base_name);
                if !module.is_null() && ffi::PyModule_Check(module) != 0 {
                    self.at_hand.hidden_candidates.insert(value as Address);
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
                self.at_hand.namespace_open = true;
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
            for stream in super::state::standard_streams() {
                if !stream.is_null() && !self.objects.streams.contains(&(stream as Address)) {
                    // It was put there by an assignment to `sys.stdout`, if not by a context manager.
                    self.reads_state(StateKey::module("sys"));
                    self.write_to(stream, by);
                }
            }
            for stream in
                logger.map(|logger| crate::streams::log_streams(logger)).unwrap_or_default()
            {
                if !self.objects.streams.contains(&(stream as Address)) {
                    self.write_to(stream, by);
                }
            }
        }
    }

    unsafe fn write_to(&mut self, stream: *mut ffi::PyObject, by: &Cause) {
        // What stands for an open file is told by that.
        match self.objects.handles.get(&(stream as Address)).cloned() {
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
        !self.objects.own_modules.is_empty()
            && unsafe { callee::module_of(callee.function()) }
                .is_some_and(|module| self.objects.own_modules.contains(&module))
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
        self.at_hand.changed.entry(value as Address).or_insert_with(|| by.clone());
        self.loop_trace.mark(value as Address);
        if !self.objects.handles.is_empty()
            && let Some(key) = self.objects.handles.get(&(value as Address))
        {
            self.writes_state((key.clone(), false));
        }
    }

    pub(super) unsafe fn store(
        &mut self,
        value: *mut ffi::PyObject,
        base_name: *mut ffi::PyObject,
    ) {
        // SAFETY: handed on from the probe.
        unsafe {
            if value == self.namespace {
                self.at_hand.namespace_stored += 1;
                self.at_hand.namespace_open = true;
                return;
            }
            let by = self.assignment.clone();
            if crate::object::is_environ(value) {
                self.at_hand.environ_stored = true;
                return;
            }
            if ffi::PyModule_Check(value) != 0 {
                self.change_module(value, &by);
                return;
            }
            self.change_found(value, &by, base_name);
            if reach::is_array(value)
                && (*ffi::Py_TYPE(value)).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0
            {
                let mask = crate::object::attribute(value, "_mask");
                if !mask.is_null() {
                    self.change(mask, &by);
                }
            }
            let states = self.rules.item_states(value, ItemUse::Store);
            if states.is_empty()
                && !base_name.is_null()
                && !crate::object::is_builtin_container(value)
            {
                let module = ffi::PyDict_GetItem(self.namespace, base_name);
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
}
