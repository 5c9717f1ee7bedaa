//! A contract signed elsewhere: taken over, confirmed by all on the same document, then lived.

use super::chantier::{Chantier, atelier, departement, esms, jour, texte};
use entente::app::contrat::{Atelier, Contrat, RACINE, Reprise};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::metier::contrat::saisie::{
    Atteinte, CibleRevisee, Indicateur, Moyen, Nature, Note, Notification, Saisie,
};
use entente::regles::value::Value;
use entente::workflow::machine::digest::Digest;
use entente::workflow::machine::event::Inputs;

pub const TROIS: [&str; 3] = ["gestionnaire", "ars", "departement:99"];

fn reprise() -> Reprise {
    Reprise {
        workflow: "cpom-ph".to_owned(),
        document: Digest::of(b"le contrat du 16 decembre 2024"),
        signe_le: jour(2024, 12, 16),
    }
}

/// The contract with its perimeter, that nobody has confirmed yet.
fn saisie(atelier: &Atelier) -> Chantier<'_> {
    let mut chantier = Chantier::reprend(atelier, &reprise(), jour(2026, 3, 2));
    chantier.entre("E1", esms("SESSAD", Competence::Ars));
    chantier.entre("E2", esms("Foyer", departement("99")));
    chantier
}

fn confirmee(atelier: &Atelier) -> Chantier<'_> {
    let mut chantier = saisie(atelier);
    for partie in TROIS {
        let confirme = chantier.confirme(partie, reprise().document, jour(2025, 1, 1));
        confirme.unwrap_or_else(|refus| panic!("{partie}: {refus}"));
    }
    chantier
}

fn pour_cent(n: i64) -> Value {
    Value::Percent(n * 100)
}

/// Objectives, targets, means, text and term, as they were signed.
fn remplit(chantier: &mut Chantier<'_>) {
    let element = Element::Objectif {
        intitule: "Fluidifier les parcours".to_owned(),
        esms: ["E1".to_owned()].into(),
        financeurs: ["ars".to_owned()].into(),
        constats: [].into(),
    };
    chantier.entre("OS-1", element);
    let indicateur = Indicateur {
        definition: "Sorties avec une solution".to_owned(),
        unite: "% des sorties".to_owned(),
        depart: pour_cent(45),
        cibles: (2025..=2029)
            .zip([50, 55, 60, 65, 70].map(pour_cent))
            .collect(),
    };
    let objectif = "OS-1".to_owned();
    chantier.saisit(
        "gestionnaire",
        Saisie::Indicateur {
            objectif,
            indicateur,
        },
    );
    let moyen = Moyen {
        esms: Some("E1".to_owned()),
        exercice: 2025,
        nature: Nature::Reconductible,
        montant: 78_000_000,
        objectif: Some("OS-1".to_owned()),
    };
    let (financeur, ligne) = ("ars".to_owned(), "1".to_owned());
    let inscrit = Saisie::Moyen {
        financeur,
        ligne,
        moyen,
    };
    chantier.saisit("ars", inscrit);
    chantier.redige("gestionnaire", "contrat", None);
    let date = |a, m, j| Value::Date(jour(a, m, j));
    chantier.declare("ars", "contrat.date_effet", None, date(2025, 1, 1));
    chantier.declare("ars", "contrat.terme", None, date(2029, 12, 31));
}

fn engagees(contrat: &Contrat<'_>) -> usize {
    contrat.flux(RACINE).unwrap().configuration.bound.len()
}

#[test]
fn a_contract_taken_over_binds_nobody_until_each_party_has_confirmed_the_same_document() {
    let atelier = atelier();
    let mut chantier = saisie(&atelier);

    // Given two confirmations on the document, and one on another
    for partie in ["gestionnaire", "ars"] {
        let confirme = chantier.confirme(partie, reprise().document, jour(2025, 1, 1));
        confirme.unwrap();
    }
    let autre = Digest::of(b"un autre document");
    let _ = chantier.confirme("departement:99", autre, jour(2025, 1, 1));

    // Then it is not open
    assert!(!chantier.est_dans("repris"));

    assert_eq!(engagees(&chantier.contrat), 0);

    // When all have confirmed the same, what it says is entered, and agreed on in its turn
    let mut chantier = confirmee(&atelier);
    assert!(chantier.est_dans("repris"));
    remplit(&mut chantier);
    for partie in &TROIS[..2] {
        chantier.fait(partie, "repris", "confirmer", &[]);
    }
    assert!(chantier.est_dans("repris"));

    // When the last confirms, the contract goes on
    chantier.fait(TROIS[2], "repris", "confirmer", &[]);
    assert_eq!(engagees(&chantier.contrat), 3);
    assert!(chantier.est_dans("signe") || chantier.est_dans("en_vigueur"));
}

