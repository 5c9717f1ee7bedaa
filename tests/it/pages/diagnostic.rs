//! The shared diagnostic, through pages: the whole contract, an establishment theme by theme, the
//! figures it is given, what each party thinks.

use super::besoins::televerse;
use super::echanges::{envoie, lit};
use super::gens::droit;
use super::salle::{Salle, runtime};
use axum::http::StatusCode;
use entente::app::comptes::{Fonction, Portee};
use entente::app::repertoire::{Genre, Prise, lire_de};
use entente::metier::finess::Finess;
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub const C: &str = "/contrats/rives-claires";
pub const SESSAD: &str = "990002024";
pub const ESAT: &str = "990002032";

fn partout(jour: &str, eprouve: impl Fn(Salle)) {
    for postgres in [false, true] {
        eprouve(Salle::sur(postgres, "rives-claires", jour));
    }
}

/// What a page says under a name, among its figures.
pub fn chiffre(page: &str, nom: &str) -> String {
    let apres = page.split(&format!("<dt>{nom}</dt><dd>")).nth(1);
    let apres = apres.unwrap_or_else(|| panic!("{nom}\n{page}"));
    apres.split('<').next().unwrap().to_owned()
}

#[test]
fn the_contract_shows_each_theme_of_each_establishment_and_keeps_its_divergence() {
    partout("2024-05-10", |salle| {
        for qui in ["claire", "karim", "sophie"] {
            let page = lit(&salle, qui, &format!("{C}/diagnostic")).texte;
            assert_eq!(chiffre(&page, "Constats"), "62");
            assert_eq!(chiffre(&page, "Thèmes obligatoires vides"), "0");
            assert_eq!(chiffre(&page, "Attendent une position"), "0");
            assert_eq!(chiffre(&page, "Divergences"), "1");
            // more than four figures of five come from what is imported
            assert!(
                page.contains("89\u{202f}% viennent du TDB ESMS, des comptes ou de la HAS"),
                "{page}"
            );
            // a theme that has findings and no text does not say that it was written
            let theme = page.split("Gouvernance, projet, siège").nth(1).unwrap();
            let theme = theme.split("</tr>").next().unwrap();
            assert_eq!(theme.matches("Positions prises").count(), 5, "{theme}");
            assert!(!theme.contains("Renseigné"), "{theme}");
            // both accounts stand side by side
            assert!(page.contains("21 jeunes en attente : toutes"), "{page}");
            assert!(page.contains("12 jeunes en attente : ceux"), "{page}");
            assert!(page.contains("CPOM 2019-2023 du SESSAD"), "{page}");
        }
    });
}

#[test]
fn each_figure_says_its_source_its_year_and_its_day() {
    let salle = Salle::au("rives-claires", "2024-03-20");
    let page = lit(
        &salle,
        "karim",
        &format!("{C}/diagnostic/{SESSAD}?theme=D3"),
    )
    .texte;
    for dit in [
        "94,1\u{202f}%",
        "91,6\u{202f}%",
        "Export TDB ESMS, campagne 2023",
        "pris le 11/03/2024",
        "Sans repère",
        "Questions qui guident",
        "gravité 3 sur 4",
    ] {
        assert!(page.contains(dit), "{dit}\n{page}");
    }
    // the accounts of before the contract are those of the compte administratif
    let page = lit(
        &salle,
        "sophie",
        &format!("{C}/diagnostic/990002057?theme=D9"),
    )
    .texte;
    assert!(page.contains("Compte administratif 2022"), "{page}");
    assert!(page.contains("\u{2212}8\u{202f}000\u{202f}€"), "{page}");
}

#[test]
fn a_party_takes_position_from_the_finding_itself() {
    partout("2024-03-28", |salle| {
        let adresse = format!("{C}/diagnostic/{SESSAD}?theme=D3");
        // given a finding that awaits the agency
        let page = lit(&salle, "karim", &adresse).texte;
        assert!(
            page.contains("2<span class=\"hors-vue\"> à traiter"),
            "{page}"
        );
        assert!(page.contains("Prendre position sur D3-02"), "{page}");
        // the département, which is not concerned, has nothing to say there
        let autre = lit(&salle, "sophie", &adresse).texte;
        assert!(!autre.contains("Prendre position"), "{autre}");
        // when the form of the finding is sent
        let tapee = [
            ("id", "p-1"),
            ("flux", "cpom"),
            ("objet", "diagnostic"),
            ("element", SESSAD),
            ("pour", SESSAD),
            ("constat", "D3-02"),
            ("avis", "desaccord"),
            ("texte", "Douze jeunes, pas vingt et un."),
        ];
        let faite = envoie(&salle, "karim", &format!("{C}/ecrire/position"), &tapee);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        // then it stands, for all
        for qui in ["karim", "claire", "sophie"] {
            let page = lit(&salle, qui, &adresse).texte;
            assert!(page.contains("Douze jeunes, pas vingt et un."), "{page}");
            assert!(page.contains("Constat divergent"), "{page}");
        }
    });
}

