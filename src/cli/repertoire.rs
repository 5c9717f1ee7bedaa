//! `entente import finess`, `tdb`, `has`, `comptes`: what national registers publish, taken in.

use super::base::Database;
use super::{Answer, Outcome, json};
use crate::app::ouvrir::Absente;
use crate::app::repertoire::{self, Bilan, Genre, Prise};
use chrono::Utc;
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Repertoire {
    /// Fichier, tel qu'il est publié
    #[arg(value_name = "FICHIER")]
    fichier: PathBuf,
    #[command(flatten)]
    database: Database,
    /// Dire ce qui changerait, sans rien écrire
    #[arg(long)]
    dry_run: bool,
    /// Prendre les lignes justes même si d'autres sont refusées (sinon, rien n'est pris)
    #[arg(long)]
    partiel: bool,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

impl Repertoire {
    pub fn run(self, genre: Genre) -> Outcome {
        let lecture = repertoire::lire(genre, &self.fichier)?;
        let prise = Prise {
            a_blanc: self.dry_run,
            partielle: self.partiel,
        };
        let bilan = self.database.avec(Absente::Creee, async |entente| {
            entente
                .importer_repertoire(lecture, prise, Utc::now())
                .await
        })?;
        Ok(Answer {
            output: if self.json {
                json(&bilan)?
            } else {
                dit(genre, &bilan)
            },
            good: bilan.refuses_en_tout == 0,
        })
    }
}

fn dit(genre: Genre, bilan: &Bilan) -> String {
    let mut page = String::new();
    let Bilan {
        lus,
        ajoutes,
        modifies,
        inchanges,
        refuses_en_tout,
        ..
    } = bilan;
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "Lignes lues : {lus}. {} : ajouts {ajoutes}, modifications {modifies}, sans changement \
         {inchanges}. Refus : {refuses_en_tout}.",
        genre.unites()
    );
    let _ = writeln!(page, "{}", suite(bilan));
    for changement in &bilan.changements {
        let _ = writeln!(
            page,
            "  modifié   {}, {} : « {} » devient « {} »",
            changement.quoi, changement.champ, changement.avant, changement.apres
        );
    }
    for refusee in &bilan.refuses {
        let colonne = refusee.colonne.map(|c| format!(", colonne {c}"));
        let colonne = colonne.unwrap_or_default();
        let _ = writeln!(
            page,
            "  refusé    ligne {}{colonne} : {}",
            refusee.ligne, refusee.motif
        );
    }
    let tus = bilan.refuses_en_tout.saturating_sub(bilan.refuses.len());
    if tus > 0 {
        let _ = writeln!(page, "  refusé    et {tus} autres");
    }
    if !bilan.ignores.is_empty() {
        let titres = bilan.ignores.join(" ; ");
        let _ = writeln!(page, "  à savoir  colonnes non lues : {titres}");
    }
    for signalement in &bilan.signalements {
        let _ = writeln!(page, "  à savoir  {signalement}");
    }
    page
}

/// What became of it.
fn suite(bilan: &Bilan) -> &'static str {
    match (bilan.ecrit, bilan.a_blanc, bilan.refuses_en_tout > 0) {
        (true, _, true) => {
            "Les lignes justes sont écrites ; les refusées attendent une correction."
        }
        (true, _, false) => "C'est écrit.",
        (false, true, _) => "Essai à blanc : rien n'est écrit.",
        (false, false, true) => {
            "Rien n'est écrit : corrigez les lignes refusées, ou prenez les autres par --partiel."
        }
        (false, false, false) => "Rien à écrire : tout était déjà connu.",
    }
}
