//! A budget handed over: the workbook kept as it is, its verdicts those of its day; and contract,
//! notifications, EPRD and ERRD on one line.

use super::besoins::televerse;
use super::echanges::{Lue, envoie, lit};
use super::eprd::{classeur, dite};
use super::salle::Salle;
use axum::http::StatusCode;

const C: &str = "/contrats/rives-claires";
const PAGE: &str = "/contrats/rives-claires/eprd";
const DEPOTS: &str = "/contrats/rives-claires/eprd/depots?exercice=2026";
const TABLEAU: &str = "/contrats/rives-claires/eprd/alignement";
const FLUX: &str = "cpom/eprd-annuel-2026";
const SESSAD: &str = "990002024";
/// The authorities have notified, the EPRD is being prepared.
pub const JOUR: &str = "2026-05-04";

pub fn depose(salle: &Salle, qui: &str, champs: &[(&str, &str)], octets: &str) -> Lue {
    televerse(salle, qui, (DEPOTS, champs), octets.as_bytes())
}

fn partout(eprouve: impl Fn(Salle)) {
    for postgres in [false, true] {
        eprouve(Salle::sur(postgres, "rives-claires", JOUR));
    }
}

fn journal(salle: &Salle) -> usize {
    let page = lit(salle, "claire", &format!("{C}/journal")).texte;
    page.matches("pour contrôle").count()
}

/// What was handed over already is not again.
fn rejete(salle: &Salle, premier: &str, faite: &Lue) {
    // when the same request comes again, then it is done once
    let encore = depose(salle, "claire", &[("id", "d1")], premier);
    assert_eq!((encore.code, encore.vers), (faite.code, faite.vers.clone()));
    assert_eq!(journal(salle), 1);
    // when the same workbook is handed over again, then it is refused
    let pareil = depose(salle, "claire", &[("id", "d2")], premier);
    assert_eq!(
        pareil.code,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        pareil.texte
    );
    assert!(dite(&pareil).contains("déjà déposé"), "{}", pareil.texte);
}

#[test]
fn a_budget_is_kept_as_it_is_and_the_next_one_takes_nothing_from_it() {
    partout(|salle| {
        // given an exercise that nobody deposited for
        assert!(
            !lit(&salle, "claire", PAGE)
                .texte
                .contains("Classeurs déposés")
        );
        // when the gestionnaire hands over a workbook
        let premier = classeur();
        let faite = depose(&salle, "claire", &[("id", "d1")], &premier);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        let page = lit(&salle, "claire", &faite.vers);
        assert!(page.texte.contains("C’est enregistré"), "{}", page.texte);
        // then each party reads its verdicts, and takes back the same bytes
        for qui in ["claire", "karim", "sophie"] {
            let page = dite(&lit(&salle, qui, PAGE));
            for dit in [
                "Dépôt n° 1, gardé tel quel.",
                "à la date du 04/05/2026",
                "SESSAD Les Passerelles inscrit 900 000 €",
                "rejet proposé",
                "Les Rives Claires",
            ] {
                assert!(page.contains(dit), "{qui} {dit}\n{page}");
            }
            let rendu = lit(
                &salle,
                qui,
                &format!("{PAGE}/classeur?exercice=2026&depot=1"),
            );
            assert_eq!(rendu.octets, premier.as_bytes(), "{qui}");
        }
        rejete(&salle, &premier, &faite);
        // when another one is, then both are there, each with its own verdicts
        let second = premier.replace(";900000;EUR", ";789000;EUR");
        assert_ne!(second, premier);
        let faite = depose(&salle, "claire", &[("id", "d3")], &second);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        let page = dite(&lit(&salle, "karim", PAGE));
        assert!(page.contains("Dépôt n° 2, gardé tel quel."), "{page}");
        assert!(
            !page.contains("SESSAD Les Passerelles inscrit 900 000 €"),
            "{page}"
        );
        let ancien = dite(&lit(
            &salle,
            "karim",
            &format!("{PAGE}?exercice=2026&depot=1"),
        ));
        assert!(
            ancien.contains("SESSAD Les Passerelles inscrit 900 000 €"),
            "{ancien}"
        );
        let rendu = lit(
            &salle,
            "karim",
            &format!("{PAGE}/classeur?exercice=2026&depot=1"),
        );
        assert_eq!(rendu.octets, premier.as_bytes());
        assert_eq!(journal(&salle), 2);
    });
}

