//! The command line, as a script calls it; killed midway, then called again.

use super::classeurs::{document, livre, reference, t};
use super::vie::{FAUSSES, soixante_trois};
use crate::bases::{atelier, dossier};
use crate::histoires::reprise::TROIS;
use chrono::{NaiveDate, Utc};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::execute::{Entente, Ordre};
use entente::app::importer::{self, lire};
use entente::store::{Adresse, Base};
use entente::workflow::definition::model::Role;
use entente::workflow::machine::Command as Acte;
use serde_json::{Value, json};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tokio::runtime::Runtime;

struct Essai {
    classeur: PathBuf,
    base: PathBuf,
}

impl Essai {
    fn de(nom: &str, octets: &[u8]) -> Self {
        let dossier = dossier(nom);
        let classeur = dossier.join("contrats.xlsx");
        std::fs::write(&classeur, octets).unwrap();
        let base = dossier.join("entente.db");
        Self { classeur, base }
    }

    fn commande(&self, options: &[&str]) -> Command {
        let mut commande = Command::new(env!("CARGO_BIN_EXE_entente"));
        commande.args(["import", "contrats"]).arg(&self.classeur);
        let base = format!("sqlite:{}", self.base.display());
        commande.args(["--database", &base]).args(options);
        commande
    }

    fn json(&self, code: i32, options: &[&str]) -> Value {
        let sortie = self.commande(options).arg("--json").output().unwrap();
        assert_eq!(sortie.status.code(), Some(code), "{}", dit(&sortie.stderr));
        serde_json::from_slice(&sortie.stdout).unwrap()
    }

    /// What each contract holds, dates apart.
    fn journaux(&self, contrats: usize) -> Vec<Option<Vec<String>>> {
        let runtime = Runtime::new().unwrap();
        let base = runtime.block_on(Base::ouvrir(&Adresse::Fichier(self.base.clone())));
        let entente = Entente::nouvelle(base.unwrap(), atelier());
        let rapport = runtime.block_on(entente.verifier(None)).unwrap();
        assert_eq!(rapport.broken, []);
        let lignes = |n| {
            let lues = runtime.block_on(entente.journal(&reference(n))).unwrap();
            lues.map(|lignes| {
                let ecrites = lignes.iter().map(|l| l.ligne().unwrap());
                let sans_date = ecrites.map(|l| {
                    let mut json = serde_json::to_value(l).unwrap();
                    oublie(&mut json);
                    json.to_string()
                });
                sans_date.collect()
            })
        };
        let lus = (1..=contrats).map(lignes).collect();
        runtime.block_on(entente.fermer());
        lus
    }
}

/// When it was written.
fn oublie(json: &mut Value) {
    match json {
        Value::Object(champs) => {
            champs.remove("enregistre");
            champs.remove("effet");
            champs.values_mut().for_each(oublie);
        }
        Value::Array(valeurs) => valeurs.iter_mut().for_each(oublie),
        _ => {}
    }
}

