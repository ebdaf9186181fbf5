//! Annotations: the files of rules that a user keeps beside a store.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clew_effects::AnnotationError;
use clew_effects::annotation::{self, Summary};
use clew_graph::os_text;

/// A file of rules, read and found to be good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotationFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// How much that is.
    pub summary: Summary,
}

/// What is wrong with a file of rules, or with keeping it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnnotationFileError {
    /// It says things that are no rules, of which there is one at least.
    #[error("{}", lines(.0))]
    Problems(Vec<AnnotationError>),
    /// It cannot be read.
    #[error("cannot read the annotations `{path}`: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// Another file is kept under the name.
    #[error(
        "annotations `{name}` are kept already; add --replace to put these in their place, or --name to keep both"
    )]
    Kept {
        /// The name.
        name: String,
    },
    /// No file can be kept under the name.
    #[error(
        "`{name}` is no name for annotations; give one of letters, digits, `_`, `-` and `.` with --name"
    )]
    NoName {
        /// The name.
        name: String,
    },
    /// No file is kept under the name.
    #[error("no annotations `{name}` are kept; `clew annotate list` shows which are{near}")]
    Unknown {
        /// The name.
        name: String,
        /// Names that are almost the same, as a sentence.
        near: String,
    },
    /// The folder cannot be used.
    #[error("cannot keep annotations in `{path}`")]
    Folder {
        /// The folder.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

fn lines(problems: &[AnnotationError]) -> String {
    problems.iter().map(AnnotationError::to_string).collect::<Vec<_>>().join("\n")
}

impl AnnotationFile {
    /// Reads a file that is kept beside a store. Unlike one that a user names it may be of anybody: links are
    /// not followed and pipes not waited for.
    ///
    /// # Errors
    /// As [`Self::read`], and when it is no plain file.
    pub fn read_kept(path: &Path) -> Result<Self, AnnotationFileError> {
        match is_plain(path) {
            true => Self::read(path),
            false => Err(AnnotationFileError::Unreadable {
                path: path.display().to_string(),
                reason: "it is no plain file, and links beside a store are not followed".to_owned(),
            }),
        }
    }

    /// Reads a file and checks it.
    ///
    /// # Errors
    /// When it cannot be read, or says what is no rule.
    pub fn read(path: &Path) -> Result<Self, AnnotationFileError> {
        let name = path.display().to_string();
        let unreadable = |reason: String| AnnotationFileError::Unreadable {
            path: path.display().to_string(),
            reason,
        };
        if path.is_dir() {
            return Err(unreadable("it is a folder; name a file in it".to_owned()));
        }
        let bytes = fs::read(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => unreadable("there is no such file".to_owned()),
            _ => unreadable(error.to_string()),
        })?;
        let text = annotation::decode(&name, &bytes)
            .map_err(|problem| AnnotationFileError::Problems(vec![problem]))?
            .to_owned();
        let summary = annotation::check(&name, &text).map_err(AnnotationFileError::Problems)?;
        Ok(Self { path: path.to_owned(), text, summary })
    }
}

fn is_plain(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|known| known.is_file())
}

/// The folder of a store in which the user's own files of rules are kept.
#[derive(Clone, Debug)]
pub struct AnnotationFolder {
    path: PathBuf,
}

const ENDING: &str = "yaml";

impl AnnotationFolder {
    /// The folder of the store at a place; `None` where that is no folder.
    pub fn of_store(place: &str) -> Option<Self> {
        (!place.contains("://")).then(|| Self { path: os_text::path(place).join("annotations") })
    }

    /// The names of the files that are kept, in order, with their paths.
    pub fn kept(&self) -> Vec<(String, PathBuf)> {
        if self.path.is_symlink() {
            return Vec::new();
        }
        let Ok(entries) = fs::read_dir(&self.path) else { return Vec::new() };
        let mut kept: Vec<(String, PathBuf)> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
            .filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path)))
            .collect();
        kept.sort();
        kept
    }

    /// Keeps a file under a name, its own without the ending where none is given.
    ///
    /// # Errors
    /// When another file has the name and is not to be replaced, or the folder cannot be used.
    pub fn add(
        &self,
        file: &AnnotationFile,
        name: Option<&str>,
        replace: bool,
    ) -> Result<String, AnnotationFileError> {
        let own = file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let own = own.unwrap_or_default();
        let name = name.unwrap_or(own.strip_suffix(".annotations").unwrap_or(&own)).to_owned();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            return Err(AnnotationFileError::NoName { name });
        }
        let folder =
            |source| AnnotationFileError::Folder { path: self.path.display().to_string(), source };
        let place = self.path.join(format!("{name}.{ENDING}"));
        let is_same = || fs::read(&place).is_ok_and(|kept| kept == file.text.as_bytes());
        if is_plain(&place) && is_same() {
            return Ok(name);
        }
        if !replace && place.symlink_metadata().is_ok() {
            return Err(AnnotationFileError::Kept { name });
        }
        fs::create_dir_all(&self.path).map_err(folder)?;
        // A program that starts meanwhile reads the old text or the new one.
        let mut written = tempfile::NamedTempFile::new_in(&self.path).map_err(folder)?;
        written.write_all(file.text.as_bytes()).map_err(folder)?;
        written.persist(&place).map_err(|error| folder(error.error))?;
        Ok(name)
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be taken away.
    pub fn remove(&self, name: &str) -> Result<PathBuf, AnnotationFileError> {
        let kept = self.kept();
        let Some((_, path)) = kept.iter().find(|(known, _)| known == name) else {
            let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
            let near = match names.as_slice() {
                [] => String::new(),
                names => format!(" ({})", names.join(", ")),
            };
            return Err(AnnotationFileError::Unknown { name: name.to_owned(), near });
        };
        fs::remove_file(path).map_err(|source| AnnotationFileError::Folder {
            path: self.path.display().to_string(),
            source,
        })?;
        Ok(path.clone())
    }
}
