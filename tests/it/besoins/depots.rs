//! Shared views read back: ours are taken, whatever tells more is not.

use super::{COHORTE, agrege, bancs, change, colonne, document};
use entente::metier::besoins::agregat::{Agregat, Lecture};
use entente::metier::besoins::cohorte::Echelle;
use entente::metier::besoins::partage::{K_MAX, Partage};
use serde_json::{Value, json};

const K: u32 = 11;

fn agregats(combien: usize) -> Vec<Agregat> {
    let mut hasard = bancs::Hasard::nouveau(20_261_124);
    let agregat = |_| {
        let echelle = [Echelle::Niveaux, Echelle::Identifie][hasard.sous(2)];
        let lecture = Lecture {
            echelle,
            seuil: u8::try_from(1 + hasard.sous(4)).unwrap(),
            large: hasard.sous(2) == 0,
        };
        Agregat::de(&bancs::cohorte(&mut hasard), lecture)
    };
    (0..combien).map(agregat).collect()
}

fn lit(vue: &Value) -> Result<Partage, String> {
    Partage::lire(&vue.to_string(), 5)
}

#[test]
fn what_the_command_writes_is_read_back_the_same() {
    let vue = document("depot.csv", COHORTE.as_bytes(), &["--partage"]);
    assert_eq!(json!(lit(&vue).unwrap()), vue);
    for agregat in agregats(60) {
        for k in [5, 7, K, 30, K_MAX] {
            let partage = agregat.partage(k);
            assert_eq!(lit(&json!(partage)), Ok(partage));
        }
    }
}

#[test]
fn a_view_that_tells_one_count_that_ours_hides_is_refused() {
    let mut devoilees = 0;
    for agregat in agregats(12) {
        let vue = json!(agregat.partage(K));
        for (rang, ligne) in vue["besoins"].as_array().unwrap().iter().enumerate() {
            for (place, ensemble) in agregat.ensembles().enumerate() {
                let case = &ligne["cases"][place];
                // given a count that is not told, told beside all the others
                if !case["besoin"].is_null() {
                    continue;
                }
                let mut trop = vue.clone();
                let dite = &mut trop["besoins"][rang]["cases"][place];
                dite["besoin"] = json!(ensemble.cases[rang].besoin);
                dite["evalues"] = json!(ensemble.cases[rang].evalues);
                dite["presque_tous"] = json!(false);
                // then the view is refused
                assert!(lit(&trop).is_err(), "{} {place}\n{ligne}", ligne["code"]);
                devoilees += 1;
            }
        }
    }
    assert!(devoilees > 300, "{devoilees}");
}

const FINESS: &str = "ne se lisent pas";
const POSTES: &str = "ne sont pas ceux de la nomenclature";
const TROP: &str = "se contredit";
/// What is changed in a view, by what, and what is then said.
const CHANGES: [(&str, &str, &str); 22] = [
    ("", "\"bonjour\"", "n'est pas une vue partagée"),
    ("", "{\"annee\":2025}", "n'est pas une vue partagée"),
    ("/annee", "65536", "n'est pas une vue partagée"),
    (
        "/prestations/0/cases/5/actes",
        "-1",
        "n'est pas une vue partagée",
    ),
    ("/k", "4", "5 au moins est attendu"),
    ("/ensembles", "[]", "aucun établissement"),
    ("/ensembles/5/finess", "\"990001000\"", FINESS),
    ("/ensembles/0/finess", "\"Durand\"", FINESS),
    ("/ensembles/1/finess", "\"990001000\"", FINESS),
    ("/besoins/0/code", "\"1.1.2\"", POSTES),
    ("/besoins/0/cases", "[]", POSTES),
    ("/prestations", "[]", POSTES),
    // A total under what is told, or that gives back what is not.
    ("/besoins/3/cases/5/besoin", "40", "laisse deviner"),
    ("/besoins/1/cases/2/besoin", "12", "laisse deviner"),
    // A mean out of the scale, a rate too fine or of too many.
    ("/besoins/0/cases/5/moyenne", "401", TROP),
    ("/besoins/0/cases/5/taux", "57", TROP),
    ("/besoins/0/cases/5/taux", "105", TROP),
    // What follows from a count that is not told; a small one; more than there are.
    ("/besoins/0/cases/0/taux", "95", TROP),
    ("/besoins/0/cases/0/besoin", "26", TROP),
    ("/besoins/1/cases/0/besoin", "5", TROP),
    ("/besoins/0/cases/5/besoin", "117", TROP),
    ("/prestations/0/cases/5/actes", "null", TROP),
];

