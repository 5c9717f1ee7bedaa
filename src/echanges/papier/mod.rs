//! A document as a PDF: tagged for screen readers (PDF/UA-1), kept for long (PDF/A-2a), the same
//! bytes for the same document. Nothing is read but what this program embeds: no disk, no network.
//!
//! A large document takes seconds of one core: callers make it aside, a few at a time.

/// What the layout reads: the document, written for it.
mod donnees;
/// What the layout may see: one file, the data, the fonts shipped.
mod monde;
#[cfg(test)]
mod tests;
/// Text that fonts can draw and lines can hold.
mod texte;

use crate::metier::papier::{self, Papier};
use monde::Monde;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// The version of the layout: the bytes of a document depend on it.
pub const VERSION: &str = "1";

/// Why no PDF was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refus {
    #[error(transparent)]
    Papier(#[from] papier::Refus),
    #[error(
        "Ce document n'a pas pu être mis en page ({0}). La page garde tout ce qu'il dit : \
         signalez ce refus à qui tient le service."
    )]
    MiseEnPage(String),
}

/// The PDF of a document.
///
/// # Errors
/// The document is not whole or is too large ([`Papier::verifie`]), or could not be laid out.
pub fn pdf(papier: &Papier) -> Result<Vec<u8>, Refus> {
    papier.verifie()?;
    let _menage = Menage;
    let document = compose(papier)?.output.map_err(|fautes| dites(&fautes))?;
    let normes = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a])
        .map_err(|faute| Refus::MiseEnPage(faute.message().to_string()))?;
    let options = PdfOptions {
        // Twice the same document is the same file; another document never is.
        ident: Smart::Custom(format!("entente/papier/{VERSION}/{}", papier.empreinte)),
        creator: Smart::Custom(Some(format!("Entente {}", env!("CARGO_PKG_VERSION")))),
        standards: normes,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|fautes| dites(&fautes))
}

/// The document on its pages, with what the layout warns about.
fn compose(papier: &Papier) -> Result<Warned<typst::diag::SourceResult<PagedDocument>>, Refus> {
    let donnees = donnees::json(papier).map_err(|faute| Refus::MiseEnPage(faute.to_string()))?;
    let monde = Monde::nouveau(donnees).map_err(Refus::MiseEnPage)?;
    Ok(typst::compile(&monde))
}

fn dites(fautes: &[SourceDiagnostic]) -> Refus {
    let dites: Vec<&str> = fautes.iter().map(|faute| faute.message.as_str()).collect();
    Refus::MiseEnPage(dites.join(" ; "))
}

/// What the layout remembers from one document to the next grows without end: it forgets when a
/// document is done, made or not.
struct Menage;

impl Drop for Menage {
    fn drop(&mut self) {
        typst::comemo::evict(0);
    }
}
