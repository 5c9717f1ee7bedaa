//! What a person types to have a writing or an act: written here apart from the forms, so that the
//! two are compared.

use entente::app::formulaires::{Cible, Envoi, Geste};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::Element;
use entente::metier::contrat::saisie::Saisie;
use entente::regles::value::Value;
use entente::workflow::machine::event::Inputs;
use entente::workflow::machine::{Command, Spot};
use serde_json::Value as Json;

/// As a person types it in the field of an act.
pub fn tape(valeur: &Value) -> Vec<String> {
    match valeur {
        Value::Boolean(true) => vec!["oui".to_owned()],
        Value::Boolean(false) => vec!["non".to_owned()],
        Value::Integer(n) => vec![n.to_string()],
        Value::Cents(c) | Value::Percent(c) => vec![euros(*c)],
        Value::Date(date) => vec![date.format("%d/%m/%Y").to_string()],
        Value::Text(texte) => vec![texte.clone()],
        Value::List(valeurs) => valeurs.iter().flat_map(tape).collect(),
        autre => panic!("{autre:?}"),
    }
}

fn euros(centimes: i64) -> String {
    format!("{},{:02}", centimes / 100, centimes % 100)
}

pub fn tapees(inputs: &Inputs) -> Envoi {
    let champs = inputs.iter();
    let champs = champs.map(|(nom, valeur)| (format!("saisie.{nom}"), tape(valeur)));
    champs.collect()
}

fn avec(nom: &str, texte: &str) -> Envoi {
    Envoi::from([(nom.to_owned(), vec![texte.to_owned()])])
}

/// Where an act is done, what is done, and what is typed beside the fields.
pub fn geste(command: &Command) -> Option<(&Spot, &str, Geste, Envoi)> {
    Some(match command {
        Command::Act {
            spot, act, inputs, ..
        } => (spot, act, Geste::Faire, tapees(inputs)),
        Command::Refuse {
            spot, act, reason, ..
        } => (spot, act, Geste::Refuser, avec("motif", reason)),
        Command::Withdraw { spot, act, .. } => (spot, act, Geste::Retirer, Envoi::new()),
        Command::Waive {
            spot,
            act,
            requirement,
            reason,
            ..
        } => (
            spot,
            act,
            Geste::Dispenser(*requirement),
            avec("motif", reason),
        ),
        _ => return None,
    })
}

/// The form of an interruption, and what is typed in it.
pub fn interruption(flux: &str, command: &Command) -> Option<(Cible, Envoi)> {
    let cible = |genre: &str, sujet: &str| Cible {
        genre: genre.to_owned(),
        flux: flux.to_owned(),
        sujet: sujet.to_owned(),
        pour: String::new(),
    };
    let (cible, mut envoi) = match command {
        Command::Interrupt { name, inputs, .. } => (cible("interrompre", name), tapees(inputs)),
        Command::Resume { .. } => (cible("reprendre", ""), Envoi::new()),
        _ => return None,
    };
    envoi.extend(avec("confirme", "oui"));
    Some((cible, envoi))
}

/// The form of a writing, and what is typed in it; none: it is written on another page.
pub fn ecriture(flux: &str, ecriture: &Ecriture) -> Option<(Cible, Envoi)> {
    let (genre, sujet) = match ecriture {
        Ecriture::Noter { .. }
        | Ecriture::Dire { .. }
        | Ecriture::Profil { .. }
        | Ecriture::Budget { .. }
        | Ecriture::Saisir(Saisie::Document { .. }) => return None,
        Ecriture::Declarer { fait, .. } => ("fait".to_owned(), fait.clone()),
        Ecriture::Modifier { objet, .. } => ("texte".to_owned(), objet.clone()),
        Ecriture::Position { objet, .. } => ("position".to_owned(), objet.clone()),
        Ecriture::Sortir { collection, .. } => ("sortie".to_owned(), collection.clone()),
        Ecriture::Entrer { element, .. } => {
            let nature = match element {
                Element::Esms { .. } => "esms",
                Element::Objectif { .. } => "objectif",
                Element::Modification { .. } => "modification",
                Element::Reconnaissance { .. } => "reconnaissance",
            };
            (format!("entree-{nature}"), String::new())
        }
        Ecriture::Saisir(saisie) => {
            let ecrite = serde_json::to_value(saisie).unwrap();
            let quoi = ecrite["quoi"].as_str().unwrap().replace('_', "-");
            (quoi, String::new())
        }
    };
    let mut envoi = Envoi::new();
    aplati("", &serde_json::to_value(ecriture).unwrap(), &mut envoi);
    let fixe = Cible {
        genre: genre.clone(),
        ..Cible::default()
    };
    for tu in ["ecriture", "quoi", "element.nature"]
        .into_iter()
        .chain(fixe.cle())
    {
        envoi.remove(tu);
    }
    let cible = Cible {
        genre,
        flux: flux.to_owned(),
        sujet,
        pour: String::new(),
    };
    Some((cible, envoi))
}

/// Each part under its path, as it is typed.
fn aplati(chemin: &str, json: &Json, envoi: &mut Envoi) {
    let un = |texte: String| vec![texte];
    let tapees = match json {
        Json::Null => return,
        Json::Object(carte) if carte.contains_key("type") && carte.contains_key("value") => {
            un(mesure(json))
        }
        Json::Object(carte) if chemin == "indicateur.cibles" => {
            let lignes = carte.iter().map(|(an, v)| format!("{an} : {}", mesure(v)));
            un(lignes.collect::<Vec<_>>().join("\r\n"))
        }
        Json::Object(carte) if chemin == "releve.chiffres" => {
            let lignes = carte.iter().map(|(code, lu)| {
                let lu = lu.as_str().unwrap().replace('.', ",");
                format!("{code} : {lu}")
            });
            un(lignes.collect::<Vec<_>>().join("\r\n"))
        }
        Json::Object(carte) => {
            for (nom, part) in carte {
                let point = if chemin.is_empty() { "" } else { "." };
                aplati(&format!("{chemin}{point}{nom}"), part, envoi);
            }
            return;
        }
        Json::Array(parts) => {
            let textes = parts.iter().map(|p| p.as_str().unwrap().to_owned());
            textes.collect()
        }
        Json::Number(cents) if chemin.ends_with("montant") || chemin == "total" => {
            un(format!("{} €", euros(cents.as_i64().unwrap())))
        }
        Json::Number(nombre) => un(nombre.to_string()),
        Json::String(texte) => un(texte.clone()),
        Json::Bool(_) => panic!("{chemin}"),
    };
    envoi.insert(chemin.to_owned(), tapees);
}

fn mesure(json: &Json) -> String {
    let valeur: Value = serde_json::from_value(json.clone()).unwrap();
    let dite = tape(&valeur).concat();
    match valeur {
        Value::Cents(_) => format!("{dite} €"),
        Value::Percent(_) => format!("{dite} %"),
        _ => dite,
    }
}
