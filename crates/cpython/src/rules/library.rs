//! Library: what particular libraries' functions do that annotations have no words for.

use clew_effects::{Change, Effects, ExternalState};
use clew_heap::Lent;
use clew_heap::callable_name::{package_of, top_level};
use clew_syntax::Spelling;

/// How a function of a library finds variables of its caller's in a text that it is given: pandas and
/// numexpr in what they evaluate, statistical packages in formulas.
pub(super) fn spelling_of(function: Lent<'_>, name: &str, has_receiver: bool) -> Option<Spelling> {
    match (package_of(function)?.as_str(), name) {
        ("pandas", "query" | "eval") if has_receiver => Some(Spelling::Marked),
        ("pandas", "eval") | ("numexpr", "evaluate") => Some(Spelling::Plain),
        ("formulaic" | "linearmodels" | "patsy" | "statsmodels", _) => Some(Spelling::Formula),
        _ => None,
    }
}

/// Whether a call may draw from NumPy's hidden generator and is of another package: then it may as well
/// draw from a generator that it is given.
pub(super) fn draws_for_another(
    function: Lent<'_>,
    receiver: Option<Lent<'_>>,
    effects: &Effects,
) -> bool {
    let draws = |change: &Change| matches!(change, Change::Writes(resource) if resource.state == ExternalState::NumpyRandom);
    effects.changes.iter().any(draws)
        && package_of(function).as_deref() != Some("numpy")
        && receiver.is_none_or(|receiver| top_level(&receiver.class_name().0) != "numpy")
}
