//! A compte de résultat: one line for each account, found by its number; totals by their labels.

use super::description::Tableau;
use super::extraction::Extraction;
use super::feuilles::Page;
use super::formes::lignes_de;
use super::normal::denude;
use super::tableau::Place;
use super::vue::Zone;
use crate::echanges::classeur::Cellule;
use crate::metier::budget::lignes::{Bloc, Cle, Lieu, Ligne, Valeur};
use crate::metier::referentiels::comptes::{Sens, groupe, normalise};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer charges below zero say nothing of the whole column.
const NEGATIVES_MIN: usize = 2;

pub(super) fn lit(
    extraction: &mut Extraction,
    page: &Page<'_>,
    lieu: Lieu,
    tableau: &Tableau,
    place: &Place,
) {
    let Some(comptes) = place.noms.get("compte") else {
        return;
    };
    let trouves = numeros(extraction, page, tableau, place, comptes);
    let lus: BTreeSet<&str> = trouves.iter().map(|(_, compte)| compte.as_str()).collect();
    let absents = tableau.comptes.iter();
    let absents = absents.filter(|compte| !lus.iter().any(|lu| lu.starts_with(compte.as_str())));
    let absents: Vec<&str> = absents.map(String::as_str).collect();
    if !absents.is_empty() {
        let dits = format!(
            "comptes introuvables ({}) : {}",
            tableau.nom,
            absents.join(", ")
        );
        extraction.absent(page, &dits);
    }
    for (rang, annee, colonne) in &place.valeurs {
        let Some(bloc) = tableau.valeurs.get(*rang).and_then(|v| v.bloc) else {
            continue;
        };
        let mut poses = Vec::new();
        for (zone, compte) in &trouves {
            let zone = Zone {
                haut: zone.haut,
                bas: zone.bas,
                ..*colonne
            };
            let cle = Cle {
                bloc,
                lieu,
                annee: *annee,
                code: compte.clone(),
            };
            let Some((l, c, cellule)) = extraction.case(page, &zone, Some(&cle)) else {
                continue;
            };
            let lu = extraction.valeur(page, (l, c, cellule), "EUR", &BTreeMap::new());
            let Some(valeur) = lu else {
                extraction.lignes.illisible(cle);
                continue;
            };
            let libelle = libelle(page, place, &zone);
            if extraction.pose(page, cle.clone(), (valeur, &libelle, "EUR"), (l, c)) {
                poses.push(cle);
            }
        }
        // Totals are those of the first column of values.
        if *rang == 0 {
            let colonnes = [(*annee, *colonne)];
            poses.extend(extraction.postes(page, lieu, tableau, place, &colonnes));
        }
        if matches!(bloc, Bloc::Charge | Bloc::RealiseCharge) {
            redresse(extraction, page, &poses);
        }
    }
}

/// The accounts and where each stands.
fn numeros(
    extraction: &mut Extraction,
    page: &Page<'_>,
    tableau: &Tableau,
    place: &Place,
    comptes: &Zone,
) -> Vec<(Zone, String)> {
    let mut trouves = Vec::new();
    for ligne in lignes_de(page, &place.dans) {
        let dite =
            (comptes.gauche..=comptes.droite).find_map(|c| Some((c, page.vue.cellule(ligne, c)?)));
        let Some((colonne, cellule)) = dite else {
            continue;
        };
        match numero(cellule) {
            Ok(Some(compte)) if de_l_autre_cote(tableau, &compte, page.exercice) => {
                extraction.dit(format!(
                    "{} : le compte {compte} n'est pas de ceux du tableau « {} », ligne laissée de \
                     côté.",
                    page.cellule(ligne, colonne),
                    tableau.nom
                ));
            }
            Ok(Some(compte)) => trouves.push((page.vue.zone((ligne, colonne)), compte)),
            Ok(None) => {}
            Err(()) => extraction.dit(format!(
                "{} : {cellule} n'est pas un numéro de compte, ligne laissée de côté ({}).",
                page.cellule(ligne, colonne),
                tableau.nom
            )),
        }
    }
    trouves
}

/// Which side of a compte de résultat a table is.
pub(super) fn sens(tableau: &Tableau) -> Sens {
    match tableau.valeurs.first().and_then(|colonne| colonne.bloc) {
        Some(Bloc::Charge | Bloc::RealiseCharge) => Sens::Charge,
        _ => Sens::Produit,
    }
}

