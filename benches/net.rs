//! How long the judge takes on nets of 1,000 transitions, from the net and from its PNML.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use entente::workflow::net::{Limits, Net, Verdict, check, judge, pnml};

const TRANSITIONS: usize = 1_000;

/// Builds a net from its start; `at` is where it stands.
struct Builder {
    net: Net,
    at: usize,
}

impl Builder {
    fn new(name: &str) -> Self {
        let mut net = Net::new(name);
        let at = net.add_place("debut", "");
        Self { net, at }
    }

    fn place(&mut self) -> usize {
        let id = format!("p{}", self.net.places().len());
        self.net.add_place(id, "")
    }

    fn step(&mut self, from: &[usize], to: &[usize]) {
        let id = format!("t{}", self.net.transitions().len());
        let t = self.net.add_transition(id, "");
        from.iter().for_each(|&p| self.net.take(p, t, 1));
        to.iter().for_each(|&p| self.net.give(t, p, 1));
    }

    /// One transition after another, `steps` of them; gives the last place.
    fn lane(&mut self, from: usize, steps: usize) -> usize {
        let mut at = from;
        for _ in 0..steps {
            let next = self.place();
            self.step(&[at], &[next]);
            at = next;
        }
        at
    }

    /// A fork, `width` lanes of `steps` transitions, a join.
    fn fork(&mut self, width: usize, steps: usize) {
        let starts: Vec<usize> = (0..width).map(|_| self.place()).collect();
        self.step(&[self.at], &starts);
        let ends: Vec<usize> = starts.iter().map(|&p| self.lane(p, steps)).collect();
        let next = self.place();
        self.step(&ends, &[next]);
        self.at = next;
    }
}

fn sequence() -> Net {
    let mut builder = Builder::new("suite");
    builder.lane(builder.at, TRANSITIONS);
    builder.net
}

/// Forks of four lanes of two, one after another.
fn forks() -> Net {
    let mut builder = Builder::new("fourches");
    for _ in 0..TRANSITIONS / 10 {
        builder.fork(4, 2);
    }
    builder.net
}

/// One fork of four long lanes.
fn lanes() -> Net {
    let mut builder = Builder::new("couloirs");
    builder.fork(4, (TRANSITIONS - 2) / 4);
    builder.net
}

/// One fork of many lanes of four.
fn wide() -> Net {
    let mut builder = Builder::new("eventail");
    builder.fork((TRANSITIONS - 2) / 4, 4);
    builder.net
}

fn nets(criterion: &mut Criterion) {
    for net in [sequence(), forks(), lanes(), wide()] {
        assert!(net.transitions().len() >= TRANSITIONS - 6);
        assert_eq!(judge(&net, Limits::default()).verdict, Verdict::Sound);
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
