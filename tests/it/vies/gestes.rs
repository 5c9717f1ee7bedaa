//! What a diligent life does at each step: an act, what lifts its conditions, what is written
//! before it, and time that passes.

use super::assidue::Assidue;
use super::carte::chemin;
use chrono::{Duration, NaiveDate};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::faits::CATALOGUE;
use entente::metier::contrat::perimetre::Element;
use entente::metier::contrat::saisie::Saisie;
use entente::regles::value::Value;
use entente::workflow::catalogue::{Fact, Kind, Mover};
use entente::workflow::condition::Condition;
use entente::workflow::definition::model::{Act, Input, InputKind, Node, Role, Target, Workflow};
use entente::workflow::machine::agenda::{Agenda, Pen, Todo};
use entente::workflow::machine::event::Inputs;
use entente::workflow::machine::refusal::{Lift, Missing};
use entente::workflow::machine::{Command, Spot, World};
use std::collections::BTreeSet;

/// Facts of a child are stated in the child; the others in the contract.
const DES_ENFANTS: [&str; 5] = ["avenant", "revue", "eprd", "errd", "dm"];
/// The object of an avenant that may end in a provisional administration.
const RETOUR: &str = "Plan de retour à l'équilibre";

impl<'a> Assidue<'a> {
    fn agenda(&self, flux: &str) -> Agenda {
        let configuration = &self.contrat.flux(flux).unwrap().configuration;
        let monde = self.contrat.monde(flux, self.instant).unwrap();
        let machine = self.contrat.machine(flux).unwrap();
        machine.agenda(configuration, &monde, self.instant)
    }

    fn acte(&self, flux: &str, spot: &Spot, acte: &str) -> Option<(&'a Node, &'a Act)> {
        let node = self.du_flux(flux).find(&spot.path())?;
        Some((node, node.acts.iter().find(|a| a.name == acte)?))
    }

    /// One step towards an act whose state is there.
    pub(super) fn accomplit(&mut self, flux: &str, spot: &Spot, acte: &str) {
        if self.prepare(flux, spot) {
            return;
        }
        let agenda = self.agenda(flux);
        let todos = agenda.parties.iter().flat_map(|p| {
            let siens = p.acts.iter().filter(|t| t.spot == *spot && t.act == acte);
            siens.map(|t| (p.party.clone(), t.clone()))
        });
        let Some((partie, todo)) = todos.into_iter().next() else {
            self.dernier = format!("personne ne peut : {acte}");
            return;
        };
        let (_, act) = self.acte(flux, spot, acte).unwrap();
        // Judged on what the act itself brings.
        let attend = |m: &&Missing| !m.condition.contains("piece_anterieure");
        if let Some(missing) = todo.missing.iter().find(attend) {
            self.leve(flux, &todo, missing, act);
            return;
        }
        if let Some(objet) = act.over.as_ref().filter(|_| todo.digest.is_none()) {
            let (nom, objet) = (objet.name.clone(), objet.item.is_some());
            self.redige(flux, &agenda, &nom, spot.keys().next().filter(|_| objet));
            return;
        }
        if let Some(vide) = self.sans_item(flux, act) {
            self.entre(flux, spot, &vide);
            return;
        }
        let mut inputs = self.saisies(flux, act);
        inputs.extend(todo.inputs.clone());
        let command = Command::Act {
            actor: acteur(&partie, "p", Role::Signature),
            spot: spot.clone(),
            act: acte.to_owned(),
            inputs,
            shown: todo.digest,
            id: self.id(),
        };
        self.demande(flux, Demande::Acte(command));
    }

    /// A collection that an act asks an item of, and that has none.
    fn sans_item(&self, flux: &str, act: &Act) -> Option<String> {
        let monde = self.contrat.monde(flux, self.instant)?;
        act.inputs.iter().find_map(|input| match &input.kind {
            InputKind::Item(of) if monde.items(of).is_empty() => Some(of.clone()),
            _ => None,
        })
    }