#[test]
fn what_is_not_a_view_is_refused_with_a_sentence() {
    let juste = document("refus.csv", COHORTE.as_bytes(), &["--partage"]);
    for (place, valeur, dit) in CHANGES {
        let mut vue = juste.clone();
        *vue.pointer_mut(place).unwrap() = valeur.parse().unwrap();
        let refus = lit(&vue).expect_err(place);
        assert!(refus.contains(dit), "{place} {dit} : {refus}");
    }
    // a field more is not ours to keep
    let mut vue = juste;
    vue["personnes"] = json!(["P-C4DC40"]);
    assert!(!lit(&vue).unwrap_err().contains("C4DC40"));
}

/// Figures of a view that contradict each other, and what is then said: what was expected, what
/// was found.
const FORGEES: [(&[(&str, &str)], &str); 22] = [
    // How it was made.
    (&[("/k", "0")], "à partir de 0 ; 5 au moins est attendu"),
    (&[("/k", "1001")], "à partir de 1001 ; 1000 au plus"),
    (&[("/k", "4294967295")], "1000 au plus est attendu"),
    (&[("/seuil", "0")], "du niveau 0 ; attendu de 1 à 4"),
    (&[("/seuil", "5")], "du niveau 5 ; attendu de 1 à 4"),
    // How many are accompanied.
    (
        &[("/ensembles/5/accompagnements", "121")],
        "Accompagnements, contrat : attendu 122, d'après ses établissements ; trouvé 121",
    ),
    (
        &[("/ensembles/5/accompagnements", "null")],
        "Accompagnements, contrat : attendu 122, d'après ses établissements ; trouvé masqué",
    ),
    (
        &[("/ensembles/0/accompagnements", "null")],
        "Accompagnements, contrat : attendu masqué, d'après ses établissements ; trouvé 122",
    ),
    (
        &[("/ensembles/0/accompagnements", "3")],
        "établissement 990001000 : attendu 0, 11 ou plus, ou masqué ; trouvé 3",
    ),
    (
        &[
            ("/ensembles/0/accompagnements", "4294967295"),
            ("/ensembles/1/accompagnements", "4294967295"),
            ("/ensembles/5/accompagnements", "4294967295"),
        ],
        "contrat : attendu 8589934656, d'après ses établissements ; trouvé 4294967295",
    ),
    // How many are assessed.
    (
        &[("/besoins/0/cases/5/evalues", "115")],
        "Évalués du besoin 1.1.1, contrat : attendu 116, d'après ses établissements ; trouvé 115",
    ),
    (
        &[("/besoins/0/cases/5/evalues", "null")],
        "contrat : attendu 116, d'après ses établissements ; trouvé masqué",
    ),
    (
        &[("/besoins/0/cases/0/evalues", "null")],
        "contrat : attendu masqué, d'après ses établissements ; trouvé 116",
    ),
    (
        &[("/besoins/0/cases/0/evalues", "10")],
        "établissement 990001000 : attendu 0, 11 ou plus, ou masqué ; trouvé 10",
    ),
    (
        &[("/besoins/0/cases/5/evalues", "10")],
        "Évalués du besoin 1.1.1, contrat : attendu 0, 11 ou plus, ou masqué ; trouvé 10",
    ),
    (
        &[("/besoins/0/cases/0/evalues", "4294967295")],
        "attendu 30 au plus, d'après ses accompagnements ; trouvé 4294967295",
    ),
    (
        &[
            ("/ensembles/0/accompagnements", "null"),
            ("/ensembles/5/accompagnements", "null"),
        ],
        "établissement 990001000 : attendu 10 au plus, d'après ses accompagnements",
    ),
    // A count is told among whom; none of nobody is covered.
    (
        &[
            ("/besoins/3/cases/1/evalues", "null"),
            ("/besoins/3/cases/1/moyenne", "null"),
            ("/besoins/3/cases/5/evalues", "null"),
            ("/besoins/3/cases/5/moyenne", "null"),
        ],
        "Le poste 1.1.4 dit un effectif d'un établissement sans dire parmi combien",
    ),
    (&[("/besoins/18/cases/2/taux", "5")], "se contredit"),
    (
        &[("/prestations/4/cases/5/actes", "153999")],
        "Actes de la prestation 2.1.2.1, contrat : attendu 154000 au moins",
    ),
    // What establishments are called.
    (
        &[("/ensembles/0/nom", "\"IME\\nLes Tilleuls\"")],
        "sans caractère de contrôle ; trouvé 16 caractères",
    ),
    (
        &[("/ensembles/5/categorie", "\"<b>\"")],
        "Catégorie, contrat : attendu les trois chiffres",
    ),
];

