//! One line of an extract, field by field: each fault with the field it is in.

use super::gabarit::Gabarit;
use crate::echanges::faute::{finess, trouve};
use crate::metier::finess::Finess;
use chrono::{Datelike as _, NaiveDate};
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Characters of one field.
const CARACTERES_MAX: usize = 500;
/// The oldest hospitals opened in the Middle Ages.
const ANNEES: RangeInclusive<i32> = 600..=2100;
/// Places of one equipment: hospitals of thousands of beds are none of ours.
const PLACES_MAX: u32 = 99_999;
/// How FINESS writes départements overseas, and their codes.
const OUTRE_MER: [(&str, &str); 6] = [
    ("9A", "971"),
    ("9B", "972"),
    ("9C", "973"),
    ("9D", "974"),
    ("9E", "975"),
    ("9F", "976"),
];

pub(super) struct Ligne<'l> {
    gabarit: &'l Gabarit,
    champs: Vec<Cow<'l, str>>,
    /// By field, from 0.
    pub(super) fautes: Vec<(usize, String)>,
}

impl<'l> Ligne<'l> {
    pub(super) fn de(gabarit: &'l Gabarit, champs: Vec<Cow<'l, str>>) -> Self {
        let mut ligne = Self {
            gabarit,
            champs,
            fautes: Vec::new(),
        };
        let long = |champ: &Cow<'_, str>| champ.len() > CARACTERES_MAX;
        if let Some(rang) = ligne.champs.iter().position(long) {
            let motif = format!("attendu {CARACTERES_MAX} octets au plus ; raccourcissez le champ");
            ligne.faute(rang, &motif);
        }
        ligne
    }

    pub(super) fn texte(&self, rang: usize) -> &str {
        self.champs.get(rang).map_or("", |champ| champ.as_ref())
    }

    /// `motif`: what was expected, and what to do.
    fn faute(&mut self, rang: usize, motif: &str) {
        let nom = self.gabarit.champs.get(rang).unwrap_or(&"champ");
        let trouve = trouve(self.texte(rang));
        self.fautes
            .push((rang, format!("{nom} : {motif}. Trouvé {trouve}.")));
    }

    pub(super) fn finess(&mut self, rang: usize) -> Option<Finess> {
        let nom = self.gabarit.champs.get(rang).unwrap_or(&"champ");
        match finess(self.texte(rang)) {
            Ok(numero) => Some(numero),
            Err(motif) => {
                self.fautes.push((rang, format!("{nom} : {motif}")));
                None
            }
        }
    }

    pub(super) fn nom(&mut self, long: usize, court: usize) -> String {
        let nom = [long, court].map(|rang| self.texte(rang));
        let nom = nom.into_iter().find(|nom| !nom.is_empty());
        let nom = nom.unwrap_or_default().to_owned();
        if nom.is_empty() {
            self.faute(
                court,
                "attendu un nom, court ou long ; complétez l'un des deux",
            );
        }
        nom
    }

    /// Three digits, of our list or not.
    pub(super) fn categorie(&mut self, rang: usize) -> String {
        let code = self.texte(rang).to_owned();
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_digit()) {
            self.faute(
                rang,
                "attendu un code de catégorie de trois chiffres, comme 183 ; corrigez-le",
            );
        }
        code
    }

    pub(super) fn departement(&mut self, rang: usize) -> String {
        let code = self.texte(rang);
        let outre_mer = OUTRE_MER.iter().find(|(finess, _)| *finess == code);
        let code = outre_mer.map_or(code, |(_, code)| code).to_uppercase();
        let bon = matches!(code.len(), 2 | 3) && code.starts_with(|c: char| c.is_ascii_digit());
        if !bon || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            self.faute(
                rang,
                "attendu un code de département, comme 01, 2A ou 9D ; corrigez-le",
            );
        }
        code
    }

    pub(super) fn siren(&mut self, rang: usize) -> String {
        let siren = self.texte(rang).to_owned();
        let neuf = siren.len() == 9 && siren.bytes().all(|b| b.is_ascii_digit());
        if !siren.is_empty() && !neuf {
            self.faute(
                rang,
                "attendu un SIREN de neuf chiffres ; corrigez-le ou videz le champ",
            );
        }
        siren
    }

    pub(super) fn jour(&mut self, rang: usize) -> Option<NaiveDate> {
        let texte = self.texte(rang);
        if texte.is_empty() {
            return None;
        }
        let lu = NaiveDate::parse_from_str(texte, "%Y-%m-%d").ok();
        let lu = lu.filter(|jour| ANNEES.contains(&jour.year()));
        if lu.is_none() {
            self.faute(
                rang,
                "attendu une date AAAA-MM-JJ ; corrigez-la ou videz le champ",
            );
        }
        lu
    }

    /// Zero when nothing is said, or when they were taken away.
    pub(super) fn places(&mut self, rang: usize, supprimees: usize) -> u32 {
        match self.texte(supprimees) {
            "O" | "N" | "" => {}
            _ => self.faute(supprimees, "attendu O ou N ; corrigez-le ou videz le champ"),
        }
        let texte = self.texte(rang);
        if texte.is_empty() {
            return 0;
        }
        let lues = texte.parse().ok().filter(|places| *places <= PLACES_MAX);
        if lues.is_none() {
            self.faute(
                rang,
                "attendu un nombre entier de places ; corrigez-le ou videz le champ",
            );
        }
        match self.texte(supprimees) {
            "O" => 0,
            _ => lues.unwrap_or_default(),
        }
    }
}
