//! Sends messages, through the SMTP server of whoever runs the program.

use super::composer::REGLER;
use super::dire::propre;
use crate::app::execute::Entente;
use crate::metier::chaine::instant;
use crate::store::courriels::{self, Courriel};
use crate::store::{Conn, Erreur, Futur};
use chrono::{DateTime, TimeDelta, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::time::Duration;

/// How long one message may take; less than its lease, so that nobody takes it over meanwhile.
const DELAI: Duration = Duration::from_mins(1);
const BAIL: TimeDelta = TimeDelta::minutes(2);
/// Past this age a message is given up: RFC 5321 § 4.5.4.1 asks for four to five days.
const AGE: TimeDelta = TimeDelta::days(5);
/// The longest wait between two tries.
const ATTENTE: TimeDelta = TimeDelta::hours(4);
/// Messages of one round: other work has its turn.
const TOURNEE: usize = 50;

/// Which server, and who writes.
#[derive(Debug, Clone)]
pub struct Courrier {
    transport: AsyncSmtpTransportBuilder,
    expediteur: Mailbox,
}

/// What carries messages: one for the life of the program, as it keeps its connections.
pub struct Facteur {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    expediteur: Mailbox,
    regler: String,
}

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Releve {
    pub envoyes: usize,
    /// Given up.
    pub refuses: usize,
    /// Put off.
    pub remis: usize,
}

/// Why a message did not go.
enum Echec {
    /// Nobody will take it.
    Refus(String),
    /// To be tried again. `seul`: the server may take others.
    Attente { quoi: String, seul: bool },
}

impl Courrier {
    /// `smtp`: `smtps://UTILISATEUR:SECRET@HÔTE:PORT`, or `smtp://…?tls=required`; in the clear to
    /// this machine only. `expediteur`: `Nom <adresse>`.
    ///
    /// # Errors
    /// One French sentence, which does not repeat the secret.
    pub fn nouveau(smtp: &str, expediteur: &str) -> Result<Self, String> {
        let lue = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp).map_err(|_| {
            "L'adresse du serveur de courriel (smtp) ne se lit pas : attendu \
             « smtps://UTILISATEUR:SECRET@HÔTE » ou « smtp://HÔTE?tls=required »."
                .to_owned()
        })?;
        let chiffre = smtp.starts_with("smtps://") || smtp.contains("?tls=required");
        if !chiffre && !ici(hote(smtp)) {
            return Err(format!(
                "Le serveur de courriel « {} » recevrait les messages en clair. Écrivez \
                 « smtps://… », ou ajoutez « ?tls=required » à son adresse.",
                propre(hote(smtp))
            ));
        }
        let expediteur = expediteur.parse().map_err(|_| {
            format!(
                "L'expéditeur « {} » ne se lit pas : attendu « Entente <entente@exemple.fr> ».",
                propre(expediteur)
            )
        })?;
        Ok(Self {
            transport: lue.timeout(Some(DELAI / 2)),
            expediteur,
        })
    }
}

/// The host of an address.
fn hote(url: &str) -> &str {
    let suite = url.split_once("://").map_or(url, |(_, suite)| suite);
    let autorite = suite.split(['/', '?', '#']).next().unwrap_or_default();
    let hote = autorite.rsplit('@').next().unwrap_or_default();
    match hote.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => hote.split(':').next().unwrap_or_default(),
    }
}

fn ici(hote: &str) -> bool {
    let numero = hote.parse::<std::net::IpAddr>();
    hote == "localhost" || numero.is_ok_and(|ip| ip.is_loopback())
}

impl Facteur {
    /// To be made inside the runtime that sends. `adresse`: that of the site.
    pub fn nouveau(courrier: &Courrier, adresse: &str) -> Self {
        Self {
            transport: courrier.transport.clone().build(),
            expediteur: courrier.expediteur.clone(),
            regler: format!("<{}{REGLER}>", adresse.trim_end_matches('/')),
        }
    }

    async fn remet(&self, courriel: &Courriel) -> Result<(), Echec> {
        let message = self.ecrit(courriel).map_err(Echec::Refus)?;
        let envoi = tokio::time::timeout(DELAI, self.transport.send(message));
        let Ok(envoi) = envoi.await else {
            return Err(Echec::Attente {
                quoi: "le serveur ne répond pas à temps".to_owned(),
                seul: false,
            });
        };
        envoi.map(|_| ()).map_err(|erreur| {
            let quoi = propre(&erreur.to_string());
            let code = erreur.status().map(u16::from);
            // A server that does not let us in says nothing of this message (RFC 4954 § 6).
            let dehors = matches!(code, Some(421 | 530 | 534 | 535 | 538));
            if erreur.is_permanent() && !dehors || erreur.is_client() {
                return Echec::Refus(quoi);
            }
            Echec::Attente {
                quoi,
                seul: erreur.is_transient() && !dehors,
            }
        })
    }

