//! Errors as RFC 9457 has them: a code for programs, a sentence for people. What happens under
//! `/api/` and is not told otherwise (no such address, another method, too long, too late, a
//! panic) is told so too.

use super::super::erreurs;
use crate::app::consult::Indisponible;
use crate::app::contrat::Refus;
use crate::app::donnees::{Manque, manques};
use crate::app::execute::Echec;
use crate::app::formulaires::{Erreur, Vise, scelle};
use crate::app::vues::ContratLu;
use crate::app::vues::francais::typographie;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// A refusal, on its way out.
#[derive(Debug, Clone)]
pub struct Probleme(Box<Contenu>);

/// Pourquoi une demande n'a pas de réponse (RFC 9457).
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Probleme")]
pub struct Contenu {
    /// Un nom par code : `urn:entente:probleme:introuvable`.
    #[serde(rename = "type")]
    genre: String,
    title: &'static str,
    status: u16,
    /// Ce qui était attendu, ce qui a été trouvé, quoi faire.
    detail: String,
    /// L'adresse demandée.
    instance: String,
    /// Stable, pour les programmes.
    code: String,
    /// Les champs en faute.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    erreurs: Vec<ChampEnFaute>,
    /// Les conditions qui ne sont pas remplies, et qui peut les lever.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    manques: Vec<Manque>,
    /// Ce que vaut maintenant ce sur quoi l'on s'accorde, quand ce qui a été montré a changé.
    #[serde(skip_serializing_if = "Option::is_none")]
    empreinte: Option<String>,
    /// À nous donner, quand l'erreur est de notre côté.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// For the log only.
    #[serde(skip)]
    cause: Option<String>,
}

/// Un champ en faute.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChampEnFaute {
    /// Un pointeur JSON (RFC 6901) : `/saisies/motif`.
    pub pointeur: String,
    pub detail: String,
}

impl Probleme {
    pub fn nouveau(statut: StatusCode, code: &str, detail: &str) -> Self {
        Self(Box::new(Contenu {
            genre: format!("urn:entente:probleme:{code}"),
            title: titre(statut),
            status: statut.as_u16(),
            detail: typographie(detail),
            instance: String::new(),
            code: code.to_owned(),
            erreurs: Vec::new(),
            manques: Vec::new(),
            empreinte: None,
            reference: None,
            cause: None,
        }))
    }

    /// What is asked does not read.
    pub fn demande(code: &str, detail: &str) -> Self {
        Self::nouveau(StatusCode::BAD_REQUEST, code, detail)
    }

    pub fn introuvable() -> Self {
        let phrase = "Rien de tel ici pour vous. Vérifiez l'adresse, ou partez de la liste des \
                      contrats.";
        Self::nouveau(StatusCode::NOT_FOUND, "introuvable", phrase)
    }

    pub fn interne(cause: String) -> Self {
        let mut probleme = Self::du_statut(StatusCode::INTERNAL_SERVER_ERROR);
        probleme.0.cause = Some(cause);
        probleme
    }

    /// Fields of an act that do not read.
    pub fn saisies(fautes: Vec<Erreur>) -> Self {
        let phrases: Vec<&str> = fautes.iter().map(|f| f.phrase.as_str()).collect();
        let dit = phrases.join(" ");
        let mut probleme = Self::nouveau(StatusCode::UNPROCESSABLE_ENTITY, "saisies", &dit);
        let fautes = fautes.into_iter().map(|faute| ChampEnFaute {
            pointeur: pointeur(&faute.champ),
            detail: faute.phrase,
        });
        probleme.0.erreurs = fautes.collect();
        probleme
    }

    /// What a contract refuses.
    pub fn par(lu: &ContratLu, vise: &Vise, echec: Echec) -> Self {
        let invalide = StatusCode::UNPROCESSABLE_ENTITY;
        let code = echec.code();
        match echec {
            Echec::Refus(refus) => {
                let phrase = format!("{refus} {}", refus.remede());
                let statut = match &refus {
                    Refus::Machine(machine) if machine.digest.is_some() => StatusCode::CONFLICT,
                    _ => invalide,
                };
                let mut probleme = Self::nouveau(statut, &code, &phrase);
                if let Refus::Machine(machine) = &refus {
                    probleme.0.manques = manques(&lu.contrat, &machine.missing);
                    let ici = (lu.place.partie.as_str(), vise);
                    probleme.0.empreinte = machine.digest.map(|d| scelle(&lu.identite.id, ici, d));
                }
                probleme
            }
            Echec::Base(erreur) => Self::from(Indisponible(erreur.to_string())),
            Echec::Inconnu(_) => Self::introuvable(),
            Echec::Irrecevable(phrase) => Self::nouveau(invalide, &code, &phrase),
            Echec::AutreContenu(_) => Self::nouveau(
                invalide,
                &code,
                "Cette clé d'idempotence a déjà servi à une autre demande. Donnez-en une nouvelle \
                 à chaque demande nouvelle.",
            ),
        }
    }

