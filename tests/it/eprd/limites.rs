//! The cases at the edge, and what holds whatever the lines are.

use super::bascules::{avec_plafond, complet, fais};
use super::{
    DU_CONTRAT, EQUILIBRE, REJETE, ajoute, cle, dite, du_code, jour, ligne, lu, nom, regles,
    verdict,
};
use entente::metier::budget::calculs::Compte;
use entente::metier::budget::controles::{Bilan, Resultat, Verdict, controler};
use entente::metier::budget::lecteur::Lecteur;
use entente::metier::budget::lignes::{Bloc, Cle, Lieu, Lignes, MONTANT_MAX, QUANTITE_MAX, Valeur};
use entente::metier::budget::ratios::{Niveau, Valeur as Releve, relever};
use entente::metier::nombre::Nombre;
use entente::metier::referentiels::comptes::{Groupe, Sens, groupe, tous};
use entente::metier::referentiels::controles::fiches;
use entente::regles::paquet::Silence;
use proptest::prelude::*;
use std::fmt::Write as _;

/// The balanced example, after this was done to it.
fn equilibre(gestes: &str) -> Lignes {
    let mut lignes = lu(EQUILIBRE);
    if !gestes.is_empty() {
        fais(&mut lignes, gestes);
    }
    lignes
}

#[test]
fn the_day_it_is_due_follows_from_what_was_notified() {
    let ars = "DEPOT DATE_NOTIFICATION_ARS";
    let cd = "DEPOT DATE_NOTIFICATION_CD";
    let depot = "DEPOT DATE_DEPOT_EPRD";
    for (notifie_ars, notifie_cd, limite) in [
        ("2026-05-12", "2026-04-20", "2026-06-11"),
        ("2026-06-20", "2026-04-20", "2026-06-30"),
        ("2026-02-15", "2026-02-10", "2026-04-30"),
        ("2026-03-31", "2026-02-10", "2026-04-30"),
        ("2026-04-01", "2026-02-10", "2026-05-01"),
        ("2026-05-31", "2026-04-20", "2026-06-30"),
    ] {
        let limite = jour(limite);
        for (jours, attendu) in [(0, Verdict::Ok), (1, Verdict::Ko)] {
            let depose = limite + chrono::Days::new(jours);
            // When
            let lignes = equilibre(&format!(
                "{ars} = {notifie_ars} ; {cd} = {notifie_cd} ; {depot} = {depose}"
            ));
            let resultats = controler(&lignes, &regles());
            // Then
            let delai = du_code(&resultats, "RE-01");
            assert_eq!(delai.verdict, attendu, "{notifie_ars} {depose}");
            let dit = dite(&delai.constats[0].valeurs, "limite");
            assert_eq!(dit, Some(limite.format("%d/%m/%Y").to_string()));
        }
    }
}

#[test]
fn without_a_notification_it_is_due_on_the_thirtieth_of_june() {
    let sans = "sans DEPOT DATE_NOTIFICATION_ARS ; sans DEPOT DATE_NOTIFICATION_CD";
    for (depose, attendu) in [("2026-06-30", Verdict::Ok), ("2026-07-01", Verdict::Ko)] {
        let lignes = equilibre(&format!("{sans} ; DEPOT DATE_DEPOT_EPRD = {depose}"));
        assert_eq!(verdict(&lignes, "RE-01"), attendu, "{depose}");
    }
}

#[test]
fn a_notification_received_after_the_deposit_makes_nothing_late() {
    // Given a first notification that makes it due on 30 April, and another after the deposit
    let gestes = |depose| {
        format!(
            "DEPOT DATE_NOTIFICATION_CD = 2026-02-10 ; DEPOT DATE_NOTIFICATION_ARS = 2026-05-12 ; \
             DEPOT DATE_DEPOT_EPRD = {depose}"
        )
    };
    for (depose, attendu) in [
        ("2026-04-30", Verdict::Ok),
        ("2026-05-11", Verdict::Ko),
        // Received the same day, it counts.
        ("2026-05-12", Verdict::Ok),
    ] {
        assert_eq!(
            verdict(&equilibre(&gestes(depose)), "RE-01"),
            attendu,
            "{depose}"
        );
    }
}

