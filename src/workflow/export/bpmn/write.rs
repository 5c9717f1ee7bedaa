//! The XML of a placed process.

use super::super::Source;
use super::super::layout::Point;
use super::super::xml::{Attributes, Xml};
use super::model::{Boundary, Clock, Element, Flow, Gateway, Kind, Many, Scope, Trigger};
use super::place::{Bounds, Placed};

const MODEL: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const DIAGRAM: &str = "http://www.omg.org/spec/BPMN/20100524/DI";
const POINTS: &str = "http://www.omg.org/spec/DD/20100524/DC";
const EDGES: &str = "http://www.omg.org/spec/DD/20100524/DI";
const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema-instance";
const MARGIN: i32 = 40;

pub fn write(source: Source<'_>, scope: &Scope, placed: &Placed) -> String {
    let workflow = source.workflow;
    let process = format!("parcours_{}", workflow.name);
    let mut xml = Xml::new();
    xml.declaration();
    xml.open(
        "bpmn:definitions",
        &[
            ("xmlns:bpmn", &MODEL),
            ("xmlns:bpmndi", &DIAGRAM),
            ("xmlns:dc", &POINTS),
            ("xmlns:di", &EDGES),
            ("xmlns:xsi", &SCHEMA),
            ("id", &"definitions"),
            ("targetNamespace", &"urn:entente:workflow"),
            ("exporter", &"Entente"),
        ],
    );
    let name = format!("{}, version {}", workflow.title, workflow.version);
    xml.open(
        "bpmn:process",
        &[
            ("id", &process),
            ("name", &name),
            ("isExecutable", &"false"),
        ],
    );
    for line in &workflow.legal {
        xml.text("bpmn:documentation", &[], line);
    }
    semantics(&mut xml, scope);
    xml.close("bpmn:process");
    xml.open("bpmndi:BPMNDiagram", &[("id", &"dessin")]);
    xml.open(
        "bpmndi:BPMNPlane",
        &[("id", &"plan"), ("bpmnElement", &process)],
    );
    let corner = Point {
        x: MARGIN,
        y: MARGIN,
    };
    shapes(&mut xml, scope, placed, corner);
    xml.close("bpmndi:BPMNPlane");
    xml.close("bpmndi:BPMNDiagram");
    xml.close("bpmn:definitions");
    xml.finish()
}

fn semantics(xml: &mut Xml, scope: &Scope) {
    for (index, element) in scope.elements.iter().enumerate() {
        node(xml, scope, index, element);
        for (rank, event) in element.boundary.iter().enumerate() {
            boundary(xml, scope, (index, rank), element, event);
        }
    }
    for flow in &scope.flows {
        sequence(xml, scope, flow);
    }
}

fn tag(kind: &Kind) -> &'static str {
    match kind {
        Kind::Start => "bpmn:startEvent",
        Kind::End => "bpmn:endEvent",
        Kind::Task { user: true } => "bpmn:userTask",
        Kind::Task { user: false } => "bpmn:task",
        Kind::Gateway(Gateway::Exclusive) => "bpmn:exclusiveGateway",
        Kind::Gateway(Gateway::Parallel) => "bpmn:parallelGateway",
        Kind::Gateway(Gateway::Inclusive) => "bpmn:inclusiveGateway",
        Kind::Call { .. } => "bpmn:callActivity",
        Kind::Process { .. } => "bpmn:subProcess",
    }
}

fn node(xml: &mut Xml, scope: &Scope, index: usize, element: &Element) {
    let tag = tag(&element.kind);
    let mut attributes: Vec<(&str, &dyn std::fmt::Display)> = vec![("id", &element.id)];
    if !element.name.is_empty() {
        attributes.push(("name", &element.name));
    }
    let default = scope.flows.iter().find(|f| f.from == index && f.default);
    if let (Kind::Gateway(_), Some(flow)) = (&element.kind, default) {
        attributes.push(("default", &flow.id));
    }
    if let Kind::Call { workflow } = &element.kind {
        attributes.push(("calledElement", workflow));
    }
    xml.open(tag, &attributes);
    if !element.documentation.is_empty() {
        let text = element.documentation.join("\n");
        xml.text("bpmn:documentation", &[], &text);
    }
    for flow in scope.flows.iter().filter(|f| f.to == index) {
        xml.text("bpmn:incoming", &[], &flow.id);
    }
    let out = scope.flows.iter().filter(|f| f.from == index);
    for flow in out.filter(|f| f.border.is_none()) {
        xml.text("bpmn:outgoing", &[], &flow.id);
    }
    if let Kind::Process { inside, many } = &element.kind {
        if let Some(many) = many {
            let sequential = *many == Many::Sequential;
            xml.leaf(
                "bpmn:multiInstanceLoopCharacteristics",
                &[("isSequential", &sequential)],
            );
        }
        semantics(xml, inside);
    }
    xml.close(tag);
}

