//! A diligent life: it goes to the acts that were never done, the nearest first, and keeps for the
//! end those that close the way to others.

use super::carte::{Coup, atteints, chaine, chemin, collection, nom};
use crate::histoires::chantier::{conjointe, departement, esms};
use chrono::{DateTime, NaiveDate, Utc};
use entente::app::contrat::{Atelier, Commande, Contrat, Demande, RACINE, Reprise, acteur};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::metier::evenement::Evenement;
use entente::regles::value::Value;
use entente::workflow::definition::model::{NodeId, Role, Target, Workflow};
use entente::workflow::machine::digest::Digest;
use entente::workflow::machine::event::Event;
use entente::workflow::machine::{Command, Spot, World};
use std::collections::{BTreeMap, BTreeSet};

/// Steps spent on one act, at most.
const PATIENCE: u32 = 160;
/// Steps in a row that changed nothing, at most.
const EN_VAIN: u32 = 4;
/// Children of one kind, at most.
const ENFANTS: usize = 12;
/// Lives that give an act up before nobody tries any more.
const ABANDONS: u32 = 3;
/// What losing the way to one act costs, against one move.
const PERTE: usize = 1_000;

/// How a contract begins.
#[derive(Debug, Clone)]
pub enum Naissance {
    Ouvert,
    /// Signed elsewhere, and opened in this state.
    Repris(Reprise, String),
}

/// An act to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Cible {
    flux: String,
    node: NodeId,
    /// Empty: to be there, until a deadline starts what is launched.
    acte: String,
    /// The workflow that it starts, when that is what is wanted.
    lance: Option<String>,
}

/// The next move towards it.
#[derive(Debug, Clone)]
enum Vers {
    Ici(Spot),
    Coup(Spot, Coup),
    /// A new item of this collection.
    Entree(Spot, String),
}

pub struct Assidue<'a> {
    pub atelier: &'a Atelier,
    pub workflow: &'a Workflow,
    pub contrat: Contrat<'a>,
    pub instant: DateTime<Utc>,
    pub naissance: Naissance,
    /// When it was born.
    pub ne_le: DateTime<Utc>,
    /// What was asked of it, in order, and when; none: to let time pass.
    pub carnet: Vec<(Option<Commande>, DateTime<Utc>)>,
    /// The acts to do, by workflow and place, that nobody has done yet.
    pub restent: BTreeSet<String>,
    vains: BTreeSet<Cible>,
    /// The lives, this one and those before, that gave each act up.
    pub abandons: BTreeMap<String, u32>,
    pub(super) essais: BTreeMap<(String, String), u32>,
    pub(super) ecrits: BTreeSet<(String, String, Option<String>)>,
    pub(super) lues: usize,
    pub(super) demandes: u32,
    pub(super) refus: u32,
    /// The last refusal, for who reads why an act was given up.
    pub(super) dernier: String,
    pub bavarde: bool,
}

fn instant(le: NaiveDate) -> DateTime<Utc> {
    le.and_hms_opt(9, 0, 0).unwrap().and_utc()
}

/// The same contract before anything was asked of it.
pub fn au_debut<'a>(
    atelier: &'a Atelier,
    workflow: &str,
    naissance: &Naissance,
    le: DateTime<Utc>,
) -> Contrat<'a> {
    match naissance {
        Naissance::Ouvert => Contrat::ouvrir(atelier, workflow, le).unwrap(),
        Naissance::Repris(reprise, _) => {
            let mut contrat = Contrat::vide(&atelier.machines());
            let par = acteur("gestionnaire", "p", Role::Signature);
            contrat.naitre_repris(reprise, &par, "r0", le).unwrap();
            contrat
        }
    }
}

/// Three establishments, of all the parties there may be.
fn perimetre(workflow: &str) -> Vec<(String, Element)> {
    let competences = [Competence::Ars, departement("01"), conjointe("01")];
    let elements = competences.into_iter().enumerate().map(|(n, competence)| {
        let mut element = esms(&format!("Établissement {n}"), competence);
        if let Element::Esms { categorie, .. } = &mut element
            && workflow != "cpom-ph"
        {
            *categorie = (n > 0).then(|| "500".to_owned());
        }
        (super::vie::finess(n), element)
    });
    elements.collect()
}

