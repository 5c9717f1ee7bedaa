//! What the technical log says: what happened, of whom, from where, a line of JSON each, whatever
//! is sent; and no secret.

use crate::bases::dossier;
use crate::exploitation::serve::{arrete, echange, lance};
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

#[test]
fn what_touches_security_is_told_and_nothing_sent_forges_a_line_or_shows_a_secret() {
    // given the demonstration behind a trusted server, its log read all along
    let ici = dossier("journaux");
    let (mut programme, mut dit) = lance(&ici, &["demo", "--listen", "127.0.0.1:0"]);
    adresse(&mut dit);
    arrete(&mut programme);
    let reglages = "second_facteur = \"propose\"\n[serveur]\nintermediaires = \"127.0.0.1\"\n\
                    [limites]\npages = \"40\"\n";
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
    let (mut programme, mut dit) = lance(&ici, &serve);
    let ou = adresse(&mut dit);
    let lecture = std::thread::spawn(move || {
        let mut tout = String::new();
        dit.read_to_string(&mut tout).unwrap();
        tout
    });
    let de = "x-forwarded-for: 192.0.2.44\r\n";
    let poste = |chemin: &str, entetes: &str, corps: &str| {
        echange(
            &ou,
            &format!("POST {chemin}"),
            &format!("{de}{entetes}"),
            corps,
        )
    };
    // when someone fails, then signs in, asks for what is not theirs, and comes from another site
    let faux = "courriel=karim%40ars.example&passe=canari-de-passe";
    assert!(poste("/connexion", "", faux).starts_with("HTTP/1.1 422"));
    let bon = "courriel=karim%40ars.example&passe=les+trois+voix+du+contrat";
    let entree = poste("/connexion", "x-request-id: 0123456789abcdef\r\n", bon);
    assert!(entree.starts_with("HTTP/1.1 303"), "{entree}");
    assert!(!entree.contains("0123456789abcdef"), "{entree}");
    let cookie = entree.split("set-cookie: ").nth(1).unwrap();
    let cookie = format!("cookie: {}\r\n", cookie.split(';').next().unwrap());
    let lit = |chemin: &str, entetes: &str| {
        let entetes = format!("{de}{entetes}");
        echange(&ou, &format!("GET {chemin}"), &entetes, "")
    };
    assert!(lit("/contrats/inconnu", &cookie).starts_with("HTTP/1.1 404"));
    let ailleurs = format!("{cookie}sec-fetch-site: cross-site\r\n");
    assert!(poste("/compte/avis", &ailleurs, "").starts_with("HTTP/1.1 403"));
    lit("/contrats", "cookie: entente=canari-de-session\r\n");
    lit("/api/v1/moi", "authorization: Bearer canari-de-cle\r\n");
    lit("/mot-de-passe?jeton=canari-de-requete", "");
    // and when fifty payloads are sent wherever a text is
    for charge in charges() {
        lit(&format!("/{charge}?q={charge}"), "");
        let corps = format!("courriel={charge}&passe=canari-de-passe&retour={charge}");
        poste(
            "/mot-de-passe-oublie",
            &format!("user-agent: {charge}\r\n"),
            &corps,
        );
        let id = format!("x-request-id: {charge}\r\nforwarded: for={charge}\r\n");
        echange(
            &ou,
            "GET /connexion",
            &format!("{id}x-forwarded-for: {charge}\r\n"),
            "",
        );
    }
    let mut freinee = false;
    for _ in 0..60 {
        freinee |= lit("/compte", &cookie).starts_with("HTTP/1.1 429");
    }
    assert!(freinee);
    arrete(&mut programme);
    // then each line is JSON, in universal time, and holds no secret
    let tout = lecture.join().unwrap();
    for secret in SECRETS {
        assert!(!tout.contains(secret), "{secret}");
    }
    let jeton = cookie.split('=').nth(1).unwrap().trim();
    assert!(!tout.contains(jeton));
    let journal: Vec<Value> = tout
        .lines()
        .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e} : {l:?}")))
        .collect();
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
    let refusees = evenements(&journal, "connexion_refusee");
    let refusee = refusees.first().expect("no refusal");
    assert_eq!(refusee["fields"]["adresse"], "192.0.2.44");
    assert_eq!(refusee["fields"]["compte"].as_str().unwrap().len(), 16);
    assert!(!tout.contains("karim@ars.example"));
    let entrees = evenements(&journal, "connexion");
    assert_eq!(entrees.len(), 1, "{entrees:?}");
    assert_eq!(entrees[0]["fields"]["adresse"], "192.0.2.44");
    assert_eq!(entrees[0]["span"]["amont"], "0123456789abcdef");
    let personne = &entrees[0]["fields"]["personne"];
    assert!(personne.is_string());
    for (genre, code) in [("acces_refuse", 404), ("autre_site", 403)] {
        let dits = evenements(&journal, genre);
        let dit = dits.first().unwrap_or_else(|| panic!("{genre}"));
        assert_eq!(dit["fields"]["code"], code, "{dit}");
        assert_eq!(dit["span"]["de"], "192.0.2.44", "{dit}");
    }
    assert_eq!(
        &evenements(&journal, "acces_refuse")[0]["fields"]["personne"],
        personne
    );
    assert_eq!(
        &evenements(&journal, "hors_limites")[0]["fields"]["personne"],
        personne
    );
    assert!(!evenements(&journal, "cle_refusee").is_empty());
}
