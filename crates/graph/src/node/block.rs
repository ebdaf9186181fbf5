//! Block: a compound statement or a definition, run as a whole.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::notation::{Braced, Cursor, Name, Reading};
use crate::{GlobalRead, ImplicitDependency, NodeId, Role};

/// Runs a compound statement or a definition as a whole. The node's span is its source text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Which kind of statement.
    pub kind: BlockKind,
    /// The variables it read, or would read where it did not run.
    pub global_reads: Vec<GlobalRead>,
    /// The nodes whose effects outside the program's variables it depends on.
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

/// Which kind of statement a [`Block`] is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum BlockKind {
    /// `for` and `async for`
    For,
    /// `while`
    While,
    /// `with` and `async with`
    With,
    /// `try`
    Try,
    /// `match`
    Match,
    /// `def` and `async def`
    #[strum(serialize = "def")]
    Function,
    /// `class`
    Class,
    /// A branch that was not taken; under a `with` whose span it has, what leaving that refers to.
    Unexecuted,
    /// A statement of which nothing more is known: it ran, and may have changed what it read.
    Unknown,
    /// A statement in the body of a loop: what it did in all turns.
    Inner,
    /// A call of a function whose statements have nodes of their own, which stand under it. Without a span and
    /// under such a call: how the function was left.
    Call,
}

impl BlockKind {
    /// Every kind.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The kind's word, as texts write it.
    pub fn word(self) -> &'static str {
        self.into()
    }
}
