//! Adjustment: in what the slice of one value differs from what was first cut, as proofs have taught.

use clew_graph::Span;
use serde::{Deserialize, Serialize};

/// Statements that are put back into a slice, and statements whose doubtful effects are taken for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Those that are there with all that they need, in the order of the text.
    pub put_back: Vec<Span>,
    /// Those that are there only where more is needed of them than what they may have changed.
    #[serde(default)]
    pub left_out: Vec<Span>,
}
