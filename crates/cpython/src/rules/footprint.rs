//! Footprint: what a library's function may read and change without being given it.

use std::rc::Rc;

use clew_heap::code::names_of;
use clew_heap::{Address, Lent, kind};
use rustc_hash::{FxHashMap, FxHashSet};

/// The footprints that were worked out, by code object.
#[derive(Default)]
pub(super) struct Footprints {
    known: FxHashMap<Address, Rc<Vec<Address>>>,
}

impl Footprints {
    /// The mutable objects that a library's Python function, and those of its package that it
    /// calls by name, refer to as globals: what it may read and change without being passed it.
    pub(super) fn of(&mut self, function: Lent<'_>) -> Rc<Vec<Address>> {
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
            let mut codes = vec![code];
            while let Some(code) = codes.pop() {
                let Some((names, nested)) = names_of(code) else { continue };
                codes.extend(nested);
                for object in names.into_iter().filter_map(|name| globals.item_by(name)) {
                    if object.is_function() {
                        open.push(object);
                    } else if !object.is_class()
                        && !object.is_callable()
                        && !object.is_module()
                        && kind::changes_in_place(object)
                    {
                        found.push(object.address());
                    }
                }
            }
        }
        let found = Rc::new(found);
        self.known.insert(code, Rc::clone(&found));
        found
    }
}
