use super::*;
use crate::metier::referentiels::indicateurs;
use proptest::prelude::*;

fn n(texte: &str) -> Nombre {
    Nombre::du_texte(texte).unwrap()
}

fn tous(textes: &[&str]) -> Vec<Nombre> {
    textes.iter().map(|texte| n(texte)).collect()
}

/// Rates of 37 establishments, as they came.
const TRENTE_SEPT: [&str; 37] = [
    "91,27", "84,5", "103,1", "97,04", "88,88", "79,6", "95", "92,31", "100", "86,4", "90,05",
    "98,7", "93,66", "81,2", "96,35", "89,17", "94,42", "87,03", "99,99", "85,75", "101,4", "82,9",
    "97,5", "91,8", "90,6", "95,71", "83,33", "88,1", "92,95", "96,9", "80,4", "94", "98,02",
    "86,99", "93,1", "89,9", "104,25",
];
const CINQ: [&str; 5] = ["12,5", "3", "7,25", "9,1", "4,4"];
const QUATRE: [&str; 4] = ["0,1", "0,4", "0,2", "0,8"];

const AN: Semblables<'static> = Semblables {
    annee: 2024,
    indicateur: "TDB-1.01",
    categorie: "183",
};

fn reference(territoire: Maille, valeurs: &[&str]) -> Reference {
    Reference::calcule(&AN, territoire, &tous(valeurs)).unwrap()
}

fn departement() -> Maille {
    Maille::Departement("31".to_owned())
}

fn mailles() -> [Maille; 3] {
    let region = Maille::Region("76".to_owned());
    [departement(), region, Maille::Nation]
}

/// Sorted, 37 values have their quartiles at ranks 1 + 36 × ¼ = 10, 19 and 28 exactly:
/// 79,6 80,4 81,2 82,9 83,33 84,5 85,75 86,4 86,99 [87,03] 88,1 88,88 89,17 89,9 90,05 90,6 91,27
/// 91,8 [92,31] 92,95 93,1 93,66 94 94,42 95 95,71 96,35 [96,9] 97,04 97,5 98,02 98,7 99,99 100…
/// Five have them at ranks 2, 3 and 4: 3 [4,4] [7,25] [9,1] 12,5.
/// Four, at ranks 1,75, 2,5 and 3,25, between 0,1 0,2 0,4 0,8: 0,1 + ¾ × 0,1; 0,2 + ½ × 0,2;
/// 0,4 + ¼ × 0,4.
/// Six, at ranks 2,25, 3,5 and 4,75, between 1 2 4 8 16 32: 2 + ¼ × 2; 4 + ½ × 4; 8 + ¾ × 8.
#[test]
fn quartiles_are_exact() {
    let six = ["32", "1", "16", "2", "8", "4"];
    for (valeurs, attendus) in [
        (TRENTE_SEPT.as_slice(), ["87,03", "92,31", "96,9"]),
        (&CINQ, ["4,4", "7,25", "9,1"]),
        (&QUATRE, ["0,175", "0,3", "0,5"]),
        (&six, ["2,5", "6", "14"]),
        (&["-2,5"], ["-2,5", "-2,5", "-2,5"]),
    ] {
        let attendus = attendus.map(n);
        assert_eq!(quartiles(&tous(valeurs)), Some(attendus), "{valeurs:?}");
    }
    assert_eq!(quartiles(&[]), None);
    // Nothing is rounded: what does not hold in a number is not told.
    assert_eq!(
        quartiles(&tous(&["9223372036854775807", "9223372036854775806"])),
        None
    );
}

#[test]
fn thirty_seven_and_five_are_shown_and_four_are_not() {
    for (valeurs, montres) in [
        (TRENTE_SEPT.as_slice(), true),
        (&CINQ, true),
        (&QUATRE, false),
    ] {
        let references = [reference(departement(), valeurs)];
        let repere = repere(&references, &AN, &[departement()], 5);
        assert_eq!(repere.reference, montres.then_some(&references[0]));
        assert_eq!(repere.repli().is_none(), montres);
    }
}

#[test]
fn a_wider_territory_is_said() {
    let [departement, region, nation] = mailles();
    let peu = reference(departement.clone(), &QUATRE);
    let regionale = reference(region.clone(), &CINQ);
    let nationale = reference(nation, &TRENTE_SEPT);
    let lu = |references: &[Reference]| {
        let repere = repere(references, &AN, &mailles(), 5);
        let territoire = repere.reference.map(|r| r.territoire.clone());
        (territoire, repere.repli().unwrap_or_default())
    };
    let assez = reference(departement.clone(), &CINQ);
    let (territoire, dit) = lu(&[nationale.clone(), regionale.clone(), assez]);
    assert_eq!((territoire, dit.as_str()), (Some(departement), ""));
    let (territoire, dit) = lu(&[nationale.clone(), regionale, peu.clone()]);
    assert_eq!(territoire, Some(region));
    assert_eq!(
        dit,
        "Repère pour la région Occitanie : moins de 5 structures semblables dans le département 31."
    );
    let (territoire, dit) = lu(&[nationale, peu.clone()]);
    assert_eq!(territoire, Some(Maille::Nation));
    assert_eq!(
        dit,
        "Repère pour le pays : moins de 5 structures semblables dans le département 31, aucun \
         repère chargé pour la région Occitanie."
    );
    let (territoire, dit) = lu(&[peu]);
    assert_eq!(territoire, None);
    assert!(
        dit.starts_with("Aucun repère affiché : moins de 5 structures"),
        "{dit}"
    );
}

