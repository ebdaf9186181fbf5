//! External states: what overlaps, and who wrote it last.

use clew_effects::{ExternalState, LastWriters, StateKey, StateMap, StateSet};
use clew_graph::NodeId;
use proptest::prelude::*;

fn key(words: &str) -> StateKey {
    words.parse().expect("the words name a state")
}

#[test]
fn what_overlaps_is_the_same_state_part_or_folder() {
    let all = [
        "file_system",
        "file_system /",
        "file_system /data",
        "file_system /data/a.csv",
        "file_system /data/raw/b.csv",
        "file_system /data.csv",
        "network http://a",
        "network http://a/b",
        "network a:80",
        "environment a",
        "environment a/b",
        "module:pandas",
        "module:pandas display",
    ];
    let overlapping = |words: &str| {
        all.into_iter().filter(|other| key(other).overlaps(&key(words))).collect::<Vec<&str>>()
    };
    assert_eq!(overlapping("file_system"), all[..6]);
    assert_eq!(overlapping("file_system /"), all[..6]);
    assert_eq!(overlapping("file_system /data"), all[..5]);
    assert_eq!(overlapping("file_system /data/a.csv"), all[..4]);
    assert_eq!(overlapping("file_system /data/raw"), [all[0], all[1], all[2], all[4]]);
    assert_eq!(overlapping("file_system /other"), all[..2]);
    assert_eq!(overlapping("network http://a/b/c"), all[6..8]);
    assert_eq!(overlapping("network"), all[6..9]);
    assert_eq!(overlapping("environment a"), [all[9]]);
    assert_eq!(overlapping("module:pandas display"), all[11..]);
    assert_eq!(overlapping("module:numpy"), [""; 0]);
}

#[test]
fn every_state_is_found_again_by_its_words() {
    for word in ExternalState::WORDS.iter().chain(&["object", "finalizers", "module:a.b"]) {
        let state: ExternalState = word.parse().expect("the word names a state");
        assert_eq!(state.to_string(), *word);
        let part = StateKey::part(state, "of it, or not");
        assert_eq!(part.to_string().parse(), Ok(part));
    }
    assert_eq!("module:".parse::<ExternalState>(), Err(()));
    assert_eq!("elsewhere".parse::<ExternalState>(), Err(()));
}

#[test]
fn a_reader_depends_on_its_part_and_on_folders_around_it() {
    let mut writers = LastWriters::default();
    writers.write(key("file_system /data/a"), NodeId::new(1), false);
    writers.write(key("file_system /data/b"), NodeId::new(2), false);
    writers.write(key("file_system /database"), NodeId::new(3), false);
    assert_eq!(writers.read(&key("file_system /data/a")), [NodeId::new(1)]);
    assert_eq!(writers.read(&key("file_system /data")), [NodeId::new(1), NodeId::new(2)]);
}

#[test]
fn who_makes_a_part_anew_takes_the_place_of_those_before() {
    let mut writers = LastWriters::default();
    writers.write(key("file_system /a"), NodeId::new(1), false);
    writers.write(key("file_system /a"), NodeId::new(2), false);
    assert_eq!(writers.read(&key("file_system /a")), [NodeId::new(1), NodeId::new(2)]);
    writers.write(key("file_system /a"), NodeId::new(3), true);
    assert_eq!(writers.read(&key("file_system /a")), [NodeId::new(3)]);
    writers.write(key("file_system"), NodeId::new(4), true);
    assert_eq!(writers.read(&key("file_system /a")), [NodeId::new(4)]);
}

#[test]
fn a_change_of_who_knows_which_part_is_one_of_any() {
    let mut writers = LastWriters::default();
    writers.write(key("file_system"), NodeId::new(1), false);
    assert_eq!(writers.read(&key("file_system /a")), [NodeId::new(1)]);
    assert!(writers.read(&key("db")).is_empty());
}

/// Few states and short parts with many separators, so that most of them have to do with others.
fn any_key() -> impl Strategy<Value = StateKey> {
    let state = prop::sample::select(vec![
        ExternalState::FileSystem,
        ExternalState::Network,
        ExternalState::Environment,
        ExternalState::Module("m".to_owned()),
    ]);
    (state, prop::option::of("[ab/]{0,5}")).prop_map(|(state, part)| StateKey { state, part })
}

/// A step that writes, and whether it takes the place of those before it.
fn any_writes() -> impl Strategy<Value = Vec<(StateKey, bool)>> {
    prop::collection::vec((any_key(), any::<bool>()), 0..24)
}

proptest! {
    #[test]
    fn whoever_asks_is_told_what_a_slow_model_tells(writes in any_writes(), asked in any_key()) {
        let mut writers = LastWriters::default();
        let mut versions = LastWriters::default();
        let mut written = StateSet::default();
        let mut map = StateMap::default();
        let mut model: Vec<(StateKey, NodeId)> = Vec::new();
        let mut latest: Vec<(StateKey, NodeId)> = Vec::new();
        for (at, (key, replaces)) in writes.into_iter().enumerate() {
            let node = NodeId::new(at as u32);
            model.retain(|(known, _)| {
                !(replaces && known.state == key.state && (key.part.is_none() || *known == key))
            });
            latest.retain(|(known, _)| *known != key);
            model.push((key.clone(), node));
            latest.push((key.clone(), node));
            written.insert(&key);
            map.insert(key.clone(), node);
            versions.supersede(key.clone(), node);
            writers.write(key, node, replaces);
        }
        let slow = |model: &[(StateKey, NodeId)]| -> Vec<NodeId> {
            let found = model.iter().filter(|(key, _)| key.overlaps(&asked));
            found.map(|(_, node)| *node).collect()
        };
        prop_assert_eq!(writers.read(&asked), slow(&model));
        prop_assert_eq!(versions.read(&asked), slow(&latest));
        let mut overlapping: Vec<NodeId> = map.overlapping(&asked).copied().collect();
        overlapping.sort_unstable();
        overlapping.dedup();
        prop_assert_eq!(overlapping, slow(&latest));
        prop_assert_eq!(written.shows_in(&asked), !slow(&latest).is_empty());
        let any = latest.iter().any(|(key, _)| key.state == asked.state);
        prop_assert_eq!(written.has_any_of(&asked.state), any);
        let exact = latest.iter().find(|(key, _)| *key == asked).map(|(_, node)| *node);
        prop_assert_eq!(versions.latest(&asked), exact);
    }

    #[test]
    fn overlapping_goes_both_ways(left in any_key(), right in any_key()) {
        prop_assert!(left.overlaps(&left));
        prop_assert_eq!(left.overlaps(&right), right.overlaps(&left));
    }
}
