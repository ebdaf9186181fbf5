#![doc = include_str!("../README.md")]
#![deny(clippy::print_stdout, clippy::print_stderr, reason = "what cannot be written is no panic")]

/// Prints a line.
macro_rules! say_line {
    ($($text:tt)*) => { $crate::report::say_line(format_args!($($text)*)) };
}

/// Says on standard error what the user has to know.
macro_rules! complain {
    ($($text:tt)*) => { $crate::report::complain(format_args!($($text)*)) };
}

mod commands;
mod interpreter;
mod listing;
mod pager;
mod report;
mod shown;
mod snippet;
mod working;
mod error;

pub use commands::main_with;
pub use error::CommandError;
pub use interpreter::{
    Interpreter, NotebookRequest, OBSERVE, PythonCommand, RecordingRequest, RunRequest, Started,
};
pub use report::complain;
pub use shown::name as shown_name;
