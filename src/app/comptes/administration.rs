//! Organisations, people, rights: who administers an organisation gives and takes its rights, for
//! the part that is theirs. Each act is in the register, in the same transaction.

use super::droit::{identifiant, jour};
use super::refus::Refus;
use super::{
    Acte, Auteur, Comptes, Droit, Fonction, Organisation, PROGRAMME, Personne, courriel_valide,
    jeton, nom_valide,
};
use crate::metier::chaine::instant;
use crate::regles::calendrier::civil_date;
use crate::store::identites::{cles, droits, invitations, oublis, personnes, registre, sessions};
use crate::store::{Conn, Erreur};
use chrono::{DateTime, NaiveDate, Utc};

/// Someone to write in, without an invitation.
#[derive(Clone, Copy)]
pub struct NouvellePersonne<'a> {
    /// Stable and short, or chosen here.
    pub id: Option<&'a str>,
    pub nom: &'a str,
    pub courriel: &'a str,
    /// None: they sign in another way.
    pub mot_de_passe: Option<&'a str>,
}

/// A right with the identifier by which it is withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroitVue {
    pub id: String,
    pub droit: Droit,
}

/// Someone of an organisation, with their rights in it, past and to come included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membre {
    pub personne: Personne,
    pub droits: Vec<DroitVue>,
}

/// A line of the register of accesses. People and organisations are identifiers.
pub type LigneRegistre = registre::Ligne;