#[test]
fn only_the_gestionnaire_hands_a_budget_over_and_while_it_prepares_it() {
    let salle = Salle::au("rives-claires", JOUR);
    for qui in ["karim", "sophie"] {
        let page = lit(&salle, qui, PAGE);
        assert!(!page.texte.contains("Déposer pour contrôle"), "{qui}");
        let refusee = depose(&salle, qui, &[], &classeur());
        assert_eq!(refusee.code, StatusCode::FORBIDDEN, "{qui}");
        assert!(dite(&refusee).contains("revient au gestionnaire"));
    }
    assert!(
        lit(&salle, "claire", PAGE)
            .texte
            .contains("Déposer pour contrôle")
    );
    // a workbook that is not one keeps nothing
    for faux in ["", "a;b\n1;2\n"] {
        let refusee = depose(&salle, "claire", &[], faux);
        assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY, "{faux}");
    }
    assert_eq!(journal(&salle), 0);
    let absent = lit(
        &salle,
        "claire",
        &format!("{PAGE}/classeur?exercice=2026&depot=1"),
    );
    assert_eq!(absent.code, StatusCode::NOT_FOUND);
    // once it is filed on the platform, the file is closed
    let salle = Salle::au("rives-claires", "2026-05-20");
    let refusee = depose(&salle, "claire", &[], &classeur());
    assert_eq!(refusee.code, StatusCode::FORBIDDEN, "{}", refusee.texte);
}

#[test]
fn a_blocking_failure_holds_the_act_back() {
    for postgres in [false, true] {
        // given the draft of the budget not settled yet
        let salle = Salle::sur(postgres, "rives-claires", "2026-04-25");
        // and a budget whose checks block
        let faite = depose(&salle, "claire", &[], &classeur());
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        // when the gestionnaire settles it
        let champs = [
            ("flux", FLUX),
            ("lieu", "notifie"),
            ("acte", "preparer"),
            ("geste", "faire"),
            ("id", "a1"),
        ];
        let refusee = envoie(&salle, "claire", &format!("{C}/acte"), &champs);
        // then the act is refused, and says why
        assert_eq!(
            refusee.code,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            refusee.texte
        );
        assert!(
            dite(&refusee).contains("2 contrôles bloquants sont en échec"),
            "{}",
            refusee.texte
        );
    }
}

#[test]
fn what_is_notified_later_changes_no_verdict_and_is_told_beside() {
    let salle = Salle::au("rives-claires", JOUR);
    depose(&salle, "claire", &[], &classeur());
    let avant = dite(&lit(&salle, "karim", PAGE));
    assert!(!avant.contains("Décision modificative à étudier"));
    // when the ARS notifies more for an establishment
    let champs = [
        ("flux", FLUX),
        ("esms", SESSAD),
        ("notification.montant", "900000"),
        ("notification.date", "2026-05-04"),
        ("id", "n1"),
    ];
    let faite = envoie(
        &salle,
        "karim",
        &format!("{C}/ecrire/notification"),
        &champs,
    );
    assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
    // then the verdict of the deposit is what it was, and the gap is told
    let page = dite(&lit(&salle, "sophie", PAGE));
    for dit in [
        "SESSAD Les Passerelles inscrit 900 000 € de produits de la tarification pour 789 000 €",
        "Décision modificative à étudier",
        "900 000 € au lieu de 789 000 €, écart +111 000 €",
    ] {
        assert!(page.contains(dit), "{dit}\n{page}");
    }
}

