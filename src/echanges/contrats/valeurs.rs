//! What cells are read as.

use super::champs::{NATURES, TARIFICATIONS, simple};
use crate::echanges::classeur::{CARACTERES_MAX, Cellule, Nombre};
use crate::metier::contrat::perimetre::{ARS, Competence, Tarification};
use crate::metier::contrat::saisie::Nature;
use crate::metier::finess::Finess;
use crate::regles::value::Value;
use crate::workflow::machine::digest::Digest;
use chrono::{Datelike, NaiveDate};
use std::ops::RangeInclusive;

/// Why a cell is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Faux {
    /// What was expected; what was found is told after.
    Attendu(String),
    /// A whole sentence.
    Phrase(String),
}

pub type Lu<T> = Result<T, Faux>;

fn attendu<T>(quoi: impl Into<String>) -> Lu<T> {
    Err(Faux::Attendu(quoi.into()))
}

/// Years of a contract.
pub const ANNEES: RangeInclusive<i32> = 1990..=2100;
/// Bytes of a key.
const CLE_MAX: usize = 60;
/// Digits of a FINESS number.
const FINESS: usize = 9;

/// A text, or a number as it is shown.
pub fn texte(cellule: &Cellule) -> Lu<String> {
    match cellule {
        Cellule::Texte(texte) if texte.chars().count() > CARACTERES_MAX => {
            attendu(format!("{CARACTERES_MAX} caractères au plus"))
        }
        Cellule::Texte(texte) if texte.chars().any(interdit) => {
            attendu("un texte sans caractère de contrôle")
        }
        Cellule::Texte(texte) => Ok(texte.clone()),
        Cellule::Nombre(nombre) => Ok(nombre.to_string()),
        _ => attendu("un texte"),
    }
}

/// Line ends and tabulations are the only control characters that a text may hold.
fn interdit(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// What names a contract, a line or an objective.
pub fn cle(cellule: &Cellule) -> Lu<String> {
    let lu = texte(cellule)?;
    let admis = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    // It is also read in addresses, where « .. » means another thing.
    let debut = lu.starts_with(|c: char| c.is_ascii_alphanumeric());
    if lu.len() <= CLE_MAX && debut && lu.chars().all(admis) {
        return Ok(lu);
    }
    attendu(format!(
        "de 1 à {CLE_MAX} lettres sans accent, chiffres, « - », « _ » ou « . », le premier une \
         lettre ou un chiffre"
    ))
}

/// A day: a date of the spreadsheet, or a text.
pub fn jour(cellule: &Cellule) -> Lu<NaiveDate> {
    let lu = match cellule {
        Cellule::Jour(jour) => Some(*jour),
        Cellule::Texte(texte) => ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]
            .iter()
            .find_map(|format| NaiveDate::parse_from_str(texte, format).ok()),
        _ => None,
    };
    match lu.filter(|jour| ANNEES.contains(&jour.year())) {
        Some(jour) => Ok(jour),
        None => attendu("une date : 16/12/2024"),
    }
}

/// A FINESS number, and whether its leading zeros had to be given back.
pub fn finess(cellule: &Cellule) -> Lu<(String, bool)> {
    let (ecrit, complete) = match cellule {
        Cellule::Nombre(nombre) => match nombre.entier().filter(|n| *n >= 0) {
            Some(n) => (format!("{n:0>FINESS$}"), n.to_string().len() < FINESS),
            None => return attendu("un numéro FINESS de 9 caractères"),
        },
        autre => (texte(autre)?, false),
    };
    let lu = Finess::parse(&ecrit)
        .map_err(|refus| Faux::Phrase(format!("{refus} Trouvé {cellule}.")))?;
    Ok((lu.as_str().to_owned(), complete))
}

pub fn empreinte(cellule: &Cellule) -> Lu<Digest> {
    let lu = texte(cellule)?.parse();
    lu.or_else(|_| attendu("une empreinte SHA-256 : 64 chiffres hexadécimaux"))
}

/// A Département's code: 99, 971, 2A; `1` reads 01.
fn departement(texte: &str) -> Lu<String> {
    let code = format!("{:0>2}", texte.trim().to_uppercase());
    let chiffres = code.bytes().all(|b| b.is_ascii_digit()) && code.len() <= 3;
    if (chiffres && code != "00") || matches!(code.as_str(), "2A" | "2B") {
        return Ok(code);
    }
    attendu("le code d'un Département : 01 à 95, 2A, 2B, 971…")
}

/// Items separated by « ; », « , » or a line end.
fn liste<T>(cellule: &Cellule, lire: impl Fn(&str) -> Lu<T>) -> Lu<Vec<T>> {
    let lu = texte(cellule)?;
    let items = lu.split([';', ',', '\n']).map(str::trim);
    items.filter(|item| !item.is_empty()).map(lire).collect()
}

pub fn departements(cellule: &Cellule) -> Lu<Vec<String>> {
    liste(cellule, departement)
}

/// « ARS », « Département 99 », « Conjointe 99 ».
pub fn competence(cellule: &Cellule) -> Lu<Competence> {
    let lu = texte(cellule)?;
    let simple = simple(&lu);
    let (mot, code) = simple.split_once(' ').unwrap_or((&simple, ""));
    let departement = || departement(code);
    match mot {
        "ars" if code.is_empty() => Ok(Competence::Ars),
        "departement" | "cd" | "conseil" => Ok(Competence::Departement {
            departement: departement()?,
        }),
        "conjointe" | "conjoint" => Ok(Competence::Conjointe {
            departement: departement()?,
        }),
        _ => attendu("« ARS », « Département 99 » ou « Conjointe 99 »"),
    }
}

