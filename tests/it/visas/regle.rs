//! Who needs a visa, of whom, by which way: one rule, whatever the door.

use super::{A_SIGNER, AUTRE, C, DIAGNOSTIC, Ici, MAISON, SESSAD, circuit, prepare};
use crate::bases::{dossier, lite};
use crate::pages::salle::runtime;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use entente::app::comptes::Comptes;
use entente::store::{Adresse, Base};
use entente::workflow::definition::model::Role;

const VISER: [(&str, &str); 1] = [("geste", "viser")];
const VISAS: &str = "/administration/gestionnaire/visas";

#[test]
fn without_a_circuit_or_outside_it_an_act_leaves_at_once() {
    let ici = Ici::au(false, DIAGNOSTIC);
    let parti = |lue: &super::Lue| lue.vers.starts_with(&format!("{C}?fait="));
    let fait = ici.ecrit("cadre", ("t1", SESSAD, "Sans circuit"));
    assert!(parti(&fait), "{}", fait.corps);
    let ici = ici.avec(&circuit(Role::Signature));
    let fait = ici.ecrit("cadre", ("t2", SESSAD, "Un circuit de signature"));
    assert!(parti(&fait), "{}", fait.corps);
    // the last rank acts directly, and the other parties have no circuit
    let ici = ici.avec(&circuit(Role::Contribution));
    let fait = ici.ecrit("pres", ("t3", SESSAD, "Par le président"));
    assert!(parti(&fait), "{}", fait.corps);
    assert!(
        !ici.lit("karim", &format!("{C}/ecrire"))
            .corps
            .contains("visa")
    );
    // what is said needs none
    let dit = [("sujet", "Bonjour"), ("texte", "À demain"), ("id", "m1")];
    let lue = ici.envoie("cadre", &format!("{C}/echanges"), &dit);
    assert_eq!(lue.code, StatusCode::SEE_OTHER, "{}", lue.corps);
}

#[test]
fn a_visa_is_given_by_its_rank_or_a_higher_one() {
    let ici = Ici::au(false, DIAGNOSTIC).avec(&circuit(Role::Contribution));
    let visa = prepare(&ici.ecrit("cadre", ("t1", SESSAD, "À voir")));
    // one without rank, and whoever prepared it
    for qui in ["cadre", "claire"] {
        let refuse = ici.envoie(qui, &visa, &VISER);
        assert_eq!(refuse.code, StatusCode::FORBIDDEN, "{qui}");
        assert!(
            refuse.corps.contains("Directeur d’ESMS"),
            "{}",
            refuse.corps
        );
    }
    // the general director stands for the director
    let vise = ici.envoie("dg", &visa, &VISER);
    assert!(vise.vers.ends_with("?fait=vise"), "{}", vise.corps);
    let refuse = ici.envoie("dir", &visa, &VISER);
    assert_eq!(refuse.code, StatusCode::FORBIDDEN);
    // the last visa asks for the function of the act
    let mut sans = circuit(Role::Signature);
    sans.rangs[2].personnes = ["dg".to_owned()].into();
    let ici = Ici::au(false, A_SIGNER).avec(&sans);
    let visa = prepare(&ici.signe("dir", "s1"));
    let refuse = ici.envoie("dg", &visa, &VISER);
    assert_eq!(refuse.code, StatusCode::FORBIDDEN);
    assert!(refuse.corps.contains("signature"), "{}", refuse.corps);
}

#[test]
fn a_changed_circuit_holds_at_once_for_what_is_under_way() {
    for postgres in [false, true] {
        let ici = Ici::au(postgres, DIAGNOSTIC).avec(&circuit(Role::Contribution));
        let visa = prepare(&ici.ecrit("dir", ("t1", SESSAD, "En cours")));
        assert!(ici.lit("dg", "/").corps.contains("Lire et viser"));
        // when the director leaves the circuit, that visa counts no more
        let mut neuf = circuit(Role::Contribution);
        neuf.rangs[0].personnes = ["cadre".to_owned()].into();
        let ici = ici.avec(&neuf);
        assert!(!ici.lit("dg", "/").corps.contains("Lire et viser"));
        assert!(ici.lit("cadre", "/").corps.contains("Lire et viser"));
        // when there is no circuit any more, whoever holds the function sends it
        let lue = ici.envoie("adm", &format!("{VISAS}/retirer"), &[]);
        assert_eq!(lue.code, StatusCode::SEE_OTHER, "{}", lue.corps);
        let avant = ici.journal();
        let lue = ici.lit("claire", &visa).corps;
        assert!(lue.contains("ne demande plus de visas"), "{lue}");
        let fait = ici.envoie("claire", &visa, &VISER);
        assert!(
            fait.vers.starts_with(&format!("{C}?fait=")),
            "{}",
            fait.corps
        );
        assert_eq!(ici.journal().len(), avant.len() + 1);
    }
}

