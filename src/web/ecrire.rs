//! What may be written outside acts: the list, and each form.

use super::Etat;
use super::brouillons::{Formulaire, Repris};
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use crate::app::contrat::Demande;
use crate::app::formulaires::{
    Cible, Demandeur, EcritureVue, Envoi, a_ecrire, commande_d_ecriture, formulaire_d_ecriture,
    requis_d_ecriture,
};
use crate::app::vues::francais::court;
use crate::app::vues::{self, ContratLu, Fenetre};
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
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
}

impl Etat {
    fn page_d_ecriture(
        &self,
        seance: &Seance,
        (lu, cible): (&ContratLu, &Cible),
        (envoi, brouillon): (&Envoi, Option<Repris>),
        refuse: Refuse,
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
        };
        let page = self.page(Some(seance), "pages/ecrire", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }

    /// The form at this path, for its draft.
    fn formulaire_de(lu: &ContratLu, cible: &Cible) -> Result<Formulaire, Faute> {
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
    let envoi = brouillon
        .as_ref()
        .map(|b| b.envoi.clone())
        .unwrap_or_default();
    etat.page_d_ecriture(&seance, (&lu, &cible), (&envoi, brouillon), Refuse::rien())
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
    match etat.ecriture_faite(&seance, &lu, &cible, &envoi).await? {
        Ok(ordre) => {
            etat.jette(&seance, &de).await;
            let adresse = vues::adresse(&lu.identite.id);
            Ok(Redirect::to(&format!("{adresse}?fait={ordre}")).into_response())
        }
        Err(refuse) => {
            etat.garde(&seance.visiteur.personne, &de, &envoi).await;
            etat.page_d_ecriture(&seance, (&lu, &cible), (&envoi, None), refuse)
        }
    }
}

impl Etat {
    /// Writes it. Answers the place of its last line in the contract.
    async fn ecriture_faite(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        cible: &Cible,
        envoi: &Envoi,
    ) -> Result<Result<u64, Refuse>, Faute> {
        let requis = requis_d_ecriture(lu, cible).ok_or(Faute::Introuvable)?;
        if !lu.place.ecrit(requis.role) {
            return Ok(Err(Refuse::role(requis.role)));
        }
        let depasse = || {
            let phrase = "Vous répondez de certains établissements seulement : cette saisie en \
                          dépasse. Demandez-la à une personne qui répond de tous.";
            Ok(Err(Refuse::nouveau(StatusCode::FORBIDDEN, phrase)))
        };
        if lu.place.esms.is_some() && !requis.d_un_esms {
            return depasse();
        }
        let demandeur = Demandeur {
            partie: &lu.place.partie,
            personne: &seance.visiteur.personne,
            role: lu.place.role,
        };
        let maintenant = self.consultation.maintenant();
        let commande = match commande_d_ecriture(lu, &demandeur, cible, envoi, maintenant) {
            Ok(commande) => commande,
            Err(erreurs) => return Ok(Err(Refuse::champs(erreurs))),
        };
        let esms = match &commande.demande {
            Demande::Ecriture { ecriture, .. } => ecriture.esms(),
            Demande::Acte(_) => None,
        };
        if !lu.place.peut_ecrire(requis.role, esms) {
            return depasse();
        }
        let fait = self.execute(&lu.identite.id, commande).await;
        Ok(fait.map(|recu| recu.derniere))
    }
}
