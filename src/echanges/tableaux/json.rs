//! JSON, for programs: the columns are described once, then each line is an object by their keys.
//! Amounts are whole numbers of cents, dates follow ISO 8601, instants are universal time.

use super::{Cellule, Colonne, Genre, Tableau};
use chrono::SecondsFormat;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A whole file.
pub fn json(tableau: &Tableau) -> String {
    format!("{}{}{}", debut(tableau), lignes(tableau, true), fin())
}

/// What comes before the lines.
pub fn debut(tableau: &Tableau) -> String {
    let colonnes = tableau.forme.colonnes.iter().map(|colonne| {
        let mut dite = serde_json::json!({
            "cle": colonne.cle,
            "titre": colonne.titre,
            "genre": genre(colonne.genre),
        });
        if let Some(unite) = unite(colonne.genre) {
            dite["unite"] = unite.into();
        }
        dite
    });
    format!(
        "{{\"tableau\": {}, \"titre\": {},\n\"colonnes\": {},\n\"lignes\": [",
        ecrit(tableau.forme.nom),
        ecrit(tableau.forme.titre),
        serde_json::Value::Array(colonnes.collect())
    )
}

/// The lines. `premieres`: none was written before them.
pub fn lignes(tableau: &Tableau, premieres: bool) -> String {
    let mut texte = String::new();
    for (rang, ligne) in tableau.lignes().iter().enumerate() {
        let suite = rang > 0 || !premieres;
        texte.push_str(if suite { ",\n" } else { "\n" });
        texte.push_str(&ecrit(&Ligne(tableau.forme.colonnes, ligne)));
    }
    texte
}

/// What comes after the lines.
pub fn fin() -> &'static str {
    "\n]}\n"
}

/// Nothing here fails to be written: strings, whole numbers, booleans.
fn ecrit(valeur: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(valeur).unwrap_or_default()
}

fn genre(genre: Genre) -> &'static str {
    match genre {
        Genre::Texte => "texte",
        Genre::Entier => "entier",
        Genre::Centimes => "centimes",
        Genre::CentiemesDePourCent => "centiemes_de_pour_cent",
        Genre::Date => "date",
        Genre::Instant => "instant",
        Genre::Booleen => "booleen",
        Genre::Valeur => "valeur",
    }
}

fn unite(genre: Genre) -> Option<&'static str> {
    match genre {
        Genre::Centimes => Some("centimes d'euro"),
        Genre::CentiemesDePourCent => Some("centièmes de pour cent"),
        Genre::Instant => Some("temps universel"),
        Genre::Valeur => Some(
            "selon la colonne précédente : centimes d'euro, centièmes de pour cent, nombre, date \
             ou texte",
        ),
        Genre::Texte | Genre::Entier | Genre::Date | Genre::Booleen => None,
    }
}

struct Ligne<'t>(&'static [Colonne], &'t [Cellule]);

impl Serialize for Ligne<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut objet = serializer.serialize_map(Some(self.0.len()))?;
        for (colonne, cellule) in self.0.iter().zip(self.1) {
            objet.serialize_entry(colonne.cle, cellule)?;
        }
        objet.end()
    }
}

impl Serialize for Cellule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Texte(texte) => serializer.serialize_str(texte),
            Self::Entier(nombre) | Self::Centimes(nombre) | Self::CentiemesDePourCent(nombre) => {
                serializer.serialize_i64(*nombre)
            }
            Self::Date(date) => serializer.collect_str(date),
            Self::Instant(instant) => {
                serializer.serialize_str(&instant.to_rfc3339_opts(SecondsFormat::Micros, true))
            }
            Self::Booleen(oui) => serializer.serialize_bool(*oui),
            Self::Vide => serializer.serialize_none(),
        }
    }
}
