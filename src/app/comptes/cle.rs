//! Keys by which a program acts for a person in one organisation: never beyond what the person may
//! do that day, nor beyond the function the key was made for.

use super::droit::{identifiant, illisible, jour};
use super::ensemble::des_droits;
use super::refus::Refus;
use super::session::{GRAIN, en_vigueur, lit_instant};
use super::{
    Acte, Auteur, Comptes, Connecte, Droit, Etape, Fonction, Jeton, Personne, Portee, jeton,
    nom_valide,
};
use crate::metier::chaine::instant;
use crate::regles::calendrier::civil_date;
use crate::store::Erreur;
use crate::store::identites::cles::{self, Cle};
use crate::store::identites::{personnes, registre};
use chrono::{DateTime, NaiveDate, Utc};

/// How the register names the end of a key.
const REVOQUE: &str = "revoquer_cle";

/// A key to make.
#[derive(Debug, Clone, Copy)]
pub struct NouvelleCle<'a> {
    /// Made before sending: the same key asked twice is one key.
    pub id: &'a str,
    pub organisation: &'a str,
    pub nom: &'a str,
    pub fonction: Fonction,
    /// Its last day.
    pub au: NaiveDate,
}

/// A key, as its person sees it: its token was shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleVue {
    pub id: String,
    pub organisation: String,
    pub nom: String,
    pub fonction: Fonction,
    pub cree: DateTime<Utc>,
    /// Its last day.
    pub au: NaiveDate,
    /// When it last served, to the minute.
    pub vue: Option<DateTime<Utc>>,
}

impl CleVue {
    fn lue(ligne: Cle) -> Result<Self, Erreur> {
        let vue = Some(&ligne.vue).filter(|v| !v.is_empty());
        Ok(Self {
            fonction: Fonction::lit(&ligne.fonction).ok_or_else(|| illisible("fonction"))?,
            cree: lit_instant(&ligne.cree)?,
            au: jour(&ligne.au)?.ok_or_else(|| illisible("date"))?,
            vue: vue.map(|v| lit_instant(v)).transpose()?,
            id: ligne.id,
            organisation: ligne.organisation,
            nom: ligne.nom,
        })
    }
}

impl Comptes {
    /// Makes a key for the person of a complete session. Answers its token, to be shown once; the
    /// same for the same request.
    ///
    /// # Errors
    /// The session is over; the key would do more than the person in that organisation; the day
    /// is past.
    pub async fn creer_cle(
        &self,
        session: &str,
        demande: &NouvelleCle<'_>,
        maintenant: DateTime<Utc>,
    ) -> Result<(Jeton, CleVue), Refus> {
        let (_, personne) = self
            .complete(&jeton::empreinte(session), maintenant)
            .await?;
        let nom = nom_valide(demande.nom)?;
        identifiant(demande.organisation)?;
        identifiant(demande.id)?;
        if demande.au < civil_date(maintenant) {
            return Err(Refus::Dates);
        }
        let mut lecteur = self.base.lire().await?;
        let droits = en_vigueur(&mut lecteur.conn(), &personne.id, maintenant).await?;
        drop(lecteur);
        let permise =
            |d: &Droit| d.organisation.id == demande.organisation && d.fonction >= demande.fonction;
        if !droits.iter().any(permise) {
            return Err(Refus::Cle);
        }
        let neuf = Jeton::tire(session, demande.id);
        let ligne = Cle {
            id: demande.id.to_owned(),
            personne: personne.id,
            organisation: demande.organisation.to_owned(),
            nom,
            fonction: demande.fonction.mot().to_owned(),
            cree: instant(maintenant),
            au: demande.au.to_string(),
            vue: String::new(),
        };
        let vue = self.pose_cle(neuf.empreinte(), ligne, maintenant).await?;
        Ok((neuf, vue))
    }

