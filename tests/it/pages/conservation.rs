//! What has had its time is erased, what has not stays, and journals keep their lines.

use super::echanges::{depose, envoie, lit};
use super::salle::{Salle, runtime};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use entente::app::comptes::Auteur;
use entente::app::conservation::Purge;
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::execute::Ordre;
use entente::regles::value::Value;
use entente::workflow::definition::model::Role;
use entente::workflow::machine::Command;
use entente::workflow::machine::event::Inputs;

const C: &str = "/contrats/rives-claires";
const PDF: &[u8] = b"%PDF-1.7\npour deux contrats\n%%EOF\n";
const SEUL: &[u8] = b"%PDF-1.7\npour un contrat clos\n%%EOF\n";

/// Something of each kind on a contract; of its files, one is handed over on another contract too.
fn dite(salle: &Salle) {
    let dits: [(&str, &[(&str, &str)]); 2] = [
        (
            "echanges",
            &[("sujet", "Siège"), ("texte", "Un mot à tous.")],
        ),
        ("notes", &[("texte", "Un mot pour nous.")]),
    ];
    for (page, champs) in dits {
        let faite = envoie(salle, "karim", &format!("{C}/{page}"), champs);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
    }
    for (nom, octets) in [("commun.pdf", PDF), ("seul.pdf", SEUL)] {
        let faite = depose(salle, "karim", (nom, nom), octets);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
    }
}

fn abandonne(salle: &Salle) {
    for (partie, personne) in [
        ("gestionnaire", "p2"),
        ("ars", "p1"),
        ("departement:99", "p3"),
    ] {
        let motif = ("motif".to_owned(), Value::Text("Fusion.".to_owned()));
        let abandon = Command::Interrupt {
            actor: acteur(partie, personne, Role::Signature),
            name: "abandonner".to_owned(),
            inputs: Inputs::from([motif]),
            id: format!("abandon-{partie}"),
        };
        let commande = Commande {
            flux: RACINE.to_owned(),
            demande: Demande::Acte(abandon),
        };
        let ordre = Ordre::Agir(commande);
        let fait = salle
            .entente
            .executer("rives-claires", ordre, salle.maintenant());
        runtime().block_on(fait).unwrap_or_else(|e| panic!("{e}"));
    }
}

fn purge(salle: &Salle, le: &str, faire: bool) -> Vec<Purge> {
    let le: DateTime<Utc> = format!("{le}T12:00:00Z").parse().unwrap();
    runtime().block_on(salle.entente.purger(le, faire)).unwrap()
}

fn nombre(purges: &[Purge], regle: &str) -> u64 {
    let de = |p: &&Purge| p.duree.regle == format!("CONSERVATION_{regle}");
    purges.iter().find(de).unwrap().nombre
}

#[test]
fn what_has_had_its_time_is_erased_and_journals_stay() {
    for postgres in [false, true] {
        // given a contract abandoned by all in September 2024, with something of each kind
        let salle = Salle::sur(postgres, "rives-claires", "2024-09-12");
        dite(&salle);
        let avant = runtime().block_on(salle.entente.journal("rives-claires"));
        // while it runs, nothing of it has had its time, even in a century
        for regle in ["PIECES", "ECHANGES", "NOTES"] {
            assert_eq!(
                nombre(&purge(&salle, "2124-09-12", true), regle),
                0,
                "{regle}"
            );
        }
        abandonne(&salle);
        // when the notes’ two years have passed (one is the story’s own), the other texts’ five
        // have not
        let dit = purge(&salle, "2026-10-01", false);
        assert_eq!([nombre(&dit, "NOTES"), nombre(&dit, "ECHANGES")], [2, 0]);
        // then nothing is erased before it is asked
        let notes = || lit(&salle, "karim", &format!("{C}/notes")).texte;
        assert!(notes().contains("Un mot pour nous."));
        assert_eq!(purge(&salle, "2026-10-01", true), dit);
        assert!(!notes().contains("Un mot pour nous.") && notes().contains("a été effacé"));
        assert_eq!(nombre(&purge(&salle, "2026-10-01", true), "NOTES"), 0);
        let echanges = || lit(&salle, "sophie", &format!("{C}/echanges")).texte;
        assert!(echanges().contains("Siège"));
        // and ten years on, texts and files are gone, the lines are what they were
        let dit = purge(&salle, "2034-10-01", true);
        assert_eq!([nombre(&dit, "ECHANGES"), nombre(&dit, "PIECES")], [1, 2]);
        assert!(!echanges().contains("Siège"));
        let documents = lit(&salle, "karim", &format!("{C}/documents")).texte;
        assert!(documents.contains("seul.pdf") && documents.contains("non conservé ici"));
        let apres = runtime().block_on(salle.entente.journal("rives-claires"));
        let (avant, apres) = (avant.unwrap().unwrap(), apres.unwrap().unwrap());
        assert_eq!(apres[..avant.len()], avant[..]);
    }
}

#[test]
fn a_file_that_a_running_contract_names_stays() {
    let salle = Salle::au("rives-claires", "2024-09-12");
    dite(&salle);
    salle.ouvre("autre", "ARS Val-Médian");
    let nom = ("Pièce", "commun.pdf");
    let faite = super::echanges::depose_sur(&salle, ("karim", "autre"), nom, PDF);
    assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
    abandonne(&salle);
    assert_eq!(nombre(&purge(&salle, "2034-10-01", true), "PIECES"), 1);
    let documents = lit(&salle, "karim", "/contrats/autre/documents").texte;
    assert!(documents.contains("commun.pdf") && !documents.contains("non conservé ici"));
}

#[test]
fn someone_who_left_keeps_an_id_and_nothing_else() {
    for postgres in [false, true] {
        let salle = Salle::sur(postgres, "rives-claires", "2024-09-12");
        let comptes = salle.comptes();
        let parti = comptes.desactiver(Auteur::Programme, "sophie", salle.maintenant());
        runtime().block_on(parti).unwrap();
        let comptee = |le: &str| nombre(&purge(&salle, le, true), "COMPTES");
        assert_eq!([comptee("2027-09-01"), comptee("2027-10-01")], [0, 1]);
        assert_eq!(comptee("2040-01-01"), 0);
        let membres = runtime().block_on(comptes.membres("departement")).unwrap();
        let elle = membres.iter().find(|m| m.personne.id == "sophie").unwrap();
        assert_eq!(elle.personne.nom, "Compte effacé");
        assert!(!elle.personne.courriel.contains('@') && elle.desactive);
    }
}
