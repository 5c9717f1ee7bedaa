//! Who asks, the contracts it sees, what awaits it.

use super::FonctionDonnee;
use crate::app::acces::Visiteur;
use crate::app::vues::{ResumeContrat, TacheLue};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// La personne au nom de laquelle la clé agit, et ce que la clé lui laisse faire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Moi {
    /// Identifiant, tel que le journal le porte.
    pub personne: String,
    pub nom: String,
    pub titres: Vec<TitreDonne>,
}

/// Ce qu'une organisation laisse faire en son nom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Titre")]
pub struct TitreDonne {
    pub organisation: String,
    pub siren: Option<String>,
    /// Numéro FINESS de l'entité juridique.
    pub ej: Option<String>,
    pub fonction: FonctionDonnee,
    /// Numéros FINESS des seuls établissements visés ; nul : tous.
    pub esms: Option<Vec<String>>,
}

/// Un contrat, dans la liste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ContratEnListe")]
pub struct ContratListe {
    pub id: String,
    pub titre: String,
    pub gestionnaire: String,
    pub phase: String,
    /// Noms des parties, par identifiant.
    pub parties: BTreeMap<String, String>,
    /// Nombre d'établissements du périmètre ; nul : la personne n'en voit que certains.
    pub esms: Option<u64>,
    /// L'acte attendu en premier, et ce qui lui manque.
    pub attendu: Option<String>,
    pub manque: Option<String>,
    /// Identifiants des parties qui ont la plume.
    pub plume: Vec<String>,
    /// Dernier jour de l'acte attendu en premier.
    pub echeance: Option<NaiveDate>,
    pub terme: Option<NaiveDate>,
    pub fini: bool,
}

/// Un acte que la personne peut faire maintenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Tache")]
pub struct TacheDonnee {
    pub contrat: String,
    pub titre_du_contrat: String,
    pub flux: String,
    pub lieu: String,
    pub acte: String,
    pub titre: String,
    /// D'autres l'attendent.
    pub attendu: bool,
    /// Dernier jour, quand il y en a un.
    pub jour: Option<NaiveDate>,
}

pub fn moi(qui: &Visiteur) -> Moi {
    let titres = qui.titres.iter().map(|titre| TitreDonne {
        organisation: titre.organisation.clone(),
        siren: titre.siren.clone(),
        ej: titre.ej.clone(),
        fonction: FonctionDonnee::de(titre.role),
        esms: titre.esms.as_ref().map(|vus| vus.iter().cloned().collect()),
    });
    Moi {
        personne: qui.personne.clone(),
        nom: qui.nom.clone(),
        titres: titres.collect(),
    }
}

/// A row. `partiel`: who reads sees some establishments only, and rows tell of all.
pub fn liste(resume: &ResumeContrat, partiel: bool) -> ContratListe {
    let tout = !partiel;
    ContratListe {
        id: resume.id.clone(),
        titre: resume.titre.clone(),
        gestionnaire: resume.gestionnaire.clone(),
        phase: resume.phase.clone(),
        parties: resume.parties.clone(),
        esms: tout.then_some(resume.esms),
        attendu: resume.attendu.clone().filter(|_| tout),
        manque: resume.manque.clone().filter(|_| tout),
        plume: if tout {
            resume.plume.clone()
        } else {
            Vec::new()
        },
        echeance: resume.prochaine_echeance.filter(|_| tout),
        terme: resume.terme,
        fini: resume.fini,
    }
}

/// The acts that someone may do.
pub fn taches(lues: &[TacheLue]) -> Vec<TacheDonnee> {
    let donnee = |tache: &TacheLue| TacheDonnee {
        contrat: tache.contrat.clone(),
        titre_du_contrat: tache.de.clone(),
        flux: tache.flux.clone(),
        lieu: tache.lieu.to_string(),
        acte: tache.acte.clone(),
        titre: tache.titre.clone(),
        attendu: tache.attendu,
        jour: tache.jour,
    };
    lues.iter().map(donnee).collect()
}
