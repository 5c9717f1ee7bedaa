//! What machines that watch this one ask: is it alive, is it ready, what does it measure.

use super::Etat;
use super::abords::directe;
use super::erreurs::{Faute, TelQuel};
use super::federation::adresse;
use crate::workflow::machine::digest::Digest;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use std::net::SocketAddr;
use std::sync::Arc;

/// The process answers.
pub async fn sante() -> impl IntoResponse {
    "vivant\n"
}

/// Contracts can be read and written.
pub async fn pret(State(etat): State<Arc<Etat>>) -> impl IntoResponse {
    match etat.consultation.pret().await {
        Ok(()) => (StatusCode::OK, Extension(TelQuel), "prêt\n".to_owned()),
        Err(cause) => {
            tracing::warn!(cause = cause.0, "pas prêt");
            let phrase = "Pas prêt : les contrats ne peuvent pas être lus pour l'instant.\n";
            (
                StatusCode::SERVICE_UNAVAILABLE,
                Extension(TelQuel),
                phrase.to_owned(),
            )
        }
    }
}

/// The counters, in Prometheus' text format: for this machine itself, and for whoever shows the
/// token. By their digests, which take one time to compare whatever is shown.
pub async fn metriques(
    State(etat): State<Arc<Etat>>,
    de: Option<Extension<ConnectInfo<SocketAddr>>>,
    entetes: HeaderMap,
) -> Result<impl IntoResponse, Faute> {
    let attendu = etat.options.abords.jeton_mesures.as_deref();
    let porte = entetes.get(header::AUTHORIZATION);
    let porte = porte.and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    let connu = attendu.zip(porte).is_some_and(|(attendu, porte)| {
        Digest::of(attendu.as_bytes()) == Digest::of(porte.as_bytes())
    });
    if !connu && !directe(adresse(de), &entetes) {
        return Err(Faute::Introuvable);
    }
    let texte = (etat.options.metriques)();
    Ok((
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        texte,
    ))
}
