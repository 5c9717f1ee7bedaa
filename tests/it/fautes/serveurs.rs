//! Two servers on one PostgreSQL, while programs and nodes write: nothing lost, nothing done or
//! told twice, and both show the same, even when one is killed and comes back.

use super::fois;
use super::noeuds::{entre, ouvre, rien_perdu};
use super::programme::Programme;
use super::scenario::{Reponse, ligne};
use crate::bases::{atelier, dossier, grappe, lite};
use crate::exploitation::avis::{Avis, avis};
use crate::exploitation::serve::{adresse, arrete, demande, lance};
use crate::histoires::chantier::{Chantier, esms};
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::execute::{Entente, Ordre};
use entente::metier::contrat::perimetre::Competence;
use entente::metier::contrat::saisie::Saisie;
use entente::store::Base;
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Rounds in the tests: in each, one server is killed.
const TOURS: usize = 1;
/// Writers on the crowded contract: half by programs, half by nodes. Requests of each, by round.
const PLUMES: usize = 8;
const DEMANDES: usize = 12;
/// Contracts that the clock finds late, by round.
const SOEURS: usize = 6;
/// For how long they were left, in days.
const LAISSEES: i64 = 300;
/// Longer than what a program may keep for itself.
const BAIL: TimeDelta = TimeDelta::minutes(5);

/// A notice that a server said it sent: contract, party, key.
type Envoi = (String, String, String);

struct Serveur {
    programme: Child,
    adresse: String,
    envois: JoinHandle<Vec<Envoi>>,
}

fn demarre(ici: &Path, base: &str) -> (Child, BufReader<ChildStderr>) {
    lance(
        ici,
        &["serve", "--database", base, "--listen", "127.0.0.1:0"],
    )
}

/// The notices that a log tells of, up to its end.
fn ecoute(dit: BufReader<ChildStderr>) -> JoinHandle<Vec<Envoi>> {
    std::thread::spawn(move || {
        let lignes = dit.lines().map_while(Result::ok);
        // What a killed server was writing may be cut.
        let lues = lignes.filter_map(|l| serde_json::from_str::<Value>(&l).ok());
        let envois = lues.filter(|l| l["fields"]["message"] == "avis");
        let champ = |l: &Value, nom: &str| l["fields"][nom].as_str().unwrap().to_owned();
        let envois = envois.map(|l| ["contrat", "partie", "cle"].map(|nom| champ(&l, nom)));
        envois.map(|[a, b, c]| (a, b, c)).collect()
    })
}

impl Serveur {
    fn suivi((programme, mut dit): (Child, BufReader<ChildStderr>)) -> Self {
        let adresse = adresse(&mut dit);
        Self {
            programme,
            adresse,
            envois: ecoute(dit),
        }
    }

    /// Killed; what it had sent.
    fn tue(mut self) -> Vec<Envoi> {
        self.programme.kill().unwrap();
        self.programme.wait().unwrap();
        self.envois.join().unwrap()
    }

    /// Told to stop; what it had sent.
    fn finit(mut self) -> Vec<Envoi> {
        arrete(&mut self.programme);
        self.envois.join().unwrap()
    }

    fn page(&self, chemin: &str) -> String {
        let recue = demande(&self.adresse, chemin);
        let (entetes, corps) = recue.split_once("\r\n\r\n").unwrap();
        assert!(entetes.starts_with("HTTP/1.1 200"), "{chemin} : {recue}");
        corps.to_owned()
    }
}

/// A contract that was launched, then left without an answer: dates come near, pass, and move it.
fn laissee(maintenant: DateTime<Utc>) -> Vec<(Ordre, DateTime<Utc>)> {
    let mut chantier = Chantier::ouvre(atelier(), "cpom-ph");
    let decalage = maintenant - TimeDelta::days(LAISSEES) - chantier.instant;
    let mut pas = vec![(ouvre(), chantier.instant + decalage)];
    chantier.entre("E1", esms("ESMS 1", Competence::Ars));
    for partie in chantier.parties() {
        let personne = format!("référent de {partie}");
        chantier.saisit(&partie, Saisie::Referent { personne });
    }
    let saisies = [("lettre", "lettre"), ("calendrier", "calendrier")];
    chantier.fait("ars", "programme", "lancer", &saisies);
    let suite = chantier.carnet.into_iter();
    pas.extend(suite.map(|(commande, quand)| (Ordre::Agir(commande), quand + decalage)));
    pas
}

