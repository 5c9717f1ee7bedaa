//! Who may write what: facts stated, texts, positions, items.

use super::Dossier;
use crate::metier::contrat::faits::CATALOGUE;
use crate::metier::contrat::perimetre::Element;
use crate::regles::value::Value;
use crate::workflow::catalogue::{Fact, Kind, Mover};
use crate::workflow::machine::Right;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a party asks to write, outside the acts of the workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ecriture", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ecriture {
    Declarer {
        fait: String,
        element: Option<String>,
        valeur: Value,
        preuve: String,
    },
    Modifier {
        objet: String,
        element: Option<String>,
        texte: String,
    },
    Position {
        objet: String,
        element: Option<String>,
        constat: String,
        avis: crate::metier::evenement::Avis,
        texte: String,
    },
    Entrer {
        cle: String,
        element: Element,
    },
    Sortir {
        collection: String,
        cle: String,
        motif: String,
    },
}

/// Why something cannot be written: what was expected, what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refus {
    pub code: CodeRefus,
    pub phrase: String,
}

/// Stable codes, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeRefus {
    /// No fact, object or collection of this name.
    Inconnu,
    /// The journal tells this fact: nobody states it.
    Calcule,
    /// Another type was expected.
    Type,
    /// An item is missing, or is not in its collection.
    Element,
    /// The party may not write this here and now.
    Droit,
    /// None of its authorities is a party of the contract.
    SansAutorite,
    /// The proof, the text or the reason is empty.
    Vide,
    /// Signed: only an avenant changes it.
    Engage,
}

impl Refus {
    fn new(code: CodeRefus, phrase: impl Into<String>) -> Self {
        Self {
            code,
            phrase: phrase.into(),
        }
    }
}

impl fmt::Display for Refus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phrase)
    }
}

impl std::error::Error for Refus {}

/// What stands around a writing.
pub struct Autour<'a> {
    pub partie: &'a str,
    /// The parties there are in this stream.
    pub parties: &'a [String],
    /// The rights open in this stream.
    pub droits: &'a [Right],
    /// The contract's own state, where establishments and objectives stand.
    pub racine: &'a Dossier,
    /// Some party is bound already.
    pub engage: bool,
}

impl Dossier {
    /// Whether a party may write this, and under which right.
    ///
    /// # Errors
    /// A [`Refus`]; nothing is then to be stored.
    pub fn permet(&self, autour: &Autour<'_>, ecriture: &Ecriture) -> Result<String, Refus> {
        if !autour.parties.iter().any(|p| p == autour.partie) {
            return Err(Refus::new(
                CodeRefus::Droit,
                format!(
                    "« {} » n'est pas partie ici : rien à écrire.",
                    autour.partie
                ),
            ));
        }
        match ecriture {
            Ecriture::Declarer {
                fait,
                element,
                valeur,
                preuve,
            } => {
                non_vide(preuve, "La preuve")?;
                self.declarable(autour, fait, element.as_deref(), valeur)
            }
            Ecriture::Modifier {
                objet,
                element,
                texte,
            } => {
                non_vide(texte, "Le texte")?;
                self.modifiable(autour, objet, element.as_deref(), |_| true)
            }
            Ecriture::Position {
                objet,
                element,
                texte,
                ..
            } => {
                non_vide(texte, "Le texte de la position")?;
                let position = |droit: &str| droit.ends_with(".position");
                self.modifiable(autour, objet, element.as_deref(), position)
            }
            Ecriture::Entrer { cle, element } => self.entrable(autour, cle, element),
            Ecriture::Sortir {
                collection,
                cle,
                motif,
            } => {
                non_vide(motif, "Le motif")?;
                self.sortable(autour, collection, cle)
            }
        }
    }

    /// The stream in which a collection's items stand: an avenant's changes in the avenant, the
    /// rest in the contract.
    fn collections_de<'a>(&'a self, autour: &Autour<'a>, collection: &str) -> &'a Self {
        if collection == "modifications" {
            self
        } else {
            autour.racine
        }
    }

