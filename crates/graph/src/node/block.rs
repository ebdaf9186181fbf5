//! Block: a compound statement or a definition, run as a whole.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::notation::{Braced, Cursor, Name, Reading};
use crate::{GlobalRead, ImplicitDependency, NodeId, Role};

/// Runs a compound statement or a definition as a whole. The node's span is its source text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Which kind of statement.
    pub kind: BlockKind,
    /// The variables it read, or would read where it did not run.
    pub global_reads: Vec<GlobalRead>,
    /// The steps whose effects outside the program's variables it depends on.
    pub implicit_dependencies: Vec<ImplicitDependency>,
    /// The names of the functions that were called inside, each once, in order of their first call.
    pub calls: Vec<String>,
}

impl Block {
    /// A block of a kind that reads nothing yet.
    pub fn new(kind: BlockKind) -> Self {
        Self {
            kind,
            global_reads: Vec::new(),
            implicit_dependencies: Vec::new(),
            calls: Vec::new(),
        }
    }

    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        Ok(Self {
            kind: text.word("a block's kind", |word| word.parse().ok())?,
            global_reads: text.braced("reads", GlobalRead::read)?,
            implicit_dependencies: text.braced("after", ImplicitDependency::read)?,
            calls: text.braced("calls", Cursor::name)?,
        })
    }

    pub(crate) fn visit_inputs(&self, visit: &mut dyn FnMut(Role, NodeId)) {
        for read in &self.global_reads {
            visit(Role::GlobalRead, read.node);
        }
        for dependency in &self.implicit_dependencies {
            visit(Role::Implicit, dependency.node);
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "block {}", self.kind.word())?;
        Braced("reads", &self.global_reads).fmt(f)?;
        Braced("after", &self.implicit_dependencies).fmt(f)?;
        let calls: Vec<Name<'_>> = self.calls.iter().map(|name| Name(name)).collect();
        Braced("calls", &calls).fmt(f)
    }
}

macro_rules! block_kinds {
    ($($(#[$meta:meta])* $name:ident = $word:literal,)*) => {
        /// Which kind of statement a [`Block`] is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum BlockKind { $($(#[$meta])* $name,)* }

        impl BlockKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The kind's word, as texts write it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }

        impl FromStr for BlockKind {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok(Self::$name),)* _ => Err(()) }
            }
        }
    };
}

block_kinds! {
    /// `for` and `async for`
    For = "for",
    /// `while`
    While = "while",
    /// `with` and `async with`
    With = "with",
    /// `try`
    Try = "try",
    /// `match`
    Match = "match",
    /// `def` and `async def`
    Function = "def",
    /// `class`
    Class = "class",
    /// A branch that was not taken; under a `with` whose span it has, what leaving that refers to.
    Unexecuted = "unexecuted",
    /// A statement of which nothing more is known: it ran, and may have changed what it read.
    Unknown = "unknown",
    /// A statement in the body of a loop: what it did in all turns.
    Inner = "inner",
}
