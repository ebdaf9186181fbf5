//! How does the time to parse and lower a program grow with its length?

use std::hint::black_box;

use clew_benches::Text;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn parse(criterion: &mut Criterion) {
    for text in Text::ALL {
        let mut group = criterion.benchmark_group(format!("parse/{}", text.name()));
        for lines in [100, 1_000, 10_000] {
            let program = text.program(lines);
            group.throughput(Throughput::Elements(lines as u64));
            group.sample_size(20);
            group.bench_with_input(
                BenchmarkId::from_parameter(lines),
                &program,
                |bencher, text| {
                    bencher.iter(|| black_box(clew_syntax::parse(text)));
                },
            );
        }
        group.finish();
    }
}

criterion_group!(benches, parse);
criterion_main!(benches);
