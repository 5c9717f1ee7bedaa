//! Two nodes on one database: nothing lost, nothing done twice, no gap, and none refused because
//! the other came first.

use super::programme::Programme;
use super::scenario::{Reponse, ligne};
use crate::bases::{atelier, dossier, grappe};
use chrono::{DateTime, Duration, Utc};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::execute::{Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::store::Base;
use entente::workflow::definition::model::Role;
use std::collections::BTreeSet;
use std::time::Instant;

/// Writers on the crowded contract, and requests of each; twice as many when done by hand.
const PLUMES: usize = 8;
const DEMANDES: usize = 25;

pub fn matin() -> DateTime<Utc> {
    "2026-01-15T09:00:00Z".parse().unwrap()
}

/// A request that is always granted: an establishment enters.
pub fn entre(cle: &str) -> Ordre {
    Ordre::Agir(Commande {
        flux: RACINE.to_owned(),
        demande: Demande::Ecriture {
            acteur: acteur("ars", "karim", Role::Validation),
            id: format!("id-{cle}"),
            ecriture: Ecriture::Entrer {
                cle: cle.to_owned(),
                element: Element::esms(&format!("ESMS {cle}"), Competence::Ars),
                effet: None,
            },
        },
    })
}

pub fn ouvre() -> Ordre {
    Ordre::Ouvrir {
        workflow: "cpom-ph".to_owned(),
    }
}

/// The lines hold each request once, in an unbroken order.
pub async fn rien_perdu(entente: &Entente, contrat: &str, cles: &BTreeSet<String>) {
    let lignes = entente.journal(contrat).await.unwrap().unwrap();
    for (n, ligne) in (1..).zip(&lignes) {
        assert_eq!(ligne.ordre, n, "{contrat}");
    }
    let ecrites = lignes.iter().map(|l| l.ligne().unwrap());
    let ecrites = ecrites.filter_map(|l| l.evenement.demande().map(str::to_owned));
    let ecrites: Vec<String> = ecrites.collect();
    let attendues: BTreeSet<String> = cles.iter().map(|c| format!("id-{c}")).collect();
    assert_eq!(ecrites.len(), attendues.len(), "{contrat}");
    assert_eq!(ecrites.into_iter().collect::<BTreeSet<_>>(), attendues);
}

/// One request of a writer, through either node; now and then the other gets it too.
async fn ecrit(
    noeuds: &[Entente],
    contrat: &str,
    (plume, n): (usize, usize),
    maintenant: impl Fn() -> DateTime<Utc>,
) {
    let [noeud, autre] = [0, 1].map(|k| &noeuds[(plume + n + k) % 2]);
    let ordre = entre(&format!("p{plume}n{n}"));
    let fait = noeud.executer(contrat, ordre.clone(), maintenant()).await;
    let recu = fait.unwrap_or_else(|e| panic!("{contrat} : {e}"));
    assert!(!recu.deja);
    if n.is_multiple_of(5) {
        let encore = autre.executer(contrat, ordre, maintenant()).await.unwrap();
        assert!(encore.deja);
        assert_eq!(encore.derniere, recu.derniere);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_share_one_postgres() {
    // given two nodes, each with its connections and its cache, and three contracts
    let url = grappe::nouvelle().await;
    let mut noeuds = Vec::new();
    for _ in 0..2 {
        let base = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
        noeuds.push(Entente::nouvelle(base, atelier()));
    }
    let contrats = ["foule", "a", "b"];
    for contrat in contrats {
        let fait = noeuds[0].executer(contrat, ouvre(), matin()).await;
        fait.unwrap();
    }
    // when writers act through both, on the moving clock, while both let time pass
    let demandes = DEMANDES * if super::fois(0) > 0 { 8 } else { 1 };
    let depart = Instant::now();
    let maintenant = move || matin() + Duration::from_std(depart.elapsed()).unwrap();
    let mut plumes = Vec::new();
    for plume in 0..PLUMES + 2 {
        let contrat = ["a", "b", "foule"][plume.min(2)];
        let noeuds = noeuds.clone();
        plumes.push(tokio::spawn(async move {
            for n in 0..demandes {
                ecrit(&noeuds, contrat, (plume, n), maintenant).await;
            }
        }));
    }
    let rondes = noeuds.clone().into_iter().map(|noeud| {
        tokio::spawn(async move {
            for _ in 0..20 {
                noeud.ronde(maintenant()).await.unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
    });
    for fil in rondes.collect::<Vec<_>>().into_iter().chain(plumes) {
        fil.await.unwrap();
    }
    // then each was done once
    for (rang, contrat) in ["a", "b", "foule"].into_iter().enumerate() {
        let siennes = (0..PLUMES + 2).filter(|p| (*p).min(2) == rang);
        let cles = siennes.flat_map(|p| (0..demandes).map(move |n| format!("p{p}n{n}")));
        rien_perdu(&noeuds[1], contrat, &cles.collect()).await;
    }
    let rapport = noeuds[0].verifier(None).await.unwrap();
    assert_eq!(rapport.broken, []);
    println!("{} demandes par deux nœuds", (PLUMES + 2) * demandes);
    // and a year that passes for both at once passes once
    let plus_tard = matin() + Duration::days(500);
    let (a, b) = tokio::join!(noeuds[0].ronde(plus_tard), noeuds[1].ronde(plus_tard));
    assert!(a.unwrap() + b.unwrap() >= 3);
    let avant = noeuds[0].journal("foule").await.unwrap().unwrap().len();
    noeuds[0].ronde(plus_tard).await.unwrap();
    assert_eq!(
        noeuds[1].journal("foule").await.unwrap().unwrap().len(),
        avant
    );
    let rapport = noeuds[1].verifier(None).await.unwrap();
    assert_eq!(rapport.broken, []);
    for noeud in noeuds {
        noeud.fermer().await;
    }
}

fn deux_programmes(adresse: &str) {
    // given a contract, and two programs on the same database
    let mut premier = Programme::agir(adresse, None);
    let reponse = premier.demande(&ligne("c", &ouvre(), matin())).unwrap();
    assert!(reponse.contains("\"fait\":true"), "{reponse}");
    let second = Programme::agir(adresse, None);
    // when both write at once
    let fils = [premier, second].into_iter().enumerate();
    let fils = fils.map(|(qui, mut programme)| {
        std::thread::spawn(move || {
            for n in 0..40 {
                let ordre = entre(&format!("q{qui}n{n}"));
                let demande = ligne("c", &ordre, matin() + Duration::seconds(n / 10));
                let reponse = programme.demande(&demande).unwrap();
                // then none is refused
                assert!(
                    matches!(Reponse::lue(&reponse), Reponse::Fait { .. }),
                    "{reponse}"
                );
            }
            assert!(programme.finit().success());
        })
    });
    for fil in fils.collect::<Vec<_>>() {
        fil.join().unwrap();
    }
}

#[tokio::test]
async fn two_programs_share_one_postgres() {
    let url = grappe::nouvelle().await;
    deux_programmes(&url);
    let base = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    tout_y_est(Entente::nouvelle(base, atelier())).await;
}

#[tokio::test]
async fn two_programs_share_one_sqlite_file() {
    let fichier = dossier("deux").join("entente.db");
    let adresse = format!("sqlite:{}", fichier.display());
    deux_programmes(&adresse);
    let base = Base::ouvrir(&adresse.parse().unwrap()).await.unwrap();
    tout_y_est(Entente::nouvelle(base, atelier())).await;
}

async fn tout_y_est(entente: Entente) {
    let cles = (0..2).flat_map(|q| (0..40).map(move |n| format!("q{q}n{n}")));
    rien_perdu(&entente, "c", &cles.collect()).await;
    assert_eq!(entente.verifier(None).await.unwrap().broken, []);
    entente.fermer().await;
}
