//! Two servers on one PostgreSQL, while programs and nodes write: nothing lost, nothing done or
//! told twice, and both show the same, even when one is killed and comes back.

use super::fois;
use super::noeuds::{entre, ouvre, rien_perdu};
use super::programme::Programme;
use super::scenario::{Reponse, ligne};
use crate::bases::{atelier, dossier, grappe, lite};
use crate::courriels::personne;
use crate::exploitation::avis::{Avis, avis};
use crate::exploitation::serve::{arrete, echange, lance};
use crate::histoires::chantier::{Chantier, esms};
use crate::pages::gens::{Gens, politique};
use crate::vies::hasard::Hasard;
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::execute::{Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::Competence;
use entente::metier::contrat::saisie::Saisie;
use entente::metier::organisation::Organisation;
use entente::store::Base;
use entente::workflow::definition::model::Role;
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};

/// Rounds in the tests: in each, a server is killed twice.
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

/// Digits of the chain's head that a page shows.
const CHIFFRES: usize = 8;
/// How long a server may take to start.
const DEMARRAGE: Duration = Duration::from_secs(30);

/// A notice that a server said it sent: contract, party, key.
type Envoi = (String, String, String);

struct Serveur {
    programme: Child,
    ecoutee: Receiver<String>,
    adresse: String,
    envois: JoinHandle<Vec<Envoi>>,
}

/// What a server says, from its first line to its last: where it listens, the notices it sends.
fn ecoute(dit: BufReader<ChildStderr>, adresse: &Sender<String>) -> Vec<Envoi> {
    let mut envois = Vec::new();
    for ligne in dit.lines().map_while(Result::ok) {
        // What a killed server was writing may be cut.
        let Ok(lue) = serde_json::from_str::<Value>(&ligne) else {
            continue;
        };
        let champ = |nom: &str| lue["fields"][nom].as_str().map(str::to_owned);
        if let Some(ici) = champ("adresse") {
            adresse.send(ici).unwrap();
        }
        if champ("message").as_deref() == Some("avis") {
            let [contrat, partie, cle] = ["contrat", "partie", "cle"].map(champ);
            envois.push((contrat.unwrap(), partie.unwrap(), cle.unwrap()));
        }
    }
    envois
}

impl Serveur {
    fn demarre(ici: &Path, base: &str) -> Self {
        std::fs::write(ici.join("entente.toml"), "second_facteur = \"propose\"").unwrap();
        let arguments = ["serve", "--database", base, "--listen", "127.0.0.1:0"];
        let arguments = [&arguments[..], &["--config", "entente.toml"]].concat();
        let (programme, dit) = lance(ici, &arguments);
        let (dite, ecoutee) = channel();
        Self {
            programme,
            ecoutee,
            adresse: String::new(),
            envois: std::thread::spawn(move || ecoute(dit, &dite)),
        }
    }

    /// Once it listens.
    fn pret(mut self) -> Self {
        let dite = self.ecoutee.recv_timeout(DEMARRAGE);
        self.adresse = dite.expect("it does not start");
        self
    }

    fn page(&self, chemin: &str, cookie: &str) -> String {
        let cookie = format!("cookie: {cookie}\r\n");
        let recue = echange(&self.adresse, &format!("GET {chemin}"), &cookie, "");
        let (entetes, corps) = recue.split_once("\r\n\r\n").unwrap();
        assert!(entetes.starts_with("HTTP/1.1 200"), "{chemin} : {recue}");
        corps.to_owned()
    }
}

/// The request that says who the ARS is.
const NOMMER: &str = "nommer";

/// Says who the ARS is: those of it then see the contract.
fn nomme_l_ars() -> Ordre {
    let organisation = Organisation {
        nom: "ARS Val-Médian".to_owned(),
        siren: Some("999000003".to_owned()),
        ej: None,
    };
    let saisie = Saisie::Organisation {
        partie: "ars".to_owned(),
        organisation,
    };
    Ordre::Agir(Commande {
        flux: RACINE.to_owned(),
        demande: Demande::Ecriture {
            acteur: acteur("ars", "karim", Role::Validation),
            id: format!("id-{NOMMER}"),
            ecriture: Ecriture::Saisir(saisie),
        },
    })
}

