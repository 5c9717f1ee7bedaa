//! The needs of the people accompanied, through pages: what the managing body looks at, what it
//! hands over, what the others read, and what stays of it.

use super::echanges::{Lue, demande, lit};
use super::gens::droit;
use super::salle::{Salle, runtime};
use crate::besoins::COHORTE;
use crate::exploitation::serve::{adresse, arrete, echange, lance_avec};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::Utc;
use entente::app::comptes::{Fonction, Portee};
use entente::metier::besoins::partage::Partage;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use std::thread;

const C: &str = "/contrats/rives-claires";
pub const PAGE: &str = "/contrats/rives-claires/besoins";
/// The self-diagnostic of each establishment is being written.
pub const JOUR: &str = "2024-03-08";
/// The establishments of the worked cohort, as those of the story.
const ESMS: [(&str, &str); 5] = [
    ("990001000", "990002024"),
    ("990002008", "990002032"),
    ("990003006", "990002040"),
    ("990004004", "990002057"),
    ("990005001", "990002065"),
];

fn cohorte(annee: &str) -> String {
    let mut cohorte = COHORTE.replace(";2025;", &format!(";{annee};"));
    // From the last: a number that is written is not one that is to be replaced.
    for (ancien, neuf) in ESMS {
        cohorte = cohorte.replace(&format!("\n{ancien};"), &format!("\n{neuf};"));
    }
    cohorte
}

/// The shared view that the command line writes of a cohort.
fn vue(cohorte: &str, k: &str) -> String {
    let dossier = crate::bases::dossier("vue");
    let fichier = dossier.join("cohorte.csv");
    fs::write(&fichier, cohorte).unwrap();
    let fait = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["besoins", "agreger", "--partage", "--k", k])
        .arg(&fichier)
        .output()
        .unwrap();
    String::from_utf8(fait.stdout).unwrap()
}

/// The type of a form that carries a file, and the form.
fn formulaire(champs: &[(&str, &str)], octets: &[u8]) -> (&'static str, Vec<u8>) {
    let mut corps = Vec::new();
    for (nom, valeur) in champs {
        let champ =
            format!("--B\r\nContent-Disposition: form-data; name=\"{nom}\"\r\n\r\n{valeur}");
        corps.extend_from_slice(format!("{champ}\r\n").as_bytes());
    }
    let fichier = "--B\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"c.csv\"\r\n\
                   Content-Type: text/csv\r\n\r\n";
    corps.extend_from_slice(fichier.as_bytes());
    corps.extend_from_slice(octets);
    corps.extend_from_slice(b"\r\n--B--\r\n");
    ("multipart/form-data; boundary=B", corps)
}

/// Sends fields and a file to a page.
pub fn televerse(
    salle: &Salle,
    qui: &str,
    (page, champs): (&str, &[(&str, &str)]),
    octets: &[u8],
) -> Lue {
    let (genre, corps) = formulaire(champs, octets);
    let requete = Request::post(page).header(header::CONTENT_TYPE, genre);
    demande(salle, qui, requete, Body::from(corps))
}

fn depose(salle: &Salle, qui: &str, octets: &str) -> Lue {
    televerse(
        salle,
        qui,
        (PAGE, &[("geste", "deposer")]),
        octets.as_bytes(),
    )
}

fn partout(eprouve: impl Fn(Salle)) {
    for postgres in [false, true] {
        eprouve(Salle::sur(postgres, "rives-claires", JOUR));
    }
}

/// Every pseudonym of the worked cohort.
fn pseudonymes() -> BTreeSet<&'static str> {
    let lignes = COHORTE.lines().skip(1);
    lignes.filter_map(|l| l.split(';').nth(4)).collect()
}

