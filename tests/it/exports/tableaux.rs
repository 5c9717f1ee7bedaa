//! Every table: of the story, on both databases; with someone's eyes; with hostile texts.

use crate::bases::{atelier, lite, postgres};
use calamine::{Data, Ods, Range, Reader, Xlsx};
use chrono::{DateTime, NaiveDate, Utc};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::demo::{self, Enregistree};
use entente::app::execute::{Entente, Ordre};
use entente::app::tableaux::{Format, Refus, Regard, TABLEAUX, Tableau, ecrire, tableau, tableaux};
use entente::echanges::tableaux::{Cellule, Genre, csv, noms};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::workflow::definition::model::Role;
use std::collections::BTreeMap;
use std::io::Cursor;
use tokio::runtime::Runtime;

pub const ID: &str = "rives-claires";

/// After the story's last day.
pub fn apres() -> DateTime<Utc> {
    "2031-01-15T09:00:00Z".parse().unwrap()
}

pub fn jour() -> NaiveDate {
    NaiveDate::from_ymd_opt(2031, 1, 15).unwrap()
}

pub fn joue(runtime: &Runtime, entente: &Entente) {
    let histoire = demo::lire(demo::RIVES_CLAIRES).unwrap();
    let mut porte = Enregistree::new(entente, ID, runtime.handle().clone());
    demo::jouer(&mut porte, atelier(), &histoire).unwrap();
}

fn matin() -> DateTime<Utc> {
    "2024-01-15T09:00:00Z".parse().unwrap()
}

fn ecrit(id: &str, ecriture: Ecriture) -> Ordre {
    Ordre::Agir(Commande {
        flux: RACINE.to_owned(),
        demande: Demande::Ecriture {
            acteur: acteur("ars", "karim", Role::Validation),
            id: id.to_owned(),
            ecriture,
        },
    })
}

pub fn ouvre() -> Ordre {
    Ordre::Ouvrir {
        workflow: "cpom-ph".to_owned(),
    }
}

fn entre(numero: usize, nom: &str) -> Ordre {
    let ecriture = Ecriture::Entrer {
        cle: format!("E{numero}"),
        element: Element::esms(nom, Competence::Ars),
        effet: None,
    };
    ecrit(&format!("d{numero}"), ecriture)
}

fn colonne<'t>(tableau: &'t Tableau, cle: &str) -> Vec<&'t Cellule> {
    let colonnes = tableau.forme.colonnes;
    let rang = colonnes.iter().position(|c| c.cle == cle).unwrap();
    tableau.lignes().iter().map(|l| &l[rang]).collect()
}

fn du_classeur(octets: &[u8], format: Format, feuille: &str) -> Range<Data> {
    if format == Format::Xlsx {
        let mut lu: Xlsx<_> = Xlsx::new(Cursor::new(octets)).unwrap();
        return lu.worksheet_range(feuille).unwrap();
    }
    let mut lu: Ods<_> = Ods::new(Cursor::new(octets)).unwrap();
    lu.worksheet_range(feuille).unwrap()
}

#[test]
fn the_story_fills_every_table_alike_on_both_databases() {
    let runtime = Runtime::new().unwrap();
    let (sur_lite, _) = runtime.block_on(lite());
    let (sur_pg, _) = runtime.block_on(postgres());
    // given the story on each
    let mut lus = Vec::new();
    for entente in [&sur_lite, &sur_pg] {
        joue(&runtime, entente);
        let tous = tableaux(entente, &Regard::Partage, None, apres());
        lus.push(runtime.block_on(tous).unwrap());
    }
    // then both give the same tables, none of them empty
    assert_eq!(lus[0], lus[1]);
    for lu in &lus[0] {
        assert!(!lu.lignes().is_empty(), "{} is empty", lu.forme.nom);
        for (colonne, ligne) in lu
            .lignes()
            .iter()
            .flat_map(|l| lu.forme.colonnes.iter().zip(l))
        {
            let juste = matches!(
                (colonne.genre, ligne),
                (Genre::Texte, Cellule::Texte(_))
                    | (Genre::Entier, Cellule::Entier(_))
                    | (Genre::Centimes, Cellule::Centimes(_))
                    | (Genre::Date, Cellule::Date(_))
                    | (Genre::Instant, Cellule::Instant(_))
                    | (Genre::Booleen, Cellule::Booleen(_))
                    | (Genre::Valeur, _)
                    | (_, Cellule::Vide)
            );
            assert!(juste, "{}.{} : {ligne:?}", lu.forme.nom, colonne.cle);
        }
    }
    // and one of one contract is the same as that part of the whole
    for lu in &lus[0] {
        let un = tableau(&sur_lite, lu.forme.nom, &Regard::Partage, Some(ID), apres());
        assert_eq!(&runtime.block_on(un).unwrap(), lu);
    }
    // and it reads as approved
    let texte: Vec<String> = lus[0].iter().map(debut).collect();
    insta::assert_snapshot!("histoire", texte.join("\n"));
}

