//! Reads a story: dated steps, who does what, what is expected.

use crate::regles::calendrier::parse_date;
use crate::regles::problem::{Code, Place, Problem, meant};
use crate::regles::yaml::{self, Content, Key, Node};
use crate::workflow::definition::model::Role;
use crate::workflow::machine::event::{Actor, Delegation};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A story.
#[derive(Debug, Clone)]
pub struct Histoire {
    pub titre: String,
    pub workflow: String,
    pub personnes: BTreeMap<String, Personne>,
    /// By date; in the order of the file on the same day.
    pub etapes: Vec<Etape>,
}

/// Someone who acts.
#[derive(Debug, Clone)]
pub struct Personne {
    pub nom: String,
    pub acteur: Actor,
}

/// A step.
#[derive(Debug, Clone)]
pub struct Etape {
    pub le: NaiveDate,
    pub flux: String,
    /// Each does it in turn.
    pub par: Vec<String>,
    /// The items it is done for, in turn; `{}` stands for each.
    pub pour: Vec<String>,
    pub geste: Geste,
    /// The code of the refusal that is expected.
    pub refus: Option<String>,
    /// The states expected afterwards, among the active ones.
    pub etats: Vec<String>,
    /// When it takes effect, when that is not the day it is done.
    pub effet: Option<NaiveDate>,
    /// A sentence for the reader.
    pub note: Option<String>,
    pub place: Place,
}

/// What is done.
#[derive(Debug, Clone)]
pub enum Geste {
    /// Time passes.
    Attend,
    Acte {
        acte: String,
        ou: String,
        saisies: Vec<(String, Node)>,
        /// Answers on what was shown before the last change.
        perime: bool,
        /// The same request, sent again.
        encore: bool,
    },
    Refuse {
        acte: String,
        ou: String,
        motif: String,
    },
    Retire {
        acte: String,
        ou: String,
    },
    Dispense {
        acte: String,
        ou: String,
        condition: usize,
        motif: String,
    },
    Interrompt {
        nom: String,
        motif: String,
    },
    Reprend,
    Declare {
        fait: String,
        valeur: String,
        preuve: String,
    },
    Ecrit {
        objet: String,
        texte: String,
    },
    Position {
        objet: String,
        constat: String,
        avis: String,
        texte: String,
    },
    /// `esms`, `objectif` or `modification`, as `entre` describes it.
    Entre {
        element: Node,
    },
    Sort {
        collection: String,
        motif: String,
    },
    /// As the journal keeps it.
    Saisit {
        saisie: Node,
    },
    Note {
        texte: String,
    },
    /// Hands over the needs of a year.
    Besoins {
        annee: i32,
    },
}

const CLES: [&str; 30] = [
    "besoins",
    "le",
    "flux",
    "par",
    "pour",
    "refus",
    "etats",
    "note",
    "attend",
    "acte",
    "ou",
    "avec",
    "perime",
    "encore",
    "refuse",
    "motif",
    "retire",
    "dispense",
    "condition",
    "interrompt",
    "reprend",
    "fait",
    "vaut",
    "ecrit",
    "texte",
    "position",
    "entre",
    "sort",
    "saisit",
    "garde",
];
const AUTRES: [&str; 4] = ["preuve", "constat", "avis", "effet"];

/// Reads a story.
///
/// # Errors
/// The first problem, with its place.
pub fn lire(text: &str) -> Result<Histoire, Problem> {
    let root = yaml::parse(text.as_bytes())?;
    let alias = texts(root.get("alias"))?;
    let root = substituted(&root, &|text| named(text, &alias));
    let mut personnes = BTreeMap::new();
    let listed = root.get("personnes").and_then(Node::map).unwrap_or(&[]);
    for (key, node) in listed {
        personnes.insert(key.text.clone(), personne(key, node)?);
    }
    let mut etapes = Vec::new();
    let steps = root.get("etapes").ok_or_else(|| manque(&root, "etapes"))?;
    let mut lecteur = Lecteur {
        le: None,
        etapes: &mut etapes,
    };
    lecteur.suite(steps)?;
    etapes.sort_by_key(|e| e.le);
    Ok(Histoire {
        titre: texte(&root, "titre")?,
        workflow: texte(&root, "workflow")?,
        personnes,
        etapes,
    })
}

/// Reads steps; a step without a date has that of the step before.
struct Lecteur<'a> {
    le: Option<NaiveDate>,
    etapes: &'a mut Vec<Etape>,
}

