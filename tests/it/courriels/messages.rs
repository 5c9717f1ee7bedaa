//! What messages say: each in both parts, and of names that mean harm.

use super::balisage::{Cas, inertes};
use super::{CONTRAT, Ecrit, Scene, Table, scene};
use crate::balayages::balisage::charges;
use chrono::TimeDelta;
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::courriels::{Mode, Rubrique};
use entente::app::execute::Ordre;
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::workflow::definition::model::Role;
use serde_json::{Value, json};

/// A message in both parts, as a person can judge it.
fn dit(ecrit: &Ecrit) -> String {
    let Ecrit {
        sujet, texte, html, ..
    } = ecrit;
    format!("Objet : {sujet}\n\n{texte}\n====\n\n{html}")
}

/// The message of a person whose subject begins so.
fn un<'e>(ecrits: &'e [Ecrit], personne: &str, debut: &str) -> &'e Ecrit {
    let siens = || ecrits.iter().filter(|e| e.personne == personne);
    let trouve = siens().find(|e| e.sujet.starts_with(debut));
    trouve.unwrap_or_else(|| {
        let sujets: Vec<&str> = siens().map(|e| e.sujet.as_str()).collect();
        panic!("{debut} : {sujets:#?}")
    })
}

/// Tells each day, up to a number of days after the scene.
fn jours(scene: &Scene, table: &Table, nombre: i64) -> Vec<Ecrit> {
    scene.avertit(table, scene.soir);
    for jour in 1..=nombre {
        let quand = scene.soir + TimeDelta::days(jour);
        scene.runtime.block_on(scene.entente.ronde(quand)).unwrap();
        scene.avertit(table, quand);
    }
    scene.ecrits()
}

/// Puts a notice of the test's own in the place of the first one of a party.
fn annonce(scene: &Scene, partie: &str, objet: &Value) {
    let (partie, objet) = (partie.to_owned(), objet.to_string());
    scene.runtime.block_on(async {
        let sql = "insert into avis (contrat, cle, partie, objet, cree, bail, envoye) \
                   select $1, 'essai/' || count(*), $2, $3, '2024', '', '' from avis";
        let url = format!("sqlite://{}", scene.fichier.display());
        let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url)
            .await
            .unwrap();
        let pose = sqlx::query(sql).bind(CONTRAT).bind(partie).bind(objet);
        pose.execute(&mut conn).await.unwrap();
    });
}

#[test]
fn each_message_says_whose_turn_which_act_when_and_what_silence_would_do() {
    // given the launch, told on the day, then day after day
    let scene_ = scene("2024-01-24");
    let ecrits = jours(&scene_, &Table::histoire(), 10);
    // then each heading has its message
    insta::assert_snapshot!("a_vous", dit(un(&ecrits, "claire", "À vous")));
    insta::assert_snapshot!(
        "echeance_proche",
        dit(un(&ecrits, "claire", "Échéance dans"))
    );
    // and when nobody acted in time, whoever must act is told
    let scene_ = scene("2024-09-12");
    let ecrits = jours(&scene_, &Table::histoire(), 40);
    insta::assert_snapshot!(
        "echeance_passee",
        dit(un(&ecrits, "karim", "Échéance passée"))
    );
    // and where silence has an effect, it is said with its article
    let scene_ = scene("2026-05-15");
    scene_.avertit(&Table::histoire(), scene_.soir);
    let ecrits = scene_.ecrits();
    let silence = ecrits
        .iter()
        .find(|e| e.texte.contains("Le silence vaut approbation"));
    insta::assert_snapshot!("silence", dit(silence.expect("no silence is told")));
}

#[test]
fn what_others_did_and_what_they_ask_is_told() {
    let scene = scene("2024-01-24");
    let table = Table::histoire();
    scene.avertit(&table, scene.soir);
    scene.prefere("claire", &[Rubrique::Autres], Mode::Immediat);
    // given an act of another party, and a request
    annonce(
        &scene,
        "gestionnaire",
        &json!({ "genre": "fait", "flux": RACINE, "lieu": "lance",
        "acte": "accepter_calendrier", "partie": "ars", "geste": "accord" }),
    );
    annonce(
        &scene,
        "gestionnaire",
        &json!({ "genre": "demande", "partie": "departement:99",
        "texte": "Le budget du foyer, s'il vous plaît.", "pour": "2024-02-02" }),
    );
    // when they are told, then
    scene.avertit(&table, scene.soir + TimeDelta::minutes(1));
    let ecrits = scene.ecrits();
    insta::assert_snapshot!("autres", dit(un(&ecrits, "claire", "ARS Val-Médian")));
    insta::assert_snapshot!("demande", dit(un(&ecrits, "claire", "Demande")));
}

