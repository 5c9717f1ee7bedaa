//! How long each kind of data is kept, and erasing what has had its time. The lines of journals are
//! never erased: what is, is what they commit to and what surrounds them.

use super::execute::Entente;
use super::fichiers::Library;
use crate::metier::chaine::{Scellee, instant};
use crate::metier::evenement::Evenement;
use crate::regles::calendrier::{Territoire, civil_date};
use crate::regles::delai::{Delai, Unit};
use crate::regles::value::Value;
use crate::store::purges::{self, Quoi};
use crate::store::{Conn, Erreur, dits};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::BTreeSet;

/// The pack that holds the durations, as dated values.
const PAQUET: &str = "conservation-2026";
const PIECES: &str = "CONSERVATION_PIECES";
const REGLES: [(&str, Quoi); 4] = [
    ("CONSERVATION_ECHANGES", Quoi::Echanges),
    ("CONSERVATION_NOTES", Quoi::Notes),
    ("CONSERVATION_COMPTES", Quoi::Comptes),
    ("CONSERVATION_COURRIELS", Quoi::Courriels),
];
/// Lines read at once.
const PAQUET_DE_LIGNES: u64 = 2_000;
/// Files looked for at once.
const FICHIERS: usize = 500;

/// How long a kind of data is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duree {
    pub regle: String,
    /// What is kept, and from when.
    pub titre: String,
    /// `P10Y`.
    pub duree: String,
    /// « 10 ans ».
    pub dite: String,
    pub source: String,
    pub confirmee: bool,
    /// What dates from before this day has had its time.
    pub avant: NaiveDate,
}

/// What a purge erases, or would, under one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Purge {
    #[serde(flatten)]
    pub duree: Duree,
    pub nombre: u64,
}

/// The durations in force on a day, as the shipped pack says them.
///
/// # Errors
/// The pack lacks one, or counts it otherwise than back from a day.
pub fn durees(jour: NaiveDate) -> Result<Vec<Duree>, String> {
    let paquet = Library::shipped_once().pack(PAQUET);
    let paquet = paquet.ok_or_else(|| format!("le paquet « {PAQUET} » manque"))?;
    let noms = [PIECES].into_iter().chain(REGLES.map(|(nom, _)| nom));
    noms.map(|nom| {
        let regle = paquet.rules.get(nom).zip(paquet.value(nom, jour));
        let (regle, valeur) = regle.ok_or_else(|| format!("la durée « {nom} » manque"))?;
        let Value::Duration(delai) = valeur.value else {
            return Err(format!("« {nom} » n'est pas une durée"));
        };
        Ok(Duree {
            regle: nom.to_owned(),
            titre: regle.title.clone(),
            duree: delai.iso(),
            dite: dite(delai),
            source: valeur.source.clone(),
            confirmee: valeur.confirmed,
            avant: delai
                .avant(jour, Territoire::Metropole)
                .map_err(|e| format!("« {nom} » ne se compte pas ({e})"))?,
        })
    })
    .collect()
}

fn dite(delai: Delai) -> String {
    let (un, plusieurs) = match delai.unit {
        Unit::Days => ("jour", "jours"),
        Unit::Months => ("mois", "mois"),
        Unit::Years => ("an", "ans"),
    };
    let nom = if delai.count > 1 { plusieurs } else { un };
    format!("{}\u{a0}{nom}", delai.count)
}

impl Entente {
    /// What has had its time, rule by rule; erased when `faire`, and noted then.
    ///
    /// # Errors
    /// The database does not answer, or the durations do not read.
    pub async fn purger(
        &self,
        maintenant: DateTime<Utc>,
        faire: bool,
    ) -> Result<Vec<Purge>, Erreur> {
        let durees = durees(civil_date(maintenant)).map_err(Erreur::Abime)?;
        let purge = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let mut purges = Vec::with_capacity(durees.len());
                for duree in durees {
                    let nombre = une(&mut conn, &duree, faire).await?;
                    if faire && nombre > 0 {
                        let quand = instant(maintenant);
                        let avant = duree.avant.to_string();
                        let quoi = (avant.as_str(), nombre);
                        purges::note(&mut conn, (&quand, &duree.regle), quoi).await?;
                    }
                    purges.push(Purge { duree, nombre });
                }
                Ok(purges)
            })
        });
        purge.await
    }
}

async fn une(conn: &mut Conn<'_>, duree: &Duree, faire: bool) -> Result<u64, Erreur> {
    // Instants are written in full: a day alone comes before all of its own.
    let avant = duree.avant.to_string();
    let Some((_, quoi)) = REGLES.iter().find(|(nom, _)| *nom == duree.regle) else {
        let passees = pieces(conn, &avant).await?;
        if faire {
            for empreinte in &passees {
                purges::oublie(conn, empreinte).await?;
            }
        }
        return Ok(passees.len() as u64);
    };
    let nombre = purges::compte(conn, *quoi, &avant).await?;
    if faire {
        purges::efface(conn, *quoi, &avant).await?;
    }
    Ok(nombre)
}

/// The files that only contracts closed before an instant name, by digest.
async fn pieces(conn: &mut Conn<'_>, avant: &str) -> Result<BTreeSet<String>, Erreur> {
    // Whatever names a file says what kind of file it is.
    const LIGNES: (&str, &str) = ("saisie", "\"media\":");
    let clos = purges::clos(conn, avant).await?;
    if clos.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (mut passees, mut gardees) = (BTreeSet::new(), BTreeSet::new());
    let mut apres = (String::new(), 0);
    loop {
        let ici = (apres.0.as_str(), apres.1);
        let lignes = purges::lignes(conn, LIGNES, ici, PAQUET_DE_LIGNES).await?;
        let Some(derniere) = lignes.last() else {
            break;
        };
        apres = (derniere.contrat.clone(), derniere.ordre);
        for ligne in &lignes {
            let de_clos = clos.contains(&ligne.contrat);
            let ou = if de_clos { &mut passees } else { &mut gardees };
            ou.extend(fichiers(ligne)?);
        }
    }
    passees.retain(|empreinte| !gardees.contains(empreinte));
    let passees: Vec<String> = passees.into_iter().collect();
    let mut presentes = BTreeSet::new();
    for quelques in passees.chunks(FICHIERS) {
        presentes.extend(dits::gardes(conn, quelques).await?);
    }
    Ok(presentes)
}

/// The files that a line names.
fn fichiers(scellee: &Scellee) -> Result<Vec<String>, Erreur> {
    let ligne = scellee.ligne().map_err(Erreur::Abime)?;
    let Evenement::Saisie { saisie, .. } = ligne.evenement else {
        return Ok(Vec::new());
    };
    Ok(saisie.fichiers().iter().map(ToString::to_string).collect())
}
