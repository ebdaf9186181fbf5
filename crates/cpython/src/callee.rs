//! Callee: what is about to be called.

pub(crate) use clew_heap::raw::callee::*;

pub(crate) use crate::package::version_of;
pub(crate) use crate::rules::{ItemUse, Namespace, Plan, Rules};
