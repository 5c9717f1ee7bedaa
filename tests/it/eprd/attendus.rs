//! The two worked examples give what was worked out by hand.

use super::{EQUILIBRE, REJETE, cle, dite, du_code, jour, lieu, lu, nom, regles, simple};
use entente::metier::budget::calculs::{Bilan as BilanFinancier, Compte, Financement};
use entente::metier::budget::controles::{Bilan, Proposition, Resultat, Verdict, controler};
use entente::metier::budget::dire::{decimal, euros};
use entente::metier::budget::lecteur::{Lecteur, exact};
use entente::metier::budget::lignes::{Exact, Lieu, Lignes, Valeur};
use entente::metier::budget::ratios::{Niveau, Valeur as Releve, relever};

/// Charges of groups 1 to 3, their total, produits of groups 1 to 3, their total, the result, the
/// CAF: in thousands of euros.
const COMPTES: [(&str, [i64; 10], [i64; 10]); 6] = [
    (
        "IME",
        [420, 2_550, 430, 3_400, 3_300, 70, 40, 3_410, 10, 122],
        [420, 2_630, 460, 3_510, 3_340, 70, 40, 3_450, -60, 52],
    ),
    (
        "SESSAD",
        [60, 765, 80, 905, 900, 7, 0, 907, 2, 14],
        [60, 730, 80, 870, 900, 7, 0, 907, 37, 49],
    ),
    (
        "ESAT",
        [190, 730, 215, 1_135, 1_120, 20, 5, 1_145, 10, 67],
        [215, 760, 215, 1_190, 1_120, 20, 5, 1_145, -45, 12],
    ),
    (
        "EANM",
        [250, 1_100, 260, 1_610, 1_500, 92, 18, 1_610, 0, 78],
        [250, 1_125, 260, 1_635, 1_500, 92, 18, 1_610, -25, 53],
    ),
    (
        "SAVS",
        [22, 300, 40, 362, 360, 2, 0, 362, 0, 5],
        [22, 300, 40, 362, 360, 2, 0, 362, 0, 5],
    ),
    (
        "",
        [942, 5_445, 1_025, 7_412, 7_180, 191, 63, 7_434, 22, 286],
        [967, 5_545, 1_055, 7_567, 7_220, 191, 63, 7_474, -93, 171],
    ),
];

fn milliers(milliers: i64) -> i64 {
    milliers * 100_000
}

/// A sum of a group, as CO-01 finds it; of all the establishments when none is named.
fn somme(lignes: &Lignes, co01: &Resultat, esms: &str, groupe: &str) -> i64 {
    let siens = co01.constats.iter().filter(|c| {
        (esms.is_empty() || nom(lignes, &c.sujet) == esms)
            && dite(&c.valeurs, "groupe").as_deref() == Some(groupe)
    });
    let sommes = siens.map(|c| {
        let calcule = dite(&c.valeurs, "calcule").unwrap().replace(' ', "");
        calcule.parse::<i64>().expect("whole euros") * 100
    });
    sommes.sum()
}

#[test]
fn groups_results_and_caf_are_those_of_the_reference() {
    for (rang, csv) in [EQUILIBRE, REJETE].into_iter().enumerate() {
        // Given
        let lignes = lu(csv);
        // When
        let resultats = controler(&lignes, &regles());
        // Then
        let co01 = du_code(&resultats, "CO-01");
        for (esms, equilibre, rejete) in COMPTES {
            let attendus = [equilibre, rejete][rang].map(milliers);
            let groupe = |groupe| somme(&lignes, co01, esms, groupe);
            let x = Lecteur::de(&lignes);
            let compte = match esms {
                "" => Compte::ensemble(&x),
                esms => Compte::lu(&x, lieu(&lignes, esms)),
            };
            let compte = compte.unwrap();
            let trouves = [
                groupe("1 (charges)"),
                groupe("2 (charges)"),
                groupe("3 (charges)"),
                compte.charges,
                groupe("1 (produits)"),
                groupe("2 (produits)"),
                groupe("3 (produits)"),
                compte.produits,
                compte.resultat(),
                compte.caf_soustractive(),
            ];
            assert_eq!(trouves, attendus, "{esms}");
            assert_eq!(compte.caf_additive(), compte.caf_soustractive(), "{esms}");
        }
    }
}

