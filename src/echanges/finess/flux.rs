//! The flows of FINESS between programs (cs1400101, cs1400102, cs1400105): XML, the same fields as
//! the extracts, each under its own name and on its own line. Read line by line too: nothing is
//! held but the record under way, and no entity is ever looked for.

use super::gabarit::{Gabarit, ej, equipement, et};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

/// Bytes of one field, all its lines together.
const OCTETS_MAX: usize = 4 << 10;

/// What a record is, the line it begins at, its fields in the order of its layout.
pub(super) type Fiche = (&'static Gabarit, u64, Vec<String>);

/// Where a flow is being read.
#[derive(Debug, Default)]
pub(super) struct Flux {
    fiche: Option<Fiche>,
    /// The field under way, by its place.
    champ: Option<usize>,
}

impl Flux {
    /// Whether a file is one: its first line tells.
    pub(super) fn commence(ligne: &str) -> bool {
        ligne.starts_with("<?xml") || ligne.starts_with("<fluxfiness")
    }

    /// Reads a line. Answers the records that it ends.
    ///
    /// # Errors
    /// What is wrong with the line.
    pub(super) fn ligne(&mut self, numero: u64, ligne: &str) -> Result<Vec<Fiche>, String> {
        let mut finies = Vec::new();
        let mut lecteur = Reader::from_str(ligne);
        // A record opens on one line and closes on another.
        lecteur.config_mut().check_end_names = false;
        lecteur.config_mut().allow_unmatched_ends = true;
        loop {
            let lu = lecteur.read_event();
            match lu.map_err(|_| "la ligne ne se lit pas comme du XML".to_owned())? {
                Event::Start(balise) => self.ouvre(numero, balise.local_name().as_ref()),
                Event::End(balise) => finies.extend(self.ferme(balise.local_name().as_ref())),
                Event::Text(texte) => self.ecrit(&texte)?,
                Event::GeneralRef(appel) => self.ecrit(&caractere(&appel)?)?,
                Event::DocType(_) => {
                    return Err("attendu un flux sans déclaration de type (DOCTYPE)".to_owned());
                }
                Event::Eof => return Ok(finies),
                _ => {}
            }
        }
    }

    /// The line where a record begins that was left open.
    pub(super) fn inacheve(&self) -> Option<u64> {
        self.fiche.as_ref().map(|(_, debut, _)| *debut)
    }

    fn ouvre(&mut self, numero: u64, nom: &str) {
        let est = |champ: &&'static str| *champ == nom;
        if let Some((gabarit, ..)) = &self.fiche {
            self.champ = gabarit.champs.iter().position(est);
            return;
        }
        let gabarits = [&et::GABARIT, &ej::GABARIT, &equipement::GABARIT];
        let mut gabarits = gabarits.into_iter();
        let gabarit = gabarits.find(|g| g.champs.first().is_some_and(est));
        self.fiche = gabarit.map(|g| (g, numero, vec![String::new(); g.champs.len()]));
    }

    fn ferme(&mut self, nom: &str) -> Option<Fiche> {
        self.champ = None;
        let (gabarit, ..) = self.fiche.as_ref()?;
        let genre = gabarit.champs.first();
        let fini = genre == Some(&nom);
        self.fiche.take_if(|_| fini)
    }

    fn ecrit(&mut self, texte: &str) -> Result<(), String> {
        let place = self.fiche.as_mut().zip(self.champ);
        let champ = place.and_then(|((.., champs), rang)| champs.get_mut(rang));
        if let Some(champ) = champ {
            if champ.len() + texte.len() > OCTETS_MAX {
                return Err(format!("un champ dépasse {OCTETS_MAX} octets"));
            }
            champ.push_str(texte);
        }
        Ok(())
    }
}

/// The character that is called by its name or its number.
fn caractere(appel: &BytesRef<'_>) -> Result<String, String> {
    let inconnu = || "un caractère est appelé par un nom qui n'est pas de XML".to_owned();
    if let Some(lettre) = appel.resolve_char_ref().map_err(|_| inconnu())? {
        return Ok(lettre.to_string());
    }
    let texte = resolve_predefined_entity(appel).ok_or_else(inconnu)?;
    Ok(texte.to_owned())
}
