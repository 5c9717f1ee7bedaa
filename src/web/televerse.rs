//! A form that brings a file: its fields, and the file, in memory only.

use super::erreurs::Faute;
use crate::app::formulaires::Envoi;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;

/// The most bytes of a deposit: its file, and the fields around it.
pub const DEPOT_MAX: usize = 25 * 1024 * 1024;

/// What a deposit sends: its fields, and its file by its name.
pub(super) struct Televerse {
    pub envoi: Envoi,
    pub nom: String,
    pub octets: Vec<u8>,
}

/// Reads it, in memory only.
pub(super) async fn lit(requete: Request) -> Result<Televerse, Faute> {
    let illisible = |_| Faute::Illisible(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mut parts = Multipart::from_request(requete, &())
        .await
        .map_err(illisible)?;
    let mut depot = Televerse {
        envoi: Envoi::new(),
        nom: String::new(),
        octets: Vec::new(),
    };
    while let Some(part) = parts
        .next_field()
        .await
        .map_err(|e| Faute::Illisible(e.status()))?
    {
        let champ = part.name().unwrap_or_default().to_owned();
        let fichier = part.file_name().map(str::to_owned);
        let octets = part
            .bytes()
            .await
            .map_err(|e| Faute::Illisible(e.status()))?;
        if champ == "fichier" {
            depot.nom = fichier.unwrap_or_default();
            depot.octets = octets.to_vec();
        } else if depot.envoi.len() < 10 {
            let texte = String::from_utf8_lossy(&octets).into_owned();
            depot.envoi.entry(champ).or_default().push(texte);
        }
    }
    Ok(depot)
}
