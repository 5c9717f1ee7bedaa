//! What parties entered, folded: the last of each. Cheap to copy: its parts are shared until
//! written.

use crate::metier::budget::releve;
use crate::metier::contrat::diagnostic::{Chiffre, Convention, Profil, Releve};
use crate::metier::contrat::saisie::{
    Budget, CibleRevisee, Constat, Deliberation, Document, Indicateur, Moyen, Note, Notification,
    Pouvoir, Saisie,
};
use crate::metier::organisation::Organisation;
use crate::metier::trame::{self, Trame};
use crate::workflow::definition::model::Role;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

type Parties<T> = Arc<BTreeMap<String, T>>;
/// By one key, then by another.
type Doubles<T> = Arc<BTreeMap<String, Arc<BTreeMap<String, T>>>>;

/// What parties entered in one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registre {
    /// By party.
    organisations: Parties<Organisation>,
    referents: Parties<String>,
    deliberations: Parties<Deliberation>,
    /// By party, then by person.
    pouvoirs: Doubles<Pouvoir>,
    /// By piece.
    documents: Parties<Depot>,
    /// By objective.
    indicateurs: Parties<Indicateur>,
    /// By financer, then by line.
    moyens: Doubles<Moyen>,
    totaux: Parties<i64>,
    /// By establishment, then by theme or by finding.
    themes: Doubles<String>,
    constats: Doubles<Constat>,
    /// By establishment, then by indicator and year.
    chiffres: Arc<BTreeMap<String, Arc<Chiffres>>>,
    /// The code of the trame that was chosen.
    trame: Option<Arc<str>>,
    /// By year.
    profils: Arc<BTreeMap<u16, Profil>>,
    /// By key.
    conventions: Parties<Inscrite>,
    /// By establishment, then by authority.
    notifications: Doubles<Notification>,
    /// Oldest first.
    budgets: Arc<Vec<BudgetDepose>>,
    /// By objective, then by party.
    notes: Doubles<Note>,
}

/// A budget handed over: the one before it stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetDepose {
    pub budget: Budget,
    pub par: String,
    pub le: NaiveDate,
}

/// The figures of an establishment, by indicator and year.
pub type Chiffres = BTreeMap<(String, i32), Chiffre>;

/// What binds the managing body, and the party that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inscrite {
    pub par: String,
    pub convention: Convention,
}

/// The last version of a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depot {
    pub document: Document,
    /// From 1.
    pub version: u32,
    pub par: String,
    pub le: NaiveDate,
}

fn met<T: Clone>(dans: &mut Parties<T>, cle: &str, valeur: T) {
    Arc::make_mut(dans).insert(cle.to_owned(), valeur);
}

fn met2<T: Clone>(dans: &mut Doubles<T>, cle: &str, sous: &str, valeur: T) {
    let interieur = Arc::make_mut(dans).entry(cle.to_owned()).or_default();
    met(interieur, sous, valeur);
}

impl Registre {
    /// Folds what `partie` entered on a day.
    pub fn fold(&mut self, saisie: &Saisie, partie: &str, le: NaiveDate) {
        match saisie {
            Saisie::Organisation {
                partie,
                organisation,
            } => met(&mut self.organisations, partie, organisation.clone()),
            Saisie::Referent { personne } => met(&mut self.referents, partie, personne.clone()),
            Saisie::Pouvoir { personne, pouvoir } => {
                met2(&mut self.pouvoirs, partie, personne, pouvoir.clone());
            }
            Saisie::Deliberation(prise) => met(&mut self.deliberations, partie, prise.clone()),
            Saisie::Document { piece, document } => {
                let depot = Depot {
                    document: document.clone(),
                    version: self.documents.get(piece).map_or(0, |d| d.version) + 1,
                    par: partie.to_owned(),
                    le,
                };
                met(&mut self.documents, piece, depot);
            }
            Saisie::Notification { esms, notification } => {
                met2(&mut self.notifications, esms, partie, notification.clone());
            }
            Saisie::Note { objectif, note } => {
                met2(&mut self.notes, objectif, partie, note.clone());
            }
            Saisie::Budget(budget) => Arc::make_mut(&mut self.budgets).push(BudgetDepose {
                budget: budget.clone(),
                par: partie.to_owned(),
                le,
            }),
            Saisie::Chiffres { esms, releve } => self.fold_releve(esms, releve, (partie, le)),
            Saisie::Convention { cle, convention } => {
                let inscrite = Inscrite {
                    par: partie.to_owned(),
                    convention: convention.clone(),
                };
                met(&mut self.conventions, cle, inscrite);
            }
            autre => self.fold_contenu(autre),
        }
    }

