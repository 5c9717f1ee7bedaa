//! The pieces of a contract: asked for, handed over.

use super::echanges::{DuVue, Lu};
use super::francais::{jour, typographie};
use super::voix::Voix;
use crate::app::dits::DitsLus;
use crate::metier::contrat::echange::Echange;
use crate::metier::contrat::saisie::Saisie;
use crate::metier::evenement::Evenement;
use chrono::NaiveDate;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentsVue {
    pub adresse: String,
    pub contrat: String,
    /// The id of the next deposit, made before sending; and the piece, when it was refused.
    pub depot: String,
    pub piece: String,
    pub demandes: Vec<PieceVue>,
    pub pieces: Vec<DeposeeVue>,
}

/// A piece that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PieceVue {
    pub piece: String,
    pub precision: Option<String>,
    pub par: Voix,
    pub du: DuVue,
}

/// A piece that was handed over: its versions, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeposeeVue {
    pub piece: String,
    pub versions: Vec<VersionVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionVue {
    pub numero: usize,
    /// None: this database does not keep its bytes.
    pub lien: Option<String>,
    pub nom: String,
    pub taille: String,
    pub voix: Voix,
    pub date: String,
    pub empreinte: String,
}

/// The pieces: asked for, handed over.
pub fn documents(demandes: &DitsLus, deposes: &DitsLus, aujourdhui: NaiveDate) -> DocumentsVue {
    let lu = Lu::de(demandes, aujourdhui);
    let attendue = |piece: &str| {
        let connue = lu.echanges().and_then(|e| e.pieces().get(piece));
        connue.is_some_and(|p| !p.remise)
    };
    let mut demandees: Vec<PieceVue> = Vec::new();
    for (ligne, echange, _) in lu.lignes() {
        if let Echange::Piece { piece, de, avant } = echange
            && attendue(piece)
        {
            // Asked again, the last demand stands.
            demandees.retain(|p| p.piece != *piece);
            let dit = lu.dit(ligne);
            demandees.push(PieceVue {
                precision: dit.texte.filter(|t| t != piece),
                piece: piece.clone(),
                par: dit.voix,
                du: lu.du(de, *avant),
            });
        }
    }
    DocumentsVue {
        contrat: lu.contrat(),
        depot: String::new(),
        piece: String::new(),
        demandes: demandees,
        pieces: pieces(&lu, deposes),
        adresse: lu.adresse,
    }
}

fn pieces(lu: &Lu<'_>, deposes: &DitsLus) -> Vec<DeposeeVue> {
    let mut pieces: Vec<DeposeeVue> = Vec::new();
    for ligne in &deposes.lignes {
        let Evenement::Saisie {
            saisie: Saisie::Document { piece, document },
            trace,
            ..
        } = &ligne.evenement
        else {
            continue;
        };
        let rang = pieces.iter().position(|p| p.piece == *piece);
        let rang = rang.unwrap_or_else(|| {
            pieces.push(DeposeeVue {
                piece: piece.clone(),
                versions: Vec::new(),
            });
            pieces.len() - 1
        });
        let Some(connue) = pieces.get_mut(rang) else {
            continue;
        };
        let empreinte = document.empreinte.to_string();
        connue.versions.insert(
            0,
            VersionVue {
                numero: connue.versions.len() + 1,
                lien: deposes
                    .garde(ligne)
                    .then(|| format!("{}/documents/{}", lu.adresse, ligne.ordre)),
                nom: document.nom.clone(),
                taille: taille(document.taille),
                voix: lu.noms.voix(&trace.par.party),
                date: jour(trace.effet),
                empreinte: empreinte.chars().take(8).collect(),
            },
        );
    }
    pieces.sort_by(|a, b| a.piece.cmp(&b.piece));
    pieces
}

/// « 12 Ko », « 1,4 Mo ».
fn taille(octets: u64) -> String {
    let dite = match octets {
        0..1_000 => format!("{octets} octets"),
        1_000..1_000_000 => format!("{} Ko", octets.div_ceil(1_000)),
        _ => {
            let dixiemes = octets.div_ceil(100_000);
            format!("{},{} Mo", dixiemes / 10, dixiemes % 10)
        }
    };
    typographie(&dite)
}
