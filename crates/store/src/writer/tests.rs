use std::time::{Duration, Instant};

use clew_graph::{
    Execution, ExecutionId, Graph, Node, NodeId, NodeValue, Session, SessionId, SessionKind,
    Timestamp,
};
use tempfile::TempDir;
use uuid::Uuid;

use super::Writer;
use crate::folder::Folder;
use crate::patience::Patience;
use crate::process::Process;
use crate::{NewArtifact, Record, Store, StoreError, Variable};

struct Fixture {
    store: Store,
    folder: Folder,
    session: Session,
    _folder: TempDir,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().to_str().unwrap();
    let session = Session {
        id: SessionId(Uuid::now_v7()),
        kind: SessionKind::Notebook,
        python_version: "3.12.1".to_owned(),
        created: Timestamp(0),
        working_directory: "/home/ada".to_owned(),
        arguments: Vec::new(),
    };
    let mut folder_of_store = Folder::open(name).unwrap();
    folder_of_store.patience = Patience::of(Duration::from_millis(200));
    Fixture { store: Store::open(name).unwrap(), folder: folder_of_store, session, _folder: folder }
}

impl Fixture {
    fn writer(&self) -> Writer {
        Writer::start(self.folder.clone(), self.session.clone())
    }

    fn notes(&self) -> Vec<String> {
        self.store.notes(self.session.id).unwrap()
    }

