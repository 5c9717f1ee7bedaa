//! What machines that watch this one ask: is it alive, is it ready, what does it measure.

use super::Etat;
use super::erreurs::TelQuel;
use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
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

/// The counters, in Prometheus' text format.
pub async fn metriques(State(etat): State<Arc<Etat>>) -> impl IntoResponse {
    let texte = (etat.options.metriques)();
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        texte,
    )
}
