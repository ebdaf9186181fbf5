//! Parts: the values that a result is made of.

use crate::address::AddressSet;
use crate::kind::is_mutable;
use crate::lent::Lent;
use crate::numpy::is_array;
use crate::walk::Walk;

/// A result, or where it is a tuple, list or array, nested or not, the values in it, as `plt.subplots`
/// gives figures and axes.
pub fn parts_of(result: Lent<'_>) -> Vec<Lent<'_>> {
    const MOST: usize = 256;
    const BUDGET: usize = 4_096;
    let boundary = AddressSet::default();
    let walk = Walk { boundary: &boundary, budget: BUDGET, definitions: false };
    let mut parts = Vec::new();
    let mut seen = AddressSet::default();
    let mut open = vec![result];
    while let Some(value) = open.pop().filter(|_| parts.len() < MOST && seen.len() < BUDGET) {
        if !seen.insert(value.address()) {
            continue;
        }
        let plain = value.is_exact_tuple()
            || value.is_exact_list()
            || is_array(value) && !value.class().is_heap_type();
        if !plain && is_mutable(value) {
            parts.push(value);
        }
        if plain || value.is_tuple() || value.is_list() {
            open.extend(walk.held(value));
        }
    }
    parts
}
