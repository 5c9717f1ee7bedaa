//! Contracts: the list, and one.

use super::super::Etat;
use super::super::seance::Seance;
use super::extraire::Parametres;
use super::moi::Rien;
use super::probleme::Probleme;
use super::{curseur, rang, sain};
use crate::app::donnees::{self, ContratDonne, ContratListe, Page, Rang};
use crate::app::vues::Filtre;
use axum::Json;
use axum::extract::{Extension, Path, State};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// Elements of a page: at most, and when nothing is said.
pub const LIMITE_MAX: u64 = 200;
const TEXTE_MAX: usize = 200;

pub fn limite() -> u64 {
    50
}

/// Which contracts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choix {
    /// Une partie du titre, du nom du gestionnaire ou de l'identifiant.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = r"^[^\x00-\x1f\x7f]*$"))]
    q: String,
    /// Le titre d'une phase.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = r"^[^\x00-\x1f\x7f]*$"))]
    phase: String,
    /// Nombre d'éléments de la page.
    #[serde(default = "limite")]
    #[schemars(range(min = 1, max = 200))]
    limite: u64,
    /// Le champ `suite` de la page précédente.
    curseur: Option<String>,
}

/// Refuses a page that is too long, or empty.
pub fn juge_limite(limite: u64) -> Result<(), Probleme> {
    if (1..=LIMITE_MAX).contains(&limite) {
        return Ok(());
    }
    let phrase = format!("« limite » vaut de 1 à {LIMITE_MAX}, et {limite} a été trouvé.");
    Err(Probleme::demande("parametres", &phrase))
}

/// Refuses a text that nothing is named.
pub fn juge_texte(nom: &str, texte: &str) -> Result<(), Probleme> {
    if sain(texte) && texte.chars().count() <= TEXTE_MAX {
        return Ok(());
    }
    let phrase = format!(
        "« {nom} » tient en {TEXTE_MAX} caractères, sans caractère de contrôle. Corrigez-le."
    );
    Err(Probleme::demande("parametres", &phrase))
}

pub async fn liste(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Parametres(choix): Parametres<Choix>,
) -> Result<Json<Page<ContratListe>>, Probleme> {
    juge_limite(choix.limite)?;
    juge_texte("q", &choix.q)?;
    juge_texte("phase", &choix.phase)?;
    let apres: Rang = match &choix.curseur {
        Some(texte) => rang(texte)?,
        None => Rang::default(),
    };
    let filtre = Filtre {
        texte: choix.q,
        phase: choix.phase,
        ..Filtre::default()
    };
    let (qui, bornes) = (&seance.visiteur, (&apres, choix.limite));
    let lus = etat
        .consultation
        .contrats_apres(qui, &filtre, bornes)
        .await?;
    let elements = lus.elements.iter();
    Ok(Json(Page {
        elements: elements
            .map(|(r, partiel)| donnees::liste(r, *partiel))
            .collect(),
        suite: lus.suite.as_ref().map(curseur).transpose()?,
    }))
}

pub async fn contrat(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    _: Parametres<Rien>,
) -> Result<Json<ContratDonne>, Probleme> {
    let lu = etat.contrat_pour(&seance, &id).await?;
    Ok(Json(donnees::contrat(&lu, etat.consultation.maintenant())))
}
