//! Each check turns: OK with one figure just at its tolerance, KO the smallest step past it, NE
//! without a line it needs, which it names.

use super::{EQUILIBRE, cle, dite, du_code, jour, lu, paquet, regles, remplace, retire};
use entente::metier::budget::controles::{Bilan, Proposition, Resultat, Verdict, controler};
use entente::metier::budget::lignes::Lignes;
use entente::metier::budget::parametres::Parametres;
use entente::metier::referentiels::controles::fiches;
use entente::regles::paquet::Paquet;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// A ceiling for AL-24: 5 % of 7 180 000 is 359 000.
static PLAFOND: LazyLock<Paquet> = LazyLock::new(|| {
    paquet(
        r#"pack: plafond
title: "Plafond des réserves, pour un test"
rules:
  EPRD_RESERVES_PLAFOND:
    title: "Réserves et reports, en part des produits de la tarification"
    kind: percent
    values:
      - from: 2017-01-01
        value: 5 %
        source: usage
        confirmed: false
"#,
    )
});

pub(super) fn avec_plafond() -> Parametres<'static> {
    Parametres::de(
        &[&PLAFOND, &super::DU_CONTRAT, &super::DE_L_EPRD],
        jour("2026-06-05"),
    )
}

/// What the balanced example lacks: establishment, block, code, value, unit.
const COMPLEMENT: [(&str, &str, &str, &str, &str); 25] = [
    ("IME", "CNR", "CHARGES_PERENNES", "0", "EUR"),
    ("ESAT", "CNR", "CHARGES_PERENNES", "0", "EUR"),
    ("IME", "IDENT", "CRP_NOMBRE", "1", "compte"),
    ("", "OBJECTIF", "03", "1", "ligne"),
    ("", "EMPRUNT", "toiture.MONTANT", "60000", "EUR"),
    ("", "EMPRUNT", "toiture.APPROBATION", "expresse", "texte"),
    ("", "PGFP", "SORTIES_AMORTIES", "2000", "EUR"),
    ("", "CPOM", "DUREE_AMORTISSEMENT", "20", "annees"),
    ("", "CPOM", "CLAUSE_MODULATION", "oui", "booleen"),
    ("IME", "AUTORISATION", "CAPACITE", "60", "place"),
    ("SESSAD", "AUTORISATION", "CAPACITE", "40", "place"),
    ("ESAT", "AUTORISATION", "CAPACITE", "80", "place"),
    ("EANM", "AUTORISATION", "CAPACITE", "30", "place"),
    ("SAVS", "AUTORISATION", "CAPACITE", "50", "place"),
    ("IME", "REFERENCE", "COUT_PLACE", "56000", "EUR"),
    ("SESSAD", "REFERENCE", "COUT_PLACE", "22000", "EUR"),
    ("ESAT", "REFERENCE", "COUT_PLACE", "15000", "EUR"),
    ("EANM", "REFERENCE", "COUT_PLACE", "53000", "EUR"),
    ("SAVS", "REFERENCE", "COUT_PLACE", "7240", "EUR"),
    ("IME", "BESOINS", "PART_DIRECTE_CIBLE", "70", "pourcent"),
    ("SESSAD", "BESOINS", "PART_DIRECTE_CIBLE", "80", "pourcent"),
    ("ESAT", "BESOINS", "PART_DIRECTE_CIBLE", "70", "pourcent"),
    ("EANM", "BESOINS", "PART_DIRECTE_CIBLE", "66", "pourcent"),
    ("SAVS", "BESOINS", "PART_DIRECTE_CIBLE", "84", "pourcent"),
    ("", "IDENT", "CADRE", "EPRD_COMPLET", "texte"),
];

const FINESS: [(&str, &str); 6] = [
    ("", ""),
    ("IME", "990002016"),
    ("SESSAD", "990002024"),
    ("ESAT", "990002032"),
    ("EANM", "990002040"),
    ("SAVS", "990002057"),
];

