//! One line of an export: its figures, or its faults by column.

use super::titres::{Colonnes, Place};
use super::{Annee, Ecriture, Forme, Plan};
use crate::echanges::faute::{finess, trouve};
use crate::metier::contrat::diagnostic::Source;
use crate::metier::finess::Finess;
use crate::metier::nombre::Nombre;
use crate::metier::referentiels::indicateurs::Unite;
use crate::metier::repertoire::{Chiffre, Valeur};
use chrono::{Datelike as _, NaiveDate};
use std::ops::RangeInclusive;

const ANNEES: RangeInclusive<i32> = 2010..=2100;
/// A rate above this many times the whole was not written as a fraction.
const FRACTION_MAX: i32 = 10;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lue {
    pub(super) finess: Finess,
    pub(super) annee: i32,
    /// None: the year is all that is said.
    pub(super) jour: Option<NaiveDate>,
    /// Each with our code, and what published it.
    valeurs: Vec<(String, Valeur, Option<Termes>, Source)>,
}

/// Numerator and denominator.
type Termes = (Nombre, Nombre);

impl Lue {
    pub(super) fn chiffres(self) -> impl Iterator<Item = Chiffre> {
        let (finess, annee) = (self.finess, self.annee);
        let valeurs = self.valeurs.into_iter();
        valeurs.map(move |(indicateur, valeur, termes, source)| Chiffre {
            finess: finess.clone(),
            indicateur,
            annee,
            valeur,
            termes,
            source,
        })
    }
}

type Fautives = Vec<(usize, String)>;

/// The figures of a line, or its faults by column, from 0.
pub(super) fn lue(plan: &Plan, colonnes: &Colonnes, champs: &[&str]) -> Result<Lue, Fautives> {
    let champ = |rang: usize| champs.get(rang).map_or("", |champ| champ.trim());
    let mut fautes = Vec::new();
    let mut note = |rang: usize, motif: String| fautes.push((rang, motif));
    let finess = finess(champ(colonnes.finess)).map_err(|motif| note(colonnes.finess, motif));
    let quand = quand(&plan.annee, champ(colonnes.annee));
    let quand = quand.map_err(|motif| note(colonnes.annee, motif));
    let mut valeurs = Vec::new();
    for place in &colonnes.lues {
        match lit(plan, place, champ) {
            Ok(Some((valeur, termes))) => valeurs.push((place, valeur, termes)),
            Ok(None) => {}
            Err((rang, motif)) => note(rang, motif),
        }
    }
    // Two columns may tell the same figure, of which a line fills in one.
    let mut gardees: Vec<(&Place, Valeur, Option<Termes>)> = Vec::with_capacity(valeurs.len());
    for (place, valeur, termes) in valeurs {
        match gardees.iter().find(|(autre, ..)| autre.code == place.code) {
            Some((autre, connue, _)) if *connue != valeur => {
                let motif = format!(
                    "attendu la valeur de la colonne {}, qui dit le même chiffre ; trouvé {}. \
                     Videz l'une des deux.",
                    autre.rang + 1,
                    trouve(champ(place.rang))
                );
                note(place.rang, motif);
            }
            Some(_) => {}
            None => gardees.push((place, valeur, termes)),
        }
    }
    let (Ok(finess), Ok((annee, jour)), true) = (finess, quand, fautes.is_empty()) else {
        return Err(fautes);
    };
    // What both accounts may tell is of the one that the line fills in.
    let de_la_ligne = gardees.iter().find_map(|(place, ..)| place.compte);
    let de_la_ligne = de_la_ligne.unwrap_or(plan.source);
    let valeurs = gardees.into_iter().map(|(place, valeur, termes)| {
        let source = place.compte.unwrap_or(de_la_ligne);
        (place.code.clone(), valeur, termes, source)
    });
    Ok(Lue {
        finess,
        annee,
        jour,
        valeurs: valeurs.collect(),
    })
}

