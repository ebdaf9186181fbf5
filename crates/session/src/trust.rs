//! Trust: which values this machine wrote, and which stores nobody else can have written to.
//!
//! To load a pickle is to run what is in it, and a store may come from anywhere. So values are sealed with a
//! key that never leaves its user's configuration folder; what has no seal of it is loaded as far as no code
//! comes with it, or when its user says so.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::describe;

/// Before the seal and the content of a sealed value. No pickle begins like this.
const MARK: &[u8; 8] = b"\xc1clew\x01\0\0";
const SEAL: usize = 32;

/// What seals are made with, one for each user of a machine.
struct Key([u8; 32]);

/// Some content and whether it is this user's.
pub struct Unsealed<'c> {
    /// What was sealed.
    pub content: &'c [u8],
    /// Whether the key of this user sealed it.
    pub trusted: bool,
}

/// Puts this user's seal on some content. Without a key (there is no room for one) it stays as it is.
pub fn seal(content: Vec<u8>) -> Vec<u8> {
    let Ok(key) = key() else { return content };
    let mut sealed = Vec::with_capacity(MARK.len() + SEAL + content.len());
    sealed.extend_from_slice(MARK);
    sealed.extend_from_slice(key.of(&content).as_bytes());
    sealed.extend_from_slice(&content);
    sealed
}

/// Takes the seal off some content and looks at it. Content that an earlier clew kept has none.
pub fn open(sealed: &[u8]) -> Unsealed<'_> {
    let Some((seal, content)) =
        sealed.strip_prefix(MARK).and_then(|rest| rest.split_first_chunk::<SEAL>())
    else {
        return Unsealed { content: sealed, trusted: false };
    };
    // A hash of blake3 is compared in constant time.
    let trusted = key().is_ok_and(|key| key.of(content) == *seal);
    Unsealed { content, trusted }
}

/// Why others could have changed a store, where they could: its files are not this user's, or others may
/// write to them.
pub fn changeable_by_others(folder: &Path) -> Option<String> {
    let files = ["", "catalog.db", "catalog.db-wal", "values.db", "values.db-wal"];
    files.iter().find_map(|name| {
        let path = if name.is_empty() { folder.to_owned() } else { folder.join(name) };
        others_may_change(&path)
    })
}

#[cfg(unix)]
fn others_may_change(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    const OTHERS_WRITE: u32 = 0o022;
    let known = fs::metadata(path).ok()?;
    if known.uid() != rustix::process::geteuid().as_raw() {
        return Some(format!("`{}` belongs to another user", path.display()));
    }
    (known.mode() & OTHERS_WRITE != 0).then(|| format!("others may write to `{}`", path.display()))
}

#[cfg(not(unix))]
fn others_may_change(_: &Path) -> Option<String> {
    None
}

impl Key {
    fn of(&self, content: &[u8]) -> blake3::Hash {
        blake3::Hasher::new_keyed(&self.0).update(b"clew value\0").update(content).finalize()
    }
}

/// This user's key, made when it is first wanted.
fn key() -> Result<&'static Key, &'static str> {
    static KEY: OnceLock<Result<Key, String>> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let folder = configuration_folder().ok_or("there is no home folder")?;
        found_or_made(&folder).map_err(|error| describe(&error))
    });
    key.as_ref().map_err(String::as_str)
}

/// Where a user's own settings of clew are.
fn configuration_folder() -> Option<PathBuf> {
    let named = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let all = named("XDG_CONFIG_HOME")
        .or_else(|| named("APPDATA"))
        .or_else(|| named("HOME").map(|home| home.join(".config")))?;
    Some(all.join("clew"))
}

fn found_or_made(folder: &Path) -> std::io::Result<Key> {
    let file = folder.join("key");
    if let Some(found) = found(&file)? {
        return Ok(found);
    }
    fs::create_dir_all(folder)?;
    let mut new = [0; 32];
    getrandom::fill(&mut new).map_err(std::io::Error::other)?;
    let mut text = new.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes all that is written to it");
        text
    });
    text.push('\n');
    // Its file is there with all that is in it or not at all, and for its user only.
    let mut begun = tempfile::NamedTempFile::new_in(folder)?;
    begun.write_all(text.as_bytes())?;
    begun.as_file().sync_all()?;
    match begun.persist_noclobber(&file) {
        Ok(_) => Ok(Key(new)),
        // Another process was faster.
        Err(error) => found(&file)?.ok_or(error.error),
    }
}

fn found(file: &Path) -> std::io::Result<Option<Key>> {
    let mut text = String::new();
    match fs::File::open(file) {
        Ok(opened) => opened.take(1024).read_to_string(&mut text)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let unreadable = || {
        let what = format!("`{}` is no key of clew's; move it away", file.display());
        std::io::Error::other(what)
    };
    // A digest is as long as a key, and written alike.
    let digits = blake3::Hash::from_hex(text.trim()).map_err(|_| unreadable())?;
    Ok(Some(Key(*digits.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_user_only() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new");
        let made = found_or_made(&folder).unwrap();
        assert_eq!(found_or_made(&folder).unwrap().0, made.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(folder.join("key").metadata().unwrap().mode() & 0o777, 0o600);
        }
        let other = tempfile::tempdir().unwrap();
        assert_ne!(found_or_made(other.path()).unwrap().0, made.0);
    }

    #[test]
    fn what_is_no_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), "mine").unwrap();
        assert!(found_or_made(folder.path()).is_err());
        assert_eq!(fs::read(folder.path().join("key")).unwrap(), b"mine");
    }

    #[test]
    fn a_seal_holds_for_the_content_under_it_and_no_other() {
        let sealed = seal(b"content".to_vec());
        let opened = open(&sealed);
        assert_eq!((opened.content, opened.trusted), (&b"content"[..], true));

        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(!open(&changed).trusted);
        let mut foreign = sealed;
        foreign[MARK.len()] ^= 1;
        assert!(!open(&foreign).trusted);

        let opened = open(b"\x80\x05K\x01.");
        assert_eq!((opened.content, opened.trusted), (&b"\x80\x05K\x01."[..], false));
    }
}
