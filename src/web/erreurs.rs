//! What goes wrong, shown as a page: what happened, what was kept, what to do. Nothing of the
//! machine is told; a reference links the page to the server's log.

use super::abords::note_le_suspect;
use super::pages::Cadrage;
use super::{Etat, api};
use crate::app::consult::Indisponible;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::any::Any;
use std::fmt::Display;
use std::sync::Arc;
use tower_http::csrf::ProtectionError;
use uuid::Uuid;

/// The longest address and the most bytes of headers that are read.
const ADRESSE_MAX: usize = 2 * 1024;
const ENTETES_MAX: usize = 16 * 1024;

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum Faute {
    Introuvable,
    /// What was sent is not read.
    Illisible(StatusCode),
    Indisponible(String),
    Interne(String),
}

impl Faute {
    /// The database does not answer.
    pub fn base(erreur: impl Display) -> Self {
        Self::Indisponible(erreur.to_string())
    }
}

impl From<Indisponible> for Faute {
    fn from(cause: Indisponible) -> Self {
        Self::Indisponible(cause.0)
    }
}

/// A cause for the log, carried by a response that has no page yet.
#[derive(Debug, Clone)]
struct Cause(String);

/// Has a response carry a cause for the log.
pub(super) fn retient(reponse: &mut Response, cause: String) {
    reponse.extensions_mut().insert(Cause(cause));
}

/// A page that says itself what is wrong.
pub fn tel_quel(reponse: impl IntoResponse) -> Response {
    (Extension(TelQuel), reponse).into_response()
}

/// A response whose body is already what it should be.
#[derive(Debug, Clone)]
pub struct TelQuel;

impl IntoResponse for Faute {
    fn into_response(self) -> Response {
        let (code, cause) = match self {
            Self::Introuvable => return StatusCode::NOT_FOUND.into_response(),
            Self::Illisible(code) => return code.into_response(),
            Self::Indisponible(cause) => (StatusCode::SERVICE_UNAVAILABLE, cause),
            Self::Interne(cause) => (StatusCode::INTERNAL_SERVER_ERROR, cause),
        };
        let mut reponse = code.into_response();
        retient(&mut reponse, cause);
        reponse
    }
}

pub async fn introuvable() -> Faute {
    Faute::Introuvable
}

pub async fn methode() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

/// A panic is ours: the page says so, the log keeps what it said.
#[allow(clippy::needless_pass_by_value, reason = "the layer gives it away")]
pub fn panique(cause: Box<dyn Any + Send + 'static>) -> Response {
    let dit = cause.downcast_ref::<String>().map(String::as_str);
    let dit = dit.or_else(|| cause.downcast_ref::<&str>().copied());
    Faute::Interne(dit.unwrap_or("panique").to_owned()).into_response()
}

/// Refuses what is too long before anything reads it.
pub async fn mesure(requete: Request, suite: Next) -> Response {
    let adresse = requete
        .uri()
        .path_and_query()
        .map_or(0, |a| a.as_str().len());
    if adresse > ADRESSE_MAX {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    let entetes = requete.headers().iter();
    if entetes
        .map(|(nom, valeur)| nom.as_str().len() + valeur.len())
        .sum::<usize>()
        > ENTETES_MAX
    {
        return StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    }
    suite.run(requete).await
}

/// What is said of an error.
#[derive(Serialize)]
struct Vue {
    code: u16,
    icone: &'static str,
    titre: &'static str,
    phrase: &'static str,
    reference: Option<String>,
    cadre: Cadrage,
}

/// Gives a page to each error that has none.
pub(super) async fn montre(
    State(etat): State<Arc<Etat>>,
    requete: Request,
    suite: Next,
) -> Response {
    let chemin = requete.uri().path();
    let programme = api::est(chemin).then(|| chemin.to_owned());
    let mut reponse = suite.run(requete).await;
    let autre_site = reponse.extensions().get::<ProtectionError>().is_some();
    note_le_suspect(reponse.status(), autre_site);
    if let Some(chemin) = programme {
        return api::probleme::montre(reponse, &chemin);
    }
    let code = reponse.status();
    let erreur = code.is_client_error() || code.is_server_error();
    if !erreur || reponse.extensions().get::<TelQuel>().is_some() {
        return reponse;
    }
    let reference = code.is_server_error().then(|| reference(&reponse));
    let (icone, titre, phrase) = dit(code);
    let vue = Vue {
        code: code.as_u16(),
        icone,
        titre,
        phrase,
        reference,
        cadre: Cadrage::new(etat.options.ruban.clone()),
    };
    let page = etat.gabarits.rend("pages/erreur", &vue);
    // A page of errors that fails says the least.
    let page = page.unwrap_or_else(|_| format!("{titre}. {phrase}"));
    *reponse.body_mut() = Body::from(page);
    let entetes = reponse.headers_mut();
    entetes.remove(header::CONTENT_LENGTH);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    entetes.insert(header::CONTENT_TYPE, html);
    if code == StatusCode::SERVICE_UNAVAILABLE {
        entetes.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    reponse
}

/// Writes the cause to the log, under a reference made for it.
pub(super) fn reference(reponse: &Response) -> String {
    let reference = Uuid::now_v7().simple().to_string();
    let cause = reponse.extensions().get::<Cause>().map(|c| c.0.as_str());
    let cause = cause.unwrap_or("sans réponse à temps");
    tracing::error!(
        reference,
        cause,
        code = reponse.status().as_u16(),
        "demande en erreur"
    );
    reference
}

/// An icon, a title, a sentence.
fn dit(code: StatusCode) -> (&'static str, &'static str, &'static str) {
    match code {
        StatusCode::NOT_FOUND => (
            "icones/recherche",
            "Cette page n’existe pas",
            "L’adresse est incomplète, ou le contrat n’est pas tenu ici. Vérifiez-la, ou \
             partez de la liste des contrats.",
        ),
        StatusCode::FORBIDDEN => (
            "icones/alerte",
            "Cette demande vient d’un autre site",
            "Par prudence, rien n’a été fait. Rouvrez la page dans Entente et recommencez.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "icones/alerte",
            "Cette demande ne vient pas d’un formulaire",
            "Rien n’a été fait. Ouvrez la page du contrat et passez par son formulaire.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "icones/oeil",
            "Cette adresse ne s’utilise pas ainsi",
            "Revenez à la page d’où vous venez, et passez par ses liens et ses boutons.",
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "icones/horloge",
            "Trop de demandes en une minute",
            "Cette page n’est pas servie plus souvent à une même personne. Rien n’a été fait : \
             attendez une minute, puis recommencez.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "icones/panne",
            "Nous ne pouvons pas répondre pour l’instant",
            "Les contrats ne peuvent pas être lus. La panne est de notre côté et rien n’est \
             perdu. Réessayez dans une minute.",
        ),
        StatusCode::URI_TOO_LONG
        | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
        | StatusCode::PAYLOAD_TOO_LARGE => (
            "icones/alerte",
            "Cette demande est trop longue",
            "L’adresse ou ce qui l’accompagne dépasse ce que nous lisons. Partez de la liste \
             des contrats.",
        ),
        code if code.is_server_error() => (
            "icones/panne",
            "Nous n’avons pas pu montrer cette page",
            "L’erreur est de notre côté et rien n’est perdu. Réessayez ; si elle revient, \
             écrivez-nous avec la référence.",
        ),
        _ => (
            "icones/alerte",
            "Cette demande ne se lit pas",
            "L’adresse est mal écrite. Vérifiez-la, ou partez de la liste des contrats.",
        ),
    }
}
