//! Comparison: how two artifacts came to differ, the likeliest cause first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use clew_graph::{Artifact, Graph, NodeKind, Session, os_text};
use clew_store::{FileRole, SessionFile, Store};
use serde::Serialize;
use similar::TextDiff;

use crate::{
    NoLineage, ProofError, RecordedValue, Slicer, Taught, ValueDifference, final_variables,
};

/// How two artifacts differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The one that is compared with, as `NAME@VERSION`.
    pub left: String,
    /// The other.
    pub right: String,
    /// Whether the values are equal; `None` where their content cannot be compared.
    pub equal: Option<bool>,
    /// The types of the values.
    pub types: [String; 2],
    /// What differs of what made them, the likeliest cause first.
    pub aspects: Vec<Aspect>,
    /// How the values differ, where somebody looked at them.
    pub value: Option<ValueDifference>,
}

/// Something that differs of what made two values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Aspect {
    /// The code behind the values.
    Code {
        /// The lines that went and came, as a unified diff.
        diff: String,
    },
    /// For one of them no code is known.
    NoCode {
        /// Why.
        reason: String,
    },
    /// Modules of the program's own.
    Modules {
        /// Which.
        files: Vec<Changed>,
    },
    /// Data that was read.
    Data {
        /// Which.
        files: Vec<Changed>,
    },
    /// What the programs were given on their command lines.
    Arguments {
        /// Before and after.
        words: [Vec<String>; 2],
    },
    /// The versions of libraries.
    Packages {
        /// Which.
        packages: Vec<Changed>,
    },
    /// Python itself.
    Python {
        /// Before and after.
        versions: [String; 2],
    },
    /// The folders in which the programs ran.
    Folder {
        /// Before and after.
        folders: [String; 2],
    },
}

/// A file or library that is not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its path or name.
    pub name: String,
    /// What it was: a version, or how many bytes; `None` where it was not there.
    pub left: Option<String>,
    /// What it is.
    pub right: Option<String>,
    /// Whether the code speaks of it.
    pub named: bool,
}

impl Comparison {
    /// Compares two artifacts by all that is kept of them.
    ///
    /// # Errors
    /// When the store cannot be read, or a slice cannot be cut.
    pub fn of(store: &Store, left: &Artifact, right: &Artifact) -> Result<Self, ProofError> {
        let (before, after) = (Side::of(store, left)?, Side::of(store, right)?);
        let equal = left.fingerprint.as_ref().zip(right.fingerprint.as_ref());
        let spelled = |artifact: &Artifact| format!("{}@{}", artifact.name, artifact.version);
        Ok(Self {
            left: spelled(left),
            right: spelled(right),
            equal: equal.map(|(left, right)| left == right),
            types: [left.type_name.clone(), right.type_name.clone()],
            aspects: before.against(&after),
            value: None,
        })
    }

    /// Whether anything differs that is known.
    pub fn differs(&self) -> bool {
        self.equal == Some(false) || self.types[0] != self.types[1] || !self.aspects.is_empty()
    }

    fn verdict(&self) -> String {
        let (left, right) = (&self.left, &self.right);
        let cause = self.aspects.first().map(Aspect::cause);
        match (self.equal, cause) {
            (Some(true), None) => format!("{left} and {right} are equal, and so is what made them"),
            (Some(true), Some(_)) => format!("{left} and {right} are equal; what made them is not"),
            (Some(false), Some(cause)) => {
                format!("{left} and {right} differ; the likeliest cause: {cause}")
            }
            (Some(false), None) => format!(
                "{left} and {right} differ, and nothing that was recorded does: chance, time or the world outside"
            ),
            (None, Some(cause)) => format!(
                "the values of {left} and {right} cannot be compared; what differs first is {cause}"
            ),
            (None, None) => format!(
                "the values of {left} and {right} cannot be compared; what made them is the same"
            ),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.verdict())?;
        for aspect in &self.aspects {
            write!(f, "\n{aspect}")?;
        }
        let [left, right] = &self.types;
        if left != right {
            writeln!(f, "\ntype: {left} became {right}")?;
        }
        if let Some(value) = &self.value {
            write!(f, "\n{value}")?;
        }
        Ok(())
    }
}

