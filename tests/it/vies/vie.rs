//! One life: who does what, at random.

use super::hasard::Hasard;
use crate::histoires::chantier::{Chantier, conjointe, departement, esms};
use chrono::{DateTime, Duration, Utc};
use entente::app::contrat::{Atelier, Commande, Contrat, Demande, RACINE, Refus, acteur};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::faits::CATALOGUE;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::metier::contrat::saisie::Saisie;
use entente::metier::evenement::Avis;
use entente::metier::finess::Finess;
use entente::regles::value::Value;
use entente::workflow::catalogue::Kind;
use entente::workflow::definition::model::{Input, InputKind, Role, Workflow};
use entente::workflow::machine::agenda::{Agenda, PartyAgenda, Pen, Todo};
use entente::workflow::machine::digest::Digest;
use entente::workflow::machine::event::Inputs;
use entente::workflow::machine::refusal::{Lift, Missing};
use entente::workflow::machine::{Command, Spot, World};
use std::collections::BTreeSet;

/// Steps of a life at most; it stops when the contract and its children have had five years.
const PAS: u32 = 900;
const JOURS: i64 = 6 * 365;
/// Acts that cut a life short: rarely chosen.
const FINS: [&str; 5] = [
    "resilier",
    "ecarter",
    "constater_refus",
    "refuser",
    "renoncer",
];

/// The number of a made-up establishment, with its key.
pub fn finess(rang: usize) -> String {
    let racine = 99_000_000 + rang;
    let juste = |cle: &usize| Finess::parse(&format!("{racine}{cle}")).is_ok();
    let cle = (0..10).find(juste).unwrap();
    format!("{racine}{cle}")
}

pub struct Vie<'a> {
    atelier: &'a Atelier,
    pub contrat: Contrat<'a>,
    pub instant: DateTime<Utc>,
    /// What was asked of it, in order, and when; none: to let time pass.
    pub carnet: Vec<(Option<Commande>, DateTime<Utc>)>,
    naissance: DateTime<Utc>,
    pas: u32,
    demandes: u32,
    derniere: Option<Commande>,
    /// How contrary people are, in percent.
    humeur: usize,
    pub actes: u32,
    pub refus: u32,
}

impl<'a> Vie<'a> {
    /// A contract on a random perimeter; one life in two begins once the diagnostics are closed,
    /// or the text is ready to be signed.
    pub fn nait(atelier: &'a Atelier, hasard: &mut Hasard, graine: u64) -> Self {
        Self::nait_dans("cpom-ph", atelier, hasard, graine)
    }

    /// The same in any workflow of contracts; only that of the story knows the way to
    /// the signature.
    pub fn nait_dans(
        workflow: &str,
        atelier: &'a Atelier,
        hasard: &mut Hasard,
        graine: u64,
    ) -> Self {
        let mut chantier = Chantier::ouvre(atelier, workflow);
        let numeros = ["01", "02"];
        let departements = &numeros[..hasard.sous(3)];
        for n in 0..2 + hasard.sous(5) {
            let numero = hasard.parmi(departements).copied();
            let competence = match (numero, hasard.sous(3)) {
                (Some(numero), 1) => departement(numero),
                (Some(numero), 2) => conjointe(numero),
                _ => Competence::Ars,
            };
            let mut element = esms(&format!("ESMS {n}"), competence);
            if let Element::Esms { categorie, .. } = &mut element
                && workflow != "cpom-ph"
            {
                *categorie = (n % 2 == 1).then(|| "500".to_owned());
            }
            chantier.entre(&finess(n), element);
        }
        let connue = workflow == "cpom-ph";
        if connue && graine % 4 >= 1 {
            chantier.lance_et_soumet();
            for esms in chantier.esms() {
                chantier.clot(&esms);
            }
        }
        if connue && graine % 4 >= 2 {
            chantier.negocie();
            chantier.fige_et_delibere();
        }
        let humeurs = [2, 8, 25];
        Self {
            atelier,
            naissance: chantier.instant,
            instant: chantier.instant,
            contrat: chantier.contrat,
            carnet: chantier.carnet,
            pas: 0,
            demandes: 0,
            derniere: None,
            humeur: humeurs[hasard.sous(3)],
            actes: 0,
            refus: 0,
        }
    }

    pub fn dure(&self) -> bool {
        let jours = (self.instant - self.naissance).num_days();
        let fini = self
            .contrat
            .tous()
            .all(|(_, f)| f.configuration.ended.is_some());
        self.pas < PAS && jours < JOURS && !fini
    }