impl Lecteur<'_> {
    fn suite(&mut self, node: &Node) -> Result<(), Problem> {
        for step in node.seq().unwrap_or(&[]) {
            if let Some(years) = step.get("repete") {
                let inner = step.get("etapes").ok_or_else(|| manque(step, "etapes"))?;
                for year in liste(years) {
                    let n: i32 = year
                        .parse()
                        .map_err(|_| attendu(years, "des années, comme [2027, 2028]"))?;
                    let each = substituted(inner, &|text| of_year(text, n));
                    self.suite(&each)?;
                }
            } else {
                let etape = self.etape(step)?;
                self.etapes.push(etape);
            }
        }
        Ok(())
    }

    fn etape(&mut self, step: &Node) -> Result<Etape, Problem> {
        let entries = step.map().ok_or_else(|| attendu(step, "une étape"))?;
        for (key, node) in entries {
            let known: Vec<&str> = CLES.iter().chain(&AUTRES).copied().collect();
            if !known.contains(&key.text.as_str()) {
                let meant = meant(&key.text, &known);
                return Err(Problem::new(
                    Code::Inconnu,
                    node.place,
                    format!("La clé « {} » n'existe pas.{meant}", key.text),
                ));
            }
        }
        if let Some(le) = step.get("le") {
            let date = parse_date(le.scalar().unwrap_or_default());
            self.le = Some(date.map_err(|e| Problem::new(Code::Type, le.place, e.to_string()))?);
        }
        let effet = step.get("effet").map(|node| {
            let date = parse_date(node.scalar().unwrap_or_default());
            date.map_err(|e| Problem::new(Code::Type, node.place, e.to_string()))
        });
        let optional = |key: &str| step.get(key).and_then(Node::scalar).map(str::to_owned);
        Ok(Etape {
            le: self.le.ok_or_else(|| manque(step, "le"))?,
            flux: optional("flux").unwrap_or_else(|| crate::app::contrat::RACINE.to_owned()),
            par: step.get("par").map(liste).unwrap_or_default(),
            pour: step.get("pour").map(liste).unwrap_or_default(),
            geste: geste(step)?,
            refus: optional("refus"),
            etats: step.get("etats").map(liste).unwrap_or_default(),
            effet: effet.transpose()?,
            note: optional("note"),
            place: step.place,
        })
    }
}

fn geste(step: &Node) -> Result<Geste, Problem> {
    let has = |key: &str| step.get(key).is_some();
    let yes = |key: &str| step.get(key).and_then(Node::scalar) == Some("oui");
    let get = |key: &str| texte(step, key);
    let inputs = step.get("avec").and_then(Node::map).unwrap_or(&[]);
    if has("acte") {
        let saisies = inputs.iter().map(|(k, n)| (k.text.clone(), n.clone()));
        return Ok(Geste::Acte {
            acte: get("acte")?,
            ou: get("ou")?,
            saisies: saisies.collect(),
            perime: yes("perime"),
            encore: yes("encore"),
        });
    }
    if has("refuse") {
        return Ok(Geste::Refuse {
            acte: get("refuse")?,
            ou: get("ou")?,
            motif: get("motif")?,
        });
    }
    if has("retire") {
        return Ok(Geste::Retire {
            acte: get("retire")?,
            ou: get("ou")?,
        });
    }
    if has("dispense") {
        let condition = get("condition")?.parse();
        return Ok(Geste::Dispense {
            acte: get("dispense")?,
            ou: get("ou")?,
            condition: condition.map_err(|_| attendu(step, "une condition par son rang"))?,
            motif: get("motif")?,
        });
    }
    if has("interrompt") {
        return Ok(Geste::Interrompt {
            nom: get("interrompt")?,
            motif: get("motif")?,
        });
    }
    if has("reprend") {
        return Ok(Geste::Reprend);
    }
    ecriture(step)
}

