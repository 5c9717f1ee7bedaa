//! Style sheet, script, icon: embedded, addressed by their content, kept by browsers for a year.

use super::erreurs::Faute;
use crate::workflow::machine::digest::Digest;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::LazyLock;

struct Fichier {
    nom: &'static str,
    genre: &'static str,
    octets: &'static [u8],
}

static FICHIERS: [Fichier; 3] = [
    Fichier {
        nom: "entente.css",
        genre: "text/css; charset=utf-8",
        octets: include_bytes!("../../templates/statique/entente.css"),
    },
    Fichier {
        nom: "entente.js",
        genre: "text/javascript; charset=utf-8",
        octets: include_bytes!("../../templates/statique/entente.js"),
    },
    Fichier {
        nom: "icone.svg",
        genre: "image/svg+xml",
        octets: include_bytes!("../../templates/statique/icone.svg"),
    },
];

/// The name each is asked by: `entente.3fa9c1d2e4b5a687.css`.
static NOMS: LazyLock<[String; 3]> = LazyLock::new(|| {
    [0, 1, 2].map(|rang: usize| {
        let fichier = &FICHIERS[rang];
        let empreinte = Digest::of(fichier.octets).to_string();
        let (nom, extension) = fichier.nom.split_once('.').unwrap_or((fichier.nom, ""));
        format!(
            "{nom}.{}.{extension}",
            empreinte.get(..16).unwrap_or_default()
        )
    })
});

/// The address of the style sheet, of the script, of the icon.
pub fn adresses() -> [String; 3] {
    [0, 1, 2].map(|rang: usize| format!("/statique/{}", NOMS[rang]))
}

pub async fn fichier(Path(nom): Path<String>) -> Result<Response, Faute> {
    let rang = NOMS.iter().position(|n| *n == nom);
    let fichier = &FICHIERS[rang.ok_or(Faute::Introuvable)?];
    let entetes = [
        (header::CONTENT_TYPE, fichier.genre),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((entetes, fichier.octets).into_response())
}

/// What browsers ask on their own.
pub async fn icone() -> Redirect {
    Redirect::permanent(&format!("/statique/{}", NOMS[2]))
}
