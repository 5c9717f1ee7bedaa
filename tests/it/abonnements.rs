//! Lines told to a program of an organisation, which checks them with the library of the standard.

use crate::bases::{atelier, dossier, grappe};
use crate::comptes::Ici;
use crate::courriels::joue_sous;
use crate::pages::gens::{droit, politique};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entente::app::abonnements::Bilan;
use entente::app::appels::{Appels, Voisinage};
use entente::app::comptes::{Auteur, Fonction, Portee, Refus};
use entente::app::execute::{Entente, Ordre};
use entente::store::{Adresse, Base};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tokio::runtime::Runtime;

const CONTRAT: &str = "rives-claires";
/// The ARS took a note for itself by then.
const JUSQU_AU: &str = "2026-06-30";

/// A program that receives, until dropped.
struct Programme {
    enfant: Child,
    dits: Receiver<Value>,
    adresse: String,
}

impl Programme {
    fn lance(reponses: &[&str]) -> Self {
        let mut enfant = Command::new("node")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg("tests/outils/recepteur.mjs")
            .args(reponses)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node et standardwebhooks sont attendus : lancez « make outils ».");
        let sortie = BufReader::new(enfant.stdout.take().unwrap());
        let (vers, dits) = channel();
        std::thread::spawn(move || {
            for ligne in sortie.lines().map_while(Result::ok) {
                // Whoever asked may have gone.
                let _ = vers.send(serde_json::from_str(&ligne).unwrap());
            }
        });
        let premier: Value = dits
            .recv_timeout(Duration::from_secs(30))
            .expect("standardwebhooks est absent : lancez « make outils ».");
        Self {
            enfant,
            dits,
            adresse: format!("http://127.0.0.1:{}/entente", premier["port"]),
        }
    }

    /// Gives it the secret that was shown once.
    fn retient(&mut self, secret: &str) {
        writeln!(self.enfant.stdin.as_mut().unwrap(), "{secret}").unwrap();
        let pret = self.dits.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(pret["pret"], true);
    }

    fn recus(&self) -> Vec<Value> {
        let dits = || self.dits.recv_timeout(Duration::from_millis(300)).ok();
        std::iter::from_fn(dits).collect()
    }
}

impl Drop for Programme {
    fn drop(&mut self) {
        let _ = self.enfant.kill();
        let _ = self.enfant.wait();
    }
}

struct Scene {
    runtime: Runtime,
    entente: Entente,
    ici: Ici,
    maintenant: DateTime<Utc>,
}

/// Both databases, with the organisations of the story, and no contract.
fn scenes() -> [Scene; 2] {
    let fichier = dossier("abonnements").join("entente.db");
    let runtime = Runtime::new().unwrap();
    let url = runtime.block_on(grappe::nouvelle());
    [Adresse::Fichier(fichier), url.parse().unwrap()].map(|adresse| {
        let runtime = Runtime::new().unwrap();
        let base = runtime.block_on(Base::ouvrir(&adresse)).unwrap();
        let entente = Entente::nouvelle(base.clone(), atelier());
        let comptes = entente.comptes(politique());
        // The standard refuses what is signed more than five minutes away from the hour.
        let maintenant = Utc::now() - TimeDelta::minutes(4);
        for partie in ["ars", "gestionnaire", "ailleurs"] {
            let organisation = droit(partie, Fonction::Lecture, Portee::Tout).organisation;
            let par = Auteur::Programme;
            let cree = comptes.creer_organisation(par, &organisation, maintenant);
            runtime.block_on(cree).unwrap();
        }
        Scene {
            runtime,
            entente,
            ici: Ici { base, comptes },
            maintenant,
        }
    })
}

impl Scene {
    fn joue(&self) {
        let jour: NaiveDate = JUSQU_AU.parse().unwrap();
        joue_sous(&self.runtime, &self.entente, CONTRAT, jour);
    }

    /// Declares a program; answers the subscription and its secret.
    fn abonne(&self, partie: &str, adresse: &str) -> (String, String) {
        let (par, tout) = (Auteur::Programme, Voisinage::Tout);
        let comptes = &self.ici.comptes;
        let abonne = comptes.abonner(par, partie, adresse, tout, self.maintenant);
        let (vue, secret) = self.runtime.block_on(abonne).unwrap();
        (vue.id, secret)
    }

