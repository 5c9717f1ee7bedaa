//! What each person receives: at once, each week, never.

use super::{CONTRAT, Ecrit, Scene, Table, scene};
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::courriels::{Mode, Rubrique, prochain_lundi};

fn prefere(scene: &Scene, personne: &str, mode: Mode) {
    scene.prefere(personne, &Rubrique::TOUTES, mode);
}

fn de<'e>(ecrits: &'e [Ecrit], personne: &str) -> Vec<&'e Ecrit> {
    ecrits.iter().filter(|e| e.personne == personne).collect()
}

#[test]
fn each_person_receives_what_it_chose() {
    // given three people for one party, who chose otherwise
    let scene = scene("2024-01-24");
    let table = Table::default();
    for (nom, courriel) in [
        ("Claire Moreau", "claire@exemple.fr"),
        ("Luc Perrin", "luc@exemple.fr"),
        ("Hélène Vasseur", "helene@exemple.fr"),
    ] {
        table.entre("gestionnaire", nom, courriel);
    }
    prefere(&scene, "luc", Mode::Hebdomadaire);
    prefere(&scene, "helene", Mode::Jamais);
    let lues = scene
        .runtime
        .block_on(scene.entente.preferences("luc"))
        .unwrap();
    assert_eq!(lues[&Rubrique::AVous], Mode::Hebdomadaire);
    let lues = scene
        .runtime
        .block_on(scene.entente.preferences("claire"))
        .unwrap();
    assert_eq!(lues[&Rubrique::Autres], Mode::Hebdomadaire);
    assert_eq!(lues[&Rubrique::AVous], Mode::Immediat);
    // when notices are told from Wednesday to the second before Monday, 7 h
    let lundi = prochain_lundi(scene.soir);
    let mut quand = scene.soir;
    while quand < lundi {
        scene.runtime.block_on(scene.entente.ronde(quand)).unwrap();
        scene.avertit(&table, quand);
        quand += TimeDelta::days(1);
    }
    scene.avertit(&table, lundi - TimeDelta::seconds(1));
    // then one was told at once, the others not
    let avant = scene.ecrits();
    assert!(!de(&avant, "claire").is_empty());
    assert_eq!(
        (de(&avant, "luc").len(), de(&avant, "helene").len()),
        (0, 0)
    );
    // when Monday, 7 h, has come, then one message gathers the week, once
    for minutes in [0, 0, 5, 600] {
        scene.avertit(&table, lundi + TimeDelta::minutes(minutes));
    }
    let apres = scene.ecrits();
    let semaine = de(&apres, "luc");
    assert_eq!(semaine.len(), 1, "{semaine:#?}");
    assert_eq!(de(&apres, "helene").len(), 0);
    let Ecrit {
        sujet, texte, html, ..
    } = semaine[0];
    insta::assert_snapshot!(
        "semaine",
        format!("Objet : {sujet}\n\n{texte}\n====\n\n{html}")
    );
    // and who changes its mind is told at once from then on
    prefere(&scene, "luc", Mode::Immediat);
    let mardi: DateTime<Utc> = "2024-02-06T09:00:00Z".parse().unwrap();
    scene.runtime.block_on(scene.entente.ronde(mardi)).unwrap();
    scene.avertit(&table, mardi);
    assert!(de(&scene.ecrits(), "luc").len() > 1);
}

#[test]
fn a_week_groups_contracts_and_forgets_who_left() {
    // given a week of two contracts, kept for two people
    let scene = scene("2024-01-24");
    let jour = "2024-01-24".parse().unwrap();
    let table = Table::histoire();
    table.entre("gestionnaire", "Luc Perrin", "luc@exemple.fr");
    prefere(&scene, "luc", Mode::Hebdomadaire);
    prefere(&scene, "claire", Mode::Hebdomadaire);
    super::joue_sous(&scene.runtime, &scene.entente, "second", jour);
    scene.avertit(&table, scene.soir);
    // when one of them leaves before Monday
    table.sort("claire");
    scene.avertit(&table, prochain_lundi(scene.soir));
    // then the other is told of both contracts in one message, and who left of nothing
    let ecrits = scene.ecrits();
    let semaine = de(&ecrits, "luc");
    assert_eq!(semaine.len(), 1);
    for contrat in [CONTRAT, "second"] {
        let lien = format!("/contrats/{contrat}\n");
        assert_eq!(
            semaine[0].texte.matches(&lien).count(),
            1,
            "{}",
            semaine[0].texte
        );
    }
    assert!(semaine[0].sujet.contains("2 contrats"));
    assert_eq!(de(&ecrits, "claire").len(), 0);
    // and nothing is left for the next Monday
    scene.avertit(&table, prochain_lundi(scene.soir) + TimeDelta::days(7));
    assert_eq!(scene.ecrits().len(), ecrits.len());
}