#[test]
fn a_program_prepares_nothing_and_is_told_what_to_do() {
    for postgres in [false, true] {
        let ici = Ici::au(postgres, A_SIGNER).avec(&circuit(Role::Signature));
        let empreinte = ici.empreinte("pres");
        let agit = |qui: &str| {
            let corps = format!(
                r#"{{"geste": "faire", "flux": "cpom", "lieu": "a_signer", "acte": "signer",
                    "empreinte": "{empreinte}"}}"#
            );
            let requete = Request::post("/api/v1/contrats/c/actes")
                .header(header::AUTHORIZATION, ici.salle.gens.porteur(qui))
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", "p1");
            ici.demande(requete.body(Body::from(corps)).unwrap())
        };
        let avant = ici.journal();
        // claire may sign, and holds no rank
        let refuse = agit("claire");
        assert_eq!(refuse.code, StatusCode::FORBIDDEN);
        for dit in [
            "visas_required",
            "Directeur d’ESMS → DG → Président",
            "Préparez",
        ] {
            assert!(refuse.corps.contains(dit), "{dit} : {}", refuse.corps);
        }
        assert_eq!(ici.journal(), avant);
        assert!(!ici.lit("claire", C).corps.contains("En attente d’un visa"));
        let fait = agit("pres");
        assert_eq!(fait.code, StatusCode::OK, "{}", fait.corps);
        assert!(ici.journal().len() > avant.len());
    }
}

#[test]
fn what_the_contract_would_refuse_is_not_prepared() {
    let ici = Ici::au(false, DIAGNOSTIC).avec(&circuit(Role::Contribution));
    // a signature, long before
    let champs = [
        ("flux", "cpom"),
        ("lieu", "a_signer"),
        ("acte", "signer"),
        ("geste", "faire"),
        ("id", "s1"),
    ];
    let refuse = ici.envoie("dir", &format!("{C}/acte"), &champs);
    assert_eq!(
        refuse.code,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refuse.corps
    );
    assert!(!ici.lit("dir", C).corps.contains("En attente d’un visa"));
}

#[test]
fn those_of_one_establishment_see_what_is_about_it_alone() {
    let ici = Ici::au(false, DIAGNOSTIC).avec(&circuit(Role::Contribution));
    let sien = prepare(&ici.ecrit("cadre", ("t1", AUTRE, "De son établissement")));
    let autre = prepare(&ici.ecrit("cadre", ("t2", SESSAD, "D'un autre")));
    assert_eq!(ici.lit("paule", &sien).code, StatusCode::OK);
    assert_eq!(ici.lit("paule", &autre).code, StatusCode::NOT_FOUND);
    let lue = ici.lit("paule", C).corps;
    let (sien, autre) = (format!("\"{sien}\""), format!("\"{autre}\""));
    assert!(lue.contains(&sien) && !lue.contains(&autre), "{lue}");
    // and prepares for it alone
    prepare(&ici.ecrit("paule", ("t3", AUTRE, "Le sien")));
    let refuse = ici.ecrit("paule", ("t4", SESSAD, "Pas le sien"));
    assert!(refuse.corps.contains("href=\"#esms\""), "{}", refuse.corps);
}

