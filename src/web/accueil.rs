//! What awaits whoever comes: what to do, what the others owe, the dates, the contracts.

use super::Etat;
use super::erreurs::Faute;
use super::seance::Seance;
use crate::app::vues::{self, Filtre};
use crate::regles::calendrier::civil_date;
use axum::extract::{Extension, State};
use axum::response::Html;
use std::sync::Arc;

pub async fn accueil(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
) -> Result<Html<String>, Faute> {
    let filtre = Filtre {
        page: 1,
        ..Filtre::default()
    };
    let visiteur = &seance.visiteur;
    let portefeuille = etat.consultation.contrats(visiteur, &filtre).await?;
    let taches = etat.consultation.taches(visiteur).await?;
    let prepares = etat.consultation.prepares_de(visiteur).await?;
    let visas = vues::visas(visiteur, &prepares);
    let aujourdhui = civil_date(etat.consultation.maintenant());
    let vue = vues::accueil(visiteur, &portefeuille, (&taches, visas), aujourdhui);
    let titre = (vue.titre.clone(), None);
    etat.page(Some(&seance), "pages/accueil", titre, vue)
}
