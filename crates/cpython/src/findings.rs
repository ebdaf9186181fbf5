//! Findings: what was found out about callables, for the runs to come.

use rustc_hash::FxHashMap;

/// Where it is kept.
pub(crate) trait Findings {
    /// What earlier runs found out about something, the earliest first.
    fn findings(&self, about: &str) -> Vec<Vec<u8>>;
    /// Something was found out that holds for later runs as well.
    fn found(&mut self, about: &str, content: Vec<u8>);
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
