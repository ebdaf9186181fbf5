//! The Python package clew: the extension module `clew._clew`.

use pyo3::prelude::*;

mod live;
mod saving;
mod terminal;

#[pymodule]
#[pyo3(name = "_clew")]
mod module {
    #[pymodule_export]
    use super::saving::{code, fingerprint, names, replaying, replayed, save, value, describe};
    #[pymodule_export]
    use super::terminal::main;
}
