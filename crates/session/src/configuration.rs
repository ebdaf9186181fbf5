//! Configuration: what the environment and a project's file say of how clew works, and where each is said.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use clew_graph::os_text;
use toml::de::DeTable;

use crate::Pointer;

/// The files that a project's settings stand in, the first that is there.
const FILES: [&str; 2] = ["clew.toml", "pyproject.toml"];

/// What can be set, with the variable of the environment that sets it.
pub const KEYS: [Key; 8] = [
    Key::new("store", "CLEW_STORE", Kind::Path, "the store's folder"),
    Key::new("annotations", "CLEW_ANNOTATIONS", Kind::Paths, "files of rules that every run reads"),
    Key::new(
        "builtin-annotations",
        "CLEW_BUILTIN_ANNOTATIONS",
        Kind::Flag,
        "whether clew's own rules are asked",
    ),
    Key::new("observe", "CLEW_OBSERVE", Kind::Number, "how much unknown calls are looked at"),
    Key::new(
        "fingerprints",
        "CLEW_FINGERPRINTS",
        Kind::Flag,
        "whether every variable's fingerprint is kept",
    ),
    Key::new("redact", "CLEW_REDACT", Kind::Flag, "whether what looks like a secret is masked"),
    Key::new(
        "strict",
        "CLEW_STRICT",
        Kind::Flag,
        "whether clew's own faults end a run with an error",
    ),
    Key::new("timeout", "CLEW_TIMEOUT", Kind::Number, "after how many seconds a replay is stopped"),
];

/// Something that can be set.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in a file.
    pub name: &'static str,
    /// The variable of the environment.
    pub variable: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    kind: Kind,
}

impl Key {
    const fn new(
        name: &'static str,
        variable: &'static str,
        kind: Kind,
        about: &'static str,
    ) -> Self {
        Self { name, variable, about, kind }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Path,
    Paths,
    Flag,
    Number,
}

/// What something is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// A path, made absolute where a file names it, as [OS text](clew_graph::os_text).
    Path(String),
    /// Some paths.
    Paths(Vec<String>),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Paths(paths) => f.write_str(&paths.join(", ")),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// Where something is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetBy {
    /// On the command line, by this flag.
    Flag(&'static str),
    /// In the environment, by this variable.
    Environment(&'static str),
    /// In a file.
    File(PathBuf),
    /// A store lies there, in a folder above.
    Found,
    /// Nowhere.
    Default,
}

impl fmt::Display for SetBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment(variable) => write!(f, "${variable}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Found => f.write_str("found above the current folder"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What is wrong with a file or the environment.
#[derive(Clone, Debug)]
pub struct ConfigurationProblem {
    /// What, as a sentence.
    pub what: String,
    /// Where it stands, if in a file that can be read.
    pub at: Option<Pointer>,
}

impl From<String> for ConfigurationProblem {
    fn from(what: String) -> Self {
        Self { what, at: None }
    }
}

impl fmt::Display for ConfigurationProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// What is set, and where. A command's flags go before all of it.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    known: BTreeMap<&'static str, (Setting, SetBy)>,
    /// What is wrong with the file or the environment; it is passed over.
    pub problems: Vec<ConfigurationProblem>,
    /// The file, where there is one.
    pub file: Option<PathBuf>,
}

impl Configuration {
    /// The settings for a command in a folder: of the environment, and else of the nearest `clew.toml` or
    /// `pyproject.toml` with a table `tool.clew`, there or in a folder above.
    pub fn read(current: &Path) -> Self {
        Self::of(current, &|name| std::env::var_os(name))
    }

    fn of(current: &Path, environment: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let mut settings = Self::default();
        for folder in folders_above(current) {
            if settings.read_folder(folder) {
                break;
            }
        }
        for key in &KEYS {
            let Some(given) = environment(key.variable).filter(|given| !given.is_empty()) else {
                continue;
            };
            match from_environment(key.kind, &os_text::to_text(&given)) {
                Ok(setting) => {
                    settings.known.insert(key.name, (setting, SetBy::Environment(key.variable)));
                }
                Err(wanted) => {
                    settings.problems.push(format!("${} is not {wanted}", key.variable).into())
                }
            }
        }
        settings
    }

    /// What something is set to, and where; nothing where it is not.
    pub fn get(&self, name: &str) -> Option<&(Setting, SetBy)> {
        self.known.get(name)
    }

    /// Whether something is set to yes; `None` where it is not set.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some((Setting::Flag(flag), _)) => Some(*flag),
            _ => None,
        }
    }

