//! A cell, as the value that a line of the frame expects.

use super::normal::{denude, etiquette, nombre};
use crate::echanges::classeur::Cellule;
use crate::metier::budget::lignes::{DECIMALES_MAX, TEXTE_MAX, Valeur};
use crate::metier::nombre::Nombre;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A value, and whether it had to be rounded.
pub type Lue = (Valeur, bool);

/// `zeros`: after euros, of the amounts of the sheet. `mots`: a closed list and how each word is
/// written.
///
/// # Errors
/// One French sentence, without the place: what was expected, what was found.
pub fn lit(
    cellule: &Cellule,
    unite: &str,
    zeros: u32,
    mots: &BTreeMap<String, Vec<String>>,
) -> Result<Lue, String> {
    let attendu = |quoi: &str| format!("attendu {quoi} ; trouvé {cellule}");
    let valeur = match unite {
        "EUR" => {
            let lu = lit_nombre(cellule).filter(|(_, pourcent)| !pourcent);
            let lu = lu.and_then(|(lu, _)| centimes(lu, zeros));
            let (centimes, arrondi) = lu.ok_or_else(|| attendu("un montant"))?;
            return Ok((Valeur::Montant(centimes), arrondi));
        }
        "pourcent" => match lit_nombre(cellule).ok_or_else(|| attendu("un pourcentage"))? {
            (lu, false) if lu.est_une_fraction() => {
                return Err(attendu(
                    "un pourcentage : affichez la cellule en %, on ne sait s'il \
                                    s'agit d'une fraction",
                ));
            }
            (lu, _) => Valeur::Taux(lu.arrondi(DECIMALES_MAX)),
        },
        "date" => Valeur::Jour(jour(cellule).ok_or_else(|| attendu("une date"))?),
        "booleen" => Valeur::Oui(oui(cellule).ok_or_else(|| attendu("oui ou non"))?),
        "annee" => {
            let annee = lit_nombre(cellule).and_then(|(n, _)| n.entier());
            let annee = annee.and_then(|n| i32::try_from(n).ok());
            Valeur::Annee(annee.ok_or_else(|| attendu("une année"))?)
        }
        "texte" => Valeur::Texte(texte(cellule, mots).map_err(|quoi| attendu(&quoi))?),
        _ => match lit_nombre(cellule) {
            Some((lu, false)) => Valeur::Quantite(lu.arrondi(DECIMALES_MAX)),
            _ => return Err(attendu("un nombre")),
        },
    };
    Ok((valeur, false))
}

/// A number, whatever holds it, and whether it is a percentage.
pub fn lit_nombre(cellule: &Cellule) -> Option<(Nombre, bool)> {
    match cellule {
        Cellule::Nombre(lu) => Some((*lu, false)),
        Cellule::Pourcent(lu) => Some((*lu, true)),
        Cellule::Texte(texte) => nombre(texte),
        _ => None,
    }
}

/// Cents, rounded to the nearest, and whether something was lost.
fn centimes(lu: Nombre, zeros: u32) -> Option<(i64, bool)> {
    let (mantisse, decimales) = lu.decompose();
    let haut = i128::from(mantisse).checked_mul(10_i128.checked_pow(2 + zeros)?)?;
    let Some(bas) = 10_i128.checked_pow(decimales) else {
        return Some((0, mantisse != 0));
    };
    let reste = haut % bas;
    let vers = if reste.abs() * 2 >= bas {
        reste.signum()
    } else {
        0
    };
    Some((i64::try_from(haut / bas + vers).ok()?, reste != 0))
}

fn jour(cellule: &Cellule) -> Option<NaiveDate> {
    match cellule {
        Cellule::Jour(jour) => Some(*jour),
        Cellule::Texte(texte) => {
            let formes = ["%d/%m/%Y", "%Y-%m-%d"];
            formes
                .iter()
                .find_map(|forme| NaiveDate::parse_from_str(texte.trim(), forme).ok())
        }
        _ => None,
    }
}

