//! The people of an organisation, seen and changed by those who administer it. An organisation
//! that has someone to administer it keeps one.

use super::administration::{acte_de_droit, donne, ligne_de_droit, vue};
use super::refus::Refus;
use super::session::lit_instant;
use super::{Acte, Auteur, Comptes, Droit, DroitVue, Fonction, Personne, Portee};
use crate::regles::calendrier::civil_date;
use crate::store::identites::{droits, invitations, personnes, sessions};
use crate::store::{Conn, Erreur};
use chrono::{DateTime, Utc};

/// Someone of an organisation, with their rights in it, past and to come included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membre {
    pub personne: Personne,
    pub droits: Vec<DroitVue>,
    pub desactive: bool,
    /// When they last signed in.
    pub connexion: Option<DateTime<Utc>>,
}

impl Comptes {
    /// Those who have rights in an organisation, disabled or not, by name.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn membres(&self, organisation: &str) -> Result<Vec<Membre>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let gens = personnes::membres(conn, organisation).await?;
        let lus = droits::dans(conn, organisation).await?;
        let membre = |lu: personnes::Membre| {
            let siens = lus.iter().filter(|d| d.personne == lu.id);
            let droits: Result<Vec<DroitVue>, Erreur> = siens.cloned().map(vue).collect();
            let connexion = Some(&lu.connexion).filter(|c| !c.is_empty());
            Ok(Membre {
                droits: droits?,
                desactive: !lu.desactivee.is_empty(),
                connexion: connexion.map(|c| lit_instant(c)).transpose()?,
                personne: Personne {
                    id: lu.id,
                    nom: lu.nom,
                    courriel: lu.courriel,
                },
            })
        };
        let membres: Result<Vec<Membre>, Erreur> = gens.into_iter().map(membre).collect();
        let mut membres = membres?;
        membres.sort_by_cached_key(|m| (m.personne.nom.to_lowercase(), m.personne.id.clone()));
        Ok(membres)
    }

    /// Changes a right into another, in one act. The person's sessions close.
    ///
    /// # Errors
    /// The author administers one of the two not; the new one is not told well; nobody would
    /// administer the organisation.
    pub async fn remplacer(
        &self,
        par: Auteur<'_>,
        ancien: &str,
        droit: &Droit,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let mut lecteur = self.base.lire().await?;
        let lu = droits::par_id(&mut lecteur.conn(), ancien).await?;
        drop(lecteur);
        let lu = lu.ok_or(Refus::Inconnu)?;
        let avant = Droit::lu(lu.clone())?;
        if !par.administre(&avant.organisation.id, &avant.portee)
            || avant.organisation.id != droit.organisation.id
        {
            return Err(Refus::Interdit);
        }
        let neuf = ligne_de_droit(par, &lu.personne, droit, maintenant)?;
        let a_garder = if tout(droit) {
            Vec::new()
        } else {
            a_garder(par, &avant)
        };
        let auteur = par.id().to_owned();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !gardees(conn, &a_garder, Sans::Droit(&lu.id), maintenant).await? {
                    return Ok(Err(Refus::Dernier));
                }
                if !droits::retire(conn, &lu.id).await? {
                    return Ok(Err(Refus::Inconnu));
                }
                acte_de_droit("retirer", &lu, conn, &auteur, maintenant).await?;
                if donne(conn, neuf, &auteur, maintenant).await?.is_none() {
                    return Err(Erreur::Abime("un droit sans son organisation".to_owned()));
                }
                if avant.fonction == Fonction::Administration {
                    let organisation = &lu.organisation.id;
                    invitations::annule_par(conn, &lu.personne, organisation).await?;
                }
                sessions::revoque_autres(conn, &lu.personne, "").await?;
                Ok(Ok(()))
            })
        });
        ecrit.await?
    }

    /// Lets someone who was shut out in again: with their rights, and no session nor key.
    ///
    /// # Errors
    /// There is none such, or they have a right that the author does not administer.
    pub async fn reactiver(
        &self,
        par: Auteur<'_>,
        personne: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let organisations = self.siennes(par, personne).await?;
        let (auteur, personne) = (par.id().to_owned(), personne.to_owned());
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !personnes::reactive(conn, &personne).await? {
                    return Ok(());
                }
                for organisation in &organisations {
                    let acte = Acte {
                        quoi: "reactiver",
                        personne: &personne,
                        organisation,
                        objet: "",
                    };
                    acte.inscrit(conn, &auteur, maintenant).await?;
                }
                Ok(())
            })
        });
        Ok(ecrit.await?)
    }

    /// The organisations of someone whose every right the author administers: where what is done
    /// to them is to be told. One without a name for someone of none.
    pub(super) async fn siennes(
        &self,
        par: Auteur<'_>,
        personne: &str,
    ) -> Result<Vec<String>, Refus> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let trouvee = personnes::par_id(conn, personne).await?;
        let lus = droits::de(conn, personne).await?;
        drop(lecteur);
        let lus: Result<Vec<Droit>, Erreur> = lus.into_iter().map(Droit::lu).collect();
        let lus = lus?;
        let sien = |d: &Droit| par.administre(&d.organisation.id, &d.portee);
        let programme = matches!(par, Auteur::Programme);
        if !programme && (lus.is_empty() || !lus.iter().all(sien)) {
            return Err(Refus::Interdit);
        }
        trouvee.ok_or(Refus::Inconnu)?;
        let mut organisations: Vec<String> = lus.into_iter().map(|d| d.organisation.id).collect();
        organisations.sort_unstable();
        organisations.dedup();
        if organisations.is_empty() {
            organisations.push(String::new());
        }
        Ok(organisations)
    }
}

/// Whether a right lets one administer all of an organisation.
fn tout(droit: &Droit) -> bool {
    droit.fonction == Fonction::Administration && droit.portee == Portee::Tout
}

/// Who or what goes: nobody else is counted on.
pub(super) enum Sans<'a> {
    Droit(&'a str),
    Personne(&'a str),
}

/// Whether organisations keep someone who administers all of them. They are held until the
/// transaction ends, since two may leave at once.
pub(super) async fn gardees(
    conn: &mut Conn<'_>,
    organisations: &[String],
    sans: Sans<'_>,
    maintenant: DateTime<Utc>,
) -> Result<bool, Erreur> {
    let jour = civil_date(maintenant).to_string();
    let sans = match sans {
        Sans::Droit(droit) => [droit, ""],
        Sans::Personne(personne) => ["", personne],
    };
    for organisation in organisations {
        personnes::tient_organisation(conn, organisation).await?;
        if !droits::administree(conn, organisation, sans, &jour).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The organisation of a right that lets one administer all of it, unless whoever runs the program
/// takes it: they do as they must.
pub(super) fn a_garder(par: Auteur<'_>, retire: &Droit) -> Vec<String> {
    let garde = matches!(par, Auteur::Personne(_)) && tout(retire);
    let organisation = garde.then(|| retire.organisation.id.clone());
    organisation.into_iter().collect()
}
