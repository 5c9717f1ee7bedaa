//! The file damaged, or changed by hand: every change of content is found, nothing panics.

use super::fois;
use super::releve::{CONTENU, Releve, execute, releve};
use super::scenario::{Reponse, Scenario};
use crate::bases::{atelier, dossier};
use crate::vies::hasard::Hasard;
use entente::app::execute::Entente;
use entente::app::ouvrir::{Absente, ouvrir};
use entente::app::verifier::Rapport;
use entente::store::{Adresse, Base};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Damages in the tests, of the file and of its write-ahead log.
const DEGATS: usize = 50;
/// Changes made by hand, of each kind.
const RETOUCHES: usize = 3;

/// The last steps of each contract, that the write-ahead log holds whole: past some size it would
/// be brought back to the file.
const RECENTS: usize = 8;

/// Two contracts, whose last steps are in the write-ahead log only.
struct Modele {
    scenarios: Vec<Scenario>,
    /// Whole file, closed.
    ferme: Vec<u8>,
    /// File and write-ahead log of a program at work.
    fichier: Vec<u8>,
    wal: Vec<u8>,
    contenu: Releve,
}

fn wal(fichier: &Path) -> PathBuf {
    PathBuf::from(format!("{}-wal", fichier.display()))
}

async fn modele() -> Modele {
    let chemin = dossier("modele").join("entente.db");
    let scenarios: Vec<Scenario> = [6, 7].map(|g| Scenario::vie(g, 90)).into();
    let recents = |s: &Scenario| s.pas.len() - RECENTS;
    let mut entente = None;
    for seconde in [false, true] {
        let base = Base::ouvrir(&Adresse::Fichier(chemin.clone())).await;
        let ouverte = Entente::nouvelle(base.unwrap(), atelier());
        for s in &scenarios {
            for n in 0..s.pas.len() {
                if (n >= recents(s)) == seconde {
                    let (ordre, instant) = s.pas[n].clone();
                    let fait = ouverte.executer(&s.contrat, ordre, instant).await;
                    assert_eq!(Reponse::de(fait), s.reponses[n]);
                }
            }
        }
        if seconde {
            entente = Some(ouverte);
        } else {
            ouverte.fermer().await;
        }
    }
    let lu = |chemin: &Path| std::fs::read(chemin).unwrap();
    let (fichier, journal) = (lu(&chemin), lu(&wal(&chemin)));
    entente.unwrap().fermer().await;
    let base = Base::ouvrir(&Adresse::Fichier(chemin.clone()))
        .await
        .unwrap();
    let contenu = releve(&base, &CONTENU).await.unwrap();
    base.fermer().await;
    Modele {
        scenarios,
        ferme: lu(&chemin),
        fichier,
        wal: journal,
        contenu,
    }
}

/// One bit turned, a tail cut off, a range of zeros.
fn abime(octets: &mut Vec<u8>, hasard: &mut Hasard) -> String {
    let ou = hasard.sous(octets.len());
    match hasard.sous(3) {
        0 => {
            let bit = hasard.sous(8);
            octets[ou] ^= 1 << bit;
            format!("bit {bit} de l'octet {ou}")
        }
        1 => {
            octets.truncate(ou);
            format!("coupé à {ou}")
        }
        _ => {
            let fin = (ou + 1 + hasard.sous(4_096)).min(octets.len());
            octets[ou..fin].fill(0);
            format!("zéros de {ou} à {fin}")
        }
    }
}

/// What is said of a damaged file.
enum Verdict {
    Refuse(String),
    Rompu(Rapport),
    Intact,
}

async fn verifie(fichier: &Path) -> Verdict {
    let adresse = format!("sqlite:{}", fichier.display());
    let entente = match ouvrir(&adresse, Absente::Refusee).await {
        Ok(entente) => entente,
        Err(phrase) => return Verdict::Refuse(phrase),
    };
    let rapport = entente.verifier(None).await;
    entente.fermer().await;
    match rapport {
        Err(erreur) => Verdict::Refuse(erreur.to_string()),
        Ok(rapport) if rapport.broken.is_empty() => Verdict::Intact,
        Ok(rapport) => Verdict::Rompu(rapport),
    }
}

/// `prefixe`: an earlier state is also right, since the log was not all there.
async fn degats(prefixe: bool) {
    let modele = modele().await;
    let mut hasard = Hasard::new(u64::from(prefixe));
    let chemin = dossier("degats").join("entente.db");
    let mut comptes: BTreeMap<&str, usize> = BTreeMap::new();
    for essai in 0..fois(DEGATS) {
        // given a copy, damaged
        let (mut fichier, mut journal) = (modele.ferme.clone(), Vec::new());
        let dit = if prefixe {
            (fichier, journal) = (modele.fichier.clone(), modele.wal.clone());
            abime(&mut journal, &mut hasard)
        } else {
            abime(&mut fichier, &mut hasard)
        };
        for suffixe in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffixe}", chemin.display()));
        }
        std::fs::write(&chemin, &fichier).unwrap();
        if prefixe {
            std::fs::write(wal(&chemin), &journal).unwrap();
        }
        // when it is checked, then the damage is told, or has no effect on what is kept
        let issue = match verifie(&chemin).await {
            Verdict::Refuse(phrase) => {
                assert!(phrase.ends_with('.'), "essai {essai}, {dit} : {phrase}");
                "refusés"
            }
            Verdict::Rompu(_) => "trouvés",
            Verdict::Intact => sans_effet(&modele, &chemin, prefixe, &dit).await,
        };
        *comptes.entry(issue).or_default() += 1;
    }
    println!("{} dégâts : {comptes:?}", fois(DEGATS));
    assert!(comptes.len() >= 2, "{comptes:?}");
}