    /// What is part of an object people agree on.
    fn fold_contenu(&mut self, saisie: &Saisie) {
        match saisie {
            Saisie::Indicateur {
                objectif,
                indicateur,
            } => met(&mut self.indicateurs, objectif, indicateur.clone()),
            Saisie::Moyen {
                financeur,
                ligne,
                moyen,
            } => met2(&mut self.moyens, financeur, ligne, moyen.clone()),
            Saisie::MoyenRetire { financeur, ligne } => {
                if let Some(lignes) = Arc::make_mut(&mut self.moyens).get_mut(financeur) {
                    Arc::make_mut(lignes).remove(ligne);
                }
            }
            Saisie::TotalAnnexe { financeur, total } => met(&mut self.totaux, financeur, *total),
            Saisie::Theme { esms, theme, texte } => {
                met2(&mut self.themes, esms, theme, texte.clone());
            }
            Saisie::Constat {
                esms,
                constat,
                contenu,
            } => met2(&mut self.constats, esms, constat, contenu.clone()),
            Saisie::Trame { trame } => self.trame = Some(trame.as_str().into()),
            Saisie::Profil(profil) => {
                Arc::make_mut(&mut self.profils).insert(profil.annee, profil.clone());
            }
            _ => {}
        }
    }

    /// A figure that changes keeps what it was.
    fn fold_releve(&mut self, esms: &str, releve: &Releve, (partie, le): (&str, NaiveDate)) {
        let siens = Arc::make_mut(&mut self.chiffres).entry(esms.to_owned());
        let siens = Arc::make_mut(siens.or_default());
        for (code, valeur) in &releve.chiffres {
            let cle = (code.clone(), releve.annee);
            let ancienne = siens.get(&cle).and_then(|connu: &Chiffre| {
                let change = connu.valeur != *valeur;
                change
                    .then_some((connu.valeur, connu.le))
                    .or(connu.ancienne)
            });
            let chiffre = Chiffre {
                valeur: *valeur,
                source: releve.source,
                piece: releve.piece.clone(),
                par: partie.to_owned(),
                le,
                ancienne,
            };
            siens.insert(cle, chiffre);
        }
    }

    /// An avenant changed a target: the text signed first stays as it is.
    pub fn revise(&mut self, cible: &CibleRevisee) {
        if let Some(indicateur) = Arc::make_mut(&mut self.indicateurs).get_mut(&cible.objectif) {
            let valeur = cible.valeur.clone();
            indicateur.cibles.insert(cible.exercice, valeur);
        }
    }

    pub fn organisation(&self, partie: &str) -> Option<&Organisation> {
        self.organisations.get(partie)
    }

    /// Who holds each party, by party.
    pub fn organisations(&self) -> impl Iterator<Item = (&String, &Organisation)> {
        self.organisations.iter()
    }

    /// The person, by its id.
    pub fn referent(&self, partie: &str) -> Option<&str> {
        self.referents.get(partie).map(String::as_str)
    }

    pub fn deliberation(&self, partie: &str) -> Option<&Deliberation> {
        self.deliberations.get(partie)
    }

    pub fn pouvoir(&self, partie: &str, personne: &str) -> Option<&Pouvoir> {
        self.pouvoirs.get(partie)?.get(personne)
    }

    /// Whether someone may sign for a party on a day; `None`: it has not said who does.
    pub fn signataire(&self, partie: &str, jour: NaiveDate) -> Option<bool> {
        let pouvoirs = self.pouvoirs.get(partie)?.values();
        let mut signature = pouvoirs.filter(|p| p.role == Role::Signature).peekable();
        signature.peek()?;
        Some(signature.any(|p| p.vaut(jour)))
    }

    /// The last version of a piece.
    pub fn document(&self, piece: &str) -> Option<&Depot> {
        self.documents.get(piece)
    }

    /// The last version of each piece.
    pub fn documents(&self) -> &BTreeMap<String, Depot> {
        &self.documents
    }

    pub fn indicateur(&self, objectif: &str) -> Option<&Indicateur> {
        self.indicateurs.get(objectif)
    }

    /// The lines of a financer's annex, by key.
    pub fn moyens(&self, financeur: &str) -> impl Iterator<Item = (&String, &Moyen)> {
        self.moyens
            .get(financeur)
            .into_iter()
            .flat_map(|m| m.iter())
    }

    /// The lines of every annex: by financer, then by key.
    pub fn annexes(&self) -> impl Iterator<Item = (&String, &String, &Moyen)> {
        let financeurs = self.moyens.iter();
        financeurs.flat_map(|(financeur, m)| m.iter().map(move |(ligne, m)| (financeur, ligne, m)))
    }

    /// What a financer's annex adds up to, in cents.
    pub fn total(&self, financeur: &str) -> Option<i64> {
        self.totaux.get(financeur).copied()
    }

