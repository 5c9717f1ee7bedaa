//! The picture of a workflow: standalone, readable left to right, light and dark.
//!
//! A state is a card; each of its rows is an act (with the forms of who must consent), a deadline
//! or an automatic move, and its arrow leaves from that row. Arrows that come back leave on the
//! left. What has parts is a frame. A table in French says the same: see [`super::twin`].

mod card;
mod legend;
mod paint;

use super::layout::Point;
use super::text::Font;
use super::xml::Xml;
use super::{Source, twin};
use std::collections::BTreeSet;

/// The one style sheet, inside the picture so that it stands alone.
const STYLE: &str = include_str!("style.css");
const MARGIN: i32 = 24;
/// What is shown around the current states, and the least that is shown of a drawing.
const AROUND: i32 = 90;
const LEAST: Point = Point { x: 1000, y: 420 };
const HEADING: Font = Font::bold(18);

/// Draws a workflow; the states whose static paths are in `here` are shown as current.
pub fn draw(source: Source<'_>, here: &BTreeSet<String>) -> String {
    sheet(source, here).text
}

/// The same drawing, framed on its current states; whole when there is none.
pub fn around(source: Source<'_>, here: &BTreeSet<String>) -> String {
    let sheet = sheet(source, here);
    let Some((low, high)) = sheet.seen else {
        return sheet.text;
    };
    let span = |low: i32, high: i32, least: i32, whole: i32| {
        let size = (high - low + 2 * AROUND).max(least).min(whole);
        let start = (i32::midpoint(low, high) - size / 2).clamp(0, whole - size);
        (start, size)
    };
    let (x, width) = span(low.x, high.x, LEAST.x, sheet.size.x);
    let (y, height) = span(low.y, high.y, LEAST.y, sheet.size.y);
    let framed = view((x, y), (width, height));
    sheet
        .text
        .replacen(&view((0, 0), (sheet.size.x, sheet.size.y)), &framed, 1)
}

/// Where the middle of its current states is in the whole drawing, from its left and from its top,
/// in hundredths; none when there is none.
pub fn middle(source: Source<'_>, here: &BTreeSet<String>) -> Option<[i32; 2]> {
    let Sheet { size, seen, .. } = sheet(source, here);
    let (low, high) = seen?;
    Some([
        i32::midpoint(low.x, high.x) * 100 / size.x,
        i32::midpoint(low.y, high.y) * 100 / size.y,
    ])
}

/// What of the drawing is shown, and its size.
fn view((x, y): (i32, i32), (width, height): (i32, i32)) -> String {
    format!("viewBox=\"{x} {y} {width} {height}\" width=\"{width}\" height=\"{height}\"")
}

/// The style inside each drawing, as its element holds it: a page names its digest to allow it.
pub fn style() -> &'static str {
    STYLE
}

/// A drawing, its size, and the corners of what holds its current states.
struct Sheet {
    text: String,
    size: Point,
    seen: Option<(Point, Point)>,
}

fn sheet(source: Source<'_>, here: &BTreeSet<String>) -> Sheet {
    let workflow = source.workflow;
    let plan = card::plan(source, workflow.root().id);
    let heading = format!("{}, version {}", workflow.title, workflow.version);
    let top = MARGIN + 44;
    let across = plan.drawing.width.max(HEADING.width(&heading));
    let legend = legend::Legend::new(source, across.max(760));
    let width = across.max(legend.width) + 2 * MARGIN;
    let legend_top = top + plan.drawing.height + 36;
    let height = legend_top + legend.height + MARGIN;
    let mut xml = Xml::new();
    let view = format!("0 0 {width} {height}");
    xml.open(
        "svg",
        &[
            ("xmlns", &"http://www.w3.org/2000/svg"),
            ("viewBox", &view),
            ("width", &width),
            ("height", &height),
            ("role", &"img"),
            ("aria-labelledby", &"titre resume"),
            ("lang", &"fr"),
        ],
    );
    xml.text(
        "title",
        &[("id", &"titre")],
        &format!("Parcours : {heading}"),
    );
    xml.text("desc", &[("id", &"resume")], &twin::summary(source));
    xml.text("style", &[], STYLE);
    paint::heads(&mut xml);
    xml.leaf(
        "rect",
        &[("class", &"fond"), ("width", &width), ("height", &height)],
    );
    let painter = &mut paint::Painter {
        xml: &mut xml,
        here,
        seen: None,
    };
    painter.line("titre-page", MARGIN, MARGIN + 18, &heading);
    painter.plan(&plan, Point { x: MARGIN, y: top }, 0);
    legend.paint(
        painter,
        Point {
            x: MARGIN,
            y: legend_top,
        },
    );
    let seen = painter.seen;
    xml.close("svg");
    Sheet {
        text: xml.finish(),
        size: Point {
            x: width,
            y: height,
        },
        seen,
    }
}