/// Its first lines.
fn debut(tableau: &Tableau) -> String {
    let lignes = csv(tableau, false).replace("\r\n", "\u{241d}");
    let lignes: Vec<&str> = lignes.split_terminator('\u{241d}').collect();
    let montrees = lignes.len().min(6);
    let nom = tableau.forme.nom;
    let nombre = tableau.lignes().len();
    format!(
        "## {nom}, {nombre} lignes\n{}\n",
        lignes[..montrees].join("\n")
    )
}

#[tokio::test]
async fn a_private_note_never_leaves_its_party() {
    for (entente, nom) in [(lite().await.0, "lite"), (postgres().await.0, "pg")] {
        // given two contracts, and a note that the ARS took for itself on the first
        for contrat in ["c1", "c2"] {
            entente.executer(contrat, ouvre(), matin()).await.unwrap();
            let esms = entre(1, &format!("ESMS de {contrat}"));
            entente.executer(contrat, esms, matin()).await.unwrap();
        }
        let note = Ecriture::Noter {
            texte: "SECRET".to_owned(),
            sel: "0".repeat(32),
        };
        entente
            .executer("c1", ecrit("n1", note), matin())
            .await
            .unwrap();
        let lus = async |regard: Regard| {
            let lus = tableaux(&entente, &regard, None, matin()).await.unwrap();
            lus.iter().map(|lu| csv(lu, false)).collect::<String>()
        };
        // when each reads, then the ARS alone is told that it took one; its text leaves by none
        let parmi = |contrat: &str, partie: &str| {
            Regard::Parmi(BTreeMap::from([(contrat.to_owned(), partie.to_owned())]))
        };
        for (regard, voit) in [
            (Regard::Partage, false),
            (Regard::Partie("gestionnaire".to_owned()), false),
            (Regard::Partie("ars".to_owned()), true),
            (parmi("c1", ""), false),
            (parmi("c1", "gestionnaire"), false),
            (parmi("c1", "ars"), true),
            (parmi("c2", "ars"), false),
        ] {
            let lu = lus(regard.clone()).await;
            assert_eq!(
                lu.contains("Garde une note pour soi"),
                voit,
                "{nom} {regard:?}"
            );
            assert!(!lu.contains("SECRET"));
        }
        // and a contract that may not be seen is as one that does not exist
        let lu = lus(parmi("c2", "ars")).await;
        assert!(lu.contains("ESMS de c2") && !lu.contains("c1"), "{lu}");
        let regard = parmi("c2", "ars");
        for plan in TABLEAUX {
            let nom = plan.forme.nom;
            let mut refus = Vec::new();
            for absent in ["c1", "c9"] {
                let lu = tableau(&entente, nom, &regard, Some(absent), matin()).await;
                assert!(matches!(lu, Err(Refus::Absent(_))), "{nom}");
                refus.push(lu.unwrap_err().to_string().replace(absent, "…"));
            }
            assert_eq!(refus[0], refus[1]);
        }
        let lu = lus(Regard::Parmi(BTreeMap::new())).await;
        assert!(!lu.contains("c1") && !lu.contains("c2"));
    }
}

