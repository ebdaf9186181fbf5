//! Mutations and views without a heap.

use std::collections::HashMap;

use clew_effects::Versions;
use clew_graph::NodeId;
use proptest::prelude::*;

fn nodes<const N: usize>() -> [NodeId; N] {
    std::array::from_fn(|index| NodeId::new(index as u32))
}

#[test]
fn a_value_that_nothing_happened_to_is_its_own_latest_version() {
    let [a] = nodes();
    let mut versions = Versions::new();
    assert_eq!(versions.latest(a), a);
    assert_eq!(versions.mutate(a), [a]);
}

#[test]
fn a_mutation_reaches_whoever_views_whom_it_views() {
    let [a, b, c, d] = nodes();
    let mut versions = Versions::new();
    versions.view(&[a, b]);
    versions.view(&[b, c]);
    assert_eq!(versions.mutate(a), [a, b, c]);
    assert_eq!(versions.mutate(d), [d]);
    assert!(versions.share(a, c) && !versions.share(a, d));
}

#[test]
fn views_of_an_old_version_are_views_of_the_value() {
    let [a, b, a2] = nodes();
    let mut versions = Versions::new();
    versions.replaced(a, a2);
    versions.view(&[a, b]);
    assert_eq!(versions.mutate(b), [b, a2]);
    assert_eq!(versions.latest(a), a2);
    assert_eq!(versions.latest(a2), a2);
}

#[test]
fn a_value_changed_many_times_stays_one_value() {
    let mut versions = Versions::new();
    for index in 0..1000 {
        versions.replaced(NodeId::new(index), NodeId::new(index + 1));
    }
    assert_eq!(versions.mutate(NodeId::new(0)), [NodeId::new(1000)]);
}

#[test]
fn a_million_nodes_are_no_trouble() {
    let mut versions = Versions::new();
    for index in 1..1_000_000 {
        versions.view(&[NodeId::new(index - 1), NodeId::new(index)]);
    }
    assert_eq!(versions.mutate(NodeId::new(7)).len(), 1_000_000);
    let mut versions = Versions::new();
    for index in 1..1_000_000 {
        versions.replaced(NodeId::new(index - 1), NodeId::new(index));
        assert_eq!(versions.mutate(NodeId::new(0)), [NodeId::new(index)]);
    }
}

/// The same as [`Versions`], slowly.
#[derive(Default)]
struct Model {
    values: HashMap<u32, u32>,
    latest: HashMap<u32, u32>,
    groups: HashMap<u32, u32>,
}

impl Model {
    fn value(&self, node: u32) -> u32 {
        self.values.get(&node).copied().unwrap_or(node)
    }

    fn group(&self, node: u32) -> u32 {
        let value = self.value(node);
        self.groups.get(&value).copied().unwrap_or(value)
    }

    fn view(&mut self, left: u32, right: u32, count: u32) {
        let (keep, lose) = (self.group(left), self.group(right));
        for node in 0..count {
            if self.group(node) == lose {
                self.groups.insert(self.value(node), keep);
            }
        }
    }

    fn mutate(&self, node: u32, count: u32) -> Vec<u32> {
        let group = self.group(node);
        let mut latest: Vec<u32> = (0..count)
            .filter(|&other| self.value(other) == other && self.group(other) == group)
            .map(|value| self.latest.get(&value).copied().unwrap_or(value))
            .collect();
        latest.sort_unstable();
        latest
    }

    fn replaced(&mut self, old: u32, new: u32) {
        let value = self.value(old);
        self.values.insert(new, value);
        self.latest.insert(value, new);
    }
}

proptest! {
    #[test]
    fn versions_agree_with_a_slow_model(
        // More nodes than steps make most groups small, where mistakes about who is in them show.
        steps in proptest::collection::vec((any::<bool>(), 0u32..1000, 0u32..1000), 1..60)
    ) {
        let (mut versions, mut model) = (Versions::new(), Model::default());
        let mut count = 8;
        for (mutates, left, right) in steps {
            let (left, right) = (left % count, right % count);
            if mutates {
                let changed = versions.mutate(NodeId::new(left));
                let expected = model.mutate(left, count);
                prop_assert_eq!(
                    changed.iter().map(|node| node.index()).collect::<Vec<_>>(),
                    expected.clone()
                );
                for old in expected {
                    versions.replaced(NodeId::new(old), NodeId::new(count));
                    model.replaced(old, count);
                    count += 1;
                }
            } else {
                versions.view(&[NodeId::new(left), NodeId::new(right)]);
                model.view(left, right, count);
            }
        }
        for node in 0..count {
            let value = model.value(node);
            let latest = model.latest.get(&value).copied().unwrap_or(value);
            prop_assert_eq!(versions.latest(NodeId::new(node)), NodeId::new(latest));
        }
    }
}