    fn declarable(
        &self,
        autour: &Autour<'_>,
        fait: &str,
        element: Option<&str>,
        valeur: &Value,
    ) -> Result<String, Refus> {
        let Some(connu) = CATALOGUE.fact(fait) else {
            return Err(inconnu("Le fait", fait));
        };
        if !connu.declared {
            return Err(Refus::new(
                CodeRefus::Calcule,
                format!(
                    "« {} » se lit dans le journal : personne ne le déclare.",
                    connu.title
                ),
            ));
        }
        if !du_type(connu.kind, valeur) {
            return Err(Refus::new(
                CodeRefus::Type,
                format!("« {} » attend {}.", connu.title, connu.kind.of().title()),
            ));
        }
        self.element(autour, connu.of, element)?;
        let droit = self.mouvement(autour, connu, element);
        droit.ok_or_else(|| {
            Refus::new(
                CodeRefus::Droit,
                format!(
                    "« {} » ne peut pas être déclaré par « {} » à ce stade. Attendez que la plume \
                     lui revienne.",
                    connu.title, autour.partie
                ),
            )
        })
    }

    /// Under which right a party moves a fact.
    fn mouvement(&self, autour: &Autour<'_>, fait: &Fact, element: Option<&str>) -> Option<String> {
        let cible = fait.of.zip(element);
        fait.moved_by.iter().find_map(|mover| match mover {
            Mover::Capability(droit) => tient(autour, droit, cible).then(|| (*droit).to_owned()),
            Mover::Declaration(kind) => {
                (self.kind(autour.partie) == *kind).then(|| "déclaration".to_owned())
            }
            // Until the data is read from its source, a party states it.
            Mover::Import => Some("déclaration".to_owned()),
            Mover::Child(_) | Mover::Clock | Mover::Act(_) => None,
        })
    }

    fn modifiable(
        &self,
        autour: &Autour<'_>,
        objet: &str,
        element: Option<&str>,
        choisi: impl Fn(&str) -> bool,
    ) -> Result<String, Refus> {
        let Some(connu) = CATALOGUE.object(objet) else {
            return Err(inconnu("L'objet", objet));
        };
        self.element(autour, connu.of, element)?;
        let cible = connu.of.zip(element);
        let changent = CATALOGUE.capabilities.iter();
        let mut changent = changent.filter(|c| c.changes.contains(&objet) && choisi(c.name));
        let droit = changent.find(|c| tient(autour, c.name, cible));
        droit.map(|c| c.name.to_owned()).ok_or_else(|| {
            Refus::new(
                CodeRefus::Droit,
                format!(
                    "« {} » ne peut pas écrire {} à ce stade. Attendez que la plume lui revienne.",
                    autour.partie, connu.title
                ),
            )
        })
    }

    /// An item is named when, and only when, there is a collection; and it is in it.
    fn element(
        &self,
        autour: &Autour<'_>,
        collection: Option<&str>,
        element: Option<&str>,
    ) -> Result<(), Refus> {
        let refus = |phrase: String| Err(Refus::new(CodeRefus::Element, phrase));
        match (collection, element) {
            (None, None) => Ok(()),
            (None, Some(cle)) => refus(format!("Aucun élément n'est attendu ; « {cle} » trouvé.")),
            (Some(collection), None) => refus(format!(
                "Dites de quel élément de « {collection} » il s'agit."
            )),
            (Some("parties" | "autorites"), Some(cle)) => {
                if autour.parties.iter().any(|p| p == cle) {
                    return Ok(());
                }
                refus(format!("« {cle} » n'est pas partie ici."))
            }
            (Some(collection), Some(cle)) => {
                let cles = self
                    .collections_de(autour, collection)
                    .collections
                    .cles(collection);
                if cles.iter().any(|c| c == cle) {
                    return Ok(());
                }
                refus(format!("« {cle} » n'est pas dans « {collection} »."))
            }
        }
    }

