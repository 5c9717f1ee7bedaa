//! Extracts of the répertoire FINESS, as they are published: lines without titles, whose first
//! field says what they hold, `;` between fields. Read one line at a time; a line that is wrong is
//! told by its place and its field, and the others read on; one that is not of the layout stops
//! all.

/// The same fields, in XML.
mod flux;
/// The layouts, field by field.
mod gabarit;
/// One line.
mod ligne;
/// Lines and their fields, bounded.
mod lignes;

use super::faute::{Fautes, trouve};
use crate::metier::finess::{Finess, debut, du_departement};
use crate::metier::referentiels::categories;
use crate::metier::repertoire::{Capacite, Entite, Etablissement};
use flux::Flux;
use gabarit::{Gabarit, ej, equipement, et};
use ligne::Ligne;
use lignes::{Arret, Lignes, champs};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

/// Lines of one file: the national extracts hold a third of it.
pub const LIGNES_MAX: u64 = 400_000;
/// Kinds of lines that the extracts hold beside those that are read.
const AUTRES: [&str; 3] = ["geolocalisation", "equipementsanitaire", "activitesoin"];
/// Fields of a line that only ties an establishment to its EJ, beside its equipments.
const LIEN: usize = 4;
/// Numbers given as examples of what is to be known.
const EXEMPLES: usize = 3;

/// What an extract holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extrait {
    /// By number, as the two others.
    pub etablissements: Vec<Etablissement>,
    pub entites: Vec<Entite>,
    /// One by establishment, whatever its equipments.
    pub capacites: Vec<Capacite>,
    /// Lines of these three kinds, wrong ones included.
    pub lus: u64,
    pub fautes: Fautes,
    /// What is to be known, and refuses nothing.
    pub signalements: Vec<String>,
}

/// Reads an extract, whatever its kinds of lines.
///
/// # Errors
/// One French sentence: it is not a text, or does not read.
pub fn lire(fichier: impl Read) -> Result<Extrait, String> {
    let mut lignes = Lignes::de(fichier);
    let mut lecteur = Lecteur::default();
    loop {
        match lignes.suivante() {
            Ok(Some((numero, _))) if numero > LIGNES_MAX => {
                let motif = format!(
                    "le fichier dépasse {LIGNES_MAX} lignes. Répartissez-le entre plusieurs \
                     fichiers, par département."
                );
                lecteur.fautes.arrete(numero, None, motif);
            }
            Ok(Some((numero, texte))) => lecteur.ligne(numero, &texte),
            Ok(None) => break,
            Err(Arret::Ligne(numero, motif)) => lecteur.fautes.arrete(numero, None, motif),
            Err(Arret::Illisible(phrase)) => return Err(phrase),
        }
        if lecteur.fautes.informe {
            break;
        }
    }
    lecteur.fini()
}

/// What makes an equipment another one: establishment, discipline, activité, clientèle.
type Equipement = (Finess, String, String, String);

#[derive(Debug, Default)]
struct Lecteur {
    /// None: an extract.
    flux: Option<Flux>,
    /// Each with its line, as the two others.
    etablissements: BTreeMap<Finess, (u64, Etablissement)>,
    entites: BTreeMap<Finess, (u64, Entite)>,
    /// Places authorised and equipped.
    equipements: BTreeMap<Equipement, (u64, [u32; 2])>,
    /// The first line that only ties an establishment to its EJ.
    lien: Option<u64>,
    autres: BTreeMap<&'static str, u64>,
    lus: u64,
    fautes: Fautes,
}

impl Lecteur {
    fn ligne(&mut self, numero: u64, texte: &str) {
        if texte.is_empty() {
            return;
        }
        if numero == 1 && Flux::commence(texte) {
            self.flux = Some(Flux::default());
        }
        if let Some(flux) = &mut self.flux {
            match flux.ligne(numero, texte) {
                Ok(fiches) => {
                    for (gabarit, debut, champs) in fiches {
                        let champs = champs.into_iter().map(Cow::Owned).collect();
                        self.fiche(debut, gabarit, champs);
                    }
                }
                Err(motif) => {
                    let motif = format!("{motif}. Reprenez le flux FINESS tel qu'il est publié.");
                    self.fautes.arrete(numero, None, motif);
                }
            }
            return;
        }
        let champs = champs(texte);
        let genre = champs.first().map_or("", |genre| genre.as_ref());
        match genre {
            "structureet" if est_un_lien(&champs) => {
                self.lien.get_or_insert(numero);
            }
            "structureet" => self.prend(numero, &et::GABARIT, champs),
            "structureej" => self.prend(numero, &ej::GABARIT, champs),
            "equipementsocial" => self.prend(numero, &equipement::GABARIT, champs),
            _ => match AUTRES.iter().find(|autre| **autre == genre) {
                Some(autre) => *self.autres.entry(autre).or_default() += 1,
                // What extracts begin by: `finess;etalab;111;2026-05-12`.
                None if numero == 1 && genre == "finess" => {}
                None => {
                    let motif = format!(
                        "attendu « structureet », « structureej » ou « equipementsocial », suivi \
                         d'un point-virgule ; trouvé {}. Reprenez l'extraction FINESS telle \
                         qu'elle est publiée.",
                        trouve(genre)
                    );
                    self.fautes.arrete(numero, Some(0), motif);
                }
            },
        }
    }

