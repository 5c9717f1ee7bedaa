//! What must hold whatever people do (the trade's invariants 1 to 6 and 8).

use super::vie::Vie;
use chrono::{Months, NaiveDate};
use entente::app::contrat::{Atelier, Commande, Contrat, Demande, RACINE, acteur};
use entente::app::demo::ligne_ecrite;
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::evenement::{Evenement, Ligne};
use entente::regles::value::Value;
use entente::workflow::definition::model::{Role, Silence};
use entente::workflow::machine::event::{Agreed, Event};
use entente::workflow::machine::{Command, Spot};
use std::collections::BTreeMap;

/// Reads each new line, and looks at where things stand.
pub struct Temoin {
    graine: u64,
    lues: usize,
    /// The last agreement on each object, by stream.
    accords: BTreeMap<(String, String), Agreed>,
    covalide: bool,
    terme: Option<NaiveDate>,
}

impl Temoin {
    pub fn new(graine: u64) -> Self {
        Self {
            graine,
            lues: 0,
            accords: BTreeMap::new(),
            covalide: false,
            terme: None,
        }
    }

    pub fn observe(&mut self, vie: &Vie<'_>) {
        let lignes = vie.contrat.journal();
        for ligne in &lignes[self.lues..] {
            if let Evenement::Machine(stamped) = &ligne.evenement {
                self.evenement(vie, ligne, &stamped.event);
            }
        }
        if self.lues != lignes.len() {
            self.accords_sur_le_texte_actuel(vie);
            self.prorogations(vie);
        }
        self.lues = lignes.len();
    }

    fn evenement(&mut self, vie: &Vie<'_>, ligne: &Ligne, event: &Event) {
        let graine = self.graine;
        match event {
            Event::Entered { spot, binds, .. } => {
                let racine = ligne.flux == RACINE;
                match spot.as_str() {
                    "signe" => {
                        let binds = binds.as_ref();
                        let binds = binds.unwrap_or_else(|| panic!("graine {graine}: sans lien"));
                        let cle = (ligne.flux.clone(), binds.object.clone());
                        let accord = &self.accords[&cle];
                        assert_eq!(accord.digest, binds.digest, "graine {graine}: 1");
                        assert!(accord.consents.is_superset(&binds.parties), "{graine}: 1");
                        let flux = vie.contrat.flux(&ligne.flux).unwrap();
                        let presentes = &flux.configuration.parties;
                        assert!(binds.parties.is_subset(presentes), "graine {graine}: 1");
                        assert!(binds.parties.contains("ars"), "graine {graine}: 4");
                    }
                    "diagnostic_partage" if racine => self.covalide = false,
                    "negociation" if racine => {
                        assert!(self.covalide, "graine {graine}: 2");
                    }
                    _ => {}
                }
            }
            Event::ActDone {
                spot,
                actor,
                agreed,
                ..
            } => {
                self.chez_soi(vie, &ligne.flux, spot, &actor.party);
                if let Some(agreed) = agreed {
                    self.accord(vie, &ligne.flux, agreed);
                }
            }
            Event::Consented { spot, actor, .. } | Event::Refused { spot, actor, .. } => {
                self.chez_soi(vie, &ligne.flux, spot, &actor.party);
            }
            Event::TimerFired { armed, .. } => {
                if matches!(armed.silence, Some(Silence::Approved | Silence::Rejected)) {
                    assert!(armed.rule.is_some(), "graine {graine}: 6");
                    assert!(armed.source.is_some(), "graine {graine}: 6");
                    assert!(!armed.pack.is_empty(), "graine {graine}: 6");
                }
            }
            _ => {}
        }
    }

    /// 3: an objective is agreed by everyone it concerns, who funds it included.
    fn accord(&mut self, vie: &Vie<'_>, flux: &str, agreed: &Agreed) {
        let racine = vie.contrat.flux(RACINE).unwrap();
        if agreed.object == "objectif" {
            let collections = racine.dossier.collections();
            let autorites = collections.autorites("objectifs", agreed.item.as_deref());
            for partie in autorites {
                let voix = agreed.consents.contains(partie);
                assert!(voix, "graine {}: 3, {partie} {agreed:?}", self.graine);
            }
            assert!(agreed.consents.contains("gestionnaire"));
        }
        if agreed.object == "synthese" && flux == RACINE {
            self.covalide = agreed.consents == agreed.parties;
        }
        let cle = (flux.to_owned(), agreed.object.clone());
        self.accords.insert(cle, agreed.clone());
    }