/// What the cells of the table of needs say, row by row.
fn cases(page: &str) -> Vec<(String, Vec<String>)> {
    let table = page.split("table chaleur").nth(1).unwrap();
    let table = table.split("</table>").next().unwrap();
    let lignes = table.split("<th scope=\"row\"").skip(1);
    let ligne = |ligne: &str| {
        let code = ligne.split("num\">").nth(1).unwrap();
        let code = code.split('<').next().unwrap().to_owned();
        let cases = ligne.split("<td class=\"").skip(1);
        let cases = cases.map(|case| {
            let dit = case
                .split_once('>')
                .unwrap()
                .1
                .split("</td>")
                .next()
                .unwrap();
            dit.replace("<small>", " ").replace("</small>", "")
        });
        let mut cases: Vec<String> = cases.collect();
        if page.contains(">Couverture</th>") {
            cases.pop();
        }
        (code, cases)
    };
    lignes.map(ligne).collect()
}

#[test]
fn the_managing_body_looks_and_nothing_is_kept() {
    partout(|salle| {
        // when a cohort is looked at
        let avant = lit(&salle, "claire", &format!("{C}/journal")).texte;
        let vue = televerse(
            &salle,
            "claire",
            (PAGE, &[("geste", "regarder")]),
            cohorte("2023").as_bytes(),
        );
        // then each count is shown, with those that the others would not see
        assert_eq!(vue.code, StatusCode::OK, "{}", vue.texte);
        assert!(vue.texte.contains("rien n’en est gardé"), "{}", vue.texte);
        let dites = cases(&vue.texte);
        assert_eq!(dites.len(), 25);
        let douleur = dites.iter().find(|(code, _)| code == "1.1.3").unwrap();
        assert!(douleur.1[0].ends_with("6 *"), "{douleur:?}");
        assert!(
            vue.texte.contains("120\u{a0}personnes distinctes"),
            "{}",
            vue.texte
        );
        assert!(vue.texte.contains("niveaux 0 à 4"), "{}", vue.texte);
        // and nothing is kept
        let page = lit(&salle, "claire", PAGE).texte;
        assert!(page.contains("Aucun profil de besoins"), "{page}");
        assert_eq!(lit(&salle, "claire", &format!("{C}/journal")).texte, avant);
        for nom in pseudonymes() {
            assert!(!vue.texte.contains(nom), "{nom}");
        }
    });
}

