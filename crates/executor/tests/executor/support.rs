//! A bench: a host and an executor that know each other's words.

use std::sync::mpsc::Receiver;
use std::sync::mpsc::channel;

use clew_effects::{Catalog, ExternalState, StateKey};
use clew_executor::{ExecuteError, Executor, NativeError, NativeHost, Value};
use clew_graph::{Graph, NodeId, Session, SessionKind, Timestamp};

const ANNOTATIONS: &str = include_str!("../../../../tests/contract/annotations.yaml");

/// A host and an executor that know each other's words.
pub(crate) struct Bench {
    pub(crate) host: NativeHost,
    pub(crate) executor: Executor,
    events: Receiver<String>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let mut catalog = Catalog::empty();
        catalog.add("test.yaml", ANNOTATIONS).expect("the annotations are right");
        let mut executor = Executor::new(catalog);
        let (sender, events) = channel();
        executor.on_event(move |event| _ = sender.send(format!("{event}\n")));

        let mut host = NativeHost::new();
        let none = |_: &mut clew_executor::NativeCall<'_>| Ok(().into());
        for name in ["read", "write", "vacuum", "put", "fill"] {
            host.define("store", name, none);
        }
        host.define("store", "open", |_| Ok(Value::list([])));
        host.define("store", "sort", |call| Ok(call.keyword[0].1.clone()));
        let state = StateKey::whole(ExternalState::Db);
        host.define_value("store", "db", state);
        host.define("builtins", "len", |call| {
            Ok((call.argument(0)?.elements()?.len() as i64).into())
        });
        host.define("builtins", "sum", |call| {
            Ok(call.positional.iter().filter_map(Value::as_int).sum::<i64>().into())
        });
        host.define("__main__", "same", |call| Ok(call.argument(0)?.clone()));
        host.define("__main__", "fail", |_| Err(NativeError::new("ValueError", "it failed")));
        host.define("__main__", "count", |call| {
            let seen = call.global("seen")?;
            let count = call.global("counter").ok().and_then(|value| value.as_int()).unwrap_or(0);
            call.set_global("counter", count + 1);
            call.set_global("last", seen.clone());
            Ok(().into())
        });
        Self { host, executor, events }
    }

    /// Runs one node after another as they come, without session or directory.
    pub(crate) fn run(&mut self, text: &str) -> (Graph, Result<(), ExecuteError>) {
        let graph: Graph = text.parse().unwrap_or_else(|error| panic!("{error}"));
        let result = graph
            .nodes()
            .iter()
            .try_for_each(|node| self.executor.execute_node(&mut self.host, node, None).map(drop));
        (graph, result)
    }

    pub(crate) fn log(&self) -> String {
        self.events.try_iter().collect()
    }

    pub(crate) fn show(&self, node: u32) -> String {
        match self.executor.value(NodeId::new(node)).map(|value| self.host.get(value)) {
            None => "no value".to_owned(),
            Some(None) => "a forgotten value".to_owned(),
            Some(Some(value)) => value.to_string(),
        }
    }
}

pub(crate) fn session(working_directory: &str) -> Session {
    Session {
        id: "01890000-0000-7000-8000-000000000000".parse().expect("the id is one"),
        kind: SessionKind::Script,
        python_version: "3.11.0".to_owned(),
        created: Timestamp(0),
        working_directory: working_directory.to_owned(),
        arguments: Vec::new(),
    }
}