    /// Writes a key, unless it already is; one that was ended stays so.
    async fn pose_cle(
        &self,
        empreinte: String,
        ligne: Cle,
        maintenant: DateTime<Utc>,
    ) -> Result<CleVue, Refus> {
        let (garde, vue) = (empreinte.clone(), CleVue::lue(ligne.clone())?);
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let organisation = &ligne.organisation;
                if registre::tenu(conn, organisation, REVOQUE, &ligne.id).await? {
                    return Ok(Err(Refus::Revoquee));
                }
                cles::cree(conn, &garde, &ligne).await?;
                let acte = Acte {
                    quoi: "cle",
                    personne: &ligne.personne,
                    organisation: &ligne.organisation,
                    objet: &format!("{} {} …/{}", ligne.id, ligne.fonction, ligne.au),
                };
                acte.inscrit(conn, &ligne.personne, maintenant).await?;
                Ok(Ok(()))
            })
        });
        match ecrit.await {
            Err(Erreur::Conflit) => {
                let mut lecteur = self.base.lire().await?;
                let deja = cles::lue(&mut lecteur.conn(), &empreinte).await?;
                Ok(CleVue::lue(deja.ok_or(Refus::Existe)?)?)
            }
            autre => autre?.map(|()| vue),
        }
    }

    /// For whom a key acts now, and what it may do: `None` when it is nobody's, is over, or when
    /// its person has no right left in its organisation.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn cle(
        &self,
        jeton: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<Connecte>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let Some(ligne) = cles::lue(conn, &jeton::empreinte(jeton)).await? else {
            return Ok(None);
        };
        let vue = CleVue::lue(ligne.clone())?;
        let personne = personnes::par_id(conn, &ligne.personne).await?;
        let active = personne.filter(|p| p.desactivee.is_empty());
        let Some(personne) = active.filter(|_| vue.au >= civil_date(maintenant)) else {
            return Ok(None);
        };
        let mut droits = en_vigueur(conn, &personne.id, maintenant).await?;
        let ensembles = des_droits(conn, &droits).await?;
        drop(lecteur);
        droits.retain(|d| d.organisation.id == vue.organisation);
        for droit in &mut droits {
            droit.fonction = droit.fonction.min(vue.fonction);
        }
        if droits.is_empty() {
            return Ok(None);
        }
        if vue.vue.is_none_or(|vue| maintenant - vue >= GRAIN) {
            let (id, avant, quand) = (ligne.id, ligne.vue, instant(maintenant));
            let note = self.base.ecrire(move |mut conn| {
                Box::pin(async move { cles::voit(&mut conn, &id, &avant, &quand).await })
            });
            // A database that only reads still answers.
            if let Err(erreur) = note.await {
                tracing::warn!(%erreur, "une clé n'est pas notée vue");
            }
        }
        Ok(Some(Connecte {
            session: vue.id,
            personne: Personne::lue(&personne),
            droits,
            ensembles,
            etape: Etape::Complete,
        }))
    }

    /// The keys of a person.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn cles(&self, personne: &str) -> Result<Vec<CleVue>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let lues = cles::de(&mut lecteur.conn(), personne).await?;
        lues.into_iter().map(CleVue::lue).collect()
    }

    /// Ends a key: one's own, or one of an organisation that one administers.
    ///
    /// # Errors
    /// There is none such, or it is not the author's to end.
    pub async fn revoquer_cle(
        &self,
        par: Auteur<'_>,
        personne: &str,
        id: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let mut lecteur = self.base.lire().await?;
        let lues = cles::de(&mut lecteur.conn(), personne).await?;
        drop(lecteur);
        let ligne = lues.into_iter().find(|c| c.id == id);
        let ligne = ligne.ok_or(Refus::Inconnu)?;
        if !par.est(&ligne.personne) && !par.administre(&ligne.organisation, &Portee::Tout) {
            return Err(Refus::Interdit);
        }
        let auteur = par.id().to_owned();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !cles::revoque(conn, &ligne.personne, &ligne.id).await? {
                    return Ok(Err(Refus::Inconnu));
                }
                let acte = Acte {
                    quoi: REVOQUE,
                    personne: &ligne.personne,
                    organisation: &ligne.organisation,
                    objet: &ligne.id,
                };
                acte.inscrit(conn, &auteur, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await?
    }
}
