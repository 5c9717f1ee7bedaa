//! The lists that others publish, read from `referentiels/` as they are shipped: FINESS categories,
//! indicators of the TDB ESMS, the HAS referential, kinds of reported events and of complaints,
//! regions. Sources, versions and licences are in `referentiels/README.md`.

/// FINESS categories of establishments, and who is competent.
pub mod categories;
/// Accounts, and the groupe fonctionnel of each.
pub mod comptes;
/// The checks of an EPRD.
pub mod controles;
/// The referential of the HAS, and how it is scored.
pub mod has;
/// Indicators: the TDB ESMS, quality and risks.
pub mod indicateurs;
/// Ratios of financial analysis.
pub mod ratios;
/// Why people complain (SI-REC).
pub mod reclamations;
/// Regions and their départements.
pub mod regions;
/// Kinds of events that are reported to the authorities.
pub mod signalements;

/// A column with a closed list of words: the enumeration of its words.
macro_rules! mots {
    ($(#[$doc:meta])* $nom:ident { $($(#[$precise:meta])* $variante:ident = $mot:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $nom { $($(#[$precise])* $variante,)+ }

        impl $nom {
            /// In the order of this list.
            pub const TOUS: &[Self] = &[$(Self::$variante,)+];

            /// As the file writes it.
            pub fn mot(self) -> &'static str {
                match self { $(Self::$variante => $mot,)+ }
            }

            fn lu(mot: &str) -> Result<Self, String> {
                let lu = Self::TOUS.iter().find(|connu| connu.mot() == mot);
                lu.copied().ok_or_else(|| format!("« {mot} » inconnu ({})", stringify!($nom)))
            }
        }
    };
}
use mots;

/// What a list numbers: a kind of event, a reason of complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rubrique {
    pub code: u16,
    pub libelle: &'static str,
}

/// What is said where a source could not be checked.
const A_CONFIRMER: &str = "(à confirmer)";

/// The lines of a list: `;` between columns, no quotes, the titles on the first line.
///
/// # Errors
/// The titles or a line are not as expected; a word is not of its list. The tests read every file:
/// none of this is met by who runs the program.
fn lignes<const N: usize, T>(
    texte: &'static str,
    titres: [&str; N],
    lire: impl Fn([&'static str; N]) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let mut lignes = texte.lines().enumerate();
    let trouves = lignes.next().map_or("", |(_, ligne)| ligne);
    if !trouves.split(';').eq(titres) {
        return Err(format!(
            "titres attendus : {titres:?} ; trouvés : {trouves}"
        ));
    }
    let lues = lignes.map(|(rang, ligne)| {
        let colonnes: Vec<&str> = ligne.split(';').collect();
        let colonnes = <[&str; N]>::try_from(colonnes);
        let colonnes = colonnes.map_err(|autre| format!("{} colonnes", autre.len()));
        colonnes
            .and_then(&lire)
            .map_err(|faute| format!("ligne {} : {faute}", rang + 1))
    });
    lues.collect()
}

/// The lines of a list of numbered kinds.
fn rubriques(texte: &'static str) -> Result<Vec<Rubrique>, String> {
    lignes(
        texte,
        ["code", "libelle", "source"],
        |[code, libelle, _]| {
            let code = code.parse().map_err(|_| format!("code « {code} »"))?;
            Ok(Rubrique { code, libelle })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const TITRES: [&str; 3] = ["code", "libelle", "source"];

    #[test]
    fn a_file_that_is_not_as_expected_is_told_by_its_line() {
        let lit = |texte| rubriques(texte).unwrap_err();
        assert!(lit("").starts_with("titres attendus"));
        assert!(lit("code;source;libelle\n").starts_with("titres attendus"));
        let titres = TITRES.join(";");
        let faux = [
            ("1;Panne", "ligne 2 : 2 colonnes"),
            ("1;Panne;Arrêté;", "ligne 2 : 4 colonnes"),
            ("un;Panne;Arrêté", "ligne 2 : code « un »"),
        ];
        for (ligne, dit) in faux {
            let texte = format!("{titres}\n{ligne}\n").leak();
            assert_eq!(lit(texte), dit);
        }
    }

    #[test]
    fn numbered_kinds_are_read_whole() {
        for (lues, combien) in [(signalements::toutes(), 11), (reclamations::toutes(), 12)] {
            let codes: BTreeSet<u16> = lues.iter().map(|rubrique| rubrique.code).collect();
            assert_eq!((lues.len(), codes.len()), (combien, combien));
            assert!(lues.iter().all(|rubrique| !rubrique.libelle.is_empty()));
        }
        let maltraitance = signalements::par_code(8).unwrap();
        assert_eq!(
            maltraitance.libelle,
            "Maltraitance envers une personne accueillie"
        );
        assert_eq!(reclamations::par_code(155).unwrap().libelle, "A renseigner");
        assert_eq!(signalements::par_code(12), None);
        assert_eq!(reclamations::par_code(1), None);
    }
}
