//! Contract, notifications, EPRD and ERRD on one line; what a clause or a choice would do. Nothing
//! here is written.

use super::Etat;
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use crate::app::vues::eprd::{Lecteur, Par};
use crate::regles::calendrier::civil_date;
use axum::extract::{Extension, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

pub async fn alignement(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.budget(&seance, &id).await?;
    let lecteur = Lecteur {
        lu: &lu,
        aujourdhui: civil_date(etat.consultation.maintenant()),
    };
    let derniers = etat.consultation.budgets(&lu.contrat).await?;
    let annee = parametres.get("exercice").and_then(|a| a.parse().ok());
    let par = Par::lu(parametres.get("par").map_or("", String::as_str));
    let vue = lecteur.alignement(&derniers, (annee, par));
    let titre = titre("Contrat, EPRD et ERRD", &vue.contrat, &[]);
    let menu = Menu::new(&lu, "eprd");
    let page = etat.page(Some(&seance), "pages/alignement", (titre, Some(menu)), vue)?;
    Ok(tel_quel(page))
}

/// What is typed is of this page alone: it is in its address, and kept nowhere.
pub async fn simuler(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.budget(&seance, &id).await?;
    let lecteur = Lecteur {
        lu: &lu,
        aujourdhui: civil_date(etat.consultation.maintenant()),
    };
    let vue = lecteur.simuler(&parametres);
    let code = if vue.erreurs.is_empty() {
        Refuse::rien().code
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let titre = titre("Simuler", &vue.contrat, &vue.erreurs);
    let menu = Menu::new(&lu, "eprd");
    let page = etat.page(Some(&seance), "pages/simuler", (titre, Some(menu)), vue)?;
    Ok(tel_quel((code, page)))
}