    /// The operator and an authority in turn.
    pub(super) fn refuse(&mut self, flux: &str, spot: &Spot, acte: &str) {
        let agenda = self.agenda(flux);
        let autorite = self.refus % 2 == 1;
        self.refus += 1;
        let todo = agenda.parties.iter().find_map(|p| {
            let todo = p.acts.iter().find(|t| t.spot == *spot && t.act == acte)?;
            ((p.party != "gestionnaire") == autorite).then(|| (p.party.clone(), todo.clone()))
        });
        let Some((partie, todo)) = todo else { return };
        let command = Command::Refuse {
            actor: acteur(&partie, "p", Role::Signature),
            spot: spot.clone(),
            act: acte.to_owned(),
            shown: todo.digest,
            reason: "Le texte ne convient pas.".to_owned(),
            id: self.id(),
        };
        self.demande(flux, Demande::Acte(command));
    }

    /// Until the day after a deadline; what its condition asks is stated first.
    pub(super) fn attend(&mut self, flux: &str, spot: &Spot, nom: &str) {
        let workflow = self.du_flux(flux);
        let node = workflow.find(&spot.path()).unwrap();
        let timer = node.after.iter().find(|t| t.name == nom);
        if let Some(when) = timer.and_then(|t| t.when.as_ref())
            && self.declare_pour(flux, spot, when, None)
        {
            return;
        }
        let agenda = self.agenda(flux);
        let date = agenda
            .dates
            .iter()
            .find(|d| d.spot == *spot && d.name == nom);
        if let Some(date) = date {
            let jours = (date.echeance - self.instant.date_naive()).num_days() + 1;
            self.patiente(jours.max(1));
        } else {
            self.patiente(30);
        }
    }

    pub(super) fn patiente(&mut self, jours: i64) {
        self.instant += Duration::days(jours);
        self.carnet.push((None, self.instant));
        self.contrat
            .avancer(self.instant)
            .unwrap_or_else(|r| panic!("{r}"));
    }

    /// Brings what is inside a state to its end.
    pub(super) fn finit(&mut self, flux: &str, spot: &Spot) {
        let workflow = self.du_flux(flux);
        let visits = &self.contrat.flux(flux).unwrap().configuration.visits;
        let dedans = visits.keys().filter(|s| spot.holds(s)).find_map(|dedans| {
            let node = workflow.find(&dedans.path())?;
            let sien = dedans.parent(workflow, node).0 == *spot;
            if !sien || node.ending.is_some() {
                return None;
            }
            let (_, coup) = chemin(workflow, node.id, |t| fin(workflow, t), |_| true)?;
            Some((dedans.clone(), coup))
        });
        if let Some((dedans, coup)) = dedans {
            return self.joue(flux, &dedans, &coup);
        }
        let node = workflow.find(&spot.path()).unwrap();
        if let Some(de) = super::carte::collection(node) {
            self.entre(flux, spot, de);
        }
    }

    pub(super) fn entre(&mut self, flux: &str, spot: &Spot, collection: &str) {
        let monde = self.contrat.monde(flux, self.instant).unwrap();
        let rang = monde.items(collection).len() + 1;
        let (cle, element) = match collection {
            "esms" => {
                let competence = entente::metier::contrat::perimetre::Competence::Ars;
                (
                    super::vie::finess(50 + rang),
                    Element::esms("Nouvel ESMS", competence),
                )
            }
            "objectifs" => (
                format!("OS-{rang}"),
                Element::Objectif {
                    intitule: format!("Objectif {rang}"),
                    esms: monde.items("esms").iter().cloned().collect(),
                    financeurs: monde.items("financeurs").iter().take(1).cloned().collect(),
                    constats: BTreeSet::new(),
                },
            ),
            "modifications" => (
                format!("M-{rang}"),
                Element::Modification {
                    intitule: format!("Modification {rang}"),
                    article: "Article 1".to_owned(),
                    autorites: ["ars".to_owned()].into(),
                    cible: None,
                },
            ),
            "reconnaissances" => (
                format!("R-{rang}"),
                Element::Reconnaissance {
                    intitule: format!("Reconnaissance {rang}"),
                },
            ),
            _ => return,
        };
        drop(monde);
        let ou = if collection == "modifications" {
            flux
        } else {
            racine(flux)
        };
        let ecriture = Ecriture::Entrer {
            cle,
            element,
            effet: None,
        };
        let agenda = self.agenda(flux);
        let plume = agenda
            .parties
            .iter()
            .find(|p| p.pen.iter().any(|pen| pen.spot == *spot));
        let partie = plume
            .map_or("gestionnaire", |p| p.party.as_str())
            .to_owned();
        self.ecrit(ou, &partie, ecriture);
    }

