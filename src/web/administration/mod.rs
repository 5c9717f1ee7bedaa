//! The pages of whoever administers an organisation, on that one only: another answers as one that
//! does not exist.

/// The circuit of visas.
pub mod circuit;
/// Pôles, délégations, services.
pub mod ensembles;
/// Asking someone to come.
pub mod inviter;
/// The people, their functions.
pub mod personnes;

use super::Etat;
use super::compte::Issue;
use super::envoi::un;
use super::erreurs::Faute;
use super::pages::Parametres;
use super::seance::Seance;
use crate::app::comptes::{Fonction, Organisation};
use crate::app::formulaires::Envoi;
use crate::app::vues::administration::{self as vues, DroitSaisi, adresse};
use crate::app::vues::registre as vue_du_registre;
use axum::extract::{Extension, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// The organisation that someone administers, whole or in part.
fn administree(seance: &Seance, id: &str) -> Result<Organisation, Faute> {
    let mut droits = seance.connecte.droits.iter();
    let droit = droits.find(|d| d.fonction == Fonction::Administration && d.organisation.id == id);
    droit
        .map(|d| d.organisation.clone())
        .ok_or(Faute::Introuvable)
}

/// What a form says of a right.
fn droit_saisi(envoi: &Envoi) -> DroitSaisi {
    let champ = |nom| un(envoi, nom).to_owned();
    DroitSaisi {
        remplace: champ("remplace"),
        fonction: champ("fonction"),
        portee: champ("portee"),
        esms: champ("esms"),
        du: champ("du"),
        au: champ("au"),
    }
}

/// The field that a refusal is about.
fn champ(refus: &crate::app::comptes::Refus) -> &'static str {
    use crate::app::comptes::Refus;
    match refus {
        Refus::Courriel => "courriel",
        Refus::Finess(_) => "esms",
        Refus::Portee => "portee",
        Refus::Dates => "au",
        _ => "",
    }
}

/// To the organisation that one administers; the menu shows the others.
pub async fn racine(Extension(seance): Extension<Seance>) -> Result<Response, Faute> {
    let administrees = seance.connecte.administrees();
    let (id, _) = administrees.first().ok_or(Faute::Introuvable)?;
    Ok(Redirect::to(&adresse(id)).into_response())
}

pub async fn registre(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let avant = parametres.get("avant").map_or("", String::as_str);
    let lignes = etat.comptes.registre(Some(&organisation.id), Some(avant));
    let lignes = lignes.await.map_err(Faute::base)?;
    let membres = etat.comptes.membres(&organisation.id).await;
    let membres = membres.map_err(Faute::base)?;
    let vue = vue_du_registre::registre(&organisation, &lignes, &membres, avant);
    let chemin = format!("{}/registre", adresse(&organisation.id));
    let page = ("pages/registre", "Registre des accès", &*chemin);
    etat.page_menee(&seance, page, Issue::default(), vue)
}

pub async fn fiche(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let vue = vues::fiche(&organisation);
    let chemin = format!("{}/fiche", adresse(&organisation.id));
    let page = ("pages/fiche", "Fiche de l’organisation", &*chemin);
    etat.page_menee(&seance, page, Issue::default(), vue)
}
