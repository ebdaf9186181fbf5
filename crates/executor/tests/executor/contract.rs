//! Contract: what holds on every host, as `tests/contract` says it; `test_contract.py` reads the same on CPython.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use clew_executor::{Host, NativeError, Value};
use clew_graph::{Graph, NodeId, Source, SourceId, SourceLocation};

use crate::support::{Bench, session};

/// A heading with the fenced blocks below it, by their words.
struct Case {
    title: String,
    blocks: BTreeMap<String, String>,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match (&block, line.strip_prefix("```"), line.strip_prefix("## ")) {
            (Some(_), Some(_), _) => block = None,
            (None, Some(word), _) => block = Some(word.to_owned()),
            (None, None, Some(title)) => {
                cases.push(Case { title: title.to_owned(), blocks: BTreeMap::new() });
            }
            (Some(word), None, _) => {
                let case = cases.last_mut().expect("a block stands below a heading");
                let text = case.blocks.entry(word.clone()).or_default();
                text.push_str(line);
                text.push('\n');
            }
            (None, None, None) => {}
        }
    }
    cases
}

fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.host.define_value("__main__", "max", 42);
    bench.host.define("__main__", "total", |call| {
        Ok(call.positional.iter().filter_map(Value::as_int).sum::<i64>().into())
    });
    bench.host.define("__main__", "spoil", |call| {
        if let Value::List(items) = call.argument(0)? {
            items.borrow_mut().push(1.into());
        }
        call.set_global("spoilt", 1);
        Err(NativeError::new("ValueError", "it failed"))
    });
    bench.host.define_text("for x in xs: total.append(x)", |call| {
        let xs = call.global("xs")?.elements()?;
        let total = call.global("total")?;
        for x in xs {
            call.set_global("x", x.clone());
            if let Value::List(total) = &total {
                total.borrow_mut().push(x);
            }
        }
        Ok(().into())
    });
    bench.host.define_text("def f(): return xs", |call| {
        call.global("xs")?;
        call.set_global("f", ());
        Ok(().into())
    });
    bench
}

/// What came of a case, as its `events` or `log` says it.
fn run(case: &Case) -> String {
    let mut bench = bench();
    let block = |word: &str| case.blocks.get(word).map(|text| text.trim_end().to_owned());
    let graph: Graph = case.blocks["graph"].parse().unwrap_or_else(|error| panic!("{error}"));
    if let Some(text) = block("source") {
        let (id, location) = (SourceId::new(0), SourceLocation::Text);
        bench.executor.add_source(Source { id, location, text });
    }
    if let Some(file) = block("file") {
        bench.executor.set_module_file(file);
    }
    let variables = block("variables").map(|text| {
        let pairs = text.lines().map(|line| line.split_once('=').expect("it is `name=node`"));
        pairs.map(|(name, node)| (name.to_owned(), node_of(node))).collect::<BTreeMap<_, _>>()
    });
    let result = match block("folder") {
        Some(folder) => {
            let before = bench.host.working_directory().expect("there is one");
            let session = session(&folder);
            let result = bench.executor.execute_graph(&mut bench.host, &graph, &session);
            assert_eq!(bench.host.working_directory().expect("there is one"), before);
            result
        }
        None => graph.nodes().iter().try_for_each(|node| {
            bench.executor.execute_node(&mut bench.host, node, variables.as_ref()).map(drop)
        }),
    };
    for line in block("times").iter().flat_map(|text| text.lines()) {
        let words: Vec<&str> = line.split(' ').collect();
        let time = |node: &str| bench.executor.execution_time(node_of(node)).expect("it ran");
        let holds = match words.as_slice() {
            [one, "=", other] => time(one) == time(other),
            [one, ">", other] => time(one).0 >= time(other).1,
            _ => panic!("{line}"),
        };
        assert!(holds, "{}: {line}", case.title);
    }
    assert_eq!(bench.host.open_contexts(), 0);
    let log = bench.log();
    if case.blocks.contains_key("events") {
        return log;
    }
    let told = log.lines().filter(|line| line.contains("; ") || line.contains("raised"));
    let mut output: String = told.flat_map(|line| [line, "\n"]).collect();
    _ = match result {
        Ok(()) => writeln!(output, "value {}", bench.show(graph.len() as u32 - 1)),
        Err(error) => writeln!(output, "error {error}"),
    };
    output
}

fn node_of(word: &str) -> NodeId {
    let digits = word.strip_prefix('n').and_then(|digits| digits.parse().ok());
    NodeId::new(digits.expect("a node is `n` and its number"))
}

#[test]
fn the_native_host_keeps_the_contract() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/contract");
    let mut count = 0;
    for entry in folder.read_dir().expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        for case in cases(&std::fs::read_to_string(&path).expect("it can be read")) {
            let expected = case.blocks.get("events").or(case.blocks.get("log"));
            let expected = expected.unwrap_or_else(|| panic!("{} expects nothing", case.title));
            assert_eq!(&run(&case), expected, "{}: {}", path.display(), case.title);
            count += 1;
        }
    }
    assert!(count > 25, "{count} cases");
}
