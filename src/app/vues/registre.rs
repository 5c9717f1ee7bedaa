//! The register of the accesses of an organisation, in words.

use super::administration::adresse;
use super::compte::{periode_dite, portee_dite};
use super::francais::{instant, jour, majuscule};
use crate::app::comptes::{Fonction, LigneRegistre, Membre, Organisation, Portee};
use crate::regles::calendrier::parse_date;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// The register of the accesses of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegistreVue {
    pub organisation: String,
    pub lignes: Vec<ActeVue>,
    /// Where the lines before these are.
    pub suite: Option<String>,
    /// These are not the latest.
    pub debut: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActeVue {
    pub quand: String,
    pub auteur: String,
    pub acte: String,
    pub personne: String,
    pub objet: String,
}

/// Lines that one page of the register holds.
pub const LIGNES: usize = 100;

pub fn registre(
    organisation: &Organisation,
    lignes: &[LigneRegistre],
    membres: &[Membre],
    avant: &str,
) -> RegistreVue {
    let ici = format!("{}/registre", adresse(&organisation.id));
    let nom = |id: &str| match (id, membres.iter().find(|m| m.personne.id == id)) {
        (_, Some(membre)) => membre.personne.nom.clone(),
        ("entente", None) => "Le programme".to_owned(),
        (id, None) => id.to_owned(),
    };
    let acte = |l: &LigneRegistre| ActeVue {
        quand: l
            .instant
            .parse::<DateTime<Utc>>()
            .map_or_else(|_| l.instant.clone(), instant),
        auteur: nom(&l.auteur),
        acte: acte_dit(&l.acte).to_owned(),
        personne: nom(&l.personne),
        objet: objet_dit(&l.acte, &l.objet),
    };
    let derniere = lignes.last().filter(|_| lignes.len() == LIGNES);
    RegistreVue {
        organisation: organisation.nom.clone(),
        lignes: lignes.iter().map(acte).collect(),
        suite: derniere.map(|l| format!("{ici}?avant={}", l.id)),
        debut: (!avant.is_empty()).then_some(ici),
    }
}

/// What a line is about, in words: a function and its scope, a key and its last day. What this
/// version does not know, as it is.
fn objet_dit(acte: &str, objet: &str) -> String {
    let dit = match acte {
        "accorder" | "retirer" => droit_dit(objet),
        "cle" => cle_dite(objet),
        "inviter" | "annuler_invitation" | "accepter" => {
            let sans_id = objet.split_once(' ').map(|(_, droit)| droit);
            sans_id.and_then(fonction_et_portee)
        }
        "ensemble" | "retirer_ensemble" => ensemble_dit(objet),
        _ => None,
    };
    dit.unwrap_or_else(|| objet.to_owned())
}

/// `signature pole:Enfance 2026-01-01/…`.
fn droit_dit(objet: &str) -> Option<String> {
    let (droit, dates) = objet.rsplit_once(' ')?;
    let (du, au) = dates.split_once('/')?;
    let jour_lu = |texte: &str| match texte {
        "…" => Some(None),
        date => parse_date(date).ok().map(Some),
    };
    let dates = periode_dite(jour_lu(du)?, jour_lu(au)?);
    Some(format!("{}, {dates}", fonction_et_portee(droit)?))
}

/// `lecture pole:Enfance`.
fn fonction_et_portee(droit: &str) -> Option<String> {
    let (fonction, portee) = droit.split_once(' ')?;
    let portee = portee_dite(&Portee::lit(portee)?);
    Some(format!(
        "{}, {portee}",
        majuscule(Fonction::lit(fonction)?.mot())
    ))
}

/// `ID lecture …/2027-01-31`.
fn cle_dite(objet: &str) -> Option<String> {
    let (avant, au) = objet.rsplit_once('/')?;
    let fonction = Fonction::lit(avant.split(' ').nth(1)?)?;
    let dernier = jour(parse_date(au).ok()?);
    Some(format!("{}, jusqu’au {dernier}", majuscule(fonction.mot())))
}

/// `pole:Enfance 990002024,990002057`.
fn ensemble_dit(objet: &str) -> Option<String> {
    let (nomme, membres) = objet.rsplit_once(' ').unwrap_or((objet, ""));
    let portee = majuscule(&portee_dite(&Portee::lit(nomme)?));
    Some(match membres.replace(',', ", ") {
        vide if vide.is_empty() => portee,
        membres => format!("{portee}\u{a0}: {membres}"),
    })
}

/// An act of the register, in words; one that this version does not know, as it is.
fn acte_dit(acte: &str) -> &str {
    match acte {
        "organisation" => "Fiche écrite",
        "personne" => "Compte ouvert",
        "accorder" => "Fonction donnée",
        "retirer" => "Fonction retirée",
        "desactiver" => "Compte désactivé",
        "reactiver" => "Compte réactivé",
        "cle" => "Clé créée",
        "revoquer_cle" => "Clé révoquée",
        "inviter" => "Invitation envoyée",
        "annuler_invitation" => "Invitation annulée",
        "accepter" => "Invitation acceptée",
        "ensemble" => "Portée nommée écrite",
        "circuit" => "Circuit de visas écrit",
        "retirer_circuit" => "Circuit de visas retiré",
        "retirer_ensemble" => "Portée nommée retirée",
        autre => autre,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_told_and_what_is_not_known_stays() {
        for (acte, objet, dit) in [
            (
                "accorder",
                "validation tout …/…",
                "Validation, toute l’organisation, sans limite de date",
            ),
            (
                "retirer",
                "signature pole:Enfance et famille 2026-01-01/2026-12-31",
                "Signature, pôle «\u{a0}Enfance et famille\u{a0}», du 01/01/2026 au 31/12/2026",
            ),
            (
                "cle",
                "k1 lecture …/2027-01-31",
                "Lecture, jusqu’au 31/01/2027",
            ),
            (
                "inviter",
                "01a2 lecture esms:990002024",
                "Lecture, ESMS 990002024",
            ),
            (
                "ensemble",
                "pole:Enfance 990002024,990002057",
                "Pôle «\u{a0}Enfance\u{a0}»\u{a0}: 990002024, 990002057",
            ),
            ("accorder", "régence tout …/…", "régence tout …/…"),
            ("demain", "autre chose", "autre chose"),
            ("personne", "", ""),
        ] {
            assert_eq!(objet_dit(acte, objet), dit, "{acte} {objet}");
        }
    }
}
