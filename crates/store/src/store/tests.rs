use std::time::Duration;

use clew_graph::{Execution, ExecutionId, Session, SessionId, SessionKind, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use super::Store;
use crate::fork::tests::LEFT;
use crate::{NewArtifact, Record, StoreError, ValueAddress, Version};

/// A store with a session, in a folder of its own.
struct Fixture {
    store: Store,
    session: Session,
    execution: ExecutionId,
    _folder: TempDir,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().to_str().unwrap()).unwrap();
    // Time passes slowly in tests.
    store.in_flight = Duration::ZERO;
    let session = Session {
        id: SessionId(Uuid::now_v7()),
        kind: SessionKind::Script,
        python_version: "3.12.1".to_owned(),
        created: Timestamp(0),
        working_directory: "/home/ada".to_owned(),
        arguments: Vec::new(),
    };
    let execution = ExecutionId(Uuid::now_v7());
    let writer = store.writer(session.clone());
    writer.send(Record::Execution(Execution {
        id: execution,
        session: session.id,
        created: Timestamp(0),
    }));
    writer.finish("0").unwrap();
    Fixture { store, session, execution, _folder: folder }
}

impl Fixture {
    fn save(&self, name: &str, value: Option<ValueAddress>) -> Result<u32, StoreError> {
        let artifact = NewArtifact {
            name: name.to_owned(),
            session: self.session.id,
            execution: self.execution,
            node: None,
            created: Timestamp(0),
            type_name: "builtins.bytes".to_owned(),
            fingerprint: None,
            value,
        };
        self.store.save_artifact(artifact).map(|saved| saved.version)
    }

    fn has(&self, address: ValueAddress) -> bool {
        self.store.get_value(address).is_ok()
    }
}

#[test]
fn deleting_one_artifact_leaves_the_value_that_another_names() {
    let there = fixture();
    let shared = there.store.put_value(b"shared").unwrap();
    there.save("one", Some(shared)).unwrap();
    there.save("other", Some(shared)).unwrap();

    assert_eq!(there.store.delete_artifact("one", Version::All).unwrap(), [0]);
    assert_eq!(there.store.get_value(shared).unwrap(), b"shared");

    assert_eq!(there.store.delete_artifact("other", Version::All).unwrap(), [0]);
    assert!(!there.has(shared));
}

#[test]
fn a_value_that_was_put_just_now_outlives_the_deletion_of_its_last_artifact() {
    let mut there = fixture();
    there.store.in_flight = Duration::from_secs(60);
    let value = there.store.put_value(b"again").unwrap();
    there.save("old", Some(value)).unwrap();

    // Another process has put the same value and is about to name it.
    assert_eq!(there.store.put_value(b"again").unwrap(), value);
    there.store.delete_artifact("old", Version::All).unwrap();
    there.save("new", Some(value)).unwrap();
    there.store.in_flight = Duration::ZERO;
    there.save("unrelated", None).unwrap();
    there.store.delete_artifact("unrelated", Version::All).unwrap();

    assert!(there.has(value));
}

#[test]
fn the_bytes_that_a_deletion_left_go_with_a_later_one() {
    let mut there = fixture();
    there.store.in_flight = Duration::from_secs(60);
    let value = there.store.put_value(b"left").unwrap();
    there.save("old", Some(value)).unwrap();
    there.store.delete_artifact("old", Version::All).unwrap();
    assert!(there.has(value));

    there.store.in_flight = Duration::ZERO;
    there.store.delete_artifact("nothing", Version::All).unwrap();
    assert!(!there.has(value));
}

#[test]
fn sweeping_takes_what_nobody_names_and_nothing_else() {
    let there = fixture();
    let named = there.store.put_value(b"named").unwrap();
    there.save("artifact", Some(named)).unwrap();
    let lost = there.store.put_value(b"lost in a crash").unwrap();

    assert_eq!(there.store.sweep().unwrap(), 1);
    assert!(there.has(named));
    assert!(!there.has(lost));
    assert_eq!(there.store.sweep().unwrap(), 0);
}

#[test]
fn sweeping_gives_room_back_to_the_file_system() {
    let there = fixture();
    let file = there.store.folder().join("values.db");
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    })
    .take(4 << 20)
    .collect();
    let value = there.store.put_value(&noise).unwrap();
    there.save("large", Some(value)).unwrap();
    assert!(there.store.get_value(value).unwrap() == noise);
    let log = there.store.folder().join("values.db-wal");
    let before = file.metadata().unwrap().len() + log.metadata().unwrap().len();
    there.store.delete_artifact("large", Version::All).unwrap();
    drop(there.store);
    let after = file.metadata().unwrap().len();
    assert!(before > 1 << 20, "{before}");
    assert!(after < 1 << 16, "{after}");
}

#[test]
fn an_artifact_cannot_name_a_value_that_is_not_there() {
    let there = fixture();
    let error = there.save("early", Some(ValueAddress::of(b"never put"))).unwrap_err();
    assert!(matches!(error, StoreError::MissingValue { .. }), "{error}");
    // What failed has taken no number.
    assert_eq!(there.save("early", None).unwrap(), 0);
}

#[test]
fn a_thread_that_panics_leaves_the_store_usable() {
    let there = fixture();
    for _ in 0..2 {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            there.store.catalog().unwrap().write::<()>(|_| panic!("for the test"))
        }));
        assert!(outcome.is_err());
        there.save("after", None).unwrap();
    }
}

