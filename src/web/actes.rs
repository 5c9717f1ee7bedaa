//! An act, done through the form made from what its workflow asks.

use super::Etat;
use super::brouillons::{Formulaire, Repris};
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use super::visas::Avant;
use crate::app::formulaires::{Envoi, FormulaireVue, Vise, formulaire};
use crate::app::visas::Forme;
use crate::app::vues::{self, ContratLu, Fenetre};
use crate::workflow::machine::Spot;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

fn vise(un: impl Fn(&str) -> String) -> Vise {
    Vise {
        flux: un("flux"),
        lieu: Spot::new(&un("lieu")),
        acte: un("acte"),
    }
}

/// The form of an act, and the draft that was taken up.
#[derive(Serialize)]
struct PageVue {
    #[serde(flatten)]
    acte: FormulaireVue,
    brouillon: Option<Repris>,
    #[serde(flatten)]
    avant: Avant,
}

impl Etat {
    fn page_de_l_acte(
        &self,
        seance: &Seance,
        (lu, vise): (&ContratLu, &Vise),
        (envoi, brouillon): (&Envoi, Option<Repris>),
        (avant, refuse): (Avant, Refuse),
    ) -> Result<Response, Faute> {
        let id = match un(envoi, "id") {
            id if !refuse.autre && !id.is_empty() => id.to_owned(),
            _ => Uuid::now_v7().to_string(),
        };
        let quand = (self.consultation.maintenant(), id);
        let vu = (lu.place.partie.as_str(), vise);
        let acte = formulaire(lu, vu, (envoi, refuse.erreurs), quand).ok_or(Faute::Introuvable)?;
        let titre = titre(&acte.titre, &acte.contrat, &acte.erreurs);
        let menu = Menu::new(lu, "acte");
        let vue = PageVue {
            acte,
            brouillon,
            avant,
        };
        let page = self.page(Some(seance), "pages/acte", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }
}

/// The form of an act, for its draft.
pub(super) fn formulaire_de(lu: &ContratLu, vise: &Vise) -> Result<Formulaire, Faute> {
    let chemin = format!("{}/acte", vues::adresse(&lu.identite.id));
    let lit = |nom: &str| match nom {
        "flux" => vise.flux.clone(),
        "lieu" => vise.lieu.to_string(),
        _ => vise.acte.clone(),
    };
    Formulaire::au(&chemin, lit).ok_or(Faute::Introuvable)
}

pub async fn formulaire_d_acte(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let vise = vise(|nom| parametres.get(nom).cloned().unwrap_or_default());
    let brouillon = etat.brouillon(&seance, &formulaire_de(&lu, &vise)?).await;
    let envoi = brouillon
        .as_ref()
        .map(|b| b.envoi.clone())
        .unwrap_or_default();
    let forme = Forme::Acte(vise.clone());
    let repris = parametres.get("visa").map_or("", String::as_str);
    let avant = etat.avant(&seance, (&lu, &forme), repris).await?;
    let neuf = (avant, Refuse::rien());
    etat.page_de_l_acte(&seance, (&lu, &vise), (&envoi, brouillon), neuf)
}

pub async fn acte(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let vise = vise(|nom| un(&envoi, nom).to_owned());
    let de = formulaire_de(&lu, &vise)?;
    let forme = Forme::Acte(vise.clone());
    let avant = etat.avant(&seance, (&lu, &forme), "").await?;
    match etat.soumet(&seance, &lu, forme, &envoi).await? {
        Ok(vers) => {
            etat.jette(&seance, &de).await;
            Ok(Redirect::to(&vers).into_response())
        }
        Err(refuse) => {
            etat.garde(&seance.visiteur.personne, &de, &envoi).await;
            etat.page_de_l_acte(&seance, (&lu, &vise), (&envoi, None), (avant, refuse))
        }
    }
}