    /// A round, so many minutes later.
    fn annonce(&self, minutes: i64, voisinage: Voisinage) -> Bilan {
        let quand = self.maintenant + TimeDelta::minutes(minutes);
        let appels = Appels::nouveaux(voisinage);
        let fait = self.entente.annoncer(|| quand, &appels);
        self.runtime.block_on(fait).unwrap()
    }

    fn textes(&self, sql: &'static str) -> Vec<String> {
        self.runtime.block_on(self.ici.textes(sql))
    }
}

fn corps(recu: &Value) -> Value {
    serde_json::from_str(recu["corps"].as_str().unwrap()).unwrap()
}

/// The lines that messages tell: contract, place, digest.
fn lignes(recus: &[Value]) -> Vec<String> {
    let ligne = |recu| {
        let dit = corps(recu);
        let data = &dit["data"];
        let (ordre, empreinte) = (&data["ordre"], data["empreinte"].as_str().unwrap());
        format!("{} {ordre} {empreinte}", data["contrat"].as_str().unwrap())
    };
    recus.iter().map(ligne).collect()
}

const VUES_PAR_TOUS: &str = "select contrat || ' ' || cast(ordre as text) || ' ' || empreinte \
                             from journal where prive = '' order by contrat, ordre";
const VUES_PAR_L_ARS: &str = "select contrat || ' ' || cast(ordre as text) || ' ' || empreinte \
                              from journal where prive in ('', 'ars') order by contrat, ordre";

#[test]
fn each_line_an_organisation_may_see_is_told_once_in_order_and_signed() {
    for scene in scenes() {
        // given three organisations, of which one is of no contract, before the story; the ARS
        // takes a note for itself
        let partis = ["gestionnaire", "ars", "ailleurs"].map(|partie| {
            let mut programme = Programme::lance(&[]);
            let (_, secret) = scene.abonne(partie, &programme.adresse);
            programme.retient(&secret);
            programme
        });
        let [programme, ars, autre] = partis;
        scene.joue();
        // when they are told
        let n = scene.annonce(0, Voisinage::Tout).recus;
        // then each line that an organisation may see came, in order, and checks
        let (recus, siens) = (programme.recus(), ars.recus());
        let (vues, siennes) = (scene.textes(VUES_PAR_TOUS), scene.textes(VUES_PAR_L_ARS));
        assert_eq!(lignes(&recus), vues);
        assert_eq!(lignes(&siens), siennes);
        assert_eq!(n, vues.len() + siennes.len());
        assert!(
            vues.len() < siennes.len(),
            "the ARS wrote nothing for itself"
        );
        let mut ids = BTreeSet::new();
        for recu in recus.iter().chain(&siens) {
            assert_eq!(recu["valide"], true, "{recu}");
            assert_eq!(recu["methode"], "POST");
            assert_eq!(recu["chemin"], "/entente");
            assert!(ids.insert(recu["entetes"]["webhook-id"].to_string()));
            let dit = corps(recu);
            assert_eq!(dit["type"], "journal.ligne");
            let cles: Vec<&String> = dit["data"].as_object().unwrap().keys().collect();
            // ids, ranks, kinds and digests: no word of a person
            assert_eq!(
                cles,
                ["contrat", "empreinte", "flux", "genre", "ordre", "rang"]
            );
        }
        // and nothing came to the others, nor comes twice
        assert_eq!(scene.annonce(1, Voisinage::Tout), Bilan::default());
        for programme in [programme, ars, autre] {
            assert_eq!(programme.recus(), Vec::<Value>::new());
        }
    }
}

#[test]
fn what_was_written_before_is_not_told_and_what_follows_is() {
    for scene in scenes() {
        scene.joue();
        let mut programme = Programme::lance(&[]);
        let (_, secret) = scene.abonne("ars", &programme.adresse);
        programme.retient(&secret);
        assert_eq!(scene.annonce(0, Voisinage::Tout), Bilan::default());
        let avant = scene.textes(VUES_PAR_L_ARS);
        // when years pass, and deadlines with them
        let tard = scene.maintenant + TimeDelta::days(900);
        let avance = scene.entente.executer(CONTRAT, Ordre::Avancer, tard);
        scene.runtime.block_on(avance).unwrap();
        let apres = scene.textes(VUES_PAR_L_ARS);
        assert!(apres.len() > avant.len(), "no deadline passed");
        scene.annonce(1, Voisinage::Tout);
        assert_eq!(lignes(&programme.recus()), apres[avant.len()..]);
    }
}

