//! The history of any contract, from its lines alone.

use super::mots::Mots;
use crate::app::contrat::Contrat;
use crate::metier::evenement::Ligne;
use crate::regles::calendrier::en_lettres;
use chrono::NaiveDate;
use std::fmt::Write as _;

/// One thing that happened: what a person asked, or what passed with the time, and what followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The rank of its first line among those given.
    pub premiere: usize,
    pub jour: NaiveDate,
    pub quoi: String,
    pub suites: Vec<String>,
}

/// What happened, in order. Lines of one request make one moment.
pub fn moments<'l>(
    contrat: &Contrat<'_>,
    lignes: impl IntoIterator<Item = &'l Ligne>,
) -> Vec<Moment> {
    let mots = Mots { contrat };
    let mut moments: Vec<Moment> = Vec::new();
    let mut demande: Option<&str> = None;
    for (rang, ligne) in lignes.into_iter().enumerate() {
        let evenement = &ligne.evenement;
        let id = evenement.demande();
        let jour = evenement.effet();
        let passe = id.is_none()
            && moments
                .last()
                .is_none_or(|m| demande.is_none() && m.jour != jour);
        if passe || (id.is_some() && id != demande) {
            demande = id;
            let quoi = match evenement.auteur() {
                Some(auteur) if id.is_some() => {
                    let geste = mots.geste(&ligne.flux, evenement);
                    format!("{} : {geste}", qui(&mots, &auteur))
                }
                _ => "le temps passe".to_owned(),
            };
            let suites = mots.flux(&ligne.flux).filter(|_| id.is_some());
            moments.push(Moment {
                premiere: rang,
                jour,
                quoi,
                suites: suites.into_iter().collect(),
            });
        }
        if let Some(moment) = moments.last_mut() {
            moment.suites.extend(mots.suite(&ligne.flux, evenement));
        }
    }
    moments
}

fn qui(mots: &Mots<'_>, auteur: &str) -> String {
    match auteur.split_once('/') {
        Some((partie, personne)) => format!("{personne}, {}", mots.partie(partie)),
        None => auteur.to_owned(),
    }
}

/// The same, as a tree.
pub fn fil(moments: &[Moment]) -> String {
    let mut texte = String::new();
    let mut jour = None;
    for moment in moments {
        if jour != Some(moment.jour) {
            jour = Some(moment.jour);
            let _ = writeln!(texte, "\n{}", en_lettres(moment.jour));
        }
        let _ = writeln!(texte, "├─ {}", moment.quoi);
        let derniere = moment.suites.len().saturating_sub(1);
        for (i, suite) in moment.suites.iter().enumerate() {
            let branche = if i == derniere { "└─" } else { "├─" };
            let _ = writeln!(texte, "│  {branche} {suite}");
        }
    }
    texte
}
