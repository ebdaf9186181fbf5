//! Sessions: what is kept of a program comes back as it was.

use clew_graph::{
    Graph, NodeId, NodeValue, SessionId, SessionKind, Source, SourceId, SourceLocation, Timestamp,
};
use clew_store::{Certificate, Finding, Record, StoreError, Variable};
use uuid::Uuid;

use crate::fixture::{Folder, execution, session};

const PROGRAM: &str = "
n0 = import pandas package \"pandas\" version \"2.1\" @s0:0-13
n1 = call getattr(n0, n0) @s0:14-30
n2 = mutate n0 by n1
";

#[test]
fn everything_comes_back_as_it_was() {
    let folder = Folder::new();
    let store = folder.open();
    let mut session = session(5);
    session.kind = SessionKind::Notebook;
    session.arguments = vec!["a \"b\"".to_owned(), "é\u{0}".to_owned()];
    let execution = execution(&session);
    let graph: Graph = PROGRAM.parse().unwrap();
    let sources = [
        (SourceLocation::File("iris.py".to_owned()), "import pandas\n"),
        (SourceLocation::Cell(u32::MAX), "pandas"),
        (SourceLocation::Text, ""),
    ];
    let sources: Vec<Source> = (0..)
        .zip(sources)
        .map(|(id, (location, text))| Source {
            id: SourceId::new(id),
            location,
            text: text.to_owned(),
        })
        .collect();
    let values: Vec<NodeValue> = (0..2)
        .map(|node| NodeValue {
            execution: execution.id,
            node: NodeId::new(node),
            start: Timestamp(-1),
            end: Timestamp(i64::MAX - 1),
            type_name: (node == 0).then(|| "builtins.module".to_owned()),
            fingerprint: (node == 1).then(|| "00ff".to_owned()),
        })
        .collect();
    let variables = vec![
        Variable {
            name: "pandas".to_owned(),
            node: Some(NodeId::new(2)),
            refused: None,
            type_name: Some("builtins.module".to_owned()),
            fingerprint: Some("aa".to_owned()),
        },
        Variable {
            name: "gone".to_owned(),
            node: None,
            refused: Some("it was deleted".to_owned()),
            type_name: None,
            fingerprint: None,
        },
    ];
    let certificate = Certificate {
        session: session.id,
        name: "model".to_owned(),
        version: Some(3),
        checked: Timestamp(9),
        verdict: "different".to_owned(),
        reason: Some("it draws random numbers".to_owned()),
        slice_digest: "0123".to_owned(),
    };

    let writer = store.writer(session.clone());
    for source in &sources {
        writer.send(Record::Source(source.clone()));
    }
    writer.send(Record::Nodes(graph.nodes().to_vec()));
    writer.send(Record::Execution(execution.clone()));
    for value in &values {
        writer.send(Record::NodeValue(value.clone()));
    }
    writer.send(Record::Variables(variables.clone()));
    writer.send(Record::Note("a thread was still running".to_owned()));
    writer.finish("0").unwrap();
    store.save_certificate(&certificate).unwrap();
    drop(store);

    let store = folder.open();
    let stored = store.latest_session().unwrap().unwrap();
    assert_eq!(stored.session, session);
    assert_eq!(store.graph(session.id).unwrap(), graph);
    assert_eq!(store.sources(session.id).unwrap(), sources);
    assert_eq!(store.executions(session.id).unwrap(), std::slice::from_ref(&execution));
    assert_eq!(store.node_values(execution.id).unwrap(), values);
    assert_eq!(store.variables(session.id).unwrap(), variables);
    assert_eq!(store.notes(session.id).unwrap(), ["a thread was still running"]);
    assert_eq!(store.certificates(session.id).unwrap(), [certificate]);
}

#[test]
fn the_latest_session_comes_first() {
    let folder = Folder::new();
    let store = folder.open();
    assert_eq!(store.latest_session().unwrap(), None);
    let sessions = [session(2), session(3), session(1)];
    for session in &sessions {
        store.writer(session.clone()).finish("0").unwrap();
    }
    let created: Vec<i64> =
        store.sessions().unwrap().iter().map(|stored| stored.session.created.0).collect();
    assert_eq!(created, [3, 2, 1]);
    assert_eq!(store.latest_session().unwrap().unwrap().session, sessions[1]);
}