#[test]
fn the_caf_comes_from_its_two_ways() {
    // 22 000 + 325 000 - 34 000 - 27 000 = 7 373 000 - 7 087 000.
    let lignes = lu(EQUILIBRE);
    let x = Lecteur::de(&lignes);
    let compte = Compte::ensemble(&x).unwrap();
    assert_eq!(compte.resultat(), milliers(22));
    assert_eq!(compte.non_decaissables, milliers(325));
    assert_eq!(compte.non_encaissables, milliers(34 + 27));
    assert_eq!(compte.produits - compte.non_encaissables, milliers(7_373));
    assert_eq!(compte.charges_decaissables(), milliers(7_087));
    assert_eq!(compte.caf_soustractive(), milliers(286));
    let rejete = lu(REJETE);
    let compte = Compte::ensemble(&Lecteur::de(&rejete)).unwrap();
    assert_eq!(compte.charges_decaissables(), milliers(7_242));
    // Charges paid out in a day.
    for (charges, par_jour) in [(7_087, "19 416,44"), (7_242, "19 841,10")] {
        let par = Exact::new(i128::from(milliers(charges)), 36_500);
        assert_eq!(simple(&decimal(par, 2)), par_jour);
    }
}

#[test]
fn the_tableau_de_financement_and_the_bilan_are_those_of_the_reference() {
    for (csv, ressources, emplois, variation) in [(EQUILIBRE, 90, 350, 26), (REJETE, 150, 290, 31)]
    {
        // Given
        let lignes = lu(csv);
        let x = Lecteur::de(&lignes);
        // When
        let tfp = Financement::lu(&x).unwrap();
        let bilan = BilanFinancier::lu(&x).unwrap();
        // Then
        assert_eq!(tfp.ressources, milliers(ressources));
        assert_eq!(tfp.emplois, milliers(emplois));
        assert_eq!(tfp.variation(), milliers(variation));
        assert_eq!(tfp.caf, Compte::ensemble(&x).unwrap().caf_soustractive());
        let trouves = [
            bilan.brut,
            bilan.amortissements,
            bilan.fri(),
            bilan.fre,
            bilan.frng(),
            bilan.bfr(),
            bilan.tresorerie(),
            bilan.actif_net(),
            bilan.passif(),
        ];
        let attendus = [5_740, 2_741, 71, 800, 871, 200, 671, 4_624, 4_624];
        assert_eq!(trouves, attendus.map(milliers));
    }
}

/// The PGFP from 2026 to 2031, in thousands of euros, balanced then rejected.
const PGFP: [(&str, [i64; 6], [i64; 6]); 11] = [
    (
        "PRODUITS_TARIF",
        [7_180, 7_275, 7_350, 7_425, 7_500, 7_576],
        [7_220, 7_280, 7_320, 7_360, 7_399, 7_438],
    ),
    (
        "PRODUITS",
        [7_434, 7_510, 7_586, 7_663, 7_741, 7_820],
        [7_474, 7_515, 7_556, 7_598, 7_640, 7_682],
    ),
    (
        "CHARGES",
        [7_412, 7_490, 7_568, 7_647, 7_727, 7_808],
        [7_567, 7_625, 7_681, 7_738, 7_790, 7_842],
    ),
    (
        "RESULTAT",
        [22, 20, 18, 16, 14, 12],
        [-93, -110, -125, -140, -150, -160],
    ),
    (
        "CAF",
        [286, 312, 318, 321, 322, 321],
        [171, 172, 147, 123, 108, 94],
    ),
    (
        "CAPITAL_EMPRUNTS",
        [110, 118, 118, 112, 105, 100],
        [190, 130, 130, 125, 118, 110],
    ),
    (
        "VARIATION_FRNG",
        [26, -6, -60, 9, 17, 21],
        [31, -158, -243, -202, -210, -216],
    ),
    (
        "FRNG_FIN",
        [897, 891, 831, 840, 857, 878],
        [902, 744, 501, 299, 89, -127],
    ),
    (
        "BFR_FIN",
        [205, 207, 209, 211, 213, 215],
        [260, 270, 280, 290, 300, 310],
    ),
    (
        "TRESORERIE_FIN",
        [692, 684, 622, 629, 644, 663],
        [642, 474, 221, 9, -211, -437],
    ),
    (
        "ENCOURS_DETTE_FIN",
        [1_100, 1_082, 964, 852, 747, 647],
        [1_110, 1_080, 950, 825, 707, 597],
    ),
];

