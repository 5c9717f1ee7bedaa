//! Who may write what: facts stated, texts, positions, items.

use super::Dossier;
use super::ecriture::Ecriture;
use super::refus::{CodeRefus, Refus, non_vide};
use super::saisir::passe;
use crate::metier::contrat::faits::CATALOGUE;
use crate::metier::contrat::perimetre::{Competence, ESMS, Element};
use crate::metier::evenement::Avis;
use crate::metier::finess::Finess;
use crate::regles::value::Value;
use crate::workflow::catalogue::{Fact, Kind, Mover};
use crate::workflow::machine::Right;
use chrono::NaiveDate;

/// The right to enter a contract signed elsewhere.
pub(super) const REPRENDRE: &str = "contrat.reprendre";
/// Digits of a FINESS category.
const CATEGORIE: usize = 3;
/// Hexadecimal digits of a salt.
const SEL: usize = 32;

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
    /// The contract taken over is not opened yet: its perimeter is being entered.
    pub avant_ouverture: bool,
    pub jour: NaiveDate,
}

impl Dossier {
    /// Whether a party may write this, and under which right.
    ///
    /// # Errors
    /// A [`Refus`]; nothing is then to be stored.
    pub fn permet(&self, autour: &Autour<'_>, ecriture: &Ecriture) -> Result<String, Refus> {
        if autour.avant_ouverture {
            return self.avant_ouverture(autour, ecriture);
        }
        if !autour.parties.iter().any(|p| p == autour.partie) && !apporte(autour, ecriture) {
            return Err(etranger(autour.partie));
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
                avis,
                element,
                texte,
                ..
            } => {
                motivee(*avis, texte)?;
                let position = |droit: &str| droit.ends_with(".position");
                self.modifiable(autour, objet, element.as_deref(), position)
            }
            Ecriture::Entrer {
                cle,
                element,
                effet,
            } => {
                passe(effet.unwrap_or(autour.jour), autour.jour)?;
                self.entrable(autour, cle, element)
            }
            Ecriture::Sortir {
                collection,
                cle,
                motif,
                effet,
            } => {
                non_vide(motif, "Le motif")?;
                passe(effet.unwrap_or(autour.jour), autour.jour)?;
                self.sortable(autour, collection, cle)
            }
            Ecriture::Saisir(saisie) => self.saisissable(autour, saisie),
            Ecriture::Profil { profil } => self.profil_deposable(autour, profil),
            Ecriture::Budget { budget } => self.budget_deposable(autour, budget),
            Ecriture::Dire {
                echange,
                cercle,
                texte,
                sel,
            } => self.dicible(autour, echange, (*cercle, texte, sel)),
            Ecriture::Noter { texte, sel } => notable(texte, sel),
        }
    }

    /// Before a contract taken over is opened, its perimeter says who its parties are.
    fn avant_ouverture(&self, autour: &Autour<'_>, ecriture: &Ecriture) -> Result<String, Refus> {
        match ecriture {
            Ecriture::Entrer {
                cle,
                element: element @ Element::Esms { .. },
                ..
            } => self.entrable(autour, cle, element),
            Ecriture::Sortir {
                collection, cle, ..
            } if collection == ESMS => self.sortable(autour, collection, cle),
            _ => Err(Refus::new(
                CodeRefus::Droit,
                "Ce contrat est repris et n'est pas ouvert : seul son périmètre s'écrit. Que \
                 chaque partie confirme d'abord le document signé.",
            )),
        }
    }

    /// The stream in which a collection's items stand: an avenant's changes in the avenant, the
    /// rest in the contract.
    pub(super) fn collections_de<'a>(&'a self, autour: &Autour<'a>, collection: &str) -> &'a Self {
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
        if self.lu_du_budget(connu) {
            return Err(Refus::new(
                CodeRefus::Calcule,
                format!(
                    "« {} » se lit dans le dernier classeur déposé : déposez-en un autre pour le \
                     changer.",
                    connu.title
                ),
            ));
        }
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

    /// Once a budget is handed over, it says its own verdicts.
    fn lu_du_budget(&self, fait: &Fact) -> bool {
        fait.name == "eprd.ko_bloquants" && self.registre.budget(false).is_some()
    }

    /// Under which right a party moves a fact.
    pub(super) fn mouvement(
        &self,
        autour: &Autour<'_>,
        fait: &Fact,
        element: Option<&str>,
    ) -> Option<String> {
        if self.lu_du_budget(fait) {
            return None;
        }
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

    pub(super) fn modifiable(
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
    pub(super) fn element(
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
            Element::Esms {
                competence,
                ej,
                categorie,
                ..
            } => {
                esms_juste(ej.as_deref(), categorie.as_deref())?;
                relie(autour, competence)?;
                perimetre_ouvert(autour)
            }
            Element::Objectif { .. } => objectif_entrable(autour, element),
            Element::Modification { autorites, .. } => {
                if let Some(absente) = autorites.iter().find(|a| !autour.parties.contains(*a)) {
                    return Err(sans_autorite(absente));
                }
                Self::cible_juste(autour, element)?;
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

/// An objective bears on establishments of the perimeter, is paid by parties, answers findings.
fn objectif_entrable(autour: &Autour<'_>, element: &Element) -> Result<String, Refus> {
    let Element::Objectif {
        esms,
        financeurs,
        constats,
        ..
    } = element
    else {
        return Err(inconnu("L'objectif", element.nom()));
    };
    let connus = autour.racine.collections.cles(ESMS);
    if let Some(absent) = esms.iter().find(|e| !connus.contains(*e)) {
        return Err(Refus::new(
            CodeRefus::Element,
            format!("L'ESMS « {absent} » n'est pas dans le périmètre."),
        ));
    }
    if let Some(absent) = financeurs.iter().find(|f| !autour.parties.contains(*f)) {
        return Err(sans_autorite(absent));
    }
    let registre = &autour.racine.registre;
    if let Some(absent) = constats.iter().find(|c| !registre.a_constat(c)) {
        return Err(inconnu("Le constat", absent));
    }
    if esms.is_empty() {
        return Err(Refus::new(
            CodeRefus::Element,
            "Un objectif vise un ESMS au moins.",
        ));
    }
    let droit = if tient(autour, REPRENDRE, None) {
        REPRENDRE
    } else {
        "objectifs.proposer"
    };
    selon(autour, droit, "proposer un objectif")
}

/// One of its authorities at least is declared by the workflow.
fn relie(autour: &Autour<'_>, competence: &Competence) -> Result<(), Refus> {
    let autorites = competence.autorites();
    let declaree = |a: &String| {
        let declaree = a.split_once(':').map_or(a.as_str(), |(id, _)| id);
        autour.racine.kinds.contains_key(declaree)
    };
    if autorites.iter().any(declaree) {
        return Ok(());
    }
    Err(sans_autorite(&autorites.join(", ")))
}

fn esms_juste(ej: Option<&str>, categorie: Option<&str>) -> Result<(), Refus> {
    if let Some(ej) = ej {
        let lu = Finess::parse(ej);
        lu.map_err(|refus| Refus::new(CodeRefus::Type, refus.to_string()))?;
    }
    let code = |c: &str| c.len() == CATEGORIE && c.bytes().all(|b| b.is_ascii_digit());
    if let Some(faux) = categorie.filter(|c| !code(c)) {
        return Err(Refus::new(
            CodeRefus::Type,
            format!("Une catégorie FINESS compte {CATEGORIE} chiffres ; « {faux} » trouvé."),
        ));
    }
    Ok(())
}

fn etranger(partie: &str) -> Refus {
    Refus::new(
        CodeRefus::Droit,
        format!("« {partie} » n'est pas partie ici : rien à écrire."),
    )
}

/// What is not agreed says why.
fn motivee(avis: Avis, texte: &str) -> Result<(), Refus> {
    match avis {
        Avis::Accord => Ok(()),
        Avis::AccordAvecReserve | Avis::Desaccord => {
            non_vide(texte, "La raison d'une réserve ou d'un désaccord")
        }
    }
}

fn notable(texte: &str, sel: &str) -> Result<String, Refus> {
    non_vide(texte, "Le texte de la note")?;
    sel_juste(sel)?;
    Ok("note".to_owned())
}

pub(super) fn sel_juste(sel: &str) -> Result<(), Refus> {
    if sel.len() == SEL && sel.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(Refus::new(
        CodeRefus::Type,
        format!("Un sel compte {SEL} chiffres hexadécimaux, tirés au hasard."),
    ))
}

/// While nobody is named, the authority that brings an establishment becomes a party by it.
fn apporte(autour: &Autour<'_>, ecriture: &Ecriture) -> bool {
    let Ecriture::Entrer {
        element: Element::Esms { competence, .. },
        ..
    } = ecriture
    else {
        return false;
    };
    let sienne = competence.autorites().iter().any(|a| a == autour.partie);
    sienne && autour.racine.registre.organisations().next().is_none()
}

/// The perimeter follows FINESS until someone is bound; an avenant changes it afterwards.
pub(super) fn perimetre_ouvert(autour: &Autour<'_>) -> Result<String, Refus> {
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
pub(super) fn tient(autour: &Autour<'_>, droit: &str, cible: Option<(&str, &str)>) -> bool {
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
