//! The page of a contract: who holds the pen, first; then what blocks, who may do what, which
//! dates fall, where each establishment stands, and the last facts.

use super::attentes::{Attente, acte_dit, attentes, condition_dite, effet, noms_listes, suivis};
use super::attentes::{Suivi, leveur};
use super::francais::{compte, distance, feuillet, iso, jour, majuscule, typographie};
use super::historique::{FaitVue, faits, titre};
use super::lecture::ContratLu;
use super::liste::encode;
use super::matrice::{EsmsVue, matrice};
use super::parties::{PartieVue, parties};
use super::phases::{EtapeVue, Prevues, courante, etapes};
use super::resume::date;
use super::voix::{Noms, Voix};
use crate::app::contrat::RACINE;
use crate::app::demo::{Mots, etat};
use crate::metier::contrat::faits::CATALOGUE;
use crate::regles::calendrier::civil_date;
use crate::workflow::machine::agenda::Deadline;
use crate::workflow::machine::refusal::{Lift, Missing};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// The page of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContratVue {
    pub adresse: String,
    pub titre: String,
    /// « CPOM médico-social, champ du handicap. CASF L.313-12-2… ».
    pub sous_titre: String,
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
    /// The act it stands in the way of.
    pub acte: String,
    pub qui: Vec<Voix>,
    /// How: « déclare « Référents nommés » avec sa pièce ».
    pub comment: Option<String>,
    pub dispense: Vec<Voix>,
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
    let suivis = suivis(&lu.contrat, maintenant);
    let page = Page {
        lu,
        mots: Mots {
            contrat: &lu.contrat,
            parties: &lu.identite.parties,
        },
        noms: Noms(&lu.identite.parties),
        attentes: attentes(&lu.contrat, &suivis),
        suivis,
        maintenant,
        aujourdhui: civil_date(maintenant),
    };
    let mut derniers = faits(&page.mots, page.noms, &lu.lignes);
    derniers.truncate(FAITS);
    let toutes = page.dates();
    let autres = (toutes.len().saturating_sub(DATES)) as u64;
    let esms = matrice(&lu.contrat, page.noms);
    ContratVue {
        adresse: super::adresse(&lu.identite.id),
        titre: lu.identite.titre.clone(),
        sous_titre: page.sous_titre(),
        plume: page.plume(),
        etapes: page.etapes(),
        bloque: page.bloque(),
        compte_esms: compte(esms.len() as u64, "ESMS", "ESMS"),
        esms,
        parties: parties(&page.mots, &page.suivis, page.noms, page.aujourdhui),
        autres_dates: (autres > 0).then(|| compte(autres, "autre date", "autres dates")),
        dates: toutes.into_iter().take(DATES).collect(),
        flux: page.flux(),
        faits: derniers,
        position: page.position(RACINE),
    }
}

impl<'a> Page<'a> {
    fn sous_titre(&self) -> String {
        let Some(machine) = self.lu.contrat.machine(RACINE) else {
            return String::new();
        };
        let workflow = machine.workflow();
        let legal = workflow.legal.join(", ");
        typographie(&format!("{}. {legal}", workflow.title))
    }

    fn position(&self, flux: &str) -> String {
        let lieux = etat(&self.lu.contrat, flux);
        let workflow = self.lu.contrat.machine(flux).map(|m| m.workflow());
        let mut titres: Vec<String> = Vec::new();
        for lieu in &lieux {
            let path = crate::workflow::machine::Spot::new(lieu).path();
            let node = workflow.and_then(|w| w.find(&path));
            let titre = node.and_then(|n| n.title.clone()).unwrap_or(path);
            if !titres.contains(&titre) {
                titres.push(titre);
            }
        }
        typographie(&titres.join(", "))
    }

    fn plume(&self) -> PlumeVue {
        let Some(attente) = self.attentes.first() else {
            return self.sans_plume();
        };
        let parties = attente.plume();
        let machine = self.lu.contrat.machine(&attente.flux);
        let echeance = attente.echeance.as_ref();
        let autres = self.attentes.len() as u64 - 1;
        PlumeVue {
            titre: format!("La plume est {}", noms_listes(self.noms, &parties)),
            voix: parties.iter().map(|p| self.noms.voix(p)).collect(),
            acte: Some(majuscule(&acte_dit(&self.mots, attente))),
            date: echeance.map(|e| jour(e.echeance)),
            distance: echeance.map(|e| distance(e.echeance, self.aujourdhui)),
            retard: echeance.is_some_and(|e| e.echeance < self.aujourdhui),
            ensuite: echeance.and_then(|e| effet(machine, e)),
            autres: match autres {
                0 => None,
                1 => Some("Un autre acte est attendu.".to_owned()),
                n => Some(format!("{n} autres actes sont attendus.")),
            },
        }
    }