    /// The number that something is set to.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some((Setting::Number(number), _)) => Some(*number),
            _ => None,
        }
    }

    /// The paths that something is set to.
    pub fn paths(&self, name: &str) -> &[String] {
        match self.get(name) {
            Some((Setting::Paths(paths), _)) => paths,
            Some((Setting::Path(path), _)) => std::slice::from_ref(path),
            _ => &[],
        }
    }

    /// Reads the settings that stand in a folder; `false` where there are none.
    fn read_folder(&mut self, folder: &Path) -> bool {
        for name in FILES {
            let path = folder.join(name);
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            if !is_own(&path) {
                let what = format!("{} is another user's and is not read", path.display());
                self.problems.push(what.into());
                continue;
            }
            let table = match text.parse::<toml::Table>() {
                Ok(table) => table,
                Err(error) => {
                    // A broken file of the whole project is not ours to complain about.
                    if name == FILES[0] {
                        let what =
                            format!("{} cannot be read: {}", path.display(), error.message());
                        let place = error.span().map(|span| span.start);
                        let at = place.and_then(|place| Pointer::at_offset(&text, place));
                        self.problems.push(ConfigurationProblem { what, at });
                    }
                    continue;
                }
            };
            let table = match name == FILES[0] {
                true => Some(&table),
                false => table.get("tool").and_then(|tool| tool.get("clew")?.as_table()),
            };
            if let Some(table) = table {
                self.take(table, (&path, &text), folder);
                self.file = Some(path);
                return true;
            }
        }
        false
    }

    fn take(&mut self, table: &toml::Table, (file, text): (&Path, &str), folder: &Path) {
        for (name, value) in table {
            let Some(key) = KEYS.iter().find(|key| key.name == name) else {
                let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
                let known = names.join(", ");
                let what =
                    format!("{}: there is no setting `{name}`; there are {known}", file.display());
                self.problems.push(ConfigurationProblem { what, at: place_of(text, file, name) });
                continue;
            };
            match from_file(key.kind, value, folder) {
                Ok(setting) => {
                    self.known.insert(key.name, (setting, SetBy::File(file.to_owned())));
                }
                Err(wanted) => {
                    let what = format!("{}: `{name}` is not {wanted}", file.display());
                    let at = place_of(text, file, name);
                    self.problems.push(ConfigurationProblem { what, at });
                }
            }
        }
    }
}

/// Where a setting stands in the text of a file.
fn place_of(text: &str, file: &Path, name: &str) -> Option<Pointer> {
    let whole = DeTable::parse(text).ok()?;
    let mut table = whole.get_ref();
    if !file.ends_with(FILES[0]) {
        for within in ["tool", "clew"] {
            table = table.get(within)?.get_ref().as_table()?;
        }
    }
    let (key, _) = table.iter().find(|(key, _)| key.get_ref() == name)?;
    Pointer::at_offset(text, key.span().start)
}

fn from_environment(kind: Kind, text: &str) -> Result<Setting, &'static str> {
    match kind {
        Kind::Path => Ok(Setting::Path(text.to_owned())),
        Kind::Paths => {
            let paths = text.split(':').filter(|path| !path.is_empty());
            Ok(Setting::Paths(paths.map(str::to_owned).collect()))
        }
        Kind::Flag => match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(Setting::Flag(true)),
            "0" | "false" | "no" | "off" => Ok(Setting::Flag(false)),
            _ => Err("1 or 0"),
        },
        Kind::Number => match text.parse::<f64>() {
            Ok(number) if is_amount(number) => Ok(Setting::Number(number)),
            _ => Err("a number, and 0 or more"),
        },
    }
}

