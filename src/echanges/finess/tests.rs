use super::*;
use chrono::NaiveDate;
use std::fmt::Write as _;

/// A small extract in the official layouts, fictitious establishments, Corsican and overseas
/// numbers.
const EXTRAIT: &str = include_str!("essai.csv");

fn lu(texte: &str) -> Extrait {
    lire(texte.as_bytes()).unwrap()
}

fn dites(extrait: &Extrait) -> Vec<String> {
    extrait
        .fautes
        .dites
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn jour(texte: &str) -> NaiveDate {
    texte.parse().unwrap()
}

#[test]
fn an_extract_in_the_official_layouts_is_read() {
    let extrait = lu(EXTRAIT);
    assert_eq!(dites(&extrait), [""; 0]);
    let numeros: Vec<&str> = extrait
        .etablissements
        .iter()
        .map(|lu| lu.finess.as_str())
        .collect();
    let attendus = ["2A0000204", "2B0000020", "970405767", "990001018"];
    assert_eq!(numeros, attendus);
    let corse = &extrait.etablissements[0];
    assert_eq!(corse.ej.as_str(), "2A0000014");
    assert_eq!(corse.nom, "IME \"LES ARBOUSIERS\"");
    assert_eq!(
        (corse.categorie.as_str(), corse.departement.as_str()),
        ("183", "2A")
    );
    assert_eq!(corse.commune, "AJACCIO CEDEX");
    assert_eq!(
        (corse.ouvert_le, corse.ferme_le),
        (Some(jour("1979-02-13")), None)
    );
    assert_eq!(corse.tarification, "57");
    assert_eq!(extrait.etablissements[2].departement, "974");
    let entites: Vec<(&str, &str)> = extrait
        .entites
        .iter()
        .map(|e| (e.finess.as_str(), e.siren.as_str()))
        .collect();
    assert_eq!(entites, [("2A0000014", "123456789"), ("990000010", "")]);
    // Taken-away places do not count; equipments add up.
    let places: Vec<(&str, u32, u32)> = extrait
        .capacites
        .iter()
        .map(|c| (c.finess.as_str(), c.autorisee, c.installee))
        .collect();
    assert_eq!(places, [("2A0000204", 52, 45), ("990001018", 0, 0)]);
    assert_eq!(extrait.lus, 10);
    let signalements = [
        "620 (Pharmacie d'Officine) : catégorie inconnue de notre liste, gardée avec son code ; \
         établissements : 1.",
        "Établissements dont le numéro ne commence pas par leur département, ce qu'un \
         déménagement explique : 1 (dont 990001018).",
        "Lignes « geolocalisation » non lues : 1.",
    ];
    assert_eq!(extrait.signalements, signalements);
}

#[test]
fn the_same_extract_reads_the_same_in_each_encoding() {
    let attendu = lu(EXTRAIT);
    let (windows, _, perdu) = encoding_rs::WINDOWS_1252.encode(EXTRAIT);
    assert!(!perdu && windows.as_ref() != EXTRAIT.as_bytes());
    assert_eq!(lire(windows.as_ref()).unwrap(), attendu);
    let marque = format!("\u{feff}{}", EXTRAIT.replace('\n', "\r\n"));
    assert_eq!(lu(&marque), attendu);
    // Letters of Corsica may be small.
    assert_eq!(lu(&EXTRAIT.replace("2A0000", "2a0000")), attendu);
}

/// The line of an establishment, some of its fields changed.
fn ligne(changes: &[(usize, &str)]) -> String {
    let bonne = EXTRAIT.lines().nth(1).unwrap();
    let mut champs: Vec<String> = champs(bonne).into_iter().map(Cow::into_owned).collect();
    for (rang, texte) in changes {
        champs[*rang] = (*texte).to_owned();
    }
    champs.join(";")
}

#[test]
fn a_wrong_field_is_told_by_its_place_and_its_name() {
    for (changes, debut, fin) in [
        (
            (et::NUMERO, "2A0000205"),
            "Ligne 1, colonne 2 : nofinesset : La clé",
            "Trouvé « 2A0000205 ».",
        ),
        (
            (et::EJ, ""),
            "Ligne 1, colonne 3 : nofinessej : Un numéro FINESS compte 9",
            "Trouvé rien.",
        ),
        (
            (et::CATEGORIE, "IME"),
            "Ligne 1, colonne 19 : categetab : attendu un code de catégorie",
            "Trouvé « IME ».",
        ),
        (
            (et::DEPARTEMENT, "Corse"),
            "Ligne 1, colonne 14 : departement : attendu un code",
            "Trouvé « Corse ».",
        ),
        (
            (et::OUVERTURE, "13/02/1979"),
            "Ligne 1, colonne 29 : dateouv : attendu une date",
            "Trouvé « 13/02/1979 ».",
        ),
        (
            (et::OUVERTURE, "9979-02-13"),
            "Ligne 1, colonne 29 : dateouv : attendu une date",
            "Trouvé « 9979-02-13 ».",
        ),
    ] {
        let bonne = ligne(&[(et::NUMERO, "990001018")]);
        let extrait = lu(&format!("{}\n{bonne}\n", ligne(&[changes])));
        let dites = dites(&extrait);
        assert_eq!(dites.len(), 1, "{dites:?}");
        assert!(
            dites[0].starts_with(debut) && dites[0].ends_with(fin),
            "{dites:?}"
        );
        assert!(!extrait.fautes.informe);
        assert_eq!((extrait.lus, extrait.etablissements.len()), (2, 1));
    }
    let sans_nom = lu(&ligne(&[(et::NOM, ""), (et::NOM_LONG, "")]));
    assert!(
        dites(&sans_nom)[0].contains("attendu un nom"),
        "{:?}",
        dites(&sans_nom)
    );
}

#[test]
fn what_is_not_of_the_layout_stops_all() {
    let bonne = ligne(&[]);
    let courte = bonne.rsplit_once(";1979").unwrap().0;
    let virgules = bonne.replace(';', ",");
    let liens = "structureet;990001018;990000010\n";
    for (texte, dite) in [
        (format!("{bonne}\n{courte}"), "Ligne 2, colonne"),
        (format!("{bonne}\n{bonne};x;y"), "Ligne 2, colonne 34"),
        (
            format!("{virgules}\n"),
            "Ligne 1, colonne 1 : attendu « structureet »",
        ),
        (
            format!("finess;etalab;1\n{virgules}\n"),
            "Ligne 2, colonne 1 : attendu",
        ),
        (
            format!("{bonne}\nfiness;etalab\n"),
            "Ligne 2, colonne 1 : attendu",
        ),
        (
            format!("{bonne}\n{bonne}\0\n"),
            "Ligne 2 : la ligne contient",
        ),
        (
            format!("{liens}{bonne}\n"),
            "Ligne 1 : la ligne est plus courte",
        ),
    ] {
        let extrait = lu(&texte);
        let dites = dites(&extrait);
        assert!(extrait.fautes.informe && dites.len() == 1, "{dites:?}");
        assert!(dites[0].starts_with(dite), "{dites:?}");
    }
    for texte in [
        "",
        "\n\n",
        "finess;etalab;98;2026-05-12\n",
        "geolocalisation;x;1\n",
    ] {
        let phrase = lire(texte.as_bytes()).unwrap_err();
        assert!(phrase.contains("aucune ligne « structureet »"), "{phrase}");
    }
    assert!(
        lire(&b"PK\x03\x04"[..])
            .unwrap_err()
            .contains("n'est pas un texte")
    );
}

#[test]
fn lines_past_the_most_that_is_read_are_refused_at_the_first_of_them() {
    let texte = "geolocalisation;\n".repeat(1_000_000);
    let extrait = lu(&texte);
    assert!(extrait.fautes.informe);
    assert_eq!(extrait.fautes.dites[0].ligne, LIGNES_MAX + 1);
    assert!(dites(&extrait)[0].contains("dépasse 400000 lignes"));
}

#[test]
fn the_same_line_twice_counts_once_and_another_of_the_same_number_is_refused() {
    let (une, autre) = (ligne(&[]), ligne(&[(et::CATEGORIE, "186")]));
    assert_eq!(lu(&format!("{une}\n{une}\n")).etablissements.len(), 1);
    let extrait = lu(&format!("{une}\n{autre}\n"));
    assert_eq!(
        dites(&extrait),
        [
            "Ligne 2, colonne 2 : la ligne 1 dit déjà autre chose du même numéro. Gardez une seule \
          des deux lignes."
        ]
    );
}

#[test]
fn the_first_two_hundred_faults_are_told_and_the_others_counted() {
    let mut texte = String::new();
    for rang in 0..1_000 {
        writeln!(texte, "{}", ligne(&[(et::NUMERO, &format!("x{rang}"))])).unwrap();
    }
    let fautes = lu(&texte).fautes;
    assert_eq!((fautes.dites.len(), fautes.en_tout), (200, 1_000));
}

/// The records of an extract as a flow writes them.
fn flux() -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<fluxfiness>\n".to_owned();
    for texte in EXTRAIT.lines() {
        let champs = champs(texte);
        let gabarits = [&et::GABARIT, &ej::GABARIT, &equipement::GABARIT];
        let genre = champs[0].as_ref();
        let Some(gabarit) = gabarits.into_iter().find(|g| g.champs[0] == genre) else {
            continue;
        };
        writeln!(xml, "  <{genre}>").unwrap();
        for (nom, champ) in gabarit.champs.iter().zip(&champs).skip(1) {
            let champ = champ.replace('&', "&amp;");
            if champ.is_empty() {
                writeln!(xml, "    <{nom} xsi:nil=\"true\"/>").unwrap();
            } else {
                writeln!(xml, "    <{nom}>{champ}</{nom}>").unwrap();
            }
        }
        writeln!(xml, "  </{genre}>").unwrap();
    }
    xml + "</fluxfiness>\n"
}