impl Aspect {
    /// What it is, in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Code { .. } => "code",
            Self::NoCode { .. } => "no code",
            Self::Modules { .. } => "own modules",
            Self::Data { .. } => "data",
            Self::Arguments { .. } => "arguments",
            Self::Packages { .. } => "libraries",
            Self::Python { .. } => "Python",
            Self::Folder { .. } => "folder",
        }
    }

    /// What it is, as the cause of another value.
    fn cause(&self) -> &'static str {
        match self {
            Self::Code { .. } => "the code",
            Self::NoCode { .. } => "not known, for the code of one is not",
            Self::Modules { .. } => "modules of the program's own",
            Self::Data { .. } => "the data that was read",
            Self::Arguments { .. } => "the arguments of the program",
            Self::Packages { .. } => "other versions of libraries",
            Self::Python { .. } => "another Python",
            Self::Folder { .. } => "another folder",
        }
    }

    /// How likely it is the cause of another value: the lower, the likelier.
    fn rank(&self) -> (bool, u8) {
        let unnamed = |files: &[Changed]| !files.iter().any(|file| file.named);
        match self {
            Self::Code { .. } | Self::NoCode { .. } => (false, 0),
            Self::Modules { files } => (unnamed(files), 1),
            Self::Data { files } => (unnamed(files), 2),
            Self::Arguments { .. } => (false, 3),
            Self::Packages { packages } => (unnamed(packages), 4),
            Self::Python { .. } => (true, 5),
            Self::Folder { .. } => (true, 6),
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, title: &str, changed: &[Changed]| {
            writeln!(f, "{title}:")?;
            changed.iter().try_for_each(|each| writeln!(f, "  {each}"))
        };
        match self {
            Self::Code { diff } => write!(f, "code:\n{diff}"),
            Self::NoCode { reason } => writeln!(f, "code: {reason}"),
            Self::Modules { files } => list(f, "own modules", files),
            Self::Data { files } => list(f, "data", files),
            Self::Packages { packages } => list(f, "libraries", packages),
            Self::Arguments { words: [left, right] } => {
                writeln!(f, "arguments: {} became {}", left.join(" "), right.join(" "))
            }
            Self::Python { versions: [left, right] } => {
                writeln!(f, "Python: {left} became {right}")
            }
            Self::Folder { folders: [left, right] } => {
                writeln!(f, "folder: {left} became {right}")
            }
        }
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match (&self.left, &self.right) {
            (Some(left), Some(right)) if left == right => f.write_str(": other content"),
            (Some(left), Some(right)) => write!(f, ": {left} became {right}"),
            (Some(_), None) => f.write_str(": no more"),
            (None, _) => f.write_str(": new"),
        }
    }
}

/// What made an artifact.
struct Side {
    code: Result<String, String>,
    session: Session,
    files: BTreeMap<String, SessionFile>,
    packages: BTreeMap<String, String>,
}

impl Side {
    fn of(store: &Store, artifact: &Artifact) -> Result<Self, ProofError> {
        let session = store.session(&artifact.session.to_string())?.session;
        let graph = store.graph(session.id)?;
        let folder = os_text::path(&session.working_directory);
        let files = store.files(session.id)?.into_iter().map(|file| {
            let path = os_text::path(&file.path);
            let short = path.strip_prefix(&folder).unwrap_or(&path);
            (os_text::to_text(short.as_os_str()), file)
        });
        Ok(Self {
            code: code_of(store, artifact, &session, &graph)?,
            files: files.collect(),
            packages: packages_of(&graph),
            session,
        })
    }

    fn against(&self, other: &Self) -> Vec<Aspect> {
        let mut aspects = Vec::new();
        match (&self.code, &other.code) {
            (Ok(left), Ok(right)) if left != right => {
                aspects.push(Aspect::Code { diff: unified(left, right) });
            }
            (Err(reason), _) | (_, Err(reason)) => {
                aspects.push(Aspect::NoCode { reason: reason.clone() });
            }
            _ => {}
        }
        let modules = self.changed_files(other, &[FileRole::Imported]);
        if !modules.is_empty() {
            aspects.push(Aspect::Modules { files: modules });
        }
        let data = self.changed_files(other, &[FileRole::Read, FileRole::Changed]);
        if !data.is_empty() {
            aspects.push(Aspect::Data { files: data });
        }
        let words = [self, other].map(|side| side.session.arguments.clone());
        if words[0].get(1..) != words[1].get(1..) {
            aspects.push(Aspect::Arguments { words });
        }
        let packages = self.changed_packages(other);
        if !packages.is_empty() {
            aspects.push(Aspect::Packages { packages });
        }
        let versions = [self, other].map(|side| side.session.python_version.clone());
        if versions[0] != versions[1] {
            aspects.push(Aspect::Python { versions });
        }
        let folders = [self, other].map(|side| side.session.working_directory.clone());
        if folders[0] != folders[1] {
            aspects.push(Aspect::Folder { folders });
        }
        aspects.sort_by_key(Aspect::rank);
        aspects
    }

