//! Ways through the layers, and the order of what stands in each.

use super::rank::Ranks;
use super::{Edge, Graph};
use std::collections::BTreeMap;

/// What stands in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    Node(usize),
    /// The way of the arrows that lead to a node, forward or back, through a layer.
    Way {
        to: usize,
        back: bool,
    },
    /// What is written on an edge; the line passes under it.
    Label(usize),
}

/// One place of a layer.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    pub thing: Thing,
    pub layer: usize,
    pub width: i32,
    pub height: i32,
    /// The height at which its neighbours like to be level with it.
    pub axis: i32,
}

/// A piece of arrow between two neighbouring layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub left: usize,
    pub left_y: i32,
    pub right: usize,
    pub right_y: i32,
    pub back: bool,
}

/// The graph once every arrow is cut into links.
pub struct Net {
    pub spots: Vec<Spot>,
    /// Links between layer `i` and layer `i + 1`.
    pub links: Vec<Vec<Link>>,
    /// The spots of each layer, from top to bottom.
    pub layers: Vec<Vec<usize>>,
    /// The spots each edge goes through, from left to right; empty for a loop.
    pub paths: Vec<Vec<usize>>,
}

/// The height of a way.
const WAY: i32 = 2;

impl Net {
    pub fn new(graph: &Graph, ranks: &Ranks) -> Self {
        let mut net = Net {
            spots: Vec::new(),
            links: vec![Vec::new(); ranks.layers()],
            layers: vec![Vec::new(); ranks.layers()],
            paths: Vec::new(),
        };
        let mut known = BTreeMap::new();
        for (node, shape) in graph.nodes.iter().enumerate() {
            let spot = Spot {
                thing: Thing::Node(node),
                layer: ranks.layer[node],
                width: shape.width,
                height: shape.height,
                axis: shape.enter_left,
            };
            net.spot(&mut known, spot);
        }
        for (index, edge) in graph.edges.iter().enumerate() {
            let path = net.path(&mut known, index, edge, ranks);
            net.link(graph, edge, ranks.back[index], &path);
            net.paths.push(path);
        }
        for links in &mut net.links {
            links.sort_unstable();
            links.dedup();
        }
        net
    }

    fn spot(&mut self, known: &mut BTreeMap<(Thing, usize), usize>, spot: Spot) -> usize {
        let (spots, layers) = (&mut self.spots, &mut self.layers);
        *known.entry((spot.thing, spot.layer)).or_insert_with(|| {
            spots.push(spot);
            layers[spot.layer].push(spots.len() - 1);
            spots.len() - 1
        })
    }

    fn path(
        &mut self,
        known: &mut BTreeMap<(Thing, usize), usize>,
        index: usize,
        edge: &Edge,
        ranks: &Ranks,
    ) -> Vec<usize> {
        if edge.from == edge.to {
            return Vec::new();
        }
        let back = ranks.back[index];
        let (left, right) = if back {
            (edge.to, edge.from)
        } else {
            (edge.from, edge.to)
        };
        // The label stands beside the box the arrow leaves.
        let beside = if back {
            ranks.layer[right] - 1
        } else {
            ranks.layer[left] + 1
        };
        let mut path = vec![left];
        for layer in ranks.layer[left] + 1..ranks.layer[right] {
            let (thing, width, height) = match edge.label {
                Some((width, height)) if layer == beside => (Thing::Label(index), width, height),
                _ => (Thing::Way { to: edge.to, back }, 0, WAY),
            };
            let spot = Spot {
                thing,
                layer,
                width,
                height,
                axis: if width > 0 { height } else { WAY / 2 },
            };
            path.push(self.spot(known, spot));
        }
        path.push(right);
        path
    }

    fn link(&mut self, graph: &Graph, edge: &Edge, back: bool, path: &[usize]) {
        for pair in path.windows(2) {
            let (left, right) = (pair[0], pair[1]);
            let left_y = match self.spots[left].thing {
                Thing::Node(node) if back => graph.nodes[node].enter_right,
                Thing::Node(_) => edge.leave_right,
                _ => self.spots[left].axis,
            };
            let right_y = match self.spots[right].thing {
                Thing::Node(_) if back => edge.leave_left,
                _ => self.spots[right].axis,
            };
            self.links[self.spots[left].layer].push(Link {
                left,
                left_y,
                right,
                right_y,
                back,
            });
        }
    }
}