    /// Reads a line of a layout, when it is of it.
    fn prend(&mut self, numero: u64, gabarit: &'static Gabarit, champs: Vec<Cow<'_, str>>) {
        let combien = champs.len();
        if combien < gabarit.requis || combien > gabarit.au_plus {
            let motif = format!(
                "la ligne compte {combien} champs ; attendu {} à {}. Le fichier est coupé ou son \
                 séparateur n'est pas le point-virgule : téléchargez-le de nouveau.",
                gabarit.requis, gabarit.au_plus
            );
            self.lus += 1;
            self.fautes.arrete(numero, Some(combien - 1), motif);
            return;
        }
        self.fiche(numero, gabarit, champs);
    }

    fn fiche(&mut self, numero: u64, gabarit: &'static Gabarit, champs: Vec<Cow<'_, str>>) {
        self.lus += 1;
        let mut ligne = Ligne::de(gabarit, champs);
        match gabarit.champs.first() {
            Some(&"structureet") => self.etablissement(numero, &mut ligne),
            Some(&"structureej") => self.entite(numero, &mut ligne),
            _ => self.equipement(numero, &mut ligne),
        }
        for (rang, motif) in ligne.fautes {
            // In XML, the name of the field tells where it is.
            let colonne = self.flux.is_none().then_some(rang);
            self.fautes.note(numero, colonne, motif);
        }
    }

    fn etablissement(&mut self, numero: u64, ligne: &mut Ligne<'_>) {
        let finess = ligne.finess(et::NUMERO);
        let ej = ligne.finess(et::EJ);
        let categorie = ligne.categorie(et::CATEGORIE);
        let nom = ligne.nom(et::NOM_LONG, et::NOM);
        let departement = ligne.departement(et::DEPARTEMENT);
        let ouvert_le = ligne.jour(et::OUVERTURE);
        let ferme_le = ligne.jour(et::FERMETURE);
        let commune = match ligne.texte(et::COMMUNE) {
            "" => commune(ligne.texte(et::ACHEMINEMENT)),
            commune => commune,
        };
        let commune = commune.to_owned();
        let (Some(finess), Some(ej), true) = (finess, ej, ligne.fautes.is_empty()) else {
            return;
        };
        let lu = Etablissement {
            finess: finess.clone(),
            ej,
            nom,
            categorie,
            categorie_libelle: ligne.texte(et::CATEGORIE_LIBELLE).to_owned(),
            departement,
            commune,
            tarification: ligne.texte(et::TARIFICATION).to_owned(),
            tarification_libelle: ligne.texte(et::TARIFICATION_LIBELLE).to_owned(),
            ouvert_le,
            // Never in extracts, which hold those that are open.
            ferme_le,
        };
        pose(&mut self.etablissements, finess, numero, lu, ligne);
    }

    fn entite(&mut self, numero: u64, ligne: &mut Ligne<'_>) {
        let finess = ligne.finess(ej::NUMERO);
        let nom = ligne.nom(ej::NOM_LONG, ej::NOM);
        let siren = ligne.siren(ej::SIREN);
        let departement = ligne.departement(ej::DEPARTEMENT);
        let (Some(finess), true) = (finess, ligne.fautes.is_empty()) else {
            return;
        };
        let lue = Entite {
            finess: finess.clone(),
            nom,
            siren,
            departement,
        };
        pose(&mut self.entites, finess, numero, lue, ligne);
    }

    fn equipement(&mut self, numero: u64, ligne: &mut Ligne<'_>) {
        let finess = ligne.finess(equipement::NUMERO);
        let autorisee = ligne.places(equipement::AUTORISEE, equipement::AUTORISEE_SUPPRIMEE);
        let installee = ligne.places(equipement::INSTALLEE, equipement::INSTALLEE_SUPPRIMEE);
        let (Some(finess), true) = (finess, ligne.fautes.is_empty()) else {
            return;
        };
        let code = |rang| ligne.texte(rang).to_owned();
        let cle = (
            finess,
            code(equipement::DISCIPLINE),
            code(equipement::ACTIVITE),
            code(equipement::CLIENTELE),
        );
        let places = [autorisee, installee];
        pose(&mut self.equipements, cle, numero, places, ligne);
    }

