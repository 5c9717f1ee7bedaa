//! Puts measured cards and routes on paper.

use super::super::layout::{Point, Route};
use super::super::words::{Form, Sign};
use super::super::xml::Xml;
use super::card::{
    self, Card, DOT, Inside, Mark, NOTE_LINE, PAD, Plan, ROW, ROW_LINE, Row, SIGN, TITLE,
    TITLE_LINE, Thing,
};
use crate::workflow::definition::model::Body;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The radius of a turn.
const TURN: i32 = 6;
/// How far the sheets of a pile stand out.
const SHEET: i32 = 4;

/// Arrow heads.
pub fn heads(xml: &mut Xml) {
    xml.open("defs", &[]);
    for (id, class) in [("pointe", "pointe"), ("pointe-retour", "pointe-retour")] {
        xml.open(
            "marker",
            &[
                ("id", &id),
                ("viewBox", &"0 0 10 10"),
                ("refX", &9),
                ("refY", &5),
                ("markerWidth", &9),
                ("markerHeight", &9),
                ("markerUnits", &"userSpaceOnUse"),
                ("orient", &"auto"),
            ],
        );
        xml.leaf("path", &[("class", &class), ("d", &"M0 0L10 5L0 10Z")]);
        xml.close("marker");
    }
    xml.close("defs");
}

/// What painting needs.
pub struct Painter<'a> {
    pub xml: &'a mut Xml,
    pub here: &'a BTreeSet<String>,
    /// The corners of what holds all current states.
    pub seen: Option<(Point, Point)>,
}

