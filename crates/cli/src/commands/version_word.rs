//! Version word: which version of an artifact is meant by what stands behind the `@` of its name.

use clew_graph::{Artifact, Timestamp};
use clew_store::Store;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::CommandError;
use crate::report::near;

/// The word for the newest version.
const LATEST: &str = "latest";

/// The version that a word stands for: a number, `latest`, a tag, or a day or moment in UTC by which it was
/// saved; `None` where it stands for none.
pub(super) fn version_of(
    store: &Store,
    name: &str,
    word: &str,
) -> Result<Option<u32>, CommandError> {
    if let Ok(number) = word.parse() {
        return Ok(store.artifact(name, Some(number))?.map(|known| known.version));
    }
    let tagged = store.tags()?.into_iter().find(|(of, tag, _)| of == name && tag == word);
    if let Some((_, _, version)) = tagged {
        return Ok(Some(version));
    }
    if word == LATEST {
        return Ok(store.artifact(name, None)?.map(|known| known.version));
    }
    let Some(end) = end_of(word) else { return Ok(None) };
    let by_then = |artifact: &Artifact| artifact.name == name && artifact.created <= end;
    Ok(store.artifacts()?.into_iter().rfind(by_then).map(|known| known.version))
}

/// The last moment of a day, minute or second, in UTC.
fn end_of(word: &str) -> Option<Timestamp> {
    let moment = match word.parse::<Date>() {
        Ok(day) if word.len() == 10 => day.to_datetime(Time::MAX),
        _ => {
            let moment = word.replacen('_', "T", 1).parse::<DateTime>().ok()?;
            let last = moment.time().with().subsec_nanosecond(999_999_999);
            let last = if word.len() <= 16 { last.second(59) } else { last };
            moment.date().to_datetime(last.build().ok()?)
        }
    };
    let moment = moment.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp(moment.timestamp().as_microsecond()))
}

/// Whether a word may not be a tag, since it stands for something else.
pub(super) fn is_taken(word: &str) -> bool {
    word.is_empty()
        || word == LATEST
        || word.parse::<u32>().is_ok()
        || end_of(word).is_some()
        || word.contains('@')
}

/// The artifact that `NAME` or `NAME@VERSION` stands for, in its latest version unless another is meant.
pub(super) fn artifact_of(store: &Store, text: &str) -> Result<Artifact, CommandError> {
    if let Some(artifact) = store.artifact(text, None)? {
        return Ok(artifact);
    }
    let names = store.artifact_names()?;
    if let Some((name, word)) = text.rsplit_once('@')
        && names.iter().any(|known| known == name)
    {
        if let Some(version) = version_of(store, name, word)?
            && let Some(artifact) = store.artifact(name, Some(version))?
        {
            return Ok(artifact);
        }
        let versions = versions_of(store, name)?;
        let numbers: Vec<String> =
            versions.iter().map(|artifact| artifact.version.to_string()).collect();
        return Err(CommandError::UnknownVersion {
            name: name.to_owned(),
            word: word.to_owned(),
            known: numbers.join(", "),
        });
    }
    let asked = text.rsplit_once('@').map_or(text, |(name, _)| name);
    let near = near(asked, names.iter().map(String::as_str));
    Err(CommandError::UnknownArtifact { name: text.to_owned(), near })
}

/// All versions of an artifact, in order.
pub(super) fn versions_of(store: &Store, name: &str) -> Result<Vec<Artifact>, CommandError> {
    let mut versions = store.artifacts()?;
    versions.retain(|artifact| artifact.name == name);
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::moment;

    fn check(word: &str, expected: &str) {
        assert_eq!(end_of(word).map_or_else(|| "none".to_owned(), moment), expected);
    }

    #[test]
    fn a_day_or_moment_is_meant_to_its_end() {
        check("2026-11-30", "2026-11-30 23:59:59");
        check("2026-11-30T12:05", "2026-11-30 12:05:59");
        check("2026-11-30_12:05:07", "2026-11-30 12:05:07");
        check("best", "none");
        check("2026-13-01", "none");
    }

    #[test]
    fn tags_are_words_that_mean_nothing_else() {
        assert!(["latest", "7", "2026-11-30", "", "a@b"].iter().all(|word| is_taken(word)));
        assert!(!is_taken("v1.2"));
    }
}
