//! YAML text to a tree whose every node knows its place. Everything is text here: the reader of
//! each field decides what it means, so `NO` stays « NO » and `012345678` keeps its zero.
//!
//! Refused: what hides meaning (anchors, aliases, tags, directives, duplicate keys, a second
//! document, control characters) and what could exhaust the machine (see the limits).

/// The keys of a block.
pub mod field;
mod sentence;
#[cfg(test)]
mod tests;

use super::problem::{Code, Place, Problem};
use granit_parser::{Event, Marker, Parser, ScalarStyle, Span, options};
use std::collections::BTreeMap;

/// Size of a file, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Lists and blocks inside one another.
pub const MAX_DEPTH: usize = 32;
/// Keys, texts, lists and blocks in one file.
pub const MAX_NODES: usize = 50_000;
/// Characters of one text.
pub const MAX_SCALAR_CHARS: usize = 10_000;

/// A piece of the document and where it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub place: Place,
    pub value: Content,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Text as written, after escapes; a key without value holds an unquoted empty text.
    Scalar {
        text: String,
        quoted: bool,
    },
    Seq(Vec<Node>),
    /// In the order of the file; no key twice.
    Map(Vec<(Key, Node)>),
}

/// The name on the left of a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub text: String,
    pub place: Place,
}

impl Node {
    /// The text of a scalar.
    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Content::Scalar { text, .. } => Some(text),
            Content::Seq(_) | Content::Map(_) => None,
        }
    }

    /// The items of a list.
    pub fn seq(&self) -> Option<&[Node]> {
        match &self.value {
            Content::Seq(items) => Some(items),
            Content::Scalar { .. } | Content::Map(_) => None,
        }
    }

    /// The entries of a block of keys.
    pub fn map(&self) -> Option<&[(Key, Node)]> {
        match &self.value {
            Content::Map(entries) => Some(entries),
            Content::Scalar { .. } | Content::Seq(_) => None,
        }
    }

    /// The value of `key`, when this is a block of keys that holds it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The key and its value, when this is a block of keys that holds it.
    pub fn entry(&self, key: &str) -> Option<(&Key, &Node)> {
        let entry = self.map()?.iter().find(|(k, _)| k.text == key)?;
        Some((&entry.0, &entry.1))
    }

    /// What was found, for « attendu …, trouvé … ».
    pub fn found(&self) -> String {
        match &self.value {
            Content::Scalar {
                text,
                quoted: false,
            } if text.is_empty() => "rien".into(),
            Content::Scalar { text, .. } => format!("« {} »", excerpt(text)),
            Content::Seq(_) => "une liste".into(),
            Content::Map(_) => "un bloc de clés".into(),
        }
    }
}

/// The beginning of a text, short enough for a sentence.
fn excerpt(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut short: String = text
        .chars()
        .take(SHOWN)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}

/// Reads one document. The first problem stops the reading: what follows it would be guesswork.
pub fn parse(text: &[u8]) -> Result<Node, Problem> {
    let text = decode(text)?;
    let options = options! {
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        disallow_directives: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| sentence::syntax(&error))?;
        builder.take(event, span)?;
    }
    builder.root.ok_or_else(empty)
}

/// Bytes to text: size, encoding and forbidden characters are judged before any parsing.
fn decode(bytes: &[u8]) -> Result<&str, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::new(
            Code::Limite,
            Place::default(),
            format!(
                "Le fichier pèse {} octets ; la limite est de {MAX_BYTES}. Répartissez son \
                 contenu.",
                bytes.len()
            ),
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        Problem::new(
            Code::Syntaxe,
            place_after(valid),
            "Le fichier n'est pas du texte UTF-8 : enregistrez-le dans cet encodage.",
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.char_indices().find(|(_, c)| forbidden(*c)) {
        None => Ok(text),
        Some((at, c)) => Err(forbidden_character(c, place_after(&text[..at]))),
    }
}

/// Control characters, and those that change the direction of reading: both can make a text look
/// other than it is.
fn forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn forbidden_character(c: char, place: Place) -> Problem {
    Problem::new(
        Code::Syntaxe,
        place,
        format!(
            "Caractère invisible interdit (U+{:04X}) : retirez-le.",
            u32::from(c)
        ),
    )
}

/// The place of the character that follows `text`.
fn place_after(text: &str) -> Place {
    let line = text.split('\n').next_back().unwrap_or_default();
    Place {
        line: count(text.bytes().filter(|b| *b == b'\n').count() + 1),
        column: count(line.chars().count() + 1),
    }
}

/// Fits in 32 bits: no file is longer than `MAX_BYTES`.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn place(mark: &Marker) -> Place {
    Place {
        line: count(mark.line()),
        column: count(mark.col() + 1),
    }
}

fn empty() -> Problem {
    Problem::new(
        Code::Syntaxe,
        Place::default(),
        "Le fichier est vide : attendu un bloc de clés.",
    )
}

