//! Fields: what a workflow file asks to type, shown as a form, and read back as exact values.

use crate::app::contrat::RACINE;
use crate::app::demo::valeur_dite;
use crate::app::vues::ContratLu;
use crate::app::vues::francais::{majuscule, typographie};
use crate::echanges::classeur::Nombre;
use crate::metier::contrat::perimetre::ESMS;
use crate::regles::value::Value;
use crate::workflow::definition::model::{Input, InputKind};
use crate::workflow::machine::Machine;
use crate::workflow::machine::event::Inputs;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a form sends: by name, each value in order.
pub type Envoi = BTreeMap<String, Vec<String>>;

/// The longest text of a field, in characters, and the most values of one.
pub(super) const TEXTE_MAX: usize = 20_000;
pub(super) const VALEURS_MAX: usize = 500;

/// A field, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Champ {
    /// Its name in what is sent, and its id in the page.
    pub nom: String,
    pub titre: String,
    pub aide: Option<String>,
    pub obligatoire: bool,
    /// What was typed, or agreed before.
    pub valeur: String,
    pub forme: Forme,
    /// `text`, `date`.
    pub genre: &'static str,
    pub options: Vec<Choix>,
    pub erreur: Option<String>,
}

/// What a field looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Forme {
    #[default]
    Ligne,
    /// Several lines.
    Zone,
    /// One of the options, all shown.
    Une,
    /// Several of the options.
    Plusieurs,
    /// One of the options, to unfold.
    Liste,
    /// One line, with the options suggested.
    Suggestions,
}

/// One of several answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choix {
    pub id: String,
    pub valeur: String,
    pub titre: String,
    pub pris: bool,
}

/// What is wrong in a field: which, and how to repair it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erreur {
    pub champ: String,
    pub phrase: String,
}

/// Where values come from.
pub(super) struct Contexte<'a> {
    pub machine: &'a Machine<'a>,
    /// Who fills it in, and the contract, whose own stream holds the collections.
    pub lu: &'a ContratLu,
    pub aujourdhui: NaiveDate,
}

fn titre(input: &Input) -> String {
    let titre = input.title.as_deref().unwrap_or(&input.name);
    typographie(titre)
}

/// The name of an input in a form: no other field has this prefix.
pub(super) fn nom(input: &Input) -> String {
    format!("saisie.{}", input.name)
}

