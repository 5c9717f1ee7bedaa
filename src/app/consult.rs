//! Reads for pages: the list from its rows, a contract from its state and its newest lines.

use super::acces::Visiteur;
use super::contrat::RACINE;
use super::execute::{Echec, Entente, Entree, Ordre, Recu};
use super::visas::Passe;
use super::vues::francais::cherchable;
use super::vues::{
    CONTRATS_PAR_PAGE, ContratLu, Fenetre, Filtre, LigneLue, Portefeuille, ResumeContrat, TACHES,
    TROUVAILLES, TacheLue, Taches, Trouve, filtre, identite, resume_vu,
};
use crate::metier::chaine::Scellee;
use crate::regles::calendrier::civil_date;
use crate::store::journal::{self, Regard};
use crate::store::portefeuille::{self, Choix, Facette};
use crate::store::projections::SANS_DATE;
use crate::store::recherche::{self, Quoi};
use crate::store::taches;
use crate::store::{Conn, Erreur};
use crate::workflow::machine::Spot;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Acts read for someone who sees some establishments only: those of others are left out.
const TACHES_LIMITE: u64 = 2_000;

/// Where a program reads the time.
pub type Horloge = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What pages and machines read, and do. Each read answers from one consistent view.
#[derive(Clone)]
pub struct Consultation {
    pub entente: Entente,
    pub horloge: Horloge,
}

/// The contracts cannot be read: a sentence for operators, never shown to users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indisponible(pub String);

