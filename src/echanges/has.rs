//! Results of evaluations as the HAS publishes them (open data, ODbL): one line for each evaluation
//! and establishment. The classes are read, never computed. Of the imperative criteria, both
//! readings are kept: those met at 4 only, and those that rounding to the unit met; and the score
//! of each, by which either can be told again.

use super::grille::Grille;
use super::releves::{self, Annee, Colonne, Ecriture, Export, Famille, Forme, Plan};
use crate::metier::contrat::diagnostic::Source;
use crate::metier::referentiels::has;

/// Imperative criteria met when scores are rounded to the unit, as reports of 2023 and 2024 did.
/// Beside `Q-HAS-2`, which the list of indicators has: those met at 4 only.
pub const IMPERATIFS_ARRONDIS: &str = "Q-HAS-2/arrondi";
/// What the code of the score of an imperative criterion begins by; the number of the criterion
/// follows: `HAS-CI-2.2.1`.
pub const CRITERE: &str = "HAS-CI-";

const COLONNES: [Colonne; 7] = [
    Colonne {
        titre: "indice_qualite",
        code: "Q-HAS-1",
        forme: Forme::Mot(&["A", "B", "C", "D"]),
        compte: None,
    },
    Colonne {
        titre: "nb_ci_atteints",
        code: "Q-HAS-2",
        forme: Forme::Sur("nb_ci"),
        compte: None,
    },
    Colonne {
        titre: "nb_ci_sup_3_5",
        code: IMPERATIFS_ARRONDIS,
        forme: Forme::Sur("nb_ci"),
        compte: None,
    },
    Colonne::nombre("cotation_chapitre_1", "Q-HAS-3"),
    Colonne::nombre("cotation_chapitre_2", "Q-HAS-4"),
    Colonne::nombre("cotation_chapitre_3", "Q-HAS-5"),
    Colonne::nombre("moy_objectifs_100", "Q-HAS-6"),
];

const PLAN: Plan = Plan {
    finess: "finess_geo",
    annee: Annee::Jour("eval_date_fin"),
    colonnes: &COLONNES,
    familles: &[Famille {
        titre: "cotation_critere_imperatif_",
        code: CRITERE,
        suites: criteres,
    }],
    attendu: "l'export des évaluations que publie la HAS",
    ecriture: Ecriture::Telle,
    source: Source::Has,
};

fn criteres() -> Vec<&'static str> {
    has::imperatifs()
        .iter()
        .map(|critere| critere.code)
        .collect()
}

/// Reads an export, csv or workbook. The year of a line is that of the end of its evaluation; of
/// two evaluations of one year, the later is kept.
///
/// # Errors
/// One French sentence: a file that is neither.
pub fn lire(octets: &[u8]) -> Result<Export, String> {
    releves::lire(&Grille::lire(octets)?, &PLAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::echanges::faute::Faute;
    use crate::metier::nombre::Nombre;
    use crate::metier::referentiels::indicateurs;

    const TITRES: &str = "finess_geo,eval_code,eval_date_fin,indice_qualite,nb_ci,nb_ci_atteints,\
                          nb_ci_sup_3_5,cotation_chapitre_1,cotation_critere_imperatif_2.2.1,\
                          cotation_objectif_2.2,moy_objectifs_100\n";

    fn lu(lignes: &str) -> Export {
        lire(format!("{TITRES}{lignes}").as_bytes()).unwrap()
    }

    fn montres(export: &Export) -> Vec<(i32, &str, String)> {
        let releves = export.releves.iter();
        releves
            .map(|r| (r.annee, r.indicateur.as_str(), r.valeur.to_string()))
            .collect()
    }

    fn dites(export: &Export) -> Vec<String> {
        export.fautes.dites.iter().map(Faute::to_string).collect()
    }

    #[test]
    fn every_code_is_that_of_an_indicator_or_of_a_criterion() {
        for Colonne { code, .. } in COLONNES {
            let propre = code == IMPERATIFS_ARRONDIS;
            assert!(propre || indicateurs::par_code(code).is_some(), "{code}");
        }
        assert_eq!(criteres().len(), 18);
    }

    #[test]
    fn both_readings_of_the_imperative_criteria_are_kept_with_their_terms() {
        let export = lu("990001018,EVAL-1,2024-12-20 00:00:00,B,17,12,15,3.03,3.55,3.1,47.2\n");
        assert_eq!(dites(&export), [""; 0]);
        assert_eq!(export.ignores, ["eval_code", "cotation_objectif_2.2"]);
        let texte = |texte: &str| texte.to_owned();
        let attendus = [
            (2024, "Q-HAS-1", texte("B")),
            (2024, "Q-HAS-2", texte("70,59")),
            (2024, IMPERATIFS_ARRONDIS, texte("88,24")),
            (2024, "Q-HAS-3", texte("3,03")),
            (2024, "Q-HAS-6", texte("47,2")),
            (2024, "HAS-CI-2.2.1", texte("3,55")),
        ];
        assert_eq!(montres(&export), attendus);
        let termes = [12, 17].map(Nombre::from);
        assert_eq!(export.releves[1].termes, Some((termes[0], termes[1])));
    }

    #[test]
    fn of_two_evaluations_of_a_year_the_later_is_kept() {
        let export = lu(
            "990001018,E1,2025-02-01,C,,,,,,,\n990001018,E2,2025-06-01,B,,,,,,,\n\
             990001018,E3,2025-03-01,D,,,,,,,\n990001018,E0,2023-03-01,D,,,,,,,\n",
        );
        assert_eq!(dites(&export), [""; 0]);
        let texte = |texte: &str| texte.to_owned();
        let attendus = [(2023, "Q-HAS-1", texte("D")), (2025, "Q-HAS-1", texte("B"))];
        assert_eq!(montres(&export), attendus);
        assert!(export.signalements[0].contains("même année : 2."));
    }

    #[test]
    fn a_wrong_cell_is_told_by_its_place() {
        let export = lu("990001018,E1,20/13/2025,E,17,18,,,quatre,,\n");
        let dites = dites(&export);
        for (dite, debut) in [
            "Ligne 2, colonne 3 : attendu une date",
            "Ligne 2, colonne 4 : attendu A, B, C, D ; trouvé « E »",
            "Ligne 2, colonne 6 : attendu 17 au plus, comme le dit la colonne 5 ; trouvé « 18 »",
            "Ligne 2, colonne 9 : attendu un nombre",
        ]
        .into_iter()
        .enumerate()
        {
            assert!(dites[dite].starts_with(debut), "{dites:?}");
        }
        assert_eq!((dites.len(), export.releves.len()), (4, 0));
    }
}