#[test]
fn whoever_administers_writes_the_circuit_and_the_register_tells_it() {
    let ici = Ici::au(false, DIAGNOSTIC);
    let page = ici.lit("adm", VISAS).corps;
    assert!(page.contains("Aucun circuit"), "{page}");
    let faux = [
        (
            vec![("titre1", "DG"), ("gens1", "personne@exemple.example")],
            "#gens1",
        ),
        (vec![("titre1", "DG")], "#gens1"),
        (vec![("gens2", "dg@exemple.example")], "#titre2"),
        // someone of another organisation
        (
            vec![("titre1", "DG"), ("gens1", "karim@exemple.example")],
            "#gens1",
        ),
        (vec![], "#titre1"),
    ];
    for (champs, lien) in faux {
        let refuse = ici.envoie("adm", VISAS, &champs);
        assert_eq!(refuse.code, StatusCode::UNPROCESSABLE_ENTITY, "{lien}");
        let attendu = format!("href=\"{lien}\"");
        assert!(refuse.corps.contains(&attendu), "{lien} : {}", refuse.corps);
        for (_, saisi) in champs {
            assert!(refuse.corps.contains(saisi), "{saisi}");
        }
    }
    let champs = [
        ("des", "contribution"),
        ("titre1", "Direction"),
        ("gens1", "DIR@exemple.example\n cadre@exemple.example"),
        ("titre3", "Présidence"),
        ("gens3", "pres@exemple.example"),
    ];
    let ecrit = ici.envoie("adm", VISAS, &champs);
    assert_eq!(ecrit.code, StatusCode::SEE_OTHER, "{}", ecrit.corps);
    let page = ici.lit("adm", VISAS).corps;
    assert!(page.contains("Direction → Présidence"), "{page}");
    assert!(
        page.contains("cadre@exemple.example\ndir@exemple.example"),
        "{page}"
    );
    let registre = ici
        .lit("adm", "/administration/gestionnaire/registre")
        .corps;
    assert!(registre.contains("Circuit de visas écrit"), "{registre}");
    let visa = prepare(&ici.ecrit("cadre", ("t1", SESSAD, "Deux rangs")));
    let fait = ici.envoie("pres", &visa, &VISER);
    assert!(
        fait.vers.starts_with(&format!("{C}?fait=")),
        "{}",
        fait.corps
    );
}

#[test]
fn a_contract_is_opened_by_the_last_rank_when_all_is_covered() {
    let ici = Ici::au(false, DIAGNOSTIC).avec(&circuit(Role::Contribution));
    let champs = [
        ("titre", "0"),
        ("id", "n1"),
        ("workflow", "cpom-ph"),
        ("ars.nom", "ARS Val-Médian"),
        ("ars.siren", "999000003"),
    ];
    let refuse = ici.envoie("dg", "/contrats/nouveau", &champs);
    assert_eq!(refuse.code, StatusCode::FORBIDDEN, "{}", refuse.corps);
    assert!(refuse.corps.contains("Président"), "{}", refuse.corps);
    let ouvert = ici.envoie("pres", "/contrats/nouveau", &champs);
    assert_eq!(ouvert.code, StatusCode::SEE_OTHER, "{}", ouvert.corps);
}

#[test]
fn a_backup_holds_circuits_and_what_is_under_way() {
    let ici = Ici::au(false, DIAGNOSTIC).avec(&circuit(Role::Contribution));
    let visa = prepare(&ici.ecrit("dir", ("t1", SESSAD, "À garder")));
    let fichier = dossier("visas-sauves").join("copie.entente");
    let (rendu, circuit) = runtime().block_on(async {
        ici.salle.entente.sauvegarder(&fichier).await.unwrap();
        let (cible, chemin) = lite().await;
        cible.restaurer(&fichier).await.unwrap();
        let base = Base::ouvrir(&Adresse::Fichier(chemin)).await.unwrap();
        let comptes = Comptes::nouveaux(base, *ici.salle.comptes().politique());
        let circuit = comptes.circuit(MAISON).await.unwrap();
        (cible, circuit)
    });
    assert_eq!(circuit, Some(super::circuit(Role::Contribution)));
    let consultation = entente::app::consult::Consultation {
        entente: rendu,
        horloge: std::sync::Arc::clone(&ici.salle.horloge),
    };
    let lu = runtime().block_on(async {
        let comptes = ici.salle.comptes();
        let maintenant = ici.salle.maintenant();
        let dg = comptes.habilite("dg", maintenant).await.unwrap().unwrap();
        let dg = entente::app::acces::Visiteur::de(&dg, maintenant.date_naive());
        consultation.prepares_de(&dg).await.unwrap()
    });
    assert_eq!(lu.len(), 1);
    assert!(visa.ends_with(&lu[0].0.id));
}

#[test]
fn pages_execute_by_the_one_door_that_asks_for_visas() {
    // The write path itself asks for no visa: no page may reach it but through `Consultation`.
    let racine = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let mut dossiers = vec![racine];
    let mut lus = 0;
    while let Some(dossier) = dossiers.pop() {
        for entree in std::fs::read_dir(dossier).unwrap() {
            let chemin = entree.unwrap().path();
            if chemin.is_dir() {
                dossiers.push(chemin);
                continue;
            }
            let texte = std::fs::read_to_string(&chemin).unwrap();
            let serre: String = texte.split_whitespace().collect();
            assert!(!serre.contains("entente.executer("), "{}", chemin.display());
            lus += 1;
        }
    }
    assert!(lus > 30);
}
