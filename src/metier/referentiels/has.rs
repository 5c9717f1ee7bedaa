//! The referential of the HAS for the evaluation of ESSMS (CASF L. 312-8; version of March 2022): 3
//! chapters, 42 objectives, 18 imperative criteria, and how they are scored. Labels are reworded;
//! most are still to be found.

use super::{A_CONFIRMER, lignes, mots};
use crate::metier::nombre::Nombre;
use chrono::NaiveDate;
use std::sync::LazyLock;

mots! {
    Chapitre {
        Personne = "1-La personne (accompagné traceur)",
        Professionnels = "2-Les professionnels (traceur ciblé)",
        Essms = "3-L'ESSMS (audit système)",
    }
}

mots! {
    /// Those that are known, of nine.
    Thematique {
        Bientraitance = "Bientraitance et éthique",
        Droits = "Droits de la personne accompagnée",
        Sante = "Accompagnement à la santé",
        Parcours = "Continuité et fluidité des parcours",
        Qualite = "Démarche qualité et gestion des risques",
    }
}

mots! {
    /// What could be checked of an objective.
    StatutObjectif {
        Confirme = "confirmé (libellé reformulé)",
        Partiel = "partiel",
        LibelleInconnu = "code confirmé, libellé non trouvé",
    }
}

mots! {
    /// What could be checked of a criterion.
    StatutCritere {
        Confirme = "confirmé",
        LibelleAConfirmer = "code confirmé, libellé à confirmer",
    }
}

/// How many criteria an objective has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criteres {
    Inconnu,
    AuMoins(u8),
    Exactement(u8),
}

/// An objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objectif {
    /// `2.2`.
    pub code: &'static str,
    pub chapitre: Chapitre,
    pub thematique: Option<Thematique>,
    /// None: not found.
    pub libelle: Option<&'static str>,
    pub criteres: Criteres,
    /// The codes of its imperative criteria; most have none.
    pub imperatifs: Vec<&'static str>,
    pub statut: StatutObjectif,
}

/// A criterion that must be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imperatif {
    /// `3.11.1`.
    pub code: &'static str,
    /// The code of its objective.
    pub objectif: &'static str,
    pub libelle: &'static str,
    pub statut: StatutCritere,
}

mots! {
    /// How an element is scored.
    Cote {
        Un = "1",
        Deux = "2",
        Trois = "3",
        Quatre = "4",
        /// The star.
        Optimise = "*",
        NonConcerne = "NC",
        /// In chapter 1 only.
        ReponseInadaptee = "RI",
    }
}

/// A score, and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cotation {
    pub cote: Cote,
    /// What it counts for in averages, 1 to 4. None: it is left out of them.
    pub valeur: Option<u8>,
    pub libelle: &'static str,
    /// Empty: nothing to say.
    pub note: &'static str,
}

/// How the score of an imperative criterion is read. Both are kept: reports written before and
/// after the change stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lecture {
    /// Rounded to the unit: 3,5 counts for 4.
    Arrondie,
    /// To two decimals: 4,00 only.
    DeuxDecimales,
}

impl Lecture {
    /// That of an evaluation that ended on a day; two decimals came on another.
    pub fn du(fin: NaiveDate, deux_decimales: NaiveDate) -> Self {
        if fin < deux_decimales {
            Self::Arrondie
        } else {
            Self::DeuxDecimales
        }
    }

    /// Whether a criterion whose elements average so is met.
    pub fn atteint(self, moyenne: Nombre) -> bool {
        let quatre = Nombre::from(4);
        match self {
            Self::Arrondie => Nombre::from(3)
                .vers(quatre, 2)
                .is_some_and(|s| moyenne >= s),
            Self::DeuxDecimales => moyenne >= quatre,
        }
    }
}

const TITRES_OBJECTIFS: [&str; 7] = [
    "chapitre",
    "thematique",
    "objectif",
    "nb_criteres",
    "imperatif",
    "criteres_imperatifs",
    "statut",
];

fn objectifs_lus(texte: &'static str) -> Result<Vec<Objectif>, String> {
    lignes(texte, TITRES_OBJECTIFS, |ligne| {
        let [
            chapitre,
            thematique,
            objectif,
            nombre,
            imperatif,
            imperatifs,
            statut,
        ] = ligne;
        let (code, libelle) = objectif
            .split_once(' ')
            .filter(|(code, _)| est_un_code(code))
            .ok_or_else(|| format!("objectif « {objectif} »"))?;
        let statut = StatutObjectif::lu(statut)?;
        let libelle = libelle.trim_end_matches(A_CONFIRMER).trim_end();
        let imperatifs = imperatifs.split(',').filter(|code| !code.is_empty());
        let imperatifs: Vec<&str> = imperatifs.collect();
        if imperatif != if imperatifs.is_empty() { "non" } else { "oui" } {
            return Err(format!("« {imperatif} » et {imperatifs:?} se contredisent"));
        }
        Ok(Objectif {
            code,
            chapitre: Chapitre::lu(chapitre)?,
            thematique: match thematique {
                A_CONFIRMER => None,
                connue => Some(Thematique::lu(connue)?),
            },
            libelle: (statut != StatutObjectif::LibelleInconnu).then_some(libelle),
            criteres: criteres(nombre)?,
            imperatifs,
            statut,
        })
    })
}

