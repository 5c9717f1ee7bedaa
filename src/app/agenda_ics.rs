//! Deadlines as a calendar that people subscribe to (RFC 5545): one event per deadline, a whole
//! day, an alarm a week before. The address holds a token of 256 bits, shown once; its digest is
//! kept, and its owner may end it.

use super::acces::{Place, Visiteur};
use super::consult::{Consultation, Indisponible, resume_lu};
use super::courriels::{Regard, propre};
use super::execute::Entente;
use super::vues::francais::{majuscule, typographie};
use super::vues::{Filtre, adresse};
use crate::metier::chaine::instant;
use crate::store::{Erreur, flux_ics, portefeuille};
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use icalendar::{Alarm, Calendar, Component as _, Event, EventLike as _, Property};
use std::fmt::Write as _;

/// A deadline, ready for a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echeance {
    /// The same whatever its date: a deadline that moves stays one event.
    pub cle: String,
    pub jour: NaiveDate,
    pub titre: String,
    /// What happens then, and on which ground.
    pub details: Vec<String>,
    /// Its contract's page, from the root of the site.
    pub page: String,
}

/// How long before a deadline people are reminded.
const RAPPEL: TimeDelta = TimeDelta::days(7);
/// How often subscribers should look again.
const RELECTURE: TimeDelta = TimeDelta::hours(12);
const OCTETS: usize = 32;
/// Contracts that one calendar tells of.
const CONTRATS: u64 = 100;

/// The deadlines of a contract that someone is told of, first those that fall first.
fn echeances(regard: &Regard<'_>, place: &Place) -> Vec<Echeance> {
    let page = adresse(&regard.identite.id);
    let mut echeances = Vec::new();
    for suivi in &regard.suivis {
        for date in suivi.agenda.dates.iter().filter(|d| place.porte(&d.spot)) {
            let lieu = [
                &regard.identite.id,
                suivi.nom,
                date.spot.as_str(),
                &date.name,
            ];
            let quoi = serde_json::json!(lieu).to_string();
            let titre = majuscule(&regard.quoi(suivi, date));
            echeances.push(Echeance {
                cle: Digest::of(quoi.as_bytes()).to_string(),
                jour: date.echeance,
                titre: format!("{titre} – {}", regard.identite.titre),
                details: regard.suite(suivi, date),
                page: page.clone(),
            });
        }
    }
    echeances.sort_by(|a, b| (a.jour, &a.cle).cmp(&(b.jour, &b.cle)));
    echeances
}

/// The calendar, as it is served under `text/calendar; charset=utf-8`. `site`: where links lead.
pub fn calendrier(echeances: &[Echeance], site: &str, maintenant: DateTime<Utc>) -> String {
    let site = site.trim_end_matches('/');
    let mut calendrier = Calendar::empty();
    for (nom, valeur) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Entente//Entente//FR"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendrier.append_property(Property::new(nom, valeur));
    }
    calendrier.name("Entente : échéances").ttl(&RELECTURE);
    for echeance in echeances {
        calendrier.push(evenement(echeance, site, maintenant));
    }
    calendrier.done().to_string()
}

fn evenement(echeance: &Echeance, site: &str, maintenant: DateTime<Utc>) -> Event {
    let titre = typographie(&propre(&echeance.titre));
    let details: Vec<String> = echeance.details.iter().map(|d| propre(d)).collect();
    let mut evenement = Event::new();
    evenement
        .uid(&format!("{}@entente", echeance.cle))
        .timestamp(maintenant)
        .starts(echeance.jour)
        // The day after: the end of an event is not part of it.
        .ends(
            echeance
                .jour
                .checked_add_days(Days::new(1))
                .unwrap_or(echeance.jour),
        )
        .summary(&titre)
        .description(&typographie(&details.join("\n")))
        .url(&format!("{site}{}", echeance.page))
        .append_property(Property::new("TRANSP", "TRANSPARENT"))
        .alarm(Alarm::display(&titre, -RAPPEL));
    evenement.done()
}

