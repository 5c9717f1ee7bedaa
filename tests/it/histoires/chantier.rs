//! Leads a contract through its stages by the one door, for tests.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use entente::app::contrat::{Atelier, Commande, Contrat, Demande, RACINE, Refus, Reprise, acteur};
use entente::app::fichiers::Library;
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::metier::contrat::saisie::Saisie;
use entente::regles::value::Value;
use entente::workflow::definition::model::Role;
use entente::workflow::machine::agenda::Agenda;
use entente::workflow::machine::digest::Digest;
use entente::workflow::machine::event::Inputs;
use entente::workflow::machine::{Command, Spot};
use std::collections::BTreeSet;

/// Where a diagnostic is co-validated, and by which act.
pub const COVALIDER: (&str, &str) = ("diagnostic_a_covalider", "covalider");
/// Whether the needs of each establishment were handed over.
pub const BESOINS: &str = "besoins.profil_depose";

pub struct Chantier<'a> {
    pub contrat: Contrat<'a>,
    pub instant: DateTime<Utc>,
    /// The stream that acts and writings are about.
    pub flux: String,
    /// What was asked, in order, and when; none: time passed.
    pub carnet: Vec<(Option<Commande>, DateTime<Utc>)>,
    demandes: u64,
}

pub fn atelier() -> Atelier {
    Atelier::new(Library::shipped()).expect("the shipped files are read")
}

pub fn esms(nom: &str, competence: Competence) -> Element {
    Element::esms(nom, competence)
}

pub fn departement(numero: &str) -> Competence {
    Competence::Departement {
        departement: numero.to_owned(),
    }
}

pub fn conjointe(numero: &str) -> Competence {
    Competence::Conjointe {
        departement: numero.to_owned(),
    }
}

pub fn texte(inputs: &[(&str, &str)]) -> Inputs {
    let pairs = inputs.iter();
    pairs
        .map(|(nom, valeur)| ((*nom).to_owned(), Value::Text((*valeur).to_owned())))
        .collect()
}

pub fn jour(annee: i32, mois: u32, jour: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(annee, mois, jour).unwrap()
}

impl<'a> Chantier<'a> {
    pub fn ouvre(atelier: &'a Atelier, workflow: &str) -> Self {
        let instant = jour(2026, 1, 5).and_hms_opt(9, 0, 0).unwrap().and_utc();
        Self::sur(
            Contrat::ouvrir(atelier, workflow, instant).unwrap(),
            instant,
        )
    }

    /// A contract where it stands, at an instant.
    pub fn sur(contrat: Contrat<'a>, instant: DateTime<Utc>) -> Self {
        let lignes = contrat.tous().map(|(_, flux)| flux.lignes).sum::<u64>();
        Self {
            // Lines that stood before: no request of theirs is named again.
            demandes: lignes - contrat.journal().len() as u64,
            contrat,
            instant,
            flux: RACINE.to_owned(),
            carnet: Vec::new(),
        }
    }

    /// A contract signed elsewhere, whose perimeter is to be entered.
    pub fn reprend(atelier: &'a Atelier, reprise: &Reprise, le: NaiveDate) -> Self {
        let instant = le.and_hms_opt(9, 0, 0).unwrap().and_utc();
        let mut contrat = Contrat::vide(&atelier.machines());
        let acteur = acteur("gestionnaire", "p", Role::Signature);
        let repris = contrat.naitre_repris(reprise, &acteur, "r0", instant);
        repris.unwrap();
        Self::sur(contrat, instant)
    }

    /// A party agrees to open the contract on the document signed.
    pub fn confirme(
        &mut self,
        partie: &str,
        document: Digest,
        effective: NaiveDate,
    ) -> Result<(), Refus> {
        let command = Command::OpenAt {
            actor: acteur(partie, "p", Role::Signature),
            state: "repris".to_owned(),
            document,
            effective,
            id: self.id(),
        };
        self.demande(Demande::Acte(command))
    }

    fn demande(&mut self, demande: Demande) -> Result<(), Refus> {
        let commande = Commande {
            flux: self.flux.clone(),
            demande,
        };
        self.carnet.push((Some(commande.clone()), self.instant));
        self.contrat.agir(&commande, self.instant)
    }

