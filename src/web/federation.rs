//! Signing in with one's organisation: to the provider of identities, and back.

use super::Etat;
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::Parametres;
use super::seance::ici;
use crate::app::comptes::{Etape, RefusConnexion, RefusFederation, Retour};
use crate::app::vues::francais::typographie;
use axum::extract::{ConnectInfo, Extension, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// What binds a return to the browser that left.
const DEPART: [&str; 2] = ["entente-depart", "__Host-entente-depart"];
const DEPART_SECONDES: u32 = 600;

#[derive(Serialize)]
struct FederationVue {
    phrase: String,
    nom: String,
}

#[derive(Serialize)]
struct DepartVue {
    nom: String,
    vers: String,
}

/// Of the browser, as the server hears it.
pub fn adresse(de: Option<Extension<ConnectInfo<SocketAddr>>>) -> IpAddr {
    de.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |de| de.0.0.ip())
}

/// What a browser calls itself.
pub fn agent(entetes: &HeaderMap) -> &str {
    let agent = entetes.get(header::USER_AGENT);
    agent.and_then(|a| a.to_str().ok()).unwrap_or_default()
}

pub async fn depart(
    State(etat): State<Arc<Etat>>,
    de: Option<Extension<ConnectInfo<SocketAddr>>>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let retour = ici(un(&envoi, "retour"));
    let maintenant = etat.consultation.maintenant();
    let partie = etat.comptes.partir(retour, adresse(de), maintenant).await;
    match partie {
        Ok(partie) => {
            let jeton = partie.navigateur.as_str();
            let cookie = etat.cookie(DEPART, jeton, Some(DEPART_SECONDES));
            // Not a redirection: browsers hold those of a form to `form-action`, wherever the
            // provider sends people next.
            let vers = HeaderValue::from_str(&format!("0; url={}", partie.vers));
            let vers = vers.map_err(|e| Faute::Interne(e.to_string()))?;
            let vue = DepartVue {
                nom: etat.comptes.fournisseur().unwrap_or_default().to_owned(),
                vers: partie.vers,
            };
            let titre = (format!("Vers {}", vue.nom), None);
            let page = etat.page(None, "pages/depart", titre, vue)?;
            let entetes = [(header::SET_COOKIE, cookie), (header::REFRESH, vers)];
            Ok((entetes, page).into_response())
        }
        Err(refus) => etat.page_de_federation(&refus),
    }
}

pub async fn retour(
    State(etat): State<Arc<Etat>>,
    de: Option<Extension<ConnectInfo<SocketAddr>>>,
    Query(parametres): Parametres,
    entetes: HeaderMap,
) -> Result<Response, Faute> {
    let dit = |nom: &str| parametres.get(nom).map(String::as_str);
    let retour = Retour {
        etat: dit("state").unwrap_or_default(),
        code: dit("code").unwrap_or_default(),
        emetteur: dit("iss"),
        erreur: dit("error"),
        navigateur: etat.jeton(&entetes, DEPART),
        adresse: adresse(de),
        agent: agent(&entetes),
        ancienne: etat.jeton_de_session(&entetes),
    };
    let maintenant = etat.consultation.maintenant();
    match etat.comptes.revenir(&retour, maintenant).await {
        Ok((jeton, connecte, page)) => {
            let vers = match connecte.etape {
                Etape::Complete => ici(&page),
                Etape::SecondFacteur => "/second-facteur",
                Etape::Enrolement => "/enrolement",
            };
            let cookie = [(header::SET_COOKIE, etat.cookie(DEPART, "", Some(0)))];
            let reponse = (cookie, Redirect::to(vers));
            etat.entre(&entetes, &jeton, reponse).await
        }
        Err(refus) => etat.page_de_federation(&refus),
    }
}

impl Etat {
    fn page_de_federation(&self, refus: &RefusFederation) -> Result<Response, Faute> {
        let code = match refus {
            RefusFederation::Absent => return Err(Faute::Introuvable),
            RefusFederation::Connexion(RefusConnexion::Base(erreur)) => {
                return Err(Faute::Indisponible(erreur.to_string()));
            }
            RefusFederation::Indisponible { .. } => StatusCode::SERVICE_UNAVAILABLE,
            RefusFederation::Douteuse { .. } => StatusCode::BAD_GATEWAY,
            RefusFederation::Connexion(_) => StatusCode::TOO_MANY_REQUESTS,
            RefusFederation::Inconnue { .. } => StatusCode::FORBIDDEN,
            RefusFederation::Refusee { .. } | RefusFederation::Perdue => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        let vue = FederationVue {
            phrase: typographie(&refus.to_string()),
            nom: self.comptes.fournisseur().unwrap_or_default().to_owned(),
        };
        let titre = ("La connexion n’a pas abouti".to_owned(), None);
        let page = self.page(None, "pages/federation", titre, vue)?;
        Ok(tel_quel((code, page)))
    }
}