impl<'a> Assidue<'a> {
    /// A contract just born, with its perimeter; opened in an entry state if it is taken over.
    pub fn nait(
        atelier: &'a Atelier,
        workflow: &'a Workflow,
        entree: Option<&str>,
        restent: BTreeSet<String>,
    ) -> Self {
        let ne_le = instant(NaiveDate::from_ymd_opt(2026, 1, 5).unwrap());
        let document = Digest::of(b"le contrat signe");
        let reprise = Reprise {
            workflow: workflow.name.clone(),
            document,
            signe_le: NaiveDate::from_ymd_opt(2025, 12, 15).unwrap(),
        };
        let naissance = entree.map_or(Naissance::Ouvert, |etat| {
            Naissance::Repris(reprise, etat.to_owned())
        });
        let mut vie = Self {
            contrat: au_debut(atelier, &workflow.name, &naissance, ne_le),
            atelier,
            workflow,
            instant: ne_le,
            naissance,
            ne_le,
            carnet: Vec::new(),
            restent,
            vains: BTreeSet::new(),
            abandons: BTreeMap::new(),
            essais: BTreeMap::new(),
            ecrits: BTreeSet::new(),
            lues: 0,
            demandes: 0,
            refus: 0,
            dernier: String::new(),
            bavarde: std::env::var("ENTENTE_BAVARDE").is_ok(),
        };
        vie.peuple(document);
        vie
    }

    fn peuple(&mut self, document: Digest) {
        for (cle, element) in perimetre(&self.workflow.name) {
            let entree = Ecriture::Entrer {
                cle,
                element,
                effet: None,
            };
            assert!(
                self.ecrit(RACINE, "gestionnaire", entree),
                "{}",
                self.dernier
            );
        }
        if let Naissance::Repris(reprise, etat) = self.naissance.clone() {
            let parties = self.contrat.flux(RACINE).unwrap().dossier.suivi();
            let mut parties = parties.parties.clone();
            if parties.is_empty() {
                parties = ["gestionnaire", "ars", "departement:01"]
                    .map(str::to_owned)
                    .to_vec();
            }
            for partie in parties {
                let confirme = Command::OpenAt {
                    actor: acteur(&partie, "p", Role::Signature),
                    state: etat.clone(),
                    document,
                    effective: reprise.signe_le,
                    id: self.id(),
                };
                assert!(
                    self.demande(RACINE, Demande::Acte(confirme)),
                    "{}",
                    self.dernier
                );
            }
        }
        if self.workflow.name.starts_with("cpom-sanitaire") {
            self.declare(
                RACINE,
                "ars",
                "perimetre.a_usld",
                None,
                Value::Boolean(true),
            );
        }
    }

    /// Does what remains to be done, as far as this contract goes.
    pub fn vit(&mut self) {
        while let Some(cible) = self.choisit() {
            self.poursuit(&cible);
        }
    }

    /// One act, until it is done or given up.
    fn poursuit(&mut self, cible: &Cible) {
        let workflow = self.du_flux(&cible.flux);
        let voulu = nom(workflow, workflow.node(cible.node), &cible.acte);
        let flux = self.contrat.tous().count();
        if let Some(lance) = cible.lance.clone() {
            *self.essais.entry((lance, cible.acte.clone())).or_default() += 1;
        }
        let mut rien = 0;
        let mut fait = false;
        for _ in 0..PATIENCE {
            fait = match cible.lance {
                Some(_) => self.contrat.tous().count() > flux,
                None => !self.restent.contains(&voulu),
            };
            if fait || rien > EN_VAIN {
                break;
            }
            let lignes = self.contrat.journal().len();
            self.pas(cible);
            self.note();
            rien = if self.contrat.journal().len() == lignes {
                rien + 1
            } else {
                0
            };
        }
        if !fait {
            if self.bavarde {
                eprintln!("vain : {} {voulu} — {}", cible.flux, self.dernier);
            }
            let meme = |v: &Cible| v.node == cible.node && v.acte == cible.acte;
            if !self.vains.iter().any(meme) {
                *self.abandons.entry(voulu).or_default() += 1;
            }
            self.vains.insert(cible.clone());
        }
    }