/// Whether an account is known on the other side only: it would stand here by mistake.
pub(super) fn de_l_autre_cote(tableau: &Tableau, compte: &str, exercice: i32) -> bool {
    let (ici, ailleurs) = match sens(tableau) {
        Sens::Charge => (Sens::Charge, Sens::Produit),
        Sens::Produit => (Sens::Produit, Sens::Charge),
    };
    groupe(compte, ici, exercice).is_none() && groupe(compte, ailleurs, exercice).is_some()
}

/// The account that a cell names. None: it names something else. Refused: it begins like one and
/// could be another.
fn numero(cellule: &Cellule) -> Result<Option<String>, ()> {
    let dit = match cellule {
        Cellule::Nombre(nombre) => nombre.to_string(),
        Cellule::Texte(texte) => denude(texte).to_owned(),
        _ => return Ok(None),
    };
    if let Some(compte) = normalise(&dit) {
        return Ok(Some(compte));
    }
    if !dit.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(None);
    }
    // « 6411 Rémunérations » : one run of digits, then words.
    let fin = dit.find(|c: char| !c.is_ascii_digit()).unwrap_or(dit.len());
    let (compte, suite) = dit.split_at(fin);
    let suite = suite.trim_start_matches(|c: char| c.is_whitespace() || "-:–—".contains(c));
    let mots = suite.starts_with(char::is_alphabetic) && suite.len() < dit.len() - fin;
    if mots {
        normalise(compte).map(Some).ok_or(())
    } else {
        Err(())
    }
}

/// What the frame calls an account.
fn libelle(page: &Page<'_>, place: &Place, zone: &Zone) -> String {
    let colonne = place.noms.get("libelle").map(|z| z.gauche);
    match colonne.and_then(|c| page.vue.cellule(zone.haut, c)) {
        Some(Cellule::Texte(texte)) => denude(texte).to_owned(),
        _ => String::new(),
    }
}

/// Charges written below zero, as national extracts do, are turned round together.
fn redresse(extraction: &mut Extraction, page: &Page<'_>, poses: &[Cle]) {
    let montant = |cle: &Cle| {
        let ligne = extraction
            .lignes
            .trouve(cle.bloc, cle.lieu, cle.annee, &cle.code);
        match ligne.map(|ligne| &ligne.valeur) {
            Some(Valeur::Montant(centimes)) => *centimes,
            _ => 0,
        }
    };
    let montants: Vec<i64> = poses.iter().map(montant).filter(|m| *m != 0).collect();
    let negatifs = montants.iter().filter(|m| **m < 0).count();
    if negatifs < montants.len() && 2 * negatifs > montants.len() {
        for cle in poses {
            extraction.lignes.retire(cle);
            extraction.lignes.illisible(cle.clone());
        }
        extraction.dit(format!(
            "« {} » : les charges y sont les unes négatives, les autres positives ; aucune n'est \
             lue. Écrivez-les toutes en positif.",
            page.nom()
        ));
        return;
    }
    if montants.len() < NEGATIVES_MIN || negatifs < montants.len() {
        return;
    }
    for cle in poses {
        if let Some(ligne) = extraction.lignes.retire(cle)
            && let Valeur::Montant(centimes) = ligne.valeur
        {
            let ligne = Ligne {
                valeur: Valeur::Montant(-centimes),
                ..ligne
            };
            // Within bounds, as it was.
            let _ = extraction.lignes.pose(cle.clone(), ligne);
        }
    }
    extraction.dit(format!(
        "« {} » : toutes les charges y sont négatives ; elles sont lues en positif.",
        page.nom()
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::nombre::Nombre;

    #[test]
    fn an_account_is_a_run_of_digits() {
        for (dit, compte) in [
            ("6411", Ok(Some("6411"))),
            ("64 11", Ok(Some("6411"))),
            ("6411 Rémunérations", Ok(Some("6411"))),
            ("6411 - Rémunérations", Ok(Some("6411"))),
            ("Total groupe I", Ok(None)),
            ("64 11 Rémunérations", Err(())),
            ("64/65", Err(())),
            ("60a", Err(())),
        ] {
            let lu = numero(&Cellule::Texte(dit.to_owned()));
            assert_eq!(lu, compte.map(|c| c.map(str::to_owned)), "{dit}");
        }
        let lu = numero(&Cellule::Nombre(Nombre::from(6411)));
        assert_eq!(lu, Ok(Some("6411".to_owned())));
    }
}