/// The balanced example with all that the ten checks it leaves unevaluable need: the accounts of
/// the year and of the year before are those planned, and so is the staff of the year before.
pub(super) fn complet() -> Lignes {
    static COMPLET: LazyLock<Lignes> = LazyLock::new(complete);
    COMPLET.clone()
}

fn complete() -> Lignes {
    let mut csv = EQUILIBRE.to_owned();
    for (esms, bloc, code, valeur, unite) in COMPLEMENT {
        let (_, finess) = FINESS.iter().find(|(nom, _)| *nom == esms).unwrap();
        let qui = format!("2026;990001026;{finess};{esms}");
        writeln!(csv, "{qui};{bloc};{code};Complément;2026;{valeur};{unite}").unwrap();
    }
    for ligne in EQUILIBRE.lines() {
        for (bloc, copie, annees) in [
            (";CRP_CHARGE;", ";REALISE_CHARGE;", &[2025, 2026][..]),
            (";CRP_PRODUIT;", ";REALISE_PRODUIT;", &[2025, 2026]),
            (";TPER;", ";TPER;", &[2025]),
        ] {
            for annee in annees.iter().filter(|_| ligne.contains(bloc)) {
                let copie = ligne.replace(bloc, copie);
                writeln!(csv, "{}", copie.replace(";2026;", &format!(";{annee};"))).unwrap();
            }
        }
    }
    lu(&csv)
}

/// What is done to the lines: « CODE = value », « sans CODE », several between « ; ».
pub(super) fn fais(lignes: &mut Lignes, gestes: &str) {
    for geste in gestes.split(';').map(str::trim) {
        if let Some((ou, valeur)) = geste.split_once(" = ") {
            remplace(lignes, ou, valeur);
        } else if geste == "sans FINESS_EJ" {
            lignes.ej.clear();
        } else {
            retire(
                lignes,
                geste.strip_prefix("sans ").expect("something to do"),
            );
        }
    }
}

/// By check: « = » what is still at its tolerance, « ! » what is past it, « ? » what is taken away,
/// and what is then named when that is not the line itself. After « # », why these figures.
const BASCULES: &str = "\
RE-01
  = DEPOT DATE_DEPOT_EPRD = 2026-06-11
  ! DEPOT DATE_DEPOT_EPRD = 2026-06-12
  ? sans DEPOT DATE_DEPOT_EPRD
RE-02
  = DEPOT PIECE_TPER = oui
  ! DEPOT PIECE_TPER = non
  ! DEPOT PIECE_RAPPORT_BUDGETAIRE = non
  ! DEPOT PIECE_ANNEXE_ACTIVITE = non
  ! DEPOT PIECE_ANNEXE_FINANCIERE = non
  ? sans DEPOT PIECE_TPER
RE-03
  = DEPOT DATE_DEPOT_ANNEXE_ACTIVITE = 2025-10-31
  ! DEPOT DATE_DEPOT_ANNEXE_ACTIVITE = 2025-11-01
  ? sans DEPOT DATE_DEPOT_ANNEXE_ACTIVITE
RE-04
  = IDENT CRP_NOMBRE IME = 1
  ! IDENT CRP_NOMBRE IME = 2
  ? sans FINESS_EJ -> IDENT FINESS_EJ
EQ-01
  = CRP_PRODUIT 731 IME = 3300000
  ! CRP_PRODUIT 731 IME = 3300000,01
  ! CRP_PRODUIT 731 IME = 3299999,99
  ? sans NOTIF PRODUITS_TARIF IME
  ? sans IDENT AUTORITE IME
EQ-02 # What it reads are verdicts: those of CO-04, of AL-08.
  = CAF CAF_DECLAREE = 286001
  = TPER EDUCATIF IME = 31,68 ; TPER EDUCATIF IME 2025 = 31,68
  ! CAF CAF_DECLAREE = 286001,01
  ! TPER EDUCATIF IME = 31,680001 ; TPER EDUCATIF IME 2025 = 31,68
  ? sans CAF CAF_DECLAREE
EQ-03
  = TFP RESSOURCE_16 = 210000
  ! TFP RESSOURCE_16 = 210000,01
  ? sans TFP RESSOURCE_16
