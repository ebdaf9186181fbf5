//! Findings: what was found out about callables, for the runs to come.

use rustc_hash::FxHashMap;

/// Where what was found out about callables is kept: nowhere, unless it is said where.
pub trait Findings {
    /// What earlier runs found out about a callable, the earliest first.
    fn findings(&self, about: &str) -> Vec<Vec<u8>> {
        let _ = about;
        Vec::new()
    }

    /// Something was found out about a callable that holds for later runs as well.
    fn found(&mut self, about: &str, content: Vec<u8>) {
        let _ = (about, content);
    }
}

/// Findings in memory.
#[derive(Default)]
pub(crate) struct Remembered {
    /// Those of earlier runs.
    pub(crate) earlier: FxHashMap<String, Vec<Vec<u8>>>,
    /// What they are about and what was found out.
    pub(crate) new: Vec<(String, Vec<u8>)>,
}

impl Findings for Remembered {
    fn findings(&self, about: &str) -> Vec<Vec<u8>> {
        self.earlier.get(about).cloned().unwrap_or_default()
    }

    fn found(&mut self, about: &str, content: Vec<u8>) {
        self.new.push((about.to_owned(), content));
    }
}
