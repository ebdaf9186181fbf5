//! Callee: what is about to be called, with the rules that speak of it.

pub(crate) use clew_heap::callee::*;

mod rules;

pub(crate) use rules::{ItemUse, Namespace, Plan, Rules, version_of};
