//! Bound values: what the variables hold that a statement bound or changed, by a digest.
#![allow(unsafe_code, reason = "gives values to those who digest them")]

use clew_graph::is_of_function;
use clew_heap::constant::literal_of;
use clew_heap::fingerprint::cheap_fingerprint;
use clew_heap::{Lent, Quiet};
use clew_session::{BoundValue, Outcome};
use pyo3::prelude::*;

use super::state::Recorder;
use crate::artifact::type_name;
use crate::observe::has_threads;

impl Recorder {
    /// Notes what the module's variables hold that a statement bound or changed, where that costs no more than
    /// the recording allows; none of the program's code is asked.
    pub(super) fn note_values(&self, quiet: Quiet<'_>, outcome: &mut Outcome) {
        // What libraries' objects are asked runs Python code, and lets other threads run, which are not heard
        // meanwhile.
        let most = match has_threads(quiet) {
            true => self.digest_steps.min(FEW_STEPS),
            false => self.digest_steps,
        };
        let bound = outcome.bound.iter().filter(|bound| !bound.deleted).map(|bound| &bound.name);
        let changed = outcome.changed.iter().map(|changed| &changed.name);
        let names = bound.chain(changed).filter(|name| !is_of_function(name));
        let variables = self.variables(quiet);
        let values = names.filter_map(|name| {
            let value = variables.item(name)?;
            if most <= FEW_STEPS && !is_small(value) {
                return None;
            }
            // SAFETY: the namespace holds the value, and nothing of the program runs meanwhile.
            let value = unsafe { Bound::from_borrowed_ptr(quiet.python(), value.as_ptr()) };
            let fingerprint = cheap_fingerprint(&value, most).0.ok()?;
            Some(BoundValue { name: name.clone(), type_name: type_name(&value), fingerprint })
        });
        outcome.values = values.collect();
    }
}

/// Up to how many steps only single numbers and texts are digested.
const FEW_STEPS: usize = 4;

/// Whether a value is what a literal could spell.
fn is_small(value: Lent<'_>) -> bool {
    literal_of(value).is_some() || value.float().is_some()
}
