//! Where layers stand, and the way of each arrow between them.

use super::order::{Link, Net, Thing};
use super::rank::Ranks;
use super::{Drawing, Graph, Point, Route};
use std::collections::BTreeMap;

/// Between a box and the nearest upright segment: room for an arrow head.
const LEAD: i32 = 20;
/// Between two upright segments.
const TRACK: i32 = 9;
/// Below this, two level segments are read as one.
const NEAR: i32 = 5;

/// What shares one upright segment: all that reaches the same spot in the same direction.
type Bundle = (usize, bool);

/// The links of a bundle between two layers, and its track.
#[derive(Debug, Clone, Default)]
struct Bus {
    /// Heights on the left side and on the right side.
    left: Vec<i32>,
    right: Vec<i32>,
    track: Option<i32>,
}

impl Bus {
    fn span(&self) -> (i32, i32) {
        let ys = self.left.iter().chain(&self.right);
        let low = ys.clone().min().copied().unwrap_or(0);
        (low, ys.max().copied().unwrap_or(0))
    }

    fn straight(&self) -> bool {
        let (low, high) = self.span();
        low == high
    }

    fn meets(&self, y: i32) -> bool {
        let (low, high) = self.span();
        low - NEAR < y && y < high + NEAR
    }
}

fn bundle(link: &Link) -> Bundle {
    (if link.back { link.left } else { link.right }, link.back)
}

/// Places layers and arrows.
pub fn draw(graph: &Graph, ranks: &Ranks, net: &Net, tops: &[i32]) -> Drawing {
    let gaps: Vec<BTreeMap<Bundle, Bus>> = (0..=net.layers.len())
        .map(|right| {
            let mut buses = buses(graph, net, tops, right);
            tracks(&mut buses);
            buses
        })
        .collect();
    let mut lefts = Vec::new();
    let mut x = 0;
    for (index, layer) in net.layers.iter().enumerate() {
        x += width(&gaps[index], index == 0);
        lefts.push(x);
        x += layer.iter().map(|s| net.spots[*s].width).max().unwrap_or(0);
    }
    let across = Across {
        net,
        tops,
        gaps: &gaps,
        lefts: &lefts,
        right: x,
    };
    let spots = net.spots.iter().zip(tops);
    let bottom = spots.clone().map(|(spot, top)| top + spot.height).max();
    Drawing {
        width: x,
        height: bottom.unwrap_or(0),
        nodes: spots
            .filter(|(spot, _)| matches!(spot.thing, Thing::Node(_)))
            .map(|(spot, top)| Point {
                x: lefts[spot.layer],
                y: *top,
            })
            .collect(),
        edges: (0..graph.edges.len())
            .map(|edge| across.route(graph, edge, ranks.back[edge]))
            .collect(),
    }
}

/// The width of a gap, from its tracks.
fn width(buses: &BTreeMap<Bundle, Bus>, margin: bool) -> i32 {
    match buses.values().filter_map(|b| b.track).max() {
        Some(last) => 2 * LEAD + TRACK * last,
        None if margin => 0,
        None => 2 * LEAD,
    }
}

/// What crosses the gap on the left of layer `right`.
fn buses(graph: &Graph, net: &Net, tops: &[i32], right: usize) -> BTreeMap<Bundle, Bus> {
    let mut buses: BTreeMap<Bundle, Bus> = BTreeMap::new();
    for link in right.checked_sub(1).into_iter().flat_map(|l| &net.links[l]) {
        let bus = buses.entry(bundle(link)).or_default();
        bus.left.push(tops[link.left] + link.left_y);
        bus.right.push(tops[link.right] + link.right_y);
    }
    for edge in graph.edges.iter().filter(|e| e.from == e.to) {
        if net.spots[edge.from].layer == right {
            let bus = buses.entry((edge.from, false)).or_default();
            bus.right.push(tops[edge.from] + edge.leave_left);
            bus.right
                .push(tops[edge.from] + graph.nodes[edge.from].enter_left);
        }
    }
    buses
}