    fn pas(&mut self, cible: &Cible) {
        let Some((_, vers)) = self.approche(&cible.flux, cible) else {
            "plus de chemin".clone_into(&mut self.dernier);
            return;
        };
        if self.bavarde {
            eprintln!(
                "  {} {} : {vers:?} [{}]",
                cible.flux,
                cible.acte,
                self.instant.date_naive()
            );
        }
        match vers {
            Vers::Ici(_) if cible.acte.is_empty() => self.patiente(60),
            Vers::Ici(spot) => self.accomplit(&cible.flux, &spot, &cible.acte),
            Vers::Coup(spot, coup) => self.joue(&cible.flux, &spot, &coup),
            Vers::Entree(spot, collection) => self.entre(&cible.flux, &spot, &collection),
        }
    }

    pub(super) fn joue(&mut self, flux: &str, spot: &Spot, coup: &Coup) {
        match coup {
            Coup::Acte(acte) => self.accomplit(flux, spot, acte),
            Coup::Refus(acte) => self.refuse(flux, spot, acte),
            Coup::Echeance(nom) => self.attend(flux, spot, nom),
            Coup::Seul => self.patiente(1),
            Coup::Fini => self.finit(flux, spot),
        }
    }

    /// Takes the acts done since the last look off the list.
    fn note(&mut self) {
        let lignes = &self.contrat.journal()[self.lues..];
        for ligne in lignes {
            if let Evenement::Machine(stamped) = &ligne.evenement
                && let Event::ActDone { spot, act, .. } = &stamped.event
            {
                let workflow = &self.contrat.flux(&ligne.flux).unwrap().dossier.workflow;
                self.restent
                    .remove(&format!("{workflow} {} {act}", spot.path()));
            }
        }
        self.lues = self.contrat.journal().len();
    }