/// « 3.11 », « 3.11.1 ».
fn est_un_code(texte: &str) -> bool {
    let nombre = |partie: &str| partie.parse::<u8>().is_ok();
    texte.contains('.') && texte.split('.').all(nombre)
}

/// Empty, « 7 », « 5 au moins ».
fn criteres(texte: &str) -> Result<Criteres, String> {
    if texte.is_empty() {
        return Ok(Criteres::Inconnu);
    }
    let (nombre, au_moins) = match texte.strip_suffix(" au moins") {
        Some(nombre) => (nombre, true),
        None => (texte, false),
    };
    let nombre = nombre.parse();
    let nombre = nombre.map_err(|_| format!("« {texte} » n'est pas un nombre de critères"))?;
    Ok(if au_moins {
        Criteres::AuMoins(nombre)
    } else {
        Criteres::Exactement(nombre)
    })
}

const TITRES_IMPERATIFS: [&str; 4] = ["code", "objectif", "libelle_reformule", "statut"];

fn imperatifs_lus(texte: &'static str) -> Result<Vec<Imperatif>, String> {
    lignes(texte, TITRES_IMPERATIFS, |ligne| {
        let [code, objectif, libelle, statut] = ligne;
        if !est_un_code(code) {
            return Err(format!("critère « {code} »"));
        }
        Ok(Imperatif {
            code,
            objectif,
            libelle,
            statut: StatutCritere::lu(statut)?,
        })
    })
}

fn cotations_lues(texte: &'static str) -> Result<Vec<Cotation>, String> {
    let titres = ["cote", "valeur_calcul", "libelle", "note"];
    lignes(texte, titres, |[cote, valeur, libelle, note]| {
        let comptee = valeur.parse().ok().filter(|v| (1..=4).contains(v));
        if comptee.is_none() && !valeur.is_empty() {
            return Err(format!("« {valeur} » n'est pas une valeur de 1 à 4"));
        }
        Ok(Cotation {
            cote: Cote::lu(cote)?,
            valeur: comptee,
            libelle,
            note,
        })
    })
}

const TEXTE_OBJECTIFS: &str = include_str!("../../../referentiels/has-referentiel.csv");
const TEXTE_IMPERATIFS: &str = include_str!("../../../referentiels/has-criteres-imperatifs.csv");
const TEXTE_COTATION: &str = include_str!("../../../referentiels/has-cotation.csv");
static OBJECTIFS: LazyLock<Vec<Objectif>> =
    LazyLock::new(|| objectifs_lus(TEXTE_OBJECTIFS).unwrap_or_default());
static IMPERATIFS: LazyLock<Vec<Imperatif>> =
    LazyLock::new(|| imperatifs_lus(TEXTE_IMPERATIFS).unwrap_or_default());

static COTATIONS: LazyLock<Vec<Cotation>> =
    LazyLock::new(|| cotations_lues(TEXTE_COTATION).unwrap_or_default());

/// By chapter, then by number.
pub fn objectifs() -> &'static [Objectif] {
    &OBJECTIFS
}

pub fn objectif(code: &str) -> Option<&'static Objectif> {
    OBJECTIFS.iter().find(|objectif| objectif.code == code)
}

/// By objective, then by number.
pub fn imperatifs() -> &'static [Imperatif] {
    &IMPERATIFS
}

pub fn imperatif(code: &str) -> Option<&'static Imperatif> {
    IMPERATIFS.iter().find(|imperatif| imperatif.code == code)
}

