//! Who works in it: accounts, rights, sessions, second factor, invitations, keys of programs.
//!
//! What a stolen database gives: names and addresses of professionals, who may do what, password
//! digests (argon2id, to be broken one by one), and, where no key seals them (`app::coffre`), the
//! keys of second factors, which must be read to check a code. It gives no session, no invitation
//! and no key of a program: of these only the SHA-256 is kept, save of an invitation whose message
//! has not left yet. So the host encrypts the disk and the backups; a database known to be stolen
//! calls for new passwords, and for new second factors if they were not sealed.
//!
//! Two answers are never told apart from outside: an address nobody has and a wrong password. Both
//! cost the same work and fill the same counters.

/// Where lines are sent.
mod abonnement;
/// Organisations, people, rights.
mod administration;
/// The visas that an organisation asks for.
mod circuit;
/// Keys of programs.
mod cle;
/// Signing in with a password.
mod connexion;
/// Organisations, functions, scopes.
mod droit;
/// Pôles, délégations, services.
mod ensemble;
/// How many passwords and codes are evaluated.
mod essais;
/// Signing in at a provider of identities.
mod federation;
/// The people of an organisation.
mod gestion;
/// Asking someone to come.
mod invitation;
/// Tokens.
mod jeton;
/// Passwords.
mod motdepasse;
/// Forgotten passwords.
mod oubli;
/// Why not.
mod refus;
/// Telephones and recovery codes.
mod second_facteur;
/// Sessions.
mod session;
/// Codes that change with time.
mod totp;

pub use abonnement::AbonnementVue;
pub use administration::{DroitVue, LigneRegistre, NouvellePersonne};
pub use circuit::{Circuit, RANGS_MAX, Rang};
pub use cle::{CleVue, NouvelleCle};
pub use connexion::Identifiants;
pub use droit::{Droit, Fonction, Nature, Organisation, Portee};
pub use ensemble::{Ensemble, Genre};
pub use federation::{Partie, Retour};
pub use gestion::Membre;
pub use invitation::{Demande, InvitationVue};
pub use jeton::Jeton;
pub use refus::{Refus, RefusConnexion, RefusFederation, RefusMotDePasse};
pub use second_facteur::{Enrolement, Moyens};
pub use session::SessionVue;

use crate::app::coffre::Coffre;
use crate::metier::chaine::instant;
use crate::store::identites::{
    essais as compteurs, federation as departs, invitations, oublis, personnes, registre, sessions,
};
use crate::store::{Base, Conn, Erreur};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Accounts over a database. Cheap to copy.
#[derive(Debug, Clone)]
pub struct Comptes {
    base: Base,
    politique: Politique,
    places: Arc<Semaphore>,
    guichet: Option<Arc<federation::Guichet>>,
    plume: Option<Arc<oubli::Plume>>,
    coffre: Coffre,
    /// The only ones that lines are told to; none: any that may be called.
    hotes: Arc<[String]>,
    /// Where people reach the pages, without a final `/`: links begin with it.
    site: Arc<str>,
}

/// Whether people must have a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFacteur {
    Exige,
    Propose,
}

/// What is asked of people, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Politique {
    pub second_facteur: SecondFacteur,
    /// Characters of a password, at least; never less than 8 (OWASP ASVS 5, 6.2.1).
    pub longueur_min: usize,
    /// A session not seen for so long is over.
    pub repos: TimeDelta,
    /// A session opened so long ago is over.
    pub vie: TimeDelta,
    /// Passwords evaluated in a quarter of an hour for one account, or from one known browser.
    pub essais_compte: usize,
    /// Passwords evaluated in a quarter of an hour from one address of the network.
    pub essais_adresse: usize,
}

/// What is told of security to the technical log, apart from the rest: one word says what happened.
pub const SECURITE: &str = "securite";
/// How the register names whoever runs the program; nobody else has this identifier.
const PROGRAMME: &str = "entente";
const LONGUEUR_MIN: usize = 8;
/// How long a browser stays known.
const MEMOIRE: TimeDelta = TimeDelta::days(365);
/// How long an invitation is kept once over: someone may ask what became of it.
const SOUVENIR: TimeDelta = TimeDelta::days(30);

