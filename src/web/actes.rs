//! An act, done through the form made from what its workflow asks.

use super::Etat;
use super::brouillons::{Formulaire, Repris};
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use crate::app::formulaires::{Demandeur, Envoi, FormulaireVue, Geste, Vise};
use crate::app::formulaires::{commande, formulaire, role};
use crate::app::vues::{self, ContratLu, Fenetre};
use crate::workflow::machine::Spot;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::StatusCode;
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
}

impl Etat {
    fn page_de_l_acte(
        &self,
        seance: &Seance,
        (lu, vise): (&ContratLu, &Vise),
        (envoi, brouillon): (&Envoi, Option<Repris>),
        refuse: Refuse,
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
        let vue = PageVue { acte, brouillon };
        let page = self.page(Some(seance), "pages/acte", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }
}

/// The form of an act, for its draft.
fn formulaire_de(lu: &ContratLu, vise: &Vise) -> Result<Formulaire, Faute> {
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
    etat.page_de_l_acte(&seance, (&lu, &vise), (&envoi, brouillon), Refuse::rien())
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
    match etat.fait(&seance, &lu, &vise, &envoi).await? {
        Ok(ordre) => {
            etat.jette(&seance, &de).await;
            let adresse = vues::adresse(&lu.identite.id);
            Ok(Redirect::to(&format!("{adresse}?fait={ordre}")).into_response())
        }
        Err(refuse) => {
            etat.garde(&seance.visiteur.personne, &de, &envoi).await;
            etat.page_de_l_acte(&seance, (&lu, &vise), (&envoi, None), refuse)
        }
    }
}

impl Etat {
    /// Does it. Answers the place of its last line in the contract.
    async fn fait(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        vise: &Vise,
        envoi: &Envoi,
    ) -> Result<Result<u64, Refuse>, Faute> {
        let Some(geste) = Geste::lu(un(envoi, "geste")) else {
            let phrase = "Ce bouton n'existe pas. Rouvrez cette page.";
            return Ok(Err(Refuse::nouveau(StatusCode::BAD_REQUEST, phrase)));
        };
        let Some(voulu) = role(lu, vise) else {
            return Err(Faute::Introuvable);
        };
        if !lu.place.peut(voulu, &vise.lieu) {
            return Ok(Err(Refuse::role(voulu)));
        }
        let demandeur = Demandeur {
            partie: &lu.place.partie,
            personne: &seance.visiteur.personne,
            role: lu.place.role,
        };
        let maintenant = self.consultation.maintenant();
        let commande = match commande(lu, &demandeur, (vise, geste), envoi, maintenant) {
            Ok(commande) => commande,
            Err(erreurs) => return Ok(Err(Refuse::champs(erreurs))),
        };
        let fait = self.execute(&lu.identite.id, commande).await;
        Ok(fait.map(|recu| recu.derniere))
    }
}
