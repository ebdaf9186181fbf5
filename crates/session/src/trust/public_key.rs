//! Public key: what others know a user's key by.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{SIGNATURE_LENGTH, Signature, VerifyingKey};

/// What others know a user's key by: 64 hexadecimal digits as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(super) [u8; 32]);

impl PublicKey {
    /// Whether the key that belongs to this one signed a message.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8; SIGNATURE_LENGTH]) -> bool {
        // Strictly, so that no key of small order is a key to everything.
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        blake3::Hash::from_bytes(self.0).fmt(f)
    }
}

impl FromStr for PublicKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        // A digest is as long as a key, and written alike.
        let digits = blake3::Hash::from_hex(text).map_err(|_| NoKey)?;
        let key = *digits.as_bytes();
        let weak = VerifyingKey::from_bytes(&key).map_err(|_| NoKey)?.is_weak();
        if weak { Err(NoKey) } else { Ok(Self(key)) }
    }
}

/// A text is no public key.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("it is no key of clew's; `clew trust` prints a user's key, 64 hexadecimal digits")]
pub struct NoKey;
