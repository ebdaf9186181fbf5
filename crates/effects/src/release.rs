//! Release: which versions of a package a rule speaks of.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// Bounds on a version in the words of Python packaging, such as `>=2,<3`.
///
/// Only the release numbers count: `2.0rc1` and `2.0.post1` are taken for `2.0`, since a
/// pre-release behaves like what it precedes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Releases {
    text: String,
    clauses: Vec<Clause>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Clause {
    operator: Operator,
    release: Vec<u64>,
    // For `==2.1.*`: only as many numbers as are written count.
    prefix: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Compatible,
}

/// Why a text is not a range of versions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{clause}` does not bound a version; write it like `>=2` or `==2.1.*`")]
pub struct ReleasesError {
    /// The part that could not be read.
    pub clause: String,
}

impl Releases {
    /// Whether a version is within the bounds; true of a text that is no version, because a rule
    /// that may apply has to.
    pub fn contains(&self, version: &str) -> bool {
        let Some(release) = release_of(version) else { return true };
        self.clauses.iter().all(|clause| clause.contains(&release))
    }
}

impl FromStr for Releases {
    type Err = ReleasesError;

    fn from_str(text: &str) -> Result<Self, ReleasesError> {
        let clauses = text
            .split(',')
            .map(|clause| {
                parse(clause.trim()).ok_or_else(|| ReleasesError { clause: clause.trim().into() })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), clauses })
    }
}

impl fmt::Display for Releases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn parse(clause: &str) -> Option<Clause> {
    let (operator, rest) = [
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("~=", Operator::Compatible),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ]
    .into_iter()
    .find_map(|(word, operator)| Some((operator, clause.strip_prefix(word)?.trim_start())))?;
    let (number, prefix) = match rest.strip_suffix(".*") {
        Some(number) => (number, true),
        None => (rest, false),
    };
    let release = number.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>()?;
    let fits = match operator {
        Operator::Equal | Operator::NotEqual => true,
        Operator::Compatible => !prefix && release.len() > 1,
        _ => !prefix,
    };
    fits.then_some(Clause { operator, release, prefix })
}

/// The leading numbers of a version, without its epoch.
fn release_of(version: &str) -> Option<Vec<u64>> {
    let version = version.trim();
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let version = version.split_once('!').map_or(version, |(_, rest)| rest);
    let mut release = Vec::new();
    for part in version.split('.') {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let Ok(number) = part[..digits].parse() else { break };
        release.push(number);
        if digits < part.len() {
            break;
        }
    }
    (!release.is_empty()).then_some(release)
}

impl Clause {
    fn contains(&self, release: &[u64]) -> bool {
        let order = compare(release, &self.release);
        match self.operator {
            Operator::Equal => self.matches(release),
            Operator::NotEqual => !self.matches(release),
            Operator::Less => order == Ordering::Less,
            Operator::LessOrEqual => order != Ordering::Greater,
            Operator::Greater => order == Ordering::Greater,
            Operator::GreaterOrEqual => order != Ordering::Less,
            Operator::Compatible => {
                let fixed = self.release.len() - 1;
                order != Ordering::Less && starts_with(release, &self.release[..fixed])
            }
        }
    }

    fn matches(&self, release: &[u64]) -> bool {
        if self.prefix {
            starts_with(release, &self.release)
        } else {
            compare(release, &self.release) == Ordering::Equal
        }
    }
}

/// Compares number by number; numbers that are not written are zero.
fn compare(left: &[u64], right: &[u64]) -> Ordering {
    let number = |release: &[u64], at| release.get(at).copied().unwrap_or(0);
    (0..left.len().max(right.len()))
        .map(|at| number(left, at).cmp(&number(right, at)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn starts_with(release: &[u64], prefix: &[u64]) -> bool {
    compare(&release[..release.len().min(prefix.len())], prefix) == Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(range: &str, version: &str) -> bool {
        range.parse::<Releases>().unwrap().contains(version)
    }

    #[test]
    fn bounds_compare_numbers_and_not_letters() {
        assert!(within(">=2,<3", "2.10.1"));
        assert!(within(">=2.9", "2.10"));
        assert!(!within(">=2,<3", "3.0.0"));
        assert!(within("==2", "2.0.0"));
        assert!(within("==2.1.*", "2.1.7"));
        assert!(!within("==2.1.*", "2.10"));
        assert!(!within("!=1.5", "1.5.0"));
        assert!(within("~=1.4.2", "1.4.9"));
        assert!(!within("~=1.4.2", "1.5"));
    }

    #[test]
    fn a_pre_release_counts_as_its_release() {
        assert!(within(">=2", "2.0.0rc1"));
        assert!(within(">=2", "2.0rc1+local"));
        assert!(within("<2", "1!1.9.dev0"));
    }

    #[test]
    fn a_version_that_cannot_be_read_is_within_every_range() {
        assert!(within(">=2", "unknown"));
    }

    #[test]
    fn a_range_that_cannot_be_read_is_named() {
        let error = ">=2,3".parse::<Releases>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`3` does not bound a version; write it like `>=2` or `==2.1.*`"
        );
        assert!("~=2".parse::<Releases>().is_err());
        assert!("".parse::<Releases>().is_err());
    }
}
