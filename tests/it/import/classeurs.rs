//! Workbooks, as users fill them in.

use chrono::NaiveDate;
use entente::metier::finess::Finess;
use entente::workflow::machine::digest::Digest;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

/// What is typed in a cell.
#[derive(Debug, Clone)]
pub enum V {
    Vide,
    T(String),
    N(f64),
    /// A number shown with a format: `0 %`.
    F(f64, &'static str),
    /// A date of the spreadsheet.
    J(NaiveDate),
    Oui(bool),
    /// A formula, and its last result.
    Formule(&'static str, &'static str),
}

pub fn t(texte: impl Into<String>) -> V {
    V::T(texte.into())
}

/// Sheets, by name, each with its lines, titles first.
#[derive(Debug, Clone)]
pub struct Livre(pub Vec<(String, Vec<Vec<V>>)>);

impl Livre {
    pub fn feuille(&mut self, nom: &str) -> &mut Vec<Vec<V>> {
        &mut self.0.iter_mut().find(|(n, _)| n == nom).unwrap().1
    }

    /// Types in a cell: « Contrats!G7 ».
    pub fn tape(mut self, cellule: &str, valeur: V) -> Self {
        let (feuille, place) = cellule.split_once('!').unwrap();
        let colonne = place.bytes().next().unwrap() - b'A';
        let ligne: usize = place[1..].parse().unwrap();
        let lignes = self.feuille(feuille);
        while lignes.len() < ligne {
            lignes.push(Vec::new());
        }
        let cellules = &mut lignes[ligne - 1];
        while cellules.len() <= usize::from(colonne) {
            cellules.push(V::Vide);
        }
        cellules[usize::from(colonne)] = valeur;
        self
    }

