//! `entente comptes`: the first person of an organisation is invited from the machine itself.

use super::base::Database;
use super::{Answer, Outcome, abonnements, json};
use crate::app::comptes::{Auteur, Comptes, Droit, Fonction, Nature, Organisation, Portee};
use crate::app::ouvrir::Absente;
use crate::app::reglages::Dits;
use chrono::Utc;
use serde::Serialize;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Inscrire une organisation, ou la corriger
    Organisation(Inscrire),
    /// Inviter une personne : répond l'adresse à lui donner, valable sept jours et une fois
    Inviter(Inviter),
    /// Faire annoncer les lignes des contrats d'une organisation à un programme
    #[command(subcommand)]
    Abonnement(abonnements::Command),
}

#[derive(clap::Args)]
pub struct Inscrire {
    /// Identifiant court : lettres sans accent, chiffres, tirets
    id: String,
    /// gestionnaire, ars, departement, etablissement_sante, prefet ou autre
    #[arg(long)]
    nature: String,
    #[arg(long)]
    nom: String,
    /// Numéro SIREN, par lequel les contrats la connaissent
    #[arg(long)]
    siren: Option<String>,
    /// Numéro FINESS de l'entité juridique, par lequel les contrats la connaissent
    #[arg(long)]
    ej: Option<String>,
    /// Département ou région
    #[arg(long)]
    territoire: Option<String>,
    #[command(flatten)]
    database: Database,
}

#[derive(clap::Args)]
pub struct Inviter {
    /// Adresse électronique de la personne
    courriel: String,
    /// Identifiant de l'organisation
    #[arg(long)]
    organisation: String,
    /// lecture, contribution, validation, signature ou administration
    #[arg(long, default_value = "administration")]
    fonction: String,
    #[command(flatten)]
    database: Database,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

/// What programs read.
#[derive(Serialize)]
struct Invitation<'a> {
    courriel: &'a str,
    organisation: &'a str,
    /// To be opened on the server's own address.
    adresse: String,
}

impl Command {
    pub fn run(self) -> Outcome {
        match self {
            Self::Organisation(commande) => commande.run(),
            Self::Inviter(commande) => commande.run(),
            Self::Abonnement(commande) => commande.run(),
        }
    }
}

impl Inscrire {
    fn run(self) -> Outcome {
        let nature = Nature::lit(&self.nature).ok_or_else(|| {
            format!(
                "la nature « {} » est inconnue : attendu gestionnaire, ars, departement, \
                 etablissement_sante, prefet ou autre.",
                self.nature
            )
        })?;
        let organisation = Organisation {
            id: self.id,
            nature,
            nom: self.nom,
            siren: self.siren,
            ej: self.ej,
            territoire: self.territoire,
        };
        self.database.avec(Absente::Creee, async |entente| {
            let comptes = entente.comptes(Dits::default().reglages()?.politique);
            let cree = comptes.creer_organisation(Auteur::Programme, &organisation, Utc::now());
            cree.await.map_err(|e| e.to_string())
        })?;
        Ok(Answer {
            output: format!("{} est inscrite.\n", organisation.nom),
            good: true,
        })
    }
}

impl Inviter {
    fn run(self) -> Outcome {
        let fonction = Fonction::lit(&self.fonction).ok_or_else(|| {
            format!(
                "la fonction « {} » est inconnue : attendu lecture, contribution, validation, \
                 signature ou administration.",
                self.fonction
            )
        })?;
        let adresse = self.database.avec(Absente::Refusee, async |entente| {
            let comptes = entente.comptes(Dits::default().reglages()?.politique);
            invite(&comptes, &self.courriel, &self.organisation, fonction).await
        })?;
        let output = if self.json {
            json(&Invitation {
                courriel: &self.courriel,
                organisation: &self.organisation,
                adresse,
            })?
        } else {
            format!(
                "Donnez cette adresse à {}, par un canal sûr : elle sert une fois, pendant sept \
                 jours.\n{adresse}\n",
                self.courriel
            )
        };
        Ok(Answer { output, good: true })
    }
}

async fn invite(
    comptes: &Comptes,
    courriel: &str,
    organisation: &str,
    fonction: Fonction,
) -> Result<String, String> {
    let droit = Droit {
        organisation: Organisation {
            id: organisation.to_owned(),
            nature: Nature::Autre,
            nom: organisation.to_owned(),
            siren: None,
            ej: None,
            territoire: None,
        },
        fonction,
        portee: Portee::Tout,
        du: None,
        au: None,
    };
    let par = Auteur::Programme;
    let jeton = comptes.inviter(par, courriel, &droit, Utc::now()).await;
    let jeton = jeton.map_err(|e| e.to_string())?;
    Ok(format!("/invitation?jeton={}", jeton.as_str()))
}
