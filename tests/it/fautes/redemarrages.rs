//! PostgreSQL restarted under load, as when the power goes: a sentence, then back to work.

use super::fois;
use super::noeuds::{entre, matin, ouvre, rien_perdu};
use crate::bases::atelier;
use crate::bases::grappe::Grappe;
use chrono::Duration;
use entente::app::execute::{Echec, Entente};
use entente::store::Base;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration as Attente, Instant};

const REDEMARRAGES: usize = 5;
const PLUMES: usize = 6;
/// How long a server that is up may leave a writer without an answer, before it is said not to
/// come back.
const RETOUR: Attente = Attente::from_mins(1);

/// Writes until told to stop; sends again what was not done. Answers what was done.
async fn ecrit(
    entente: Entente,
    plume: usize,
    fini: Arc<AtomicBool>,
    comptes: Arc<Comptes>,
) -> BTreeSet<String> {
    let contrat = ["a", "b"][plume % 2];
    let mut faites = BTreeSet::new();
    let mut instant = matin();
    while !fini.load(Ordering::SeqCst) {
        let cle = format!("p{plume}n{}", faites.len());
        instant += Duration::milliseconds(1);
        let debut = Instant::now();
        loop {
            match entente.executer(contrat, entre(&cle), instant).await {
                Ok(_) => break,
                Err(echec) => {
                    let phrase = echec.to_string();
                    assert!(matches!(echec, Echec::Base(_)), "{phrase}");
                    assert_eq!(echec.code(), "indisponible", "{phrase}");
                    assert!(phrase.ends_with('.'), "{phrase}");
                    comptes.pannes.fetch_add(1, Ordering::SeqCst);
                    // The server goes down no more: what is asked is to be done.
                    let fini = fini.load(Ordering::SeqCst);
                    assert!(!fini || debut.elapsed() < 2 * RETOUR, "{phrase}");
                    tokio::time::sleep(Attente::from_millis(50)).await;
                }
            }
        }
        faites.insert(cle);
        comptes.faites[plume].fetch_add(1, Ordering::SeqCst);
    }
    faites
}

/// What the writers did so far.
#[derive(Default)]
struct Comptes {
    faites: [AtomicUsize; PLUMES],
    pannes: AtomicUsize,
}

impl Comptes {
    fn faites(&self) -> [usize; PLUMES] {
        std::array::from_fn(|plume| self.faites[plume].load(Ordering::SeqCst))
    }

    /// Waits until each writer got one more answer.
    async fn avancent(&self) {
        let (avant, debut) = (self.faites(), Instant::now());
        while avant.iter().zip(self.faites()).any(|(a, b)| *a == b) {
            assert!(debut.elapsed() < RETOUR, "{avant:?} {:?}", self.faites());
            tokio::time::sleep(Attente::from_millis(10)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_restarts_under_load_and_nothing_is_lost() {
    // given writers on a server of their own
    let grappe = Arc::new(Grappe::seule());
    let url = grappe.base().await;
    let base = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    let entente = Entente::nouvelle(base, atelier());
    for contrat in ["a", "b"] {
        let fait = entente.executer(contrat, ouvre(), matin()).await;
        fait.unwrap();
    }
    let fini = Arc::new(AtomicBool::new(false));
    let comptes = Arc::new(Comptes::default());
    let plumes = (0..PLUMES).map(|plume| {
        let (entente, fini) = (entente.clone(), Arc::clone(&fini));
        tokio::spawn(ecrit(entente, plume, fini, Arc::clone(&comptes)))
    });
    let plumes: Vec<_> = plumes.collect();
    // when the server goes down and up again, many times
    for _ in 0..fois(REDEMARRAGES) {
        comptes.avancent().await;
        let grappe = Arc::clone(&grappe);
        let redemarre = tokio::task::spawn_blocking(move || grappe.redemarre_net());
        redemarre.await.unwrap();
    }
    comptes.avancent().await;
    fini.store(true, Ordering::SeqCst);
    let mut faites = [BTreeSet::new(), BTreeSet::new()];
    for (plume, fil) in plumes.into_iter().enumerate() {
        faites[plume % 2].extend(fil.await.unwrap());
    }
    // then all that was acknowledged is there once, and nothing else
    rien_perdu(&entente, "a", &faites[0]).await;
    rien_perdu(&entente, "b", &faites[1]).await;
    assert_eq!(entente.verifier(None).await.unwrap().broken, []);
    let (pannes, faites) = (
        comptes.pannes.load(Ordering::SeqCst),
        faites[0].len() + faites[1].len(),
    );
    println!("{faites} demandes, {pannes} phrases d'indisponibilité");
    assert!(pannes > 0 && faites > PLUMES);
    entente.fermer().await;
}
