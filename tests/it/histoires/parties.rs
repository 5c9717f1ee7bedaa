//! Many parties: each signs, none is asked about another's establishments.

use super::chantier::{Chantier, atelier, conjointe, departement, esms, texte};
use entente::app::contrat::{Atelier, RACINE};
use entente::app::fichiers::Library;
use entente::metier::contrat::perimetre::Competence;
use entente::workflow::machine::Spot;
use entente::workflow::machine::agenda::PartyAgenda;
use std::collections::BTreeSet;

/// Fifteen establishments: six of the ARS, two to four of each Département, one joint.
fn quinze(chantier: &mut Chantier<'_>) {
    for n in 1..=15 {
        let competence = match n {
            1..=6 => Competence::Ars,
            7..=9 => departement("01"),
            10..=12 => departement("02"),
            13..=14 => departement("03"),
            _ => conjointe("01"),
        };
        chantier.entre(&format!("E{n:02}"), esms(&format!("ESMS {n}"), competence));
    }
}

/// The establishments in whose branch a party is asked, waits or writes.
fn branches(agenda: &PartyAgenda) -> BTreeSet<String> {
    let acts = agenda.acts.iter().map(|a| &a.spot);
    let waits = agenda.waits.iter().map(|w| &w.spot);
    let pen = agenda.pen.iter().map(|p| &p.spot);
    acts.chain(waits).chain(pen).flat_map(Spot::keys).collect()
}

#[test]
fn three_departements_each_sign_and_none_is_asked_about_another_s_establishment() {
    // Given a contract of fifteen establishments, one ARS and three Départements
    let atelier = atelier();
    let mut chantier = Chantier::ouvre(&atelier, "cpom-ph");
    quinze(&mut chantier);
    let parties: BTreeSet<String> = chantier.parties().into_iter().collect();
    let cinq = [
        "ars",
        "departement:01",
        "departement:02",
        "departement:03",
        "gestionnaire",
    ];
    assert_eq!(parties, cinq.map(str::to_owned).into());

    // When every diagnostic is handed over
    chantier.lance_et_soumet();

    // Then each authority is asked about its own establishments, and only about them
    for partie in &chantier.agenda().parties {
        let tous = chantier.esms();
        let siens = tous.into_iter().filter(|e| {
            partie.party == "gestionnaire" || chantier.autorites(e).contains(&partie.party)
        });
        let siens: BTreeSet<String> = siens.collect();
        assert_eq!(branches(partie), siens, "{}", partie.party);
    }
    for (partie, esms) in [
        ("departement:01", "E01"),
        ("ars", "E07"),
        ("departement:02", "E15"),
    ] {
        let spot = format!("diagnostic_partage[{esms}]/en_instruction");
        let question = texte(&[("question", "?")]);
        let refus = chantier
            .tente(partie, &spot, "questionner", question)
            .unwrap_err();
        assert_eq!(refus.code(), "wrong_party", "{partie} {esms}");
    }

    // And none can block another's: all but one are closed without the third Département
    for esms in chantier.esms() {
        if !chantier
            .autorites(&esms)
            .contains(&"departement:03".to_owned())
        {
            chantier.clot(&esms);
        }
    }
    let ouverts = chantier
        .contrat
        .flux(RACINE)
        .unwrap()
        .configuration
        .visits
        .keys();
    let ouverts: BTreeSet<String> = ouverts.flat_map(Spot::keys).collect();
    assert_eq!(ouverts, ["E13", "E14"].map(str::to_owned).into());
    chantier.clot("E13");
    chantier.clot("E14");
    signe_a(&mut chantier, 5);
}

/// Negotiates, and checks that every signature is needed.
fn signe_a(chantier: &mut Chantier<'_>, nombre: usize) {
    chantier.negocie();
    chantier.fige_et_delibere();
    let parties = chantier.parties();
    assert_eq!(parties.len(), nombre);
    for (signees, partie) in parties.iter().enumerate() {
        assert!(
            chantier.est_dans("a_signer"),
            "moved after {signees} signatures"
        );
        chantier.fait(partie, "a_signer", "signer", &[]);
    }
    assert!(chantier.est_dans("signe"));
    let lies = &chantier.contrat.flux(RACINE).unwrap().configuration.bound;
    assert_eq!(lies.keys().collect::<Vec<_>>().len(), nombre);
    let empreintes: BTreeSet<_> = lies.values().map(|b| b.digest).collect();
    assert_eq!(empreintes.len(), 1, "one text for all");
}

#[test]
fn a_fourth_kind_of_party_is_added_by_editing_the_file_only() {
    // Given the shipped file with four lines more
    let library = Library::shipped();
    let shipped = String::from_utf8(library.text("cpom-ph").unwrap().to_vec()).unwrap();
    let pjj = "parties:\n  pjj:\n    title: Protection judiciaire de la jeunesse\n    \
               kind: authority\n";
    let edited = shipped.replacen("parties:\n", pjj, 1);
    let folder = std::env::temp_dir().join(format!("entente-pjj-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("cpom-ph.yaml"), edited).unwrap();
    let mut library = library;
    library.add_folder(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    let atelier = Atelier::new(library).expect("the edited file is read");

    // When a contract runs on it
    let mut chantier = Chantier::ouvre(&atelier, "cpom-ph");
    chantier.entre("E1", esms("Un", Competence::Ars));
    chantier.entre("E2", esms("Deux", departement("01")));
    chantier.lance_et_soumet();
    chantier.clot("E1");
    chantier.clot("E2");

    // Then its signature is needed like the others'
    assert!(chantier.parties().contains(&"pjj".to_owned()));
    signe_a(&mut chantier, 4);
}
