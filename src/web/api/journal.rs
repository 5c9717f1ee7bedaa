//! The journal of a contract, in order.

use super::super::Etat;
use super::super::seance::Seance;
use super::contrats::{juge_limite, juge_texte, limite};
use super::extraire::Parametres;
use super::probleme::Probleme;
use super::{curseur, rang, sain};
use crate::app::donnees::{self, LigneDonnee, Page};
use axum::Json;
use axum::extract::{Extension, Path, State};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// The largest whole number that every reader of JSON keeps exact.
const APRES_MAX: u64 = 9_007_199_254_740_991;

/// Which lines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choix {
    /// Un seul flux ; absent : tous.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = r"^[^\x00-\x1f\x7f]*$"))]
    flux: String,
    /// La dernière ligne déjà connue, par son `ordre` : pour suivre un journal.
    #[serde(default)]
    #[schemars(range(max = APRES_MAX))]
    apres: u64,
    /// Nombre d'éléments de la page.
    #[serde(default = "limite")]
    #[schemars(range(min = 1, max = 200))]
    limite: u64,
    /// Le champ `suite` de la page précédente ; il l'emporte sur `apres`.
    curseur: Option<String>,
}

pub async fn journal(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Parametres(choix): Parametres<Choix>,
) -> Result<Json<Page<LigneDonnee>>, Probleme> {
    juge_limite(choix.limite)?;
    juge_texte("flux", &choix.flux)?;
    if choix.apres > APRES_MAX {
        let phrase = format!("« apres » vaut {APRES_MAX} au plus. Donnez l'« ordre » d'une ligne.");
        return Err(Probleme::demande("parametres", &phrase));
    }
    let apres: u64 = match &choix.curseur {
        Some(texte) => rang(texte)?,
        None => choix.apres,
    };
    if !sain(&id) {
        return Err(Probleme::introuvable());
    }
    let (qui, quoi) = (&seance.visiteur, (id.as_str(), choix.flux.as_str()));
    let lu = etat
        .consultation
        .journal_apres(qui, quoi, (apres, choix.limite));
    let (lu, lignes) = lu.await?.ok_or_else(Probleme::introuvable)?;
    Ok(Json(Page {
        elements: donnees::lignes(&lu, &lignes.elements),
        suite: lignes.suite.as_ref().map(curseur).transpose()?,
    }))
}
