//! Who one is, and what awaits.

use super::super::Etat;
use super::super::seance::Seance;
use super::extraire::Parametres;
use super::probleme::Probleme;
use crate::app::donnees::{self, Moi, TacheDonnee};
use axum::Json;
use axum::extract::{Extension, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// No parameter is known.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rien {}

/// Les actes que la personne peut faire maintenant, les plus pressés d'abord : soixante au plus.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Taches {
    elements: Vec<TacheDonnee>,
}

pub async fn moi(Extension(seance): Extension<Seance>, _: Parametres<Rien>) -> Json<Moi> {
    Json(donnees::moi(&seance.visiteur))
}

pub async fn taches(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    _: Parametres<Rien>,
) -> Result<Json<Taches>, Probleme> {
    let qui = &seance.visiteur;
    let lues = etat.consultation.taches(qui).await?;
    let elements = donnees::taches(&lues.vues);
    Ok(Json(Taches { elements }))
}
