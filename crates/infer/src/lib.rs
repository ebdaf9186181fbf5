#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

/// By what objects and classes are known.
mod address;
/// What an answer hangs on.
pub mod fact;
/// What inference asks of objects and classes.
pub mod world;
/// Whether what an answer hangs on still holds.
mod holding;
/// What a call is inferred to do.
pub mod answer;
/// A call asked about.
pub mod question;
/// What a call passes.
mod arguments;
/// What a name may stand for.
mod value;
/// Functions followed until nothing new is found.
mod engine;
/// What one step of a function does.
mod step;
/// What attributes, items and iteration lead to.
mod access;
/// What functions get at that nobody passed to them.
mod outside;
/// How tests come out.
mod truth;
/// What `isinstance` and `hasattr` say.
mod inspect;
/// Which parameter gets which argument.
mod bind;
/// Whom a call reaches.
mod call;
/// Functions of the language that decide where a function goes.
mod intrinsic;
/// Instances that are made, and callables without text.
mod construct;
/// What rules may ask about a call that is not made.
mod call_facts;
/// What annotations say of calls.
mod rule;
/// Functions that are passed to a call, which may call them.
mod callback;
/// A world made of program text.
pub mod text_world;

#[cfg(test)]
mod tests;

pub use answer::{AccessPath, Inferred};
pub use fact::{Condition, Fact, Holder, Translate};
pub use holding::find;
pub use question::{Finding, Question};
pub use text_world::TextWorld;
pub use world::{
    Address, Callee, DescriptorPart, ObjectKind, Shape, Source, Trait, Version, WellKnown, World,
};
