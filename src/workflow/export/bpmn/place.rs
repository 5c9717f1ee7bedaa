//! Where each element stands: every element lies in a box that also holds its label, the events on
//! its border and their stems.

use super::super::layout::{Drawing, Edge, Graph, Point, Shape, lay_out};
use super::super::text::Font;
use super::model::{Element, Flow, Kind, Scope};

/// The font of labels in BPMN drawings, and the width tools wrap them at.
const LABEL: Font = Font::regular(11);
const LABEL_WIDTH: i32 = 90;
const LINE: i32 = 14;
const TASK: (i32, i32) = (150, 84);
const EVENT: i32 = 36;
const GATEWAY: i32 = 50;
/// The height at which flows meet an activity.
const AXIS: i32 = 42;
/// From one event of a border to the next.
const STEP: i32 = EVENT + LABEL_WIDTH + 14;
const LANE: i32 = 10;
/// Inside a sub-process, around what it holds; above, its name.
const PAD: i32 = 24;
const HEAD: i32 = 46;

/// A rectangle, from the top left corner of its box, then of the diagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Bounds {
    fn moved(self, by: Point) -> Self {
        Self {
            x: self.x + by.x,
            y: self.y + by.y,
            ..self
        }
    }
}

/// A scope, placed; points are counted from the top left corner of the scope.
pub struct Placed {
    pub elements: Vec<PlacedElement>,
    pub flows: Vec<PlacedFlow>,
    width: i32,
    height: i32,
}

pub struct PlacedElement {
    pub bounds: Bounds,
    pub label: Option<Bounds>,
    /// Events on the border, with their labels.
    pub border: Vec<(Bounds, Bounds)>,
    /// The inside of a sub-process and its top left corner.
    pub inside: Option<(Point, Placed)>,
}

pub struct PlacedFlow {
    pub points: Vec<Point>,
    pub label: Option<Bounds>,
}

/// An element in its box.
struct Boxed {
    width: i32,
    height: i32,
    element: PlacedElement,
    /// Where stems that leave downwards turn, one per event of the border or flow of a gateway.
    lanes: Vec<i32>,
    /// Where what comes back turns up to a gateway, so as not to meet what leaves on its right.
    under: Option<i32>,
}

/// Places a scope and all it holds.
pub fn place(scope: &Scope) -> Placed {
    let boxes: Vec<Boxed> = scope
        .elements
        .iter()
        .enumerate()
        .map(|(index, element)| boxed(scope, index, element))
        .collect();
    let graph = Graph {
        nodes: boxes.iter().map(shape).collect(),
        edges: scope
            .flows
            .iter()
            .map(|flow| edge(scope, &boxes, flow))
            .collect(),
    };
    let drawing = lay_out(&graph);
    let flows = scope
        .flows
        .iter()
        .enumerate()
        .map(|(index, flow)| placed_flow(&boxes, &drawing, index, flow))
        .collect();
    let corners = drawing.nodes.iter().copied();
    let elements = boxes
        .into_iter()
        .zip(corners)
        .map(|(boxed, corner)| moved(boxed.element, corner))
        .collect();
    Placed {
        elements,
        flows,
        width: drawing.width,
        height: drawing.height,
    }
}

fn moved(mut element: PlacedElement, by: Point) -> PlacedElement {
    element.bounds = element.bounds.moved(by);
    element.label = element.label.map(|label| label.moved(by));
    for (event, label) in &mut element.border {
        *event = event.moved(by);
        *label = label.moved(by);
    }
    if let Some((corner, _)) = &mut element.inside {
        corner.x += by.x;
        corner.y += by.y;
    }
    element
}

fn boxed(scope: &Scope, index: usize, element: &Element) -> Boxed {
    match &element.kind {
        Kind::Start | Kind::End => labelled(element, EVENT),
        Kind::Gateway(_) => {
            let mut boxed = labelled(element, GATEWAY);
            let out = scope.flows.iter().filter(|f| f.from == index).count();
            let into = scope.flows.iter().filter(|f| f.to == index).count();
            let foot = boxed.element.bounds.y + GATEWAY;
            boxed.lanes = (1..).map(|lane| foot + lane * LANE).take(out).collect();
            let lowest = boxed.lanes.last().copied().unwrap_or(foot);
            // Where several flows come in, one may come back.
            boxed.under = (into > 1).then_some(lowest + LANE);
            boxed.height = boxed.under.unwrap_or(lowest);
            boxed
        }
        Kind::Task { .. } | Kind::Call { .. } => activity(element, TASK, None),
        Kind::Process { inside, .. } => {
            let inside = place(inside);
            let name = LABEL.width(&element.name) + 2 * PAD;
            let width = (inside.width + 2 * PAD).max(name).max(TASK.0);
            let height = inside.height + HEAD + PAD;
            activity(element, (width, height), Some(inside))
        }
    }
}

/// An event or a gateway, its name above.
fn labelled(element: &Element, side: i32) -> Boxed {
    let label = (!element.name.is_empty()).then(|| size(&element.name));
    let width = label.map_or(side, |(width, _)| width.max(side));
    let above = label.map_or(0, |(_, height)| height + 4);
    let bounds = Bounds {
        x: (width - side) / 2,
        y: above,
        width: side,
        height: side,
    };
    let label = label.map(|(label_width, height)| Bounds {
        x: (width - label_width) / 2,
        y: 0,
        width: label_width,
        height,
    });
    Boxed {
        width,
        height: above + side,
        element: PlacedElement {
            bounds,
            label,
            border: Vec::new(),
            inside: None,
        },
        lanes: Vec::new(),
        under: None,
    }
}

