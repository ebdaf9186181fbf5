//! Likelihood: which dropped statement may be what a slice lacks.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use clew_graph::Span;

use crate::Slicer;
use crate::replay::Verdict;
use crate::slicer::Selection;

/// The statements that a selection leaves out, the likeliest to be missed first: those of which the
/// error speaks, imports, calls for their own sake, then whatever else; of each the latest first.
pub(super) fn ordered(slicer: &Slicer<'_>, selection: &Selection, verdict: &Verdict) -> Vec<Span> {
    let named = match verdict {
        Verdict::Failed { reason } => words(reason),
        _ => BTreeSet::new(),
    };
    let mut outermost: Vec<Span> = Vec::new();
    for span in slicer.dropped(selection) {
        // What is within a statement that is left out as a whole comes back with it.
        if !outermost.last().is_some_and(|last| last.contains(&span)) {
            outermost.push(span);
        }
    }
    let mut ranked: Vec<_> = outermost
        .into_iter()
        .map(|span| {
            let text = slicer.text_of(span);
            let mentions = words(text).intersection(&named).count();
            (Reverse(mentions), kind(text), Reverse(span), span)
        })
        .collect();
    ranked.sort();
    ranked.into_iter().map(|(.., span)| span).collect()
}

/// Whether a statement imports or is a call for its own sake.
pub(super) fn is_import_or_call(text: &str) -> bool {
    kind(text) <= 1
}

/// The longer names in a text.
pub(super) fn words(text: &str) -> BTreeSet<&str> {
    /// Words of the errors themselves.
    const COMMON: [&str; 12] = [
        "object",
        "attribute",
        "module",
        "name",
        "defined",
        "not",
        "has",
        "error",
        "the",
        "for",
        "file",
        "type",
    ];
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| word.len() > 1 && !COMMON.contains(word))
        .collect()
}

/// Statements are ordered by it: the lower, the likelier.
fn kind(text: &str) -> u8 {
    let word = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
    match word {
        Some("import" | "from") => 0,
        Some("print" | "display" | "assert") => 4,
        // A call for its own sake.
        _ if text.ends_with(')') && !is_assignment(text) => 1,
        _ if is_assignment(text) || matches!(word, Some("with" | "for" | "if" | "try" | "del")) => {
            2
        }
        _ => 3,
    }
}

fn is_assignment(text: &str) -> bool {
    let before = text.split('(').next().unwrap_or(text);
    before.contains('=')
}