    /// Writes once what a pen held here may write, and states what acts to come will ask.
    fn prepare(&mut self, flux: &str, spot: &Spot) -> bool {
        let agenda = self.agenda(flux);
        let plumes: Vec<(String, Pen)> = agenda
            .parties
            .iter()
            .flat_map(|p| {
                let ici = p.pen.iter().filter(|pen| pen.spot == *spot);
                ici.map(|pen| (p.party.clone(), pen.clone()))
            })
            .collect();
        for (partie, pen) in plumes {
            let element = spot.keys().next();
            for objet in CATALOGUE.capability(&pen.capability).unwrap().changes {
                let connu = CATALOGUE.object(objet).unwrap();
                if connu.of.is_some() && element.is_none() || pen.capability == "objectifs.proposer"
                {
                    continue;
                }
                let element = element.clone().filter(|_| connu.of.is_some());
                let cle = (flux.to_owned(), (*objet).to_owned(), element.clone());
                if !self.ecrits.contains(&cle) && self.modifie(flux, &partie, objet, element) {
                    self.ecrits.insert(cle);
                    return true;
                }
            }
            if self.declare_avec(flux, spot, &partie, &pen.capability) {
                return true;
            }
        }
        false
    }

    /// States the facts that this right moves and that some act of the file asks.
    fn declare_avec(&mut self, flux: &str, spot: &Spot, partie: &str, droit: &str) -> bool {
        let noeuds = self.atelier.workflows().flat_map(|w| &w.nodes);
        let actes = noeuds.flat_map(|n| &n.acts);
        let conditions = actes.flat_map(|a| &a.requires).map(|r| &r.condition);
        for condition in conditions {
            for nom in condition.facts() {
                let Some(fait) = CATALOGUE.fact(nom).filter(|f| f.declared) else {
                    continue;
                };
                let bouge = |m: &Mover| matches!(m, Mover::Capability(c) if *c == droit);
                if fait.moved_by.iter().any(bouge)
                    && self.declare_fait(flux, spot, partie, (fait, condition), true)
                {
                    return true;
                }
            }
        }
        false
    }

    /// States what makes a condition hold; false: nothing new to state.
    fn declare_pour(
        &mut self,
        flux: &str,
        spot: &Spot,
        condition: &Condition,
        missing: Option<&Missing>,
    ) -> bool {
        let parties: Vec<String> = missing
            .iter()
            .flat_map(|m| &m.lift)
            .filter_map(|l| match l {
                Lift::Party { party, .. } | Lift::Declaration { party, .. } => Some(party.clone()),
                _ => None,
            })
            .collect();
        let faits: Vec<&str> = condition.facts();
        for fait in faits
            .into_iter()
            .filter_map(|f| CATALOGUE.fact(f))
            .filter(|f| f.declared)
        {
            let parties = if parties.is_empty() {
                vec!["ars".to_owned(), "gestionnaire".to_owned()]
            } else {
                parties.clone()
            };
            for partie in parties {
                if self.declare_fait(flux, spot, &partie, (fait, condition), missing.is_none()) {
                    return true;
                }
            }
        }
        false
    }

