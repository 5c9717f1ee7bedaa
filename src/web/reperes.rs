//! What is the same for everyone: the words, help, accessibility, legal notices.

use super::Etat;
use super::erreurs::Faute;
use super::seance::Seance;
use crate::app::conservation::durees;
use crate::app::reglages::Editeur;
use crate::app::vues::{self, AccessibiliteVue, GLOSSAIRE, Terme, Traitement};
use axum::extract::{Extension, State};
use axum::response::Html;
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct GlossaireVue {
    termes: &'static [Terme],
}

pub async fn glossaire(
    State(etat): State<Arc<Etat>>,
    seance: Option<Extension<Seance>>,
) -> Result<Html<String>, Faute> {
    let vue = GlossaireVue { termes: &GLOSSAIRE };
    etat.page(
        seance.as_deref(),
        "pages/glossaire",
        ("Glossaire".to_owned(), None),
        vue,
    )
}

pub async fn aide(
    State(etat): State<Arc<Etat>>,
    seance: Option<Extension<Seance>>,
) -> Result<Html<String>, Faute> {
    etat.page(
        seance.as_deref(),
        "pages/aide",
        ("Aide".to_owned(), None),
        (),
    )
}

pub async fn accessibilite(
    State(etat): State<Arc<Etat>>,
    seance: Option<Extension<Seance>>,
) -> Result<Html<String>, Faute> {
    let vue: AccessibiliteVue = vues::accessibilite()
        .ok_or_else(|| Faute::Interne("la mesure d'accessibilité ne se lit pas".to_owned()))?;
    let titre = "Accessibilité : non conforme".to_owned();
    etat.page(seance.as_deref(), "pages/accessibilite", (titre, None), vue)
}

#[derive(Serialize)]
struct MentionsVue {
    registre: Vec<Traitement>,
    editeur: Vec<Mention>,
}

/// Who publishes, or the setting by which whoever runs the program says it.
#[derive(Serialize)]
struct Mention {
    titre: &'static str,
    dit: Option<String>,
    reglage: &'static str,
    variable: &'static str,
}

fn editeur(dit: &Editeur) -> Vec<Mention> {
    let mentions = [
        (
            "Éditeur",
            &dit.organisation,
            ["mentions.editeur", "ENTENTE_MENTIONS_EDITEUR"],
        ),
        (
            "Direction de la publication",
            &dit.directeur,
            ["mentions.directeur", "ENTENTE_MENTIONS_DIRECTEUR"],
        ),
        (
            "Hébergement",
            &dit.hebergeur,
            ["mentions.hebergeur", "ENTENTE_MENTIONS_HEBERGEUR"],
        ),
        (
            "Contact",
            &dit.contact,
            ["mentions.contact", "ENTENTE_MENTIONS_CONTACT"],
        ),
    ];
    let mention =
        |(titre, dit, [reglage, variable]): (_, &Option<String>, [&'static str; 2])| Mention {
            titre,
            dit: dit.clone(),
            reglage,
            variable,
        };
    mentions.map(mention).into()
}

pub async fn mentions(
    State(etat): State<Arc<Etat>>,
    seance: Option<Extension<Seance>>,
) -> Result<Html<String>, Faute> {
    let durees = durees(etat.consultation.aujourdhui());
    let vue = MentionsVue {
        registre: vues::registre(&durees.map_err(Faute::Interne)?),
        editeur: editeur(&etat.options.editeur),
    };
    let titre = "Mentions légales et données personnelles".to_owned();
    etat.page(seance.as_deref(), "pages/mentions", (titre, None), vue)
}
