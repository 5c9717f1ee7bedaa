//! What is read of a contract in hand: its perimeter, objectives, means, documents, history.

use super::formes::Source;
use crate::app::budgets::{self, Derniers};
use crate::app::contrat::{Contrat, RACINE};
use crate::app::demo::{Mots, valeur_dite};
use crate::app::vues::francais::typographie;
use crate::app::vues::{Identite, LigneLue, Noms, faits, identite, suivis};
use crate::echanges::contrats::champs::{NATURES, TARIFICATIONS};
use crate::echanges::tableaux::Cellule;
use crate::metier::contrat::alignement::Rang;
use crate::metier::contrat::dossier::Dossier;
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::contrat::saisie::Moyen;
use crate::regles::value::Value;
use crate::workflow::definition::model::InputKind;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

type Lignes = Vec<Vec<Cellule>>;

/// The contract itself, among its streams.
pub(super) const LE_CONTRAT: &str = "Le contrat";

/// The collection of objectives.
const OBJECTIFS: &str = "objectifs";

/// A contract in hand, and what names it.
pub(super) struct Fiche<'c> {
    contrat: &'c Contrat<'static>,
    mots: Mots<'c>,
    identite: Identite,
    maintenant: DateTime<Utc>,
}

impl<'c> Fiche<'c> {
    pub fn nouvelle(id: &str, contrat: &'c Contrat<'static>, maintenant: DateTime<Utc>) -> Self {
        Self {
            contrat,
            mots: Mots { contrat },
            identite: identite(id, contrat, maintenant),
            maintenant,
        }
    }

    /// The lines of a table that needs the state alone.
    pub fn lignes(&self, source: Source) -> Lignes {
        if source == Source::Documents {
            return self.documents();
        }
        let du_flux = |(flux, connu): (&str, &crate::app::contrat::Flux)| {
            let dossier = &connu.dossier;
            let lignes = match source {
                Source::Perimetre => self.perimetre(dossier),
                Source::Objectifs => self.objectifs(dossier),
                Source::Cibles => cibles(dossier),
                Source::Moyens => self.moyens(dossier),
                _ => Lignes::new(),
            };
            let lignes = lignes.into_iter();
            let lignes: Lignes = lignes.map(|l| self.ligne(Some(flux), l)).collect();
            lignes
        };
        self.contrat.tous().flat_map(du_flux).collect()
    }

    /// A line: the contract, its title, its stream when there is one, and the rest.
    /// The lines of the years of the contract; none when it does not know its managing body.
    pub fn alignement(&self, derniers: &Derniers) -> Lignes {
        let annees = budgets::alignement(self.contrat, derniers).unwrap_or_default();
        let ligne = |annee: i32, rang: &Rang| {
            let euros = |montant| Cellule::ou_vide(montant, Cellule::Centimes);
            let texte = |texte: &str| match texte {
                "" => Cellule::Vide,
                texte => Cellule::texte(texte),
            };
            let cellules = [
                Cellule::Entier(annee.into()),
                Cellule::ou_vide(rang.finess.as_deref(), Cellule::texte),
                Cellule::texte(&rang.nom),
                texte(&rang.autorite),
                texte(&rang.categorie),
                texte(&rang.departement),
                euros(rang.montants.contrat),
                euros(rang.montants.notifie),
                euros(rang.montants.eprd),
                euros(rang.montants.errd),
            ];
            self.ligne(None, cellules)
        };
        let lignes = annees
            .iter()
            .flat_map(|(a, r)| r.iter().map(move |rang| (*a, rang)));
        lignes.map(|(annee, rang)| ligne(annee, rang)).collect()
    }

    fn ligne(&self, flux: Option<&str>, reste: impl IntoIterator<Item = Cellule>) -> Vec<Cellule> {
        let mut ligne = vec![
            Cellule::texte(&self.identite.id),
            Cellule::texte(&self.identite.titre),
        ];
        ligne.extend(flux.map(|flux| Cellule::Texte(self.flux(flux))));
        ligne.extend(reste);
        ligne
    }

    fn flux(&self, flux: &str) -> String {
        match self.mots.flux(flux) {
            Some(nom) => typographie(&nom),
            None if flux == RACINE => LE_CONTRAT.to_owned(),
            None => flux.to_owned(),
        }
    }