impl Painter<'_> {
    /// A line of text; `y` is its base line.
    pub fn line(&mut self, class: &str, x: i32, y: i32, text: &str) {
        let class: &dyn std::fmt::Display = &class;
        self.xml
            .text("text", &[("class", class), ("x", &x), ("y", &y)], text);
    }

    fn rect(&mut self, class: &str, (x, y): (i32, i32), (width, height): (i32, i32), radius: i32) {
        self.xml.leaf(
            "rect",
            &[
                ("class", &class),
                ("x", &x),
                ("y", &y),
                ("width", &width),
                ("height", &height),
                ("rx", &radius),
            ],
        );
    }

    fn circle(&mut self, class: &str, cx: i32, cy: i32, r: i32) {
        self.xml.leaf(
            "circle",
            &[("class", &class), ("cx", &cx), ("cy", &cy), ("r", &r)],
        );
    }

    pub fn path(&mut self, class: &str, d: &str) {
        self.xml.leaf("path", &[("class", &class), ("d", &d)]);
    }

    /// A map of states.
    pub fn plan(&mut self, plan: &Plan<'_>, at: Point, depth: usize) {
        for route in &plan.drawing.edges {
            self.arrow(route, at);
        }
        for (thing, point) in plan.things.iter().zip(&plan.drawing.nodes) {
            let at = Point {
                x: at.x + point.x,
                y: at.y + point.y,
            };
            let (cx, cy) = (at.x + DOT / 2, at.y + DOT / 2);
            match thing {
                Thing::Start => self.circle("point", cx, cy, 7),
                Thing::Entry => self.circle("cercle", cx, cy, 7),
                Thing::End => {
                    self.circle("cercle", cx, cy, 7);
                    self.circle("point", cx, cy, 4);
                }
                Thing::Card(card) => {
                    let index = plan.things.iter().position(|t| std::ptr::eq(t, thing));
                    self.card(card, at, depth, &|row| {
                        let leaves = plan.leaves.iter().zip(&plan.drawing.edges);
                        leaves
                            .filter(|(leave, _)| (Some(leave.0), leave.1) == (index, row))
                            .any(|(_, route)| !route.back)
                    });
                }
            }
        }
    }

    fn arrow(&mut self, route: &Route, at: Point) {
        let (class, head) = if route.back {
            ("retour", "url(#pointe-retour)")
        } else {
            ("lien", "url(#pointe)")
        };
        let d = rounded(&route.points, at);
        self.xml.leaf(
            "path",
            &[("class", &class), ("d", &d), ("marker-end", &head)],
        );
    }

    /// `forward`: whether the arrow of a row goes forward.
    fn card(&mut self, card: &Card<'_>, at: Point, depth: usize, forward: &dyn Fn(usize) -> bool) {
        let here = self.here.contains(&card.node.path);
        let frame = card::frame(card.node);
        self.border(card, at, depth, here);
        let mut y = at.y + PAD + 13;
        for line in &card.title {
            self.line("titre", at.x + PAD, y, line);
            y += TITLE_LINE;
        }
        if card.node.binding.is_some() {
            let width = card.title.first().map_or(0, |line| TITLE.width(line));
            self.seal(at.x + PAD + width + 14, at.y + PAD + 8);
        }
        y -= 2;
        for line in &card.notes {
            self.line("note", at.x + PAD, y, line);
            y += NOTE_LINE;
        }
        for inside in &card.inside {
            self.inside(inside, at, depth);
        }
        for (index, row) in card.rows.iter().enumerate() {
            let shift = if frame && forward(index) {
                let widest = row.lines.iter().map(|line| ROW.width(line)).max();
                card.width - 2 * PAD - row.mark_width() - widest.unwrap_or(0)
            } else {
                0
            };
            self.row(row, at, shift);
        }
    }

    fn border(&mut self, card: &Card<'_>, at: Point, depth: usize, here: bool) {
        let (corner, size) = ((at.x, at.y), (card.width, card.height));
        if here {
            let (right, bottom) = (at.x + card.width, at.y + card.height);
            let (low, high) = self.seen.unwrap_or((
                at,
                Point {
                    x: right,
                    y: bottom,
                },
            ));
            let low = Point {
                x: low.x.min(at.x),
                y: low.y.min(at.y),
            };
            self.seen = Some((
                low,
                Point {
                    x: high.x.max(right),
                    y: high.y.max(bottom),
                },
            ));
        }
        if card::frame(card.node) {
            if let Body::Each { .. } = card.node.body {
                for sheet in [2, 1] {
                    let corner = (at.x + sheet * SHEET, at.y + sheet * SHEET);
                    self.rect("pile", corner, size, 12);
                }
            }
            let pair = if depth % 2 == 1 { "cadre-pair" } else { "" };
            let here = if here { "ici" } else { "" };
            self.rect(&classes(&classes("cadre", pair), here), corner, size, 12);
            return;
        }
        let binding = if card.node.binding.is_some() {
            "engage"
        } else {
            ""
        };
        let here = if here { "ici" } else { "" };
        self.rect(&classes(&classes("etat", binding), here), corner, size, 8);
        if card.node.ending.is_some() {
            let (x, y) = (at.x + 4, at.y + 4);
            self.rect("fin", (x, y), (card.width - 8, card.height - 8), 5);
        } else if !card.rows.is_empty() {
            let y = at.y + card.rows.first().map_or(0, |row| row.top) - 4;
            let (left, right) = (at.x + 1, at.x + card.width - 1);
            self.path("regle", &format!("M{left} {y}H{right}"));
        }
    }

    fn inside(&mut self, inside: &Inside<'_>, at: Point, depth: usize) {
        let (x, y) = (at.x + inside.x, at.y + inside.y);
        let mut left = x;
        if let Some((title, notes)) = &inside.title {
            self.rect("volet", (x, y), (inside.width, inside.height), 8);
            let mut base = y + PAD + 13;
            for line in title {
                self.line("titre", x + PAD, base, line);
                base += TITLE_LINE;
            }
            for line in notes {
                self.line("note", x + PAD, base - 2, line);
                base += NOTE_LINE;
            }
            left += PAD;
        }
        let corner = Point {
            x: left,
            y: y + inside.plan_top,
        };
        self.plan(&inside.plan, corner, depth + 1);
    }

    fn row(&mut self, row: &Row, at: Point, shift: i32) {
        let mut x = at.x + PAD + shift;
        let axis = at.y + row.axis();
        self.mark(&row.mark, x, axis);
        x += row.mark_width();
        let class = if row.to.is_none() { "reste" } else { "" };
        let mut base = axis + 4;
        for line in &row.lines {
            self.line(class, x, base, line);
            base += ROW_LINE;
        }
    }

    /// A mark whose left side is at `x` and middle at `y`.
    pub fn mark(&mut self, mark: &Mark, x: i32, y: i32) {
        let left = x + 1;
        match mark {
            Mark::Signs(signs) => {
                let mut x = x;
                for sign in signs {
                    self.sign(*sign, x, y);
                    x += card::step(*sign);
                }
            }
            Mark::Refusal => {
                let (a, b, right) = (y - 4, y + 4, left + 8);
                self.path(
                    "trace",
                    &format!("M{left} {a}L{right} {b}M{right} {a}L{left} {b}"),
                );
            }
            Mark::Clock => {
                self.circle("trace", left + 5, y, 6);
                self.path("trace", &format!("M{} {}v4h3", left + 5, y - 4));
            }
            Mark::Auto => {
                let top = y - 4;
                self.path("trace", &format!("M{left} {top}l4 4l-4 4m5 -8l4 4l-4 4"));
            }
            Mark::Done => self.path("trace", &format!("M{left} {y}l3 4l6 -8")),
        }
    }

    /// A sign whose left side is at `x` and middle at `y`.
    pub fn sign(&mut self, sign: Sign, x: i32, y: i32) {
        let Sign::Party { form, full } = sign else {
            let x = x + 2;
            return self.path("ou", &format!("M{} {}L{x} {}", x + 4, y - 6, y + 6));
        };
        let voice = match form {
            Form::Circle => "v1",
            Form::Square => "v2",
            Form::Triangle => "v3",
            Form::Diamond => "v4",
        };
        let class = classes(voice, if full { "" } else { "creux" });
        let (middle, half) = (x + SIGN / 2, SIGN / 2);
        match form {
            Form::Circle => self.circle(&class, middle, y, half - 1),
            Form::Square => self.rect(&class, (x + 1, y - half + 1), (SIGN - 2, SIGN - 2), 0),
            Form::Triangle => {
                let (top, base) = (y - half, y + half - 1);
                let d = format!("M{middle} {top}L{} {base}H{x}Z", x + SIGN - 1);
                self.path(&class, &d);
            }
            Form::Diamond => {
                let (left, right) = (middle - half, middle + half);
                let d = format!(
                    "M{middle} {}L{right} {y}L{middle} {}L{left} {y}Z",
                    y - half,
                    y + half
                );
                self.path(&class, &d);
            }
        }
    }

    /// The seal of a state that binds.
    pub fn seal(&mut self, cx: i32, cy: i32) {
        let d = format!("M{} {}l-2 8l5 -2l5 2l-2 -8Z", cx - 3, cy + 3);
        self.path("sceau", &d);
        self.circle("sceau", cx, cy, 6);
        self.circle("sceau-creux", cx, cy, 2);
    }
}

