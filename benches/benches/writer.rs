//! What does it cost to have nodes on the disk, one statement at a time, as sessions get longer?

use clew_benches::Shape;
use clew_graph::{
    ExecutionId, Node, NodeId, NodeValue, Session, SessionId, SessionKind, Timestamp,
};
use clew_store::{Record, Store};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use uuid::Uuid;

fn session() -> Session {
    Session {
        id: SessionId(Uuid::now_v7()),
        kind: SessionKind::Script,
        python_version: "3.11".to_owned(),
        created: Timestamp(0),
        working_directory: "/".to_owned(),
        arguments: Vec::new(),
    }
}

fn value(execution: ExecutionId, node: NodeId) -> NodeValue {
    let (start, end) = (Timestamp(0), Timestamp(1));
    NodeValue { execution, node, start, end, type_name: None, fingerprint: None }
}

fn write(store: &Store, session: Session, nodes: &[Node]) {
    let execution = ExecutionId(Uuid::now_v7());
    let created = session.created;
    let writer = store.writer(session.clone());
    writer.send(Record::Execution(clew_graph::Execution {
        id: execution,
        session: session.id,
        created,
    }));
    for node in nodes {
        writer.send(Record::Nodes(vec![node.clone()]));
        writer.send(Record::NodeValue(value(execution, node.id)));
    }
    writer.finish("0").expect("a fresh store in a temporary folder takes all records");
}

fn writer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("writer/notebook");
    for nodes in [100, 1_000, 10_000] {
        let graph = Shape::Notebook.graph(nodes);
        group.throughput(Throughput::Elements(nodes as u64));
        group.sample_size(10);
        group.bench_with_input(BenchmarkId::from_parameter(nodes), &graph, |bencher, graph| {
            let fresh = || {
                let folder = tempfile::tempdir().expect("a temporary folder can be made");
                let place = folder.path().to_str().expect("its path is text").to_owned();
                let store = Store::open(&place).expect("an empty folder takes a store");
                (folder, store)
            };
            bencher.iter_batched(
                fresh,
                |(folder, store)| {
                    write(&store, session(), graph.nodes());
                    (folder, store)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, writer);
criterion_main!(benches);
