//! Places: what can stand where a store should be.

use std::error::Error;
use std::path::Path;

use clew_store::{Store, StoreError};
use expect_test::{Expect, expect};

use crate::fixture::{Folder, keep_session};

/// Opens a place and shows what comes of it, with `FOLDER` for the test's own.
fn check(folder: &Folder, place: &str, expected: Expect) {
    expected.assert_eq(&match Store::open(place) {
        Ok(store) => format!("opened {}", shown(folder, &store.folder().display().to_string())),
        Err(error) => shown(folder, &error.to_string()),
    });
}

fn shown(folder: &Folder, text: &str) -> String {
    text.replace(folder.place(), "FOLDER")
}

#[test]
fn a_folder_that_is_not_there_is_made() {
    let folder = Folder::new();
    let place = folder.join("a/b/.clew");
    check(&folder, place.to_str().unwrap(), expect!["opened FOLDER/a/b/.clew"]);
    assert!(place.join("catalog.db").is_file());
}

#[test]
fn a_place_needs_a_name() {
    check(
        &Folder::new(),
        "",
        expect!["the store's place is empty; name a folder, such as `.clew`"],
    );
}

#[test]
fn postgres_comes_later_and_a_password_is_not_shown() {
    let folder = Folder::new();
    check(
        &folder,
        "postgres://ada:secret@db.example.org/clew",
        expect![
            "`postgres://…@db.example.org/clew` names a Postgres server, which is not yet supported; name a folder, such as `.clew`"
        ],
    );
    check(
        &folder,
        "postgresql://localhost/clew",
        expect![
            "`postgresql://localhost/clew` names a Postgres server, which is not yet supported; name a folder, such as `.clew`"
        ],
    );
}

#[test]
fn a_url_of_another_kind_is_no_place() {
    check(
        &Folder::new(),
        "s3://bucket/clew",
        expect!["`s3://bucket/clew` is no place for a store; name a folder, such as `.clew`"],
    );
}

#[test]
fn a_file_is_no_place() {
    let folder = Folder::new();
    let file = folder.join("file");
    std::fs::write(&file, "text").unwrap();
    check(
        &folder,
        file.to_str().unwrap(),
        expect!["`FOLDER/file` is not a folder; name another place, or move the file away"],
    );
    check(
        &folder,
        file.join("below").to_str().unwrap(),
        expect!["`FOLDER/file` is not a folder; name another place, or move the file away"],
    );
}

#[test]
fn a_catalog_that_is_no_database_is_left_alone() {
    let folder = Folder::new();
    std::fs::write(folder.join("catalog.db"), "Dear diary, ".repeat(1000)).unwrap();
    check(
        &folder,
        folder.place(),
        expect!["`FOLDER/catalog.db` is not a database; move it away and a new one is made"],
    );
    assert!(std::fs::read(folder.join("catalog.db")).unwrap().starts_with(b"Dear diary"));
}

#[test]
fn a_folder_in_the_catalogs_place_is_no_database() {
    let folder = Folder::new();
    std::fs::create_dir(folder.join("catalog.db")).unwrap();
    check(
        &folder,
        folder.place(),
        expect!["`FOLDER/catalog.db` is not a database; move it away and a new one is made"],
    );
}

#[test]
fn another_programs_database_is_left_alone() {
    let folder = Folder::new();
    let other = rusqlite::Connection::open(folder.join("catalog.db")).unwrap();
    other.execute_batch("CREATE TABLE recipe (title TEXT)").unwrap();
    drop(other);
    let before = std::fs::read(folder.join("catalog.db")).unwrap();
    check(
        &folder,
        folder.place(),
        expect!["`FOLDER/catalog.db` is a database, but none of clew's; name another place"],
    );
    assert!(std::fs::read(folder.join("catalog.db")).unwrap() == before);

    let folder = Folder::new();
    let store = folder.open();
    std::fs::write(folder.join("values.db"), &before).unwrap();
    let error = store.put_value(b"value").unwrap_err();
    assert!(matches!(error, StoreError::NotOurs { .. }), "{error:?}");
    assert!(std::fs::read(folder.join("values.db")).unwrap() == before);
}

