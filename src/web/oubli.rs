//! A forgotten password: asking for a link, and the page of the link.

use super::Etat;
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::federation::adresse;
use super::pages::Parametres;
use crate::app::comptes::{Refus, RefusConnexion};
use crate::app::vues::francais::typographie;
use axum::extract::{ConnectInfo, Extension, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;

#[derive(Serialize)]
struct OubliVue {
    courriel: String,
    erreur: Option<String>,
    /// Whether a link was asked for.
    demande: bool,
    /// Whether this server sends messages.
    possible: bool,
}

#[derive(Serialize)]
struct LienVue {
    jeton: String,
    /// None: the link is no longer good.
    courriel: Option<String>,
    longueur: usize,
    erreur: Option<String>,
}

impl Etat {
    fn page_d_oubli(
        &self,
        courriel: &str,
        erreur: Option<String>,
        demande: bool,
    ) -> Result<Response, Faute> {
        let (code, titre) = match erreur {
            Some(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Erreur : mot de passe oublié",
            ),
            None => (StatusCode::OK, "Mot de passe oublié"),
        };
        let vue = OubliVue {
            courriel: courriel.to_owned(),
            erreur,
            demande,
            possible: self.comptes.ecrit_aux_gens(),
        };
        let page = self.page(None, "pages/oubli", (titre.to_owned(), None), vue)?;
        Ok(tel_quel((code, page)))
    }

    async fn page_du_lien(&self, jeton: &str, erreur: Option<String>) -> Result<Response, Faute> {
        let maintenant = self.consultation.maintenant();
        let lue = self.comptes.oublieux(jeton, maintenant).await;
        let lue = lue.map_err(|e| Faute::Indisponible(e.to_string()))?;
        let (code, titre) = match (&lue, &erreur) {
            (None, _) => (StatusCode::GONE, "Ce lien n’est plus valable"),
            (_, Some(_)) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Erreur : votre nouveau mot de passe",
            ),
            _ => (StatusCode::OK, "Votre nouveau mot de passe"),
        };
        let vue = LienVue {
            jeton: jeton.to_owned(),
            courriel: lue.map(|p| p.courriel),
            longueur: self.comptes.politique().longueur_min,
            erreur,
        };
        let page = self.page(None, "pages/motdepasse", (titre.to_owned(), None), vue)?;
        Ok(tel_quel((code, page)))
    }
}

pub async fn oubli(State(etat): State<Arc<Etat>>) -> Result<Response, Faute> {
    etat.page_d_oubli("", None, false)
}

pub async fn demande(
    State(etat): State<Arc<Etat>>,
    de: Option<Extension<ConnectInfo<SocketAddr>>>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let courriel = un(&envoi, "courriel");
    if !courriel.contains('@') {
        let phrase = "Une adresse électronique était attendue, comme « nom@exemple.fr ». Corrigez \
                      la saisie.";
        return etat.page_d_oubli(courriel, Some(typographie(phrase)), false);
    }
    let maintenant = etat.consultation.maintenant();
    let demande = etat.comptes.oublier(courriel, adresse(de), maintenant);
    match demande.await {
        Ok(()) => etat.page_d_oubli(courriel, None, true),
        Err(RefusConnexion::Base(erreur)) => Err(Faute::Indisponible(erreur.to_string())),
        Err(refus) => {
            let phrase = typographie(&refus.to_string());
            etat.page_d_oubli(courriel, Some(phrase), false)
        }
    }
}

pub async fn lien(
    State(etat): State<Arc<Etat>>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let jeton = parametres.get("jeton").map_or("", String::as_str);
    etat.page_du_lien(jeton, None).await
}

pub async fn change(State(etat): State<Arc<Etat>>, requete: Request) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let [jeton, passe, encore] = ["jeton", "passe", "encore"].map(|c| un(&envoi, c));
    if passe != encore {
        let phrase = "Les deux mots de passe diffèrent. Saisissez deux fois le même.";
        return etat.page_du_lien(jeton, Some(typographie(phrase))).await;
    }
    let maintenant = etat.consultation.maintenant();
    match etat.comptes.reprendre(jeton, passe, maintenant).await {
        Ok(()) => Ok(Redirect::to("/connexion").into_response()),
        Err(Refus::Base(erreur) | Refus::Connexion(RefusConnexion::Base(erreur))) => {
            Err(Faute::Indisponible(erreur.to_string()))
        }
        Err(refus) => {
            let phrase = typographie(&refus.to_string());
            etat.page_du_lien(jeton, Some(phrase)).await
        }
    }
}
