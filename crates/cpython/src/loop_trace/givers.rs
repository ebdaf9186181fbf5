//! Givers: generators that a loop goes through. What a turn changes of what they go on with, the next turn hangs on.
#![allow(unsafe_code, reason = "asks weak references for live generators, under the GIL")]

use clew_heap::carrier::generators_behind;
use clew_heap::frame::{Suspended, suspended};
use clew_heap::traversal::traverse;
use clew_heap::walk::Walk;
use clew_heap::{Address, AddressSet, Lent, Quiet};
use clew_probe::{ProgramPoint, live_variables};
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// Which local variables are still read where code is suspended: its address, and an offset.
type Live = FxHashMap<(Address, u32), Option<Vec<bool>>>;

/// The generators, and what was changed that they lead to.
#[derive(Default)]
pub(super) struct Givers {
    /// Each by a weak reference, as nobody is to keep it from ending, with the point that goes through it.
    generators: Vec<(Py<PyAny>, ProgramPoint)>,
    /// Which points changed what the generator of a point led to.
    pub(super) fed: FxHashSet<(ProgramPoint, ProgramPoint)>,
    /// How often it was looked whether a point does.
    looks: FxHashMap<ProgramPoint, u32>,
    live: Live,
}

impl Givers {
    /// What is at a value is about to be gone through at a point.
    pub(super) fn add(&mut self, value: Lent<'_>, point: ProgramPoint) {
        /// How many generators are looked at.
        const MOST: usize = 32;
        let found = generators_behind(value);
        if found.is_empty() {
            return;
        }
        let quiet = value.quiet();
        self.generators.retain(|(weak, _)| referent(weak, quiet).is_some());
        for generator in found {
            // SAFETY: the generator is alive, and the interpreter held; without a callback nothing runs.
            let weak = unsafe {
                let weak = ffi::PyWeakref_NewRef(generator.as_ptr(), std::ptr::null_mut());
                Bound::from_owned_ptr_or_opt(quiet.python(), weak)
            };
            match weak {
                Some(weak) if self.generators.len() < MOST => {
                    self.generators.push((weak.unbind(), point));
                }
                Some(_) => {}
                // SAFETY: the interpreter is held.
                None => unsafe { ffi::PyErr_Clear() },
            }
        }
    }

    /// Objects were changed at a point: looks whether a generator leads to one of them.
    pub(super) fn look(
        &mut self,
        (changed, by): (&[Address], ProgramPoint),
        quiet: Quiet<'_>,
        boundary: &AddressSet,
    ) {
        /// How often it is looked for changes of one point.
        const MOST: u32 = 500;
        /// How many objects are looked at.
        const BUDGET: usize = 1_000;
        if self.generators.is_empty() {
            return;
        }
        let looks = self.looks.entry(by).or_default();
        *looks += 1;
        if *looks > MOST {
            return;
        }
        for (weak, point) in &self.generators {
            if *point == by || self.fed.contains(&(*point, by)) {
                continue;
            }
            let Some(generator) = referent(weak, quiet) else { continue };
            let mut leads = false;
            let mut walk = Walk { boundary, budget: BUDGET, definitions: false };
            let mut seen = AddressSet::default();
            seen.insert(generator.address());
            for held in goes_on_with(generator, &mut self.live) {
                walk.run(held, &mut seen, &mut |object| {
                    leads |= changed.contains(&object.address());
                    !leads
                });
            }
            if leads {
                self.fed.insert((*point, by));
            }
        }
    }
}

/// What a generator holds, without the variables that it will not read any more.
fn goes_on_with<'a>(generator: Lent<'a>, live: &mut Live) -> Vec<Lent<'a>> {
    let mut held = Vec::new();
    traverse(generator, |object| {
        // The frame object, which was made by asking for it, holds all variables.
        if !object.is_exactly(&raw mut ffi::PyFrame_Type) {
            held.push(object);
        }
        true
    });
    let Some(Suspended { code, offset, variables }) = suspended(generator) else { return held };
    let live = live.entry((code.address(), offset)).or_insert_with(|| {
        // SAFETY: the code is alive, and the interpreter held.
        let code = unsafe { Bound::from_borrowed_ptr(code.quiet().python(), code.as_ptr()) };
        live_variables(&code, offset).ok().flatten()
    });
    let Some(live) = live else { return held };
    for (variable, _) in variables.iter().zip(live).filter(|(_, live)| !**live) {
        // Another variable, or the stack, may hold the same.
        if let Some(value) = variable.filter(|value| !value.is_cell())
            && let Some(at) = held.iter().position(|object| *object == value)
        {
            held.swap_remove(at);
        }
    }
    held
}

/// What a weak reference refers to, if that still lives.
fn referent<'a>(weak: &Py<PyAny>, quiet: Quiet<'a>) -> Option<Lent<'a>> {
    // SAFETY: it is a weak reference, the interpreter is held, and none of the program's code runs while what it
    // refers to is lent.
    #[cfg(not(Py_3_13))]
    unsafe {
        Lent::new(ffi::PyWeakref_GetObject(weak.as_ptr())).filter(|object| *object != quiet.none())
    }
    #[cfg(Py_3_13)]
    unsafe {
        let mut object = std::ptr::null_mut();
        if ffi::PyWeakref_GetRef(weak.as_ptr(), &raw mut object) != 1 {
            return None;
        }
        // The loop that goes through it holds it.
        ffi::Py_DECREF(object);
        let _ = quiet;
        Lent::new(object)
    }
}
