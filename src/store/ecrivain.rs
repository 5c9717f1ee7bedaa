//! The one writer of a SQLite file: it takes the acts that wait, each in its savepoint, into one
//! durable commit, and answers once the commit is on the disk.

use super::base::commis;
use super::conn::Conn;
use super::erreur::Erreur;
use super::faute::{Point, passe};
use sqlx::{Connection, SqliteConnection, SqlitePool};
use std::future::Future;
use std::pin::Pin;
use tokio::sync::{mpsc, oneshot};

/// A boxed future that may borrow a connection.
pub type Futur<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;

/// What the writer does with its connection, then with the fate of the commit.
trait Attente: Send {
    fn agir<'s>(&'s mut self, conn: &'s mut SqliteConnection) -> Futur<'s, bool>;
    fn repondre(self: Box<Self>, clos: Result<(), &str>);
}

struct Un<A, T> {
    acte: Option<A>,
    fait: Option<Result<T, Erreur>>,
    reponse: oneshot::Sender<Result<T, Erreur>>,
}

impl<A, T> Attente for Un<A, T>
where
    A: for<'c> FnOnce(Conn<'c>) -> Futur<'c, Result<T, Erreur>> + Send + 'static,
    T: Send + 'static,
{
    fn agir<'s>(&'s mut self, conn: &'s mut SqliteConnection) -> Futur<'s, bool> {
        Box::pin(async move {
            let Some(acte) = self.acte.take() else {
                return false;
            };
            let fait = acte(Conn::Lite(conn)).await;
            let garde = fait.is_ok();
            self.fait = Some(fait);
            garde
        })
    }

    fn repondre(self: Box<Self>, clos: Result<(), &str>) {
        let fait = match (self.fait, clos) {
            (Some(fait), Ok(())) => fait,
            (Some(Err(erreur)), Err(_)) => Err(erreur),
            (_, Err(cause)) => Err(Erreur::Indisponible(cause.to_owned())),
            (None, Ok(())) => Err(Erreur::Conflit),
        };
        // Whoever asked may have left; what was done stays done.
        let _ = self.reponse.send(fait);
    }
}

/// The door of the writer.
#[derive(Debug, Clone)]
pub struct Ecrivain {
    file: mpsc::Sender<Box<dyn Attente>>,
    base: SqlitePool,
}

/// Acts in one commit, and acts that may wait.
const GROUPE: usize = 64;
const FILE: usize = 1_024;

impl Ecrivain {
    pub(super) fn lance(base: SqlitePool) -> Self {
        let (file, recue) = mpsc::channel(FILE);
        tokio::spawn(ecrit(base.clone(), recue));
        Self { file, base }
    }

    pub(super) async fn ecrire<T: Send + 'static>(
        &self,
        acte: impl for<'c> FnOnce(Conn<'c>) -> Futur<'c, Result<T, Erreur>> + Send + 'static,
    ) -> Result<T, Erreur> {
        let (reponse, recue) = oneshot::channel();
        let attente = Un {
            acte: Some(acte),
            fait: None,
            reponse,
        };
        let ferme = || Erreur::Indisponible("elle se ferme".to_owned());
        let envoi = self.file.send(Box::new(attente)).await;
        envoi.map_err(|_| ferme())?;
        recue.await.map_err(|_| ferme())?
    }

    pub(super) async fn fermer(self) {
        self.base.close().await;
    }
}

async fn ecrit(base: SqlitePool, mut recue: mpsc::Receiver<Box<dyn Attente>>) {
    while let Some(premier) = recue.recv().await {
        let mut groupe = vec![premier];
        while groupe.len() < GROUPE
            && let Ok(suivant) = recue.try_recv()
        {
            groupe.push(suivant);
        }
        let base = base.clone();
        // A panic in an act must not take the writer with it: those who wait are told.
        let fini = tokio::spawn(async move {
            let clos = un_commit(&base, &mut groupe).await;
            let clos = clos.map_err(|e| e.to_string());
            for attente in groupe {
                attente.repondre(clos.as_ref().copied().map_err(String::as_str));
            }
        });
        if let Err(erreur) = fini.await {
            tracing::error!(%erreur, "un acte a interrompu l'écrivain");
        }
    }
}

async fn un_commit(base: &SqlitePool, groupe: &mut [Box<dyn Attente>]) -> Result<(), sqlx::Error> {
    let mut conn = base.acquire().await?;
    let fait = en_un_commit(&mut conn, groupe).await;
    if fait.is_err() {
        // A full disk makes the engine end the transaction by itself: the driver does not know, and
        // would begin no other on this connection.
        conn.close_on_drop();
    }
    fait
}

/// Each act in its savepoint: one that fails takes nothing of the others with it.
async fn en_un_commit(
    conn: &mut SqliteConnection,
    groupe: &mut [Box<dyn Attente>],
) -> Result<(), sqlx::Error> {
    let mut transaction = conn.begin_with("begin immediate").await?;
    for attente in &mut *groupe {
        let mut point = transaction.begin().await?;
        if attente.agir(&mut point).await {
            point.commit().await?;
        } else {
            point.rollback().await?;
        }
    }
    passe(Point::AvantCommit);
    transaction.commit().await?;
    commis(groupe.len());
    passe(Point::ApresCommit);
    Ok(())
}
