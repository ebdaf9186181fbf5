//! Changes: which objects the statement at hand changed, and which variables lead to them.
#![allow(unsafe_code, reason = "looks at what modules hold by its address")]

use std::rc::Rc;

use clew_effects::{Confidence, Depth, ExternalState, StateKey};
use clew_heap::callable_name::{module_of, top_level};
use clew_heap::identity::shared_attributes;
use clew_heap::library::logging::log_streams;
use clew_heap::library::matplotlib::{changes_with_artist, is_of_matplotlib};
use clew_heap::library::pandas::{
    arrays_of_extension, options_named, pandas_parts, written_arrays,
};
use clew_heap::library::standard::{is_environ, streams_below};
use clew_heap::library::threading::runs_behind;
use clew_heap::numpy::{arrays_behind, is_array, memory_holders};
use clew_heap::session_code::session_code;
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, AddressMap, AddressSet, Class, Lent, Quiet, kind};
use clew_probe::{ProgramPoint, StorePlace, keep_reports};
use pyo3::ffi;

use super::note::{hidden_key, module_key};
use super::outcome::thread;
use super::state::{Recorder, standard_streams};
use super::statement::{Cause, Deep, IN_PLACE};
use crate::rules::ItemUse;

impl Recorder {
    /// Marks a value as changed, and all that it reaches where the change goes deep.
    pub(super) fn mutate(
        &mut self,
        value: Lent<'_>,
        depth: Depth,
        by: &Cause,
        base_name: Option<Lent<'_>>,
    ) {
        if !kind::is_mutable(value) || value.as_class().is_some_and(Class::is_immutable) {
            return;
        }
        if value.is_module() {
            // A module is a state of its own; who is given it for its functions does not change it.
            if by.confidence == Confidence::Annotated {
                self.change_module(value, by);
            }
            return;
        }
        self.change_found(value, by, base_name);
        if depth == Depth::Deep || (self.objects.copies_on_write && pandas_parts(value).is_some()) {
            self.change_reach(value, by);
        }
    }

    /// Marks all that a value reaches as changed.
    pub(super) fn change_reach(&mut self, value: Lent<'_>, by: &Cause) {
        if value.is_class() || value.is_function() {
            return;
        }
        /// How many objects may be reached from one that reaches the same each time.
        const MOST_FIXED: usize = 32;
        // In a loop the same object comes again and again, and grows. It is walked through at
        // the first time, the second, the fourth and so on, and once more at the end. One that leads to little may
        // be another one at the same address, which stands for something else.
        let (point, parts) = (ProgramPoint::current(), parts_of(value));
        let known = self.at_hand.deep.entry(value.address()).or_default();
        let is_it = |deep: &Deep| deep.point == point && deep.parts == parts;
        let at = known.iter().position(is_it).unwrap_or(known.len());
        if at == known.len() {
            let (fixed, small) = (false, true);
            known.push(Deep { point, parts, times: 0, next: 1, fixed, small, by: by.clone() });
        }
        let deep = &mut known[at];
        deep.times += 1;
        if deep.times < deep.next && !deep.small {
            if !deep.fixed {
                keep_reports(false);
            }
            return;
        }
        deep.next = deep.times * 2;
        // An object of a library's own in C that leads to next to nothing.
        let reached = self.walk_changed(value, by);
        let fixed =
            reached <= MOST_FIXED && !value.is_builtin_container() && !value.class().is_heap_type();
        if let Some(known) = self.at_hand.deep.get_mut(&value.address()) {
            known[at].fixed = fixed;
            known[at].small = reached <= MOST_FIXED;
        }
        if !fixed {
            keep_reports(false);
        }
    }

    /// What a value leads to is walked through when the statement ends, and taken for changed.
    pub(super) fn change_at_end(&mut self, value: Lent<'_>, by: &Cause) {
        let point = ProgramPoint::current();
        let (fixed, small) = (false, false);
        let (parts, next) = (parts_of(value), usize::MAX);
        let deep = Deep { point, parts, times: 2, next, fixed, small, by: by.clone() };
        self.at_hand.deep.entry(value.address()).or_default().push(deep);
    }

