//! Annotations: what clew's own rules say of a call, for the chore that checks them.

use clew_effects::{Change, Depth, Origin, Resource, Subjects};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

/// A rule's file and line.
type RulePlace = (String, usize);

/// A change as a word, a place or a state, and more about it.
type Words = (&'static str, String, String);

/// clew's own rules. Private to clew: `cargo xtask annotations` asks them.
#[pyclass(unsendable)]
pub(crate) struct Annotations(clew_cpython::Annotations);

#[pymethods]
impl Annotations {
    #[new]
    #[pyo3(signature = (without=Vec::new()))]
    fn new(without: Vec<String>) -> Self {
        Self(clew_cpython::Annotations::without(&without))
    }

    /// What is read off a callable's source about a call that no rule speaks of, as lines.
    fn infer(
        &mut self,
        callable: &Bound<'_, PyAny>,
        positional: &Bound<'_, PyTuple>,
        keyword: &Bound<'_, PyDict>,
    ) -> PyResult<Option<Vec<String>>> {
        self.0.infer(callable, positional, keyword)
    }

    /// Remembers what `findings` gave in another process.
    fn remember(&mut self, about: String, content: Vec<u8>) {
        self.0.remember(about, content);
    }

    /// What was inferred anew, and of which calls.
    fn findings(&self) -> Vec<(String, Vec<u8>)> {
        self.0.findings().to_vec()
    }

    /// What a call would do, as words, and the rules that say so, as files and lines.
    fn ask(
        &mut self,
        callable: &Bound<'_, PyAny>,
        positional: &Bound<'_, PyTuple>,
        keyword: &Bound<'_, PyDict>,
    ) -> PyResult<(Vec<Words>, Vec<RulePlace>)> {
        let (effects, rules) = self.0.ask(callable, positional, keyword)?;
        let words = effects.changes.iter().flat_map(words_of).collect();
        Ok((words, rules.into_iter().map(place_of).collect()))
    }

    /// Whether a rule speaks of a function, of a class as it is called, or of a class's method.
    #[pyo3(signature = (object, method=None))]
    fn speaks(&mut self, object: &Bound<'_, PyAny>, method: Option<&str>) -> PyResult<bool> {
        if method.is_some() && !object.is_instance_of::<PyType>() {
            return Err(PyTypeError::new_err("only classes are asked for methods"));
        }
        Ok(self.0.speaks(object, method))
    }

    /// The rules about a package: where each stands, the modules, whom it is about (a word, classes
    /// and names) and whether it has conditions.
    #[expect(clippy::type_complexity, reason = "a row of a table, read by one Python function")]
    fn claims(
        &self,
        py: Python<'_>,
        package: &str,
    ) -> Vec<((String, usize), Vec<String>, &'static str, Vec<String>, Vec<String>, bool)> {
        let claims = self.0.claims(py, package);
        let row = |claim: clew_effects::Claim| {
            let (word, classes, names) = match claim.subjects {
                Subjects::Functions(names) => ("functions", Vec::new(), names),
                Subjects::FunctionPattern(pattern) => {
                    ("function pattern", Vec::new(), vec![pattern])
                }
                Subjects::Methods(classes, names) => ("methods", classes, names),
                Subjects::MethodPattern(classes, pattern) => {
                    ("method pattern", classes, vec![pattern])
                }
                Subjects::AllMethods(classes) => ("all methods", classes, Vec::new()),
                Subjects::Init(classes) => ("init", classes, Vec::new()),
            };
            let conditional = claim.conditional;
            (place_of(claim.origin), claim.modules, word, classes, names, conditional)
        };
        claims.into_iter().map(row).collect()
    }
}

fn place_of(origin: Origin) -> (String, usize) {
    (origin.file.to_string(), origin.line)
}

/// One row for each place that a change names.
fn words_of(change: &Change) -> Vec<Words> {
    let resource = |word, Resource { state, key }: &Resource| {
        let key = key.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![(word, state.to_string(), key)]
    };
    match change {
        Change::Mutates { place, depth } => {
            let depth = match depth {
                Depth::Shallow => "shallow",
                Depth::Deep => "deep",
            };
            vec![("mutates", place.to_string(), depth.to_owned())]
        }
        Change::Consumes(place) => vec![("consumes", place.to_string(), String::new())],
        Change::Views(places) => {
            let places: Vec<String> = places.iter().map(ToString::to_string).collect();
            vec![("views", places.join(" "), String::new())]
        }
        Change::Handle { place, resource } => {
            vec![("handles", place.to_string(), resource.state.to_string())]
        }
        Change::Reads(read) => resource("reads", read),
        Change::Writes(written) => resource("writes", written),
    }
}
