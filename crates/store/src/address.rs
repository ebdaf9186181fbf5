//! Address: the name of a value's bytes, made from their content.

use std::fmt;
use std::str::FromStr;

/// Where a value's bytes are kept: the BLAKE3 digest of their content. So equal content has one
/// address, and is kept once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueAddress(pub(crate) [u8; 32]);

impl ValueAddress {
    /// The address that some content has, whether it is kept or not.
    pub fn of(content: &[u8]) -> Self {
        Self(blake3::hash(content).into())
    }
}

impl fmt::Display for ValueAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ValueAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no address: 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value's address is 64 hexadecimal digits")]
pub struct AddressError;

impl FromStr for ValueAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        blake3::Hash::from_hex(text).map(|hash| Self(hash.into())).map_err(|_| AddressError)
    }
}
