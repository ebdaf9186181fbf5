//! How does the time of a slice grow with the program?

use std::hint::black_box;

use clew_benches::Shape;
use clew_graph::{Graph, Literal, NewNode, NodeKind, Source, SourceId, SourceLocation, Span};
use clew_session::Slicer;
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

/// And that of the texts of all variables' slices, where each needs a line of its own?
fn texts_of_all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("slice/texts_of_all");
    for variables in [1_000, 5_000, 20_000] {
        let id = SourceId::new(0);
        let (mut graph, mut text) = (Graph::new(), String::new());
        for at in 0..variables {
            let start = text.len() as u32;
            text.push_str(&format!("v{at} = {at}\n"));
            let span = Some(Span { source: id, start, end: text.len() as u32 - 1 });
            let kind = NodeKind::Literal(Literal::Str(at.to_string()));
            graph.insert(NewNode { span, control: None, kind }).expect("a literal needs nothing");
        }
        let sources = [Source { id, location: SourceLocation::Text, text }];
        let slicer = Slicer::new(&graph, &sources).expect("the text is Python");
        group.throughput(Throughput::Elements(variables));
        group.sample_size(10);
        group.bench_with_input(BenchmarkId::from_parameter(variables), &graph, |bencher, graph| {
            bencher.iter(|| graph.ids().map(|id| slicer.slice([id]).code.len()).sum::<usize>());
        });
    }
    group.finish();
}

criterion_group!(benches, slice, texts_of_all);
criterion_main!(benches);
