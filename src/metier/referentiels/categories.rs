//! FINESS categories of establishments, and who is competent for them. The authority is our reading
//! of CASF L. 313-3, not a datum of FINESS: the authorisation of an establishment decides.

use super::{A_CONFIRMER, lignes, mots};
use crate::metier::contrat::perimetre::Competence;
use std::sync::LazyLock;

mots! {
    /// Whom a category receives.
    Champ {
        PersonnesAgees = "PA",
        HandicapEnfants = "PH enfants",
        HandicapAdultes = "PH adultes",
        HandicapTousAges = "PH enfants et adultes",
        Domicile = "PA/PH (domicile)",
        DifficultesSpecifiques = "Difficultés spécifiques",
        Ressources = "Ressources",
        HorsEsms = "Hors ESMS",
    }
}

mots! {
    /// Who authorises, as a rule.
    Autorite {
        Ars = "ARS",
        Departement = "CD",
        Conjointe = "conjointe",
        /// The authorisation alone tells.
        Variable = "variable",
        /// Outside the contracts of the médico-social.
        Etat = "Etat",
    }
}

mots! {
    /// Whether establishments fill in the TDB ESMS, and on which platform.
    PerimetreTdb {
        Generique = "oui",
        Autonomie = "oui (plateforme SAD)",
        Hors = "non",
    }
}

/// A category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Categorie {
    /// Three digits: 183.
    pub code: &'static str,
    pub libelle: &'static str,
    /// As people say it: I.M.E.
    pub libelle_court: &'static str,
    pub champ: Champ,
    pub autorite: Autorite,
    pub perimetre_tdb: PerimetreTdb,
    /// Empty: nothing to say.
    pub note: &'static str,
    /// Whether something of this line could not be checked.
    pub a_confirmer: bool,
}

impl Categorie {
    /// Who is competent, for an establishment of a Département, until its authorisation says
    /// otherwise. None: it alone tells.
    pub fn competence(&self, departement: &str) -> Option<Competence> {
        let departement = departement.to_owned();
        match self.autorite {
            Autorite::Ars => Some(Competence::Ars),
            Autorite::Departement => Some(Competence::Departement { departement }),
            Autorite::Conjointe => Some(Competence::Conjointe { departement }),
            Autorite::Variable | Autorite::Etat => None,
        }
    }
}

const TITRES: [&str; 10] = [
    "code",
    "libelle",
    "champ",
    "autorite",
    "libelle_court",
    "agregat",
    "libelle_agregat",
    "perimetre_tdb",
    "note",
    "source",
];

fn lues(texte: &'static str) -> Result<Vec<Categorie>, String> {
    lignes(texte, TITRES, |ligne| {
        let [
            code,
            libelle,
            champ,
            autorite,
            libelle_court,
            _,
            _,
            perimetre,
            note,
            source,
        ] = ligne;
        Ok(Categorie {
            code,
            libelle,
            libelle_court,
            champ: Champ::lu(champ)?,
            autorite: Autorite::lu(autorite)?,
            perimetre_tdb: PerimetreTdb::lu(perimetre)?,
            note,
            a_confirmer: note.contains(A_CONFIRMER) || source.contains(A_CONFIRMER),
        })
    })
}

const TEXTE: &str = include_str!("../../../referentiels/finess-categories.csv");
static TOUTES: LazyLock<Vec<Categorie>> = LazyLock::new(|| lues(TEXTE).unwrap_or_default());

/// By code.
pub fn toutes() -> &'static [Categorie] {
    &TOUTES
}

pub fn par_code(code: &str) -> Option<&'static Categorie> {
    let rang = TOUTES.binary_search_by(|categorie| categorie.code.cmp(code));
    rang.ok().and_then(|rang| TOUTES.get(rang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_found_again() {
        let lues = lues(TEXTE).unwrap();
        assert_eq!(lues.len(), 51);
        for categorie in &lues {
            assert_eq!(
                par_code(categorie.code),
                Some(categorie),
                "{}",
                categorie.code
            );
            assert!(categorie.code.bytes().all(|b| b.is_ascii_digit()));
            assert!(!categorie.libelle.is_empty() && !categorie.libelle_court.is_empty());
        }
        assert_eq!(par_code("999"), None);
    }

    #[test]
    fn each_word_of_the_lists_is_met() {
        for champ in Champ::TOUS {
            assert!(toutes().iter().any(|c| c.champ == *champ), "{champ:?}");
        }
        for autorite in Autorite::TOUS {
            assert!(
                toutes().iter().any(|c| c.autorite == *autorite),
                "{autorite:?}"
            );
        }
        for perimetre in PerimetreTdb::TOUS {
            assert!(toutes().iter().any(|c| c.perimetre_tdb == *perimetre));
        }
    }

    #[test]
    fn an_unknown_word_is_refused() {
        for (juste, faux) in [
            (";PA;", ";P.A.;"),
            (";CD;", ";cd;"),
            (";non;", ";peut-être;"),
        ] {
            let texte = TEXTE.replacen(juste, faux, 1).leak();
            let faute = lues(texte).unwrap_err();
            let mot = faux.trim_matches(';');
            assert!(faute.contains(&format!("« {mot} » inconnu")), "{faute}");
        }
    }

    #[test]
    fn the_competence_is_that_of_the_category_until_an_authorisation_says_otherwise() {
        let departement = "99".to_owned();
        for (code, competence) in [
            ("183", Some(Competence::Ars)),
            (
                "449",
                Some(Competence::Departement {
                    departement: departement.clone(),
                }),
            ),
            (
                "448",
                Some(Competence::Conjointe {
                    departement: departement.clone(),
                }),
            ),
            ("370", None),
            ("247", None),
        ] {
            let categorie = par_code(code).unwrap();
            assert_eq!(categorie.competence(&departement), competence, "{code}");
        }
        assert!(par_code("395").unwrap().a_confirmer);
        assert!(!par_code("500").unwrap().a_confirmer);
    }
}
