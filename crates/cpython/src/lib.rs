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

mod artifact;
mod ask;
mod audit;
mod callee;
mod draws;
mod events;
mod figures;
mod findings;
mod fingerprint;
mod infer;
mod instrument;
mod mentions;
mod named;
mod namespace;
mod object;
mod observe;
mod offsets;
mod pandas;
mod paths;
mod probe;
mod reach;
mod recorder;
mod script;
mod seen;
mod settings;
mod shadows;
mod spelled;
mod stack;
#[cfg(all(Py_3_13, not(Py_3_14)))]
mod static_attributes;
mod streams;
mod turns;
mod twin;
mod weak;

pub use artifact::{Pickled, pickle, unpickle};
pub use ask::Annotations;
pub use fingerprint::{Fingerprint, fingerprint};
pub use recorder::{is_active, note_saved, variable_of};
pub use script::{Ended, Program, Recording, RunSettings, run};
pub use shadows::forget_shadowed;
