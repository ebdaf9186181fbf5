//! `clew run`: runs a script as plain python would, or a notebook in a kernel of its own, and records it.

use std::io::Read;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use clew_graph::os_text;
use clew_session::Program;

use super::named_value::NamedValue;
use super::{StorePlace, settings, slice};
use crate::interpreter::{OBSERVE, RecordingRequest, RunRequest, Started};
use crate::{CommandError, Interpreter, report};

mod notebook;

pub(super) use notebook::is_one as is_notebook;

#[derive(Args)]
#[command(
    after_help = "Python's own options, such as -u, -O, -W error and -X dev, may stand before SCRIPT.\n\
                        SCRIPT is a file, a folder or an archive with a __main__.py in it, or - for standard input; \
                        or a notebook (.ipynb), before or after its options."
)]
pub(super) struct Run {
    #[command(flatten)]
    store: StorePlace,
    /// Prints the slice of a variable or artifact after the script has run (may be repeated)
    #[arg(long = "slice", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    slices: Vec<String>,
    /// Leaves the built-in annotations out
    #[arg(long)]
    no_annotations: bool,
    /// Reads more annotations from a file (may be repeated)
    #[arg(long = "annotations", value_name = "FILE")]
    annotations: Vec<String>,
    /// How much to look at what unknown calls change, as a share of the work that the run is seen to do; 0 for nothing
    /// [default: 0.05]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    observe: Option<f64>,
    /// Keeps a fingerprint of every variable at the end, for `clew verify`
    #[arg(long)]
    fingerprints: bool,
    /// Keeps nothing that looks like a secret: it is masked in what is kept of the program and its arguments
    #[arg(long)]
    redact: bool,
    /// Ends with an error when clew could not follow something
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    notebook: notebook::NotebookOptions,
    /// Runs a text, as python -c does
    #[arg(short = 'c', value_name = "CODE", allow_hyphen_values = true)]
    code: Option<String>,
    /// Runs a module, as python -m does
    #[arg(short = 'm', value_name = "MODULE", conflicts_with = "code")]
    module: Option<String>,
    /// The script and its arguments
    #[arg(value_name = "SCRIPT", trailing_var_arg = true)]
    script: Vec<String>,
}

impl Run {
    pub(super) fn run(&self, interpreter: &dyn Interpreter) -> Result<u8, CommandError> {
        // The program may change its folder, and the place is meant from where we began.
        let place = self.store.place();
        let set = settings();
        let recording = RecordingRequest {
            store: place.clone(),
            store_named: self.store.is_named(),
            annotations: !self.no_annotations && set.flag("builtin-annotations").unwrap_or(true),
            observe: self.observe.or(set.number("observe")).unwrap_or(OBSERVE),
            // Those of the command come last, and go before.
            annotation_files: [set.paths("annotations"), &self.annotations].concat(),
            fingerprints: self.fingerprints || set.flag("fingerprints").unwrap_or(false),
            redact: self.redact || set.flag("redact").unwrap_or(false),
            strict: self.strict || set.flag("strict").unwrap_or(false),
        };
        let started = self.start(interpreter, recording)?;
        if let Some(session) = started.session.as_ref().filter(|_| !self.slices.is_empty()) {
            let store = match clew_store::Store::open_to_read(&place) {
                Ok(store) => store,
                Err(error) => {
                    report::fail(&error.into());
                    return Ok(if started.code == 0 { 1 } else { started.code });
                }
            };
            for name in &self.slices {
                let found = NamedValue::find(&store, name, Some(session));
                let printed = found.and_then(|found| slice::print_one(&store, &found, interpreter));
                if let Err(error) = printed {
                    report::fail(&error);
                    return Ok(if started.code == 0 { 1 } else { started.code });
                }
            }
        }
        Ok(started.code)
    }

    fn start(
        &self,
        interpreter: &dyn Interpreter,
        recording: RecordingRequest,
    ) -> Result<Started, CommandError> {
        let mut arguments = self.script.clone();
        let is_named = self.code.is_none() && self.module.is_none();
        if let Some(file) = arguments.first().filter(|file| is_named && is_notebook(file)) {
            let request = self.notebook.request(file, &arguments[1..], recording)?;
            return interpreter.run_notebook(&request);
        }
        self.notebook.refuse()?;
        let program = if let Some(code) = &self.code {
            Program::Text(code.clone())
        } else if let Some(module) = &self.module {
            Program::Module(module.clone())
        } else if arguments.is_empty() {
            return Err(CommandError::NothingToRun);
        } else {
            named(arguments.remove(0))?
        };
        interpreter.run(&RunRequest { program, arguments, recording })
    }
}

/// A share of the work that is seen, which is counted in statements, calls and objects and not in seconds.
fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share.is_finite() && share >= 0.0 => Ok(share),
        _ => Err("a share is a number such as 0.05, and 0 or more".to_owned()),
    }
}

/// What a script's name stands for, if it can be read.
fn named(path: String) -> Result<Program, CommandError> {
    if path == "-" {
        let mut text = Vec::new();
        return match std::io::stdin().read_to_end(&mut text) {
            Ok(_) => Ok(Program::Input(text)),
            Err(error) => Err(CommandError::NoScript { path, reason: error.to_string() }),
        };
    }
    let place = &os_text::path(&path);
    let reason = match std::fs::File::open(place) {
        Ok(_) if place.is_dir() => {
            match ["__main__.py", "__main__.pyc"].iter().any(|main| place.join(main).exists()) {
                true => return Ok(Program::Folder(path)),
                false => "it is a folder without a __main__.py; name a script in it".to_owned(),
            }
        }
        Ok(mut file) => {
            return Ok(if is_archive(&mut file) {
                Program::Folder(path)
            } else {
                Program::File(path)
            });
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            "there is no such file".to_owned()
        }
        Err(error) => error.to_string(),
    };
    Err(CommandError::NoScript { path, reason })
}

/// Whether a file is a ZIP archive, maybe behind a line that names its interpreter (`zipapp`).
fn is_archive(file: &mut std::fs::File) -> bool {
    let mut beginning = [0; 256];
    let read = file.read(&mut beginning).unwrap_or(0);
    let beginning = &beginning[..read];
    let rest = match beginning.strip_prefix(b"#!") {
        Some(rest) => rest.iter().position(|&byte| byte == b'\n').map(|end| &rest[end + 1..]),
        None => Some(beginning),
    };
    rest.is_some_and(|rest| rest.starts_with(b"PK\x03\x04"))
}