#[test]
fn the_years_ahead_are_those_of_the_reference() {
    for (rang, csv) in [EQUILIBRE, REJETE].into_iter().enumerate() {
        let lignes = lu(csv);
        let x = Lecteur::de(&lignes);
        for (code, equilibre, rejete) in PGFP {
            for (annee, attendu) in (2026..).zip([equilibre, rejete][rang]) {
                let bloc = cle(&lignes, "PGFP CAF").bloc;
                let lu = x.montant_de(bloc, Lieu::Ensemble, annee, code);
                assert_eq!(lu, Some(milliers(attendu)), "{code} {annee}");
            }
        }
    }
}

/// What separates the two examples, in the units of their lines.
const ECARTS: [(&str, &str, &str); 24] = [
    ("CRP_PRODUIT 731 IME", "3 300 000", "3 340 000"),
    ("NOTIF PRODUITS_TARIF IME", "3 300 000", "3 300 000"),
    ("CRP_CHARGE 641 IME", "1 600 000", "1 680 000"),
    ("CRP_CHARGE 6556 IME", "120 000", "150 000"),
    ("CRP_CHARGE 641 SESSAD", "480 000", "445 000"),
    ("CRP_CHARGE 60 ESAT", "90 000", "115 000"),
    ("CRP_CHARGE 641 ESAT", "470 000", "500 000"),
    ("TOTAL_DECLARE CH_G1 ESAT", "190 000", "190 000"),
    ("CRP_CHARGE 641 EANM", "710 000", "735 000"),
    ("CNR CHARGES_IDENTIFIEES IME", "30 000", "12 000"),
    ("TPER EDUCATIF IME", "30", "29"),
    ("ACTIVITE PREVU IME", "11970", "10710"),
    ("ACTIVITE PREVU SESSAD", "5700", "5100"),
    ("TFP EMPLOI_16", "110 000", "190 000"),
    ("TFP EMPLOI_21", "230 000", "90 000"),
    ("TFP EMPLOI_20", "10 000", "10 000"),
    ("TFP RESSOURCE_16", "60 000", "150 000"),
    ("TFP RESSOURCE_13", "30 000", "0"),
    ("DEPOT DATE_DEPOT_EPRD", "2026-06-05", "2026-07-03"),
    ("DEPOT DATE_NOTIFICATION_ARS", "2026-05-12", "2026-05-12"),
    ("DEPOT DATE_NOTIFICATION_CD", "2026-04-20", "2026-04-20"),
    (
        "DEPOT DATE_DEPOT_ANNEXE_ACTIVITE",
        "2025-10-28",
        "2025-10-28",
    ),
    ("DEPOT PIECE_RAPPORT_BUDGETAIRE", "oui", "non"),
    ("DEPOT PLAN_REDRESSEMENT", "non", "non"),
];

#[test]
fn the_examples_differ_as_the_reference_says() {
    for (rang, csv) in [EQUILIBRE, REJETE].into_iter().enumerate() {
        let lignes = lu(csv);
        for (ou, equilibre, rejete) in ECARTS {
            let cle = cle(&lignes, ou);
            let ligne = lignes
                .trouve(cle.bloc, cle.lieu, cle.annee, &cle.code)
                .expect(ou);
            let dit = match &ligne.valeur {
                Valeur::Montant(centimes) => simple(&euros(*centimes)),
                Valeur::Quantite(nombre) | Valeur::Taux(nombre) => nombre.to_string(),
                Valeur::Jour(jour) => jour.to_string(),
                Valeur::Oui(oui) => if *oui { "oui" } else { "non" }.to_owned(),
                autre => panic!("{autre:?}"),
            };
            assert_eq!(dit, [equilibre, rejete][rang], "{ou}");
        }
        let x = Lecteur::de(&lignes);
        let tper = cle(&lignes, "TPER EDUCATIF").bloc;
        for (esms, equilibre, rejete) in [
            ("IME", 560, 585),
            ("SESSAD", 145, 130),
            ("ESAT", 155, 165),
            ("EANM", 250, 260),
        ] {
            let etp = x.quantites(tper, lieu(&lignes, esms), 2026);
            assert_eq!(
                etp,
                Some(Exact::new([equilibre, rejete][rang], 10)),
                "{esms}"
            );
        }
    }
}

