//! Rule query: what the rules say of a live call, for those who check the rules.
#![allow(
    unsafe_code,
    reason = "hands live objects to the rules, which look at them through the C API"
)]

use std::ptr;
use std::rc::Rc;

use clew_effects::{Catalog, Claim, Effects, Origin};
use clew_heap::arguments::CallArguments;
use clew_heap::callee::Callee;
use clew_heap::digest::Digests;
use clew_heap::{AddressSet, Lent, Quiet};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::findings::Remembered;
use crate::inference::{Inference, Means};
use crate::package::version_of;
use crate::rules::Rules;

/// clew's own rules, joined to live objects as in a recorded program, and what is inferred where
/// there is none.
pub struct Annotations {
    rules: Rules,
    inference: Inference,
    remembered: Remembered,
    digests: Digests,
}

impl Annotations {
    /// The rules, before any has been asked, but for those about some packages.
    pub fn without(packages: &[String]) -> Self {
        let mut catalog = Catalog::builtin();
        for package in packages {
            catalog.remove(package);
        }
        Self {
            rules: Rules::new(catalog, true),
            inference: Inference::unlimited(),
            remembered: Remembered::default(),
            digests: Digests::default(),
        }
    }

    /// Remembers what [`Self::findings`] gave in another process.
    pub fn remember(&mut self, about: String, content: Vec<u8>) {
        self.remembered.earlier.entry(about).or_default().push(content);
    }

    /// What was inferred anew, and of which calls.
    pub fn findings(&self) -> &[(String, Vec<u8>)] {
        &self.remembered.new
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
        // SAFETY: the tuple and the dictionary keep the arguments alive, the caller the callable.
        laid_out(positional, keyword, |call| unsafe { self.rules.ask(Lent::of(callable), call) })
    }

    /// What is read off the source of a callable that no rule speaks of about a call, a line for each
    /// thing that may change; `None` where it cannot be followed.
    ///
    /// # Errors
    /// Where the arguments cannot be laid out as a call does.
    pub fn infer(
        &mut self,
        callable: &Bound<'_, PyAny>,
        positional: &Bound<'_, PyTuple>,
        keyword: &Bound<'_, PyDict>,
    ) -> PyResult<Option<Vec<String>>> {
        let session = AddressSet::default();
        laid_out(positional, keyword, |call| {
            // SAFETY: the caller keeps the callable alive, and inference runs no code.
            let callee = Callee::of(unsafe { Lent::of(callable) });
            let means = Means {
                rules: &mut self.rules,
                findings: &mut self.remembered,
                digests: &mut self.digests,
            };
            let roots = callee.values(call);
            let inferred = self.inference.infer(means, &callee, (call, &roots), &session);
            let names: Vec<String> = (0..call.count)
                .map(|at| at.to_string())
                .chain(keyword.keys().iter().map(|name| format!("{name}=")))
                .collect();
            inferred.map(|inferred| inferred.describe(&names))
        })
    }

    /// Whether a rule speaks of a function, of a class as it is called, or of a class's method.
    pub fn speaks(&mut self, object: &Bound<'_, PyAny>, method: Option<&str>) -> bool {
        // SAFETY: the caller keeps the object alive.
        unsafe { self.rules.speaks(Lent::of(object), method) }
    }

    /// What the rules about a package claim for the version that is imported.
    pub fn claims(&self, _py: Python<'_>, package: &str) -> Vec<Claim> {
        // SAFETY: the token says that the GIL is held, and looking at dictionaries runs no code.
        let version = version_of(unsafe { Quiet::new() }, package);
        let mut claims = self.rules.claims(package);
        claims.retain(|claim| version.as_deref().is_none_or(|version| claim.holds_in(version)));
        claims
    }
}

/// Lays arguments out as the vectorcall protocol does.
fn laid_out<T>(
    positional: &Bound<'_, PyTuple>,
    keyword: &Bound<'_, PyDict>,
    then: impl FnOnce(&CallArguments) -> T,
) -> PyResult<T> {
    let names = PyTuple::new(positional.py(), keyword.keys())?;
    let mut arguments: Vec<_> = positional.iter().map(|value| value.as_ptr()).collect();
    let count = arguments.len();
    arguments.extend(keyword.values().iter().map(|value| value.as_ptr()));
    let keywords = if names.is_empty() { ptr::null_mut() } else { names.as_ptr() };
    Ok(then(&CallArguments { arguments: arguments.as_ptr(), count, keywords }))
}