pub fn tdb(lignes: &[(&str, i32, &str)]) -> String {
    let mut csv = "Finess;Année;Taux d'ETP vacants au 31/12\n".to_owned();
    for (finess, annee, taux) in lignes {
        writeln!(csv, "{finess};{annee};{taux}").unwrap();
    }
    csv
}

/// What the page would write if it were accepted.
pub fn releves(page: &str) -> String {
    let apres = page.split("name=\"releves\" value=\"").nth(1).unwrap();
    let ecrit = apres.split('"').next().unwrap();
    ecrit
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}

#[test]
fn a_file_is_compared_then_accepted_and_a_corrected_figure_keeps_what_it_was() {
    partout("2024-03-11", |salle| {
        let ici = format!("{C}/chiffres");
        let fichier = tdb(&[
            (ESAT, 2022, ".0512"),
            (ESAT, 2019, "0.031"),
            (SESSAD, 2022, ".11"),
        ]);
        let envoie_fichier = |fichier: &str| {
            let champs = [("geste", "lire"), ("genre", "tdb")];
            televerse(&salle, "claire", (&ici, &champs), fichier.as_bytes())
        };
        // given an export, read and compared: one figure is new, one differs, one is the same
        let lue = envoie_fichier(&fichier);
        assert_eq!(lue.code, StatusCode::OK, "{}", lue.texte);
        assert_eq!(chiffre(&lue.texte, "Nouveaux"), "1");
        assert_eq!(chiffre(&lue.texte, "Modifiés"), "1");
        assert_eq!(chiffre(&lue.texte, "Inchangés"), "1");
        // and nothing is written yet
        let esat = format!("{C}/diagnostic/{ESAT}?theme=D8");
        assert!(!lit(&salle, "claire", &esat).texte.contains("5,12"));
        // when it is accepted, twice
        let releves = releves(&lue.texte);
        let champs = [
            ("geste", "accepter"),
            ("id", "c-1"),
            ("releves", releves.as_str()),
        ];
        for _ in 0..2 {
            let prise = televerse(&salle, "claire", (&ici, &champs), b"");
            assert_eq!(prise.code, StatusCode::SEE_OTHER, "{}", prise.texte);
        }
        // then the figure says what it was before
        let page = lit(&salle, "karim", &esat).texte;
        assert!(page.contains("5,12\u{202f}%"), "{page}");
        assert!(
            page.contains("avant, 4\u{202f}%, pris le 11/03/2024"),
            "{page}"
        );
        // and the same file changes nothing any more
        let encore = envoie_fichier(&fichier);
        assert_eq!(chiffre(&encore.texte, "Inchangés"), "3");
        assert!(
            encore.texte.contains("Rien ne changerait"),
            "{}",
            encore.texte
        );
    });
}

