use super::*;
use crate::metier::referentiels::indicateurs;
use crate::regles::problem::Code;

const EXEMPLE: &str = r#"code: essai-2026
version: "3"
titre: "Essai"
source: "Essai"
themes:
  - code: A1
    titre: "Un"
    niveau: [esms]
    obligatoire: true
    questions: ["Qui ?", "Quoi ?"]
    indicateurs: [TDB-1.01, Q-HAS-2]
    preuves: ["Rapport"]
  - code: A2
    titre: "Deux"
    niveau: [territoire, gestionnaire]
    obligatoire: { pour: ["246", "183"] }
    questions:
      - "Quand ?"
      - "Comment ?"
    preuves: ["Bilan"]
"#;

fn d15() -> &'static Trame {
    trame("d1-d15-2026").unwrap()
}

fn codes<'a>(themes: impl IntoIterator<Item = &'a Theme>) -> Vec<&'a str> {
    themes
        .into_iter()
        .map(|theme| theme.code.as_str())
        .collect()
}

/// What is said of the example once `juste` is written `faux`.
fn refusee(juste: &str, faux: &str) -> Problem {
    assert!(EXEMPLE.contains(juste), "{juste}");
    let texte = EXEMPLE.replacen(juste, faux, 1);
    let fautes = Trame::lire(texte.as_bytes()).expect_err(faux);
    assert_eq!(fautes.len(), 1, "{fautes:?}");
    fautes.into_iter().next().unwrap()
}

#[test]
fn each_shipped_trame_is_read_and_named_as_its_file() {
    for (nom, texte) in TEXTES {
        let lue = Trame::lire(texte.as_bytes());
        let lue = lue.unwrap_or_else(|fautes| panic!("{nom} : {fautes:#?}"));
        assert_eq!(lue.code, nom);
        assert_eq!(trame(nom), Some(&lue));
    }
    assert_eq!(TRAMES.len(), TEXTES.len());
    assert_eq!(trame("d1-d15"), None);
}

#[test]
fn nine_themes_of_fifteen_are_asked_of_every_establishment() {
    let obligatoires = codes(d15().obligatoires(None));
    let attendus = ["D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10"];
    assert_eq!(obligatoires, attendus);
    assert_eq!(d15().themes.len(), 15);
    assert_eq!(titre("D9"), Some("Finances"));
    assert_eq!(titre("D99"), None);
}

#[test]
fn a_theme_may_be_asked_of_some_categories_only() {
    let de = |categorie| codes(d15().obligatoires(categorie));
    assert!(de(Some("246")).contains(&"D14"));
    assert_eq!(de(Some("183")), de(None));
    assert!(!de(None).contains(&"D14"));
    let cinq = trame("cinq-themes-2026").unwrap();
    assert_eq!(
        codes(cinq.obligatoires(None)),
        ["T1", "T2", "T3", "T4", "T5"]
    );
}

#[test]
fn each_indicator_is_prefilled_somewhere() {
    for trame in TRAMES.iter() {
        let prefilled: BTreeSet<&str> = trame
            .themes
            .iter()
            .flat_map(|theme| theme.indicateurs.iter().map(|indicateur| indicateur.code))
            .collect();
        let connus: BTreeSet<&str> = indicateurs::tous().iter().map(|i| i.code).collect();
        assert_eq!(prefilled, connus, "{}", trame.code);
    }
}

/// The column of the list says of which part of a diagnostic an indicator tells.
#[test]
fn indicators_stand_where_their_list_says() {
    use indicateurs::Theme as Dit;
    for (code, dits) in [
        ("D3", &[Dit::Activite][..]),
        ("D4", &[Dit::Public]),
        ("D5", &[Dit::Parcours, Dit::Sante]),
        ("D8", &[Dit::Rh]),
        ("D10", &[Dit::Patrimoine]),
        ("D11", &[Dit::Si]),
    ] {
        let theme = d15().theme(code).unwrap();
        let places: BTreeSet<&str> = theme.indicateurs.iter().map(|i| i.code).collect();
        let tous = indicateurs::tous().iter();
        let dits = tous.filter(|i| dits.contains(&i.theme)).map(|i| i.code);
        assert_eq!(places, dits.collect(), "{code}");
    }
}

#[test]
fn questions_are_questions() {
    for theme in TRAMES.iter().flat_map(|trame| &trame.themes) {
        for question in &theme.questions {
            assert!(question.ends_with(" ?"), "{} : {question}", theme.code);
        }
    }
}

#[test]
fn a_trame_is_read_whole() {
    let lue = Trame::lire(EXEMPLE.as_bytes()).unwrap();
    assert_eq!(
        (lue.code.as_str(), lue.version.as_str()),
        ("essai-2026", "3")
    );
    let [un, deux] = &lue.themes[..] else {
        panic!("{lue:?}")
    };
    assert_eq!(lue.theme("A2"), Some(deux));
    assert_eq!(lue.theme("A3"), None);
    assert_eq!(un.niveaux, [Niveau::Esms].into());
    assert_eq!(
        deux.niveaux,
        [Niveau::Gestionnaire, Niveau::Territoire].into()
    );
    let codes: Vec<&str> = un.indicateurs.iter().map(|i| i.code).collect();
    assert_eq!(codes, ["TDB-1.01", "Q-HAS-2"]);
    assert_eq!(deux.questions, ["Quand ?", "Comment ?"]);
    assert_eq!(deux.preuves, ["Bilan"]);
    assert_eq!(deux.obligation, Obligation::Pour(["183", "246"].into()));
    assert!(deux.obligatoire(Some("183")) && !deux.obligatoire(Some("255")));
    assert!(un.obligatoire(Some("255")));
}

