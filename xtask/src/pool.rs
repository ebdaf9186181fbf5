//! Pool: the same work on many items, some at a time.

use std::num::NonZero;
use std::sync::Mutex;

/// As many items at a time as there are processors.
pub(crate) fn jobs() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// What `work` makes of each item, in the order of the items.
pub(crate) fn map<'i, T: Sync, R: Send>(
    jobs: usize,
    items: &'i [T],
    work: impl Fn(&'i T) -> R + Sync,
) -> Vec<R> {
    let waiting = Mutex::new(items.iter().enumerate());
    let done = Mutex::new(Vec::with_capacity(items.len()));
    // A worker that panics ends the scope with its panic, so no lock is seen poisoned after it.
    let unpoisoned = "a worker that panics takes the whole map with it";
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let Some((at, item)) = waiting.lock().expect(unpoisoned).next() else { return };
                    let result = work(item);
                    done.lock().expect(unpoisoned).push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect(unpoisoned);
    done.sort_by_key(|&(at, _)| at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<u64> = (0..100).collect();
        let squares: Vec<u64> = items.iter().map(|item| item * item).collect();
        assert_eq!(super::map(7, &items, |item| item * item), squares);
        assert_eq!(super::map(7, &[] as &[u64], |item| *item), [] as [u64; 0]);
    }
}
