//! What may be written outside acts: the list, and each form.

use super::Etat;
use super::brouillons::{Formulaire, Repris};
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use super::visas::Avant;
use crate::app::formulaires::{Cible, EcritureVue, Envoi, a_ecrire, formulaire_d_ecriture};
use crate::app::visas::Forme;
use crate::app::vues::francais::court;
use crate::app::vues::{self, ContratLu, Fenetre};
use axum::extract::{Extension, Path, Query, Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

pub async fn liste(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
) -> Result<Html<String>, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let vue = a_ecrire(&lu, etat.consultation.maintenant());
    let titre = format!("Écrire - {}", court(&lu.identite.titre));
    let menu = Menu::new(&lu, "ecrire");
    etat.page(Some(&seance), "pages/a_ecrire", (titre, Some(menu)), vue)
}

/// What the address, or the form, says it is about.
fn cible(genre: &str, lit: impl Fn(&str) -> String) -> Cible {
    let mut cible = Cible {
        genre: genre.to_owned(),
        flux: lit("flux"),
        pour: lit("pour"),
        ..Cible::default()
    };
    cible.sujet = cible.cle().map(lit).unwrap_or_default();
    cible
}

/// The page: the form, and the draft that was taken up.
#[derive(Serialize)]
struct PageVue {
    #[serde(flatten)]
    ecriture: EcritureVue,
    /// Its path in the contract.
    formulaire: String,
    brouillon: Option<Repris>,
    /// Where a draft waits that the answers of the address take the place of.
    attend: Option<String>,
    #[serde(flatten)]
    avant: Avant,
}

/// What a form opens with.
#[derive(Default)]
struct Ouvert {
    brouillon: Option<Repris>,
    attend: Option<String>,
}

impl Etat {
    fn page_d_ecriture(
        &self,
        seance: &Seance,
        (lu, cible): (&ContratLu, &Cible),
        (envoi, Ouvert { brouillon, attend }): (&Envoi, Ouvert),
        (avant, refuse): (Avant, Refuse),
    ) -> Result<Response, Faute> {
        let id = match un(envoi, "id") {
            id if !refuse.autre && !id.is_empty() => id.to_owned(),
            _ => Uuid::now_v7().to_string(),
        };
        let quand = (self.consultation.maintenant(), id);
        let vue = formulaire_d_ecriture(lu, cible, (envoi, refuse.erreurs), quand);
        let ecriture = vue.ok_or(Faute::Introuvable)?;
        let titre = titre(&ecriture.titre, &ecriture.contrat, &ecriture.erreurs);
        let menu = Menu::new(lu, "ecrire");
        let vue = PageVue {
            formulaire: format!("ecrire/{}", cible.genre),
            ecriture,
            brouillon,
            attend,
            avant,
        };
        let page = self.page(Some(seance), "pages/ecrire", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }

    /// The form at this path, for its draft.
    pub(super) fn formulaire_de(lu: &ContratLu, cible: &Cible) -> Result<Formulaire, Faute> {
        let chemin = format!("{}/ecrire/{}", vues::adresse(&lu.identite.id), cible.genre);
        let lit = |nom: &str| match nom {
            "flux" => cible.flux.clone(),
            "pour" => cible.pour.clone(),
            _ => cible.sujet.clone(),
        };
        Formulaire::au(&chemin, lit).ok_or(Faute::Introuvable)
    }
}

pub async fn formulaire(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, genre)): Path<(String, String)>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let cible = cible(&genre, |nom| {
        parametres.get(nom).cloned().unwrap_or_default()
    });
    if cible.flux.is_empty() {
        let liste = format!("{}/ecrire", vues::adresse(&lu.identite.id));
        return Ok(Redirect::to(&liste).into_response());
    }
    let de = Etat::formulaire_de(&lu, &cible)?;
    let brouillon = etat.brouillon(&seance, &de).await;
    // An address may fill in answers: those that the form does not ask are left aside.
    let proposes = proposes(&parametres);
    let (envoi, ouvert) = match brouillon {
        // A draft that answers otherwise than the address asks waits.
        Some(brouillon) if !brouillon.repond(&proposes) => {
            let attend = Some(de.adresse());
            let ouvert = Ouvert {
                attend,
                ..Ouvert::default()
            };
            (proposes, ouvert)
        }
        Some(brouillon) => {
            let envoi = brouillon.envoi.clone();
            let ouvert = Ouvert {
                brouillon: Some(brouillon),
                ..Ouvert::default()
            };
            (envoi, ouvert)
        }
        None => (proposes, Ouvert::default()),
    };
    let forme = Forme::Ecriture(cible.clone());
    let repris = parametres.get("visa").map_or("", String::as_str);
    let avant = etat.avant(&seance, (&lu, &forme), repris).await?;
    let neuf = (avant, Refuse::rien());
    etat.page_d_ecriture(&seance, (&lu, &cible), (&envoi, ouvert), neuf)
}

/// What the address says besides what the form is about.
fn proposes(parametres: &BTreeMap<String, String>) -> Envoi {
    const TUS: [&str; 8] = [
        "flux",
        "pour",
        "fait",
        "objet",
        "collection",
        "nom",
        "visa",
        "id",
    ];
    let dits = parametres
        .iter()
        .filter(|(cle, _)| !TUS.contains(&cle.as_str()));
    dits.map(|(cle, valeur)| (cle.clone(), vec![valeur.clone()]))
        .collect()
}

pub async fn ecrit(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, genre)): Path<(String, String)>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let cible = cible(&genre, |nom| un(&envoi, nom).to_owned());
    let de = Etat::formulaire_de(&lu, &cible)?;
    let forme = Forme::Ecriture(cible.clone());
    let avant = etat.avant(&seance, (&lu, &forme), "").await?;
    match etat.soumet(&seance, &lu, forme, &envoi).await? {
        Ok(vers) => {
            etat.jette(&seance, &de).await;
            Ok(Redirect::to(&vers).into_response())
        }
        Err(refuse) => {
            etat.garde(&seance.visiteur.personne, &de, &envoi).await;
            etat.page_d_ecriture(
                &seance,
                (&lu, &cible),
                (&envoi, Ouvert::default()),
                (avant, refuse),
            )
        }
    }
}
