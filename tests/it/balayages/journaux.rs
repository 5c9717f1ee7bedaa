//! What the technical log says: what happened, of whom, from where, a line of JSON each, whatever
//! is sent; and no secret.

use crate::bases::dossier;
use crate::exploitation::serve::{arrete, echange, ecoule, lance};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::ChildStderr;

/// What must never be written.
const SECRETS: [&str; 5] = [
    "canari-de-passe",
    "canari-de-session",
    "canari-de-cle",
    "canari-de-requete",
    "les trois voix du contrat",
];

/// Ways to write one line as two, or to change what a screen shows of it.
fn charges() -> Vec<String> {
    let formes = [
        "%0d%0a",
        "%0a",
        "%0d",
        "%00",
        "%1b[31m",
        "%1b]0;a%07",
        "%08%08",
        "%e2%80%a8",
        "%e2%80%ae",
        "%22%7d%0a%7b%22",
        "%5c%22",
        "%5cn",
        "%7b%22level%22%3a%22INFO%22%7d",
        "%25s%25n",
        "${jndi:ldap}",
        "%ff%fe",
        "%c0%af",
        "%3cscript%3e",
        "'--",
        "%f0%9f%92%a5",
        "%e2%80%8b",
        "%7f",
        "%c2%85",
        "%0b",
        "%0c",
    ];
    let suites = ["", "evenement%22:%22connexion"];
    let charges = formes
        .iter()
        .flat_map(|f| suites.map(|s| format!("a{f}{s}")));
    charges.collect()
}

fn adresse(dit: &mut BufReader<ChildStderr>) -> String {
    loop {
        let mut ligne = String::new();
        assert_ne!(dit.read_line(&mut ligne).unwrap(), 0, "no address");
        let lue: Value = serde_json::from_str(&ligne).expect(&ligne);
        if let Some(adresse) = lue["fields"]["adresse"]
            .as_str()
            .filter(|a| a.contains(':'))
        {
            return adresse.to_owned();
        }
    }
}

/// The events of a kind, with where each was asked from.
fn evenements<'j>(journal: &'j [Value], genre: &str) -> Vec<&'j Value> {
    let sien = |l: &&Value| l["target"] == "securite" && l["fields"]["evenement"] == genre;
    journal.iter().filter(sien).collect()
}

/// The demonstration behind a trusted server, its log read all along.
struct Scene {
    programme: std::process::Child,
    ou: String,
    lecture: std::thread::JoinHandle<String>,
}

/// Where requests are said to come from.
const DE: &str = "x-forwarded-for: 192.0.2.44\r\n";

impl Scene {
    fn ouvre() -> Self {
        let ici = dossier("journaux");
        let (mut programme, mut dit) = lance(&ici, &["demo", "--listen", "127.0.0.1:0"]);
        adresse(&mut dit);
        ecoule(dit);
        programme.kill().unwrap();
        programme.wait().unwrap();
        let reglages = "second_facteur = \"propose\"\n[serveur]\nintermediaires = \
                        \"127.0.0.1\"\n[limites]\npages = \"40\"\n";
        std::fs::write(ici.join("entente.toml"), reglages).unwrap();
        let serve = [
            "serve",
            "--database",
            "sqlite:data/demo.db",
            "--listen",
            "127.0.0.1:0",
            "--config",
            "entente.toml",
        ];
        let (programme, mut dit) = lance(&ici, &serve);
        let ou = adresse(&mut dit);
        let lecture = std::thread::spawn(move || {
            let mut tout = String::new();
            dit.read_to_string(&mut tout).unwrap();
            tout
        });
        Self {
            programme,
            ou,
            lecture,
        }
    }

    fn poste(&self, chemin: &str, entetes: &str, corps: &str) -> String {
        let quoi = format!("POST {chemin}");
        echange(&self.ou, &quoi, &format!("{DE}{entetes}"), corps)
    }

    fn lit(&self, chemin: &str, entetes: &str) -> String {
        let quoi = format!("GET {chemin}");
        echange(&self.ou, &quoi, &format!("{DE}{entetes}"), "")
    }