async fn laisse(entente: &Entente, contrat: &str, pas: &[(Ordre, DateTime<Utc>)]) {
    for (ordre, quand) in pas {
        let fait = entente.executer(contrat, ordre.clone(), *quand).await;
        fait.unwrap_or_else(|e| panic!("{contrat} : {e}"));
    }
}

/// All that runs on one database.
struct Ensemble {
    runtime: Runtime,
    url: String,
    ici: std::path::PathBuf,
    noeuds: Vec<Entente>,
    programmes: Vec<Programme>,
    serveurs: Vec<Serveur>,
    /// What the killed servers, then the others, said they sent.
    tues: Vec<Envoi>,
    envois: Vec<Envoi>,
    soeurs: Vec<String>,
    pas: Vec<(Ordre, DateTime<Utc>)>,
}

fn foule(tour: usize) -> String {
    format!("foule-{tour}")
}

impl Ensemble {
    /// Two servers that start together on contracts that the clock has left.
    fn nouveau() -> Self {
        let runtime = Runtime::new().unwrap();
        let (url, noeuds) = runtime.block_on(async {
            let url = grappe::nouvelle().await;
            let mut noeuds = Vec::new();
            for _ in 0..2 {
                let base = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
                noeuds.push(Entente::nouvelle(base, atelier()));
            }
            (url, noeuds)
        });
        let programmes = (0..PLUMES / 2).map(|_| Programme::agir(&url, None));
        let mut ensemble = Self {
            programmes: programmes.collect(),
            ici: dossier("serveurs"),
            runtime,
            url,
            noeuds,
            serveurs: Vec::new(),
            tues: Vec::new(),
            envois: Vec::new(),
            soeurs: Vec::new(),
            pas: laissee(Utc::now()),
        };
        ensemble.laisse_des_soeurs(0);
        let deux = [0, 1].map(|_| demarre(&ensemble.ici, &ensemble.url));
        ensemble.serveurs = deux.into_iter().map(Serveur::suivi).collect();
        ensemble
    }

    fn laisse_des_soeurs(&mut self, tour: usize) {
        for n in 0..SOEURS {
            let nom = format!("soeur-{tour}-{n}");
            self.runtime
                .block_on(laisse(&self.noeuds[0], &nom, &self.pas));
            self.soeurs.push(nom);
        }
    }

