//! The establishments of an entity, proposed to the perimeter.

use super::Etat;
use super::erreurs::Faute;
use super::pages::{Menu, Parametres, texte};
use super::seance::Seance;
use crate::app::vues::Fenetre;
use crate::app::vues::entite::{self, Demande};
use axum::extract::{Extension, Path, Query, State};
use axum::response::Html;
use std::sync::Arc;

pub async fn entite(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Html<String>, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let tapee = texte(&parametres, "ej");
    let tapee = tapee.trim();
    let (connus, refus) = match entite::ej(tapee) {
        _ if tapee.is_empty() => (None, String::new()),
        Ok(ej) => (
            Some(etat.consultation.etablissements_de(&ej).await?),
            String::new(),
        ),
        Err(refus) => (None, refus),
    };
    let demande = Demande {
        ej: tapee,
        connus: connus.as_deref(),
        refus,
    };
    let vue = entite::entite(&lu, &demande, etat.consultation.maintenant());
    let vue = vue.ok_or(Faute::Introuvable)?;
    let titre = format!("Établissements d’une entité - {}", vue.contrat);
    let menu = Menu::new(&lu, "ecrire");
    etat.page(Some(&seance), "pages/entite", (titre, Some(menu)), vue)
}
