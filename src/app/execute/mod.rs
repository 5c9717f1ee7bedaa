//! The one write path: people, command line and clock alike. Lock first, then decide.
//!
//! A request goes through these steps, in one transaction: the contract's head is locked; a request
//! already answered gets its answer again; the state is taken from the cache or folded from the
//! lines; the request is decided; lines, heads, projections and jobs are written; commit; answer.

/// The states that were used last.
mod cache;
/// The clock: what passes without anyone asking.
mod horloge;
/// What lists show of a contract.
mod projeter;

pub use cache::{Cache, Entree};
pub use horloge::Horloge;
pub use projeter::projeter;

use crate::app::contrat::{Atelier, Commande, Contrat, Machines, Refus};
use crate::metier::chaine::{Scellee, instant};
use crate::metier::evenement::Ligne;
use crate::regles::calendrier::civil_date;
use crate::store::faute::{Point, passe};
use crate::store::journal::{self, Repondue, Tete};
use crate::store::{Base, Conn, Erreur, projections};
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The running program: a database, the workflows ready to run, the states used last. Cheap to
/// copy.
#[derive(Debug, Clone)]
pub struct Entente {
    pub(super) base: Base,
    pub(super) machines: Arc<Machines<'static>>,
    pub(super) cache: Arc<Cache>,
}

/// What is asked of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ordre {
    /// To begin, in the first state of a workflow.
    Ouvrir { workflow: String },
    /// By a person.
    Agir(Commande),
    /// To let the time that passed take effect.
    Avancer,
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Recu {
    /// The lines written, in order; none when the answer is a repeat.
    pub lignes: Vec<Ligne>,
    /// Their place in the contract, from and to; the second is less than the first when nothing
    /// was written.
    pub premiere: u64,
    pub derniere: u64,
    /// Where the contract now stands.
    pub entree: Arc<Entree>,
    /// The request had been answered before.
    pub deja: bool,
}

/// Why nothing was done.
#[derive(Debug)]
pub enum Echec {
    /// The answer is no. Deadlines that passed before are kept.
    Refus(Refus),
    /// No contract of this id.
    Inconnu(String),
    /// The id was used for another request.
    AutreContenu(String),
    /// The database did not do it.
    Base(Erreur),
}

/// Contracts held in the cache.
const EN_CACHE: usize = 2_000;
/// Lines read at once from a long journal.
const PAGE: u64 = 2_000;
/// Tries again when two writers meet.
const ESSAIS: usize = 5;

impl Entente {
    /// `atelier`: read once, for the life of the program.
    pub fn nouvelle(base: Base, atelier: &'static Atelier) -> Self {
        Self {
            base,
            machines: atelier.machines(),
            cache: Arc::new(Cache::de(EN_CACHE)),
        }
    }

    /// Does what is asked of a contract, once.
    ///
    /// # Errors
    /// [`Echec`]; then nothing was written but the deadlines that had passed.
    pub async fn executer(
        &self,
        contrat: &str,
        ordre: Ordre,
        maintenant: DateTime<Utc>,
    ) -> Result<Recu, Echec> {
        let maintenant = micros(maintenant);
        let mut essais = 0;
        loop {
            passe(Point::AvantVerrou);
            let fait = self.une_fois(contrat, ordre.clone(), maintenant).await;
            essais += 1;
            match fait {
                Err(Erreur::Conflit) if essais < ESSAIS => {}
                Err(erreur) => return Err(Echec::Base(erreur)),
                Ok(issue) => return issue,
            }
        }
    }

    async fn une_fois(
        &self,
        contrat: &str,
        ordre: Ordre,
        maintenant: DateTime<Utc>,
    ) -> Result<Result<Recu, Echec>, Erreur> {
        let soi = self.clone();
        let id = contrat.to_owned();
        let acte = self.base.ecrire(move |conn| {
            Box::pin(async move { soi.acte(conn, &id, ordre, maintenant).await })
        });
        acte.await
    }