#[test]
fn silence_under_a_plan_of_redressement_rejects() {
    // Given the balanced example, with a plan
    let lignes = equilibre("DEPOT PLAN_REDRESSEMENT = oui");
    // When
    let bilan = Bilan::de(&controler(&lignes, &regles()));
    // Then what is checked is the same, and silence means the other thing, the same day
    assert_eq!(bilan, Bilan::de(&controler(&lu(EQUILIBRE), &regles())));
    for (regle, effet) in [
        ("T_EPRD_APPROB", Silence::Approved),
        ("T_EPRD_APPROB_PRE", Silence::Rejected),
    ] {
        assert_eq!(DU_CONTRAT.rules[regle].silence, Some(effet));
        assert_eq!(
            regles().apres(regle, jour("2026-06-05")),
            Some(jour("2026-07-05"))
        );
    }
}

#[test]
fn limits_of_the_reference_hold() {
    for (code, gestes, attendu) in [
        ("EQ-06", "CRP_CHARGE 60 EANM = 149999", Verdict::Ok),
        ("EQ-06", "CRP_CHARGE 60 EANM = 149998", Verdict::Ko),
        ("EQ-06", "CRP_CHARGE 60 EANM = 150001", Verdict::Ok),
        ("EQ-06", "CRP_CHARGE 60 EANM = 150002", Verdict::Ko),
        ("EQ-04", "TFP EMPLOI_16 = 286000", Verdict::Ok),
        (
            "EQ-05",
            "CNR CHARGES_IDENTIFIEES IME = 12000 ; CNR FONDS_DEDIES IME = 18000",
            Verdict::Ok,
        ),
        (
            "EQ-05",
            "CNR CHARGES_IDENTIFIEES IME = 12000 ; CNR FONDS_DEDIES IME = 17999,99",
            Verdict::Ko,
        ),
        ("AL-11", "sans CPOM ACTIVITE_THEORIQUE SAVS", Verdict::Ne),
        ("AL-11", "CPOM ACTIVITE_THEORIQUE SAVS = 0", Verdict::Ne),
        ("AL-12", "sans CPOM ACTIVITE_THEORIQUE SAVS", Verdict::Ne),
    ] {
        assert_eq!(
            verdict(&equilibre(gestes), code),
            attendu,
            "{code} {gestes}"
        );
    }
}

#[test]
fn what_cannot_be_divided_is_told_not_computed() {
    let releve = |gestes: &str, code: &str| {
        let releves = relever(&equilibre(gestes));
        let releve = releves.into_iter().find(|r| r.fiche.code == code).unwrap();
        (releve.valeur, releve.niveau)
    };
    for caf_nulle_ou_moins in ["CRP_CHARGE 60 IME = 536000", "CRP_CHARGE 60 IME = 536001"] {
        let (valeur, niveau) = releve(caf_nulle_ou_moins, "RF-08");
        assert!(matches!(valeur, Releve::NonDefini(_)), "{valeur:?}");
        assert_eq!(niveau, Niveau::Alerte);
    }
    for bfr_nul_ou_moins in [
        "BILAN AC_41_44 2025 = 710000",
        "BILAN AC_41_44 2025 = 709999,99",
    ] {
        let (valeur, niveau) = releve(bfr_nul_ou_moins, "RF-18");
        assert!(matches!(valeur, Releve::SansObjet(_)), "{valeur:?}");
        assert_eq!(niveau, Niveau::Bon);
    }
    let (valeur, _) = releve("sans BILAN * 2025", "RF-18");
    assert!(matches!(valeur, Releve::Absent(manque) if !manque.is_empty()));
}

