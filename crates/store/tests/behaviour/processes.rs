//! Processes: several at once, and those that are killed.
//!
//! A test here starts this test program again, to run [`child`] and nothing else.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use clew_graph::{Literal, Node, NodeId, NodeKind, Session};
use clew_store::{Record, Store};

use crate::fixture::{Folder, artifact, execution, session};

const TASK: &str = "CLEW_STORE_TEST_TASK";
const PLACE: &str = "CLEW_STORE_TEST_PLACE";

fn start(task: &str, folder: &Folder) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::child", "--nocapture"])
        .env(TASK, task)
        .env(PLACE, folder.place())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn child() {
    let Ok(task) = std::env::var(TASK) else { return };
    let store = Store::open(&std::env::var(PLACE).unwrap()).unwrap();
    match task.as_str() {
        "write for ever" => write(&store, session(0), u32::MAX),
        "write and save" => write_and_save(&store),
        _ => unreachable!("{task}"),
    }
}

/// Writes nodes and says after each flush how many there are for sure.
fn write(store: &Store, session: Session, count: u32) {
    let writer = store.writer(session);
    for index in 0..count {
        writer.send(Record::Node(node(index)));
        if index % 97 == 0 {
            writer.flush().unwrap();
            println!("\nflushed {}", index + 1);
        }
    }
    writer.finish("0").unwrap();
}

fn write_and_save(store: &Store) {
    let session = session(0);
    let execution = execution(&session);
    let writer = store.writer(session);
    writer.send(Record::Execution(execution.clone()));
    for index in 0..1000 {
        writer.send(Record::Node(node(index)));
        if index % 20 == 0 {
            let value = store.put_value(format!("value {}", index % 100).as_bytes()).unwrap();
            let new = artifact("shared", &execution, Some(value));
            match index % 40 {
                0 => drop(writer.save_artifact(new).unwrap()),
                _ => drop(store.save_artifact(new).unwrap()),
            }
        }
    }
    writer.finish("0").unwrap();
    assert!(writer.fault().is_none());
}

fn node(index: u32) -> Node {
    Node {
        id: NodeId::new(index),
        span: None,
        control: None,
        kind: NodeKind::Literal(Literal::Int(i64::from(index))),
    }
}

/// How many nodes the child says to have flushed, up to a line after a time.
fn flushed(child: &mut Child, lines: usize) -> usize {
    let output = BufReader::new(child.stdout.take().unwrap());
    let counts = output.lines().filter_map(|line| {
        line.unwrap().strip_prefix("flushed ").map(|count| count.parse().unwrap())
    });
    counts.take(lines).last().unwrap()
}

#[test]
fn a_killed_process_leaves_a_store_with_all_that_it_flushed() {
    let folder = Folder::new();
    for round in 0..8 {
        let mut child = start("write for ever", &folder);
        let flushed = flushed(&mut child, 1 + round * 3);
        child.kill().unwrap();
        child.wait().unwrap();

        let store = folder.open();
        let stored = store.latest_session().unwrap().unwrap();
        assert_eq!(stored.finished, None);
        let graph = store.graph(stored.session.id).unwrap();
        assert!(graph.len() >= flushed, "{} of {flushed}", graph.len());
        assert_eq!(graph.nodes().last(), Some(&node(graph.len() as u32 - 1)));
        assert_eq!(store.sessions().unwrap().len(), round + 1);
    }
}

#[test]
fn a_process_that_is_killed_while_it_makes_the_store_leaves_one_that_opens() {
    for round in 0..20 {
        let folder = Folder::new();
        let mut child = start("write for ever", &folder);
        std::thread::sleep(Duration::from_millis(round * 2));
        child.kill().unwrap();
        child.wait().unwrap();

        let store = folder.open();
        for stored in store.sessions().unwrap() {
            store.graph(stored.session.id).unwrap();
        }
        write(&store, session(1), 10);
    }
}

#[test]
fn several_processes_write_at_once() {
    let folder = Folder::new();
    let children: Vec<Child> = (0..3).map(|_| start("write and save", &folder)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let store = folder.open();
    let sessions = store.sessions().unwrap();
    assert_eq!(sessions.len(), 3);
    for stored in sessions {
        assert_eq!(store.graph(stored.session.id).unwrap().len(), 1000);
        assert_eq!(stored.exit_status.as_deref(), Some("0"));
    }
    let artifacts = store.artifacts().unwrap();
    let versions: Vec<u32> = artifacts.iter().map(|artifact| artifact.version).collect();
    assert_eq!(versions, (0..150).collect::<Vec<u32>>());
    for artifact in artifacts {
        let value = store.get_value(artifact.value.unwrap().parse().unwrap()).unwrap();
        assert!(value.starts_with(b"value "));
    }
}

#[test]
fn several_threads_share_a_store() {
    let folder = Folder::new();
    let store = folder.open();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| write_and_save(&store));
        }
    });
    assert_eq!(store.artifacts().unwrap().len(), 150);
}
