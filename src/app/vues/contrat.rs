//! The page of a contract: who holds the pen, first; then what blocks, who may do what, which
//! dates fall, where each establishment stands, and the last facts.

use super::attentes::{Attente, acte_dit, attentes, condition_dite, date_dite, effet};
use super::attentes::{Suivi, leveur, nommes, noms_listes, suivis_vus};
use super::francais::{compte, court, distance, feuillet, iso, jour, majuscule, typographie};
use super::historique::{FaitVue, faits, titre};
use super::liste::encode;
use super::lu::ContratLu;
use super::matrice::{EsmsVue, matrice};
use super::parcours::position;
use super::parties::{Lecteur, Lien, PartieVue, abrege, parties};
use super::phases::{EtapeVue, Prevues, courante, etapes};
use super::resume::date;
use super::visas::VisasVue;
use super::voix::{Noms, Voix};
use crate::app::contrat::{Contrat, RACINE};
use crate::app::demo::Mots;
use crate::app::formulaires::liens;
use crate::metier::contrat::faits::CATALOGUE;
use crate::regles::calendrier::civil_date;
use crate::workflow::machine::agenda::Deadline;
use crate::workflow::machine::refusal::{Lift, Missing};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

/// The page of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContratVue {
    pub adresse: String,
    pub titre: String,
    /// « CPOM médico-social, champ du handicap. CASF L.313-12-2… ».
    pub sous_titre: String,
    /// The line just written by the reader.
    pub fait: Option<u64>,
    /// What the reader's organisation prepares.
    pub visas: VisasVue,
    pub plume: PlumeVue,
    pub etapes: Vec<EtapeVue>,
    pub bloque: BloqueVue,
    pub esms: Vec<EsmsVue>,
    /// « 5 ESMS ».
    pub compte_esms: String,
    pub parties: Vec<PartieVue>,
    pub dates: Vec<DateVue>,
    /// How many dates are not shown.
    pub autres_dates: Option<String>,
    pub flux: Vec<FluxVue>,
    pub faits: Vec<FaitVue>,
    /// Where it stands: « Négociation, Proposée ».
    pub position: String,
}

/// Who holds the pen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlumeVue {
    /// « La plume est au gestionnaire ».
    pub titre: String,
    pub voix: Vec<Voix>,
    /// The act: « soumettre l’auto-diagnostic… ».
    pub acte: Option<String>,
    pub date: Option<String>,
    pub distance: Option<String>,
    pub retard: bool,
    /// What happens after that date.
    pub ensuite: Option<String>,
    /// « 7 autres actes sont attendus. ».
    pub autres: Option<String>,
    /// The reader holds it.
    pub a_vous: bool,
    /// The form of the act, when the reader can do it.
    pub lien: Option<String>,
}

/// What blocks, as a list of doors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BloqueVue {
    pub compte: String,
    pub portes: Vec<PorteVue>,
    /// Those kept behind a fold.
    pub suite: Vec<PorteVue>,
}

/// A condition that does not hold, and who can lift it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PorteVue {
    pub condition: String,
    /// The act it stands in the way of, the items it is about, and both said.
    pub acte: String,
    pub elements: Vec<String>,
    pub pour: String,
    pub qui: Vec<Voix>,
    /// How: « déclare « Référents nommés » avec sa pièce ».
    pub comment: Option<String>,
    pub dispense: Vec<Voix>,
    /// The forms by which the reader lifts it.
    pub liens: Vec<Lien>,
    /// That there are others, and where.
    pub autres_liens: Option<String>,
}

impl PorteVue {
    /// Whether both are the same, but for the item.
    fn meme(&self, autre: &Self) -> bool {
        let de = |p: &Self| (p.condition.clone(), p.acte.clone(), p.qui.clone());
        de(self) == de(autre)
    }
}

/// A date that falls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DateVue {
    pub iso: String,
    pub jour: String,
    pub mois: String,
    pub annee: String,
    pub dit: String,
    pub distance: String,
    pub retard: bool,
    pub source: Option<String>,
    pub a_confirmer: bool,
    pub ensuite: Option<String>,
}

/// A stream other than the contract itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FluxVue {
    pub titre: String,
    pub journal: String,
    pub graphe: String,
    pub etat: String,
    pub ouvert: Option<String>,
    pub fini: bool,
    pub plume: Vec<Voix>,
    pub date: Option<String>,
    pub distance: Option<String>,
    pub retard: bool,
}

