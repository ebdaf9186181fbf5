//! States: what reads and writes of the outside world depend on.

use clew_effects::{ExternalState, StateKey};
use clew_executor::{looked_up_state, state_lookup};
use clew_graph::{Lookup, NodeId};
use expect_test::expect;

use crate::support::{Bench, check};

#[test]
fn a_read_depends_on_the_latest_write_of_the_same_part_only() {
    check(
        r#"
        n0 = import store
        n1 = literal "read"
        n2 = call getattr(n0, n1)
        n3 = literal "write"
        n4 = call getattr(n0, n3)
        n5 = literal "a"
        n6 = literal "b"
        n7 = call n4(n5)
        n8 = lookup "<db a>"
        n9 = mutate n8 by n7
        n10 = call n4(n6)
        n11 = lookup "<db b>"
        n12 = mutate n11 by n10
        n13 = call n2(n5)
        n14 = call n4(n5)
        n15 = mutate n9 by n14
        n16 = call n2(n5)
        "#,
        expect![[r#"
            n7 finished; mutates <db a>
            n9 finished; views n9, n8
            n10 finished; mutates <db b>
            n12 finished; views n12, n11
            n13 finished; depends on n9
            n14 finished; mutates n9
            n15 finished; views n15, n9
            n16 finished; depends on n15
            value None
        "#]],
    );
}

#[test]
fn what_may_touch_any_part_depends_on_each_and_all_depend_on_it() {
    check(
        r#"
        n0 = import store
        n1 = literal "vacuum"
        n2 = call getattr(n0, n1)
        n3 = literal "write"
        n4 = call getattr(n0, n3)
        n5 = literal "a"
        n6 = call n4(n5)
        n7 = lookup "<db a>"
        n8 = mutate n7 by n6
        n9 = call n2()
        n10 = lookup "<db>"
        n11 = mutate n10 by n9
        n12 = call n4(n5)
        "#,
        expect![[r#"
            n6 finished; mutates <db a>
            n8 finished; views n8, n7
            n9 finished; depends on n8; depends on <db>; mutates <db>
            n10 finished; depends on n8
            n11 finished; views n11, n10
            n12 finished; depends on n11; mutates n8
            value None
        "#]],
    );
}

#[test]
fn a_change_of_a_handle_is_a_change_of_what_it_stands_for() {
    check(
        r#"
        n0 = import store
        n1 = literal "open"
        n2 = call getattr(n0, n1)
        n3 = literal "put"
        n4 = call getattr(n0, n3)
        n5 = literal "a"
        n6 = call n2(n5)
        n7 = call n4(n6)
        n8 = mutate n6 by n7
        n9 = call alias(n8)
        n10 = call n4(n9)
        "#,
        expect![[r#"
            n7 finished; mutates n6; mutates <db a>
            n8 finished; views n8, n6
            n9 finished; views n9, n8
            n10 finished; mutates n9; mutates <db a>
            value None
        "#]],
    );
}

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
