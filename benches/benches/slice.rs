//! How does the time of a slice grow with the program?

use std::hint::black_box;

use clew_benches::Shape;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn slice(criterion: &mut Criterion) {
    for shape in Shape::ALL {
        let mut group = criterion.benchmark_group(format!("slice/{}", shape.name()));
        for nodes in [1_000, 10_000, 100_000, 1_000_000] {
            let graph = shape.graph(nodes);
            group.throughput(Throughput::Elements(nodes as u64));
            group.sample_size(20);
            group.bench_with_input(BenchmarkId::from_parameter(nodes), &graph, |bencher, graph| {
                bencher.iter(|| black_box(graph.slice(graph.ids().last())));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, slice);
criterion_main!(benches);
