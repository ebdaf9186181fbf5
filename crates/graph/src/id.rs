//! Ids: which node, which source, which session.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares a dense id that prints as a letter and a number.
macro_rules! declare_id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u32);

        impl $name {
            /// The id at a position, for reading what [`Self::index`] wrote.
            pub const fn new(index: u32) -> Self {
                Self(index)
            }

            /// The position that this id stands for.
            pub const fn index(self) -> u32 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

declare_id! {
    /// A node of a program. Given out by [`Graph::insert`](crate::Graph::insert)
    /// in program order and never reused.
    NodeId, "n"
}

declare_id! {
    /// One text of a session (a script, or one executed cell), in the order in which they came.
    SourceId, "s"
}

/// Declares an id that is unique everywhere.
macro_rules! declare_uuid {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

declare_uuid! {
    /// One program from its first statement to its last: a script's run or a notebook's kernel.
    /// A UUIDv7, so that sessions sort by when they began.
    SessionId
}

declare_uuid! {
    /// One time that a session's nodes were run: the first, or a re-run afterwards. A UUIDv7.
    ExecutionId
}