    /// 4: nobody has a voice in another authority's establishment.
    fn chez_soi(&self, vie: &Vie<'_>, flux: &str, spot: &Spot, partie: &str) {
        if flux != RACINE || !spot.as_str().starts_with("diagnostic_partage[") {
            return;
        }
        let collections = vie.contrat.flux(RACINE).unwrap().dossier.collections();
        let esms = spot.keys().next().unwrap();
        let autorites = collections.autorites("esms", Some(&esms));
        let chez_soi = partie == "gestionnaire" || autorites.iter().any(|a| a == partie);
        assert!(chez_soi, "graine {}: 4, {partie} {spot}", self.graine);
    }

    /// 5: a consent that stands is on the version that stands.
    fn accords_sur_le_texte_actuel(&self, vie: &Vie<'_>) {
        for (nom, flux) in vie.contrat.tous() {
            if flux.configuration.ended.is_some() {
                continue;
            }
            for (spot, visit) in &flux.configuration.visits {
                for (act, tally) in visit.answers.iter().filter(|_| !spot.is_root()) {
                    let actuel = vie.contrat.montre(nom, spot, act, vie.instant);
                    for answer in tally.answers.values().filter(|a| a.digest.is_some()) {
                        assert_eq!(
                            answer.digest, actuel,
                            "graine {}: 5, {nom} {spot} {act}",
                            self.graine
                        );
                    }
                }
            }
        }
    }

    /// 8: prorogations, and the term they give, stay under the rule pack's maximum.
    fn prorogations(&mut self, vie: &Vie<'_>) {
        let dossier = &vie.contrat.flux(RACINE).unwrap().dossier;
        assert!(
            dossier.suivi().prorogations <= 1,
            "graine {}: 8",
            self.graine
        );
        let cle = ("contrat.terme".to_owned(), None);
        if let Some(Value::Date(terme)) = dossier.faits().get(&cle).map(|d| &d.valeur) {
            self.terme = Some(*terme);
        }
        for avenant in dossier.avenants() {
            if let (Some(terme), Some(premier)) = (avenant.terme, self.terme) {
                let limite = premier.checked_add_months(Months::new(12)).unwrap();
                assert!(terme <= limite, "graine {}: 8", self.graine);
            }
        }
    }

    /// Read again, written and read again: the same states. What has ended accepts nothing.
    pub fn conclut(&mut self, atelier: &Atelier, vie: &mut Vie<'_>) {
        let lignes: Vec<Ligne> = vie
            .contrat
            .journal()
            .iter()
            .map(|ligne| serde_json::from_str(&ligne_ecrite(ligne).unwrap()).unwrap())
            .collect();
        assert_eq!(lignes.as_slice(), vie.contrat.journal());
        let relu = Contrat::relire(atelier, &lignes).unwrap();
        for (nom, flux) in vie.contrat.tous() {
            assert_eq!(relu.flux(nom), Some(flux), "graine {} {nom}", self.graine);
        }
        let finis = vie.contrat.tous();
        let finis = finis.filter(|(_, f)| f.configuration.ended.is_some());
        let finis: Vec<String> = finis.map(|(nom, _)| nom.to_owned()).collect();
        vie.contrat.avancer(vie.instant).unwrap();
        for flux in finis {
            let lignes = vie.contrat.journal().len();
            for demande in derniers_essais() {
                let commande = Commande {
                    flux: flux.clone(),
                    demande,
                };
                assert!(vie.contrat.agir(&commande, vie.instant).is_err(), "{flux}");
            }
            assert_eq!(vie.contrat.journal().len(), lignes);
        }
    }
}

fn derniers_essais() -> [Demande; 3] {
    let actor = || acteur("gestionnaire", "p", Role::Signature);
    [
        Demande::Acte(Command::Act {
            actor: actor(),
            spot: Spot::new("en_vigueur"),
            act: "demander_avenant".to_owned(),
            inputs: BTreeMap::new(),
            shown: None,
            id: "fin-1".to_owned(),
        }),
        Demande::Acte(Command::Resume {
            actor: actor(),
            id: "fin-2".to_owned(),
        }),
        Demande::Ecriture {
            acteur: actor(),
            id: "fin-3".to_owned(),
            ecriture: Ecriture::Modifier {
                objet: "contrat".to_owned(),
                element: None,
                texte: "x".to_owned(),
            },
        },
    ]
}
