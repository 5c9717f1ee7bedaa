//! What was typed and not sent: kept for the person alone, offered again when the form is opened.
//! Never in the journal, never shown to anybody else; erased when the form is done, or too old.

use super::consult::{Consultation, Indisponible};
use super::formulaires::Envoi;
use super::vues::francais::instant as dit;
use crate::metier::chaine::instant;
use crate::store::brouillons;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Whose it is, and of which form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleDeBrouillon {
    pub personne: String,
    pub contrat: String,
    /// What names the form in the contract: its path, and what it is about.
    pub formulaire: String,
}

/// What was typed, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brouillon {
    pub envoi: Envoi,
    /// `22/11/2026 à 10 h 04`.
    pub quand: String,
}

/// As many as one person keeps; the oldest go first.
const PAR_PERSONNE: u64 = 50;
/// In characters of JSON: a form holds no more.
const TAILLE: usize = 96 * 1024;
const AGE: TimeDelta = TimeDelta::days(60);
/// Of the request, not of what was typed: they are made anew each time.
const PROPRES: [&str; 6] = ["id", "sel", "quoi", "empreinte", "geste", "confirme"];

impl Consultation {
    /// The draft of a form.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn brouillon(&self, cle: &CleDeBrouillon) -> Result<Option<Brouillon>, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        let depuis = instant(self.maintenant() - AGE);
        let lu = brouillons::lu(&mut lecteur.conn(), parties(cle), &depuis).await?;
        Ok(lu.and_then(|(texte, quand)| relu(&texte, &quand)))
    }

    /// The drafts of the forms of one page, by what names each.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn brouillons(
        &self,
        (personne, contrat): (&str, &str),
        debut: &str,
    ) -> Result<BTreeMap<String, Brouillon>, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        let depuis = instant(self.maintenant() - AGE);
        let cle = [personne, contrat, debut];
        let lus = brouillons::lus(&mut lecteur.conn(), cle, &depuis).await?;
        let relus = lus
            .into_iter()
            .filter_map(|(nom, texte, quand)| Some((nom, relu(&texte, &quand)?)));
        Ok(relus.collect())
    }

    /// Keeps what was typed, in the place of what was kept before of the same form. Nothing typed,
    /// or too much: nothing is kept.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn garde_brouillon(
        &self,
        cle: CleDeBrouillon,
        envoi: &Envoi,
    ) -> Result<(), Indisponible> {
        let tapes = envoi
            .iter()
            .filter(|(nom, _)| !PROPRES.contains(&nom.as_str()));
        let tapes: Envoi = tapes
            .map(|(nom, valeurs)| (nom.clone(), valeurs.clone()))
            .collect();
        let texte = serde_json::to_string(&tapes).unwrap_or_default();
        let vide = tapes
            .values()
            .flatten()
            .all(|valeur| valeur.trim().is_empty());
        if vide || texte.len() > TAILLE || texte.contains("\\u0000") {
            return Ok(());
        }
        let maintenant = self.maintenant();
        let (quand, depuis) = (instant(maintenant), instant(maintenant - AGE));
        let garde = self.entente.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                brouillons::oublie(conn, &depuis).await?;
                brouillons::garde(conn, parties(&cle), &texte, &quand).await?;
                brouillons::borne(conn, &cle.personne, PAR_PERSONNE).await
            })
        });
        Ok(garde.await?)
    }

    /// Erases the draft of a form that is done, or not wanted.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn jette_brouillon(&self, cle: CleDeBrouillon) -> Result<(), Indisponible> {
        let jette = self.entente.base.ecrire(move |mut conn| {
            Box::pin(async move { brouillons::jette(&mut conn, parties(&cle)).await })
        });
        Ok(jette.await?)
    }
}

fn relu(texte: &str, quand: &str) -> Option<Brouillon> {
    let quand: DateTime<Utc> = quand.parse().ok()?;
    Some(Brouillon {
        envoi: serde_json::from_str(texte).ok()?,
        quand: dit(quand),
    })
}

fn parties(cle: &CleDeBrouillon) -> [&str; 3] {
    [&cle.personne, &cle.contrat, &cle.formulaire]
}
