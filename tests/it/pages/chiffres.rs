//! What of a file, or of the register, is written: what may be, told line by line; never half by
//! accident, never nothing because of one line.

use super::besoins::televerse;
use super::diagnostic::{C, ESAT, SESSAD, chiffre, releves, tdb};
use super::echanges::{Lue, envoie, lit};
use super::gens::droit;
use super::salle::{Salle, runtime};
use axum::http::StatusCode;
use entente::app::comptes::{Fonction, Portee};
use entente::app::repertoire::{Genre, Prise, lire_de};

const FOYER: &str = "990002057";

/// The foyer de vie is written again; the others are closed.
fn salle() -> Salle {
    Salle::au("rives-claires", "2024-05-14")
}

fn lit_fichier(salle: &Salle, qui: &str, fichier: &str) -> Lue {
    let champs = [("geste", "lire"), ("genre", "tdb")];
    televerse(
        salle,
        qui,
        (&format!("{C}/chiffres"), &champs),
        fichier.as_bytes(),
    )
}

fn accepte(salle: &Salle, qui: &str, id: &str, releves: &str) -> Lue {
    let champs = [("geste", "accepter"), ("id", id), ("releves", releves)];
    televerse(salle, qui, (&format!("{C}/chiffres"), &champs), b"")
}