    /// The message as it goes: the same each time it is sent.
    fn ecrit(&self, courriel: &Courriel) -> Result<Message, String> {
        let adresse: Address = courriel
            .adresse
            .parse()
            .map_err(|_| "l'adresse n'est pas une adresse de courriel".to_owned())?;
        let cree: DateTime<Utc> = courriel
            .cree
            .parse()
            .map_err(|_| "la date de ce message ne se lit pas".to_owned())?;
        let entete = |nom: &'static str, valeur: String| {
            HeaderValue::new(HeaderName::new_from_ascii_str(nom), valeur)
        };
        let domaine = self.expediteur.email.domain();
        Message::builder()
            .from(self.expediteur.clone())
            .to(Mailbox::new(Some(propre(&courriel.nom)), adresse))
            .subject(propre(&courriel.sujet))
            .date(cree.into())
            .message_id(Some(format!("<{}@{domaine}>", courriel.id)))
            .raw_header(entete("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(entete("List-Unsubscribe", self.regler.clone()))
            .multipart(MultiPart::alternative_plain_html(
                courriel.texte.clone(),
                courriel.html.clone(),
            ))
            .map_err(|e| e.to_string())
    }
}

impl Entente {
    /// Sends the messages that are due, one after the other, until none is left, the server is
    /// gone, or the round is over.
    ///
    /// # Errors
    /// The database does not answer; what was claimed is sent after its lease.
    pub async fn poster(
        &self,
        horloge: impl Fn() -> DateTime<Utc>,
        facteur: &Facteur,
    ) -> Result<Releve, Erreur> {
        let mut releve = Releve::default();
        for _ in 0..TOURNEE {
            let maintenant = horloge();
            let (de, a) = (instant(maintenant), instant(maintenant + BAIL));
            let prise = self.base.ecrire(move |mut conn| {
                Box::pin(async move { courriels::prend(&mut conn, &de, &a).await })
            });
            let Some(courriel) = prise.await? else {
                break;
            };
            let fait = if trop_vieux(&courriel, maintenant) {
                let quoi = "trop ancien : ce qu'il dit n'est plus d'actualité".to_owned();
                Err(Echec::Refus(quoi))
            } else {
                facteur.remet(&courriel).await
            };
            let parti = matches!(fait, Err(Echec::Attente { seul: false, .. }));
            self.note(courriel, fait, horloge(), &mut releve).await?;
            if parti {
                break;
            }
        }
        Ok(releve)
    }

    async fn note(
        &self,
        courriel: Courriel,
        fait: Result<(), Echec>,
        quand: DateTime<Utc>,
        releve: &mut Releve,
    ) -> Result<(), Erreur> {
        let (id, essais) = (courriel.id.clone(), courriel.essais);
        match &fait {
            Ok(()) => {
                releve.envoyes += 1;
                tracing::info!(id, essais, "un message est parti");
            }
            Err(Echec::Refus(quoi)) => {
                releve.refuses += 1;
                tracing::error!(id, essais, quoi, "un message est abandonné");
            }
            Err(Echec::Attente { quoi, .. }) => {
                releve.remis += 1;
                tracing::warn!(id, essais, quoi, "un message n'est pas parti");
            }
        }
        let note = self.base.ecrire(move |mut conn| -> Futur<'_, _> {
            Box::pin(async move { ecrit(&mut conn, &courriel, &fait, quand).await })
        });
        note.await.map(|_| ())
    }

    /// How many messages wait, and how many were given up.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn courriels_en_attente(&self) -> Result<(i64, i64), Erreur> {
        let mut lecteur = self.base.lire().await?;
        courriels::attente(&mut lecteur.conn()).await
    }
}

async fn ecrit(
    conn: &mut Conn<'_>,
    courriel: &Courriel,
    fait: &Result<(), Echec>,
    quand: DateTime<Utc>,
) -> Result<bool, Erreur> {
    match fait {
        Ok(()) => courriels::envoye(conn, courriel, &instant(quand)).await,
        Err(Echec::Refus(quoi)) => courriels::refuse(conn, courriel, &instant(quand), quoi).await,
        Err(Echec::Attente { quoi, .. }) => {
            let du = instant(quand + attente(courriel.essais));
            courriels::remet(conn, courriel, &du, quoi).await
        }
    }
}

fn trop_vieux(courriel: &Courriel, maintenant: DateTime<Utc>) -> bool {
    let cree = courriel.cree.parse::<DateTime<Utc>>();
    cree.is_ok_and(|cree| maintenant - cree > AGE)
}

/// A minute, then twice as long each time.
fn attente(essais: i64) -> TimeDelta {
    let exposant = u32::try_from(essais - 1).unwrap_or(0).min(8);
    TimeDelta::minutes(1_i64 << exposant).min(ATTENTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_four_hours() {
        let minutes = |n| attente(n).num_minutes();
        assert_eq!([1, 2, 3, 8, 9, 500].map(minutes), [1, 2, 4, 128, 240, 240]);
        assert_eq!(attente(0), TimeDelta::minutes(1));
    }

    #[test]
    fn nothing_goes_in_the_clear_to_another_machine() {
        let de = "Entente <entente@exemple.fr>";
        for bonne in [
            "smtps://u:s@smtp.exemple.fr",
            "smtp://smtp.exemple.fr:587?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://[::1]:25",
            "smtp://localhost",
        ] {
            assert!(Courrier::nouveau(bonne, de).is_ok(), "{bonne}");
        }
        for mauvaise in [
            "smtp://u:s3cret@smtp.exemple.fr",
            "smtp://smtp.exemple.fr?tls=opportunistic",
            "smtp://127.0.0.1@ailleurs.fr",
            "http://smtp.exemple.fr",
            "smtp.exemple.fr",
            "",
        ] {
            let phrase = Courrier::nouveau(mauvaise, de).map(|_| ()).unwrap_err();
            assert!(phrase.contains("smtps://"), "{mauvaise} : {phrase}");
            assert!(!phrase.contains("s3cret"), "{phrase}");
        }
        for expediteur in ["", "entente", "A <a@b>\r\nBcc: c@d.fr", "<@>"] {
            let refus = Courrier::nouveau("smtp://localhost", expediteur);
            let phrase = refus.map(|_| ()).unwrap_err();
            assert!(
                phrase.contains("expéditeur") && !phrase.contains('\n'),
                "{phrase}"
            );
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let courrier = Courrier::nouveau("smtps://u:s3cret@exemple.fr", "a@exemple.fr").unwrap();
        assert!(!format!("{courrier:?}").contains("s3cret"));
    }
}