    /// Time passes, to the morning of a day.
    pub fn attend(&mut self, le: NaiveDate) {
        self.instant = le.and_hms_opt(9, 0, 0).unwrap().and_utc();
        self.carnet.push((None, self.instant));
        self.contrat.avancer(self.instant).unwrap();
    }

    fn id(&mut self) -> String {
        self.demandes += 1;
        self.instant += Duration::minutes(1);
        format!("t{}", self.demandes)
    }

    pub fn tente(
        &mut self,
        partie: &str,
        spot: &str,
        acte: &str,
        inputs: Inputs,
    ) -> Result<(), Refus> {
        let id = self.id();
        let spot = Spot::new(spot);
        let command = Command::Act {
            actor: acteur(partie, "p", Role::Signature),
            shown: self.contrat.montre(&self.flux, &spot, acte, self.instant),
            act: acte.to_owned(),
            spot,
            inputs,
            id,
        };
        self.demande(Demande::Acte(command))
    }

    pub fn fait(&mut self, partie: &str, spot: &str, acte: &str, inputs: &[(&str, &str)]) {
        let fait = self.tente(partie, spot, acte, texte(inputs));
        fait.unwrap_or_else(|refus| panic!("{partie} {acte} {spot}: {refus}"));
    }

    /// A party waives a condition of an act, for this visit.
    pub fn dispense(
        &mut self,
        partie: &str,
        (spot, acte, condition): (&str, &str, usize),
        motif: &str,
    ) -> Result<(), Refus> {
        let command = Command::Waive {
            actor: acteur(partie, "p", Role::Signature),
            spot: Spot::new(spot),
            act: acte.to_owned(),
            requirement: condition,
            reason: motif.to_owned(),
            id: self.id(),
        };
        self.demande(Demande::Acte(command))
    }

    /// The condition of the co-validation that asks for the needs of each establishment.
    pub fn condition_des_besoins(&self) -> usize {
        let machine = self.contrat.machine(RACINE).unwrap();
        let etat = machine.workflow().find(COVALIDER.0).unwrap();
        let mut actes = etat.acts.iter();
        let acte = actes.find(|acte| acte.name == COVALIDER.1).unwrap();
        let mut conditions = acte.requires.iter();
        let besoins = conditions.position(|c| c.condition.facts() == [BESOINS]);
        besoins.expect("the co-validation asks for the needs")
    }

    /// Co-validates a diagnostic whose needs nobody assessed: all agree to go without.
    pub fn covalide_sans_besoins(&mut self) {
        let parties = self.parties();
        let ou = (COVALIDER.0, COVALIDER.1, self.condition_des_besoins());
        for partie in &parties {
            let passe = self.dispense(partie, ou, "Les besoins ne sont pas encore cotés");
            passe.unwrap_or_else(|refus| panic!("{partie}: {refus}"));
        }
        self.tous(&parties, COVALIDER.0, COVALIDER.1, &[]);
    }

    /// Each in turn.
    pub fn tous(&mut self, parties: &[String], spot: &str, acte: &str, inputs: &[(&str, &str)]) {
        for partie in parties {
            self.fait(partie, spot, acte, inputs);
        }
    }

    pub fn ecrit(&mut self, partie: &str, ecriture: Ecriture) -> Result<(), Refus> {
        let id = self.id();
        let demande = Demande::Ecriture {
            acteur: acteur(partie, "p", Role::Signature),
            id,
            ecriture,
        };
        self.demande(demande)
    }

    pub fn entre(&mut self, cle: &str, element: Element) {
        let ecriture = Ecriture::Entrer {
            cle: cle.to_owned(),
            element,
            effet: None,
        };
        self.ecrit("gestionnaire", ecriture).unwrap();
    }

    pub fn declare(&mut self, partie: &str, fait: &str, element: Option<&str>, valeur: Value) {
        let ecriture = Ecriture::Declarer {
            fait: fait.to_owned(),
            element: element.map(str::to_owned),
            valeur,
            preuve: "pièce".to_owned(),
        };
        let ecrit = self.ecrit(partie, ecriture);
        ecrit.unwrap_or_else(|refus| panic!("{partie} {fait}: {refus}"));
    }