    fn entrable(&self, autour: &Autour<'_>, cle: &str, element: &Element) -> Result<String, Refus> {
        non_vide(cle, "La clé")?;
        non_vide(element.nom(), "Le nom")?;
        let collection = element.collection();
        let cles = self
            .collections_de(autour, collection)
            .collections
            .cles(collection);
        if cles.iter().any(|c| c == cle) {
            return Err(Refus::new(
                CodeRefus::Element,
                format!("« {cle} » est déjà dans « {collection} »."),
            ));
        }
        match element {
            Element::Esms { competence, .. } => {
                let autorites = competence.autorites();
                let declaree = |a: &String| {
                    let declaree = a.split_once(':').map_or(a.as_str(), |(id, _)| id);
                    autour.racine.kinds.contains_key(declaree)
                };
                if !autorites.iter().any(declaree) {
                    return Err(sans_autorite(&autorites.join(", ")));
                }
                perimetre_ouvert(autour)
            }
            Element::Objectif {
                esms, financeurs, ..
            } => {
                let perimetre = &autour.racine.collections;
                let connus = perimetre.cles("esms");
                if let Some(absent) = esms.iter().find(|e| !connus.contains(*e)) {
                    return Err(Refus::new(
                        CodeRefus::Element,
                        format!("L'ESMS « {absent} » n'est pas dans le périmètre."),
                    ));
                }
                if let Some(absent) = financeurs.iter().find(|f| !autour.parties.contains(*f)) {
                    return Err(sans_autorite(absent));
                }
                if esms.is_empty() {
                    return Err(Refus::new(
                        CodeRefus::Element,
                        "Un objectif vise un ESMS au moins.",
                    ));
                }
                selon(autour, "objectifs.proposer", "proposer un objectif")
            }
            Element::Modification { autorites, .. } => {
                if let Some(absente) = autorites.iter().find(|a| !autour.parties.contains(*a)) {
                    return Err(sans_autorite(absente));
                }
                selon(autour, "avenant.proposer", "proposer une modification")
            }
            Element::Reconnaissance { .. } => selon(
                autour,
                "reconnaissances.demander",
                "demander une reconnaissance",
            ),
        }
    }

    fn sortable(&self, autour: &Autour<'_>, collection: &str, cle: &str) -> Result<String, Refus> {
        self.element(autour, Some(collection), Some(cle))?;
        match collection {
            "esms" => perimetre_ouvert(autour),
            "modifications" => selon(autour, "avenant.proposer", "retirer une modification"),
            _ => Err(Refus::new(
                CodeRefus::Droit,
                format!("Un élément de « {collection} » ne se retire pas : il se rejette."),
            )),
        }
    }
}

/// The perimeter follows FINESS until someone is bound; an avenant changes it afterwards.
fn perimetre_ouvert(autour: &Autour<'_>) -> Result<String, Refus> {
    if autour.engage {
        return Err(Refus::new(
            CodeRefus::Engage,
            "Le contrat est signé : son périmètre change par avenant.",
        ));
    }
    Ok("perimetre".to_owned())
}

fn selon(autour: &Autour<'_>, droit: &str, quoi: &str) -> Result<String, Refus> {
    if tient(autour, droit, None) {
        return Ok(droit.to_owned());
    }
    Err(Refus::new(
        CodeRefus::Droit,
        format!("« {} » ne peut pas {quoi} à ce stade.", autour.partie),
    ))
}

/// Whether the party holds a right here, on this item.
fn tient(autour: &Autour<'_>, droit: &str, cible: Option<(&str, &str)>) -> bool {
    autour.droits.iter().any(|d| {
        let limite = cible.and_then(|(collection, _)| d.items.get(collection));
        d.party == autour.partie
            && d.capability == droit
            && limite.is_none_or(|cle| cible.is_some_and(|(_, voulu)| voulu == cle))
    })
}

fn du_type(kind: Kind, valeur: &Value) -> bool {
    matches!(
        (kind, valeur),
        (Kind::Boolean, Value::Boolean(_))
            | (Kind::Integer, Value::Integer(_))
            | (Kind::Cents, Value::Cents(_))
            | (Kind::Percent, Value::Percent(_))
            | (Kind::Date, Value::Date(_))
            | (Kind::Text, Value::Text(_))
    )
}

fn non_vide(texte: &str, quoi: &str) -> Result<(), Refus> {
    if texte.trim().is_empty() {
        return Err(Refus::new(CodeRefus::Vide, format!("{quoi} manque.")));
    }
    Ok(())
}

fn inconnu(quoi: &str, nom: &str) -> Refus {
    Refus::new(
        CodeRefus::Inconnu,
        format!("{quoi} « {nom} » n'existe pas."),
    )
}

fn sans_autorite(partie: &str) -> Refus {
    Refus::new(
        CodeRefus::SansAutorite,
        format!("« {partie} » n'est pas partie au contrat."),
    )
}
