//! The workflow files and rule packs shipped inside the program, and those beside a file.

use crate::metier::contrat::faits::CATALOGUE;
use crate::regles::paquet::Paquet;
use crate::workflow::definition::{self, Surroundings, model::Workflow};
use crate::workflow::export::Source;
use crate::workflow::problem::Problem;
use rust_embed::RustEmbed;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::path::Path;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "workflows/"]
struct Shipped;

/// The texts a definition may refer to: workflows and packs, by name.
#[derive(Debug, Default)]
pub struct Library {
    texts: BTreeMap<String, Vec<u8>>,
    names: BTreeSet<String>,
    parents: BTreeMap<String, Vec<String>>,
    packs: BTreeMap<String, Paquet>,
    /// Packs that could not be read: name, problems.
    refused: BTreeMap<String, Vec<Problem>>,
}

impl Library {
    /// What the program ships.
    pub fn shipped() -> Self {
        let mut library = Self::default();
        for path in Shipped::iter() {
            if let Some(file) = Shipped::get(&path) {
                library.add(&path, &file.data);
            }
        }
        library
    }

    /// The same, read once: for what pages ask at every request.
    pub fn shipped_once() -> &'static Self {
        static ONCE: LazyLock<Library> = LazyLock::new(Library::shipped);
        &ONCE
    }

    /// Adds what stands beside a file: its sister workflows, and the packs of `regles/`. They come
    /// before the shipped ones of the same name.
    pub fn add_folder(&mut self, folder: &Path) {
        for sub in ["", "regles"] {
            let Ok(entries) = std::fs::read_dir(folder.join(sub)) else {
                continue;
            };
            let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
            paths.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
            paths.sort();
            for path in paths.iter().take(FILES_MAX) {
                let Some(name) = path.file_name().and_then(|n| n.to_str()) else {
                    continue;
                };
                // Only plain files: reading a pipe or a device might never end.
                let plain = |m: Metadata| m.is_file() && m.len() <= FILE_OCTETS_MAX;
                if path.metadata().is_ok_and(plain)
                    && let Ok(text) = std::fs::read(path)
                {
                    let place = if sub.is_empty() {
                        name.to_owned()
                    } else {
                        format!("{sub}/{name}")
                    };
                    self.add(&place, &text);
                }
            }
        }
    }

    fn add(&mut self, path: &str, text: &[u8]) {
        let Some(stem) = path.strip_suffix(".yaml") else {
            return;
        };
        match stem.split_once('/') {
            None => {
                let parents = definition::parents(text);
                self.parents.insert(stem.to_owned(), parents);
                self.names.insert(stem.to_owned());
                self.texts.insert(stem.to_owned(), text.to_vec());
            }
            Some(("regles", name)) => match Paquet::parse(text) {
                Ok(pack) => {
                    self.packs.insert(name.to_owned(), pack);
                }
                Err(problems) => {
                    self.refused.insert(name.to_owned(), problems);
                }
            },
            Some(_) => {}
        }
    }

    /// The current workflows' names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The text of a workflow.
    pub fn text(&self, name: &str) -> Option<&[u8]> {
        self.texts.get(name).map(Vec::as_slice)
    }

    pub fn pack(&self, name: &str) -> Option<&Paquet> {
        self.packs.get(name)
    }

    /// Packs that could not be read.
    pub fn refused_packs(&self) -> &BTreeMap<String, Vec<Problem>> {
        &self.refused
    }

    /// Each workflow, with the parents it declares.
    pub fn parents(&self) -> &BTreeMap<String, Vec<String>> {
        &self.parents
    }

    /// A workflow with what its words mean, to draw it.
    pub fn source<'a>(&'a self, workflow: &'a Workflow) -> Source<'a> {
        Source {
            workflow,
            catalogue: &CATALOGUE,
            pack: self.pack(&workflow.rules),
        }
    }

    /// Reads a workflow file against this library.
    ///
    /// # Errors
    /// Every problem found, with its place.
    pub fn load(&self, text: &[u8]) -> Result<Workflow, Vec<Problem>> {
        let surroundings = Surroundings {
            catalogue: &CATALOGUE,
            packs: &self.packs,
            workflows: &self.names,
        };
        definition::load(text, surroundings)
    }
}

/// Files looked at in a folder, and the largest one read there.
const FILES_MAX: usize = 200;
pub const FILE_OCTETS_MAX: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::Library;

    #[test]
    fn every_shipped_pack_and_workflow_is_read() {
        let library = Library::shipped();
        assert!(
            library.refused_packs().is_empty(),
            "{:#?}",
            library.refused_packs()
        );
        let names: Vec<&str> = library.names().collect();
        assert!(names.len() >= 8, "{names:?}");
        for name in names {
            let text = library.text(name).unwrap();
            if let Err(problems) = library.load(text) {
                panic!("{name} : {problems:#?}");
            }
        }
    }
}
