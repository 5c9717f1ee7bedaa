//! How many passwords and codes are evaluated, counted in the database: the count is one for all
//! the programs that share it.
//!
//! Any span of a quarter of an hour holds at most so many evaluations. A browser from which a
//! person signed in before has its own count, so that whoever tries passwords on an account does
//! not close it to its owner.

use super::droit::illisible;
use super::jeton::empreinte;
use crate::metier::chaine::instant;
use crate::store::identites::essais;
use crate::store::{Conn, Erreur};
use chrono::{DateTime, TimeDelta, Utc};
use std::net::IpAddr;

pub(super) const FENETRE: TimeDelta = TimeDelta::minutes(15);

/// What is counted, and how many are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Compteur {
    pub(super) cle: String,
    pub(super) max: usize,
}

impl Compteur {
    /// Passwords of an address, whether or not someone has it: it is kept by its digest.
    pub(super) fn compte(courriel: &str, max: usize) -> Self {
        let cle = format!("compte:{}", empreinte(courriel));
        Self { cle, max }
    }

    /// Passwords from a place of the network. A subscriber holds the lower half of the addresses
    /// of IPv6 and may take any.
    pub(super) fn adresse(adresse: IpAddr, max: usize) -> Self {
        let cle = match adresse.to_canonical() {
            IpAddr::V4(v4) => format!("adresse:{v4}"),
            IpAddr::V6(v6) => format!("adresse:{:x}", v6.to_bits() >> 64),
        };
        Self { cle, max }
    }

    /// As a log names it: what is counted, and the beginning of whose.
    pub(super) fn abrege(&self) -> String {
        match self.cle.rsplit_once(':') {
            Some((quoi, cle)) if cle.len() == 64 => format!("{quoi}:{}", &cle[..16]),
            _ => self.cle.clone(),
        }
    }

    /// Passwords from a known browser, by its digest.
    pub(super) fn appareil(empreinte: &str, max: usize) -> Self {
        let cle = format!("appareil:{empreinte}");
        Self { cle, max }
    }

    /// Requests that cost others something, from a place of the network or for an address.
    pub(super) fn demande(quoi: &str, de: &Self) -> Self {
        let cle = format!("{quoi}:{}", de.cle);
        Self { cle, max: de.max }
    }

    /// Codes of a person; of a known browser when there is one.
    pub(super) fn codes(personne: &str, appareil: &str, max: usize) -> Self {
        let cle = if appareil.is_empty() {
            format!("code:{personne}")
        } else {
            format!("code-appareil:{appareil}")
        };
        Self { cle, max }
    }
}

/// When full counters open again, read without writing: whoever insists costs little.
pub(super) async fn pleins(
    conn: &mut Conn<'_>,
    compteurs: &[Compteur],
    maintenant: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Erreur> {
    let mut jusqu_a = None;
    for compteur in compteurs {
        let texte = essais::lus(conn, &compteur.cle).await?;
        jusqu_a = jusqu_a.max(suite(&texte, compteur.max, maintenant)?.1);
    }
    Ok(jusqu_a)
}

/// Notes one evaluation on each counter, unless one of them is full: nothing is noted then, and
/// the instant it opens again is answered.
pub(super) async fn prend(
    conn: &mut Conn<'_>,
    mut compteurs: Vec<Compteur>,
    maintenant: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Erreur> {
    // One order for all, so that two who take the same counters never wait for each other.
    compteurs.sort_by(|a, b| a.cle.cmp(&b.cle));
    let quand = instant(maintenant);
    let mut notes = Vec::new();
    let mut jusqu_a = None;
    for compteur in &compteurs {
        let texte = essais::tient(conn, &compteur.cle, &quand).await?;
        let (suite, plein) = suite(&texte, compteur.max, maintenant)?;
        jusqu_a = jusqu_a.max(plein);
        notes.push((&compteur.cle, suite));
    }
    if jusqu_a.is_none() {
        for (cle, suite) in notes {
            essais::note(conn, cle, &suite).await?;
        }
    }
    Ok(jusqu_a)
}

/// The instants of a counter with this one, or when it opens again.
fn suite(
    texte: &str,
    max: usize,
    maintenant: DateTime<Utc>,
) -> Result<(String, Option<DateTime<Utc>>), Erreur> {
    let lus = texte.split_whitespace().map(str::parse);
    let lus: Result<Vec<i64>, _> = lus.collect();
    let mut lus = lus.map_err(|_| illisible("suite d'essais"))?;
    let debut = (maintenant - FENETRE).timestamp_micros();
    lus.retain(|instant| *instant > debut);
    if lus.len() >= max {
        // A clock that went back leaves instants to come: they count, and pass.
        let rang = lus.len() - max;
        let libere = lus
            .get(rang)
            .and_then(|i| DateTime::from_timestamp_micros(*i));
        return Ok((String::new(), Some(libere.unwrap_or(maintenant) + FENETRE)));
    }
    lus.push(maintenant.timestamp_micros());
    let textes: Vec<String> = lus.iter().map(i64::to_string).collect();
    Ok((textes.join(" "), None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_span_of_a_quarter_of_an_hour_holds_more_than_allowed(
            ecarts in proptest::collection::vec(0..400_i64, 1..120),
            max in 1..12_usize,
        ) {
            let mut quand = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
            let (mut texte, mut faits) = (String::new(), Vec::new());
            for ecart in ecarts {
                quand += TimeDelta::seconds(ecart);
                let (apres, plein) = suite(&texte, max, quand).unwrap();
                match plein {
                    None => {
                        faits.push(quand);
                        texte = apres;
                    }
                    // then it opens when told, not before
                    Some(jusqu_a) => {
                        let avant = jusqu_a - TimeDelta::microseconds(1);
                        prop_assert!(suite(&texte, max, avant).unwrap().1.is_some());
                        prop_assert!(suite(&texte, max, jusqu_a).unwrap().1.is_none());
                    }
                }
            }
            for fenetre in faits.windows(max + 1) {
                prop_assert!(fenetre[max] - fenetre[0] >= FENETRE);
            }
        }
    }

    #[test]
    fn a_subscriber_has_one_counter() {
        let cle = |texte: &str| Compteur::adresse(texte.parse().unwrap(), 1).cle;
        assert_eq!(cle("2001:db8:1:2::1"), cle("2001:db8:1:2:ffff::9"));
        assert_ne!(cle("2001:db8:1:2::1"), cle("2001:db8:1:3::1"));
        assert_eq!(cle("::ffff:192.0.2.1"), cle("192.0.2.1"));
        assert_ne!(cle("192.0.2.1"), cle("192.0.2.2"));
    }
}