/// Doors, dates and facts shown before a fold or a link.
const PORTES: usize = 6;
const DATES: usize = 8;
const FAITS: usize = 8;

struct Page<'a> {
    lu: &'a ContratLu,
    mots: Mots<'a>,
    noms: Noms<'a>,
    suivis: Vec<Suivi<'a>>,
    attentes: Vec<Attente>,
    maintenant: DateTime<Utc>,
    aujourdhui: NaiveDate,
}

/// The page of a contract that was read.
pub fn contrat(lu: &ContratLu, maintenant: DateTime<Utc>) -> ContratVue {
    let page = Page::de(lu, maintenant);
    let mut derniers = faits(&page.mots, page.noms, &lu.lignes);
    // The journal tells of all establishments: not for those who see some of them only.
    let vus = if lu.place.esms.is_some() { 0 } else { FAITS };
    derniers.truncate(vus);
    let toutes = page.dates();
    let autres = (toutes.len().saturating_sub(DATES)) as u64;
    let mut esms = matrice(&lu.contrat, page.noms);
    esms.retain(|e| lu.place.voit(&e.numero));
    ContratVue {
        adresse: super::adresse(&lu.identite.id),
        titre: court(&lu.identite.titre),
        sous_titre: page.sous_titre(),
        fait: None,
        visas: VisasVue::default(),
        plume: page.plume(),
        etapes: page.etapes(),
        bloque: page.bloque(),
        compte_esms: compte(esms.len() as u64, "ESMS", "ESMS"),
        esms,
        parties: parties(
            &page.mots,
            &page.suivis,
            &page.attentes,
            page.noms,
            &Lecteur {
                lu,
                aujourdhui: page.aujourdhui,
            },
        ),
        autres_dates: (autres > 0).then(|| compte(autres, "autre date", "autres dates")),
        dates: toutes.into_iter().take(DATES).collect(),
        flux: page.flux(),
        faits: derniers,
        position: page.position(RACINE),
    }
}

/// What blocks at one establishment.
pub(super) fn portes_de(
    lu: &ContratLu,
    finess: &str,
    maintenant: DateTime<Utc>,
) -> impl Iterator<Item = PorteVue> {
    let mut page = Page::de(lu, maintenant);
    let ici = |a: &Attente| a.spot.keys().any(|cle| cle == finess);
    page.attentes.retain(ici);
    let bloque = page.bloque();
    bloque.portes.into_iter().chain(bloque.suite)
}

impl<'a> Page<'a> {
    fn de(lu: &'a ContratLu, maintenant: DateTime<Utc>) -> Self {
        let suivis = suivis_vus(lu, maintenant);
        Self {
            lu,
            mots: Mots {
                contrat: &lu.contrat,
            },
            noms: Noms(&lu.identite.parties),
            attentes: attentes(&lu.contrat, &suivis),
            suivis,
            maintenant,
            aujourdhui: civil_date(maintenant),
        }
    }

    fn sous_titre(&self) -> String {
        let Some(machine) = self.lu.contrat.machine(RACINE) else {
            return String::new();
        };
        let workflow = machine.workflow();
        let legal = workflow.legal.join(", ");
        typographie(&format!("{}. {legal}", workflow.title))
    }

    fn position(&self, flux: &str) -> String {
        position(self.lu, flux)
    }

    fn plume(&self) -> PlumeVue {
        let Some(attente) = self.attentes.first() else {
            return self.sans_plume();
        };
        let parties = attente.plume();
        let machine = self.lu.contrat.machine(&attente.flux);
        let echeance = attente.echeance.as_ref();
        let autres = self.attentes.len() as u64 - 1;
        let partie = self.lu.place.partie.as_str();
        let a_vous = parties.contains(&partie);
        let id = &self.lu.identite.id;
        let lien = (attente.faisable() && attente.parties.contains(partie))
            .then(|| super::adresse_d_acte(id, &attente.flux, &attente.spot, &attente.acte));
        PlumeVue {
            titre: format!("La plume est {}", self.a_qui(&parties)),
            a_vous,
            lien,
            voix: self.noms.voix_de(parties),
            acte: Some(court(&majuscule(&acte_dit(&self.mots, attente)))),
            date: echeance.map(|e| jour(e.echeance)),
            distance: echeance.map(|e| distance(e.echeance, self.aujourdhui)),
            retard: echeance.is_some_and(|e| e.echeance < self.aujourdhui),
            ensuite: echeance.and_then(|e| effet(machine, e, self.aujourdhui)),
            autres: match autres {
                0 => None,
                1 => Some("Un autre acte est attendu.".to_owned()),
                n => Some(format!("{n} autres actes sont attendus.")),
            },
        }
    }

