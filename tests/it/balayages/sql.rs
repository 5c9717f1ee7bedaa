//! Two hundred payloads over every parameter that an address may hold: none is an error of ours,
//! none finds what its text does not say.

use super::{CONTRAT, lit, negociation};
use axum::http::StatusCode;

/// Ways to end a text and go on in SQL, over each of a few beginnings.
fn charges() -> Vec<String> {
    let suites = [
        "",
        " or 1=1--",
        " or '1'='1",
        " or ''='",
        " or true--",
        " and 1=0 union select 1--",
        " union select null,null,null--",
        " union all select courriel,mot_de_passe from personnes--",
        " union select sql from sqlite_master--",
        " union select usename from pg_user--",
        "; drop table journal--",
        "; delete from contrats--",
        "; update droits set role='administration'--",
        "; insert into personnes values('x')--",
        "; select pg_sleep(5)--",
        "||(select pg_sleep(5))||",
        " and (select count(*) from personnes)>0--",
        " and substr((select courriel from personnes limit 1),1,1)='k'--",
        " order by 99--",
        " limit 0 offset 1--",
        " having 1=1--",
        " group by id--",
        "/**/or/**/1=1--",
        "#",
        "\\",
        "%00",
        "$1",
        "$$ or $$",
        "::text",
        " collate nocase--",
        " glob '*'",
        " like '%'",
        "%",
        "_",
    ];
    let debuts = ["'", "\"", "')", "1", "a')) ", "\u{2019}"];
    let charges = debuts
        .iter()
        .flat_map(|d| suites.iter().map(move |s| format!("{d}{s}")));
    charges.collect()
}

/// Each parameter that a page reads.
const PARAMETRES: [(&str, &str); 17] = [
    ("/recherche", "q"),
    ("/contrats", "phase"),
    ("/contrats/export/contrats.csv", "q"),
    ("/contrats", "q"),
    ("/contrats", "page"),
    ("/contrats", "tri"),
    ("/contrats/rives-claires/journal", "page"),
    ("/contrats/rives-claires/journal", "flux"),
    ("/contrats/rives-claires/graphe", "flux"),
    ("/contrats/rives-claires/acte", "lieu"),
    ("/contrats/rives-claires/ecrire/referent", "flux"),
    ("/compte/securite", "fait"),
    ("/api/v1/contrats", "apres"),
    ("/api/v1/contrats", "limite"),
    ("/api/v1/contrats/rives-claires/journal", "apres"),
    ("/api/v1/contrats/rives-claires/journal", "flux"),
    ("/api/v1/tableaux/esms", "forme"),
];

#[test]
fn two_hundred_payloads_over_every_parameter_break_nothing_and_find_nothing() {
    let charges = charges();
    assert!(charges.len() >= 200, "{}", charges.len());
    let salle = negociation();
    let routeur = salle.sert(None);
    for (chemin, parametre) in PARAMETRES {
        for charge in &charges {
            let valeur: String = form_urlencoded::byte_serialize(charge.as_bytes()).collect();
            let adresse = format!("{chemin}?{parametre}={valeur}");
            let lue = lit(salle, &routeur, "karim", &adresse);
            assert!(!lue.code.is_server_error(), "{adresse} {}", lue.texte());
            if (chemin, parametre) == ("/contrats", "q") {
                assert_eq!(lue.code, StatusCode::OK, "{adresse}");
                let montre = format!("href=\"/contrats/{CONTRAT}\"");
                // A few letters are of many texts.
                let lettres = charge.chars().filter(|c| c.is_alphabetic()).count();
                let commun = lettres < 3;
                assert!(commun || !lue.texte().contains(&montre), "{adresse}");
            }
        }
    }
    // and whatever takes the place of an identifier is not there
    for charge in &charges {
        let valeur: String = form_urlencoded::byte_serialize(charge.as_bytes()).collect();
        let valeur = valeur.replace('+', "%20");
        for chemin in ["/contrats/", "/administration/"] {
            let lue = lit(salle, &routeur, "karim", &format!("{chemin}{valeur}"));
            assert_eq!(lue.code, StatusCode::NOT_FOUND, "{chemin}{valeur}");
        }
    }
    // and the story stands
    let page = lit(salle, &routeur, "karim", &format!("/contrats/{CONTRAT}"));
    assert_eq!(page.code, StatusCode::OK);
}