    /// Walks through a value that was changed deeply, and marks what it finds; how many objects it met.
    pub(super) fn walk_changed(&mut self, value: Lent<'_>, by: &Cause) -> usize {
        /// How many objects are looked at before the worst is assumed.
        const BUDGET: usize = 200_000;
        /// The same for all the walks of a statement.
        const MOST: usize = 1_000_000;
        if self.at_hand.walked > MOST {
            self.change_everything(by);
            return usize::MAX;
        }
        if self.objects.copies_on_write
            && let Some(parts) = pandas_parts(value)
        {
            for array in written_arrays(value, &parts, &by.by) {
                self.change(array, by);
            }
            for part in parts {
                self.mark(part.address(), by);
            }
            return usize::MAX;
        }
        let (mut found, mut proxies) = (Vec::new(), Vec::new());
        let mut code = Vec::new();
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let (artist, runs) = (is_of_matplotlib(value), runs_behind(value));
        let mut kinds: AddressMap<bool> = AddressMap::default();
        let end = walk.run(value, &mut AddressSet::default(), &mut |object| {
            let changes = !artist
                || *kinds
                    .entry(object.class().address())
                    .or_insert_with(|| changes_with_artist(object));
            if changes && kind::changes_in_place(object) && !object.is_module() {
                found.push(object.address());
                proxies.extend(kind::is_opaque(object).then_some(object));
            }
            if runs {
                code.extend(object.function_code().map(Lent::address));
            }
            true
        });
        code.retain(|code| session_code().contains(code));
        let walked = BUDGET - walk.budget;
        self.at_hand.walked += walked;
        proxies.into_iter().for_each(|proxy| self.change_proxy(proxy));
        for address in &found {
            if let Some(key) = self.objects.handles.get(address).cloned() {
                self.reads_state(key.clone());
                self.writes_state((key, false));
            }
        }
        if runs {
            // What a thread was given is no longer to be seen when it has ended.
            let remembered = self.objects.running.entry(value.address()).or_default();
            remembered.reached.extend(&found);
            remembered.code.extend(&code);
            found = remembered.reached.iter().copied().collect();
            let code = remembered.code.clone();
            // It may have looked at what its functions name only now.
            for code in code {
                self.reads_of_code(code);
                self.bound_beside(code);
            }
        }
        for address in found {
            self.mark(address, by);
        }
        if end == End::OverBudget {
            self.change_everything(by);
        }
        walked
    }

    /// Gives up on finding what a call changed: all that the statement can get at may be.
    pub(super) fn change_everything(&mut self, by: &Cause) {
        self.at_hand.everything_changed.get_or_insert_with(|| Cause {
            by: Rc::clone(&by.by),
            confidence: Confidence::Assumed,
        });
    }

    /// What another thread does while a statement runs it does because it was started.
    pub(super) fn note_thread(&mut self) {
        if self.is_beside() {
            self.following.any_ran_elsewhere = true;
            self.reads_state(StateKey::whole(ExternalState::Process));
        }
    }

    /// Whether another thread than that of the statement at hand reports.
    pub(super) fn is_beside(&self) -> bool {
        self.current.is_some_and(|current| current.thread != thread())
    }

    /// Remembers that what is at an address changed.
    pub(super) fn mark(&mut self, address: Address, by: &Cause) {
        if self.is_beside() {
            self.note_thread();
            self.changes_beside(address);
        }
        if self.at_hand.item_set.is_some() && !Rc::ptr_eq(&by.by, &self.assignment.by) {
            // More than the item that is set changes, maybe of the same value, unless it is what the item was.
            let in_place = |by: &Cause| *by.by == *IN_PLACE;
            let is_item = in_place(by) || self.at_hand.changed.get(&address).is_some_and(in_place);
            self.at_hand.item_set = self.at_hand.item_set.filter(|_| is_item);
        }
        self.at_hand.changed.entry(address).or_insert_with(|| by.clone());
        self.loop_trace.mark(address);
    }

