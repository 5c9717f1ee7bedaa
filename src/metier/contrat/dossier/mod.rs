//! The trade's state of one stream, folded from its events; and what the machine sees of it.

/// Facts that the journal already tells.
mod calcules;
/// What a diagnostic rests on: who may bring it.
mod diagnostic;
/// Who may say what around the contract.
mod dire;
/// Who may write what.
mod ecrire;
/// What is asked to be written.
mod ecriture;
/// Facts read from what parties entered.
mod lus;
/// What the machine is shown of a stream and of those above it.
mod monde;
/// What a party may write now.
mod ouvertures;
/// What is entered, as part of what people agree on.
mod pli;
/// Why something cannot be written.
mod refus;
/// What parties entered, folded.
mod registre;
/// Who may enter what.
mod saisir;
/// What the machine's own events tell the trade.
pub mod suivi;

pub use ecrire::Autour;
pub use ecriture::{Ecriture, engagement};
pub use monde::Monde;
pub use ouvertures::{Ouverture, Sujet};
pub use refus::{CodeRefus, Refus};
pub use registre::{BudgetDepose, Chiffres, Depot, Registre};

use self::suivi::{Suivi, cles, noms};
use super::echange::Echanges;
use super::faits::CATALOGUE;
use super::perimetre::{Collections, ESMS};
use super::saisie::Saisie;
use crate::metier::evenement::{Avis, Evenement};
use crate::regles::value::Value;
use crate::workflow::catalogue::{Mover, PartyKind};
use crate::workflow::definition::model::Workflow;
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::{Event, Stamped};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The operator's right on a diagnostic: what it writes is to be handed over again.
const DIAGNOSTIC_WRITE: &str = "diagnostic.write";

/// An object or a fact, of one item when it has one.
type Cle = (String, Option<String>);

/// The state of one stream. Cheap to copy: its parts are shared until written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// The workflow it runs, and its key under its parent (empty for a contract).
    pub workflow: String,
    pub cle: String,
    kinds: Arc<BTreeMap<String, PartyKind>>,
    collections: Arc<Collections>,
    faits: Arc<BTreeMap<Cle, Arc<Declare>>>,
    contenus: Arc<BTreeMap<Cle, Arc<Contenu>>>,
    avenants: Arc<Vec<Application>>,
    suivi: Arc<Suivi>,
    registre: Registre,
    echanges: Echanges,
    reprise: Option<Reprise>,
}

/// A stated fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declare {
    pub valeur: Value,
    pub par: String,
    pub preuve: String,
    pub effet: NaiveDate,
}

/// What is written of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contenu {
    /// `None`: nothing written yet.
    pub texte: Option<Digest>,
    /// How many times it was written.
    pub versions: u32,
    /// By finding, then by party.
    pub positions: BTreeMap<String, BTreeMap<String, Position>>,
    /// Stated facts that are part of the object.
    faits: BTreeMap<String, Value>,
    /// What was entered that is part of the object, by name.
    donnees: BTreeMap<String, Digest>,
    /// What the item itself says: its title, whom it concerns.
    element: Option<Digest>,
    empreinte: Option<Digest>,
}

/// A position on a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub avis: Avis,
    pub texte: String,
}

/// A contract signed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reprise {
    /// The signed document.
    pub document: Digest,
    pub signe_le: NaiveDate,
}

/// An avenant in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    pub avenant: String,
    pub numero: u32,
    pub lecture_consolidee: Digest,
    pub terme: Option<NaiveDate>,
    pub effet: NaiveDate,
}

impl Dossier {
    /// Nothing known yet. `cle`: the child's key.
    pub fn new(workflow: &Workflow, cle: &str) -> Self {
        let parties = workflow.parties.iter();
        Self {
            workflow: workflow.name.clone(),
            cle: cle.to_owned(),
            kinds: Arc::new(parties.map(|p| (p.id.clone(), p.kind)).collect()),
            collections: Arc::default(),
            faits: Arc::default(),
            contenus: Arc::default(),
            avenants: Arc::default(),
            suivi: Arc::default(),
            registre: Registre::default(),
            echanges: Echanges::default(),
            reprise: None,
        }
    }

    /// What parties entered.
    pub fn registre(&self) -> &Registre {
        &self.registre
    }

    /// What parties said to one another.
    pub fn echanges(&self) -> &Echanges {
        &self.echanges
    }

    /// The contract signed elsewhere that this one takes over.
    pub fn reprise(&self) -> Option<&Reprise> {
        self.reprise.as_ref()
    }

    pub fn collections(&self) -> &Collections {
        &self.collections
    }

    pub fn suivi(&self) -> &Suivi {
        &self.suivi
    }