fn quand(annee: &Annee, texte: &str) -> Result<(i32, Option<NaiveDate>), String> {
    match annee {
        Annee::Colonne(_) => {
            let lue = texte.parse().ok().filter(|annee| ANNEES.contains(annee));
            let lue = lue.ok_or_else(|| {
                format!(
                    "attendu une année, comme 2024 ; trouvé {}. Corrigez la cellule.",
                    trouve(texte)
                )
            })?;
            Ok((lue, None))
        }
        Annee::Jour(_) => {
            // What follows the day is its hour.
            let debut = texte.get(..10).unwrap_or(texte);
            let lu = NaiveDate::parse_from_str(debut, "%Y-%m-%d")
                .or_else(|_| NaiveDate::parse_from_str(debut, "%d/%m/%Y"));
            let lu = lu.ok().filter(|jour| ANNEES.contains(&jour.year()));
            let lu = lu.ok_or_else(|| {
                format!(
                    "attendu une date, comme 2024-09-11 ; trouvé {}. Corrigez la cellule.",
                    trouve(texte)
                )
            })?;
            Ok((lu.year(), Some(lu)))
        }
    }
}

type Lecture = Option<(Valeur, Option<Termes>)>;

/// A cell, in the unit of its indicator. None: empty.
fn lit<'c>(
    plan: &Plan,
    place: &Place,
    champ: impl Fn(usize) -> &'c str,
) -> Result<Lecture, (usize, String)> {
    let texte = champ(place.rang);
    if texte.is_empty() {
        return Ok(None);
    }
    let ici = |motif: String| (place.rang, motif);
    if let Forme::Mot(mots) = place.forme {
        let mot = mots.iter().find(|mot| **mot == texte.to_uppercase());
        let mot = mot.ok_or_else(|| {
            ici(format!(
                "attendu {} ; trouvé {}. Corrigez la cellule ou videz-la.",
                mots.join(", "),
                trouve(texte)
            ))
        })?;
        return Ok(Some((Valeur::Mot((*mot).to_owned()), None)));
    }
    let lu = nombre(texte).map_err(ici)?;
    if let Some(sur) = place.sur {
        let bas = champ(sur);
        if bas.is_empty() {
            return Ok(None);
        }
        let bas = nombre(bas).map_err(|motif| (sur, motif))?;
        // None of none is no rate.
        if bas == Nombre::from(0) {
            return Ok(None);
        }
        let taux = lu.rapport(bas, 100).filter(|_| lu <= bas);
        let taux = taux.ok_or_else(|| {
            ici(format!(
                "attendu {bas} au plus, comme le dit la colonne {} ; trouvé {}. Corrigez l'une \
                 des deux cellules.",
                sur + 1,
                trouve(texte)
            ))
        })?;
        return Ok(Some((Valeur::Nombre(taux), Some((lu, bas)))));
    }
    let taux = place
        .indicateur
        .is_some_and(|indicateur| indicateur.unite == Unite::Pourcent);
    if !taux || plan.ecriture == Ecriture::Telle {
        return Ok(Some((Valeur::Nombre(lu), None)));
    }
    let borne = Nombre::from(-FRACTION_MAX)..=Nombre::from(FRACTION_MAX);
    let fraction = borne.contains(&lu).then(|| lu.cent_fois()).flatten();
    let fraction = fraction.ok_or_else(|| {
        ici(format!(
            "attendu un taux en fraction (0.953 pour 95,3 %) ; trouvé {}. Corrigez la colonne.",
            trouve(texte)
        ))
    })?;
    Ok(Some((Valeur::Nombre(fraction), None)))
}

/// Significant digits past which a number was written by a program, in full.
const CHIFFRES: usize = 15;

/// Exports leave the zero before a point out, and write their own numbers to the last digit that
/// their program holds: 2206969.2599999998 is 2206969.26, as a spreadsheet reads it.
fn nombre(texte: &str) -> Result<Nombre, String> {
    let (signe, chiffres) = match texte.strip_prefix('-') {
        Some(reste) => ("-", reste),
        None => ("", texte),
    };
    let zero = if chiffres.starts_with(['.', ',']) {
        "0"
    } else {
        ""
    };
    let ecrit = format!("{signe}{zero}{chiffres}");
    let long = chiffres.bytes().filter(u8::is_ascii_digit).count() > CHIFFRES;
    let lu = if long && chiffres.contains('.') {
        ecrit.parse().ok().and_then(Nombre::du_tableur)
    } else {
        Nombre::du_texte(&ecrit)
    };
    lu.ok_or_else(|| {
        format!(
            "attendu un nombre, comme 0.1197 ; trouvé {}. Corrigez la cellule ou videz-la.",
            trouve(texte)
        )
    })
}
