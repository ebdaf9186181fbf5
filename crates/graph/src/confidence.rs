//! Confidence: how it is known what a call does.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How what a call does is known, the best way first.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Confidence {
    /// A rule says so.
    Annotated,
    /// The function's own code says so.
    Inferred,
    /// It was seen to happen.
    Observed,
    /// Nothing is known, so the worst is assumed.
    Assumed,
    /// The call could not be followed at all.
    Unknown,
}

impl Confidence {
    /// Every way.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The word for it, as reports and texts write it.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