#[test]
fn a_flow_reads_as_the_extract_of_the_same_records() {
    let (du_flux, attendu) = (lu(&flux()), lu(EXTRAIT));
    assert_eq!(dites(&du_flux), [""; 0]);
    assert_eq!(du_flux.etablissements, attendu.etablissements);
    assert_eq!(du_flux.entites, attendu.entites);
    assert_eq!(du_flux.capacites, attendu.capacites);
    assert_eq!(du_flux.lus, attendu.lus);
    // A flow says when an establishment closed, and the name of its town.
    let clos = "<datefermeture>2007-04-20</datefermeture><libcommune>AJACCIO</libcommune>";
    let ferme = lu(&flux().replacen("</structureet>", &format!("{clos}</structureet>"), 1));
    assert_eq!(ferme.etablissements[0].ferme_le, Some(jour("2007-04-20")));
    assert_eq!(ferme.etablissements[0].commune, "AJACCIO");
}

#[test]
fn a_flow_that_is_broken_or_made_to_harm_is_told_by_its_line() {
    let flux = flux();
    let coupe = &flux[..flux.find("</structureej>").unwrap()];
    let bombe = format!("<?xml version=\"1.0\"?>\n<!DOCTYPE f [<!ENTITY a \"aaaa\">]>\n{flux}");
    let faux = flux.replacen("2A0000204", "2A0000205", 1);
    for (texte, informe, dite) in [
        (
            coupe.to_owned(),
            true,
            "n'est pas finie. Le fichier est coupé",
        ),
        (
            bombe,
            true,
            "Ligne 2 : attendu un flux sans déclaration de type",
        ),
        (
            flux.replacen("IME", "&secret;", 1),
            true,
            "appelé par un nom qui n'est pas de XML",
        ),
        (
            flux.replacen("IME", &"A".repeat(5_000), 1),
            true,
            "un champ dépasse 4096 octets",
        ),
        (
            flux.replacen("</rs>", "</rs", 1),
            true,
            "ne se lit pas comme du XML",
        ),
        (faux, false, "Ligne 3 : nofinesset : La clé"),
    ] {
        let extrait = lu(&texte);
        let dites = dites(&extrait);
        assert_eq!(extrait.fautes.informe, informe, "{dites:?}");
        assert!(dites[0].contains(dite), "{dites:?}");
    }
}