#[test]
fn the_longest_account_decides_and_vintages_change_it() {
    let prefixe = |compte| groupe(compte, Sens::Charge, 2026).map(|c| c.prefixe);
    assert_eq!(prefixe("6556"), Some("6556"));
    assert_eq!(prefixe("6559"), Some("655"));
    assert_eq!(prefixe("650"), Some("65"));
    let libelle = |annee| groupe("657", Sens::Charge, annee).map(|c| c.libelle);
    assert_ne!(libelle(2024), libelle(2026));
    assert!(libelle(2024).is_some() && libelle(2026).is_some());
}

#[test]
fn an_unknown_account_is_in_no_group() {
    // Given an account of no group
    let mut lignes = equilibre("");
    ajoute(&mut lignes, "CRP_CHARGE 99 IME", Valeur::Montant(100));
    // When
    let resultats = controler(&lignes, &regles());
    // Then
    let groupes = du_code(&resultats, "CO-01");
    assert_eq!(groupes.verdict, Verdict::Ne);
    let dits = groupes.constats.iter().flat_map(|c| &c.manque);
    assert!(dits.into_iter().any(|cle| cle.code.contains("99")));
}

#[test]
fn a_number_that_lost_its_zero_is_given_it_back() {
    // Given the number as a spreadsheet keeps it
    let lignes = lu(&EQUILIBRE.replace(";990001026;", ";10009132;"));
    // Then
    assert_eq!(lignes.ej, "010009132");
    assert_eq!(verdict(&lignes, "RE-04"), Verdict::Ok);
}

#[test]
fn a_false_key_is_told_with_its_number() {
    for (juste, faux) in [("990001026", "990001027"), ("990002057", "990002058")] {
        // When
        let resultats = controler(&lu(&EQUILIBRE.replace(juste, faux)), &regles());
        // Then
        let finess = du_code(&resultats, "RE-04");
        let echecs: Vec<_> = finess
            .echecs()
            .map(|c| dite(&c.valeurs, "finess"))
            .collect();
        assert_eq!(echecs, [Some(faux.to_owned())]);
    }
}

/// An EAM of 22 places paid by the ARS and by the département.
const EAM: &str = "\
IDENT;AUTORITE;ARS+CD;texte
IDENT;REGIME_EQUILIBRE;non_strict;texte
IDENT;CAPACITE;22;place
NOTIF;PRODUITS_TARIF_ARS;620000;EUR
NOTIF;PRODUITS_TARIF_CD;1150000;EUR
CRP_PRODUIT;731;620000;EUR
CRP_PRODUIT;733;1160000;EUR
CRP_CHARGE;60;500000;EUR
CRP_CHARGE;641;1250000;EUR
";

fn eam(avant: &str, en_plus: &str) -> Lignes {
    let mut csv = avant.to_owned();
    for ligne in EAM.lines().chain(en_plus.lines()) {
        let [bloc, code, valeur, unite] = ligne.split(';').collect::<Vec<_>>()[..] else {
            panic!("{ligne}");
        };
        let qui = "2026;990001026;990002065;EAM";
        writeln!(csv, "{qui};{bloc};{code};EAM;2026;{valeur};{unite}").unwrap();
    }
    lu(&csv)
}

fn titres() -> &'static str {
    EQUILIBRE.split_inclusive('\n').next().unwrap()
}

/// Each part of a check, by its subject.
fn parts(lignes: &Lignes, resultats: &[Resultat], code: &str) -> Vec<(String, Verdict)> {
    let constats = &du_code(resultats, code).constats;
    constats
        .iter()
        .map(|c| (nom(lignes, &c.sujet), c.verdict))
        .collect()
}

