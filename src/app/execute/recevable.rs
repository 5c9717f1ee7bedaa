//! What no request may hold, whatever is asked: one engine would keep it and the other not.

use super::Ordre;
use crate::app::contrat::{Commande, Demande};
use crate::metier::contrat::dossier::Ecriture;
use chrono::{DateTime, Datelike, Utc};
use serde_json::Value;

/// In bytes. Five names make the key of an index, which PostgreSQL keeps under 2,700.
const NOM_MAX: usize = 200;
/// Years that are written with four digits, and leave room for what follows.
const ANNEES: std::ops::RangeInclusive<i32> = 1900..=2999;

/// Answers what cannot be kept, in French.
pub(super) fn juge(contrat: &str, ordre: &Ordre, maintenant: DateTime<Utc>) -> Result<(), String> {
    nom("L'identifiant du contrat", contrat)?;
    if !ANNEES.contains(&maintenant.year()) {
        return Err(format!(
            "L'horloge indique l'année {} ; attendu : de {} à {}. Vérifiez-la.",
            maintenant.year(),
            ANNEES.start(),
            ANNEES.end()
        ));
    }
    match ordre {
        Ordre::Agir(commande) => juge_commande(commande),
        Ordre::Creer { premieres, .. } => premieres.iter().try_for_each(juge_commande),
        Ordre::Reprendre { acteur, id, .. } => {
            nom("L'identifiant de la demande", id)?;
            nom("La partie", &acteur.party)?;
            nom("La personne", &acteur.person)
        }
        Ordre::Ouvrir { .. } | Ordre::Avancer => Ok(()),
    }
}

fn juge_commande(commande: &Commande) -> Result<(), String> {
    if let Ok(id) = commande.id() {
        nom("L'identifiant de la demande", id)?;
    }
    if let Some(acteur) = commande.acteur() {
        nom("La partie", &acteur.party)?;
        nom("La personne", &acteur.person)?;
    }
    if let Demande::Ecriture {
        ecriture: Ecriture::Entrer { cle, .. },
        ..
    } = &commande.demande
    {
        nom("La clé de l'élément", cle)?;
    }
    let ecrite = serde_json::to_string(commande);
    let ecrite = ecrite.map_err(|e| format!("Cette demande ne s'écrit pas ({e})."))?;
    // The text is read again only when it may hold one: `\u0000` may also follow a backslash.
    if ecrite.contains("\\u0000") && serde_json::from_str(&ecrite).is_ok_and(|v| nul(&v)) {
        return Err(
            "Cette demande contient un caractère nul, qu'aucun texte ne porte. Ôtez-le.".to_owned(),
        );
    }
    Ok(())
}

fn nom(quoi: &str, nom: &str) -> Result<(), String> {
    let trouve = match nom.len() {
        0 => "rien".to_owned(),
        n if n > NOM_MAX => format!("{n}"),
        _ if nom.contains(char::is_control) => "un caractère de contrôle".to_owned(),
        _ => return Ok(()),
    };
    Err(format!(
        "{quoi} ne convient pas : attendu de 1 à {NOM_MAX} octets sans caractère de contrôle, \
         trouvé {trouve}."
    ))
}

fn nul(valeur: &Value) -> bool {
    match valeur {
        Value::String(texte) => texte.contains('\0'),
        Value::Array(valeurs) => valeurs.iter().any(nul),
        Value::Object(champs) => champs.iter().any(|(c, v)| c.contains('\0') || nul(v)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
