//! What one is told by e-mail, and the calendar of one's deadlines.

use super::cles::UneFoisVue;
use super::{Issue, fait};
use crate::app::agenda_ics::calendrier;
use crate::app::courriels::{Mode, Preferences, REGLER, Rubrique};
use crate::app::vues::compte;
use crate::web::Etat;
use crate::web::envoi::{self, un};
use crate::web::erreurs::Faute;
use crate::web::pages::Parametres;
use crate::web::seance::Seance;
use axum::extract::{Extension, Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use std::sync::Arc;

const DITS: [(&str, &str); 2] = [
    (
        "avis",
        "C’est fait : vos choix valent dès le prochain message.",
    ),
    (
        "ferme",
        "C’est fait : le lien de votre calendrier ne répond plus.",
    ),
];

impl Etat {
    async fn page_des_avis(&self, seance: &Seance, issue: Issue) -> Result<Response, Faute> {
        let qui = &seance.connecte.personne;
        let entente = &self.consultation.entente;
        let choix = entente.preferences(&qui.id).await.map_err(Faute::base)?;
        let ouvert = entente.calendrier_ouvert(&qui.id).await;
        let ouvert: Option<DateTime<Utc>> = ouvert
            .map_err(Faute::base)?
            .and_then(|depuis| depuis.parse().ok());
        let vue = compte::avis(&qui.courriel, &choix, ouvert);
        let page = ("pages/avis", "Avis et calendrier", REGLER);
        self.page_menee(seance, page, issue, vue)
    }
}

pub async fn avis(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let issue = Issue::faite(&Query(parametres), &DITS);
    etat.page_des_avis(&seance, issue).await
}

pub async fn prefere(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let mut choix = Preferences::new();
    for rubrique in Rubrique::TOUTES {
        let Some(mode) = Mode::lu(un(&envoi, rubrique.code())) else {
            let phrase = format!(
                "Un choix manque pour « {} ». Choisissez quand vous voulez le savoir.",
                rubrique.titre()
            );
            let issue = Issue::refusee(rubrique.code(), &phrase);
            return etat.page_des_avis(&seance, issue).await;
        };
        choix.insert(rubrique, mode);
    }
    let qui = &seance.connecte.personne.id;
    let garde = etat.consultation.entente.prefere(qui, &choix).await;
    garde.map_err(Faute::base)?;
    Ok(fait(REGLER, "avis"))
}

/// Opens one's calendar; the one that was open ends.
pub async fn ouvre(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
) -> Result<Response, Faute> {
    let qui = &seance.connecte.personne.id;
    let maintenant = etat.consultation.maintenant();
    let ouvert = etat.consultation.entente.ouvrir_calendrier(qui, maintenant);
    let jeton = ouvert.await.map_err(Faute::base)?;
    let vue = UneFoisVue {
        titre: "Le lien de votre calendrier",
        phrase: "Collez-le dans votre agenda, à « S’abonner à un calendrier ». Il ne sera plus \
                 montré, et il ouvre vos échéances à quiconque l’a : ne le transmettez pas."
            .to_owned(),
        secret: format!("{}/agenda.ics?jeton={jeton}", etat.comptes.site()),
        retour: REGLER.to_owned(),
    };
    let page = ("pages/une-fois", "Le lien de votre calendrier", REGLER);
    etat.page_menee(&seance, page, Issue::default(), vue)
}

pub async fn ferme(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
) -> Result<Response, Faute> {
    let qui = &seance.connecte.personne.id;
    let maintenant = etat.consultation.maintenant();
    let ferme = etat.consultation.entente.fermer_calendrier(qui, maintenant);
    ferme.await.map_err(Faute::base)?;
    Ok(fait(REGLER, "ferme"))
}

/// The calendar that a token opens, for programs. Nothing for whoever no longer works here.
pub async fn agenda(
    State(etat): State<Arc<Etat>>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let jeton = parametres.get("jeton").map_or("", String::as_str);
    let entente = &etat.consultation.entente;
    let qui = entente.personne_du_calendrier(jeton).await;
    let qui = qui.map_err(Faute::base)?.ok_or(Faute::Introuvable)?;
    let maintenant = etat.consultation.maintenant();
    let visiteur = etat.comptes.visiteur(&qui, maintenant).await;
    let visiteur = visiteur.map_err(Faute::base)?.ok_or(Faute::Introuvable)?;
    let echeances = etat.consultation.echeances(&visiteur).await?;
    let ics = calendrier(&echeances, etat.comptes.site(), maintenant);
    let genre = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    Ok((genre, ics).into_response())
}
