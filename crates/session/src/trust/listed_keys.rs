//! Listed keys: whose values this user trusts beside their own.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::sync::OnceLock;

use super::others_may_change;
use super::own_key::configuration_folder;
use super::public_key::PublicKey;

/// A key that this user trusts, and the name that they gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub key: PublicKey,
    /// Whose it is, as this user calls them; it may be empty.
    pub name: String,
}

/// Why the list of trusted keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// There is no configuration folder.
    #[error("there is no home folder to keep trusted keys in; set XDG_CONFIG_HOME or HOME")]
    NoHome,
    /// It cannot be read or written.
    #[error("cannot use `{file}`")]
    File {
        /// The list.
        file: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Others could have written it.
    #[error("{0}, so that its keys are not trusted; make it your own, with mode 0600")]
    ChangeableByOthers(String),
    /// A line of it is no key.
    #[error("line {line} of `{file}` is no key of clew's; mend it or take it out")]
    NoKey {
        /// The list.
        file: String,
        /// Counted from 1.
        line: usize,
    },
}

/// The keys that this user trusts beside their own.
///
/// # Errors
/// When the list cannot be read or is not to be relied on.
pub fn trusted() -> Result<Vec<ListedKey>, TrustError> {
    let file = file()?;
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(TrustError::File { file: file.display().to_string(), source }),
    };
    match others_may_change(&file) {
        Some(reason) => Err(TrustError::ChangeableByOthers(reason)),
        None => read(&text, &file.display().to_string()),
    }
}

/// Lists a key, in the place of one that is listed already.
///
/// # Errors
/// When the list cannot be read or written.
pub fn trust(key: PublicKey, name: &str) -> Result<(), TrustError> {
    let mut keys = trusted()?;
    keys.retain(|listed| listed.key != key);
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    keys.push(ListedKey { key, name });
    write(&keys)
}

/// Takes a key off the list. Gives whether it was there.
///
/// # Errors
/// When the list cannot be read or written.
pub fn distrust(key: PublicKey) -> Result<bool, TrustError> {
    let mut keys = trusted()?;
    let before = keys.len();
    keys.retain(|listed| listed.key != key);
    let found = keys.len() < before;
    if found {
        write(&keys)?;
    }
    Ok(found)
}

/// Whether a key was listed when that was first asked.
pub(super) fn is_trusted(key: &PublicKey) -> bool {
    static TRUSTED: OnceLock<Vec<ListedKey>> = OnceLock::new();
    let trusted = TRUSTED.get_or_init(|| trusted().unwrap_or_default());
    trusted.iter().any(|listed| listed.key == *key)
}

fn file() -> Result<PathBuf, TrustError> {
    Ok(configuration_folder().ok_or(TrustError::NoHome)?.join("trusted"))
}

fn read(text: &str, file: &str) -> Result<Vec<ListedKey>, TrustError> {
    let mut keys = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let key =
            key.parse().map_err(|_| TrustError::NoKey { file: file.to_owned(), line: at + 1 })?;
        keys.push(ListedKey { key, name: name.trim().to_owned() });
    }
    Ok(keys)
}

fn write(keys: &[ListedKey]) -> Result<(), TrustError> {
    let file = file()?;
    let folder = file.parent().ok_or(TrustError::NoHome)?;
    let lines = keys.iter().map(|listed| format!("{} {}", listed.key, listed.name));
    let text: String = lines.map(|line| format!("{}\n", line.trim_end())).collect();
    let written = fs::create_dir_all(folder).and_then(|()| {
        let mut begun = tempfile::NamedTempFile::new_in(folder)?;
        begun.write_all(text.as_bytes())?;
        begun.as_file().sync_all()?;
        begun.persist(&file).map(drop).map_err(|error| error.error)
    });
    written.map_err(|source| TrustError::File { file: file.display().to_string(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_keys_line_by_line() {
        let key = super::super::own_key().unwrap();
        let listed = read(&format!("# ours\n\n{key}  Ada of the lab\n{key}\n"), "trusted").unwrap();
        let names: Vec<&str> = listed.iter().map(|listed| listed.name.as_str()).collect();
        assert_eq!(names, ["Ada of the lab", ""]);
        assert!(listed.iter().all(|listed| listed.key == key));
    }

    #[test]
    fn what_is_no_key_is_named_by_its_line() {
        let error = read("# ours\nada\n", "trusted").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2 of `trusted` is no key of clew's; mend it or take it out"
        );
        let zero = "00".repeat(32);
        assert!(read(&zero, "trusted").is_err(), "a key of small order verifies anything");
    }
}