#[test]
fn what_is_handed_over_is_read_masked_by_all() {
    partout(|salle| {
        // given a cohort handed over
        let faite = depose(&salle, "claire", &cohorte("2023"));
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        // then each party reads the shared view, and no more
        let partage = Partage::lire(&vue(&cohorte("2023"), "11"), 11).unwrap();
        for qui in ["claire", "karim", "sophie"] {
            let page = lit(&salle, qui, PAGE).texte;
            assert!(
                page.contains("ce n’est pas une évaluation nationale"),
                "{page}"
            );
            for ((code, dites), ligne) in cases(&page).iter().zip(&partage.besoins) {
                assert_eq!(*code, ligne.code);
                for (dite, case) in dites.iter().zip(&ligne.cases) {
                    let nombre = dite.rsplit(' ').next().unwrap();
                    match (case.besoin, case.presque_tous) {
                        (_, true) => assert_eq!(dite, "presque tous", "{code}"),
                        (None, _) => assert_eq!(dite, "masqué", "{code}"),
                        (Some(n), _) => assert_eq!(nombre, n.to_string(), "{code} {dite}"),
                    }
                }
            }
            assert!(page.contains("Maillon manquant"), "{page}");
        }
        // and the line of the journal holds no figure
        let journal = lit(&salle, "karim", &format!("{C}/journal")).texte;
        assert!(journal.contains("Dépose les besoins de 2023"), "{journal}");
        // sent again, nothing changes
        let encore = depose(&salle, "claire", &cohorte("2023"));
        assert_eq!(encore.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(encore.texte.contains("déjà déposé"), "{}", encore.texte);
    });
}

#[test]
fn no_pseudonym_is_anywhere_after_a_deposit() {
    let salle = Salle::au("rives-claires", JOUR);
    // given a cohort looked at, refused and handed over
    let trop = cohorte("2023").replace(";besoin;1.1.1;4;", ";besoin;9.9.9;4;");
    assert_eq!(
        depose(&salle, "claire", &trop).code,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        depose(&salle, "claire", &cohorte("2023")).code,
        StatusCode::SEE_OTHER
    );
    // then neither the file of the database nor its neighbours hold one
    personne_dans(&salle.dossier);
}

/// No file of a folder holds a pseudonym.
fn personne_dans(dossier: &Path) {
    let mut lus = 0;
    for entree in fs::read_dir(dossier).unwrap() {
        let chemin = entree.unwrap().path();
        if chemin.is_dir() {
            personne_dans(&chemin);
            continue;
        }
        let octets = fs::read(&chemin).unwrap();
        lus += octets.len();
        for nom in pseudonymes() {
            let dedans = octets.windows(nom.len()).any(|vue| vue == nom.as_bytes());
            assert!(!dedans, "{nom} {}", chemin.display());
        }
    }
    assert!(lus > 100_000, "{lus}");
}

#[test]
fn a_server_that_is_handed_needs_says_and_keeps_nobody() {
    // given a server that tells all that it can, where self-diagnostics are being written
    let salle = Salle::au("rives-claires", JOUR);
    let jeton = runtime().block_on(salle.gens.connecte("claire", Utc::now()));
    let ici = salle.dossier.clone();
    runtime().block_on(salle.entente.clone().fermer());
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database",
        "sqlite:entente.db",
    ];
    let variables = [
        ("ENTENTE_LOG", "trace"),
        ("ENTENTE_SECOND_FACTEUR", "propose"),
    ];
    let (mut programme, mut dit) = lance_avec(&ici, &arguments, &variables);
    let adresse = adresse(&mut dit);
    let dit = thread::spawn(move || {
        let mut journal = String::new();
        dit.read_to_string(&mut journal).unwrap();
        journal
    });
    // when a cohort is looked at, refused, handed over
    let trop = cohorte("2023").replace(";besoin;1.1.1;4;", ";besoin;9.9.9;4;");
    let envois = [
        ("regarder", cohorte("2023"), "200"),
        ("deposer", trop, "422"),
        ("deposer", cohorte("2023"), "303"),
    ];
    for (geste, octets, attendu) in envois {
        let (genre, corps) = formulaire(&[("geste", geste)], octets.as_bytes());
        let entetes = format!("content-type: {genre}\r\ncookie: entente={jeton}\r\n");
        let corps = String::from_utf8(corps).unwrap();
        let reponse = echange(&adresse, &format!("POST {PAGE}"), &entetes, &corps);
        let tete = reponse.lines().next().unwrap();
        assert_eq!(tete.split(' ').nth(1), Some(attendu), "{tete}");
        for nom in pseudonymes() {
            assert!(!reponse.contains(nom), "{geste} {nom}");
        }
    }
    // then, once it stops, neither its log nor its folder holds a pseudonym
    arrete(&mut programme);
    let journal = dit.join().unwrap();
    assert!(journal.matches(PAGE).count() >= 3, "{journal}");
    assert!(journal.contains("\"TRACE\""));
    for nom in pseudonymes() {
        assert!(!journal.contains(nom), "{nom}");
    }
    personne_dans(&ici);
}

#[test]
fn only_the_managing_body_hands_over_and_only_while_it_writes() {
    partout(|salle| {
        for qui in ["karim", "sophie"] {
            let refusee = depose(&salle, qui, &cohorte("2023"));
            assert_eq!(refusee.code, StatusCode::FORBIDDEN, "{}", refusee.texte);
            assert!(!lit(&salle, qui, PAGE).texte.contains("id=\"deposer\""));
        }
        assert_eq!(
            depose(&salle, "lea", &cohorte("2023")).code,
            StatusCode::NOT_FOUND
        );
        assert!(lit(&salle, "claire", PAGE).texte.contains("id=\"deposer\""));
    });
    // once a diagnostic is submitted, its needs stand
    let salle = Salle::au("rives-claires", "2024-03-20");
    let refusee = depose(&salle, "claire", &cohorte("2023"));
    assert_eq!(refusee.code, StatusCode::FORBIDDEN, "{}", refusee.texte);
    // and a year to come is not one
    let salle = Salle::au("rives-claires", JOUR);
    let refusee = depose(&salle, "claire", &cohorte("2025"));
    assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refusee.texte.contains("L’année 2025 ne va pas"),
        "{}",
        refusee.texte
    );
}

