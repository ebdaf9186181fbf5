//! Finalizers: what happens when an object dies. Weak references and weak containers lose it, and its
//! finalizers run, without any call in the program.
//!
//! Both are compared after each statement, once the program has imported `weakref`.

use clew_effects::{ExternalState, StateKey};
use clew_heap::callee::Callee;
use clew_heap::{Address, AddressMap, Lent, Quiet, Variables, kind};
use clew_syntax::Statement;

/// What was seen at the last look.
#[derive(Default)]
pub(crate) struct Finalizers {
    is_imported: bool,
    /// Weak references and containers, and what is left in them.
    left: AddressMap<usize>,
    /// Finalizers that wait.
    finalizers: AddressMap<Finalizer>,
    made: usize,
}

struct Finalizer {
    /// Its place in the order in which they were made.
    number: usize,
    /// What it may change.
    touched: Vec<Address>,
}

/// What is otherwise than at the last look.
#[derive(Default)]
pub(crate) struct Gone {
    /// Objects that changed because something is gone.
    pub(crate) changed: Vec<Address>,
    /// Finalizers that are new.
    pub(crate) made: Vec<StateKey>,
    /// Those that have run.
    pub(crate) ran: Vec<StateKey>,
}

impl Finalizers {
    /// A statement of the program's ran.
    pub(crate) fn ran(&mut self, statement: &Statement) {
        let of_weak = |name: &str| name.contains("weakref");
        self.is_imported |= statement
            .imports()
            .iter()
            .any(|alias| of_weak(&alias.module) || alias.name.as_deref().is_some_and(of_weak));
    }

    /// Whether values may be referred to weakly, so that counts of references do not tell who leads there.
    pub(crate) fn may_be_weak(&self) -> bool {
        self.is_imported
    }

    /// What is otherwise because something is gone.
    pub(crate) fn look(&mut self, variables: Variables<'_>) -> Gone {
        let mut gone = Gone::default();
        if !self.is_imported {
            return gone;
        }
        let mut left = AddressMap::default();
        for (_, value) in variables.pairs() {
            add(value, &mut left);
            if value.class().is_of_program() {
                value.each_held(|held| add(held, &mut left));
            }
        }
        let fewer = |(address, left): &(&Address, &usize)| {
            self.left.get(address).is_some_and(|was| was > left)
        };
        gone.changed.extend(left.iter().filter(fewer).map(|(&address, _)| address));
        self.left = left;
        let waiting = finalizers(variables.quiet());
        self.finalizers.retain(|address, finalizer| {
            let waits = waiting.contains_key(address);
            if !waits {
                gone.changed.append(&mut finalizer.touched);
                gone.ran.push(finalizer.key());
            }
            waits
        });
        for (address, touched) in waiting {
            self.finalizers.entry(address).or_insert_with(|| {
                self.made += 1;
                let finalizer = Finalizer { number: self.made, touched };
                gone.made.push(finalizer.key());
                finalizer
            });
        }
        gone
    }
}

impl Finalizer {
    fn key(&self) -> StateKey {
        StateKey::part(ExternalState::Finalizers, self.number.to_string())
    }
}

/// Notes how much is left in a weak reference or container.
fn add(value: Lent<'_>, left: &mut AddressMap<usize>) {
    let count = match value.is_weak_reference() {
        true => Some(usize::from(value.is_referent_alive())),
        false => {
            let (module, name) = value.class_name();
            let is_weak = matches!(module.as_str(), "weakref" | "_weakrefset")
                && name.starts_with("Weak")
                && name != "WeakMethod";
            let data = if is_weak { value.attribute("data") } else { None };
            data.map(Lent::size_of_dict_or_set)
        }
    };
    left.extend(count.map(|count| (value.address(), count)));
}

/// The finalizers that wait, and what they may change: what their functions are bound to and given.
fn finalizers(quiet: Quiet<'_>) -> AddressMap<Vec<Address>> {
    let class = quiet.in_module("weakref", "finalize").and_then(Lent::as_class);
    let registry = class.and_then(|class| class.own("_registry"));
    let mut waiting = AddressMap::default();
    for (finalizer, record) in registry.into_iter().flat_map(Lent::pairs) {
        let mut touched = Vec::new();
        let mut touch = |object: Lent<'_>| {
            if kind::changes_in_place(object) {
                touched.push(object.address());
            }
        };
        // A finalizer's record has slots, which are read without running code.
        if let Some(function) = record.get(c"func") {
            Callee::of(function.lend()).receiver.into_iter().for_each(&mut touch);
        }
        for given in [c"args", c"kwargs"].into_iter().filter_map(|name| record.get(name)) {
            given.lend().each_held(&mut touch);
        }
        waiting.insert(finalizer.address(), touched);
    }
    waiting
}