    pub(super) fn du_flux(&self, flux: &str) -> &'a Workflow {
        let nom = &self.contrat.flux(flux).unwrap().dossier.workflow;
        self.atelier.workflow(nom).unwrap()
    }

    /// The act that costs least, what it closes counted.
    fn choisit(&self) -> Option<Cible> {
        let ouverts = self.contrat.tous();
        let ouverts = ouverts.filter(|(_, f)| f.configuration.ended.is_none());
        let ouverts: Vec<&str> = ouverts.map(|(nom, _)| nom).collect();
        let mut mieux: Option<(usize, Cible)> = None;
        for flux in &ouverts {
            for cible in self.cibles(flux).into_iter().chain(self.lancements(flux)) {
                let Some((cout, _)) = self.approche(flux, &cible) else {
                    continue;
                };
                let score = cout as usize + self.perte(&cible) + self.peine(&cible);
                if !self.vains.contains(&cible) && mieux.as_ref().is_none_or(|(s, _)| score < *s) {
                    mieux = Some((score, cible));
                }
            }
        }
        mieux.map(|(_, cible)| cible)
    }

    /// What remains to be done in a stream, or what starts a child where something remains.
    fn cibles(&self, flux: &str) -> Vec<Cible> {
        let workflow = self.du_flux(flux);
        let mut cibles = Vec::new();
        for node in &workflow.nodes {
            for act in &node.acts {
                if self.reste(&nom(workflow, node, &act.name)) {
                    cibles.push(Cible {
                        flux: flux.to_owned(),
                        node: node.id,
                        acte: act.name.clone(),
                        lance: None,
                    });
                }
            }
        }
        cibles
    }

    /// What starts, from a stream, a child where something remains to be done.
    fn lancements(&self, flux: &str) -> Vec<Cible> {
        let workflow = self.du_flux(flux);
        let mut cibles = Vec::new();
        for node in &workflow.nodes {
            let actes = node
                .acts
                .iter()
                .map(|a| (a.name.as_str(), a.starts.as_ref()));
            let timers = node.after.iter().map(|t| ("", t.starts.as_ref()));
            for (acte, starts) in actes.chain(timers) {
                let Some(starts) = starts.filter(|s| !s.root) else {
                    continue;
                };
                let nes = self
                    .contrat
                    .tous()
                    .filter(|(_, f)| f.dossier.workflow == starts.workflow);
                if nes.count() < ENFANTS && self.attend_enfant(&starts.workflow) {
                    cibles.push(Cible {
                        flux: flux.to_owned(),
                        node: node.id,
                        acte: acte.to_owned(),
                        lance: Some(starts.workflow.clone()),
                    });
                }
            }
        }
        cibles
    }

    /// Whether something remains to be done in a child, or in what it starts itself.
    fn attend_enfant(&self, workflow: &str) -> bool {
        let Some(enfant) = self.atelier.workflow(workflow) else {
            return false;
        };
        let connus = self.connu();
        let tous = atteints(enfant, enfant.root().start, &connus);
        tous.iter().any(|acte| self.reste(acte))
    }

    /// Whether an act remains to be done, and was not given up too often.
    fn reste(&self, acte: &str) -> bool {
        self.restent.contains(acte) && self.abandons.get(acte).is_none_or(|n| *n < ABANDONS)
    }

    fn connu(&self) -> impl Fn(&str) -> Option<&'a Workflow> + use<'a> {
        let atelier = self.atelier;
        move |nom: &str| atelier.workflow(nom)
    }

    /// Starting one more child comes after what those already there can give.
    fn peine(&self, cible: &Cible) -> usize {
        let Some(lance) = &cible.lance else { return 0 };
        let enfants = self.contrat.tous();
        let nes = enfants
            .filter(|(_, f)| f.dossier.workflow == *lance)
            .count();
        let essais = self.essais.get(&(lance.clone(), cible.acte.clone()));
        20 + 15 * nes + 15 * essais.map_or(0, |n| *n as usize)
    }

    /// What doing it closes: acts that could still come and no longer can.
    fn perte(&self, cible: &Cible) -> usize {
        let workflow = self.du_flux(&cible.flux);
        let connus = self.connu();
        let chaine = chaine(workflow, workflow.node(cible.node));
        let configuration = &self.contrat.flux(&cible.flux).unwrap().configuration;
        let ici = configuration.visits.keys().find_map(|spot| {
            let node = workflow.find(&spot.path())?;
            (node.block == workflow.root().id).then_some(node.id)
        });
        let Some(ici) = ici else { return 0 };
        let avant = atteints(workflow, ici, &connus);
        let node = workflow.node(cible.node);
        let act = node.acts.iter().find(|a| a.name == cible.acte);
        let to = act.and_then(|a| a.to);
        let apres = match (chaine.len(), to) {
            (1, Some(Target::Node(id))) => atteints(workflow, id, &connus),
            (1, Some(Target::End)) => BTreeSet::new(),
            _ => atteints(workflow, chaine[0], &connus),
        };
        let soi = nom(workflow, node, &cible.acte);
        let perdus = avant.difference(&apres);
        let perdus = perdus.filter(|p| **p != soi && self.reste(p)).count();
        let dedans = chaine.len() > 1 && to.is_some();
        let poids = if cible.flux == RACINE { PERTE } else { 10 };
        perdus * poids + usize::from(dedans) * self.freres(workflow, cible)
    }

    /// In a branch, doing it leaves a state where others remain to be done.
    fn freres(&self, workflow: &Workflow, cible: &Cible) -> usize {
        let node = workflow.node(cible.node);
        let act = node.acts.iter().find(|a| a.name == cible.acte);
        let connus = |_: &str| None;
        let avant = atteints(workflow, cible.node, &connus);
        let apres = match act.and_then(|a| a.to) {
            Some(Target::Node(id)) => atteints(workflow, id, &connus),
            _ => BTreeSet::new(),
        };
        let soi = nom(workflow, node, &cible.acte);
        let perdus = avant.difference(&apres);
        perdus.filter(|p| **p != soi && self.reste(p)).count() * 20
    }

    /// How far an act is, and the next move towards it.
    fn approche(&self, flux: &str, cible: &Cible) -> Option<(u32, Vers)> {
        let workflow = self.du_flux(flux);
        let node = workflow.node(cible.node);
        self.va(flux, workflow, None, &chaine(workflow, node), cible)
    }

    fn va(
        &self,
        flux: &str,
        workflow: &Workflow,
        parent: Option<&Spot>,
        chaine: &[NodeId],
        cible: &Cible,
    ) -> Option<(u32, Vers)> {
        let but = chaine[0];
        let bloc = workflow.node(but).block;
        let visits = &self.contrat.flux(flux)?.configuration.visits;
        let permis = |coup: &Coup| Self::permis(workflow, cible, coup);
        let reste = u32::try_from(chaine.len() - 1).unwrap() * 3;
        let mut mieux: Option<(u32, Vers)> = None;
        for spot in visits.keys().filter(|s| !s.is_root()) {
            let Some(ici) = workflow.find(&spot.path()) else {
                continue;
            };
            let dans =
                ici.block == bloc && parent.is_none_or(|p| spot.parent(workflow, ici).0 == *p);
            if !dans {
                continue;
            }
            let dedans = match (ici.id == but, chaine.len()) {
                (true, 1) if self.trop_tard(flux, workflow, cible) => None,
                (true, 1) => Some((0, Vers::Ici(spot.clone()))),
                (true, _) => self.va(flux, workflow, Some(spot), &chaine[1..], cible),
                (false, _) => None,
            };
            let trouve = dedans.or_else(|| {
                let (cout, coup) = chemin(workflow, ici.id, |t| t == Target::Node(but), permis)?;
                Some((cout + reste, Vers::Coup(spot.clone(), coup)))
            });
            if let Some((cout, vers)) = trouve
                && mieux.as_ref().is_none_or(|(c, _)| cout < *c)
            {
                mieux = Some((cout, vers));
            }
        }
        if mieux.is_none()
            && let Some(parent) = parent
        {
            let owner = workflow.find(&parent.path())?;
            let de = collection(owner)?;
            let items = self.contrat.monde(flux, self.instant)?.items(de).len();
            let entre = ["objectifs", "modifications", "reconnaissances", "esms"].contains(&de);
            if entre && items < 9 {
                return Some((6 + reste, Vers::Entree(parent.clone(), de.to_owned())));
            }
        }
        mieux
    }

    /// It turns a silence round, and there was none.
    fn trop_tard(&self, flux: &str, workflow: &Workflow, cible: &Cible) -> bool {
        let tacite = self.contrat.flux(flux).unwrap().dossier.suivi().tacite;
        contre(workflow, cible) && tacite.is_none()
    }

    /// An act that turns a silence round asks for that silence.
    fn permis(workflow: &Workflow, cible: &Cible, coup: &Coup) -> bool {
        let Coup::Acte(acte) = coup else { return true };
        let tranche = ["approuver", "rejeter", "fixer_d_office"].contains(&acte.as_str());
        let detourne = tranche && contre(workflow, cible);
        !(detourne || acte.starts_with("reconnaitre_"))
    }
}

