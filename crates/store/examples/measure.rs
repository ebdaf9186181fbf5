use clew_graph::*;
use clew_store::*;
use std::time::Instant;
use uuid::Uuid;
fn main() {
    let n: u32 = std::env::args().nth(1).map_or(100_000, |a| a.parse().unwrap());
    let dir = tempfile::tempdir_in(".").unwrap();
    let place = dir.path().join(".clew");
    let place = place.to_str().unwrap();
    let t = Instant::now();
    let store = Store::open(place).unwrap();
    println!("create {:?}", t.elapsed());
    drop(store);
    let mut best = u128::MAX;
    for _ in 0..20 { let t = Instant::now(); let s = Store::open(place).unwrap(); best = best.min(t.elapsed().as_micros()); drop(s); }
    println!("open existing best {best} us");
    let t = Instant::now();
    let store = Store::open(place).unwrap();
    println!("open {:?}", t.elapsed());
    let t = Instant::now();
    let _ = store.sessions().unwrap();
    println!("first query {:?}", t.elapsed());
    let session = Session { id: SessionId(Uuid::now_v7()), kind: SessionKind::Script, python_version: "3.12.1".into(), created: Timestamp(1_780_000_000_000_000), working_directory: "/home".into(), arguments: vec![] };
    let ex = ExecutionId(Uuid::now_v7());
    // like v{i} = v{i-1} + {i}
    let mut g = Graph::new();
    let span = |i: u32| Some(Span { source: SourceId::new(0), start: i * 10, end: i * 10 + 9 });
    let mut prev = g.insert(NodeKind::Literal(Literal::Int(0))).unwrap();
    while g.len() < n as usize {
        let i = g.len() as u32;
        let lit = g.insert(NewNode { span: span(i), control: None, kind: NodeKind::Literal(Literal::Int(i as i64)) }).unwrap();
        prev = g.insert(NewNode { span: span(i), control: None, kind: NodeKind::Call(Call::operator(Operator::Add, [prev, lit])) }).unwrap();
    }
    let nodes = g.nodes().to_vec();
    let t = Instant::now();
    let w = store.writer(session.clone());
    println!("writer() {:?}", t.elapsed());
    let t = Instant::now();
    for node in nodes { w.send(Record::Node(node)); }
    println!("send {} nodes {:?}", g.len(), t.elapsed());
    w.flush().unwrap();
    println!("flushed after {:?}", t.elapsed());
    let t = Instant::now();
    w.flush().unwrap();
    println!("empty flush {:?}", t.elapsed());
    let t = Instant::now();
    w.send(Record::Note("x".into()));
    w.flush().unwrap();
    println!("small flush {:?}", t.elapsed());
    let size = |f: &str| std::fs::metadata(dir.path().join(".clew").join(f)).map_or(0, |m| m.len());
    let before = { w.flush().unwrap(); size("catalog.db") };
    println!("catalog {} wal {} -> {} bytes/node", before, size("catalog.db-wal"), before as f64 / g.len() as f64);
    let t = Instant::now();
    assert_eq!(store.graph(session.id).unwrap().len(), g.len());
    println!("graph {:?}", t.elapsed());
    let t = Instant::now();
    w.send(Record::Execution(Execution { id: ex, session: session.id, created: session.created }));
    for i in 0..n { w.send(Record::NodeValue(NodeValue { execution: ex, node: NodeId::new(i), start: Timestamp(session.created.0 + 50 * i as i64), end: Timestamp(session.created.0 + 50 * i as i64 + 7), type_name: Some("pandas.core.frame.DataFrame".into()), fingerprint: (i % 2 == 0).then(|| "00112233445566778899aabbccddeeff".into()) })); }
    println!("send values {:?}", t.elapsed());
    w.flush().unwrap();
    println!("values flushed {:?}", t.elapsed());
    let t = Instant::now();
    w.send(Record::Variables((0..1000).map(|i| Variable { name: format!("v{i}"), node: Some(NodeId::new(i)), refused: None, type_name: Some("builtins.int".into()), fingerprint: None }).collect()));
    w.flush().unwrap();
    println!("1000 variables {:?}", t.elapsed());
    let t = Instant::now();
    w.finish("0").unwrap();
    println!("finish {:?}", t.elapsed());
    drop(w);
    let t = Instant::now();
    println!("{} values read {:?}", store.node_values(ex).unwrap().len(), t.elapsed());
    drop(store);
    println!("catalog {} wal {} -> {} bytes/node with half fingerprinted values", size("catalog.db"), size("catalog.db-wal"), size("catalog.db") as f64 / g.len() as f64);
    let store = Store::open(place).unwrap();
    let t = Instant::now();
    let a = store.put_value(b"hello").unwrap();
    println!("first put {:?}", t.elapsed());
    let t = Instant::now();
    store.put_value(b"hello").unwrap();
    println!("dedup put {:?}", t.elapsed());
    let t = Instant::now();
    store.save_artifact(NewArtifact { name: "m".into(), session: session.id, execution: ex, node: None, created: Timestamp(0), type_name: "t".into(), fingerprint: None, value: Some(a) }).unwrap();
    println!("save artifact {:?}", t.elapsed());
    for (what, big) in [("zeros", vec![0u8; 100 << 20]), ("noise", { let mut x = 1u64; (0..(100 << 20) / 8).flat_map(|_| { x ^= x << 13; x ^= x >> 7; x ^= x << 17; x.to_le_bytes() }).collect::<Vec<u8>>() }), ("floats", (0..(100<<20)/8).flat_map(|i| ((i as f64).sqrt()*1e3).round().to_le_bytes()).collect())] {
        let t = Instant::now();
        let a = store.put_value(&big).unwrap();
        print!("put 100 MiB {what} {:?}", t.elapsed());
        let t = Instant::now();
        assert!(store.get_value(a).unwrap() == big);
        println!(" get {:?} file {}", t.elapsed(), size("values.db"));
    }
    let t = Instant::now();
    drop(store);
    println!("close {:?}", t.elapsed());
}