#[test]
fn what_is_not_received_is_tried_again_later_and_later_with_the_same_identifier() {
    for scene in scenes() {
        // given a program that fails, sends elsewhere, and does not answer
        let mut programme = Programme::lance(&["500", "302", "muet"]);
        let (_, secret) = scene.abonne("ars", &programme.adresse);
        programme.retient(&secret);
        scene.joue();
        let attendues = scene.textes(VUES_PAR_L_ARS);
        let mis = |bilan: Bilan| (bilan.recus, bilan.remis);
        // then tries are one, two, four minutes apart, and no other meanwhile
        let essais = [(0, 1), (0, 0), (1, 1), (2, 0), (3, 1), (6, 0)];
        for (minutes, remis) in essais {
            let bilan = scene.annonce(minutes, Voisinage::Tout);
            assert_eq!(mis(bilan), (0, remis), "{minutes}");
        }
        let erreurs = scene.textes("select erreur from abonnements");
        assert!(!erreurs[0].is_empty());
        // and once received, all follows in order, nothing lost
        assert_eq!(mis(scene.annonce(8, Voisinage::Tout)), (attendues.len(), 0));
        let recus = programme.recus();
        assert!(recus.iter().all(|r| r["valide"] == true));
        let id = |n: usize| recus[n]["entetes"]["webhook-id"].clone();
        assert_eq!([id(0), id(1), id(2)], [id(3), id(3), id(3)]);
        assert_eq!(lignes(&recus)[3..], attendues);
        assert_eq!(scene.textes("select erreur from abonnements"), [""]);
    }
}

#[test]
fn a_program_that_never_answers_is_given_up_said_and_taken_up_where_it_stopped() {
    for scene in scenes() {
        let gens = "http://127.0.0.1:1/entente";
        let (id, _) = scene.abonne("ars", gens);
        scene.joue();
        let mut essais = 0;
        let mut minutes = 0;
        loop {
            let bilan = scene.annonce(minutes, Voisinage::Tout);
            essais += bilan.remis + bilan.suspendus;
            if bilan.suspendus > 0 {
                break;
            }
            minutes += 60;
            assert!(minutes < 60 * 24 * 7, "it is never given up");
        }
        // then some twenty tries were made in some days
        assert_eq!(essais, 22);
        assert!(minutes > 60 * 24 * 2, "{minutes}");
        let par = Auteur::Programme;
        let lus = || {
            scene
                .runtime
                .block_on(scene.ici.comptes.abonnements(par, "ars"))
        };
        let [vue] = lus().unwrap().try_into().unwrap();
        assert!(!vue.suspendu.is_empty() && !vue.erreur.is_empty());
        // and nothing more is tried
        assert_eq!(
            scene.annonce(minutes + 10_000, Voisinage::Tout),
            Bilan::default()
        );
        let comptes = scene.entente.abonnements_en_attente();
        assert_eq!(scene.runtime.block_on(comptes).unwrap(), (0, 1));
        // until someone says so; and one that says it is gone is given up at once
        let repris = scene
            .ici
            .comptes
            .reprendre_abonnement(par, &id, scene.maintenant);
        scene.runtime.block_on(repris).unwrap();
        let [vue] = lus().unwrap().try_into().unwrap();
        assert_eq!((vue.essais, &*vue.suspendu), (0, ""));
        let retire = scene.ici.comptes.desabonner(par, &id, scene.maintenant);
        scene.runtime.block_on(retire).unwrap();
        assert!(
            scene
                .textes("select contrat from abonnements_suivis")
                .is_empty()
        );
    }
}

