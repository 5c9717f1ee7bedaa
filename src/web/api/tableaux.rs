//! Tables, as the exports give them.

use super::super::Etat;
use super::super::seance::Seance;
use super::extraire::Parametres;
use super::moi::Rien;
use super::probleme::Probleme;
use super::sain;
use crate::app::consult::Indisponible;
use crate::app::tableaux::{Format, Refus, TABLEAUX, ecrire};
use crate::app::vues::Filtre;
use crate::regles::calendrier::civil_date;
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::sync::Arc;

/// Les tableaux qui existent.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tableaux {
    elements: Vec<TableauNomme>,
}

/// Un tableau.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TableauNomme {
    nom: &'static str,
    titre: &'static str,
    /// Ce qu'est une de ses lignes.
    ligne: &'static str,
}

/// The shape of a table: its lines are objects by the keys of its columns.
pub fn schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "description": "Un tableau : ses colonnes, puis ses lignes, par clé de colonne.",
        "required": ["tableau", "titre", "colonnes", "lignes"],
        "properties": {
            "tableau": { "type": "string" },
            "titre": { "type": "string" },
            "colonnes": { "type": "array", "items": {
                "type": "object",
                "required": ["cle", "titre", "genre"],
                "properties": {
                    "cle": { "type": "string" },
                    "titre": { "type": "string" },
                    "genre": { "enum": ["texte", "entier", "centimes", "centiemes_de_pour_cent",
                        "date", "instant", "booleen", "valeur"] },
                    "unite": { "type": "string" },
                },
            } },
            "lignes": { "type": "array", "items": {
                "type": "object",
                "additionalProperties": { "type": ["string", "integer", "boolean", "null"] },
            } },
        },
    })
}

pub async fn liste(_: Parametres<Rien>) -> Json<Tableaux> {
    let elements = TABLEAUX.iter().map(|plan| TableauNomme {
        nom: plan.forme.nom,
        titre: plan.forme.titre,
        ligne: plan.ligne,
    });
    Json(Tableaux {
        elements: elements.collect(),
    })
}

pub async fn tous(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(nom): Path<String>,
    _: Parametres<Rien>,
) -> Result<Response, Probleme> {
    etat.tableau(&seance, &nom, None).await
}

pub async fn d_un_contrat(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, nom)): Path<(String, String)>,
    _: Parametres<Rien>,
) -> Result<Response, Probleme> {
    if !sain(&id) {
        return Err(Probleme::introuvable());
    }
    etat.tableau(&seance, &nom, Some(&id)).await
}

impl Etat {
    async fn tableau(
        &self,
        seance: &Seance,
        nom: &str,
        contrat: Option<&str>,
    ) -> Result<Response, Probleme> {
        let qui = &seance.visiteur;
        let tous = Filtre::default();
        let lu = match contrat {
            Some(id) => self.consultation.tableau_du_contrat(qui, id, nom).await,
            None => self.consultation.tableau(qui, &tous, nom).await,
        };
        let tableau = lu.map_err(|refus| match refus {
            Refus::Inconnu(_) | Refus::Absent(_) => Probleme::introuvable(),
            Refus::Trop(phrase) => {
                Probleme::nouveau(StatusCode::UNPROCESSABLE_ENTITY, "trop", &phrase)
            }
            Refus::Base(erreur) => Probleme::from(Indisponible(erreur.to_string())),
        })?;
        let jour = civil_date(self.consultation.maintenant());
        let ecrit = move || ecrire(&[tableau], Format::Json, jour);
        let ecrit = tokio::task::spawn_blocking(ecrit).await;
        let octets = ecrit
            .map_err(|e| Probleme::interne(e.to_string()))?
            .map_err(|p| Probleme::nouveau(StatusCode::UNPROCESSABLE_ENTITY, "trop", &p))?;
        Ok(([(header::CONTENT_TYPE, "application/json")], octets).into_response())
    }
}