impl Consultation {
    /// The acts that someone may do now, those with a date first: as many as a page shows, and how
    /// many there are. Those who see some establishments only are shown fewer than are read.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn taches(&self, qui: &Visiteur) -> Result<Taches, Indisponible> {
        let mut lecteur = self.entente.base.lire().await.map_err(Indisponible::from)?;
        let conn = &mut lecteur.conn();
        let limite = if qui.limite() { TACHES_LIMITE } else { TACHES };
        let lues = taches::ouvertes(conn, &qui.vus(), limite).await?;
        let toutes = lues.first().map_or(0, |t| t.en_tout);
        let lue = |t: taches::Tache| TacheLue {
            contrat: t.contrat,
            de: t.de,
            flux: t.flux,
            lieu: Spot::new(&t.lieu),
            acte: t.acte,
            titre: t.titre,
            attendu: !t.attendu.is_empty(),
            jour: t.attendu.parse().ok().filter(|_| t.attendu != SANS_DATE),
        };
        let mut vues: Vec<TacheLue> = lues.into_iter().map(lue).collect();
        let lues = vues.len() as u64;
        vues.retain(|t| qui.porte(&t.lieu));
        let retirees = lues - vues.len() as u64;
        vues.truncate(usize::try_from(TACHES).unwrap_or(usize::MAX));
        Ok(Taches {
            en_tout: toutes - retirees,
            vues,
        })
    }

    /// Does what is asked of a contract, once. `_passe`: it needs no visa.
    ///
    /// # Errors
    /// Refused, or the database does not answer.
    pub async fn executer(&self, id: &str, ordre: Ordre, _passe: Passe) -> Result<Recu, Echec> {
        self.entente.executer(id, ordre, self.maintenant()).await
    }

    /// Whether acts and reads can be served now.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn pret(&self) -> Result<(), Indisponible> {
        self.entente.vide().await?;
        Ok(())
    }

    pub fn maintenant(&self) -> DateTime<Utc> {
        (self.horloge)()
    }

    /// One page of the contracts someone sees, with what all of those count.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn contrats(
        &self,
        qui: &Visiteur,
        filtre: &Filtre,
    ) -> Result<Portefeuille, Indisponible> {
        let choix = self.choix(qui, filtre);
        let saut = (filtre.page.max(1) - 1).saturating_mul(CONTRATS_PAR_PAGE);
        let termes = filtre::MOIS.map(|mois| filtre::terme(mois, self.aujourdhui()));
        let mut instantane = self.entente.base.instantane().await?;
        let conn = &mut instantane.conn();
        let lus = portefeuille::resumes(conn, &choix, CONTRATS_PAR_PAGE, saut).await?;
        let facettes = portefeuille::facettes(conn, &choix, &termes).await?;
        Ok(Portefeuille {
            contrats: self.resumes_vus(conn, qui, &lus).await?,
            titres: self.titres(&facettes),
            facettes,
        })
    }

    /// What a text finds, of what someone sees.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn recherche(&self, qui: &Visiteur, texte: &str) -> Result<Trouve, Indisponible> {
        if texte.is_empty() {
            return Ok(Trouve::default());
        }
        let filtre = Filtre {
            texte: texte.to_owned(),
            ..Filtre::default()
        };
        let choix = self.choix(qui, &filtre);
        let quoi = Quoi {
            vus: qui.vus(),
            limite: qui.limite(),
            texte: choix.texte.clone(),
            // One more than is shown, to say that there are others.
            nombre: TROUVAILLES + 1,
        };
        let taches = self.taches(qui).await?.vues;
        let mut instantane = self.entente.base.instantane().await?;
        let conn = &mut instantane.conn();
        let lus = portefeuille::resumes(conn, &choix, quoi.nombre, 0).await?;
        Ok(Trouve {
            contrats: self.resumes_vus(conn, qui, &lus).await?,
            esms: recherche::esms(conn, &quoi).await?,
            parties: recherche::parties(conn, &quoi).await?,
            taches,
        })
    }

    /// Rows of the list, as someone sees them: that of a contract seen whole is kept ready; of one
    /// seen in part, it is made of that part.
    pub(super) async fn resumes_vus(
        &self,
        conn: &mut Conn<'_>,
        qui: &Visiteur,
        lus: &[String],
    ) -> Result<Vec<ResumeContrat>, Erreur> {
        let mut vus = Vec::with_capacity(lus.len());
        for texte in lus {
            let resume = resume_lu(texte)?;
            if !qui.limite() {
                vus.push(resume);
            } else if let Some(lu) = self.tenu(conn, qui, &resume.id).await? {
                vus.push(resume_vu(&lu, self.maintenant()));
            }
        }
        Ok(vus)
    }

    /// The civil day.
    pub fn aujourdhui(&self) -> NaiveDate {
        civil_date(self.maintenant())
    }

    /// What a filter keeps, of what someone sees.
    pub(super) fn choix(&self, qui: &Visiteur, filtre: &Filtre) -> Choix {
        let jour = self.aujourdhui();
        Choix {
            vus: qui.vus(),
            racine: RACINE.to_owned(),
            jour: jour.to_string(),
            texte: cherchable(filtre.texte.trim()),
            phase: filtre.phase.clone(),
            workflow: filtre.workflow.clone(),
            plume: match filtre.plume.as_str() {
                filtre::MOI => String::new(),
                plume => plume.to_owned(),
            },
            moi: filtre.plume == filtre::MOI,
            retard: filtre.retard,
            terme: match filtre.mois {
                0 => String::new(),
                mois => filtre::terme(mois, jour),
            },
            tri: filtre.tri.clone(),
        }
    }

    /// The titles of the workflows that contracts follow.
    fn titres(&self, facettes: &[Facette]) -> BTreeMap<String, String> {
        let noms: BTreeSet<&String> = facettes.iter().map(|f| &f.workflow).collect();
        let titre = |nom: &String| {
            let machine = self.entente.machines.machine(nom);
            let titre = machine.map_or(nom, |m| &m.workflow().title);
            (nom.clone(), titre.clone())
        };
        noms.into_iter().map(titre).collect()
    }

    /// A contract, with the lines of a window of its journal that someone may see. `None`: no such
    /// contract, for that person.
    ///
    /// # Errors
    /// The database does not answer, or what it holds cannot be read.
    pub async fn contrat(
        &self,
        qui: &Visiteur,
        id: &str,
        fenetre: &Fenetre,
    ) -> Result<Option<ContratLu>, Indisponible> {
        let mut instantane = self.entente.base.instantane().await?;
        Ok(self.vu(&mut instantane.conn(), qui, (id, fenetre)).await?)
    }

    /// A contract, on a connection that sees one state of the database.
    pub(super) async fn vu(
        &self,
        conn: &mut Conn<'_>,
        qui: &Visiteur,
        (id, fenetre): (&str, &Fenetre),
    ) -> Result<Option<ContratLu>, Erreur> {
        let Some(mut lu) = self.tenu(conn, qui, id).await? else {
            return Ok(None);
        };
        let Fenetre { nombre, apres, .. } = *fenetre;
        let regard = Regard {
            contrat: id,
            flux: fenetre.flux.as_deref().unwrap_or_default(),
            partie: &lu.place.partie,
            cercle: lu.contrat.cercle(&lu.place.partie),
        };
        let lignes = journal::dernieres(conn, regard, nombre, apres).await?;
        lu.total = journal::visibles(conn, regard).await?;
        lu.lignes = lignes.iter().map(lue).collect::<Result<_, _>>()?;
        Ok(Some(lu))
    }

    /// The same, without its lines.
    pub(super) async fn tenu(
        &self,
        conn: &mut Conn<'_>,
        qui: &Visiteur,
        id: &str,
    ) -> Result<Option<ContratLu>, Erreur> {
        let Some(tete) = journal::tete(conn, id).await? else {
            return Ok(None);
        };
        let entree: Arc<Entree> = self.entente.entree(conn, id, &tete).await?;
        let contrat = self.entente.contrat(&entree);
        let Some(place) = qui.place(&contrat) else {
            return Ok(None);
        };
        Ok(Some(ContratLu {
            identite: identite(id, &contrat, self.maintenant()),
            resume: entree.resume.clone(),
            lignes: Vec::new(),
            total: 0,
            contrat,
            place,
        }))
    }
}

pub(super) fn resume_lu(texte: &str) -> Result<ResumeContrat, Erreur> {
    serde_json::from_str(texte)
        .map_err(|e| Erreur::Abime(format!("une ligne de la liste ne se lit pas ({e})")))
}

pub(super) fn lue(scellee: &Scellee) -> Result<LigneLue, Erreur> {
    let ligne = scellee.ligne().map_err(Erreur::Abime)?;
    Ok(LigneLue {
        ordre: scellee.ordre,
        flux: ligne.flux,
        rang: ligne.rang,
        empreinte: scellee.empreinte.to_string(),
        evenement: ligne.evenement,
    })
}

impl From<Erreur> for Indisponible {
    fn from(erreur: Erreur) -> Self {
        Self(erreur.to_string())
    }
}