EQ-04
  = TFP EMPLOI_16 = 286000
  ! TFP EMPLOI_16 = 286000,01
  ? sans TFP EMPLOI_16
  ? sans CRP_PRODUIT * SAVS
EQ-05
  = CNR CHARGES_IDENTIFIEES IME = 30000
  ! CNR CHARGES_IDENTIFIEES IME = 29999,99
  ? sans CNR MONTANT IME
EQ-06
  = CRP_CHARGE 60 EANM = 150001
  = CRP_CHARGE 60 EANM = 149999
  ! CRP_CHARGE 60 EANM = 150001,01
  ! CRP_CHARGE 60 EANM = 149998,99
  ? sans IDENT REGIME_EQUILIBRE EANM
EQ-07 # What it reads are verdicts: those of AL-18, of AL-21.
  = CPOM SIEGE_AUTORISE IME = 120000
  = PGFP TRESORERIE_FIN 2031 = 0
  ! CPOM SIEGE_AUTORISE IME = 119999,99
  ! PGFP TRESORERIE_FIN 2031 = -0,01
  ? sans CPOM * tous ; sans CPOM * 2025 tous ; sans CPOM * 2024 tous -> CPOM *
EQ-08 # CAF and capital; CAF at 2 % of 7 345 000; result at -2 % of 7 434 000; treasury.
  = TFP EMPLOI_16 = 286000
  = CRP_CHARGE 60 IME = 389100
  = CRP_CHARGE 6811 IME = 310680
  = PGFP TRESORERIE_FIN 2031 = 0
  = PGFP TRESORERIE_FIN 2031 = -0,01 ; DEPOT PLAN_REDRESSEMENT = oui
  ! TFP EMPLOI_16 = 286000,01
  ! CRP_CHARGE 60 IME = 389100,01
  ! CRP_CHARGE 6811 IME = 310680,01
  ! PGFP TRESORERIE_FIN 2031 = -0,01
  ? sans DEPOT PLAN_REDRESSEMENT
  ? sans PGFP TRESORERIE_FIN 2031
  ? sans TFP EMPLOI_16
CO-01
  = TOTAL_DECLARE CH_G1 IME = 420001
  = TOTAL_DECLARE PR_G3 SAVS = -1
  ! TOTAL_DECLARE CH_G1 IME = 420001,01
  ! TOTAL_DECLARE PR_G3 SAVS = -1,01
  ? sans TOTAL_DECLARE CH_G1 IME
CO-02
  = TOTAL_DECLARE RESULTAT IME = 10001
  ! TOTAL_DECLARE RESULTAT IME = 10001,01
  ? sans TOTAL_DECLARE RESULTAT IME
CO-03
  = TOTAL_DECLARE CHARGES IME = 3400001
  = TOTAL_DECLARE PRODUITS IME = 3409999
  ! TOTAL_DECLARE CHARGES IME = 3400001,01
  ! TOTAL_DECLARE PRODUITS IME = 3409998,99
  ? sans TOTAL_DECLARE CHARGES IME
CO-04
  = CAF CAF_DECLAREE = 286001
  ! CAF CAF_DECLAREE = 286001,01
  ? sans CAF CAF_DECLAREE
CO-05
  = TFP VARIATION_FRNG = 26001
  ! TFP VARIATION_FRNG = 26001,01
  ? sans TFP VARIATION_FRNG
  ? sans TFP RESSOURCE_CAF
CO-06
  = PGFP FRNG_FIN = 897001
  = BILAN FP_102 2025 = 599999
  ! PGFP FRNG_FIN = 897001,01
  ! BILAN FP_102 2025 = 599998,99
  ? sans PGFP FRNG_FIN
  ? sans BILAN * 2025 -> BILAN ACT_* 2025
CO-07
  = PGFP TRESORERIE_FIN 2028 = 622001
  = BILAN TR_ACT 2025 = 675001
  ! PGFP TRESORERIE_FIN 2028 = 622001,01
  ! BILAN TR_ACT 2025 = 675001,01
  ? sans PGFP BFR_FIN 2028
  ? sans BILAN TR_PAS 2025