#[test]
fn a_file_that_is_wrong_or_of_others_is_told_and_takes_nothing() {
    let salle = Salle::au("rives-claires", "2024-03-11");
    let ici = format!("{C}/chiffres");
    let lit_fichier = |qui: &str, champs: &[(&str, &str)], octets: &[u8]| {
        televerse(&salle, qui, (&ici, champs), octets)
    };
    let lire = [("geste", "lire"), ("genre", "tdb")];
    let fausse = lit_fichier("claire", &lire, tdb(&[(ESAT, 2022, "beaucoup")]).as_bytes());
    assert_eq!(chiffre(&fausse.texte, "Lignes fautives"), "1");
    assert!(
        fausse.texte.contains("Ligne 2, colonne 3"),
        "{}",
        fausse.texte
    );
    let ailleurs = lit_fichier(
        "claire",
        &lire,
        tdb(&[("010008407", 2022, ".1")]).as_bytes(),
    );
    assert_eq!(chiffre(&ailleurs.texte, "D’autres ESMS"), "1");
    for (champs, octets) in [
        (&lire[..], &b"PK\x03\x04"[..]),
        (&lire[..], b""),
        (&[("geste", "lire"), ("genre", "autre")][..], b"a;b\n"),
        (
            &[("geste", "accepter"), ("id", "x"), ("releves", "[]")][..],
            b"",
        ),
        (
            &[("geste", "accepter"), ("id", "x"), ("releves", "{")][..],
            b"",
        ),
    ] {
        let refusee = lit_fichier("claire", champs, octets);
        assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY, "{champs:?}");
    }
    // an authority does not write the figures of the managing body
    let un = concat!(
        r#"[{"esms":"990002032","releve":{"source":"tdb","annee":2022,"piece":"x","#,
        r#""chiffres":{"TDB-2.01":"1"}}}]"#
    );
    let champs = [("geste", "accepter"), ("id", "x"), ("releves", un)];
    let refusee = lit_fichier("karim", &champs, b"");
    assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refusee.texte.contains("C’est au gestionnaire de le faire"),
        "{}",
        refusee.texte
    );
    // but states what it keeps itself
    let un = un
        .replace("\"tdb\"", "\"si_vss\"")
        .replace("TDB-2.01", "Q-EI-1");
    let champs = [("geste", "accepter"), ("id", "y"), ("releves", un.as_str())];
    assert_eq!(
        lit_fichier("karim", &champs, b"").code,
        StatusCode::SEE_OTHER
    );
    let refusee = lit_fichier("claire", &champs, b"");
    assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY);
}

/// The number that begins so: its key is worked out.
fn avec_cle(debut: &str) -> String {
    let mut numeros = (0..10).map(|cle| format!("{debut}{cle}"));
    numeros.find(|n| Finess::parse(n).is_ok()).unwrap()
}

/// The line of a SESSAD, in the layout of the extracts.
fn sessad(numero: &str, departement: &str) -> String {
    format!(
        "structureet;{numero};2A0000014;SESSAD;;;;;;;;;;{departement};;20000 VILLE;;;182;\
         Service d'éducation spéciale (S.E.S.S.A.D.);;;;;57;DGS;;;2001-01-01;;;\n"
    )
}

#[test]
fn a_figure_stands_beside_the_quartiles_of_similar_establishments_and_says_how_far_they_are() {
    let salle = Salle::au("rives-claires", "2024-03-20");
    // given thirty-seven SESSAD in another département
    let (mut extrait, mut lignes) = (sessad(SESSAD, "31"), Vec::new());
    for rang in 0..37 {
        let numero = avec_cle(&format!("31000{rang:03}"));
        extrait.push_str(&sessad(&numero, "31"));
        lignes.push((numero, format!("0.{:03}", 10 + rang)));
    }
    let lignes: Vec<(&str, i32, &str)> = lignes
        .iter()
        .map(|(n, taux)| (n.as_str(), 2022, taux.as_str()))
        .collect();
    runtime().block_on(async {
        for (genre, texte) in [(Genre::Finess, extrait), (Genre::Tdb, tdb(&lignes))] {
            let lecture = lire_de(genre, texte.as_bytes()).unwrap();
            let prise = Prise::default();
            let maintenant = salle.maintenant();
            let pris = salle
                .entente
                .importer_repertoire(lecture, prise, maintenant)
                .await;
            assert!(pris.unwrap().ecrit);
        }
    });
    let page = lit(
        &salle,
        "karim",
        &format!("{C}/diagnostic/{SESSAD}?theme=D8"),
    )
    .texte;
    // 1,0 to 4,6 by tenths: 1,9, 2,8 and 3,7
    for dit in [
        "2,8\u{202f}%",
        "1,9\u{202f}% à 3,7\u{202f}%",
        "37 structures",
        "au-dessus du troisième",
    ] {
        assert!(page.contains(dit), "{dit}\n{page}");
    }
    // and the register offers what the contract has not
    let offre = lit(&salle, "claire", &format!("{C}/chiffres")).texte;
    assert!(offre.contains("Rien ne changerait"), "{offre}");
}