/// From the worst to the best, then those that do not count.
pub fn cotations() -> &'static [Cotation] {
    &COTATIONS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_objective_is_read() {
        let lus = objectifs_lus(TEXTE_OBJECTIFS).unwrap();
        let de = |chapitre| lus.iter().filter(|o| o.chapitre == chapitre).count();
        let chapitres = Chapitre::TOUS.iter().map(|chapitre| de(*chapitre));
        assert_eq!(chapitres.collect::<Vec<_>>(), [17, 10, 15]);
        for objectif in &lus {
            // The chapter and the code agree; a label is there when it was found.
            let (chapitre, _) = objectif.code.split_once('.').unwrap();
            assert!(objectif.chapitre.mot().starts_with(chapitre));
            let inconnu = objectif.statut == StatutObjectif::LibelleInconnu;
            assert_eq!(objectif.libelle.is_none(), inconnu, "{}", objectif.code);
            assert_eq!(objectif.thematique.is_none(), inconnu, "{}", objectif.code);
        }
        assert_eq!(lus.iter().filter(|o| o.libelle.is_some()).count(), 12);
        for thematique in Thematique::TOUS {
            assert!(lus.iter().any(|o| o.thematique == Some(*thematique)));
        }
        assert_eq!(objectif("1.2").unwrap().criteres, Criteres::AuMoins(5));
        assert_eq!(objectif("2.2").unwrap().criteres, Criteres::Exactement(7));
        assert_eq!(objectif("1.3").unwrap().criteres, Criteres::Inconnu);
        let parcours = objectif("1.17").unwrap().libelle;
        assert_eq!(parcours, Some("Continuité du parcours de la personne"));
    }

    #[test]
    fn the_imperative_criteria_are_those_of_the_objectives() {
        let lus = imperatifs_lus(TEXTE_IMPERATIFS).unwrap();
        assert_eq!(lus.len(), 18);
        let par_objectif = objectifs().iter().flat_map(|objectif| {
            let codes = objectif.imperatifs.iter();
            codes.map(move |code| (*code, objectif.code))
        });
        let des_criteres = lus.iter().map(|i| (i.code, i.objectif));
        assert_eq!(
            des_criteres.collect::<Vec<_>>(),
            par_objectif.collect::<Vec<_>>()
        );
        let confirmes = lus.iter().filter(|i| i.statut == StatutCritere::Confirme);
        assert_eq!(confirmes.count(), 4);
        assert_eq!(imperatif("3.6.2").unwrap().objectif, "3.6");
        assert_eq!(imperatif("3.6.1"), None);
    }

    #[test]
    fn an_unknown_word_is_refused() {
        for (juste, faux) in [
            ("3-L'ESSMS (audit système)", "4-Le siège"),
            ("Accompagnement à la santé", "Santé"),
            ("5 au moins", "cinq"),
            (";partiel", ";à moitié"),
            (";oui;", ";non;"),
            ("1.3 ", "1.3\u{a0}"),
        ] {
            let texte = TEXTE_OBJECTIFS.replacen(juste, faux, 1).leak();
            assert!(objectifs_lus(texte).is_err(), "{faux}");
        }
        let texte = TEXTE_IMPERATIFS.replacen("\n2.2.1;", "\n2,2.1;", 1).leak();
        assert_eq!(
            imperatifs_lus(texte),
            Err("ligne 2 : critère « 2,2.1 »".to_owned())
        );
        let texte = TEXTE_IMPERATIFS.replacen(";confirmé\n", ";sûr\n", 1).leak();
        assert!(
            imperatifs_lus(texte)
                .unwrap_err()
                .contains("« sûr » inconnu")
        );
    }

    #[test]
    fn every_score_is_read_with_what_it_counts_for() {
        let lues = cotations_lues(TEXTE_COTATION).unwrap();
        let cotes: Vec<Cote> = lues.iter().map(|lue| lue.cote).collect();
        assert_eq!(cotes, Cote::TOUS);
        let valeurs: Vec<Option<u8>> = lues.iter().map(|lue| lue.valeur).collect();
        let quatre = Some(4);
        assert_eq!(
            valeurs,
            [Some(1), Some(2), Some(3), quatre, quatre, None, None]
        );
        for (juste, faux) in [("\n4;4;", "\n4;5;"), ("\nNC;", "\nXX;")] {
            let texte = TEXTE_COTATION.replacen(juste, faux, 1).leak();
            assert!(cotations_lues(texte).is_err(), "{faux}");
        }
    }

    #[test]
    fn an_imperative_criterion_is_read_both_ways() {
        for (moyenne, arrondie, exacte) in [
            ("4", true, true),
            ("4,00", true, true),
            ("3,99", true, false),
            ("3,5", true, false),
            ("3,49", false, false),
            ("1", false, false),
        ] {
            let moyenne = Nombre::du_texte(moyenne).unwrap();
            assert_eq!(Lecture::Arrondie.atteint(moyenne), arrondie, "{moyenne}");
            assert_eq!(Lecture::DeuxDecimales.atteint(moyenne), exacte, "{moyenne}");
        }
        let jour = |texte: &str| texte.parse().unwrap();
        let bascule = jour("2024-12-31");
        let lecture = |fin| Lecture::du(jour(fin), bascule);
        assert_eq!(lecture("2024-12-30"), Lecture::Arrondie);
        assert_eq!(lecture("2024-12-31"), Lecture::DeuxDecimales);
    }

    proptest! {
        /// What is met to two decimals was met rounded.
        #[test]
        fn the_second_reading_is_never_kinder(centiemes in 100..=400) {
            let moyenne = Nombre::from(centiemes).rapport(Nombre::from(100), 1).unwrap();
            let exacte = Lecture::DeuxDecimales.atteint(moyenne);
            prop_assert!(Lecture::Arrondie.atteint(moyenne) || !exacte);
        }
    }
}