async fn sans_effet(modele: &Modele, chemin: &Path, prefixe: bool, dit: &str) -> &'static str {
    let base = Base::ouvrir(&Adresse::Fichier(chemin.to_owned())).await;
    let base = base.unwrap();
    let contenu = releve(&base, &CONTENU).await;
    let contenu = contenu.unwrap_or_else(|e| panic!("{dit} : {e}"));
    let entente = Entente::nouvelle(base, atelier());
    let mut issue = "sans effet";
    if contenu != modele.contenu {
        assert!(prefixe, "{dit} : un changement n'est pas vu");
        for scenario in &modele.scenarios {
            let lignes = entente.journal(&scenario.contrat).await.unwrap();
            let lignes = lignes.unwrap_or_default();
            assert_eq!(lignes, scenario.lignes[..lignes.len()], "{dit}");
        }
        issue = "plus tôt";
    }
    entente.fermer().await;
    issue
}

#[tokio::test]
async fn every_damage_to_the_file_is_found() {
    degats(false).await;
}

#[tokio::test]
async fn a_damaged_log_gives_an_earlier_state_or_a_refusal() {
    degats(true).await;
}

#[tokio::test]
async fn an_emptied_file_is_not_said_to_be_intact() {
    let chemin = dossier("vide").join("entente.db");
    std::fs::write(&chemin, b"").unwrap();
    let Verdict::Refuse(phrase) = verifie(&chemin).await else {
        panic!("intact");
    };
    assert!(phrase.contains("est vide"), "{phrase}");
}

/// A change by hand, and the lines where it may be told (0: the contract's head).
fn retouche(quoi: usize, contrat: &str, ligne: usize, fin: usize) -> (Vec<String>, Vec<u64>) {
    let ou = format!("where contrat = '{contrat}' and ordre");
    let (n, dernier) = (ligne as u64, fin as u64);
    match quoi {
        0 => {
            let edit = format!("update journal set charge = charge || ' ' {ou} = {n}");
            (vec![edit], vec![n])
        }
        1 => {
            let edit = format!("update journal set auteur = 'ars/autre' {ou} = {n}");
            (vec![edit], vec![n])
        }
        2 => (
            vec![format!("delete from journal {ou} = {n}")],
            vec![n + 1, 0],
        ),
        3 => {
            let echange = [(n, 0), (n + 1, n), (0, n + 1)];
            let echange =
                echange.map(|(de, a)| format!("update journal set ordre = {a} {ou} = {de}"));
            (echange.into(), vec![n, n + 1])
        }
        4 => {
            let copie = format!(
                "insert into journal select contrat, {}, flux, 100000 + rang, enregistre, effet, \
                 genre, version, auteur, prive, charge, empreinte from journal {ou} = {n}",
                dernier + 1
            );
            (vec![copie], vec![dernier + 1])
        }
        5 => (vec![format!("delete from journal {ou} > {n}")], vec![0]),
        6 => {
            let tete = format!("update contrats set tete = 'x' || tete where id = '{contrat}'");
            (vec![tete], vec![0])
        }
        7 => {
            let texte =
                format!("update textes set texte = texte || ' ' where contrat = '{contrat}'");
            (vec![texte], vec![0])
        }
        8 => (
            vec![format!("delete from textes where contrat = '{contrat}'")],
            vec![0],
        ),
        9 => {
            // The same instant and the same digest, in other letters.
            let edit = "set enregistre = lower(enregistre), empreinte = upper(empreinte)";
            (vec![format!("update journal {edit} {ou} = {n}")], vec![n])
        }
        _ => {
            let lisible = format!("update journal set enregistre = 'hier' {ou} = {n}");
            (vec![lisible], vec![n])
        }
    }
}

#[tokio::test]
async fn what_an_administrator_changes_is_located() {
    // given a journal whose guards were taken off
    let modele = modele().await;
    let mut hasard = Hasard::new(3);
    let (mut trouves, kinds) = (0, 11);
    for quoi in (0..kinds)
        .cycle()
        .take(kinds * if fois(0) > 0 { 20 } else { RETOUCHES })
    {
        let chemin = dossier("retouche").join("entente.db");
        std::fs::write(&chemin, &modele.ferme).unwrap();
        let base = Base::ouvrir(&Adresse::Fichier(chemin.clone()))
            .await
            .unwrap();
        execute(&base, "drop trigger journal_inchange").await;
        execute(&base, "drop trigger journal_garde").await;
        // when lines are changed, deleted, swapped, added, cut
        let scenario = &modele.scenarios[hasard.sous(2)];
        let fin = scenario.lignes.len();
        let ligne = 1 + hasard.sous(fin - 2);
        let (ordres, attendues) = retouche(quoi, &scenario.contrat, ligne, fin);
        for sql in &ordres {
            execute(&base, sql).await;
        }
        base.fermer().await;
        // then it is told where
        let Verdict::Rompu(rapport) = verifie(&chemin).await else {
            panic!("non vu : {ordres:?}");
        };
        let premiere = &rapport.broken[0];
        assert_eq!(premiere.contrat, scenario.contrat, "{ordres:?} {rapport:?}");
        assert!(
            attendues.contains(&premiere.ordre),
            "{ordres:?} {premiere:?}"
        );
        trouves += 1;
        std::fs::remove_dir_all(chemin.parent().unwrap()).unwrap();
    }
    println!("{trouves} retouches localisées");
}
