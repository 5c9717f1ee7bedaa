//! The program killed at any moment: what was acknowledged stays, and nothing is done twice.

use super::fois;
use super::programme::Programme;
use super::scenario::{Reponse, Scenario};
use crate::bases::{atelier, dossier, grappe};
use crate::vies::hasard::Hasard;
use entente::app::execute::Entente;
use entente::store::{Adresse, Base};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Kills in the tests, of each database.
const MORTS: usize = 25;
/// Contracts led at once, beside one taken over, and steps of each.
const CONTRATS: u64 = 5;
const PAS: usize = 150;

/// Several contracts, led in turn.
struct Tournee {
    scenarios: Vec<Scenario>,
    /// Which contract, which step.
    ordre: Vec<(usize, usize)>,
    lignes: Arc<Vec<String>>,
    /// How many requests were answered.
    repondues: usize,
}

impl Tournee {
    fn nouvelle(hasard: &mut Hasard, numero: u64) -> Self {
        let graines = (0..CONTRATS).map(|n| 1_000 + numero * CONTRATS + n);
        let vies = graines.map(|g| Scenario::vie(g, PAS));
        let scenarios: Vec<Scenario> = vies.chain([Scenario::repris()]).collect();
        let mut faits = vec![0; scenarios.len()];
        let mut ordre = Vec::new();
        loop {
            let restants = 0..scenarios.len();
            let restants: Vec<usize> = restants
                .filter(|c| faits[*c] < scenarios[*c].pas.len())
                .collect();
            let Some(contrat) = hasard.parmi(&restants).copied() else {
                break;
            };
            ordre.push((contrat, faits[contrat]));
            faits[contrat] += 1;
        }
        let lignes = ordre.iter().map(|(c, n)| scenarios[*c].ligne(*n));
        Self {
            lignes: Arc::new(lignes.collect()),
            scenarios,
            ordre,
            repondues: 0,
        }
    }

    fn finie(&self) -> bool {
        self.repondues == self.ordre.len()
    }

    /// Takes an answer: that of the first request not answered. `reprise`: it was perhaps done
    /// just before the kill.
    fn recoit(&mut self, reponse: &str, reprise: bool) {
        let (contrat, n) = self.ordre[self.repondues];
        let attendue = &self.scenarios[contrat].reponses[n];
        let lue = Reponse::lue(reponse);
        // An opening and the clock have no id: done before the kill, they answer otherwise.
        let demande = &self.lignes[self.repondues];
        let sans_id = ["\"ouvrir\":", "\"avancer\":"];
        let sans_id = sans_id.iter().any(|mot| demande.contains(mot));
        if !(reprise && sans_id) {
            assert_eq!(&lue, attendue, "{demande}");
        }
        self.repondues += 1;
    }

    /// Each journal is the one expected, as far as it goes, and holds all that was acknowledged.
    async fn compare(&self, entente: &Entente) {
        let rapport = entente.verifier(None).await.unwrap();
        assert_eq!(rapport.broken, []);
        for (rang, scenario) in self.scenarios.iter().enumerate() {
            let acquis = self.ordre[..self.repondues].iter();
            let acquis = acquis.filter(|(c, _)| *c == rang).map(|(_, n)| *n);
            let acquises = acquis.filter_map(|n| match scenario.reponses[n] {
                Reponse::Fait { derniere, .. } => Some(derniere),
                Reponse::Refus { .. } => None,
            });
            let acquises = usize::try_from(acquises.max().unwrap_or_default()).unwrap();
            let lues = entente.journal(&scenario.contrat).await.unwrap();
            let lues = lues.unwrap_or_default();
            assert!(lues.len() >= acquises, "{} < {acquises}", lues.len());
            assert_eq!(lues, scenario.lignes[..lues.len()]);
        }
    }
}

/// Feeds what is not answered, then kills. Answers whether a kill took place.
fn une_vie(tournee: &mut Tournee, adresse: &str, hasard: &mut Hasard) -> bool {
    let mut programme = Programme::agir(adresse, None);
    let mut entree = programme.entree();
    let (lignes, depuis) = (Arc::clone(&tournee.lignes), tournee.repondues);
    let nourrit = std::thread::spawn(move || {
        for ligne in &lignes[depuis..] {
            if writeln!(entree, "{ligne}").is_err() {
                return;
            }
        }
    });
    let pid = programme.pid();
    let mort = Arc::new(AtomicBool::new(false));
    let delai = Duration::from_millis(40 + hasard.sous(160) as u64);
    let tueur = |mort: Arc<AtomicBool>| {
        std::thread::spawn(move || {
            std::thread::sleep(delai);
            mort.store(true, Ordering::SeqCst);
            let mut tue = std::process::Command::new("kill");
            assert!(
                tue.args(["-9", &pid.to_string()])
                    .status()
                    .unwrap()
                    .success()
            );
        })
    };
    // One time in five it may die while it opens; else once it has begun to answer.
    let mut tueurs = Vec::new();
    if hasard.pourcent(20) {
        tueurs.push(tueur(Arc::clone(&mort)));
    }
    let mut premiere = true;
    while !tournee.finie() {
        let Some(reponse) = programme.reponse() else {
            assert!(mort.load(Ordering::SeqCst), "il s'est arrêté seul");
            break;
        };
        if tueurs.is_empty() {
            tueurs.push(tueur(Arc::clone(&mort)));
        }
        tournee.recoit(&reponse, premiere);
        premiere = false;
    }
    for tueur in tueurs {
        tueur.join().unwrap();
    }
    programme.tue();
    nourrit.join().unwrap();
    !tournee.finie()
}

fn meurt(morts: usize, adresse: impl Fn(&Runtime) -> String) {
    let runtime = Runtime::new().unwrap();
    let mut hasard = Hasard::new(9);
    let (mut tues, mut acquises, mut numero) = (0, 0, 0);
    while tues < morts {
        // given contracts not yet led
        let adresse = adresse(&runtime);
        let mut tournee = Tournee::nouvelle(&mut hasard, numero);
        numero += 1;
        while !tournee.finie() && tues < morts {
            // when the program is killed
            tues += usize::from(une_vie(&mut tournee, &adresse, &mut hasard));
            // then what is kept is what was told, and perhaps one more
            let lue: Adresse = adresse.parse().unwrap();
            let base = runtime.block_on(Base::ouvrir(&lue)).unwrap();
            let entente = Entente::nouvelle(base, atelier());
            runtime.block_on(tournee.compare(&entente));
            runtime.block_on(entente.fermer());
        }
        acquises += tournee.repondues;
    }
    println!("{tues} arrêts, {acquises} demandes, 0 perdue, 0 doublée");
    assert!(acquises > tues);
}

#[test]
fn killed_on_sqlite_nothing_acknowledged_is_lost_nor_done_twice() {
    meurt(fois(MORTS), |_| {
        let fichier = dossier("tuer").join("entente.db");
        format!("sqlite:{}", fichier.display())
    });
}

#[test]
fn killed_on_postgres_nothing_acknowledged_is_lost_nor_done_twice() {
    meurt(fois(MORTS), |runtime| runtime.block_on(grappe::nouvelle()));
}
