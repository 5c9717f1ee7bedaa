//! From a YAML tree to a frame.

use super::{Annee, Cadre, Cible, Colonne, Forme, Genre, Modele, Poste, Role, Tableau, Unite};
use crate::metier::budget::lignes::Bloc;
use crate::regles::problem::{Code, Problem};
use crate::regles::yaml::Node;
use crate::regles::yaml::field::Fields;
use std::collections::BTreeMap;

const CADRE: &[&str] = &[
    "nom",
    "cadre",
    "titre",
    "source",
    "exercices",
    "marques",
    "feuilles",
];
const MODELE: &[&str] = &["genre", "onglets", "facultatif", "tableaux"];
const TABLEAU: &[&str] = &[
    "nom",
    "titre",
    "forme",
    "facultatif",
    "a_droite",
    "colonnes",
    "valeurs",
    "lignes",
    "comptes",
];
const COLONNES: &[&str] = &[
    "compte", "libelle", "finess", "esms", "unite", "bloc", "code", "annee", "valeur",
];
const VALEUR: &[&str] = &["bloc", "annee", "facultatif", "libelles"];
const POSTE: &[&str] = &[
    "role",
    "bloc",
    "code",
    "unite",
    "annee",
    "facultatif",
    "libelles",
    "mots",
];
const FORMES: [(&str, Forme); 5] = [
    ("fiche", Forme::Fiche),
    ("lignes", Forme::Lignes),
    ("comptes", Forme::Comptes),
    ("liste", Forme::Liste),
    ("longue", Forme::Longue),
];

pub fn cadre(racine: &Node) -> Result<Cadre, Vec<Problem>> {
    let mut champs = Fields::of(racine, "le cadre".to_owned(), CADRE).map_err(|p| vec![p])?;
    let nom = champs.text("nom");
    let cadre = champs.text("cadre");
    let titre = champs.text("titre");
    let source = champs.text("source");
    let exercices = exercices(&mut champs);
    let marques = textes(&mut champs, "marques");
    let feuilles = chacun(&mut champs, "feuilles", modele);
    let mut fautes = champs.problems;
    match (nom, cadre, titre, source, exercices) {
        (Some(nom), Some(cadre), Some(titre), Some(source), Some((debut, fin)))
            if fautes.is_empty() =>
        {
            Ok(Cadre {
                nom,
                cadre,
                titre,
                source,
                debut,
                fin,
                marques,
                feuilles,
            })
        }
        _ => {
            fautes.sort_by_key(|faute| faute.place);
            Err(fautes)
        }
    }
}

fn exercices(champs: &mut Fields<'_>) -> Option<(i32, Option<i32>)> {
    let noeud = champs.required("exercices")?;
    let mut bloc = sous_bloc(champs, noeud, "« exercices »", &["debut", "fin"])?;
    let debut = bloc.required("debut");
    let debut = debut.and_then(|n| nombre(&mut bloc, "debut", n));
    let fin = bloc.optional("fin");
    let fin = fin.and_then(|n| nombre(&mut bloc, "fin", n));
    champs.problems.extend(bloc.problems);
    Some((debut?, fin))
}

fn nombre(champs: &mut Fields<'_>, cle: &str, noeud: &Node) -> Option<i32> {
    let lu = noeud.scalar().and_then(|texte| texte.parse().ok());
    if lu.is_none() {
        champs.expected(cle, "une année, comme 2026", noeud);
    }
    lu
}

fn sous_bloc<'a>(
    champs: &mut Fields<'_>,
    noeud: &'a Node,
    quoi: &str,
    cles: &[&str],
) -> Option<Fields<'a>> {
    let lu = Fields::of(noeud, quoi.to_owned(), cles);
    lu.map_err(|faute| champs.problems.push(faute)).ok()
}

/// The items of a list, each read; absent: none.
fn chacun<'a, T>(
    champs: &mut Fields<'a>,
    cle: &str,
    lire: impl Fn(&'a Node) -> Result<T, Vec<Problem>>,
) -> Vec<T> {
    let Some(noeud) = champs.optional(cle) else {
        return Vec::new();
    };
    let Some(elements) = noeud.seq().filter(|e| !e.is_empty()) else {
        champs.expected(cle, "une liste d'au moins un élément", noeud);
        return Vec::new();
    };
    let mut lus = Vec::new();
    for element in elements {
        match lire(element) {
            Ok(lu) => lus.push(lu),
            Err(fautes) => champs.problems.extend(fautes),
        }
    }
    lus
}

/// The texts of a list that must be there and hold something.
fn textes(champs: &mut Fields<'_>, cle: &str) -> Vec<String> {
    if let Some(noeud) = champs.required(cle) {
        return liste(champs, cle, noeud);
    }
    Vec::new()
}

fn liste(champs: &mut Fields<'_>, cle: &str, noeud: &Node) -> Vec<String> {
    let elements = noeud.seq().unwrap_or_default();
    let lus: Vec<String> = elements
        .iter()
        .filter_map(|e| e.scalar().map(str::trim).filter(|t| !t.is_empty()))
        .map(str::to_owned)
        .collect();
    if lus.is_empty() || lus.len() < elements.len() {
        champs.expected(cle, "une liste de textes non vides", noeud);
    }
    lus
}

fn vrai(champs: &mut Fields<'_>, cle: &str) -> bool {
    let lu = champs.optional(cle);
    let noms = [("true", true), ("false", false)];
    lu.and_then(|noeud| champs.one_of(cle, noeud, &noms))
        .unwrap_or_default()
}

