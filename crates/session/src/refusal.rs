//! Refusal: why a slice is not given out, though it could be cut.

use clew_store::Certificate;

use crate::replay::{DIFFERENT, EQUAL, FAILED};
use crate::{Position, Sliced};

/// Why a slice would not make its value, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It was replayed and made another value.
    #[error("replayed, it made another value")]
    Different,
    /// It was replayed and did not run to its end.
    #[error("replayed, it failed: {reason}")]
    Failed {
        /// The last line of the traceback.
        reason: String,
    },
    /// It needs a statement that could not be followed, so it may lack lines.
    #[error("it needs line {position}, of which nothing is known but that it ran")]
    Unknown {
        /// Where the statement stands.
        position: Position,
    },
    /// It needs what something else than the session's statements made.
    #[error("it needs what no recorded statement made: {}", .names.join(", "))]
    Unrecorded {
        /// The variables.
        names: Vec<String>,
    },
    /// The recording ended before the program did.
    #[error("the recording ended before the program did: {reason}")]
    Lost {
        /// What went wrong.
        reason: String,
    },
}

impl Refusal {
    /// Why a slice is to be refused, if it is. The latest replay of this very text decides, among the
    /// session's `certificates` in the order in which they were made; one that was equal also
    /// vouches for statements that could not be followed.
    pub fn of(sliced: &Sliced, certificates: &[Certificate]) -> Option<Self> {
        let digest = sliced.digest();
        let replayed = certificates
            .iter()
            .rev()
            .filter(|certificate| certificate.slice_digest == digest)
            .find(|certificate| [EQUAL, DIFFERENT, FAILED].contains(&&*certificate.verdict));
        match replayed {
            Some(certificate) if certificate.verdict == EQUAL => None,
            Some(certificate) if certificate.verdict == DIFFERENT => Some(Self::Different),
            Some(certificate) => Some(Self::Failed {
                reason: certificate.reason.clone().unwrap_or_else(|| "no reason is known".into()),
            }),
            None => {
                let names = || sliced.unrecorded.iter().cloned().collect();
                let unrecorded =
                    (!sliced.unrecorded.is_empty()).then(|| Self::Unrecorded { names: names() });
                sliced.unknown.map(|position| Self::Unknown { position }).or(unrecorded)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clew_graph::{SessionId, SourceId, Timestamp};

    use super::*;

    fn sliced(unknown: bool) -> Sliced {
        let position = Position { source: SourceId::new(0), cell: None, line: 3 };
        Sliced {
            code: "x = 1\n".into(),
            parts: Vec::new(),
            kept: 1,
            statements: 2,
            unknown: unknown.then_some(position),
            unrecorded: Default::default(),
        }
    }

    fn certificate(verdict: &str, code: &str) -> Certificate {
        let other = Sliced { code: code.into(), ..sliced(false) };
        Certificate {
            session: SessionId(uuid::Uuid::nil()),
            name: "x".into(),
            version: None,
            checked: Timestamp(0),
            verdict: verdict.into(),
            reason: Some("ValueError: no".into()),
            slice_digest: other.digest(),
        }
    }

    fn reason(unknown: bool, verdicts: &[(&str, &str)]) -> String {
        let certificates: Vec<Certificate> =
            verdicts.iter().map(|(verdict, code)| certificate(verdict, code)).collect();
        let refusal = Refusal::of(&sliced(unknown), &certificates);
        refusal.map_or_else(|| "given".to_owned(), |refusal| refusal.to_string())
    }

    #[test]
    fn the_latest_replay_of_the_text_decides() {
        assert_eq!(reason(false, &[]), "given");
        assert_eq!(reason(false, &[("different", "x = 1\n")]), "replayed, it made another value");
        assert_eq!(reason(false, &[("failed", "x = 1\n")]), "replayed, it failed: ValueError: no");
        assert_eq!(reason(false, &[("different", "x = 1\n"), ("equal", "x = 1\n")]), "given");
    }

    #[test]
    fn a_replay_of_another_text_or_without_an_answer_says_nothing() {
        assert_eq!(reason(false, &[("different", "x = 2\n")]), "given");
        assert_eq!(
            reason(false, &[("different", "x = 1\n"), ("not comparable", "x = 1\n")]),
            "replayed, it made another value"
        );
    }

    #[test]
    fn an_unknown_statement_is_vouched_for_by_an_equal_replay_alone() {
        let unknown = "it needs line 3, of which nothing is known but that it ran";
        assert_eq!(reason(true, &[]), unknown);
        assert_eq!(reason(true, &[("not comparable", "x = 1\n")]), unknown);
        assert_eq!(reason(true, &[("equal", "x = 1\n")]), "given");
    }
}
