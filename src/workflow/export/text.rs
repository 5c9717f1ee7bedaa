//! How wide a text is, without a font: wide enough for the widest of the usual sans-serif faces,
//! so that what fits here fits on every reader's screen.

/// Advance widths of U+0020 to U+007E in thousandths of the font size (the wide end: DejaVu Sans).
const WIDTHS: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// A font size in pixels and its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Font {
    pub size: i32,
    pub bold: bool,
}

impl Font {
    pub const fn regular(size: i32) -> Self {
        Self { size, bold: false }
    }

    pub const fn bold(size: i32) -> Self {
        Self { size, bold: true }
    }

    /// The width of a line in pixels, rounded up.
    pub fn width(self, text: &str) -> i32 {
        let thousandths: i32 = text.chars().map(advance).sum();
        let thousandths = if self.bold {
            thousandths * 113 / 100
        } else {
            thousandths
        };
        (thousandths * self.size + 999) / 1000
    }

    /// Cuts a text into lines no wider than `width`; a word that does not fit is cut.
    pub fn wrap(self, text: &str, width: i32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        // Only the plain space is a place to cut: the French narrow spaces hold their words.
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            for piece in self.pieces(word, width) {
                let longer = if line.is_empty() {
                    piece.clone()
                } else {
                    format!("{line} {piece}")
                };
                if self.width(&longer) <= width || line.is_empty() {
                    line = longer;
                } else {
                    lines.push(std::mem::replace(&mut line, piece));
                }
            }
        }
        lines.push(line);
        lines
    }

    /// A word, cut where it would overflow a line.
    fn pieces(self, word: &str, width: i32) -> Vec<String> {
        let mut pieces = vec![String::new()];
        for c in word.chars() {
            if let Some(last) = pieces.last_mut() {
                last.push(c);
                if self.width(last) > width && last.chars().nth(1).is_some() {
                    last.pop();
                    pieces.push(c.to_string());
                }
            }
        }
        pieces
    }
}

fn advance(c: char) -> i32 {
    let index = (c as usize).checked_sub(0x20);
    if let Some(width) = index.and_then(|i| WIDTHS.get(i)) {
        return i32::from(*width);
    }
    match c {
        '\u{202f}' => 200,
        '\u{a0}' | '’' | '‘' => 318,
        'à' | 'â' | 'ä' | 'é' | 'è' | 'ê' | 'ë' | 'ô' | 'ö' | 'ù' | 'û' | 'ü' => 636,
        'î' | 'ï' => 278,
        'ç' => 550,
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bold_line_is_wider_and_accents_do_not_change_much() {
        let plain = Font::regular(13);
        assert!(Font::bold(13).width("Diagnostic") > plain.width("Diagnostic"));
        assert!((plain.width("negocie") - plain.width("négocié")).abs() <= 1);
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_letter_and_overflows_no_line(
            text in "[a-zé ]{0,120}", width in 20..200i32,
        ) {
            let font = Font::regular(13);
            let lines = font.wrap(&text, width);
            let letters = |t: &str| t.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
            for line in &lines {
                prop_assert!(font.width(line) <= width, "{line}");
            }
        }
    }
}
