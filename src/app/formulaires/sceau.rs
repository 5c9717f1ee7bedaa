//! What a form carries back of what it showed: the digest a consent is bound to, sealed for one
//! party, one act and one contract. Two contracts may hold the same words: an answer given to one
//! is no answer to the other.

use super::acte::{Vise, faute};
use super::champs::Erreur;
use crate::workflow::machine::digest::Digest;

/// Says how a seal is computed; another way is another name.
const VERSION: &str = "entente/montre/1";
/// Of the seal, in hexadecimal digits: 128 bits.
const CHIFFRES: usize = 32;

/// `DIGEST.SEAL`, as forms and programs send it back. `contrat`: its id.
pub fn scelle(contrat: &str, (partie, vise): (&str, &Vise), montre: Digest) -> String {
    let lieu = vise.lieu.to_string();
    let empreinte = montre.to_string();
    let parts = [
        VERSION, contrat, &vise.flux, &lieu, &vise.acte, partie, &empreinte,
    ];
    let sceau = Digest::of(serde_json::json!(parts).to_string().as_bytes()).to_string();
    let sceau: String = sceau.chars().take(CHIFFRES).collect();
    format!("{empreinte}.{sceau}")
}

/// What was shown, when it was shown for this very answer. None: nothing was.
pub(super) fn montre(
    contrat: &str,
    (partie, vise): (&str, &Vise),
    texte: &str,
) -> Result<Option<Digest>, Vec<Erreur>> {
    if texte.is_empty() {
        return Ok(None);
    }
    let dit = |phrase: &str| vec![faute("empreinte", phrase)];
    let (empreinte, _) = texte.split_once('.').unwrap_or((texte, ""));
    let Ok(empreinte) = empreinte.parse::<Digest>() else {
        return Err(dit(
            "L'empreinte de ce qui vous a été montré ne se lit pas. Rouvrez cette page.",
        ));
    };
    if scelle(contrat, (partie, vise), empreinte) == texte {
        return Ok(Some(empreinte));
    }
    Err(dit(
        "Cette réponse a été préparée pour un autre contrat, un autre acte ou une autre partie : \
         elle ne vaut pas ici. Rouvrez cette page, relisez ce qui vous est soumis, puis répondez.",
    ))
}