impl Entente {
    /// Opens the calendar of a person; the one that was open before ends. Answers its token, in
    /// hexadecimal, which is kept nowhere.
    ///
    /// # Errors
    /// The database does not take it, or the machine gives no chance.
    pub async fn ouvrir_calendrier(
        &self,
        personne: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<String, Erreur> {
        let mut octets = [0; OCTETS];
        getrandom::fill(&mut octets)
            .map_err(|e| Erreur::Indisponible(format!("le hasard de la machine : {e}")))?;
        let mut jeton = String::with_capacity(2 * OCTETS);
        for octet in octets {
            // Writing to a String cannot fail.
            let _ = write!(jeton, "{octet:02x}");
        }
        let (garde, personne) = (empreinte(&jeton), personne.to_owned());
        let quand = instant(maintenant);
        let note = self.base.ecrire(move |mut conn| {
            Box::pin(async move { flux_ics::ouvre(&mut conn, &garde, &personne, &quand).await })
        });
        note.await.map(|()| jeton)
    }

    /// Ends the calendar of a person. Answers whether there was one.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn fermer_calendrier(
        &self,
        personne: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<bool, Erreur> {
        let (personne, quand) = (personne.to_owned(), instant(maintenant));
        let note = self.base.ecrire(move |mut conn| {
            Box::pin(async move { flux_ics::revoque(&mut conn, &personne, &quand).await })
        });
        note.await
    }

    /// Whose calendar a token opens. None: unknown or ended, which look the same.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn personne_du_calendrier(&self, jeton: &str) -> Result<Option<String>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        flux_ics::personne(&mut lecteur.conn(), &empreinte(jeton)).await
    }

    /// Since when a person has a calendar; none open.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn calendrier_ouvert(&self, personne: &str) -> Result<Option<String>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        flux_ics::ouvert(&mut lecteur.conn(), personne).await
    }
}

impl Consultation {
    /// The deadlines of the contracts that someone sees: the hundred that are waited for first.
    ///
    /// # Errors
    /// The database does not answer, or what it holds does not read.
    pub async fn echeances(&self, qui: &Visiteur) -> Result<Vec<Echeance>, Indisponible> {
        let maintenant = self.maintenant();
        let choix = self.choix(qui, &Filtre::default());
        let mut lecteur = self.entente.base.lire().await?;
        let lus = portefeuille::resumes(&mut lecteur.conn(), &choix, CONTRATS, 0).await?;
        drop(lecteur);
        let mut toutes = Vec::new();
        for lu in lus {
            let id = resume_lu(&lu)?.id;
            let Some(entree) = self.entente.lire(&id).await? else {
                continue;
            };
            let contrat = self.entente.contrat(&entree);
            if let Some(place) = qui.place(&contrat) {
                let regard = Regard::de(&id, &contrat, maintenant);
                toutes.extend(echeances(&regard, &place));
            }
        }
        toutes.sort_by(|a, b| (a.jour, &a.cle).cmp(&(b.jour, &b.cle)));
        Ok(toutes)
    }
}

fn empreinte(jeton: &str) -> String {
    Digest::of(jeton.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn une(titre: &str) -> Echeance {
        Echeance {
            cle: "c".to_owned(),
            jour: NaiveDate::from_ymd_opt(2024, 9, 20).unwrap(),
            titre: titre.to_owned(),
            details: vec![titre.to_owned()],
            page: "/contrats/c1".to_owned(),
        }
    }

    fn ecrit(titre: &str) -> String {
        let maintenant = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        calendrier(&[une(titre)], "https://entente.exemple.fr/", maintenant)
    }

    proptest! {
        #[test]
        fn no_text_adds_a_line_of_its_own(titre in "\\PC{0,90}|(.|\r|\n){0,90}") {
            // given the lines of a calendar, unfolded
            let lignes = |ics: &str| {
                let deplie = ics.replace("\r\n ", "");
                let nom = |ligne: &str| ligne.split([':', ';']).next().map(str::to_owned);
                let noms = deplie.split("\r\n").map(nom);
                noms.collect::<Vec<_>>()
            };
            // when a text is anything, then the same properties are there, in lines that fit
            let ics = ecrit(&titre);
            prop_assert_eq!(lignes(&ics), lignes(&ecrit("Signature")));
            // 75 octets (RFC 5545, 3.1: should); the crate leaves out of its count the space that
            // begins the last line of a text.
            prop_assert!(ics.split("\r\n").all(|l| l.len() <= 76 && !l.contains(['\r', '\n'])));
        }
    }
}
