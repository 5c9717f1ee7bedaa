//! What an act asks, as a JSON Schema; and what a program sends for it, turned into what a form
//! would have sent, so that both are read by the same code.

use super::champs::{Contexte, Envoi, Erreur, en_texte};
use crate::app::vues::ContratLu;
use crate::app::vues::francais::typographie;
use crate::regles::value::Value as Valeur;
use crate::workflow::definition::model::{Act, Input, InputKind};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

/// As programs write a value: amounts in cents, rates in hundredths of a per cent, dates as in
/// ISO 8601.
pub fn en_json(valeur: &Valeur) -> Value {
    match valeur {
        Valeur::Boolean(oui) => json!(oui),
        Valeur::Integer(n) | Valeur::Cents(n) | Valeur::Percent(n) => json!(n),
        Valeur::Date(date) => json!(date),
        Valeur::Text(texte) => json!(texte),
        Valeur::List(valeurs) => valeurs.iter().map(en_json).collect(),
        Valeur::Duration(_) | Valeur::Day(_) => json!(en_texte(valeur)),
    }
}

/// The JSON Schema of what a party types. `attendus`: the inputs it is asked for.
pub fn schema(lu: &ContratLu, flux: &str, attendus: &[&Input], jour: NaiveDate) -> Option<Value> {
    let contexte = contexte(lu, flux, jour)?;
    let mut proprietes = Map::new();
    let mut requises = Vec::new();
    for input in attendus {
        proprietes.insert(input.name.clone(), contexte.schema(input));
        if input.required {
            requises.push(json!(input.name));
        }
    }
    Some(json!({
        "type": "object",
        "properties": proprietes,
        "required": requises,
        "additionalProperties": false,
    }))
}

/// What a program typed, as a form sends it.
///
/// # Errors
/// Each field that the act does not ask, or of another type.
pub fn envoi(
    lu: &ContratLu,
    (flux, acte): (&str, &Act),
    saisies: &Map<String, Value>,
    jour: NaiveDate,
) -> Result<Envoi, Vec<Erreur>> {
    let mut envoi = Envoi::new();
    let mut erreurs = Vec::new();
    let contexte = contexte(lu, flux, jour);
    for (cle, valeur) in saisies {
        let input = acte.inputs.iter().find(|i| i.name == *cle);
        let lue = match (input, &contexte) {
            (Some(input), Some(contexte)) => contexte.tapee(input, valeur),
            _ => Err("cette saisie n'est pas demandée par l'acte. Ôtez-la.".to_owned()),
        };
        match lue {
            Ok(tapees) => {
                envoi.insert(format!("saisie.{cle}"), tapees);
            }
            Err(phrase) => erreurs.push(Erreur {
                champ: format!("saisie.{cle}"),
                phrase: typographie(&format!("« {cle} » : {phrase}")),
            }),
        }
    }
    if erreurs.is_empty() {
        Ok(envoi)
    } else {
        Err(erreurs)
    }
}

fn contexte<'a>(lu: &'a ContratLu, flux: &str, jour: NaiveDate) -> Option<Contexte<'a>> {
    Some(Contexte {
        machine: lu.contrat.machine(flux)?,
        lu,
        aujourdhui: jour,
    })
}

impl Contexte<'_> {
    fn schema(&self, input: &Input) -> Value {
        let titre = typographie(input.title.as_deref().unwrap_or(&input.name));
        let mut un = self.genre(&input.kind);
        if input.many {
            un = json!({ "type": "array", "items": un, "minItems": u8::from(input.required) });
        }
        un["title"] = json!(titre);
        un
    }

    fn genre(&self, kind: &InputKind) -> Value {
        match kind {
            InputKind::Text | InputKind::Document | InputKind::Person => {
                json!({ "type": "string", "minLength": 1 })
            }
            InputKind::Integer => json!({ "type": "integer" }),
            InputKind::Cents => json!({ "type": "integer", "description": "en centimes d’euro" }),
            InputKind::Percent => {
                json!({ "type": "integer", "description": "en centièmes de pour cent" })
            }
            InputKind::Date => json!({ "type": "string", "format": "date" }),
            InputKind::Boolean => json!({ "type": "boolean" }),
            InputKind::Choice(regle) => {
                let choix = self.choix(regle).iter();
                json!({ "enum": choix.map(en_json).collect::<Vec<_>>() })
            }
            InputKind::Item(_) => {
                let cles = self.valeurs(kind).into_iter().map(|(cle, _)| cle);
                json!({ "enum": cles.collect::<Vec<_>>() })
            }
        }
    }

    fn tapee(&self, input: &Input, valeur: &Value) -> Result<Vec<String>, String> {
        let (Value::Array(valeurs), true) = (valeur, input.many) else {
            if input.many {
                return Err("une liste est attendue. Mettez la valeur entre crochets.".to_owned());
            }
            return Ok(vec![self.une(&input.kind, valeur)?]);
        };
        let tapees: Vec<String> = valeurs
            .iter()
            .map(|v| self.une(&input.kind, v))
            .collect::<Result<_, _>>()?;
        if tapees.iter().any(|t| t.contains(['\n', '\r'])) {
            return Err("chaque valeur tient sur une ligne. Ôtez les retours.".to_owned());
        }
        Ok(tapees)
    }

    fn une(&self, kind: &InputKind, valeur: &Value) -> Result<String, String> {
        let entier = |quoi: &str| {
            let attendu = || format!("un nombre entier{quoi} est attendu.");
            valeur.as_i64().ok_or_else(attendu)
        };
        match kind {
            InputKind::Text | InputKind::Document | InputKind::Person | InputKind::Item(_) => {
                let texte = valeur.as_str().map(str::to_owned);
                texte.ok_or_else(|| "un texte est attendu, entre guillemets.".to_owned())
            }
            InputKind::Integer => entier("").map(|n| n.to_string()),
            InputKind::Cents => entier(" de centimes d'euro").map(|n| en_texte(&Valeur::Cents(n))),
            InputKind::Percent => {
                entier(" de centièmes de pour cent").map(|n| en_texte(&Valeur::Percent(n)))
            }
            InputKind::Date => {
                let texte = valeur.as_str().filter(|t| t.len() == 10);
                let date: Option<NaiveDate> = texte.and_then(|t| t.parse().ok());
                let attendue = || "une date est attendue, comme « 2026-09-20 ».".to_owned();
                date.map(|d| d.to_string()).ok_or_else(attendue)
            }
            InputKind::Boolean => match valeur.as_bool() {
                Some(oui) => Ok(if oui { "oui" } else { "non" }.to_owned()),
                None => Err("true ou false est attendu.".to_owned()),
            },
            InputKind::Choice(regle) => {
                let connue = self.choix(regle).iter().find(|v| en_json(v) == *valeur);
                let liste = || "une valeur de la liste du schéma est attendue.".to_owned();
                connue.map(en_texte).ok_or_else(liste)
            }
        }
    }

    fn choix(&self, regle: &str) -> &[Valeur] {
        let valeur = self.machine.pack().value(regle, self.aujourdhui);
        match valeur.map(|v| &v.value) {
            Some(Valeur::List(valeurs)) => valeurs,
            _ => &[],
        }
    }
}