    /// Writers act on a new contract while a server is killed and comes back.
    fn tour(&mut self, tour: usize) {
        let contrat = foule(tour);
        let hier = Utc::now() - TimeDelta::days(1);
        let ouvert = self.noeuds[0].executer(&contrat, ouvre(), hier);
        self.runtime.block_on(ouvert).unwrap();
        self.laisse_des_soeurs(tour);
        let faites = AtomicUsize::new(0);
        let (noeuds, runtime, contrat) = (&self.noeuds, &self.runtime, contrat.as_str());
        std::thread::scope(|portee| {
            for (plume, programme) in self.programmes.iter_mut().enumerate() {
                let (faites, temoin) = (&faites, &noeuds[plume % 2]);
                portee.spawn(move || {
                    for n in 0..DEMANDES {
                        let ordre = entre(&format!("p{plume}n{n}"));
                        let demande = ligne(contrat, &ordre, Utc::now());
                        let reponse = programme.demande(&demande).unwrap();
                        let recu = (reponse.contains("\"deja\":true"), Reponse::lue(&reponse));
                        verifie(temoin, runtime, (contrat, ordre, n), recu);
                        faites.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            for plume in PLUMES / 2..PLUMES {
                let (faites, noeud, temoin) = (&faites, &noeuds[plume % 2], &noeuds[1 - plume % 2]);
                portee.spawn(move || {
                    for n in 0..DEMANDES {
                        let ordre = entre(&format!("p{plume}n{n}"));
                        let fait = noeud.executer(contrat, ordre.clone(), Utc::now());
                        let recu = runtime.block_on(fait).unwrap();
                        let recu = (recu.deja, Reponse::de(Ok(recu)));
                        verifie(temoin, runtime, (contrat, ordre, n), recu);
                        faites.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            while faites.load(Ordering::SeqCst) < PLUMES * DEMANDES / 3 {
                std::thread::sleep(Duration::from_millis(1));
            }
            let tue = self.serveurs.remove(0);
            self.tues.extend(tue.tue());
            let demarre = demarre(&self.ici, &self.url);
            // Its first look of the clock meets another's.
            runtime.block_on(noeuds[1].ronde(Utc::now())).unwrap();
            self.serveurs.push(Serveur::suivi(demarre));
        });
    }

    /// Both show the same, and all of it.
    fn compare(&self, tours: usize) {
        let soeurs = self.soeurs.iter().cloned();
        for contrat in (1..=tours).map(foule).chain(soeurs) {
            for page in ["", "/journal", "/graphe"] {
                let chemin = format!("/contrats/{contrat}{page}");
                let [a, b] = [0, 1].map(|n| self.serveurs[n].page(&chemin));
                assert_eq!(a, b, "{chemin}");
            }
        }
        let [a, b] = [0, 1].map(|n| self.serveurs[n].page("/contrats"));
        assert_eq!(a, b);
        for tour in 1..=tours {
            let journal = self.serveurs[0].page(&format!("/contrats/{}/journal", foule(tour)));
            let lignes = self.runtime.block_on(self.noeuds[0].journal(&foule(tour)));
            let n = lignes.unwrap().unwrap().len();
            assert!(journal.contains(&n.to_string()), "{n} : {journal}");
        }
    }
}

/// Done once; and now and then the same through another node, which answers the same.
fn verifie(
    temoin: &Entente,
    runtime: &Runtime,
    (contrat, ordre, n): (&str, Ordre, usize),
    (deja, reponse): (bool, Reponse),
) {
    let Reponse::Fait { derniere, .. } = reponse else {
        panic!("{contrat} : {reponse:?}");
    };
    assert!(!deja, "{contrat} : {ordre:?}");
    if n.is_multiple_of(4) {
        let encore = temoin.executer(contrat, ordre, Utc::now());
        let encore = runtime.block_on(encore).unwrap();
        assert!(encore.deja);
        assert_eq!(encore.derniere, derniere);
    }
}

/// The notices kept, and whether each was sent.
async fn gardes(url: &str) -> Vec<(Avis, bool)> {
    let mut conn = PgConnection::connect(url).await.unwrap();
    let sql = "select contrat, cle, partie, objet, envoye <> '' from avis \
               order by cree, cle, partie";
    let lus: Vec<(String, String, String, String, bool)> =
        sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
    let lus = lus.into_iter();
    lus.map(|(contrat, cle, partie, objet, envoye)| ((contrat, cle, partie, objet), envoye))
        .collect()
}

/// What the same contract is told when one node alone leads it.
async fn seule(pas: &[(Ordre, DateTime<Utc>)]) -> (BTreeSet<[String; 3]>, usize) {
    let (entente, fichier) = lite().await;
    laisse(&entente, "seule", pas).await;
    entente.ronde(Utc::now()).await.unwrap();
    let lignes = entente.journal("seule").await.unwrap().unwrap().len();
    entente.fermer().await;
    let dits = avis(&fichier).await.into_iter();
    (
        dits.map(|(_, cle, partie, objet)| [cle, partie, objet])
            .collect(),
        lignes,
    )
}

/// No act is told twice to a party, nor any notice sent twice.
async fn rien_de_double(ensemble: &Ensemble) {
    let gardes = gardes(&ensemble.url).await;
    let mut actes = BTreeSet::new();
    for ((contrat, _, partie, objet), _) in &gardes {
        let objet: Value = serde_json::from_str(objet).unwrap();
        for tache in objet["taches"].as_array().into_iter().flatten() {
            let acte = ["flux", "lieu", "acte"].map(|nom| tache[nom].to_string());
            assert!(
                actes.insert((contrat, partie, acte)),
                "{contrat} {partie} {tache}"
            );
        }
    }
    let mut dits: BTreeMap<&Envoi, usize> = BTreeMap::new();
    for envoi in ensemble.tues.iter().chain(&ensemble.envois) {
        *dits.entry(envoi).or_default() += 1;
    }
    let doubles: Vec<_> = dits.iter().filter(|(_, n)| **n > 1).collect();
    assert!(doubles.is_empty(), "{doubles:?}");
    let mut restent = 0;
    for ((contrat, cle, partie, _), envoye) in &gardes {
        let envoi = (contrat.clone(), partie.clone(), cle.clone());
        let dit = dits.contains_key(&envoi);
        restent += usize::from(!envoye);
        // One that was killed may have sent it, and not lived to note it.
        let note = *envoye == dit || (dit && ensemble.tues.contains(&envoi));
        assert!(note, "{envoi:?} : {envoye}");
    }
    println!(
        "{} avis, {} envoyés par les serveurs",
        gardes.len(),
        dits.len()
    );
    assert!(!dits.is_empty());
    // What nobody had sent yet is sent, once.
    let plus_tard = Utc::now() + BAIL;
    let [a, b] = [&ensemble.noeuds[0], &ensemble.noeuds[1]];
    let (a, b) = tokio::join!(a.envoyer(plus_tard), b.envoyer(plus_tard));
    assert_eq!(a.unwrap() + b.unwrap(), restent);
    // And the clock told the same as if one node alone had led each contract.
    let (attendus, lignes) = seule(&ensemble.pas).await;
    let genres: BTreeSet<&str> = attendus
        .iter()
        .filter_map(|a| a[0].split('/').next())
        .collect();
    assert_eq!(genres, BTreeSet::from(["escalade", "rappel", "taches"]));
    for soeur in &ensemble.soeurs {
        let siens = gardes.iter().filter(|((contrat, ..), _)| contrat == soeur);
        let siens = siens.map(|((_, c, p, o), _)| [c, p, o].map(String::clone));
        assert_eq!(siens.collect::<BTreeSet<_>>(), attendus, "{soeur}");
        let journal = ensemble.noeuds[0].journal(soeur).await.unwrap().unwrap();
        assert_eq!(journal.len(), lignes, "{soeur}");
    }
}

#[test]
fn two_servers_share_one_postgres_and_one_is_killed() {
    // given two servers on one database, and writers
    let mut ensemble = Ensemble::nouveau();
    // when they write while the servers let time pass and do the jobs, and one is killed
    let tours = fois(TOURS);
    for tour in 1..=tours {
        ensemble.tour(tour);
    }
    // then both servers show the same
    ensemble.compare(tours);
    for serveur in std::mem::take(&mut ensemble.serveurs) {
        ensemble.envois.extend(serveur.finit());
    }
    for programme in std::mem::take(&mut ensemble.programmes) {
        assert!(programme.finit().success());
    }
    let ensemble = ensemble;
    ensemble.runtime.block_on(async {
        // and each request was done once
        let cles = (0..PLUMES).flat_map(|p| (0..DEMANDES).map(move |n| format!("p{p}n{n}")));
        let cles: BTreeSet<String> = cles.collect();
        for tour in 1..=tours {
            rien_perdu(&ensemble.noeuds[1], &foule(tour), &cles).await;
        }
        // and nothing is told twice
        rien_de_double(&ensemble).await;
        // and the day is sealed once, whoever was killed
        let noeud = &ensemble.noeuds[0];
        noeud.travailler(Utc::now() + BAIL, None).await.unwrap();
        assert_eq!(noeud.travaux_en_attente().await.unwrap(), (0, 0));
        let rapport = noeud.verifier_bordereaux(None, None).await.unwrap();
        assert_eq!(rapport.broken, []);
        assert!(rapport.bordereaux.unwrap().jours >= 1);
    });
    println!("{tours} tours, {} demandes", tours * PLUMES * DEMANDES);
    for noeud in ensemble.noeuds {
        ensemble.runtime.block_on(noeud.fermer());
    }
}
