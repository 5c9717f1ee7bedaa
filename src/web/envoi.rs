//! What a form sends, read within limits.

use super::erreurs::Faute;
use crate::app::formulaires::Envoi;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};

/// A form: at most so many bytes, and fields.
const OCTETS: usize = 64 * 1024;
const CHAMPS: usize = 2_000;

/// Reads a form, whole.
///
/// # Errors
/// 415: it is not one. 413: it is too long, or has too many fields.
pub async fn lit(requete: Request) -> Result<Envoi, Faute> {
    let genre = requete.headers().get(header::CONTENT_TYPE);
    let genre = genre.and_then(|g| g.to_str().ok()).unwrap_or_default();
    if !genre.starts_with("application/x-www-form-urlencoded") {
        return Err(Faute::Illisible(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let octets: Bytes = to_bytes(requete.into_body(), OCTETS)
        .await
        .map_err(|_| Faute::Illisible(StatusCode::PAYLOAD_TOO_LARGE))?;
    let mut envoi = Envoi::new();
    for (rang, (nom, valeur)) in form_urlencoded::parse(&octets).enumerate() {
        if rang == CHAMPS {
            return Err(Faute::Illisible(StatusCode::PAYLOAD_TOO_LARGE));
        }
        // Browsers send line ends as two characters; texts hold one.
        let valeur = valeur.replace("\r\n", "\n");
        envoi.entry(nom.into_owned()).or_default().push(valeur);
    }
    Ok(envoi)
}

/// The first value of a field; empty when there is none.
pub fn un<'e>(envoi: &'e Envoi, nom: &str) -> &'e str {
    let valeurs = envoi.get(nom).and_then(|v| v.first());
    valeurs.map_or("", String::as_str)
}
