//! `entente import`: files of the outside world, taken in.

use super::base::Database;
use super::repertoire::Repertoire;
use super::{Answer, Outcome, json};
use crate::app::importer::{self, Attente, Bilan, Import, Refusee};
use crate::app::ouvrir::Absente;
use crate::app::repertoire::Genre;
use crate::regles::calendrier::civil_date;
use chrono::Utc;
use clap::Subcommand;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Subcommand)]
pub enum Command {
    /// Prendre les chiffres clés des ERRD et des comptes administratifs (export DIAMANT, .csv)
    Comptes(Repertoire),
    /// Reprendre les contrats d'un classeur (.xlsx, .ods), signés ailleurs
    Contrats(Contrats),
    /// Prendre une extraction du répertoire FINESS (.csv)
    Finess(Repertoire),
    /// Prendre les évaluations que publie la HAS (.csv, .xlsx)
    Has(Repertoire),
    /// Écrire le classeur vide à remplir
    Modele {
        /// Fichier à écrire, qui n'existe pas encore
        #[arg(value_name = "FICHIER.xlsx")]
        fichier: PathBuf,
    },
    /// Prendre un export du tableau de bord ESMS (export DIAMANT, .csv)
    Tdb(Repertoire),
}

#[derive(clap::Args)]
pub struct Contrats {
    /// Classeur rempli
    #[arg(value_name = "FICHIER")]
    fichier: PathBuf,
    #[command(flatten)]
    database: Database,
    /// Dire ce qui serait fait, sans rien écrire
    #[arg(long)]
    dry_run: bool,
    /// Partie au nom de qui l'on écrit : gestionnaire, ars, departement:99
    #[arg(long, default_value = "gestionnaire", value_name = "PARTIE")]
    partie: String,
    /// Personne qui écrit
    #[arg(long, default_value = "import", value_name = "PERSONNE")]
    personne: String,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

impl Command {
    pub fn run(self) -> Outcome {
        match self {
            Self::Comptes(repertoire) => repertoire.run(Genre::Comptes),
            Self::Contrats(contrats) => contrats.run(),
            Self::Finess(repertoire) => repertoire.run(Genre::Finess),
            Self::Has(repertoire) => repertoire.run(Genre::Has),
            Self::Tdb(repertoire) => repertoire.run(Genre::Tdb),
            Self::Modele { fichier } => {
                importer::modele(&fichier, civil_date(Utc::now()))?;
                Ok(Answer {
                    output: format!("Classeur vide écrit : {}\n", fichier.display()),
                    good: true,
                })
            }
        }
    }
}

impl Contrats {
    fn run(self) -> Outcome {
        let lecture = importer::lire(&importer::octets(&self.fichier)?)?;
        let import = Import {
            partie: self.partie,
            personne: self.personne,
            a_blanc: self.dry_run,
        };
        let bilan = self.database.avec(Absente::Creee, async |entente| {
            entente.importer(&lecture, &import, Utc::now, suivi()).await
        })?;
        Ok(Answer {
            output: if self.json {
                json(&bilan)?
            } else {
                dit(&bilan)
            },
            good: bilan.refuses.is_empty(),
        })
    }
}

/// How often a long import says where it stands.
const CADENCE: Duration = Duration::from_secs(5);

/// Says now and then, on the standard error, how many contracts are done.
fn suivi() -> impl FnMut(usize, usize) {
    let mut dernier = Instant::now();
    move |faits, total| {
        if dernier.elapsed() >= CADENCE {
            dernier = Instant::now();
            // Nothing is lost when nobody listens.
            let _ = writeln!(io::stderr(), "{faits} contrats sur {total}…");
        }
    }
}

fn dit(bilan: &Bilan) -> String {
    let mut page = String::new();
    let Bilan {
        lus,
        ajoutes,
        modifies,
        inchanges,
        ..
    } = bilan;
    let conditionnel = if bilan.a_blanc {
        " (rien n'est écrit)"
    } else {
        ""
    };
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "{lus} contrats lus : {ajoutes} ajoutés, {modifies} complétés, {inchanges} inchangés, \
         {} refusés{conditionnel}.",
        bilan.contrats_refuses()
    );
    for Refusee { cellule, motif, .. } in &bilan.refuses {
        let _ = writeln!(page, "  refusé    {cellule} : {motif}");
    }
    for signalee in &bilan.signalements {
        let _ = writeln!(
            page,
            "  à savoir  {} : {}",
            signalee.cellule, signalee.phrase
        );
    }
    for Attente {
        reference,
        confirmer,
        parties,
    } in &bilan.attentes
    {
        let quoi = match *confirmer {
            "document" => "le document signé",
            _ => "la reprise",
        };
        let parties: Vec<&str> = parties.iter().map(String::as_str).collect();
        let parties = parties.join(", ");
        let _ = writeln!(
            page,
            "  attend    {reference} : {quoi}, à confirmer par {parties}"
        );
    }
    page
}
