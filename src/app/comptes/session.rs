//! Sessions: whose a token is, until when; their list, and closing them.

use super::droit::illisible;
use super::ensemble::des_droits;
use super::refus::RefusConnexion;
use super::{
    Comptes, Connecte, Droit, Etape, Habilite, Jeton, MEMOIRE, Personne, SecondFacteur, jeton,
};
use crate::metier::chaine::instant;
use crate::regles::calendrier::civil_date;
use crate::store::identites::droits;
use crate::store::identites::personnes;
use crate::store::identites::sessions::{self, Session};
use crate::store::{Conn, Erreur};
use chrono::{DateTime, TimeDelta, Utc};

/// `vue` is written at most so often.
pub(super) const GRAIN: TimeDelta = TimeDelta::minutes(1);
/// A clock set right may go back so much; beyond, sessions it has not opened yet are closed.
const RECUL: TimeDelta = TimeDelta::minutes(5);

/// A session, as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionVue {
    pub id: String,
    pub cree: DateTime<Utc>,
    pub vue: DateTime<Utc>,
    pub agent: String,
    pub adresse: String,
}

const ETAPES: [(Etape, &str); 3] = [
    (Etape::Complete, "complete"),
    (Etape::SecondFacteur, "second_facteur"),
    (Etape::Enrolement, "enrolement"),
];

/// The step of a session whose second factor was given at a provider of identities: ours is not
/// asked.
pub(super) const FEDEREE: &str = "federee";

impl Etape {
    pub(super) fn mot(self) -> &'static str {
        let ligne = ETAPES.iter().find(|(etape, _)| *etape == self);
        ligne.map_or("", |(_, mot)| mot)
    }

    fn lit(mot: &str) -> Result<Self, Erreur> {
        let ligne = ETAPES.iter().find(|(_, connu)| *connu == mot);
        ligne.map(|(e, _)| *e).ok_or_else(|| illisible("étape"))
    }
}

pub(super) fn lit_instant(texte: &str) -> Result<DateTime<Utc>, Erreur> {
    let lu = DateTime::parse_from_rfc3339(texte).map_err(|_| illisible("date"))?;
    Ok(lu.to_utc())
}

impl Comptes {
    /// Whose a token is: `None` when it is nobody's, or no longer.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn session(
        &self,
        jeton: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<Connecte>, Erreur> {
        let empreinte = jeton::empreinte(jeton);
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let Some((session, personne)) = self.vivante(conn, &empreinte, maintenant).await? else {
            return Ok(None);
        };
        let connecte = self.connecte(conn, &session, &personne, maintenant).await?;
        drop(lecteur);
        if maintenant - lit_instant(&session.vue)? >= GRAIN {
            let quand = instant(maintenant);
            let vue = self.base.ecrire(move |mut conn| {
                Box::pin(async move {
                    sessions::voit(&mut conn, &empreinte, &session.vue, &quand).await
                })
            });
            // A database that only reads still shows pages; the session then ends earlier.
            if let Err(erreur) = vue.await {
                tracing::warn!(%erreur, "une session n'est pas notée vue");
            }
        }
        Ok(Some(connecte))
    }