impl Contexte<'_> {
    /// The field of an input. `avant`: what is to be agreed to; `envoi`: what was just typed.
    pub fn champ(&self, input: &Input, avant: Option<&Value>, envoi: &Envoi) -> Champ {
        let nom = nom(input);
        let tapees = match envoi.get(&nom) {
            Some(tapees) => tapees.clone(),
            None => avant.map(en_textes).unwrap_or_default(),
        };
        let options = self.options(input, &nom, &tapees);
        let choix = !options.is_empty();
        let zone = matches!(input.kind, InputKind::Text) || (input.many && !choix);
        Champ {
            titre: titre(input),
            aide: aide(input, choix),
            obligatoire: input.required,
            valeur: tapees.join("\n"),
            genre: match input.kind {
                InputKind::Date if !input.many => "date",
                _ => "text",
            },
            forme: match (choix, input.many) {
                (true, true) => Forme::Plusieurs,
                (true, false) => Forme::Une,
                (false, _) if zone => Forme::Zone,
                (false, _) => Forme::Ligne,
            },
            options,
            nom,
            ..Champ::default()
        }
    }

    fn options(&self, input: &Input, nom: &str, prises: &[String]) -> Vec<Choix> {
        let choix = |(rang, (valeur, titre)): (usize, (String, String))| Choix {
            id: format!("{nom}.{rang}"),
            pris: prises.contains(&valeur),
            titre: typographie(&titre),
            valeur,
        };
        self.valeurs(&input.kind)
            .into_iter()
            .enumerate()
            .map(choix)
            .collect()
    }

    /// The values among which to choose, with what they are called.
    pub fn valeurs(&self, kind: &InputKind) -> Vec<(String, String)> {
        match kind {
            InputKind::Boolean => {
                let deux = [("oui", "Oui"), ("non", "Non")];
                deux.map(|(v, t)| (v.to_owned(), t.to_owned())).to_vec()
            }
            InputKind::Choice(regle) => {
                let valeur = self.machine.pack().value(regle, self.aujourdhui);
                let Some(Value::List(valeurs)) = valeur.map(|v| &v.value) else {
                    return Vec::new();
                };
                let textes = valeurs.iter().map(|v| (en_texte(v), montre(v)));
                textes.collect()
            }
            InputKind::Item(collection) => {
                let Some(racine) = self.lu.contrat.flux(RACINE) else {
                    return Vec::new();
                };
                let collections = racine.dossier.collections();
                let place = &self.lu.place;
                let nomme = |cle: &String| {
                    // Those of a kind, EHPAD for one, are establishments like others.
                    let element = collections.element(collection, cle);
                    let element = element.or_else(|| collections.element(ESMS, cle))?;
                    let vu = place.voit_element(cle, element);
                    vu.then(|| (cle.clone(), format!("{} ({cle})", element.nom())))
                };
                let cles = collections.cles(collection).iter();
                cles.filter_map(nomme).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Reads what was typed. Every field in error is told.
    pub fn lit(&self, attendus: &[Input], envoi: &Envoi) -> Result<Inputs, Vec<Erreur>> {
        let mut lus = Inputs::new();
        let mut erreurs = Vec::new();
        for input in attendus {
            match self.lit_un(input, envoi) {
                Ok(Some(valeur)) => {
                    lus.insert(input.name.clone(), valeur);
                }
                Ok(None) if input.required => erreurs.push(Erreur {
                    champ: nom(input),
                    phrase: typographie(&format!(
                        "« {} » manque : {}.",
                        titre(input),
                        a_faire(input)
                    )),
                }),
                Ok(None) => {}
                Err(phrase) => erreurs.push(Erreur {
                    champ: nom(input),
                    phrase: typographie(&format!("« {} » : {phrase}", titre(input))),
                }),
            }
        }
        if erreurs.is_empty() {
            Ok(lus)
        } else {
            Err(erreurs)
        }
    }

    fn lit_un(&self, input: &Input, envoi: &Envoi) -> Result<Option<Value>, String> {
        let envoyees = envoi
            .get(&nom(input))
            .map(Vec::as_slice)
            .unwrap_or_default();
        if envoyees.iter().map(|t| t.chars().count()).sum::<usize>() > TEXTE_MAX {
            return Err(format!("{TEXTE_MAX} caractères au plus. Abrégez ce texte."));
        }
        if !input.many {
            let tapee = envoyees.first().map_or("", |t| t.trim());
            return match tapee {
                "" => Ok(None),
                tapee => self.valeur(&input.kind, tapee).map(Some),
            };
        }
        let lignes = envoyees.iter().flat_map(|t| t.lines()).map(str::trim);
        let lignes: Vec<&str> = lignes.filter(|t| !t.is_empty()).collect();
        if lignes.len() > VALEURS_MAX {
            return Err(format!("{VALEURS_MAX} valeurs au plus."));
        }
        let lues: Result<Vec<Value>, String> =
            lignes.iter().map(|t| self.valeur(&input.kind, t)).collect();
        Ok(Some(Value::List(lues?)).filter(|_| !lignes.is_empty()))
    }

    fn valeur(&self, kind: &InputKind, tapee: &str) -> Result<Value, String> {
        let nombre = || Nombre::du_texte(&sans_unite(tapee));
        match kind {
            InputKind::Text | InputKind::Document | InputKind::Person => {
                Ok(Value::Text(tapee.to_owned()))
            }
            InputKind::Integer => {
                nombre()
                    .and_then(Nombre::entier)
                    .map(Value::Integer)
                    .ok_or(format!(
                        "« {tapee} » n'est pas un nombre entier. Écrivez par exemple 12."
                    ))
            }
            InputKind::Cents => nombre()
                .and_then(Nombre::centiemes)
                .map(Value::Cents)
                .ok_or(format!(
                    "« {tapee} » n'est pas un montant. Écrivez par exemple 1 234,56."
                )),
            InputKind::Percent => nombre()
                .and_then(Nombre::centiemes)
                .map(Value::Percent)
                .ok_or(format!(
                    "« {tapee} » n'est pas un pourcentage. Écrivez par exemple 72,5."
                )),
            InputKind::Date => date(tapee).map(Value::Date).ok_or(format!(
                "« {tapee} » n'est pas une date. Écrivez par exemple 20/09/2026."
            )),
            InputKind::Boolean | InputKind::Choice(_) | InputKind::Item(_) => {
                let connues = self.valeurs(kind);
                if !connues.iter().any(|(valeur, _)| valeur == tapee) {
                    return Err("prenez une réponse de la liste.".to_owned());
                }
                Ok(self.choisie(kind, tapee))
            }
        }
    }

    fn choisie(&self, kind: &InputKind, tapee: &str) -> Value {
        match kind {
            InputKind::Boolean => Value::Boolean(tapee == "oui"),
            InputKind::Choice(regle) => {
                let valeur = self.machine.pack().value(regle, self.aujourdhui);
                match valeur.map(|v| &v.value) {
                    Some(Value::List(valeurs)) => valeurs.iter().find(|v| en_texte(v) == tapee),
                    _ => None,
                }
                .cloned()
                .unwrap_or_else(|| Value::Text(tapee.to_owned()))
            }
            _ => Value::Text(tapee.to_owned()),
        }
    }
}

pub(super) fn sans_unite(tapee: &str) -> String {
    tapee.replace(['€', '%'], "").replace('\u{2212}', "-")
}

/// `20/09/2026`, or as date fields send it.
pub(super) fn date(tapee: &str) -> Option<NaiveDate> {
    let francaise = NaiveDate::parse_from_str(tapee, "%d/%m/%Y");
    francaise.or_else(|_| tapee.parse()).ok()
}

fn a_faire(input: &Input) -> &'static str {
    match input.kind {
        InputKind::Choice(_) | InputKind::Item(_) if input.many => "cochez une réponse au moins",
        InputKind::Boolean | InputKind::Choice(_) | InputKind::Item(_) => "choisissez une réponse",
        InputKind::Date => "donnez une date",
        InputKind::Cents => "donnez un montant",
        InputKind::Percent => "donnez un pourcentage",
        InputKind::Integer => "donnez un nombre entier",
        InputKind::Document => "nommez la pièce",
        InputKind::Person => "nommez la personne",
        InputKind::Text => "écrivez quelques mots",
    }
}

fn aide(input: &Input, choix: bool) -> Option<String> {
    let dit = match input.kind {
        _ if choix => return None,
        InputKind::Date => "Par exemple 20/09/2026.",
        InputKind::Cents => "En euros, par exemple 1 234,56.",
        InputKind::Percent => "En pour cent, par exemple 72,5.",
        InputKind::Integer => "Un nombre entier.",
        InputKind::Document => "Le nom de la pièce et sa date.",
        InputKind::Person => "L'identifiant de la personne.",
        InputKind::Text if input.many => "Une ligne par élément.",
        _ => return None,
    };
    Some(typographie(dit))
}

/// As a field holds it.
pub(super) fn en_texte(valeur: &Value) -> String {
    let centiemes = |c: &i64| {
        let signe = if *c < 0 { "-" } else { "" };
        let c = c.unsigned_abs();
        format!("{signe}{},{:02}", c / 100, c % 100)
    };
    match valeur {
        Value::Boolean(oui) => if *oui { "oui" } else { "non" }.to_owned(),
        Value::Integer(n) => n.to_string(),
        Value::Cents(c) | Value::Percent(c) => centiemes(c),
        Value::Date(date) => date.to_string(),
        Value::Text(texte) => texte.clone(),
        autre => montre(autre),
    }
}

fn en_textes(valeur: &Value) -> Vec<String> {
    match valeur {
        Value::List(valeurs) => valeurs.iter().map(en_texte).collect(),
        autre => vec![en_texte(autre)],
    }
}

/// As a reader sees it.
pub(super) fn montre(valeur: &Value) -> String {
    match valeur {
        Value::Text(texte) => typographie(&texte.replace('_', " ")),
        autre => typographie(&majuscule(&valeur_dite(autre))),
    }
}
