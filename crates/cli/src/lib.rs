//! The terminal's door: the commands of clew.
//!
//! [`main_with`] reads a command line and does what it says. It links no Python: running a program
//! and replaying a slice go through a [`Door`], which the wheel opens onto the interpreter that it
//! lives in and the stand-alone `clew` onto the active `python`.

/// Prints a line. Who no longer listens misses nothing.
macro_rules! say_line {
    ($($text:tt)*) => { $crate::report::say(format_args!($($text)*), "\n") };
}

/// Prints without a line's end.
macro_rules! say {
    ($($text:tt)*) => { $crate::report::say(format_args!($($text)*), "") };
}

mod commands;
mod door;
mod error;
mod report;

pub use commands::main_with;
pub use door::{Door, PythonCommand, RunRequest, Started, Target};
pub use error::CommandError;
