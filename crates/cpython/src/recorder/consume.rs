//! Consume: iterators that move on, and what they call and give.
#![allow(unsafe_code, reason = "looks at the program's live objects, under the GIL")]

use clew_effects::Confidence;
use clew_heap::carrier::{begins_anew, is_private_iterator};
use clew_heap::code::generator_code;
use clew_heap::library::standard::calls_with_elements;
use clew_heap::session_code::session_code;
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, AddressMap, AddressSet, Lent, kind};
use clew_probe::ProgramPoint;
use pyo3::ffi;

use super::state::Recorder;
use super::statement::Cause;

impl Recorder {
    /// An iterator, generator or file that is iterated over moves on; so do the iterators that it
    /// takes from.
    pub(super) fn consume(&mut self, value: Lent<'_>) {
        if !value.is_iterator() || is_private_iterator(value) {
            return;
        }
        // One that nobody holds but the statement itself is gone with it.
        let passing = cfg!(not(Py_3_14))
            && !self.objects.handles.contains_key(&value.address())
            && value.is_held_once();
        let own_code = generator_code(value).filter(|code| session_code().contains(code));
        if let Some(code) = own_code
            && passing
            && begins_anew(value)
            && !self.objects.unknown_generators.contains(&value.address())
        {
            // Its body reports what it does.
            if self.at_hand.generators_read.insert((code, ProgramPoint::current())) {
                self.reads_of_code(code);
            }
            return;
        }
        let by = Cause::new("iteration", Confidence::Annotated);
        if !passing {
            self.change(value, &by);
        }
        if self.objects.unknown_generators.contains(&value.address()) {
            let by = Cause::new("iteration", Confidence::Assumed);
            self.change_reach(value, &by);
        }
        if let Some(code) = own_code {
            // A generator's body reports when it is entered; one that was entered
            // before reads the same names again.
            self.reads_of_code(code);
        }
        let mut found = Vec::new();
        let mut called = Vec::new();
        let mut holders = AddressMap::default();
        let mut walk = Walk { boundary: &self.boundary, budget: 1_000, definitions: false };
        let mut seen = AddressSet::default();
        walk.run_noting(value, &mut seen, Some(&mut holders), &mut |object| {
            if object.is_iterator() {
                found.push(object);
            }
            if object.is_callable() {
                called.push(object);
            }
            found.len() < 64
        });
        let iterators: AddressSet = found.iter().map(|it| it.address()).collect();
        for object in called {
            self.call_back(object);
            // `map` gives it what it goes through.
            let holder = holders.get(&object.address());
            let holder = holder.and_then(|&holder| found.iter().find(|it| it.address() == holder));
            if let Some(&holder) = holder
                && calls_with_elements(holder)
                && let Some(by) = self.changes_what_it_is_given(object)
            {
                self.change_elements((holder, object), &iterators, &by);
            }
        }
        for object in found {
            if !passing || !is_held_alone(object, value, &holders) {
                self.change(object, &by);
            }
        }
    }

    /// Marks what iterators may give as changed, and neither them nor the containers that they go
    /// through.
    fn change_elements(
        &mut self,
        (iterator, called): (Lent<'_>, Lent<'_>),
        iterators: &AddressSet,
        by: &Cause,
    ) {
        const BUDGET: usize = 200_000;
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let mut found = Vec::new();
        let mut holders = AddressMap::default();
        let mut seen = AddressSet::from_iter([called.address()]);
        let end = walk.run_noting(iterator, &mut seen, Some(&mut holders), &mut |object| {
            if kind::changes_in_place(object) && !object.is_module() {
                found.push(object);
            }
            true
        });
        for object in found {
            let address = object.address();
            let gone_through = iterators.contains(&address)
                || (object.is_builtin_container()
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

/// Whether an object is held only by another one, directly or by way of others of which the same is
/// true.
fn is_held_alone(object: Lent<'_>, by: Lent<'_>, holders: &AddressMap<Address>) -> bool {
    let mut object = object.address();
    while object != by.address() {
        // SAFETY: each object holds the one that was found by it, and lives as long.
        let held = unsafe { Lent::new(object as *mut ffi::PyObject) };
        if !held.is_some_and(Lent::is_held_once) {
            return false;
        }
        match holders.get(&object) {
            Some(&holder) => object = holder,
            None => return false,
        }
    }
    true
}