    pub fn saisit(&mut self, partie: &str, saisie: Saisie) {
        let dite = format!("{saisie:?}");
        let saisi = self.ecrit(partie, Ecriture::Saisir(saisie));
        saisi.unwrap_or_else(|refus| panic!("{partie} {dite}: {refus}"));
    }

    pub fn redige(&mut self, partie: &str, objet: &str, element: Option<&str>) {
        let ecriture = Ecriture::Modifier {
            objet: objet.to_owned(),
            element: element.map(str::to_owned),
            texte: format!("# Article 1\n{objet} {}", element.unwrap_or_default()),
        };
        let ecrit = self.ecrit(partie, ecriture);
        ecrit.unwrap_or_else(|refus| panic!("{partie} {objet}: {refus}"));
    }

    pub fn agenda(&self) -> Agenda {
        let configuration = &self.contrat.flux(RACINE).unwrap().configuration;
        let monde = self.contrat.monde(RACINE, self.instant).unwrap();
        let machine = self.contrat.machine(RACINE).unwrap();
        machine.agenda(configuration, &monde, self.instant)
    }

    pub fn parties(&self) -> Vec<String> {
        let flux = self.contrat.flux(RACINE).unwrap();
        flux.dossier.suivi().parties.clone()
    }

    pub fn esms(&self) -> Vec<String> {
        let flux = self.contrat.flux(RACINE).unwrap();
        flux.dossier.collections().cles("esms").to_vec()
    }

    pub fn autorites(&self, esms: &str) -> Vec<String> {
        let flux = self.contrat.flux(RACINE).unwrap();
        let collections = flux.dossier.collections();
        collections.autorites("esms", Some(esms)).to_vec()
    }

    pub fn est_dans(&self, etat: &str) -> bool {
        let flux = self.contrat.flux(&self.flux).unwrap();
        flux.configuration.visits.contains_key(etat)
    }

    /// From the opening to the instruction of each diagnostic.
    pub fn lance_et_soumet(&mut self) {
        let zero = Value::Integer(0);
        for partie in self.parties() {
            let personne = format!("référent de {partie}");
            self.saisit(&partie, Saisie::Referent { personne });
        }
        let saisies = [("lettre", "lettre"), ("calendrier", "calendrier")];
        self.fait("ars", "programme", "lancer", &saisies);
        let mandat = [("mandat", "délibération")];
        self.fait("gestionnaire", "lance", "accepter_calendrier", &mandat);
        for esms in self.esms() {
            let (gestionnaire, element) = ("gestionnaire", Some(esms.as_str()));
            self.redige(gestionnaire, "diagnostic", element);
            let vides = "diagnostic.themes_obligatoires_vides";
            self.declare(gestionnaire, vides, element, zero.clone());
            self.declare(
                gestionnaire,
                "indicateurs.sans_source",
                element,
                zero.clone(),
            );
            let spot = format!("auto_diagnostic[{esms}]/a_renseigner");
            self.fait(gestionnaire, &spot, "soumettre", &[]);
        }
    }

    /// Closes one diagnostic, with its authorities and nobody else.
    pub fn clot(&mut self, esms: &str) {
        let autorites = self.autorites(esms);
        let zero = Value::Integer(0);
        let sans = "diagnostic.constats_sans_position";
        self.declare(&autorites[0], sans, Some(esms), zero.clone());
        self.declare(
            &autorites[0],
            "diagnostic.themes_bloquants",
            Some(esms),
            zero,
        );
        let spot = format!("diagnostic_partage[{esms}]/en_instruction");
        self.tous(&autorites, &spot, "clore", &[]);
        self.fait("gestionnaire", &spot, "clore", &[]);
    }

