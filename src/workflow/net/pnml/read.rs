//! PNML as tools write it. What would change the meaning of the net and is not understood is
//! refused, never skipped: other arcs than plain ones, capacities, colours.

use std::collections::BTreeMap;

use roxmltree::{Document, Error, Node, ParsingOptions};

use super::super::{Net, Node as NetNode, refused};
use crate::workflow::problem::{Code, Place, Problem, nearest};

/// A file's size, in bytes.
pub const MAX_BYTES: usize = 32 << 20;
/// Elements, texts and comments in a file.
const MAX_NODES: u32 = 2_000_000;
/// Pages within pages.
const MAX_DEPTH: usize = 100;
/// The weight of an arc, the tokens of a place.
const MAX_COUNT: u32 = 1_000_000;

/// Reads one place/transition net.
///
/// # Errors
/// A `syntaxe` problem when the file is not XML, not PNML, or holds what a place/transition net
/// cannot; a `limite` problem when it is too large. The place is that of the element at fault.
pub fn read(bytes: &[u8]) -> Result<Net, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::new(
            Code::Limite,
            Place::default(),
            format!(
                "Le fichier fait {} octets ; le maximum est de {MAX_BYTES}.",
                bytes.len()
            ),
        ));
    }
    let text = decode(bytes)?;
    let options = ParsingOptions {
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(&text, options).map_err(|e| broken(&e, &text))?;
    let lines = Lines::of(&text);
    let root = document.root_element();
    if name(root) != "pnml" {
        return Err(refused(
            lines.place(root),
            format!(
                "Un fichier PNML commence par l’élément « pnml » ; celui-ci commence par « {} ».",
                name(root)
            ),
        ));
    }
    let nets: Vec<Node> = children(root, "net").collect();
    let [net] = nets[..] else {
        return Err(refused(
            nets.get(1).map_or(Place::default(), |n| lines.place(*n)),
            format!(
                "Un fichier décrit un seul réseau (élément « net ») ; celui-ci en décrit {}. \
                 Mettez chaque réseau dans son fichier.",
                nets.len()
            ),
        ));
    };
    Reader::new(lines).net(net)
}

/// UTF-8, or ISO-8859-1 when the XML declaration says so.
fn decode(bytes: &[u8]) -> Result<String, Problem> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_lowercase();
    let declaration = head.split("?>").next().unwrap_or_default();
    if declaration.starts_with("<?xml") && declaration.contains("iso-8859-1") {
        return Ok(bytes.iter().map(|b| char::from(*b)).collect());
    }
    String::from_utf8(bytes.to_vec()).map_err(|e| {
        let before = &bytes[..e.utf8_error().valid_up_to()];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let place = Place {
            line: line.try_into().unwrap_or(u32::MAX),
            column: 1,
        };
        refused(
            place,
            "Le texte attendu est en UTF-8 (ou en ISO-8859-1 déclaré) ; un octet n’en est pas. \
             Enregistrez le fichier en UTF-8.",
        )
    })
}

fn broken(error: &Error, text: &str) -> Problem {
    let pos = error.pos();
    let place = Place {
        line: pos.row,
        column: pos.col,
    };
    match error {
        Error::DtdDetected => {
            let before = text.split("<!DOCTYPE").next().unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let place = Place {
                line: line.try_into().unwrap_or(u32::MAX),
                column: 1,
            };
            refused(
                place,
                "Un fichier PNML n’a pas besoin de DTD (« <!DOCTYPE »), et aucune n’est lue. \
                 Retirez-la.",
            )
        }
        Error::NodesLimitReached
        | Error::AttributesLimitReached
        | Error::NamespacesLimitReached => Problem::new(
            Code::Limite,
            Place::default(),
            format!("Le fichier a plus de {MAX_NODES} éléments ; c’est trop."),
        ),
        other => refused(
            place,
            format!(
                "Le fichier n’est pas du XML bien formé ({other}). Exportez-le à nouveau en PNML \
                 depuis votre outil."
            ),
        ),
    }
}

