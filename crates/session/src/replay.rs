//! Replay: what a slice is run with, and what comes of it.

use clew_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::rerun::Rerun;

/// What to run, and what to look for afterwards. Read by the replaying process as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Replay<'a> {
    /// The slice.
    pub(crate) code: &'a str,
    /// Whether it is made of cells, which a shell ran.
    pub(crate) cells: bool,
    /// The script's path, so that `__file__` and tracebacks are the same; none for a text.
    pub(crate) file: Option<&'a str>,
    /// The module's name where the program was started by it.
    pub(crate) module: Option<&'a str>,
    /// `sys.argv`.
    pub(crate) arguments: &'a [String],
    /// The folder to run in.
    pub(crate) working_directory: &'a str,
    /// The folders of which the replay gets a scratch copy.
    pub(crate) roots: &'a [String],
    /// Further folders that the session wrote to, where that can be had without copying.
    pub(crate) more_roots: &'a [String],
    /// Whether to try to do without copying.
    pub(crate) overlay: bool,
    /// Files that were not there when the session began.
    pub(crate) left_out: &'a [String],
    /// When sessions ran in these folders: what was written then was not there before.
    pub(crate) sessions: &'a [(i64, i64)],
    /// Files as they were.
    pub(crate) restored: Vec<Restored>,
    /// Whether it may change the world beside the scratch copy.
    pub(crate) allow_effects: bool,
    /// Whether the kept value is loaded whoever wrote it.
    pub(crate) allow_untrusted: bool,
    /// The variables whose values are compared.
    pub(crate) variables: &'a [String],
    /// The artifact whose value is compared, as it is saved by the slice.
    pub(crate) artifact: Option<&'a str>,
    /// The fingerprints to compare with.
    pub(crate) recorded: Vec<&'a str>,
    /// The file that holds the artifact's value as it was saved.
    pub(crate) value: Option<String>,
    /// Where steps are run and looked at one by one, rather than the text: which, and how.
    pub(crate) rerun: Option<&'a Rerun<'a>>,
}

/// A file as it was when the session read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Restored {
    pub(crate) path: String,
    /// The file that holds what was in it.
    pub(crate) content: String,
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
        /// Where the values differ and how, as far as that is known.
        difference: Option<String>,
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
    /// The session's folder is gone.
    #[error("cannot replay in `{folder}`, where the session ran: there is no such folder")]
    NoFolder {
        /// The folder.
        folder: String,
    },
    /// Others could have changed the code that would be run.
    #[error(
        "{reason}, so that the code in this store may be anybody's; look at it with `clew slice`, and run it with --allow-untrusted (in Python: allow_untrusted=True)"
    )]
    Untrusted {
        /// Which file, and whose.
        reason: String,
    },
    /// It is no variable of the module, so that nothing is left of it to compare.
    #[error(
        "`{name}` cannot be compared: it is gone when the function that has it has ended; save it within the function by `clew.save` and verify that"
    )]
    NothingLeft {
        /// What was asked for.
        name: String,
    },
    /// A secret is missing from the code.
    #[error(
        "it cannot be replayed: `{line}` was kept without what looks like a secret (--redact, CLEW_REDACT)"
    )]
    Redacted {
        /// The line, as it is kept.
        line: String,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no room for a scratch copy.
    #[error("cannot make a scratch copy to replay in")]
    NoScratch(#[source] std::io::Error),
    /// It was stopped from outside.
    #[error("the replay was interrupted")]
    Interrupted,
    /// The interpreter could not be started.
    #[error("cannot start `{python}`")]
    Start {
        /// The interpreter.
        python: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// What the replaying process answers, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Replayed {
    /// Of each variable, or of the artifact.
    pub answers: Vec<Answer>,
    /// What the slice was kept from doing to the world, in words.
    pub blocked: Vec<String>,
    /// How the scratch copy is not what the folders were.
    pub notes: Vec<String>,
}

/// What the replaying process answers of a value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Answer {
    /// The value's fingerprint, if it has one.
    pub fingerprint: Option<String>,
    /// Why there is none.
    pub reason: Option<String>,
    /// Where the value is not the one that was recorded.
    #[serde(default)]
    pub difference: Option<String>,
    /// Whether the slice itself failed.
    pub failed: bool,
}

impl Replayed {
    /// A replay of which nothing came, for so many values.
    pub(crate) fn without_answer(values: usize, reason: &str, failed: bool) -> Self {
        let reason = Some(reason.to_owned());
        let answer = Answer { fingerprint: None, reason, difference: None, failed };
        Self { answers: vec![answer; values.max(1)], ..Self::default() }
    }

    /// What the answer to one value means for a recorded fingerprint.
    pub fn verdict(&self, at: usize, recorded: Option<&str>) -> Verdict {
        let Some(answer) = self.answers.get(at) else {
            return Verdict::NotComparable { reason: "the replay said nothing of it".to_owned() };
        };
        let verdict = answer.verdict(recorded);
        match (&verdict, self.blocked.first()) {
            // What it would have been is not known.
            (Verdict::Different { .. } | Verdict::Failed { .. }, Some(blocked)) => {
                Verdict::NotComparable {
                    reason: format!("its replay would {blocked}; --allow-effects lets it"),
                }
            }
            _ => verdict,
        }
    }
}

impl Answer {
    /// What the answer means for a recorded fingerprint.
    pub fn verdict(&self, recorded: Option<&str>) -> Verdict {
        let reason = |other: &str| self.reason.clone().unwrap_or_else(|| other.to_owned());
        if self.failed {
            return Verdict::Failed { reason: reason("it did not run to its end") };
        }
        let Some(replayed) = &self.fingerprint else {
            return Verdict::NotComparable {
                reason: reason("the value's content cannot be compared"),
            };
        };
        match recorded {
            Some(recorded) if replayed == recorded => Verdict::Equal,
            Some(recorded) => Verdict::Different {
                recorded: recorded.to_owned(),
                replayed: replayed.clone(),
                difference: self.difference.clone(),
            },
            None => Verdict::NotComparable {
                reason: "it runs, but no fingerprint of the value was recorded to compare with: record with \
                         --fingerprints, or verify with --whole"
                    .to_owned(),
            },
        }
    }
}

impl Verdict {
    /// Why it is not equal, in words.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Equal => None,
            Self::Different { difference: Some(difference), .. } => {
                Some(format!("the slice makes another value: {difference}"))
            }
            Self::Different { .. } => Some("the slice makes another value".to_owned()),
            Self::Failed { reason } | Self::NotComparable { reason } => Some(reason.clone()),
        }
    }

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
