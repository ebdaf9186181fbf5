//! The stand-alone `clew`: the commands, with the active `python` behind them.

use std::process::ExitCode;

use clew_cli::{PythonCommand, main_with};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    ExitCode::from(main_with(&arguments, &PythonCommand::active()))
}
