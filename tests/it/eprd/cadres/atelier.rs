//! A workbook taken apart, to be written again otherwise than it was.

use super::{EQUILIBRE, jour, lu, millesime};
use entente::echanges::classeur::{Cellule, Classeur, Feuille, Nombre};
use entente::echanges::eprd;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;

/// A workbook taken apart, to be written again otherwise than it was.
pub struct Atelier {
    pub classeur: Classeur,
    pub masquees: Vec<String>,
    pub fusions: Vec<(String, [u32; 4])>,
    pub formules: Vec<(String, u32, u32, &'static str)>,
}

impl Atelier {
    /// The balanced example, in a frame.
    pub fn de(nom: &str) -> Self {
        let lignes = lu(EQUILIBRE).lignes;
        let ecrit = eprd::xlsx(&lignes, millesime(nom), jour()).unwrap();
        Self {
            classeur: Classeur::lire(&ecrit).unwrap(),
            masquees: Vec::new(),
            fusions: Vec::new(),
            formules: Vec::new(),
        }
    }

    pub fn feuille(&mut self, nom: &str) -> &mut Feuille {
        let mut feuilles = self.classeur.feuilles.iter_mut();
        feuilles.find(|f| f.nom == nom).unwrap()
    }

    /// Where a text stands, whichever apostrophe it has.
    pub fn ou(&mut self, nom: &str, texte: &str) -> (u32, u32) {
        let feuille = self.feuille(nom);
        let droit = |texte: &str| texte.replace('’', "'");
        let dite = |cellule: &Cellule| match cellule {
            Cellule::Texte(lu) => droit(lu) == droit(texte),
            _ => false,
        };
        let mut places = feuille.lignes.iter().flat_map(|(l, cellules)| {
            let ici = cellules.iter().filter(|(_, cellule)| dite(cellule));
            ici.map(|(c, _)| (*l, *c))
        });
        places.next().unwrap_or_else(|| panic!("{nom} : {texte}"))
    }

    pub fn pose(&mut self, nom: &str, (ligne, colonne): (u32, u32), cellule: Cellule) {
        let cellules = self.feuille(nom).lignes.entry(ligne).or_default();
        cellules.insert(colonne, cellule);
    }

    /// Replaces what stands some columns on the right of a text.
    pub fn change(&mut self, nom: &str, texte: &str, a_droite: u32, cellule: Cellule) {
        let (ligne, colonne) = self.ou(nom, texte);
        self.pose(nom, (ligne, colonne + a_droite), cellule);
    }

    /// Changes every cell of every sheet.
    pub fn partout(&mut self, change: impl Fn(&str, &Cellule) -> Option<Cellule>) {
        for feuille in &mut self.classeur.feuilles {
            let nom = feuille.nom.clone();
            for cellule in feuille.lignes.values_mut().flat_map(BTreeMap::values_mut) {
                if let Some(autre) = change(&nom, cellule) {
                    *cellule = autre;
                }
            }
        }
    }

    pub fn ecrit(&self) -> Vec<u8> {
        let mut classeur = Workbook::new();
        for feuille in &self.classeur.feuilles {
            let page = classeur.add_worksheet();
            page.set_name(&feuille.nom).unwrap();
            page.set_hidden(self.masquees.contains(&feuille.nom));
            for (_, [haut, gauche, bas, droite]) in
                self.fusions.iter().filter(|(nom, _)| *nom == feuille.nom)
            {
                let (gauche, droite) = (rang(*gauche), rang(*droite));
                page.merge_range(*haut, gauche, *bas, droite, "", &Format::new())
                    .unwrap();
            }
            for (ligne, cellules) in &feuille.lignes {
                for (colonne, cellule) in cellules {
                    ecrit_cellule(page, (*ligne, rang(*colonne)), cellule);
                }
            }
            for (nom, ligne, colonne, resultat) in &self.formules {
                if *nom == feuille.nom {
                    let formule = Formula::new("1+1").set_result(*resultat);
                    page.write_formula(*ligne, rang(*colonne), formule).unwrap();
                }
            }
        }
        classeur.save_to_buffer().unwrap()
    }
}

fn rang(colonne: u32) -> u16 {
    u16::try_from(colonne).unwrap()
}

fn ecrit_cellule(page: &mut Worksheet, (ligne, colonne): (u32, u16), cellule: &Cellule) {
    let nombre = |n: &Nombre| n.to_string().replace(',', ".").parse::<f64>().unwrap();
    let format = |f: &str| Format::new().set_num_format(f);
    match cellule {
        Cellule::Texte(texte) => page.write_string(ligne, colonne, texte),
        Cellule::Nombre(n) => page.write_number(ligne, colonne, nombre(n)),
        Cellule::Pourcent(n) => {
            let part = nombre(n) / 100.0;
            page.write_number_with_format(ligne, colonne, part, &format("0.00 %"))
        }
        Cellule::Jour(jour) => {
            let jour = ExcelDateTime::parse_from_str(&jour.to_string()).unwrap();
            page.write_datetime_with_format(ligne, colonne, &jour, &format("dd/mm/yyyy"))
        }
        autre => panic!("{autre}"),
    }
    .unwrap();
}

pub fn texte(dit: &str) -> Cellule {
    Cellule::Texte(dit.to_owned())
}

pub fn nombre(dit: &str) -> Cellule {
    Cellule::Nombre(Nombre::du_texte(dit).unwrap())
}

/// A file of an archive, changed.
pub fn retouche(octets: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut lue = zip::ZipArchive::new(Cursor::new(octets)).unwrap();
    let mut ecrite = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for rang in 0..lue.len() {
        let mut fichier = lue.by_index(rang).unwrap();
        let nom = fichier.name().unwrap().into_owned();
        let mut contenu = String::new();
        fichier.read_to_string(&mut contenu).unwrap();
        ecrite
            .start_file(nom.as_str(), SimpleFileOptions::default())
            .unwrap();
        ecrite.write_all(change(&nom, contenu).as_bytes()).unwrap();
    }
    ecrite.finish().unwrap().into_inner()
}
