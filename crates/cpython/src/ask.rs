//! Ask: what the rules say of a live call, for those who check them.
#![allow(
    unsafe_code,
    reason = "hands live objects to the rules, which look at them through the C API"
)]

use std::ptr;
use std::rc::Rc;

use clew_effects::{Catalog, Claim, Effects, Origin};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::callee::{Rules, version_of};
use crate::recorder::CallArguments;

/// clew's own rules, joined to live objects as in a recorded program.
pub struct Annotations {
    rules: Rules,
}

impl Annotations {
    /// The rules, before any has been asked.
    #[expect(clippy::new_without_default, reason = "it is made once, and by name")]
    pub fn new() -> Self {
        Self { rules: Rules::new(Catalog::builtin(), true) }
    }

    /// What a call would do, and the rules that say so: none where it is known otherwise or not at all.
    ///
    /// # Errors
    /// Where the arguments cannot be laid out as a call does.
    pub fn ask(
        &mut self,
        callable: &Bound<'_, PyAny>,
        positional: &Bound<'_, PyTuple>,
        keyword: &Bound<'_, PyDict>,
    ) -> PyResult<(Rc<Effects>, Vec<Origin>)> {
        let py = callable.py();
        let names = PyTuple::new(py, keyword.keys())?;
        let mut arguments: Vec<_> = positional.iter().map(|value| value.as_ptr()).collect();
        let count = arguments.len();
        arguments.extend(keyword.values().iter().map(|value| value.as_ptr()));
        let keywords = if names.is_empty() { ptr::null_mut() } else { names.as_ptr() };
        let call = CallArguments { arguments: arguments.as_ptr(), count, keywords };
        // SAFETY: the tuple and the dictionary keep the arguments alive, the caller the callable.
        Ok(unsafe { self.rules.ask(py, callable.as_ptr(), &call) })
    }

    /// Whether a rule speaks of a function, of a class as it is called, or of a class's method.
    pub fn speaks(&mut self, object: &Bound<'_, PyAny>, method: Option<&str>) -> bool {
        // SAFETY: the caller keeps the object alive.
        unsafe { self.rules.speaks(object.py(), object.as_ptr(), method) }
    }

    /// What the rules about a package claim for the version that is imported.
    pub fn claims(&self, py: Python<'_>, package: &str) -> Vec<Claim> {
        let version = version_of(py, package);
        let mut claims = self.rules.claims(package);
        claims.retain(|claim| version.as_deref().is_none_or(|version| claim.holds_in(version)));
        claims
    }
}
