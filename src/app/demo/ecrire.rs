//! What the steps of a story write, and the values they type.

use super::cohorte;
use super::lecture::{Etape, Geste, liste, texte};
use crate::metier::contrat::dossier::Ecriture;
use crate::metier::contrat::faits::CATALOGUE;
use crate::metier::contrat::perimetre::{Competence, Element};
use crate::metier::evenement::Avis;
use crate::regles::calendrier::parse_date;
use crate::regles::value::{Type, Value};
use crate::regles::yaml::{Content, Key, Node};
use crate::workflow::definition::model::InputKind;
use crate::workflow::machine::digest::Digest;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// What a step writes; `element`: the item it is done for.
pub(super) fn ecriture(etape: &Etape, element: &str) -> Result<Ecriture, String> {
    let effet = etape.effet;
    let un = Some(element.to_owned()).filter(|e| !e.is_empty());
    let en = |text: &str| text.replace("{}", element);
    Ok(match &etape.geste {
        Geste::Declare {
            fait,
            valeur: ecrite,
            preuve,
        } => {
            let genre = CATALOGUE.fact(fait).map_or(Type::Text, |f| f.kind.of());
            let lue =
                valeur(&genre, ecrite).ok_or_else(|| format!("« {ecrite} » est mal écrit."))?;
            Ecriture::Declarer {
                fait: fait.clone(),
                element: un,
                valeur: lue,
                preuve: preuve.clone(),
            }
        }
        Geste::Ecrit { objet, texte } => Ecriture::Modifier {
            objet: objet.clone(),
            element: un,
            texte: en(texte),
        },
        Geste::Position {
            objet,
            constat,
            avis,
            texte,
        } => Ecriture::Position {
            objet: objet.clone(),
            element: un,
            constat: constat.clone(),
            avis: match avis.as_str() {
                "accord" => Avis::Accord,
                "reserve" => Avis::AccordAvecReserve,
                "desaccord" => Avis::Desaccord,
                autre => return Err(format!("« {autre} » n'est pas un avis.")),
            },
            texte: texte.clone(),
        },
        Geste::Entre { element: node } => Ecriture::Entrer {
            cle: element.to_owned(),
            element: decrit(node)?,
            effet,
        },
        Geste::Sort { collection, motif } => Ecriture::Sortir {
            collection: collection.clone(),
            cle: element.to_owned(),
            motif: motif.clone(),
            effet,
        },
        Geste::Saisit { saisie } => {
            let saisie = serde_json::from_value(json(saisie, element));
            Ecriture::Saisir(saisie.map_err(|e| format!("cette saisie ne se lit pas ({e})."))?)
        }
        Geste::Note { texte } => Ecriture::Noter {
            texte: texte.clone(),
            sel: sel(texte),
        },
        Geste::Besoins { annee } => Ecriture::Profil {
            profil: Box::new(cohorte::profil(*annee, etape.le)?),
        },
        _ => return Err("ce geste n'écrit rien.".to_owned()),
    })
}

/// A node as JSON: a plain number is one, all else is text.
fn json(node: &Node, element: &str) -> Json {
    match &node.value {
        Content::Scalar { text, quoted } => {
            let text = text.replace("{}", element);
            match text.parse::<i64>() {
                Ok(nombre) if !quoted => Json::from(nombre),
                _ => Json::from(text),
            }
        }
        Content::Seq(items) => items.iter().map(|n| json(n, element)).collect(),
        Content::Map(entries) => {
            let entree = |(key, node): &(Key, Node)| (key.text.clone(), json(node, element));
            Json::Object(entries.iter().map(entree).collect())
        }
    }
}

/// The story draws nothing at random: it is told the same each time.
fn sel(texte: &str) -> String {
    let empreinte = Digest::of(texte.as_bytes()).to_string();
    empreinte.chars().take(32).collect()
}

/// `esms`, `objectif` or `modification`: its name; then whom it concerns.
fn decrit(node: &Node) -> Result<Element, String> {
    let get = |key: &str| texte(node, key).ok();
    let set = |key: &str| -> BTreeSet<String> {
        node.get(key)
            .map(liste)
            .unwrap_or_default()
            .into_iter()
            .collect()
    };
    if let Some(nom) = get("esms") {
        let ars = get("ars").as_deref() == Some("oui");
        let competence = match (ars, get("departement")) {
            (true, None) => Competence::Ars,
            (false, Some(departement)) => Competence::Departement { departement },
            (true, Some(departement)) => Competence::Conjointe { departement },
            (false, None) => return Err(format!("{nom} : l'autorité compétente manque.")),
        };
        let tarif = get("tarif").map(|t| serde_json::from_value(Json::from(t)));
        return Ok(Element::Esms {
            nom,
            categorie: get("categorie"),
            capacite: get("places").and_then(|places| places.parse().ok()),
            tarification: tarif.transpose().map_err(|e| format!("{e}"))?,
            ej: get("ej"),
            competence,
        });
    }
    if let Some(intitule) = get("objectif") {
        return Ok(Element::Objectif {
            intitule,
            esms: set("vise"),
            financeurs: set("financeurs"),
            constats: set("constats"),
        });
    }
    if let Some(intitule) = get("modification") {
        let cible = node
            .get("cible")
            .map(|c| serde_json::from_value(json(c, "")));
        return Ok(Element::Modification {
            intitule,
            article: get("article").unwrap_or_default(),
            autorites: set("autorites"),
            cible: cible.transpose().map_err(|e| format!("{e}"))?,
        });
    }
    Err("« entre » décrit un esms, un objectif ou une modification.".to_owned())
}

/// What an input is read as.
pub(super) fn genre(kind: &InputKind) -> Type {
    match kind {
        InputKind::Integer => Type::Integer,
        InputKind::Cents => Type::Cents,
        InputKind::Percent => Type::Percent,
        InputKind::Date => Type::Date,
        InputKind::Boolean => Type::Boolean,
        InputKind::Text
        | InputKind::Choice(_)
        | InputKind::Document
        | InputKind::Person
        | InputKind::Item(_) => Type::Text,
    }
}

/// A value as the story writes it: `oui`, `12`, `8200.00` (euros), `2025-01-01`.
pub(super) fn valeur(genre: &Type, texte: &str) -> Option<Value> {
    Some(match genre {
        Type::Boolean => match texte {
            "oui" => Value::Boolean(true),
            "non" => Value::Boolean(false),
            _ => return None,
        },
        Type::Integer => Value::Integer(texte.parse().ok()?),
        Type::Cents => {
            let (euros, cents) = texte.split_once('.').filter(|(_, c)| c.len() == 2)?;
            let euros: i64 = euros.parse().ok()?;
            Value::Cents(euros.checked_mul(100)?.checked_add(cents.parse().ok()?)?)
        }
        Type::Percent => {
            let rate: i64 = texte.strip_suffix(" %")?.parse().ok()?;
            Value::Percent(rate.checked_mul(100)?)
        }
        Type::Date => Value::Date(parse_date(texte).ok()?),
        _ => Value::Text(texte.to_owned()),
    })
}
