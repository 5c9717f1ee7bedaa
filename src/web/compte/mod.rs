//! One's own account: who one is here, what one signs in with, one's keys, what one is told.

/// What one is told, and one's calendar.
pub mod avis;
/// Keys of one's programs.
pub mod cles;
/// The menu beside these pages and those of administration.
mod menu;
/// Password, second factor, sessions.
pub mod securite;

pub(super) use menu::Groupe;

use super::Etat;
use super::erreurs::{Faute, tel_quel};
use super::pages::Parametres;
use super::seance::Seance;
use crate::app::comptes::{Refus, RefusConnexion};
use crate::app::formulaires::Erreur;
use crate::app::vues::compte::compte_vue;
use crate::app::vues::francais::typographie;
use crate::regles::calendrier::civil_date;
use axum::extract::{Extension, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::sync::Arc;

/// What happened to what was sent: told above the page.
#[derive(Default)]
pub(super) struct Issue {
    pub fait: Option<&'static str>,
    pub erreurs: Vec<Erreur>,
}

impl Issue {
    /// Refused, because of a field; the page itself when there is none.
    pub fn refusee(champ: &str, phrase: &str) -> Self {
        let erreur = Erreur {
            champ: champ.to_owned(),
            phrase: typographie(phrase),
        };
        Self {
            fait: None,
            erreurs: vec![erreur],
        }
    }

    /// Done: `dits` are the words an address may bear, with what each says.
    pub fn faite(parametres: &Parametres, dits: &[(&str, &'static str)]) -> Self {
        let mot = parametres.get("fait").map_or("", String::as_str);
        let dit = dits.iter().find(|(connu, _)| *connu == mot);
        Self {
            fait: dit.map(|(_, phrase)| *phrase),
            erreurs: Vec::new(),
        }
    }
}

/// A page with its menu and what has just happened.
#[derive(Serialize)]
struct Menee<V> {
    menu: Vec<Groupe>,
    fait: Option<&'static str>,
    erreurs: Vec<Erreur>,
    page: V,
}

impl Etat {
    /// A page of the account or of administration. `chemin`: the entry of the menu that it is.
    pub(super) fn page_menee<V: Serialize>(
        &self,
        seance: &Seance,
        (gabarit, titre, chemin): (&str, &str, &str),
        issue: Issue,
        page: V,
    ) -> Result<Response, Faute> {
        let (titre, code) = if issue.erreurs.is_empty() {
            (titre.to_owned(), StatusCode::OK)
        } else {
            let titre = format!("Erreur : {titre}");
            (titre, StatusCode::UNPROCESSABLE_ENTITY)
        };
        let vue = Menee {
            menu: menu::groupes(seance, chemin),
            fait: issue.fait,
            erreurs: issue.erreurs,
            page,
        };
        let page = self.page(Some(seance), gabarit, (titre, None), vue)?;
        Ok(tel_quel((code, page)))
    }
}

/// What refuses for a reason that no form can mend.
pub(super) fn faute(refus: Refus) -> Result<Refus, Faute> {
    match refus {
        Refus::Base(erreur) | Refus::Connexion(RefusConnexion::Base(erreur)) => {
            Err(Faute::Indisponible(erreur.to_string()))
        }
        autre => Ok(autre),
    }
}

/// Done: back to a page that says so.
pub(super) fn fait(chemin: &str, mot: &str) -> Response {
    Redirect::to(&format!("{chemin}?fait={mot}")).into_response()
}

pub async fn compte(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Query(_): Parametres,
) -> Result<Response, Faute> {
    let qui = &seance.connecte;
    let droits = etat.comptes.droits(&qui.personne.id).await;
    let droits = droits.map_err(Faute::base)?;
    let aujourdhui = civil_date(etat.consultation.maintenant());
    let vue = compte_vue(qui, &droits, aujourdhui);
    let page = ("pages/compte", "Mon compte", "/compte");
    etat.page_menee(&seance, page, Issue::default(), vue)
}