    /// One act, inside its transaction.
    async fn acte(
        &self,
        mut conn: Conn<'_>,
        id: &str,
        ordre: Ordre,
        maintenant: DateTime<Utc>,
    ) -> Result<Result<Recu, Echec>, Erreur> {
        let conn = &mut conn;
        let tete = journal::verrouille(conn, id).await?;
        passe(Point::ApresVerrou);
        if tete.is_none() && !matches!(ordre, Ordre::Ouvrir { .. }) {
            return Ok(Err(Echec::Inconnu(id.to_owned())));
        }
        let demande = match Demandee::de(&ordre) {
            Ok(demande) => demande,
            Err(refus) => return Ok(Err(Echec::Refus(refus))),
        };
        let avant = match &tete {
            Some(tete) => self.entree(conn, id, tete).await?,
            None => Arc::new(Entree::default()),
        };
        if let Some(demandee) = &demande
            && let Some(repondue) = demandee.repondue(conn, id).await?
        {
            return Ok(demandee.encore(&repondue, avant));
        }
        passe(Point::ApresChargement);
        let mut contrat = Contrat::reprendre(&self.machines, avant.etat.clone());
        let fait = match &ordre {
            Ordre::Ouvrir { workflow } => contrat.naitre(workflow, maintenant),
            Ordre::Agir(commande) => contrat.agir(commande, maintenant),
            Ordre::Avancer => contrat.avancer(maintenant),
        };
        let ecrit = Ecrit {
            id,
            avant: &avant,
            nouveau: tete.is_none(),
            maintenant,
            demande: demande.as_ref().filter(|_| fait.is_ok()),
        };
        let recu = self.ecrit(conn, ecrit, contrat, tete).await?;
        Ok(fait.map(|()| recu).map_err(Echec::Refus))
    }

    /// Writes what an act did: lines, heads, projections, the answer.
    async fn ecrit(
        &self,
        conn: &mut Conn<'_>,
        ecrit: Ecrit<'_>,
        contrat: Contrat<'_>,
        tete: Option<Tete>,
    ) -> Result<Recu, Erreur> {
        let Ecrit {
            id,
            avant,
            maintenant,
            ..
        } = ecrit;
        let jour = civil_date(maintenant).to_string();
        if contrat.journal().is_empty() {
            let vu = tete.is_some_and(|tete| tete.vu < jour);
            if vu {
                projections::vu(conn, id, &jour).await?;
            }
            if let Some(demandee) = ecrit.demande {
                demandee
                    .repond(conn, id, avant.ordre + 1, avant.ordre)
                    .await?;
            }
            return Ok(Recu {
                lignes: Vec::new(),
                premiere: avant.ordre + 1,
                derniere: avant.ordre,
                entree: Arc::clone(avant),
                deja: false,
            });
        }
        let mut tetes = avant.tetes.clone();
        let scellees = scelle(id, avant.ordre, contrat.journal(), &mut tetes)?;
        journal::ajoute(conn, &scellees).await?;
        for empreinte in contrat.journal().iter().filter_map(|l| l.evenement.texte()) {
            if let Some(texte) = contrat.texte(empreinte) {
                journal::garde_texte(conn, id, empreinte, texte).await?;
            }
        }
        passe(Point::ApresAjout);
        let projection = projeter(&contrat, maintenant);
        let connue = Some(&avant.projection).filter(|_| avant.projetee);
        projections::ecrit(conn, id, connue, &projection).await?;
        let touches: BTreeSet<&str> = scellees.iter().map(|l| l.flux.as_str()).collect();
        for flux in touches {
            let workflow = contrat
                .flux(flux)
                .map_or("", |f| f.dossier.workflow.as_str());
            if let Some(tete) = tetes.get(flux) {
                journal::avance_flux(conn, id, flux, workflow, *tete).await?;
            }
        }
        let derniere = scellees.last();
        let nouvelle = Tete {
            ordre: derniere.map_or(avant.ordre, |l| l.ordre),
            empreinte: derniere.map_or(String::new(), |l| l.empreinte.to_string()),
            instant: instant(maintenant),
            vu: jour,
        };
        projections::ecrit_tete(conn, id, ecrit.nouveau, &nouvelle, &projection).await?;
        passe(Point::ApresProjections);
        if let Some(demandee) = ecrit.demande {
            demandee
                .repond(conn, id, avant.ordre + 1, nouvelle.ordre)
                .await?;
        }
        passe(Point::ApresTravaux);
        let (etat, lignes) = contrat.rendre();
        let entree = Arc::new(Entree {
            etat,
            ordre: nouvelle.ordre,
            empreinte: nouvelle.empreinte,
            tetes,
            projection,
            projetee: true,
        });
        // Before the commit: an entry serves only whoever reads its very head.
        self.cache.pose(id, Arc::clone(&entree));
        Ok(Recu {
            lignes,
            premiere: avant.ordre + 1,
            derniere: entree.ordre,
            entree,
            deja: false,
        })
    }

