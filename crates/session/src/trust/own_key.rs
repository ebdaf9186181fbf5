//! Own key: what this user's values are signed with.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ed25519_dalek::{Signature, Signer, SigningKey};

use super::public_key::PublicKey;
use crate::describe;

/// A user's own key on a machine.
pub(super) struct Key {
    /// What stands in its file; values of an earlier clew are sealed with it.
    secret: [u8; 32],
    signing: SigningKey,
}

impl Key {
    fn new(secret: [u8; 32]) -> Self {
        let seed = blake3::derive_key("clew 2026-11 what values are signed with", &secret);
        Self { secret, signing: SigningKey::from_bytes(&seed) }
    }

    /// Signs a message.
    pub(super) fn sign(&self, message: &[u8]) -> Signature {
        self.signing.sign(message)
    }

    /// What others know this key by.
    pub(super) fn public(&self) -> PublicKey {
        PublicKey(self.signing.verifying_key().to_bytes())
    }

    /// The seal of an earlier clew: a keyed hash, which nobody without the key can check.
    pub(super) fn hash(&self, content: &[u8]) -> blake3::Hash {
        blake3::Hasher::new_keyed(&self.secret).update(b"clew value\0").update(content).finalize()
    }
}

/// This user's key, made when it is first wanted.
pub(super) fn own() -> Result<&'static Key, &'static str> {
    static KEY: OnceLock<Result<Key, String>> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let folder = configuration_folder().ok_or("there is no home folder")?;
        found_or_made(&folder).map_err(|error| describe(&error))
    });
    key.as_ref().map_err(String::as_str)
}

/// Where a user's own settings of clew are.
pub(super) fn configuration_folder() -> Option<PathBuf> {
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
    let text = format!("{}\n", blake3::Hash::from_bytes(new));
    // Its file is there with all that is in it or not at all, and for its user only.
    let mut begun = tempfile::NamedTempFile::new_in(folder)?;
    begun.write_all(text.as_bytes())?;
    begun.as_file().sync_all()?;
    match begun.persist_noclobber(&file) {
        Ok(_) => Ok(Key::new(new)),
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
    Ok(Some(Key::new(*digits.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_user_only() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new");
        let made = found_or_made(&folder).unwrap();
        assert_eq!(found_or_made(&folder).unwrap().secret, made.secret);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(folder.join("key").metadata().unwrap().mode() & 0o777, 0o600);
        }
        let other = tempfile::tempdir().unwrap();
        assert_ne!(found_or_made(other.path()).unwrap().secret, made.secret);
    }

    #[test]
    fn what_is_no_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), "mine").unwrap();
        assert!(found_or_made(folder.path()).is_err());
        assert_eq!(fs::read(folder.path().join("key")).unwrap(), b"mine");
    }
}