#[tokio::test]
async fn hostile_names_written_in_a_contract_are_inert_in_every_export() {
    // given establishments named to harm
    let hostiles = [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-1",
        "@SUM(A1)",
        "＝1",
        "\"=1\"",
        "<b>&amp;",
    ];
    let (entente, _) = lite().await;
    entente.executer("c1", ouvre(), matin()).await.unwrap();
    for (rang, nom) in hostiles.iter().enumerate() {
        entente
            .executer("c1", entre(rang, nom), matin())
            .await
            .unwrap();
    }
    for table in ["esms", "perimetre"] {
        let lu = tableau(&entente, table, &Regard::Partage, Some("c1"), matin()).await;
        let lu = lu.unwrap();
        assert_eq!(colonne(&lu, "nom").len(), hostiles.len());
        let rang = lu
            .forme
            .colonnes
            .iter()
            .position(|c| c.cle == "nom")
            .unwrap();
        // when they are exported, then a workbook holds them as texts
        for format in [Format::Xlsx, Format::Ods] {
            let octets = ecrire(std::slice::from_ref(&lu), format, jour()).unwrap();
            let plage = du_classeur(&octets, format, lu.forme.titre);
            for (ligne, nom) in (1..).zip(hostiles) {
                assert_eq!(
                    plage.get((ligne, rang)),
                    Some(&Data::String(nom.to_owned()))
                );
            }
        }
        // and a csv never begins a cell by a sign
        let texte = csv(&lu, false);
        for champ in texte.split([';', '\n']) {
            assert!(
                !champ
                    .trim_matches('"')
                    .starts_with(['=', '+', '-', '@', '＝'])
                    || champ == "\"\"\"=1\"\"\""
            );
        }
    }
}

/// 20 beginnings × every text column of every table, in every format of spreadsheets.
#[test]
fn no_text_column_of_any_table_lets_a_formula_through() {
    let debuts = [
        "=",
        "+",
        "-",
        "@",
        "\t=",
        "\r=",
        "\n=",
        "＝",
        "＋",
        "－",
        "＠",
        "﹦",
        "﹢",
        "﹣",
        "﹫",
        " =",
        "\u{a0}+",
        "\u{feff}-",
        "'=",
        "\u{2003}@",
    ];
    let textes: Vec<String> = debuts.iter().map(|d| format!("{d}SOMME(A1)")).collect();
    let montre = |texte: &str| texte.replace('\r', "\n");
    let mut pleins = Vec::new();
    for plan in TABLEAUX {
        let mut plein = Tableau::nouveau(plan.forme);
        for texte in &textes {
            let cellule = |genre| match genre {
                Genre::Texte | Genre::Valeur => Cellule::texte(texte),
                _ => Cellule::Entier(-1),
            };
            let colonnes = plan.forme.colonnes.iter();
            plein
                .ajoute(colonnes.map(|c| cellule(c.genre)).collect())
                .unwrap();
        }
        pleins.push(plein);
    }
    for format in [Format::Xlsx, Format::Ods] {
        let octets = ecrire(&pleins, format, jour()).unwrap();
        for (plein, feuille) in pleins.iter().zip(noms(&pleins)) {
            let plage = du_classeur(&octets, format, &feuille);
            for (ligne, texte) in (1..).zip(&textes) {
                for (rang, colonne) in plein.forme.colonnes.iter().enumerate() {
                    let attendue = match colonne.genre {
                        Genre::Texte | Genre::Valeur => Data::String(montre(texte)),
                        _ => Data::Float(-1.0),
                    };
                    assert_eq!(plage.get((ligne, rang)), Some(&attendue), "{feuille}");
                }
            }
        }
    }
    for plein in &pleins {
        let ecrit = csv(plein, false);
        for texte in &textes {
            let neutre = format!("'{}", montre(texte));
            let fois = ecrit.matches(&neutre).count();
            let colonnes = plein.forme.colonnes.iter();
            let attendues = colonnes.filter(|c| matches!(c.genre, Genre::Texte | Genre::Valeur));
            assert!(fois >= attendues.count(), "{} {texte:?}", plein.forme.nom);
        }
    }
}

#[test]
fn tables_are_named_well() {
    let mut noms = std::collections::BTreeSet::new();
    for plan in TABLEAUX {
        let forme = plan.forme;
        assert!(noms.insert(forme.nom), "{} twice", forme.nom);
        assert!(forme.titre.chars().count() <= 31 && !plan.ligne.is_empty());
        let mut cles = std::collections::BTreeSet::new();
        for colonne in forme.colonnes {
            assert!(
                cles.insert(colonne.cle),
                "{}.{} twice",
                forme.nom,
                colonne.cle
            );
            let cle = |c: char| c.is_ascii_lowercase() || c == '_';
            assert!(colonne.cle.chars().all(cle));
        }
        // A value is told by the column before it.
        for paire in forme
            .colonnes
            .windows(2)
            .filter(|p| p[1].genre == Genre::Valeur)
        {
            assert_eq!(paire[0].cle, "nature");
        }
        let docs = include_str!("../../../docs/exports.md");
        assert!(
            docs.contains(&format!("`{}`", forme.nom)),
            "{} untold",
            forme.nom
        );
    }
}