    /// The state of a contract at a head: from the cache, or folded from the lines.
    pub(super) async fn entree(
        &self,
        conn: &mut Conn<'_>,
        id: &str,
        tete: &Tete,
    ) -> Result<Arc<Entree>, Erreur> {
        let connue = self.cache.prend(id);
        if let Some(entree) = &connue
            && entree.ordre == tete.ordre
            && entree.empreinte == tete.empreinte
        {
            return Ok(Arc::clone(entree));
        }
        let mut contrat = Contrat::vide(&self.machines);
        let mut ordre = 0;
        let mut empreinte = String::new();
        while ordre < tete.ordre {
            let page = journal::lignes(conn, id, ordre, PAGE).await?;
            let Some(derniere) = page.last() else {
                let manque = format!("la ligne {} du contrat « {id} » manque", ordre + 1);
                return Err(Erreur::Abime(manque));
            };
            ordre = derniere.ordre;
            empreinte = derniere.empreinte.to_string();
            for scellee in &page {
                let ligne = scellee.ligne().map_err(|quoi| {
                    Erreur::Abime(format!(
                        "ligne {} du contrat « {id} » : {quoi}",
                        scellee.ordre
                    ))
                })?;
                let plie = contrat.plie(&ligne);
                plie.map_err(|refus| Erreur::Abime(refus.to_string()))?;
            }
        }
        for texte in journal::textes(conn, id).await? {
            contrat.rend_texte(&texte);
        }
        let (etat, _) = contrat.rendre();
        let entree = Arc::new(Entree {
            etat,
            ordre,
            empreinte,
            tetes: journal::tetes(conn, id).await?,
            projection: projections::Projection::default(),
            projetee: false,
        });
        self.cache.pose(id, Arc::clone(&entree));
        Ok(entree)
    }

    /// A contract in hand, to read.
    pub fn contrat(&self, entree: &Entree) -> Contrat<'static> {
        Contrat::reprendre(&self.machines, entree.etat.clone())
    }

    /// Closes the database once what is under way is done.
    pub async fn fermer(self) {
        self.base.fermer().await;
    }
}

/// What surrounds the writing of an act.
struct Ecrit<'e> {
    id: &'e str,
    avant: &'e Arc<Entree>,
    nouveau: bool,
    maintenant: DateTime<Utc>,
    demande: Option<&'e Demandee>,
}

/// A request of a person: who, its id, and the digest of what is asked.
struct Demandee {
    auteur: String,
    id: String,
    contenu: String,
}

impl Demandee {
    fn de(ordre: &Ordre) -> Result<Option<Self>, Refus> {
        let Ordre::Agir(commande) = ordre else {
            return Ok(None);
        };
        let id = commande.id()?.to_owned();
        let auteur = commande.acteur();
        let auteur = auteur.map_or(String::new(), |a| format!("{}/{}", a.party, a.person));
        let contenu = serde_json::to_vec(commande)
            .map_err(|e| Refus::Journal(format!("Cette demande ne s'écrit pas ({e}).")))?;
        Ok(Some(Self {
            auteur,
            id,
            contenu: Digest::of(&contenu).to_string(),
        }))
    }

    async fn repondue(
        &self,
        conn: &mut Conn<'_>,
        contrat: &str,
    ) -> Result<Option<Repondue>, Erreur> {
        journal::demande(conn, contrat, &self.auteur, &self.id).await
    }

    /// The same answer again; or a refusal, when the id hides another request.
    fn encore(&self, repondue: &Repondue, entree: Arc<Entree>) -> Result<Recu, Echec> {
        if repondue.contenu != self.contenu {
            return Err(Echec::AutreContenu(self.id.clone()));
        }
        Ok(Recu {
            lignes: Vec::new(),
            premiere: repondue.premiere,
            derniere: repondue.derniere,
            entree,
            deja: true,
        })
    }

    async fn repond(
        &self,
        conn: &mut Conn<'_>,
        contrat: &str,
        premiere: u64,
        derniere: u64,
    ) -> Result<(), Erreur> {
        let reponse = Repondue {
            contenu: self.contenu.clone(),
            premiere,
            derniere,
        };
        journal::repond(conn, contrat, &self.auteur, &self.id, &reponse).await
    }
}

fn scelle(
    contrat: &str,
    ordre: u64,
    lignes: &[Ligne],
    tetes: &mut crate::metier::chaine::Tetes,
) -> Result<Vec<Scellee>, Erreur> {
    let numerotees = (ordre + 1..).zip(lignes);
    let scellees = numerotees.map(|(n, ligne)| Scellee::sceller(contrat, n, ligne, tetes));
    scellees
        .collect::<Result<_, _>>()
        .map_err(|e| Erreur::Abime(format!("un événement ne s'écrit pas ({e})")))
}

/// PostgreSQL keeps microseconds: what is read back must be what was decided.
fn micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant
        .duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(instant)
}

impl fmt::Display for Echec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refus(refus) => refus.fmt(f),
            Self::Inconnu(contrat) => write!(
                f,
                "Le contrat « {contrat} » n'existe pas. Vérifiez son identifiant."
            ),
            Self::AutreContenu(id) => write!(
                f,
                "L'identifiant de demande « {id} » a déjà servi à une autre demande. Donnez-en un \
                 nouveau."
            ),
            Self::Base(erreur) => erreur.fmt(f),
        }
    }
}

impl std::error::Error for Echec {}

impl From<Erreur> for Echec {
    fn from(erreur: Erreur) -> Self {
        Self::Base(erreur)
    }
}
