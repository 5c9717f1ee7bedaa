//! XML written to memory.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::fmt::Display;

/// Attributes of an element, in order.
pub type Attributes<'a> = &'a [(&'a str, &'a dyn Display)];

/// A document being written, indented by two spaces.
pub struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    pub fn new() -> Self {
        Self {
            writer: Writer::new_with_indent(Vec::new(), b' ', 2),
        }
    }

    /// Writing to memory does not fail.
    fn put(&mut self, event: Event<'_>) {
        self.writer.write_event(event).ok();
    }

    pub fn declaration(&mut self) {
        self.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    }

    pub fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        self.put(Event::Start(element(name, attributes)));
    }

    pub fn close(&mut self, name: &str) {
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub fn leaf(&mut self, name: &str, attributes: Attributes<'_>) {
        self.put(Event::Empty(element(name, attributes)));
    }

    /// An element that holds a text.
    pub fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        self.put(Event::Text(BytesText::new(text)));
        self.close(name);
    }

    /// The document, ended by a new line.
    pub fn finish(self) -> String {
        let mut text = String::from_utf8_lossy(&self.writer.into_inner()).into_owned();
        text.push('\n');
        text
    }
}

fn element<'a>(name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute((*key, value.to_string().as_str()));
    }
    start
}