    /// Who was there, of a browser whose session is over: by the session it still shows, or else by
    /// what it was remembered by at its last complete sign-in. It opens nothing: it says for whom
    /// what that browser sends may be put aside.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn etait(
        &self,
        jeton: Option<&str>,
        appareil: Option<&str>,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<String>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        if let Some(jeton) = jeton
            && let Some(session) = sessions::lue(conn, &jeton::empreinte(jeton)).await?
        {
            let complete = Etape::lit(&session.etape)? == Etape::Complete;
            return Ok(complete.then_some(session.personne));
        }
        let Some(appareil) = appareil.map(jeton::empreinte) else {
            return Ok(None);
        };
        let depuis = instant(maintenant - MEMOIRE);
        sessions::de_l_appareil(conn, &appareil, &depuis).await
    }

    /// The session of a digest and its person, if it is still open.
    pub(super) async fn vivante(
        &self,
        conn: &mut Conn<'_>,
        empreinte: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<(Session, personnes::Personne)>, Erreur> {
        let Some(session) = sessions::lue(conn, empreinte).await? else {
            return Ok(None);
        };
        self.de_qui(conn, session, maintenant).await
    }

    /// The person of a session that is still open.
    pub(super) async fn de_qui(
        &self,
        conn: &mut Conn<'_>,
        session: Session,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<(Session, personnes::Personne)>, Erreur> {
        if !self.ouverte(&session, maintenant)? {
            return Ok(None);
        }
        let personne = personnes::par_id(conn, &session.personne).await?;
        let active = personne.filter(|p| p.desactivee.is_empty());
        Ok(active.map(|personne| (session, personne)))
    }

    fn ouverte(&self, session: &Session, maintenant: DateTime<Utc>) -> Result<bool, Erreur> {
        let (cree, vue) = (lit_instant(&session.cree)?, lit_instant(&session.vue)?);
        let repos = maintenant - vue;
        Ok(repos >= -RECUL
            && repos < self.politique.repos
            && maintenant - cree < self.politique.vie)
    }

    /// The session of a digest and its person, once the sign-in is complete.
    pub(super) async fn complete(
        &self,
        empreinte: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(Session, personnes::Personne), RefusConnexion> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let trouvee = self.vivante(conn, empreinte, maintenant);
        let (session, personne) = trouvee.await?.ok_or(RefusConnexion::Session)?;
        if self.etape(&session, &personne)? != Etape::Complete {
            return Err(RefusConnexion::Session);
        }
        Ok((session, personne))
    }

    /// What is left to a session. A second factor demanded since it was opened is asked at once.
    pub(super) fn etape(
        &self,
        session: &Session,
        personne: &personnes::Personne,
    ) -> Result<Etape, Erreur> {
        if session.etape == FEDEREE {
            return Ok(Etape::Complete);
        }
        let etape = Etape::lit(&session.etape)?;
        let exige = self.politique.second_facteur == SecondFacteur::Exige;
        if etape == Etape::Complete && exige && personne.totp.is_empty() {
            return Ok(Etape::Enrolement);
        }
        Ok(etape)
    }

    pub(super) async fn connecte(
        &self,
        conn: &mut Conn<'_>,
        session: &Session,
        personne: &personnes::Personne,
        maintenant: DateTime<Utc>,
    ) -> Result<Connecte, Erreur> {
        let etape = self.etape(session, personne)?;
        let droits = match etape {
            Etape::Complete => en_vigueur(conn, &personne.id, maintenant).await?,
            _ => Vec::new(),
        };
        Ok(Connecte {
            session: session.id.clone(),
            personne: Personne::lue(personne),
            ensembles: des_droits(conn, &droits).await?,
            droits,
            etape,
        })
    }

    /// Gives a session another token and makes it complete; closes the person's others on demand.
    pub(super) async fn tourne(
        &self,
        conn: &mut Conn<'_>,
        [ancienne, nouvelle]: [&str; 2],
        seule: bool,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<Connecte>, Erreur> {
        if !sessions::tourne(conn, ancienne, nouvelle, Etape::Complete.mot()).await? {
            return Ok(None);
        }
        let Some((session, personne)) = self.vivante(conn, nouvelle, maintenant).await? else {
            return Ok(None);
        };
        personnes::entre(conn, &personne.id, &instant(maintenant)).await?;
        if seule {
            sessions::revoque_autres(conn, &personne.id, &session.id).await?;
        }
        let connecte = self.connecte(conn, &session, &personne, maintenant);
        connecte.await.map(Some)
    }

    /// Closes a session.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn deconnecter(&self, jeton: &str) -> Result<(), Erreur> {
        let empreinte = jeton::empreinte(jeton);
        let ferme = self.base.ecrire(move |mut conn| {
            Box::pin(async move { sessions::ferme(&mut conn, &empreinte).await })
        });
        ferme.await
    }

    /// The open sessions of a person, the last seen first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn sessions(
        &self,
        personne: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<SessionVue>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let lues = sessions::de(&mut lecteur.conn(), personne).await?;
        let mut vues = Vec::new();
        for session in lues {
            if self.ouverte(&session, maintenant)? {
                vues.push(SessionVue {
                    cree: lit_instant(&session.cree)?,
                    vue: lit_instant(&session.vue)?,
                    id: session.id,
                    agent: session.agent,
                    adresse: session.adresse,
                });
            }
        }
        Ok(vues)
    }

    /// Closes one session of a person. `false`: they have none such.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn revoquer(&self, personne: &str, id: &str) -> Result<bool, Erreur> {
        let (personne, id) = (personne.to_owned(), id.to_owned());
        let ferme = self.base.ecrire(move |mut conn| {
            Box::pin(async move { sessions::revoque(&mut conn, &personne, &id).await })
        });
        ferme.await
    }

    /// Closes the sessions of a person but the one given. Answers how many.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn revoquer_autres(&self, personne: &str, gardee: &str) -> Result<u64, Erreur> {
        let (personne, gardee) = (personne.to_owned(), gardee.to_owned());
        let ferme = self.base.ecrire(move |mut conn| {
            Box::pin(async move { sessions::revoque_autres(&mut conn, &personne, &gardee).await })
        });
        ferme.await
    }

    /// Makes the browser of a complete session known, and answers the token it is to keep for a
    /// year; `None` when the one it shows still is, or when the session is not complete.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn reconnaitre(
        &self,
        jeton: &str,
        appareil: Option<&str>,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<Jeton>, RefusConnexion> {
        let personne = match self.complete(&jeton::empreinte(jeton), maintenant).await {
            Ok((_, personne)) => personne.id,
            Err(RefusConnexion::Session) => return Ok(None),
            Err(autre) => return Err(autre),
        };
        if let Some(appareil) = appareil.map(jeton::empreinte) {
            let depuis = instant(maintenant - MEMOIRE);
            let mut lecteur = self.base.lire().await?;
            if sessions::connu(&mut lecteur.conn(), &appareil, &personne, &depuis).await? {
                return Ok(None);
            }
        }
        let neuf = Jeton::nouveau()?;
        let (empreinte, quand) = (neuf.empreinte(), instant(maintenant));
        let note = self.base.ecrire(move |mut conn| {
            Box::pin(
                async move { sessions::reconnait(&mut conn, &empreinte, &personne, &quand).await },
            )
        });
        note.await?;
        Ok(Some(neuf))
    }
}

