//! The stand-alone `clew`: the commands, with the active `python` behind them.

use std::process::ExitCode;

use clew_cli::{PythonCommand, main_with};
use clew_graph::os_text;

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|word| os_text::to_text(&word)).collect();
    ExitCode::from(main_with(&arguments, &PythonCommand::active()))
}
