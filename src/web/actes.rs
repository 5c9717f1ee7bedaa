//! An act, done through the form made from what its workflow asks.

use super::Etat;
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::Refuse;
use super::seance::Seance;
use crate::app::execute::Ordre;
use crate::app::formulaires::{Demandeur, Envoi, Geste, Vise, commande, formulaire, role};
use crate::app::vues::{self, ContratLu, Fenetre};
use crate::workflow::definition::model::Role;
use crate::workflow::machine::Spot;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;
use uuid::Uuid;

fn vise(un: impl Fn(&str) -> String) -> Vise {
    Vise {
        flux: un("flux"),
        lieu: Spot::new(&un("lieu")),
        acte: un("acte"),
    }
}

impl Etat {
    fn page_de_l_acte(
        &self,
        seance: &Seance,
        (lu, vise): (&ContratLu, &Vise),
        envoi: &Envoi,
        refuse: Refuse,
    ) -> Result<Response, Faute> {
        let id = match un(envoi, "id") {
            id if !refuse.autre && !id.is_empty() => id.to_owned(),
            _ => Uuid::now_v7().to_string(),
        };
        let quand = (self.consultation.maintenant(), id);
        let vu = (lu.place.partie.as_str(), vise);
        let vue = formulaire(lu, vu, (envoi, refuse.erreurs), quand).ok_or(Faute::Introuvable)?;
        let titre = match vue.erreurs.len() {
            0 => format!("{} - {}", vue.titre, vue.contrat),
            _ => format!("Erreur : {} - {}", vue.titre, vue.contrat),
        };
        let menu = Menu::new(lu, "acte");
        let page = self.page(Some(seance), "pages/acte", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }
}

pub async fn formulaire_d_acte(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let vise = vise(|nom| parametres.get(nom).cloned().unwrap_or_default());
    etat.page_de_l_acte(&seance, (&lu, &vise), &Envoi::new(), Refuse::rien())
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
    match etat.fait(&seance, &lu, &vise, &envoi).await? {
        Ok(ordre) => {
            let adresse = vues::adresse(&lu.identite.id);
            Ok(Redirect::to(&format!("{adresse}?fait={ordre}")).into_response())
        }
        Err(refuse) => etat.page_de_l_acte(&seance, (&lu, &vise), &envoi, refuse),
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
            let phrase = format!(
                "Cet acte demande la fonction « {} », que vous n'avez pas ici. Demandez-le à une \
                 personne de votre organisation qui l'a.",
                fonction(voulu)
            );
            return Ok(Err(Refuse::nouveau(StatusCode::FORBIDDEN, &phrase)));
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
        let fait = self
            .consultation
            .executer(&lu.identite.id, Ordre::Agir(commande));
        Ok(fait.await.map(|recu| recu.derniere).map_err(Refuse::de))
    }
}

fn fonction(role: Role) -> &'static str {
    match role {
        Role::Contribution => "contribution",
        Role::Validation => "validation",
        Role::Signature => "signature",
    }
}