    /// The themes filled for an establishment.
    pub fn themes(&self, esms: &str) -> impl Iterator<Item = (&String, &String)> {
        self.themes.get(esms).into_iter().flat_map(|t| t.iter())
    }

    /// The findings on an establishment, by code.
    pub fn constats(&self, esms: &str) -> impl Iterator<Item = (&String, &Constat)> {
        self.constats.get(esms).into_iter().flat_map(|c| c.iter())
    }

    /// What the diagnostic asks: the trame that was chosen, or the one that stands by default.
    pub fn trame(&self) -> Option<&'static Trame> {
        trame::trame(self.trame.as_deref().unwrap_or(trame::PAR_DEFAUT))
    }

    /// Whether a theme or a finding of any establishment was written.
    pub fn diagnostic_commence(&self) -> bool {
        !self.themes.is_empty() || !self.constats.is_empty()
    }

    /// The figures of an establishment.
    pub fn chiffres(&self, esms: &str) -> Option<&Chiffres> {
        self.chiffres.get(esms).map(Arc::as_ref)
    }

    /// The needs handed over, by year: the last of each.
    pub fn profils(&self) -> impl Iterator<Item = &Profil> {
        self.profils.values()
    }

    pub fn profil(&self, annee: u16) -> Option<&Profil> {
        self.profils.get(&annee)
    }

    /// The contracts and agreements in force, by key.
    pub fn conventions(&self) -> impl Iterator<Item = (&String, &Inscrite)> {
        self.conventions.iter()
    }

    /// Whether a finding of this code is known, on any establishment.
    pub fn a_constat(&self, code: &str) -> bool {
        self.constats.values().any(|c| c.contains_key(code))
    }

    /// By establishment, then by authority.
    pub fn notifications(&self) -> impl Iterator<Item = (&String, &String, &Notification)> {
        let esms = self.notifications.iter();
        esms.flat_map(|(esms, n)| n.iter().map(move |(autorite, n)| (esms, autorite, n)))
    }

    /// The budgets handed over, oldest first.
    pub fn budgets(&self) -> &[BudgetDepose] {
        &self.budgets
    }

    /// The last one that plans the year, or that tells what was done of it.
    pub fn budget(&self, realise: bool) -> Option<&BudgetDepose> {
        let mut derniers = self.budgets.iter().rev();
        derniers.find(|depose| releve::realise(&depose.budget.cadre) == realise)
    }

    /// The voices on an objective, by party.
    pub fn notes(&self, objectif: &str) -> impl Iterator<Item = (&String, &Note)> {
        self.notes.get(objectif).into_iter().flat_map(|n| n.iter())
    }

    pub fn note(&self, objectif: &str, partie: &str) -> Option<&Note> {
        self.notes.get(objectif)?.get(partie)
    }

    /// Whether a party has rated an objective at least.
    pub fn a_note(&self, partie: &str) -> bool {
        self.notes.values().any(|n| n.contains_key(partie))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::machine::digest::Digest;
    use proptest::prelude::*;

    fn depose(piece: &str, n: u8) -> Saisie {
        Saisie::Document {
            piece: piece.to_owned(),
            document: Document {
                nom: "f".to_owned(),
                empreinte: Digest::of(&[n]),
                taille: 1,
                media: "a/b".to_owned(),
            },
        }
    }

    proptest! {
        /// The state keeps the last version and how many there were, whatever the order of pieces.
        #[test]
        fn a_piece_has_as_many_versions_as_deposits(
            depots in prop::collection::vec((0..3_u8, any::<u8>()), 0..20),
        ) {
            let mut registre = Registre::default();
            for (piece, n) in &depots {
                registre.fold(&depose(&piece.to_string(), *n), "ars", NaiveDate::default());
            }
            for piece in 0..3_u8 {
                let siens: Vec<u8> = depots.iter().filter(|d| d.0 == piece).map(|d| d.1).collect();
                let depot = registre.document(&piece.to_string());
                prop_assert_eq!(depot.map_or(0, |d| d.version) as usize, siens.len());
                let derniere = siens.last().map(|n| Digest::of(&[*n]));
                prop_assert_eq!(depot.map(|d| d.document.empreinte), derniere);
            }
        }
    }

    #[test]
    fn a_copy_is_not_changed_by_what_is_entered_after() {
        let mut registre = Registre::default();
        registre.fold(&depose("p", 1), "ars", NaiveDate::default());
        let copie = registre.clone();
        registre.fold(&depose("p", 2), "ars", NaiveDate::default());
        assert_eq!(copie.document("p").unwrap().version, 1);
        assert_eq!(registre.document("p").unwrap().version, 2);
    }
}
