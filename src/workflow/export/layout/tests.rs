use super::*;
use proptest::prelude::*;

fn graph(nodes: usize, pairs: &[(usize, usize)]) -> Graph {
    Graph {
        nodes: (0..nodes)
            .map(|i| Shape {
                width: 100 + i32::try_from(i % 3).unwrap() * 40,
                height: 40 + i32::try_from(i % 5).unwrap() * 30,
                enter_left: 20,
                enter_right: 20,
            })
            .collect(),
        edges: pairs
            .iter()
            .enumerate()
            .map(|(i, (from, to))| Edge {
                from: from % nodes,
                to: to % nodes,
                leave_right: 24 + i32::try_from(i % 3).unwrap() * 6,
                leave_left: 24 + i32::try_from(i % 3).unwrap() * 6,
                label: (i % 4 == 0).then_some((60, 14)),
            })
            .collect(),
    }
}

/// The inside of a box, its border left out.
fn within(point: Point, corner: Point, shape: &Shape) -> bool {
    (corner.x < point.x && point.x < corner.x + shape.width)
        && (corner.y < point.y && point.y < corner.y + shape.height)
}

#[test]
fn a_chain_is_a_straight_line_from_left_to_right() {
    let mut chain = graph(4, &[(0, 1), (1, 2), (2, 3)]);
    for edge in &mut chain.edges {
        edge.leave_right = 20;
        edge.label = None;
    }
    let drawing = lay_out(&chain);
    assert!(drawing.nodes.is_sorted_by_key(|point| point.x));
    for route in &drawing.edges {
        assert_eq!(route.points.len(), 2, "{route:?}");
    }
}

#[test]
fn an_arrow_that_goes_against_the_story_comes_back() {
    let drawing = lay_out(&graph(3, &[(0, 1), (1, 2), (2, 1)]));
    let back: Vec<bool> = drawing.edges.iter().map(|route| route.back).collect();
    assert_eq!(back, [false, false, true]);
    let last = &drawing.edges[2].points;
    assert!(last[0].x > last[last.len() - 1].x);
}

proptest! {
    #[test]
    fn boxes_do_not_overlap_and_arrows_cross_none(
        nodes in 1..14usize, pairs in prop::collection::vec((0..14usize, 0..14usize), 0..26)
    ) {
        let graph = graph(nodes, &pairs);
        let drawing = lay_out(&graph);
        prop_assert_eq!(&drawing, &lay_out(&graph));
        for (i, (a, shape)) in drawing.nodes.iter().zip(&graph.nodes).enumerate() {
            prop_assert!(a.x >= 0 && a.x + shape.width <= drawing.width);
            prop_assert!(a.y >= 0 && a.y + shape.height <= drawing.height);
            for (b, other) in drawing.nodes.iter().zip(&graph.nodes).skip(i + 1) {
                let apart = a.x + shape.width <= b.x || b.x + other.width <= a.x
                    || a.y + shape.height <= b.y || b.y + other.height <= a.y;
                prop_assert!(apart, "{:?} {:?}", a, b);
            }
        }
        for (route, edge) in drawing.edges.iter().zip(&graph.edges) {
            for pair in route.points.windows(2) {
                prop_assert!(pair[0].x == pair[1].x || pair[0].y == pair[1].y, "{:?}", route);
                let steps = 16;
                for step in 0..=steps {
                    let point = Point {
                        x: pair[0].x + (pair[1].x - pair[0].x) * step / steps,
                        y: pair[0].y + (pair[1].y - pair[0].y) * step / steps,
                    };
                    for (corner, shape) in drawing.nodes.iter().zip(&graph.nodes) {
                        prop_assert!(!within(point, *corner, shape), "{:?} {:?}", route, corner);
                    }
                }
            }
            prop_assert_eq!(route.label.is_some(), edge.label.is_some() && edge.from != edge.to);
        }
    }
}
