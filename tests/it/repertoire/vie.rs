//! Taken in, taken in again, corrected, compared, backed up: the same on both databases.

use super::{EXTRAIT, avec_cle, consultation, ime, numero, prend};
use crate::bases::{dossier, lite, postgres};
use entente::app::execute::Entente;
use entente::app::repertoire::{Bilan, Genre, Prise};
use entente::metier::contrat::diagnostic::Source;
use entente::metier::repertoire::Valeur;
use std::fmt::Write as _;

const ENTIER: Prise = Prise {
    a_blanc: false,
    partielle: false,
};
const A_BLANC: Prise = Prise {
    a_blanc: true,
    partielle: false,
};

fn comptes(bilan: &Bilan) -> (u64, u64, u64, bool) {
    (bilan.ajoutes, bilan.modifies, bilan.inchanges, bilan.ecrit)
}

/// Forty-two IME: four in Corse-du-Sud, one more in Corsica, thirty-seven elsewhere; what each says
/// of one year.
fn semblables() -> (String, String) {
    let mut extrait = String::new();
    let mut tdb = "Finess;Année;Nombre de CDD de remplacement\n".to_owned();
    let lieux = (0..4).map(|_| "2A").chain(["2B"]);
    for (rang, departement) in lieux.chain((0..37).map(|_| "31")).enumerate() {
        let finess = avec_cle(&format!("{departement}000{rang:03}"));
        extrait.push_str(&ime(&finess, departement));
        writeln!(tdb, "{finess};2024;{rang}").unwrap();
    }
    (extrait, tdb)
}

/// A register filled in, its figures corrected. Answers all that pages would read of it.
async fn vit(entente: &Entente) -> String {
    // given an extract, tried first
    let essai = prend(entente, Genre::Finess, EXTRAIT, A_BLANC).await;
    assert_eq!(comptes(&essai), (8, 0, 0, false));
    let bilan = prend(entente, Genre::Finess, EXTRAIT, ENTIER).await;
    assert_eq!(comptes(&bilan), (8, 0, 0, true));
    assert_eq!((bilan.lus, bilan.refuses_en_tout), (10, 0));
    // when it is taken in again, then nothing changes
    let bilan = prend(entente, Genre::Finess, EXTRAIT, ENTIER).await;
    assert_eq!(comptes(&bilan), (0, 0, 8, false));
    // when a place moves and a name changes, then it is said
    let corrige = EXTRAIT.replace("ESAT DES RIVES", "ESAT DU RIVAGE");
    let bilan = prend(entente, Genre::Finess, &corrige, ENTIER).await;
    assert_eq!(comptes(&bilan), (0, 1, 7, true));
    let dit = &bilan.changements[0];
    assert_eq!(
        (
            dit.quoi.as_str(),
            dit.champ,
            dit.avant.as_str(),
            dit.apres.as_str()
        ),
        (
            "établissement 990001018",
            "nom",
            "ESAT DES RIVES",
            "ESAT DU RIVAGE"
        )
    );
    // given figures, one of an establishment that is not in the register
    let tdb = "Finess;Année;Taux d'ETP vacants au 31/12;Nombre de CDD de remplacement\n\
               990001018;2024;.1197;5\n2A0000204;2024;.02;\n010008407;2024;;3\n";
    let bilan = prend(entente, Genre::Tdb, tdb, ENTIER).await;
    assert_eq!(comptes(&bilan), (4, 0, 0, true));
    assert!(
        bilan.signalements[0].contains("pas au répertoire : 1."),
        "{bilan:?}"
    );
    assert_eq!(
        comptes(&prend(entente, Genre::Tdb, tdb, ENTIER).await),
        (0, 0, 4, false)
    );
    // when one is corrected, then the old one stays beside it
    let corrige = tdb.replace(".1197", ".1200");
    let bilan = prend(entente, Genre::Tdb, &corrige, ENTIER).await;
    assert_eq!(comptes(&bilan), (0, 1, 3, true));
    let consultation = consultation(entente);
    let chiffres = consultation.chiffres(&[numero("990001018")]).await.unwrap();
    let vacants = &chiffres[0];
    assert_eq!(vacants.chiffre.indicateur, "TDB-2.01");
    assert_eq!(vacants.chiffre.valeur.to_string(), "12");
    assert_eq!(vacants.chiffre.source, Source::Tdb);
    let (ancienne, jour) = vacants.ancienne.clone().unwrap();
    assert_eq!(
        (ancienne, jour),
        (Valeur::lue("11,97"), "2026-11-23".parse().unwrap())
    );
    assert_eq!(chiffres[1].ancienne, None);
    // given results of the HAS, then both readings are there with their terms
    let has = "finess_geo;eval_date_fin;indice_qualite;nb_ci;nb_ci_atteints;nb_ci_sup_3_5\n\
               990001018;2025-03-04;B;16;12;14\n";
    assert_eq!(
        comptes(&prend(entente, Genre::Has, has, ENTIER).await),
        (3, 0, 0, true)
    );
    lus(entente).await
}