/// A contract that was launched, then left without an answer: dates come near, pass, and move it.
fn laissee(maintenant: DateTime<Utc>) -> Vec<(Ordre, DateTime<Utc>)> {
    let mut chantier = Chantier::ouvre(atelier(), "cpom-ph");
    let decalage = maintenant - TimeDelta::days(LAISSEES) - chantier.instant;
    let debut = chantier.instant + decalage;
    let mut pas = vec![(ouvre(), debut), (nomme_l_ars(), debut)];
    chantier.entre("E1", esms("ESMS 1", Competence::Ars));
    for partie in chantier.parties() {
        let personne = format!("référent de {partie}");
        chantier.saisit(&partie, Saisie::Referent { personne });
    }
    let saisies = [("lettre", "lettre"), ("calendrier", "calendrier")];
    chantier.fait("ars", "programme", "lancer", &saisies);
    let suite = chantier.carnet.into_iter();
    pas.extend(suite.map(|(commande, quand)| {
        (
            commande.map_or(Ordre::Avancer, Ordre::Agir),
            quand + decalage,
        )
    }));
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
    /// What the servers said they sent, and how many the nodes sent.
    envois: Vec<Envoi>,
    par_noeuds: usize,
    /// What was in hand when a server was killed: it may have sent it, and not lived to note it.
    incertains: BTreeSet<Envoi>,
    morts: usize,
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
            envois: Vec::new(),
            par_noeuds: 0,
            incertains: BTreeSet::new(),
            morts: 0,
            soeurs: Vec::new(),
            pas: laissee(Utc::now()),
        };
        ensemble.laisse_des_soeurs(0);
        let deux = [0, 1].map(|_| Serveur::demarre(&ensemble.ici, &ensemble.url));
        ensemble.serveurs = deux.map(Serveur::pret).into();
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

    /// Writers act on a new contract while a server is killed, and again as it comes back.
    fn tour(&mut self, tour: usize, hasard: &mut Hasard) {
        let contrat = foule(tour);
        let hier = Utc::now() - TimeDelta::days(1);
        let ouvert = self.noeuds[0].executer(&contrat, ouvre(), hier);
        self.runtime.block_on(ouvert).unwrap();
        self.laisse_des_soeurs(tour);
        let mut programmes = std::mem::take(&mut self.programmes);
        let mourant = self.serveurs.remove(0);
        let (noeuds, runtime) = (self.noeuds.clone(), self.runtime.handle().clone());
        let cahier = Cahier {
            contrat: &contrat,
            runtime: &runtime,
            faites: AtomicUsize::new(0),
            envoyes: AtomicUsize::new(0),
            fini: AtomicBool::new(false),
        };
        std::thread::scope(|portee| {
            let (cahier, noeuds) = (&cahier, &noeuds);
            for (plume, programme) in programmes.iter_mut().enumerate() {
                portee.spawn(move || {
                    cahier.ecrit(plume, &noeuds[plume % 2], |ordre| {
                        let demande = ligne(cahier.contrat, ordre, Utc::now());
                        let reponse = programme.repond(&demande);
                        (reponse.contains("\"deja\":true"), Reponse::lue(&reponse))
                    });
                });
            }
            for plume in PLUMES / 2..PLUMES {
                let [noeud, autre] = [0, 1].map(|n| &noeuds[(plume + n) % 2]);
                portee.spawn(move || {
                    cahier.ecrit(plume, autre, |ordre| {
                        let fait = noeud.executer(cahier.contrat, ordre.clone(), Utc::now());
                        let recu = cahier.runtime.block_on(fait).unwrap();
                        (recu.deja, Reponse::de(Ok(recu)))
                    });
                });
            }
            let voulues = hasard.sous(PLUMES * DEMANDES / 2);
            while cahier.faites.load(Ordering::SeqCst) < voulues {
                std::thread::sleep(Duration::from_millis(1));
            }
            self.meurt(mourant);
            // Notices are sent by all meanwhile.
            for noeud in noeuds {
                portee.spawn(move || cahier.envoie(noeud));
            }
            self.revient(hasard);
            cahier.fini.store(true, Ordering::SeqCst);
        });
        self.par_noeuds += cahier.envoyes.into_inner();
        self.programmes = programmes;
    }

    /// A server comes back, dies as it looks at the clock and does the jobs, and comes back.
    fn revient(&mut self, hasard: &mut Hasard) {
        let mourant = Serveur::demarre(&self.ici, &self.url);
        std::thread::sleep(Duration::from_millis(100 + hasard.sous(300) as u64));
        self.meurt(mourant);
        let revenu = Serveur::demarre(&self.ici, &self.url);
        // Its first look of the clock meets another's.
        let ronde = self.noeuds[1].ronde(Utc::now());
        self.runtime.block_on(ronde).unwrap();
        self.serveurs.push(revenu.pret());
    }

    fn meurt(&mut self, mut serveur: Serveur) {
        serveur.programme.kill().unwrap();
        serveur.programme.wait().unwrap();
        let gardes = self.runtime.block_on(gardes(&self.url)).into_iter();
        let en_main = gardes.filter(|g| g.en_main);
        self.incertains.extend(en_main.map(|g| g.envoi()));
        self.envois.extend(serveur.envois.join().unwrap());
        self.morts += 1;
    }

    /// Both show the same, and all of it.
    fn compare(&self, tours: usize) {
        let soeurs = self.soeurs.iter().cloned();
        for contrat in (1..=tours).map(foule) {
            let nomme = self.noeuds[0].executer(&contrat, nomme_l_ars(), Utc::now());
            self.runtime.block_on(nomme).unwrap();
        }
        let gens = Gens::de(self.noeuds[0].comptes(politique()), Utc::now());
        let cookie = self.runtime.block_on(gens).cookie("karim");
        for contrat in (1..=tours).map(foule).chain(soeurs) {
            for page in ["", "/journal", "/graphe"] {
                let chemin = format!("/contrats/{contrat}{page}");
                let [a, b] = [0, 1].map(|n| self.serveurs[n].page(&chemin, &cookie));
                assert_eq!(a, b, "{chemin}");
            }
        }
        let [a, b] = [0, 1].map(|n| self.serveurs[n].page("/contrats", &cookie));
        assert_eq!(a, b);
        for contrat in (1..=tours).map(foule) {
            let journal = format!("/contrats/{contrat}/journal");
            let journal = self.serveurs[0].page(&journal, &cookie);
            let lignes = self.runtime.block_on(self.noeuds[0].journal(&contrat));
            let tete = lignes
                .unwrap()
                .unwrap()
                .last()
                .unwrap()
                .empreinte
                .to_string();
            assert!(journal.contains(&tete[..CHIFFRES]), "{tete} : {journal}");
        }
    }
}

