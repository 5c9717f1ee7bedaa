//! Where acts wait: those that are there together are decided and written in one transaction, so
//! that a durable commit is shared. When it does not pass whole, each is done alone.

use super::demande::Demandee;
use super::{Echec, Entente, Ordre, Recu};
use crate::store::faute::{Point, passe};
use crate::store::journal::Cle;
use crate::store::{Base, Erreur, Plume};
use chrono::{DateTime, Utc};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// A request, as it waits.
#[derive(Debug)]
pub(super) struct Attendu {
    pub contrat: String,
    pub ordre: Ordre,
    pub maintenant: DateTime<Utc>,
    pub demandee: Option<Demandee>,
}

impl Attendu {
    /// Names the request; none when nobody asks.
    pub(super) fn cle(&self) -> Option<Cle> {
        let demandee = self.demandee.as_ref()?;
        Some(demandee.cle(&self.contrat))
    }
}

pub(super) type Issue = Result<Recu, Echec>;
type Attente = (Arc<Attendu>, oneshot::Sender<Issue>);

/// Acts of one transaction, and acts that may wait.
const GROUPE: usize = 64;
const FILE: usize = 10_000;
/// A way lets its connection go after so many transactions: others write too.
const TOURS: u32 = 32;
/// Tries again when two writers meet.
const ESSAIS: usize = 5;

/// The acts that wait, and the transactions that may be under way at once.
#[derive(Debug)]
pub struct Guichet {
    file: Mutex<File>,
    voies: usize,
}

#[derive(Debug, Default)]
struct File {
    attentes: VecDeque<Attente>,
    ouvertes: usize,
}

impl Guichet {
    /// A SQLite file has one writer. On PostgreSQL a transaction may wait for another node: the
    /// next requests take another way.
    pub(super) fn de(base: &Base) -> Self {
        let voies = match base {
            Base::Lite { .. } => 1,
            Base::Pg(_) => 2,
        };
        let file = Mutex::default();
        Self { file, voies }
    }

    fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a request in. Answers whether a way is to be opened for it.
    fn depose(&self, attente: Attente) -> Result<bool, Erreur> {
        let mut file = self.file();
        if file.attentes.len() >= FILE {
            let trop = format!("{FILE} demandes attendent déjà");
            return Err(Erreur::Indisponible(trop));
        }
        file.attentes.push_back(attente);
        let ouvre = file.ouvertes < self.voies;
        file.ouvertes += usize::from(ouvre);
        Ok(ouvre)
    }

    /// The requests that wait; when none, the way is closed.
    fn prend(&self) -> Option<Vec<Attente>> {
        let mut file = self.file();
        if file.attentes.is_empty() {
            file.ouvertes -= 1;
            return None;
        }
        let n = file.attentes.len().min(GROUPE);
        Some(file.attentes.drain(..n).collect())
    }
}

impl Entente {
    /// Has a request done, with those that wait.
    pub(super) async fn attend(&self, attendu: Attendu) -> Issue {
        let (reponse, recue) = oneshot::channel();
        if self.guichet.depose((Arc::new(attendu), reponse))? {
            tokio::spawn(self.clone().sert());
        }
        let interrompu = || Erreur::Indisponible("l'acte a été interrompu".to_owned());
        recue.await.map_err(|_| interrompu())?
    }

    /// One way: it serves until nobody waits.
    async fn sert(self) {
        let mut plume = None;
        let mut tours = 0;
        loop {
            // Those just answered, or just come, may ask before the next transaction begins.
            tokio::task::yield_now().await;
            let Some(groupe) = self.guichet.prend() else {
                return;
            };
            let soi = self.clone();
            // A panic in an act must not take the way with it: those who wait are told.
            let fini = tokio::spawn(async move {
                soi.traite(groupe, &mut plume).await;
                plume
            });
            plume = fini.await.unwrap_or_else(|erreur| {
                tracing::error!(%erreur, "un acte a interrompu une écriture");
                None
            });
            tours += 1;
            if tours % TOURS == 0 {
                plume = None;
            }
        }
    }

    async fn traite(&self, groupe: Vec<Attente>, plume: &mut Option<Plume>) {
        let (attendus, reponses): (Vec<_>, Vec<_>) = groupe.into_iter().unzip();
        let issues = match self.ensemble(&attendus, plume).await {
            Err(erreur) if erreur.vient_d_un_acte() => {
                let mut issues = Vec::with_capacity(attendus.len());
                for attendu in &attendus {
                    issues.push(self.seul(attendu, plume).await);
                }
                issues
            }
            Err(erreur) => {
                let dite = || Err(Echec::Base(erreur.clone()));
                attendus.iter().map(|_| dite()).collect()
            }
            Ok(issues) => issues,
        };
        for (issue, reponse) in issues.into_iter().zip(reponses) {
            // Whoever asked may have left; what was done stays done.
            let _ = reponse.send(issue);
        }
    }

    /// One act in its own transaction, again when another writer was met.
    async fn seul(&self, attendu: &Arc<Attendu>, plume: &mut Option<Plume>) -> Issue {
        let mut essais = 1;
        loop {
            match self.ensemble(std::slice::from_ref(attendu), plume).await {
                Err(Erreur::Conflit) if essais < ESSAIS => essais += 1,
                Err(erreur) => return Err(Echec::Base(erreur)),
                Ok(issues) => {
                    let manque = || Err(Echec::Base(Erreur::Conflit));
                    return issues.into_iter().next().unwrap_or_else(manque);
                }
            }
        }
    }

    /// Several acts in one transaction: their issues, in order. `plume`: kept from one to the
    /// next, while all goes well.
    async fn ensemble(
        &self,
        attendus: &[Arc<Attendu>],
        plume: &mut Option<Plume>,
    ) -> Result<Vec<Issue>, Erreur> {
        passe(Point::AvantVerrou);
        let mut tenue = match plume.take() {
            Some(tenue) => tenue,
            None => self.base.plume().await?,
        };
        metrics::histogram!("entente_actes_par_commit").record(attendus.len() as f64);
        let issues = match self.avance(attendus, &mut tenue).await? {
            Some(issues) => issues,
            None => self.sous_verrou(attendus, &mut tenue).await?,
        };
        *plume = Some(tenue);
        Ok(issues)
    }

    async fn sous_verrou(
        &self,
        attendus: &[Arc<Attendu>],
        plume: &mut Plume,
    ) -> Result<Vec<Issue>, Erreur> {
        let (soi, attendus) = (self.clone(), attendus.to_vec());
        let fait =
            plume.ecrire(|mut conn| Box::pin(async move { soi.lot(&mut conn, &attendus).await }));
        let (issues, entrees) = fait.await?;
        for (id, entree) in entrees {
            self.cache.pose(&id, entree);
        }
        Ok(issues)
    }
}
