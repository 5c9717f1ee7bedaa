//! What one signs in with, and where one is signed in.

use super::{Issue, fait, faute};
use crate::app::comptes::{Refus, RefusConnexion};
use crate::app::vues::compte;
use crate::web::Etat;
use crate::web::envoi::{self, un};
use crate::web::erreurs::Faute;
use crate::web::pages::Parametres;
use crate::web::seance::Seance;
use axum::extract::{Extension, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

const ICI: &str = "/compte/securite";

const DITS: [(&str, &str); 5] = [
    (
        "mot-de-passe",
        "C’est fait : votre mot de passe est changé, et vos autres connexions sont fermées.",
    ),
    (
        "sans-second-facteur",
        "C’est fait : votre second facteur est retiré. Votre mot de passe suffit désormais.",
    ),
    ("session", "C’est fait : cette connexion est fermée."),
    (
        "sessions",
        "C’est fait : seule la connexion de ce navigateur reste ouverte.",
    ),
    (
        "second-facteur",
        "C’est fait : votre téléphone est enregistré.",
    ),
];

impl Etat {
    async fn page_de_securite(&self, seance: &Seance, issue: Issue) -> Result<Response, Faute> {
        let qui = &seance.connecte;
        let moyens = self.comptes.moyens(&qui.personne.id).await;
        let moyens = match moyens {
            Ok(moyens) => moyens,
            Err(refus) => return Err(Faute::Interne(faute(refus)?.to_string())),
        };
        let maintenant = self.consultation.maintenant();
        let sessions = self.comptes.sessions(&qui.personne.id, maintenant).await;
        let sessions = sessions.map_err(Faute::base)?;
        let politique = self.comptes.politique();
        let regle = (politique.longueur_min, politique.second_facteur);
        let vue = compte::securite(moyens, regle, &sessions, &qui.session);
        let page = ("pages/securite", "Connexion et sécurité", ICI);
        self.page_menee(seance, page, issue, vue)
    }

    /// Shows the page again, with why nothing was done.
    async fn securite_refusee(&self, seance: &Seance, refus: Refus) -> Result<Response, Faute> {
        let refus = faute(refus)?;
        if let Refus::Connexion(RefusConnexion::Session) = refus {
            return Ok(Redirect::to("/connexion").into_response());
        }
        let ancien = "Le mot de passe actuel ne convient pas. Vérifiez-le, puis réessayez.";
        let (champ, phrase) = match &refus {
            Refus::Connexion(RefusConnexion::Identifiants) => ("ancien", ancien.to_owned()),
            Refus::MotDePasse(_) => ("nouveau", refus.to_string()),
            Refus::Ancienne => ("reconnexion", refus.to_string()),
            _ => ("", refus.to_string()),
        };
        self.page_de_securite(seance, Issue::refusee(champ, &phrase))
            .await
    }
}

pub async fn securite(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let issue = Issue::faite(&Query(parametres), &DITS);
    etat.page_de_securite(&seance, issue).await
}

pub async fn mot_de_passe(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let entetes = requete.headers().clone();
    let envoi = envoi::lit(requete).await?;
    let [ancien, nouveau, encore] = ["ancien", "nouveau", "encore"].map(|c| un(&envoi, c));
    if nouveau != encore {
        let phrase = "Les deux mots de passe diffèrent. Saisissez deux fois le même.";
        let issue = Issue::refusee("encore", phrase);
        return etat.page_de_securite(&seance, issue).await;
    }
    let jeton = etat.jeton_de_session(&entetes).unwrap_or_default();
    let maintenant = etat.consultation.maintenant();
    let change = etat
        .comptes
        .changer_mot_de_passe(jeton, ancien, nouveau, maintenant);
    match change.await {
        Ok((jeton, _)) => {
            etat.entre(&entetes, &jeton, fait(ICI, "mot-de-passe"))
                .await
        }
        Err(refus) => etat.securite_refusee(&seance, refus).await,
    }
}

/// The key of a new telephone, to be confirmed by its code.
pub async fn second_facteur(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let jeton = etat.jeton_de_session(requete.headers()).unwrap_or_default();
    let maintenant = etat.consultation.maintenant();
    match etat.comptes.enroler(jeton, maintenant).await {
        Ok(enrolement) => etat.montre_enrolement(enrolement, None),
        Err(refus) => etat.securite_refusee(&seance, refus).await,
    }
}

pub async fn codes(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let jeton = etat.jeton_de_session(requete.headers()).unwrap_or_default();
    let maintenant = etat.consultation.maintenant();
    match etat.comptes.nouveaux_codes(jeton, maintenant).await {
        Ok(codes) => Ok(etat.montre_codes(codes)?.into_response()),
        Err(refus) => etat.securite_refusee(&seance, refus).await,
    }
}

pub async fn retire_second_facteur(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let entetes = requete.headers().clone();
    let jeton = etat.jeton_de_session(&entetes).unwrap_or_default();
    let maintenant = etat.consultation.maintenant();
    let retire = etat.comptes.retirer_second_facteur(jeton, maintenant);
    match retire.await {
        Ok((jeton, _)) => {
            let reponse = fait(ICI, "sans-second-facteur");
            etat.entre(&entetes, &jeton, reponse).await
        }
        Err(refus) => etat.securite_refusee(&seance, refus).await,
    }
}

/// Closes one session, or all the others when none is named.
pub async fn ferme(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let jeton = etat.jeton_de_session(requete.headers());
    let jeton = jeton.unwrap_or_default().to_owned();
    let envoi = envoi::lit(requete).await?;
    let maintenant = etat.consultation.maintenant();
    if let Err(refus) = etat.comptes.vient_d_entrer(&jeton, maintenant).await {
        return etat.securite_refusee(&seance, refus).await;
    }
    let qui = &seance.connecte;
    let personne = &qui.personne.id;
    match un(&envoi, "session") {
        "" => {
            let fermees = etat.comptes.revoquer_autres(personne, &qui.session).await;
            fermees.map_err(Faute::base)?;
            Ok(fait(ICI, "sessions"))
        }
        // One that is already closed is closed: a double click changes nothing.
        session => {
            let fermee = etat.comptes.revoquer(personne, session).await;
            fermee.map_err(Faute::base)?;
            Ok(fait(ICI, "session"))
        }
    }
}
