//! Named value: which variable or artifact a user means by a name.

use clew_graph::{Artifact, NodeId, Session};
use clew_session::{NoLineage, RecordedValue, Refusal, Sliced};
use clew_store::{Store, StoredSession};

use super::recorded::Recorded;
use super::sessions::{is_of, script_of};
use super::version_word::{artifact_of, version_of};
use crate::CommandError;
use crate::report::{moment, near};
use crate::shown;

/// How many earlier sessions are asked for a name that the latest one does not have.
const SESSIONS_ASKED: usize = 20;

/// What a user wrote: `NAME`, `NAME@VERSION`, `SCRIPT:NAME`, `SCRIPT:NAME@VERSION`. Names of artifacts may
/// hold any of these signs, so that there are several ways to read it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Wanted<'t> {
    script: Option<&'t str>,
    name: &'t str,
    version: Option<&'t str>,
}

impl<'t> Wanted<'t> {
    /// The ways to read it, the plainest first.
    fn readings(text: &'t str) -> Vec<Self> {
        let plain = |script, name| Self { script, name, version: None };
        let mut readings = vec![plain(None, text)];
        if let Some((script, name)) = text.split_once(':').filter(|(script, _)| !script.is_empty())
        {
            readings.push(plain(Some(script), name));
        }
        let versioned = readings.clone().into_iter().filter_map(|reading| {
            let (name, version) = reading.name.rsplit_once('@')?;
            (!version.is_empty()).then_some(Self { name, version: Some(version), ..reading })
        });
        readings.extend(versioned.collect::<Vec<_>>());
        readings.retain(|reading| !reading.name.is_empty());
        readings
    }
}

/// What a name stands for: a variable at the end of a session, or an artifact.
pub(super) struct NamedValue {
    /// The name of the variable or artifact.
    pub(super) name: String,
    pub(super) recorded: Recorded,
    pub(super) node: NodeId,
    pub(super) artifact: Option<Artifact>,
    /// Where something else of that name was passed over: what was taken, and how the other is named.
    choice: Option<String>,
}

impl NamedValue {
    /// Finds a name: a variable of the session, which is the latest one unless another is asked for, or
    /// else an artifact: the latest version, or one that was saved in the session that is asked for.
    /// `NAME@VERSION` is an artifact's version (a number, `latest`, a tag or a date), and `SCRIPT:NAME` is of the
    /// latest run of a script; `SCRIPT:LINE` is what the statement on that line did last.
    pub(super) fn find(
        store: &Store,
        text: &str,
        session: Option<&str>,
    ) -> Result<Self, CommandError> {
        let readings = Wanted::readings(text);
        for wanted in &readings {
            if let Some(found) = Self::find_as(store, *wanted, session)? {
                if let Some(choice) = &found.choice {
                    complain!("{choice}");
                }
                return Ok(found);
            }
        }
        Err(unknown(store, text, session)?)
    }

    fn find_as(
        store: &Store,
        wanted: Wanted<'_>,
        session: Option<&str>,
    ) -> Result<Option<Self>, CommandError> {
        let asked = match (session, wanted.script) {
            (Some(id), _) => Some(store.session(id)?),
            (None, Some(script)) => {
                let runs = store.sessions()?;
                match runs.into_iter().find(|stored| is_of(&stored.session, script)) {
                    Some(run) => Some(run),
                    None => return Ok(None),
                }
            }
            (None, None) => None,
        };
        if let (Some(asked), Some(script)) = (&asked, wanted.script)
            && !is_of(&asked.session, script)
        {
            return Ok(None);
        }
        let artifact = artifact(store, wanted, asked.as_ref())?;
        if wanted.version.is_some() {
            return artifact.map(|artifact| Self::of_artifact(store, artifact)).transpose();
        }
        let latest = if asked.is_none() { store.latest_recorded_session()? } else { None };
        let Some(stored) = asked.as_ref().or(latest.as_ref()) else {
            return artifact.map(|artifact| Self::of_artifact(store, artifact)).transpose();
        };
        let recorded = Recorded::load(store, Some(&stored.session.id.to_string()))?;
        let variable = recorded.variable(wanted.name).and_then(|variable| variable.node);
        match (variable, artifact) {
            // The variable as it was saved is more than the variable: its content is known.
            (Some(node), Some(artifact))
                if artifact.session == recorded.session.id && artifact.node == Some(node) =>
            {
                Self::of_artifact(store, artifact).map(Some)
            }
            (Some(node), artifact) => {
                let choice = artifact.map(|artifact| {
                    choice(store, (wanted.name, &recorded.session), &artifact, latest.is_some())
                });
                let (name, choice) = (wanted.name.to_owned(), choice.transpose()?);
                Ok(Some(Self { name, recorded, node, artifact: None, choice }))
            }
            (None, Some(artifact)) => Self::of_artifact(store, artifact).map(Some),
            (None, None) => {
                let lost = recorded.unrecorded().find(|(name, _)| *name == wanted.name);
                match lost {
                    Some((name, reason)) => {
                        Err(CommandError::Unrecorded { name: name.to_owned(), reason })
                    }
                    None => Self::on_line(recorded, wanted),
                }
            }
        }
    }

    /// What the statement on a line of a script did last.
    fn on_line(recorded: Recorded, wanted: Wanted<'_>) -> Result<Option<Self>, CommandError> {
        let Some(line) = wanted.script.and_then(|_| wanted.name.parse::<usize>().ok()) else {
            return Ok(None);
        };
        let node = recorded.slicer()?.step_on_line(line);
        let name = format!("{}:{line}", wanted.script.unwrap_or_default());
        Ok(node.map(|node| Self { name, recorded, node, artifact: None, choice: None }))
    }

