//! Managers: what entering and leaving context managers does.
#![allow(unsafe_code, reason = "borrows code objects, which their functions keep")]

use clew_effects::{Confidence, Depth, ExternalState, StateKey};
use clew_heap::callable_name::package_of;
use clew_heap::callee::class_key;
use clew_heap::code::generator_code;
use clew_heap::library::standard::catches_warnings;
use clew_heap::session_code::session_code;
use clew_heap::{Class, Lent};
use clew_probe::{ProgramPoint, live_variables};
use pyo3::prelude::*;

use super::operators::is_written;
use super::state::Recorder;
use super::statement::Cause;

impl Recorder {
    /// A value is about to be used as a context manager.
    pub(super) fn manage(&mut self, manager: Lent<'_>) {
        let handle = self.objects.handles.get(&manager.address()).cloned();
        let by = Cause::new("with", Confidence::Annotated);
        let here = (class_key(manager.class(), 8), ProgramPoint::current());
        if handle.is_none() && self.at_hand.managers_followed.contains(&here) {
            self.at_hand.entering = None;
            return self.change(manager, &by);
        }
        self.change(manager, &by);
        self.follow_manager(manager);
        self.at_hand.heeds_exceptions |= self.heeds_exceptions(manager);
        if here.0.0 != 0 && manager.is_plain_instance() {
            self.at_hand.managers_followed.insert(here);
        }
        self.at_hand.entering = match catches_warnings(manager) {
            true => Some(StateKey::whole(ExternalState::Warnings)),
            false => handle,
        };
    }

    /// A context manager is about to be entered, and left some time: what the methods of a library's do to what it
    /// leads to is not seen, so that their source is asked.
    pub(super) fn follow_manager(&mut self, manager: Lent<'_>) {
        let class = manager.class();
        if is_of_own_generator(manager) {
            return;
        }
        if class.is_made_by_statement() {
            self.may_change_modules(class.object().quiet());
            self.note_class_used(class);
            self.at_hand.called.for_effect = true;
        }
        let is_stack = |base: Class<'_>| {
            ["ExitStack", "AsyncExitStack"].iter().any(|name| base.is_named("contextlib", name))
        };
        if class.lineage().any(is_stack) {
            // It leaves whatever it was given.
            let by = Cause::new("with ExitStack", Confidence::Assumed);
            return self.mutate(manager, Depth::Deep, &by, None);
        }
        for (name, given) in [("__enter__", 0), ("__exit__", 3)] {
            let Some(method) = class.lookup(name).filter(|&method| is_written(method)) else {
                continue;
            };
            // Of the packages that rules speak of it is known what their managers do.
            if package_of(method).is_some_and(|package| self.rules.knows(&package)) {
                continue;
            }
            let by = Cause::new(&format!("with {}", class.name().1), Confidence::Assumed);
            if !self.follow_setter(manager, method, given, &by) {
                self.read_kept_of(&package_of(class.object()).unwrap_or_default());
                self.mutate(manager, Depth::Deep, &by, None);
            }
        }
    }

    /// Whether a context manager that is left may do another thing where something was raised: its method is written in
    /// Python and reads what it is told of that.
    pub(super) fn heeds_exceptions(&mut self, manager: Lent<'_>) -> bool {
        let class = manager.class();
        let key = class_key(class, 8);
        if let Some(&heeds) = self.watching.managers.get(&key) {
            return heeds;
        }
        let heeds = ["__exit__", "__aexit__"]
            .into_iter()
            .filter_map(|name| class.lookup(name)?.function_code())
            .any(reads_arguments)
            // It keeps what was raised from going on, and does nothing else.
            && !class.is_named("contextlib", "suppress");
        if key.0 != 0 {
            self.watching.managers.insert(key, heeds);
        }
        heeds
    }
}

/// Whether a context manager is one that `contextlib` makes of a generator of the program's: what this does is seen
/// by its probes.
fn is_of_own_generator(manager: Lent<'_>) -> bool {
    let is_made = manager.class().is_named("contextlib", "_GeneratorContextManager");
    let generator = is_made.then(|| manager.attribute("gen")).flatten();
    generator.and_then(generator_code).is_some_and(|code| session_code().contains(&code))
}

/// Whether a method reads any argument but the instance; taken to where that cannot be told.
fn reads_arguments(code: Lent<'_>) -> bool {
    let count = |name| code.get(name).and_then(|count| count.lend().integer()).unwrap_or(0);
    let flags = count(c"co_flags");
    let variable = i64::from(pyo3::ffi::CO_VARARGS) & flags != 0;
    let named = count(c"co_argcount") + count(c"co_kwonlyargcount");
    let given = 1..(named + i64::from(variable)) as usize;
    // SAFETY: the method keeps its code.
    let code = unsafe { Bound::from_borrowed_ptr(code.quiet().python(), code.as_ptr()) };
    match live_variables(&code, 0) {
        Ok(Some(live)) => live.get(given).is_none_or(|given| given.contains(&true)),
        _ => true,
    }
}