async fn lus(entente: &Entente) -> String {
    let consultation = consultation(entente);
    let mut lus = String::new();
    let ej = numero("2A0000014");
    for numero in [
        numero("2A0000204"),
        numero("990001018"),
        numero("010008407"),
    ] {
        let etablissement = consultation.etablissement(&numero).await.unwrap();
        let chiffres = consultation.chiffres(&[numero]).await.unwrap();
        writeln!(lus, "{etablissement:#?}\n{chiffres:#?}").unwrap();
    }
    let imports = consultation.imports_du_repertoire().await.unwrap();
    let de_ej = consultation.etablissements_de(&ej).await.unwrap();
    assert_eq!(de_ej.len(), 2);
    writeln!(lus, "{de_ej:#?}\n{imports:#?}").unwrap();
    lus
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_is_filled_in_and_corrected_the_same_on_both_databases() {
    let (sur_lite, _) = lite().await;
    let (sur_pg, _) = postgres().await;
    let lus = vit(&sur_lite).await;
    assert_eq!(lus, vit(&sur_pg).await);
    for attendu in [
        "Q-HAS-2/arrondi",
        "autorisee: 52",
        "ASSOCIATION FICTIVE",
        "AJACCIO CEDEX",
    ] {
        assert!(lus.contains(attendu), "{attendu}");
    }
    sur_lite.fermer().await;
    sur_pg.fermer().await;
}

/// What is said of one indicator: territory, structures, quartiles; and why it is not nearer.
async fn dit(entente: &Entente, departement: &str) -> (String, Option<String>) {
    let consultation = consultation(entente);
    let comparaison = consultation.comparaison("183", departement, 2024).await;
    let comparaison = comparaison.unwrap();
    assert_eq!(comparaison.repere("TDB-2.01").reference, None);
    let repere = comparaison.repere("TDB-2.12");
    let reference = repere.reference.map_or_else(String::new, |r| {
        let quartiles = format!("{} {} {}", r.q1, r.mediane, r.q3);
        format!("{} : {} ; {quartiles}", r.territoire, r.structures)
    });
    (reference, repere.repli())
}

async fn compare(entente: &Entente) {
    // given lists of 37, 5 and 4 establishments
    let (extrait, tdb) = semblables();
    prend(entente, Genre::Tdb, &tdb, ENTIER).await;
    assert_eq!(
        dit(entente, "31").await.0,
        "",
        "no establishment is in the register yet"
    );
    let bilan = prend(entente, Genre::Finess, &extrait, ENTIER).await;
    assert_eq!(bilan.ajoutes, 42);
    // then the nearest territory of five at least is shown, exactly, and the others are said
    let (ici, repli) = dit(entente, "31").await;
    assert_eq!(
        (ici.as_str(), repli),
        ("le département 31 : 37 ; 14 23 32", None)
    );
    let (corse, repli) = dit(entente, "2A").await;
    assert_eq!(corse, "la région Corse : 5 ; 1 2 3");
    let pourquoi = "Repère pour la région Corse : moins de 5 structures semblables dans le \
                    département 2A.";
    assert_eq!(repli.as_deref(), Some(pourquoi));
    let (pays, repli) = dit(entente, "974").await;
    assert_eq!(pays, "le pays : 42 ; 10,25 20,5 30,75");
    assert!(
        repli
            .unwrap()
            .contains("aucun repère chargé pour la région La Réunion")
    );
    // when one moves to the other département, then what is shown follows
    let demenage = ime(&avec_cle("2B000004"), "2A");
    prend(entente, Genre::Finess, &demenage, ENTIER).await;
    assert_eq!(dit(entente, "2A").await.0, "le département 2A : 5 ; 1 2 3");
}

#[tokio::test(flavor = "multi_thread")]
async fn similar_establishments_are_compared_the_same_on_both_databases() {
    let (sur_lite, _) = lite().await;
    let (sur_pg, _) = postgres().await;
    compare(&sur_lite).await;
    compare(&sur_pg).await;
    sur_lite.fermer().await;
    sur_pg.fermer().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_refused_refuses_the_file_unless_the_others_are_asked_for() {
    let (entente, _) = lite().await;
    let tdb = "Finess;Année;Nombre de CDD de remplacement\n\
               990001018;2024;5\n2A0000204;2024;beaucoup\n";
    // when one line of a file is wrong, then nothing is written, and what would be is told
    let bilan = prend(&entente, Genre::Tdb, tdb, ENTIER).await;
    assert_eq!(
        (comptes(&bilan), bilan.refuses_en_tout),
        ((1, 0, 0, false), 1)
    );
    let consultation = consultation(&entente);
    let lus = consultation.chiffres(&[numero("990001018")]).await.unwrap();
    assert_eq!(lus, []);
    // when the others are asked for, then they are written
    let partielle = Prise {
        partielle: true,
        ..ENTIER
    };
    let bilan = prend(&entente, Genre::Tdb, tdb, partielle).await;
    assert_eq!(
        (comptes(&bilan), bilan.refuses_en_tout),
        ((1, 0, 0, true), 1)
    );
    let lus = consultation.chiffres(&[numero("990001018")]).await.unwrap();
    assert_eq!(lus.len(), 1);
    // but not those of a file that is not of the expected shape
    let coupe = format!("{tdb}990001018;2025");
    let bilan = prend(&entente, Genre::Tdb, &coupe, partielle).await;
    assert_eq!(comptes(&bilan), (0, 0, 0, false));
    entente.fermer().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_is_restored_as_it_was() {
    let (entente, _) = postgres().await;
    let lus_avant = vit(&entente).await;
    let copie = dossier("repertoire").join("copie.entente");
    entente.sauvegarder(&copie).await.unwrap();
    let (neuve, _) = lite().await;
    neuve.restaurer(&copie).await.unwrap();
    assert_eq!(lus(&neuve).await, lus_avant);
    // and nothing is poured over a register
    let (pleine, _) = lite().await;
    prend(&pleine, Genre::Finess, EXTRAIT, ENTIER).await;
    pleine.restaurer(&copie).await.unwrap_err();
    for entente in [entente, neuve, pleine] {
        entente.fermer().await;
    }
}
