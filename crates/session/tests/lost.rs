//! What slices are after a recording ended before its program did.

use clew_graph::{SourceLocation, Timestamp};
use clew_session::{Bound, Journal, Outcome, Saved};

mod fixture;

#[test]
fn variables_of_a_program_that_went_on_unrecorded_are_refused() {
    let (_folder, store) = fixture::store();
    let session = fixture::session();
    let id = session.id;
    let mut journal = Journal::begin(Some(&store), session);
    let source =
        journal.begin_source(SourceLocation::Text, "x = 1\ny = 2\nif x:\n    z = 3\n").unwrap();
    let unit = journal.unit(source).unwrap();
    let bind = |statement: usize, name: &str| {
        let mut outcome = Outcome::new(source, unit.top()[statement], Timestamp(0), Timestamp(1));
        outcome.bound.push(Bound { name: name.to_owned(), certain: true, deleted: false });
        outcome
    };
    journal.record(&bind(0, "x")).unwrap();

    journal.lose("a fault");
    journal.record(&bind(1, "y")).unwrap();
    let late = journal
        .save_artifact(
            &store,
            Saved {
                name: "late".to_owned(),
                node: journal.capture().variable("x"),
                created: Timestamp(2),
                type_name: "builtins.list".to_owned(),
                fingerprint: None,
                value: None,
            },
        )
        .unwrap();
    journal.finish("0").unwrap();

    let refused: Vec<_> = store
        .variables(id)
        .unwrap()
        .into_iter()
        .map(|it| format!("{}: {}", it.name, it.refused.unwrap_or_default()))
        .collect();
    assert_eq!(refused, ["x: a fault", "y: a fault", "z: a fault"]);
    assert_eq!(late.node, None);
}
