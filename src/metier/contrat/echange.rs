//! What parties say to one another around a contract: messages and opinions, pieces asked for,
//! meetings and their decisions. None of it moves the workflow. Each has one text, which stands
//! where it can be erased: the journal holds a commitment to it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who may read, beside the party that writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cercle {
    /// Every party of the contract.
    #[default]
    Parties,
    /// Its authorities only: a control or a procedure is under way.
    Autorites,
}

/// As the journal marks lines that authorities alone read. No party has such a name.
pub const AUTORITES: &str = "*autorites";

impl Cercle {
    /// The mark of lines and texts kept to it; none: shared.
    pub fn marque(self) -> Option<&'static str> {
        match self {
            Self::Parties => None,
            Self::Autorites => Some(AUTORITES),
        }
    }
}

/// What is said. The one that opens (a thread, a meeting, a decision) is known by the id of the
/// request that wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "quoi", rename_all = "snake_case", deny_unknown_fields)]
pub enum Echange {
    /// A message: it opens a thread, or answers in one.
    Message {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fil: Option<String>,
        /// The establishment that the thread is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        esms: Option<String>,
        /// Parties whose opinion is asked, and the last day to give it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        avis: Option<AvisDemande>,
    },
    /// A party is asked to hand over a piece, `avant` being the last day.
    Piece {
        piece: String,
        de: String,
        avant: NaiveDate,
    },
    /// A meeting, on a day.
    Reunion { le: NaiveDate },
    /// The minutes of a meeting; written again, they take the place of the former ones.
    CompteRendu { reunion: String },
    /// Something that a party is to do, `avant` being the last day.
    Decision {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reunion: Option<String>,
        qui: String,
        avant: NaiveDate,
    },
    /// It was done.
    Tenue { decision: String },
}

/// An opinion that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AvisDemande {
    pub de: BTreeSet<String>,
    pub avant: NaiveDate,
}

/// What was said, folded: what is still expected of whom. Cheap to copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Echanges {
    /// By the id of what opened it.
    fils: Arc<BTreeMap<String, Fil>>,
    reunions: Arc<BTreeMap<String, Reunion>>,
    decisions: Arc<BTreeMap<String, Decision>>,
    /// By piece.
    pieces: Arc<BTreeMap<String, Piece>>,
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fil {
    pub par: String,
    pub cercle: Cercle,
    pub esms: Option<String>,
    /// Who still owes an opinion, and the last day to give it.
    pub attend: BTreeMap<String, NaiveDate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reunion {
    pub par: String,
    pub cercle: Cercle,
    pub le: NaiveDate,
    /// Its minutes are written.
    pub rendue: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub cercle: Cercle,
    pub reunion: Option<String>,
    pub qui: String,
    pub avant: NaiveDate,
    pub tenue: bool,
}

/// A piece that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Who asks, and of whom.
    pub par: String,
    pub de: String,
    pub avant: NaiveDate,
    pub remise: bool,
}

impl Echanges {
    pub fn fils(&self) -> &BTreeMap<String, Fil> {
        &self.fils
    }

    pub fn reunions(&self) -> &BTreeMap<String, Reunion> {
        &self.reunions
    }

    pub fn decisions(&self) -> &BTreeMap<String, Decision> {
        &self.decisions
    }

    pub fn pieces(&self) -> &BTreeMap<String, Piece> {
        &self.pieces
    }

    /// Folds what `partie` said under an id.
    pub fn fold(&mut self, echange: &Echange, cercle: Cercle, (partie, id): (&str, &str)) {
        match echange {
            Echange::Message { fil, esms, avis } => {
                let fils = Arc::make_mut(&mut self.fils);
                let cle = fil.as_deref().unwrap_or(id);
                let ouvert = fils.entry(cle.to_owned()).or_insert_with(|| Fil {
                    par: partie.to_owned(),
                    cercle,
                    esms: esms.clone(),
                    attend: BTreeMap::new(),
                });
                // Whoever writes has given its opinion.
                ouvert.attend.remove(partie);
                for autre in avis.iter().flat_map(|a| a.de.iter().map(|p| (p, a.avant))) {
                    ouvert.attend.insert(autre.0.clone(), autre.1);
                }
            }
            Echange::Piece { piece, de, avant } => {
                let demandee = Piece {
                    par: partie.to_owned(),
                    de: de.clone(),
                    avant: *avant,
                    remise: false,
                };
                Arc::make_mut(&mut self.pieces).insert(piece.clone(), demandee);
            }
            Echange::Reunion { le } => {
                let reunion = Reunion {
                    par: partie.to_owned(),
                    cercle,
                    le: *le,
                    rendue: false,
                };
                Arc::make_mut(&mut self.reunions).insert(id.to_owned(), reunion);
            }
            Echange::CompteRendu { reunion } => {
                if let Some(tenue) = Arc::make_mut(&mut self.reunions).get_mut(reunion) {
                    tenue.rendue = true;
                }
            }
            Echange::Decision {
                reunion,
                qui,
                avant,
            } => {
                let decision = Decision {
                    cercle,
                    reunion: reunion.clone(),
                    qui: qui.clone(),
                    avant: *avant,
                    tenue: false,
                };
                Arc::make_mut(&mut self.decisions).insert(id.to_owned(), decision);
            }
            Echange::Tenue { decision } => {
                if let Some(prise) = Arc::make_mut(&mut self.decisions).get_mut(decision) {
                    prise.tenue = true;
                }
            }
        }
    }

