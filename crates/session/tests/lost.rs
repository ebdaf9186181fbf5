//! What slices are after a recording ended before its program did.

use clew_graph::{Session, SessionKind, SourceLocation, Timestamp};
use clew_session::{Bound, Journal, Outcome, Saved};
use clew_store::Store;

#[test]
fn variables_of_a_program_that_went_on_unrecorded_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().to_str().unwrap()).unwrap();
    let session = Session {
        id: Journal::new_session_id(),
        kind: SessionKind::Script,
        python_version: "3.11.7".to_owned(),
        created: Timestamp(0),
        working_directory: "/".to_owned(),
        arguments: Vec::new(),
    };
    let id = session.id;
    let mut journal = Journal::begin(Some(&store), session);
    let source = journal.begin_source(SourceLocation::Text, "x = 1\nx.append(2)\n").unwrap();
    let statement = journal.unit(source).unwrap().top()[0];
    let mut outcome = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
    outcome.bound.push(Bound { name: "x".to_owned(), certain: true, deleted: false });
    journal.record(&outcome).unwrap();

    journal.lose("a fault");
    let late = journal
        .save_artifact(Saved {
            name: "late".to_owned(),
            node: journal.capture().variable("x"),
            created: Timestamp(2),
            type_name: "builtins.list".to_owned(),
            fingerprint: None,
            value: None,
        })
        .unwrap();
    journal.finish("0").unwrap();

    let variables = store.variables(id).unwrap();
    let refused: Vec<_> =
        variables.iter().map(|it| (it.name.as_str(), it.refused.as_deref())).collect();
    assert_eq!(refused, [("x", Some("a fault"))]);
    assert_eq!(late.node, None);
}