#[test]
fn territories_widen_around_a_departement() {
    assert_eq!(Maille::autour("31"), mailles());
    let nulle_part = Maille::Departement("99".to_owned());
    assert_eq!(Maille::autour("99"), [nulle_part, Maille::Nation]);
}

#[test]
fn only_the_same_year_indicator_and_category_are_compared() {
    let juste = reference(departement(), &CINQ);
    let autres = [
        Reference {
            annee: 2023,
            ..juste.clone()
        },
        Reference {
            indicateur: "TDB-1.02".to_owned(),
            ..juste.clone()
        },
        Reference {
            categorie: "182".to_owned(),
            ..juste.clone()
        },
        Reference {
            territoire: Maille::Departement("98".to_owned()),
            ..juste
        },
    ];
    let repere = repere(&autres, &AN, &[departement()], 5);
    assert_eq!(repere.reference, None);
    assert_eq!(repere.ecartes, [(departement(), Ecart::Absente)]);
}

#[test]
fn a_position_is_coloured_only_when_a_way_is_good() {
    use Couleur::{Aucune, Defavorable, Favorable};
    use Position::{AuDessusDeQ3, EntreMedianeEtQ3, EntreQ1EtMediane, SousQ1};
    // Quartiles 4,4, 7,25 and 9,1; by sense: haut, bas, cible, contexte.
    let reference = reference(departement(), &CINQ);
    let codes = ["TDB-3.03", "TDB-2.01", "TDB-1.01", "TDB-1.04"];
    let sens = codes.map(|code| indicateurs::par_code(code).unwrap().sens);
    assert_eq!(sens, [Sens::Haut, Sens::Bas, Sens::Cible, Sens::Contexte]);
    for (valeur, position, couleurs) in [
        ("4,39", SousQ1, [Defavorable, Favorable, Aucune, Aucune]),
        ("4,4", EntreQ1EtMediane, [Aucune; 4]),
        ("7,25", EntreQ1EtMediane, [Aucune; 4]),
        ("7,26", EntreMedianeEtQ3, [Aucune; 4]),
        ("9,1", EntreMedianeEtQ3, [Aucune; 4]),
        (
            "9,11",
            AuDessusDeQ3,
            [Favorable, Defavorable, Aucune, Aucune],
        ),
    ] {
        for (code, couleur) in codes.into_iter().zip(couleurs) {
            let indicateur = indicateurs::par_code(code).unwrap();
            let situation = situe(indicateur, n(valeur), &reference);
            assert_eq!(
                (situation.position, situation.couleur),
                (position, couleur),
                "{code}"
            );
            let ecart = n(valeur).moins(n("100"));
            let attendu = ecart.filter(|_| indicateur.sens == Sens::Cible);
            assert_eq!(situation.ecart_cible, attendu, "{code} {valeur}");
        }
    }
}

fn annees(valeurs: &[&str]) -> BTreeMap<i32, Nombre> {
    (2022..).zip(tous(valeurs)).collect()
}

#[test]
fn a_trend_needs_its_years() {
    let dite = |unite, valeurs| {
        let tendance = tendance(unite, &annees(valeurs), 3)?;
        assert_eq!(tendance.annees, (2022, 2024));
        Some((tendance.mouvement, tendance.evolution?))
    };
    let taux = |valeurs| dite(Unite::Pourcent, valeurs);
    assert_eq!(taux(&["10", "12"]), None);
    let points = |texte| Evolution::Points(n(texte));
    assert_eq!(
        taux(&["10", "12", "12"]),
        Some((Mouvement::Hausse, points("2")))
    );
    assert_eq!(
        taux(&["10", "9,5", "9"]),
        Some((Mouvement::Baisse, points("-1")))
    );
    assert_eq!(
        taux(&["10", "10", "10"]),
        Some((Mouvement::Stable, points("0")))
    );
    assert_eq!(
        taux(&["10", "14", "11"]),
        Some((Mouvement::Variable, points("1")))
    );
    let euros = dite(Unite::Euros, &["-200", "-150", "-100"]);
    assert_eq!(
        euros,
        Some((Mouvement::Hausse, Evolution::Pourcent(n("50"))))
    );
    assert_eq!(dite(Unite::Euros, &["0", "1", "2"]), None);
    let jours = dite(Unite::Jours, &["30", "20", "10"]);
    assert_eq!(
        jours,
        Some((Mouvement::Baisse, Evolution::Unites(n("-20"))))
    );
    assert_eq!(dite(Unite::OuiNon, &["0", "1", "1"]), None);
    assert_eq!(tendance(Unite::Jours, &annees(&["1"]), 0), None);
    assert_eq!(tendance(Unite::Jours, &BTreeMap::new(), 0), None);
}