/// The cells of a table that is given as csv, by the titles of its columns.
fn tableau(salle: &Salle) -> Vec<Vec<String>> {
    let csv = lit(salle, "sophie", &format!("{C}/export/alignement.csv"));
    assert_eq!(csv.code, StatusCode::OK, "{}", csv.texte);
    let mut lecteur = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(csv.octets.as_slice());
    let lignes = lecteur.records();
    lignes
        .map(|l| l.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn centimes(dit: &str) -> i64 {
    let serre = dit.replace(['\u{a0}', '\u{202f}', ' '], "");
    let (euros, reste) = serre.split_once(',').unwrap_or((&serre, "00"));
    format!("{euros}{reste:0<2}")
        .parse()
        .unwrap_or_else(|_| panic!("{dit}"))
}

/// The sum of a column, over the lines of a year.
fn somme(lignes: &[Vec<String>], annee: &str, colonne: usize) -> i64 {
    let siennes = lignes.iter().filter(|l| l[2] == annee);
    siennes
        .filter(|l| !l[colonne].is_empty())
        .map(|l| centimes(&l[colonne]))
        .sum()
}

#[test]
fn the_table_of_alignment_adds_up_to_the_annex_and_to_the_workbook() {
    partout(|salle| {
        // given a budget handed over, with cents
        let classeur = classeur().replace(";900000;EUR", ";900000,37;EUR");
        let faite = depose(&salle, "claire", &[], &classeur);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        // when the table is taken
        let lignes = tableau(&salle);
        // then its columns add up to what was notified, and to the accounts of the workbook
        let tarif = classeur.lines().map(|l| l.split(';').collect::<Vec<_>>());
        let tarif = tarif.filter(|c| c[4] == "CRP_PRODUIT" && c[5].starts_with("73"));
        let tarif: i64 = tarif.map(|c| centimes(c[8])).sum();
        assert_eq!(somme(&lignes, "2026", 10), tarif);
        assert!(tarif % 100 != 0, "{tarif}");
        let notifie = 78_900_000 + 56_400_000 + 90_200_000 + 47_500_000 + 21_200_000;
        assert_eq!(somme(&lignes, "2026", 9), notifie);
        // and to the lines of the annexes, year by year
        let annexes = lit(&salle, "sophie", &format!("{C}/export/moyens.csv"));
        let mut lecteur = csv::ReaderBuilder::new();
        let mut lecteur = lecteur
            .delimiter(b';')
            .from_reader(annexes.octets.as_slice());
        let titres = lecteur.headers().unwrap().clone();
        let rang = |titre: &str| titres.iter().position(|t| t == titre).unwrap();
        let (annee, nature, montant) = (rang("Exercice"), rang("Nature"), rang("Montant (€)"));
        let mut attendues = std::collections::BTreeMap::<String, i64>::new();
        for ligne in lecteur.records().map(Result::unwrap) {
            if ligne[nature].contains("econductible") && !ligne[nature].starts_with("Non") {
                *attendues.entry(ligne[annee].to_owned()).or_default() += centimes(&ligne[montant]);
            }
        }
        assert!(!attendues.is_empty(), "{titres:?}");
        for (annee, attendu) in attendues {
            assert_eq!(somme(&lignes, &annee, 8), attendu, "{annee}");
        }
        // and the page says the same sums
        let page = dite(&lit(&salle, "sophie", &format!("{TABLEAU}?exercice=2026")));
        assert!(page.contains("Total du contrat"), "{page}");
        assert!(page.contains(">7 180 000,37<"), "{page}");
        assert!(page.contains(">2 942 000<"), "{page}");
        for par in ["financeur", "categorie", "departement"] {
            let page = lit(
                &salle,
                "karim",
                &format!("{TABLEAU}?exercice=2026&par={par}"),
            );
            assert!(dite(&page).contains(">7 180 000,37<"), "{par}");
        }
    });
}
