#![doc = include_str!("../README.md")]

use pyo3::prelude::*;

mod annotation_files;
mod annotations;
mod keeping;
mod kept;
mod live;
mod module_level;
mod notebook;
mod notebook_run;
mod rerun;
mod run_nodes;
mod run_session;
mod saving;
mod stored;
mod terminal;

#[pymodule]
#[pyo3(name = "_clew")]
mod module {
    #[pymodule_export]
    use super::annotations::Annotations;
    #[pymodule_export]
    use super::kept::{
        annotation_problems, artifacts, delete, difference, picture_of, session_code, verify, why,
    };
    #[pymodule_export]
    use super::module_level::module_level;
    #[pymodule_export]
    use super::notebook::{
        adopt_code, begin_cell, begin_cells, cell_inputs, changed_while_shown, doubt_statement,
        edited_modules, end_cells, end_statement, enter_cell, forget_session, give_changed,
        give_state, give_variable, glance, instrument_cell, is_recording, leave_cell, miss_cell,
        note_changed, note_read, note_stored, pause_cells, resume_cells, slice_cells, write_cells,
    };
    #[pymodule_export]
    use super::rerun::run_steps;
    #[pymodule_export]
    use super::run_nodes::run_nodes;
    #[pymodule_export]
    use super::run_session::run_session;
    #[pymodule_export]
    use super::saving::{
        code, describe, fingerprint, forget_shadowed, isolate, loaded, names, panic_in_recorder,
        read_array, read_frame, read_number, rest_in_recorder, save, value,
    };
    #[pymodule_export]
    use super::stored::{store_folder, use_store};
    #[pymodule_export]
    use super::terminal::main;
}