    /// The stated facts, by name then item.
    pub fn faits(&self) -> &BTreeMap<Cle, Arc<Declare>> {
        &self.faits
    }

    pub fn contenu(&self, objet: &str, element: Option<&str>) -> Option<&Contenu> {
        let cle = (objet.to_owned(), element.map(str::to_owned));
        self.contenus.get(&cle).map(Arc::as_ref)
    }

    /// The texts it still speaks of.
    pub fn textes(&self) -> impl Iterator<Item = Digest> {
        let ecrits = self.contenus.values().filter_map(|c| c.texte);
        let ecrits = ecrits.chain(self.avenants.iter().map(|a| a.lecture_consolidee));
        ecrits.chain(self.registre.profils().map(|profil| profil.empreinte))
    }

    pub fn avenants(&self) -> &[Application] {
        &self.avenants
    }

    /// What a party is; one the workflow does not know is another kind.
    pub fn kind(&self, partie: &str) -> PartyKind {
        let declared = partie.split_once(':').map_or(partie, |(id, _)| id);
        let kind = self.kinds.get(declared).copied();
        kind.unwrap_or(PartyKind::Other)
    }

    /// Folds one event.
    pub fn fold(&mut self, evenement: &Evenement) {
        match evenement {
            Evenement::Machine(stamped) => self.fold_machine(stamped),
            Evenement::FaitDeclare {
                fait,
                element,
                valeur,
                preuve,
                trace,
            } => {
                let declare = Declare {
                    valeur: valeur.clone(),
                    par: trace.par.party.clone(),
                    preuve: preuve.clone(),
                    effet: trace.effet,
                };
                self.declare(fait, element.as_ref(), declare);
            }
            Evenement::ContenuModifie {
                objet,
                element,
                empreinte,
                droit,
                ..
            } => {
                self.ecrit(objet, element.as_ref(), |contenu| {
                    contenu.texte = Some(*empreinte);
                    contenu.versions += 1;
                });
                if let Some(esms) = element.as_ref().filter(|_| droit == DIAGNOSTIC_WRITE) {
                    Arc::make_mut(&mut self.suivi).soumis.remove(esms);
                }
            }
            Evenement::PositionPrise {
                objet,
                element,
                constat,
                avis,
                texte,
                trace,
            } => self.ecrit(objet, element.as_ref(), |contenu| {
                let position = Position {
                    avis: *avis,
                    texte: texte.clone(),
                };
                let positions = contenu.positions.entry(constat.clone()).or_default();
                positions.insert(trace.par.party.clone(), position);
            }),
            autre => self.fold_autour(autre),
        }
    }

    /// Items, what is entered, avenants, the following contract.
    fn fold_autour(&mut self, evenement: &Evenement) {
        match evenement {
            Evenement::ElementEntre {
                cle,
                element,
                trace,
            } => {
                Arc::make_mut(&mut self.collections).entre(cle, element, trace.effet);
                if let Some(objet) = element.objet() {
                    let dit = empreinte(element);
                    self.ecrit(objet, Some(cle), |contenu| contenu.element = Some(dit));
                }
            }
            Evenement::ElementSorti {
                collection,
                cle,
                trace,
                ..
            } => Arc::make_mut(&mut self.collections).sort(collection, cle, trace.effet),
            Evenement::Saisie {
                saisie,
                droit,
                trace,
            } => {
                self.registre.fold(saisie, &trace.par.party, trace.effet);
                if let Saisie::Document { piece, .. } = saisie {
                    self.echanges.remet(piece);
                }
                self.fold_saisie(saisie, droit, &trace.par.party);
            }
            Evenement::RepriseOuverte {
                document, signe_le, ..
            } => {
                self.reprise = Some(Reprise {
                    document: *document,
                    signe_le: *signe_le,
                });
            }
            Evenement::SuccesseurAvance { etape, .. } => {
                let suivi = Arc::make_mut(&mut self.suivi);
                suivi.successeur = suivi.successeur.max(Some(*etape));
            }
            Evenement::AvenantApplique { .. } => self.fold_avenant(evenement),
            Evenement::Echange {
                echange,
                cercle,
                trace,
                ..
            } => {
                let qui = (trace.par.party.as_str(), trace.id.as_str());
                self.echanges.fold(echange, *cercle, qui);
            }
            // A private note says nothing to the contract.
            Evenement::NotePrise { .. }
            | Evenement::Machine(_)
            | Evenement::FaitDeclare { .. }
            | Evenement::ContenuModifie { .. }
            | Evenement::PositionPrise { .. } => {}
        }
    }