    fn noms<'p>(&self, parties: impl IntoIterator<Item = &'p String>) -> Cellule {
        let noms = Noms(&self.identite.parties);
        let noms: Vec<String> = parties.into_iter().map(|p| noms.nom(p)).collect();
        Cellule::Texte(noms.join(", "))
    }

    fn perimetre(&self, dossier: &Dossier) -> Lignes {
        let collections = dossier.collections();
        let presents = collections.cles(ESMS).iter();
        let presents = presents.filter_map(|cle| Some((cle, collections.element(ESMS, cle)?)));
        let partis = collections.sorties().keys();
        let partis = partis.filter_map(|cle| Some((cle, collections.parti(ESMS, cle)?)));
        let ligne = |(cle, element): (&String, &Element)| {
            let Element::Esms {
                nom,
                categorie,
                capacite,
                tarification,
                ej,
                competence,
            } = element
            else {
                return None;
            };
            let tarification = tarification.and_then(|t| titre(&TARIFICATIONS, &t));
            let dit = |texte: &Option<String>| Cellule::ou_vide(texte.clone(), Cellule::Texte);
            Some(vec![
                Cellule::texte(cle),
                Cellule::texte(nom),
                dit(categorie),
                Cellule::ou_vide(*capacite, |places| Cellule::Entier(i64::from(places))),
                Cellule::ou_vide(tarification, Cellule::texte),
                dit(ej),
                self.noms(&competence.autorites()),
                Cellule::ou_vide(collections.entree(cle), Cellule::Date),
                Cellule::ou_vide(collections.sorties().get(cle).copied(), Cellule::Date),
            ])
        };
        presents.chain(partis).filter_map(ligne).collect()
    }

    fn objectifs(&self, dossier: &Dossier) -> Lignes {
        let ligne = |(cle, element): (&String, &Element)| {
            let Element::Objectif {
                intitule,
                esms,
                financeurs,
                constats,
            } = element
            else {
                return None;
            };
            let liste = |cles: &BTreeSet<String>| {
                let cles: Vec<&str> = cles.iter().map(String::as_str).collect();
                Cellule::Texte(cles.join(", "))
            };
            let indicateur = dossier.registre().indicateur(cle);
            let (nature, depart) = indicateur.map_or((Cellule::Vide, Cellule::Vide), |i| {
                let (nature, depart) = valeur(&i.depart);
                (Cellule::texte(nature), depart)
            });
            Some(vec![
                Cellule::texte(cle),
                Cellule::texte(intitule),
                liste(esms),
                self.noms(financeurs),
                liste(constats),
                Cellule::ou_vide(indicateur, |i| Cellule::texte(&i.definition)),
                Cellule::ou_vide(indicateur, |i| Cellule::texte(&i.unite)),
                nature,
                depart,
            ])
        };
        let collections = dossier.collections();
        let objectifs = collections.cles(OBJECTIFS).iter();
        let objectifs =
            objectifs.filter_map(|cle| Some((cle, collections.element(OBJECTIFS, cle)?)));
        objectifs.filter_map(ligne).collect()
    }

    fn moyens(&self, dossier: &Dossier) -> Lignes {
        let ligne = |(financeur, cle, moyen): (&String, &String, &Moyen)| {
            let dit = |texte: &Option<String>| Cellule::ou_vide(texte.clone(), Cellule::Texte);
            vec![
                self.noms([financeur]),
                Cellule::texte(cle),
                dit(&moyen.esms),
                Cellule::Entier(i64::from(moyen.exercice)),
                Cellule::ou_vide(titre(&NATURES, &moyen.nature), Cellule::texte),
                Cellule::Centimes(moyen.montant),
                dit(&moyen.objectif),
            ]
        };
        dossier.registre().annexes().map(ligne).collect()
    }

    fn documents(&self) -> Lignes {
        let mut lignes = Lignes::new();
        for (flux, connu) in self.contrat.tous() {
            for (piece, depot) in connu.dossier.registre().documents() {
                let document = &depot.document;
                let reste = [
                    Cellule::texte(piece),
                    Cellule::texte("déposée"),
                    self.noms([&depot.par]),
                    Cellule::Date(depot.le),
                    Cellule::Entier(i64::from(depot.version)),
                    Cellule::texte(&document.nom),
                    Cellule::texte(&document.media),
                    Cellule::Entier(i64::try_from(document.taille).unwrap_or(i64::MAX)),
                    Cellule::Texte(document.empreinte.to_string()),
                ];
                lignes.push(self.ligne(Some(flux), reste));
            }
        }
        for (flux, piece, partie) in self.demandees() {
            let debut = [
                Cellule::Texte(piece),
                Cellule::texte("à joindre"),
                self.noms([&partie]),
            ];
            let reste = debut.into_iter().chain(vec![Cellule::Vide; 6]);
            lignes.push(self.ligne(Some(&flux), reste));
        }
        lignes
    }

    /// The documents that acts open now ask for: stream, title, party.
    fn demandees(&self) -> BTreeSet<(String, String, String)> {
        let mut demandees = BTreeSet::new();
        for suivi in suivis(self.contrat, self.maintenant) {
            let Some(machine) = self.contrat.machine(suivi.nom) else {
                continue;
            };
            for partie in &suivi.agenda.parties {
                for todo in &partie.acts {
                    let node = machine.workflow().find(&todo.spot.path());
                    let acte = node.and_then(|n| n.acts.iter().find(|a| a.name == todo.act));
                    let saisies = acte.iter().flat_map(|acte| &acte.inputs);
                    for saisie in saisies.filter(|s| s.kind == InputKind::Document) {
                        let piece = saisie.title.as_ref().unwrap_or(&saisie.name);
                        let piece = typographie(&format!("{piece} ({})", todo.title));
                        demandees.insert((suivi.nom.to_owned(), piece, partie.party.clone()));
                    }
                }
            }
        }
        demandees
    }

    /// The history as pages tell it, the oldest first. `lues`: the lines that the reader may see.
    pub fn historique(&self, lues: &[LigneLue]) -> Lignes {
        let par_ordre: BTreeMap<u64, &LigneLue> = lues.iter().map(|l| (l.ordre, l)).collect();
        let faits = faits(&self.mots, Noms(&self.identite.parties), lues);
        let ligne = |fait: crate::app::vues::FaitVue| {
            let lue = par_ordre.get(&fait.ordre)?;
            let flux = fait.flux.unwrap_or_else(|| LE_CONTRAT.to_owned());
            let reste = [
                Cellule::Entier(i64::try_from(fait.ordre).unwrap_or(i64::MAX)),
                Cellule::Instant(lue.evenement.enregistre()),
                Cellule::Date(lue.evenement.effet()),
                Cellule::Texte(flux),
                Cellule::ou_vide(fait.voix, |voix| Cellule::Texte(voix.nom)),
                Cellule::Texte(fait.dit),
                Cellule::Texte(fait.suites.join("\n")),
                Cellule::texte(&lue.empreinte),
            ];
            Some(self.ligne(None, reste))
        };
        faits.into_iter().rev().filter_map(ligne).collect()
    }
}