    fn changed_files(&self, other: &Self, roles: &[FileRole]) -> Vec<Changed> {
        let of = |side: &Self, name: &str| {
            side.files.get(name).filter(|file| roles.contains(&file.role)).cloned()
        };
        let names: BTreeSet<&String> = self.files.keys().chain(other.files.keys()).collect();
        let changed = names.into_iter().filter_map(|name| {
            let (left, right) = (of(self, name), of(other, name));
            let content = |file: &Option<SessionFile>| {
                file.as_ref().map(|file| (file.digest.clone(), file.size))
            };
            if content(&left) == content(&right) {
                return None;
            }
            let size = |file: &SessionFile| match file.size {
                Some(1) => "1 byte".to_owned(),
                Some(size) => format!("{size} bytes"),
                None => "unknown".to_owned(),
            };
            Some(Changed {
                name: name.clone(),
                left: left.as_ref().map(size),
                right: right.as_ref().map(size),
                named: self.names(name) || other.names(name),
            })
        });
        sorted(changed)
    }

    fn changed_packages(&self, other: &Self) -> Vec<Changed> {
        // A library that only one program imports is told by its code.
        let both = self.packages.iter().filter_map(|(name, left)| {
            let right = other.packages.get(name)?;
            (left != right).then(|| Changed {
                name: name.clone(),
                left: Some(left.clone()),
                right: Some(right.clone()),
                named: self.names(name) || other.names(name),
            })
        });
        sorted(both)
    }

    /// Whether the code speaks of a file or a library.
    fn names(&self, name: &str) -> bool {
        let Ok(code) = &self.code else { return false };
        let path = std::path::Path::new(name);
        let last = path.file_name().and_then(|last| last.to_str()).unwrap_or(name);
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
        code.contains(last) || code.contains(stem)
    }
}

/// Those that the code speaks of first.
fn sorted(changed: impl Iterator<Item = Changed>) -> Vec<Changed> {
    let mut changed: Vec<Changed> = changed.collect();
    changed.sort_by(|left, right| (!left.named, &left.name).cmp(&(!right.named, &right.name)));
    changed
}

fn code_of(
    store: &Store,
    artifact: &Artifact,
    session: &Session,
    graph: &Graph,
) -> Result<Result<String, String>, ProofError> {
    let Some(node) = artifact.node else {
        let why = NoLineage::of(store, artifact);
        return Ok(Err(format!("none is known for {}@{}: {why}", artifact.name, artifact.version)));
    };
    let sources = store.sources(session.id)?;
    let slicer = Slicer::new(graph, &sources)?;
    let variables = final_variables(store, session.id)?;
    let taught = Taught::of(store, session.id)?;
    let sliced =
        RecordedValue::of_artifact(artifact, node).slice(store, &taught, &slicer, &variables)?;
    Ok(Ok(sliced.code))
}

/// The libraries that a session imported something of, as they are imported, with their versions then.
pub fn packages_of(graph: &Graph) -> BTreeMap<String, String> {
    let known = graph.nodes().iter().filter_map(|node| match &node.kind {
        NodeKind::Import(import) => Some((import.package.clone()?, import.version.clone()?)),
        _ => None,
    });
    known.collect()
}

fn unified(left: &str, right: &str) -> String {
    let diff = TextDiff::from_lines(left, right);
    let mut text = String::new();
    for hunk in diff.unified_diff().context_radius(2).iter_hunks() {
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches('\n');
            // A string takes whatever is written into it.
            let _ = writeln!(text, "{}{line}", change.tag());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(name: &str, named: bool) -> Changed {
        Changed { name: name.into(), left: Some("1".into()), right: Some("2".into()), named }
    }

    #[test]
    fn what_the_code_speaks_of_is_the_likelier_cause() {
        let mut aspects = [
            Aspect::Modules { files: vec![changed("util.py", false)] },
            Aspect::Data { files: vec![changed("a.csv", true)] },
            Aspect::Code { diff: String::new() },
        ];
        aspects.sort_by_key(Aspect::rank);
        let causes: Vec<&str> = aspects.iter().map(Aspect::cause).collect();
        let expected = ["the code", "the data that was read", "modules of the program's own"];
        assert_eq!(causes, expected);
    }

    #[test]
    fn a_difference_of_code_is_told_by_its_lines() {
        assert_eq!(unified("a = 1\nb = 2\n", "a = 1\nb = 3\n"), " a = 1\n-b = 2\n+b = 3\n");
    }

    #[test]
    fn where_nothing_recorded_differs_chance_is_named() {
        let comparison = Comparison {
            left: "x@0".into(),
            right: "x@1".into(),
            equal: Some(false),
            types: ["int".into(), "int".into()],
            aspects: Vec::new(),
            value: None,
        };
        assert!(comparison.to_string().contains("chance, time or the world outside"));
        assert!(comparison.differs());
    }
}
