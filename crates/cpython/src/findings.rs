//! Findings: what was found out about callables, for the runs to come.

use clew_effects::Catalog;
use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::Xxh3;

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

/// What answers about callables hang on beside the callables: this version of clew and of Python, and the
/// rules.
pub(crate) fn edition(
    py: Python<'_>,
    annotations: bool,
    annotation_files: &[(String, String)],
) -> String {
    let mut rules = Xxh3::new();
    if annotations {
        let own = annotation_files.iter().map(|(_, text)| text.as_str());
        let builtin = Catalog::builtin_texts().map(|text| -> &str { text });
        for text in builtin.chain(own) {
            rules.update(&text.len().to_le_bytes());
            rules.update(text.as_bytes());
        }
    }
    let python = py.version_info();
    format!(
        "clew {} python {}.{}.{} rules {:016x}",
        env!("CARGO_PKG_VERSION"),
        python.major,
        python.minor,
        python.patch,
        rules.digest()
    )
}
