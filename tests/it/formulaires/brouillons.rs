//! Drafts: kept when a form is refused, while one types, and when the session had ended before the
//! form came; offered to the person alone, and gone once the form is done.

use super::histoire::envoie;
use crate::pages::salle::{Salle, runtime};
use axum::http::StatusCode;
use entente::app::formulaires::Envoi;

const CHEMIN: &str = "/contrats/c/ecrire/theme";
const FORMULAIRE: &str = "/contrats/c/ecrire/theme?flux=cpom";
const SESSAD: &str = "990002024";

fn envoi(champs: &[(&str, &str)]) -> Envoi {
    let champs = champs.iter();
    champs
        .map(|(nom, valeur)| ((*nom).to_owned(), vec![(*valeur).to_owned()]))
        .collect()
}

fn salle() -> (Salle, axum::Router) {
    let salle = Salle::au("c", "2024-03-11");
    let routeur = salle.sert(None);
    (salle, routeur)
}

fn demande(
    routeur: &axum::Router,
    (chemin, cookie): (&str, &str),
    envoi: Option<&Envoi>,
) -> (StatusCode, String, String) {
    runtime().block_on(envoie(routeur, (chemin, cookie), envoi))
}

const TEXTE: &str = "Une liste d'attente qui s'allonge <b>";
/// As a page writes it.
const ECRIT: &str = "Une liste d&#x27;attente qui s&#x27;allonge &lt;b&gt;";

#[test]
fn what_was_typed_in_a_refused_form_comes_back_to_its_author_alone() {
    let (salle, routeur) = salle();
    let claire = salle.gens.cookie("claire");
    // Given a form refused: no theme was chosen.
    let tapes = envoi(&[
        ("flux", "cpom"),
        ("id", "b1"),
        ("esms", SESSAD),
        ("texte", TEXTE),
    ]);
    let (code, _, page) = demande(&routeur, (CHEMIN, &claire), Some(&tapes));
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains(ECRIT) && page.contains("href=\"#theme\""),
        "{page}"
    );
    // When it is opened again: it is offered, to its author alone.
    let (_, _, page) = demande(&routeur, (FORMULAIRE, &claire), None);
    assert!(
        page.contains("Un brouillon du") && page.contains(ECRIT),
        "{page}"
    );
    for autre in ["karim", "sophie"] {
        let cookie = salle.gens.cookie(autre);
        let (_, _, page) = demande(&routeur, (FORMULAIRE, &cookie), None);
        assert!(
            !page.contains("brouillon du") && !page.contains(ECRIT),
            "{autre}"
        );
    }
    // Then it goes once the form is done.
    let mut tapes = tapes;
    tapes.insert("theme".to_owned(), vec!["D2".to_owned()]);
    let (code, vers, _) = demande(&routeur, (CHEMIN, &claire), Some(&tapes));
    assert_eq!(code, StatusCode::SEE_OTHER, "{vers}");
    let (_, _, page) = demande(&routeur, (FORMULAIRE, &claire), None);
    assert!(!page.contains("Un brouillon du"), "{page}");
}

#[test]
fn what_is_being_typed_is_kept_and_thrown_away_on_demand() {
    let (salle, routeur) = salle();
    let claire = salle.gens.cookie("claire");
    let tapes = [
        ("formulaire", "ecrire/theme"),
        ("flux", "cpom"),
        ("texte", TEXTE),
    ];
    let (code, ..) = demande(
        &routeur,
        ("/contrats/c/brouillon", &claire),
        Some(&envoi(&tapes)),
    );
    assert_eq!(code, StatusCode::NO_CONTENT);
    let (_, _, page) = demande(&routeur, (FORMULAIRE, &claire), None);
    assert!(page.contains(ECRIT));
    // A contract of others takes nothing.
    let lea = salle.gens.cookie("lea");
    let (code, ..) = demande(
        &routeur,
        ("/contrats/c/brouillon", &lea),
        Some(&envoi(&tapes)),
    );
    assert_eq!(code, StatusCode::NOT_FOUND);
    let jete = [
        ("formulaire", "ecrire/theme"),
        ("flux", "cpom"),
        ("geste", "jeter"),
    ];
    let (code, vers, _) = demande(
        &routeur,
        ("/contrats/c/brouillon", &claire),
        Some(&envoi(&jete)),
    );
    assert_eq!((code, vers.as_str()), (StatusCode::SEE_OTHER, FORMULAIRE));
    let (_, _, page) = demande(&routeur, (FORMULAIRE, &claire), None);
    assert!(!page.contains("Un brouillon du") && !page.contains(ECRIT));
}