    /// Another process' hold on the catalog.
    fn lock(&self) -> rusqlite::Connection {
        let other = rusqlite::Connection::open(self.folder.path.join("catalog.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        other
    }
}

fn nodes(text: &str) -> Vec<Node> {
    text.parse::<Graph>().unwrap().nodes().to_vec()
}

fn note(text: &str) -> Record {
    Record::Note(text.to_owned())
}

fn variable(name: &str, node: Option<u32>) -> Variable {
    Variable {
        name: name.to_owned(),
        node: node.map(NodeId::new),
        refused: None,
        type_name: None,
        fingerprint: None,
    }
}

#[test]
fn what_is_sent_is_there_after_a_flush() {
    let there = fixture();
    let writer = there.writer();
    writer.send(note("one"));
    writer.send(note("two"));
    writer.flush().unwrap();
    assert_eq!(there.notes(), ["one", "two"]);
}

#[test]
fn what_is_sent_is_there_soon_without_a_flush() {
    let there = fixture();
    let writer = there.writer();
    writer.flush().unwrap();
    writer.send(note("one"));
    let started = Instant::now();
    while there.notes().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(20), "never written");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_writer_that_rests_has_written_and_goes_on_with_what_is_sent_next() {
    let fixture = fixture();
    let writer = fixture.writer();
    for text in ["one", "two", "three"] {
        writer.send(note(text));
        writer.rest();
        assert!(writer.lock_thread().is_none());
        assert_eq!(fixture.notes().last().map(String::as_str), Some(text));
    }
    writer.rest();
    writer.finish("0").unwrap();
    assert_eq!(fixture.notes(), ["one", "two", "three"]);
}

#[test]
fn a_writer_that_rests_can_be_dropped() {
    let fixture = fixture();
    let writer = fixture.writer();
    writer.send(note("one"));
    writer.rest();
    drop(writer);
    assert_eq!(fixture.notes(), ["one"]);
}

#[test]
fn dropping_the_writer_writes_what_was_sent_and_does_not_finish_the_session() {
    let there = fixture();
    let writer = there.writer();
    writer.send(note("last words"));
    drop(writer);
    assert_eq!(there.notes(), ["last words"]);
    assert_eq!(there.store.latest_session().unwrap().unwrap().finished, None);
}

#[test]
fn finishing_writes_how_the_session_ended() {
    let there = fixture();
    let writer = there.writer();
    writer.send(note("last words"));
    writer.finish("SystemExit: 3").unwrap();
    let stored = there.store.latest_session().unwrap().unwrap();
    assert_eq!(stored.exit_status.as_deref(), Some("SystemExit: 3"));
    assert!(stored.finished.is_some());
    assert_eq!(there.notes(), ["last words"]);
}

#[test]
fn what_comes_after_the_finish_is_dropped() {
    let there = fixture();
    let writer = there.writer();
    writer.finish("0").unwrap();
    writer.send(note("too late"));
    writer.flush().unwrap();
    writer.finish("1").unwrap();
    assert!(writer.fault().is_none());
    drop(writer);
    assert_eq!(there.notes(), [""; 0]);
    let stored = there.store.latest_session().unwrap().unwrap();
    assert_eq!(stored.exit_status.as_deref(), Some("0"));
}

#[test]
fn a_second_writer_goes_on_where_the_first_ended() {
    let there = fixture();
    let first = there.writer();
    first.send(Record::Nodes(nodes("n0 = literal 1")));
    first.send(Record::Variables(vec![variable("a", Some(0))]));
    first.send(note("one"));
    first.finish("0").unwrap();

    let second = there.writer();
    second.send(Record::Nodes(nodes("n0 = literal 1\nn1 = literal 2").split_off(1)));
    second.send(Record::Variables(vec![variable("b", Some(1)), variable("a", Some(1))]));
    second.send(note("two"));
    second.finish("0").unwrap();

    assert_eq!(there.store.sessions().unwrap().len(), 1);
    assert_eq!(there.store.graph(there.session.id).unwrap().len(), 2);
    assert_eq!(
        there.store.variables(there.session.id).unwrap(),
        [variable("a", Some(1)), variable("b", Some(1))]
    );
    assert_eq!(there.notes(), ["one", "two"]);
}

#[test]
fn of_what_comes_again_the_latest_counts() {
    let there = fixture();
    let execution = ExecutionId(Uuid::now_v7());
    let value = |end, type_name: &str| {
        Record::NodeValue(NodeValue {
            execution,
            node: NodeId::new(0),
            start: Timestamp(1_000_000),
            end: Timestamp(end),
            type_name: Some(type_name.to_owned()),
            fingerprint: None,
        })
    };
    let writer = there.writer();
    writer.send(Record::Execution(Execution {
        id: execution,
        session: there.session.id,
        created: Timestamp(999_999),
    }));
    // Once within a batch, and once in a batch of its own.
    writer.send(value(1_000_001, "builtins.int"));
    writer.send(value(1_000_002, "builtins.str"));
    writer.send(Record::Variables(vec![variable("a", Some(0))]));
    writer.send(Record::Variables(vec![variable("b", Some(1)), variable("a", Some(1))]));
    writer.flush().unwrap();
    writer.send(value(1_000_003, "builtins.float"));
    writer.send(Record::Variables(vec![variable("a", None)]));
    writer.finish("0").unwrap();

    let values = there.store.node_values(execution).unwrap();
    assert_eq!(values.len(), 1);
    assert_eq!(values[0].start, Timestamp(1_000_000));
    assert_eq!(values[0].end, Timestamp(1_000_003));
    assert_eq!(values[0].type_name.as_deref(), Some("builtins.float"));
    assert_eq!(
        there.store.variables(there.session.id).unwrap(),
        [variable("a", None), variable("b", Some(1))]
    );
}

#[test]
fn more_than_fits_a_transaction_arrives_whole() {
    let there = fixture();
    let text: String = (0..20_000).map(|i| format!("n{i} = literal {i}\n")).collect();
    let nodes = nodes(&text);
    let writer = there.writer();
    writer.send(Record::Nodes(nodes[..15_000].to_vec()));
    for node in &nodes[15_000..] {
        writer.send(Record::Node(node.clone()));
    }
    writer.finish("0").unwrap();
    assert_eq!(there.store.graph(there.session.id).unwrap().nodes(), nodes);
}

#[test]
fn an_error_is_told_once_and_ends_the_recording_and_not_the_program() {
    let there = fixture();
    let writer = there.writer();
    writer.send(note("before"));
    writer.flush().unwrap();
    writer.send(Record::Nodes(nodes("n0 = literal 1")));
    writer.send(Record::Nodes(nodes("n0 = literal 2")));
    let error = writer.flush().unwrap_err();
    let StoreError::Stopped { source: Some(cause) } = error else { panic!("{error:?}") };
    assert!(matches!(*cause, StoreError::NodesTaken { .. }), "{cause:?}");

    assert!(writer.fault().is_some());
    assert!(writer.fault().is_none());
    writer.send(note("after"));
    assert!(writer.flush().is_err());
    assert!(writer.finish("0").is_err());
    assert_eq!(there.notes(), ["before"]);
}

#[test]
fn a_lock_that_another_process_lets_go_of_in_time_is_waited_for() {
    let there = fixture();
    let writer = there.writer();
    writer.flush().unwrap();
    let other = there.lock();
    writer.send(note("patient"));
    std::thread::sleep(Duration::from_millis(100));
    drop(other);
    writer.flush().unwrap();
    assert_eq!(there.notes(), ["patient"]);
}

#[test]
fn a_lock_that_another_process_keeps_ends_the_recording() {
    let there = fixture();
    let writer = there.writer();
    writer.flush().unwrap();
    let other = there.lock();
    writer.send(note("impatient"));
    let error = writer.flush().unwrap_err();
    let StoreError::Stopped { source: Some(cause) } = error else { panic!("{error:?}") };
    assert!(matches!(*cause, StoreError::Locked { .. }), "{cause:?}");
    drop(other);
}

#[test]
fn a_store_that_cannot_be_opened_is_told_by_the_writer() {
    let there = fixture();
    std::fs::write(there.folder.path.join("catalog.db"), "no database").unwrap();
    let _ = std::fs::remove_file(there.folder.path.join("catalog.db-wal"));
    let writer = there.writer();
    writer.send(note("nowhere"));
    assert!(writer.flush().is_err());
    let fault = writer.fault().unwrap();
    assert!(matches!(*fault, StoreError::NotADatabase { .. }), "{fault:?}");
}

#[test]
fn an_artifact_of_an_unknown_execution_is_an_error_and_the_recording_goes_on() {
    let there = fixture();
    let writer = there.writer();
    let error = writer
        .save_artifact(NewArtifact {
            name: "model".to_owned(),
            session: there.session.id,
            execution: ExecutionId(Uuid::now_v7()),
            node: None,
            created: Timestamp(0),
            type_name: "builtins.int".to_owned(),
            fingerprint: None,
            value: None,
        })
        .unwrap_err();
    assert!(matches!(error, StoreError::UnknownExecution { .. }), "{error:?}");
    writer.send(note("on"));
    writer.finish("0").unwrap();
    assert_eq!(there.notes(), ["on"]);
}

#[test]
fn in_a_forked_child_nothing_happens() {
    let there = fixture();
    let mut writer = there.writer();
    writer.flush().unwrap();
    let parent = writer.process_id();
    assert_eq!(parent, std::process::id());

    writer.process = Process::other();
    writer.send(note("from the child"));
    assert!(matches!(writer.flush(), Err(StoreError::Forked { .. })));
    assert!(matches!(writer.finish("0"), Err(StoreError::Forked { .. })));
    assert!(writer.fault().is_none());

    writer.process = Process::current();
    writer.send(note("from the parent"));
    writer.finish("0").unwrap();
    assert_eq!(there.notes(), ["from the parent"]);
}
