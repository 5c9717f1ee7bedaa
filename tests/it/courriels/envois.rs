//! Messages sent to a real server: received whole, once, whatever stops on the way.

use super::puits::{Puits, Recu};
use super::{Ecrit, SITE, Scene, Table, joue, scene};
use crate::bases::{atelier, postgres};
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::courriels::{Courrier, Facteur, Releve};
use entente::app::execute::Entente;
use entente::store::Base;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::runtime::Runtime;

const EXPEDITEUR: &str = "Entente à l'essai <entente@exemple.fr>";

fn poste(scene: &Scene, smtp: &str, quand: DateTime<Utc>) -> Releve {
    let courrier = Courrier::nouveau(smtp, EXPEDITEUR).unwrap();
    scene.runtime.block_on(async {
        let facteur = Facteur::nouveau(&courrier, SITE);
        scene.entente.poster(|| quand, &facteur).await.unwrap()
    })
}

/// A scene whose outbox holds messages to the three parties.
fn pleine() -> Scene {
    let scene = scene("2024-04-30");
    scene.avertit(&Table::histoire(), scene.soir);
    assert_eq!(scene.ecrits().len(), 3);
    scene
}

#[test]
fn a_message_arrives_with_both_parts_its_accents_and_its_headers() {
    // given messages of the outbox
    let scene = pleine();
    let avant = scene.ecrits();
    let puits = Puits::ouvre();
    // when they are sent
    let releve = poste(&scene, &puits.smtp(), scene.soir);
    assert_eq!((releve.envoyes, releve.refuses, releve.remis), (3, 0, 0));
    // then each is received as it was written
    let recus = puits.recus();
    assert_eq!(recus.len(), 3);
    for ecrit in &avant {
        let recu = recus
            .iter()
            .find(|r| r.a == [ecrit.adresse.clone()])
            .unwrap();
        entier(recu, ecrit);
    }
    // and what they said is kept no more, nor sent again
    for ecrit in scene.ecrits() {
        let Ecrit {
            adresse,
            sujet,
            texte,
            html,
            ..
        } = &ecrit;
        assert_eq!([adresse, sujet, texte, html], ["", "", "", ""]);
        assert_ne!(ecrit.envoye, "");
    }
    let encore = poste(&scene, &puits.smtp(), scene.soir + TimeDelta::days(1));
    assert_eq!((encore, puits.recus().len()), (Releve::default(), 0));
}

fn entier(recu: &Recu, ecrit: &Ecrit) {
    assert_eq!(recu.defauts, [""; 0]);
    assert_eq!(recu.genre, "multipart/alternative");
    let lignes = |t: &str| t.replace("\r\n", "\n").trim_end().to_owned();
    assert_eq!(lignes(recu.texte()), lignes(&ecrit.texte));
    assert_eq!(lignes(recu.html()), lignes(&ecrit.html));
    assert!(recu.texte().contains("c’est à vous d’agir") || recu.texte().contains("C’est à vous"));
    assert_eq!(recu.entete("Subject"), ecrit.sujet);
    assert!(ecrit.sujet.contains("À vous"), "{}", ecrit.sujet);
    assert_eq!(recu.de, "entente@exemple.fr");
    assert!(
        recu.entete("From").contains("à l'essai"),
        "{}",
        recu.entete("From")
    );
    assert!(recu.entete("To").contains(&ecrit.adresse));
    assert_eq!(
        recu.entete("Message-ID"),
        format!("<{}@exemple.fr>", ecrit.id)
    );
    assert_eq!(recu.entete("Auto-Submitted"), "auto-generated");
    assert_eq!(
        recu.entete("List-Unsubscribe"),
        format!("<{SITE}/compte/avis>")
    );
    assert!(recu.entete("Date").starts_with("Tue, 30 Apr 2024 17:00:00"));
    assert_eq!(recu.entete("MIME-Version"), "1.0");
    // Lines that any relay takes (RFC 5321 § 4.5.3.1.6), in ASCII: none depends on 8BITMIME.
    assert!(recu.ascii && recu.plus_longue_ligne <= 998, "{recu:?}");
}

