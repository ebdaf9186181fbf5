//! `clew ipython` and `clew jupyter`: start them with clew in their kernels.

use std::os::unix::process::CommandExt;
use std::process::Command;

use clap::Args;
use clew_graph::os_text;

use crate::interpreter::helper;
use crate::report::say_code;
use crate::{CommandError, Interpreter};

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(super) struct Ipython {
    /// What IPython is given
    #[arg(value_name = "ARGUMENT", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(super) struct Jupyter {
    /// The application, such as lab or notebook, and what it is given
    #[arg(
        value_name = "APPLICATION",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    arguments: Vec<String>,
}

impl Ipython {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        Err(become_front("ipython", &self.arguments, interpreter))
    }
}

impl Jupyter {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        // All that follows the application's name is the application's.
        if let [word] = &*self.arguments
            && ["-h", "--help"].contains(&word.as_str())
        {
            say_code(&super::help_of("jupyter"));
            return Ok(0);
        }
        Err(become_front("jupyter", &self.arguments, interpreter))
    }
}

/// Goes on as another program; comes back only where that fails.
fn become_front(name: &str, arguments: &[String], interpreter: &dyn Interpreter) -> CommandError {
    let python = interpreter.python();
    let mut command = Command::new(&python);
    command.args(["-c", &helper("clew._front"), name]);
    command.args(arguments.iter().map(|word| os_text::from_text(word)));
    CommandError::NoPython { python: python.display().to_string(), source: command.exec() }
}
