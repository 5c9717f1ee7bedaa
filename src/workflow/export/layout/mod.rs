//! A layered drawing, left to right, on whole pixels.
//!
//! Nodes are boxes whose arrows leave by a given height of their right side when they go forward,
//! of their left side when they come back, and arrive at a given height of the side they reach.
//! 1. [`rank`]: strongly connected parts are broken where they go against the order of the file,
//!    which tells the story; each node then takes the longest path that leads to it.
//! 2. [`order`]: long arrows get a way through each layer they cross (shared by all that go to the
//!    same place), then barycentre sweeps and exchanges lower the number of crossings.
//! 3. [`place`]: heights, by sweeps that pull each box to its neighbours without overlap.
//! 4. [`route`]: upright segments get a track of their own between two layers.
//!
//! Containers are boxes like others: whoever draws lays their inside out first. Same graph, same
//! drawing.

mod order;
mod place;
mod rank;
mod route;
#[cfg(test)]
mod tests;

/// A point, in pixels from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

/// What is to be drawn. Nodes stand in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    pub nodes: Vec<Shape>,
    pub edges: Vec<Edge>,
}

/// A box. Heights of arrivals are counted from its top.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub width: i32,
    pub height: i32,
    /// Where arrows that go forward arrive, on the left side.
    pub enter_left: i32,
    /// Where arrows that come back arrive, on the right side.
    pub enter_right: i32,
}

/// An arrow. Heights of departure are counted from the top of the box it leaves.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// Where it leaves the right side, when it goes forward.
    pub leave_right: i32,
    /// Where it leaves the left side, when it comes back.
    pub leave_left: i32,
    /// The width and height of what is written on it.
    pub label: Option<(i32, i32)>,
}

/// A drawing: where each box and arrow of the graph stands, in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    pub width: i32,
    pub height: i32,
    /// The top left corner of each box.
    pub nodes: Vec<Point>,
    pub edges: Vec<Route>,
}

/// The way of an arrow: upright and level segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub points: Vec<Point>,
    /// It comes back: it leaves on the left and arrives on the right.
    pub back: bool,
    /// The top left corner of its label, which stands on the line.
    pub label: Option<Point>,
}

/// Lays a graph out.
pub fn lay_out(graph: &Graph) -> Drawing {
    let ranks = rank::rank(graph);
    let mut net = order::Net::new(graph, &ranks);
    order::order(&mut net);
    shorten(&mut net);
    let tops = place::tops(&net, 41);
    route::draw(graph, &ranks, &net, &tops)
}

/// What a crossing costs, in pixels of upright line.
const CROSSING: i64 = 60;

/// Exchanges neighbours of a layer while that makes upright lines shorter: an order with few
/// crossings may still push a box far from those it is linked to.
fn shorten(net: &mut order::Net) {
    let mut cost = upright(net);
    for _ in 0..3 {
        let before = cost;
        for layer in 0..net.layers.len() {
            for row in 1..net.layers[layer].len() {
                net.layers[layer].swap(row - 1, row);
                let exchanged = upright(net);
                if exchanged < cost {
                    cost = exchanged;
                } else {
                    net.layers[layer].swap(row - 1, row);
                }
            }
        }
        if cost == before {
            break;
        }
    }
}

fn upright(net: &order::Net) -> i64 {
    let tops = place::tops(net, 7);
    let links = net.links.iter().flatten();
    let length: i64 = links
        .map(|l| i64::from((tops[l.left] + l.left_y - tops[l.right] - l.right_y).abs()))
        .sum();
    let crossings = i64::try_from(order::crossings(net)).unwrap_or(i64::MAX);
    length.saturating_add(crossings.saturating_mul(CROSSING))
}