impl Comptes {
    /// What someone may do on the civil day of an instant; none when disabled or unknown.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn habilite(
        &self,
        personne: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<Habilite>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let lue = personnes::par_id(conn, personne).await?;
        let Some(lue) = lue.filter(|p| p.desactivee.is_empty()) else {
            return Ok(None);
        };
        let droits = en_vigueur(conn, &lue.id, maintenant).await?;
        Ok(Some(Habilite {
            personne: Personne::lue(&lue),
            ensembles: des_droits(conn, &droits).await?,
            droits,
        }))
    }

    /// Those who may do something that day for the organisation of a number: SIREN, EJ (an empty
    /// one is nobody's). With all their rights, elsewhere too.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn habilites(
        &self,
        [siren, ej]: &[String; 2],
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<Habilite>, Erreur> {
        let jour = civil_date(maintenant).to_string();
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let gens = personnes::de_numeros(conn, [siren, ej]).await?;
        let lus = droits::de_numeros(conn, [siren, ej], &jour).await?;
        let mut habilites = Vec::new();
        for personne in &gens {
            let siens = lus.iter().filter(|d| d.personne == personne.id);
            let droits: Result<Vec<Droit>, Erreur> = siens.cloned().map(Droit::lu).collect();
            let droits = droits?;
            habilites.push(Habilite {
                personne: Personne::lue(personne),
                ensembles: des_droits(conn, &droits).await?,
                droits,
            });
        }
        Ok(habilites)
    }
}

/// The rights of a person on the civil day of an instant.
pub(super) async fn en_vigueur(
    conn: &mut Conn<'_>,
    personne: &str,
    maintenant: DateTime<Utc>,
) -> Result<Vec<Droit>, Erreur> {
    let jour = civil_date(maintenant).to_string();
    let lus = droits::en_vigueur(conn, personne, &jour).await?;
    lus.into_iter().map(Droit::lu).collect()
}
