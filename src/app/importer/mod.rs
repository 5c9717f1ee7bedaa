//! Contracts of a workbook, taken over through the one write path. What the workbook says is
//! compared with what is there: only what is missing is written, a difference is refused. So the
//! same workbook may be read again, after a crash, or once the parties have confirmed.

/// What was done, for people and programs.
mod bilan;
/// What remains to be written of a contract.
mod ecart;
/// Tried first in memory: a contract enters whole, or not at all.
mod essai;

pub use bilan::{Attente, Bilan, Refusee, Signalee};

use super::contrat::Contrat;
use super::execute::{Echec, Entente};
use crate::echanges::classeur::{Classeur, Lieu, OCTETS_MAX};
use crate::echanges::contrats::{self, ContratLu, Lecture, Refuse};
use chrono::{DateTime, NaiveDate, Utc};
use ecart::{Ecart, Etape};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// How a workbook is taken in.
#[derive(Debug, Clone)]
pub struct Import {
    /// The party that writes.
    pub partie: String,
    pub personne: String,
    /// Nothing is written: what would be is told.
    pub a_blanc: bool,
}

/// What became of a contract.
enum Sort {
    Ajoute,
    Modifie,
    Inchange,
}

/// The bytes of a workbook.
///
/// # Errors
/// One French sentence: the file does not open, or is too large.
pub fn octets(chemin: &Path) -> Result<Vec<u8>, String> {
    let illisible = |e: std::io::Error| {
        let (chemin, cause) = (chemin.display(), cause(&e));
        format!(
            "Le fichier « {chemin} » ne se lit pas ({cause}). Vérifiez son chemin et vos droits."
        )
    };
    let mut octets = Vec::new();
    let fichier = File::open(chemin).map_err(illisible)?;
    // One byte more than what is read, so that a larger file is seen to be.
    let mut debut = fichier.take(OCTETS_MAX + 1);
    debut.read_to_end(&mut octets).map_err(illisible)?;
    Ok(octets)
}

/// What a workbook says.
///
/// # Errors
/// One French sentence: it is not a workbook, or a sheet or a column is missing.
pub fn lire(octets: &[u8]) -> Result<Lecture, String> {
    let modeles = super::ouvrir::atelier()?.reprises();
    contrats::lire(&Classeur::lire(octets)?, &modeles)
}

/// The empty workbook that a user fills in, in a file that is not there yet.
///
/// # Errors
/// One French sentence: the file is there, or does not write.
pub fn modele(chemin: &Path, aujourd_hui: NaiveDate) -> Result<(), String> {
    let modeles = super::ouvrir::atelier()?.reprises();
    let modeles: Vec<String> = modeles.into_iter().collect();
    let octets = contrats::modele(&modeles, aujourd_hui)?;
    let neuf = File::create_new(chemin);
    let ecrit = neuf.and_then(|mut f| std::io::Write::write_all(&mut f, &octets));
    ecrit.map_err(|e| {
        let (chemin, cause) = (chemin.display(), cause(&e));
        format!(
            "Le fichier « {chemin} » ne s'écrit pas ({cause}). Donnez le nom d'un fichier nouveau."
        )
    })
}

/// The usual causes, for people.
pub(super) fn cause(erreur: &std::io::Error) -> String {
    match erreur.kind() {
        ErrorKind::NotFound => "rien à cet endroit".to_owned(),
        ErrorKind::AlreadyExists => "il existe déjà".to_owned(),
        ErrorKind::PermissionDenied => "l'accès est refusé".to_owned(),
        ErrorKind::IsADirectory => "c'est un dossier".to_owned(),
        _ => erreur.to_string(),
    }
}

