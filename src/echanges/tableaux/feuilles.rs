//! Names of sheets, within what Excel allows: 31 characters, seven signs left out, no two alike.

use super::Tableau;
use super::texte::imprimable;

const LETTRES: usize = 31;
const INTERDITS: [char; 9] = ['[', ']', ':', '*', '?', '/', '\\', '\n', '\t'];
/// Excel keeps it for itself.
const RESERVE: &str = "history";

/// A name for the sheet of each table, in order: its title, cut and numbered when it must be.
pub fn noms(tableaux: &[Tableau]) -> Vec<String> {
    let titres: Vec<&str> = tableaux.iter().map(|t| t.forme.titre).collect();
    de(&titres)
}

pub(in crate::echanges) fn de(titres: &[&str]) -> Vec<String> {
    let mut pris: Vec<String> = Vec::new();
    for titre in titres {
        let propre = propre(titre);
        let libre = |nom: &String| {
            let bas = nom.to_lowercase();
            bas != RESERVE && pris.iter().all(|p| p.to_lowercase() != bas)
        };
        let mut nom = coupe(&propre, LETTRES);
        let mut numero = 2;
        while !libre(&nom) {
            let fin = format!(" {numero}");
            nom = coupe(&propre, LETTRES - fin.len()) + &fin;
            numero += 1;
        }
        pris.push(nom);
    }
    pris
}

fn propre(titre: &str) -> String {
    let lettres = imprimable(titre);
    let lettres = lettres.chars();
    let lettres: String = lettres
        .map(|c| if INTERDITS.contains(&c) { ' ' } else { c })
        .collect();
    match borde(&lettres) {
        "" => "Tableau".to_owned(),
        propre => propre.to_owned(),
    }
}

/// Neither blanks nor apostrophes at the ends.
fn borde(texte: &str) -> &str {
    texte.trim_matches(|c: char| c.is_whitespace() || c == '\'')
}

/// At most so many UTF-16 units.
fn coupe(texte: &str, unites: usize) -> String {
    let mut reste = unites;
    let tient = |c: &char| {
        let tient = c.len_utf16() <= reste;
        reste = reste.saturating_sub(c.len_utf16());
        tient
    };
    let coupe: String = texte.chars().take_while(tient).collect();
    borde(&coupe).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn titles_are_cut_cleaned_and_told_apart() {
        let long = "Échéances de tous les contrats du territoire";
        assert_eq!(
            de(&["Parties", long, long, "a/b", "'", "parties", "History"]),
            [
                "Parties",
                "Échéances de tous les contrats",
                "Échéances de tous les contrat 2",
                "a b",
                "Tableau",
                "parties 2",
                "History 2"
            ]
        );
    }

    proptest! {
        #[test]
        fn any_titles_make_good_names(titres in prop::collection::vec(any::<String>(), 0..20)) {
            let titres: Vec<&str> = titres.iter().map(String::as_str).collect();
            let noms = de(&titres);
            prop_assert_eq!(noms.len(), titres.len());
            let mut vus = BTreeSet::new();
            for nom in &noms {
                prop_assert!(!nom.is_empty() && nom.encode_utf16().count() <= 31);
                prop_assert!(!nom.contains(['[', ']', ':', '*', '?', '/', '\\']));
                prop_assert!(!nom.starts_with('\'') && !nom.ends_with('\''));
                prop_assert!(vus.insert(nom.to_lowercase()));
            }
        }
    }
}
