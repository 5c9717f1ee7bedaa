//! What is the same for everyone: the words, help, accessibility, legal notices.

use super::Etat;
use super::erreurs::Faute;
use crate::app::conservation::durees;
use crate::app::vues::{self, AccessibiliteVue, GLOSSAIRE, Terme, Traitement};
use axum::extract::State;
use axum::response::Html;
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct GlossaireVue {
    termes: &'static [Terme],
}

pub async fn glossaire(State(etat): State<Arc<Etat>>) -> Result<Html<String>, Faute> {
    let vue = GlossaireVue { termes: &GLOSSAIRE };
    etat.page(None, "pages/glossaire", ("Glossaire".to_owned(), None), vue)
}

pub async fn aide(State(etat): State<Arc<Etat>>) -> Result<Html<String>, Faute> {
    etat.page(None, "pages/aide", ("Aide".to_owned(), None), ())
}

pub async fn accessibilite(State(etat): State<Arc<Etat>>) -> Result<Html<String>, Faute> {
    let vue: AccessibiliteVue = vues::accessibilite()
        .ok_or_else(|| Faute::Interne("la mesure d'accessibilité ne se lit pas".to_owned()))?;
    let titre = "Accessibilité : non conforme".to_owned();
    etat.page(None, "pages/accessibilite", (titre, None), vue)
}

#[derive(Serialize)]
struct MentionsVue {
    registre: Vec<Traitement>,
}

pub async fn mentions(State(etat): State<Arc<Etat>>) -> Result<Html<String>, Faute> {
    let durees = durees(etat.consultation.aujourdhui());
    let vue = MentionsVue {
        registre: vues::registre(&durees.map_err(Faute::Interne)?),
    };
    let titre = "Mentions légales et données personnelles".to_owned();
    etat.page(None, "pages/mentions", (titre, None), vue)
}