#[test]
fn an_establishment_paid_by_two_is_judged_for_each() {
    // Given
    let lignes = eam(titres(), "NOTIF;DONT_CNR;0;EUR");
    // When
    let resultats = controler(&lignes, &regles());
    // Then
    let notification = &du_code(&resultats, "EQ-01").constats[0];
    assert_eq!(notification.verdict, Verdict::Ko);
    for (nom, valeur) in [
        ("financeur", "CD"),
        ("ecart", "10 000"),
        ("inscrit", "1 160 000"),
    ] {
        assert_eq!(dite(&notification.valeurs, nom).as_deref(), Some(valeur));
    }
    let attendu = [
        ("ARS".to_owned(), Verdict::Ok),
        ("CD".to_owned(), Verdict::Ko),
    ];
    assert_eq!(parts(&lignes, &resultats, "AL-03"), attendu);
    let attendu = [("ARS+CD".to_owned(), Verdict::Ok)];
    assert_eq!(parts(&lignes, &resultats, "AL-25"), attendu);
    let compensation = &du_code(&resultats, "AL-25").constats[0];
    assert_eq!(
        dite(&compensation.valeurs, "resultat").as_deref(),
        Some("30 000")
    );
}

#[test]
fn an_establishment_paid_by_two_is_a_group_of_its_own_among_others() {
    // Given
    let lignes = eam(EQUILIBRE, "NOTIF;DONT_CNR;0;EUR");
    // When
    let resultats = controler(&lignes, &regles());
    // Then
    let groupes = parts(&lignes, &resultats, "AL-25");
    let noms: Vec<&str> = groupes.iter().map(|(nom, _)| nom.as_str()).collect();
    assert_eq!(noms, ["ARS", "ARS+CD", "CD"]);
    let ars = &du_code(&resultats, "AL-03").constats[0];
    assert_eq!(dite(&ars.valeurs, "inscrit").as_deref(), Some("5 940 000"));
    assert_eq!(ars.verdict, Verdict::Ok);
}

/// The suffixes of an establishment paid by several are those of both codes of NOTIF.
#[test]
fn what_does_not_last_is_notified_by_each_financer() {
    // Given 20 000 of the ARS that do not last
    let lignes = eam(
        titres(),
        "NOTIF;DONT_CNR_ARS;20000;EUR\nNOTIF;DONT_CNR_CD;0;EUR\nCPOM;BASE_N;1750000;EUR",
    );
    // Then 1 770 000 less 20 000 is the base
    assert_eq!(verdict(&lignes, "AL-02"), Verdict::Ok);
}

/// The sum of the accounts 73 is what was notified.
#[test]
fn tarification_that_nobody_notified_is_seen_whatever_its_account() {
    // Given what the two notified, and 10 000 more of an account that is neither's
    let mut lignes = eam(titres(), "CRP_PRODUIT;738;10000;EUR");
    fais(&mut lignes, "CRP_PRODUIT 733 EAM = 1150000");
    // Then
    assert_eq!(verdict(&lignes, "EQ-01"), Verdict::Ko);
}

/// Each recette affectée, those that are not CNR of the tarification too.
#[test]
fn a_recette_affectee_counts_even_if_it_was_not_notified() {
    // Given 5 000 given for something at the SESSAD, none of it spent nor kept
    let mut lignes = equilibre("");
    for (code, centimes) in [
        ("MONTANT", 500_000),
        ("CHARGES_IDENTIFIEES", 0),
        ("FONDS_DEDIES", 0),
    ] {
        ajoute(
            &mut lignes,
            &format!("CNR {code} SESSAD"),
            Valeur::Montant(centimes),
        );
    }
    // Then
    assert_eq!(verdict(&lignes, "EQ-05"), Verdict::Ko);
}

/// The cessions are among the lines of the PGFP; CO-08 compares line by line.
#[test]
fn cessions_of_the_first_year_are_those_of_the_tableau_de_financement() {
    let mut lignes = equilibre("");
    ajoute(&mut lignes, "PGFP CESSIONS_775", Valeur::Montant(500_000));
    assert_eq!(verdict(&lignes, "CO-08"), Verdict::Ko);
}

