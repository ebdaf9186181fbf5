//! Reading: how a database is opened that may not be written to.
//!
//! SQLite reads a database in WAL mode only together with its log's index, which it makes where there is
//! none. Where it may not, a database without a log is read as one that does not change, and one with a log
//! (its program was killed, or is of another user) as a copy, in which the log counts.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::StoreError;

/// A database to read, as SQLite is to open it.
pub(crate) struct Readable {
    /// A URI, or a path.
    pub(crate) address: String,
    /// The folder with the copy, if it is one; gone with this.
    pub(crate) copy: Option<TempDir>,
}

/// Opens a database in one of the ways in which it can be read, the cheapest first.
pub(crate) fn open<T>(
    file: &Path,
    mut open: impl FnMut(&Readable) -> Result<T, StoreError>,
) -> Result<(T, Option<TempDir>), StoreError> {
    let shared = Readable { address: uri(file, "mode=ro"), copy: None };
    let refused = match open(&shared) {
        Ok(opened) => return Ok((opened, None)),
        Err(error @ StoreError::NotWritable { .. }) => error,
        Err(error) => return Err(error),
    };
    if !has_log(file) {
        let unchanging = Readable { address: uri(file, "mode=ro&immutable=1"), copy: None };
        match open(&unchanging) {
            Err(StoreError::NotWritable { .. }) => {}
            opened => return opened.map(|opened| (opened, None)),
        }
    }
    if !file.is_file() {
        return Err(refused);
    }
    // Its log has to be read into it, or its tables are to be brought up to date.
    let copied = copy_of(file)
        .map_err(|error| StoreError::NotReadable { file: file.to_owned(), source: error.into() })?;
    open(&copied).map(|opened| (opened, copied.copy))
}

fn copy_of(file: &Path) -> std::io::Result<Readable> {
    let folder = tempfile::Builder::new().prefix("clew-").tempdir()?;
    let to = folder.path().join("copy.db");
    std::fs::copy(file, &to)?;
    if has_log(file) {
        std::fs::copy(beside(file, "-wal"), beside(&to, "-wal"))?;
    }
    for copied in [to.clone(), beside(&to, "-wal")] {
        make_writable(&copied);
    }
    Ok(Readable { address: to.to_string_lossy().into_owned(), copy: Some(folder) })
}

/// A copy has the original's permissions.
fn make_writable(file: &Path) {
    let Ok(known) = file.metadata() else { return };
    let mut permissions = known.permissions();
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    #[cfg(not(unix))]
    permissions.set_readonly(false);
    let _ = std::fs::set_permissions(file, permissions);
}

fn has_log(file: &Path) -> bool {
    beside(file, "-wal").metadata().is_ok_and(|log| log.len() > 0)
}

/// The file that SQLite keeps beside a database.
pub(crate) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    PathBuf::from(name)
}

fn uri(file: &Path, query: &str) -> String {
    let mut uri = "file:".to_owned();
    for byte in file.to_string_lossy().bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => write!(uri, "%{byte:02x}").expect("a text takes all that is written to it"),
        }
    }
    uri.push('?');
    uri.push_str(query);
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_uri_names_any_path() {
        let uri = uri(std::path::Path::new("/a b/ü?#%.db"), "mode=ro");
        assert_eq!(uri, "file:/a%20b/%c3%bc%3f%23%25.db?mode=ro");
    }
}