/// How many times the sweeps go and come.
const SWEEPS: usize = 16;

/// Orders each layer so that few links cross.
pub fn order(net: &mut Net) {
    let mut best = net.layers.clone();
    let mut fewest = crossings(net);
    for sweep in 0..SWEEPS {
        let count = net.layers.len();
        for step in 1..count {
            if sweep % 2 == 0 {
                sort(net, step, true);
            } else {
                sort(net, count - 1 - step, false);
            }
        }
        exchange(net);
        let crossed = crossings(net);
        if crossed < fewest {
            fewest = crossed;
            best.clone_from(&net.layers);
        }
    }
    net.layers = best;
}

/// Sorts a layer by the mean height of its neighbours on one side.
fn sort(net: &mut Net, layer: usize, from_left: bool) {
    let rows = rows(net);
    let links = if from_left {
        &net.links[layer - 1]
    } else {
        &net.links[layer]
    };
    let mut keyed: Vec<(i64, usize)> = net.layers[layer]
        .iter()
        .map(|&spot| {
            let near: Vec<i64> = links
                .iter()
                .filter(|l| spot == if from_left { l.right } else { l.left })
                .map(|l| {
                    let (other, y) = if from_left {
                        (l.left, l.left_y)
                    } else {
                        (l.right, l.right_y)
                    };
                    height(net, &rows, other, y)
                })
                .collect();
            let count = i64::try_from(near.len()).unwrap_or(1);
            let mean = near.iter().sum::<i64>().checked_div(count);
            (mean.unwrap_or_else(|| height(net, &rows, spot, 0)), spot)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    net.layers[layer] = keyed.into_iter().map(|(_, spot)| spot).collect();
}

/// The row of each spot in its layer.
fn rows(net: &Net) -> Vec<usize> {
    let mut rows = vec![0; net.spots.len()];
    for layer in &net.layers {
        for (row, spot) in layer.iter().enumerate() {
            rows[*spot] = row;
        }
    }
    rows
}

/// A height comparable between layers: the row, then the place within the box.
fn height(net: &Net, rows: &[usize], spot: usize, y: i32) -> i64 {
    let Spot {
        layer,
        height: box_height,
        ..
    } = net.spots[spot];
    let row = i64::try_from(rows[spot]).unwrap_or(0);
    let count = i64::try_from(net.layers[layer].len()).unwrap_or(1).max(1);
    let within = i64::from(y) * 1000 / i64::from(box_height.max(1));
    (row * 1000 + within.clamp(0, 999)) / count
}

/// Exchanges neighbours of a layer while that lowers the number of crossings.
fn exchange(net: &mut Net) {
    for _ in 0..8 {
        let mut better = false;
        for layer in 0..net.layers.len() {
            for row in 1..net.layers[layer].len() {
                let before = around(net, layer);
                net.layers[layer].swap(row - 1, row);
                if around(net, layer) < before {
                    better = true;
                } else {
                    net.layers[layer].swap(row - 1, row);
                }
            }
        }
        if !better {
            break;
        }
    }
}

fn around(net: &Net, layer: usize) -> usize {
    let before = layer.checked_sub(1).map_or(0, |left| between(net, left));
    before + between(net, layer)
}

/// The crossings of the whole.
pub fn crossings(net: &Net) -> usize {
    (0..net.layers.len()).map(|layer| between(net, layer)).sum()
}

/// The crossings between a layer and the next.
fn between(net: &Net, layer: usize) -> usize {
    let row = |spot: usize, layer: usize| {
        let at = net
            .layers
            .get(layer)
            .and_then(|l| l.iter().position(|s| *s == spot));
        at.unwrap_or(0)
    };
    let ends: Vec<_> = net.links[layer]
        .iter()
        .map(|l| {
            let left = (row(l.left, layer), l.left_y);
            (left, (row(l.right, layer + 1), l.right_y))
        })
        .collect();
    let mut count = 0;
    for (i, a) in ends.iter().enumerate() {
        count += ends[i + 1..]
            .iter()
            .filter(|b| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1))
            .count();
    }
    count
}