/// A task or a sub-process, with the events on its lower border.
fn activity(element: &Element, (width, height): (i32, i32), inside: Option<Placed>) -> Boxed {
    let count = i32::try_from(element.boundary.len()).unwrap_or(0);
    let width = width.max(count * STEP - 10);
    let mut border = Vec::new();
    let mut deepest = height + EVENT / 2;
    let mut x = 12;
    for event in &element.boundary {
        let bounds = Bounds {
            x,
            y: height - EVENT / 2,
            width: EVENT,
            height: EVENT,
        };
        let (label_width, label_height) = size(&event.name);
        let label = Bounds {
            x: x + EVENT + 2,
            y: height + 6,
            width: label_width,
            height: label_height,
        };
        deepest = deepest.max(label.y + label_height);
        border.push((bounds, label));
        x += STEP;
    }
    // The last event turns first, so that a stem crosses no lane that goes right.
    let lanes: Vec<i32> = (1..=count)
        .rev()
        .map(|lane| deepest + lane * LANE)
        .collect();
    Boxed {
        width,
        height: lanes.first().copied().unwrap_or(height),
        element: PlacedElement {
            bounds: Bounds {
                x: 0,
                y: 0,
                width,
                height,
            },
            label: None,
            border,
            inside: inside.map(|inside| (Point { x: PAD, y: HEAD }, inside)),
        },
        lanes,
        under: None,
    }
}

/// The size of a label.
fn size(text: &str) -> (i32, i32) {
    let lines = LABEL.wrap(text, LABEL_WIDTH);
    let height = i32::try_from(lines.len()).unwrap_or(1) * LINE;
    (LABEL_WIDTH, height)
}

/// The height at which flows reach and leave an element, from the top of its box.
fn axis(boxed: &Boxed) -> i32 {
    let bounds = boxed.element.bounds;
    bounds.y + AXIS.min(bounds.height / 2)
}

fn shape(boxed: &Boxed) -> Shape {
    let axis = axis(boxed);
    let activity = boxed.element.bounds.height > GATEWAY;
    Shape {
        width: boxed.width,
        height: boxed.height,
        enter_left: axis,
        enter_right: match boxed.under {
            Some(under) => under,
            None if activity => axis + 24,
            None => axis,
        },
    }
}

/// The lane of a flow that leaves downwards: from the border, or back from a gateway.
fn lane(scope: &Scope, boxes: &[Boxed], flow: &Flow) -> Option<i32> {
    let from = &boxes[flow.from];
    let rank = flow.border.or_else(|| {
        let siblings = scope.flows.iter().filter(|f| f.from == flow.from);
        let mut ranked = siblings
            .enumerate()
            .filter(|_| from.element.border.is_empty());
        ranked.find(|(_, f)| f.id == flow.id).map(|(rank, _)| rank)
    });
    from.lanes.get(rank?).copied()
}

fn edge(scope: &Scope, boxes: &[Boxed], flow: &Flow) -> Edge {
    let axis = axis(&boxes[flow.from]);
    let lane = lane(scope, boxes, flow);
    Edge {
        from: flow.from,
        to: flow.to,
        leave_right: if flow.border.is_some() {
            lane.unwrap_or(axis)
        } else {
            axis
        },
        leave_left: lane.unwrap_or(axis + 24),
        label: (!flow.name.is_empty() && flow.border.is_none()).then(|| {
            let (width, height) = size(&flow.name);
            (width + 6, height + 4)
        }),
    }
}

fn placed_flow(boxes: &[Boxed], drawing: &Drawing, index: usize, flow: &Flow) -> PlacedFlow {
    let route = &drawing.edges[index];
    let (from, to) = (&boxes[flow.from], &boxes[flow.to]);
    let (at_from, at_to) = (drawing.nodes[flow.from], drawing.nodes[flow.to]);
    let mut points = Vec::new();
    let loops = flow.from == flow.to;
    let stem = match flow.border {
        Some(border) => from.element.border.get(border).map(|(event, _)| *event),
        None if route.back && !from.lanes.is_empty() && from.element.border.is_empty() => {
            Some(from.element.bounds)
        }
        None => None,
    };
    let bounds = from.element.bounds.moved(at_from);
    let first = route.points.first().copied().unwrap_or(at_from);
    match stem {
        // Down from the event or the gateway, then along the lane.
        Some(stem) => {
            let stem = stem.moved(at_from);
            let x = stem.x + stem.width / 2;
            let y = stem.y + stem.height;
            points.extend([Point { x, y }, Point { x, y: first.y }]);
        }
        None if route.back || loops => points.push(Point {
            x: bounds.x,
            y: first.y,
        }),
        None => points.push(Point {
            x: bounds.x + bounds.width,
            y: first.y,
        }),
    }
    points.extend(&route.points);
    let bounds = to.element.bounds.moved(at_to);
    let last = route.points.last().copied().unwrap_or(at_to);
    let middle = bounds.x + bounds.width / 2;
    match (route.back, to.under) {
        (true, Some(_)) => {
            let foot = bounds.y + bounds.height;
            points.extend([last.y, foot].map(|y| Point { x: middle, y }));
        }
        (true, None) => points.push(Point {
            x: bounds.x + bounds.width,
            y: last.y,
        }),
        (false, _) => points.push(Point {
            x: bounds.x,
            y: last.y,
        }),
    }
    points.dedup();
    PlacedFlow {
        points,
        label: route.label.map(|corner| {
            let (width, height) = size(&flow.name);
            Bounds {
                x: corner.x + 3,
                y: corner.y,
                width,
                height,
            }
        }),
    }
}
