//! What does it cost to make the nodes of a statement that ran, as the program gets longer?

use clew_benches::Text;
use clew_graph::{SourceLocation, Timestamp};
use clew_session::{Bound, Capture, Outcome};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// A program that was begun, and what an interpreter would report of its statements.
fn begun(text: Text, lines: usize) -> (Capture, Vec<Outcome>) {
    let mut capture = Capture::new();
    let source = capture
        .begin_source(SourceLocation::Text, &text.program(lines))
        .expect("the shapes are valid Python");
    let unit = capture.unit(source).expect("the source was begun");
    let report = |&statement: &clew_syntax::StatementId| {
        let mut outcome = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
        let binds = unit.statement(statement).whole.binds.iter();
        outcome.bound = binds
            .map(|bind| Bound { name: bind.name.clone(), certain: true, deleted: false })
            .collect();
        outcome
    };
    let outcomes = unit.top().iter().map(report).collect();
    (capture, outcomes)
}

fn capture(criterion: &mut Criterion) {
    for text in Text::ALL {
        let mut group = criterion.benchmark_group(format!("capture/{}", text.name()));
        for lines in [100, 1_000, 10_000] {
            let statements = begun(text, lines).1.len();
            group.throughput(Throughput::Elements(statements as u64));
            group.sample_size(20);
            group.bench_function(BenchmarkId::from_parameter(lines), |bencher| {
                bencher.iter_batched(
                    || begun(text, lines),
                    |(mut capture, outcomes)| {
                        for outcome in &outcomes {
                            capture.record(outcome).expect("the reports fit the program");
                        }
                        capture
                    },
                    BatchSize::LargeInput,
                );
            });
        }
        group.finish();
    }
}

criterion_group!(benches, capture);
criterion_main!(benches);