fn chiffre(valeur: &str, termes: Option<(&str, &str)>) -> Chiffre {
    Chiffre {
        valeur: n(valeur),
        termes: termes.map(|(haut, bas)| (n(haut), n(bas))),
    }
}

#[test]
fn a_contract_is_made_of_sums_or_of_a_median_never_of_an_average() {
    let consolide = |code, chiffres: &[Chiffre]| {
        let lu = consolide(indicateurs::par_code(code).unwrap(), chiffres)?;
        Some((lu.0.to_string(), lu.1))
    };
    // 1 of 10 and 30 of 100: 31 of 110 is 28,18 %; the average of the rates would be 20 %.
    let connus = [
        chiffre("10", Some(("1", "10"))),
        chiffre("30", Some(("30", "100"))),
    ];
    let termes = Some(("28,18".to_owned(), Consolidation::Termes));
    assert_eq!(consolide("TDB-2.01", &connus), termes);
    // One whose terms are unknown: the median of 10, 30 and 80, not their average, 40.
    let [a, b] = connus;
    let mediane = Some(("30".to_owned(), Consolidation::Mediane));
    assert_eq!(consolide("TDB-2.01", &[a, b, chiffre("80", None)]), mediane);
    let nuls = [chiffre("0", Some(("0", "0")))];
    let mediane = Some(("0".to_owned(), Consolidation::Mediane));
    assert_eq!(consolide("TDB-2.01", &nuls), mediane);
    let etp = [chiffre("12,5", None), chiffre("30", None)];
    let total = Some(("42,5".to_owned(), Consolidation::Somme));
    assert_eq!(consolide("TDB-2.13", &etp), total);
    // Points of GMP do not add up.
    let mediane = Some(("21,25".to_owned(), Consolidation::Mediane));
    assert_eq!(consolide("TDB-1.05", &etp), mediane);
    assert_eq!(consolide("TDB-2.01", &[]), None);
    assert_eq!(consolide("TDB-4.03", &etp), None);
}

fn any_nombre() -> impl Strategy<Value = Nombre> {
    "-?[0-9]{1,5}(,[0-9]{1,4})?".prop_map(|texte| n(&texte))
}

fn any_list() -> impl Strategy<Value = Vec<Nombre>> {
    proptest::collection::vec(any_nombre(), 1..60)
}

proptest! {
    #[test]
    fn the_order_of_a_list_is_indifferent(
        (liste, melange) in any_list().prop_flat_map(|l| (Just(l.clone()), Just(l).prop_shuffle())),
    ) {
        prop_assert_eq!(quartiles(&liste), quartiles(&melange));
    }

    #[test]
    fn quartiles_are_in_order_and_within_the_list(liste in any_list()) {
        let [q1, mediane, q3] = quartiles(&liste).unwrap();
        prop_assert!(liste.iter().min().unwrap() <= &q1);
        prop_assert!(q1 <= mediane && mediane <= q3);
        prop_assert!(&q3 <= liste.iter().max().unwrap());
    }

    /// A quarter of the list at least is on each side of a quartile.
    #[test]
    fn quartiles_part_the_list(liste in any_list()) {
        let [q1, mediane, q3] = quartiles(&liste).unwrap();
        for (quartile, quarts) in [(q1, 1), (mediane, 2), (q3, 3)] {
            let dessous = liste.iter().filter(|v| **v <= quartile).count();
            let dessus = liste.iter().filter(|v| **v >= quartile).count();
            prop_assert!(dessous * 4 > (liste.len() - 1) * quarts);
            prop_assert!(dessus * 4 > (liste.len() - 1) * (4 - quarts));
        }
    }

    /// One figure that rises lowers no quartile.
    #[test]
    fn quartiles_follow_the_figures(
        mut liste in any_list(),
        rang in any::<prop::sample::Index>(),
        de in "[0-9]{1,5},[0-9]{1,4}",
    ) {
        let avant = quartiles(&liste).unwrap();
        let monte = rang.get_mut(&mut liste);
        *monte = monte.plus(n(&de)).unwrap();
        let apres = quartiles(&liste).unwrap();
        prop_assert!(avant.iter().zip(&apres).all(|(avant, apres)| avant <= apres));
    }

    /// A higher figure is never placed lower.
    #[test]
    fn positions_follow_the_figures(liste in any_list(), a in any_nombre(), b in any_nombre()) {
        let reference = Reference::calcule(&AN, departement(), &liste).unwrap();
        let (a, b) = (a.min(b), a.max(b));
        prop_assert!(Position::de(a, &reference) <= Position::de(b, &reference));
    }
}