CO-08
  = PGFP INVESTISSEMENTS = 240001
  ! PGFP INVESTISSEMENTS = 240001,01
  ? sans PGFP INVESTISSEMENTS
CO-09
  = BILAN FP_102 2025 = 600001
  ! BILAN FP_102 2025 = 600001,01
  ? sans BILAN TR_PAS 2025
CO-10 # Two lines of a year follow from a CAF, a variation: only the last years move one alone.
  = PGFP PRODUITS 2029 = 7663001
  = PGFP DOTATIONS_68 2029 = 342001
  = PGFP VARIATION_FRNG 2031 = 21001
  = PGFP FRNG_FIN 2031 = 878001
  = PGFP ENCOURS_DETTE_FIN 2031 = 647001
  ! PGFP PRODUITS 2029 = 7663001,01
  ! PGFP DOTATIONS_68 2029 = 342001,01
  ! PGFP VARIATION_FRNG 2031 = 21001,01
  ! PGFP FRNG_FIN 2031 = 878001,01
  ! PGFP ENCOURS_DETTE_FIN 2031 = 647001,01
  ? sans PGFP DOTATIONS_68 2029
CO-11
  = CRP_CHARGE 645 SAVS = 49000
  = CRP_CHARGE 645 SAVS = 117600
  ! CRP_CHARGE 645 SAVS = 48999,99
  ! CRP_CHARGE 645 SAVS = 117600,01
  ? sans CRP_CHARGE * SAVS
CO-12
  = CRP_CHARGE 641 SAVS = 130000
  = CRP_CHARGE 641 SAVS = 390000
  ! CRP_CHARGE 641 SAVS = 129999,99
  ! CRP_CHARGE 641 SAVS = 390000,01
  ? sans TPER * SAVS
AL-01
  = sans CRP_CHARGE * SAVS
  ! sans CRP_CHARGE * SAVS ; sans CRP_PRODUIT * SAVS
  ? sans CPOM * tous ; sans CPOM * 2025 tous ; sans CPOM * 2024 tous -> CPOM *
AL-02 # 0,1 % of 3 270 000 is more than 500; of 360 000, less.
  = NOTIF DONT_CNR IME = 26730
  = NOTIF DONT_CNR IME = 33270
  = NOTIF PRODUITS_TARIF SAVS = 360500
  = NOTIF PRODUITS_TARIF SAVS = 359500
  ! NOTIF DONT_CNR IME = 26729,99
  ! NOTIF DONT_CNR IME = 33270,01
  ! NOTIF PRODUITS_TARIF SAVS = 360500,01
  ! NOTIF PRODUITS_TARIF SAVS = 359499,99
  ? sans CPOM BASE_N IME
AL-03 # A financer's whole: what one gives another makes no gap.
  = CRP_PRODUIT 733 SAVS = 361000 ; CRP_PRODUIT 733 EANM = 1499000
  ! CRP_PRODUIT 733 SAVS = 360000,01
  ! CRP_PRODUIT 733 SAVS = 359999,99
  ? sans NOTIF PRODUITS_TARIF SAVS
  ? sans IDENT AUTORITE SAVS
AL-04
  = CPOM BASE_N IME = 3270001
  = CPOM BASE_N IME = 3269999
  ! CPOM BASE_N IME = 3270001,01
  ! CPOM BASE_N IME = 3269998,99
  ? sans CPOM TAUX_EVOLUTION IME
  ? sans CPOM BASE_N1 2025 IME
AL-05
  = PGFP PRODUITS_TARIF = 7187140
  = PGFP PRODUITS_TARIF = 7172860
  ! PGFP PRODUITS_TARIF = 7187140,01
  ! PGFP PRODUITS_TARIF = 7172859,99
  ? sans CPOM TRAJECTOIRE_DOTATION
  ? sans NOTIF DONT_CNR IME
AL-06
  = CNR CHARGES_PERENNES IME = 0
  ! CNR CHARGES_PERENNES IME = 0,01
  ? sans CNR CHARGES_PERENNES IME