    /// A piece was handed over.
    pub fn remet(&mut self, piece: &str) {
        if self.pieces.get(piece).is_some_and(|p| !p.remise)
            && let Some(demandee) = Arc::make_mut(&mut self.pieces).get_mut(piece)
        {
            demandee.remise = true;
        }
    }

    /// The circle of what is answered to, when it is there.
    pub fn cercle(&self, echange: &Echange) -> Option<Option<Cercle>> {
        match echange {
            Echange::Message { fil: Some(fil), .. } => Some(self.fils.get(fil).map(|f| f.cercle)),
            Echange::CompteRendu { reunion }
            | Echange::Decision {
                reunion: Some(reunion),
                ..
            } => Some(self.reunions.get(reunion).map(|r| r.cercle)),
            Echange::Tenue { decision } => Some(self.decisions.get(decision).map(|d| d.cercle)),
            _ => None,
        }
    }

    /// What is still expected: of whom, what, until which day.
    pub fn attendus(&self) -> Vec<Attendu<'_>> {
        let mut attendus = Vec::new();
        for (id, fil) in self.fils.iter() {
            for (partie, avant) in &fil.attend {
                attendus.push(Attendu {
                    genre: Genre::Avis,
                    id,
                    partie,
                    avant: *avant,
                    cercle: fil.cercle,
                    esms: fil.esms.as_deref(),
                });
            }
        }
        let pieces = self.pieces.iter().filter(|(_, p)| !p.remise);
        attendus.extend(pieces.map(|(piece, p)| Attendu {
            genre: Genre::Piece,
            id: piece,
            partie: &p.de,
            avant: p.avant,
            cercle: Cercle::Parties,
            esms: None,
        }));
        let decisions = self.decisions.iter().filter(|(_, d)| !d.tenue);
        attendus.extend(decisions.map(|(id, d)| Attendu {
            genre: Genre::Decision,
            id,
            partie: &d.qui,
            avant: d.avant,
            cercle: d.cercle,
            esms: None,
        }));
        attendus
    }
}

/// Something that a party still owes the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attendu<'e> {
    pub genre: Genre,
    /// The thread, the piece or the decision.
    pub id: &'e str,
    pub partie: &'e str,
    pub avant: NaiveDate,
    pub cercle: Cercle,
    pub esms: Option<&'e str>,
}

impl Attendu<'_> {
    /// As lists of tasks name it.
    pub fn acte(&self) -> String {
        format!("{}:{}", self.genre.code(), self.id)
    }
}

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Genre {
    Avis,
    Piece,
    Decision,
}

impl Genre {
    /// As lists of tasks name it, before the id.
    pub fn code(self) -> &'static str {
        match self {
            Self::Avis => "avis",
            Self::Piece => "piece",
            Self::Decision => "decision",
        }
    }

    /// The kind and the id in the name that a list of tasks has; none: an act of the workflow.
    pub fn lu(acte: &str) -> Option<(Self, &str)> {
        let (code, id) = acte.split_once(':')?;
        let genres = [Self::Avis, Self::Piece, Self::Decision];
        let genre = genres.into_iter().find(|g| g.code() == code)?;
        Some((genre, id))
    }

    /// What the party is to do.
    pub fn titre(self) -> &'static str {
        match self {
            Self::Avis => "Donner l'avis demandé",
            Self::Piece => "Remettre la pièce demandée",
            Self::Decision => "Faire ce qui a été décidé en réunion",
        }
    }
}