    /// « à vous », « à vous et à l’ARS », « au gestionnaire ».
    fn a_qui(&self, parties: &[&str]) -> String {
        let moi = self.lu.place.partie.as_str();
        let autres: Vec<&str> = parties.iter().copied().filter(|p| *p != moi).collect();
        if autres.len() == parties.len() {
            return noms_listes(self.noms, &autres);
        }
        match autres.len() {
            0 => "à vous".to_owned(),
            1 => format!("à vous et {}", noms_listes(self.noms, &autres)),
            _ => format!("à vous, {}", noms_listes(self.noms, &autres)),
        }
    }

    /// Nobody is waited for: the contract has ended, or runs.
    fn sans_plume(&self) -> PlumeVue {
        let fini = self.suivis.iter().all(|s| s.nom != RACINE);
        let limite = self.lu.place.esms.is_some();
        let premiere = self.suivis.iter().flat_map(|s| &s.agenda.dates);
        let premiere = premiere.map(|d| d.echeance).min().filter(|_| !fini);
        PlumeVue {
            titre: if fini {
                "Ce contrat est terminé".to_owned()
            } else if limite {
                "Rien n’est attendu pour ce que vous suivez".to_owned()
            } else {
                "Personne n’a la plume : rien n’est attendu".to_owned()
            },
            voix: Vec::new(),
            acte: None,
            date: premiere.map(jour),
            distance: premiere.map(|d| distance(d, self.aujourdhui)),
            retard: false,
            ensuite: None,
            autres: None,
            a_vous: false,
            lien: None,
        }
    }

    fn etapes(&self) -> Vec<EtapeVue> {
        let contrat = &self.lu.contrat;
        let (Some(racine), Some(machine)) = (contrat.flux(RACINE), contrat.machine(RACINE)) else {
            return Vec::new();
        };
        let workflow = machine.workflow();
        let etats = workflow.root().nodes.iter();
        let etats: Vec<&str> = etats.map(|id| workflow.node(*id).name.as_str()).collect();
        let du_contrat = self.attentes.iter().filter(|a| a.flux == RACINE);
        let prevues = Prevues {
            echeance: du_contrat.filter_map(Attente::date).max(),
            effet: date(contrat, "contrat.date_effet", self.maintenant),
            terme: date(contrat, "contrat.terme", self.maintenant),
        };
        let ouverte = courante(&racine.configuration);
        etapes(&etats, ouverte, &self.lu.resume.etapes, prevues)
    }

    fn bloque(&self) -> BloqueVue {
        let mut portes: Vec<PorteVue> = Vec::new();
        for attente in &self.attentes {
            for manque in &attente.manque {
                let porte = self.porte(attente, manque);
                // The same door of another item.
                let meme = portes.iter_mut().find(|p| p.meme(&porte));
                match meme {
                    Some(connue) => {
                        connue.elements.extend(porte.elements);
                        connue.liens.extend(porte.liens);
                        connue.liens.dedup();
                    }
                    None => portes.push(porte),
                }
            }
        }
        for porte in &mut portes {
            porte.pour = match porte.elements.as_slice() {
                [] => porte.acte.clone(),
                elements => format!("{} ({})", porte.acte, nommes(elements)),
            };
            porte.autres_liens = abrege(&mut porte.liens);
        }
        let compte = match portes.len() {
            0 => "rien ne bloque".to_owned(),
            n => compte(n as u64, "condition manque", "conditions manquent"),
        };
        let suite = portes.split_off(portes.len().min(PORTES));
        BloqueVue {
            compte,
            portes,
            suite,
        }
    }

    fn porte(&self, attente: &Attente, manque: &Missing) -> PorteVue {
        let qui = self.noms.voix_de(manque.lift.iter().filter_map(leveur));
        let premier = manque.lift.first();
        let comment = premier.map(|lift| comment(&self.lu.contrat, lift, qui.len() > 1));
        let cles = attente.spot.keys();
        let elements = cles.map(|cle| typographie(&self.mots.element(&attente.flux, &cle)));
        let acte = match self.mots.flux(&attente.flux) {
            Some(nom) => format!("{}, {nom}", attente.titre),
            None => attente.titre.clone(),
        };
        PorteVue {
            condition: condition_dite(manque),
            acte: typographie(&acte),
            elements: elements.collect(),
            pour: String::new(),
            qui,
            comment: comment.map(|c| typographie(&c)),
            dispense: self.noms.voix_de(manque.waive.iter().map(String::as_str)),
            liens: liens(
                self.lu,
                (&attente.flux, &attente.spot),
                manque,
                self.maintenant,
            ),
            autres_liens: None,
        }
    }