fn oui(cellule: &Cellule) -> Option<bool> {
    match cellule {
        Cellule::Booleen(oui) => Some(*oui),
        Cellule::Texte(texte) => match etiquette(texte).as_str() {
            "oui" | "vrai" | "x" | "true" => Some(true),
            "non" | "faux" | "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn texte(cellule: &Cellule, mots: &BTreeMap<String, Vec<String>>) -> Result<String, String> {
    let dit = match cellule {
        Cellule::Texte(texte) => denude(texte).to_owned(),
        Cellule::Nombre(lu) => lu.to_string(),
        _ => return Err("un texte".to_owned()),
    };
    if mots.is_empty() {
        return Ok(dit.chars().take(TEXTE_MAX).collect());
    }
    let serre = etiquette(&dit);
    let est = |formes: &Vec<String>| formes.iter().any(|forme| etiquette(forme) == serre);
    let mot = mots
        .iter()
        .find(|(mot, formes)| **mot == dit || est(formes));
    mot.map(|(mot, _)| mot.clone()).ok_or_else(|| {
        let formes = mots.values().filter_map(|formes| formes.first());
        let formes: Vec<String> = formes.map(|forme| format!("« {forme} »")).collect();
        format!("l'un de {}", formes.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn un(texte: &str) -> Cellule {
        Cellule::Texte(texte.to_owned())
    }

    fn lu(cellule: &Cellule, unite: &str) -> Result<Lue, String> {
        lit(cellule, unite, 0, &BTreeMap::new())
    }

    #[test]
    fn amounts_are_rounded_to_the_cent_and_told() {
        for (ecrit, zeros, centimes, arrondi) in [
            ("17223,710000000079", 0, 1_722_371, true),
            ("-0,005", 0, -1, true),
            ("1234,56", 0, 123_456, false),
            ("12,3456", 3, 1_234_560, false),
            ("12,345678", 3, 1_234_568, true),
            ("(3)", 6, -300_000_000, false),
        ] {
            let trouve = lit(&un(ecrit), "EUR", zeros, &BTreeMap::new()).unwrap();
            assert_eq!(trouve, (Valeur::Montant(centimes), arrondi), "{ecrit}");
        }
        assert!(
            lu(&un("12 k€"), "EUR")
                .unwrap_err()
                .contains("attendu un montant")
        );
        let grand = Nombre::du_texte("9000000000000000000").unwrap();
        assert_eq!(centimes(grand, 6), None);
        assert_eq!(
            centimes(Nombre::du_tableur(1e-300).unwrap(), 0),
            Some((0, true))
        );
    }

    #[test]
    fn a_fraction_is_a_percentage_only_when_it_is_shown_as_one() {
        let n = |texte| Nombre::du_texte(texte).unwrap();
        assert_eq!(
            lu(&un("0,95 %"), "pourcent"),
            Ok((Valeur::Taux(n("0,95")), false))
        );
        assert_eq!(
            lu(&Cellule::Pourcent(n("95")), "pourcent"),
            Ok((Valeur::Taux(n("95")), false))
        );
        assert_eq!(
            lu(&Cellule::Nombre(n("3,75")), "pourcent"),
            Ok((Valeur::Taux(n("3,75")), false))
        );
        let refus = lu(&Cellule::Nombre(n("0,95")), "pourcent").unwrap_err();
        assert!(refus.contains("0,95"), "{refus}");
        for unite in ["ETP", "EUR"] {
            assert!(lu(&Cellule::Pourcent(n("95")), unite).is_err(), "{unite}");
        }
    }

    #[test]
    fn other_values_are_read_in_their_usual_dress() {
        let jour = NaiveDate::from_ymd_opt(2026, 6, 5).unwrap();
        for ecrit in ["05/06/2026", " 2026-06-05 "] {
            assert_eq!(lu(&un(ecrit), "date"), Ok((Valeur::Jour(jour), false)));
        }
        assert!(lu(&un("juin"), "date").is_err());
        assert_eq!(lu(&un("Oui"), "booleen"), Ok((Valeur::Oui(true), false)));
        assert!(lu(&un("peut-être"), "booleen").is_err());
        assert_eq!(lu(&un("2026"), "annee"), Ok((Valeur::Annee(2026), false)));
        assert_eq!(
            lu(&un("'=1"), "texte"),
            Ok((Valeur::Texte("=1".to_owned()), false))
        );
        let mots = BTreeMap::from([("strict".to_owned(), vec!["Soumis à l'équilibre".to_owned()])]);
        let strict = lit(&un("SOUMIS A L’EQUILIBRE"), "texte", 0, &mots);
        assert_eq!(strict, Ok((Valeur::Texte("strict".to_owned()), false)));
        assert!(
            lit(&un("autre"), "texte", 0, &mots)
                .unwrap_err()
                .contains("Soumis")
        );
        assert!(
            lu(&Cellule::Erreur("#REF!".to_owned()), "EUR")
                .unwrap_err()
                .contains("#REF!")
        );
    }
}
