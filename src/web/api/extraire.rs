//! What requests hold, read strictly: a field that nobody knows is refused, so that nothing is
//! believed done that was not, and nothing is written that was not asked.

use super::probleme::Probleme;
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// The most bytes of a body.
const OCTETS: usize = 64 * 1024;
/// The header that names a request, and the most bytes of its value.
pub const IDEMPOTENCE: &str = "idempotency-key";
const CLE_MAX: usize = 200;

/// Parameters of an address.
pub struct Parametres<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Parametres<T> {
    type Rejection = Probleme;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Probleme> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(lus)) => Ok(Self(lus)),
            Err(rejet) => {
                let cause = rejet.body_text();
                let cause = cause.rsplit_once("string: ").map_or(&*cause, |(_, c)| c);
                let phrase = format!(
                    "Les paramètres de l'adresse ne se lisent pas : {}. Comparez-les à \
                     /api/v1/openapi.json.",
                    en_francais(cause)
                );
                Err(Probleme::demande("parametres", &phrase))
            }
        }
    }
}

/// A body in JSON.
pub struct Corps<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Corps<T> {
    type Rejection = Probleme;

    async fn from_request(requete: Request, _: &S) -> Result<Self, Probleme> {
        let genre = requete.headers().get(header::CONTENT_TYPE);
        let genre = genre.and_then(|g| g.to_str().ok()).unwrap_or_default();
        let genre = genre.split(';').next().unwrap_or_default().trim();
        if !genre.eq_ignore_ascii_case("application/json") {
            return Err(Probleme::nouveau(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "genre",
                &format!(
                    "Un corps « application/json » était attendu, et l'en-tête « Content-Type » \
                     dit « {genre} ». Corrigez l'un ou l'autre."
                ),
            ));
        }
        let octets = to_bytes(requete.into_body(), OCTETS).await.map_err(|_| {
            let phrase = "Le corps dépasse 64 Kio, ou n'est pas arrivé entier. Abrégez-le.";
            Probleme::nouveau(StatusCode::PAYLOAD_TOO_LARGE, "corps_trop_long", phrase)
        })?;
        serde_json::from_slice(&octets)
            .map(Self)
            .map_err(|e| refus(&e))
    }
}

fn refus(erreur: &serde_json::Error) -> Probleme {
    let dite = erreur.to_string();
    let cause = dite.rsplit_once(" at line ").map_or(&*dite, |(c, _)| c);
    match erreur.classify() {
        Category::Data => {
            let phrase = format!(
                "Le corps n'a pas la forme attendue : {}. Comparez-le à /api/v1/openapi.json.",
                en_francais(cause)
            );
            Probleme::nouveau(StatusCode::UNPROCESSABLE_ENTITY, "corps", &phrase)
        }
        Category::Syntax | Category::Eof | Category::Io => {
            let phrase = format!(
                "Le corps n'est pas du JSON, ligne {}, colonne {}. Corrigez-le là.",
                erreur.line(),
                erreur.column()
            );
            Probleme::demande("json", &phrase)
        }
    }
}

/// Names of what is found and of what was expected, the longest first.
const GENRES: [(&str, &str); 12] = [
    ("one of ", ""),
    ("internally tagged enum GesteEnvoye", "un objet"),
    ("variant identifier", "un objet"),
    ("tuple struct Empreinte", "une empreinte"),
    ("floating point", "nombre à virgule"),
    ("sequence", "liste"),
    ("boolean", "booléen"),
    ("integer", "nombre entier"),
    ("a string", "un texte"),
    ("string", "texte"),
    ("a map", "un objet"),
    ("map", "objet"),
];

/// What serde says, for readers of French.
fn en_francais(cause: &str) -> String {
    let cite = |suite: &str| {
        let mut cite = suite.replace('`', "");
        for (anglais, francais) in GENRES {
            cite = cite.replace(anglais, francais);
        }
        cite
    };
    let attendu = |suite: &str| match suite.split_once(", expected ") {
        Some((trouve, attendu)) => format!("« {} » (attendu : {})", cite(trouve), cite(attendu)),
        None => format!("« {} »", cite(suite)),
    };
    for (anglais, francais) in [
        ("unknown field ", "champ inconnu "),
        ("missing field ", "champ absent "),
        ("duplicate field ", "champ donné deux fois "),
        ("unknown variant ", "valeur inconnue "),
        ("invalid type: ", "valeur d'un autre type "),
        ("invalid value: ", "valeur impossible "),
    ] {
        // Queries are told with the parameter before the cause.
        if let Some((avant, suite)) = cause.split_once(anglais) {
            let ou = avant.trim_end_matches(": ");
            let ou = if ou.is_empty() {
                String::new()
            } else {
                format!("« {} », ", cite(ou))
            };
            return format!("{ou}{francais}{}", attendu(suite));
        }
    }
    format!("« {} »", cite(cause))
}

/// The id that whoever asks made before sending.
pub struct Idempotence(pub String);

impl<S: Sync> FromRequestParts<S> for Idempotence {
    type Rejection = Probleme;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Probleme> {
        idempotence(&parts.headers).map(Self).ok_or_else(|| {
            Probleme::demande(
                "cle_d_idempotence",
                "Un en-tête « Idempotency-Key » était attendu, de 1 à 200 caractères visibles. \
                 Tirez-en un au hasard pour chaque demande nouvelle (un UUID convient), et gardez-\
                 le pour la refaire.",
            )
        })
    }
}

fn idempotence(entetes: &HeaderMap) -> Option<String> {
    let mut dites = entetes.get_all(IDEMPOTENCE).iter();
    let (dite, None) = (dites.next()?, dites.next()) else {
        return None;
    };
    let texte = dite.to_str().ok()?;
    let juste = (1..=CLE_MAX).contains(&texte.len()) && texte.bytes().all(|o| o.is_ascii_graphic());
    juste.then(|| texte.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "read, not used")]
    struct Lu {
        a: u8,
    }

    #[test]
    fn what_does_not_read_is_told_in_french() {
        let dit = |texte: &str| {
            let erreur = serde_json::from_str::<Lu>(texte).unwrap_err();
            refus(&erreur).detail().to_owned()
        };
        for (texte, attendu) in [
            ("{", "ligne 1, colonne 1"),
            ("{}", "champ absent « a »"),
            (r#"{"a": 1, "b": 2}"#, "champ inconnu « b » (attendu : a)"),
            (r#"{"a": 1, "a": 2}"#, "champ donné deux fois « a »"),
            (r#"{"a": "x"}"#, "valeur d’un autre type"),
            (r#"{"a": 300}"#, "valeur impossible"),
        ] {
            let phrase = dit(texte);
            let phrase = phrase.replace(['\u{a0}', '\u{202f}'], " ");
            assert!(phrase.contains(attendu), "{texte} : {phrase}");
        }
    }
}
