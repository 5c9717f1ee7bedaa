//! What an organisation calls a pôle, a délégation, a service.

use super::administree;
use crate::app::comptes::{Auteur, Genre, Organisation, Refus};
use crate::app::vues::administration::{self as vues, EnsembleSaisi, adresse};
use crate::web::Etat;
use crate::web::compte::{Issue, fait, faute};
use crate::web::envoi::{self, un};
use crate::web::erreurs::Faute;
use crate::web::pages::Parametres;
use crate::web::seance::Seance;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::response::Response;
use std::sync::Arc;

const DITS: [(&str, &str); 2] = [
    (
        "ecrit",
        "C’est fait : les personnes qui ont cette portée voient le changement dès maintenant.",
    ),
    (
        "retire",
        "C’est fait : les personnes qui avaient cette portée ne voient plus rien par elle.",
    ),
];

fn chemin(organisation: &Organisation) -> String {
    format!("{}/ensembles", adresse(&organisation.id))
}

impl Etat {
    async fn page_des_ensembles(
        &self,
        seance: &Seance,
        organisation: &Organisation,
        saisi: &EnsembleSaisi<'_>,
        issue: Issue,
    ) -> Result<Response, Faute> {
        let lus = self.comptes.ensembles(&organisation.id).await;
        let membres = self.comptes.membres(&organisation.id).await;
        let (lus, membres) = (lus.map_err(Faute::base)?, membres.map_err(Faute::base)?);
        let vue = vues::ensembles(organisation, &lus, &membres, saisi);
        let chemin = chemin(organisation);
        let page = ("pages/ensembles", "Pôles, délégations, services", &*chemin);
        self.page_menee(seance, page, issue, vue)
    }
}

pub async fn ensembles(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let issue = Issue::faite(&Query(parametres), &DITS);
    let vierge = EnsembleSaisi::default();
    etat.page_des_ensembles(&seance, &organisation, &vierge, issue)
        .await
}

pub async fn ecrit(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let envoi = envoi::lit(requete).await?;
    let saisi = EnsembleSaisi {
        genre: un(&envoi, "genre"),
        nom: un(&envoi, "nom"),
        membres: un(&envoi, "membres"),
    };
    let Some(ensemble) = saisi.lu(&organisation.id) else {
        let phrase = "Choisissez ce que c'est : un pôle, une délégation ou un service.";
        let issue = Issue::refusee("genre", phrase);
        return etat
            .page_des_ensembles(&seance, &organisation, &saisi, issue)
            .await;
    };
    let par = Auteur::Personne(&seance.connecte);
    let maintenant = etat.consultation.maintenant();
    match etat
        .comptes
        .ecrire_ensemble(par, &ensemble, maintenant)
        .await
    {
        Ok(()) => Ok(fait(&chemin(&organisation), "ecrit")),
        Err(refus) => {
            let refus = faute(refus)?;
            let champ = match &refus {
                Refus::Nom => "nom",
                Refus::Finess(_) | Refus::Departement | Refus::Portee => "membres",
                _ => "",
            };
            let issue = Issue::refusee(champ, &refus.to_string());
            etat.page_des_ensembles(&seance, &organisation, &saisi, issue)
                .await
        }
    }
}

pub async fn retire(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let envoi = envoi::lit(requete).await?;
    let par = Auteur::Personne(&seance.connecte);
    let maintenant = etat.consultation.maintenant();
    let retire = match Genre::lit(un(&envoi, "genre")) {
        Some(genre) => {
            let vise = (&*organisation.id, genre, un(&envoi, "nom"));
            etat.comptes.retirer_ensemble(par, vise, maintenant).await
        }
        None => Err(Refus::Inconnu),
    };
    match retire {
        // One that is already gone is gone: a double click changes nothing.
        Ok(()) | Err(Refus::Inconnu) => Ok(fait(&chemin(&organisation), "retire")),
        Err(refus) => {
            let issue = Issue::refusee("", &faute(refus)?.to_string());
            let vierge = EnsembleSaisi::default();
            etat.page_des_ensembles(&seance, &organisation, &vierge, issue)
                .await
        }
    }
}