#[test]
fn someone_of_one_establishment_reads_its_diagnostic_alone() {
    let mut salle = Salle::au("rives-claires", "2024-05-10");
    let portee = Portee::Esms(BTreeSet::from([SESSAD.to_owned()]));
    let droits = [droit("gestionnaire", Fonction::Validation, portee)];
    let maintenant = salle.maintenant();
    runtime().block_on(salle.gens.inscrit("paule", &droits, maintenant));
    let page = lit(&salle, "paule", &format!("{C}/diagnostic")).texte;
    assert_eq!(chiffre(&page, "Constats"), "14");
    for ailleurs in ["Ateliers du Val", "Colombier", "Escale", "CPOM 2019-2023"] {
        assert!(!page.contains(ailleurs), "{ailleurs}\n{page}");
    }
    for la in [format!("{C}/diagnostic/{ESAT}"), format!("{C}/entite")] {
        let la = lit(&salle, "paule", &la);
        assert_eq!(la.code, StatusCode::NOT_FOUND);
    }
    // nor does the address of a form give back what stands of another, or of the contract
    for (formulaire, dedans) in [
        (
            format!("theme?flux=cpom&esms={ESAT}&theme=D3"),
            "Activité réalisée",
        ),
        (
            format!("constat?flux=cpom&esms={ESAT}&constat=D3-01"),
            "absences de plus",
        ),
        ("convention?flux=cpom&cle=CV-1".to_owned(), "CPOM 2019-2023"),
    ] {
        let adresse = format!("{C}/ecrire/{formulaire}");
        let page = lit(&salle, "paule", &adresse).texte;
        assert!(!page.contains(dedans), "{page}");
        // who sees the whole contract takes up what stands
        let salle = Salle::au("rives-claires", "2024-03-11");
        let page = lit(&salle, "claire", &adresse).texte;
        assert!(page.contains(dedans), "{page}");
    }
}

#[test]
fn a_figure_out_of_bounds_is_refused_and_what_programs_write_in_full_is_rounded() {
    partout("2024-03-11", |salle| {
        let ici = format!("{C}/chiffres");
        let accepte = |id: &str, releves: &str| {
            let champs = [("geste", "accepter"), ("id", id), ("releves", releves)];
            televerse(&salle, "claire", (&ici, &champs), b"")
        };
        // given figures sent by hand, whatever the page would have sent
        let (longue, lignes) = ("p".repeat(201), "TDB\\n2022");
        let decimales = format!("0.{}1", "0".repeat(4_000));
        for (piece, code, valeur, dit) in [
            (longue.as_str(), "TDB-2.01", "1", "201 caractères trouvés"),
            (lignes, "TDB-2.01", "1", "sur une ligne"),
            ("p", "TDB-2.01", "1.23456", "4 décimales au plus"),
            ("p", "TDB-2.01", decimales.as_str(), "4 décimales au plus"),
            ("p", "TDB-3.12", "1000000000000", "moins de mille milliards"),
            (
                "p",
                "TDB-3.12",
                "-9223372036854775807",
                "moins de mille milliards",
            ),
            ("p", "Q-HAS-3", "5", "une note de 1 à 4"),
            ("p", "Q-HAS-6", "100.5", "un nombre de 0 à 100"),
        ] {
            // when they are accepted
            let un = format!(r#"[{{"esms":"{ESAT}","releve":{{"source":"tdb","annee":2022,"#);
            let un = format!(r#"{un}"piece":"{piece}","chiffres":{{"{code}":"{valeur}"}}}}}}]"#);
            let refusee = accepte("hors", &un);
            // then nothing is written, and one is told why
            assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY, "{dit}");
            assert!(refusee.texte.contains(dit), "{dit}\n{}", refusee.texte);
        }
        // given a rate that a program writes to its last digit
        let fichier = tdb(&[(ESAT, 2019, "0.119658119658120")]);
        let champs = [("geste", "lire"), ("genre", "tdb")];
        let lue = televerse(&salle, "claire", (&ici, &champs), fichier.as_bytes());
        assert!(lue.texte.contains("11,9658"), "{}", lue.texte);
        // when it is accepted
        let prise = accepte("rond", &releves(&lue.texte));
        assert_eq!(prise.code, StatusCode::SEE_OTHER, "{}", prise.texte);
        // then the same file changes nothing any more
        let encore = televerse(&salle, "claire", (&ici, &champs), fichier.as_bytes());
        assert_eq!(chiffre(&encore.texte, "Inchangés"), "1");
    });
}