impl Comptes {
    /// Writes an organisation in, or corrects it.
    ///
    /// # Errors
    /// It is not told well, or the author is not whoever runs the program.
    pub async fn creer_organisation(
        &self,
        par: Auteur<'_>,
        organisation: &Organisation,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let Auteur::Programme = par else {
            return Err(Refus::Interdit);
        };
        organisation.verifie()?;
        let (ligne, auteur) = (organisation.ligne(), par.id().to_owned());
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                personnes::ecrit_organisation(conn, &ligne).await?;
                let acte = Acte {
                    quoi: "organisation",
                    personne: "",
                    organisation: &ligne.id,
                    objet: "",
                };
                acte.inscrit(conn, &auteur, maintenant).await
            })
        });
        Ok(ecrit.await?)
    }

    /// Writes a person in.
    ///
    /// # Errors
    /// The address or the identifier is taken or is not one, the password is not taken, or the
    /// author is not whoever runs the program: others invite.
    pub async fn creer_personne(
        &self,
        par: Auteur<'_>,
        personne: &NouvellePersonne<'_>,
        maintenant: DateTime<Utc>,
    ) -> Result<Personne, Refus> {
        let Auteur::Programme = par else {
            return Err(Refus::Interdit);
        };
        let neuve = Personne {
            id: personne.id.map_or_else(jeton::id, str::to_owned),
            nom: nom_valide(personne.nom)?,
            courriel: courriel_valide(personne.courriel)?,
        };
        identifiant(&neuve.id)?;
        if neuve.id == PROGRAMME {
            return Err(Refus::Existe);
        }
        let ligne = self.ligne(&neuve, personne.mot_de_passe).await?;
        let auteur = par.id().to_owned();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move { inscrit(&mut conn, &ligne, &auteur, "", maintenant).await })
        });
        match ecrit.await {
            Err(Erreur::Conflit) => Err(Refus::Existe),
            autre => Ok(autre.map(|()| neuve)?),
        }
    }

    /// A new person as they are kept, their password judged and hashed.
    pub(super) async fn ligne(
        &self,
        neuve: &Personne,
        mot_de_passe: Option<&str>,
    ) -> Result<personnes::Personne, Refus> {
        let mut hache = String::new();
        if let Some(mot_de_passe) = mot_de_passe {
            self.politique
                .accepte(mot_de_passe, &neuve.nom, &neuve.courriel)?;
            hache = self.hache(mot_de_passe).await?;
        }
        Ok(personnes::Personne {
            id: neuve.id.clone(),
            nom: neuve.nom.clone(),
            courriel: neuve.courriel.clone(),
            desactivee: String::new(),
            mot_de_passe: hache,
            totp: String::new(),
            pas: 0,
        })
    }

    /// Gives a right; one they already have is not given twice. The person's sessions close: the
    /// next ones have it. Answers its identifier.
    ///
    /// # Errors
    /// The author does not administer this, or the right is not told well.
    pub async fn accorder(
        &self,
        par: Auteur<'_>,
        personne: &str,
        droit: &Droit,
        maintenant: DateTime<Utc>,
    ) -> Result<String, Refus> {
        let ligne = ligne_de_droit(par, personne, droit, maintenant)?;
        let auteur = par.id().to_owned();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let trouvee = personnes::par_id(conn, &ligne.personne).await?;
                if trouvee.is_none_or(|p| !p.desactivee.is_empty()) {
                    return Ok(Err(Refus::Inconnu));
                }
                let personne = ligne.personne.clone();
                let Some(donne) = donne(conn, ligne, &auteur, maintenant).await? else {
                    return Ok(Err(Refus::Inconnu));
                };
                if donne.neuf {
                    sessions::revoque_autres(conn, &personne, "").await?;
                }
                Ok(Ok(donne.droit))
            })
        });
        ecrit.await?
    }

    /// Takes a right back. The person's sessions close; invitations they sent to the organisation
    /// they no longer administer no longer hold.
    ///
    /// # Errors
    /// There is none such, or the author does not administer it.
    pub async fn retirer(
        &self,
        par: Auteur<'_>,
        droit: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let mut lecteur = self.base.lire().await?;
        let ligne = droits::par_id(&mut lecteur.conn(), droit).await?;
        drop(lecteur);
        let ligne = ligne.ok_or(Refus::Inconnu)?;
        let vu = Droit::lu(ligne.clone())?;
        if !par.administre(&vu.organisation.id, &vu.portee) {
            return Err(Refus::Interdit);
        }
        let auteur = par.id().to_owned();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !droits::retire(conn, &ligne.id).await? {
                    return Ok(Err(Refus::Inconnu));
                }
                if vu.fonction == Fonction::Administration {
                    let organisation = &ligne.organisation.id;
                    invitations::annule_par(conn, &ligne.personne, organisation).await?;
                }
                sessions::revoque_autres(conn, &ligne.personne, "").await?;
                acte_de_droit("retirer", &ligne, conn, &auteur, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await?
    }

    /// Shuts a person out, in one act: their sessions, keys, known browsers and invitations end.
    /// Their name stays, since what they did stays.
    ///
    /// # Errors
    /// There is none such, or they have a right that the author does not administer: the author
    /// then withdraws the rights that are theirs to withdraw.
    pub async fn desactiver(
        &self,
        par: Auteur<'_>,
        personne: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
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
        let trouvee = trouvee.ok_or(Refus::Inconnu)?;
        let auteur = par.id().to_owned();
        let quand = instant(maintenant);
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                personnes::desactive(conn, &trouvee.id, &quand).await?;
                sessions::revoque_autres(conn, &trouvee.id, "").await?;
                sessions::meconnait(conn, &trouvee.id).await?;
                cles::revoque_toutes(conn, &trouvee.id).await?;
                oublis::annule(conn, &trouvee.id).await?;
                invitations::annule_de(conn, &trouvee.courriel, &trouvee.id).await?;
                let acte = Acte {
                    quoi: "desactiver",
                    personne: &trouvee.id,
                    organisation: "",
                    objet: "",
                };
                acte.inscrit(conn, &auteur, maintenant).await
            })
        });
        Ok(ecrit.await?)
    }

    /// All the rights of a person, past and to come included.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn droits(&self, personne: &str) -> Result<Vec<DroitVue>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let lus = droits::de(&mut lecteur.conn(), personne).await?;
        lus.into_iter().map(vue).collect()
    }

    /// Those who have rights in an organisation, by name.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn membres(&self, organisation: &str) -> Result<Vec<Membre>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let conn = &mut lecteur.conn();
        let gens = personnes::dans(conn, organisation).await?;
        let lus = droits::dans(conn, organisation).await?;
        let membre = |personne: &personnes::Personne| {
            let siens = lus.iter().filter(|d| d.personne == personne.id);
            let droits: Result<Vec<DroitVue>, Erreur> = siens.cloned().map(vue).collect();
            droits.map(|droits| Membre {
                personne: Personne::lue(personne),
                droits,
            })
        };
        let membres: Result<Vec<Membre>, Erreur> = gens.iter().map(membre).collect();
        let mut membres = membres?;
        membres.sort_by_cached_key(|m| (m.personne.nom.to_lowercase(), m.personne.id.clone()));
        Ok(membres)
    }

    /// Every organisation, by name.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let lues = personnes::organisations(&mut lecteur.conn()).await?;
        let lues: Result<Vec<Organisation>, Erreur> =
            lues.into_iter().map(Organisation::lue).collect();
        let mut lues = lues?;
        lues.sort_by_cached_key(|o| (o.nom.to_lowercase(), o.id.clone()));
        Ok(lues)
    }

    /// A hundred lines of the register, the latest first: those before one, of one organisation
    /// or of all.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn registre(
        &self,
        organisation: Option<&str>,
        avant: Option<&str>,
    ) -> Result<Vec<LigneRegistre>, Erreur> {
        let (organisation, avant) = (organisation.unwrap_or(""), avant.unwrap_or(""));
        let mut lecteur = self.base.lire().await?;
        registre::lignes(&mut lecteur.conn(), organisation, avant).await
    }
}