fn boundary(
    xml: &mut Xml,
    scope: &Scope,
    (index, rank): (usize, usize),
    element: &Element,
    event: &Boundary,
) {
    xml.open(
        "bpmn:boundaryEvent",
        &[
            ("id", &event.id),
            ("name", &event.name),
            ("cancelActivity", &event.interrupts),
            ("attachedToRef", &element.id),
        ],
    );
    for flow in &scope.flows {
        if flow.from == index && flow.border == Some(rank) {
            xml.text("bpmn:outgoing", &[], &flow.id);
        }
    }
    let id = format!("{}_declencheur", event.id);
    let attributes: Attributes<'_> = &[("id", &id)];
    match &event.trigger {
        Trigger::Message => xml.leaf("bpmn:messageEventDefinition", attributes),
        Trigger::Condition(condition) => {
            xml.open("bpmn:conditionalEventDefinition", attributes);
            expression(xml, "bpmn:condition", condition);
            xml.close("bpmn:conditionalEventDefinition");
        }
        Trigger::Timer(clock) => {
            xml.open("bpmn:timerEventDefinition", attributes);
            match clock {
                Clock::Duration(text) => expression(xml, "bpmn:timeDuration", text),
                Clock::Date(text) => expression(xml, "bpmn:timeDate", text),
                Clock::Cycle(text) => expression(xml, "bpmn:timeCycle", text),
            }
            xml.close("bpmn:timerEventDefinition");
        }
    }
    xml.close("bpmn:boundaryEvent");
}

fn expression(xml: &mut Xml, tag: &str, text: &str) {
    xml.text(tag, &[("xsi:type", &"bpmn:tFormalExpression")], text);
}

fn sequence(xml: &mut Xml, scope: &Scope, flow: &Flow) {
    let from = &scope.elements[flow.from];
    let from = match flow.border.and_then(|border| from.boundary.get(border)) {
        Some(event) => &event.id,
        None => &from.id,
    };
    let to = &scope.elements[flow.to].id;
    let mut attributes: Vec<(&str, &dyn std::fmt::Display)> = vec![("id", &flow.id)];
    if !flow.name.is_empty() {
        attributes.push(("name", &flow.name));
    }
    attributes.extend([
        ("sourceRef", from as &dyn std::fmt::Display),
        ("targetRef", to as &dyn std::fmt::Display),
    ]);
    match &flow.condition {
        Some(condition) => {
            xml.open("bpmn:sequenceFlow", &attributes);
            expression(xml, "bpmn:conditionExpression", condition);
            xml.close("bpmn:sequenceFlow");
        }
        None => xml.leaf("bpmn:sequenceFlow", &attributes),
    }
}

/// Shapes and ways, once moved by the corner of the scope.
fn shapes(xml: &mut Xml, scope: &Scope, placed: &Placed, by: Point) {
    for (element, at) in scope.elements.iter().zip(&placed.elements) {
        shape(xml, element, at.bounds, at.label, by);
        for (event, (bounds, label)) in element.boundary.iter().zip(&at.border) {
            drawn(xml, &event.id, &[], *bounds, Some(*label), by);
        }
        if let (Kind::Process { inside, .. }, Some((corner, placed))) = (&element.kind, &at.inside)
        {
            let corner = Point {
                x: by.x + corner.x,
                y: by.y + corner.y,
            };
            shapes(xml, inside, placed, corner);
        }
    }
    for (flow, at) in scope.flows.iter().zip(&placed.flows) {
        let id = format!("{}_trait", flow.id);
        xml.open("bpmndi:BPMNEdge", &[("id", &id), ("bpmnElement", &flow.id)]);
        for point in &at.points {
            let (x, y) = (by.x + point.x, by.y + point.y);
            xml.leaf("di:waypoint", &[("x", &x), ("y", &y)]);
        }
        label(xml, at.label, by);
        xml.close("bpmndi:BPMNEdge");
    }
}

fn shape(xml: &mut Xml, element: &Element, bounds: Bounds, name: Option<Bounds>, by: Point) {
    let extra: Attributes<'_> = match element.kind {
        Kind::Process { .. } => &[("isExpanded", &"true")],
        Kind::Gateway(Gateway::Exclusive) => &[("isMarkerVisible", &"true")],
        _ => &[],
    };
    drawn(xml, &element.id, extra, bounds, name, by);
}

fn drawn(
    xml: &mut Xml,
    id: &str,
    extra: Attributes<'_>,
    bounds: Bounds,
    name: Option<Bounds>,
    by: Point,
) {
    let shape_id = format!("{id}_forme");
    let mut attributes: Vec<(&str, &dyn std::fmt::Display)> =
        vec![("id", &shape_id), ("bpmnElement", &id)];
    attributes.extend_from_slice(extra);
    xml.open("bpmndi:BPMNShape", &attributes);
    rectangle(xml, bounds, by);
    label(xml, name, by);
    xml.close("bpmndi:BPMNShape");
}

fn label(xml: &mut Xml, bounds: Option<Bounds>, by: Point) {
    if let Some(bounds) = bounds {
        xml.open("bpmndi:BPMNLabel", &[]);
        rectangle(xml, bounds, by);
        xml.close("bpmndi:BPMNLabel");
    }
}

fn rectangle(xml: &mut Xml, bounds: Bounds, by: Point) {
    let (x, y) = (by.x + bounds.x, by.y + bounds.y);
    xml.leaf(
        "dc:Bounds",
        &[
            ("x", &x),
            ("y", &y),
            ("width", &bounds.width),
            ("height", &bounds.height),
        ],
    );
}
