//! The people of the story, with their accounts: whoever tries the demonstration signs in as each.

use super::lecture::Histoire;
use crate::app::comptes::{
    Auteur, Comptes, Droit, Fonction, Nature, NouvellePersonne, Organisation, Portee,
};
use crate::app::contrat::{Contrat, RACINE};
use crate::metier::contrat::perimetre::{ARS, GESTIONNAIRE};
use crate::workflow::definition::model::Role;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The password of everyone in the demonstration, which listens on its own machine only.
pub const MOT_DE_PASSE: &str = "les trois voix du contrat";

/// Someone to sign in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inscrite {
    pub nom: String,
    /// « ARS Val-Médian, validation ».
    pub place: String,
    pub courriel: String,
}

/// A director of one establishment, whom the story does not need: the first of those it bears on.
const DIRECTRICE: (&str, &str) = ("paule", "Paule Giraud");

/// Writes in the organisations of the contract and the people of the story.
///
/// # Errors
/// One French sentence.
pub async fn inscrire(
    comptes: &Comptes,
    histoire: &Histoire,
    contrat: &Contrat<'_>,
    maintenant: DateTime<Utc>,
) -> Result<Vec<Inscrite>, String> {
    let mut inscrites = Vec::new();
    for (id, personne) in &histoire.personnes {
        let organisation = organisation(contrat, &personne.acteur.party)?;
        let fonction = match personne.acteur.role {
            Role::Contribution => Fonction::Contribution,
            Role::Validation => Fonction::Validation,
            Role::Signature => Fonction::Signature,
        };
        let droits = vec![droit(&organisation, fonction, Portee::Tout)];
        inscrites.push(inscrit(comptes, (id, &personne.nom), droits, maintenant).await?);
    }
    let racine = contrat.flux(RACINE);
    let esms = racine.and_then(|r| r.dossier.collections().elements("esms").next());
    if let Some((finess, _)) = esms {
        let organisation = organisation(contrat, GESTIONNAIRE)?;
        let portee = Portee::Esms(BTreeSet::from([finess.clone()]));
        let droits = vec![droit(&organisation, Fonction::Contribution, portee)];
        inscrites.push(inscrit(comptes, DIRECTRICE, droits, maintenant).await?);
    }
    Ok(inscrites)
}

fn droit(organisation: &Organisation, fonction: Fonction, portee: Portee) -> Droit {
    Droit {
        organisation: organisation.clone(),
        fonction,
        portee,
        du: None,
        au: None,
    }
}

/// The organisation that holds a party, as accounts know it.
fn organisation(contrat: &Contrat<'_>, partie: &str) -> Result<Organisation, String> {
    let racine = contrat.flux(RACINE);
    let connue = racine.and_then(|r| r.dossier.registre().organisation(partie));
    let connue = connue.ok_or_else(|| format!("aucune organisation ne tient « {partie} »."))?;
    Ok(Organisation {
        id: partie.replace(':', "-"),
        nature: match partie {
            GESTIONNAIRE => Nature::Gestionnaire,
            ARS => Nature::Ars,
            _ => Nature::Departement,
        },
        nom: connue.nom.clone(),
        siren: connue.siren.clone(),
        ej: connue.ej.clone(),
        territoire: None,
    })
}

async fn inscrit(
    comptes: &Comptes,
    (id, nom): (&str, &str),
    droits: Vec<Droit>,
    maintenant: DateTime<Utc>,
) -> Result<Inscrite, String> {
    let dit = |e: crate::app::comptes::Refus| e.to_string();
    let par = Auteur::Programme;
    let Some(premier) = droits.first() else {
        return Err(format!("{nom} n'a aucun droit."));
    };
    let organisation = premier.organisation.clone();
    let creee = comptes.creer_organisation(par, &organisation, maintenant);
    creee.await.map_err(dit)?;
    let courriel = format!("{id}@{}.example", organisation.id);
    let neuve = NouvellePersonne {
        id: Some(id),
        nom,
        courriel: &courriel,
        mot_de_passe: Some(MOT_DE_PASSE),
    };
    let creee = comptes.creer_personne(par, &neuve, maintenant).await;
    creee.map_err(dit)?;
    let mut places = Vec::new();
    for droit in &droits {
        let accorde = comptes.accorder(par, id, droit, maintenant).await;
        accorde.map_err(dit)?;
        let portee = match &droit.portee {
            Portee::Esms(finess) => {
                let numeros: Vec<&str> = finess.iter().map(String::as_str).collect();
                format!(", ESMS {} seulement", numeros.join(", "))
            }
            _ => String::new(),
        };
        places.push(format!("{}{portee}", droit.fonction.mot()));
    }
    Ok(Inscrite {
        nom: nom.to_owned(),
        place: format!("{}, {}", organisation.nom, places.join(" et ")),
        courriel,
    })
}