#[test]
fn someone_of_one_establishment_reads_its_needs_alone() {
    let mut salle = Salle::au("rives-claires", JOUR);
    let portee = Portee::Esms(BTreeSet::from(["990002024".to_owned()]));
    let droits = [droit("gestionnaire", Fonction::Validation, portee)];
    let maintenant = salle.maintenant();
    let inscrit = salle.gens.inscrit("paule", &droits, maintenant);
    runtime().block_on(inscrit);
    assert_eq!(
        depose(&salle, "claire", &cohorte("2023")).code,
        StatusCode::SEE_OTHER
    );
    // then one column, and no total
    let page = lit(&salle, "paule", PAGE).texte;
    assert!(
        cases(&page).iter().all(|(_, cases)| cases.len() == 1),
        "{page}"
    );
    for ailleurs in [
        "SESSAD Les Passerelles (fictif)",
        "MAS La Clairière",
        "Contrat</bdi>",
    ] {
        assert!(!page.contains(ailleurs), "{ailleurs}\n{page}");
    }
    assert!(!page.contains("id=\"deposer\""));
}

#[test]
fn someone_of_several_establishments_reads_each_of_them() {
    let mut salle = Salle::au("rives-claires", JOUR);
    let de = |numeros: &[&str]| {
        let siens = numeros.iter().map(|n| (*n).to_owned()).collect();
        [droit(
            "gestionnaire",
            Fonction::Validation,
            Portee::Esms(siens),
        )]
    };
    let maintenant = salle.maintenant();
    for (qui, siens) in [
        ("deux", de(&["990002024", "990002032"])),
        ("aucun", de(&["990002065"])),
    ] {
        runtime().block_on(salle.gens.inscrit(qui, &siens, maintenant));
    }
    let cohorte = cohorte("2023");
    let sans = cohorte.lines().filter(|l| !l.starts_with("990002065;"));
    let sans = sans.collect::<Vec<&str>>().join("\n");
    assert_eq!(depose(&salle, "claire", &sans).code, StatusCode::SEE_OTHER);
    // then two columns, each told in the sentences; no coverage that would be of one of them only
    let page = lit(&salle, "deux", PAGE).texte;
    assert!(
        cases(&page).iter().all(|(_, cases)| cases.len() == 2),
        "{page}"
    );
    assert!(!page.contains(">Couverture</th>"), "{page}");
    let phrases = page.split("id=\"phrases\"").nth(1).unwrap();
    let phrases = phrases.split("</ul>").next().unwrap();
    for nom in ["SESSAD Les Passerelles, ", "ESAT Les Ateliers du Val, "] {
        assert_eq!(phrases.matches(nom).count(), 25, "{nom}\n{phrases}");
    }
    // of an establishment that the profile does not hold, nothing, and it is said
    let page = lit(&salle, "aucun", PAGE).texte;
    let dit = "ne disent rien des établissements que vous voyez";
    assert!(page.contains(dit), "{page}");
}

