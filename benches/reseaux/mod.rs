//! Families of workflow nets, of any size.

use entente::workflow::net::Net;

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
        for &p in from {
            self.net.take(p, t, 1);
        }
        for &p in to {
            self.net.give(t, p, 1);
        }
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

/// `n` transitions one after another.
pub fn sequence(n: usize) -> Net {
    let mut builder = Builder::new("suite");
    builder.lane(builder.at, n);
    builder.net
}

/// Forks of four lanes of two, one after another.
pub fn forks(n: usize) -> Net {
    let mut builder = Builder::new("fourches");
    for _ in 0..n / 10 {
        builder.fork(4, 2);
    }
    builder.net
}

/// One fork of four long lanes.
pub fn lanes(n: usize) -> Net {
    let mut builder = Builder::new("couloirs");
    builder.fork(4, (n - 2) / 4);
    builder.net
}

/// One fork of many lanes of four.
pub fn wide(n: usize) -> Net {
    let mut builder = Builder::new("eventail");
    builder.fork((n - 2) / 4, 4);
    builder.net
}

/// Many lanes of four, the first of which may end alone: unsound, and told with its path.
pub fn leaking(n: usize) -> Net {
    let mut net = wide(n);
    net.name = "fuite".into();
    let (last, end) = (net.transitions().len() - 1, net.places().len() - 1);
    let Some(first) = net.inputs(last).keys().next().copied() else {
        return net;
    };
    let leak = net.add_transition("fuite", "");
    net.take(first, leak, 1);
    net.give(leak, end, 1);
    net
}