fn cibles(dossier: &Dossier) -> Lignes {
    let mut lignes = Lignes::new();
    for cle in dossier.collections().cles(OBJECTIFS) {
        let Some(indicateur) = dossier.registre().indicateur(cle) else {
            continue;
        };
        for (exercice, cible) in &indicateur.cibles {
            let (nature, cible) = valeur(cible);
            lignes.push(vec![
                Cellule::texte(cle),
                Cellule::Entier(i64::from(*exercice)),
                Cellule::texte(nature),
                cible,
            ]);
        }
    }
    lignes
}

/// What a value is, in words, and the value.
fn valeur(valeur: &Value) -> (&'static str, Cellule) {
    match valeur {
        Value::Boolean(oui) => ("oui ou non", Cellule::Booleen(*oui)),
        Value::Integer(n) => ("nombre", Cellule::Entier(*n)),
        Value::Cents(n) => ("montant", Cellule::Centimes(*n)),
        Value::Percent(n) => ("pourcentage", Cellule::CentiemesDePourCent(*n)),
        Value::Date(date) => ("date", Cellule::Date(*date)),
        autre => ("texte", Cellule::Texte(valeur_dite(autre))),
    }
}

/// The word that a workbook has for one of a closed list.
fn titre<T: PartialEq>(mots: &[(&'static str, T)], valeur: &T) -> Option<&'static str> {
    let mut mots = mots.iter();
    mots.find(|(_, connu)| connu == valeur).map(|(mot, _)| *mot)
}