/// What writers share.
struct Cahier<'c> {
    contrat: &'c str,
    runtime: &'c Handle,
    /// How many requests were answered, how many notices sent.
    faites: AtomicUsize,
    envoyes: AtomicUsize,
    fini: AtomicBool,
}

impl Cahier<'_> {
    /// Each request is done once; and now and then another node gets it too, and answers the same.
    fn ecrit(
        &self,
        plume: usize,
        autre: &Entente,
        mut demande: impl FnMut(&Ordre) -> (bool, Reponse),
    ) {
        for n in 0..DEMANDES {
            let ordre = entre(&format!("p{plume}n{n}"));
            let (deja, reponse) = demande(&ordre);
            let Reponse::Fait { derniere, .. } = reponse else {
                panic!("{} : {reponse:?}", self.contrat);
            };
            assert!(!deja, "{} : {ordre:?}", self.contrat);
            if n.is_multiple_of(4) {
                let encore = autre.executer(self.contrat, ordre, Utc::now());
                let encore = self.runtime.block_on(encore).unwrap();
                assert!(encore.deja);
                assert_eq!(encore.derniere, derniere);
            }
            self.faites.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn envoie(&self, noeud: &Entente) {
        while !self.fini.load(Ordering::SeqCst) {
            let envoi = self
                .runtime
                .block_on(noeud.avertir(Utc::now(), &personne()));
            self.envoyes.fetch_add(envoi.unwrap(), Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// A notice that is kept.
struct Garde {
    avis: Avis,
    /// Taken to be sent, and not yet noted as sent.
    en_main: bool,
}

impl Garde {
    fn envoi(&self) -> Envoi {
        let (contrat, cle, partie, _) = self.avis.clone();
        (contrat, partie, cle)
    }
}

async fn gardes(url: &str) -> Vec<Garde> {
    let mut conn = PgConnection::connect(url).await.unwrap();
    let sql = "select contrat, cle, partie, objet, bail <> '' and envoye = '' from avis \
               order by cree, cle, partie";
    let lus: Vec<(String, String, String, String, bool)> =
        sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
    let garde = |(contrat, cle, partie, objet, en_main)| Garde {
        avis: (contrat, cle, partie, objet),
        en_main,
    };
    lus.into_iter().map(garde).collect()
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
    for Garde { avis, .. } in &gardes {
        let (contrat, _, partie, objet) = avis;
        let objet: Value = serde_json::from_str(objet).unwrap();
        for tache in objet["taches"].as_array().into_iter().flatten() {
            let acte = ["flux", "lieu", "acte"].map(|nom| tache[nom].to_string());
            let neuf = actes.insert((contrat, partie, acte));
            assert!(neuf, "{contrat} {partie} {tache}");
        }
    }
    let mut dits = BTreeSet::new();
    for envoi in &ensemble.envois {
        let neuf = dits.insert(envoi);
        assert!(neuf || ensemble.incertains.contains(envoi), "{envoi:?}");
    }
    assert!(!dits.is_empty());
    // What nobody had sent yet is sent; then each was sent once.
    let plus_tard = Utc::now() + BAIL;
    let [a, b] = [&ensemble.noeuds[0], &ensemble.noeuds[1]];
    let bureau = personne();
    let (a, b) = tokio::join!(a.avertir(plus_tard, &bureau), b.avertir(plus_tard, &bureau));
    let par_noeuds = ensemble.par_noeuds + a.unwrap() + b.unwrap();
    let (total, incertains) = (gardes.len(), ensemble.incertains.len());
    let envoyes = ensemble.envois.len() + par_noeuds;
    println!("{total} avis : {par_noeuds} par les nœuds, {incertains} peut-être deux fois");
    assert!((total..=total + incertains).contains(&envoyes), "{envoyes}");
}

/// The clock did and told what it does when one node alone leads a contract.
async fn comme_seule(ensemble: &Ensemble) {
    let gardes = gardes(&ensemble.url).await;
    let (attendus, lignes) = seule(&ensemble.pas).await;
    let genres = attendus.iter().filter_map(|a| a[0].split('/').next());
    let genres: BTreeSet<&str> = genres.collect();
    assert_eq!(genres, BTreeSet::from(["escalade", "rappel", "taches"]));
    for soeur in &ensemble.soeurs {
        let siens = gardes.iter().map(|g| &g.avis).filter(|a| a.0 == *soeur);
        let siens = siens.map(|(_, c, p, o)| [c, p, o].map(String::clone));
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
    let (tours, mut hasard) = (fois(TOURS), Hasard::new(4));
    for tour in 1..=tours {
        ensemble.tour(tour, &mut hasard);
    }
    // then both servers show the same
    ensemble.compare(tours);
    for mut serveur in std::mem::take(&mut ensemble.serveurs) {
        arrete(&mut serveur.programme);
        ensemble.envois.extend(serveur.envois.join().unwrap());
    }
    for programme in std::mem::take(&mut ensemble.programmes) {
        assert!(programme.finit().success());
    }
    let ensemble = ensemble;
    ensemble.runtime.block_on(async {
        // and each request was done once
        let cles = (0..PLUMES).flat_map(|p| (0..DEMANDES).map(move |n| format!("p{p}n{n}")));
        let mut cles: BTreeSet<String> = cles.collect();
        cles.insert(NOMMER.to_owned());
        for tour in 1..=tours {
            rien_perdu(&ensemble.noeuds[1], &foule(tour), &cles).await;
        }
        // and nothing is told twice
        rien_de_double(&ensemble).await;
        comme_seule(&ensemble).await;
        // and the day is sealed once, whoever was killed
        let noeud = &ensemble.noeuds[0];
        noeud.travailler(Utc::now() + BAIL, None).await.unwrap();
        assert_eq!(noeud.travaux_en_attente().await.unwrap(), (0, 0));
        let rapport = noeud.verifier_bordereaux(None, None).await.unwrap();
        assert_eq!(rapport.broken, []);
        assert!(rapport.bordereaux.unwrap().jours >= 1);
    });
    let demandes = tours * PLUMES * DEMANDES;
    println!(
        "{tours} tours, {demandes} demandes, {} serveurs tués",
        ensemble.morts
    );
    for noeud in ensemble.noeuds {
        ensemble.runtime.block_on(noeud.fermer());
    }
}
