//! Error: what can go wrong with a command, with the way out.

use clew_effects::AnnotationError;
use clew_session::trust::TrustError;
use clew_session::{
    AnnotationFileError, NoLineage, Pointer, ProofError, Refusal, ReplayError, SliceError, describe,
};
use clew_store::StoreError;

use crate::shown;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// No script is named.
    #[error("nothing to run; name a script, as in `clew run script.py`")]
    NothingToRun,
    /// The script is not there.
    #[error("cannot open `{path}`: {reason}")]
    NoScript {
        /// The path.
        path: String,
        /// Why.
        reason: String,
    },
    /// What is run is no notebook, or a notebook is given what it has no use for.
    #[error("{0}")]
    Notebook(String),
    /// An annotation file cannot be read or understood.
    #[error("{0}")]
    Annotation(String),
    /// An annotation file that a run was given cannot be read or understood.
    #[error(transparent)]
    GivenAnnotations(AnnotationFileError),
    /// A text is no Python.
    #[error("cannot read `{path}`: {reason}")]
    NotPython {
        /// The file.
        path: String,
        /// In which cell and line, and what is wrong there.
        reason: String,
        /// Where that is.
        at: Option<Pointer>,
    },
    /// Annotations cannot be read or kept.
    #[error(transparent)]
    AnnotationFile(#[from] AnnotationFileError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing was recorded yet.
    #[error(
        "nothing is recorded in `{store}`; run `clew run SCRIPT` first, or name another store with --store"
    )]
    NoSession {
        /// The store.
        store: String,
    },
    /// No variable or artifact has the name.
    #[error("no variable or artifact `{}`{where_}{near}", shown::name(.name))]
    UnknownName {
        /// The name.
        name: String,
        /// In which session or store.
        where_: String,
        /// Names that are almost the same, as a sentence.
        near: String,
    },
    /// No artifact has the name.
    #[error("no artifact `{}`{near}", shown::name(.name))]
    UnknownArtifact {
        /// The name.
        name: String,
        /// Names that are almost the same, as a sentence.
        near: String,
    },
    /// An artifact has no such version.
    #[error("artifact `{}` has no version `{}`; it has {known}", shown::name(.name), shown::name(.word))]
    UnknownVersion {
        /// The artifact.
        name: String,
        /// What was asked for.
        word: String,
        /// The versions that there are.
        known: String,
    },
    /// Several versions may be meant.
    #[error("`{0}` has {count} versions; name one as `{0}@0`, or all with --all", shown::name(.name))]
    Several {
        /// The artifact.
        name: String,
        /// How many.
        count: usize,
    },
    /// A command was given what makes no sense to it.
    #[error("{0}")]
    WrongUse(String),
    /// The artifact has no lineage.
    #[error("no code is known for artifact `{}`: {reason}", shown::name(.name))]
    NoLineage {
        /// The artifact.
        name: String,
        /// Why.
        reason: NoLineage,
    },
    /// A slice is refused.
    #[error("the slice of `{}` is refused: {reason}; --force gives it all the same", shown::name(.name))]
    Refused {
        /// The variable or artifact.
        name: String,
        /// Why.
        reason: Refusal,
        /// The statement that is to blame, if it is one.
        at: Option<Pointer>,
    },
    /// There is no slice that could be given all the same.
    #[error("the slice of `{}` is refused: {reason}", shown::name(.name))]
    Unrecorded {
        /// The variable.
        name: String,
        /// Why.
        reason: Refusal,
    },
    /// A slice could not be made.
    #[error(transparent)]
    Slice(#[from] SliceError),
    /// A slice could not be replayed.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A slice could not be proven.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A proof came to something else than the value.
    #[error("the slice of `{}` is not proven: {reason}", shown::name(.name))]
    Unproven {
        /// The variable or artifact.
        name: String,
        /// What the last replay came to.
        reason: String,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`", shown::name(.path))]
    Unwritten {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The keys that are trusted cannot be read or kept.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// This user has no key.
    #[error("there is no key of yours, and none can be made: {0}")]
    NoKey(String),
    /// There is no interpreter.
    #[error(
        "cannot start `{python}`; install clew into a Python 3.11 or newer and activate it, or set CLEW_PYTHON"
    )]
    NoPython {
        /// What was tried.
        python: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The interpreter said something is wrong.
    #[error("{0}")]
    Python(String),
}

impl CommandError {
    /// What is said of it: texts, each with the line of a text that it is about, if there is one.
    pub(crate) fn parts(&self) -> Vec<(String, Option<Pointer>)> {
        match self {
            Self::AnnotationFile(AnnotationFileError::Problems(problems))
            | Self::GivenAnnotations(AnnotationFileError::Problems(problems)) => {
                problems.iter().map(|problem| (problem.to_string(), place_of(problem))).collect()
            }
            Self::NotPython { at, .. } | Self::Refused { at, .. } => {
                vec![(self.to_string(), at.clone())]
            }
            _ => vec![(describe(self), None)],
        }
    }

    /// The exit code: 2 for a command that was given wrongly, 1 for the rest.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NothingToRun
            | Self::NoScript { .. }
            | Self::Notebook(_)
            | Self::Annotation(_)
            | Self::GivenAnnotations(_)
            | Self::NotPython { .. }
            | Self::Several { .. }
            | Self::WrongUse(_)
            | Self::AnnotationFile(AnnotationFileError::Unreadable { .. }) => 2,
            _ => 1,
        }
    }
}

/// The line of an annotation file in which something is wrong.
pub(crate) fn place_of(problem: &AnnotationError) -> Option<Pointer> {
    let text = std::fs::read_to_string(&problem.file).ok()?;
    Pointer::at_column(&text, problem.line, problem.column)
}
