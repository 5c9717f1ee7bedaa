//! A diagnostic is co-validated with the needs of its people, or all the parties say why not.

use super::chantier::{BESOINS, COVALIDER, Chantier, atelier, departement, esms, texte};
use entente::app::besoins::{Options, agreger, regles};
use entente::app::contrat::{Atelier, Refus};
use entente::app::fichiers::Library;
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::Competence;
use entente::metier::evenement::Evenement;
use entente::regles::value::Value;
use entente::workflow::machine::event::Event;
use entente::workflow::machine::refusal::Missing;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const SESSAD: &str = "990002024";
const FOYER: &str = "990002057";
/// Where the synthesis is agreed on, and what it leads to.
const NEGOCIATION: &str = "negociation";

/// Two establishments whose diagnostics are closed, and their synthesis written.
fn a_covalider(atelier: &Atelier) -> Chantier<'_> {
    let mut chantier = Chantier::ouvre(atelier, "cpom-ph");
    chantier.entre(SESSAD, esms("SESSAD", Competence::Ars));
    chantier.entre(FOYER, esms("Foyer de vie", departement("99")));
    chantier.lance_et_soumet();
    for esms in [SESSAD, FOYER] {
        chantier.clot(esms);
    }
    chantier.redige("gestionnaire", "synthese", None);
    let redigee = "diagnostic.synthese_redigee";
    chantier.declare("gestionnaire", redigee, None, Value::Boolean(true));
    chantier
}

/// What is missing when a party tries to co-validate.
fn manque(chantier: &mut Chantier<'_>, partie: &str) -> Vec<Missing> {
    let (etat, acte) = COVALIDER;
    match chantier.tente(partie, etat, acte, texte(&[])) {
        Err(Refus::Machine(refus)) => refus.missing,
        autre => panic!("refused by a condition: {autre:?}"),
    }
}

/// The needs of an establishment, for a year: as its managing body would hand them over.
fn depose(chantier: &mut Chantier<'_>, esms: &str, annee: i32) -> Result<(), Refus> {
    let mut cohorte = "finess_et;esms;annee;personne;nature;code;niveau\n".to_owned();
    for personne in 0..14 {
        let niveau = personne % 4;
        let _ = writeln!(
            cohorte,
            "{esms};Un ESMS;{annee};P0-{personne};besoin;1.1.1;{niveau}"
        );
    }
    let regles = regles(chantier.instant.date_naive()).unwrap();
    let lus = agreger(cohorte.as_bytes(), Options::default(), &regles).unwrap();
    let profil = Box::new(lus.agregat.partage(regles.k));
    chantier.ecrit("gestionnaire", Ecriture::Profil { profil })
}

/// A party sends a diagnostic back; the managing body hands the needs over, all close it again.
fn renvoie_et_depose(chantier: &mut Chantier<'_>, esms: &str, annee: i32) {
    let mut saisies = texte(&[("motif", "Les besoins manquent")]);
    let un = Value::List(vec![Value::Text(esms.to_owned())]);
    saisies.insert("esms".to_owned(), un);
    let renvoie = chantier.tente("gestionnaire", COVALIDER.0, "rejeter", saisies);
    renvoie.unwrap();
    depose(chantier, esms, annee).unwrap();
    let en_cours = format!("diagnostic_partage[{esms}]/en_cours");
    chantier.fait("gestionnaire", &en_cours, "soumettre", &[]);
    chantier.clot(esms);
}

#[test]
fn a_diagnostic_is_covalidated_once_the_needs_of_each_establishment_are_there() {
    // given two diagnostics closed without their needs
    let atelier = atelier();
    let mut chantier = a_covalider(&atelier);
    // when a party co-validates, then it is told what is missing, and that all may go without
    for partie in chantier.parties() {
        let [manque] = &manque(&mut chantier, &partie)[..] else {
            panic!("the needs only");
        };
        assert_eq!(manque.condition, BESOINS);
        assert!(manque.sentence.contains("profil de besoins"), "{manque:?}");
        assert_eq!(manque.unknown, Vec::<String>::new());
        let peuvent: BTreeSet<&String> = manque.waive.iter().collect();
        assert_eq!(peuvent, chantier.parties().iter().collect());
    }
    // and nothing is added to a diagnostic that is closed: it is sent back first
    let ferme = depose(&mut chantier, SESSAD, 2024).unwrap_err();
    assert_eq!(ferme.code(), "droit");
    // when those of one are there, then the other still holds the agreement back
    renvoie_et_depose(&mut chantier, SESSAD, 2024);
    assert_eq!(manque(&mut chantier, "ars").len(), 1);
    // when those of both are, even of two years, then all agree
    renvoie_et_depose(&mut chantier, FOYER, 2025);
    let parties = chantier.parties();
    chantier.tous(&parties, COVALIDER.0, COVALIDER.1, &[]);
    assert!(chantier.est_dans(NEGOCIATION));
}

#[test]
fn going_without_the_needs_takes_each_party_and_its_reason() {
    let atelier = atelier();
    let mut chantier = a_covalider(&atelier);
    let ou = (COVALIDER.0, COVALIDER.1, chantier.condition_des_besoins());
    let motif = "Il n'accueille encore personne";
    // a waiver without a reason is none
    let refus = chantier.dispense("ars", ou, " ").unwrap_err();
    assert_eq!(refus.code(), "inputs");
    // while one party says nothing, the condition holds
    let parties = chantier.parties();
    for partie in &parties {
        assert_eq!(manque(&mut chantier, "ars").len(), 1, "before {partie}");
        chantier.dispense(partie, ou, motif).unwrap();
    }
    chantier.tous(&parties, COVALIDER.0, COVALIDER.1, &[]);
    assert!(chantier.est_dans(NEGOCIATION));
    // and the journal keeps who said so, and why
    let dites = chantier.contrat.journal().iter().filter_map(|ligne| {
        let Evenement::Machine(stamped) = &ligne.evenement else {
            return None;
        };
        match &stamped.event {
            Event::Waived { actor, reason, .. } => Some((actor.party.clone(), reason.clone())),
            _ => None,
        }
    });
    let attendues = parties.into_iter().map(|p| (p, motif.to_owned()));
    assert_eq!(dites.collect::<Vec<_>>(), attendues.collect::<Vec<_>>());
}

#[test]
fn a_waiver_is_for_what_was_then_known() {
    // given parties that agreed to go without the needs
    let atelier = atelier();
    let mut chantier = a_covalider(&atelier);
    let ou = (COVALIDER.0, COVALIDER.1, chantier.condition_des_besoins());
    for partie in chantier.parties() {
        chantier.dispense(&partie, ou, "Cotation en cours").unwrap();
    }
    // when a diagnostic is sent back and comes again, its needs handed over
    renvoie_et_depose(&mut chantier, SESSAD, 2025);
    // then going without those of the other is to be said again
    assert_eq!(manque(&mut chantier, "gestionnaire").len(), 1);
}

#[test]
fn only_the_field_of_disability_asks_for_needs_of_its_nomenclature() {
    let library = Library::shipped();
    let demandent = library.names().filter(|nom| {
        let workflow = library.load(library.text(nom).unwrap()).unwrap();
        let mut actes = workflow.nodes.iter().flat_map(|etat| &etat.acts);
        actes.any(|acte| {
            let mut conditions = acte.requires.iter();
            conditions.any(|c| c.condition.facts().contains(&BESOINS))
        })
    });
    assert_eq!(demandent.collect::<Vec<_>>(), ["cpom-ph"]);
}