    /// Fails, then signs in, asks for what is not theirs, comes from another site, asks too much;
    /// answers the cookie.
    fn passe(&self) -> String {
        let faux = "courriel=karim%40ars.example&passe=canari-de-passe";
        let refus = self.poste("/connexion", "", faux);
        assert!(refus.starts_with("HTTP/1.1 422"), "{refus}");
        let bon = "courriel=karim%40ars.example&passe=les+trois+voix+du+contrat";
        let entree = self.poste("/connexion", "x-request-id: 0123456789abcdef\r\n", bon);
        assert!(entree.starts_with("HTTP/1.1 303"), "{entree}");
        assert!(!entree.contains("0123456789abcdef"), "{entree}");
        let cookie = entree.split("set-cookie: ").nth(1).unwrap();
        let cookie = format!("cookie: {}\r\n", cookie.split(';').next().unwrap());
        let inconnu = self.lit("/contrats/inconnu", &cookie);
        assert!(inconnu.starts_with("HTTP/1.1 404"), "{inconnu}");
        let ailleurs = format!("{cookie}sec-fetch-site: cross-site\r\n");
        let refus = self.poste("/compte/avis", &ailleurs, "");
        assert!(refus.starts_with("HTTP/1.1 403"), "{refus}");
        self.lit("/contrats", "cookie: entente=canari-de-session\r\n");
        self.lit("/api/v1/moi", "authorization: Bearer canari-de-cle\r\n");
        self.lit("/mot-de-passe?jeton=canari-de-requete", "");
        let trop = |_: &u32| self.lit("/compte", &cookie).starts_with("HTTP/1.1 429");
        assert!((0..100).any(|n| trop(&n)));
        cookie
    }

    /// Sends fifty payloads wherever a text is.
    fn injecte(&self) {
        let charges = charges();
        assert_eq!(charges.len(), 50);
        for charge in charges {
            self.lit(&format!("/{charge}?q={charge}"), "");
            let corps = format!("courriel={charge}&passe=canari-de-passe&retour={charge}");
            let agent = format!("user-agent: {charge}\r\n");
            self.poste("/mot-de-passe-oublie", &agent, &corps);
            let dits = format!(
                "x-request-id: {charge}\r\nforwarded: for={charge}\r\nx-forwarded-for: {charge}\r\n"
            );
            echange(&self.ou, "GET /connexion", &dits, "");
        }
    }

    /// Stops it; answers all that it logged.
    fn arrete(mut self) -> String {
        arrete(&mut self.programme);
        self.lecture.join().unwrap()
    }
}

#[test]
fn what_touches_security_is_told_and_nothing_sent_forges_a_line_or_shows_a_secret() {
    let scene = Scene::ouvre();
    let cookie = scene.passe();
    scene.injecte();
    let tout = scene.arrete();
    // then each line is JSON, in universal time, and holds no secret
    let jeton = cookie.split('=').nth(1).unwrap().trim();
    for secret in SECRETS.into_iter().chain([jeton, "karim@ars.example"]) {
        assert!(!tout.contains(secret), "{secret}");
    }
    let lue = |l: &str| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e} : {l:?}"));
    let journal: Vec<Value> = tout.lines().map(lue).collect();
    assert!(journal.len() > 150, "{}", journal.len());
    for ligne in &journal {
        assert!(
            ligne["timestamp"].as_str().unwrap().ends_with('Z'),
            "{ligne}"
        );
        assert!(
            ligne["target"].is_string() && ligne["level"].is_string(),
            "{ligne}"
        );
    }
    // and says what happened, to whom, from where
    let premier = |genre: &str| {
        let dits = evenements(&journal, genre);
        dits.first().copied().unwrap_or_else(|| panic!("{genre}"))
    };
    let refusee = premier("connexion_refusee");
    assert_eq!(refusee["fields"]["adresse"], "192.0.2.44");
    assert_eq!(refusee["fields"]["compte"].as_str().unwrap().len(), 16);
    assert_eq!(evenements(&journal, "connexion").len(), 1);
    let entree = premier("connexion");
    assert_eq!(entree["fields"]["adresse"], "192.0.2.44");
    assert_eq!(entree["span"]["amont"], "0123456789abcdef");
    let personne = &entree["fields"]["personne"];
    assert!(personne.is_string());
    for (genre, code) in [("acces_refuse", 404), ("autre_site", 403)] {
        let dit = premier(genre);
        assert_eq!(dit["fields"]["code"], code, "{dit}");
        assert_eq!(dit["span"]["de"], "192.0.2.44", "{dit}");
    }
    assert_eq!(&premier("acces_refuse")["fields"]["personne"], personne);
    assert_eq!(&premier("hors_limites")["fields"]["personne"], personne);
    premier("cle_refusee");
}