const NE: [&str; 10] = [
    "AL-06", "AL-07", "AL-10", "AL-13", "AL-16", "AL-17", "AL-24", "AL-26", "AL-27", "AL-28",
];
const TOUJOURS_OK: [&str; 15] = [
    "RE-03", "RE-04", "CO-02", "CO-04", "CO-05", "CO-06", "CO-07", "CO-08", "CO-09", "CO-10",
    "CO-11", "CO-12", "AL-01", "AL-02", "AL-04",
];
const KO: [&str; 27] = [
    "RE-01", "RE-02", "EQ-01", "EQ-02", "EQ-03", "EQ-04", "EQ-05", "EQ-06", "EQ-07", "EQ-08",
    "CO-01", "CO-03", "AL-03", "AL-05", "AL-08", "AL-09", "AL-11", "AL-12", "AL-14", "AL-15",
    "AL-18", "AL-19", "AL-20", "AL-21", "AL-22", "AL-23", "AL-25",
];

#[test]
fn each_verdict_is_that_of_the_reference() {
    for (csv, autres) in [(EQUILIBRE, Verdict::Ok), (REJETE, Verdict::Ko)] {
        // When
        let resultats = controler(&lu(csv), &regles());
        // Then
        assert_eq!(resultats.len(), 52);
        for resultat in &resultats {
            let code = resultat.fiche.code;
            let attendu = match code {
                code if NE.contains(&code) => Verdict::Ne,
                code if TOUJOURS_OK.contains(&code) => Verdict::Ok,
                code if KO.contains(&code) => autres,
                code => panic!("{code} is in no list"),
            };
            assert_eq!(resultat.verdict, attendu, "{code}");
        }
    }
}

#[test]
fn counts_and_propositions_are_those_of_the_reference() {
    let bilan = |csv| Bilan::de(&controler(&lu(csv), &regles()));
    let equilibre = bilan(EQUILIBRE);
    let attendu = Bilan {
        ok: 42,
        ne: 10,
        ..Bilan::default()
    };
    assert_eq!(equilibre, attendu);
    assert_eq!(equilibre.proposition(), Proposition::Approbation);
    assert_eq!(equilibre.proposition().mot(), "approbation possible");
    let rejete = bilan(REJETE);
    let attendu = Bilan {
        ok: 15,
        ko: 27,
        ne: 10,
        bloquants: 9,
        majeurs: 16,
        mineurs: 0,
        informations: 2,
    };
    assert_eq!(rejete, attendu);
    assert_eq!(rejete.proposition(), Proposition::Rejet);
    assert_eq!(rejete.proposition().mot(), "rejet proposé");
}

