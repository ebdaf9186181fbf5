//! Undo: others let go of what nodes had made.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::notation::{Braced, Cursor, Quoted, Reading};
use crate::{GlobalRead, ImplicitDependency, NodeId, Role};

/// Others than the program's statements let go of what some nodes had made, as a shell closes figures at a
/// cell's end. Who comes later needs that only where one of those nodes is kept: without them there is
/// nothing to let go of. So neither they nor what the text reads are among what it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// What a program has to say to do the same.
    pub text: String,
    /// The nodes of which nothing is left.
    pub of: Vec<NodeId>,
    /// What the text reads.
    pub global_reads: Vec<GlobalRead>,
    /// The earlier nodes of this kind on the same state.
    pub implicit_dependencies: Vec<ImplicitDependency>,
}

impl Undo {
    /// Whether it matters where some nodes are kept.
    pub fn matters(&self, is_kept: impl Fn(NodeId) -> bool) -> bool {
        self.of.iter().any(|&step| is_kept(step))
    }

    pub(crate) fn read(text: &mut Cursor<'_>) -> Reading<Self> {
        let said = text.string()?.ok_or_else(|| text.unexpected("a quoted text"))?;
        Ok(Self {
            text: said,
            of: text.braced("of", Cursor::node)?,
            global_reads: text.braced("reads", GlobalRead::read)?,
            implicit_dependencies: text.braced("after", ImplicitDependency::read)?,
        })
    }

    pub(crate) fn visit_inputs(&self, visit: &mut dyn FnMut(Role, NodeId)) {
        for dependency in &self.implicit_dependencies {
            visit(Role::Implicit, dependency.node);
        }
    }
}

impl fmt::Display for Undo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "undo {}", Quoted(&self.text))?;
        Braced("of", &self.of).fmt(f)?;
        Braced("reads", &self.global_reads).fmt(f)?;
        Braced("after", &self.implicit_dependencies).fmt(f)
    }
}
