//! What does running a program step by step cost beside running it as a whole?
//!
//! Starts an interpreter of its own, hence `--features python`, and a Python with a shared library.

use std::ffi::CString;
use std::time::Duration;

use clew_cpython::{PythonHost, SourceText};
use clew_effects::Catalog;
use clew_executor::Executor;
use clew_graph::{Graph, Session, SessionKind, SourceId, SourceLocation, Step, Timestamp};
use clew_session::{Bound as BoundVariable, Capture, Outcome, Slicer};
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

/// Programs by name, each with what stands above its steps, and its statements in turn.
const PROGRAMS: [(&str, &str, &[&str], usize); 3] = [
    ("operators", "v = 1", &["v = v + 1", "w = v * 2 - 1"], 2_000),
    (
        "calls",
        "rows, table = [], {}",
        &[
            "rows.append(1)",
            "n = len(rows)",
            "table['n'] = n",
            "kind = 'big' if n > 9 else 'small'",
        ],
        2_000,
    ),
    (
        "library",
        "import hashlib, json, re, statistics\ndata = [(at * 7919) % 10007 / 7 for at in range(3000)]\ntext = json.dumps(data)",
        &[
            "ordered = sorted(data)",
            "again = json.loads(text)",
            "digits = re.findall(r'\\d+', text)",
            "mean = statistics.fmean(data)",
            "digest = hashlib.sha256(text.encode()).hexdigest()",
            "spread = statistics.pstdev(data[:200])",
        ],
        120,
    ),
];

/// A program with the nodes and steps that it has when it ran.
struct Recorded {
    text: String,
    graph: Graph,
    steps: Vec<Step>,
}

impl Recorded {
    fn new(start: &str, statements: &[&str], count: usize) -> Self {
        let statements = statements.iter().copied().cycle().take(count);
        let lines: Vec<&str> = start.lines().chain(statements).collect();
        let text = lines.join("\n") + "\n";
        let mut capture = Capture::new();
        let source = capture.begin_source(SourceLocation::Text, &text).expect("it is Python");
        let unit = capture.unit(source).expect("the source was begun");
        for &statement in unit.top() {
            let mut outcome = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
            let binds = unit.statement(statement).whole.binds.iter();
            let bound = binds.map(|bind| BoundVariable {
                name: bind.name.clone(),
                certain: true,
                deleted: false,
            });
            outcome.bound = bound.collect();
            capture.record(&outcome).expect("the reports fit the program");
        }
        let sources: Vec<_> = capture.sources().cloned().collect();
        let slicer = Slicer::new(capture.graph(), &sources).expect("the graph is the program's");
        let steps = slicer.all_steps();
        assert!(steps.len() >= count, "every statement is a step");
        Self { text, steps, graph: capture.graph().clone() }
    }

    /// Runs it step by step.
    fn run<'py>(
        &self,
        session: &Session,
        (module, mut host, mut executor): Begun<'py>,
    ) -> Begun<'py> {
        let result = executor.execute_graph(&mut host, &self.graph, session);
        result.expect("the program runs");
        (module, host, executor)
    }

    /// The steps as they run by their texts alone.
    fn by_texts(&self) -> Vec<Step> {
        let by_text = |step: &Step| Step { is_said_by_nodes: false, ..step.clone() };
        self.steps.iter().map(by_text).collect()
    }
}

/// The time that the processor works for this process: other work on the machine is noise beside what is asked here.
struct ProcessorTime;

impl Measurement for ProcessorTime {
    type Intermediate = u64;
    type Value = Duration;

    fn start(&self) -> u64 {
        Python::attach(|py| {
            let time = py.import("time").expect("Python has clocks");
            let now = time.call_method0("process_time_ns").and_then(|now| now.extract());
            now.expect("the clock is one")
        })
    }

    fn end(&self, start: u64) -> Duration {
        Duration::from_nanos(self.start().saturating_sub(start))
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// A module, and what is to run in it.
type Begun<'py> = (Bound<'py, PyModule>, PythonHost<'py>, Executor);

/// The text of all that a program's variables hold.
fn shown(namespace: &Bound<'_, PyDict>) -> String {
    let shown = namespace.iter().filter(|(name, _)| !name.to_string().starts_with("__"));
    shown.map(|(name, value)| format!("{name} = {value}\n")).collect()
}

/// A module in which a program can run as in a fresh `__main__`.
fn fresh_module(py: Python<'_>) -> Bound<'_, PyModule> {
    let module = PyModule::new(py, "__main__").expect("a module can be made");
    let builtins = py.import("builtins").expect("Python has builtins");
    module.setattr("__builtins__", builtins).expect("a module takes any attribute");
    module
}

fn session() -> Session {
    let here = std::env::current_dir().expect("there is a folder");
    Session {
        id: "01890000-0000-7000-8000-000000000000".parse().expect("the id is one"),
        kind: SessionKind::Script,
        python_version: "3.11.0".to_owned(),
        created: Timestamp(0),
        working_directory: here.to_string_lossy().into_owned(),
        arguments: Vec::new(),
    }
}

fn steps(criterion: &mut Criterion<ProcessorTime>) {
    Python::initialize();
    Python::attach(|py| {
        let session = session();
        for (name, start, statements, count) in PROGRAMS {
            let recorded = Recorded::new(start, statements, count);
            let plain = fresh_module(py).dict();
            let text = CString::new(recorded.text.clone()).expect("the texts hold no zero");
            py.run(&text, Some(&plain), None).expect("the program runs");
            let mut group = criterion.benchmark_group(format!("steps/{name}"));
            group.throughput(Throughput::Elements(recorded.steps.len() as u64));
            group.sample_size(20);
            group.bench_function("plain", |bencher| {
                bencher.iter_batched(
                    || fresh_module(py).dict(),
                    |namespace: Bound<'_, PyDict>| {
                        py.run(&text, Some(&namespace), None).expect("the program runs");
                        namespace
                    },
                    BatchSize::PerIteration,
                );
            });
            for (way, steps) in [("texts", recorded.by_texts()), ("nodes", recorded.steps.clone())]
            {
                let begin = || {
                    let module = fresh_module(py);
                    let id = SourceId::new(0);
                    let (file, text) = ("program.py".to_owned(), recorded.text.clone());
                    let host = PythonHost::new(&module, &[SourceText { id, file, text }]);
                    let mut executor = Executor::new(Catalog::empty());
                    executor.add_steps(steps.clone());
                    (module, host.expect("this interpreter is one"), executor)
                };
                let run = |begun| recorded.run(&session, begun);
                assert_eq!(shown(&run(begin()).0.dict()), shown(&plain));
                group.bench_function(way, |bencher| {
                    bencher.iter_batched(begin, run, BatchSize::PerIteration);
                });
            }
            group.finish();
        }
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = steps
}
criterion_main!(benches);