    /// An artifact as a value to be sliced.
    pub(super) fn of_artifact(store: &Store, artifact: Artifact) -> Result<Self, CommandError> {
        let name = artifact.name.clone();
        let node = artifact.node.ok_or_else(|| CommandError::NoLineage {
            name: name.clone(),
            reason: NoLineage::of(store, &artifact),
        })?;
        let recorded = Recorded::load(store, Some(&artifact.session.to_string()))?;
        Ok(Self { name, recorded, node, artifact: Some(artifact), choice: None })
    }

    pub(super) fn slice(&self, store: &Store) -> Result<Sliced, CommandError> {
        let slicer = self.recorded.slicer()?;
        let taught = self.recorded.taught(store)?;
        Ok(self.value().slice(store, &taught, &slicer, &self.recorded.nodes())?)
    }

    /// The value, as it was recorded.
    pub(super) fn value(&self) -> RecordedValue<'_> {
        if let Some(artifact) = &self.artifact {
            return RecordedValue::of_artifact(artifact, self.node);
        }
        let known = self.recorded.variable(&self.name);
        let fingerprint = known.and_then(|known| known.fingerprint.clone());
        RecordedValue { name: &self.name, node: self.node, artifact: None, fingerprint }
    }

    /// Why its slice is refused, if it is.
    pub(super) fn refusal(&self, sliced: &Sliced) -> Option<Refusal> {
        let variable = match self.artifact {
            Some(_) => None,
            None => self.recorded.bound().find(|variable| variable.node == Some(self.node)),
        };
        self.recorded.refusal(variable, sliced)
    }
}

/// The artifact that is wanted: the latest version in the session that is asked for, or of all.
fn artifact(
    store: &Store,
    wanted: Wanted<'_>,
    asked: Option<&StoredSession>,
) -> Result<Option<Artifact>, CommandError> {
    let version = match wanted.version.map(|word| version_of(store, wanted.name, word)) {
        None => None,
        Some(found) => match found? {
            Some(version) => Some(version),
            None => return Ok(None),
        },
    };
    let Some(asked) = asked else { return Ok(store.artifact(wanted.name, version)?) };
    let is_wanted = |artifact: &Artifact| {
        artifact.name == wanted.name
            && artifact.session == asked.session.id
            && version.is_none_or(|version| artifact.version == version)
    };
    Ok(store.artifacts()?.into_iter().filter(is_wanted).max_by_key(|artifact| artifact.version))
}

/// Says that a variable was taken, and how an artifact of the same name is asked for.
fn choice(
    store: &Store,
    (name, session): (&str, &Session),
    artifact: &Artifact,
    latest: bool,
) -> Result<String, CommandError> {
    let saved = store.session(&artifact.session.to_string())?.session;
    Ok(format!(
        "`{0}` is the variable of {1} at the end of its {2}run of {3} UTC; what {4} saved under this name is \
         `{0}@{5}`",
        shown::name(name),
        script_of(session),
        if latest { "latest " } else { "" },
        moment(session.created),
        script_of(&saved),
        artifact.version,
    ))
}

/// Nothing has the name: says where something has it, or has one that is almost the same.
fn unknown(store: &Store, text: &str, session: Option<&str>) -> Result<CommandError, CommandError> {
    // Of an artifact that is there only the version is unknown.
    if let Err(version @ CommandError::UnknownVersion { .. }) = artifact_of(store, text) {
        return Ok(version);
    }
    let recorded = Recorded::load(store, session)?;
    let artifacts = store.artifact_names()?;
    let known = recorded
        .bound()
        .map(|variable| variable.name.as_str())
        .chain(artifacts.iter().map(String::as_str));
    let mut near = near(text, known);
    for earlier in store.sessions()?.into_iter().take(SESSIONS_ASKED) {
        let id = earlier.session.id;
        let has = |variables: Vec<clew_store::Variable>| {
            variables.iter().any(|variable| variable.name == text && variable.node.is_some())
        };
        if id != recorded.session.id && has(store.variables(id)?) {
            let script = script_of(&earlier.session);
            near = format!(
                "; {script} had one at {} UTC: `{text} --session {id}`",
                moment(earlier.session.created)
            );
            break;
        }
    }
    let where_ = format!(" in session {}", recorded.session.id);
    Ok(CommandError::UnknownName { name: text.to_owned(), where_, near })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let readings: Vec<String> = Wanted::readings(text)
            .iter()
            .map(|Wanted { script, name, version }| {
                let script = script.map(|script| format!("{script} ")).unwrap_or_default();
                let version = version.map(|version| format!(" {version}")).unwrap_or_default();
                format!("{script}<{name}>{version}")
            })
            .collect();
        assert_eq!(readings.join(", "), expected);
    }

    #[test]
    fn a_name_may_say_its_version_and_its_script() {
        check("x", "<x>");
        check("iris model@2", "<iris model@2>, <iris model> 2");
        check("a.py:x", "<a.py:x>, a.py <x>");
        check("a.py:x@1", "<a.py:x@1>, a.py <x@1>, <a.py:x> 1, a.py <x> 1");
        check("me@home", "<me@home>, <me> home");
        check("x@latest", "<x@latest>, <x> latest");
        check("x@", "<x@>");
    }
}
