//! Typed text and what is kept of it, both ways: amounts, years, measures, targets, figures.

use super::champs::{date, sans_unite};
use super::question::HORS_LISTE;
use crate::app::vues::francais::jour;
use crate::echanges::classeur::Nombre;
use crate::metier::organisation::Organisation;
use crate::metier::referentiels::indicateurs;
use crate::regles::value::Value;
use crate::workflow::catalogue::Kind;
use serde_json::{Map, Value as Json};

pub(super) fn en_json(valeur: &Value) -> Result<Json, String> {
    serde_json::to_value(valeur).map_err(|e| format!("cette valeur ne s'écrit pas ({e})."))
}

pub(super) fn centiemes(tapee: &str) -> Option<i64> {
    Nombre::du_texte(&sans_unite(tapee)).and_then(Nombre::centiemes)
}

pub(super) fn annee(tapee: &str) -> Option<i32> {
    let annee: i32 = tapee.parse().ok()?;
    (1900..=2999).contains(&annee).then_some(annee)
}

pub(super) fn siren(tapee: &str) -> Result<Json, String> {
    let numero: String = tapee.chars().filter(|c| !c.is_whitespace()).collect();
    let essai = Organisation {
        nom: "-".to_owned(),
        siren: Some(numero.clone()),
        ej: None,
    };
    let juste = essai.verifie().map_err(|refus| refus.to_string());
    juste.map(|()| Json::from(numero))
}

pub(super) fn valeur(genre: Kind, tapee: &str) -> Result<Value, String> {
    let lue = match genre {
        Kind::Boolean => match tapee {
            "oui" => Some(Value::Boolean(true)),
            "non" => Some(Value::Boolean(false)),
            _ => return Err(HORS_LISTE.to_owned()),
        },
        Kind::Integer => {
            let entier = Nombre::du_texte(tapee).and_then(Nombre::entier);
            entier.map(Value::Integer)
        }
        Kind::Cents => centiemes(tapee).map(Value::Cents),
        Kind::Percent => centiemes(tapee).map(Value::Percent),
        Kind::Date => date(tapee).map(Value::Date),
        Kind::Text => Some(Value::Text(tapee.to_owned())),
    };
    let attendu = match genre {
        Kind::Integer => "un nombre entier, par exemple 12",
        Kind::Cents => "un montant, par exemple 1 234,56",
        Kind::Percent => "un pourcentage, par exemple 72,5",
        _ => "une date, par exemple 20/09/2026",
    };
    lue.ok_or_else(|| format!("« {tapee} » n'est pas {attendu}."))
}

/// A measure: its sign says what it is.
pub(super) fn mesure(tapee: &str) -> Result<Value, String> {
    let lue = if tapee.contains('%') {
        centiemes(tapee).map(Value::Percent)
    } else if tapee.contains('€') {
        centiemes(tapee).map(Value::Cents)
    } else {
        let entier = Nombre::du_texte(tapee).and_then(Nombre::entier);
        let entier = entier.map(Value::Integer);
        entier.or_else(|| date(tapee).map(Value::Date))
    };
    lue.ok_or_else(|| {
        format!("« {tapee} » ne se lit pas. Écrivez par exemple 72,5 %, 1 234 €, 12 ou une date.")
    })
}

pub(super) fn cibles(tapee: &str) -> Result<Json, String> {
    let mut lues = Map::new();
    for ligne in tapee.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let deux = ligne.split_once([':', '=']);
        let (an, cible) = deux.ok_or_else(|| {
            format!("« {ligne} » ne se lit pas. Écrivez par exemple « 2027 : 60 % ».")
        })?;
        let an = annee(an.trim()).ok_or_else(|| {
            format!(
                "« {} » n'est pas une année. Écrivez par exemple 2027.",
                an.trim()
            )
        })?;
        let cible = en_json(&mesure(cible.trim())?)?;
        if lues.insert(an.to_string(), cible).is_some() {
            return Err(format!("l'année {an} est là deux fois : gardez une ligne."));
        }
    }
    Ok(Json::Object(lues))
}

pub(super) fn en_euros(cents: i64) -> String {
    let signe = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{signe}{},{:02}", cents / 100, cents % 100)
}

pub(super) fn en_mesure(json: &Json) -> String {
    let lue: Option<Value> = serde_json::from_value(json.clone()).ok();
    match lue {
        Some(Value::Boolean(true)) => "oui".to_owned(),
        Some(Value::Boolean(false)) => "non".to_owned(),
        Some(Value::Integer(n)) => n.to_string(),
        Some(Value::Cents(c)) => format!("{} €", en_euros(c)),
        Some(Value::Percent(c)) => format!("{} %", en_euros(c)),
        Some(Value::Date(date)) => jour(date),
        Some(Value::Text(texte)) => texte,
        _ => String::new(),
    }
}

/// Figures by their code, one a line.
pub(super) fn chiffres(tapee: &str) -> Result<Json, String> {
    let mut lus = Map::new();
    for ligne in tapee.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let deux = ligne.split_once([':', '=']);
        let (code, valeur) = deux.ok_or_else(|| {
            format!("« {ligne} » ne se lit pas. Écrivez par exemple « TDB-2.01 : 11,97 ».")
        })?;
        let code = code.trim();
        let connu = indicateurs::par_code(code).filter(|i| i.unite.chiffree());
        let connu = connu.ok_or_else(|| {
            format!("« {code} » n'est pas un indicateur chiffré de la liste. Vérifiez son code.")
        })?;
        let nombre = Nombre::du_texte(&sans_unite(valeur.trim()));
        let nombre = nombre.ok_or_else(|| {
            format!(
                "« {} » n'est pas un nombre. Écrivez par exemple 11,97.",
                valeur.trim()
            )
        })?;
        let ecrit = Json::from(nombre.to_string().replace(',', "."));
        if lus.insert(connu.code.to_owned(), ecrit).is_some() {
            return Err(format!("« {code} » est là deux fois : gardez une ligne."));
        }
    }
    Ok(Json::Object(lus))
}

/// As they are typed.
pub(super) fn en_chiffres(json: &Map<String, Json>) -> String {
    let lignes = json.iter();
    let lignes = lignes.map(|(code, valeur)| {
        let valeur = valeur.as_str().unwrap_or_default().replace('.', ",");
        format!("{code} : {valeur}")
    });
    lignes.collect::<Vec<_>>().join("\n")
}
