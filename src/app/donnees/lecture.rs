//! Reads for programs: pages that follow one another by what they hold, not by their number, so
//! that what is written meanwhile neither repeats nor hides a line.

use crate::app::acces::Visiteur;
use crate::app::consult::{Consultation, Indisponible, lue, resume_lu};
use crate::app::vues::{ContratLu, Filtre, LigneLue, ResumeContrat};
use crate::metier::evenement::Evenement;
use crate::store::journal::{self, Regard};
use crate::store::portefeuille;
use crate::workflow::machine::Event;
use crate::workflow::machine::event::Inputs;
use std::collections::BTreeSet;

/// A page, and where the next one begins; none: there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suite<T, R> {
    pub elements: Vec<T>,
    pub suite: Option<R>,
}

pub use crate::store::portefeuille::Rang;

/// Cuts what was read, one more than asked, and answers where the next page begins.
fn coupe<T, R>(mut lus: Vec<(R, T)>, limite: u64) -> Suite<T, R> {
    let limite = usize::try_from(limite).unwrap_or(usize::MAX);
    let reste = lus.len() > limite;
    lus.truncate(limite);
    let mut suite = None;
    let mut elements = Vec::with_capacity(lus.len());
    for (rang, element) in lus {
        suite = Some(rang);
        elements.push(element);
    }
    Suite {
        elements,
        suite: suite.filter(|_| reste),
    }
}

impl Consultation {
    /// The contracts that someone sees, after one of the list. Each with whether the person sees
    /// some of its establishments only.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn contrats_apres(
        &self,
        qui: &Visiteur,
        filtre: &Filtre,
        (apres, limite): (&Rang, u64),
    ) -> Result<Suite<(ResumeContrat, bool), Rang>, Indisponible> {
        let choix = self.choix(qui, filtre);
        let mut instantane = self.entente.base.instantane().await?;
        let conn = &mut instantane.conn();
        let lus = portefeuille::resumes_apres(conn, &choix, apres, limite + 1).await?;
        let Suite { elements, suite } = coupe(lus, limite);
        let borne = qui.limite();
        let mut vus = Vec::with_capacity(elements.len());
        for texte in elements {
            let resume = resume_lu(&texte)?;
            if !borne {
                vus.push((resume, false));
            } else if let Some(lu) = self.tenu(conn, qui, &resume.id).await? {
                vus.push((resume, lu.place.esms.is_some()));
            }
        }
        Ok(Suite {
            elements: vus,
            suite,
        })
    }

    /// A contract, with the lines of its journal that someone sees after one, of one stream or of
    /// all. `None`: no such contract, for that person; nor such a journal for who sees some
    /// establishments only, since it tells of all.
    ///
    /// # Errors
    /// The database does not answer, or what it holds cannot be read.
    pub async fn journal_apres(
        &self,
        qui: &Visiteur,
        (id, flux): (&str, &str),
        (apres, limite): (u64, u64),
    ) -> Result<Option<(ContratLu, Suite<LigneLue, u64>)>, Indisponible> {
        let mut instantane = self.entente.base.instantane().await?;
        let conn = &mut instantane.conn();
        let lu = self.tenu(conn, qui, id).await?;
        let Some(lu) = lu.filter(|lu| lu.place.esms.is_none()) else {
            return Ok(None);
        };
        let regard = Regard {
            contrat: id,
            flux,
            partie: &lu.place.partie,
            cercle: lu.contrat.cercle(&lu.place.partie),
        };
        let lignes = journal::suivantes(conn, regard, apres, limite + 1).await?;
        let lignes: Vec<LigneLue> = lignes.iter().map(lue).collect::<Result<_, _>>()?;
        let lignes = lignes.into_iter().map(|l| (l.ordre, l)).collect();
        Ok(Some((lu, coupe(lignes, limite))))
    }

    /// What was agreed to by a request that was answered: whoever asks it again, once the act is
    /// closed, does not have to say what it was not asked to type. Empty when it is new.
    ///
    /// # Errors
    /// The database does not answer, or what it holds cannot be read.
    pub async fn convenu(
        &self,
        contrat: &str,
        (partie, personne): (&str, &str),
        id: &str,
    ) -> Result<Inputs, Indisponible> {
        let cle = [
            contrat.to_owned(),
            format!("{partie}/{personne}"),
            id.to_owned(),
        ];
        let mut instantane = self.entente.base.instantane().await?;
        let conn = &mut instantane.conn();
        let repondues = journal::demandes(conn, &BTreeSet::from([cle])).await?;
        let Some(repondue) = repondues.into_values().next() else {
            return Ok(Inputs::new());
        };
        let (avant, derniere) = (repondue.premiere.saturating_sub(1), repondue.derniere);
        let nombre = derniere.saturating_sub(avant);
        for scellee in journal::lignes(conn, contrat, avant, nombre).await? {
            let evenement = lue(&scellee)?.evenement;
            if let Evenement::Machine(stamped) = evenement
                && let Event::Consented {
                    id: sien, inputs, ..
                } = stamped.event
                && sien == id
            {
                return Ok(inputs);
            }
        }
        Ok(Inputs::new())
    }
}
