//! Documents as PDF, read again by others: poppler for the text, its order and its structure, qpdf
//! for the file itself.

use entente::echanges::papier::{Refus, pdf};
use entente::metier::papier::{self, Bloc, Entree, Papier, Tableau, Voix};
use entente::workflow::machine::digest::Digest;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What an attacker, or someone in a hurry, may type.
const HOSTILES: [&str; 16] = [
    "#panic(\"lu\") #let x = 1",
    "$ x^2 + sum_(i=0)^n $",
    "@renvoi <etiquette>",
    "C:\\dossier\\ \\u{41} \\",
    "</script><b>gras</b> &amp; &eacute;",
    "*gras* _italique_ `code` ```bloc```",
    "= Titre",
    "- liste + liste / terme: valeur",
    "// commentaire /* commentaire */",
    "--- ... ~ 'apostrophe' \"guillemets\"",
    "{{{brut}}} {{champ}} %{x} ${y}",
    "/data.json /document.typ @preview/x:0.1.0",
    "=1+1;cmd|' /C calc'!A0",
    "%PDF-1.7 endobj stream",
    "עברית בתוך",
    "Ŵ ẞ ﬁ œ Œ ø ł ő ț Ω ж",
];

/// A folder for a file, gone with its test.
pub struct Dossier(PathBuf);

impl Dossier {
    pub fn nouveau(nom: &str) -> Self {
        let chemin =
            std::env::temp_dir().join(format!("entente-papier-{nom}-{}", std::process::id()));
        std::fs::create_dir_all(&chemin).unwrap();
        Self(chemin)
    }

    pub fn ecrit(&self, octets: &[u8]) -> PathBuf {
        let fichier = self.0.join("document.pdf");
        std::fs::write(&fichier, octets).unwrap();
        fichier
    }
}

