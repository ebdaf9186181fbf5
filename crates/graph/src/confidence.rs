//! Confidence: how it is known what a call does.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! confidences {
    ($($(#[$meta:meta])* $name:ident = $word:literal,)*) => {
        /// How what a call does is known, the best way first.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        pub enum Confidence { $($(#[$meta])* $name,)* }

        impl Confidence {
            /// Every way.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word for it, as reports and texts write it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }

        impl FromStr for Confidence {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok(Self::$name),)* _ => Err(()) }
            }
        }
    };
}

confidences! {
    /// A rule says so.
    Annotated = "annotated",
    /// The function's own code says so.
    Inferred = "inferred",
    /// It was seen to happen.
    Observed = "observed",
    /// Nothing is known, so the worst is assumed.
    Assumed = "assumed",
    /// The call could not be followed at all.
    Unknown = "unknown",
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