AL-07
  = OBJECTIF 03 = 1
  ! OBJECTIF 03 = 0
  ? sans OBJECTIF 03 -> OBJECTIF *
AL-11
  = ACTIVITE PREVU IME = 11907
  ! ACTIVITE PREVU IME = 11906,999999
  ? sans ACTIVITE PREVU IME
AL-12
  = ACTIVITE PREVU IME = 11970
  = ACTIVITE PREVU IME = 10710 ; CPOM CLAUSE_MODULATION = non
  ! ACTIVITE PREVU IME = 11969,999999
  ? sans CPOM ACTIVITE_CIBLE IME
AL-25
  = CRP_CHARGE 60 IME = 272000
  ! CRP_CHARGE 60 IME = 272000,01
  ? sans IDENT AUTORITE IME
AL-26 # 5 % of 420 000 of charges; of 70 000 of produits.
  = REALISE_CHARGE 60 IME = 271000
  = REALISE_CHARGE 60 IME = 229000
  = REALISE_PRODUIT 74 IME = 18500
  ! REALISE_CHARGE 60 IME = 271000,01
  ! REALISE_CHARGE 60 IME = 228999,99
  ! REALISE_PRODUIT 74 IME = 18500,01
  ? sans REALISE_CHARGE * IME
AL-08 # 3 % of 56 is 1,68.
  = TPER EDUCATIF IME = 31,68
  = TPER EDUCATIF IME = 28,32
  ! TPER EDUCATIF IME = 31,680001
  ! TPER EDUCATIF IME = 28,319999
  ? sans CPOM ETP_CIBLE IME
AL-09
  = TPER EDUCATIF IME = 30
  ! TPER EDUCATIF IME = 29,999999
  ? sans TPER EDUCATIF IME
  ? sans CPOM ETP_CIBLE_EDUCATIF IME -> CPOM ETP_CIBLE_*
AL-10 # Nothing moved, neither pay nor staff: the rate alone is not explained.
  = CPOM TAUX_EVOLUTION IME = 2
  = CPOM TAUX_EVOLUTION IME = -2
  ! CPOM TAUX_EVOLUTION IME = 2,000001
  ! CPOM TAUX_EVOLUTION IME = -2,000001
  ? sans TPER * IME 2025
  ? sans REALISE_CHARGE * IME 2025
AL-13
  = IDENT CAPACITE IME = 60
  ! IDENT CAPACITE IME = 61
  ! IDENT CAPACITE IME = 59
  ? sans AUTORISATION CAPACITE IME
AL-14
  = TFP EMPLOI_21 = 254000
  = TFP EMPLOI_21 = 206000
  ! TFP EMPLOI_21 = 254000,01
  ! TFP EMPLOI_21 = 205999,99
  ? sans CPOM PPI
  ? sans TFP EMPLOI_20
AL-15
  = TFP RESSOURCE_16 = 66000
  = TFP RESSOURCE_16 = 54000
  = TFP RESSOURCE_13 = 33000
  = TFP RESSOURCE_13 = 27000
  ! TFP RESSOURCE_16 = 66000,01
  ! TFP RESSOURCE_16 = 53999,99
  ! TFP RESSOURCE_13 = 33000,01
  ! TFP RESSOURCE_13 = 26999,99
  ? sans CPOM PPI_EMPRUNT
  ? sans CPOM PPI_SUBVENTION
AL-16
  = EMPRUNT toiture.APPROBATION = tacite
  = EMPRUNT toiture.MONTANT = 60000
  ! EMPRUNT toiture.APPROBATION = refusee
  ? sans EMPRUNT toiture.APPROBATION
  ? EMPRUNT toiture.MONTANT = 59999,99 -> EMPRUNT *.MONTANT
  ? sans EMPRUNT toiture.MONTANT -> EMPRUNT *.MONTANT
AL-17 # Half of 240 000 over 20 years, less 2 000: 4 000 more than 325 000.
  = PGFP DOTATIONS_68 2027 = 329000
  ! PGFP DOTATIONS_68 2027 = 328999,99
  ? sans PGFP SORTIES_AMORTIES
  ? sans CPOM DUREE_AMORTISSEMENT
