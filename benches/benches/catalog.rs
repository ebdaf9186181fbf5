//! What does it cost to ask the rules about a call, and to ask for the first time?

use std::hint::black_box;

use clew_effects::{CallShape, Catalog, Class};
use clew_graph::Literal;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

fn catalog(criterion: &mut Criterion) {
    let catalog = Catalog::builtin();
    let frame = [Class::new("pandas", "DataFrame"), Class::new("pandas", "NDFrame")];
    let plain = CallShape::positional(1);
    let inplace = CallShape::positional(1).keyword("inplace", Literal::Bool(true));

    let mut group = criterion.benchmark_group("catalog");
    group.bench_function("method", |bencher| {
        bencher.iter(|| black_box(catalog.method(&frame, "fillna", &plain)));
    });
    group.bench_function("method_with_condition", |bencher| {
        bencher.iter(|| black_box(catalog.method(&frame, "fillna", &inplace)));
    });
    group.bench_function("method_by_pattern", |bencher| {
        bencher.iter(|| black_box(catalog.method(&frame, "to_parquet", &plain)));
    });
    group.bench_function("function", |bencher| {
        bencher.iter(|| black_box(catalog.function(&[("numpy", "sort")], &plain)));
    });
    group.bench_function("without_a_rule", |bencher| {
        bencher.iter(|| black_box(catalog.function(&[("helpers", "clean")], &plain)));
    });
    group.bench_function("first_of_a_package", |bencher| {
        bencher.iter_batched(
            Catalog::builtin,
            |catalog| {
                black_box(catalog.function(&[("sklearn.metrics", "accuracy_score")], &plain));
                catalog
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, catalog);
criterion_main!(benches);
