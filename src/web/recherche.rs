//! What a text finds: contracts, establishments, parties, one's own tasks.

use super::Etat;
use super::erreurs::Faute;
use super::pages::{Parametres, texte};
use super::seance::Seance;
use crate::app::vues;
use axum::extract::{Extension, Query, State};
use axum::response::Html;
use std::sync::Arc;

pub async fn recherche(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Query(parametres): Parametres,
) -> Result<Html<String>, Faute> {
    let texte = texte(&parametres, "q");
    let qui = &seance.visiteur;
    let trouve = etat.consultation.recherche(qui, &texte).await?;
    let aujourdhui = etat.consultation.aujourdhui();
    let vue = vues::recherche(&trouve, &texte, aujourdhui);
    let titre = (vue.titre.clone(), None);
    etat.page(Some(&seance), "pages/recherche", titre, vue)
}
