#![doc = include_str!("../README.md")]

/// Prints a line. Who no longer listens misses nothing.
macro_rules! say_line {
    ($($text:tt)*) => { $crate::report::say(format_args!($($text)*), "\n") };
}

/// Prints without a line's end.
macro_rules! say {
    ($($text:tt)*) => { $crate::report::say(format_args!($($text)*), "") };
}

mod commands;
mod interpreter;
mod report;
mod error;

pub use commands::main_with;
pub use error::CommandError;
pub use interpreter::{Interpreter, PythonCommand, RunRequest, Started};