#[test]
fn nothing_is_told_to_a_private_address_nor_to_one_that_is_gone() {
    let [scene, _] = scenes();
    let mut programme = Programme::lance(&["410"]);
    let (id, secret) = scene.abonne("ars", &programme.adresse);
    programme.retient(&secret);
    scene.joue();
    // given a server that calls the public network only, then nothing leaves
    let bilan = scene.annonce(0, Voisinage::Public);
    assert_eq!((bilan.recus, bilan.remis), (0, 1));
    let erreurs = scene.textes("select erreur from abonnements");
    assert!(erreurs[0].contains("réseau public"), "{erreurs:?}");
    assert_eq!(programme.recus(), Vec::<Value>::new());
    // nor by a name that leads there
    scene.runtime.block_on(async {
        let nomme = "update abonnements set adresse = 'https://localhost:1/a', du = ''";
        scene.ici.sql(nomme).await.unwrap();
    });
    let bilan = scene.annonce(1, Voisinage::Public);
    assert_eq!((bilan.recus, bilan.remis), (0, 1));
    let erreurs = scene.textes("select erreur from abonnements");
    assert!(erreurs[0].contains("réseau public"), "{erreurs:?}");
    // given one that says it is gone, then it is given up at once
    let par = Auteur::Programme;
    let retire = scene.ici.comptes.desabonner(par, &id, scene.maintenant);
    scene.runtime.block_on(retire).unwrap();
    let (_, secret) = scene.abonne("ars", &programme.adresse);
    programme.retient(&secret);
    let tard = scene.maintenant + TimeDelta::days(900);
    let avance = scene.entente.executer(CONTRAT, Ordre::Avancer, tard);
    scene.runtime.block_on(avance).unwrap();
    assert_eq!(scene.annonce(2, Voisinage::Tout).suspendus, 1);
}

#[test]
fn only_who_administers_an_organisation_declares_a_program() {
    let [scene, _] = scenes();
    let comptes = &scene.ici.comptes;
    let quand = scene.maintenant;
    scene.runtime.block_on(async {
        let mut gens = crate::pages::gens::Gens::de(comptes.clone(), quand).await;
        let administration = droit("ars", Fonction::Administration, Portee::Tout);
        gens.inscrit("ada", &[administration], quand).await;
        let qui = async |id: &str| {
            let cookie = gens.cookie(id);
            let jeton = cookie.strip_prefix("entente=").unwrap();
            comptes.session(jeton, quand).await.unwrap().unwrap()
        };
        let (ada, karim) = (qui("ada").await, qui("karim").await);
        let (ada, karim) = (Auteur::Personne(&ada), Auteur::Personne(&karim));
        let a = "https://programme.example/";
        let public = Voisinage::Public;
        let refus = comptes.abonner(karim, "ars", a, public, quand).await;
        assert!(matches!(refus, Err(Refus::Interdit)));
        let refus = comptes.abonner(ada, "gestionnaire", a, public, quand).await;
        assert!(matches!(refus, Err(Refus::Interdit)));
        let refus = comptes
            .abonner(Auteur::Programme, "absente", a, public, quand)
            .await;
        assert!(matches!(refus, Err(Refus::Inconnu)));
        let refus = comptes
            .abonner(ada, "ars", "http://a.example", public, quand)
            .await;
        assert!(matches!(refus, Err(Refus::AdresseAbonnement)));
        let (vue, secret) = comptes.abonner(ada, "ars", a, public, quand).await.unwrap();
        assert!(secret.starts_with("whsec_") && secret.len() == 50);
        let refus = comptes.desabonner(karim, &vue.id, quand).await;
        assert!(matches!(refus, Err(Refus::Interdit)));
        assert!(matches!(
            comptes.abonnements(karim, "ars").await,
            Err(Refus::Interdit)
        ));
        let refus = comptes.reprendre_abonnement(karim, &vue.id, quand).await;
        assert!(matches!(refus, Err(Refus::Interdit)));
        for _ in 1..10 {
            comptes.abonner(ada, "ars", a, public, quand).await.unwrap();
        }
        let refus = comptes.abonner(ada, "ars", a, public, quand).await;
        assert!(matches!(refus, Err(Refus::Abonnements)));
        comptes.desabonner(ada, &vue.id, quand).await.unwrap();
        let refus = comptes.desabonner(ada, &vue.id, quand).await;
        assert!(matches!(refus, Err(Refus::Inconnu)));
        let actes = scene
            .ici
            .textes("select acte from registre_acces where auteur = 'ada'")
            .await;
        assert_eq!(actes.iter().filter(|a| *a == "abonner").count(), 10);
        assert!(actes.iter().any(|a| a == "desabonner"));
    });
}
