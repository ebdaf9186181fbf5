//! Facts: what rules ask about a live call.

use std::cell::RefCell;
use std::rc::Rc;

use clew_effects::{CallFacts, Origin, Scalar};
use clew_heap::arguments::CallArguments;
use clew_heap::constant::Constant;
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

    fn positional_value(&self, index: usize) -> Scalar {
        let value = self.call.and_then(|call| call.lent_positional(index));
        value.map_or(Scalar::Unknown, scalar)
    }

    fn keywords(&self) -> usize {
        self.call.map_or(0, CallArguments::keyword_count)
    }

    fn keyword(&self, name: &str) -> Option<Scalar> {
        self.call.and_then(|call| call.lent_keyword(name)).map(scalar)
    }

    fn attribute(&self, name: &str) -> Option<Scalar> {
        match self.receiver {
            Some(receiver) => receiver.attribute(name).map(scalar),
            None => Some(Scalar::Unknown),
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

fn scalar(value: Lent<'_>) -> Scalar {
    match Constant::of(value) {
        Some(Constant::None) => Scalar::None,
        Some(Constant::Bool(value)) => Scalar::Bool(value),
        Some(Constant::Int(value)) => Scalar::Int(value),
        Some(Constant::Str(text)) => Scalar::Str(text),
        // A longer text is none that is compared with constants of the program.
        None => {
            let number = value.float().map(Scalar::Float);
            number.or_else(|| value.text().map(Scalar::Str)).unwrap_or(Scalar::Other)
        }
    }
}