/// A check, its subject (none: the whole), its verdict; values by their names.
const DU_EQUILIBRE: &str = "\
RE-01 OK : avance = 6 ; retard = 0 ; limite = 11/06/2026
EQ-01 IME OK : inscrit = 3 300 000 ; ecart = 0
EQ-02 OK : liste =
EQ-03 OK : emprunts = 60 000 ; nets = 210 000
EQ-04 OK : marge = 176 000
EQ-06 EANM OK : resultat = 0
EQ-06 SAVS OK : resultat = 0
EQ-08 OK : motifs =
AL-03 ARS OK : inscrit = 5 320 000 ; notifie = 5 320 000
AL-03 CD OK : inscrit = 1 860 000 ; notifie = 1 860 000
AL-05 OK : ecart = 0
AL-08 IME OK : ecart = 0,00 ; etp_cpom = 56
AL-08 SESSAD OK : ecart = 0,00 ; etp_cpom = 14,5
AL-08 ESAT OK : ecart = 0,00 ; etp_cpom = 15,5
AL-08 EANM OK : ecart = 0,00 ; etp_cpom = 25
AL-08 SAVS OK : ecart = 0,00 ; etp_cpom = 6,5
AL-09 IME OK : prevu = 30 ; cible = 30
AL-11 IME OK : prevu = 95,00
AL-11 SESSAD OK : prevu = 95,00
AL-11 ESAT OK : prevu = 97,22
AL-11 EANM OK : prevu = 96,07
AL-11 SAVS OK : prevu = 100,00
AL-12 IME OK : montant = 0
AL-12 SESSAD OK : montant = 0
AL-12 ESAT OK : montant = 0
AL-14 OK : eprd = 240 000 ; ppi = 240 000
AL-19 OK : taux = 3,750 ; inscrit = 263 250
AL-20 2027 OK : ecart = 0,00
AL-20 2028 OK : ecart = 0,00
AL-20 2029 OK : ecart = 0,00
AL-23 OK : montant = 16 000 ; annee = 2029
AL-25 ARS OK : resultat = 22 000
AL-25 CD OK : resultat = 0
";
const DU_REJETE: &str = "\
RE-01 KO : limite = 11/06/2026 ; retard = 22
RE-02 KO : piece = rapport budgétaire et financier
EQ-01 IME KO : ecart = 40 000 ; notifie = 3 300 000
EQ-01 ESAT OK : ecart = 0
EQ-02 KO : liste = CO-01, CO-03, AL-08, AL-11
EQ-03 KO : emprunts = 150 000 ; nets = 100 000 ; exces = 50 000
EQ-04 KO : caf = 171 000 ; capital = 190 000 ; manque = 19 000
EQ-05 IME KO : reste = 18 000
EQ-05 ESAT OK : reste = 0
EQ-06 EANM KO : resultat = -25 000
EQ-06 SAVS OK : resultat = 0
EQ-08 KO : motifs = CAF inférieure au capital à rembourser, trésorerie négative en 2030
CO-01 ESAT KO : groupe = 1 (charges) ; declare = 190 000 ; calcule = 215 000
CO-03 ESAT KO : ecart = -25 000
AL-03 ARS KO : inscrit = 5 360 000 ; notifie = 5 320 000
AL-03 CD OK : inscrit = 1 860 000
AL-05 KO : ecart = 40 000
AL-08 IME KO : ecart = 4,46 ; etp_eprd = 58,5
AL-08 SESSAD KO : ecart = -10,34 ; etp_eprd = 13
AL-08 ESAT KO : ecart = 6,45 ; etp_eprd = 16,5
AL-08 EANM KO : ecart = 4,00 ; etp_eprd = 26
AL-08 SAVS OK : ecart = 0,00
AL-09 IME KO : prevu = 29 ; cible = 30
AL-11 IME KO : prevu = 85,00 ; cible = 95,00
AL-11 SESSAD KO : prevu = 85,00 ; cible = 95,00
AL-11 ESAT OK : prevu = 97,22 ; cible = 97,00
AL-12 IME KO : montant = 163 500
AL-12 SESSAD KO : montant = 45 000
AL-14 KO : eprd = 100 000 ; ppi = 240 000
AL-15 KO : emprunt = 150 000 ; prevu = 60 000 ; subvention = 0 ; subvention_prevue = 30 000
AL-18 IME KO : inscrit = 150 000 ; autorise = 120 000
AL-19 KO : taux = 4,177 ; inscrit = 293 250 ; autorise = 3,750
AL-20 2027 OK : ecart = 0,07
AL-20 2028 OK : ecart = -0,41
AL-20 2029 KO : ecart = -0,88
AL-21 2029 OK : montant = 9 000
AL-21 2030 KO : montant = -211 000
AL-21 2031 KO : montant = -437 000
AL-22 2026 KO : montant = -19 000
AL-22 2029 KO : montant = -2 000
AL-22 2030 KO : montant = -10 000
AL-22 2031 KO : montant = -16 000
AL-23 KO : montant = -140 000 ; annee = 2029
AL-25 ARS KO : resultat = -68 000 ; montant = 68 000
AL-25 CD KO : resultat = -25 000 ; montant = 25 000
";

/// A line of these lists.
struct Constate {
    code: &'static str,
    sujet: &'static str,
    verdict: &'static str,
    valeurs: Vec<(&'static str, &'static str)>,
}

