//! From a YAML tree to a trame.

use super::{Niveau, Obligation, QUESTIONS, Theme, Trame};
use crate::metier::referentiels::categories;
use crate::metier::referentiels::indicateurs::{self, Indicateur};
use crate::regles::problem::{Code, Problem, nearest};
use crate::regles::yaml::Node;
use crate::regles::yaml::field::Fields;
use std::collections::{BTreeMap, BTreeSet};

const TRAME_KEYS: &[&str] = &["code", "version", "titre", "source", "themes"];
const THEME_KEYS: &[&str] = &[
    "code",
    "titre",
    "niveau",
    "obligatoire",
    "questions",
    "indicateurs",
    "preuves",
];
const OBLIGATION_KEYS: &[&str] = &["pour"];

/// The longest code of a trame or a theme.
const CODE_CHARS_MAX: usize = 64;

pub fn trame(racine: &Node) -> Result<Trame, Vec<Problem>> {
    let mut champs = Fields::of(racine, "la trame".to_owned(), TRAME_KEYS).map_err(|p| vec![p])?;
    let code = nomme(
        &mut champs,
        char::is_ascii_lowercase,
        "un nom en minuscules sans accent, chiffres et tirets",
    );
    let version = champs.text("version");
    let titre = champs.text("titre");
    let source = champs.text("source");
    let mut themes = Vec::new();
    let mut vus = BTreeMap::new();
    for noeud in elements(&mut champs, "themes", "une liste d'au moins un thème") {
        match theme(noeud) {
            Ok(theme) => {
                if let Some(ligne) = vus.insert(theme.code.clone(), noeud.place.line) {
                    let deja = format!(
                        "Le thème {} est déjà décrit ligne {ligne} : donnez-lui un autre code, ou \
                         gardez l'un des deux.",
                        theme.code
                    );
                    champs.refuse(Code::Syntaxe, noeud.place, deja);
                }
                themes.push(theme);
            }
            Err(fautes) => champs.problems.extend(fautes),
        }
    }
    let mut fautes = champs.problems;
    match (code, version, titre, source) {
        (Some(code), Some(version), Some(titre), Some(source)) if fautes.is_empty() => Ok(Trame {
            code,
            version,
            titre,
            source,
            themes,
        }),
        _ => {
            fautes.sort_by_key(|faute| faute.place);
            Err(fautes)
        }
    }
}

/// The code of a block: its first letter as `debut` wants it, then letters, digits and hyphens.
fn nomme(champs: &mut Fields, debut: fn(&char) -> bool, attendu: &str) -> Option<String> {
    let code = champs.text("code")?;
    let forme = code.starts_with(|c| debut(&c))
        && code.len() <= CODE_CHARS_MAX
        && code
            .chars()
            .all(|c| debut(&c) || c.is_ascii_digit() || c == '-');
    if !forme && let Some(noeud) = champs.optional("code") {
        champs.expected("code", attendu, noeud);
    }
    forme.then_some(code)
}

fn theme(noeud: &Node) -> Result<Theme, Vec<Problem>> {
    // A theme is told by its code, when it has one.
    let nom = noeud.get("code").and_then(Node::scalar);
    let quoi = nom.map_or_else(|| "un thème".to_owned(), |code| format!("le thème {code}"));
    let mut champs = Fields::of(noeud, quoi.clone(), THEME_KEYS).map_err(|p| vec![p])?;
    let code = nomme(
        &mut champs,
        char::is_ascii_uppercase,
        "des majuscules sans accent, chiffres et tirets, comme D3",
    );
    let titre = champs.text("titre");
    let niveaux = niveaux(&mut champs);
    let obligation = champs.required("obligatoire");
    let obligation = obligation.and_then(|noeud| self::obligation(&mut champs, &quoi, noeud));
    let questions = questions(&mut champs, &quoi);
    let indicateurs = indicateurs(&mut champs, &quoi);
    let preuves = textes(&mut champs, "preuves", "une liste d'au moins un document");
    match (code, titre, obligation) {
        (Some(code), Some(titre), Some(obligation)) if champs.problems.is_empty() => Ok(Theme {
            code,
            titre,
            niveaux,
            obligation,
            questions,
            indicateurs,
            preuves,
        }),
        _ => Err(champs.problems),
    }
}

/// The items of a list that must be there and hold something.
fn elements<'a>(champs: &mut Fields<'a>, cle: &str, attendu: &str) -> &'a [Node] {
    let Some(noeud) = champs.required(cle) else {
        return &[];
    };
    match noeud.seq() {
        Some(elements) if !elements.is_empty() => elements,
        _ => {
            champs.expected(cle, attendu, noeud);
            &[]
        }
    }
}