#[test]
fn texts_that_mean_to_add_headers_add_none() {
    // given names and subjects that end their line, and more
    let charges = [
        "Claire\r\nBcc: tous@ailleurs.exemple",
        "Claire\nBcc: tous@ailleurs.exemple",
        "Claire\rSubject: autre",
        "Claire\r\n\r\nUn autre corps",
        "Claire\u{0}\u{b}\u{c}\u{85}\u{2028}\u{2029}X-Autre: oui",
        "Claire\" <autre@ailleurs.exemple>, \"",
        "Claire =?utf-8?q?=0D=0ABcc:_tous@ailleurs.exemple?=",
        "Claire <autre@ailleurs.exemple>",
        "Claire, autre@ailleurs.exemple;",
    ];
    let scene = pleine();
    let puits = Puits::ouvre();
    let temoin: BTreeSet<String> = {
        poste(&scene, &puits.smtp(), scene.soir);
        puits.recus()[0]
            .noms()
            .iter()
            .map(|n| (*n).to_owned())
            .collect()
    };
    for charge in charges {
        scene.remet_dans_la_boite(charge);
        let releve = poste(&scene, &puits.smtp(), scene.soir);
        assert_eq!(releve.envoyes, 1, "{charge:?}");
        let recus = puits.recus();
        // then it goes to one person, with the headers of any other message
        assert_eq!(recus.len(), 1, "{charge:?}");
        assert_eq!(recus[0].a, ["seule@exemple.fr"], "{charge:?}");
        let noms: BTreeSet<String> = recus[0].noms().iter().map(|n| (*n).to_owned()).collect();
        assert_eq!(
            (noms, recus[0].noms().len()),
            (temoin.clone(), temoin.len()),
            "{charge:?}"
        );
        assert!(
            recus[0].entete("To").contains("seule@exemple.fr"),
            "{charge:?}"
        );
        assert!(recus[0].texte().starts_with("corps"), "{charge:?}");
        assert_eq!(recus[0].defauts, [""; 0], "{charge:?}");
    }
    // and an address that is not one is given up
    for adresse in [
        "a@b.fr\r\nRCPT TO:<c@d.fr>",
        "a@b.fr, c@d.fr",
        "a b@c.fr",
        "",
        "a@b.fr>",
    ] {
        scene.adresse(adresse);
        let releve = poste(&scene, &puits.smtp(), scene.soir);
        assert_eq!((releve.envoyes, releve.refuses), (0, 1), "{adresse:?}");
    }
    assert_eq!(puits.recus().len(), 0);
}

impl Scene {
    /// One message in the outbox, whose name and subject are given.
    fn remet_dans_la_boite(&self, texte: &str) {
        self.depose(texte, "seule@exemple.fr");
    }

    fn adresse(&self, adresse: &str) {
        self.depose("Claire", adresse);
    }

    fn depose(&self, texte: &str, adresse: &str) {
        let sql = "insert into courriels (id, personne, nom, adresse, sujet, texte, html, cree, \
                   du, bail, essais, envoye, refuse, erreur) values ('essai', 'p', $1, $2, $1, \
                   'corps', '<p>corps</p>', '2024-04-30T17:00:00Z', '', '', 0, '', '', '')";
        self.sql("delete from courriels");
        self.runtime.block_on(async {
            let url = format!("sqlite://{}", self.fichier.display());
            let ouverte = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url);
            let mut conn = ouverte.await.unwrap();
            let pose = sqlx::query(sql).bind(texte).bind(adresse);
            pose.execute(&mut conn).await.unwrap();
        });
    }
}

