//! Functools: what `lru_cache` keeps of the calls that it spares.

use pyo3::intern;

use crate::instance::made_dictionary;
use crate::lent::{Class, Lent};
use crate::traversal::traverse;

/// Whether instances of a class are what `functools.lru_cache` makes.
pub fn is_lru_cache(class: Class<'_>) -> bool {
    class.c_name().to_bytes() == b"functools._lru_cache_wrapper"
}

/// The function whose calls a wrapper of `lru_cache` spares, as the wrapper names it.
pub fn cached_function(wrapper: Lent<'_>) -> Option<Lent<'_>> {
    let name = intern!(wrapper.quiet().python(), "__wrapped__");
    // SAFETY: the interpreter keeps the name.
    #[allow(unsafe_code, reason = "lends a name to the look-up")]
    let name = unsafe { Lent::of(name.as_any()) };
    made_dictionary(wrapper)?.item_by(name).filter(|function| function.is_function())
}

/// Whether a wrapper does call the function that it names.
pub fn calls_as_named(wrapper: Lent<'_>, function: Lent<'_>) -> bool {
    let mut found = false;
    traverse(wrapper, |held| {
        found = held == function;
        !found
    });
    found
}

/// What was kept of earlier calls, without what they were given; `None` where that cannot be told, and where more
/// than so many were kept.
pub fn kept_results(cache: Lent<'_>, most: usize) -> Option<Vec<Lent<'_>>> {
    /// Its class, the dictionary, and what else it holds of itself.
    const OTHERS: usize = 8;
    let mut held = Vec::new();
    let all = 3 * most + OTHERS;
    traverse(cache, |object| {
        held.push(object);
        held.len() <= all
    });
    if held.len() > all {
        return None;
    }
    // Its class, for each kept call the key, the result and the class of what links it, and the dictionary.
    let from = usize::from(held.first().is_some_and(|first| *first == cache.class().object()));
    let held = &held[from..];
    if let Some(kept) = held.first().filter(|first| first.is_exact_dict()) {
        if kept.pairs_count() > most {
            return None;
        }
        let is_bounded = |(_, value): (Lent<'_>, Lent<'_>)| {
            value.class().is_named("functools", "_lru_list_elem")
        };
        if !kept.pairs().any(is_bounded) {
            return Some(kept.pairs().map(|(_, result)| result).collect());
        }
    }
    let ends = |&at: &usize| held[at].is_exact_dict() && 3 * held[at].pairs_count() == at;
    let end = (0..held.len()).step_by(3).find(ends)?;
    Some(held[..end].chunks_exact(3).map(|link| link[1]).collect())
}
