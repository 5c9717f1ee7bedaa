//! A chain written again whole, as an administrator could: it checks by itself, and the bill of
//! heads says whose it is.

use super::fois;
use super::releve::execute;
use super::scenario::{Reponse, Scenario};
use crate::bases::{atelier, dossier};
use crate::vies::hasard::Hasard;
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::execute::Entente;
use entente::metier::chaine::{Charge, Scellee, Tetes, instant};
use entente::store::{Adresse, Base};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Chains written again, in the tests.
const REECRITURES: usize = 20;
/// The two days that have a bill: half of each contract is told in the first.
const JOURS: [&str; 2] = ["2026-06-01", "2026-06-02"];
const GRAINES: [u64; 3] = [2, 6, 7];

/// Three contracts, sealed half-way and at their end.
struct Modele {
    /// The whole file, closed.
    fichier: Vec<u8>,
    /// The lines of each, and how many the first bill covers.
    contrats: Vec<(String, Vec<Scellee>, usize)>,
}

async fn modele() -> Modele {
    let chemin = dossier("scelle").join("entente.db");
    let base = Base::ouvrir(&Adresse::Fichier(chemin.clone())).await;
    let entente = Entente::nouvelle(base.unwrap(), atelier());
    let scenarios = GRAINES.map(|g| Scenario::vie(g, 90));
    let mut couvertes = BTreeMap::new();
    for (seconde, jour) in JOURS.into_iter().enumerate() {
        for s in &scenarios {
            let moitie = s.pas.len() / 2;
            let pas = if seconde == 0 {
                0..moitie
            } else {
                moitie..s.pas.len()
            };
            for n in pas {
                let (ordre, instant) = s.pas[n].clone();
                let fait = entente.executer(&s.contrat, ordre, instant).await;
                assert_eq!(Reponse::de(fait), s.reponses[n]);
            }
            let lignes = entente.journal(&s.contrat).await.unwrap().unwrap();
            couvertes.entry(&s.contrat).or_insert(lignes.len());
        }
        let minuit = format!("{jour}T00:00:00Z").parse::<DateTime<Utc>>();
        let scelle = entente.sceller(jour, minuit.unwrap()).await.unwrap();
        assert!(scelle.is_some());
    }
    entente.fermer().await;
    let contrats = scenarios.iter().map(|s| {
        let lignes = s.lignes.clone();
        (s.contrat.clone(), lignes, couvertes[&s.contrat])
    });
    Modele {
        contrats: contrats.collect(),
        fichier: std::fs::read(&chemin).unwrap(),
    }
}

/// Changes what a line says, in its columns as in its payload.
fn corrige(ligne: &mut Scellee, de: &str, a: &str) {
    let Charge::Claire(charge) = &mut ligne.charge else {
        panic!("{ligne:?}");
    };
    *charge = charge.replace(de, a);
}

fn dit(valeur: impl serde::Serialize) -> String {
    json!(valeur).to_string()
}

fn une_seconde_apres(ligne: &mut Scellee) {
    let tard = ligne.enregistre + TimeDelta::seconds(1);
    corrige(ligne, &dit(ligne.enregistre), &dit(tard));
    ligne.enregistre = tard;
}

/// Kinds of changes.
const GENRES: usize = 7;

/// Changes the line at a place, or around it. Answers the first place that is no longer the same.
fn retouche(genre: usize, lignes: &mut Vec<Scellee>, ou: usize) -> usize {
    match genre {
        // It goes.
        0 => drop(lignes.remove(ou)),
        // It changes places with the one before it.
        1 => {
            let avant = ou.saturating_sub(1);
            lignes.swap(avant, avant + 1);
            return avant;
        }
        // Someone else wrote it.
        2 => {
            let partie = lignes[ou].auteur.split('/').next().unwrap().to_owned();
            lignes[ou].auteur = format!("{partie}/autre");
            corrige(&mut lignes[ou], "\"person\":\"p\"", "\"person\":\"autre\"");
        }
        // It takes effect the day before.
        3 => {
            let veille = lignes[ou].effet.pred_opt().unwrap();
            let effet = lignes[ou].effet;
            corrige(&mut lignes[ou], &dit(effet), &dit(veille));
            lignes[ou].effet = veille;
        }
        // It was recorded later.
        4 => une_seconde_apres(&mut lignes[ou]),
        // One more comes before it.
        5 => {
            let mut ajoutee = lignes[ou].clone();
            une_seconde_apres(&mut ajoutee);
            lignes.insert(ou, ajoutee);
        }
        // It goes, with all that follows.
        _ => lignes.truncate(ou),
    }
    ou
}

/// The same lines in an unbroken order, every digest right.
fn rescelle(lignes: Vec<Scellee>) -> (Vec<Scellee>, Tetes) {
    let mut tetes = Tetes::new();
    let lignes = (1..).zip(lignes).map(|(ordre, mut ligne)| {
        ligne.ordre = ordre;
        ligne.rang = tetes.get(&ligne.flux).map_or(0, |t| t.0) + 1;
        ligne.apres(&mut tetes)
    });
    (lignes.collect(), tetes)
}

