//! Trust: which values are known to come from whom, and which stores nobody else can have written to.
//!
//! To load a pickle is to run what is in it, and a store may come from anywhere. So values are signed
//! (Ed25519, RFC 8032) with a key that never leaves its user's configuration folder; what is signed by
//! nobody whom this user trusts is loaded as far as no code comes with it, or when its user says so.

use std::fs;
use std::path::Path;

use ed25519_dalek::SIGNATURE_LENGTH;

mod listed_keys;
mod own_key;
mod public_key;

pub use listed_keys::{ListedKey, TrustError, distrust, trust, trusted};
pub use public_key::PublicKey;

/// Before the signer, the signature and the content of a sealed value. No pickle begins like this.
const MARK: &[u8; 8] = b"\xc1clew\x02\0\0";
/// Before the keyed hash and the content of a value that an earlier clew sealed.
const HASHED: &[u8; 8] = b"\xc1clew\x01\0\0";

/// Some content and who sealed it.
pub struct Unsealed<'c> {
    /// What was sealed.
    pub content: &'c [u8],
    /// Whether this user sealed it, or somebody whose key is listed.
    pub trusted: bool,
    /// Who sealed it, where that is somebody else whose seal is whole.
    pub signer: Option<PublicKey>,
}

/// Puts this user's seal on some content. Without a key (there is no room for one) it stays as it is.
pub fn seal(content: Vec<u8>) -> Vec<u8> {
    let Ok(key) = own_key::own() else { return content };
    let (signer, signature) = (key.public(), key.sign(&message(&content)));
    [&MARK[..], &signer.0, &signature.to_bytes(), &content].concat()
}

/// Takes the seal off some content and looks at it. Content that an earlier clew kept may have none.
pub fn open(sealed: &[u8]) -> Unsealed<'_> {
    let own = own_key::own();
    if let Some((signer, signature, content)) = signed(sealed) {
        let is_whole = signer.has_signed(&message(content), signature);
        let is_own = || own.is_ok_and(|own| own.public() == signer);
        let trusted = is_whole && (is_own() || listed_keys::is_trusted(&signer));
        return Unsealed { content, trusted, signer: is_whole.then_some(signer) };
    }
    let hashed = sealed.strip_prefix(HASHED).and_then(|rest| rest.split_first_chunk());
    let Some((hash, content)) = hashed else {
        return Unsealed { content: sealed, trusted: false, signer: None };
    };
    // A hash of blake3 is compared in constant time.
    let trusted = own.is_ok_and(|own| own.hash(content) == blake3::Hash::from_bytes(*hash));
    Unsealed { content, trusted, signer: None }
}

/// What others know this user's key by.
///
/// # Errors
/// In words, when there is no key and no room for one.
pub fn own_key() -> Result<PublicKey, &'static str> {
    own_key::own().map(own_key::Key::public)
}

fn signed(sealed: &[u8]) -> Option<(PublicKey, &[u8; SIGNATURE_LENGTH], &[u8])> {
    let (signer, rest) = sealed.strip_prefix(MARK)?.split_first_chunk()?;
    let (signature, content) = rest.split_first_chunk()?;
    Some((PublicKey(*signer), signature, content))
}

/// What is signed for some content, however long that is.
fn message(content: &[u8]) -> Vec<u8> {
    [b"clew value\0", &blake3::hash(content).as_bytes()[..]].concat()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_holds_for_the_content_under_it_and_no_other() {
        let sealed = seal(b"content".to_vec());
        let opened = open(&sealed);
        assert_eq!((opened.content, opened.trusted), (&b"content"[..], true));

        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(!open(&changed).trusted);
        for part in [MARK.len(), MARK.len() + 32] {
            let mut foreign = sealed.clone();
            foreign[part] ^= 1;
            assert!(!open(&foreign).trusted);
        }

        let opened = open(b"\x80\x05K\x01.");
        assert_eq!((opened.content, opened.trusted), (&b"\x80\x05K\x01."[..], false));
    }
    #[test]
    fn seals_of_an_earlier_clew_hold() {
        let own = own_key::own().unwrap();
        let sealed = [&HASHED[..], own.hash(b"content").as_bytes(), b"content"].concat();
        assert!(open(&sealed).trusted);
        let other = [&HASHED[..], own.hash(b"content").as_bytes(), b"another"].concat();
        assert!(!open(&other).trusted);
    }
}