fn dit(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn import(arguments: &[&str], fichier: &Path) -> Output {
    let mut commande = Command::new(env!("CARGO_BIN_EXE_entente"));
    commande.arg("import").args(arguments).arg(fichier);
    commande.output().unwrap()
}

#[test]
fn sixty_of_sixty_three_lines_enter_and_the_bad_ones_are_told_by_cell() {
    let essai = Essai::de("soixante", &soixante_trois().octets());
    // when it is only tried, then all is told and nothing is written
    let trouve = essai.json(1, &["--dry-run"]);
    assert_eq!(
        (&trouve["lus"], &trouve["ajoutes"]),
        (&json!(63), &json!(60))
    );
    assert!(essai.journaux(63).iter().all(Option::is_none));
    // when it is done
    let trouve = essai.json(1, &[]);
    assert_eq!(
        (&trouve["lus"], &trouve["ajoutes"]),
        (&json!(63), &json!(60))
    );
    let refuses = trouve["refuses"].as_array().unwrap();
    let cellules: Vec<&str> = refuses
        .iter()
        .map(|r| r["cellule"].as_str().unwrap())
        .collect();
    assert_eq!(cellules, FAUSSES);
    let premiere = &refuses[0];
    assert_eq!(premiere["feuille"], "Contrats");
    assert_eq!(
        (&premiere["ligne"], &premiere["colonne"]),
        (&json!(13), &json!("H"))
    );
    assert_eq!(
        premiere["motif"],
        "Le terme (31/12/2024) précède la date d'effet (01/01/2025). Corrigez l'une des deux dates."
    );
    let journaux = essai.journaux(63);
    let absents: Vec<usize> = (1..)
        .zip(&journaux)
        .filter(|(_, j)| j.is_none())
        .map(|(n, _)| n)
        .collect();
    assert_eq!(absents, [12, 30, 47]);
    assert_eq!(
        journaux[0].as_ref().unwrap().len(),
        3,
        "taken over, two establishments"
    );
    // when it is done again, then nothing is doubled
    let trouve = essai.json(1, &[]);
    assert_eq!(
        (&trouve["ajoutes"], &trouve["inchanges"]),
        (&json!(0), &json!(60))
    );
    assert_eq!(essai.journaux(63), journaux);
    // and people are told the same
    let sortie = essai.commande(&[]).output().unwrap();
    let page = dit(&sortie.stdout);
    assert!(page.starts_with("63 contrats lus : 0 ajoutés, 0 complétés, 60 inchangés, 3 refusés."));
    assert!(
        page.contains("refusé    ESMS!B60 : La clé (dernier chiffre)"),
        "{page}"
    );
    let attend = "attend    CPOM-01 : le document signé, à confirmer par ars, dep";
    assert!(page.contains(attend), "{page}");
}

#[test]
fn a_corrected_workbook_brings_in_what_was_refused() {
    let essai = Essai::de("corrige", &livre(4).tape("Contrats!I3", t("abc")).octets());
    assert_eq!(essai.json(1, &[])["ajoutes"], 3);
    std::fs::write(&essai.classeur, livre(4).octets()).unwrap();
    let trouve = essai.json(0, &[]);
    assert_eq!(
        (&trouve["ajoutes"], &trouve["inchanges"]),
        (&json!(1), &json!(3))
    );
}

#[test]
fn an_import_killed_at_any_point_goes_on_from_there() {
    const CONTRATS: usize = 5;
    let octets = livre(CONTRATS).octets();
    let temoin = Essai::de("temoin", &octets);
    temoin.json(0, &[]);
    let attendu = temoin.journaux(CONTRATS);
    for (point, passage) in [
        ("avant_verrou", 3),
        ("apres_ajout", 5),
        ("avant_commit", 1),
        ("apres_commit", 1),
        ("apres_commit", 8),
        ("apres_projections", 14),
    ] {
        let essai = Essai::de("tue", &octets);
        // given an import that dies on its way
        let mut commande = essai.commande(&[]);
        let mort = commande.env("ENTENTE_FAUTE", format!("{point}:{passage}"));
        let mort = mort.output().unwrap();
        assert_eq!(mort.status.signal(), Some(6), "{point}:{passage}");
        assert_ne!(essai.journaux(CONTRATS), attendu, "{point}:{passage}");
        // when it is run again, then all is there, once
        let trouve = essai.json(0, &[]);
        assert_eq!(trouve["lus"], CONTRATS);
        assert_eq!(essai.journaux(CONTRATS), attendu, "{point}:{passage}");
    }
}

/// Each party confirms the signed document of a contract.
async fn confirme(entente: &Entente, n: usize) {
    for partie in TROIS {
        let ouvre = Acte::OpenAt {
            actor: acteur(partie, "signataire", Role::Signature),
            state: "repris".to_owned(),
            document: document(n),
            effective: NaiveDate::from_ymd_opt(2025, 1, 1).unwrap(),
            id: format!("c-{partie}"),
        };
        let (flux, demande) = (RACINE.to_owned(), Demande::Acte(ouvre));
        let ordre = Ordre::Agir(Commande { flux, demande });
        entente
            .executer(&reference(n), ordre, Utc::now())
            .await
            .unwrap();
    }
}

#[test]
fn what_the_parties_have_confirmed_is_filled_in_once_even_when_killed() {
    const CONTRATS: usize = 3;
    let essai = Essai::de("rempli", &livre(CONTRATS).octets());
    essai.json(0, &[]);
    // given two contracts of three that every party has confirmed
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let base = Base::ouvrir(&Adresse::Fichier(essai.base.clone()))
            .await
            .unwrap();
        let entente = Entente::nouvelle(base, atelier());
        confirme(&entente, 1).await;
        confirme(&entente, 2).await;
        entente.fermer().await;
    });
    // when the import dies three times on its way, then ends
    for point in ["apres_commit:2", "avant_commit:4", "apres_ajout:3"] {
        let mort = essai.commande(&[]).env("ENTENTE_FAUTE", point).output();
        assert_eq!(mort.unwrap().status.signal(), Some(6), "{point}");
    }
    let trouve = essai.json(0, &[]);
    // then they hold what the workbook says, and the third still waits for its parties
    let confirmer: Vec<&Value> = trouve["attentes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| &a["confirmer"])
        .collect();
    assert_eq!(confirmer, ["reprise", "reprise", "document"]);
    let journaux = essai.journaux(CONTRATS);
    let lignes = |n: usize, mot: &str| {
        let lignes = journaux[n - 1].as_ref().unwrap().iter();
        lignes.filter(|l| l.contains(mot)).count()
    };
    for demande in [
        "gestionnaire",
        "objectif-OS-1",
        "indicateur-OS-1",
        "moyen-ars-1",
        "texte",
        "contrat.date_effet",
        "contrat.terme",
    ] {
        let id = format!("\"import-{demande}\"");
        assert_eq!([1, 2, 3].map(|n| lignes(n, &id)), [1, 1, 0], "{id}");
    }
    let trouve = essai.json(0, &[]);
    assert_eq!(
        (&trouve["modifies"], &trouve["inchanges"]),
        (&json!(0), &json!(3))
    );
}