    /// Marks what changed because something that was weakly referred to is gone.
    pub(super) fn note_gone(&mut self, quiet: Quiet<'_>, compound: bool) {
        let variables = self.variables(quiet);
        let gone = self.outside.weak.look(variables);
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
    pub(super) fn change(&mut self, value: Lent<'_>, by: &Cause) {
        if let Some(referent) = value.behind_proxy() {
            self.change(referent, by);
        }
        let mut owner = value;
        for holder in memory_holders(value) {
            self.change_mapped(holder);
            if let Some(key) = self.objects.handles.get(&holder.address()).cloned() {
                self.writes_state((key, false));
            }
            owner = holder;
        }
        if self.outside.libraries.state.holds(value.address()) {
            self.outside.libraries.state.catch_up(value.quiet());
        }
        self.mark(value.address(), by);
        if owner != value {
            self.mark(owner.address(), by);
        }
        if kind::is_window(owner) {
            for array in arrays_behind(owner) {
                self.change(array, by);
            }
        }
        if kind::is_opaque(value) {
            self.change_proxy(value);
        }
        for stream in streams_below(value) {
            self.mark(stream.address(), by);
        }
        if value.as_ptr() == self.namespace {
            self.at_hand.namespace_open = true;
        }
    }

    /// Marks an object as changed that was found by way of a name: where that name is a module,
    /// no variable may lead to the object.
    pub(super) fn change_found(
        &mut self,
        value: Lent<'_>,
        by: &Cause,
        base_name: Option<Lent<'_>>,
    ) {
        self.change(value, by);
        for array in arrays_of_extension(value) {
            self.change(array, by);
        }
        if self.objects.hidden.contains(&value.address()) {
            self.reads_state(hidden_key(value.address()));
            self.writes_state((hidden_key(value.address()), false));
        } else if let Some(module) = self.module_named(base_name) {
            self.at_hand.hidden_candidates.insert(value.address());
            if value.is_builtin_container() {
                self.change_library(value, module);
            }
        } else if let Some(package) = self.library_class_named(base_name) {
            self.at_hand.hidden_candidates.insert(value.address());
            self.at_hand.kept_candidates.insert(value.address(), package);
        }
    }

    /// Marks a module as changed; the program's own is its namespace.
    fn change_module(&mut self, module: Lent<'_>, by: &Cause) {
        if self.is_program(module) {
            self.at_hand.namespace_open = true;
            return;
        }
        self.writes_state((module_key(module), false));
        self.mark(module.address(), by);
    }

    /// Whether a value is the module that the program is itself.
    pub(super) fn is_program(&self, value: Lent<'_>) -> bool {
        value.module_variables().is_some_and(|variables| variables.as_ptr() == self.namespace)
    }

    /// Notes that a library changed, where it keeps the object: its functions read that unseen.
    pub(super) fn change_library(&mut self, value: Lent<'_>, module: Lent<'_>) {
        // What `sys` holds is a state each.
        let holder = module.module_holding(value).filter(|holder| holder.module_name() != "sys");
        if let Some(holder) = holder {
            self.writes_state((module_key(holder), false));
        }
    }

    /// Something is written to standard output and standard error, or where a logger sends it: changes
    /// the objects that the program put there.
    pub(super) fn write_out<'a>(
        &mut self,
        quiet: Quiet<'a>,
        by: &Cause,
        logger: Option<Option<Lent<'a>>>,
    ) {
        let own = |recorder: &Self, stream: Lent<'_>| {
            !recorder.objects.streams.contains(&stream.address())
        };
        for stream in standard_streams(quiet).into_iter().flatten() {
            if own(self, stream) {
                // It was put there by an assignment to `sys.stdout`, if not by a context manager.
                self.reads_state(StateKey::module("sys"));
                // `sys` may be all that leads to it.
                self.at_hand.hidden_candidates.insert(stream.address());
                self.write_to(stream, by);
            }
        }
        let logged = logger.map(|logger| log_streams(quiet, logger)).unwrap_or_default();
        for stream in logged {
            if own(self, stream) {
                self.write_to(stream, by);
            }
        }
    }

    fn write_to(&mut self, stream: Lent<'_>, by: &Cause) {
        // A change of what stands for an open file is a change of the file.
        match self.objects.handles.get(&stream.address()).cloned() {
            Some(key) => self.writes_state((key, false)),
            None => {
                // A file that a library put there in the place of standard output.
                self.adopt_stream(stream);
                self.change(stream, by);
            }
        }
    }

    /// Marks what a value holds itself as changed: one of its attributes or items is about to be,
    /// and which is only known of attributes that the value has itself.
    pub(super) fn change_child(
        &mut self,
        value: Lent<'_>,
        attribute: Option<Lent<'_>>,
        by: &Cause,
    ) {
        let name = attribute.and_then(Lent::as_str);
        if let Some(held) = name.and_then(|name| own_value(value, name)) {
            if kind::changes_in_place(held) {
                self.change(held, by);
            }
            return;
        }
        value.each_held(|held| {
            if kind::changes_in_place(held) {
                self.change(held, by);
            }
        });
    }

    /// Whether a function is of a module of the program's own.
    pub(super) fn is_of_own_module(&self, function: Lent<'_>) -> bool {
        !self.objects.own_modules.is_empty()
            && module_of(function).is_some_and(|module| self.objects.own_modules.contains(&module))
    }

    /// Marks what a module of the program's own holds as changed, with all that can be got at from it.
    pub(super) fn change_held(&mut self, address: Address, by: &Cause) {
        const BUDGET: usize = 200_000;
        // SAFETY: the module holds the object, and none of the program's code runs meanwhile.
        let Some(held) = (unsafe { Lent::new(address as *mut ffi::PyObject) }) else { return };
        let mut found = Vec::new();
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: true };
        let end = walk.run(held, &mut AddressSet::default(), &mut |object| {
            if kind::changes_in_place(object) && !object.is_module() {
                found.push(object.address());
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

    /// Marks a function that binds variables of a function around it: others may share those.
    pub(super) fn change_function(&mut self, function: Lent<'_>, by: &Cause) {
        self.change(function, by);
        for cell in function.closure().into_iter().flat_map(Lent::items) {
            self.change(cell, by);
        }
    }

    /// Marks an instance of a class of the program as changed by an assignment.
    pub(super) fn change_plain(&mut self, value: Lent<'_>, attribute: Option<Lent<'_>>) {
        self.note_item_set(value, attribute);
        let by = &self.assignment;
        for changed in std::iter::once(value).chain(shared_attributes(value)) {
            self.at_hand.changed.entry(changed.address()).or_insert_with(|| by.clone());
            self.loop_trace.mark(changed.address());
        }
        if !self.objects.handles.is_empty()
            && let Some(key) = self.objects.handles.get(&value.address())
        {
            self.writes_state((key.clone(), false));
        }
    }

    /// An attribute or item of a value is about to be set or deleted.
    pub(super) fn store(&mut self, value: Lent<'_>, place: StorePlace<'_>) {
        let StorePlace { base_name, attribute } = place;
        self.note_item_set(value, attribute);
        if value.as_ptr() == self.namespace {
            self.at_hand.namespace_stored += 1;
            self.at_hand.namespace_open = true;
            return;
        }
        let by = self.assignment.clone();
        if is_environ(value) {
            self.at_hand.environ_stored = true;
            return;
        }
        if value.is_module() {
            self.change_module(value, &by);
            return;
        }
        self.change_found(value, &by, base_name);
        if let Some(attributes) = shared_attributes(value).filter(|_| attribute.is_some()) {
            self.change(attributes, &by);
        }
        let file = self.file_behind(value);
        if let Some(key) = &file {
            self.writes_state((key.clone(), false));
        }
        if is_array(value)
            && value.class().is_heap_type()
            && let Some(mask) = value.attribute("_mask")
        {
            self.change(mask, &by);
        }
        let states = self.rules.item_states(value, ItemUse::Store);
        if states.is_empty()
            && !value.is_builtin_container()
            && let Some(module) = self.module_named(base_name)
            && module.module_holding(value).is_some_and(|holder| holder.module_name() != "sys")
        {
            // All of its package obeys it.
            self.writes_state((StateKey::module(top_level(&module.module_name())), false));
        }
        for (mut key, written) in states {
            let file = file.as_ref().filter(|file| file.state == key.state);
            let named = || file.and_then(|file| file.part.clone());
            key.part = key.part.or_else(named).or_else(|| options_named(value));
            if written {
                self.writes_state((key, false));
            } else {
                self.reads_state(key);
            }
        }
        // pandas' indexers pass the store on to what they hold.
        if pandas_parts(value).is_some() {
            self.change_reach(value, &by);
        } else {
            self.store_through(value, attribute, &by);
        }
    }
}

/// What of an object that is made in Python tells it from another one that was at the same address: the first few things
/// that it holds.
fn parts_of(value: Lent<'_>) -> Address {
    const FEW: usize = 4;
    let (mut parts, mut count): (Address, _) = (0, 0);
    if value.class().is_made_by_statement() && !value.is_dict() && !value.is_list() {
        value.each_held(|held| {
            if count < FEW && kind::changes_in_place(held) {
                parts = parts.rotate_left(17) ^ held.address();
                count += 1;
            }
        });
    }
    parts
}

/// What an instance holds itself under a name of which its class says nothing.
fn own_value<'a>(value: Lent<'a>, name: &str) -> Option<Lent<'a>> {
    let class = value.class();
    let plain = class.looks_up_plainly() && class.lookup(name).is_none();
    if plain { value.attribute(name) } else { None }
}
