//! How does a walk through the heap grow with what there is to walk through?
//!
//! Starts an interpreter of its own, hence `--features python`, and a Python with a shared library.
#![allow(unsafe_code, reason = "lends an object of the interpreter that it started")]

use std::ffi::CString;
use std::hint::black_box;

use clew_heap::Lent;
use clew_heap::walk::Walk;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pyo3::prelude::*;
use rustc_hash::FxHashSet;

/// Values by name, each of about `size` objects.
const VALUES: [(&str, &str); 4] = [
    ("list_of_lists", "[[] for _ in range(size)]"),
    ("dict_of_dicts", "{at: {} for at in range(size)}"),
    ("instances", "[type('Point', (), {})() for _ in range(size)]"),
    ("numbers", "list(range(size))"),
];

fn walk(criterion: &mut Criterion) {
    Python::initialize();
    Python::attach(|py| {
        for (name, text) in VALUES {
            let mut group = criterion.benchmark_group(format!("walk/{name}"));
            for size in [100, 10_000, 1_000_000] {
                if name == "instances" && size > 10_000 {
                    continue;
                }
                let text = CString::new(text.replace("size", &size.to_string()))
                    .expect("the texts hold no zero");
                let value = py.eval(&text, None, None).expect("the texts are Python");
                group.throughput(Throughput::Elements(size));
                group.sample_size(20);
                group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
                    bencher.iter(|| {
                        let boundary = FxHashSet::default();
                        let budget = usize::MAX;
                        let mut walk = Walk { boundary: &boundary, budget, definitions: true };
                        // SAFETY: `value` holds the object, and nothing else runs in the interpreter.
                        let root =
                            unsafe { Lent::new(value.as_ptr()) }.expect("a value is no null");
                        black_box(walk.run(root, &mut FxHashSet::default(), &mut |_| true))
                    });
                });
            }
            group.finish();
        }
    });
}

criterion_group!(benches, walk);
criterion_main!(benches);