#[test]
fn the_empty_workbook_is_one_that_is_read() {
    let dossier = dossier("modele");
    let fichier = dossier.join("vide.xlsx");
    assert!(import(&["modele"], &fichier).status.success());
    let octets = std::fs::read(&fichier).unwrap();
    let lecture = lire(&octets).unwrap();
    assert_eq!((lecture.lus, lecture.refuses), (0, vec![]));
    assert_eq!(lecture.signalements, []);
    // the same day gives the same file
    let jour = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let modele = |nom: &str| {
        importer::modele(&dossier.join(nom), jour).unwrap();
        std::fs::read(dossier.join(nom)).unwrap()
    };
    assert_eq!(modele("a.xlsx"), modele("b.xlsx"));
    // a file that is there is left as it is
    let encore = import(&["modele"], &fichier);
    assert_eq!(encore.status.code(), Some(2));
    assert!(dit(&encore.stderr).contains("Donnez le nom d'un fichier nouveau."));
    assert_eq!(std::fs::read(&fichier).unwrap(), octets);
}

#[test]
fn what_is_not_a_workbook_is_told_in_one_sentence_and_makes_no_database() {
    let essai = Essai::de("texte", b"reference;modele\nC1;cpom-ph\n");
    let sortie = essai.commande(&["--json"]).output().unwrap();
    assert_eq!(sortie.status.code(), Some(2));
    assert!(sortie.stdout.is_empty());
    let phrase = dit(&sortie.stderr);
    assert_eq!(phrase.lines().count(), 1, "{phrase}");
    assert!(
        phrase.contains("attendu un fichier .xlsx ou .ods"),
        "{phrase}"
    );
    assert!(!essai.base.exists());
    let absent = import(&["contrats"], Path::new("/absent.xlsx"));
    assert_eq!(absent.status.code(), Some(2));
    assert!(dit(&absent.stderr).contains("« /absent.xlsx » ne se lit pas"));
}
