//! Keys by which one's programs act.

use super::{Issue, fait, faute};
use crate::app::comptes::{Auteur, Fonction, NouvelleCle, Refus, RefusConnexion};
use crate::app::vues::compte::{self, CleSaisie};
use crate::regles::calendrier::{civil_date, parse_date};
use crate::web::Etat;
use crate::web::envoi::{self, un};
use crate::web::erreurs::Faute;
use crate::web::pages::Parametres;
use crate::web::seance::Seance;
use axum::extract::{Extension, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

const ICI: &str = "/compte/cles";

const DITS: [(&str, &str); 1] = [(
    "revoquee",
    "C’est fait : cette clé est révoquée. Les programmes qui s’en servaient n’entrent plus.",
)];

/// Something shown once.
#[derive(Serialize)]
pub(in crate::web) struct UneFoisVue {
    pub titre: &'static str,
    pub phrase: String,
    pub secret: String,
    pub retour: String,
}

impl Etat {
    async fn page_des_cles(
        &self,
        seance: &Seance,
        saisie: CleSaisie<'_>,
        issue: Issue,
    ) -> Result<Response, Faute> {
        let cles = self.comptes.cles(&seance.connecte.personne.id).await;
        let cles = cles.map_err(Faute::base)?;
        let aujourdhui = civil_date(self.consultation.maintenant());
        let vue = compte::cles(&seance.connecte, &cles, &saisie, aujourdhui);
        let page = ("pages/cles", "Clés de programmes", ICI);
        self.page_menee(seance, page, issue, vue)
    }
}

fn neuve() -> CleSaisie<'static> {
    CleSaisie {
        id: Uuid::now_v7().to_string(),
        ..CleSaisie::default()
    }
}

pub async fn cles(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let issue = Issue::faite(&Query(parametres), &DITS);
    etat.page_des_cles(&seance, neuve(), issue).await
}

pub async fn cree(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let entetes = requete.headers().clone();
    let envoi = envoi::lit(requete).await?;
    let [id, nom, organisation, fonction, au] =
        ["id", "nom", "organisation", "fonction", "au"].map(|c| un(&envoi, c));
    let saisie = CleSaisie {
        id: id.to_owned(),
        nom,
        organisation,
        fonction,
        au,
    };
    let (lue, dernier) = (Fonction::lit(fonction), parse_date(au).ok());
    let manque = match (lue, &dernier) {
        (None, _) => Some(("fonction", "Choisissez ce que la clé pourra faire.")),
        (_, None) => Some(("au", "Une date était attendue : le dernier jour de la clé.")),
        _ => None,
    };
    let (Some(fonction), Some(au), None) = (lue, dernier, manque) else {
        let (champ, phrase) = manque.unwrap_or(("", "Ce formulaire ne se lit pas."));
        let issue = Issue::refusee(champ, phrase);
        return etat.page_des_cles(&seance, saisie, issue).await;
    };
    let demande = NouvelleCle {
        id,
        organisation,
        nom,
        fonction,
        au,
    };
    let jeton = etat.jeton_de_session(&entetes).unwrap_or_default();
    let maintenant = etat.consultation.maintenant();
    match etat.comptes.creer_cle(jeton, &demande, maintenant).await {
        Ok((jeton, vue)) => {
            let vue = UneFoisVue {
                titre: "Votre clé",
                phrase: format!(
                    "Donnez-la au programme « {} ». Elle ne sera plus montrée : si vous la \
                     perdez, révoquez-la et créez-en une autre.",
                    vue.nom
                ),
                secret: jeton.as_str().to_owned(),
                retour: ICI.to_owned(),
            };
            let page = ("pages/une-fois", "Votre clé", ICI);
            etat.page_menee(&seance, page, Issue::default(), vue)
        }
        Err(refus) => {
            let refus = faute(refus)?;
            let (champ, autre) = match &refus {
                Refus::Connexion(RefusConnexion::Session) => {
                    return Ok(Redirect::to("/connexion").into_response());
                }
                Refus::Nom => ("nom", false),
                Refus::Dates => ("au", false),
                Refus::Cle => ("fonction", false),
                Refus::Identifiant if demande.organisation.is_empty() => ("organisation", false),
                _ => ("", true),
            };
            let id = if autre { neuve().id } else { saisie.id };
            let issue = Issue::refusee(champ, &refus.to_string());
            etat.page_des_cles(&seance, CleSaisie { id, ..saisie }, issue)
                .await
        }
    }
}

pub async fn revoque(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let (qui, cle) = (&seance.connecte, un(&envoi, "cle"));
    let maintenant = etat.consultation.maintenant();
    let par = Auteur::Personne(qui);
    let revoquee = etat
        .comptes
        .revoquer_cle(par, &qui.personne.id, cle, maintenant);
    match revoquee.await {
        // One that is already gone is gone: a double click changes nothing.
        Ok(()) | Err(Refus::Inconnu) => Ok(fait(ICI, "revoquee")),
        Err(refus) => {
            let phrase = faute(refus)?.to_string();
            let issue = Issue::refusee("", &phrase);
            etat.page_des_cles(&seance, neuve(), issue).await
        }
    }
}