#[test]
fn a_form_sent_once_the_session_has_ended_is_put_aside_for_its_author() {
    let (mut salle, routeur) = salle();
    let claire = salle.gens.cookie("claire");
    // Given a session that has ended: the browser still shows it.
    let plus_tard = salle.maintenant() + chrono::TimeDelta::days(20_000);
    let ouverte = std::mem::replace(&mut salle.horloge, std::sync::Arc::new(move || plus_tard));
    let fermee = salle.sert(None);
    let tapes = envoi(&[
        ("flux", "cpom"),
        ("id", "b2"),
        ("esms", SESSAD),
        ("texte", TEXTE),
    ]);
    // When the form comes, then it leads to sign in, and back to the form.
    let (code, vers, _) = demande(&fermee, (CHEMIN, &claire), Some(&tapes));
    assert_eq!(code, StatusCode::SEE_OTHER);
    assert_eq!(
        vers,
        "/connexion?retour=%2Fcontrats%2Fc%2Fecrire%2Ftheme%3Fflux%3Dcpom"
    );
    // A browser that shows nothing leaves nothing.
    let rien = envoi(&[("flux", "cpom"), ("texte", "glissé par un autre")]);
    let (code, ..) = demande(&fermee, (CHEMIN, "entente=personne"), Some(&rien));
    assert_eq!(code, StatusCode::SEE_OTHER);
    // And its author finds it again; nobody else does.
    salle.horloge = ouverte;
    for (qui, repris) in [("claire", true), ("karim", false), ("sophie", false)] {
        let cookie = salle.gens.cookie(qui);
        let (_, _, page) = demande(&routeur, (FORMULAIRE, &cookie), None);
        assert_eq!(page.contains(ECRIT), repris, "{qui}");
        assert!(!page.contains("glissé par un autre"), "{qui}");
    }
}

type Champs<'a> = &'a [(&'a str, &'a str)];

