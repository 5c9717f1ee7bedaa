//! Opening a contract.

use super::Etat;
use super::brouillons::{Formulaire, Repris};
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::Parametres;
use super::refuse::Refuse;
use super::seance::Seance;
use crate::app::formulaires::{Envoi, OuvertureVue, ouverture, ouvrante};
use crate::app::vues;
use axum::extract::{Extension, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

const CHEMIN: &str = "/contrats/nouveau";

/// The form, and the draft that was taken up.
#[derive(Serialize)]
struct PageVue {
    #[serde(flatten)]
    ouverture: OuvertureVue,
    brouillon: Option<Repris>,
}

impl Etat {
    fn page_d_ouverture(
        &self,
        (seance, titre): (&Seance, usize),
        (envoi, brouillon): (&Envoi, Option<Repris>),
        refuse: Refuse,
    ) -> Result<Response, Faute> {
        let id = match un(envoi, "id") {
            id if !refuse.autre && !id.is_empty() => id.to_owned(),
            _ => Uuid::now_v7().to_string(),
        };
        let qui = (&seance.visiteur, titre);
        let atelier = self.consultation.entente.atelier();
        let vue = PageVue {
            ouverture: ouverture(atelier, qui, (envoi, refuse.erreurs), id),
            brouillon,
        };
        let titre = match vue.ouverture.erreurs.len() {
            0 => "Ouvrir un contrat",
            _ => "Erreur : ouvrir un contrat",
        };
        let page = self.page(Some(seance), "pages/nouveau", (titre.to_owned(), None), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }
}

/// The rank of the organisation in whose name.
fn rang(texte: &str) -> usize {
    texte.parse().unwrap_or_default()
}

fn formulaire() -> Result<Formulaire, Faute> {
    Formulaire::au(CHEMIN, |_| String::new()).ok_or(Faute::Introuvable)
}

pub async fn nouveau(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let titre = rang(parametres.get("titre").map_or("", String::as_str));
    let brouillon = etat.brouillon(&seance, &formulaire()?).await;
    let envoi = brouillon
        .as_ref()
        .map(|b| b.envoi.clone())
        .unwrap_or_default();
    etat.page_d_ouverture((&seance, titre), (&envoi, brouillon), Refuse::rien())
}

pub async fn ouvert(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let titre = rang(un(&envoi, "titre"));
    let atelier = etat.consultation.entente.atelier();
    let refuse = match ouvrante(atelier, (&seance.visiteur, titre), &envoi) {
        // The page says who may.
        None => Refuse {
            code: StatusCode::FORBIDDEN,
            ..Refuse::rien()
        },
        Some(Err(erreurs)) => Refuse::champs(erreurs),
        Some(Ok(ouvrante)) => match etat.consultation.ouvrir(&seance.visiteur, &ouvrante).await {
            Ok(derniere) => {
                etat.jette(&seance, &formulaire()?).await;
                let adresse = vues::adresse(&ouvrante.contrat);
                let vers = format!("{adresse}?fait={derniere}");
                return Ok(Redirect::to(&vers).into_response());
            }
            Err(empechement) => Refuse::empeche(empechement)?,
        },
    };
    etat.garde(&seance.visiteur.personne, &formulaire()?, &envoi)
        .await;
    etat.page_d_ouverture((&seance, titre), (&envoi, None), refuse)
}
