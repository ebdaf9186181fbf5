//! States: what reads and writes of the outside world depend on.

use clew_effects::{ExternalState, StateKey};
use clew_executor::{looked_up_state, state_lookup};
use clew_graph::{Lookup, NodeId};

use crate::support::Bench;

#[test]
fn a_value_that_is_the_outside_world_has_versions() {
    let mut bench = Bench::new();
    let (_, result) = bench.run(
        r#"
        n0 = import store
        n1 = literal "db"
        n2 = call getattr(n0, n1)
        n3 = literal "vacuum"
        n4 = call getattr(n0, n3)
        n5 = call n4()
        n6 = mutate n2 by n5
        n7 = call getattr(n0, n1)
        "#,
    );
    assert!(result.is_ok());
    let log = bench.log();
    assert!(log.contains("n5 finished; depends on n2; mutates n2\n"), "{log}");
    assert!(log.ends_with("n7 finished; depends on n6\n"), "{log}");
    let all = StateKey::whole(ExternalState::Db);
    assert_eq!(bench.executor.lookup_external_state(&all), Some(NodeId::new(6)));
    let one = StateKey::part(ExternalState::Db, "a");
    assert_eq!(bench.executor.lookup_external_state(&one), None);
    assert_eq!(bench.executor.overlapping_states(&one), [NodeId::new(6)]);
}

#[test]
fn a_state_has_a_lookup_that_means_it() {
    let one = StateKey::part(ExternalState::Db, "main");
    assert_eq!(looked_up_state(&state_lookup(&one)), Some(one));
    assert_eq!(looked_up_state(&Lookup { name: "db".into() }), None);
}