#[test]
fn what_may_not_be_written_is_told_and_stops_nothing_else() {
    let salle = salle();
    // given figures of an establishment that was handed over, and of one that is being filled in
    let fichier = tdb(&[(ESAT, 2022, ".0512"), (FOYER, 2022, ".0311")]);
    let lue = lit_fichier(&salle, "claire", &fichier);
    assert_eq!(lue.code, StatusCode::OK, "{}", lue.texte);
    let dite = lue.texte.replace('\u{a0}', " ");
    for dit in [
        "Chiffres que vous ne pouvez pas écrire maintenant",
        &format!(
            "<b>ESAT Les Ateliers du Val</b> (<span class=\"num\">{ESAT}</span>), 1 chiffre. "
        ),
        "Rouvrez d’abord le diagnostic de cet ESMS.",
    ] {
        assert!(dite.contains(dit), "{dit}\n{dite}");
    }
    let siens = releves(&lue.texte);
    assert!(siens.contains(FOYER) && !siens.contains(ESAT), "{siens}");
    // when what is offered is accepted
    let prise = accepte(&salle, "claire", "a", &siens);
    // then it is written
    assert_eq!(prise.code, StatusCode::SEE_OTHER, "{}", prise.texte);
    // when both are asked all the same, the closed one first
    let deux = siens
        .replace("3,11", "3,2")
        .replace("\"3.11\"", "\"3.2\"")
        .replacen('[', "", 1);
    let ferme = siens.replace(FOYER, ESAT).replace(']', "");
    let forces = accepte(&salle, "claire", "b", &format!("{ferme},{deux}"));
    // then the open one is written, and how many were is told
    assert_eq!(forces.code, StatusCode::UNPROCESSABLE_ENTITY);
    let dit = "Relevés écrits : 1 ; non écrits : 1. ";
    assert!(
        forces
            .texte
            .replace(['\u{a0}', '\u{202f}'], " ")
            .contains(dit),
        "{}",
        forces.texte
    );
    let savs = lit(
        &salle,
        "claire",
        &format!("{C}/diagnostic/{FOYER}?theme=D8"),
    )
    .texte;
    assert!(savs.contains("3,2\u{202f}%"), "{savs}");
    // and asked again, nothing is written twice
    let encore = accepte(&salle, "claire", "b", &format!("{ferme},{deux}"));
    assert_eq!(encore.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(chiffre(&encore.texte, "Inchangés"), "1");
}

#[test]
fn who_may_not_write_is_offered_nothing() {
    let mut salle = salle();
    let droits = [droit("gestionnaire", Fonction::Lecture, Portee::Tout)];
    let maintenant = salle.maintenant();
    runtime().block_on(salle.gens.inscrit("lise", &droits, maintenant));
    let fichier = tdb(&[(FOYER, 2022, ".0311")]);
    for (qui, pourquoi) in [
        ("karim", "C’est au gestionnaire de le faire"),
        ("lise", "Vous consultez ce contrat."),
    ] {
        let lue = lit_fichier(&salle, qui, &fichier);
        assert!(lue.texte.contains(pourquoi), "{}", lue.texte);
        assert!(
            !lue.texte.contains("Accepter ces chiffres"),
            "{}",
            lue.texte
        );
        assert!(
            lue.texte
                .contains("ce qui diffère ne peut pas être écrit par vous"),
            "{}",
            lue.texte
        );
    }
}

#[test]
fn too_much_at_once_says_how_much_may_be() {
    let salle = salle();
    let releve = r#"{"source":"tdb","annee":2022,"piece":"x","chiffres":{"TDB-2.01":"1"}}"#;
    let un = format!(r#"{{"esms":"{FOYER}","releve":{releve}}}"#);
    let trop = vec![un; 1_001].join(",");
    let refuse = accepte(&salle, "claire", "t", &format!("[{trop}]"));
    assert_eq!(refuse.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refuse.texte.contains("Cet envoi porte 1001"),
        "{}",
        refuse.texte
    );
}

#[test]
fn what_a_file_leaves_out_is_told() {
    let salle = salle();
    let fichier =
        format!("Finess;Année;Taux d'ETP vacants au 31/12;Ville <b>\n{FOYER};2022;.0311;Lys\n");
    let lue = lit_fichier(&salle, "claire", &fichier).texte;
    assert!(lue.contains("Colonnes qui ne sont pas lues"), "{lue}");
    assert!(lue.contains("<bdi>Ville &lt;b&gt;</bdi>"), "{lue}");
}

#[test]
fn the_register_keeps_which_account_said_a_figure() {
    for postgres in [false, true] {
        let salle = Salle::sur(postgres, "rives-claires", "2024-05-14");
        // given one file of both accounts: an ERRD, whatever the category
        let fichier = format!(
            "Finess;Année;MS Résultat net comptable ERRD;MS Résultat net comptable CA PH;\
             Taux d'occupation Externat Autres ESMS\n\
             {FOYER};2021;1250;;.91\n{FOYER};2020;;900;.88\n"
        );
        runtime().block_on(async {
            let lecture = lire_de(Genre::Comptes, fichier.as_bytes()).unwrap();
            let maintenant = salle.maintenant();
            let pris = salle
                .entente
                .importer_repertoire(lecture, Prise::default(), maintenant);
            assert!(pris.await.unwrap().ecrit);
        });
        // when the register is compared with the contract
        let offre = lit(&salle, "claire", &format!("{C}/chiffres")).texte;
        // then each line is of its account, what both may tell included
        let siens = releves(&offre);
        for (source, annee, piece) in [
            ("errd", 2021, "ERRD, export DIAMANT"),
            ("ca", 2020, "Compte administratif, export DIAMANT"),
        ] {
            let debut = format!(r#"{{"source":"{source}","annee":{annee},"piece":"{piece}"#);
            assert!(siens.contains(&debut), "{debut}\n{siens}");
        }
        assert_eq!(siens.matches("\"esms\"").count(), 2, "{siens}");
    }
}

#[test]
fn an_agreement_keeps_who_says_so_and_ends_with_the_signature() {
    let convention = |salle: &Salle, qui: &str, intitule: &str, id: &str| {
        let champs = [
            ("id", id),
            ("flux", "cpom"),
            ("cle", "CV-1"),
            ("convention.nature", "cpom_anterieur"),
            ("convention.intitule", intitule),
            ("convention.piece", "Bilan final"),
        ];
        envoie(salle, qui, &format!("{C}/ecrire/convention"), &champs)
    };
    let salle = Salle::au("rives-claires", "2024-03-20");
    // given CV-1, which the agency wrote: nobody else changes it
    let prise = convention(&salle, "claire", "Rien ne nous lie", "c-1");
    assert_eq!(prise.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        prise.texte.contains("Prenez un autre numéro"),
        "{}",
        prise.texte
    );
    // who wrote it corrects it, and all see whose it is
    let sienne = convention(&salle, "karim", "CPOM 2019-2023, prorogé deux fois", "c-2");
    assert_eq!(sienne.code, StatusCode::SEE_OTHER, "{}", sienne.texte);
    let page = lit(&salle, "claire", &format!("{C}/diagnostic")).texte;
    assert!(page.contains("prorogé deux fois"), "{page}");
    // once signed, it is offered no more, and refused
    let salle = Salle::au("rives-claires", "2024-12-20");
    let refusee = convention(&salle, "karim", "Autre", "c-3");
    assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refusee.texte.contains("Le contrat est signé"),
        "{}",
        refusee.texte
    );
    let page = lit(&salle, "karim", &format!("{C}/diagnostic")).texte;
    assert!(!page.contains("Inscrire une convention"), "{page}");
}

#[test]
fn only_what_is_not_agreed_asks_a_reason_and_only_disagreement_diverges() {
    let salle = Salle::au("rives-claires", "2024-03-28");
    let position = |qui: &str, avis: &str, texte: &str, id: &str| {
        let champs = [
            ("id", id),
            ("flux", "cpom"),
            ("objet", "diagnostic"),
            ("element", SESSAD),
            ("pour", SESSAD),
            ("constat", "D3-01"),
            ("avis", avis),
            ("texte", texte),
        ];
        envoie(&salle, qui, &format!("{C}/ecrire/position"), &champs)
    };
    for avis in ["accord_avec_reserve", "desaccord"] {
        let nue = position("karim", avis, " ", avis);
        assert_eq!(nue.code, StatusCode::UNPROCESSABLE_ENTITY, "{avis}");
        assert!(
            nue.texte.contains("La raison d’une réserve"),
            "{}",
            nue.texte
        );
    }
    let accord = position("karim", "accord", "", "p-1");
    assert_eq!(accord.code, StatusCode::SEE_OTHER, "{}", accord.texte);
    let divergences = |attendues: &str| {
        let page = lit(&salle, "claire", &format!("{C}/diagnostic")).texte;
        assert_eq!(chiffre(&page, "Divergences"), attendues);
    };
    // a reservation in other words is no divergence, on any page
    let avant = lit(&salle, "claire", &format!("{C}/diagnostic")).texte;
    let avant = chiffre(&avant, "Divergences");
    let reserve = position(
        "karim",
        "accord_avec_reserve",
        "Sous réserve du registre.",
        "p-2",
    );
    assert_eq!(reserve.code, StatusCode::SEE_OTHER, "{}", reserve.texte);
    divergences(&avant);
    let contrat = lit(&salle, "claire", C).texte;
    assert!(!contrat.contains("divergence gardée"), "{contrat}");
}

#[test]
fn a_link_that_fills_in_a_form_is_not_hidden_by_a_draft_of_it() {
    let salle = Salle::au("rives-claires", "2024-03-11");
    let adresse = format!("{C}/ecrire/constat?flux=cpom&esms={SESSAD}");
    // given a draft, left by a form that was refused
    let champs = [
        ("id", "d-1"),
        ("flux", "cpom"),
        ("esms", SESSAD),
        ("contenu.texte", "Une phrase commencée"),
    ];
    let refusee = envoie(&salle, "claire", &format!("{C}/ecrire/constat"), &champs);
    assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY);
    let repris = lit(&salle, "claire", &adresse).texte;
    assert!(repris.contains("Une phrase commencée"), "{repris}");
    // when a link asks another finding
    let autre = lit(
        &salle,
        "claire",
        &format!("{adresse}&contenu.texte=Injonction+non+lev%C3%A9e"),
    );
    // then it is that one, and the draft is one step away
    assert!(
        autre.texte.contains("Injonction non levée"),
        "{}",
        autre.texte
    );
    assert!(
        !autre.texte.contains("Une phrase commencée"),
        "{}",
        autre.texte
    );
    assert!(autre.texte.contains("reprenez-le"), "{}", autre.texte);
    let repris = lit(&salle, "claire", &adresse).texte;
    assert!(repris.contains("Une phrase commencée"), "{repris}");
}