/// Gives each bus that is not straight a track, so that few lines cross or run together.
fn tracks(buses: &mut BTreeMap<Bundle, Bus>) {
    let mut order: Vec<Bundle> = buses
        .iter()
        .filter(|(_, bus)| !bus.straight())
        .map(|(key, _)| *key)
        .collect();
    for _ in 0..order.len() {
        let mut moved = false;
        for i in 1..order.len() {
            let (a, b) = (&buses[&order[i - 1]], &buses[&order[i]]);
            if cost(b, a) < cost(a, b) {
                order.swap(i - 1, i);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut taken: Vec<(Bus, i32)> = Vec::new();
    for key in order {
        let Some(bus) = buses.get_mut(&key) else {
            continue;
        };
        let (low, high) = bus.span();
        let track = taken
            .iter()
            .filter(|(other, _)| other.meets(low) || other.meets(high) || bus.meets(other.span().0))
            .map(|(_, track)| track + 1)
            .max()
            .unwrap_or(0);
        bus.track = Some(track);
        taken.push((bus.clone(), track));
    }
}

/// What it costs to put the upright segment of `a` on the left of that of `b`.
fn cost(a: &Bus, b: &Bus) -> usize {
    let cut = b.left.iter().filter(|y| a.meets(**y)).count()
        + a.right.iter().filter(|y| b.meets(**y)).count();
    let together = |y: &&i32| b.left.iter().any(|other| (*y - other).abs() < NEAR);
    cut + 10 * a.right.iter().filter(together).count()
}

/// What a route needs to know of the whole.
struct Across<'a> {
    net: &'a Net,
    tops: &'a [i32],
    gaps: &'a [BTreeMap<Bundle, Bus>],
    lefts: &'a [i32],
    /// The right border of the drawing.
    right: i32,
}

impl Across<'_> {
    fn route(&self, graph: &Graph, index: usize, back: bool) -> Route {
        let edge = &graph.edges[index];
        let mut points = Vec::new();
        if edge.from == edge.to {
            let top = self.tops[edge.from];
            let layer = self.net.spots[edge.from].layer;
            let x = self.lefts[layer];
            let track = self.track(layer, (edge.from, false));
            let leave = top + edge.leave_left;
            let enter = top + graph.nodes[edge.from].enter_left;
            for (x, y) in [(x, leave), (track, leave), (track, enter), (x, enter)] {
                points.push(Point { x, y });
            }
        } else {
            let path = &self.net.paths[index];
            for (step, pair) in path.windows(2).enumerate() {
                let last = step + 2 == path.len();
                self.cross(
                    graph,
                    edge,
                    back,
                    (pair[0], pair[1]),
                    (step == 0, last),
                    &mut points,
                );
            }
            if back {
                points.reverse();
            }
        }
        let label = self.net.paths[index].iter().find_map(|spot| {
            (self.net.spots[*spot].thing == Thing::Label(index)).then(|| Point {
                x: self.lefts[self.net.spots[*spot].layer],
                y: self.tops[*spot],
            })
        });
        Route {
            points: simple(points),
            back,
            label,
        }
    }

    /// The points of one link, from left to right.
    fn cross(
        &self,
        graph: &Graph,
        edge: &super::Edge,
        back: bool,
        (left, right): (usize, usize),
        (first, last): (bool, bool),
        points: &mut Vec<Point>,
    ) {
        let (a, b) = (self.net.spots[left], self.net.spots[right]);
        let left_y = match (first, back) {
            (true, true) => graph.nodes[edge.to].enter_right,
            (true, false) => edge.leave_right,
            (false, _) => a.axis,
        };
        let right_y = if last && back {
            edge.leave_left
        } else {
            b.axis
        };
        let y1 = self.tops[left] + left_y;
        let y2 = self.tops[right] + right_y;
        let start = if first {
            self.lefts[a.layer] + a.width
        } else {
            self.lefts[a.layer]
        };
        let key = (if back { left } else { right }, back);
        let track = self.track(b.layer, key);
        let end = self.lefts[b.layer];
        for (x, y) in [(start, y1), (track, y1), (track, y2), (end, y2)] {
            points.push(Point { x, y });
        }
    }

    /// The height of arrival on the x axis of a bundle's upright segment.
    fn track(&self, layer: usize, key: Bundle) -> i32 {
        let gap = &self.gaps[layer];
        let end = self.lefts.get(layer).copied().unwrap_or(self.right);
        let start = end - width(gap, layer == 0);
        let track = gap.get(&key).and_then(|bus| bus.track).unwrap_or(0);
        start + LEAD + TRACK * track
    }
}

/// Without points that repeat or stand in the middle of a straight segment.
fn simple(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        while let [.., a, b] = kept[..]
            && ((a.x == b.x && b.x == point.x) || (a.y == b.y && b.y == point.y))
        {
            kept.pop();
        }
        if kept.last() != Some(&point) {
            kept.push(point);
        }
    }
    kept
}