/// A hospital's EPCP has no bilan, no PGFP, no tableau de financement.
#[test]
fn what_an_epcp_does_not_hold_is_never_judged() {
    // Given
    let mut lignes = complet();
    let absents = [Bloc::Bilan, Bloc::Pgfp, Bloc::Tfp, Bloc::Caf];
    let cles: Vec<Cle> = lignes.toutes().map(|(cle, _)| cle).collect();
    for cle in cles.iter().filter(|cle| absents.contains(&cle.bloc)) {
        lignes.retire(cle);
    }
    // When
    let resultats = controler(&lignes, &avec_plafond());
    // Then
    for code in [
        "EQ-04", "CO-05", "CO-06", "CO-07", "CO-08", "CO-09", "CO-10", "AL-14", "AL-20", "AL-21",
        "AL-22", "AL-23",
    ] {
        assert_eq!(du_code(&resultats, code).verdict, Verdict::Ne, "{code}");
    }
}

/// A PGFP has the exercise and the five years that follow.
#[test]
fn a_year_that_the_pgfp_leaves_out_is_not_a_year_without_fault() {
    // Given the rejected example without the two years whose treasury is negative
    let mut lignes = lu(REJETE);
    fais(&mut lignes, "sans PGFP * 2030 ; sans PGFP * 2031");
    // When
    let resultats = controler(&lignes, &regles());
    // Then
    for code in ["AL-21", "CO-07", "CO-10"] {
        assert_eq!(du_code(&resultats, code).verdict, Verdict::Ne, "{code}");
    }
}

