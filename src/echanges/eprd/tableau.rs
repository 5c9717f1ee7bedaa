//! Where a table stands in a sheet: below its title, under its headings, wherever they are.

use super::description::{Annee, Forme, Tableau};
use super::normal::{annee, etiquette, variantes};
use super::vue::{Vue, Zone};
use std::collections::BTreeMap;

/// A table found: its columns, and the lines below its headings.
pub struct Place {
    /// Below the headings.
    pub dans: Zone,
    /// Columns that name things.
    pub noms: BTreeMap<String, Zone>,
    /// Columns of values: the rank of its description, the year, where.
    pub valeurs: Vec<(usize, i32, Zone)>,
    /// Headings that are not there, or there twice.
    pub manques: Vec<String>,
}

/// What is looked for on the line of headings.
struct Entete {
    quoi: Quoi,
    formes: Vec<String>,
    dit: String,
    obligatoire: bool,
    facultatif: bool,
}

enum Quoi {
    Nom(String),
    Valeur(usize, i32),
}

/// Finds each table of a sheet.
///
/// # Errors
/// For each that is not found, one French sentence.
pub fn situe(vue: &Vue<'_>, tableaux: &[Tableau], exercice: i32) -> Vec<Result<Place, String>> {
    let titres = |t: &Tableau| {
        let formes: Vec<String> = t
            .titre
            .iter()
            .flat_map(|t| variantes(t, exercice))
            .collect();
        vue.ou(&formes, &Vue::tout())
    };
    let tous: Vec<Zone> = tableaux.iter().flat_map(titres).collect();
    tableaux
        .iter()
        .map(|tableau| {
            if tableau.forme == Forme::Fiche {
                return Ok(Place {
                    dans: Vue::tout(),
                    noms: BTreeMap::new(),
                    valeurs: Vec::new(),
                    manques: Vec::new(),
                });
            }
            let parts = if tableau.titre.is_empty() {
                vec![Vue::tout()]
            } else {
                titres(tableau)
                    .iter()
                    .map(|titre| part(titre, &tous))
                    .collect()
            };
            let mut places = parts
                .iter()
                .filter_map(|part| sous(vue, tableau, part, exercice));
            match (places.next(), places.next()) {
                (Some(place), None) => Ok(place),
                (None, _) => Err(format!("tableau « {} » introuvable", tableau.nom)),
                _ => Err(format!("tableau « {} » trouvé deux fois", tableau.nom)),
            }
        })
        .collect()
}

/// The part of a sheet that a title heads: down to the next title, up to one on its right.
fn part(titre: &Zone, tous: &[Zone]) -> Zone {
    let dessous = tous
        .iter()
        .map(|t| t.haut)
        .filter(|haut| *haut > titre.bas)
        .min();
    let meme = |t: &&Zone| t.haut <= titre.bas && t.bas >= titre.haut;
    let a_cote: Vec<u32> = tous.iter().filter(meme).map(|t| t.gauche).collect();
    let droite = a_cote.iter().filter(|gauche| **gauche > titre.gauche).min();
    let seul = a_cote.iter().all(|gauche| *gauche >= titre.gauche);
    Zone {
        haut: titre.haut,
        bas: dessous.map_or(u32::MAX, |haut| haut - 1),
        gauche: if seul { 0 } else { titre.gauche },
        droite: droite.map_or(u32::MAX, |gauche| gauche - 1),
    }
}

/// The table below its headings, when they are all on one line.
fn sous(vue: &Vue<'_>, tableau: &Tableau, part: &Zone, exercice: i32) -> Option<Place> {
    let mut entetes = noms(tableau, exercice);
    entetes.extend(ecarts(tableau, exercice));
    let mut place = Place {
        dans: *part,
        noms: BTreeMap::new(),
        valeurs: Vec::new(),
        manques: Vec::new(),
    };
    let ligne = if tableau.valeurs.iter().any(|v| v.annee == Annee::Lue) {
        annees(vue, tableau, part, exercice, &mut place)?
    } else {
        ligne_des_entetes(vue, &entetes, part)?
    };
    let mut bas = ligne;
    for entete in &entetes {
        let zones = vue.ou(&entete.formes, part);
        let ici: Vec<Zone> = zones
            .into_iter()
            .filter(|z| z.haut <= ligne && ligne <= z.bas)
            .collect();
        match ici.as_slice() {
            [zone] => {
                bas = bas.max(zone.bas);
                match &entete.quoi {
                    Quoi::Nom(role) => {
                        place.noms.insert(role.clone(), *zone);
                    }
                    Quoi::Valeur(rang, annee) => place.valeurs.push((*rang, *annee, *zone)),
                }
            }
            [] if entete.facultatif => {}
            [] => place
                .manques
                .push(format!("colonne « {} » introuvable", entete.dit)),
            _ => place
                .manques
                .push(format!("colonne « {} » trouvée deux fois", entete.dit)),
        }
    }
    place.dans.haut = bas.saturating_add(1);
    // Headings that come again are those of another table, whose title is not known.
    let dessous = Zone {
        haut: place.dans.haut,
        ..*part
    };
    if let Some(haut) = ligne_des_entetes(vue, &entetes, &dessous) {
        place.dans.bas = place.dans.bas.min(haut.saturating_sub(1));
    }
    Some(place)
}