/// What is said around a contract: where it is sent, the page that shows its form, what is typed.
const DITS: [(&str, &str, Champs<'static>); 6] = [
    ("echanges", "echanges", &[("quoi", "fil"), ("texte", TEXTE)]),
    (
        "echanges/f1",
        "echanges/f1",
        &[("quoi", "reponse"), ("texte", TEXTE), ("avant", "hier")],
    ),
    (
        "reunions",
        "reunions",
        &[("quoi", "reunion"), ("ordre", TEXTE)],
    ),
    (
        "reunions/r1",
        "reunions/r1",
        &[("quoi", "decision"), ("decision", TEXTE)],
    ),
    (
        "pieces",
        "documents",
        &[("quoi", "piece"), ("piece", TEXTE), ("de", "ars")],
    ),
    ("notes", "notes", &[("quoi", "note"), ("texte", TEXTE)]),
];

/// A thread and a meeting, so that all forms are there.
fn avec_fil_et_reunion() -> (Salle, axum::Router) {
    let (salle, routeur) = salle();
    let claire = salle.gens.cookie("claire");
    let fil = [("id", "f1"), ("sujet", "Frais"), ("texte", "Taux ?")];
    let reunion = [
        ("id", "r1"),
        ("objet", "Point"),
        ("le", "2024-09-20"),
        ("ou", "14 h"),
        ("ordre", "Objectifs"),
    ];
    for (page, champs) in [("echanges", &fil[..]), ("reunions", &reunion[..])] {
        let chemin = format!("/contrats/c/{page}");
        let (code, ..) = demande(&routeur, (&chemin, &claire), Some(&envoi(champs)));
        assert_eq!(code, StatusCode::SEE_OTHER, "{page}");
    }
    (salle, routeur)
}

#[test]
fn what_was_going_to_be_said_is_kept_while_typed_and_after_sign_out() {
    let (mut salle, routeur) = avec_fil_et_reunion();
    let claire = salle.gens.cookie("claire");
    let plus_tard = salle.maintenant() + chrono::TimeDelta::days(20_000);
    let ouverte = std::mem::replace(&mut salle.horloge, std::sync::Arc::new(move || plus_tard));
    let fermee = salle.sert(None);
    salle.horloge = ouverte;
    for (chemin, page, champs) in DITS {
        let (page, vers) = (
            format!("/contrats/c/{page}"),
            format!("/contrats/c/{chemin}"),
        );
        let montre = |qui: &str| {
            let (_, _, lue) = demande(&routeur, (&page, &salle.gens.cookie(qui)), None);
            lue.contains(ECRIT) && lue.contains("Un brouillon du")
        };
        assert!(!montre("claire"), "{page}");
        // Given what a page keeps while one types, then it is offered to its author alone.
        let mut tapes = envoi(champs);
        tapes.insert("formulaire".to_owned(), vec![chemin.to_owned()]);
        let garde = ("/contrats/c/brouillon", claire.as_str());
        let (code, ..) = demande(&routeur, garde, Some(&tapes));
        assert_eq!(code, StatusCode::NO_CONTENT, "{chemin}");
        assert!(montre("claire") && !montre("karim"), "{page}");
        // Thrown away, it is gone, and leads back to its page.
        tapes.insert("geste".to_owned(), vec!["jeter".to_owned()]);
        let (code, retour, _) = demande(&routeur, garde, Some(&tapes));
        assert_eq!((code, &retour), (StatusCode::SEE_OTHER, &page));
        assert!(!montre("claire"), "{page}");
        // Sent once the session has ended, it is put aside, and found again after sign-in.
        let (code, retour, _) = demande(&fermee, (&vers, &claire), Some(&envoi(champs)));
        let code_de_page: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
        let attendu = format!("/connexion?retour={code_de_page}");
        assert_eq!((code, retour), (StatusCode::SEE_OTHER, attendu));
        assert!(montre("claire") && !montre("karim"), "{page}");
        demande(&routeur, garde, Some(&tapes));
    }
}

#[test]
fn what_was_refused_is_kept_and_goes_once_it_is_said() {
    let (salle, routeur) = avec_fil_et_reunion();
    let claire = salle.gens.cookie("claire");
    let (chemin, montre) = ("/contrats/c/echanges", |page: &str| {
        page.contains("Un brouillon du") && page.contains(ECRIT)
    });
    // Given a message without a subject.
    let mut tapes = envoi(&[("quoi", "fil"), ("id", "f2"), ("texte", TEXTE)]);
    let (code, _, page) = demande(&routeur, (chemin, &claire), Some(&tapes));
    assert_eq!(code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains(ECRIT));
    assert!(montre(&demande(&routeur, (chemin, &claire), None).2));
    // When it is said, then nothing of it waits any more.
    tapes.insert("sujet".to_owned(), vec!["Attente".to_owned()]);
    let (code, ..) = demande(&routeur, (chemin, &claire), Some(&tapes));
    assert_eq!(code, StatusCode::SEE_OTHER);
    assert!(
        !demande(&routeur, (chemin, &claire), None)
            .2
            .contains("Un brouillon du")
    );
}