#[test]
fn a_server_that_asks_to_wait_gets_it_later_and_one_that_refuses_gets_it_no_more() {
    // given a server that puts the first off, refuses the second for good, and takes the third
    let scene = pleine();
    let puits = Puits::avec(&[
        "--message",
        "451 4.3.0 plus tard",
        "550 5.7.1 jamais",
        "250 OK",
    ]);
    let releve = poste(&scene, &puits.smtp(), scene.soir);
    assert_eq!((releve.envoyes, releve.refuses, releve.remis), (1, 1, 1));
    assert_eq!(puits.recus().len(), 3);
    let par = |ecrits: &[Ecrit], quoi: fn(&Ecrit) -> bool| -> Vec<Ecrit> {
        ecrits.iter().filter(|e| quoi(e)).cloned().collect()
    };
    let ecrits = scene.ecrits();
    let refuse = par(&ecrits, |e| !e.refuse.is_empty());
    assert!(refuse[0].erreur.contains("jamais"), "{refuse:?}");
    let remis = par(&ecrits, |e| e.erreur.contains("plus tard"));
    assert_eq!((remis.len(), remis[0].essais), (1, 1));
    // when a minute has not passed, then nothing goes; then the one put off goes, alone
    let secondes = |n| scene.soir + TimeDelta::seconds(n);
    assert_eq!(
        poste(&scene, &puits.smtp(), secondes(59)),
        Releve::default()
    );
    assert_eq!(poste(&scene, &puits.smtp(), secondes(61)).envoyes, 1);
    let encore = puits.recus();
    assert_eq!(encore.len(), 1);
    assert_eq!(encore[0].a, [remis[0].adresse.clone()]);
    for jour in 1..4 {
        let plus_tard = scene.soir + TimeDelta::days(jour);
        assert_eq!(poste(&scene, &puits.smtp(), plus_tard), Releve::default());
    }
    assert_eq!(
        scene
            .runtime
            .block_on(scene.entente.courriels_en_attente())
            .unwrap(),
        (0, 1)
    );
}

#[test]
fn an_unknown_mailbox_does_not_hold_the_others() {
    let scene = pleine();
    let puits = Puits::avec(&["--destinataire", "550 5.1.1 boite inconnue"]);
    let releve = poste(&scene, &puits.smtp(), scene.soir);
    assert_eq!((releve.envoyes, releve.refuses, releve.remis), (2, 1, 0));
    assert_eq!(puits.recus().len(), 2);
}

#[test]
fn while_the_server_is_down_messages_wait_longer_and_longer_then_are_given_up() {
    // given no server there
    let scene = pleine();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let absent = format!("smtp://127.0.0.1:{port}");
    // when rounds follow one another, then each tries one message only
    for _ in 0..3 {
        let releve = poste(&scene, &absent, scene.soir);
        assert_eq!((releve.envoyes, releve.refuses, releve.remis), (0, 0, 1));
    }
    assert_eq!(poste(&scene, &absent, scene.soir), Releve::default());
    assert!(
        scene
            .ecrits()
            .iter()
            .all(|e| e.essais == 1 && !e.texte.is_empty())
    );
    // and when it is back, all of them go
    let puits = Puits::ouvre();
    let retour = scene.soir + TimeDelta::hours(1);
    assert_eq!(poste(&scene, &puits.smtp(), retour).envoyes, 3);
    assert_eq!(puits.recus().len(), 3);
    // and a message that nobody took for five days is given up unsent
    let scene = pleine();
    let trop_tard = scene.soir + TimeDelta::days(5) + TimeDelta::seconds(1);
    assert_eq!(poste(&scene, &puits.smtp(), trop_tard).refuses, 3);
    assert_eq!(puits.recus().len(), 0);
}

#[test]
fn a_server_that_cannot_prove_its_name_receives_nothing() {
    // given a server whose certificate nobody vouches for
    let scene = pleine();
    let ici = crate::bases::dossier("tls");
    let [cle, certificat] = ["cle.pem", "certificat.pem"].map(|nom| ici.join(nom));
    let fait = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .args(["-days", "2", "-keyout"])
        .arg(&cle)
        .arg("-out")
        .arg(&certificat)
        .output()
        .expect("openssl est absent : lancez « make outils ».");
    assert!(fait.status.success(), "{fait:?}");
    let [c, k] = [&certificat, &cle].map(|p| p.to_str().unwrap());
    let puits = Puits::avec(&["--certificat", c, "--cle", k]);
    // when a message is sent there, then it waits
    let releve = poste(
        &scene,
        &format!("smtps://localhost:{}", puits.port),
        scene.soir,
    );
    assert_eq!((releve.envoyes, releve.remis), (0, 1));
    assert_eq!(puits.recus().len(), 0);
}