    pub fn octets(&self) -> Vec<u8> {
        let mut classeur = Workbook::new();
        for (nom, lignes) in &self.0 {
            let feuille = classeur.add_worksheet();
            feuille.set_name(nom).unwrap();
            for (l, cellules) in (0..).zip(lignes) {
                for (c, valeur) in (0..).zip(cellules) {
                    ecrit(feuille, l, c, valeur);
                }
            }
        }
        classeur.save_to_buffer().unwrap()
    }
}

fn ecrit(feuille: &mut Worksheet, l: u32, c: u16, valeur: &V) {
    match valeur {
        V::Vide => return,
        V::T(texte) => feuille.write_string(l, c, texte).unwrap(),
        V::N(nombre) => feuille.write_number(l, c, *nombre).unwrap(),
        V::F(nombre, format) => {
            let format = Format::new().set_num_format(*format);
            feuille
                .write_number_with_format(l, c, *nombre, &format)
                .unwrap()
        }
        V::J(jour) => {
            let date = ExcelDateTime::parse_from_str(&jour.to_string()).unwrap();
            let format = Format::new().set_num_format("dd/mm/yyyy");
            feuille
                .write_datetime_with_format(l, c, &date, &format)
                .unwrap()
        }
        V::Oui(oui) => feuille.write_boolean(l, c, *oui).unwrap(),
        V::Formule(formule, resultat) => {
            let formule = Formula::new(*formule).set_result(*resultat);
            feuille.write_formula(l, c, formule).unwrap()
        }
    };
}

/// Eight digits and their key.
pub fn finess(racine: &str) -> String {
    let numero = |cle| format!("{racine}{cle}");
    let mut numeros = (0..10).map(numero);
    numeros.find(|n| Finess::parse(n).is_ok()).unwrap()
}

pub fn reference(n: usize) -> String {
    format!("CPOM-{n:02}")
}

/// The establishments of the n-th contract: of the ARS, then of the Département.
pub fn esms(n: usize) -> [String; 2] {
    [1, 2].map(|rang| finess(&format!("99{n:04}{rang:02}")))
}

pub fn document(n: usize) -> Digest {
    Digest::of(format!("le contrat {n}, signé").as_bytes())
}

fn ligne(valeurs: &[&str]) -> Vec<V> {
    let valeurs = valeurs.iter();
    valeurs
        .map(|v| if v.is_empty() { V::Vide } else { t(*v) })
        .collect()
}

fn jour(annee: i32, mois: u32, jour: u32) -> V {
    V::J(NaiveDate::from_ymd_opt(annee, mois, jour).unwrap())
}

/// Contracts of two establishments, with an objective and a line of means. Each is written in a
/// way of its own: dates of the spreadsheet or texts, numbers or texts.
pub fn livre(contrats: usize) -> Livre {
    let mut livre = Livre(vec![
        (
            "Contrats".to_owned(),
            vec![ligne(&[
                "Référence",
                "Modèle",
                "Gestionnaire",
                "FINESS EJ",
                "Départements",
                "Signé le",
                "Date d'effet",
                "Terme",
                "Empreinte SHA-256",
            ])],
        ),
        (
            "ESMS".to_owned(),
            vec![ligne(&[
                "Référence",
                "FINESS ET",
                "Nom",
                "Catégorie",
                "Capacité",
                "Autorité",
                "Tarification",
            ])],
        ),
        (
            "Objectifs".to_owned(),
            vec![ligne(&[
                "Référence",
                "Code",
                "Intitulé",
                "ESMS",
                "Financeurs",
                "Indicateur",
                "Unité",
                "Départ",
                "Cible 2025",
                "Cible 2026",
                "Cible 2027",
                "Cible 2028",
                "Cible 2029",
            ])],
        ),
        (
            "Moyens".to_owned(),
            vec![ligne(&[
                "Référence",
                "Financeur",
                "Ligne",
                "ESMS",
                "Exercice",
                "Nature",
                "Montant",
                "Objectif",
            ])],
        ),
    ]);
    for n in 1..=contrats {
        contrat(&mut livre, n);
    }
    livre
}

fn contrat(livre: &mut Livre, n: usize) {
    let (reference, [sessad, foyer]) = (reference(n), esms(n));
    let (reference, sessad) = (reference.as_str(), sessad.as_str());
    let ej = finess(&format!("99{n:04}00"));
    let empreinte = document(n).to_string();
    let mut tete = ligne(&[reference, "cpom-ph", "Les Rives Claires", &ej, "99"]);
    let pair = n.is_multiple_of(2);
    tete.extend(if pair {
        [jour(2024, 12, 16), jour(2025, 1, 1), jour(2029, 12, 31)]
    } else {
        ["16/12/2024", "2025-01-01", "31/12/2029"].map(t)
    });
    tete.push(t(empreinte));
    livre.feuille("Contrats").push(tete);
    let perimetre = livre.feuille("ESMS");
    let globale = "Dotation globale";
    perimetre.push(ligne(&[
        reference, sessad, "SESSAD", "182", "40", "ARS", globale,
    ]));
    let mut second = ligne(&[reference, &foyer, "Foyer", "", "", "Département 99"]);
    if pair {
        second[1] = V::N(foyer.parse().unwrap());
        second[4] = V::N(25.0);
    }
    perimetre.push(second);
    let mut objectif = ligne(&[
        reference,
        "OS-1",
        "Fluidifier les parcours",
        sessad,
        "ARS",
        "Sorties avec une solution",
        "% des sorties",
    ]);
    let valeurs = [45, 50, 55, 60, 65, 70].map(f64::from);
    objectif.extend(valeurs.map(|v| match n % 3 {
        0 => V::F(v / 100.0, "0 %"),
        1 => t(format!("{v} %")),
        _ => V::N(v),
    }));
    livre.feuille("Objectifs").push(objectif);
    let mut moyen = ligne(&[reference, "ARS", "1", sessad, "2025", "Reconductible"]);
    moyen.push(if pair {
        V::N(780_000.05)
    } else {
        t("780 000,05")
    });
    moyen.push(t("OS-1"));
    livre.feuille("Moyens").push(moyen);
}
