//! The cohort of the story: generated, summed, forgotten, as a managing body would do with its own.
//! Nobody stands behind it; the same each time.

use crate::app::besoins::{Options, agreger, regles};
use crate::metier::besoins::partage::Partage;
use crate::metier::serafin::{Genre, nomenclature};
use chrono::NaiveDate;
use std::fmt::Write as _;

/// An establishment: its number, its name, its category, how many it accompanies.
const ESMS: [(&str, &str, &str, usize); 5] = [
    ("990002024", "SESSAD Les Passerelles", "182", 54),
    ("990002032", "ESAT Les Ateliers du Val", "246", 40),
    ("990002040", "Foyer Le Colombier", "252", 24),
    ("990002057", "Foyer de vie La Clairière", "382", 12),
    ("990002065", "SAVS L'Escale", "446", 33),
];

/// Of each need: in percent, who have it in each establishment, then for how many it is answered.
const PARTS: [[usize; 6]; 25] = [
    [85, 70, 70, 92, 60, 100],
    [6, 10, 17, 42, 6, 100],
    [7, 15, 21, 33, 12, 96],
    [72, 30, 25, 42, 18, 95],
    [4, 12, 21, 33, 9, 100],
    [7, 17, 29, 58, 15, 94],
    [4, 5, 13, 42, 6, 100],
    [7, 8, 25, 50, 6, 100],
    [4, 10, 13, 33, 9, 100],
    [30, 50, 75, 92, 58, 95],
    [24, 13, 63, 100, 9, 98],
    [81, 53, 67, 92, 39, 93],
    [13, 15, 46, 92, 15, 100],
    [59, 48, 79, 100, 52, 91],
    [13, 43, 63, 67, 73, 100],
    [6, 43, 79, 75, 67, 86],
    [13, 35, 75, 75, 48, 80],
    [81, 0, 4, 0, 6, 96],
    [19, 90, 38, 0, 48, 90],
    [57, 40, 50, 67, 24, 100],
    [26, 50, 67, 83, 61, 36],
    [52, 45, 75, 100, 61, 98],
    [22, 53, 63, 92, 48, 54],
    [11, 45, 67, 75, 79, 100],
    [9, 30, 54, 75, 42, 92],
];

const TITRES: &str = "finess_et;esms;categorie;annee;personne;nature;code;niveau;actes_an;statut;\
                      realisateur";

/// The shared view of the story's cohort, for a year.
///
/// # Errors
/// One French sentence: the cohort does not read.
pub(super) fn profil(annee: i32, jour: NaiveDate) -> Result<Partage, String> {
    let regles = regles(jour)?;
    let cohorte = cohorte(annee);
    let lus = agreger(cohorte.as_bytes(), Options::default(), &regles);
    let lus = lus.map_err(|fautes| fautes.join(" "))?;
    Ok(lus.agregat.partage(regles.k))
}

fn cohorte(annee: i32) -> String {
    let besoins = nomenclature().terminaux(Genre::Besoin);
    let services = nomenclature().terminaux(Genre::Directe);
    let decale = usize::try_from(annee.rem_euclid(7)).unwrap_or_default();
    let mut texte = format!("{TITRES}\n");
    for (rang, (finess, nom, categorie, combien)) in ESMS.iter().enumerate() {
        for personne in 0..*combien {
            let debut = format!("{finess};{nom};{categorie};{annee};P{rang}-{personne};");
            for (besoin, (poste, parts)) in besoins.iter().zip(PARTS).enumerate() {
                let part = parts.get(rang).copied().unwrap_or_default();
                let tour = (personne * 7 + besoin * 3 + decale) % combien;
                let a = tour * 100 < part * combien;
                let niveau = if a {
                    2 + (personne + besoin) % 3
                } else {
                    (personne + besoin) % 2
                };
                let _ = writeln!(texte, "{debut}besoin;{};{niveau};;;", poste.code);
                let repond = (tour * 37 + besoin) % 100 < parts[5];
                let service = (0..services.len())
                    .find(|service| nomenclature().couvre(besoin, 1 << service, false));
                if let (true, true, Some(service)) = (a, repond, service) {
                    let (code, actes) = (services[service].code, 11 + (tour % 4) * 11);
                    let qui = ["interne", "interne", "interne", "externe", "droit_commun"];
                    let qui = qui[(personne + besoin) % 5];
                    let _ = writeln!(texte, "{debut}prestation;{code};;{actes};realisee;{qui}");
                }
            }
        }
    }
    texte
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cohort_of_the_story_tells_of_its_five_establishments() {
        let jour = NaiveDate::from_ymd_opt(2024, 3, 11).unwrap();
        let profil = profil(2023, jour).unwrap();
        assert_eq!(profil.ensembles.len(), 6);
        let contrat = profil.ensembles.last().unwrap();
        assert_eq!(contrat.accompagnements, Some(163));
        // Family and affective life: frequent, and little answered.
        let vie = profil.besoins.iter().find(|l| l.code == "1.3.3.4").unwrap();
        let vie = vie.cases.last().unwrap();
        assert!(
            vie.besoin.unwrap() > 70 && vie.taux.unwrap() < 60,
            "{vie:?}"
        );
        assert_ne!(cohorte(2022), cohorte(2023));
    }
}
