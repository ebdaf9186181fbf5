//! Annotation: what a file of rules says, and what is wrong with it.
//!
//! The crate's README describes how rules are written.

mod claim;
mod pattern;
mod read;
mod summary;
mod yaml;

pub use claim::{Claim, Origin, Subjects};
pub(crate) use pattern::Pattern;
pub(crate) use read::read;
pub use summary::Summary;

use clew_graph::Literal;

use crate::release::{Releases, ReleasesError};
use crate::{Depth, ExternalState};

/// How much a file's text says, or else all that is wrong with it; `file` names it. A file
/// that says nothing is wrong here, though a [`Catalog`](crate::Catalog) takes it.
///
/// # Errors
/// When the text is no annotation file: one error at least, in the order of the text.
pub fn check(file: &str, text: &str) -> Result<Summary, Vec<AnnotationError>> {
    let read = read(file, text)?;
    if read.modules.is_empty() {
        let problem = Problem::Empty;
        return Err(vec![AnnotationError { file: file.to_owned(), line: 1, column: 1, problem }]);
    }
    let mut summary = Summary::default();
    summary.add(&read);
    Ok(summary)
}

/// The text of a file's bytes; `file` names it.
///
/// # Errors
/// When they are not UTF-8.
pub fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, AnnotationError> {
    let error = match std::str::from_utf8(bytes) {
        // Some editors begin a file with a byte order mark.
        Ok(text) => return Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => error,
    };
    let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Err(AnnotationError { file: file.to_owned(), line, column, problem: Problem::NotUtf8 })
}

/// What one file says.
#[derive(Debug)]
pub(crate) struct File {
    /// The name that it was given.
    pub(crate) name: String,
    pub(crate) modules: Vec<ModuleEntry>,
}

/// What a file says of one or more modules.
#[derive(Debug)]
pub(crate) struct ModuleEntry {
    pub(crate) modules: Vec<String>,
    pub(crate) releases: Option<Releases>,
    /// Classes whose instances never change.
    pub(crate) immutable: Vec<String>,
    pub(crate) rules: Vec<Rule>,
}

/// What calls of one or more callees do.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Where it stands in its file, counted from one.
    pub(crate) line: usize,
    pub(crate) subject: Subject,
    /// Every one has to hold.
    pub(crate) conditions: Vec<Condition>,
    pub(crate) releases: Option<Releases>,
    pub(crate) effects: Vec<Effect>,
}

/// Whom a rule is about.
#[derive(Debug)]
pub(crate) enum Subject {
    Functions(Vec<String>),
    FunctionPattern(Pattern),
    Methods { classes: Vec<String>, methods: Vec<String> },
    MethodPattern { classes: Vec<String>, pattern: Pattern },
    AllMethods { classes: Vec<String> },
    Init { classes: Vec<String> },
}

/// What a value has to be for a rule to apply.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) on: On,
    /// The value that it has where it is not given; without one, it has to be given.
    pub(crate) default: Option<Literal>,
    pub(crate) test: Test,
}

/// What a condition looks at.
#[derive(Debug)]
pub(crate) enum On {
    Argument(ArgumentPointer),
    /// An attribute that the receiver itself has.
    Attribute(String),
}

#[derive(Debug)]
pub(crate) enum Test {
    Is(Vec<Literal>),
    IsNot(Vec<Literal>),
    Matches(Vec<Pattern>),
    MatchesNot(Vec<Pattern>),
    /// It is given, whatever it is.
    Given,
}

/// An argument that may be passed by position or by keyword.
#[derive(Debug)]
pub(crate) struct ArgumentPointer {
    pub(crate) position: Option<u32>,
    pub(crate) keyword: Option<String>,
}

/// A [`Change`](crate::Change) before it is known how a call passes its arguments.
#[derive(Debug)]
pub(crate) enum Effect {
    Mutates(Value, Depth),
    Consumes(Value),
    Views { values: Vec<Value>, external: Vec<StatePointer> },
    Reads(StatePointer),
    Writes(StatePointer),
}

/// A [`Place`](crate::Place) before it is known how a call passes its arguments.
#[derive(Debug)]
pub(crate) enum Value {
    Argument(ArgumentPointer),
    AllPositional,
    AllArguments,
    Receiver,
    Result,
}

/// A [`Resource`](crate::Resource) before it is known how a call passes its arguments.
#[derive(Debug)]
pub(crate) struct StatePointer {
    pub(crate) state: ExternalState,
    /// The first that the call has is the key.
    pub(crate) keys: Vec<PartName>,
}

#[derive(Debug)]
pub(crate) enum PartName {
    Value(Value),
    Name(String),
}

/// What is wrong with an annotation file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {problem}")]
pub struct AnnotationError {
    /// The file's name, as it was given.
    pub file: String,
    /// The line, counted from one.
    pub line: usize,
    /// The column in characters, counted from one.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong with an annotation file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file is no text.
    #[error("this is not UTF-8; save the file as UTF-8")]
    NotUtf8,
    /// The file says nothing.
    #[error("the file says nothing; give a list of modules, each with `module` and `annotations`")]
    Empty,
    /// The text is not YAML.
    #[error("this is not YAML: {0}")]
    Syntax(String),
    /// YAML has more than annotations have a use for.
    #[error("annotations have no use for {0}")]
    Unsupported(&'static str),
    /// Something else was expected.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What belongs here.
        expected: &'static str,
        /// What stands here.
        found: String,
    },
    /// A mapping has a key that means nothing there.
    #[error("unknown key `{key}`{}", hint(nearest))]
    UnknownKey {
        /// The key.
        key: String,
        /// The key that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A mapping has a key twice.
    #[error("the key `{0}` stands here for the second time")]
    RepeatedKey(String),
    /// A mapping lacks a key.
    #[error("the key `{0}` is missing")]
    MissingKey(&'static str),
    /// Two keys exclude each other.
    #[error("`{first}` and `{second}` exclude each other")]
    ConflictingKeys {
        /// The one.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A key asks for another beside it.
    #[error("`{key}` asks for `{needs}` beside it")]
    LonelyKey {
        /// The key that is there.
        key: &'static str,
        /// The key that is not.
        needs: &'static str,
    },
    /// The criteria name nobody.
    #[error(
        "the criteria name nobody: give `function_name`, `function_names`, `function_pattern`, \
         `class_instance` or `class_init`"
    )]
    NoSubject,
    /// A rule neither lists side effects nor says that there are none.
    #[error("the rule says nothing: give `side_effects` or `pure: true`")]
    NothingSaid,
    /// A rule that says `pure` lists a change.
    #[error("`pure: true` stands beside a side effect that changes something")]
    PureYetChanging,
    /// There is no such external state.
    #[error("there is no external state `{word}`{}", hint(nearest))]
    UnknownState {
        /// What was written.
        word: String,
        /// The state that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The range of versions cannot be read.
    #[error(transparent)]
    Releases(#[from] ReleasesError),
}

fn hint(nearest: &Option<&'static str>) -> String {
    nearest.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}
