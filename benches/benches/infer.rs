//! What does an answer cost as calls nest deeper?

use std::fmt::Write;
use std::hint::black_box;

use clew_infer::TextWorld;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// So many functions of which each calls the next, and the last changes what it is given.
fn nested(depth: usize) -> String {
    let mut text = String::new();
    for at in 0..depth {
        let _ = write!(
            text,
            "def f{at}(rows, n):\n    if n == 1:\n        n = 2\n    other = list(rows)\n    f{}(rows, n)\n    return other\n\n",
            at + 1
        );
    }
    let _ = write!(text, "def f{depth}(rows, n):\n    for row in rows:\n        row.append(n)\n");
    text
}

fn infer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("infer");
    for depth in [1, 4, 16, 48] {
        let mut world = TextWorld::new(&nested(depth)).expect("the library is understood");
        group.bench_with_input(BenchmarkId::new("nested", depth), &depth, |bencher, _| {
            bencher.iter(|| black_box(world.infer("f0([[1]], 3)").expect("the call is one")));
        });
    }
    group.finish();
}

criterion_group!(benches, infer);
criterion_main!(benches);