impl Entente {
    /// Takes in the contracts of a workbook, one after the other. `avance`: told how many are
    /// done, of how many.
    ///
    /// # Errors
    /// One French sentence: the database does not answer; what was written stays, and the same
    /// import goes on from there.
    pub async fn importer(
        &self,
        lecture: &Lecture,
        import: &Import,
        horloge: impl Fn() -> DateTime<Utc>,
        mut avance: impl FnMut(usize, usize),
    ) -> Result<Bilan, String> {
        let mut bilan = Bilan::de(lecture, import);
        let total = lecture.contrats.len();
        for (rang, lu) in lecture.contrats.iter().enumerate() {
            avance(rang, total);
            match self.reprend(lu, import, &horloge).await? {
                Ok((sort, attente)) => {
                    match sort {
                        Sort::Ajoute => bilan.ajoutes += 1,
                        Sort::Modifie => bilan.modifies += 1,
                        Sort::Inchange => bilan.inchanges += 1,
                    }
                    bilan.attentes.extend(attente);
                }
                Err(refuses) => bilan.refuse(&refuses),
            }
        }
        Ok(bilan)
    }

    /// One contract: the outer error is the database's.
    async fn reprend(
        &self,
        lu: &ContratLu,
        import: &Import,
        horloge: &impl Fn() -> DateTime<Utc>,
    ) -> Result<Result<(Sort, Option<Attente>), Vec<Refuse>>, String> {
        let avant = self.en_main(&lu.reference).await?;
        let prevu = ecart::ecart(lu, import, avant.as_ref()).and_then(|ecart| {
            essai::essaie(
                &self.machines,
                lu,
                import,
                avant.as_ref(),
                &ecart,
                horloge(),
            )?;
            Ok(ecart)
        });
        let ecart = match prevu {
            Ok(ecart) => ecart,
            Err(refuses) => return Ok(Err(refuses)),
        };
        let sort = match avant {
            None => Sort::Ajoute,
            Some(_) if ecart.etapes.is_empty() => Sort::Inchange,
            Some(_) => Sort::Modifie,
        };
        if import.a_blanc {
            return Ok(Ok((sort, None)));
        }
        let stade = ecart.stade;
        for Etape { ordre, lieu } in ecart.etapes {
            let fait = self.executer(&lu.reference, ordre, horloge()).await;
            match fait {
                Ok(_) => {}
                Err(Echec::Base(erreur)) => return Err(erreur.to_string()),
                Err(Echec::AutreContenu(_)) => return Ok(Err(retire(lu, lieu))),
                Err(echec) => return Ok(Err(vec![lu.refuse(lieu, echec.to_string())])),
            }
        }
        let apres = self.en_main(&lu.reference).await?;
        let reste = ecart::ecart(lu, import, apres.as_ref());
        Ok(reste
            .and_then(|reste| Self::pris(lu, stade, reste))
            .map(|()| {
                let attente = apres.and_then(|contrat| Attente::de(lu, &contrat, stade));
                (sort, attente)
            }))
    }

    /// All that was to be written is there: a request answered long ago writes nothing again, even
    /// when a party has since removed what it wrote.
    fn pris(lu: &ContratLu, stade: ecart::Stade, reste: Ecart) -> Result<(), Vec<Refuse>> {
        let mut manquent = reste.etapes.into_iter();
        match manquent.next().filter(|_| reste.stade == stade) {
            Some(etape) => Err(retire(lu, etape.lieu)),
            None => Ok(()),
        }
    }

    async fn en_main(&self, reference: &str) -> Result<Option<Contrat<'static>>, String> {
        let entree = self.lire(reference).await.map_err(|e| e.to_string())?;
        Ok(entree.map(|entree| self.contrat(&entree)))
    }
}

/// What an import wrote is there no more.
fn retire(lu: &ContratLu, lieu: Lieu) -> Vec<Refuse> {
    let motif = "Une partie a retiré cette ligne après son import : elle n'est pas remise. \
                 Effacez-la du classeur, ou faites-la ressaisir dans Entente.";
    vec![lu.refuse(lieu, motif.to_owned())]
}