#[test]
fn before_it_opens_only_its_perimeter_is_written() {
    let atelier = atelier();
    let mut chantier = saisie(&atelier);
    let ecriture = Ecriture::Modifier {
        objet: "contrat".to_owned(),
        element: None,
        texte: "Le contrat".to_owned(),
    };
    let refus = chantier.ecrit("gestionnaire", ecriture).unwrap_err();
    assert_eq!(refus.code(), "droit");
    assert!(refus.to_string().contains("seul son périmètre s'écrit"));
}

#[test]
fn the_journal_of_a_contract_taken_over_is_read_again() {
    let atelier = atelier();
    let mut chantier = confirmee(&atelier);
    remplit(&mut chantier);
    let relu = Contrat::relire(&atelier, chantier.contrat.journal()).unwrap();
    assert_eq!(relu.flux(RACINE), chantier.contrat.flux(RACINE));
}

#[test]
fn a_contract_taken_over_lives_its_budget_its_review_and_its_avenant() {
    let atelier = atelier();
    let mut chantier = confirmee(&atelier);
    remplit(&mut chantier);
    vit(&mut chantier);
}

/// A contract taken over, filled in, with one establishment of the ARS then one of the Département:
/// confirmed, its budget, its review, its avenant.
pub fn vit(chantier: &mut Chantier<'_>) {
    for partie in TROIS {
        chantier.fait(partie, "repris", "confirmer", &[]);
    }
    chantier.attend(jour(2026, 3, 4));
    assert!(chantier.est_dans("en_vigueur"));
    let non = Value::Boolean(false);
    chantier.declare("ars", "gestionnaire.plan_de_redressement", None, non);
    let aucune = Value::Integer(0);
    chantier.declare("ars", "contrat.delegations_invalides", None, aucune);

    budget(chantier);
    revue(chantier);
    avenant(chantier);
}

fn avec(textes: &[(&str, &str)], nom: &str, date: chrono::NaiveDate) -> Inputs {
    let mut inputs = texte(textes);
    inputs.insert(nom.to_owned(), Value::Date(date));
    inputs
}

/// Approved by silence, on amounts notified.
fn budget(chantier: &mut Chantier<'_>) {
    chantier.attend(jour(2026, 10, 1));
    chantier.flux = String::from("cpom/eprd-annuel-2027");
    let annexe = [("annexe", "annexe")];
    chantier.fait(
        "gestionnaire",
        "activite_a_deposer",
        "deposer_activite",
        &annexe,
    );
    chantier.attend(jour(2027, 4, 12));
    for (partie, esms) in TROIS[1..].iter().zip(chantier.esms()) {
        let (montant, date) = (78_000_000, jour(2027, 4, 10));
        let notification = Notification { montant, date };
        chantier.saisit(partie, Saisie::Notification { esms, notification });
        let saisies = avec(&[("decision", "décision")], "date_notification", date);
        let spot = format!("attente_notification[{partie}]/a_notifier");
        chantier.tente(partie, &spot, "notifier", saisies).unwrap();
    }
    chantier.redige("gestionnaire", "eprd", None);
    chantier.declare("gestionnaire", "eprd.ko_bloquants", None, Value::Integer(0));
    chantier.fait("gestionnaire", "notifie", "preparer", &[]);
    let vote = [("deliberation", "délibération")];
    chantier.fait("gestionnaire", "a_deliberer", "voter", &vote);
    let recu = avec(&[("recu", "accusé")], "date_recu", jour(2027, 4, 12));
    let depose = chantier.tente("gestionnaire", "a_deposer", "deposer", recu);
    depose.unwrap();
    chantier.attend(jour(2027, 5, 13));
    assert!(chantier.est_dans("execution"), "thirty days of silence");
}