impl Default for Politique {
    fn default() -> Self {
        Self {
            second_facteur: SecondFacteur::Exige,
            longueur_min: 15,
            repos: TimeDelta::minutes(30),
            vie: TimeDelta::hours(12),
            essais_compte: 10,
            essais_adresse: 100,
        }
    }
}

/// Someone who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personne {
    pub id: String,
    pub nom: String,
    pub courriel: String,
}

/// What is left before pages open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Etape {
    Complete,
    /// A code is to be given.
    SecondFacteur,
    /// A second factor is to be chosen.
    Enrolement,
}

/// Someone and what they may do on a day, signed in or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habilite {
    pub personne: Personne,
    pub droits: Vec<Droit>,
    /// What the organisations of these rights name.
    pub ensembles: Vec<Ensemble>,
}

/// Someone signed in, or a program that acts for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connecte {
    /// Public: the same when the token changes.
    pub session: String,
    pub personne: Personne,
    /// In force today; none until the sign-in is complete.
    pub droits: Vec<Droit>,
    /// What the organisations of these rights name; asked only if one is named.
    pub ensembles: Vec<Ensemble>,
    pub etape: Etape,
}

impl Connecte {
    pub fn habilite(&self) -> Habilite {
        Habilite {
            personne: self.personne.clone(),
            droits: self.droits.clone(),
            ensembles: self.ensembles.clone(),
        }
    }

    /// The organisations that a person administers, whole or in part, each once: id, name.
    pub fn administrees(&self) -> Vec<(&str, &str)> {
        let mut trouvees: Vec<(&str, &str)> = Vec::new();
        for droit in &self.droits {
            let organisation = (&*droit.organisation.id, &*droit.organisation.nom);
            if droit.fonction == Fonction::Administration && !trouvees.contains(&organisation) {
                trouvees.push(organisation);
            }
        }
        trouvees
    }
}

/// Who changes an access.
#[derive(Debug, Clone, Copy)]
pub enum Auteur<'a> {
    /// Whoever runs the program: the command line, the demonstration.
    Programme,
    Personne(&'a Connecte),
}

impl<'a> Auteur<'a> {
    /// As the register names it.
    fn id(self) -> &'a str {
        match self {
            Self::Programme => PROGRAMME,
            Self::Personne(connecte) => &connecte.personne.id,
        }
    }

    /// Whether they are this person, signed in to the end.
    fn est(self, personne: &str) -> bool {
        match self {
            Self::Programme => false,
            Self::Personne(c) => c.etape == Etape::Complete && c.personne.id == personne,
        }
    }

    /// Whether they administer this part of an organisation.
    fn administre(self, organisation: &str, portee: &Portee) -> bool {
        match self {
            Self::Programme => true,
            Self::Personne(connecte) => {
                let mut droits = connecte.droits.iter();
                droits.any(|d| d.administre(organisation, portee))
            }
        }
    }
}

impl Comptes {
    pub fn nouveaux(base: Base, politique: Politique) -> Self {
        let longueur_min = politique.longueur_min.max(LONGUEUR_MIN);
        Self {
            base,
            politique: Politique {
                longueur_min,
                ..politique
            },
            places: Arc::new(Semaphore::new(motdepasse::ENSEMBLE)),
            guichet: None,
            plume: None,
            coffre: Coffre::default(),
            hotes: Arc::default(),
            site: "".into(),
        }
    }

    /// The same, whose secrets are sealed.
    #[must_use]
    pub fn avec_coffre(self, coffre: Coffre) -> Self {
        Self { coffre, ..self }
    }

    /// The same, which tell lines to these hosts only; to any when none is named.
    #[must_use]
    pub fn avec_hotes(self, hotes: Arc<[String]>) -> Self {
        Self { hotes, ..self }
    }

    /// The same, reached at the address of a site.
    #[must_use]
    pub fn sur(self, site: &str) -> Self {
        let site = site.trim_end_matches('/').into();
        Self { site, ..self }
    }

    /// The address of the site; empty when it is not known.
    pub fn site(&self) -> &str {
        &self.site
    }

