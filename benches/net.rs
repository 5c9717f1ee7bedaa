//! How long the judge takes on nets of 1,000 transitions, from the net and from its PNML.

mod reseaux;

use criterion::{Criterion, criterion_group, criterion_main};
use entente::workflow::net::{Limits, Verdict, check, judge, pnml};
use reseaux::{forks, lanes, leaking, sequence, wide};
use std::hint::black_box;

const TRANSITIONS: usize = 1_000;

fn nets(criterion: &mut Criterion) {
    let families = [sequence, forks, lanes, wide];
    let sound = families.map(|family| (family(TRANSITIONS), Verdict::Sound));
    for (net, verdict) in sound
        .into_iter()
        .chain([(leaking(TRANSITIONS), Verdict::Unsound)])
    {
        assert!(net.transitions().len() >= TRANSITIONS - 6);
        assert_eq!(judge(&net, Limits::default()).verdict, verdict);
        let mut group = criterion.benchmark_group(format!("net/{}", net.name));
        group.bench_function("juger", |bench| {
            bench.iter(|| judge(black_box(&net), Limits::default()));
        });
        let text = pnml::write(&net);
        group.bench_function("lire et juger", |bench| {
            bench.iter(|| check(black_box(text.as_bytes())));
        });
        group.finish();
    }
}

criterion_group!(benches, nets);
criterion_main!(benches);