    #[cfg(test)]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    fn du_statut(statut: StatusCode) -> Self {
        let (code, phrase) = dit(statut);
        Self::nouveau(statut, code, phrase)
    }
}

/// `saisie.motif`, as forms name it.
fn pointeur(champ: &str) -> String {
    match champ.strip_prefix("saisie.") {
        Some(nom) => format!("/saisies/{}", nom.replace('~', "~0").replace('/', "~1")),
        None if champ.is_empty() => String::new(),
        None => format!("/{champ}"),
    }
}

impl From<Indisponible> for Probleme {
    fn from(cause: Indisponible) -> Self {
        let mut probleme = Self::du_statut(StatusCode::SERVICE_UNAVAILABLE);
        probleme.0.cause = Some(cause.0);
        probleme
    }
}

impl IntoResponse for Probleme {
    fn into_response(self) -> Response {
        let statut = StatusCode::from_u16(self.0.status);
        let mut reponse = statut
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        if let Some(cause) = &self.0.cause {
            erreurs::retient(&mut reponse, cause.clone());
        }
        reponse.extensions_mut().insert(self);
        reponse
    }
}

/// Gives each error under `/api/` its body.
pub fn montre(mut reponse: Response, chemin: &str) -> Response {
    let statut = reponse.status();
    if !statut.is_client_error() && !statut.is_server_error() {
        return reponse;
    }
    let connu = reponse.extensions_mut().remove::<Probleme>();
    let mut probleme = connu.unwrap_or_else(|| Probleme::du_statut(statut));
    chemin.clone_into(&mut probleme.0.instance);
    if statut.is_server_error() {
        probleme.0.reference = Some(erreurs::reference(&reponse));
    }
    // Texts and numbers: they are always written.
    let corps = serde_json::to_vec(&probleme.0).unwrap_or_default();
    *reponse.body_mut() = Body::from(corps);
    let entetes = reponse.headers_mut();
    entetes.remove(header::CONTENT_LENGTH);
    let media = HeaderValue::from_static("application/problem+json");
    entetes.insert(header::CONTENT_TYPE, media);
    if statut == StatusCode::SERVICE_UNAVAILABLE {
        entetes.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    reponse
}

fn titre(statut: StatusCode) -> &'static str {
    match statut {
        StatusCode::BAD_REQUEST => "Demande illisible",
        StatusCode::UNAUTHORIZED => "Clé attendue",
        StatusCode::FORBIDDEN => "Demande interdite",
        StatusCode::NOT_FOUND => "Introuvable",
        StatusCode::METHOD_NOT_ALLOWED => "Méthode sans effet ici",
        StatusCode::CONFLICT => "Ce qui a été montré a changé",
        StatusCode::PAYLOAD_TOO_LARGE => "Corps trop long",
        StatusCode::URI_TOO_LONG => "Adresse trop longue",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "Corps d’un autre genre",
        StatusCode::UNPROCESSABLE_ENTITY => "Demande refusée",
        StatusCode::TOO_MANY_REQUESTS => "Trop de demandes",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "En-têtes trop longs",
        StatusCode::SERVICE_UNAVAILABLE => "Service indisponible",
        code if code.is_server_error() => "Erreur de notre côté",
        _ => "Demande refusée",
    }
}

/// The code and the sentence of an error that says nothing of itself.
fn dit(statut: StatusCode) -> (&'static str, &'static str) {
    match statut {
        StatusCode::NOT_FOUND => (
            "introuvable",
            "Cette adresse n'existe pas. Celles qui existent sont dans /api/v1/openapi.json.",
        ),
        StatusCode::FORBIDDEN => (
            "origine",
            "Cette demande vient de la page d'un autre site. Faites-la d'un programme, sans \
             navigateur.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "methode",
            "Cette adresse ne connaît pas cette méthode. L'en-tête « Allow » dit lesquelles.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "corps_trop_long",
            "Le corps dépasse 64 Kio. Abrégez les textes, ou faites plusieurs demandes.",
        ),
        StatusCode::URI_TOO_LONG => (
            "adresse_trop_longue",
            "L'adresse dépasse 2 Kio. Abrégez ses paramètres.",
        ),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => (
            "entetes_trop_longs",
            "Les en-têtes dépassent 16 Kio. Ôtez ceux qui ne servent pas.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "indisponible",
            "La base ne répond pas à temps. Rien n'est à moitié fait : refaites la même demande \
             dans un instant, avec la même clé d'idempotence.",
        ),
        code if code.is_server_error() => (
            "interne",
            "L'erreur est de notre côté et rien n'est perdu. Réessayez ; si elle revient, \
             donnez-nous la référence.",
        ),
        _ => (
            "illisible",
            "Cette demande ne se lit pas. Comparez-la à /api/v1/openapi.json.",
        ),
    }
}
