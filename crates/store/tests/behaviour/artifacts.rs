//! Artifacts: versions, deletion and values.

use std::io::Write;

use clew_graph::NodeId;
use clew_store::{Record, Store, StoreError, ValueAddress, Version};
use expect_test::expect;

use crate::fixture::{Folder, artifact, keep_session, session};

/// Every artifact as `name:version`.
fn list(store: &Store) -> String {
    let artifacts = store.artifacts().unwrap();
    let shown: Vec<String> =
        artifacts.iter().map(|found| format!("{}:{}", found.name, found.version)).collect();
    shown.join(" ")
}

#[test]
fn an_artifact_comes_back_as_it_was() {
    let folder = Folder::new();
    let store = folder.open();
    let execution = keep_session(&store);
    let value = store.put_value(b"the model").unwrap();
    let mut new = artifact("model", &execution, Some(value));
    new.node = Some(NodeId::new(7));
    let saved = store.save_artifact(new.clone()).unwrap();
    assert_eq!(saved.version, 0);
    assert_eq!(store.artifact("model", None).unwrap().as_ref(), Some(&saved));
    assert_eq!((saved.node, saved.created), (new.node, new.created));
    assert_eq!((saved.type_name, saved.fingerprint), (new.type_name, new.fingerprint));
    let address: ValueAddress = saved.value.unwrap().parse().unwrap();
    assert_eq!(store.get_value(address).unwrap(), b"the model");
}

#[test]
fn versions_grow_within_a_name() {
    let folder = Folder::new();
    let store = folder.open();
    let execution = keep_session(&store);
    for name in ["model", "frame", "model", "model"] {
        store.save_artifact(artifact(name, &execution, None)).unwrap();
    }
    assert_eq!(list(&store), "frame:0 model:0 model:1 model:2");
    assert_eq!(store.artifact("model", None).unwrap().unwrap().version, 2);
    assert_eq!(store.artifact("model", Some(1)).unwrap().unwrap().version, 1);
    assert_eq!(store.artifact("model", Some(3)).unwrap(), None);
    assert_eq!(store.artifact("modle", None).unwrap(), None);
    assert_eq!(store.artifact_names().unwrap(), ["frame", "model"]);
}

#[test]
fn a_version_is_never_given_twice() {
    let folder = Folder::new();
    let store = folder.open();
    let execution = keep_session(&store);
    let save =
        |store: &Store| store.save_artifact(artifact("model", &execution, None)).unwrap().version;
    assert_eq!((save(&store), save(&store), save(&store)), (0, 1, 2));
    assert_eq!(store.delete_artifact("model", Version::Latest).unwrap(), [2]);
    assert_eq!(save(&store), 3);
    assert_eq!(store.delete_artifact("model", Version::All).unwrap(), [0, 1, 3]);
    drop(store);
    assert_eq!(save(&folder.open()), 4);
}

#[test]
fn deleting_takes_what_was_named_and_nothing_else() {
    let folder = Folder::new();
    let store = folder.open();
    let execution = keep_session(&store);
    for name in ["model", "model", "model", "model_two"] {
        store.save_artifact(artifact(name, &execution, None)).unwrap();
    }
    assert_eq!(store.delete_artifact("model", Version::Number(1)).unwrap(), [1]);
    assert_eq!(list(&store), "model:0 model:2 model_two:0");
    assert_eq!(store.delete_artifact("model", Version::Number(1)).unwrap(), [0; 0]);
    assert_eq!(store.delete_artifact("nothing", Version::All).unwrap(), [0; 0]);
    assert_eq!(store.delete_artifact("model", Version::Latest).unwrap(), [2]);
    assert_eq!(store.delete_artifact("model", Version::All).unwrap(), [0]);
    assert_eq!(list(&store), "model_two:0");
}

#[test]
fn a_writer_keeps_what_was_sent_before_the_artifact() {
    let folder = Folder::new();
    let store = folder.open();
    let session = session(0);
    let writer = store.writer(session.clone());
    let execution = crate::fixture::execution(&session);
    writer.send(Record::Execution(execution.clone()));
    writer.send(Record::Note("before".to_owned()));
    let value = store.put_value(b"bytes").unwrap();
    let saved = writer.save_artifact(artifact("model", &execution, Some(value))).unwrap();
    assert_eq!(store.artifact("model", None).unwrap(), Some(saved));
    assert_eq!(store.notes(session.id).unwrap(), ["before"]);
}

