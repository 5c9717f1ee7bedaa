//! Shared views read back: ours are taken, whatever tells more is not.

use super::{COHORTE, bancs, document};
use entente::metier::besoins::agregat::{Agregat, Lecture};
use entente::metier::besoins::cohorte::Echelle;
use entente::metier::besoins::partage::Partage;
use serde_json::{Value, json};

const K: u32 = 11;

fn agregats(combien: usize) -> Vec<Agregat> {
    let mut hasard = bancs::Hasard::nouveau(20_261_124);
    let agregat = |_| {
        let echelle = [Echelle::Niveaux, Echelle::Identifie][hasard.sous(2)];
        let lecture = Lecture {
            echelle,
            seuil: 2,
            large: false,
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
        for k in [5, 7, K] {
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
const CHANGES: [(&str, &str, &str); 20] = [
    ("", "\"bonjour\"", "n'est pas une vue partagée"),
    ("", "{\"annee\":2025}", "n'est pas une vue partagée"),
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