    /// One thing happens.
    pub fn pas(&mut self, hasard: &mut Hasard) {
        self.pas += 1;
        self.instant += Duration::minutes(1);
        match hasard.sous(100) {
            0..=9 => self.saute(hasard),
            10..=11 => self.recule(),
            12..=14 => self.repete(),
            15..=16 => self.perimetre(hasard),
            n if n >= 100 - self.humeur => self.contrarie(hasard),
            _ => self.agit(hasard),
        }
    }

    /// Time passes: days, sometimes months.
    fn saute(&mut self, hasard: &mut Hasard) {
        let jours = match hasard.sous(10) {
            0 => 60 + hasard.sous(200),
            1..=4 => 15 + hasard.sous(40),
            _ => 1 + hasard.sous(10),
        };
        self.instant += Duration::days(i64::try_from(jours).unwrap());
        self.carnet.push((None, self.instant));
        self.contrat
            .avancer(self.instant)
            .unwrap_or_else(|r| panic!("{r}"));
    }

    /// A clock set back is refused, and nothing is written.
    fn recule(&mut self) {
        let lignes = self.contrat.journal().len();
        self.carnet.push((None, self.instant - Duration::days(3)));
        let refus = self.contrat.avancer(self.instant - Duration::days(3));
        assert_eq!(refus.unwrap_err().code(), "horloge");
        assert_eq!(self.contrat.journal().len(), lignes);
    }

    /// The same request, sent twice, is done once.
    fn repete(&mut self) {
        let Some(commande) = self.derniere.clone() else {
            return;
        };
        self.contrat.avancer(self.instant).unwrap();
        let lignes = self.contrat.journal().len();
        self.carnet.push((Some(commande.clone()), self.instant));
        self.contrat.agir(&commande, self.instant).unwrap();
        assert_eq!(
            self.contrat.journal().len(),
            lignes,
            "done twice: {commande:?}"
        );
    }

    fn perimetre(&mut self, hasard: &mut Hasard) {
        let racine = self.contrat.flux(RACINE).unwrap();
        let cles = racine.dossier.collections().cles("esms").to_vec();
        let ecriture = if hasard.pourcent(50) && cles.len() > 1 {
            Ecriture::Sortir {
                collection: "esms".to_owned(),
                cle: hasard.parmi(&cles).unwrap().clone(),
                motif: "cession".to_owned(),
                effet: None,
            }
        } else {
            let numero = ["01", "02"][hasard.sous(2)];
            let competences = [Competence::Ars, departement(numero), conjointe(numero)];
            let competence = competences[hasard.sous(3)].clone();
            Ecriture::Entrer {
                cle: finess(1_000 + self.pas as usize),
                element: esms("Nouvel ESMS", competence),
                effet: None,
            }
        };
        self.ecrit(RACINE, "gestionnaire", ecriture);
    }

    /// A stream still open, at random.
    fn flux(&self, hasard: &mut Hasard) -> Option<String> {
        let ouverts = self.contrat.tous();
        let ouverts = ouverts.filter(|(_, f)| f.configuration.ended.is_none());
        let ouverts: Vec<String> = ouverts.map(|(nom, _)| nom.to_owned()).collect();
        // An avenant lives a short time among many EPRD: it gets more than its turn.
        let rares = ouverts
            .iter()
            .filter(|nom| nom.contains("avenant") || nom.contains("decision"));
        let rares: Vec<String> = rares.cloned().collect();
        if hasard.pourcent(35) && !rares.is_empty() {
            return hasard.parmi(&rares).cloned();
        }
        if hasard.pourcent(25) {
            return ouverts.into_iter().find(|nom| nom == RACINE);
        }
        hasard.parmi(&ouverts).cloned()
    }

    pub fn agenda(&self, flux: &str) -> Agenda {
        let configuration = &self.contrat.flux(flux).unwrap().configuration;
        let monde = self.contrat.monde(flux, self.instant).unwrap();
        let machine = self.contrat.machine(flux).unwrap();
        machine.agenda(configuration, &monde, self.instant)
    }

