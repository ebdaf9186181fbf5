//! Replay: a slice run again by plain Python, and its value compared.

use serde::{Deserialize, Serialize};

/// What to run, and what to look for afterwards. Read by the replaying process as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// The slice.
    pub code: String,
    /// The script's path, so that `__file__` and tracebacks are the same.
    pub file: String,
    /// `sys.argv`.
    pub arguments: Vec<String>,
    /// The folder to run in.
    pub working_directory: String,
    /// The variables whose values are compared.
    pub variables: Vec<String>,
    /// The artifact whose value is compared, where it was saved from no variable.
    pub artifact: Option<String>,
}

/// What came of a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The slice made a value of equal content.
    Equal,
    /// The slice made another value.
    Different {
        /// The fingerprint that was recorded.
        recorded: String,
        /// The fingerprint of what the slice made.
        replayed: String,
    },
    /// The slice did not run to its end.
    Failed {
        /// The last line of the traceback.
        reason: String,
    },
    /// The value's content cannot be compared, or was not recorded.
    NotComparable {
        /// Why.
        reason: String,
    },
}

/// The words of verdicts that say something of the slice, as certificates keep them.
pub(crate) const EQUAL: &str = "equal";
pub(crate) const DIFFERENT: &str = "different";
pub(crate) const FAILED: &str = "failed";

/// Why a slice could not be replayed. Says nothing about the slice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The interpreter could not be started.
    #[error("cannot start `{python}`")]
    Start {
        /// The interpreter.
        python: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The replaying process said nothing that can be read.
    #[error("the replay ended without an answer: {0}")]
    NoAnswer(String),
}

/// What the replaying process answers, as JSON, of each variable or of the artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The value's fingerprint, if it has one.
    pub fingerprint: Option<String>,
    /// Why there is none.
    pub reason: Option<String>,
    /// Whether the slice itself failed.
    pub failed: bool,
}

impl Answer {
    /// What the answer means for a recorded fingerprint.
    pub fn verdict(self, recorded: Option<&str>) -> Verdict {
        let reason = |reason: Option<String>, other: &str| reason.unwrap_or_else(|| other.into());
        if self.failed {
            return Verdict::Failed { reason: reason(self.reason, "it did not run to its end") };
        }
        let Some(recorded) = recorded else {
            return Verdict::NotComparable {
                reason: "no fingerprint of the value was recorded".to_owned(),
            };
        };
        match self.fingerprint {
            Some(replayed) if replayed == recorded => Verdict::Equal,
            Some(replayed) => Verdict::Different { recorded: recorded.to_owned(), replayed },
            None => Verdict::NotComparable {
                reason: reason(self.reason, "the value's content cannot be compared"),
            },
        }
    }
}

impl Verdict {
    /// The verdict in one or two words.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Equal => EQUAL,
            Self::Different { .. } => DIFFERENT,
            Self::Failed { .. } => FAILED,
            Self::NotComparable { .. } => "not comparable",
        }
    }
}