#[test]
fn a_view_made_elsewhere_is_taken_if_it_tells_no_more() {
    let salle = Salle::au("rives-claires", JOUR);
    // a view that hides less than is asked is refused
    let cohorte = cohorte("2023");
    let montre = vue(&cohorte, "11").replacen("\"k\": 11", "\"k\": 3", 1);
    let refusee = depose(&salle, "claire", &montre);
    assert_eq!(
        refusee.code,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refusee.texte
    );
    // ours is taken
    let faite = depose(&salle, "claire", &vue(&cohorte, "11"));
    assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
    // and one of the same year that would tell what it hid is not
    let refusee = depose(&salle, "claire", &vue(&cohorte, "5"));
    assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refusee.texte.contains("laisserait deviner"),
        "{}",
        refusee.texte
    );
    // nor one of fewer establishments
    let restes = cohorte.lines().filter(|l| !l.starts_with("990002065"));
    let moins = restes.collect::<Vec<_>>().join("\n");
    let refusee = depose(&salle, "claire", &moins);
    assert!(
        refusee.texte.contains("ferait deviner la différence"),
        "{}",
        refusee.texte
    );
    // two years are read side by side
    assert_eq!(
        depose(&salle, "claire", &self::cohorte("2022")).code,
        StatusCode::SEE_OTHER
    );
    let page = lit(&salle, "karim", &format!("{PAGE}?annee=2022")).texte;
    assert!(page.contains("D’une année à l’autre"), "{page}");
    assert!(
        page.contains("file active <span class=\"num\">2022"),
        "{page}"
    );
}

#[test]
fn a_view_that_was_forged_is_refused_and_establishments_bear_their_own_names() {
    partout(|salle| {
        let juste = vue(&cohorte("2023"), "11");
        let mut forgee: Value = serde_json::from_str(&juste).unwrap();
        // given a view whose total is not that of its establishments, or of a year before all
        forgee["ensembles"][5]["accompagnements"] = json!(4_294_967_295_u32);
        let vieille = juste.replacen("\"annee\": 2023", "\"annee\": 2009", 1);
        for (texte, dit) in [
            (
                forgee.to_string(),
                "attendu 122, d’après ses établissements",
            ),
            (vieille, "attendu de 2010 à 2024"),
        ] {
            let refusee = depose(&salle, "claire", &texte);
            assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY, "{dit}");
            assert!(refusee.texte.contains(dit), "{dit}\n{}", refusee.texte);
        }
        // when one that calls an establishment otherwise is taken
        let mut autre: Value = serde_json::from_str(&juste).unwrap();
        autre["ensembles"][0]["nom"] = json!("Établissement de quelqu'un d'autre");
        let faite = depose(&salle, "claire", &autre.to_string());
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        // then the page says the names of the perimeter
        for qui in ["claire", "karim"] {
            let page = lit(&salle, qui, PAGE).texte;
            assert!(page.contains("SESSAD Les Passerelles"), "{page}");
            for dit in ["de quelqu", "(fictif)"] {
                assert!(!page.contains(dit), "{dit}\n{page}");
            }
        }
    });
}

#[test]
fn a_file_that_is_wrong_is_told_by_its_place_and_never_repeated() {
    let salle = Salle::au("rives-claires", JOUR);
    let bonne = cohorte("2023");
    let nom = bonne.replacen(";personne;", ";nom_de_famille;", 1);
    let libre = bonne.replacen(";P-C4DC40;", ";Jean Dupont;", 1);
    for (fichier, dit) in [
        (nom.as_str(), "annonce un nom"),
        (libre.as_str(), "olonne"),
        ("", "manque"),
        ("PK\u{3}\u{4}", "fichier"),
        ("{\"annee\":2023}", "vue partagée"),
    ] {
        for geste in ["deposer", "regarder"] {
            let refusee = televerse(
                &salle,
                "claire",
                (PAGE, &[("geste", geste)]),
                fichier.as_bytes(),
            );
            assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY, "{dit}");
            assert!(refusee.texte.contains(dit), "{dit}\n{}", refusee.texte);
            assert!(!refusee.texte.contains("Dupont"));
        }
    }
    for k in ["3", "beaucoup", "-1", "99999999999"] {
        let champs = [("geste", "deposer"), ("k", k)];
        let refusee = televerse(&salle, "claire", (PAGE, &champs), bonne.as_bytes());
        assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY, "{k}");
        assert!(
            refusee.texte.contains("Plus petit effectif"),
            "{}",
            refusee.texte
        );
    }
}