fn noms(tableau: &Tableau, exercice: i32) -> Vec<Entete> {
    let noms = tableau.colonnes.iter().map(|(role, libelles)| Entete {
        quoi: Quoi::Nom(role.clone()),
        formes: libelles
            .iter()
            .flat_map(|l| variantes(l, exercice))
            .collect(),
        dit: libelles.first().cloned().unwrap_or_default(),
        obligatoire: match tableau.forme {
            Forme::Comptes => role == "compte",
            Forme::Liste => role == "finess",
            Forme::Longue => true,
            _ => false,
        },
        facultatif: matches!(role.as_str(), "libelle" | "esms"),
    });
    noms.collect()
}

/// Columns of values whose year is known. In a list, each line of the description is a column.
fn ecarts(tableau: &Tableau, exercice: i32) -> Vec<Entete> {
    let entete = |rang, annee, libelles: &[String], facultatif, obligatoire| Entete {
        quoi: Quoi::Valeur(rang, annee),
        formes: libelles
            .iter()
            .flat_map(|l| variantes(l, exercice))
            .collect(),
        dit: libelles.first().cloned().unwrap_or_default(),
        obligatoire,
        facultatif,
    };
    if tableau.forme == Forme::Liste {
        let lignes = tableau.lignes.iter().enumerate();
        return lignes
            .map(|(rang, poste)| entete(rang, exercice, &poste.libelles, poste.facultatif, false))
            .collect();
    }
    let valeurs = tableau.valeurs.iter().enumerate();
    let dites = valeurs.filter_map(|(rang, colonne)| match colonne.annee {
        Annee::Ecart(ecart) => {
            let annee = exercice + ecart;
            let (libelles, facultatif) = (&colonne.libelles, colonne.facultatif);
            Some(entete(rang, annee, libelles, facultatif, !facultatif))
        }
        Annee::Lue => None,
    });
    dites.collect()
}

/// The first line that holds every heading that must be there.
fn ligne_des_entetes(vue: &Vue<'_>, entetes: &[Entete], part: &Zone) -> Option<u32> {
    let obligatoires = entetes.iter().filter(|e| e.obligatoire);
    let places: Vec<Vec<Zone>> = obligatoires.map(|e| vue.ou(&e.formes, part)).collect();
    let (premier, autres) = places.split_first()?;
    let lignes = premier.iter().flat_map(|zone| zone.haut..=zone.bas);
    let mut tenues = lignes.filter(|ligne| {
        let ici = |zones: &Vec<Zone>| zones.iter().any(|z| z.haut <= *ligne && *ligne <= z.bas);
        autres.iter().all(ici)
    });
    tenues.next()
}

/// The line that holds the most years, and its columns.
fn annees(
    vue: &Vue<'_>,
    tableau: &Tableau,
    part: &Zone,
    exercice: i32,
    place: &mut Place,
) -> Option<u32> {
    let mut lignes: BTreeMap<u32, BTreeMap<i32, Vec<(usize, Zone)>>> = BTreeMap::new();
    for (rang, colonne) in tableau.valeurs.iter().enumerate() {
        for libelle in &colonne.libelles {
            let debut = etiquette(&libelle.replace("{annee}", ""));
            for (serre, cellule) in vue.etiquettes() {
                let dit = serre.strip_prefix(debut.as_str()).map(str::trim_start);
                let Some(annee) = dit.and_then(|dit| annee(dit, exercice)) else {
                    continue;
                };
                let zone = vue.zone(cellule);
                let dedans = (part.haut..=part.bas).contains(&zone.haut)
                    && (part.gauche..=part.droite).contains(&zone.gauche);
                if dedans {
                    let ici = lignes.entry(zone.haut).or_default();
                    ici.entry(annee).or_default().push((rang, zone));
                }
            }
        }
    }
    // Of two lines that hold as many, the first.
    let (ligne, lues) = lignes
        .into_iter()
        .rev()
        .max_by_key(|(_, annees)| annees.len())?;
    for (annee, colonnes) in lues {
        match colonnes.as_slice() {
            [(rang, zone)] => place.valeurs.push((*rang, annee, *zone)),
            _ => place
                .manques
                .push(format!("colonne « {annee} » trouvée deux fois")),
        }
    }
    Some(ligne)
}