fn modele(noeud: &Node) -> Result<Modele, Vec<Problem>> {
    let mut champs = Fields::of(noeud, "une feuille".to_owned(), MODELE).map_err(|p| vec![p])?;
    let genre = champs.required("genre");
    let genre = genre.and_then(|n| champs.one_of("genre", n, &Genre::NOMS));
    let onglets = textes(&mut champs, "onglets");
    let facultatif = vrai(&mut champs, "facultatif");
    let tableaux = chacun(&mut champs, "tableaux", tableau);
    match genre {
        Some(genre) if champs.problems.is_empty() => Ok(Modele {
            genre,
            onglets,
            facultatif,
            tableaux,
        }),
        _ => Err(champs.problems),
    }
}

fn tableau(noeud: &Node) -> Result<Tableau, Vec<Problem>> {
    let mut champs = Fields::of(noeud, "un tableau".to_owned(), TABLEAU).map_err(|p| vec![p])?;
    let nom = champs.text("nom");
    let titre = match champs.optional("titre") {
        Some(noeud) => liste(&mut champs, "titre", noeud),
        None => Vec::new(),
    };
    let forme = champs.required("forme");
    let forme = forme.and_then(|n| champs.one_of("forme", n, &FORMES));
    let facultatif = vrai(&mut champs, "facultatif");
    let a_droite = vrai(&mut champs, "a_droite");
    let colonnes = colonnes(&mut champs);
    let valeurs = chacun(&mut champs, "valeurs", valeur);
    let lignes = chacun(&mut champs, "lignes", poste);
    let comptes = match champs.optional("comptes") {
        Some(noeud) => liste(&mut champs, "comptes", noeud),
        None => Vec::new(),
    };
    match (nom, forme) {
        (Some(nom), Some(forme)) if champs.problems.is_empty() => Ok(Tableau {
            nom,
            titre,
            forme,
            facultatif,
            a_droite,
            colonnes,
            valeurs,
            lignes,
            comptes,
        }),
        _ => Err(champs.problems),
    }
}

fn colonnes(champs: &mut Fields<'_>) -> Vec<(String, Vec<String>)> {
    let Some(noeud) = champs.optional("colonnes") else {
        return Vec::new();
    };
    let Some(mut bloc) = sous_bloc(champs, noeud, "« colonnes »", COLONNES) else {
        return Vec::new();
    };
    let entrees = noeud.map().unwrap_or_default();
    let lues = entrees
        .iter()
        .map(|(cle, valeur)| (cle.text.clone(), liste(&mut bloc, &cle.text, valeur)))
        .collect();
    champs.problems.extend(bloc.problems);
    lues
}

fn valeur(noeud: &Node) -> Result<Colonne, Vec<Problem>> {
    let quoi = "une colonne de « valeurs »".to_owned();
    let mut champs = Fields::of(noeud, quoi, VALEUR).map_err(|p| vec![p])?;
    let libelles = textes(&mut champs, "libelles");
    let annee = match champs.optional("annee") {
        None => Annee::Ecart(0),
        Some(noeud) if noeud.scalar() == Some("lue") => Annee::Lue,
        Some(noeud) => Annee::Ecart(ecart(&mut champs, noeud)),
    };
    let bloc = bloc(&mut champs);
    let facultatif = vrai(&mut champs, "facultatif");
    if !champs.problems.is_empty() {
        return Err(champs.problems);
    }
    Ok(Colonne {
        libelles,
        annee,
        bloc,
        facultatif,
    })
}

fn ecart(champs: &mut Fields<'_>, noeud: &Node) -> i32 {
    let lu = noeud.scalar().and_then(|texte| texte.parse().ok());
    if let Some(ecart) = lu.filter(|ecart| (-10..=10).contains(ecart)) {
        return ecart;
    }
    champs.expected(
        "annee",
        "un écart à l'exercice, comme -1, ou « lue »",
        noeud,
    );
    0
}

fn bloc(champs: &mut Fields<'_>) -> Option<Bloc> {
    let noeud = champs.optional("bloc")?;
    match noeud.scalar().unwrap_or_default().parse::<Bloc>() {
        Ok(bloc) => Some(bloc),
        Err(motif) => {
            champs.refuse(Code::Inconnu, noeud.place, motif);
            None
        }
    }
}

fn poste(noeud: &Node) -> Result<Poste, Vec<Problem>> {
    let quoi = "une ligne de « lignes »".to_owned();
    let mut champs = Fields::of(noeud, quoi, POSTE).map_err(|p| vec![p])?;
    let libelles = textes(&mut champs, "libelles");
    let facultatif = vrai(&mut champs, "facultatif");
    let cible = match champs.optional("role") {
        Some(noeud) => champs.one_of("role", noeud, &Role::NOMS).map(Cible::Role),
        None => cible(&mut champs),
    };
    match cible {
        Some(cible) if champs.problems.is_empty() => Ok(Poste {
            libelles,
            cible,
            facultatif,
        }),
        _ => Err(champs.problems),
    }
}

fn cible(champs: &mut Fields<'_>) -> Option<Cible> {
    champs.required("bloc")?;
    let bloc = bloc(champs);
    let code = champs.text("code");
    let unite = champs.text("unite").map(|unite| match unite.as_str() {
        "lue" => Unite::Lue,
        _ => Unite::Dite(unite),
    });
    let annee = champs.optional("annee").map(|noeud| ecart(champs, noeud));
    let mut mots = BTreeMap::new();
    if let Some(noeud) = champs.optional("mots") {
        for (cle, valeur) in noeud.map().unwrap_or_default() {
            mots.insert(cle.text.clone(), liste(champs, &cle.text, valeur));
        }
        if mots.is_empty() {
            champs.expected("mots", "des mots et comment le cadre les écrit", noeud);
        }
    }
    Some(Cible::Ligne {
        bloc: bloc?,
        code: code?,
        unite: unite?,
        annee: annee.unwrap_or_default(),
        mots,
    })
}