#[test]
fn without_any_line_nothing_holds() {
    // When
    let resultats = controler(&Lignes::nouvelles(2026, ""), &regles());
    // Then
    let tenus = resultats.iter().filter(|r| r.verdict != Verdict::Ne);
    assert_eq!(
        tenus.map(|r| r.fiche.code).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
}

/// A zero where something is divided: not evaluable, and the line is named.
#[test]
fn a_line_that_divides_by_zero_is_named() {
    let mut fautes = Vec::new();
    let sans_tarif = ["IME", "SESSAD", "ESAT", "EANM", "SAVS"]
        .map(|esms| format!("NOTIF PRODUITS_TARIF {esms} = 0"))
        .join(" ; ");
    let sans_brutes = sans_tarif.replace("NOTIF PRODUITS_TARIF", "CPOM CHARGES_BRUTES_N2 2024");
    for (code, gestes) in [
        ("AL-10", "REALISE_CHARGE 641 SAVS 2025 = 0"),
        ("AL-11", "CPOM ACTIVITE_THEORIQUE SAVS = 0"),
        ("AL-17", "CPOM DUREE_AMORTISSEMENT = 0"),
        ("AL-19", sans_brutes.as_str()),
        ("AL-20", "CPOM TRAJECTOIRE_DOTATION 2028 = 0"),
        ("AL-24", sans_tarif.as_str()),
        ("AL-27", "REFERENCE COUT_PLACE SAVS = 0"),
    ] {
        // Given
        let mut lignes = complet();
        fais(&mut lignes, gestes);
        // When
        let resultats = controler(&lignes, &avec_plafond());
        // Then
        let resultat = du_code(&resultats, code);
        let muets: Vec<_> = resultat
            .constats
            .iter()
            .filter(|c| c.verdict == Verdict::Ne)
            .collect();
        let nommes = !muets.is_empty() && muets.iter().all(|c| !c.manque.is_empty());
        if resultat.verdict != Verdict::Ne || !nommes {
            fautes.push(format!("{code} {gestes} : {}", resultat.verdict));
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

/// Blocks whose lines are added up: one less makes another sum, which may well be right.
const ADDITIONNES: [Bloc; 7] = [
    Bloc::Charge,
    Bloc::Produit,
    Bloc::Tper,
    Bloc::Bilan,
    Bloc::Tfp,
    Bloc::RealiseCharge,
    Bloc::RealiseProduit,
];

/// Silence is never better than a figure: a line less, of those that are read alone, makes no check
/// Hold that did not. EQ-07 lists failures only, so it is left out.
#[test]
fn a_line_less_makes_no_check_hold_that_did_not() {
    let mut fautes = Vec::new();
    for csv in [EQUILIBRE, REJETE] {
        let mut lignes = lu(csv);
        let avant = controler(&lignes, &regles());
        let cles: Vec<Cle> = lignes.toutes().map(|(cle, _)| cle).collect();
        for cle in cles
            .into_iter()
            .filter(|cle| !ADDITIONNES.contains(&cle.bloc))
        {
            // Given
            let retiree = lignes.retire(&cle).unwrap();
            // When
            let apres = controler(&lignes, &regles());
            // Then
            for (avant, apres) in avant.iter().zip(&apres) {
                let code = apres.fiche.code;
                let gagne = avant.verdict != Verdict::Ok && apres.verdict == Verdict::Ok;
                if gagne && code != "EQ-07" {
                    fautes.push(format!("{code} {} -> OK sans {cle:?}", avant.verdict));
                }
            }
            lignes.pose(cle, retiree).unwrap();
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

/// Many lines, each within its bounds: what is added up is still compared.
#[test]
fn sums_at_the_bounds_are_still_compared() {
    // Given pay and staff in many lines, each nearly as large as one may be, a third of it before
    let mut lignes = complet();
    fais(&mut lignes, "CPOM TAUX_EVOLUTION IME = 1,234567");
    let ime = cle(&lignes, "TPER EDUCATIF IME").lieu;
    for rang in 0..20_011_i32 {
        let place = |bloc, annee, code| Cle {
            bloc,
            lieu: ime,
            annee,
            code,
        };
        for (bloc, annee, part) in [(Bloc::Charge, 2026, 1), (Bloc::RealiseCharge, 2025, 3)] {
            let centimes = MONTANT_MAX / part - i64::from(rang * 7 + rang * rang % 97);
            let cle = place(bloc, annee, format!("6411{rang}"));
            lignes.pose(cle, ligne(Valeur::Montant(centimes))).unwrap();
        }
        for (annee, part) in [(2026, 1), (2025, 3)] {
            let etp = format!(
                "{},{:06}",
                QUANTITE_MAX / part - rang * 11 - 1,
                999_983 - rang
            );
            let valeur = Valeur::Quantite(Nombre::du_texte(&etp).unwrap());
            let cle = place(Bloc::Tper, annee, format!("CATEGORIE_{rang}"));
            lignes.pose(cle, ligne(valeur)).unwrap();
        }
    }
    // When
    let resultats = controler(&lignes, &avec_plafond());
    // Then
    assert_eq!(resultats.len(), 52);
    assert_ne!(du_code(&resultats, "AL-10").verdict, Verdict::Ne);
}

#[test]
fn every_figure_at_its_bound_is_still_judged() {
    for signe in [1, -1] {
        // Given
        let mut lignes = complet();
        let toutes: Vec<_> = lignes.toutes().map(|(c, l)| (c, l.clone())).collect();
        for (cle, mut ligne) in toutes {
            extreme(&mut ligne.valeur, if signe == 1 { 1 } else { 2 });
            lignes.pose(cle, ligne).unwrap();
        }
        // When
        let resultats = controler(&lignes, &avec_plafond());
        // Then
        assert_eq!(resultats.len(), 52);
        assert!(!relever(&lignes).is_empty());
    }
}

/// A value at a bound of its kind: 1 the largest, 2 the smallest, 3 zero, 4 the smallest step;
/// otherwise of another kind.
fn extreme(valeur: &mut Valeur, lequel: u8) {
    let quantite = |texte: &str| Nombre::du_texte(texte).unwrap();
    let nombre = match lequel {
        1 => Nombre::from(QUANTITE_MAX),
        2 => Nombre::from(-QUANTITE_MAX),
        3 => Nombre::from(0),
        _ => quantite("0,000001"),
    };
    match valeur {
        autre if lequel > 4 => *autre = Valeur::Texte("illisible".to_owned()),
        Valeur::Montant(centimes) => {
            *centimes = match lequel {
                1 => MONTANT_MAX,
                2 => -MONTANT_MAX,
                3 => 0,
                _ => 1,
            }
        }
        Valeur::Quantite(n) | Valeur::Taux(n) => *n = nombre,
        Valeur::Annee(annee) => *annee = [2200, 1900, 2026, 2027][usize::from(lequel) - 1],
        Valeur::Oui(oui) => *oui = lequel == 1,
        Valeur::Jour(jour) => *jour += chrono::TimeDelta::days(lequel.into()),
        Valeur::Texte(texte) => texte.clear(),
    }
}

/// Accounts on either side of those that no money follows.
const CHARGES: [&str; 9] = [
    "60", "6411", "6556", "657", "67", "675", "6751", "6811", "689",
];
const PRODUITS: [&str; 9] = [
    "6419", "731", "74", "770", "775", "7752", "777", "778", "7894",
];

fn compte_du(sens: Sens) -> impl Strategy<Value = String> {
    let connus = tous().iter().filter(move |c| {
        c.sens == sens && c.debut.is_none_or(|d| d <= 2026) && c.fin.is_none_or(|f| f >= 2026)
    });
    let connus: Vec<&str> = connus.map(|c| c.prefixe).collect();
    (prop::sample::select(connus), "[0-9]{0,2}")
        .prop_map(|(debut, suite)| debut.to_owned() + &suite)
}

fn montant() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => -MONTANT_MAX..=MONTANT_MAX,
        1 => Just(MONTANT_MAX),
        1 => Just(-MONTANT_MAX),
        1 => -3_i64..=3,
    ]
}

fn pose(lignes: &mut Lignes, bloc: Bloc, lieu: Lieu, code: &str, centimes: i64) {
    let cle = Cle {
        bloc,
        lieu,
        annee: 2026,
        code: code.to_owned(),
    };
    lignes.pose(cle, ligne(Valeur::Montant(centimes))).unwrap();
}

fn esms(lignes: &mut Lignes, rang: usize) -> Lieu {
    let finess = ["990002016", "990002024", "990002032"][rang];
    lignes.esms(finess, finess)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Both ways, by establishment and for all: what this test adds up by itself.
    #[test]
    fn the_caf_is_the_same_by_both_ways(
        dites in prop::collection::vec((0..3_usize, any::<bool>(), 0..9_usize, montant()), 1..40),
    ) {
        // Given
        let mut lignes = Lignes::nouvelles(2026, "990001026");
        for (rang, charge, compte, centimes) in dites {
            let lieu = esms(&mut lignes, rang);
            let (bloc, comptes) =
                if charge { (Bloc::Charge, CHARGES) } else { (Bloc::Produit, PRODUITS) };
            pose(&mut lignes, bloc, lieu, comptes[compte], centimes);
        }
        // When
        let x = Lecteur::de(&lignes);
        let mut somme = Some(0);
        for lieu in lignes.comptes() {
            let compte = Compte::lu(&x, lieu);
            let entier = lignes.tient(Bloc::Charge, lieu) && lignes.tient(Bloc::Produit, lieu);
            prop_assert_eq!(compte.is_some(), entier);
            let Some(compte) = compte else {
                somme = None;
                continue;
            };
            // Then
            let mut caf = 0;
            for (cle, ligne) in lignes.toutes().filter(|(cle, _)| cle.lieu == lieu) {
                let Valeur::Montant(centimes) = ligne.valeur else { continue };
                let debute = |debuts: &[&str]| debuts.iter().any(|d| cle.code.starts_with(d));
                caf += match cle.bloc {
                    Bloc::Charge if !debute(&["68", "675"]) => -centimes,
                    Bloc::Produit if !debute(&["78", "775", "777"]) => centimes,
                    _ => 0,
                };
            }
            prop_assert_eq!(compte.caf_soustractive(), caf);
            prop_assert_eq!(compte.caf_additive(), caf);
            somme = somme.map(|somme| somme + caf);
        }
        prop_assert_eq!(Compte::ensemble(&x).map(Compte::caf_soustractive), somme);
    }

    /// Whatever the accounts, each is in one group and one only.
    #[test]
    fn groups_add_up_to_the_total(
        charges in prop::collection::vec((compte_du(Sens::Charge), montant()), 1..30),
        produits in prop::collection::vec((compte_du(Sens::Produit), montant()), 1..30),
    ) {
        // Given the groups by their accounts, and the totals of all lines
        let mut lignes = Lignes::nouvelles(2026, "990001026");
        let lieu = esms(&mut lignes, 0);
        for (bloc, dites) in [(Bloc::Charge, &charges), (Bloc::Produit, &produits)] {
            for (compte, centimes) in dites {
                // So that their sum is no larger than a line may be.
                pose(&mut lignes, bloc, lieu, compte, centimes / 30);
            }
        }
        for (sens, bloc, code, total) in [
            (Sens::Charge, Bloc::Charge, "CH_G", "CHARGES"),
            (Sens::Produit, Bloc::Produit, "PR_G", "PRODUITS"),
        ] {
            let mut sommes = [0_i64; 3];
            let mut tout = 0;
            for (compte, ligne) in lignes.du_bloc(bloc, lieu, 2026) {
                let Valeur::Montant(centimes) = ligne.valeur else { continue };
                let trouve = groupe(compte, sens, 2026).map(|c| c.groupe);
                prop_assert!(trouve.is_some(), "{} is in no group", compte);
                let rang = match trouve {
                    Some(Groupe::Un) => 0,
                    Some(Groupe::Deux) => 1,
                    _ => 2,
                };
                sommes[rang] += centimes;
                tout += centimes;
            }
            for (rang, somme) in (1..).zip(sommes) {
                pose(&mut lignes, Bloc::Total, lieu, &format!("{code}{rang}"), somme);
            }
            pose(&mut lignes, Bloc::Total, lieu, total, tout);
        }
        // When
        let resultats = controler(&lignes, &regles());
        // Then
        prop_assert_eq!(du_code(&resultats, "CO-01").verdict, Verdict::Ok);
        prop_assert_eq!(du_code(&resultats, "CO-03").verdict, Verdict::Ok);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is missing, whatever is at its bound: an answer for each, in order, in sentences.
    #[test]
    fn any_lines_get_fifty_two_answers(
        change in prop::collection::vec((any::<prop::sample::Index>(), 0..7_u8), 0..160),
        sans in prop::collection::vec(prop::sample::select(Bloc::TOUS), 0..4),
    ) {
        // Given
        let mut lignes = complet();
        let toutes: Vec<_> = lignes.toutes().map(|(c, l)| (c, l.clone())).collect();
        for (index, comment) in change {
            let (cle, ligne) = index.get(&toutes);
            if comment == 0 {
                lignes.retire(cle);
                continue;
            }
            let mut ligne = ligne.clone();
            extreme(&mut ligne.valeur, comment);
            prop_assert!(lignes.pose(cle.clone(), ligne).is_ok());
        }
        for (cle, _) in toutes.iter().filter(|(cle, _)| sans.contains(&cle.bloc)) {
            lignes.retire(cle);
        }
        // When
        let resultats = controler(&lignes, &avec_plafond());
        let releves = relever(&lignes);
        // Then
        let codes: Vec<&str> = resultats.iter().map(|r| r.fiche.code).collect();
        let attendus: Vec<&str> = fiches().iter().map(|fiche| fiche.code).collect();
        prop_assert_eq!(codes, attendus);
        let bilan = Bilan::de(&resultats);
        prop_assert_eq!((bilan.ok + bilan.ko + bilan.ne, resultats.len()), (52, 52));
        for resultat in &resultats {
            let pire = resultat.constats.iter().map(|c| c.verdict).max();
            prop_assert_eq!(resultat.verdict, pire.unwrap_or(Verdict::Ok));
            for constat in &resultat.constats {
                prop_assert_eq!(constat.message.is_empty(), constat.verdict != Verdict::Ko);
            }
        }
        prop_assert!(releves.iter().any(|r| r.lieu == Lieu::Ensemble));
    }
}