/// Turns offsets into lines and columns.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(i, _)| i + 1));
        Self {
            text,
            starts: starts.collect(),
        }
    }

    fn place(&self, node: Node) -> Place {
        let offset = node.range().start;
        let line = self.starts.partition_point(|s| *s <= offset);
        let start = self.starts[line - 1];
        let column = self.text[start..offset].chars().take(10_000).count() + 1;
        Place {
            line: line.try_into().unwrap_or(u32::MAX),
            column: column.try_into().unwrap_or(u32::MAX),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Known {
    Place(usize),
    Transition(usize),
}

struct Reader<'a> {
    lines: Lines<'a>,
    net: Net,
    known: BTreeMap<String, Known>,
    /// Reference nodes: what they stand for, and where they are declared.
    references: BTreeMap<String, (String, Place)>,
}

impl<'a> Reader<'a> {
    fn new(lines: Lines<'a>) -> Self {
        Self {
            lines,
            net: Net::default(),
            known: BTreeMap::new(),
            references: BTreeMap::new(),
        }
    }

    fn net(mut self, net: Node) -> Result<Net, Problem> {
        let kind = net.attribute("type").unwrap_or_default().to_lowercase();
        let other = [
            "symmetric",
            "highlevel",
            "hlpng",
            "hlnet",
            "colored",
            "coloured",
        ];
        if other.iter().any(|word| kind.contains(word)) {
            let message = format!(
                "Le type de réseau attendu est place/transition ; celui-ci est « {kind} ». Dépliez \
                 le réseau en place/transition avant de le vérifier."
            );
            return Err(refused(self.lines.place(net), message));
        }
        self.net.name = label(net, "name").unwrap_or_default();
        let mut arcs = Vec::new();
        let mut finals = Vec::new();
        let mut todo = vec![(net, 0)];
        while let Some((parent, depth)) = todo.pop() {
            if depth > MAX_DEPTH {
                return Err(Problem::new(
                    Code::Limite,
                    self.lines.place(parent),
                    format!("Les pages sont emboîtées sur plus de {MAX_DEPTH} niveaux."),
                ));
            }
            for child in parent.children().filter(Node::is_element) {
                match name(child) {
                    "page" => todo.push((child, depth + 1)),
                    "place" => self.place(child)?,
                    "transition" => self.transition(child)?,
                    "referencePlace" | "referenceTransition" => self.reference(child)?,
                    "arc" => arcs.push(child),
                    "finalmarkings" => finals.push(child),
                    _ => {}
                }
            }
        }
        for arc in arcs {
            self.arc(arc)?;
        }
        for list in finals {
            self.finals(list)?;
        }
        Ok(self.net)
    }

    fn place(&mut self, node: Node) -> Result<(), Problem> {
        let place = self.declare(node)?;
        let index = self.net.push_place(place.clone());
        self.known.insert(place.id.clone(), Known::Place(index));
        if let Some(capacity) = label(node, "capacity").filter(|c| c.parse() != Ok(0)) {
            let message = format!(
                "La place « {} » a une capacité ({capacity}) : un réseau place/transition n’en a \
                 pas. Remplacez-la par une place complémentaire.",
                place.name
            );
            return Err(refused(place.at, message));
        }
        if let Some(tokens) = self.count(node, "initialMarking", 0)? {
            self.net.mark(index, tokens);
        }
        self.plain(node, "hlinitialMarking")
    }

    fn transition(&mut self, node: Node) -> Result<(), Problem> {
        let transition = self.declare(node)?;
        let id = transition.id.clone();
        let index = self.net.push_transition(transition);
        self.known.insert(id, Known::Transition(index));
        self.plain(node, "condition")
    }

    /// The node's identifier and name, checked to be new.
    fn declare(&self, node: Node) -> Result<NetNode, Problem> {
        let at = self.lines.place(node);
        let id = self.attribute(node, "id")?;
        if self.known.contains_key(id) || self.references.contains_key(id) {
            return Err(refused(
                at,
                format!("L’identifiant « {id} » est déjà pris : chaque nœud doit avoir le sien."),
            ));
        }
        Ok(NetNode::new(
            id,
            label(node, "name").unwrap_or_default(),
            at,
        ))
    }

    fn reference(&mut self, node: Node) -> Result<(), Problem> {
        let declared = self.declare(node)?;
        let target = self.attribute(node, "ref")?.to_owned();
        self.references.insert(declared.id, (target, declared.at));
        Ok(())
    }

    fn attribute<'x>(&self, node: Node<'x, '_>, key: &str) -> Result<&'x str, Problem> {
        node.attribute(key).ok_or_else(|| {
            let message = format!("L’élément « {} » attend un attribut « {key} ».", name(node));
            refused(self.lines.place(node), message)
        })
    }

    fn resolve(&self, id: &str, at: Place) -> Result<Known, Problem> {
        let mut id = id;
        for _ in 0..=self.references.len() {
            if let Some(known) = self.known.get(id) {
                return Ok(*known);
            }
            let Some((next, _)) = self.references.get(id) else {
                let near = nearest(id, self.known.keys().map(String::as_str));
                let hint = near.map(|n| format!(" Vouliez-vous dire « {n} » ?"));
                let hint = hint.unwrap_or_default();
                let message = format!("Aucune place ni transition ne s’appelle « {id} ».{hint}");
                return Err(refused(at, message));
            };
            id = next;
        }
        let message = format!("Les références de « {id} » tournent en rond : aucune ne finit.");
        Err(refused(at, message))
    }

    fn arc(&mut self, node: Node) -> Result<(), Problem> {
        let at = self.lines.place(node);
        let source = self.attribute(node, "source")?;
        let target = self.attribute(node, "target")?;
        if let Some(kind) = arc_kind(node).filter(|k| k != "normal") {
            return Err(refused(
                at,
                format!(
                    "L’arc de « {source} » à « {target} » est de type « {kind} » : seuls les arcs \
                     ordinaires sont jugés. Remplacez-le par des arcs ordinaires."
                ),
            ));
        }
        self.plain(node, "hlinscription")?;
        let weight = self.count(node, "inscription", 1)?.unwrap_or(1);
        match (self.resolve(source, at)?, self.resolve(target, at)?) {
            (Known::Place(p), Known::Transition(t)) => self.net.take(p, t, weight),
            (Known::Transition(t), Known::Place(p)) => self.net.give(t, p, weight),
            (Known::Place(_), Known::Place(_)) | (Known::Transition(_), Known::Transition(_)) => {
                return Err(refused(
                    at,
                    format!(
                        "Un arc relie une place et une transition ; « {source} » et « {target} » \
                         sont de même nature."
                    ),
                ));
            }
        }
        Ok(())
    }

    /// The tokens of each place at the end; places without are left out.
    fn finals(&mut self, list: Node) -> Result<(), Problem> {
        for place in list.descendants().filter(|n| name(*n) == "place") {
            let at = self.lines.place(place);
            let id = self.attribute(place, "idref")?;
            let Known::Place(index) = self.resolve(id, at)? else {
                let message = format!("« {id} » est une transition : elle ne porte pas de jeton.");
                return Err(refused(at, message));
            };
            let tokens = texts(place).next().unwrap_or_default();
            let tokens = self.number(place, tokens, 0)?;
            self.net.mark_last(index, tokens);
        }
        Ok(())
    }

    /// The number in a labelled child, if there is one.
    fn count(&self, node: Node, key: &str, least: u32) -> Result<Option<u32>, Problem> {
        let Some(text) = label(node, key) else {
            return Ok(None);
        };
        self.number(node, &text, least).map(Some)
    }

    /// `3`, or `Default,3` as PIPE writes for its only colour.
    fn number(&self, node: Node, text: &str, least: u32) -> Result<u32, Problem> {
        let digits = text.trim().strip_prefix("Default,").unwrap_or(text).trim();
        let found = digits.parse::<u32>().ok();
        found.filter(|n| (least..=MAX_COUNT).contains(n)).ok_or_else(|| {
            refused(
                self.lines.place(node),
                format!(
                    "Un nombre entier de {least} à {MAX_COUNT} est attendu ; « {text} » est écrit."
                ),
            )
        })
    }

    /// Refuses what only high-level nets have.
    fn plain(&self, node: Node, high_level: &str) -> Result<(), Problem> {
        match children(node, high_level).next() {
            None => Ok(()),
            Some(found) => Err(refused(
                self.lines.place(found),
                format!(
                    "« {high_level} » appartient aux réseaux colorés ; un réseau place/transition \
                     est attendu. Dépliez le réseau avant de le vérifier."
                ),
            )),
        }
    }
}

/// The kind of an arc, lower case, as the dialects write it.
fn arc_kind(node: Node) -> Option<String> {
    let child = ["type", "arctype"]
        .into_iter()
        .find_map(|key| children(node, key).next());
    let inner = child.and_then(|c| {
        let value = c.attribute("value").map(str::to_owned);
        value.or_else(|| label(node, name(c)))
    });
    let kind = node.attribute("type").map(str::to_owned).or(inner)?;
    Some(kind.trim().to_lowercase()).filter(|k| !k.is_empty())
}

fn name<'a>(node: Node<'a, '_>) -> &'a str {
    node.tag_name().name()
}

fn children<'a, 'i>(node: Node<'a, 'i>, key: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children()
        .filter(move |c| c.is_element() && name(*c) == key)
}

fn texts<'a>(node: Node<'a, '_>) -> impl Iterator<Item = &'a str> {
    let inner = node
        .children()
        .filter(|c| matches!(name(*c), "text" | "value"));
    inner.filter_map(|c| c.text())
}

/// The trimmed text of a labelled child, if any is written.
fn label(node: Node, key: &str) -> Option<String> {
    let child = children(node, key).next()?;
    let text = texts(child).next()?.trim();
    Some(text.to_owned()).filter(|t| !t.is_empty())
}