#[test]
fn a_session_is_found_by_how_its_id_begins() {
    let folder = Folder::new();
    let store = folder.open();
    let ids = ["0190a000-0000-7000-8000-000000000001", "0190b000-0000-7000-8000-000000000002"];
    for (created, id) in (0..).zip(ids) {
        let mut session = session(created);
        session.id = id.parse().unwrap();
        store.writer(session).finish("0").unwrap();
    }
    let found = |given: &str| match store.session(given) {
        Ok(stored) => stored.session.id.to_string(),
        Err(StoreError::UnknownSession { given, .. }) => format!("no {given}"),
        Err(error) => error.to_string(),
    };
    assert_eq!(found("0190a"), ids[0]);
    assert_eq!(found("0190B000-0"), ids[1]);
    assert_eq!(found(ids[1]), ids[1]);
    assert_eq!(found(&ids[1].replace('-', "")), ids[1]);
    assert_eq!(
        found("0190"),
        format!(
            "several sessions begin with `0190`; give more of the id, as in `{}`, `{}`",
            ids[1], ids[0]
        )
    );
    for given in ["0190c", "", "%", "_190a", "n0", "0190a'--"] {
        assert_eq!(found(given), format!("no {given}"));
    }
}

#[test]
fn an_unknown_session_has_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    let id = SessionId(Uuid::now_v7());
    for outcome in [
        store.graph(id).map(drop),
        store.sources(id).map(drop),
        store.variables(id).map(drop),
        store.executions(id).map(drop),
        store.notes(id).map(drop),
        store.certificates(id).map(drop),
    ] {
        assert!(matches!(outcome, Err(StoreError::UnknownSession { .. })), "{outcome:?}");
    }
}

#[test]
fn a_session_can_be_read_while_it_runs() {
    let folder = Folder::new();
    let store = folder.open();
    let session = session(0);
    let writer = store.writer(session.clone());
    let graph: Graph = PROGRAM.parse().unwrap();
    let reader = folder.open();
    for (done, node) in graph.nodes().iter().enumerate() {
        writer.send(Record::Node(node.clone()));
        writer.flush().unwrap();
        assert_eq!(reader.graph(session.id).unwrap().len(), done + 1);
    }
    assert_eq!(reader.latest_session().unwrap().unwrap().finished, None);
}

#[test]
fn a_node_takes_at_most_150_bytes() {
    let folder = Folder::new();
    let store = folder.open();
    let empty = folder.join("catalog.db").metadata().unwrap().len();
    let session = session(0);
    let writer = store.writer(session);
    let mut text = "n0 = literal 0 @s0:0-6\n".to_owned();
    let mut last = 0;
    while last < 30_000 {
        // `value_17 = numpy.add(value_16, 17)`, one line after the other.
        let (at, end) = (last * 9, last * 9 + 35);
        text.push_str(&format!(
            "n{} = literal \"numpy\" @s0:{at}-{end}\nn{} = call getattr(n0, n{}) @s0:{at}-{end}\n\
             n{} = call n{}(n{last}, n0) reads {{value=n0}} after {{n0}} @s0:{at}-{end}\n",
            last + 1,
            last + 2,
            last + 1,
            last + 3,
            last + 2,
        ));
        last += 3;
    }
    let graph: Graph = text.parse().unwrap();
    writer.send(Record::Nodes(graph.nodes().to_vec()));
    writer.finish("0").unwrap();
    drop(store);
    let full = folder.join("catalog.db").metadata().unwrap().len();
    let each = (full - empty) / graph.len() as u64;
    println!("{each} bytes per node");
    assert!(each <= 150, "{each} bytes");
}

#[test]
fn what_one_session_found_out_another_one_finds_once() {
    let folder = Folder::new();
    let store = folder.open();
    let found = |about: &str, content: &[u8]| {
        Record::Finding(Finding { about: about.to_owned(), content: content.to_vec() })
    };
    for _ in 0..2 {
        let writer = store.writer(session(5));
        writer.send(found("describe", b"first"));
        writer.send(found("describe", b"second"));
        writer.send(found("merge", b"first"));
        writer.finish("0").unwrap();
    }
    assert_eq!(store.findings("describe").unwrap(), [b"first".to_vec(), b"second".to_vec()]);
    assert_eq!(store.findings("merge").unwrap(), [b"first".to_vec()]);
    assert_eq!(store.findings("pivot").unwrap(), Vec::<Vec<u8>>::new());
}
