//! What the layout may see: its own file, the data of one document, the fonts shipped. Any other
//! file is not there; there is no day but that of the data.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::{FontStore, embedded};

const DOCUMENT: &str = include_str!("../../../templates/papier/document.typ");

static BIBLIOTHEQUE: LazyLock<LazyHash<Library>> =
    LazyLock::new(|| LazyHash::new(Library::default()));

static FONTES: LazyLock<FontStore> = LazyLock::new(|| {
    let mut fontes = FontStore::new();
    fontes.extend(embedded());
    fontes
});

/// The characters that one at least of the fonts draws.
pub static DESSINES: LazyLock<BTreeSet<u32>> = LazyLock::new(|| {
    let fontes = embedded();
    fontes
        .flat_map(|(_, fonte)| fonte.coverage.iter().collect::<Vec<_>>())
        .collect()
});

/// The world of one document.
pub struct Monde {
    document: Source,
    donnees: FileId,
    octets: Bytes,
}

impl Monde {
    /// # Errors
    /// A path of ours is not one.
    pub fn nouveau(donnees: Vec<u8>) -> Result<Self, String> {
        Ok(Self {
            document: Source::new(fichier("/document.typ")?, DOCUMENT.to_owned()),
            donnees: fichier("/data.json")?,
            octets: Bytes::new(donnees),
        })
    }
}

/// Paths are kept for ever by the layout: there are two of them, whatever the document.
fn fichier(chemin: &str) -> Result<FileId, String> {
    let chemin = VirtualPath::new(chemin).map_err(|faute| format!("{chemin} : {faute:?}"))?;
    Ok(RootedPath::new(VirtualRoot::Project, chemin).intern())
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

impl World for Monde {
    fn library(&self) -> &LazyHash<Library> {
        &BIBLIOTHEQUE
    }

    fn book(&self) -> &LazyHash<FontBook> {
        FONTES.book()
    }

    fn main(&self) -> FileId {
        self.document.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.document.id() {
            return Ok(self.document.clone());
        }
        Err(absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.donnees {
            return Ok(self.octets.clone());
        }
        Err(absent(id))
    }

    fn font(&self, rang: usize) -> Option<Font> {
        FONTES.font(rang)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