impl Drop for Dossier {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a tool prints of a file; it must be content with it.
pub fn outil(nom: &str, arguments: &[&str], fichier: &Path) -> String {
    let mut commande = Command::new(nom);
    // What follows the file: where to write.
    let sans = nom == "pdfinfo" || arguments.contains(&"--check");
    let suite: &[&str] = if sans { &[] } else { &["-"] };
    let sortie = commande.args(arguments).arg(fichier).args(suite).output();
    let sortie = sortie.unwrap_or_else(|_| panic!("{nom} est absent : lancez « make outils »."));
    let dit = String::from_utf8_lossy(&sortie.stderr);
    assert!(sortie.status.success(), "{nom} : {dit}");
    String::from_utf8_lossy(&sortie.stdout).into_owned()
}

/// The texts of the structure, in its order: what a screen reader is given.
pub fn lu(fichier: &Path) -> String {
    let arbre = outil("pdfinfo", &["-struct-text"], fichier);
    let textes = arbre.lines().filter_map(|ligne| {
        let ligne = ligne.trim();
        ligne.strip_prefix('"')?.strip_suffix('"')
    });
    textes.collect()
}

/// The texts of the pages, without what stands above and below each.
pub fn vu(fichier: &Path) -> String {
    let corps = ["-x", "0", "-y", "65", "-W", "600", "-H", "710", "-nopgbrk"];
    outil("pdftotext", &corps, fichier)
}

/// Texts are compared without what lines and their ends bring: blanks, hyphens, places where a
/// long word may be cut, marks of direction that a reader adds.
pub fn nu(texte: &str) -> String {
    let bruit = |c: char| {
        c.is_whitespace() || "-\u{ad}\u{2010}\u{200b}\u{202a}\u{202b}\u{202c}".contains(c)
    };
    texte.chars().filter(|c| !bruit(*c)).collect()
}

fn document(blocs: Vec<Bloc>) -> Papier {
    Papier {
        titre: "Diagnostic partagé – Les Rives Claires".to_owned(),
        sous_titre: "Synthèse co-validée".to_owned(),
        date: "2026-05-01".parse().unwrap(),
        empreinte: Digest::of(b"diagnostic"),
        blocs,
    }
}

fn textes<const N: usize>(textes: [&str; N]) -> Vec<String> {
    textes.map(str::to_owned).into()
}

fn titre(niveau: u8, texte: &str) -> Bloc {
    let texte = texte.to_owned();
    Bloc::Titre { niveau, texte }
}

fn paragraphe(texte: &str) -> Bloc {
    let texte = texte.to_owned();
    Bloc::Paragraphe { texte }
}

/// A document with every kind of block, and a table of several pages.
fn tout() -> Papier {
    let ligne = |n: usize| vec![format!("Établissement {n:03}"), format!("{n} 234,50 €")];
    let large = |n: usize| (0..8).map(|c| format!("c{n}x{c}")).collect();
    document(vec![
        titre(1, "Établissements"),
        paragraphe("Chaque établissement a rempli ses thèmes ; les écarts sont gardés."),
        Bloc::Liste {
            elements: textes(["Premier point", "Second point"]),
        },
        titre(2, "Chiffres"),
        Bloc::Tableau(Tableau {
            legende: "Produits par établissement".to_owned(),
            entetes: textes(["Structure nommée", "Montant notifié"]),
            lignes: (1..=90).map(ligne).collect(),
            notes: textes(["Source : ERRD 2025, importé le 3 mars 2026."]),
        }),
        titre(2, "Divergences"),
        Bloc::DeuxTextes {
            titre: "Constat C-07".to_owned(),
            voix: vec![
                Voix {
                    qui: "Gestionnaire".to_owned(),
                    texte: "Le taux tient aux absences des personnes.".to_owned(),
                },
                Voix {
                    qui: "Département".to_owned(),
                    texte: "Le taux tient au recrutement.".to_owned(),
                },
            ],
        },
        Bloc::Definition {
            entrees: vec![Entree {
                nom: "Empreinte validée".to_owned(),
                valeur: "celle que les parties ont lue".to_owned(),
            }],
        },
        titre(1, "Matrice"),
        Bloc::Tableau(Tableau {
            legende: "Thèmes et établissements".to_owned(),
            entetes: (0..8).map(|c| format!("Colonne {c}")).collect(),
            lignes: (0..3).map(large).collect(),
            notes: Vec::new(),
        }),
        paragraphe("Fin du document."),
    ])
}

#[test]
fn a_document_is_read_in_its_order_with_its_structure() {
    let dossier = Dossier::nouveau("ordre");
    let papier = tout();
    let octets = pdf(&papier).unwrap();
    assert_eq!(pdf(&papier).unwrap(), octets, "deux fois, deux fichiers");
    let fichier = dossier.ecrit(&octets);

    let infos = outil("pdfinfo", &[], &fichier);
    for dit in [
        "Title:           Diagnostic partagé – Les Rives Claires",
        "Creator:         Entente ",
        "CreationDate:    Fri May  1",
        "Tagged:          yes",
        "PDF version:     1.7",
        "Page size:       595.276 x 841.89 pts (A4)",
    ] {
        assert!(infos.contains(dit), "{dit} :\n{infos}");
    }
    let brut = outil("qpdf", &["--qdf", "--object-streams=disable"], &fichier);
    for dit in [
        "/Lang (fr-FR)",
        "pdfuaid:part>1<",
        "pdfaid:part>2<",
        "pdfaid:conformance>A<",
    ] {
        assert!(brut.contains(dit), "{dit}");
    }

    let lu = nu(&lu(&fichier));
    let mut reste = lu.as_str();
    for texte in papier.textes() {
        let cherche = nu(texte);
        let rang = reste.find(&cherche);
        let rang = rang.unwrap_or_else(|| panic!("« {texte} » n'est pas à sa place :\n{lu}"));
        reste = &reste[rang + cherche.len()..];
    }
    let arbre = outil("pdfinfo", &["-struct"], &fichier);
    let compte = |mot: &str| {
        let noms = arbre
            .lines()
            .map(|ligne| ligne.trim().split([' ', ':']).next());
        noms.filter(|nom| *nom == Some(mot)).count()
    };
    let attendus = [
        ("H1", 2),
        ("H2", 2),
        ("L", 2),
        ("Table", 3),
        ("Caption", 2),
        ("THead", 3),
        ("TH", 2 + 2 + 8),
        ("TD", 90 * 2 + 2 + 3 * 8),
    ];
    for (mot, attendu) in attendus {
        assert_eq!(compte(mot), attendu, "{mot} :\n{arbre}");
    }
}

#[test]
fn each_page_says_its_number_its_document_and_its_digest() {
    let dossier = Dossier::nouveau("pages");
    let papier = tout();
    let fichier = dossier.ecrit(&pdf(&papier).unwrap());
    let infos = outil("pdfinfo", &[], &fichier);
    let pages = infos.lines().find_map(|ligne| ligne.strip_prefix("Pages:"));
    let pages: usize = pages.unwrap().trim().parse().unwrap();
    assert!(pages > 3, "{pages}");
    let vu = outil("pdftotext", &["-layout"], &fichier);
    for page in 1..=pages {
        assert!(vu.contains(&format!("Page {page} sur {pages}")), "{vu}");
    }
    let pied = format!("Empreinte {}", papier.empreinte);
    assert_eq!(vu.matches(&pied).count(), pages);
    let entete = "Diagnostic partagé – Les Rives Claires – vendredi 1er mai 2026";
    assert_eq!(vu.matches(entete).count(), pages - 1);
    // the headers of a table, on each of its pages
    assert_eq!(vu.matches("Structure nommée").count(), 3, "{vu}");
    // a wide table lies, with the title above it
    let debout = |page: usize| {
        let page = page.to_string();
        let taille = outil("pdfinfo", &["-f", &page, "-l", &page], &fichier);
        taille.contains("595.276 x 841.89")
    };
    let couchees: Vec<usize> = (1..=pages).filter(|page| !debout(*page)).collect();
    let [couchee] = couchees[..] else {
        panic!("{couchees:?}")
    };
    let page = couchee.to_string();
    let texte = outil("pdftotext", &["-f", &page, "-l", &page], &fichier);
    assert!(
        texte.contains("Matrice") && texte.contains("Colonne 7"),
        "{texte}"
    );
}

#[test]
fn hostile_texts_are_printed_as_they_were_typed() {
    let dossier = Dossier::nouveau("hostiles");
    let long = "abcdefghij".repeat(1_000);
    let arabe = "مرحبا";
    let phrase = "Les parties constatent un écart durable. ".repeat(240);
    let mut blocs: Vec<Bloc> = HOSTILES.iter().map(|texte| paragraphe(texte)).collect();
    blocs.extend([paragraphe(&long), paragraphe(&phrase), paragraphe(arabe)]);
    let seconde = HOSTILES.map(|texte| vec![texte.to_owned(), long[..200].to_owned()]);
    blocs.push(titre(1, HOSTILES[0]));
    blocs.push(Bloc::Liste {
        elements: textes(HOSTILES),
    });
    blocs.push(Bloc::Tableau(Tableau {
        legende: HOSTILES[1].to_owned(),
        entetes: textes([HOSTILES[2], HOSTILES[3]]),
        lignes: seconde.into(),
        notes: textes([HOSTILES[4]]),
    }));
    blocs.push(Bloc::DeuxTextes {
        titre: HOSTILES[5].to_owned(),
        voix: HOSTILES[6..9]
            .iter()
            .map(|texte| Voix {
                qui: (*texte).to_owned(),
                texte: long[..3_000].to_owned(),
            })
            .collect(),
    });
    blocs.push(Bloc::Definition {
        entrees: vec![Entree {
            nom: HOSTILES[9].to_owned(),
            valeur: HOSTILES[10].to_owned(),
        }],
    });
    let papier = Papier {
        titre: HOSTILES[0].to_owned(),
        sous_titre: HOSTILES[1].to_owned(),
        ..document(blocs)
    };
    let fichier = dossier.ecrit(&pdf(&papier).unwrap());
    let vu = nu(&vu(&fichier));
    for texte in papier.textes() {
        assert!(vu.contains(&nu(texte)), "« {texte} » :\n{vu}");
    }
    _ = outil("qpdf", &["--check"], &fichier);
    let infos = outil("pdfinfo", &[], &fichier);
    assert!(
        infos.contains(&format!("Title:           {}", HOSTILES[0])),
        "{infos}"
    );
}

#[test]
fn what_no_font_draws_is_told_by_its_number_and_nothing_turns_the_reading_around() {
    let dossier = Dossier::nouveau("signes");
    let papier = document(vec![
        paragraphe("Fête 🎉 et 👩\u{200d}🦽, piège \u{202e}evitagen\u{202c}."),
        paragraphe("Privé \u{e000}, nul \u{0}, marque \u{feff}, fin."),
        paragraphe("Deux\nlignes\r\net une tabulation\tici."),
    ]);
    let octets = pdf(&papier).unwrap();
    let lu = nu(&lu(&dossier.ecrit(&octets)));
    for dit in [
        "Fête [U+1F389] et [U+1F469][U+200D][U+1F9BD], piège [U+202E]evitagen[U+202C].",
        "Privé [U+E000], nul [U+0000], marque [U+FEFF], fin.",
        "Deux lignes et une tabulation ici.",
    ] {
        assert!(lu.contains(&nu(dit)), "« {dit} » :\n{lu}");
    }
}

#[test]
fn a_document_that_is_not_whole_is_refused_before_any_layout() {
    let saute = document(vec![titre(2, "Trop bas")]);
    let refus = pdf(&saute).unwrap_err();
    assert!(matches!(
        refus,
        Refus::Papier(papier::Refus::Niveau { max: 1, .. })
    ));
    let long = document(vec![paragraphe(&"a".repeat(papier::CARACTERES_MAX + 1))]);
    assert!(
        pdf(&long)
            .unwrap_err()
            .to_string()
            .starts_with("Un texte de 20001 caractères")
    );
}
