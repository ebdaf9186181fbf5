//! What live objects are, hold and lead to.
//!
//! Everything here looks at objects of the interpreter that this process is: at their types, at what
//! their dictionaries and C structures hold, and through the collector's own question (`tp_traverse`) at
//! what can be got at from them. Nothing here runs the program's code; but for [`fingerprint`], which asks
//! values to be copied.
//!
//! Start with [`callee::describe`] and [`reach::Walk`].
#![allow(
    clippy::missing_safety_doc,
    reason = "every pointer is one to a live object, under the GIL"
)]

/// What a call passes.
pub mod arguments;
/// Callables taken apart, and the names of callables and types.
pub mod callee;
/// What classes and instances hold, and versions of classes.
pub mod class;
/// Values that text can spell.
pub mod constant;
/// Digests of classes and code.
pub mod digest;
/// Digests of values.
pub mod fingerprint;
/// The program's variables, by address.
pub mod namespace;
/// Questions to objects: what they hold and what they are used for.
pub mod object;
/// Names by which another process finds an object.
pub mod qualified_name;
/// Walks through all that an object holds.
pub mod reach;
/// The code of the program.
pub mod session_code;