fn from_file(kind: Kind, value: &toml::Value, folder: &Path) -> Result<Setting, &'static str> {
    let beside = |path: &str| {
        if path.contains("://") {
            return path.to_owned();
        }
        os_text::to_text(folder.join(path).as_os_str())
    };
    match (kind, value) {
        (Kind::Path, toml::Value::String(path)) if !path.is_empty() => {
            Ok(Setting::Path(beside(path)))
        }
        (Kind::Path, _) => Err("a path"),
        (Kind::Paths, toml::Value::Array(paths)) => {
            let paths: Option<Vec<String>> =
                paths.iter().map(|path| path.as_str().map(beside)).collect();
            paths.map(Setting::Paths).ok_or("a list of paths")
        }
        (Kind::Paths, _) => Err("a list of paths"),
        (Kind::Flag, toml::Value::Boolean(flag)) => Ok(Setting::Flag(*flag)),
        (Kind::Flag, _) => Err("true or false"),
        (Kind::Number, toml::Value::Float(number)) if is_amount(*number) => {
            Ok(Setting::Number(*number))
        }
        (Kind::Number, toml::Value::Integer(number)) if (0..=1 << 50).contains(number) => {
            // So small an integer is the same as a float.
            Ok(Setting::Number(*number as f64))
        }
        (Kind::Number, _) => Err("a number, and 0 or more"),
    }
}

fn is_amount(number: f64) -> bool {
    number.is_finite() && number >= 0.0
}

/// The folder and those above it, as far as nobody else could have put something there: a folder that all may
/// write to ends the way up, and so does the user's home, which is no project.
pub(crate) fn folders_above(current: &Path) -> impl Iterator<Item = &Path> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let mut way = current.ancestors();
    let first = way.next();
    let above =
        way.take_while(move |folder| home.as_deref() != Some(folder) && !all_may_write(folder));
    first.into_iter().chain(above)
}

#[cfg(unix)]
fn all_may_write(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(folder).is_ok_and(|known| known.mode() & 0o002 != 0)
}

/// Whether a file or folder is this user's, or the system's.
#[cfg(unix)]
pub(crate) fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid().as_raw();
    std::fs::metadata(path).is_ok_and(|known| known.uid() == user || known.uid() == 0)
}

#[cfg(not(unix))]
fn all_may_write(_: &Path) -> bool {
    false
}

#[cfg(not(unix))]
pub(crate) fn is_own(_: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file and an environment set, a line each, and what is wrong with them.
    fn check(name: &str, text: &str, environment: &[(&str, &str)], expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let within = folder.path().join("a/b");
        std::fs::create_dir_all(&within).unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        let settings = Configuration::of(&within, &|asked| {
            let found = environment.iter().find(|(name, _)| *name == asked);
            found.map(|(_, value)| OsString::from(value))
        });
        let known = KEYS.iter().filter_map(|key| {
            let (setting, origin) = settings.get(key.name)?;
            Some(format!("{} = {setting} ({origin})", key.name))
        });
        let lines: Vec<String> =
            known.chain(settings.problems.iter().map(ToString::to_string)).collect();
        let said = lines.join("\n").replace(&folder.path().display().to_string(), "~");
        assert_eq!(said, expected);
    }

    #[test]
    fn a_projects_file_is_found_from_below_and_its_paths_lie_beside_it() {
        check(
            "pyproject.toml",
            "[tool.clew]\nstore = \"kept\"\nannotations = [\"a.yaml\"]\nobserve = 0\nredact = true\n",
            &[],
            "store = ~/kept (~/pyproject.toml)\nannotations = ~/a.yaml (~/pyproject.toml)\n\
             observe = 0 (~/pyproject.toml)\nredact = true (~/pyproject.toml)",
        );
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        check(
            "clew.toml",
            "timeout = 5\nstrict = true\n",
            &[("CLEW_TIMEOUT", "7"), ("CLEW_STORE", "")],
            "strict = true (~/clew.toml)\ntimeout = 7 ($CLEW_TIMEOUT)",
        );
    }

    #[test]
    fn what_is_wrong_is_said_and_passed_over() {
        check(
            "clew.toml",
            "colour = 1\nredact = \"yes\"\nobserve = -1\n",
            &[("CLEW_STRICT", "maybe")],
            "~/clew.toml: there is no setting `colour`; there are store, annotations, \
             builtin-annotations, observe, fingerprints, redact, strict, timeout\n\
             ~/clew.toml: `observe` is not a number, and 0 or more\n\
             ~/clew.toml: `redact` is not true or false\n$CLEW_STRICT is not 1 or 0",
        );
        check("pyproject.toml", "[project\n", &[], "");
    }
}
