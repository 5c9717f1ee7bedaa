//! The path of an act from whoever prepares it to the journal, and back.

use super::{A_SIGNER, C, DIAGNOSTIC, Ici, SESSAD, circuit, prepare};
use crate::courriels::puits::Puits;
use crate::pages::salle::runtime;
use axum::http::StatusCode;
use entente::app::courriels::{Courrier, Facteur, Mode, Rubrique};
use entente::workflow::definition::model::Role;

const VISER: [(&str, &str); 1] = [("geste", "viser")];

#[test]
fn an_act_leaves_in_the_name_of_the_last_visa_as_if_it_had_been_done_directly() {
    for postgres in [false, true] {
        // given a circuit that covers signatures
        let ici = Ici::au(postgres, A_SIGNER).avec(&circuit(Role::Signature));
        let avant = ici.journal();
        let form = ici.lit("dir", &format!("{C}/acte?{}", super::SIGNER)).corps;
        assert!(
            form.contains("prépare l’acte pour le visa « DG »"),
            "{form}"
        );
        // when a director fills in the signature, it is prepared
        let visa = prepare(&ici.signe("dir", "s1"));
        assert_eq!(ici.journal(), avant);
        for (qui, attend) in [("dg", true), ("pres", false), ("dir", false)] {
            for page in ["/", C] {
                let lue = ici.lit(qui, page).corps;
                assert_eq!(lue.contains("Lire et viser"), attend, "{qui} {page}");
            }
        }
        let lue = ici.lit("dg", &visa).corps;
        for dit in [
            "Signer",
            "Préparé",
            "Viser et transmettre",
            &ici.empreinte("pres")[..12],
        ] {
            assert!(lue.contains(dit), "{dit} : {lue}");
        }
        // and the ranks see it one after the other
        let vise = ici.envoie("dg", &visa, &VISER);
        assert!(vise.vers.ends_with("?fait=vise"), "{}", vise.corps);
        assert_eq!(ici.journal(), avant);
        assert!(ici.lit("pres", "/").corps.contains("Lire et viser"));
        assert!(!ici.lit("dg", "/").corps.contains("Lire et viser"));
        let fait = ici.envoie("pres", &visa, &VISER);
        assert!(
            fait.vers.starts_with(&format!("{C}?fait=")),
            "{}",
            fait.corps
        );
        // then the journal is that of a signature that the president gave directly
        let apres = ici.journal();
        let neuves = &apres[avant.len()..];
        assert!(
            neuves.iter().any(|(auteur, _)| auteur.contains("pres")),
            "{neuves:?}"
        );
        assert!(
            !neuves.iter().any(|(auteur, _)| auteur.contains("dir")),
            "{neuves:?}"
        );
        let direct = Ici::au(postgres, A_SIGNER);
        let id = visa.rsplit('/').next().unwrap();
        assert_eq!(direct.signe("pres", id).code, StatusCode::SEE_OTHER);
        assert_eq!(direct.journal(), apres);
        let lue = ici.lit("dir", &visa).corps;
        assert!(
            lue.contains("Cet acte est fait") && lue.contains("Visé et envoyé"),
            "{lue}"
        );
    }
}

