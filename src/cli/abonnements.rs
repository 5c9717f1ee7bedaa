//! `entente comptes abonnement`: where the lines of an organisation's contracts are sent.

use super::base::Database;
use super::{Answer, Outcome};
use crate::app::comptes::{AbonnementVue, Auteur, Comptes};
use crate::app::execute::Entente;
use crate::app::ouvrir::Absente;
use crate::app::reglages::{Dits, Reglages};
use chrono::Utc;
use std::fmt::Write as _;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Déclarer une adresse : répond le secret qui signe les messages, montré une fois
    Ajouter(Ajouter),
    /// Lister les abonnements d'une organisation
    Lister(Lister),
    /// Retirer un abonnement
    Retirer(Un),
    /// Changer le secret qui signe les messages : répond le nouveau, montré une fois
    Renouveler(Un),
    /// Reprendre un abonnement suspendu, là où il s'est arrêté
    Reprendre(Un),
}

#[derive(clap::Args)]
pub struct Ajouter {
    /// Identifiant de l'organisation
    organisation: String,
    /// Adresse appelée, en https
    adresse: String,
    #[command(flatten)]
    database: Database,
}

#[derive(clap::Args)]
pub struct Lister {
    /// Identifiant de l'organisation
    organisation: String,
    #[command(flatten)]
    database: Database,
}

#[derive(clap::Args)]
pub struct Un {
    /// Identifiant de l'abonnement
    id: String,
    #[command(flatten)]
    database: Database,
}

impl Command {
    pub fn run(self) -> Outcome {
        let output = match self {
            Self::Ajouter(commande) => commande.run(),
            Self::Lister(commande) => commande.run(),
            Self::Retirer(un) => un.retire(),
            Self::Renouveler(un) => un.renouvelle(),
            Self::Reprendre(un) => un.reprend(),
        }?;
        Ok(Answer { output, good: true })
    }
}

/// What the environment says; the file of the server is not read here.
fn reglages() -> Result<Reglages, String> {
    let lues = std::env::vars_os();
    let lues = lues.filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?)));
    Dits::environnement(lues)?.reglages()
}

fn comptes(entente: &Entente) -> Result<Comptes, String> {
    let reglages = reglages()?;
    let comptes = entente.comptes(reglages.politique);
    let comptes = comptes.avec_coffre(reglages.coffre);
    Ok(comptes.avec_hotes(reglages.hotes))
}

impl Ajouter {
    fn run(&self) -> Result<String, String> {
        let voisinage = reglages()?.voisinage;
        let (vue, secret) = self.database.avec(Absente::Refusee, async |entente| {
            let (organisation, adresse) = (&self.organisation, &self.adresse);
            let par = Auteur::Programme;
            let comptes = comptes(&entente)?;
            let abonne = comptes.abonner(par, organisation, adresse, voisinage, Utc::now());
            abonne.await.map_err(|e| e.to_string())
        })?;
        Ok(format!(
            "L'abonnement {} est ouvert. Donnez ce secret au programme, par un canal sûr : il ne \
             sera plus montré.\n{secret}\n",
            vue.id
        ))
    }
}

impl Lister {
    fn run(&self) -> Result<String, String> {
        let lus = self.database.avec(Absente::Refusee, async |entente| {
            let lus = comptes(&entente)?;
            let lus = lus.abonnements(Auteur::Programme, &self.organisation).await;
            lus.map_err(|e| e.to_string())
        })?;
        if lus.is_empty() {
            return Ok("Aucun abonnement.\n".to_owned());
        }
        Ok(lus.iter().map(ligne).collect())
    }
}

fn ligne(vue: &AbonnementVue) -> String {
    let mut texte = format!("{} {}", vue.id, vue.adresse);
    if !vue.suspendu.is_empty() {
        let _ = write!(texte, " : suspendu le {}", vue.suspendu);
    }
    if vue.essais > 0 {
        let _ = write!(
            texte,
            " ({} échec(s) de suite : {})",
            vue.essais, vue.erreur
        );
    }
    texte.push('\n');
    texte
}

impl Un {
    fn retire(&self) -> Result<String, String> {
        self.database.avec(Absente::Refusee, async |entente| {
            let comptes = comptes(&entente)?;
            let retire = comptes.desabonner(Auteur::Programme, &self.id, Utc::now());
            retire.await.map_err(|e| e.to_string())
        })?;
        Ok("L'abonnement est retiré.\n".to_owned())
    }

    fn renouvelle(&self) -> Result<String, String> {
        let secret = self.database.avec(Absente::Refusee, async |entente| {
            let comptes = comptes(&entente)?;
            let neuf = comptes.renouveler_abonnement(Auteur::Programme, &self.id, Utc::now());
            neuf.await.map_err(|e| e.to_string())
        })?;
        Ok(format!(
            "Le secret est changé : l'ancien ne signe plus rien. Donnez le nouveau au programme, \
             par un canal sûr : il ne sera plus montré.\n{secret}\n"
        ))
    }

    fn reprend(&self) -> Result<String, String> {
        self.database.avec(Absente::Refusee, async |entente| {
            let comptes = comptes(&entente)?;
            let repris = comptes.reprendre_abonnement(Auteur::Programme, &self.id, Utc::now());
            repris.await.map_err(|e| e.to_string())
        })?;
        Ok("L'abonnement est repris là où il s'était arrêté.\n".to_owned())
    }
}
