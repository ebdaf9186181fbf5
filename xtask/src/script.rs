//! Script: a Python program to try clew on, and how it wants to be run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::process::Workplace;
use crate::python::{Python, Version};

/// A program in a file, with the wishes that comments in its first five lines spell out:
///
/// ```python
/// # args: --verbose input.txt
/// # stdin: first line\nsecond line\n
/// # python: >=3.12
/// # files: written.txt
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// The file that holds it.
    pub(crate) path: PathBuf,
    /// Its text, where the file holds more than that.
    program: Option<String>,
    /// What it is given as arguments.
    arguments: Vec<String>,
    /// What it is given on standard input.
    pub(crate) stdin: Vec<u8>,
    /// The oldest Python that can run it.
    python: Option<Version>,
    /// The files that it must write.
    pub(crate) files: Vec<String>,
}

impl Script {
    /// The scripts under some paths, in the order of their names: files in `.py`, and the programs
    /// of files in `.slice`. What begins with `_` and what lies in a package is part of another
    /// program, unless it was named itself.
    pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<Self>> {
        let mut files = Vec::new();
        for path in paths {
            if path.is_dir() {
                find_files(path, &mut files)?;
            } else {
                files.push(path.clone());
            }
        }
        let scripts: Vec<Self> = files.into_iter().map(Self::read).collect::<Result<_>>()?;
        if scripts.is_empty() {
            Err("there are no scripts under these paths".into())
        } else {
            Ok(scripts)
        }
    }

    fn read(path: PathBuf) -> Result<Self> {
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        // A script in another encoding is Python's business; the directives are ASCII.
        let text = String::from_utf8_lossy(&bytes);
        let program = match path.extension() {
            Some(extension) if extension == "slice" => {
                Some(program_of_slices(&text).ok_or_else(|| {
                    format!("{} does not begin with `### program`", path.display())
                })?)
            }
            _ => None,
        };
        let script =
            Self { path: path.clone(), program: program.map(str::to_owned), ..Self::default() };
        script
            .with_directives(program.unwrap_or(&text))
            .map_err(|error| format!("{}: {error}", path.display()).into())
    }

    fn with_directives(mut self, text: &str) -> std::result::Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for line in text.lines().take(5) {
            let directive = line.trim_start().strip_prefix("# ");
            match directive.and_then(|directive| directive.split_once(": ")) {
                Some(("args", words)) => self.arguments = split(words),
                Some(("stdin", text)) => self.stdin = unescape(text),
                Some(("files", names)) => self.files = split(names),
                Some(("python", wanted)) => {
                    let version = wanted.trim().strip_prefix(">=").ok_or_else(|| {
                        format!("`# python: {wanted}` is not as in `# python: >=3.12`")
                    })?;
                    self.python = Some(version.trim().parse()?);
                }
                _ => {}
            }
        }
        Ok(self)
    }

    /// Whether a Python is recent enough.
    pub(crate) fn runs_on(&self, python: &Python) -> bool {
        self.python.is_none_or(|oldest| python.version >= oldest)
    }

    /// The file to run, which is written first where the script is a part of another file.
    pub(crate) fn place(&self, workplace: &Workplace) -> std::io::Result<PathBuf> {
        let Some(program) = &self.program else { return Ok(self.path.clone()) };
        let folder = workplace.beside("script");
        fs::create_dir_all(&folder)?;
        let path = folder.join("program.py");
        fs::write(&path, program)?;
        Ok(path)
    }

    /// Adds the script's arguments to a command, and what makes runs of it alike.
    pub(crate) fn prepare(&self, mut command: Command) -> Command {
        command
            .args(&self.arguments)
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("MPLBACKEND", "Agg");
        command
    }
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    for path in paths {
        let hidden =
            path.file_name().is_none_or(|name| name.to_string_lossy().starts_with(['_', '.']));
        if hidden {
            continue;
        }
        if path.is_dir() {
            if !path.join("__init__.py").exists() {
                find_files(&path, files)?;
            }
        } else if path
            .extension()
            .is_some_and(|extension| extension == "py" || extension == "slice")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// The program of a file that tells which slices are wanted of it.
fn program_of_slices(text: &str) -> Option<&str> {
    let program = text.strip_prefix("### program\n")?;
    Some(program.find("### slice ").map_or(program, |end| &program[..end]))
}

fn split(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

/// Reads `\n`, `\r`, `\t`, `\\` and `\xff`; any other backslash stays.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let escape = if byte == b'\\' { after.first() } else { None };
        let (byte, used) = match escape {
            Some(b'n') => (b'\n', 1),
            Some(b'r') => (b'\r', 1),
            Some(b't') => (b'\t', 1),
            Some(b'\\') => (b'\\', 1),
            Some(b'x') => match after.get(1..3).and_then(hexadecimal) {
                Some(byte) => (byte, 3),
                None => (byte, 0),
            },
            _ => (byte, 0),
        };
        bytes.push(byte);
        rest = &rest[used..];
    }
    bytes
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests;