#[test]
fn what_is_sent_back_is_a_draft_of_its_author_with_the_reason() {
    for postgres in [false, true] {
        let ici = Ici::au(postgres, DIAGNOSTIC).avec(&circuit(Role::Contribution));
        let avant = ici.journal();
        // given a writing that a person without rank prepares
        let visa = prepare(&ici.ecrit("cadre", ("t1", SESSAD, "Une file d'attente <b>")));
        let lue = ici.lit("dir", &visa).corps;
        assert!(lue.contains("Une file d&#x27;attente &lt;b&gt;"), "{lue}");
        // when it is sent back without a reason, nothing moves
        let vide = ici.envoie("dir", &visa, &[("geste", "renvoyer"), ("motif", " ")]);
        assert_eq!(vide.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(vide.corps.contains("href=\"#motif\""), "{}", vide.corps);
        // and with one, its author sees why, and has it all in the form again
        let motif = [("geste", "renvoyer"), ("motif", "Dites combien d'enfants")];
        let renvoye = ici.envoie("dir", &visa, &motif);
        assert!(renvoye.vers.ends_with("?fait=renvoye"), "{}", renvoye.corps);
        assert!(
            ici.lit("cadre", "/")
                .corps
                .contains("Renvoyés, à reprendre")
        );
        assert!(!ici.lit("dir", "/").corps.contains("Lire et viser"));
        let refuse = ici.envoie("dir", &visa, &VISER);
        assert_eq!(refuse.code, StatusCode::CONFLICT);
        let repris = ici.envoie("cadre", &visa, &[("geste", "reprendre")]);
        assert_eq!(repris.code, StatusCode::SEE_OTHER, "{}", repris.corps);
        let form = ici.lit("cadre", &repris.vers).corps;
        for dit in [
            "Un brouillon du",
            "Une file d&#x27;attente",
            "Dites combien d&#x27;enfants",
        ] {
            assert!(form.contains(dit), "{dit} : {form}");
        }
        // then what is corrected passes as anything new
        let visa = prepare(&ici.ecrit("cadre", ("t2", SESSAD, "12 enfants attendent")));
        for qui in ["dir", "dg", "pres"] {
            assert_eq!(
                ici.envoie(qui, &visa, &VISER).code,
                StatusCode::SEE_OTHER,
                "{qui}"
            );
        }
        assert!(ici.journal().len() > avant.len());
        assert!(!ici.lit("cadre", "/").corps.contains("Renvoyés"));
    }
}

#[test]
fn only_its_author_takes_it_back_and_then_nobody_sees_it_to_the_end() {
    let ici = Ici::au(false, DIAGNOSTIC).avec(&circuit(Role::Contribution));
    let avant = ici.journal();
    let visa = prepare(&ici.ecrit("dir", ("t1", SESSAD, "À relire")));
    let reprendre = [("geste", "reprendre")];
    for autre in ["cadre", "dg", "pres"] {
        let code = ici.envoie(autre, &visa, &reprendre).code;
        assert_eq!(code, StatusCode::NOT_FOUND, "{autre}");
    }
    for _ in 0..2 {
        let repris = ici.envoie("dir", &visa, &reprendre);
        assert!(repris.vers.contains("/ecrire/theme?"), "{}", repris.corps);
    }
    for qui in ["dg", "pres"] {
        let refuse = ici.envoie(qui, &visa, &VISER);
        assert_eq!(refuse.code, StatusCode::CONFLICT, "{qui}");
        assert!(refuse.corps.contains("a été repris"), "{}", refuse.corps);
        assert!(!ici.lit(qui, "/").corps.contains("Lire et viser"));
    }
    assert_eq!(ici.journal(), avant);
}

#[test]
fn a_contract_that_moved_refuses_the_last_visa_and_nothing_is_lost() {
    for postgres in [false, true] {
        let ici = Ici::au(postgres, A_SIGNER).avec(&circuit(Role::Signature));
        let visa = prepare(&ici.signe("dg", "s1"));
        // when another party refuses meanwhile
        let empreinte = ici.empreinte("sophie");
        let refus = [
            ("flux", "cpom"),
            ("lieu", "a_signer"),
            ("acte", "signer"),
            ("geste", "refuser"),
            ("empreinte", &*empreinte),
            ("motif", "Le montant manque"),
            ("id", "r1"),
        ];
        let fait = ici.envoie("sophie", &format!("{C}/acte"), &refus);
        assert_eq!(fait.code, StatusCode::SEE_OTHER, "{}", fait.corps);
        let avant = ici.journal();
        // then the page says so before, and the visa is refused as the act would be
        let lue = ici.lit("pres", &visa).corps;
        assert!(lue.contains("le contrat refuserait cet acte"), "{lue}");
        let refuse = ici.envoie("pres", &visa, &VISER);
        assert!(refuse.code.is_client_error(), "{}", refuse.corps);
        assert!(
            refuse.corps.contains("Rien n’a été enregistré"),
            "{}",
            refuse.corps
        );
        assert_eq!(ici.journal(), avant);
        // and what was prepared still awaits the same rank, or its author
        assert!(ici.lit("pres", "/").corps.contains("Lire et viser"));
        let repris = ici.envoie("dg", &visa, &[("geste", "reprendre")]);
        assert_eq!(repris.code, StatusCode::SEE_OTHER, "{}", repris.corps);
    }
}

#[test]
fn a_double_click_is_one_act_at_each_rank() {
    for postgres in [false, true] {
        let ici = Ici::au(postgres, DIAGNOSTIC).avec(&circuit(Role::Contribution));
        let ecrit = || prepare(&ici.ecrit("cadre", ("t1", SESSAD, "Deux fois")));
        let visa = ecrit();
        assert_eq!(ecrit(), visa);
        // the same id for another text is another request
        let autre = ici.ecrit("cadre", ("t1", SESSAD, "Autre chose"));
        assert_eq!(autre.code, StatusCode::CONFLICT);
        for qui in ["dir", "dg", "dg"] {
            assert_eq!(
                ici.envoie(qui, &visa, &VISER).code,
                StatusCode::SEE_OTHER,
                "{qui}"
            );
        }
        // two of the last rank at once: one act, or none more
        let avant = ici.journal().len();
        let codes = ici.ensemble(["pres", "vice"].map(|qui| ici.requete(qui, &visa, &VISER)));
        assert!(codes.contains(&StatusCode::SEE_OTHER), "{codes:?}");
        let apres = ici.journal();
        assert_eq!(apres.len(), avant + 1, "{apres:?}");
        for qui in ["pres", "pres", "vice"] {
            let encore = ici.envoie(qui, &visa, &VISER);
            assert!(
                encore.vers.starts_with(&format!("{C}?fait=")),
                "{}",
                encore.corps
            );
        }
        assert_eq!(ici.journal(), apres);
    }
}

const SITE: &str = "https://entente.exemple.fr";

#[test]
fn each_rank_is_told_once_by_mail_and_those_who_chose_not_are_not() {
    // given people who are written to, and a vice-president who wants nothing
    let mut ici = Ici::au(false, DIAGNOSTIC);
    let comptes = ici.salle.comptes().clone().sur(SITE);
    ici.salle.gens.comptes = comptes.avec_courriels(SITE).unwrap();
    ici.sert();
    let ici = ici.avec(&circuit(Role::Contribution));
    let rien = Rubrique::TOUTES.map(|r| (r, Mode::Jamais)).into();
    let entente = &ici.salle.entente;
    runtime().block_on(entente.prefere("vice", &rien)).unwrap();
    // when something passes from one to the next, each click twice
    let puits = Puits::ouvre();
    let courrier = Courrier::nouveau(&puits.smtp(), "Entente <entente@exemple.fr>").unwrap();
    let texte = "Canari-4711";
    let ecrit = || prepare(&ici.ecrit("cadre", ("t1", SESSAD, texte)));
    let (visa, _) = (ecrit(), ecrit());
    for qui in ["dir", "dir", "dg", "dg"] {
        ici.envoie(qui, &visa, &VISER);
    }
    runtime().block_on(async {
        let facteur = Facteur::nouveau(&courrier, SITE);
        let maintenant = || ici.salle.maintenant();
        entente.poster(maintenant, &facteur).await.unwrap();
    });
    // then each is told once, of the page and nothing that it holds
    let recus = puits.recus();
    let mut gens: Vec<&str> = recus.iter().map(|r| r.a[0].as_str()).collect();
    gens.sort_unstable();
    let attendus = ["dg", "dir", "pres"].map(|id| format!("{id}@exemple.example"));
    assert_eq!(gens, attendus);
    for recu in &recus {
        assert!(recu.defauts.is_empty(), "{:?}", recu.defauts);
        assert!(
            recu.texte().contains(&format!("{SITE}{visa}")),
            "{}",
            recu.texte()
        );
        assert!(!recu.texte().contains(texte) && !recu.html().contains(texte));
    }
}