AL-18
  = CPOM SIEGE_AUTORISE IME = 120000
  ! CPOM SIEGE_AUTORISE IME = 119999,99
  ? sans CPOM SIEGE_AUTORISE IME
AL-19 # 3,75 % of 7 020 000 is 263 250, and one euro.
  = CRP_CHARGE 6556 IME = 120001
  ! CRP_CHARGE 6556 IME = 120001,01
  ? sans CPOM TAUX_SIEGE
  ? sans CPOM CHARGES_BRUTES_N2 2024 IME
AL-27 # 50 places at 7 240: 362 000, give or take 54 300.
  = CRP_CHARGE 641 SAVS = 250300
  = CRP_CHARGE 641 SAVS = 141700
  ! CRP_CHARGE 641 SAVS = 250300,01
  ! CRP_CHARGE 641 SAVS = 141699,99
  ? sans REFERENCE COUT_PLACE SAVS
AL-28 # 16,5 of 25 ETP are beside people: 66 %.
  = BESOINS PART_DIRECTE_CIBLE EANM = 71
  ! BESOINS PART_DIRECTE_CIBLE EANM = 71,000001
  ? sans BESOINS PART_DIRECTE_CIBLE EANM
AL-20
  = PGFP PRODUITS_TARIF 2028 = 7386750
  = PGFP PRODUITS_TARIF 2028 = 7313250
  ! PGFP PRODUITS_TARIF 2028 = 7386750,01
  ! PGFP PRODUITS_TARIF 2028 = 7313249,99
  ? sans PGFP PRODUITS_TARIF 2028
  ? sans IDENT CPOM_FIN
AL-21
  = PGFP TRESORERIE_FIN 2030 = 0
  ! PGFP TRESORERIE_FIN 2030 = -0,01
  ? sans PGFP TRESORERIE_FIN 2030
AL-22
  = PGFP CAPITAL_EMPRUNTS 2030 = 322000
  ! PGFP CAPITAL_EMPRUNTS 2030 = 322000,01
  ? sans PGFP CAF 2030
AL-23
  = PGFP RESULTAT 2029 = 0
  ! PGFP RESULTAT 2029 = -0,01
  ? sans IDENT CPOM_FIN
  ? sans PGFP RESULTAT 2029
AL-24
  = BILAN FE_10686 2025 = 319000
  ! BILAN FE_10686 2025 = 319000,01
  ? sans BILAN FE_110 2025
";

/// A check and what turns it.
struct Bascule {
    code: &'static str,
    tenus: Vec<&'static str>,
    echoues: Vec<&'static str>,
    /// With the line that is named.
    muets: Vec<(&'static str, &'static str)>,
}

fn bascules() -> Vec<Bascule> {
    let mut lues: Vec<Bascule> = Vec::new();
    for ligne in BASCULES.lines() {
        let Some((signe, gestes)) = ligne.strip_prefix("  ").and_then(|l| l.split_once(' ')) else {
            lues.push(Bascule {
                code: &ligne[..5],
                tenus: Vec::new(),
                echoues: Vec::new(),
                muets: Vec::new(),
            });
            continue;
        };
        let bascule = lues.last_mut().expect("a code first");
        match signe {
            "=" => bascule.tenus.push(gestes),
            "!" => bascule.echoues.push(gestes),
            "?" => bascule
                .muets
                .push(gestes.split_once(" -> ").unwrap_or_else(|| {
                    (
                        gestes,
                        gestes.strip_prefix("sans ").expect("a line taken out"),
                    )
                })),
            autre => panic!("{autre}"),
        }
    }
    lues
}

/// They rest on no line: on numbers, on what is absent, on verdicts.
const SANS_LIGNE: [&str; 4] = ["RE-04", "AL-01", "EQ-02", "EQ-07"];

fn apres(gestes: &str) -> (Lignes, Vec<Resultat>) {
    let mut lignes = complet();
    fais(&mut lignes, gestes);
    let resultats = controler(&lignes, &avec_plafond());
    (lignes, resultats)
}

