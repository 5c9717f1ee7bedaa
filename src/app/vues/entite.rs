//! The establishments of an entité juridique, as the national register knows them, beside the
//! perimeter of a contract: what may enter it, its form already filled in.

use super::francais::{compte, court, jour, typographie};
use super::lu::ContratLu;
use crate::app::contrat::RACINE;
use crate::app::formulaires::adresse_d_ecriture;
use crate::metier::contrat::dossier::{Dossier, Sujet};
use crate::metier::contrat::perimetre::{Competence, ESMS, Element};
use crate::metier::finess::Finess;
use crate::metier::referentiels::categories;
use crate::store::repertoire::EtablissementConnu;
use chrono::{DateTime, Utc};
use form_urlencoded::Serializer;
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntiteVue {
    /// Of the contract.
    pub adresse: String,
    pub contrat: String,
    /// What was typed.
    pub ej: String,
    /// Why it is not a number; empty: it is one, or nothing was typed.
    pub refus: String,
    /// Its name, where the register has it.
    pub nom: Option<String>,
    pub demandee: bool,
    pub etablissements: Vec<PropositionVue>,
    /// The entities that run what is in the perimeter already.
    pub connues: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PropositionVue {
    pub finess: String,
    pub nom: String,
    pub categorie: String,
    pub commune: String,
    pub places: String,
    pub source: String,
    /// Why it is not proposed; empty: it may be.
    pub tenu: String,
    /// The form, filled in; none: the reader may not now.
    pub lien: Option<String>,
}

/// What was typed, and what the register answered.
pub struct Demande<'a> {
    pub ej: &'a str,
    /// None: it is not a number.
    pub connus: Option<&'a [EtablissementConnu]>,
    pub refus: String,
}

/// The page. None: who answers for some establishments learns nothing of the perimeter.
pub fn entite(
    lu: &ContratLu,
    demande: &Demande<'_>,
    maintenant: DateTime<Utc>,
) -> Option<EntiteVue> {
    let dossier = &lu.contrat.flux(RACINE)?.dossier;
    if lu.place.esms.is_some() {
        return None;
    }
    let ouvertures = match lu.place.role {
        Some(_) => lu.contrat.ouvertures(RACINE, &lu.place.partie, maintenant),
        None => Vec::new(),
    };
    let sujet = Sujet::Entree(ESMS);
    let ouvert = ouvertures.iter().any(|o| o.sujet == sujet);
    let formulaire = adresse_d_ecriture(&lu.identite.id, RACINE, &sujet, None).filter(|_| ouvert);
    let connus = demande.connus.unwrap_or_default();
    let proposition =
        |connu: &EtablissementConnu| proposition(dossier, formulaire.as_deref(), connu);
    let siens = dossier.collections().elements(ESMS);
    let connues: BTreeSet<String> = siens
        .filter_map(|(_, element)| match element {
            Element::Esms { ej, .. } => ej.clone(),
            _ => None,
        })
        .collect();
    Some(EntiteVue {
        adresse: super::adresse(&lu.identite.id),
        contrat: court(&lu.identite.titre),
        ej: demande.ej.to_owned(),
        refus: typographie(&demande.refus),
        nom: connus.iter().find_map(|c| c.ej_nom.clone()),
        demandee: demande.connus.is_some(),
        etablissements: connus.iter().map(proposition).collect(),
        connues: connues.into_iter().collect(),
    })
}

fn proposition(
    dossier: &Dossier,
    formulaire: Option<&str>,
    connu: &EtablissementConnu,
) -> PropositionVue {
    let etablissement = &connu.etablissement;
    let finess = etablissement.finess.as_str();
    let tenu = match (
        dossier.collections().element(ESMS, finess),
        etablissement.ferme_le,
    ) {
        (Some(_), _) => "Déjà au périmètre".to_owned(),
        (None, Some(le)) => format!("Fermé le {}", jour(le)),
        (None, None) => String::new(),
    };
    let places = connu.capacite.as_ref().map(|c| u64::from(c.autorisee));
    let lien = formulaire.filter(|_| tenu.is_empty());
    PropositionVue {
        finess: finess.to_owned(),
        nom: etablissement.nom.clone(),
        categorie: typographie(&format!(
            "{} {}",
            etablissement.categorie, etablissement.categorie_libelle
        )),
        commune: etablissement.commune.clone(),
        places: places.map_or_else(String::new, |n| compte(n, "place", "places")),
        source: typographie(&format!("{}, {}", connu.source, jour(connu.importe_le))),
        lien: lien.map(|lien| format!("{lien}&{}", reponses(connu))),
        tenu,
    }
}

/// What the register answers to the form; the authorisation may say otherwise.
fn reponses(connu: &EtablissementConnu) -> String {
    let etablissement = &connu.etablissement;
    let mut reponses = Serializer::new(String::new());
    reponses.append_pair("cle", etablissement.finess.as_str());
    reponses.append_pair("element.nom", &etablissement.nom);
    reponses.append_pair("element.categorie", &etablissement.categorie);
    reponses.append_pair("element.ej", etablissement.ej.as_str());
    if let Some(capacite) = &connu.capacite {
        reponses.append_pair("element.capacite", &capacite.autorisee.to_string());
    }
    let categorie = categories::par_code(&etablissement.categorie);
    let competence = categorie.and_then(|c| c.competence(&etablissement.departement));
    let (autorite, departement) = match &competence {
        None => return reponses.finish(),
        Some(Competence::Ars) => ("ars", None),
        Some(Competence::Departement { departement }) => ("departement", Some(departement)),
        Some(Competence::Conjointe { departement }) => ("conjointe", Some(departement)),
    };
    reponses.append_pair("element.competence.autorite", autorite);
    if let Some(departement) = departement {
        reponses.append_pair("element.competence.departement", departement);
    }
    reponses.finish()
}

/// The number that was typed.
///
/// # Errors
/// Why it is not one.
pub fn ej(tapee: &str) -> Result<Finess, String> {
    Finess::parse(tapee).map_err(|refus| refus.to_string())
}