fn vue(ligne: droits::Droit) -> Result<DroitVue, Erreur> {
    Ok(DroitVue {
        id: ligne.id.clone(),
        droit: Droit::lu(ligne)?,
    })
}

/// A new person, in a transaction.
pub(super) async fn inscrit(
    conn: &mut Conn<'_>,
    ligne: &personnes::Personne,
    auteur: &str,
    organisation: &str,
    maintenant: DateTime<Utc>,
) -> Result<(), Erreur> {
    personnes::cree(conn, ligne, &instant(maintenant)).await?;
    let acte = Acte {
        quoi: "personne",
        personne: &ligne.id,
        organisation,
        objet: "",
    };
    acte.inscrit(conn, auteur, maintenant).await
}

/// A right as it is to be kept, if the author may give it.
pub(super) fn ligne_de_droit(
    par: Auteur<'_>,
    personne: &str,
    droit: &Droit,
    maintenant: DateTime<Utc>,
) -> Result<droits::Droit, Refus> {
    let portee = droit.portee.clone().verifiee()?;
    if !par.administre(&droit.organisation.id, &portee) {
        return Err(Refus::Interdit);
    }
    let passe = droit.au.is_some_and(|au| au < civil_date(maintenant));
    if passe || droit.du.zip(droit.au).is_some_and(|(du, au)| au < du) {
        return Err(Refus::Dates);
    }
    let texte = |j: Option<NaiveDate>| j.map_or_else(String::new, |j| j.to_string());
    Ok(droits::Droit {
        id: jeton::id(),
        personne: personne.to_owned(),
        fonction: droit.fonction.mot().to_owned(),
        portee: portee.texte(),
        du: texte(droit.du),
        au: texte(droit.au),
        organisation: droit.organisation.ligne(),
    })
}

/// A right that a person has: which, and whether they did not before.
pub(super) struct Donne {
    droit: String,
    neuf: bool,
}

/// Gives a right, in a transaction; `None` when its organisation is not there.
pub(super) async fn donne(
    conn: &mut Conn<'_>,
    ligne: droits::Droit,
    auteur: &str,
    maintenant: DateTime<Utc>,
) -> Result<Option<Donne>, Erreur> {
    let organisation = personnes::organisation(conn, &ligne.organisation.id).await?;
    if organisation.is_none() {
        return Ok(None);
    }
    let deja = droits::de(conn, &ligne.personne).await?;
    let meme = |d: &&droits::Droit| {
        d.organisation.id == ligne.organisation.id
            && [&d.fonction, &d.portee, &d.du, &d.au]
                == [&ligne.fonction, &ligne.portee, &ligne.du, &ligne.au]
    };
    if let Some(deja) = deja.iter().find(meme) {
        return Ok(Some(Donne {
            droit: deja.id.clone(),
            neuf: false,
        }));
    }
    droits::accorde(conn, &ligne).await?;
    acte_de_droit("accorder", &ligne, conn, auteur, maintenant).await?;
    Ok(Some(Donne {
        droit: ligne.id,
        neuf: true,
    }))
}

async fn acte_de_droit(
    quoi: &'static str,
    ligne: &droits::Droit,
    conn: &mut Conn<'_>,
    auteur: &str,
    maintenant: DateTime<Utc>,
) -> Result<(), Erreur> {
    let [du, au] = [jour(&ligne.du)?, jour(&ligne.au)?]
        .map(|j| j.map_or_else(|| "…".to_owned(), |j| j.to_string()));
    let (fonction, portee) = (&ligne.fonction, &ligne.portee);
    let acte = Acte {
        quoi,
        personne: &ligne.personne,
        organisation: &ligne.organisation.id,
        objet: &format!("{fonction} {portee} {du}/{au}"),
    };
    acte.inscrit(conn, auteur, maintenant).await
}