fn constates(texte: &'static str) -> Vec<Constate> {
    let lues = texte.lines().map(|ligne| {
        let (tete, valeurs) = ligne.split_once(" : ").expect(ligne);
        let (code, reste) = tete.split_once(' ').expect(ligne);
        let (sujet, verdict) = reste.split_once(' ').unwrap_or(("", reste));
        let valeurs = valeurs
            .split(" ; ")
            .map(|v| v.split_once(" =").expect(ligne));
        Constate {
            code,
            sujet,
            verdict,
            valeurs: valeurs.map(|(nom, valeur)| (nom, valeur.trim())).collect(),
        }
    });
    lues.collect()
}

#[test]
fn each_figure_found_is_that_of_the_reference() {
    let mut fautes = Vec::new();
    for (csv, attendus) in [(EQUILIBRE, DU_EQUILIBRE), (REJETE, DU_REJETE)] {
        // Given
        let lignes = lu(csv);
        // When
        let resultats = controler(&lignes, &regles());
        // Then
        for attendu in constates(attendus) {
            let Constate {
                code,
                sujet,
                verdict,
                valeurs,
            } = attendu;
            let constats = &du_code(&resultats, code).constats;
            let dit = constats.iter().any(|c| {
                let values = |(nom, valeur): &(&str, &str)| {
                    dite(&c.valeurs, nom).as_deref() == Some(*valeur)
                };
                nom(&lignes, &c.sujet) == sujet
                    && c.verdict.mot() == verdict
                    && valeurs.iter().all(values)
            });
            if !dit {
                fautes.push(format!(
                    "{code} {sujet} {verdict} {valeurs:?} : {constats:#?}"
                ));
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

#[test]
fn nothing_fails_but_what_the_reference_says() {
    // Given
    let lignes = lu(REJETE);
    // When
    let resultats = controler(&lignes, &regles());
    // Then
    let attendus = constates(DU_REJETE);
    for resultat in &resultats {
        let code = resultat.fiche.code;
        let trouves: Vec<String> = resultat.echecs().map(|c| nom(&lignes, &c.sujet)).collect();
        let dits = attendus
            .iter()
            .filter(|a| (a.code, a.verdict) == (code, "KO"));
        let dits: Vec<&str> = dits.map(|a| a.sujet).collect();
        // EQ-07 lists checks: below.
        if code != "EQ-07" {
            assert_eq!(trouves, dits, "{code}");
        }
    }
    let engagements = &du_code(&resultats, "EQ-07").constats[0];
    let liste = "AL-03, AL-05, AL-08, AL-09, AL-11, AL-14, AL-15, AL-18, AL-19, AL-20, AL-21, \
                 AL-22, AL-23, AL-25";
    assert_eq!(dite(&engagements.valeurs, "liste").as_deref(), Some(liste));
}

#[test]
fn failures_are_told_in_sentences() {
    let resultats = controler(&lu(REJETE), &regles());
    for (code, phrase) in [
        (
            "RE-01",
            "EPRD déposé le 03/07/2026, 22 jour(s) après la date limite du 11/06/2026.",
        ),
        (
            "RE-02",
            "Pièce manquante, rapport budgétaire et financier. L'autorité peut s'opposer à l'EPRD.",
        ),
        (
            "EQ-01",
            "IME inscrit 3 340 000 € de produits de la tarification pour 3 300 000 € notifiés \
             (écart 40 000 €).",
        ),
        (
            "EQ-04",
            "La CAF prévisionnelle (171 000 €) ne couvre pas le capital à rembourser (190 000 €), \
             manque 19 000 €.",
        ),
        (
            "CO-01",
            "ESAT groupe 1 (charges), total déclaré 190 000 €, somme des comptes 215 000 €.",
        ),
        ("AL-21", "Trésorerie négative en 2030 (-211 000 €)."),
        (
            "AL-25",
            "Déficit de 68 000 € sur les ESMS financés par ARS.",
        ),
    ] {
        let echec = du_code(&resultats, code).echecs().next().expect(code);
        assert_eq!(simple(&echec.message), phrase);
    }
}

#[test]
fn silence_takes_effect_thirty_days_after() {
    let regles = regles();
    assert_eq!(
        regles.apres("T_EPRD_APPROB", jour("2026-06-05")),
        Some(jour("2026-07-05"))
    );
}

const BON: Niveau = Niveau::Bon;
const VIGILANCE: Niveau = Niveau::Vigilance;
const ALERTE: Niveau = Niveau::Alerte;

/// A value with two decimals, and its level.
type Juge = (&'static str, Niveau);

/// Balanced, then rejected; levels as the reference says, or the thresholds of the ratio.
const RATIOS: [(&str, &str, Juge, Juge); 25] = [
    ("RF-01", "", ("3,89", VIGILANCE), ("2,32", VIGILANCE)),
    ("RF-02", "", ("286 000,00", BON), ("171 000,00", BON)),
    ("RF-03", "", ("176 000,00", BON), ("-19 000,00", ALERTE)),
    ("RF-04", "", ("2,40", BON), ("-0,26", ALERTE)),
    ("RF-05", "", ("2,60", BON), ("0,90", ALERTE)),
    ("RF-06", "", ("37,46", BON), ("37,46", BON)),
    ("RF-07", "", ("239,91", BON), ("239,91", BON)),
    ("RF-08", "", ("4,02", BON), ("6,73", BON)),
    ("RF-09", "", ("45,00", BON), ("45,00", BON)),
    ("RF-10", "", ("65,00", BON), ("65,00", BON)),
    ("RF-11", "", ("65,00", BON), ("65,00", BON)),
    ("RF-13", "", ("3,66", BON), ("3,58", BON)),
    ("RF-14", "", ("41,20", BON), ("40,32", BON)),
    ("RF-15", "", ("44,86", BON), ("43,90", BON)),
    ("RF-16", "", ("10,30", BON), ("10,08", BON)),
    ("RF-17", "", ("34,56", BON), ("33,82", BON)),
    ("RF-18", "", ("190,00", BON), ("190,00", BON)),
    ("RF-19", "", ("73,46", BON), ("73,28", BON)),
    ("RF-27", "", ("0,30", BON), ("-1,24", BON)),
    ("RF-28", "", ("76,19", BON), ("31,75", VIGILANCE)),
    ("RF-29", "", ("4,04", BON), ("4,04", BON)),
    ("RF-21", "IME", ("56 666,67", BON), ("58 500,00", BON)),
    ("RF-21", "EANM", ("53 666,67", BON), ("54 500,00", BON)),
    ("RF-26", "IME", ("95,00", BON), ("85,00", ALERTE)),
    ("RF-20", "", ("3,75", BON), ("4,18", ALERTE)),
];

#[test]
fn each_ratio_is_that_of_the_reference() {
    let mut fautes = Vec::new();
    for (rang, csv) in [EQUILIBRE, REJETE].into_iter().enumerate() {
        // Given
        let lignes = lu(csv);
        // When
        let releves = relever(&lignes);
        // Then
        for (code, esms, equilibre, rejete) in RATIOS {
            let (attendue, niveau) = [equilibre, rejete][rang];
            let ou = if esms.is_empty() {
                Lieu::Ensemble
            } else {
                lieu(&lignes, esms)
            };
            let releve = releves
                .iter()
                .find(|r| (r.fiche.code, r.lieu) == (code, ou))
                .expect(code);
            let Releve::Dit(valeur) = &releve.valeur else {
                panic!("{code} {:?}", releve.valeur)
            };
            let dite = simple(&decimal(*valeur, 2));
            if dite != attendue || releve.niveau != niveau {
                fautes.push(format!("{code} {esms} : {dite} {:?}", releve.niveau));
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

#[test]
fn thresholds_are_compared_before_rounding() {
    // Given a CAF that makes 1,99999 % of 7 345 000, which shows as 2,00 %
    let mut lignes = lu(EQUILIBRE);
    super::remplace(&mut lignes, "CRP_CHARGE 60 IME", "389101");
    // When
    let releves = relever(&lignes);
    // Then
    let taux = releves.iter().find(|r| r.fiche.code == "RF-01").unwrap();
    let Releve::Dit(valeur) = &taux.valeur else {
        panic!("{:?}", taux.valeur)
    };
    assert_eq!(
        (simple(&decimal(*valeur, 2)).as_str(), taux.niveau),
        ("2,00", ALERTE)
    );
    assert!(*valeur < exact(2.into()));
}
