//! Claim: what a rule says and of whom, for those who want to check it.

use std::fmt;
use std::sync::Arc;

use super::{File, Rule, Subject};
use crate::release::Releases;

/// Where a rule stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The file, by the name that it was given.
    pub file: Arc<str>,
    /// The line on which the rule begins, counted from one.
    pub line: usize,
}

/// A rule as it stands in its file, before any call is looked at.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Where it stands.
    pub origin: Origin,
    /// The modules of which it holds.
    pub modules: Vec<String>,
    /// Whom it is about in each of them.
    pub subjects: Subjects,
    /// Whether it holds for some calls only, because of what they pass.
    pub conditional: bool,
    releases: Vec<Releases>,
}

/// Whom a rule is about, by names and patterns in a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// Functions, by name.
    Functions(Vec<String>),
    /// Functions whose name fits the pattern.
    FunctionPattern(String),
    /// Methods of classes, by name.
    Methods(Vec<String>, Vec<String>),
    /// Methods of classes whose name fits the pattern.
    MethodPattern(Vec<String>, String),
    /// All methods of classes.
    AllMethods(Vec<String>),
    /// Calling one of the classes.
    Init(Vec<String>),
}

impl Claim {
    /// Whether it is made for a version of its package.
    pub fn holds_in(&self, version: &str) -> bool {
        self.releases.iter().all(|releases| releases.contains(version))
    }

    /// What the rules of a file claim.
    pub(crate) fn all(file: File) -> Vec<Self> {
        let name: Arc<str> = file.name.into();
        let mut claims = Vec::new();
        for entry in file.modules {
            for Rule { line, subject, conditions, releases, .. } in entry.rules {
                claims.push(Self {
                    origin: Origin { file: Arc::clone(&name), line },
                    modules: entry.modules.clone(),
                    subjects: subject.into(),
                    conditional: !conditions.is_empty(),
                    releases: entry.releases.iter().cloned().chain(releases).collect(),
                });
            }
        }
        claims
    }
}

impl From<Subject> for Subjects {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Functions(names) => Self::Functions(names),
            Subject::FunctionPattern(pattern) => Self::FunctionPattern(pattern.to_string()),
            Subject::Methods { classes, methods } => Self::Methods(classes, methods),
            Subject::MethodPattern { classes, pattern } => {
                Self::MethodPattern(classes, pattern.to_string())
            }
            Subject::AllMethods { classes } => Self::AllMethods(classes),
            Subject::Init { classes } => Self::Init(classes),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