#[test]
fn the_step_of_an_artifact_can_be_named_later() {
    let folder = Folder::new();
    let store = folder.open();
    let session = session(0);
    let writer = store.writer(session.clone());
    let execution = crate::fixture::execution(&session);
    writer.send(Record::Execution(execution.clone()));
    for _ in 0..2 {
        writer.save_artifact(artifact("model", &execution, None)).unwrap();
    }
    for version in [1, 99] {
        let node = NodeId::new(4);
        writer.send(Record::ArtifactNode { name: "model".to_owned(), version, node });
    }
    writer.finish("0").unwrap();
    let nodes: Vec<_> = store.artifacts().unwrap().iter().map(|found| found.node).collect();
    assert_eq!(nodes, [None, Some(NodeId::new(4))]);
}

#[test]
fn an_artifact_of_an_unknown_session_is_an_error() {
    let folder = Folder::new();
    let store = folder.open();
    let execution = crate::fixture::execution(&session(0));
    let error = store.save_artifact(artifact("model", &execution, None)).unwrap_err();
    assert!(matches!(error, StoreError::UnknownSession { .. }), "{error:?}");
}

#[test]
fn equal_values_are_kept_once() {
    let folder = Folder::new();
    let store = folder.open();
    let first = store.put_value(b"same").unwrap();
    assert_eq!(folder.open().put_value(b"same").unwrap(), first);
    assert_ne!(store.put_value(b"other").unwrap(), first);
    let database = rusqlite::Connection::open(folder.join("values.db")).unwrap();
    let count = |table: &str| -> i64 {
        database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("value"), count("chunk")), (2, 2));
}

#[test]
fn a_value_of_many_chunks_comes_back() {
    let folder = Folder::new();
    let store = folder.open();
    // Two and a half chunks: noise, which is not worth compressing, then what is.
    let mut state = 1_u64;
    let mut content: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    })
    .take(18 << 20)
    .collect();
    content.resize(40 << 20, 7);
    let address = store.put_value(&content).unwrap();
    assert_eq!(store.put_value(&content).unwrap(), address);
    assert!(store.get_value(address).unwrap() == content);
    let mut copied = Vec::new();
    assert_eq!(store.copy_value(address, &mut copied).unwrap(), 40 << 20);
    assert!(copied == content);
    drop(store);
    let size = folder.join("values.db").metadata().unwrap().len();
    assert!(size < 19 << 20, "{size} bytes on disk");
}

#[test]
fn a_value_that_is_not_there_is_an_error() {
    let folder = Folder::new();
    let address = ValueAddress::of(b"never put");
    let error = folder.open().get_value(address).unwrap_err();
    let error = error.to_string().replace(folder.place(), "FOLDER");
    expect!["no value `ADDRESS` in `FOLDER/values.db`; it was deleted or never put; put it again"]
        .assert_eq(&error.replace(&address.to_string(), "ADDRESS"));
}

#[test]
fn a_value_that_was_tampered_with_is_an_error() {
    let folder = Folder::new();
    let store = folder.open();
    let database = rusqlite::Connection::open(folder.join("values.db")).unwrap();
    for sql in [
        "UPDATE chunk SET data = zeroblob(length(data))",
        "UPDATE chunk SET compressed = NOT compressed",
        "UPDATE value SET size = size + 1",
        "DELETE FROM chunk",
    ] {
        for content in [b"short".as_slice(), &[7; 5000]] {
            let address = store.put_value(content).unwrap();
            database.execute_batch(sql).unwrap();
            let error = store.get_value(address).unwrap_err();
            assert!(matches!(error, StoreError::DamagedValue { .. }), "{sql}: {error:?}");
            database.execute_batch("DELETE FROM value").unwrap();
        }
    }
}

#[test]
fn a_place_that_takes_no_more_is_told_apart_from_damage() {
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let folder = Folder::new();
    let store = folder.open();
    for content in [b"short".as_slice(), &[7; 5000]] {
        let address = store.put_value(content).unwrap();
        let error = store.copy_value(address, &mut Full).unwrap_err();
        assert!(matches!(error, StoreError::Output { .. }), "{error:?}");
    }
}

#[test]
fn an_address_is_read_as_it_is_shown() {
    let address = ValueAddress::of(b"");
    expect!["af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"]
        .assert_eq(&address.to_string());
    assert_eq!(address.to_string().parse(), Ok(address));
    for text in ["", "ab", &"g".repeat(64), &"0".repeat(65)] {
        assert!(text.parse::<ValueAddress>().is_err());
    }
}
