//! A Host over the interpreter that we live in.
//!
//! CPython runs the user's program itself. This crate puts probes into its code objects
//! (`instrument`), gathers what they tell over one statement (`recorder`), and reports it
//! to `clew-session`. What no probe sees is heard by audit events (`audit`) or looked for (`observe`,
//! `draws`, `paths`, `mentions`, `weak`). What is found out about callables goes out for later runs
//! (`findings`), told by names (`named`). Python objects never leave it: what goes out are names, addresses
//! that serve as identities, and words.
//!
//! Start with [`Program`] and [`run`].

use clew_heap::fingerprint;
use clew_heap::raw::{namespace, object, pandas, reach, streams};

mod artifact;
mod ask;
mod audit;
mod callee;
mod draws;
mod figures;
mod findings;
mod infer;
mod loop_trace;
mod mentions;
mod named {
    pub(crate) use clew_heap::raw::named::*;
}
mod observe;
mod package;
mod paths;
mod recorder;
mod recording;
mod rules;
mod script;
mod settings;
mod shadows;
mod touch;
mod unknown_call;
mod weak;
mod written;

pub use artifact::{Pickled, pickle, unpickle};
pub use ask::Annotations;
pub use findings::Findings;
pub use fingerprint::{Fingerprint, fingerprint};
pub use recorder::{is_active, note_saved, variable_of};
pub use recording::Recording;
pub use script::{Ended, Program, RunSettings, run};
pub use shadows::forget_shadowed;
