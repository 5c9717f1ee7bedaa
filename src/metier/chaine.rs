//! The chain of a journal: each line's digest covers the line, and the digest before it in its
//! stream. A line whose payload is blanked still checks, by the payload's own digest.

use super::evenement::{Evenement, Ligne};
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Says how a digest is computed; another way is another name.
pub const ALGORITHME: &str = "entente/journal/1/sha-256";

/// A line as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scellee {
    pub contrat: String,
    /// Its place in the contract, all streams together, from 1.
    pub ordre: u64,
    pub flux: String,
    /// Its place in the stream, from 1.
    pub rang: u64,
    pub enregistre: DateTime<Utc>,
    pub effet: NaiveDate,
    pub genre: String,
    pub version: u32,
    /// `partie/personne`; empty for the clock and the trade.
    pub auteur: String,
    /// The only party that may read it; empty: all.
    pub prive: String,
    pub charge: Charge,
    pub empreinte: Digest,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charge {
    /// The event in JSON, as it was written.
    Claire(String),
    /// Another party's private entry: its digest only.
    Caviardee(Digest),
}

impl Charge {
    pub fn empreinte(&self) -> Digest {
        match self {
            Self::Claire(texte) => Digest::of(texte.as_bytes()),
            Self::Caviardee(empreinte) => *empreinte,
        }
    }
}

/// The last line of each stream: its rank and its digest.
pub type Tetes = BTreeMap<String, (u64, Digest)>;

/// The head of a stream that has no line.
fn origine() -> Digest {
    Digest::of(ALGORITHME.as_bytes())
}

impl Scellee {
    /// Seals a line after the heads of its contract, which it moves on. `ordre`: its place.
    ///
    /// # Errors
    /// An event that cannot be written in JSON; none is known.
    pub fn sceller(
        contrat: &str,
        ordre: u64,
        ligne: &Ligne,
        tetes: &mut Tetes,
    ) -> Result<Self, serde_json::Error> {
        let evenement = &ligne.evenement;
        let precedente = tetes.get(&ligne.flux).map_or_else(origine, |t| t.1);
        let mut scellee = Self {
            contrat: contrat.to_owned(),
            ordre,
            flux: ligne.flux.clone(),
            rang: ligne.rang,
            enregistre: evenement.enregistre(),
            effet: evenement.effet(),
            genre: evenement.genre().to_owned(),
            version: ligne.v,
            // A private line says its party, not who of them wrote it: others see this much.
            auteur: match evenement.prive() {
                Some(partie) => partie.to_owned(),
                None => evenement.auteur().unwrap_or_default(),
            },
            prive: evenement.prive().unwrap_or_default().to_owned(),
            charge: Charge::Claire(serde_json::to_string(evenement)?),
            empreinte: precedente,
        };
        scellee.empreinte = scellee.calculee(precedente);
        tetes.insert(ligne.flux.clone(), (ligne.rang, scellee.empreinte));
        Ok(scellee)
    }

    /// What its digest must be, after the digest before it.
    fn calculee(&self, precedente: Digest) -> Digest {
        let mut hacheur = Sha256::new();
        let mut partie = |octets: &[u8]| {
            hacheur.update((octets.len() as u64).to_be_bytes());
            hacheur.update(octets);
        };
        partie(ALGORITHME.as_bytes());
        partie(self.contrat.as_bytes());
        partie(&self.ordre.to_be_bytes());
        partie(self.flux.as_bytes());
        partie(&self.rang.to_be_bytes());
        partie(instant(self.enregistre).as_bytes());
        partie(self.effet.to_string().as_bytes());
        partie(self.genre.as_bytes());
        partie(&self.version.to_be_bytes());
        partie(self.auteur.as_bytes());
        partie(self.prive.as_bytes());
        partie(&precedente.0);
        partie(&self.charge.empreinte().0);
        Digest(hacheur.finalize().into())
    }

    /// The line that was sealed.
    ///
    /// # Errors
    /// A blanked payload, or one that this program does not read.
    pub fn ligne(&self) -> Result<Ligne, String> {
        let Charge::Claire(charge) = &self.charge else {
            return Err("elle est caviardée".to_owned());
        };
        let evenement: Evenement =
            serde_json::from_str(charge).map_err(|e| format!("elle ne se lit pas ({e})"))?;
        Ok(Ligne {
            v: self.version,
            flux: self.flux.clone(),
            rang: self.rang,
            evenement,
        })
    }

    /// The same line as a party may see it.
    #[must_use]
    pub fn vue_par(mut self, partie: &str) -> Self {
        if !self.prive.is_empty() && self.prive != partie {
            self.charge = Charge::Caviardee(self.charge.empreinte());
        }
        self
    }
}

/// An instant as it is kept: UTC, to the microsecond, sorted as text.
pub fn instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Checks lines one after the other, in the order of their contract.
#[derive(Debug, Default)]
pub struct Verification {
    contrat: String,
    ordre: u64,
    derniere: Option<Digest>,
    tetes: Tetes,
}

impl Verification {
    /// Begins with the first line of a contract.
    pub fn nouvelle(contrat: &str) -> Self {
        Self {
            contrat: contrat.to_owned(),
            ..Self::default()
        }
    }

    /// Checks the next line.
    ///
    /// # Errors
    /// What is broken, in French; the check goes on after the broken line.
    pub fn suivante(&mut self, ligne: &Scellee) -> Result<(), String> {
        let (rang, precedente) = self
            .tetes
            .get(&ligne.flux)
            .copied()
            .unwrap_or((0, origine()));
        let attendu = self.ordre + 1;
        let calculee = ligne.calculee(precedente);
        self.ordre = ligne.ordre;
        self.derniere = Some(ligne.empreinte);
        self.tetes
            .insert(ligne.flux.clone(), (ligne.rang, ligne.empreinte));
        if ligne.contrat != self.contrat {
            return Err(format!(
                "elle est d'un autre contrat, « {} »",
                ligne.contrat
            ));
        }
        if ligne.ordre != attendu {
            return Err(format!("la ligne {attendu} du contrat manque avant elle"));
        }
        if ligne.rang != rang + 1 {
            return Err(format!(
                "la ligne {} de son flux manque avant elle",
                rang + 1
            ));
        }
        if calculee != ligne.empreinte {
            return Err(
                "son contenu, ou celui d'avant, n'est pas celui qui a été scellé".to_owned(),
            );
        }
        Ok(())
    }

    pub fn ordre(&self) -> u64 {
        self.ordre
    }

    /// The digest of the last line.
    pub fn derniere(&self) -> Option<Digest> {
        self.derniere
    }

    /// The heads reached.
    pub fn tetes(&self) -> &Tetes {
        &self.tetes
    }
}