#[test]
fn a_store_of_a_newer_clew_is_left_alone() {
    let folder = Folder::new();
    drop(folder.open());
    change(
        &folder.join("catalog.db"),
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('0099')",
    );
    check(
        &folder,
        folder.place(),
        expect![
            "`FOLDER/catalog.db` was made by a newer clew (its tables have the change 0099); update clew, or name another place"
        ],
    );
}

#[test]
fn values_of_a_newer_clew_are_left_alone() {
    let folder = Folder::new();
    folder.open().put_value(b"value").unwrap();
    change(&folder.join("values.db"), "PRAGMA user_version = 7");
    let error = folder.open().put_value(b"value").unwrap_err();
    expect!["`FOLDER/values.db` was made by a newer clew (its values have form 7); update clew, or name another place"].assert_eq(&shown(&folder, &error.to_string()));
}

#[test]
fn nodes_of_a_newer_clew_are_not_misread() {
    let folder = Folder::new();
    let store = folder.open();
    let session = keep_session(&store).session;
    change(&folder.join("catalog.db"), "UPDATE session SET node_encoding = 3");
    let error = store.graph(session).unwrap_err().to_string();
    expect!["`FOLDER/catalog.db` was made by a newer clew (the nodes of session SESSION have form 3); update clew, or name another place"].assert_eq(&shown(&folder, &error).replace(&session.to_string(), "SESSION"));
}

#[test]
fn a_damaged_catalog_is_an_error() {
    let folder = Folder::new();
    keep_session(&folder.open());
    let file = folder.join("catalog.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4096..].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let error = Store::open(folder.place()).and_then(|store| store.sessions()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    expect!["`FOLDER/catalog.db` is damaged; move its folder away, or bring back a copy"]
        .assert_eq(&shown(&folder, &error.to_string()));
    expect!["database disk image is malformed"].assert_eq(&error.source().unwrap().to_string());
}

#[test]
fn a_truncated_catalog_is_an_error() {
    let folder = Folder::new();
    keep_session(&folder.open());
    let file = folder.join("catalog.db");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let error = Store::open(folder.place()).and_then(|store| store.sessions()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_full_disk_is_told_by_its_name() {
    // SQLite's own limit makes the same error as a disk does.
    let folder = Folder::new();
    let store = folder.open();
    change(
        &folder.join("catalog.db"),
        "CREATE TRIGGER full BEFORE INSERT ON session BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    let writer = store.writer(crate::fixture::session(0));
    assert!(writer.flush().is_err());
    let fault = writer.fault().unwrap();
    expect!["no space is left for `FOLDER/catalog.db`; free some, or name another place"]
        .assert_eq(&shown(&folder, &fault.to_string()));
}

fn change(file: &Path, sql: &str) {
    rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap();
}

#[cfg(unix)]
mod read_only {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use clew_store::Store;
    use expect_test::expect;

    use super::{Folder, shown};

    const PLACE: &str = "CLEW_STORE_TEST_READ_ONLY";

    #[test]
    fn a_folder_that_cannot_be_written_to_is_told_by_its_name() {
        let folder = Folder::new();
        let inner = folder.join("inner");
        std::fs::create_dir(&inner).unwrap();
        for (path, mode) in [(inner.as_path(), 0o555), (folder.path(), 0o755)] {
            std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        }
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "places::read_only::child", "--nocapture"]).env(PLACE, &inner);
        if std::fs::write(inner.join("probe"), "").is_ok() {
            // The mode does not bind the superuser, so somebody else tries.
            std::fs::remove_file(inner.join("probe")).unwrap();
            command.uid(65534);
        }
        // Where that user may not even run this program, there is nothing to see.
        let Ok(output) = command.output() else { return };
        let output = String::from_utf8_lossy(&output.stdout).into_owned();
        let (_, outcome) = output.lines().find_map(|line| line.split_once("outcome: ")).unwrap();
        expect![
            "cannot write to the store `FOLDER/inner`; allow writing there, or name another place"
        ]
        .assert_eq(&shown(&folder, outcome));
    }

    #[test]
    fn child() {
        if let Ok(place) = std::env::var(PLACE) {
            match Store::open(&place) {
                Ok(_) => println!("outcome: opened"),
                Err(error) => println!("outcome: {error}"),
            }
        }
    }
}
