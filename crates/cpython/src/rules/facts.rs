//! Facts: what rules ask about a live call.

use std::cell::RefCell;
use std::rc::Rc;

use clew_effects::{CallFacts, KnownValue, Origin};
use clew_graph::Literal;
use clew_heap::arguments::CallArguments;
use clew_heap::constant::literal_of;
use clew_heap::{Lent, Quiet};

use crate::package::version_of;

/// A live call, with the receiver of its method, if it is one's.
pub(super) struct Facts<'a> {
    pub(super) call: Option<&'a CallArguments>,
    pub(super) receiver: Option<Lent<'a>>,
    /// The rules that answered, where someone wants to know.
    pub(super) asked: Option<Rc<RefCell<Vec<Origin>>>>,
    pub(super) quiet: Quiet<'a>,
}

impl CallFacts for Facts<'_> {
    fn positional(&self) -> usize {
        self.call.map_or(0, |call| call.count)
    }

    fn positional_value(&self, index: usize) -> KnownValue {
        let value = self.call.and_then(|call| call.lent_positional(index));
        value.map_or(KnownValue::Unknown, known)
    }

    fn keywords(&self) -> usize {
        self.call.map_or(0, CallArguments::keyword_count)
    }

    fn keyword(&self, name: &str) -> Option<KnownValue> {
        self.call.and_then(|call| call.lent_keyword(name)).map(known)
    }

    fn attribute(&self, name: &str) -> Option<KnownValue> {
        match self.receiver {
            Some(receiver) => receiver.attribute(name).map(known),
            None => Some(KnownValue::Unknown),
        }
    }

    fn version(&self, package: &str) -> Option<String> {
        version_of(self.quiet, package)
    }

    fn answered_by(&self, rule: &Origin) {
        if let Some(asked) = &self.asked {
            asked.borrow_mut().push(rule.clone());
        }
    }
}

pub(crate) fn known(value: Lent<'_>) -> KnownValue {
    let literal = literal_of(value)
        .or_else(|| value.float().map(Literal::Float))
        // A longer text is none that is compared with constants of the program.
        .or_else(|| value.text().map(Literal::Str));
    literal.map_or(KnownValue::Object, KnownValue::Literal)
}