#[test]
fn nothing_is_wrong_in_the_completed_example() {
    // When
    let resultats = controler(&complet(), &avec_plafond());
    // Then
    let autres: Vec<_> = resultats
        .iter()
        .filter(|r| r.verdict != Verdict::Ok)
        .collect();
    assert!(autres.is_empty(), "{autres:#?}");
    let bilan = Bilan::de(&resultats);
    assert_eq!(
        (bilan.ok, bilan.proposition()),
        (52, Proposition::Approbation)
    );
}

#[test]
fn at_its_tolerance_a_check_holds() {
    let mut fautes = Vec::new();
    for Bascule { code, tenus, .. } in bascules() {
        for gestes in tenus {
            // Given one figure just at the tolerance, when all is checked
            let (_, resultats) = apres(gestes);
            // Then
            let resultat = du_code(&resultats, code);
            if resultat.verdict != Verdict::Ok {
                fautes.push(format!("{code} {gestes} : {:#?}", resultat.constats));
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

#[test]
fn past_its_tolerance_a_check_fails_in_a_whole_sentence() {
    let mut fautes = Vec::new();
    for Bascule { code, echoues, .. } in bascules() {
        for gestes in echoues {
            // Given one figure past the tolerance, when all is checked
            let (_, resultats) = apres(gestes);
            // Then
            let resultat = du_code(&resultats, code);
            if resultat.verdict != Verdict::Ko {
                fautes.push(format!("{code} {gestes} : {}", resultat.verdict));
            }
            for echec in resultat.echecs() {
                let troue = |m: &str| m.is_empty() || m.contains('…') || m.contains('{');
                if troue(&echec.message) || echec.lus.is_empty() && !SANS_LIGNE.contains(&code) {
                    fautes.push(format!("{code} {gestes} : {echec:?}"));
                }
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

#[test]
fn without_a_line_it_needs_a_check_is_not_evaluable_and_names_it() {
    let mut fautes = Vec::new();
    for Bascule { code, muets, .. } in bascules() {
        for (gestes, nommee) in muets {
            // Given a line less, when all is checked
            let (lignes, resultats) = apres(gestes);
            // Then
            let resultat = du_code(&resultats, code);
            let attendue = cle(&lignes, nommee);
            let manque = resultat
                .constats
                .iter()
                .filter(|c| c.verdict == Verdict::Ne);
            let dits: Vec<_> = manque.flat_map(|c| &c.manque).collect();
            if resultat.verdict != Verdict::Ne || !dits.contains(&&attendue) {
                let verdict = resultat.verdict;
                fautes.push(format!("{code} {gestes} : {verdict}, manque {dits:?}"));
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

#[test]
fn a_ceiling_that_no_rule_gives_is_named() {
    // Given rules that do not know the ceiling, when
    let resultats = controler(&complet(), &regles());
    // Then
    let lignes = complet();
    let reserves = du_code(&resultats, "AL-24");
    assert_eq!(reserves.verdict, Verdict::Ne);
    assert_eq!(
        reserves.constats[0].manque,
        [cle(&lignes, "REGLE EPRD_RESERVES_PLAFOND")]
    );
}

#[test]
fn signals_and_commitments_are_listed_by_their_codes() {
    for (code, gestes, liste) in [
        ("EQ-02", "CAF CAF_DECLAREE = 286001,01", "CO-04"),
        (
            "EQ-02",
            "TPER EDUCATIF IME = 31,680001 ; TPER EDUCATIF IME 2025 = 31,68",
            "AL-08",
        ),
        ("EQ-02", "TPER EDUCATIF IME = 31,680001", "AL-08, AL-10"),
        ("EQ-02", "CPOM TAUX_EVOLUTION IME = 2,000001", "AL-10"),
        ("EQ-02", "ACTIVITE PREVU IME = 11906,999999", "AL-11"),
        ("EQ-07", "CPOM SIEGE_AUTORISE IME = 119999,99", "AL-18"),
        ("EQ-07", "PGFP TRESORERIE_FIN 2031 = -0,01", "AL-21"),
    ] {
        // When
        let (_, resultats) = apres(gestes);
        // Then
        let constat = &du_code(&resultats, code).constats[0];
        assert_eq!(
            dite(&constat.valeurs, "liste").as_deref(),
            Some(liste),
            "{code} {gestes}"
        );
    }
}

#[test]
fn a_commitment_missed_for_an_accepted_reason_is_taken_into_account() {
    // Given
    let mut lignes = complet();
    fais(&mut lignes, "CPOM SIEGE_AUTORISE IME = 119999,99");
    let mut regles = avec_plafond();
    regles.justifies.insert("AL-18".to_owned());
    // When
    let resultats = controler(&lignes, &regles);
    // Then
    assert_eq!(du_code(&resultats, "AL-18").verdict, Verdict::Ko);
    assert_eq!(du_code(&resultats, "EQ-07").verdict, Verdict::Ok);
}

#[test]
fn each_line_of_the_first_year_is_compared() {
    let lignes = complet();
    for code in [
        "PRODUITS_TARIF",
        "PRODUITS",
        "CHARGES",
        "RESULTAT",
        "DOTATIONS_68",
        "REPRISES_78",
        "QUOTE_PART_777",
        "CAF",
        "CAPITAL_EMPRUNTS",
        "INVESTISSEMENTS",
        "EMPRUNTS_NOUVEAUX",
        "SUBVENTIONS_INVEST",
        "VARIATION_FRNG",
    ] {
        let ou = format!("PGFP {code}");
        let ligne = cle(&lignes, &ou);
        let ligne = lignes
            .trouve(ligne.bloc, ligne.lieu, ligne.annee, &ligne.code)
            .unwrap();
        let entente::metier::budget::lignes::Valeur::Montant(centimes) = ligne.valeur else {
            panic!("{code} is not an amount");
        };
        for (ecart, attendu) in [
            (100, Verdict::Ok),
            (101, Verdict::Ko),
            (-100, Verdict::Ok),
            (-101, Verdict::Ko),
        ] {
            let change = centimes + ecart;
            let signe = if change < 0 { "-" } else { "" };
            let (euros, reste) = (change.abs() / 100, change.abs() % 100);
            // When
            let (_, resultats) = apres(&format!("{ou} = {signe}{euros},{reste:02}"));
            // Then
            assert_eq!(
                du_code(&resultats, "CO-08").verdict,
                attendu,
                "{code} {ecart}"
            );
        }
    }
}

#[test]
fn a_sentence_says_what_fails_and_by_how_much() {
    let mut fautes = Vec::new();
    for (code, gestes, dits) in [
        (
            "AL-13",
            "IDENT CAPACITE IME = 61",
            ["61 places", "60 places autorisées"],
        ),
        (
            "CO-03",
            "TOTAL_DECLARE PRODUITS IME = 3409998,99",
            ["produits", "1,01 €"],
        ),
        (
            "AL-15",
            "TFP RESSOURCE_13 = 33000,01",
            ["33 000,01 €", "30 000 €"],
        ),
    ] {
        // When
        let (_, resultats) = apres(gestes);
        // Then
        let echec = du_code(&resultats, code)
            .echecs()
            .next()
            .expect("a failure");
        let message = super::simple(&echec.message);
        if dits.iter().any(|dit| !message.contains(dit)) {
            fautes.push(format!("{code} {gestes} : {message}"));
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
}

#[test]
fn every_check_is_turned_both_ways() {
    let bascules = bascules();
    let tournes: Vec<&str> = bascules.iter().map(|b| b.code).collect();
    let connus: BTreeSet<&str> = fiches().iter().map(|fiche| fiche.code).collect();
    assert_eq!(tournes.iter().copied().collect::<BTreeSet<_>>(), connus);
    assert_eq!(tournes.len(), 52);
    for Bascule {
        code,
        tenus,
        echoues,
        muets,
    } in &bascules
    {
        assert!(
            !tenus.is_empty() && !echoues.is_empty() && !muets.is_empty(),
            "{code}"
        );
    }
}