#[test]
fn a_name_that_nothing_declares_is_refused_with_the_nearest() {
    let faute = refusee("[TDB-1.01", "[TDB-9.01");
    assert_eq!((faute.code, faute.place.line), (Code::Inconnu, 11));
    assert_eq!(
        faute.message,
        "Dans le thème A1, attendu le code d'un indicateur de indicateurs-tdb-esms.csv ; \
         trouvé « TDB-9.01 ». Vouliez-vous écrire « TDB-1.01 » ?"
    );
    let faute = refusee("\"246\", ", "ESAT, ");
    assert_eq!((faute.code, faute.place.line), (Code::Inconnu, 16));
    assert_eq!(
        faute.message,
        "Dans « obligatoire » (le thème A2), attendu le code d'une catégorie FINESS de \
         finess-categories.csv ; trouvé « ESAT »."
    );
    let faute = refusee(
        "    preuves: [\"Bilan\"]",
        "    preuve: [\"Bilan\"]\n    preuves: [x]",
    );
    assert_eq!((faute.code, faute.place.line), (Code::Inconnu, 20));
    assert!(faute.message.starts_with(
        "La clé « preuve » n'est pas connue dans le thème A2. Vouliez-vous écrire « preuves » ?"
    ));
    let faute = refusee("[esms]", "[etablissement]");
    assert_eq!(
        faute.message,
        "« niveau » attend esms, gestionnaire, territoire ; trouvé « etablissement »."
    );
}

#[test]
fn what_is_twice_is_refused() {
    let faute = refusee("code: A2", "code: A1");
    assert_eq!((faute.code, faute.place.line), (Code::Syntaxe, 13));
    assert_eq!(
        faute.message,
        "Le thème A1 est déjà décrit ligne 6 : donnez-lui un autre code, ou gardez l'un des deux."
    );
    for (juste, faux, dit) in [
        (
            "\"Quoi ?\"",
            "\"Qui ?\"",
            "« Qui ? » est deux fois dans « questions »",
        ),
        (
            "Q-HAS-2",
            "TDB-1.01",
            "« TDB-1.01 » est deux fois dans « indicateurs »",
        ),
        ("\"183\"", "\"246\"", "« 246 » est deux fois dans « pour »"),
        (
            "[esms]",
            "[esms, esms]",
            "« esms » est deux fois dans « niveau »",
        ),
    ] {
        let faute = refusee(juste, faux);
        assert!(faute.message.starts_with(dit), "{}", faute.message);
    }
}

#[test]
fn what_is_empty_or_of_another_shape_is_refused() {
    for (juste, faux, dit) in [
        (
            "\"Quoi ?\"",
            "\" \"",
            "« questions » attend des textes non vides",
        ),
        (
            ", \"Quoi ?\"]",
            "]",
            "Attendu 2 à 5 questions pour le thème A1 ; trouvé 1.",
        ),
        (
            "[\"Qui ?\", \"Quoi ?\"]",
            "[]",
            "« questions » attend une liste de questions",
        ),
        (
            "[\"Qui ?\", \"Quoi ?\"]",
            "[a, b, c, d, e, f]",
            "Attendu 2 à 5 questions",
        ),
        (
            "[\"Rapport\"]",
            "",
            "« preuves » attend une liste d'au moins un document",
        ),
        (
            "[TDB-1.01, Q-HAS-2]",
            "[]",
            "« indicateurs » attend une liste",
        ),
        (
            "    titre: \"Un\"\n",
            "",
            "Il manque « titre » dans le thème A1",
        ),
        (
            "obligatoire: true",
            "obligatoire: oui",
            "« obligatoire » attend true, false",
        ),
        (
            "{ pour: [\"246\", \"183\"] }",
            "{ sauf: x, pour: [\"246\"] }",
            "La clé « sauf »",
        ),
        (
            "{ pour: [\"246\", \"183\"] }",
            "{ pour: [] }",
            "« pour » attend une liste",
        ),
        ("code: A1", "code: é", "« code » attend des majuscules"),
        (
            "essai-2026",
            "Essai",
            "« code » attend un nom en minuscules",
        ),
        (
            "version: \"3\"\n",
            "",
            "Il manque « version » dans la trame",
        ),
    ] {
        let faute = refusee(juste, faux);
        assert!(faute.message.starts_with(dit), "{}", faute.message);
        assert!(faute.place.line > 0);
    }
}

#[test]
fn a_trame_without_theme_is_refused() {
    let vide = Trame::lire(b"code: x\nversion: 1\ntitre: x\nsource: x\nthemes: []\n");
    assert_eq!(
        vide.unwrap_err()[0].message,
        "« themes » attend une liste d'au moins un thème ; trouvé une liste."
    );
}

#[test]
fn all_that_is_wrong_is_told_in_the_order_of_the_file() {
    let texte = EXEMPLE
        .replace("Q-HAS-2", "Q-HAS-99")
        .replace("[\"Bilan\"]", "[]");
    let texte = texte.replace("source: \"Essai\"", "source: \"\"");
    let lignes: Vec<u32> = Trame::lire(texte.as_bytes())
        .unwrap_err()
        .iter()
        .map(|faute| faute.place.line)
        .collect();
    assert_eq!(lignes, [4, 11, 20]);
}