    fn fini(mut self) -> Result<Extrait, String> {
        if let (Some(lien), false) = (self.lien, self.etablissements.is_empty()) {
            let motif = "la ligne est plus courte que les autres lignes « structureet ». Le \
                         fichier est coupé : téléchargez-le de nouveau.";
            self.fautes.arrete(lien, None, motif.to_owned());
        }
        if let Some(debut) = self.flux.as_ref().and_then(Flux::inacheve) {
            let motif = "la fiche qui commence ici n'est pas finie. Le fichier est coupé : \
                         téléchargez-le de nouveau.";
            self.fautes.arrete(debut, None, motif.to_owned());
        }
        if self.lus == 0 && self.fautes.aucune() {
            return Err(
                "Ce fichier ne contient aucune ligne « structureet », « structureej » ou \
                 « equipementsocial » : attendu une extraction du répertoire FINESS, en .csv."
                    .to_owned(),
            );
        }
        let signalements = self.signalements();
        let mut places: BTreeMap<Finess, [u32; 2]> = BTreeMap::new();
        for ((finess, ..), (_, [autorisee, installee])) in self.equipements {
            let total = places.entry(finess).or_default();
            *total = [
                total[0].saturating_add(autorisee),
                total[1].saturating_add(installee),
            ];
        }
        let capacites = places.into_iter().map(|(finess, total)| Capacite {
            finess,
            autorisee: total[0],
            installee: total[1],
        });
        let etablissements = self.etablissements.into_values().map(|(_, lu)| lu);
        Ok(Extrait {
            etablissements: etablissements.collect(),
            entites: self.entites.into_values().map(|(_, lue)| lue).collect(),
            capacites: capacites.collect(),
            lus: self.lus,
            fautes: self.fautes,
            signalements,
        })
    }

    fn signalements(&self) -> Vec<String> {
        let mut dits = Vec::new();
        let mut inconnues: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let mut partis = Vec::new();
        for (_, lu) in self.etablissements.values() {
            if categories::par_code(&lu.categorie).is_none() {
                let cle = (lu.categorie.as_str(), lu.categorie_libelle.as_str());
                *inconnues.entry(cle).or_default() += 1;
            }
            let ici = lu.departement.as_str();
            if debut(ici).is_some() && !du_departement(lu.finess.as_str(), ici) {
                partis.push(lu.finess.as_str());
            }
        }
        for ((code, libelle), combien) in inconnues {
            dits.push(format!(
                "{code} ({libelle}) : catégorie inconnue de notre liste, gardée avec son code ; \
                 établissements : {combien}."
            ));
        }
        if !partis.is_empty() {
            let exemples: Vec<&str> = partis.iter().copied().take(EXEMPLES).collect();
            dits.push(format!(
                "Établissements dont le numéro ne commence pas par leur département, ce qu'un \
                 déménagement explique : {} (dont {}).",
                partis.len(),
                exemples.join(", ")
            ));
        }
        for (genre, combien) in &self.autres {
            dits.push(format!("Lignes « {genre} » non lues : {combien}."));
        }
        dits
    }
}

fn est_un_lien(champs: &[Cow<'_, str>]) -> bool {
    let numeros = champs.get(1..3).unwrap_or_default();
    champs.len() <= LIEN
        && numeros.len() == 2
        && numeros.iter().all(|numero| Finess::parse(numero).is_ok())
}

/// Keeps what a line says. The same twice counts once; otherwise, which one is right is not ours
/// to say.
fn pose<C: Ord, F: PartialEq>(
    lues: &mut BTreeMap<C, (u64, F)>,
    cle: C,
    numero: u64,
    lue: F,
    ligne: &mut Ligne<'_>,
) {
    match lues.get(&cle) {
        None => {
            lues.insert(cle, (numero, lue));
        }
        Some((_, connue)) if *connue == lue => {}
        Some((premiere, _)) => {
            let motif = format!(
                "la ligne {premiere} dit déjà autre chose du même numéro. Gardez une seule des \
                 deux lignes."
            );
            ligne.fautes.push((1, motif));
        }
    }
}

/// « 01440 VIRIAT » : VIRIAT.
fn commune(acheminement: &str) -> &str {
    let sans_code = acheminement.trim_start_matches(|c: char| c.is_ascii_digit());
    sans_code.trim_start()
}

#[cfg(test)]
mod tests;