/// Builds the tree from the parser's events, without recursion.
#[derive(Default)]
struct Builder {
    open: Vec<Frame>,
    root: Option<Node>,
    nodes: usize,
}

/// A collection that is still open.
enum Frame {
    Seq {
        place: Place,
        items: Vec<Node>,
    },
    Map {
        place: Place,
        entries: Vec<(Key, Node)>,
        /// The key that waits for its value.
        key: Option<Key>,
        /// Line of each key already read.
        seen: BTreeMap<String, u32>,
    },
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let at = place(&span.start);
        if event.tag().is_some() {
            let at = span.tag_start().map_or(at, |mark| place(&mark));
            return Err(sentence::tag(at));
        }
        match event {
            Event::DocumentStart(..) if self.root.is_some() => Err(Problem::new(
                Code::Syntaxe,
                at,
                "Un second document commence ici : attendu un seul document par fichier. \
                 Retirez « --- » ou faites deux fichiers.",
            )),
            Event::Alias(_) | Event::UnresolvedAlias(_) => Err(sentence::alias(at)),
            Event::Anchor(..) => Err(sentence::anchor(at)),
            // The parser writes « ~ » where nothing stands.
            Event::Scalar(_, ScalarStyle::Plain, _, _) if span.is_empty() => {
                self.scalar("", ScalarStyle::Plain, at)
            }
            Event::Scalar(text, style, _, _) => self.scalar(&text, style, at),
            Event::SequenceStart(..) => self.begin(Frame::Seq {
                place: at,
                items: Vec::new(),
            }),
            Event::MappingStart(..) => self.begin(Frame::Map {
                place: at,
                entries: Vec::new(),
                key: None,
                seen: BTreeMap::new(),
            }),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            // The beginning and end of the stream and of the document hold nothing.
            _ => Ok(()),
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, at: Place) -> Result<(), Problem> {
        self.counted(at)?;
        if text.chars().nth(MAX_SCALAR_CHARS).is_some() {
            return Err(Problem::new(
                Code::Limite,
                at,
                format!("Ce texte dépasse {MAX_SCALAR_CHARS} caractères : raccourcissez-le."),
            ));
        }
        // An escape such as "\0" writes what the file itself may not hold.
        if let Some(c) = text.chars().find(|c| forbidden(*c)) {
            return Err(forbidden_character(c, at));
        }
        if let Some(Frame::Map { key, seen, .. }) = self.open.last_mut()
            && key.is_none()
        {
            *key = Some(named(text, at, seen)?);
            return Ok(());
        }
        self.push(Node {
            place: at,
            value: Content::Scalar {
                text: text.to_owned(),
                quoted: style != ScalarStyle::Plain,
            },
        })
    }

    fn begin(&mut self, frame: Frame) -> Result<(), Problem> {
        let (Frame::Seq { place: at, .. } | Frame::Map { place: at, .. }) = frame;
        self.counted(at)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(sentence::depth(at));
        }
        if matches!(self.open.last(), Some(Frame::Map { key: None, .. })) {
            return Err(Problem::new(
                Code::Syntaxe,
                at,
                "Une clé est un texte simple ; trouvé une liste ou un bloc de clés. Si c'est un \
                 texte, mettez-le entre guillemets.",
            ));
        }
        self.open.push(frame);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Problem> {
        match self.open.pop() {
            Some(Frame::Seq { place, items }) => self.push(Node {
                place,
                value: Content::Seq(items),
            }),
            Some(Frame::Map { place, entries, .. }) => self.push(Node {
                place,
                value: Content::Map(entries),
            }),
            None => Ok(()),
        }
    }

    /// Puts a finished node where it belongs.
    fn push(&mut self, node: Node) -> Result<(), Problem> {
        match self.open.last_mut() {
            Some(Frame::Seq { items, .. }) => items.push(node),
            Some(Frame::Map { entries, key, .. }) => {
                if let Some(key) = key.take() {
                    entries.push((key, node));
                }
            }
            None if node.found() == "rien" => return Err(empty()),
            None => self.root = Some(node),
        }
        Ok(())
    }

    fn counted(&mut self, at: Place) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        Err(Problem::new(
            Code::Limite,
            at,
            format!("Le fichier compte plus de {MAX_NODES} éléments : répartissez son contenu."),
        ))
    }
}

/// A key, when it is neither empty nor written twice in its block.
fn named(text: &str, at: Place, seen: &mut BTreeMap<String, u32>) -> Result<Key, Problem> {
    if text.is_empty() {
        return Err(Problem::new(
            Code::Syntaxe,
            at,
            "Une clé est vide : attendu un nom avant « : ».",
        ));
    }
    if let Some(line) = seen.insert(text.to_owned(), at.line) {
        return Err(Problem::new(
            Code::Syntaxe,
            at,
            format!(
                "La clé « {} » est déjà écrite ligne {line} : gardez l'une des deux.",
                excerpt(text)
            ),
        ));
    }
    Ok(Key {
        text: text.to_owned(),
        place: at,
    })
}
