//! The consolidated reading: the contract as its avenants changed it. The first text is never
//! rewritten; each changed article says by which avenant.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A text in articles, by title, in their order: a line `# TITLE` opens one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Articles(Vec<(String, String)>);

impl Articles {
    /// Reads a text; what stands before the first article has no title.
    pub fn read(text: &str) -> Self {
        let mut articles: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            match (line.strip_prefix("# "), articles.last_mut()) {
                (Some(title), _) => articles.push((title.trim().to_owned(), String::new())),
                (None, Some((_, body))) => {
                    body.push_str(line);
                    body.push('\n');
                }
                (None, None) => articles.push((String::new(), format!("{line}\n"))),
            }
        }
        for (_, body) in &mut articles {
            body.truncate(body.trim_end().len());
        }
        Self(articles)
    }

    /// The same contract after an avenant: each change rewrites its article, or adds it at the end.
    #[must_use]
    pub fn amended(mut self, avenant: u32, changes: &BTreeMap<String, String>) -> Self {
        for (title, body) in changes {
            let body = format!("{}\n(Avenant n° {avenant})", body.trim_end());
            match self.0.iter_mut().find(|(known, _)| known == title) {
                Some((_, old)) => *old = body,
                None => self.0.push((title.clone(), body)),
            }
        }
        self
    }

    pub fn text(&self) -> String {
        let mut text = String::new();
        for (title, body) in &self.0 {
            if !title.is_empty() {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "# {title}");
            }
            let _ = writeln!(text, "{body}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_avenant_rewrites_its_articles_and_leaves_the_others() {
        let contract = Articles::read("# Article 1\nCinq ESMS.\n# Article 2\nTerme : 2029.");
        let changes = BTreeMap::from([
            ("Article 2".to_owned(), "Terme : 2030.".to_owned()),
            ("Annexe".to_owned(), "SERAFIN.".to_owned()),
        ]);
        assert_eq!(
            contract.amended(1, &changes).text(),
            "# Article 1\nCinq ESMS.\n# Article 2\nTerme : 2030.\n(Avenant n° 1)\n\
             # Annexe\nSERAFIN.\n(Avenant n° 1)\n"
        );
    }

    proptest! {
        #[test]
        fn without_change_the_reading_is_stable(text in "(# [a-z]{1,4}\n|[a-z ]{0,8}\n){0,12}") {
            let once = Articles::read(&text).text();
            let again = Articles::read(&once).amended(1, &BTreeMap::new()).text();
            prop_assert_eq!(again, once);
        }
    }
}