/// A node of the tests: tells and sends what waits in a database, until nothing does.
async fn noeud(url: &str, smtp: &str, quand: DateTime<Utc>) -> usize {
    let base = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    let entente = Entente::nouvelle(base, atelier());
    let courrier = Courrier::nouveau(smtp, EXPEDITEUR).unwrap();
    let facteur = Facteur::nouveau(&courrier, SITE);
    entente
        .avertir(quand, &Table::histoire().bureau())
        .await
        .unwrap();
    let mut envoyes = 0;
    loop {
        let releve = entente.poster(|| quand, &facteur).await.unwrap();
        envoyes += releve.envoyes;
        if releve == Releve::default() {
            entente.fermer().await;
            return envoyes;
        }
    }
}

/// A contract under way on PostgreSQL, and some more that just opened: notices for three parties.
fn grappe(runtime: &Runtime) -> String {
    let (entente, url) = runtime.block_on(postgres());
    let jour = "2024-04-30".parse().unwrap();
    joue(runtime, &entente, jour);
    let debut = "2024-01-24".parse().unwrap();
    for n in 0..4 {
        super::joue_sous(runtime, &entente, &format!("c{n}"), debut);
    }
    runtime.block_on(entente.fermer());
    url
}

fn identites(recus: &[Recu]) -> Vec<String> {
    recus
        .iter()
        .map(|r| r.entete("Message-ID").to_owned())
        .collect()
}

#[test]
fn several_nodes_at_once_send_each_message_once() {
    // given notices, on PostgreSQL
    let runtime = Runtime::new().unwrap();
    let url = grappe(&runtime);
    let puits = Puits::ouvre();
    let quand = "2024-05-02T09:00:00Z".parse().unwrap();
    // when four nodes tell and send them at once
    let envoyes: usize = runtime.block_on(async {
        let taches: Vec<_> = (0..4)
            .map(|_| {
                let (url, smtp) = (url.clone(), puits.smtp());
                tokio::spawn(async move { noeud(&url, &smtp, quand).await })
            })
            .collect();
        let mut envoyes = 0;
        for tache in taches {
            envoyes += tache.await.unwrap();
        }
        envoyes
    });
    // then each message was received once
    let ids = identites(&puits.recus());
    let uniques: BTreeSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), uniques.len()), (envoyes, envoyes));
    assert!(envoyes >= 5, "{envoyes}");
}

fn matin() -> DateTime<Utc> {
    "2024-05-02T09:00:00Z".parse().unwrap()
}

/// Where a node that is a process of its own finds what it is given.
const NOEUD: &str = "ESSAI_NOEUD_DE_COURRIELS";

/// This very test, in a process of its own.
fn lance(url: &str, smtp: &str, quand: DateTime<Utc>, faute: Option<&str>) -> Child {
    let mut commande = Command::new(std::env::current_exe().unwrap());
    commande
        .args([
            "--exact",
            "courriels::envois::a_node_sends_what_waits_in_its_database",
        ])
        .env(NOEUD, format!("{url} {smtp} {}", quand.to_rfc3339()))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(faute) = faute {
        commande.env("ENTENTE_FAUTE", faute);
    }
    commande.spawn().unwrap()
}

#[test]
fn a_node_sends_what_waits_in_its_database() {
    let runtime = Runtime::new().unwrap();
    // given a database and a server, of this test or of the one that launched it
    if let Ok(donnes) = std::env::var(NOEUD) {
        let donnes: Vec<&str> = donnes.split(' ').collect();
        let [url, smtp, quand] = donnes[..] else {
            panic!("{donnes:?}")
        };
        runtime.block_on(noeud(url, smtp, quand.parse().unwrap()));
        return;
    }
    let quand = matin();
    let url = grappe(&runtime);
    let puits = Puits::ouvre();
    // when a process of its own runs, then it sends them, and another finds nothing left
    assert!(
        lance(&url, &puits.smtp(), quand, None)
            .wait()
            .unwrap()
            .success()
    );
    assert!(puits.recus().len() >= 5);
    assert_eq!(runtime.block_on(noeud(&url, &puits.smtp(), quand)), 0);
}