    /// Every date, in order; the items of one state are told together.
    fn dates(&self) -> Vec<DateVue> {
        let mut groupes: BTreeMap<_, (&Suivi<'a>, &Deadline, Vec<String>)> = BTreeMap::new();
        for suivi in &self.suivis {
            for date in &suivi.agenda.dates {
                let cle = (date.echeance, suivi.nom, date.spot.path(), &date.name);
                let (_, _, elements) = groupes.entry(cle).or_insert((suivi, date, Vec::new()));
                let cles = date.spot.keys();
                elements.extend(cles.map(|cle| self.mots.element(suivi.nom, &cle)));
            }
        }
        let groupes = groupes.into_values();
        groupes
            .map(|(suivi, date, elements)| self.date(suivi, date, &elements))
            .collect()
    }

    fn date(&self, suivi: &Suivi<'_>, date: &Deadline, elements: &[String]) -> DateVue {
        let machine = self.lu.contrat.machine(suivi.nom);
        let regle = date.rule.as_deref().zip(machine);
        let valeur = regle.and_then(|(regle, m)| m.pack().value(regle, self.aujourdhui));
        let (jour, mois) = feuillet(date.echeance);
        DateVue {
            iso: iso(date.echeance),
            jour,
            mois,
            annee: date.echeance.format("%Y").to_string(),
            dit: date_dite(&self.mots, suivi.nom, date, elements),
            distance: distance(date.echeance, self.aujourdhui),
            retard: date.soft && date.echeance < self.aujourdhui,
            source: date.source.as_deref().map(typographie),
            a_confirmer: valeur.is_some_and(|v| !v.confirmed),
            ensuite: effet(machine, date, self.aujourdhui),
        }
    }

    /// The streams that run first, then those that ended.
    fn flux(&self) -> Vec<FluxVue> {
        let autres = self.lu.contrat.tous().filter(|(nom, _)| *nom != RACINE);
        let mut vues: Vec<FluxVue> = autres
            .map(|(nom, flux)| {
                let attente = self.attentes.iter().find(|a| a.flux == nom);
                let date = attente.and_then(Attente::date);
                let ouvert = flux.configuration.pinned_on;
                let base = super::adresse(&self.lu.identite.id);
                FluxVue {
                    titre: titre(&self.lu.contrat, &self.mots, nom),
                    journal: format!("{base}/journal?flux={}", encode(nom)),
                    graphe: format!("{base}/graphe?flux={}", encode(nom)),
                    etat: self.position(nom),
                    ouvert: ouvert.map(jour),
                    fini: flux.configuration.ended.is_some(),
                    plume: attente.map_or_else(Vec::new, |a| self.noms.voix_de(a.plume())),
                    date: date.map(jour),
                    distance: date.map(|d| distance(d, self.aujourdhui)),
                    retard: date.is_some_and(|d| d < self.aujourdhui),
                }
            })
            .collect();
        vues.sort_by_key(|v| v.fini);
        vues
    }
}

/// How something is lifted.
pub(in crate::app) fn comment(contrat: &Contrat<'_>, lift: &Lift, plusieurs: bool) -> String {
    let (peut, declare) = if plusieurs {
        ("peuvent", "déclarent")
    } else {
        ("peut", "déclare")
    };
    match lift {
        Lift::Party { capability, .. } => {
            let droit = CATALOGUE.capability(capability);
            droit.map_or_else(|| capability.clone(), |d| format!("{peut} {}", d.title))
        }
        Lift::Declaration { fact, .. } => {
            let fait = CATALOGUE.fact(fact).map_or(fact.as_str(), |f| f.title);
            format!("{declare} « {fait} », pièce à l'appui")
        }
        Lift::Child { workflow } => {
            let titre = contrat.titre(workflow).unwrap_or(workflow);
            format!("se lève à la fin de « {titre} »")
        }
        Lift::Import => "se lève par l'import des données".to_owned(),
        Lift::Clock => "se lève avec le temps".to_owned(),
        Lift::Act => "se lève par un acte du parcours".to_owned(),
    }
}
