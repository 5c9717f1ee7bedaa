//! The link that someone invited was given: they say their name, choose a password, and sign in.

use super::Etat;
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::Parametres;
use crate::app::comptes::Refus;
use crate::app::vues::francais::{jour, typographie};
use crate::regles::calendrier::civil_date;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct InvitationVue {
    jeton: String,
    /// None: the link is no longer good.
    pour: Option<PourVue>,
    nom: String,
    longueur: usize,
    erreur: Option<String>,
}

/// What the link gives.
#[derive(Serialize)]
struct PourVue {
    courriel: String,
    organisation: String,
    fonction: &'static str,
    jusqu_au: String,
}

impl Etat {
    async fn page_d_invitation(
        &self,
        jeton: &str,
        nom: &str,
        erreur: Option<String>,
    ) -> Result<Response, Faute> {
        let lue = self
            .comptes
            .invitation(jeton, self.consultation.maintenant());
        let lue = lue.await.map_err(|e| Faute::Indisponible(e.to_string()))?;
        let code = match (&lue, &erreur) {
            (None, _) => StatusCode::GONE,
            (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::OK,
        };
        let vue = InvitationVue {
            jeton: jeton.to_owned(),
            pour: lue.map(|i| PourVue {
                courriel: i.courriel,
                organisation: i.droit.organisation.nom,
                fonction: i.droit.fonction.mot(),
                jusqu_au: jour(civil_date(i.expire)),
            }),
            nom: nom.to_owned(),
            longueur: self.comptes.politique().longueur_min,
            erreur,
        };
        let titre = match vue.erreur {
            Some(_) => "Erreur : votre invitation",
            None => "Votre invitation",
        };
        let page = self.page(None, "pages/invitation", (titre.to_owned(), None), vue)?;
        Ok(tel_quel((code, page)))
    }
}

pub async fn invitation(
    State(etat): State<Arc<Etat>>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let jeton = parametres.get("jeton").map_or("", String::as_str);
    etat.page_d_invitation(jeton, "", None).await
}

pub async fn accepte(State(etat): State<Arc<Etat>>, requete: Request) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let [jeton, nom, passe, encore] = ["jeton", "nom", "passe", "encore"].map(|c| un(&envoi, c));
    if passe != encore {
        let phrase = "Les deux mots de passe diffèrent. Saisissez deux fois le même.";
        return etat
            .page_d_invitation(jeton, nom, Some(typographie(phrase)))
            .await;
    }
    let accepte = etat
        .comptes
        .accepter(jeton, nom, passe, etat.consultation.maintenant());
    match accepte.await {
        Ok(_) => Ok(Redirect::to("/connexion").into_response()),
        Err(Refus::Base(erreur)) => Err(Faute::Indisponible(erreur.to_string())),
        Err(refus) => {
            let phrase = typographie(&refus.to_string());
            etat.page_d_invitation(jeton, nom, Some(phrase)).await
        }
    }
}