    /// Someone does what its agenda offers, or provides what it misses.
    fn agit(&mut self, hasard: &mut Hasard) {
        self.contrat.avancer(self.instant).unwrap();
        let Some(flux) = self.flux(hasard) else {
            return;
        };
        let agenda = self.agenda(&flux);
        let occupees = agenda.parties.iter();
        let occupees: Vec<&PartyAgenda> = occupees.filter(|p| !p.acts.is_empty()).collect();
        let Some(partie) = hasard.parmi(&occupees) else {
            self.propose(&flux, &agenda, hasard);
            return;
        };
        if hasard.pourcent(12) {
            self.propose(&flux, &agenda, hasard);
            return;
        }
        let Some(todo) = hasard.parmi(&partie.acts) else {
            return;
        };
        if FINS.contains(&todo.act.as_str()) && !hasard.pourcent(4) {
            return;
        }
        let attend_un_acte = |m: &Missing| m.lift.iter().all(|l| *l == Lift::Act);
        if let Some(missing) = todo.missing.iter().find(|m| !attend_un_acte(m)) {
            self.fournit(&flux, todo, missing);
        } else if todo.digest.is_none() && self.porte_sur(&flux, todo) {
            self.redige(&flux, &agenda, todo, hasard);
        } else {
            self.fait(&flux, &partie.party, todo, todo.digest, hasard);
        }
    }

