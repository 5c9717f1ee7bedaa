//! What the forms and marks mean.

use super::super::Source;
use super::super::layout::Point;
use super::super::words::{Form, Sign};
use super::card::{Mark, ROW};
use super::paint::Painter;

const LINE: i32 = 24;
const SPACE: i32 = 28;

/// What an entry shows before its words.
enum Key {
    Mark(Mark),
    Seal,
    Forward,
    Back,
}

/// An entry, at its place.
struct Entry {
    key: Key,
    words: String,
    at: Point,
    key_width: i32,
}

/// The legend, measured.
pub struct Legend {
    pub width: i32,
    pub height: i32,
    entries: Vec<Entry>,
}

impl Legend {
    /// Lays the entries out in lines no wider than `width`.
    pub fn new(source: Source<'_>, width: i32) -> Self {
        let mut legend = Legend {
            width: 0,
            height: LINE,
            entries: Vec::new(),
        };
        let mut at = Point { x: 0, y: LINE / 2 };
        for (key, words) in entries(source) {
            let key_width = match &key {
                Key::Mark(Mark::Signs(signs)) => {
                    signs.iter().copied().map(super::card::step).sum::<i32>() + 4
                }
                Key::Mark(_) => 18,
                Key::Seal => 22,
                Key::Forward | Key::Back => 36,
            };
            let across = key_width + ROW.width(&words);
            if at.x > 0 && at.x + across > width {
                at = Point {
                    x: 0,
                    y: at.y + LINE,
                };
                legend.height += LINE;
            }
            legend.width = legend.width.max(at.x + across);
            legend.entries.push(Entry {
                key,
                words,
                at,
                key_width,
            });
            at.x += across + SPACE;
        }
        legend
    }

    pub fn paint(&self, painter: &mut Painter<'_>, at: Point) {
        for entry in &self.entries {
            let (x, y) = (at.x + entry.at.x, at.y + entry.at.y);
            match &entry.key {
                Key::Mark(mark) => painter.mark(mark, x, y),
                Key::Seal => painter.seal(x + 8, y - 1),
                Key::Forward => painter.path("lien", &format!("M{x} {y}h28")),
                Key::Back => painter.path("retour", &format!("M{x} {y}h28")),
            }
            painter.line("", x + entry.key_width, y + 4, &entry.words);
        }
    }
}

fn entries(source: Source<'_>) -> Vec<(Key, String)> {
    let mut entries = Vec::new();
    for party in &source.workflow.parties {
        let form = source.form(&party.id);
        let sign = Sign::Party { form, full: true };
        entries.push((Key::Mark(Mark::Signs(vec![sign])), party.title.clone()));
    }
    let circle = |full| Sign::Party {
        form: Form::Circle,
        full,
    };
    let square = |full| Sign::Party {
        form: Form::Square,
        full,
    };
    let lone = Sign::Party {
        form: Form::Diamond,
        full: false,
    };
    let signs = |signs| Key::Mark(Mark::Signs(signs));
    let fixed = [
        (
            signs(vec![circle(true), square(true)]),
            "toutes doivent consentir",
        ),
        (
            signs(vec![circle(true), Sign::Or, square(true)]),
            "une seule suffit",
        ),
        (signs(vec![square(false)]), "si elle est concernée"),
        (signs(vec![lone]), "la partie de la branche"),
        (Key::Mark(Mark::Clock), "échéance"),
        (Key::Mark(Mark::Refusal), "refus"),
        (Key::Mark(Mark::Auto), "passage automatique"),
        (Key::Mark(Mark::Done), "tout est clos"),
        (Key::Seal, "état qui engage"),
        (Key::Forward, "avance"),
        (Key::Back, "retour"),
    ];
    entries.extend(fixed.map(|(key, words)| (key, words.to_owned())));
    entries
}