    /// Nobody is waited for: the contract has ended, or runs.
    fn sans_plume(&self) -> PlumeVue {
        let fini = self.suivis.iter().all(|s| s.nom != RACINE);
        let premiere = self.suivis.iter().flat_map(|s| &s.agenda.dates);
        let premiere = premiere.map(|d| d.echeance).min().filter(|_| !fini);
        PlumeVue {
            titre: if fini {
                "Ce contrat est terminé".to_owned()
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
        let mut portes = Vec::new();
        for attente in &self.attentes {
            for manque in &attente.manque {
                portes.push(self.porte(attente, manque));
            }
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
        let mut parties: Vec<&str> = Vec::new();
        for partie in manque.lift.iter().filter_map(leveur) {
            if !parties.contains(&partie) {
                parties.push(partie);
            }
        }
        let comment = manque.lift.first().map(|lift| self.comment(lift));
        PorteVue {
            condition: condition_dite(manque),
            acte: majuscule(&acte_dit(&self.mots, attente)),
            qui: parties.iter().map(|p| self.noms.voix(p)).collect(),
            comment: comment.map(|c| typographie(&c)),
            dispense: manque.waive.iter().map(|p| self.noms.voix(p)).collect(),
        }
    }

    fn comment(&self, lift: &Lift) -> String {
        match lift {
            Lift::Party { capability, .. } => {
                let droit = CATALOGUE.capability(capability);
                droit.map_or_else(|| capability.clone(), |d| format!("peut {}", d.title))
            }
            Lift::Declaration { fact, .. } => {
                let fait = CATALOGUE.fact(fact).map_or(fact.as_str(), |f| f.title);
                format!("déclare « {fait} », pièce à l'appui")
            }
            Lift::Child { workflow } => {
                let titre = self.lu.contrat.titre(workflow).unwrap_or(workflow);
                format!("se lève à la fin de « {titre} »")
            }
            Lift::Import => "se lève par l'import des données".to_owned(),
            Lift::Clock => "se lève avec le temps".to_owned(),
            Lift::Act => "se lève par un acte du parcours".to_owned(),
        }
    }

    /// Every date, in order, once each.
    fn dates(&self) -> Vec<DateVue> {
        let mut toutes: Vec<(&Suivi<'a>, &Deadline)> = Vec::new();
        for suivi in &self.suivis {
            toutes.extend(suivi.agenda.dates.iter().map(|d| (suivi, d)));
        }
        toutes.sort_by_key(|(suivi, d)| (d.echeance, suivi.nom, &d.spot, &d.name));
        let mut vues: Vec<DateVue> = Vec::new();
        for (suivi, date) in toutes {
            let vue = self.date(suivi, date);
            if vues.last() != Some(&vue) {
                vues.push(vue);
            }
        }
        vues
    }

    fn date(&self, suivi: &Suivi<'_>, date: &Deadline) -> DateVue {
        let machine = self.lu.contrat.machine(suivi.nom);
        let regle = date.rule.as_deref().zip(machine);
        let valeur = regle.and_then(|(regle, m)| m.pack().value(regle, self.aujourdhui));
        let (jour, mois) = feuillet(date.echeance);
        DateVue {
            iso: iso(date.echeance),
            jour,
            mois,
            annee: date.echeance.format("%Y").to_string(),
            dit: typographie(&self.date_dite(suivi.nom, date)),
            distance: distance(date.echeance, self.aujourdhui),
            retard: date.soft && date.echeance < self.aujourdhui,
            source: date.source.as_deref().map(typographie),
            a_confirmer: valeur.is_some_and(|v| !v.confirmed),
            ensuite: effet(machine, date),
        }
    }

    fn date_dite(&self, flux: &str, date: &Deadline) -> String {
        let timer = self.mots.minuterie(flux, date);
        let lieu = timer.map_or_else(|| self.mots.lieu(flux, &date.spot), str::to_owned);
        match self.mots.flux(flux) {
            Some(nom) => format!("{nom} : {lieu}"),
            None => lieu,
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
                    plume: attente
                        .map(|a| a.plume().iter().map(|p| self.noms.voix(p)).collect())
                        .unwrap_or_default(),
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
