//! Reading and proving every shipped workflow, as `entente workflow check` does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench stops by panic"
)]

use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};
use entente::app::fichiers::Library;
use entente::app::preuve;
use std::hint::black_box;

fn shipped(c: &mut Criterion) {
    let library = Library::shipped();
    let on = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
    let mut group = c.benchmark_group("workflow_check");
    group.sample_size(20);
    for name in library.names() {
        let text = library.text(name).expect("shipped");
        group.bench_function(name, |b| {
            b.iter(|| preuve::prove(name, black_box(text), &library, on));
        });
    }
    group.finish();
}

criterion_group!(benches, shipped);
criterion_main!(benches);
