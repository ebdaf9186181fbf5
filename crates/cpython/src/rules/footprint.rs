//! Footprint: what a library's function may read and change without being given it.

use std::rc::Rc;

use clew_heap::code::names_of;
use clew_heap::{AddressMap, Lent, Quiet, kind};
use rustc_hash::FxHashSet;

/// A variable of an imported module. It may be bound to another value by now, or be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModuleVariable {
    module: Rc<str>,
    name: String,
}

impl ModuleVariable {
    /// Its value, if that is an object that can be changed.
    pub(crate) fn mutable_value<'a>(&self, quiet: Quiet<'a>) -> Option<Lent<'a>> {
        quiet.namespace_of(&self.module)?.item(&self.name).filter(|&value| is_data(value))
    }
}

/// Whether an object is one that is changed in place and not called.
fn is_data(object: Lent<'_>) -> bool {
    !object.is_class()
        && !object.is_callable()
        && !object.is_module()
        && kind::changes_in_place(object)
}

/// The footprints that were worked out, by code object.
#[derive(Default)]
pub(super) struct Footprints {
    known: AddressMap<Rc<Vec<ModuleVariable>>>,
}

impl Footprints {
    /// The variables with mutable values that a library's Python function, and those of its package that it
    /// calls by name, refer to as globals: what it may read and change without being passed it.
    pub(super) fn of(&mut self, function: Lent<'_>) -> Rc<Vec<ModuleVariable>> {
        const MOST_FUNCTIONS: usize = 200;
        let Some(code) = function.function_code().map(Lent::address) else {
            return Rc::default();
        };
        if let Some(known) = self.known.get(&code) {
            return Rc::clone(known);
        }
        let mut seen = FxHashSet::default();
        let mut open = vec![function];
        let mut found = Vec::new();
        while let Some(function) = open.pop() {
            let (Some(code), Some(globals)) =
                (function.function_code(), function.function_globals())
            else {
                continue;
            };
            if !seen.insert(code.address()) || seen.len() > MOST_FUNCTIONS {
                continue;
            }
            let own = globals.item("__name__").and_then(|name| name.text());
            let is_own = |module: &String| {
                function.quiet().namespace_of(module).is_some_and(|variables| variables == globals)
            };
            let module = own.filter(is_own).map(Rc::<str>::from);
            let mut codes = vec![code];
            while let Some(code) = codes.pop() {
                let Some((names, nested)) = names_of(code) else { continue };
                codes.extend(nested);
                for name in names {
                    let Some(object) = globals.item_by(name) else { continue };
                    if object.is_function() {
                        open.push(object);
                    } else if is_data(object)
                        && let (Some(module), Some(name)) = (&module, name.text())
                    {
                        found.push(ModuleVariable { module: Rc::clone(module), name });
                    }
                }
            }
        }
        let found = Rc::new(found);
        self.known.insert(code, Rc::clone(&found));
        found
    }
}
