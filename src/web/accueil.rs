//! What awaits whoever comes: what to do, what the others owe, the dates, the contracts.

use super::Etat;
use super::erreurs::Faute;
use super::seance::Seance;
use crate::app::vues::{self, Filtre, Lecture};
use crate::regles::calendrier::civil_date;
use axum::extract::{Extension, State};
use axum::response::Html;
use std::sync::Arc;

pub async fn accueil<L: Lecture>(
    State(etat): State<Arc<Etat<L>>>,
    Extension(seance): Extension<Seance>,
) -> Result<Html<String>, Faute> {
    let filtre = Filtre {
        page: 1,
        ..Filtre::default()
    };
    let visiteur = &seance.visiteur;
    let portefeuille = etat.lecture.contrats(visiteur, &filtre).await?;
    let taches = etat.lecture.taches(visiteur).await?;
    let aujourdhui = civil_date(etat.lecture.maintenant());
    let vue = vues::accueil(visiteur, &portefeuille, &taches, aujourdhui);
    let titre = (vue.titre.clone(), None);
    etat.page(Some(&seance), "pages/accueil", titre, vue)
}