/// It turns a silence round, with a document dated before.
fn contre(workflow: &Workflow, cible: &Cible) -> bool {
    let act = workflow
        .node(cible.node)
        .acts
        .iter()
        .find(|a| a.name == cible.acte);
    act.is_some_and(|a| {
        let mut requires = a.requires.iter();
        requires.any(|r| r.condition.to_string().contains("piece_anterieure"))
    })
}

/// The lives that, together, do every act of a workflow and of the children given with it; and the
/// acts that no life did.
pub fn vies<'a>(
    atelier: &'a Atelier,
    workflow: &str,
    enfants: &[&str],
) -> (Vec<Assidue<'a>>, BTreeSet<String>) {
    let workflow = atelier.workflow(workflow).unwrap();
    let enfants = enfants.iter().map(|e| atelier.workflow(e).unwrap());
    let tous = std::iter::once(workflow).chain(enfants);
    let mut restent: BTreeSet<String> = tous.flat_map(super::actes_de).collect();
    let mut vies = Vec::new();
    let entrees = workflow.nodes.iter().filter(|n| n.entry);
    let entrees: Vec<Option<&str>> = entrees.map(|n| Some(n.name.as_str())).collect();
    let debuts: Vec<Option<&str>> = std::iter::once(None).chain(entrees).collect();
    let mut vaines = 0;
    let mut abandons = BTreeMap::new();
    for debut in debuts.iter().cycle() {
        if restent.is_empty() || vaines > 3 * debuts.len() {
            break;
        }
        let mut vie = Assidue::nait(atelier, workflow, *debut, restent.clone());
        vie.abandons.clone_from(&abandons);
        vie.vit();
        abandons.clone_from(&vie.abandons);
        vaines = if vie.restent == restent {
            vaines + 1
        } else {
            0
        };
        if vie.restent != restent {
            restent.clone_from(&vie.restent);
            vies.push(vie);
        }
    }
    (vies, restent)
}