    fn donnee(&mut self, objet: &str, element: Option<&String>, nom: String, dit: Option<Digest>) {
        self.ecrit(objet, element, |contenu| {
            match dit {
                Some(dit) => contenu.donnees.insert(nom, dit),
                None => contenu.donnees.remove(&nom),
            };
        });
    }

    /// Folds one event of the machine.
    pub fn fold_machine(&mut self, stamped: &Stamped) {
        let kinds = Arc::clone(&self.kinds);
        let kind = |partie: &str| {
            let declared = partie.split_once(':').map_or(partie, |(id, _)| id);
            kinds.get(declared).copied().unwrap_or(PartyKind::Other)
        };
        Arc::make_mut(&mut self.suivi).fold(stamped, kind);
        // An authority that will not sign takes its establishments with it.
        if let Event::ActDone { act, inputs, .. } = &stamped.event
            && act == noms::REDUIRE
        {
            for esms in cles(inputs.get("esms")) {
                Arc::make_mut(&mut self.collections).sort(ESMS, &esms, stamped.effective);
            }
        }
        // What is handed over is the object itself.
        if let Event::ActDone { act, inputs, .. } = &stamped.event
            && act == noms::BILAN
            && let Some(Value::Text(bilan)) = inputs.get("bilan")
        {
            let empreinte = Digest::of(bilan.as_bytes());
            self.ecrit("bilan", None, |contenu| {
                contenu.texte = Some(empreinte);
                contenu.versions += 1;
            });
        }
    }

    fn declare(&mut self, fait: &str, element: Option<&String>, declare: Declare) {
        for objet in objets(fait) {
            let (nom, valeur) = (fait.to_owned(), declare.valeur.clone());
            self.ecrit(objet, element, |contenu| {
                contenu.faits.insert(nom, valeur);
            });
        }
        let cle = (fait.to_owned(), element.cloned());
        Arc::make_mut(&mut self.faits).insert(cle, Arc::new(declare));
    }

    fn ecrit(&mut self, objet: &str, element: Option<&String>, change: impl FnOnce(&mut Contenu)) {
        let contenus = Arc::make_mut(&mut self.contenus);
        let cle = (objet.to_owned(), element.cloned());
        let contenu = Arc::make_mut(contenus.entry(cle).or_default());
        change(contenu);
        contenu.empreinte = contenu.canonique();
    }
}

impl Contenu {
    /// The digest of all that is part of the object; none while nothing is written of it.
    pub fn empreinte(&self) -> Option<Digest> {
        self.empreinte
    }

    fn canonique(&self) -> Option<Digest> {
        if self.texte.is_none() && self.donnees.is_empty() {
            return None;
        }
        // Nothing here fails to be written in JSON: maps of strings to plain values.
        let parts = serde_json::json!({
            "texte": self.texte,
            "element": self.element,
            "donnees": self.donnees,
            "faits": self.faits,
            "positions": self.positions.iter().map(|(constat, positions)| {
                let positions: BTreeMap<&str, (Avis, &str)> = positions
                    .iter()
                    .map(|(partie, p)| (partie.as_str(), (p.avis, p.texte.as_str())))
                    .collect();
                (constat.as_str(), positions)
            }).collect::<BTreeMap<_, _>>(),
        });
        Some(Digest::of(parts.to_string().as_bytes()))
    }

    /// Whether a party disagrees with a finding: a reservation is no divergence, and two parties
    /// may agree in different words.
    pub fn diverge(&self, constat: &str) -> bool {
        let positions = self.positions.get(constat);
        let mut positions = positions.into_iter().flat_map(|p| p.values());
        positions.any(|p| p.avis == Avis::Desaccord)
    }

    /// The findings on which parties diverge, and what each says.
    pub fn divergences(&self) -> impl Iterator<Item = (&String, &BTreeMap<String, Position>)> {
        let positions = self.positions.iter();
        positions.filter(|(constat, _)| self.diverge(constat))
    }
}

/// The digest of plain values: nothing in them fails to be written in JSON.
fn empreinte(valeur: &impl serde::Serialize) -> Digest {
    Digest::of(&serde_json::to_vec(valeur).unwrap_or_default())
}

/// The objects a stated fact is part of: those that the right to state it changes.
fn objets(fait: &str) -> impl Iterator<Item = &'static str> {
    let movers = CATALOGUE.fact(fait).map_or(&[][..], |f| f.moved_by);
    let mut vus = std::collections::BTreeSet::new();
    movers
        .iter()
        .filter_map(|mover| match mover {
            Mover::Capability(droit) => CATALOGUE.capability(droit),
            _ => None,
        })
        .flat_map(|droit| droit.changes.iter().copied())
        .filter(move |objet| vus.insert(*objet))
}
