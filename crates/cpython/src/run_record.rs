//! Run record: the recording of one run, from before its program is found to after it has ended.

use clew_effects::Catalog;
use clew_graph::{SourceId, SourceLocation};
use clew_probe::{forget_variables, hear_of_variables};
use clew_session::{Deferred, Outcome};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use xxhash_rust::xxh3::Xxh3;

use crate::audit;
use crate::class_hook;
use crate::findings::Findings;
use crate::forked;
use crate::main_module::{MainModule, Unrecorded};
use crate::recorder;
use crate::recording::Recording;
use crate::run_settings::RunSettings;
use crate::session_files;
use crate::unfollowed;

/// The recording of one run.
pub(crate) struct RunRecord {
    settings: RunSettings,
    /// Away while the recorder has it.
    recording: Option<Box<dyn Recording>>,
    /// The program's variables, once it was found.
    namespace: Option<Py<PyDict>>,
    recorded: bool,
}

impl RunRecord {
    pub(crate) fn new(settings: RunSettings, recording: Box<dyn Recording>) -> Self {
        Self { settings, recording: Some(recording), namespace: None, recorded: false }
    }

    /// The program was found. Gives its code with probes in it, and listens from now on; `None` where it
    /// runs unrecorded.
    pub(crate) fn begin(&mut self, py: Python<'_>, main: &MainModule<'_>) -> Option<Py<PyAny>> {
        let namespace = main.module.dict();
        self.namespace = Some(namespace.clone().unbind());
        let recording = self.recording.as_mut()?;
        let code = match main.instrumented(py, recording.as_mut()) {
            Ok(code) => code,
            Err(Unrecorded::Fault(message)) => {
                recording.fault(&message);
                return None;
            }
            Err(Unrecorded::NotPython) => return None,
        };
        let mut catalog = Catalog::builtin();
        for (file, text) in &self.settings.annotation_files {
            if let Err(error) = catalog.add(file, text) {
                recording.fault(&error.to_string());
            }
        }
        let knowledge = recorder::Knowledge {
            catalog,
            annotations: self.settings.annotations,
            edition: edition(py, self.settings.annotations, &self.settings.annotation_files),
            observe: self.settings.observe,
        };
        recorder::start(self.recording.take()?, &namespace, knowledge);
        session_files::begin();
        if let Some(file) = main.source_file() {
            unfollowed::begin(py, self.settings.program.name(), file);
        }
        audit::listen(true);
        hear_of_variables(&main.module, recorder::variables_asked);
        class_hook::listen(py, true);
        self.recorded = true;
        Some(code)
    }

    /// The program has ended. Gives the recording back.
    pub(crate) fn end(&mut self, py: Python<'_>, raised: bool) -> Box<dyn Recording> {
        if self.recorded {
            audit::listen(false);
            forget_variables();
            class_hook::listen(py, false);
            self.recording = recorder::stop(raised);
            forked::tell_if_left();
        }
        let unfollowed = unfollowed::end();
        let mut recording = self.recording.take().unwrap_or_else(|| Box::new(Nowhere));
        recording.files(session_files::end(py));
        if let Some(what) = unfollowed {
            recording.unfollowed(&what);
        }
        let namespace = self.namespace.as_ref().map(|namespace| namespace.bind(py));
        let variables = namespace.into_iter().flat_map(|namespace| namespace.iter());
        recording.ended(
            &mut variables
                .filter_map(|(name, value)| Some((name.extract::<String>().ok()?, value))),
        );
        recording
    }
}

/// What answers about callables hang on beside the callables: this version of clew and of Python, and the
/// rules.
pub(crate) fn edition(
    py: Python<'_>,
    annotations: bool,
    annotation_files: &[(String, String)],
) -> String {
    let mut rules = Xxh3::new();
    if annotations {
        let own = annotation_files.iter().map(|(_, text)| text.as_str());
        let builtin = Catalog::builtin_texts().map(|text| -> &str { text });
        for text in builtin.chain(own) {
            rules.update(&text.len().to_le_bytes());
            rules.update(text.as_bytes());
        }
    }
    let python = py.version_info();
    format!(
        "clew {} python {}.{}.{} rules {:016x}",
        env!("CARGO_PKG_VERSION"),
        python.major,
        python.minor,
        python.patch,
        rules.digest()
    )
}

struct Nowhere;

impl Findings for Nowhere {}

impl Recording for Nowhere {
    fn begin_source(&mut self, _: SourceLocation, _: &str) -> Result<SourceId, String> {
        Ok(SourceId::new(0))
    }

    fn unit(&self, _: SourceId) -> Option<std::sync::Arc<clew_syntax::Unit>> {
        None
    }

    fn record(&mut self, _: &Outcome) -> Result<(), String> {
        Ok(())
    }

    fn deferred(&mut self, _: &[Deferred]) {}

    fn fault(&mut self, _: &str) {}

    fn ended(&mut self, _: &mut dyn Iterator<Item = (String, Bound<'_, PyAny>)>) {}
}