    /// From the shared synthesis to the text, frozen and approved.
    pub fn negocie(&mut self) {
        let parties = self.parties();
        let oui = Value::Boolean(true);
        self.redige("gestionnaire", "synthese", None);
        self.declare(
            "gestionnaire",
            "diagnostic.synthese_redigee",
            None,
            oui.clone(),
        );
        self.covalide_sans_besoins();
        let objectif = Element::Objectif {
            intitule: "Fluidifier les parcours".to_owned(),
            esms: self.esms().into_iter().collect(),
            financeurs: BTreeSet::new(),
            constats: BTreeSet::new(),
        };
        self.entre("OS-1", objectif);
        self.redige("gestionnaire", "objectif", Some("OS-1"));
        for fait in [
            "lie_a_un_constat",
            "indicateur_complet",
            "pilote_nomme",
            "financement_dit",
        ] {
            let fait = format!("objectifs.{fait}");
            self.declare("gestionnaire", &fait, Some("OS-1"), oui.clone());
        }
        let concernees = self.concernees("OS-1");
        let objectifs = "negociation/objectifs/ouverts";
        self.tous(
            &concernees,
            &format!("{objectifs}[OS-1]/propose"),
            "accorder",
            &[],
        );
        self.tous(&parties, objectifs, "arreter", &[]);
        self.accorde_les_moyens(&parties);
    }

    fn accorde_les_moyens(&mut self, parties: &[String]) {
        let oui = Value::Boolean(true);
        for financeur in self.financeurs() {
            self.redige("gestionnaire", "moyens", Some(&financeur));
            self.declare(
                "gestionnaire",
                "moyens.equilibre",
                Some(&financeur),
                oui.clone(),
            );
            let couloir = format!("negociation/moyens[{financeur}]");
            self.fait(
                &financeur,
                &format!("{couloir}/base_calculee"),
                "proposer",
                &[],
            );
            let deux = ["gestionnaire".to_owned(), financeur.clone()];
            self.tous(&deux, &format!("{couloir}/proposee"), "accorder", &[]);
        }
        self.redige("gestionnaire", "investissement", None);
        self.fait(
            "gestionnaire",
            "negociation/investissement/a_batir",
            "presenter",
            &[],
        );
        self.tous(
            parties,
            "negociation/investissement/presente",
            "accorder",
            &[],
        );
        self.redige("gestionnaire", "activite", None);
        let sans_cible = "perimetre.esms_sans_cible_activite";
        self.declare("gestionnaire", sans_cible, None, Value::Integer(0));
        self.tous(
            parties,
            "negociation/activite/en_discussion",
            "accorder",
            &[],
        );
        self.redige("gestionnaire", "clauses", None);
        let manquantes = "clauses.obligatoires_manquantes";
        self.declare("gestionnaire", manquantes, None, Value::Integer(0));
        self.declare(
            "gestionnaire",
            "clauses.affectation_tranchee",
            None,
            oui.clone(),
        );
        self.declare("gestionnaire", "clauses.modulation_tranchee", None, oui);
        self.tous(parties, "negociation/clauses/a_choisir", "arreter", &[]);
    }

    /// From the drafting to the signature's door.
    pub fn fige_et_delibere(&mut self) {
        let (zero, oui) = (Value::Integer(0), Value::Boolean(true));
        self.redige("ars", "contrat", None);
        self.declare("ars", "contrat.rubriques_vides", None, zero.clone());
        self.declare("ars", "contrat.annexes_manquantes", None, zero.clone());
        self.declare("ars", "contrat.revue_juridique_faite", None, oui.clone());
        self.declare("ars", "contrat.niveau_signature_choisi", None, oui);
        self.declare(
            "ars",
            "contrat.date_effet",
            None,
            Value::Date(jour(2026, 7, 1)),
        );
        self.declare("ars", "contrat.terme", None, Value::Date(jour(2031, 6, 30)));
        self.declare("ars", "contrat.delegations_invalides", None, zero);
        self.fait("ars", "formalisation", "figer", &[]);
        for partie in self.parties() {
            let spot = format!("a_valider[{partie}]/en_cours");
            self.fait(&partie, &spot, "deliberer", &[("acte", "délibération")]);
        }
        assert!(self.est_dans("a_signer"));
    }

    fn concernees(&self, objectif: &str) -> Vec<String> {
        let flux = self.contrat.flux(RACINE).unwrap();
        let collections = flux.dossier.collections();
        let autorites = collections.autorites("objectifs", Some(objectif)).iter();
        let gestionnaire = "gestionnaire".to_owned();
        std::iter::once(gestionnaire)
            .chain(autorites.cloned())
            .collect()
    }

    fn financeurs(&self) -> Vec<String> {
        let flux = self.contrat.flux(RACINE).unwrap();
        flux.dossier.collections().financeurs().to_vec()
    }
}