/// One financer, as a party.
pub fn financeur(cellule: &Cellule) -> Lu<String> {
    partie(&texte(cellule)?)
}

pub fn financeurs(cellule: &Cellule) -> Lu<Vec<String>> {
    liste(cellule, partie)
}

fn partie(texte: &str) -> Lu<String> {
    let lue = competence(&Cellule::Texte(texte.to_owned()));
    match lue {
        Ok(Competence::Ars) => Ok(ARS.to_owned()),
        Ok(Competence::Departement { departement }) => Ok(format!("departement:{departement}")),
        _ => attendu("« ARS » ou « Département 99 »"),
    }
}

/// The establishments an objective bears on; none: all of them.
pub fn etablissements(cellule: &Cellule) -> Lu<Option<Vec<String>>> {
    if matches!(cellule, Cellule::Texte(texte) if simple(texte) == "tous") {
        return Ok(None);
    }
    if matches!(cellule, Cellule::Nombre(_)) {
        return Ok(Some(vec![finess(cellule)?.0]));
    }
    let lire = |texte: &str| finess(&Cellule::Texte(texte.to_owned())).map(|(lu, _)| lu);
    liste(cellule, lire).map(Some)
}

pub fn categorie(cellule: &Cellule) -> Lu<String> {
    let lu = texte(cellule)?;
    if lu.len() == 3 && lu.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(lu);
    }
    attendu("un code de catégorie FINESS : 3 chiffres")
}

fn choix<T: Copy>(cellule: &Cellule, connus: &[(&str, T)]) -> Lu<T> {
    let lu = simple(&texte(cellule)?);
    let trouve = connus.iter().find(|(nom, _)| simple(nom) == lu);
    trouve.map(|(_, valeur)| *valeur).ok_or_else(|| {
        let noms: Vec<&str> = connus.iter().map(|(nom, _)| *nom).collect();
        Faux::Attendu(format!("un choix parmi : {}", noms.join(", ")))
    })
}

pub fn tarification(cellule: &Cellule) -> Lu<Tarification> {
    choix(cellule, &TARIFICATIONS)
}

pub fn nature(cellule: &Cellule) -> Lu<Nature> {
    choix(cellule, &NATURES)
}

fn nombre(cellule: &Cellule) -> Option<Nombre> {
    match cellule {
        Cellule::Nombre(nombre) => Some(*nombre),
        Cellule::Texte(texte) => Nombre::du_texte(texte),
        _ => None,
    }
}

pub fn capacite(cellule: &Cellule) -> Lu<u32> {
    let lu = nombre(cellule).and_then(Nombre::entier);
    let lu = lu.and_then(|n| u32::try_from(n).ok());
    lu.map_or_else(|| attendu("un nombre entier de places"), Ok)
}

pub fn annee(cellule: &Cellule) -> Lu<i32> {
    let lu = nombre(cellule).and_then(Nombre::entier);
    let lu = lu.and_then(|n| i32::try_from(n).ok());
    match lu.filter(|annee| ANNEES.contains(annee)) {
        Some(annee) => Ok(annee),
        None => attendu("une année : 2025"),
    }
}

/// Euros, in cents.
fn euros(cellule: &Cellule) -> Option<i64> {
    let lu = match cellule {
        Cellule::Texte(texte) => Nombre::du_texte(texte.trim_end().trim_end_matches('€')),
        autre => nombre(autre),
    };
    lu.and_then(Nombre::centiemes)
}

pub fn montant(cellule: &Cellule) -> Lu<i64> {
    match euros(cellule).filter(|centimes| *centimes >= 0) {
        Some(centimes) => Ok(centimes),
        None => attendu("un montant positif en euros, à deux décimales au plus"),
    }
}

/// The value of an indicator, as its unit says.
pub fn valeur(cellule: &Cellule, unite: &str) -> Lu<Value> {
    let unite = unite.to_lowercase();
    if unite.contains('%') {
        return pourcentage(cellule).map(Value::Percent);
    }
    if unite.contains('€') || simple(&unite).split(' ').any(|mot| mot == "euros") {
        let lu = euros(cellule).map(Value::Cents);
        return lu.map_or_else(|| attendu("un montant à deux décimales au plus"), Ok);
    }
    if simple(&unite).split(' ').any(|mot| mot == "date") {
        return jour(cellule).map(Value::Date);
    }
    match nombre(cellule).and_then(Nombre::entier) {
        Some(entier) => Ok(Value::Integer(entier)),
        None => attendu("un nombre entier, puisque l'unité n'est ni « % », ni « € »"),
    }
}

/// In basis points.
fn pourcentage(cellule: &Cellule) -> Lu<i64> {
    let lu = match cellule {
        Cellule::Pourcent(nombre) => Some(*nombre),
        Cellule::Texte(texte) if texte.ends_with('%') => {
            Nombre::du_texte(texte.trim_end_matches('%'))
        }
        autre => {
            let lu = nombre(autre);
            if lu.is_some_and(Nombre::est_une_fraction) {
                return Err(Faux::Phrase(format!(
                    "Trouvé {cellule} : est-ce un taux ou une fraction ? Écrivez « 45 % » en \
                     toutes lettres, signe compris."
                )));
            }
            lu
        }
    };
    match lu.and_then(Nombre::centiemes) {
        Some(points) => Ok(points),
        None => attendu("un pourcentage à deux décimales au plus : 45 %"),
    }
}