fn ecriture(step: &Node) -> Result<Geste, Problem> {
    let has = |key: &str| step.get(key).is_some();
    let get = |key: &str| texte(step, key);
    if has("fait") {
        return Ok(Geste::Declare {
            fait: get("fait")?,
            valeur: get("vaut")?,
            preuve: get("preuve")?,
        });
    }
    if has("ecrit") {
        return Ok(Geste::Ecrit {
            objet: get("ecrit")?,
            texte: get("texte")?,
        });
    }
    if has("position") {
        return Ok(Geste::Position {
            objet: get("position")?,
            constat: get("constat")?,
            avis: get("avis")?,
            texte: get("texte")?,
        });
    }
    if let Some(element) = step.get("entre") {
        return Ok(Geste::Entre {
            element: element.clone(),
        });
    }
    if has("sort") {
        return Ok(Geste::Sort {
            collection: get("sort")?,
            motif: get("motif")?,
        });
    }
    if let Some(saisie) = step.get("saisit") {
        return Ok(Geste::Saisit {
            saisie: saisie.clone(),
        });
    }
    if has("garde") {
        return Ok(Geste::Note {
            texte: get("garde")?,
        });
    }
    if has("besoins") {
        let annee = get("besoins")?.parse();
        return Ok(Geste::Besoins {
            annee: annee.map_err(|_| attendu(step, "une année"))?,
        });
    }
    if has("attend") {
        return Ok(Geste::Attend);
    }
    Err(attendu(
        step,
        "acte, refuse, retire, dispense, interrompt, reprend, fait, ecrit, position, entre, \
         sort, saisit, garde, besoins ou attend",
    ))
}

fn personne(key: &Key, node: &Node) -> Result<Personne, Problem> {
    let role = match texte(node, "role")?.as_str() {
        "contribution" => Role::Contribution,
        "validation" => Role::Validation,
        "signature" => Role::Signature,
        _ => return Err(attendu(node, "contribution, validation ou signature")),
    };
    let day = |key: &str| -> Result<Option<NaiveDate>, Problem> {
        let Some(node) = node.get(key) else {
            return Ok(None);
        };
        let date = parse_date(node.scalar().unwrap_or_default());
        date.map(Some)
            .map_err(|e| Problem::new(Code::Type, node.place, e.to_string()))
    };
    let delegation = match day("delegation_du")? {
        None => None,
        Some(from) => Some(Delegation {
            from,
            to: day("delegation_au")?,
        }),
    };
    Ok(Personne {
        nom: texte(node, "nom")?,
        acteur: Actor {
            party: texte(node, "partie")?,
            person: key.text.clone(),
            role,
            delegation,
        },
    })
}

/// A scalar, or each of a list.
pub(super) fn liste(node: &Node) -> Vec<String> {
    match (node.scalar(), node.seq()) {
        (Some(text), _) => vec![text.to_owned()],
        (None, Some(items)) => items.iter().flat_map(liste).collect(),
        (None, None) => Vec::new(),
    }
}

pub(super) fn texte(node: &Node, key: &str) -> Result<String, Problem> {
    let found = node.get(key).ok_or_else(|| manque(node, key))?;
    let text = found.scalar().ok_or_else(|| attendu(found, "un texte"))?;
    Ok(text.to_owned())
}

fn texts(node: Option<&Node>) -> Result<BTreeMap<String, String>, Problem> {
    let entries = node.and_then(Node::map).unwrap_or(&[]);
    let pairs = entries.iter().map(|(key, node)| {
        let text = node.scalar().ok_or_else(|| attendu(node, "un texte"))?;
        Ok((key.text.clone(), text.to_owned()))
    });
    pairs.collect()
}

fn manque(node: &Node, key: &str) -> Problem {
    let message = format!("« {key} » manque ici.");
    Problem::new(Code::Syntaxe, node.place, message)
}

fn attendu(node: &Node, what: &str) -> Problem {
    let message = format!("Attendu : {what} ; trouvé : {}.", node.found());
    Problem::new(Code::Type, node.place, message)
}

/// The tree with every text rewritten.
fn substituted(node: &Node, rewrite: &dyn Fn(&str) -> String) -> Node {
    let value = match &node.value {
        Content::Scalar { text, quoted } => Content::Scalar {
            text: rewrite(text),
            quoted: *quoted,
        },
        Content::Seq(items) => {
            Content::Seq(items.iter().map(|n| substituted(n, rewrite)).collect())
        }
        Content::Map(entries) => {
            let entry = |(key, node): &(Key, Node)| (key.clone(), substituted(node, rewrite));
            Content::Map(entries.iter().map(entry).collect())
        }
    };
    Node {
        place: node.place,
        value,
    }
}

/// `@sessad` stands for the establishment of that name.
fn named(text: &str, alias: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    // The longest first: `@foyer_vie` is not `@foyer`.
    for (name, value) in alias.iter().rev() {
        text = text.replace(&format!("@{name}"), value);
    }
    text
}

/// `<n>` is the year, `<n-1>` the one before, `<n+1>` the one after.
fn of_year(text: &str, n: i32) -> String {
    text.replace("<n-1>", &(n - 1).to_string())
        .replace("<n+1>", &(n + 1).to_string())
        .replace("<n>", &n.to_string())
}