/// Kills nodes around each of their first commits, each once the leases of the one before are
/// over: what was received.
fn tues(url: &str, puits: &Puits, commits: u64) -> (Vec<Recu>, DateTime<Utc>) {
    let mut quand = matin();
    for n in 1..=commits {
        for point in ["avant_commit", "apres_commit"] {
            let faute = format!("{point}:{n}");
            let mut noeud = lance(url, &puits.smtp(), quand, Some(&faute));
            assert!(!noeud.wait().unwrap().success(), "{faute}");
            quand += TimeDelta::minutes(3);
        }
    }
    (puits.recus(), quand)
}

#[test]
fn killed_at_any_moment_nothing_is_lost_and_what_goes_twice_is_the_same_message() {
    let runtime = Runtime::new().unwrap();
    let url = grappe(&runtime);
    let puits = Puits::ouvre();
    // given nodes killed before and after each of their first commits
    let (mut recus, quand) = tues(&url, &puits, 5);
    // when leases are over, and a node finishes
    runtime.block_on(noeud(&url, &puits.smtp(), quand));
    recus.extend(puits.recus());
    // then each message of the outbox was received, and repeats are the same to the letter
    let mut par_id: BTreeMap<String, Vec<Recu>> = BTreeMap::new();
    for recu in recus {
        let id = recu.entete("Message-ID").to_owned();
        par_id.entry(id).or_default().push(recu);
    }
    let attendus = runtime.block_on(async {
        let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(&url)
            .await
            .unwrap();
        let sql = "select id from courriels where envoye <> ''";
        let lus: Vec<(String,)> = sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
        lus.into_iter().map(|(id,)| format!("<{id}@exemple.fr>"))
    });
    let attendus: BTreeSet<String> = attendus.collect();
    let trouves: BTreeSet<String> = par_id.keys().cloned().collect();
    assert_eq!(trouves, attendus);
    for recus in par_id.values() {
        let semblable = |r: &Recu| (r.a.clone(), r.entetes.len(), r.corps.clone());
        let premier = semblable(&recus[0]);
        assert!(recus.iter().all(|r| semblable(r) == premier));
    }
    // and, killed between what the server took and its note, a message went twice
    let deux = par_id.values().filter(|recus| recus.len() > 1).count();
    assert!((1..=5).contains(&deux), "{deux}");
}

#[test]
fn a_node_killed_while_the_server_answers_sends_the_same_message_again() {
    // given a node killed once the server holds a message, before it says so
    let runtime = Runtime::new().unwrap();
    let url = grappe(&runtime);
    let lent = Puits::avec(&["--lenteur", "600"]);
    let mut enfant = lance(&url, &lent.smtp(), matin(), None);
    let premier: Value = lent.dit(Duration::from_mins(1)).expect("nothing was sent");
    let premier: Recu = serde_json::from_value(premier).unwrap();
    enfant.kill().unwrap();
    enfant.wait().unwrap();
    // when its lease is not over, then another leaves it alone; when it is, it goes again
    let puits = Puits::ouvre();
    let avant = "2024-05-02T09:01:00Z".parse().unwrap();
    runtime.block_on(noeud(&url, &puits.smtp(), avant));
    let id = premier.entete("Message-ID").to_owned();
    assert!(!identites(&puits.recus()).contains(&id));
    let apres = "2024-05-02T09:03:00Z".parse().unwrap();
    assert_eq!(runtime.block_on(noeud(&url, &puits.smtp(), apres)), 1);
    let encore = puits.recus();
    assert_eq!(identites(&encore), [id]);
    assert_eq!(encore[0].corps, premier.corps);
}