/// The review of its first whole year under the program, with its three voices.
fn revue(chantier: &mut Chantier<'_>) {
    chantier.flux = String::from("cpom/revue-annuelle-2026");
    let note = |atteinte, realise: Option<Value>| Saisie::Note {
        objectif: "OS-1".to_owned(),
        note: Note {
            atteinte,
            realise,
            motif: String::new(),
        },
    };
    chantier.saisit("gestionnaire", note(Atteinte::Partiel, Some(pour_cent(53))));
    for esms in chantier.esms() {
        let spot = format!("collecte[{esms}]/a_noter");
        chantier.fait("gestionnaire", &spot, "noter", &[]);
    }
    chantier.redige("gestionnaire", "revue", None);
    let bilan = avec(&[("bilan", "bilan")], "information_ca", jour(2027, 5, 12));
    let transmis = chantier.tente("gestionnaire", "bilan", "transmettre", bilan);
    transmis.unwrap();
    chantier.saisit("ars", note(Atteinte::NonAtteint, None));
    let departement = "departement:99";
    let sans = "revue.objectifs_sans_note";
    chantier.declare(departement, sans, Some(departement), Value::Integer(0));
    for partie in ["ars", departement] {
        let spot = format!("instruction[{partie}]/a_instruire");
        let avis = [("appreciation", "Favorable"), ("avis", "avis")];
        chantier.fait(partie, &spot, "rendre_avis", &avis);
    }
    for partie in TROIS {
        chantier.fait(partie, "dialogue", "se_dispenser", &[]);
    }
    for partie in TROIS {
        chantier.fait(partie, "conclusions_proposees", "valider", &[]);
    }
    chantier.fait("gestionnaire", "suites", "clore", &[]);
    let registre = chantier.contrat.flux(&chantier.flux).unwrap();
    let voix: Vec<_> = registre.dossier.registre().notes("OS-1").collect();
    assert_eq!(voix.len(), 2, "two voices, side by side");
}

/// The target that the review found out of reach is revised.
fn avenant(chantier: &mut Chantier<'_>) {
    chantier.flux = String::from(RACINE);
    let demande = [("objet", "Objectifs ou cibles"), ("cause", "revue")];
    chantier.fait("gestionnaire", "en_vigueur", "demander_avenant", &demande);
    chantier.flux = String::from("cpom/avenant-1");
    for partie in &TROIS[1..] {
        let impact = [("impact", "Objectifs ou finances")];
        chantier.fait(partie, "demande", "declarer_recevable", &impact);
    }
    let modification = |exercice| Element::Modification {
        intitule: "Cible de 2028".to_owned(),
        article: "Article 1".to_owned(),
        autorites: ["ars".to_owned(), "departement:99".to_owned()].into(),
        cible: Some(CibleRevisee {
            objectif: "OS-1".to_owned(),
            exercice,
            valeur: pour_cent(60),
        }),
    };
    let ecriture = Ecriture::Entrer {
        cle: "M-0".to_owned(),
        element: modification(2040),
        effet: None,
    };
    let refus = chantier.ecrit("ars", ecriture).unwrap_err();
    assert_eq!(refus.code(), "element", "no target in 2040: {refus}");
    chantier.entre("M-1", modification(2028));
    chantier.redige("ars", "modification", Some("M-1"));
    let date = Value::Date(jour(2027, 5, 14));
    chantier.declare("ars", "avenant.date_effet", None, date);
    for spot in ["en_instruction[M-1]/en_discussion", "en_instruction"] {
        for partie in TROIS {
            chantier.fait(partie, spot, "accorder", &[]);
        }
    }
    for partie in TROIS {
        let spot = format!("accorde[{partie}]/en_cours");
        chantier.fait(partie, &spot, "deliberer", &[("acte", "délibération")]);
    }
    for partie in TROIS {
        chantier.fait(partie, "a_signer", "signer", &[]);
    }
    chantier.attend(jour(2027, 5, 20));
    let racine = &chantier.contrat.flux(RACINE).unwrap().dossier;
    let cibles = &racine.registre().indicateur("OS-1").unwrap().cibles;
    assert_eq!(cibles[&2028], pour_cent(60));
    assert_eq!(cibles[&2027], pour_cent(60));
    assert_eq!(cibles[&2029], pour_cent(70));
    assert_eq!(racine.avenants().len(), 1);
}
