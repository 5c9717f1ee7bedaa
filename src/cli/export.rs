//! `entente export`: tables, and the way out.

use super::base::Database;
use super::{Answer, Outcome, json};
use crate::app::execute::Entente;
use crate::app::ouvrir::Absente;
use crate::app::tableaux::{self, Format, Regard, Tableau};
use crate::regles::calendrier::civil_date;
use chrono::Utc;
use clap::Subcommand;
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub enum Command {
    /// Sortir un tableau
    Tableau(Un),
    /// Sortir tous les tableaux dans un classeur
    Tableaux(Tous),
    /// Sortir toute la base : de quoi la restaurer, et de quoi la lire sans Entente
    Tout(Tout),
}

/// Which lines.
#[derive(clap::Args)]
struct Choix {
    #[command(flatten)]
    database: Database,
    /// Ce contrat seulement
    #[arg(long, value_name = "CONTRAT")]
    contrat: Option<String>,
    /// Partie qui lit : gestionnaire, ars, departement:99 (par défaut, ce que toutes voient)
    #[arg(long, value_name = "PARTIE")]
    partie: Option<String>,
}

#[derive(clap::Args)]
pub struct Un {
    /// Nom du tableau : contrats, parties, taches…
    #[arg(value_name = "TABLEAU")]
    nom: String,
    #[command(flatten)]
    choix: Choix,
    /// xlsx, ods, csv ou json (par défaut, celui que dit le nom du fichier, ou csv)
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Marquer le csv comme de l'UTF-8, pour les anciens tableurs
    #[arg(long)]
    bom: bool,
    /// Fichier à écrire, qui n'existe pas encore (par défaut, la sortie, en csv et en json)
    #[arg(short, long, value_name = "FICHIER")]
    output: Option<PathBuf>,
    /// Dire en JSON ce qui a été écrit dans le fichier
    #[arg(long, requires = "output")]
    json: bool,
}

#[derive(clap::Args)]
pub struct Tous {
    #[command(flatten)]
    choix: Choix,
    /// Fichier à écrire, qui n'existe pas encore
    #[arg(short, long, value_name = "FICHIER.xlsx|FICHIER.ods")]
    output: PathBuf,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct Tout {
    #[command(flatten)]
    database: Database,
    /// Archive à écrire, qui n'existe pas encore
    #[arg(short, long, value_name = "FICHIER.zip")]
    output: PathBuf,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

/// What was written, for programs.
#[derive(Serialize)]
struct Bilan<'b> {
    fichier: &'b Path,
    octets: usize,
    tableaux: Vec<Ecrit>,
}

#[derive(Serialize)]
struct Ecrit {
    nom: &'static str,
    lignes: usize,
}

impl Command {
    pub fn run(self) -> Outcome {
        match self {
            Self::Tableau(un) => un.run(),
            Self::Tableaux(tous) => tous.run(),
            Self::Tout(tout) => tout.run(),
        }
    }
}

impl Un {
    fn run(self) -> Outcome {
        let format = match &self.format {
            Some(nom) => nomme(nom, self.bom)?,
            None => match &self.output {
                Some(fichier) => selon(fichier, self.bom)?,
                None => Format::Csv { bom: self.bom },
            },
        };
        if self.bom && !matches!(format, Format::Csv { .. }) {
            return Err("--bom ne concerne que le csv : ôtez-le, ou demandez du csv.".to_owned());
        }
        if self.output.is_none() && format.classeur() {
            let extension = format.extension();
            return Err(format!(
                "Un classeur ne s'écrit pas sur la sortie : donnez -o FICHIER.{extension}."
            ));
        }
        let lu = self.choix.lit(async |entente, regard, contrat| {
            tableaux::tableau(&entente, &self.nom, &regard, contrat.as_deref(), Utc::now()).await
        })?;
        ecrit(&[lu], format, self.output.as_deref(), self.json)
    }
}

impl Tous {
    fn run(self) -> Outcome {
        let format = selon(&self.output, false)?;
        if !format.classeur() {
            return Err(format!(
                "Tous les tableaux tiennent dans un classeur, xlsx ou ods ; trouvé « {} ». Donnez \
                 -o FICHIER.xlsx, ou exportez-les un par un.",
                self.output.display()
            ));
        }
        let lus = self.choix.lit(async |entente, regard, contrat| {
            tableaux::tableaux(&entente, &regard, contrat.as_deref(), Utc::now()).await
        })?;
        ecrit(&lus, format, Some(&self.output), self.json)
    }
}

impl Tout {
    fn run(self) -> Outcome {
        let sorti = self.database.avec(Absente::Refusee, async |entente| {
            entente.sortir(&self.output, Utc::now()).await
        })?;
        let output = if self.json {
            json(&sorti)?
        } else {
            format!(
                "{} événements en {} flux, et {} tableaux en csv et en json, écrits dans « {} ».\n",
                sorti.evenements,
                sorti.flux,
                tableaux::TABLEAUX.len(),
                self.output.display()
            )
        };
        Ok(Answer { output, good: true })
    }
}

impl Choix {
    fn lit<T>(
        &self,
        lire: impl AsyncFnOnce(Entente, Regard, Option<String>) -> Result<T, tableaux::Refus>,
    ) -> Result<T, String> {
        let regard = self.partie.clone().map_or(Regard::Partage, Regard::Partie);
        let contrat = self.contrat.clone();
        self.database.avec(Absente::Refusee, async |entente| {
            let lu = lire(entente, regard, contrat).await;
            lu.map_err(|refus| refus.to_string())
        })
    }
}

fn nomme(nom: &str, bom: bool) -> Result<Format, String> {
    Format::nomme(nom, bom)
        .ok_or_else(|| format!("Le format « {nom} » n'existe pas. Donnez xlsx, ods, csv ou json."))
}

/// The format that a file's name says.
fn selon(fichier: &Path, bom: bool) -> Result<Format, String> {
    let extension = fichier
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase());
    let format = extension.and_then(|extension| Format::nomme(&extension, bom));
    format.ok_or_else(|| {
        format!(
            "Le nom « {} » ne dit pas son format. Donnez un nom en .xlsx, .ods, .csv ou .json.",
            fichier.display()
        )
    })
}

/// Writes tables in a file, or on the standard output.
fn ecrit(lus: &[Tableau], format: Format, fichier: Option<&Path>, en_json: bool) -> Outcome {
    let octets = tableaux::ecrire(lus, format, civil_date(Utc::now()))?;
    let Some(fichier) = fichier else {
        let output = String::from_utf8(octets);
        let output = output.map_err(|e| format!("Le tableau ne s'écrit pas ({e})."))?;
        return Ok(Answer { output, good: true });
    };
    tableaux::deposer(&octets, fichier)?;
    let ecrits = lus.iter().map(|lu| Ecrit {
        nom: lu.forme.nom,
        lignes: lu.lignes().len(),
    });
    let bilan = Bilan {
        fichier,
        octets: octets.len(),
        tableaux: ecrits.collect(),
    };
    let output = if en_json { json(&bilan)? } else { dit(&bilan) };
    Ok(Answer { output, good: true })
}

fn dit(bilan: &Bilan<'_>) -> String {
    let lignes: usize = bilan.tableaux.iter().map(|t| t.lignes).sum();
    let tableaux = match bilan.tableaux.as_slice() {
        [un] => format!("Tableau « {} »", un.nom),
        tous => format!("{} tableaux", tous.len()),
    };
    let lignes = match lignes {
        0 | 1 => format!("{lignes} ligne"),
        n => format!("{n} lignes"),
    };
    format!("{tableaux}, {lignes} : {}\n", bilan.fichier.display())
}
