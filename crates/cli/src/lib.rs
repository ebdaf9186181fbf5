//! The terminal's door: the commands of clew.
//!
//! [`main_with`] reads a command line and does what it says. It links no Python: running a program
//! and replaying a slice go through a [`Door`], which the wheel opens onto the interpreter that it
//! lives in and the stand-alone `clew` onto the active `python`.

mod commands;
mod door;
mod error;
mod report;

pub use commands::main_with;
pub use door::{Door, PythonCommand, RunRequest, Started, Target};
pub use error::CommandError;