#[test]
fn what_is_over_is_not_told() {
    // given the whole negotiation, told at its end only
    let scene = scene("2024-09-12");
    let dits = scene.avertit(&Table::histoire(), scene.soir);
    // then of many notices few messages remain, and none says that a date to come is past
    let ecrits = scene.ecrits();
    assert!(dits > 200 && ecrits.len() < 40, "{dits} {}", ecrits.len());
    let proches = ecrits
        .iter()
        .filter(|e| e.sujet.starts_with("Échéances proches"));
    let proches: Vec<&Ecrit> = proches.collect();
    assert!(!proches.is_empty());
    for ecrit in proches {
        assert!(!ecrit.texte.contains("est passée"), "{ecrit:#?}");
    }
}

#[test]
fn markup_in_names_stays_text_in_both_parts() {
    let scene = scene("2024-01-24");
    scene.avertit(&Table::histoire(), scene.soir);
    scene.sql("delete from courriels");
    // given requests, people and titles made of markup, after a harmless one
    let mut attendus = Vec::new();
    let noms = std::iter::once("Claire".to_owned()).chain(charges());
    for (n, nom) in noms.enumerate() {
        let (table, personne) = (Table::default(), format!("p{n}"));
        table.entre("gestionnaire", &nom, &format!("{personne}@exemple.fr"));
        annonce(
            &scene,
            "gestionnaire",
            &json!({ "genre": "demande", "partie": &nom, "texte": &nom, "pour": null }),
        );
        scene.avertit(&table, scene.soir + TimeDelta::minutes(1));
        attendus.push((personne, nom));
    }
    // then the messages say them as they were typed, and hold no markup of theirs
    let ecrits = scene.ecrits();
    let cas = attendus.into_iter().map(|(personne, nom)| {
        let ecrit = un(&ecrits, &personne, "");
        Cas {
            texte: ecrit.texte.clone(),
            html: ecrit.html.clone(),
            nom,
            fois: 2,
        }
    });
    inertes(&cas.collect::<Vec<_>>());
}

#[test]
fn a_hostile_establishment_reaches_messages_as_text() {
    // given an establishment whose name is markup, in acts that await the operator
    let scene = scene("2024-01-24");
    let entre = Ordre::Agir(Commande {
        flux: RACINE.to_owned(),
        demande: Demande::Ecriture {
            acteur: acteur("ars", "karim", Role::Validation),
            id: "hostile".to_owned(),
            ecriture: Ecriture::Entrer {
                cle: "990009998".to_owned(),
                element: Element::esms("<b>Foyer</b> \"&'", Competence::Ars),
                effet: None,
            },
        },
    });
    let fait = scene.entente.executer(CONTRAT, entre, scene.soir);
    scene.runtime.block_on(fait).unwrap();
    // when the story goes on to the diagnosis of each establishment, then its name stays text
    annonce(
        &scene,
        "gestionnaire",
        &json!({ "genre": "fait", "flux": RACINE,
        "lieu": "auto_diagnostic[990009998]/a_renseigner", "acte": "x", "partie": "ars",
        "geste": "fait" }),
    );
    scene.prefere("claire", &[Rubrique::Autres], Mode::Immediat);
    scene.avertit(&Table::histoire(), scene.soir);
    let ecrits = scene.ecrits();
    let ecrit = un(&ecrits, "claire", "ARS Val-Médian");
    assert!(ecrit.texte.contains("<b>Foyer</b> \"&’"), "{}", ecrit.texte);
    assert!(!ecrit.html.contains("<b>"), "{}", ecrit.html);
    assert!(
        ecrit.html.contains("&lt;b&gt;Foyer&lt;/b&gt;"),
        "{}",
        ecrit.html
    );
}
