//! What was said around a contract, and the files handed over: read with someone's eyes, kept
//! under their digest.

use super::acces::Visiteur;
use super::consult::{Consultation, Indisponible, lue};
use super::vues::{ContratLu, Fenetre, LigneLue};
use crate::metier::contrat::saisie::Saisie;
use crate::metier::evenement::Evenement;
use crate::store::dits;
use crate::store::journal::Regard;
use crate::workflow::machine::digest::Digest;
use std::collections::{BTreeMap, BTreeSet};

/// What is read of a contract, beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoi {
    /// Messages, meetings, decisions, pieces asked for.
    Echanges,
    /// The private notes of the reader's party.
    Notes,
    /// The files handed over, each version.
    Documents,
}

impl Quoi {
    /// The kind of the journal, and what its lines hold.
    fn lignes(self) -> (&'static str, &'static str) {
        match self {
            Self::Echanges => ("echange", ""),
            Self::Notes => ("note_prise", ""),
            Self::Documents => ("saisie", "\"quoi\":\"document\""),
        }
    }
}

/// A contract, and what was said around it.
#[derive(Debug)]
pub struct DitsLus {
    pub lu: ContratLu,
    /// Oldest first.
    pub lignes: Vec<LigneLue>,
    /// Their texts, by commitment, in hexadecimal; one that was erased is not there.
    textes: BTreeMap<String, String>,
    /// The files that this database keeps, by digest: those named elsewhere are not there.
    fichiers: BTreeSet<String>,
}

/// The digest of the file that a line names.
fn fichier(ligne: &LigneLue) -> Option<String> {
    match &ligne.evenement {
        Evenement::Saisie {
            saisie: Saisie::Document { document, .. },
            ..
        } => Some(document.empreinte.to_string()),
        _ => None,
    }
}

/// The newest that are read: a page that is longer is read by nobody.
const LIGNES: u64 = 2_000;

impl DitsLus {
    /// Whether the file that a line names can be given back.
    pub fn garde(&self, ligne: &LigneLue) -> bool {
        fichier(ligne).is_some_and(|f| self.fichiers.contains(&f))
    }

    /// The text of a line; none: it was erased.
    pub fn texte(&self, ligne: &LigneLue) -> Option<&str> {
        let (Evenement::Echange { engagement, .. } | Evenement::NotePrise { engagement, .. }) =
            &ligne.evenement
        else {
            return None;
        };
        self.textes.get(&engagement.to_string()).map(String::as_str)
    }
}

impl Consultation {
    /// A contract with what was said around it. `None`: no such contract, for that person.
    ///
    /// # Errors
    /// The database does not answer, or what it holds cannot be read.
    pub async fn dits(
        &self,
        qui: &Visiteur,
        id: &str,
        quoi: Quoi,
    ) -> Result<Option<DitsLus>, Indisponible> {
        let mut instantane = self.entente.base.instantane().await?;
        let conn = &mut instantane.conn();
        let Some(lu) = self.vu(conn, qui, (id, &Fenetre::default())).await? else {
            return Ok(None);
        };
        let regard = Regard {
            contrat: id,
            flux: "",
            partie: &lu.place.partie,
            cercle: lu.contrat.cercle(&lu.place.partie),
        };
        let (genre, contient) = quoi.lignes();
        let lignes = dits::lignes(conn, regard, genre, contient, LIGNES).await?;
        let lignes: Vec<LigneLue> = lignes.iter().map(lue).collect::<Result<_, _>>()?;
        let (mut textes, mut fichiers) = (BTreeMap::new(), BTreeSet::new());
        if quoi == Quoi::Documents {
            let nommes: BTreeSet<String> = lignes.iter().filter_map(fichier).collect();
            let nommes: Vec<String> = nommes.into_iter().collect();
            fichiers = dits::gardes(conn, &nommes).await?;
        } else {
            textes = dits::textes(conn, regard).await?;
        }
        Ok(Some(DitsLus {
            lu,
            lignes,
            textes,
            fichiers,
        }))
    }

    /// Keeps a file, before a line of a journal names it.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn depose(&self, media: &str, octets: Vec<u8>) -> Result<Digest, Indisponible> {
        let empreinte = Digest::of(&octets);
        let media = media.to_owned();
        let depose = self.entente.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let nom = empreinte.to_string();
                dits::depose(&mut conn, (&nom, &media), &octets).await
            })
        });
        depose.await?;
        Ok(empreinte)
    }

    /// A file that was kept; none: its bytes were never given to this database.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn fichier(&self, empreinte: Digest) -> Result<Option<Vec<u8>>, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        let nom = empreinte.to_string();
        Ok(dits::fichier(&mut lecteur.conn(), &nom).await?)
    }
}
