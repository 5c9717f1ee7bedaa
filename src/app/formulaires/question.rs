//! Questions: what a kind of writing asks, as data. An answer is typed text on one side, a part of
//! the writing as JSON on the other; both ways are here.

use super::champs::{Champ, Choix, Envoi, Erreur, Forme, TEXTE_MAX, VALEURS_MAX, date};
use super::lues::{
    annee, centiemes, chiffres, cibles, en_chiffres, en_euros, en_json, en_mesure, mesure, siren,
    valeur,
};
use crate::app::vues::francais::typographie;
use crate::echanges::classeur::Nombre;
use crate::metier::finess::Finess;
use crate::workflow::catalogue::Kind;
use serde_json::{Map, Value as Json};

/// One thing to type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    /// Where the answer goes in the writing, and what the field is named: `pouvoir.du`.
    pub nom: &'static str,
    pub titre: &'static str,
    /// Empty: none.
    pub aide: &'static str,
    pub sorte: Sorte,
    pub obligatoire: bool,
    /// It is asked with one of these answers to another question, and is out of place otherwise; no
    /// answer named: with any.
    pub avec: Option<(&'static str, &'static [&'static str])>,
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sorte {
    /// One line.
    Court,
    Long,
    Date,
    /// Typed in euros, kept in cents.
    Montant,
    Annee,
    Nombre,
    Finess,
    Siren,
    /// Three digits.
    Categorie,
    /// One of these: what is kept, what is read.
    Parmi(&'static [(&'static str, &'static str)]),
    /// The same, kept as whole numbers.
    Entiers(&'static [(&'static str, &'static str)]),
    Un(Source),
    Plusieurs(Source),
    /// One line, with those that exist suggested.
    Suggere(Source),
    /// Of the type of the fact that is stated.
    Valeur,
    /// A number, a rate, an amount or a date, told apart by its sign.
    Mesure,
    /// A measure for each year, one a line.
    Cibles,
    /// A figure for each indicator, one a line.
    Chiffres,
}

/// Where choices come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Collection(&'static str),
    /// The collection of the fact, or of the object, that the form is about.
    DuSujet,
    /// The collection that the form is about.
    LaCollection,
    /// The findings known, by code.
    Constats,
    /// The lines of annexes.
    Lignes,
    /// The themes of the contract's trame, the trames there are.
    Themes,
    Trames,
    /// The indicators of a diagnostic, by code.
    Indicateurs,
    /// The articles of the contract, the objectives that have an indicator.
    Mesures,
}

impl Sorte {
    /// Where its choices come from.
    pub fn source(self) -> Option<Source> {
        match self {
            Self::Un(source) | Self::Plusieurs(source) | Self::Suggere(source) => Some(source),
            _ => None,
        }
    }
}

/// What gives choices their values, and facts their type.
pub(super) trait Choisir {
    /// Value, title.
    fn choix(&self, source: Source) -> Vec<(String, String)>;
    /// The type of the fact that is stated.
    fn genre(&self) -> Kind;
}

/// Beyond so many, choices are a list to unfold.
const A_PLAT: usize = 6;

impl Question {
    /// The field. `actuel`: what stands already; `envoi`: what was just typed.
    pub fn champ(&self, de: &dyn Choisir, actuel: Option<&Json>, envoi: &Envoi) -> Champ {
        let tapees = match envoi.get(self.nom) {
            Some(tapees) => tapees.clone(),
            None => actuel.map(|j| self.montre(j)).unwrap_or_default(),
        };
        let connues = self.connues(de);
        let options: Vec<Choix> = (0..)
            .zip(&connues)
            .map(|(rang, (valeur, titre)): (usize, _)| Choix {
                id: format!("{}.{rang}", self.nom),
                pris: tapees.contains(valeur),
                valeur: valeur.clone(),
                titre: typographie(titre),
            })
            .collect();
        Champ {
            nom: self.nom.to_owned(),
            titre: typographie(self.titre),
            aide: self.aide(de).map(|a| typographie(&a)),
            obligatoire: self.obligatoire,
            valeur: tapees.join("\n"),
            forme: self.forme(de, options.len()),
            genre: match self.sorte {
                Sorte::Date => "date",
                Sorte::Valeur if de.genre() == Kind::Date => "date",
                _ => "text",
            },
            options,
            erreur: None,
        }
    }

    fn forme(&self, de: &dyn Choisir, options: usize) -> Forme {
        match self.sorte {
            Sorte::Plusieurs(_) => Forme::Plusieurs,
            Sorte::Suggere(_) if options > 0 => Forme::Suggestions,
            Sorte::Long | Sorte::Cibles | Sorte::Chiffres => Forme::Zone,
            _ if !self.choisit(de) => Forme::Ligne,
            _ if options > A_PLAT || !self.obligatoire => Forme::Liste,
            _ => Forme::Une,
        }
    }

    /// Whether an answer is one of a list.
    fn choisit(&self, de: &dyn Choisir) -> bool {
        match self.sorte {
            Sorte::Parmi(_) | Sorte::Entiers(_) | Sorte::Un(_) | Sorte::Plusieurs(_) => true,
            Sorte::Valeur => de.genre() == Kind::Boolean,
            _ => false,
        }
    }

    fn connues(&self, de: &dyn Choisir) -> Vec<(String, String)> {
        let fixes = |table: &[(&str, &str)]| {
            let lignes = table.iter();
            lignes
                .map(|(v, t)| ((*v).to_owned(), (*t).to_owned()))
                .collect()
        };
        match self.sorte {
            Sorte::Parmi(table) | Sorte::Entiers(table) => fixes(table),
            Sorte::Un(source) | Sorte::Plusieurs(source) | Sorte::Suggere(source) => {
                de.choix(source)
            }
            Sorte::Valeur if de.genre() == Kind::Boolean => {
                fixes(&[("oui", "Oui"), ("non", "Non")])
            }
            _ => Vec::new(),
        }
    }

    fn aide(&self, de: &dyn Choisir) -> Option<String> {
        let du_genre = |genre| match genre {
            Kind::Boolean | Kind::Text => "",
            Kind::Integer => "Un nombre entier.",
            Kind::Cents => "En euros, par exemple 1 234,56.",
            Kind::Percent => "En pour cent, par exemple 72,5.",
            Kind::Date => "Par exemple 20/09/2026.",
        };
        let propre = match self.sorte {
            Sorte::Date => "Par exemple 20/09/2026.",
            Sorte::Montant => "En euros, par exemple 1 234,56.",
            Sorte::Annee => "Quatre chiffres, par exemple 2027.",
            Sorte::Finess => "Neuf caractères, par exemple 990001018.",
            Sorte::Siren => "Neuf chiffres.",
            Sorte::Categorie => "Trois chiffres, par exemple 182.",
            Sorte::Mesure => "Par exemple 72,5 %, 1 234 €, 12, ou une date.",
            Sorte::Cibles => "Une année par ligne, par exemple « 2027 : 60 % ».",
            Sorte::Chiffres => "Un code par ligne, par exemple « TDB-2.01 : 11,97 ».",
            Sorte::Valeur => du_genre(de.genre()),
            _ => "",
        };
        let dites: Vec<&str> = [self.aide, propre]
            .into_iter()
            .filter(|a| !a.is_empty())
            .collect();
        (!dites.is_empty()).then(|| dites.join(" "))
    }

    /// Reads the answer. None: nothing was typed.
    ///
    /// # Errors
    /// What does not read, and how to write it.
    pub fn lit(&self, de: &dyn Choisir, envoi: &Envoi) -> Result<Option<Json>, String> {
        let tapees = envoi.get(self.nom).map(Vec::as_slice).unwrap_or_default();
        let lettres: usize = tapees.iter().map(|t| t.chars().count()).sum();
        if lettres > TEXTE_MAX || tapees.len() > VALEURS_MAX {
            return Err(format!("{TEXTE_MAX} caractères au plus. Abrégez."));
        }
        if let Sorte::Plusieurs(source) = self.sorte {
            let connues = de.choix(source);
            let prises: Vec<&String> = tapees.iter().filter(|t| !t.is_empty()).collect();
            if prises.iter().any(|p| connues.iter().all(|(v, _)| v != *p)) {
                return Err(HORS_LISTE.to_owned());
            }
            return Ok((!prises.is_empty()).then(|| prises.into_iter().cloned().collect()));
        }
        let tapee = tapees.first().map_or("", String::as_str);
        // A long text is kept as it was typed.
        match (tapee.trim(), self.sorte) {
            ("", _) => Ok(None),
            (_, Sorte::Long) => Ok(Some(Json::from(tapee))),
            (tapee, _) => self.un(de, tapee).map(Some),
        }
    }

    fn un(&self, de: &dyn Choisir, tapee: &str) -> Result<Json, String> {
        let choisie = |connues: Vec<(String, String)>| {
            let connue = connues.iter().any(|(valeur, _)| valeur == tapee);
            connue
                .then(|| Json::from(tapee))
                .ok_or_else(|| HORS_LISTE.to_owned())
        };
        let entier = || Nombre::du_texte(tapee).and_then(Nombre::entier);
        match self.sorte {
            Sorte::Parmi(_) | Sorte::Un(_) => choisie(self.connues(de)),
            Sorte::Entiers(_) => {
                choisie(self.connues(de))?;
                tapee
                    .parse::<i64>()
                    .map(Json::from)
                    .map_err(|_| HORS_LISTE.to_owned())
            }
            Sorte::Date => date(tapee)
                .map(|d| Json::from(d.to_string()))
                .ok_or_else(|| {
                    format!("« {tapee} » n'est pas une date. Écrivez par exemple 20/09/2026.")
                }),
            Sorte::Montant => centiemes(tapee).map(Json::from).ok_or_else(|| {
                format!("« {tapee} » n'est pas un montant. Écrivez par exemple 1 234,56.")
            }),
            Sorte::Annee => annee(tapee).map(Json::from).ok_or_else(|| {
                format!("« {tapee} » n'est pas une année. Écrivez par exemple 2027.")
            }),
            Sorte::Nombre => {
                let nombre = entier().and_then(|n| u32::try_from(n).ok());
                nombre.map(Json::from).ok_or_else(|| {
                    format!("« {tapee} » n'est pas un nombre entier. Écrivez par exemple 12.")
                })
            }
            Sorte::Finess => {
                let lu = Finess::parse(tapee).map_err(|refus| refus.to_string())?;
                Ok(Json::from(lu.as_str()))
            }
            Sorte::Siren => siren(tapee),
            Sorte::Categorie if tapee.len() == 3 && tapee.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(Json::from(tapee))
            }
            Sorte::Categorie => Err(format!(
                "une catégorie FINESS compte trois chiffres ; « {tapee} » trouvé."
            )),
            Sorte::Valeur => en_json(&valeur(de.genre(), tapee)?),
            Sorte::Mesure => en_json(&mesure(tapee)?),
            Sorte::Cibles => cibles(tapee),
            Sorte::Chiffres => chiffres(tapee),
            Sorte::Court | Sorte::Long | Sorte::Suggere(_) | Sorte::Plusieurs(_) => {
                Ok(Json::from(tapee))
            }
        }
    }

    /// As it is typed.
    pub fn montre(&self, json: &Json) -> Vec<String> {
        match (self.sorte, json) {
            (Sorte::Montant, Json::Number(cents)) => {
                vec![cents.as_i64().map(en_euros).unwrap_or_default()]
            }
            (Sorte::Cibles, Json::Object(cibles)) => {
                let lignes = cibles.iter();
                let lignes = lignes.map(|(a, v)| format!("{a} : {}", en_mesure(v)));
                vec![lignes.collect::<Vec<_>>().join("\n")]
            }
            (Sorte::Chiffres, Json::Object(lus)) => vec![en_chiffres(lus)],
            (Sorte::Valeur | Sorte::Mesure, valeur) => vec![en_mesure(valeur)],
            (_, Json::Array(valeurs)) => valeurs.iter().flat_map(|v| self.montre(v)).collect(),
            (_, Json::String(texte)) => vec![texte.clone()],
            (_, Json::Number(nombre)) => vec![nombre.to_string()],
            _ => Vec::new(),
        }
    }

    pub fn faute(&self, phrase: &str) -> Erreur {
        Erreur {
            champ: self.nom.to_owned(),
            phrase: typographie(&format!("« {} » : {phrase}", self.titre)),
        }
    }

    pub fn manque(&self, de: &dyn Choisir) -> Erreur {
        let quoi = match self.sorte {
            _ if self.choisit(de) => "choisissez une réponse",
            Sorte::Date => "donnez une date",
            Sorte::Montant => "donnez un montant",
            Sorte::Annee => "donnez une année",
            Sorte::Nombre | Sorte::Finess | Sorte::Siren | Sorte::Categorie => "donnez le numéro",
            Sorte::Valeur | Sorte::Mesure | Sorte::Cibles | Sorte::Chiffres => "donnez une valeur",
            _ => "écrivez quelques mots",
        };
        Erreur {
            champ: self.nom.to_owned(),
            phrase: typographie(&format!("« {} » manque : {quoi}.", self.titre)),
        }
    }
}

pub(super) const HORS_LISTE: &str = "prenez une réponse de la liste.";

/// Reads every answer into a writing whose other parts are given. Each field in error is told.
pub(super) fn lit(
    questions: &[Question],
    base: Json,
    de: &dyn Choisir,
    envoi: &Envoi,
) -> Result<Json, Vec<Erreur>> {
    let mut ecrit = base;
    let mut erreurs = Vec::new();
    for question in questions {
        let voulue = question.avec.is_none_or(|(autre, valeurs)| {
            let tapee = envoi.get(autre).and_then(|v| v.first());
            let tapee = tapee.map_or("", |t| t.trim());
            !tapee.is_empty() && (valeurs.is_empty() || valeurs.contains(&tapee))
        });
        match question.lit(de, envoi) {
            Ok(Some(_)) if !voulue => {
                erreurs.push(question.faute("ne va pas avec l'autre réponse : videz ce champ."));
            }
            Ok(Some(json)) => pose(&mut ecrit, question.nom, json),
            Ok(None) if voulue && (question.obligatoire || question.avec.is_some()) => {
                erreurs.push(question.manque(de));
            }
            Ok(None) => {}
            Err(phrase) => erreurs.push(question.faute(&phrase)),
        }
    }
    if erreurs.is_empty() {
        Ok(ecrit)
    } else {
        Err(erreurs)
    }
}

/// Puts a part at its place.
fn pose(ecrit: &mut Json, chemin: &str, part: Json) {
    let Some(carte) = ecrit.as_object_mut() else {
        return;
    };
    match chemin.split_once('.') {
        None => {
            carte.insert(chemin.to_owned(), part);
        }
        Some((tete, suite)) => {
            let dedans = carte
                .entry(tete)
                .or_insert_with(|| Json::Object(Map::new()));
            pose(dedans, suite, part);
        }
    }
}

/// The part of a writing at a place.
pub(super) fn part<'j>(ecrit: &'j Json, chemin: &str) -> Option<&'j Json> {
    let part = chemin
        .split('.')
        .try_fold(ecrit, |json, cle| json.get(cle))?;
    (!part.is_null()).then_some(part)
}