#[test]
fn a_child_that_was_forked_without_a_word_leaves_its_parents_store_alone() {
    let there = fixture();
    let value = there.store.put_value(b"mine").unwrap();
    LEFT.set(true);
    for outcome in [
        there.store.sessions().map(drop),
        there.store.graph(there.session.id).map(drop),
        there.store.put_value(b"theirs").map(drop),
        there.store.get_value(value).map(drop),
        there.save("theirs", None).map(drop),
    ] {
        assert!(matches!(outcome, Err(StoreError::Forked { .. })), "{outcome:?}");
    }
    let writer = there.store.writer(there.session.clone());
    writer.send(Record::Note("from the child".to_owned()));
    assert!(matches!(writer.flush(), Err(StoreError::Forked { .. })));
    assert!(writer.fault().is_none());
    LEFT.set(false);
    assert_eq!(there.store.get_value(value).unwrap(), b"mine");
}

#[test]
fn a_forked_child_does_not_close_what_is_not_its_own() {
    let mut own = crate::process::Own::new(DropsLoudly);
    own.pretend_forked();
    drop(own);
}

struct DropsLoudly;

impl Drop for DropsLoudly {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn a_store_that_was_moved_is_not_written_to_and_none_is_made_in_its_place() {
    let parent = tempfile::tempdir().unwrap();
    let (place, moved) = (parent.path().join("store"), parent.path().join("moved"));
    let store = Store::open(place.to_str().unwrap()).unwrap();
    store.put_value(b"before").unwrap();
    std::fs::rename(&place, &moved).unwrap();
    std::fs::create_dir(&place).unwrap();

    assert!(matches!(store.put_value(b"after"), Err(StoreError::Gone { .. })));
    assert!(matches!(store.delete_artifact("any", Version::All), Err(StoreError::Gone { .. })));
    store.close();
    assert!(matches!(store.put_value(b"after"), Err(StoreError::Gone { .. })));
    assert!(matches!(store.sessions(), Err(StoreError::Gone { .. })));

    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 0);
    let moved = Store::open(moved.to_str().unwrap()).unwrap();
    assert!(moved.get_value(ValueAddress::of(b"before")).is_ok());
    assert!(moved.get_value(ValueAddress::of(b"after")).is_err());
}

#[test]
fn a_closed_store_is_whole_without_its_logs_and_opens_again() {
    let there = fixture();
    let value = there.store.put_value(b"value").unwrap();
    there.save("kept", Some(value)).unwrap();
    there.store.close();
    let names: Vec<String> = std::fs::read_dir(there.store.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != ".gitignore")
        .collect();
    assert!(names.iter().all(|name| name.ends_with(".db")), "{names:?}");
    assert!(there.has(value));
    assert_eq!(there.store.artifact_names().unwrap(), ["kept"]);
}

#[test]
fn a_renamed_artifact_keeps_its_versions_and_what_the_program_called_it() {
    let fixture = fixture();
    let store = &fixture.store;
    fixture.save("draft", None).unwrap();
    fixture.save("draft", None).unwrap();
    store.set_tag("draft", "best", 1).unwrap();
    assert_eq!(store.rename_artifact("draft", "final").unwrap(), 2);
    assert_eq!(store.rename_artifact("nothing", "other").unwrap(), 0);
    let renamed = store.artifact("final", None).unwrap().unwrap();
    assert_eq!((renamed.version, renamed.saved_as.as_str()), (1, "draft"));
    assert_eq!(store.tags().unwrap(), [("final".to_owned(), "best".to_owned(), 1)]);
    // No number comes twice under either name.
    assert_eq!(
        (fixture.save("final", None).unwrap(), fixture.save("draft", None).unwrap()),
        (2, 2)
    );
    let taken = store.rename_artifact("draft", "final");
    assert!(matches!(taken, Err(StoreError::NameTaken { name }) if name == "final"));
}

#[test]
fn a_tag_stands_for_one_version_and_goes_with_it() {
    let fixture = fixture();
    let store = &fixture.store;
    fixture.save("a", None).unwrap();
    fixture.save("a", None).unwrap();
    assert!(store.set_tag("a", "best", 0).unwrap());
    assert!(store.set_tag("a", "best", 1).unwrap());
    assert!(!store.set_tag("a", "best", 2).unwrap());
    assert_eq!(store.tags().unwrap(), [("a".to_owned(), "best".to_owned(), 1)]);
    assert!(!store.remove_tag("a", "worst").unwrap());
    store.delete_artifact("a", Version::Latest).unwrap();
    assert_eq!(store.tags().unwrap(), []);
}

#[test]
fn a_session_is_deleted_when_no_artifact_of_it_is_kept() {
    let fixture = fixture();
    let (store, id) = (&fixture.store, fixture.session.id);
    fixture.save("a", None).unwrap();
    let kept = store.delete_session(id);
    assert!(matches!(kept, Err(StoreError::SessionKept { artifacts: 1, .. })));
    assert_eq!(store.sessions().unwrap().len(), 1);
    store.delete_artifact("a", Version::All).unwrap();
    store.delete_session(id).unwrap();
    assert_eq!(store.sessions().unwrap(), []);
    assert!(matches!(store.delete_session(id), Err(StoreError::UnknownSession { .. })));
}