    pub fn politique(&self) -> &Politique {
        &self.politique
    }

    /// Forgets sessions, counters, browsers and invitations that are over. To be called once a
    /// day; nothing that is over opens anything meanwhile.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn purger(&self, maintenant: DateTime<Utc>) -> Result<u64, Erreur> {
        let avant = |duree: TimeDelta| instant(maintenant - duree);
        let (vues, creees) = (avant(self.politique.repos), avant(self.politique.vie));
        let (essais, appareils) = (avant(essais::FENETRE), avant(MEMOIRE));
        let (finies, partis) = (avant(SOUVENIR), avant(federation::ABSENCE));
        let liens = avant(oubli::VALIDITE);
        let purge = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let mut n = sessions::oublie(conn, &vues, &creees).await?;
                n += compteurs::oublie(conn, &essais).await?;
                n += sessions::oublie_appareils(conn, &appareils).await?;
                n += departs::oublie(conn, &partis).await?;
                n += oublis::oublie(conn, &liens).await?;
                Ok(n + invitations::oublie(conn, &finies).await?)
            })
        });
        purge.await
    }
}

impl Personne {
    fn lue(ligne: &personnes::Personne) -> Self {
        Self {
            id: ligne.id.clone(),
            nom: ligne.nom.clone(),
            courriel: ligne.courriel.clone(),
        }
    }
}

/// The one form of an address.
fn courriel(saisi: &str) -> String {
    saisi.trim().to_lowercase()
}

/// An address that a mail may be sent to, in its one form.
fn courriel_valide(saisi: &str) -> Result<String, Refus> {
    let courriel = courriel(saisi);
    let mauvais = |c: char| c.is_control() || c.is_whitespace() || "<>,;:\"()[]\\".contains(c);
    let (locale, domaine) = courriel.split_once('@').ok_or(Refus::Courriel)?;
    let juste = !locale.is_empty()
        && domaine.contains('.')
        && !domaine.starts_with('.')
        && !domaine.ends_with('.')
        && !domaine.contains('@')
        && courriel.len() <= 254
        && !courriel.contains(mauvais);
    juste.then_some(courriel).ok_or(Refus::Courriel)
}

/// A name as it is kept.
fn nom_valide(saisi: &str) -> Result<String, Refus> {
    let nom = saisi.trim();
    let juste = !nom.is_empty() && nom.chars().count() <= 120 && !nom.contains(char::is_control);
    juste.then(|| nom.to_owned()).ok_or(Refus::Nom)
}

/// Text of a browser, fit to be shown: it says what it likes.
fn propre(texte: &str) -> String {
    let vus = texte.chars().filter(|c| !c.is_control());
    vus.take(200).collect()
}

/// What the register keeps of one act.
struct Acte<'a> {
    quoi: &'static str,
    personne: &'a str,
    organisation: &'a str,
    objet: &'a str,
}

impl Acte<'_> {
    async fn inscrit(
        &self,
        conn: &mut Conn<'_>,
        auteur: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Erreur> {
        let ligne = registre::Ligne {
            id: jeton::id(),
            instant: instant(maintenant),
            auteur: auteur.to_owned(),
            acte: self.quoi.to_owned(),
            personne: self.personne.to_owned(),
            organisation: self.organisation.to_owned(),
            objet: self.objet.to_owned(),
        };
        registre::ecrit(conn, &ligne).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        let lue = |s: &str| courriel_valide(s).ok();
        assert_eq!(
            lue(" K.Benali@ARS.Example ").as_deref(),
            Some("k.benali@ars.example")
        );
        for faux in [
            "", "a", "@b.fr", "a@b", "a@.fr", "a@b.", "a@b@c.fr", "a b@c.fr", "a\n@c.fr",
        ] {
            assert_eq!(lue(faux), None, "{faux:?}");
        }
    }

    #[test]
    fn a_password_is_never_asked_shorter_than_eight() {
        assert!(Politique::default().longueur_min >= 15);
        assert_eq!(propre("a\r\nb"), "ab");
        assert_eq!(propre(&"é".repeat(300)).chars().count(), 200);
    }
}