    fn declare_fait(
        &mut self,
        flux: &str,
        spot: &Spot,
        partie: &str,
        (fait, condition): (&'static Fact, &Condition),
        une_fois: bool,
    ) -> bool {
        let valeur = self.valeur(flux, fait, &condition.to_string());
        let elements: Vec<Option<String>> = match (fait.of, spot.keys().next()) {
            (None, _) => vec![None],
            (Some(_), Some(cle)) => vec![Some(cle)],
            (Some(of), None) => {
                let monde = self.contrat.monde(flux, self.instant).unwrap();
                monde.items(of).iter().cloned().map(Some).collect()
            }
        };
        let propre = fait.name.split_once('.').unwrap().0;
        let ou = if DES_ENFANTS.contains(&propre) {
            flux
        } else {
            racine(flux)
        };
        for element in elements {
            let cle = (fait.name.to_owned(), element.clone());
            let dossier = &self.contrat.flux(ou).unwrap().dossier;
            let dit = dossier.faits().get(&cle);
            let pareil = dit.is_some_and(|d| {
                d.valeur == valeur || une_fois && matches!(valeur, Value::Date(_))
            });
            if !pareil && self.declare(ou, partie, fait.name, element, valeur.clone()) {
                return true;
            }
        }
        false
    }

    /// What a condition wants of a fact.
    fn valeur(&self, flux: &str, fait: &Fact, condition: &str) -> Value {
        let jour = self.instant.date_naive();
        match fait.kind {
            Kind::Boolean => Value::Boolean(!condition.contains(&format!("!{}", fait.name))),
            Kind::Date if fait.name.ends_with("terme") => Value::Date(jour + Duration::days(1_820)),
            Kind::Date if fait.name.ends_with("_demande") => {
                Value::Date(jour + Duration::days(300))
            }
            Kind::Date => Value::Date(jour + Duration::days(20)),
            Kind::Integer => Value::Integer(self.au_moins(flux, fait, condition)),
            Kind::Cents => Value::Cents(0),
            Kind::Percent => Value::Percent(0),
            Kind::Text => Value::Text("x".to_owned()),
        }
    }

    /// The least that `fact >= rule(NAME)`, or `fact >= 1`, accepts; zero otherwise.
    fn au_moins(&self, flux: &str, fait: &Fact, condition: &str) -> i64 {
        let workflow = self.du_flux(flux);
        let actes = workflow.nodes.iter().flat_map(|n| &n.acts);
        let requires = actes
            .flat_map(|a| &a.requires)
            .map(|r| r.condition.to_string());
        let bornes = requires.chain([condition.to_owned()]);
        bornes.map(|c| self.borne(flux, fait, &c)).max().unwrap()
    }

    fn borne(&self, flux: &str, fait: &Fact, condition: &str) -> i64 {
        let suite = condition.split_once(&format!("{} >= ", fait.name));
        let Some((_, suite)) = suite else { return 0 };
        let borne = suite.split([' ', '&']).next().unwrap();
        let regle = borne
            .strip_prefix("rule(")
            .and_then(|r| r.strip_suffix(')'));
        let Some(regle) = regle else {
            return borne.parse().unwrap();
        };
        let paquet = self.atelier.paquet(&self.du_flux(flux).rules).unwrap();
        match paquet
            .value(regle, self.instant.date_naive())
            .map(|v| &v.value)
        {
            Some(Value::Integer(n)) => *n,
            _ => 0,
        }
    }

    /// Lifts a condition: by stating it, by the act that moves it, or by waiting.
    fn leve(&mut self, flux: &str, todo: &Todo, missing: &Missing, act: &Act) {
        self.dernier.clone_from(&missing.sentence);
        let condition = &act.requires[missing.requirement].condition;
        if let Some(autre) = condition.dones().first() {
            return self.accomplit(flux, &todo.spot, autre);
        }
        if condition.to_string().contains("branches.open") {
            return self.finit(flux, &todo.spot);
        }
        if let Some(etat) = condition.counts().first() {
            return self.compte(flux, &todo.spot, etat);
        }
        if missing.condition.contains("contrat.parties_sans_referent") {
            return self.designe(racine(flux), missing);
        }
        if self.declare_pour(flux, &todo.spot, condition, Some(missing)) {
            return;
        }
        if missing.waive.is_empty() {
            self.par_un_acte(flux, todo, condition);
        } else {
            self.dispense(flux, todo, missing);
        }
    }

    /// Each that may waive it does.
    fn dispense(&mut self, flux: &str, todo: &Todo, missing: &Missing) {
        for partie in &missing.waive {
            let waive = Command::Waive {
                actor: acteur(partie, "p", Role::Signature),
                spot: todo.spot.clone(),
                act: todo.act.clone(),
                requirement: missing.requirement,
                reason: "Il y est renoncé d'un commun accord.".to_owned(),
                id: self.id(),
            };
            self.demande(flux, Demande::Acte(waive));
        }
    }

    fn designe(&mut self, flux: &str, missing: &Missing) {
        for lift in &missing.lift {
            if let Lift::Declaration { party, .. } = lift {
                let personne = "référent".to_owned();
                let saisie = Saisie::Referent { personne };
                self.ecrit(flux, party, Ecriture::Saisir(saisie));
            }
        }
    }

    /// A branch in this state, at least.
    fn compte(&mut self, flux: &str, spot: &Spot, etat: &str) {
        let workflow = self.du_flux(flux);
        let voulu = |t: Target| matches!(t, Target::Node(id) if workflow.node(id).name == etat);
        let visits = &self.contrat.flux(flux).unwrap().configuration.visits;
        let coup = visits.keys().filter(|s| spot.holds(s)).find_map(|dedans| {
            let node = workflow.find(&dedans.path())?;
            let (_, coup) = chemin(workflow, node.id, voulu, |_| true)?;
            Some((dedans.clone(), coup))
        });
        if let Some((dedans, coup)) = coup {
            return self.joue(flux, &dedans, &coup);
        }
        let node = workflow.find(&spot.path()).unwrap();
        if let Some(de) = super::carte::collection(node) {
            self.entre(flux, spot, de);
        }
    }

    /// The act that moves a computed fact; once done, time does the rest.
    fn par_un_acte(&mut self, flux: &str, todo: &Todo, condition: &Condition) {
        for fait in condition
            .facts()
            .into_iter()
            .filter_map(|f| CATALOGUE.fact(f))
        {
            let horloge = fait.moved_by.iter().any(|m| matches!(m, Mover::Clock));
            let essai = self
                .essais
                .entry((flux.to_owned(), fait.name.to_owned()))
                .or_default();
            *essai += 1;
            let noms = fait.moved_by.iter().find_map(|m| match m {
                Mover::Act(noms) => Some(*noms),
                _ => None,
            });
            if horloge && (*essai % 4 != 1 || noms.is_none()) {
                return self.patiente(40);
            }
            for nom in noms.unwrap_or_default() {
                let ici = self.acte(flux, &todo.spot, nom);
                if ici.is_some() {
                    return self.accomplit(flux, &todo.spot, nom);
                }
            }
        }
    }

    /// Writes the object that an act is about.
    fn redige(&mut self, flux: &str, agenda: &Agenda, objet: &str, element: Option<String>) {
        let plume = agenda.parties.iter().find(|p| {
            p.pen.iter().any(|pen| {
                CATALOGUE
                    .capability(&pen.capability)
                    .unwrap()
                    .changes
                    .contains(&objet)
            })
        });
        self.dernier = format!("personne n'écrit « {objet} »");
        let Some(partie) = plume.map(|p| p.party.clone()) else {
            return;
        };
        let de = CATALOGUE.object(objet).unwrap().of;
        let Some(de) = de.filter(|_| element.is_none()) else {
            self.modifie(flux, &partie, objet, element);
            return;
        };
        let monde = self.contrat.monde(flux, self.instant).unwrap();
        let dossier = &self.contrat.flux(racine(flux)).unwrap().dossier;
        let vides = monde
            .items(de)
            .iter()
            .find(|i| dossier.contenu(objet, Some(i)).is_none());
        if let Some(vide) = vides.cloned() {
            drop(monde);
            self.modifie(flux, &partie, objet, Some(vide));
        }
    }

    fn modifie(&mut self, flux: &str, partie: &str, objet: &str, element: Option<String>) -> bool {
        let ecriture = Ecriture::Modifier {
            objet: objet.to_owned(),
            texte: format!("# Article 1\n{objet}, version {}", self.demandes),
            element,
        };
        self.ecrit(flux, partie, ecriture)
    }

    fn saisies(&mut self, flux: &str, act: &Act) -> Inputs {
        let mut inputs = Inputs::new();
        for input in &act.inputs {
            let tacite = self.contrat.flux(flux).unwrap().dossier.suivi().tacite;
            let tacite = tacite
                .filter(|_| input.name == "date_piece")
                .map(Value::Date);
            let Some(value) = tacite.or_else(|| self.saisie(flux, input)) else {
                continue;
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

    fn saisie(&mut self, flux: &str, input: &Input) -> Option<Value> {
        let jour = self.instant.date_naive();
        Some(match &input.kind {
            InputKind::Integer => Value::Integer(1),
            InputKind::Cents => Value::Cents(100_000),
            InputKind::Percent => Value::Percent(500),
            InputKind::Date => Value::Date(self.date(input, jour)),
            InputKind::Boolean => Value::Boolean(true),
            InputKind::Choice(regle) => {
                let paquet = self.atelier.paquet(&self.du_flux(flux).rules).unwrap();
                let Value::List(list) = &paquet.value(regle, jour)?.value else {
                    return None;
                };
                let retour = |v: &&Value| **v == Value::Text(RETOUR.to_owned());
                if let Some(retour) = list.iter().find(retour)
                    && self
                        .restent
                        .iter()
                        .any(|acte| acte.contains("administration_provisoire"))
                {
                    return Some(retour.clone());
                }
                let essai = self
                    .essais
                    .entry((String::new(), regle.clone()))
                    .or_default();
                let value = list[*essai as usize % list.len()].clone();
                *essai += 1;
                value
            }
            InputKind::Item(of) => {
                let monde = self.contrat.monde(flux, self.instant)?;
                Value::Text(monde.items(of).last()?.clone())
            }
            InputKind::Text => Value::Text("Ce qui est convenu".to_owned()),
            InputKind::Document => Value::Text("pièce.pdf".to_owned()),
            InputKind::Person => Value::Text("personne".to_owned()),
        })
    }

    fn date(&self, input: &Input, jour: NaiveDate) -> NaiveDate {
        match input.name.as_str() {
            "echeance" | "limite" | "injonction" | "ria" => jour + Duration::days(20),
            "terme" => {
                let monde = self.contrat.monde(RACINE, self.instant).unwrap();
                match monde.fact("contrat.terme", None) {
                    Some(Value::Date(terme)) => terme + Duration::days(90),
                    _ => jour + Duration::days(90),
                }
            }
            _ => jour,
        }
    }

    pub(super) fn id(&mut self) -> String {
        self.demandes += 1;
        self.instant += Duration::minutes(1);
        format!("a{}", self.demandes)
    }

    pub(super) fn declare(
        &mut self,
        flux: &str,
        partie: &str,
        fait: &str,
        element: Option<String>,
        valeur: Value,
    ) -> bool {
        let ecriture = Ecriture::Declarer {
            fait: fait.to_owned(),
            element,
            valeur,
            preuve: "pièce".to_owned(),
        };
        self.ecrit(flux, partie, ecriture)
    }

    pub(super) fn ecrit(&mut self, flux: &str, partie: &str, ecriture: Ecriture) -> bool {
        let demande = Demande::Ecriture {
            acteur: acteur(partie, "p", Role::Signature),
            id: self.id(),
            ecriture,
        };
        self.demande(flux, demande)
    }

    /// Asks it, and keeps what was done; what is refused is forgotten.
    pub(super) fn demande(&mut self, flux: &str, demande: Demande) -> bool {
        let commande = Commande {
            flux: flux.to_owned(),
            demande,
        };
        match self.contrat.agir(&commande, self.instant) {
            Ok(()) => {
                self.carnet.push((Some(commande), self.instant));
                true
            }
            Err(refus) => {
                self.dernier = refus.to_string();
                if self.bavarde {
                    eprintln!("    refus : {refus} {commande:?}");
                }
                false
            }
        }
    }
}

/// The contract that a stream belongs to.
fn racine(flux: &str) -> &str {
    flux.split('/').next().unwrap()
}

fn fin(workflow: &Workflow, to: Target) -> bool {
    match to {
        Target::End => true,
        Target::Node(id) => workflow.node(id).ending.is_some(),
    }
}
