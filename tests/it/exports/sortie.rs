//! The full export: what it holds, and that it restores with equal heads.

use super::tableaux::{ID, apres, joue, ouvre};
use crate::bases::{dossier, lite, postgres};
use entente::app::tableaux::{Regard, TABLEAUX, tableaux};
use entente::echanges::tableaux::{csv, json};
use entente::store::{Adresse, Base, controle};
use entente::workflow::machine::digest::Digest;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use tokio::runtime::Runtime;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The heads of every contract and of every stream.
async fn tetes(adresse: &Adresse) -> String {
    let base = Base::ouvrir(adresse).await.unwrap();
    let mut lecteur = base.lire().await.unwrap();
    let conn = &mut lecteur.conn();
    let contrats = controle::tetes(conn).await.unwrap();
    let flux = controle::flux(conn).await.unwrap();
    assert!(!contrats.is_empty() && !flux.is_empty());
    format!("{contrats:#?}\n{flux:#?}")
}

fn dans(archive: &Path, nom: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(File::open(archive).unwrap()).unwrap();
    let mut octets = Vec::new();
    archive
        .by_name(nom)
        .unwrap()
        .read_to_end(&mut octets)
        .unwrap();
    octets
}

#[test]
fn the_full_export_of_the_story_restores_in_either_engine_with_equal_heads() {
    let runtime = Runtime::new().unwrap();
    for sens in ["aller", "retour"] {
        // given the story on one engine
        let ((sur_lite, fichier), (sur_pg, url)) =
            runtime.block_on(async { (lite().await, postgres().await) });
        let (sur_lite, sur_pg) = (
            (sur_lite, Adresse::Fichier(fichier)),
            (sur_pg, url.parse().unwrap()),
        );
        let ((source, de), (cible, vers)) = match sens {
            "aller" => (&sur_lite, &sur_pg),
            _ => (&sur_pg, &sur_lite),
        };
        joue(&runtime, source);
        runtime.block_on(async {
            // when it goes out whole, and into an empty base of the other engine
            let ici = dossier("sortie");
            let fichier = ici.join("tout.zip");
            let sorti = source.sortir(&fichier, apres()).await.unwrap();
            let rendu = cible.restaurer(&fichier).await.unwrap();
            // then heads, lines and tables are the same
            assert_eq!(
                (sorti.flux, sorti.evenements),
                (rendu.flux, rendu.evenements)
            );
            let (avant, rendues) = (source.journal(ID).await, cible.journal(ID).await);
            assert_eq!(avant.unwrap().unwrap(), rendues.unwrap().unwrap());
            assert_eq!(tetes(de).await, tetes(vers).await);
            assert_eq!(cible.verifier(None).await.unwrap().broken, []);
            let lus = async |entente| {
                let lus = tableaux(entente, &Regard::Partage, None, apres()).await;
                lus.unwrap()
            };
            let attendus = lus(source).await;
            assert_eq!(attendus, lus(cible).await);
            // and the archive holds these tables, its notice, the digest of each file
            for (plan, lu) in TABLEAUX.iter().zip(&attendus) {
                let nom = plan.forme.nom;
                let ecrit = |extension| {
                    let octets = dans(&fichier, &format!("tableaux/{nom}.{extension}"));
                    String::from_utf8(octets).unwrap()
                };
                assert_eq!(ecrit("csv"), csv(lu, true));
                assert_eq!(ecrit("json"), json(lu));
            }
            let notice = String::from_utf8(dans(&fichier, "README.txt")).unwrap();
            assert!(notice.contains("entente restaurer") && notice.contains("15 janvier 2031"));
            let empreintes = String::from_utf8(dans(&fichier, "SHA256SUMS")).unwrap();
            assert_eq!(empreintes.lines().count(), 2 + 2 * TABLEAUX.len());
            for ligne in empreintes.lines() {
                let (empreinte, nom) = ligne.split_once("  ").unwrap();
                assert_eq!(Digest::of(&dans(&fichier, nom)).to_string(), empreinte);
            }
            // and nothing else is left
            let restes = fs::read_dir(&ici).unwrap().count();
            assert_eq!(restes, 1);
        });
    }
}

/// The same archive, with one file changed; `None`: left out.
fn refaite(bonne: &Path, autre: &Path, nom: &str, contenu: Option<&[u8]>) {
    let mut lue = ZipArchive::new(File::open(bonne).unwrap()).unwrap();
    let mut ecrite = ZipWriter::new(File::create(autre).unwrap());
    for rang in 0..lue.len() {
        let mut fichier = lue.by_index(rang).unwrap();
        let present = fichier.name().unwrap().into_owned();
        let mut octets = Vec::new();
        fichier.read_to_end(&mut octets).unwrap();
        let octets = if present == nom {
            contenu
        } else {
            Some(&octets[..])
        };
        if let Some(octets) = octets {
            ecrite
                .start_file(present, SimpleFileOptions::default())
                .unwrap();
            ecrite.write_all(octets).unwrap();
        }
    }
    ecrite.finish().unwrap();
}

#[tokio::test]
async fn an_archive_that_is_not_whole_is_refused_and_leaves_nothing() {
    // given a full export
    let (source, _) = lite().await;
    source.executer("c1", ouvre(), apres()).await.unwrap();
    let ici = dossier("archive-abimee");
    let bonne = ici.join("bonne.zip");
    source.sortir(&bonne, apres()).await.unwrap();
    // when it is written again over itself, then
    let phrase = source.sortir(&bonne, apres()).await.unwrap_err();
    assert!(phrase.contains("existe déjà"), "{phrase}");
    // when the backup in it is changed, missing, or the archive is cut or is another, then
    let sauvegarde = dans(&bonne, "sauvegarde.entente");
    let mut changee = sauvegarde.clone();
    *changee.last_mut().unwrap() ^= 1;
    let mauvaise = ici.join("mauvaise.zip");
    let octets = fs::read(&bonne).unwrap();
    let mut retournee = octets.clone();
    retournee[octets.len() / 3] ^= 0x55;
    let (cible, _) = lite().await;
    for (essai, attendu) in [
        (("sauvegarde.entente", Some(&changee[..])), "abîmée"),
        (("sauvegarde.entente", Some(&sauvegarde[..512])), "abîmée"),
        (("sauvegarde.entente", None), "ne contient pas"),
        (("SHA256SUMS", None), "ne contient pas"),
        (("SHA256SUMS", Some(&b"rien"[..])), "abîmée"),
    ] {
        refaite(&bonne, &mauvaise, essai.0, essai.1);
        let phrase = cible.restaurer(&mauvaise).await.unwrap_err();
        assert!(phrase.contains(attendu), "{essai:?} {phrase}");
    }
    for contenu in [
        &octets[..octets.len() / 2],
        &retournee,
        b"PK",
        b"PK\x03\x04 bonjour",
    ] {
        fs::write(&mauvaise, contenu).unwrap();
        let phrase = cible.restaurer(&mauvaise).await.unwrap_err();
        assert!(phrase.contains("abîmée"), "{phrase}");
    }
    assert!(cible.vide().await.unwrap(), "half restored");
    // and the good one goes in, once
    cible.restaurer(&bonne).await.unwrap();
    let phrase = cible.restaurer(&bonne).await.unwrap_err();
    assert!(phrase.contains("n'est pas vide"), "{phrase}");
    let mut restes: Vec<_> = fs::read_dir(&ici)
        .unwrap()
        .flatten()
        .map(|f| f.file_name())
        .collect();
    restes.sort();
    assert_eq!(restes, ["bonne.zip", "mauvaise.zip"]);
}