#[test]
fn a_view_that_contradicts_itself_is_refused_with_what_was_expected_and_found() {
    let juste = document("forgee.csv", COHORTE.as_bytes(), &["--partage"]);
    for (changes, dit) in FORGEES {
        // given a view of ours, some figures of which are changed by hand
        let mut vue = juste.clone();
        for (place, valeur) in changes {
            *vue.pointer_mut(place).unwrap() = valeur.parse().unwrap();
        }
        // then it is refused, with what to do
        let refus = lit(&vue).err().unwrap_or_default();
        assert!(refus.contains(dit), "{changes:?}\n{dit}\n{refus}");
        assert!(refus.contains("efaites"), "{refus}");
    }
}

#[test]
fn a_name_that_does_not_fit_a_line_is_refused_by_both_doors() {
    let long = "É".repeat(121);
    let mut vue = document("noms.csv", COHORTE.as_bytes(), &["--partage"]);
    vue["ensembles"][0]["nom"] = json!(&long[2..]);
    assert!(lit(&vue).is_ok());
    vue["ensembles"][0]["nom"] = json!(long);
    let refus = lit(&vue).unwrap_err();
    assert!(refus.contains("120 caractères au plus"), "{refus}");
    // so that the command line makes no view that nobody takes
    let place = colonne("esms");
    let cohorte = change(|champs| champs[place].clone_from(&long));
    let (code, dit, erreur) = agrege("long.csv", cohorte.as_bytes(), &["--partage"]);
    assert_eq!((code, dit.as_str()), (Some(2), ""));
    assert!(erreur.contains("120 caractères au plus"), "{erreur}");
    assert!(!erreur.contains("ÉÉ"), "{erreur}");
}

#[test]
fn the_command_line_makes_no_view_that_shows_nothing() {
    let demande = |k| agrege("k.csv", COHORTE.as_bytes(), &["--partage", "--k", k]);
    assert_eq!(demande("1000").0, Some(0));
    let (code, _, erreur) = demande("1001");
    assert_eq!(code, Some(2));
    assert!(erreur.contains("1000 au plus ; trouvé 1001"), "{erreur}");
}

/// Of rows told whole: what is then wrong with each total.
#[test]
fn the_total_of_a_row_told_whole_is_its_sum() {
    let mut entieres = 0;
    for agregat in agregats(40) {
        let vue = json!(agregat.partage(5));
        for (genre, compte) in [("besoins", "besoin"), ("prestations", "beneficiaires")] {
            for (rang, ligne) in vue[genre].as_array().unwrap().iter().enumerate() {
                let (total, esms) = ligne["cases"].as_array().unwrap().split_last().unwrap();
                if esms.iter().any(|case| case[compte].is_null()) {
                    continue;
                }
                entieres += 1;
                // given a total that is not the sum, or that is hidden beside all of its parts
                let somme = total[compte].as_u64().unwrap();
                let mut faux = vec![json!(somme + 5)];
                if somme > 0 {
                    faux.push(json!(null));
                }
                for faux in faux {
                    let mut vue = vue.clone();
                    let total = &mut vue[genre][rang]["cases"][esms.len()];
                    total[compte] = faux.clone();
                    if faux.is_null() {
                        for suite in ["moyenne", "taux", "actes"] {
                            if total.get(suite).is_some() {
                                total[suite] = json!(null);
                            }
                        }
                    }
                    // then it is refused
                    assert!(lit(&vue).is_err(), "{genre} {faux}\n{ligne}");
                }
                if genre == "prestations" && somme > 0 {
                    let mut vue = vue.clone();
                    let actes = &mut vue[genre][rang]["cases"][esms.len()]["actes"];
                    *actes = json!(actes.as_u64().unwrap() + 1);
                    let refus = lit(&vue).unwrap_err();
                    assert!(refus.starts_with("Actes de la prestation"), "{refus}");
                }
            }
        }
    }
    assert!(entieres > 100, "{entieres}");
}