async fn inscrit(conn: &mut SqliteConnection, ligne: &Scellee) {
    const SQL: &str = "insert into journal values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
                       $12)";
    let Charge::Claire(charge) = &ligne.charge else {
        panic!("{ligne:?}");
    };
    let inscrite = sqlx::query(SQL)
        .bind(&ligne.contrat)
        .bind(ligne.ordre.cast_signed())
        .bind(&ligne.flux)
        .bind(ligne.rang.cast_signed())
        .bind(instant(ligne.enregistre))
        .bind(ligne.effet.to_string())
        .bind(&ligne.genre)
        .bind(i64::from(ligne.version))
        .bind(&ligne.auteur)
        .bind(&ligne.prive)
        .bind(charge)
        .bind(ligne.empreinte.to_string());
    inscrite.execute(conn).await.unwrap();
}

/// Puts these lines in the place of those of a contract, and their heads.
async fn recrit(fichier: &Path, contrat: &str, lignes: Vec<Scellee>) {
    let base = Base::ouvrir(&Adresse::Fichier(fichier.to_owned())).await;
    let base = base.unwrap();
    let (lignes, tetes) = rescelle(lignes);
    for sql in [
        "drop trigger journal_inchange".to_owned(),
        "drop trigger journal_garde".to_owned(),
        format!("delete from journal where contrat = '{contrat}'"),
    ] {
        execute(&base, &sql).await;
    }
    let restants: Vec<String> = tetes.keys().map(|flux| format!("'{flux}'")).collect();
    let restants = restants.join(", ");
    let flux = format!("delete from flux where contrat = '{contrat}' and flux not in ({restants})");
    execute(&base, &flux).await;
    for (flux, (rang, empreinte)) in tetes {
        let tete = format!(
            "update flux set rang = {rang}, empreinte = '{empreinte}' \
             where contrat = '{contrat}' and flux = '{flux}'"
        );
        execute(&base, &tete).await;
    }
    let tete = match lignes.last() {
        None => format!("delete from contrats where id = '{contrat}'"),
        Some(Scellee {
            ordre, empreinte, ..
        }) => format!(
            "update contrats set ordre = {ordre}, tete = '{empreinte}' where id = '{contrat}'"
        ),
    };
    execute(&base, &tete).await;
    if lignes.is_empty() {
        let textes = format!("delete from textes where contrat = '{contrat}'");
        execute(&base, &textes).await;
    }
    base.fermer().await;
    let url = format!("sqlite://{}", fichier.display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let mut une_fois = conn.begin().await.unwrap();
    for ligne in &lignes {
        inscrit(&mut une_fois, ligne).await;
    }
    une_fois.commit().await.unwrap();
    conn.close().await.unwrap();
}

/// What the program answers: whether all is right, and what is broken.
fn verifie(fichier: &Path) -> (bool, Vec<Value>) {
    let adresse = format!("sqlite:{}", fichier.display());
    let sortie = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["journal", "verify", "--bordereaux", "--json"])
        .args(["--database", &adresse])
        .output()
        .unwrap();
    let rapport: Value = serde_json::from_slice(&sortie.stdout)
        .unwrap_or_else(|e| panic!("{e} : {}", String::from_utf8_lossy(&sortie.stderr)));
    let rompus = rapport["broken"].as_array().unwrap().clone();
    (sortie.status.success(), rompus)
}

#[tokio::test]
async fn a_chain_written_again_whole_is_found_by_the_bill() {
    // given contracts that two bills sealed
    let modele = modele().await;
    let fichier = dossier("reecrite").join("entente.db");
    std::fs::write(&fichier, &modele.fichier).unwrap();
    assert_eq!(verifie(&fichier), (true, Vec::new()));
    let mut hasard = Hasard::new(13);
    for essai in 0..fois(REECRITURES) {
        // when one is changed somewhere, and its whole chain written again
        let (contrat, sues, couvertes) = hasard.parmi(&modele.contrats).unwrap();
        let (genre, ou) = (essai % GENRES, hasard.sous(sues.len()));
        let quoi = format!(
            "essai {essai} : changement {genre} de {contrat}, ligne {}",
            ou + 1
        );
        let mut lignes = sues.clone();
        let premiere = retouche(genre, &mut lignes, ou);
        for ligne in &lignes {
            ligne.ligne().unwrap_or_else(|e| panic!("{quoi} : {e}"));
        }
        for suffixe in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffixe}", fichier.display()));
        }
        std::fs::write(&fichier, &modele.fichier).unwrap();
        recrit(&fichier, contrat, lignes).await;
        // then the chain says nothing
        let base = Base::ouvrir(&Adresse::Fichier(fichier.clone())).await;
        let entente = Entente::nouvelle(base.unwrap(), atelier());
        assert_eq!(entente.verifier(None).await.unwrap().broken, [], "{quoi}");
        entente.fermer().await;
        // and the bill says which contract it is, and of which day
        let (bon, rompus) = verifie(&fichier);
        assert!(!bon && !rompus.is_empty(), "{quoi}");
        for rompu in &rompus {
            assert_eq!(rompu["contrat"], **contrat, "{quoi} : {rompus:?}");
        }
        let dits = rompus.iter().filter_map(|r| r["quoi"].as_str());
        let dits = dits.collect::<Vec<_>>().join("\n");
        let premier_jour = JOURS[usize::from(premiere >= *couvertes)];
        assert!(dits.contains(premier_jour), "{quoi} : {dits}");
        let avant = dits.contains(JOURS[0]) && premiere >= *couvertes;
        assert!(!avant, "{quoi} : {dits}");
    }
    println!("{} chaînes réécrites, toutes trouvées", fois(REECRITURES));
}