fn classes(one: &str, other: &str) -> String {
    match (one, other) {
        ("", other) => other.to_owned(),
        (one, "") => one.to_owned(),
        (one, other) => format!("{one} {other}"),
    }
}

/// The path of a route, its turns rounded.
fn rounded(points: &[Point], at: Point) -> String {
    let mut d = String::new();
    for (index, point) in points.iter().enumerate() {
        let (x, y) = (at.x + point.x, at.y + point.y);
        let turn = index
            .checked_sub(1)
            .map(|i| points[i])
            .zip(points.get(index + 1));
        // Writing to memory does not fail.
        match turn {
            None if index == 0 => write!(d, "M{x} {y}").ok(),
            None => write!(d, "L{x} {y}").ok(),
            Some((before, after)) => {
                let (in_x, in_y) = towards(*point, before);
                let (out_x, out_y) = towards(*point, *after);
                write!(
                    d,
                    "L{} {}Q{x} {y} {} {}",
                    x + in_x,
                    y + in_y,
                    x + out_x,
                    y + out_y
                )
                .ok()
            }
        };
    }
    d
}

/// A step of a turn's radius from a corner towards another point, at most half the way.
fn towards(corner: Point, other: Point) -> (i32, i32) {
    let step = |from: i32, to: i32| {
        let half = (to - from) / 2;
        half.clamp(-TURN, TURN)
    };
    (step(corner.x, other.x), step(corner.y, other.y))
}