    fn workflow(&self, flux: &str) -> &'a Workflow {
        let nom = &self.contrat.flux(flux).unwrap().dossier.workflow;
        self.atelier.workflow(nom).unwrap()
    }

    fn porte_sur(&self, flux: &str, todo: &Todo) -> bool {
        let node = self.workflow(flux).find(&todo.spot.path()).unwrap();
        let act = node.acts.iter().find(|a| a.name == todo.act).unwrap();
        act.over.is_some()
    }

    fn fait(
        &mut self,
        flux: &str,
        partie: &str,
        todo: &Todo,
        shown: Option<Digest>,
        hasard: &mut Hasard,
    ) {
        let node = self.workflow(flux).find(&todo.spot.path()).unwrap();
        let act = node.acts.iter().find(|a| a.name == todo.act).unwrap();
        let mut inputs = self.saisies(flux, &act.inputs, hasard);
        inputs.extend(todo.inputs.clone());
        let command = Command::Act {
            actor: acteur(partie, "p", Role::Signature),
            spot: todo.spot.clone(),
            act: todo.act.clone(),
            inputs,
            shown,
            id: self.id(),
        };
        self.demande(flux, Demande::Acte(command));
    }

    fn saisies(&self, flux: &str, attendues: &[Input], hasard: &mut Hasard) -> Inputs {
        let monde = self.contrat.monde(flux, self.instant).unwrap();
        let regles = self.atelier.paquet(&self.workflow(flux).rules).unwrap();
        let jour = self.instant.date_naive();
        let mut inputs = Inputs::new();
        for input in attendues {
            let value = match &input.kind {
                InputKind::Integer => Value::Integer(1),
                InputKind::Cents => Value::Cents(100),
                InputKind::Percent => Value::Percent(500),
                InputKind::Date if input.name == "date_piece" => {
                    Value::Date(jour - Duration::days(i64::try_from(hasard.sous(90)).unwrap()))
                }
                InputKind::Date if input.required => Value::Date(jour),
                InputKind::Date => Value::Date(jour + Duration::days(400)),
                InputKind::Boolean => Value::Boolean(true),
                InputKind::Choice(rule) => match regles.value(rule, jour).map(|v| &v.value) {
                    Some(Value::List(list)) => hasard.parmi(list).unwrap().clone(),
                    _ => continue,
                },
                InputKind::Item(of) => match hasard.parmi(monde.items(of)) {
                    Some(item) => Value::Text(item.clone()),
                    None => continue,
                },
                InputKind::Text | InputKind::Document | InputKind::Person => {
                    Value::Text("pièce".to_owned())
                }
            };
            let value = if input.many {
                Value::List(vec![value])
            } else {
                value
            };
            inputs.insert(input.name.clone(), value);
        }
        inputs
    }

    /// States a fact that a condition waits for.
    fn fournit(&mut self, flux: &str, todo: &Todo, missing: &Missing) {
        if missing.condition.contains("contrat.parties_sans_referent") {
            for lift in &missing.lift {
                if let Lift::Declaration { party, .. } = lift {
                    let personne = "référent".to_owned();
                    let saisie = Saisie::Referent { personne };
                    self.ecrit(RACINE, party, Ecriture::Saisir(saisie));
                }
            }
        }
        let cites = CATALOGUE
            .facts
            .iter()
            .filter(|f| missing.condition.contains(f.name));
        for fait in cites.filter(|f| f.declared) {
            let nie = missing.condition.contains(&format!("!{}", fait.name));
            let valeur = match fait.kind {
                Kind::Boolean => Value::Boolean(!nie),
                Kind::Date => Value::Date(self.instant.date_naive() + Duration::days(20)),
                Kind::Integer => Value::Integer(0),
                Kind::Cents => Value::Cents(0),
                Kind::Percent => Value::Percent(0),
                Kind::Text => Value::Text("x".to_owned()),
            };
            let qui = missing.lift.iter().find_map(|lift| match lift {
                Lift::Party { party, .. } | Lift::Declaration { party, .. } => Some(party.clone()),
                _ => None,
            });
            let qui = qui.unwrap_or_else(|| "gestionnaire".to_owned());
            let valeur = if fait.name == "contrat.terme" {
                Value::Date(self.instant.date_naive() + Duration::days(5 * 365))
            } else {
                valeur
            };
            let racine = flux.split('/').next().unwrap().to_owned();
            let elements: Vec<Option<String>> = match (fait.of, todo.spot.keys().next()) {
                (None, _) => vec![None],
                (Some(_), Some(cle)) => vec![Some(cle)],
                (Some(of), None) => {
                    let monde = self.contrat.monde(flux, self.instant).unwrap();
                    monde.items(of).iter().cloned().map(Some).collect()
                }
            };
            for element in elements {
                let ecriture = Ecriture::Declarer {
                    fait: fait.name.to_owned(),
                    element,
                    valeur: valeur.clone(),
                    preuve: "pièce".to_owned(),
                };
                let propre = fait.name.split_once('.').unwrap().0;
                let enfant = ["avenant", "revue", "eprd", "errd", "dm"].contains(&propre);
                let ou = if enfant { flux } else { racine.as_str() };
                self.ecrit(ou, &qui, ecriture);
            }
        }
    }

    /// Writes the object that an act is about.
    fn redige(&mut self, flux: &str, agenda: &Agenda, todo: &Todo, hasard: &mut Hasard) {
        let plumes: Vec<(String, Pen)> = plumes(agenda)
            .filter(|(_, pen)| pen.spot == todo.spot || pen.spot.holds(&todo.spot))
            .collect();
        if let Some((partie, pen)) = hasard.parmi(&plumes).cloned() {
            self.ecrit_avec(flux, &partie, &pen, hasard);
        }
    }

    /// Someone who holds a pen uses it: a text, an item, a position.
    fn propose(&mut self, flux: &str, agenda: &Agenda, hasard: &mut Hasard) {
        let plumes: Vec<(String, Pen)> = plumes(agenda).collect();
        let Some((partie, pen)) = hasard.parmi(&plumes).cloned() else {
            return;
        };
        self.ecrit_avec(flux, &partie, &pen, hasard);
    }

    fn ecrit_avec(&mut self, flux: &str, partie: &str, pen: &Pen, hasard: &mut Hasard) {
        let monde = self.contrat.monde(flux, self.instant).unwrap();
        let objets = CATALOGUE.capability(&pen.capability).unwrap().changes;
        let cle = pen.spot.keys().next();
        let ecriture = match pen.capability.as_str() {
            "objectifs.proposer" if monde.items("objectifs").len() < 4 => Ecriture::Entrer {
                cle: format!("OS-{}", self.pas),
                element: Element::Objectif {
                    intitule: "Objectif".to_owned(),
                    esms: monde.items("esms").iter().take(2).cloned().collect(),
                    financeurs: monde.items("financeurs").iter().take(1).cloned().collect(),
                    constats: BTreeSet::new(),
                },
                effet: None,
            },
            "avenant.proposer" if monde.items("modifications").len() < 2 => Ecriture::Entrer {
                cle: format!("M-{}", self.pas),
                element: Element::Modification {
                    intitule: "Modification".to_owned(),
                    article: "Article 1".to_owned(),
                    autorites: ["ars".to_owned()].into(),
                    cible: None,
                },
                effet: None,
            },
            "avenant.proposer" if hasard.pourcent(50) => Ecriture::Declarer {
                fait: "avenant.date_effet".to_owned(),
                element: None,
                valeur: Value::Date(self.instant.date_naive() + Duration::days(30)),
                preuve: "projet".to_owned(),
            },
            "diagnostic.position" => Ecriture::Position {
                objet: "diagnostic".to_owned(),
                element: cle,
                constat: format!("D{}", hasard.sous(3)),
                avis: [Avis::Accord, Avis::Desaccord][hasard.sous(2)],
                texte: format!("position {}", self.pas),
            },
            _ => {
                let Some(objet) = hasard.parmi(objets) else {
                    return;
                };
                let de = CATALOGUE.object(objet).unwrap().of;
                Ecriture::Modifier {
                    objet: (*objet).to_owned(),
                    element: cle.filter(|_| de.is_some()),
                    texte: format!("# Article 1\nversion {}", self.pas),
                }
            }
        };
        self.ecrit(flux, partie, ecriture);
    }

    /// Someone does what it should not, or changes its mind.
    fn contrarie(&mut self, hasard: &mut Hasard) {
        self.contrat.avancer(self.instant).unwrap();
        let Some(flux) = self.flux(hasard) else {
            return;
        };
        let agenda = self.agenda(&flux);
        let parties: Vec<String> = agenda.parties.iter().map(|p| p.party.clone()).collect();
        let Some(partie) = hasard.parmi(&parties).cloned() else {
            return;
        };
        let todos: Vec<&Todo> = agenda.parties.iter().flat_map(|p| &p.acts).collect();
        let todo = hasard.parmi(&todos).copied().cloned();
        let actor = acteur(&partie, "p", Role::Signature);
        let spot = todo.as_ref().map_or_else(Spot::root, |t| t.spot.clone());
        let act = todo.as_ref().map_or_else(String::new, |t| t.act.clone());
        let id = self.id();
        let command = match hasard.sous(6) {
            0 => Command::Withdraw {
                actor,
                spot,
                act,
                id,
            },
            1 => Command::Refuse {
                actor,
                spot,
                act,
                shown: todo.and_then(|t| t.digest),
                reason: "non".to_owned(),
                id,
            },
            2 => Command::Waive {
                actor,
                spot,
                act,
                requirement: hasard.sous(3),
                reason: "motif".to_owned(),
                id,
            },
            3 => Command::Interrupt {
                actor,
                name: ["suspendre", "abandonner", "rien"][hasard.sous(3)].to_owned(),
                inputs: [("motif".to_owned(), Value::Text("motif".to_owned()))].into(),
                id,
            },
            4 => Command::Resume { actor, id },
            _ => {
                // On an old text, by anyone.
                if let Some(todo) = todo {
                    let perime = Some(Digest::of(b"ancien"));
                    let lignes = self.contrat.journal().len();
                    self.fait(&flux, &partie, &todo, perime, hasard);
                    let lie = self.porte_sur_le(&flux, &todo);
                    assert!(!lie || self.contrat.journal().len() == lignes, "{todo:?}");
                }
                return;
            }
        };
        self.demande(&flux, Demande::Acte(command));
    }

    fn porte_sur_le(&self, flux: &str, todo: &Todo) -> bool {
        self.contrat.flux(flux).is_some() && self.porte_sur(flux, todo)
    }

    fn id(&mut self) -> String {
        self.demandes += 1;
        format!("v{}", self.demandes)
    }

    fn ecrit(&mut self, flux: &str, partie: &str, ecriture: Ecriture) {
        let demande = Demande::Ecriture {
            acteur: acteur(partie, "p", Role::Signature),
            id: self.id(),
            ecriture,
        };
        self.demande(flux, demande);
    }

    fn demande(&mut self, flux: &str, demande: Demande) {
        let commande = Commande {
            flux: flux.to_owned(),
            demande,
        };
        self.contrat.avancer(self.instant).unwrap();
        let lignes = self.contrat.journal().len();
        self.carnet.push((Some(commande.clone()), self.instant));
        match self.contrat.agir(&commande, self.instant) {
            Ok(()) => {
                self.actes += 1;
                self.derniere = Some(commande);
            }
            Err(refus) => {
                self.refus += 1;
                let bogue = matches!(refus, Refus::Journal(_)) || refus.code() == "too_many_steps";
                assert!(!bogue, "{commande:?}: {refus}");
                assert_eq!(
                    self.contrat.journal().len(),
                    lignes,
                    "{commande:?}: {refus}"
                );
            }
        }
    }
}

fn plumes(agenda: &Agenda) -> impl Iterator<Item = (String, Pen)> {
    let parties = agenda.parties.iter();
    parties.flat_map(|p| p.pen.iter().map(|pen| (p.party.clone(), pen.clone())))
}
