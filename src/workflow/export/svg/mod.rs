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
const HEADING: Font = Font::bold(18);

/// Draws a workflow; the states whose static paths are in `here` are shown as current.
pub fn draw(source: Source<'_>, here: &BTreeSet<String>) -> String {
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
    xml.close("svg");
    xml.finish()
}