/// The texts of a list that must be there and hold something: none empty, none twice.
fn textes(champs: &mut Fields, cle: &str, attendu: &str) -> Vec<String> {
    let mut vus = BTreeSet::new();
    let mut lus = Vec::new();
    for noeud in elements(champs, cle, attendu) {
        let texte = noeud.scalar().map(str::trim).unwrap_or_default();
        if texte.is_empty() {
            champs.expected(cle, "des textes non vides", noeud);
        } else if vus.insert(texte) {
            lus.push(texte.to_owned());
        } else {
            deux_fois(champs, cle, noeud);
        }
    }
    lus
}

fn deux_fois(champs: &mut Fields, cle: &str, noeud: &Node) {
    let message = format!(
        "{} est deux fois dans « {cle} » : gardez-en un.",
        noeud.found()
    );
    champs.refuse(Code::Syntaxe, noeud.place, message);
}

fn niveaux(champs: &mut Fields) -> BTreeSet<Niveau> {
    let noms: Vec<(&str, Niveau)> = Niveau::TOUS.iter().map(|n| (n.mot(), *n)).collect();
    let mut lus = BTreeSet::new();
    for noeud in elements(champs, "niveau", "une liste d'au moins un niveau") {
        if let Some(niveau) = champs.one_of("niveau", noeud, &noms)
            && !lus.insert(niveau)
        {
            deux_fois(champs, "niveau", noeud);
        }
    }
    lus
}

fn obligation(champs: &mut Fields, quoi: &str, noeud: &Node) -> Option<Obligation> {
    match noeud.scalar() {
        Some("true") => return Some(Obligation::Tous),
        Some("false") => return Some(Obligation::Personne),
        _ if noeud.map().is_some() => (),
        _ => {
            let attendu = "true, false, ou les catégories FINESS concernées (pour: [\"246\"])";
            champs.expected("obligatoire", attendu, noeud);
            return None;
        }
    }
    let quoi = format!("« obligatoire » ({quoi})");
    let mut bloc = match Fields::of(noeud, quoi.clone(), OBLIGATION_KEYS) {
        Ok(bloc) => bloc,
        Err(faute) => {
            champs.problems.push(faute);
            return None;
        }
    };
    let mut lues = BTreeSet::new();
    for noeud in elements(&mut bloc, "pour", "une liste de codes de catégories FINESS") {
        let code = noeud.scalar().unwrap_or_default();
        match categories::par_code(code) {
            Some(categorie) if lues.insert(categorie.code) => (),
            Some(_) => deux_fois(&mut bloc, "pour", noeud),
            None => {
                let proche = nearest(code, categories::toutes().iter().map(|c| c.code));
                let attendu = "une catégorie FINESS de finess-categories.csv";
                inconnu(&mut bloc, noeud, &quoi, attendu, proche);
            }
        }
    }
    let entiere = bloc.problems.is_empty();
    champs.problems.extend(bloc.problems);
    entiere.then_some(Obligation::Pour(lues))
}

/// A name that is in no list.
fn inconnu(
    champs: &mut Fields,
    noeud: &Node,
    quoi: &str,
    attendu: &str,
    proche: Option<&'static str>,
) {
    let proche = proche.map(|code| format!(" Vouliez-vous écrire « {code} » ?"));
    let message = format!(
        "Dans {quoi}, attendu le code d'{attendu} ; trouvé {}.{}",
        noeud.found(),
        proche.unwrap_or_default()
    );
    champs.refuse(Code::Inconnu, noeud.place, message);
}

fn questions(champs: &mut Fields, quoi: &str) -> Vec<String> {
    let lues = textes(champs, "questions", "une liste de questions");
    // A list that is not one, or that holds an empty text, was told already.
    if let Some(noeud) = champs.optional("questions")
        && noeud
            .seq()
            .is_some_and(|q| !q.is_empty() && !QUESTIONS.contains(&q.len()))
    {
        let message = format!(
            "Attendu {} à {} questions pour {quoi} ; trouvé {}.",
            QUESTIONS.start(),
            QUESTIONS.end(),
            noeud.seq().map_or(0, <[Node]>::len)
        );
        champs.refuse(Code::Limite, noeud.place, message);
    }
    lues
}

/// The indicators to prefill: a theme may have none.
fn indicateurs(champs: &mut Fields, quoi: &str) -> Vec<&'static Indicateur> {
    if champs.optional("indicateurs").is_none() {
        return Vec::new();
    }
    let mut vus = BTreeSet::new();
    let mut lus = Vec::new();
    let attendu = "une liste d'au moins un code (sans indicateur, retirez la clé)";
    for noeud in elements(champs, "indicateurs", attendu) {
        let code = noeud.scalar().unwrap_or_default();
        match indicateurs::par_code(code) {
            Some(indicateur) if vus.insert(code) => lus.push(indicateur),
            Some(_) => deux_fois(champs, "indicateurs", noeud),
            None => {
                let proche = nearest(code, indicateurs::tous().iter().map(|i| i.code));
                let attendu = "un indicateur de indicateurs-tdb-esms.csv";
                inconnu(champs, noeud, quoi, attendu, proche);
            }
        }
    }
    lus
}
